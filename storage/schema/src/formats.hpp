#pragma once

#include <quire/schema/compile.hpp>

#include <string_view>

namespace quire::schema {

/// The check behind a built-in format name; nullptr for a name that the dialect does not have built
/// in. The checks look at each byte a bounded number of times and allocate nothing, but for
/// `regex`.
///
/// Both dialects:
///   date-time, date, time  RFC 3339 (calendar days, leap seconds at 23:59:60 UTC, `T`, `t`, `Z`,
///   `z`) email                  RFC 5321 mailbox, ASCII; quoted local parts and address literals
///   included uri                    RFC 3986, with a scheme uuid                   RFC 4122, any
///   version ipv4, ipv6             RFC 2673 dotted quad; RFC 4291 without zone
/// Draft 2020-12:
///   duration               RFC 3339, appendix A
///   hostname               RFC 1123; what is encoded in labels that begin with `xn--` is not
///   looked at idn-email              RFC 6531: as email, with characters beyond ASCII
///   uri-reference          RFC 3986
///   iri, iri-reference     RFC 3987
///   uri-template           RFC 6570
///   json-pointer           RFC 6901
///   relative-json-pointer  as the draft of that name
///   regex                  what `pattern` takes, so without look-around and back references
[[nodiscard]] bool (*built_in_format(std::string_view name, dialect of) noexcept)(std::string_view);

}  // namespace quire::schema
