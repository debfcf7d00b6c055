#pragma once

#include <string_view>

namespace quire::schema {

/// The check behind a built-in format name; nullptr for a name that is not built in. The checks
/// allocate nothing and look at each byte a bounded number of times.
///   date-time, date, time   RFC 3339 (calendar days, leap seconds at 23:59:60 UTC, `T`, `t`, `Z`,
///   `z`) email                   RFC 5321 mailbox, ASCII; quoted local parts and address literals
///   included uri                     RFC 3986, with a scheme uuid                    RFC 4122, any
///   version ipv4, ipv6              RFC 2673 dotted quad; RFC 4291 without zone
[[nodiscard]] bool (*built_in_format(std::string_view name) noexcept)(std::string_view);

}  // namespace quire::schema
