#include "formats.hpp"

#include "ecma_pattern.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace quire::schema {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_alphanumeric(char c) { return is_digit(c) || is_letter(c); }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_one_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

/// Whether characters beyond ASCII are allowed. Text is well-formed UTF-8, so its bytes tell.
enum class characters : std::uint8_t { ascii, all };
bool is_beyond(char c, characters allowed) {
  return allowed == characters::all && static_cast<unsigned char>(c) >= 0x80;
}

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

bool is_host_name(std::string_view text, characters allowed) {
  if (text.empty() || text.size() > 253) return false;
  while (true) {
    const auto label = text.substr(0, text.find('.'));
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-')
      return false;
    if (!std::all_of(label.begin(), label.end(), [allowed](char c) {
          return is_alphanumeric(c) || c == '-' || is_beyond(c, allowed);
        }))
      return false;
    if (label.size() == text.size()) return true;
    text.remove_prefix(label.size() + 1);
  }
}

bool is_hostname(std::string_view text) {
  if (!is_host_name(text, characters::ascii)) return false;
  // "--" in the third and fourth place is kept for encodings, of which there is one.
  for (; !text.empty(); text.remove_prefix(std::min(text.find('.'), text.size() - 1) + 1)) {
    const bool encoded =
        (text[0] == 'x' || text[0] == 'X') && text.size() > 4 && (text[1] == 'n' || text[1] == 'N');
    const auto label = text.substr(0, text.find('.'));
    if (label.size() > 3 && label.substr(2, 2) == "--" && !encoded) return false;
  }
  return true;
}

bool is_quoted_local_part(std::string_view text, characters allowed) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return false;
  text = text.substr(1, text.size() - 2);
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto good = [&] { return (text[i] >= 0x20 && text[i] <= 0x7E) || is_beyond(text[i], allowed); };
    if (!good() || text[i] == '"') return false;
    if (text[i] == '\\' && (++i == text.size() || !good())) return false;
  }
  return true;
}

bool is_mailbox(std::string_view text, characters allowed) {
  const auto at = text.rfind('@');
  if (at == std::string_view::npos) return false;
  const auto local = text.substr(0, at);
  auto domain = text.substr(at + 1);
  if (local.empty() || local.size() > 64) return false;
  if (local.front() == '"') {
    if (!is_quoted_local_part(local, allowed)) return false;
  } else {
    if (local.front() == '.' || local.back() == '.' || local.find("..") != std::string_view::npos)
      return false;
    const bool atoms = std::all_of(local.begin(), local.end(), [allowed](char c) {
      return is_alphanumeric(c) || is_one_of(c, "!#$%&'*+-/=?^_`{|}~.") || is_beyond(c, allowed);
    });
    if (!atoms) return false;
  }
  if (domain.size() > 2 && domain.front() == '[' && domain.back() == ']') {
    domain = domain.substr(1, domain.size() - 2);
    return domain.starts_with("IPv6:") ? is_ipv6(domain.substr(5)) : is_ipv4(domain);
  }
  return is_host_name(domain, allowed);
}

bool is_email(std::string_view text) { return is_mailbox(text, characters::ascii); }
bool is_idn_email(std::string_view text) { return is_mailbox(text, characters::all); }

/// Characters of one part of a URI: unreserved, sub-delims, `extra`, and percent escapes.
bool is_uri_part(std::string_view text, std::string_view extra,
                 characters allowed = characters::ascii) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '%') {
      if (text.size() - i < 3 || !is_hex(text[i + 1]) || !is_hex(text[i + 2])) return false;
      i += 2;
    } else if (!is_alphanumeric(c) && !is_one_of(c, "-._~!$&'()*+,;=") && !is_one_of(c, extra) &&
               !is_beyond(c, allowed)) {
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

bool is_authority(std::string_view text, characters allowed) {
  if (const auto at = text.rfind('@'); at != std::string_view::npos) {
    if (!is_uri_part(text.substr(0, at), ":", allowed)) return false;
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
    if (!is_uri_part(text.substr(0, end), "", allowed)) return false;
    text.remove_prefix(end);
  }
  return text.empty() || (take(text, ':') && std::all_of(text.begin(), text.end(), is_digit));
}

/// RFC 3986 or 3987; `absolute` when there must be a scheme.
bool is_reference(std::string_view text, bool absolute, characters allowed) {
  const auto mark = text.find_first_of(":/?#");
  if (mark != std::string_view::npos && text[mark] == ':') {
    const auto scheme = text.substr(0, mark);
    const bool good = !scheme.empty() && is_letter(scheme.front()) &&
                      std::all_of(scheme.begin(), scheme.end(),
                                  [](char c) { return is_alphanumeric(c) || is_one_of(c, "+-."); });
    if (!good) return false;
    text.remove_prefix(mark + 1);
  } else if (absolute) {
    return false;
  }
  if (const auto hash = text.find('#'); hash != std::string_view::npos) {
    if (!is_uri_part(text.substr(hash + 1), ":@/?", allowed)) return false;
    text = text.substr(0, hash);
  }
  if (const auto query = text.find('?'); query != std::string_view::npos) {
    if (!is_uri_part(text.substr(query + 1), ":@/?", allowed)) return false;
    text = text.substr(0, query);
  }
  if (text.starts_with("//")) {
    text.remove_prefix(2);
    const auto end = std::min(text.find('/'), text.size());
    if (!is_authority(text.substr(0, end), allowed)) return false;
    text.remove_prefix(end);
  }
  return is_uri_part(text, ":@/", allowed);
}

bool is_uri(std::string_view text) { return is_reference(text, true, characters::ascii); }
bool is_uri_reference(std::string_view text) {
  return is_reference(text, false, characters::ascii);
}
bool is_iri(std::string_view text) { return is_reference(text, true, characters::all); }
bool is_iri_reference(std::string_view text) { return is_reference(text, false, characters::all); }

bool is_json_pointer(std::string_view text) {
  if (!text.empty() && text.front() != '/') return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '~' && (i + 1 == text.size() || !is_one_of(text[i + 1], "01"))) return false;
  }
  return true;
}

