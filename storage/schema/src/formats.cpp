#include "formats.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace quire::schema {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_alphanumeric(char c) { return is_digit(c) || is_letter(c); }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_one_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

/// Reads exactly `count` digits off the front; -1 when they are not there.
int take_number(std::string_view& text, std::size_t count) {
  if (text.size() < count ||
      !std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(count), is_digit)) {
    return -1;
  }
  int n = 0;
  for (std::size_t i = 0; i < count; ++i) n = n * 10 + (text[i] - '0');
  text.remove_prefix(count);
  return n;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

bool take_date(std::string_view& text) {
  const int year = take_number(text, 4);
  if (year < 0 || !take(text, '-')) return false;
  const int month = take_number(text, 2);
  if (month < 1 || month > 12 || !take(text, '-')) return false;
  const int day = take_number(text, 2);
  constexpr std::array<int, 12> days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  const int last = days[static_cast<std::size_t>(month) - 1] + static_cast<int>(month == 2 && leap);
  return day >= 1 && day <= last;
}

bool is_date(std::string_view text) { return take_date(text) && text.empty(); }

bool is_time(std::string_view text) {
  const int hour = take_number(text, 2);
  if (hour < 0 || hour > 23 || !take(text, ':')) return false;
  const int minute = take_number(text, 2);
  if (minute < 0 || minute > 59 || !take(text, ':')) return false;
  const int second = take_number(text, 2);
  if (second < 0 || second > 60) return false;
  if (take(text, '.')) {
    if (take_number(text, 1) < 0) return false;
    while (!text.empty() && is_digit(text.front())) text.remove_prefix(1);
  }
  int offset = 0;
  if (!take(text, 'Z') && !take(text, 'z')) {
    const bool east = take(text, '+');
    if (!east && !take(text, '-')) return false;
    const int hours = take_number(text, 2);
    if (hours < 0 || hours > 23 || !take(text, ':')) return false;
    const int minutes = take_number(text, 2);
    if (minutes < 0 || minutes > 59) return false;
    offset = (hours * 60 + minutes) * (east ? 1 : -1);
  }
  if (!text.empty()) return false;
  constexpr int day = 24 * 60;
  return second < 60 || (hour * 60 + minute - offset + day) % day == day - 1;
}

bool is_date_time(std::string_view text) {
  return take_date(text) && (take(text, 'T') || take(text, 't')) && is_time(text);
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !is_hex(text[i])) return false;
  }
  return true;
}

bool is_ipv4(std::string_view text) {
  for (int part = 0; part < 4; ++part) {
    if (part != 0 && !take(text, '.')) return false;
    std::size_t count = 0;
    while (count < text.size() && count < 4 && is_digit(text[count])) ++count;
    if (count == 0 || count > 3 || (count > 1 && text.front() == '0') ||
        take_number(text, count) > 255)
      return false;
  }
  return text.empty();
}

bool is_ipv6(std::string_view text) {
  int groups = 0;
  bool shortened = false;
  if (text.starts_with("::")) {
    shortened = true;
    text.remove_prefix(2);
    if (text.empty()) return true;
  }
  while (true) {
    std::size_t count = 0;
    while (count < text.size() && is_hex(text[count])) ++count;
    if (count < text.size() && text[count] == '.') {
      groups += 2;
      if (!is_ipv4(text)) return false;
      break;
    }
    if (count == 0 || count > 4) return false;
    ++groups;
    text.remove_prefix(count);
    if (text.empty()) break;
    if (!take(text, ':')) return false;
    if (take(text, ':')) {
      if (shortened) return false;
      shortened = true;
      if (text.empty()) break;
    }
  }
  return shortened ? groups <= 7 : groups == 8;
}

bool is_host_name(std::string_view text) {
  if (text.empty() || text.size() > 253) return false;
  while (true) {
    const auto label = text.substr(0, text.find('.'));
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-')
      return false;
    if (!std::all_of(label.begin(), label.end(),
                     [](char c) { return is_alphanumeric(c) || c == '-'; }))
      return false;
    if (label.size() == text.size()) return true;
    text.remove_prefix(label.size() + 1);
  }
}

bool is_quoted_local_part(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return false;
  text = text.substr(1, text.size() - 2);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] < 0x20 || text[i] > 0x7E || text[i] == '"') return false;
    if (text[i] == '\\' && (++i == text.size() || text[i] < 0x20 || text[i] > 0x7E)) return false;
  }
  return true;
}

