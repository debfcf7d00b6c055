#pragma once

#include <quire/messages/error.hpp>
#include <quire/messages/rows.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace quire::tools {

/// A length of time as people write it: `90s`, `15m`, `2h`, `30d`, `4w`; at most a hundred years.
/// `option` is named in errors. Fails with `invalid_option`.
[[nodiscard]] result<std::chrono::seconds> duration_argument(std::string_view text,
                                                             std::string_view option);

/// A moment to come: a length of time from `now` on, or a date (UTC) such as `2026-12-01`,
/// `2026-12-01T08:30` or `2026-12-01T08:30:15Z`. Fails with `invalid_option`, also when it is past.
[[nodiscard]] result<row_time> moment_ahead(std::string_view text, row_time now,
                                            std::string_view option);
/// A moment that was: a length of time before `now`, or a date as above. Fails with
/// `invalid_option`, also when it is to come.
[[nodiscard]] result<row_time> moment_past(std::string_view text, row_time now,
                                           std::string_view option);

/// The machine's time as rows keep it.
[[nodiscard]] row_time now();

}  // namespace quire::tools
