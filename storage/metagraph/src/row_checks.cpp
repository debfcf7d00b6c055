#include "row_checks.hpp"

#include <quire/messages/ids.hpp>
#include <quire/messages/limits.hpp>
#include <quire/schema/edits.hpp>
#include <quire/schema/value.hpp>

namespace quire::metagraph {
namespace {

namespace json = boost::json;

/// JSON merge patch (RFC 7396, section 2).
void merge(json::value& target, const json::value& patch) {
  const auto* members = patch.if_object();
  if (members == nullptr) {
    target = patch;
    return;
  }
  if (!target.is_object()) target.emplace_object();
  auto& object = target.get_object();
  for (const auto& member : *members) {
    if (member.value().is_null()) {
      object.erase(member.key());
    } else {
      merge(object[member.key()], member.value());
    }
  }
}

}  // namespace

result<void> check_key(std::string_view what, std::string_view key) {
  if (is_valid_key(key)) return {};
  return fail(errc::invalid_key, std::string{what} + " key '" + printable(key) + "': 1 to " +
                                     std::to_string(limits::max_key_bytes) +
                                     " bytes of UTF-8 without control characters");
}

result<void> check_row_id(std::string_view id) {
  if (id.empty() || is_valid_row_id(id)) return {};
  return fail(errc::invalid_key, "row id '" + printable(id) + "': 1 to " +
                                     std::to_string(limits::max_row_id_bytes) +
                                     " bytes of UTF-8 without control characters");
}

result<void> check_text(std::string_view what, std::string_view text) {
  if (text.size() <= limits::max_document_bytes && is_valid_utf8(text)) return {};
  return fail(errc::invalid_option, std::string{what} + " '" + printable(text) +
                                        "': UTF-8 of at most " +
                                        std::to_string(limits::max_document_bytes) + " bytes");
}

result<void> check_size(const document& d) {
  if (d.text().size() <= limits::max_document_bytes) return {};
  return fail(errc::too_large, "JSON document of " + std::to_string(d.text().size()) +
                                   " bytes; the limit is " +
                                   std::to_string(limits::max_document_bytes));
}

result<void> check_metadata(const document& metadata) {
  if (!metadata) return {};
  if (auto ok = check_size(metadata); !ok) return in_context(ok.error(), "metadata");
  if (!metadata.value().is_object()) {
    return fail(errc::validation_failed, "metadata must be a JSON object",
                {{.code = "object", .pointer = "", .message = "Expected object"}});
  }
  return {};
}

const document& no_attributes() {
  static const auto empty = document::empty_object();
  return empty;
}

bool same_meaning(const document& a, const document& b) {
  return a.text() == b.text() || schema::equal(a.value(), b.value());
}

result<document> updated_attributes(const document& stored, const document& attributes,
                                    const document& patch, const document& expected) {
  if (attributes && patch) {
    return fail(errc::conflicting_options,
                "an update takes either whole attributes or a patch, not both");
  }
  if (expected && !same_meaning(stored, expected)) {
    return fail(errc::conflict, "the attributes are no longer those expected; read them again");
  }
  if (attributes) {
    if (auto ok = check_size(attributes); !ok) return ok.error();
    return attributes;
  }
  if (!patch) return stored;
  auto edits = schema::edits_from_json(patch.value());
  if (!edits) return edits.error();
  auto made = schema::patch(stored.value(), *edits);
  if (!made) return made.error();
  auto out = document::from(std::move(*made));
  if (auto ok = check_size(out); !ok) return ok.error();
  return out;
}

result<document> upserted_attributes(const document& stored, const document& given,
                                     upsert_mode mode) {
  if (!given) return stored;
  if (auto ok = check_size(given); !ok) return ok.error();
  if (mode == upsert_mode::replace) return given;
  auto merged = json::value(stored.value(), json::storage_ptr{});  // not in the memory of `stored`
  merge(merged, given.value());
  auto out = document::from(std::move(merged));
  if (auto ok = check_size(out); !ok) return ok.error();
  return out;
}

}  // namespace quire::metagraph