bool is_email(std::string_view text) {
  const auto at = text.rfind('@');
  if (at == std::string_view::npos) return false;
  const auto local = text.substr(0, at);
  auto domain = text.substr(at + 1);
  if (local.empty() || local.size() > 64) return false;
  if (local.front() == '"') {
    if (!is_quoted_local_part(local)) return false;
  } else {
    if (local.front() == '.' || local.back() == '.' || local.find("..") != std::string_view::npos)
      return false;
    const bool atoms = std::all_of(local.begin(), local.end(), [](char c) {
      return is_alphanumeric(c) || is_one_of(c, "!#$%&'*+-/=?^_`{|}~.");
    });
    if (!atoms) return false;
  }
  if (domain.size() > 2 && domain.front() == '[' && domain.back() == ']') {
    domain = domain.substr(1, domain.size() - 2);
    return domain.starts_with("IPv6:") ? is_ipv6(domain.substr(5)) : is_ipv4(domain);
  }
  return is_host_name(domain);
}

/// Characters of one part of a URI: unreserved, sub-delims, `extra`, and percent escapes.
bool is_uri_part(std::string_view text, std::string_view extra) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '%') {
      if (text.size() - i < 3 || !is_hex(text[i + 1]) || !is_hex(text[i + 2])) return false;
      i += 2;
    } else if (!is_alphanumeric(c) && !is_one_of(c, "-._~!$&'()*+,;=") && !is_one_of(c, extra)) {
      return false;
    }
  }
  return true;
}

bool is_future_address(std::string_view text) {
  if (!take(text, 'v') && !take(text, 'V')) return false;
  const auto dot = text.find('.');
  return dot != 0 && dot != std::string_view::npos && dot + 1 < text.size() &&
         std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(dot), is_hex) &&
         text.find('%') == std::string_view::npos && is_uri_part(text.substr(dot + 1), ":");
}

bool is_authority(std::string_view text) {
  if (const auto at = text.rfind('@'); at != std::string_view::npos) {
    if (!is_uri_part(text.substr(0, at), ":")) return false;
    text.remove_prefix(at + 1);
  }
  if (!text.empty() && text.front() == '[') {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return false;
    const auto address = text.substr(1, end - 1);
    if (!is_ipv6(address) && !is_future_address(address)) return false;
    text.remove_prefix(end + 1);
  } else {
    const auto end = std::min(text.find(':'), text.size());
    if (!is_uri_part(text.substr(0, end), "")) return false;
    text.remove_prefix(end);
  }
  return text.empty() || (take(text, ':') && std::all_of(text.begin(), text.end(), is_digit));
}

bool is_uri(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == 0 || colon == std::string_view::npos || !is_letter(text.front())) return false;
  const auto scheme = text.substr(0, colon);
  if (!std::all_of(scheme.begin(), scheme.end(),
                   [](char c) { return is_alphanumeric(c) || is_one_of(c, "+-."); })) {
    return false;
  }
  text.remove_prefix(colon + 1);
  if (const auto hash = text.find('#'); hash != std::string_view::npos) {
    if (!is_uri_part(text.substr(hash + 1), ":@/?")) return false;
    text = text.substr(0, hash);
  }
  if (const auto mark = text.find('?'); mark != std::string_view::npos) {
    if (!is_uri_part(text.substr(mark + 1), ":@/?")) return false;
    text = text.substr(0, mark);
  }
  if (text.starts_with("//")) {
    text.remove_prefix(2);
    const auto end = std::min(text.find('/'), text.size());
    if (!is_authority(text.substr(0, end))) return false;
    text.remove_prefix(end);
  }
  return is_uri_part(text, ":@/");
}

using checker = bool (*)(std::string_view);

constexpr std::array<std::pair<std::string_view, checker>, 8> formats{{{"date-time", is_date_time},
                                                                       {"date", is_date},
                                                                       {"time", is_time},
                                                                       {"email", is_email},
                                                                       {"uri", is_uri},
                                                                       {"uuid", is_uuid},
                                                                       {"ipv4", is_ipv4},
                                                                       {"ipv6", is_ipv6}}};

}  // namespace

bool (*built_in_format(std::string_view name) noexcept)(std::string_view) {
  for (const auto& [known, check] : formats) {
    if (known == name) return check;
  }
  return nullptr;
}

}  // namespace quire::schema
