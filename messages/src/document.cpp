#include <quire/messages/document.hpp>

#include "document_parser.hpp"

#include <quire/messages/ids.hpp>
#include <quire/messages/json_text.hpp>

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/error.hpp>

#include <mutex>

namespace quire {

struct document::body {
  std::string text;
  // Declared before the value that lives in it. Lazily used, so that a document that is only stored costs its text.
  mutable boost::json::monotonic_resource memory;
  mutable boost::json::value parsed;
  mutable std::once_flag once;
  bool ready = false;  // set before the body is shared

  explicit body(std::string x) : text(std::move(x)), memory(text.size() * 2 + 256) {}
};

namespace {

namespace json = boost::json;

/// Members of all objects in a parsed value.
std::size_t members_in(const json::value& v) {
  std::size_t n = 0;
  if (v.is_array()) {
    for (const auto& item : v.get_array()) n += members_in(item);
  } else if (v.is_object()) {
    n = v.get_object().size();
    for (const auto& member : v.get_object()) n += members_in(member.value());
  }
  return n;
}

/// Colons outside strings, which in good JSON are as many as the members written.
std::size_t members_written(std::string_view text) {
  std::size_t n = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') {
        ++i;
      } else if (c == '"') {
        in_string = false;
      }
    } else if (c == '"') {
      in_string = true;
    } else if (c == ':') {
      ++n;
    }
  }
  return n;
}

/// Parses `text` into `out`, allocating from `memory`.
result<void> parse_into(std::string_view text, json::storage_ptr memory, const document_limits& limits,
                        json::value& out) {
  boost::system::error_code ec;
  const auto used = parse_document(text, std::move(memory), limits.max_depth, out, ec);
  if (ec == json::error::too_deep) {
    return fail(errc::depth_exceeded, "JSON is nested deeper than " + std::to_string(limits.max_depth) +
                                          " levels at byte " + std::to_string(used));
  }
  if (ec == json::error::exponent_overflow) {
    return fail(errc::payload_not_json,
                "a number is beyond the range of a double at byte " + std::to_string(used));
  }
  if (ec) {
    return fail(errc::payload_not_json, ec.message() + " at byte " + std::to_string(used) + ", near '" +
                                            printable(text.substr(used, 24), 24) + "'");
  }
  return {};
}

const std::string empty_text;
const json::value null_value;

}  // namespace

result<document> document::parse(std::string_view text, const document_limits& limits) {
  if (text.size() > limits.max_bytes) {
    return fail(errc::too_large, "JSON document of " + std::to_string(text.size()) + " bytes; the limit is " +
                                     std::to_string(limits.max_bytes));
  }
  auto made = std::make_shared<body>(std::string{text});
  json::value parsed(json::storage_ptr{&made->memory});
  if (auto ok = parse_into(made->text, &made->memory, limits, parsed); !ok) return ok.error();
  // With a name written twice, readers disagree about the value. Store what was understood here.
  if (members_in(parsed) != members_written(made->text)) made->text = json_text(parsed);
  std::destroy_at(&made->parsed);
  std::construct_at(&made->parsed, std::move(parsed));
  made->ready = true;
  return document{std::move(made)};
}

result<document> document::parse_object(std::string_view text, const document_limits& limits) {
  auto made = parse(text, limits);
  if (made && !made->value().is_object()) {
    return fail(errc::validation_failed, "the document must be a JSON object",
                {{.code = "object", .pointer = "", .message = "Expected object"}});
  }
  return made;
}

document document::trusted(std::string text) { return document{std::make_shared<body>(std::move(text))}; }

document document::from(boost::json::value value) {
  auto made = std::make_shared<body>(json_text(value));
  // A value keeps to the memory it was made in, which may not live as long as this document.
  made->parsed = json::value(std::move(value), json::storage_ptr{});
  made->ready = true;
  return document{std::move(made)};
}

document document::empty_object() { return trusted("{}"); }

const std::string& document::text() const noexcept { return body_ ? body_->text : empty_text; }

const boost::json::value& document::value() const {
  if (!body_) return null_value;
  if (!body_->ready) {
    std::call_once(body_->once, [&] {
      json::value parsed(json::storage_ptr{&body_->memory});
      if (!parse_into(body_->text, &body_->memory, {}, parsed)) return;
      std::destroy_at(&body_->parsed);
      std::construct_at(&body_->parsed, std::move(parsed));
    });
  }
  return body_->parsed;
}

}  // namespace quire