bool is_relative_json_pointer(std::string_view text) {
  auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
  if (digits == 0 || (digits > 1 && text.front() == '0')) return false;
  text.remove_prefix(digits);
  return text == "#" || is_json_pointer(text);
}

/// Reads numbers with these units off the front, one directly after the other in their order,
/// beginning anywhere; false when there is none.
bool take_units(std::string_view& text, std::string_view units) {
  auto expected = std::string_view::npos;
  while (!text.empty() && is_digit(text.front())) {
    const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto unit = digits == text.size() ? std::string_view::npos : units.find(text[digits]);
    if (unit == std::string_view::npos) return false;
    if (expected != std::string_view::npos && unit != expected) return false;
    expected = unit + 1;
    text.remove_prefix(digits + 1);
  }
  return expected != std::string_view::npos;
}

bool is_duration(std::string_view text) {
  if (!take(text, 'P')) return false;
  if (text.ends_with('W')) return take_units(text, "W") && text.empty();
  if (!text.starts_with('T') && !take_units(text, "YMD")) return false;
  return text.empty() || (take(text, 'T') && take_units(text, "HMS") && text.empty());
}

/// The inside of `{…}`: an operator, and names with `*` or `:` and a length.
bool is_template_expression(std::string_view text) {
  if (!text.empty() && is_one_of(text.front(), "+#./;?&=,!@|")) text.remove_prefix(1);
  while (true) {
    auto variable = text.substr(0, text.find(','));
    const auto whole = variable.size();
    if (variable.ends_with('*')) {
      variable.remove_suffix(1);
    } else if (const auto colon = variable.find(':'); colon != std::string_view::npos) {
      const auto length = variable.substr(colon + 1);
      if (length.empty() || length.size() > 4 || length.front() == '0' ||
          !std::all_of(length.begin(), length.end(), is_digit)) {
        return false;
      }
      variable = variable.substr(0, colon);
    }
    if (variable.empty() || variable.front() == '.' || variable.back() == '.' ||
        variable.find("..") != std::string_view::npos) {
      return false;
    }
    for (std::size_t i = 0; i < variable.size(); ++i) {
      const char c = variable[i];
      if (c == '%') {
        if (variable.size() - i < 3 || !is_hex(variable[i + 1]) || !is_hex(variable[i + 2]))
          return false;
        i += 2;
      } else if (!is_alphanumeric(c) && c != '_' && c != '.') {
        return false;
      }
    }
    if (whole == text.size()) return true;
    text.remove_prefix(whole + 1);
  }
}

bool is_uri_template(std::string_view text) {
  while (!text.empty()) {
    const char c = text.front();
    if (c == '{') {
      const auto end = text.find('}');
      if (end == std::string_view::npos || !is_template_expression(text.substr(1, end - 1)))
        return false;
      text.remove_prefix(end + 1);
    } else if (c == '%') {
      if (text.size() < 3 || !is_hex(text[1]) || !is_hex(text[2])) return false;
      text.remove_prefix(3);
    } else {
      if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7F || is_one_of(c, "\"<>\\^`|}"))
        return false;
      text.remove_prefix(1);
    }
  }
  return true;
}

bool is_regex(std::string_view text) { return !translate_ecma_pattern(text).refused; }

struct built_in {
  std::string_view name;
  bool (*check)(std::string_view);
  bool in_module;
};

constexpr std::array<built_in, 18> formats{{
    {"date-time", is_date_time, true},
    {"date", is_date, true},
    {"time", is_time, true},
    {"email", is_email, true},
    {"uri", is_uri, true},
    {"uuid", is_uuid, true},
    {"ipv4", is_ipv4, true},
    {"ipv6", is_ipv6, true},
    {"duration", is_duration, false},
    {"hostname", is_hostname, false},
    {"idn-email", is_idn_email, false},
    {"iri", is_iri, false},
    {"iri-reference", is_iri_reference, false},
    {"json-pointer", is_json_pointer, false},
    {"regex", is_regex, false},
    {"relative-json-pointer", is_relative_json_pointer, false},
    {"uri-reference", is_uri_reference, false},
    {"uri-template", is_uri_template, false},
}};

}  // namespace

bool (*built_in_format(std::string_view name, dialect of) noexcept)(std::string_view) {
  for (const auto& known : formats) {
    if (known.name == name)
      return known.in_module || of == dialect::draft2020_12 ? known.check : nullptr;
  }
  return nullptr;
}

}  // namespace quire::schema
