#pragma once

#include <quire/messages/document.hpp>
#include <quire/messages/error.hpp>
#include <quire/messages/requests.hpp>

#include <string_view>

namespace quire::metagraph {

/// `invalid_key` unless it is a key of a node or edge; `what` says which.
[[nodiscard]] result<void> check_key(std::string_view what, std::string_view key);
/// `invalid_key` unless empty or a row id.
[[nodiscard]] result<void> check_row_id(std::string_view id);
/// Metadata are absent or a JSON object within the size limit.
[[nodiscard]] result<void> check_metadata(const document& metadata);
/// `invalid_option` unless `text` is UTF-8 within the size limit of documents; `what` says which.
[[nodiscard]] result<void> check_text(std::string_view what, std::string_view text);
/// `too_large` beyond the size limit of documents.
[[nodiscard]] result<void> check_size(const document& attributes);

/// The attributes that an update leaves: `attributes` as they are, or `patch` (an edit list) made
/// on `stored`. Only if `stored` equals `expected`, where that is given. Fails with
/// `conflicting_options`, `conflict`, `patch_failed`.
[[nodiscard]] result<document> updated_attributes(const document& stored,
                                                  const document& attributes, const document& patch,
                                                  const document& expected);
/// The attributes that an upsert of an existing row leaves.
[[nodiscard]] result<document> upserted_attributes(const document& stored, const document& given,
                                                   upsert_mode mode);
/// What a row has that was given no attributes, or no metadata: `{}`, shared.
[[nodiscard]] const document& no_attributes();
/// Equal text, or equal meaning.
[[nodiscard]] bool same_meaning(const document& a, const document& b);

}  // namespace quire::metagraph
