#include "schema_batch.hpp"

#include "serve_lines.hpp"

#include <quire/messages/ids.hpp>
#include <quire/messages/json_text.hpp>
#include <quire/schema/value.hpp>

#include <algorithm>
#include <array>

namespace quire::tools {

namespace {

namespace json = boost::json;

// A request is one level around its documents.
constexpr document_limits request_limits{.max_bytes = schema_batch::max_line_bytes,
                                         .max_depth = limits::max_document_depth + 1};

constexpr std::array<std::string_view, 11> members{
    "assertFormats", "id",    "op",      "schema",      "value",    "left",
    "right",         "edits", "dialect", "definitions", "keepExtra"};

std::string error_text(const json::value& id, const error& e) {
  json::object what{{"code", to_string(e.code)},
                    {"message", e.context},
                    {"pointer", e.details.empty() ? "" : e.details.front().pointer}};
  return json_text(json::object{{"id", id}, {"error", std::move(what)}});
}

/// A request that is wrong at one of its members.
error bad_request(std::string_view member, const std::string& reason,
                  errc code = errc::invalid_option) {
  std::string pointer;
  schema::append_step(pointer, member);
  return fail(code, reason,
              {{.code = std::string{to_string(code)}, .pointer = pointer, .message = reason}});
}

result<std::string_view> text_member(const json::object& request, std::string_view name) {
  const auto* given = request.if_contains(name);
  if (given == nullptr) return std::string_view{};
  if (given->is_string()) return std::string_view{given->get_string()};
  return bad_request(name, "'" + std::string{name} + "' must be a string");
}

/// Sets `to` when the request says so.
result<void> read_flag(const json::object& request, std::string_view name, bool& to) {
  const auto* given = request.if_contains(name);
  if (given == nullptr) return {};
  if (!given->is_bool()) {
    return bad_request(name, "'" + std::string{name} + "' must be true or false");
  }
  to = given->get_bool();
  return {};
}

json::array array_of(const std::vector<std::string>& texts) {
  json::array out;
  for (const auto& text : texts) out.emplace_back(text);
  return out;
}

}  // namespace

result<schema::compiled_schema> schema_cache::get(const json::value& schema,
                                                  const schema_settings& with) {
  std::string key(1, static_cast<char>(with.dialect));
  key += with.assert_formats ? 'f' : '-';
  if (with.definitions != nullptr) key += json_text(*with.definitions);
  key += '\n';
  key += json_text(schema);
  if (const auto known = by_key_.find(key); known != by_key_.end()) {
    entries_.splice(entries_.begin(), entries_, known->second);
    return known->second->compiled;
  }
  auto made = compile_schema(schema, with);
  if (made) keep(std::move(key), *made);
  return made;
}

void schema_cache::keep(std::string key, schema::compiled_schema compiled) {
  if (key.size() > most_.bytes) return;
  bytes_ += key.size();
  entries_.push_front({std::move(key), std::move(compiled)});
  by_key_.emplace(entries_.front().key, entries_.begin());
  while (entries_.size() > most_.schemas || bytes_ > most_.bytes) {
    bytes_ -= entries_.back().key.size();
    by_key_.erase(entries_.back().key);
    entries_.pop_back();
  }
}

std::string schema_batch::answer(std::string_view line) {
  const auto request = document::parse(line, request_limits);
  if (!request) {
    auto e = request.error();
    if (e.code == errc::depth_exceeded) {
      e.context = "a document of the request is nested deeper than " +
                  std::to_string(limits::max_document_depth) + " levels";
    }
    return error_text(nullptr, e);
  }
  if (!request->value().is_object()) {
    return error_text(nullptr, fail(errc::invalid_option, "a request must be an object"));
  }
  const auto& given = request->value().get_object();
  const auto* id = given.if_contains("id");
  const json::value none;
  auto done = perform(given);
  if (!done) return error_text(id == nullptr ? none : *id, done.error());
  json::object out{{"id", id == nullptr ? none : *id}, {"ok", true}};
  out.emplace("result", std::move(done->result));
  if (!done->replaced.empty()) out.emplace("replaced", array_of(done->replaced));
  if (!done->dropped.empty()) out.emplace("dropped", array_of(done->dropped));
  return json_text(out);
}

std::string schema_batch::answer_to_long_line() {
  return error_text(nullptr,
                    fail(errc::too_large, "a line of more than " + std::to_string(max_line_bytes) +
                                              " bytes was passed over"));
}

result<schema_answer> schema_batch::perform(const json::object& request) {
  for (const auto& member : request) {
    if (std::find(members.begin(), members.end(), std::string_view{member.key()}) !=
        members.end()) {
      continue;
    }
    return bad_request(member.key(), "a request has no member '" + printable(member.key()) + "'",
                       errc::unknown_option);
  }
  const auto name = text_member(request, "op");
  if (!name) return name.error();
  const auto* operation = find_schema_operation(*name);
  if (operation == nullptr) {
    return bad_request("op", name->empty() ? "'op' is missing"
                                           : "there is no operation '" + printable(*name) + "'");
  }
  schema_operands on;
  for (std::size_t i = 0; i < on.documents.size() && !operation->documents[i].empty(); ++i) {
    on.documents[i] = request.if_contains(operation->documents[i]);
    if (on.documents[i] == nullptr) {
      return bad_request(operation->documents[i], "'" + std::string{*name} + "' needs '" +
                                                      std::string{operation->documents[i]} + "'");
    }
  }
  if (const auto ok = read_flag(request, "keepExtra", on.keep_extra); !ok) return ok.error();
  if (!operation->takes_schema) return operation->run(on);

  auto with = defaults_;
  const auto dialect = text_member(request, "dialect");
  if (!dialect) return dialect.error();
  if (!dialect->empty()) {
    const auto known = dialect_from(*dialect);
    if (!known) return bad_request("dialect", known.error().context);
    with.dialect = *known;
  }
  if (const auto ok = read_flag(request, "assertFormats", with.assert_formats); !ok) {
    return ok.error();
  }
  if (const auto* definitions = request.if_contains("definitions")) with.definitions = definitions;
  const auto* schema = request.if_contains("schema");
  if (schema == nullptr) {
    return bad_request("schema", "'" + std::string{*name} + "' needs 'schema'");
  }
  auto compiled = cache_.get(*schema, with);
  if (!compiled) return compiled.error();
  on.schema = *std::move(compiled);
  return operation->run(on);
}

result<void> serve_batch(schema_batch& batch, int descriptor, output& out) {
  return serve_lines(
      descriptor, schema_batch::max_line_bytes, out, [&batch](const line_reader::line& line) {
        return line.too_long ? schema_batch::answer_to_long_line() : batch.answer(line.text);
      });
}

}  // namespace quire::tools
