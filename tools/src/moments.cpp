#include "moments.hpp"

#include <quire/messages/environment.hpp>
#include <quire/messages/ids.hpp>

#include <charconv>
#include <optional>

namespace quire::tools {

namespace {

constexpr std::chrono::seconds longest = std::chrono::days{36'525};

/// All of `text` as a number of at least one digit, without sign.
std::optional<int> number(std::string_view text) {
  int out = 0;
  if (text.empty() || text.front() == '-' || text.front() == '+') return std::nullopt;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return out;
}

std::optional<std::chrono::seconds> unit(char letter) {
  switch (letter) {
    case 's': return std::chrono::seconds{1};
    case 'm': return std::chrono::minutes{1};
    case 'h': return std::chrono::hours{1};
    case 'd': return std::chrono::days{1};
    case 'w': return std::chrono::weeks{1};
    default: return std::nullopt;
  }
}

std::optional<std::chrono::seconds> duration(std::string_view text) {
  if (text.empty()) return std::nullopt;
  const auto one = unit(text.back());
  const auto count = number(text.substr(0, text.size() - 1));
  if (!one || !count || *count > longest / *one) return std::nullopt;
  return *one * *count;
}

/// The number in `text` at `from`, of exactly `digits` digits.
std::optional<int> digits_at(std::string_view text, std::size_t from, std::size_t digits) {
  return text.size() < from + digits ? std::nullopt : number(text.substr(from, digits));
}

/// `08:30` or `08:30:15`.
std::optional<std::chrono::seconds> time_of_day(std::string_view text) {
  const auto hours = digits_at(text, 0, 2);
  const auto minutes = digits_at(text, 3, 2);
  const bool with_seconds = text.size() == 8;
  const auto seconds = with_seconds ? digits_at(text, 6, 2) : 0;
  if ((text.size() != 5 && !with_seconds) || !hours || !minutes || !seconds || text[2] != ':' ||
      (with_seconds && text[5] != ':') || *hours > 23 || *minutes > 59 || *seconds > 59) {
    return std::nullopt;
  }
  return std::chrono::hours{*hours} + std::chrono::minutes{*minutes} +
         std::chrono::seconds{*seconds};
}

std::optional<row_time> date(std::string_view text) {
  constexpr std::size_t date_size = 10;
  if (text.ends_with('Z') && text.size() > date_size) text.remove_suffix(1);
  const auto year = digits_at(text, 0, 4);
  const auto month = digits_at(text, 5, 2);
  const auto day = digits_at(text, 8, 2);
  if (!year || !month || !day || text[4] != '-' || text[7] != '-') return std::nullopt;
  const std::chrono::year_month_day which{std::chrono::year{*year},
                                          std::chrono::month{static_cast<unsigned>(*month)},
                                          std::chrono::day{static_cast<unsigned>(*day)}};
  if (!which.ok()) return std::nullopt;
  const row_time midnight{std::chrono::sys_days{which}};
  if (text.size() == date_size) return midnight;
  if (text[date_size] != 'T' && text[date_size] != ' ') return std::nullopt;
  const auto time = time_of_day(text.substr(date_size + 1));
  if (!time) return std::nullopt;
  return midnight + *time;
}

error no_moment(std::string_view text, std::string_view option) {
  return fail(errc::invalid_option, std::string{option} + " '" + printable(text) +
                                        "' is no time; write 2h, 30d, 2026-12-01 or "
                                        "2026-12-01T08:30:00Z (UTC)");
}

}  // namespace

result<std::chrono::seconds> duration_argument(std::string_view text, std::string_view option) {
  if (const auto out = duration(text)) return *out;
  return fail(errc::invalid_option,
              std::string{option} + " '" + printable(text) +
                  "' is no length of time; write a number and s, m, h, d or w, such as 2h");
}

result<row_time> moment_ahead(std::string_view text, row_time now, std::string_view option) {
  const auto length = duration(text);
  const auto moment = length ? std::optional{now + *length} : date(text);
  if (!moment) return no_moment(text, option);
  if (*moment <= now) {
    return fail(errc::invalid_option, std::string{option} + " '" + printable(text) +
                                          "' is past; name a moment to come (UTC)");
  }
  return *moment;
}

result<row_time> moment_past(std::string_view text, row_time now, std::string_view option) {
  if (const auto length = duration(text)) return now - *length;
  const auto moment = date(text);
  if (!moment) return no_moment(text, option);
  if (*moment > now) {
    return fail(errc::invalid_option, std::string{option} + " '" + printable(text) +
                                          "' is to come; name a moment that was (UTC)");
  }
  return *moment;
}

row_time now() {
  return std::chrono::floor<std::chrono::seconds>(system_environment().time->now());
}

}  // namespace quire::tools
