#include "rows.hpp"

#include "keywords.hpp"

#include <quire/messages/json_text.hpp>
#include <quire/messages/limits.hpp>
#include <quire/schema/value.hpp>

#include <boost/json/array.hpp>

#include <algorithm>
#include <set>
#include <utility>

namespace quire::metagraph {

namespace json = boost::json;

namespace {

error too_large(std::size_t bytes) {
  return fail(
      errc::schema_too_large,
      "the schema takes " + std::to_string(bytes) + " bytes or more as a row; the limit is " +
          std::to_string(limits::max_type_schema_bytes) + "; refer to fewer or smaller entries",
      {{.code = "schema_too_large", .pointer = "", .message = "Schema is too large"}});
}

/// Calls `f` with each schema directly inside a schema; `Value` is a value, const or not.
template <class Value, class F>
void each_inner(Value& schema, F&& f) {
  auto* object = schema.if_object();
  if (object == nullptr) return;
  const auto all = [&](auto& value) {
    if (auto* members = value.if_object()) {
      for (auto& member : *members) f(member.value());
    } else if (auto* list = value.if_array()) {
      for (auto& item : *list) f(item);
    }
  };
  for (auto& member : *object) {
    switch (content_of(view(member.key()))) {
      case holds::data: break;
      case holds::schema: f(member.value()); break;
      case holds::schema_or_list:
        if (member.value().is_array()) {
          all(member.value());
        } else {
          f(member.value());
        }
        break;
      case holds::list:
      case holds::map: all(member.value()); break;
    }
  }
}

}  // namespace

void each_reference(const json::value& schema, const std::function<void(std::string_view)>& f) {
  if (const auto* object = schema.if_object()) {
    if (const auto* reference = object->if_contains("$ref"); reference && reference->is_string()) {
      f(view(reference->get_string()));
    }
  }
  each_inner(schema, [&](const json::value& inner) { each_reference(inner, f); });
}

void replace_references(json::value& schema,
                        const std::function<std::string(std::string_view)>& f) {
  if (auto* object = schema.if_object()) {
    if (auto* reference = object->if_contains("$ref"); reference && reference->is_string()) {
      reference->get_string() = f(view(reference->get_string()));
    }
  }
  each_inner(schema, [&](json::value& inner) { replace_references(inner, f); });
}

std::size_t depth_of(const json::value& value) noexcept {
  std::size_t deepest = 0;
  if (const auto* list = value.if_array()) {
    for (const auto& item : *list) deepest = std::max(deepest, depth_of(item));
    return deepest + 1;
  }
  if (const auto* object = value.if_object()) {
    for (const auto& member : *object) deepest = std::max(deepest, depth_of(member.value()));
    return deepest + 1;
  }
  return 0;
}

result<json::object> row_writer::finish(json::object schema) {
  if (by_public_name_.empty()) {
    for (const auto position : graph_.circular()) {
      std::string reference = "#/$defs";
      schema::append_step(reference, graph_.definitions()[position].public_name);
      by_public_name_.emplace(std::move(reference), position);
    }
  }
  json::value row(std::move(schema));
  auto bytes = text_size(row);
  std::set<std::size_t> reached;
  std::vector<std::size_t> open;
  const auto reach = [&](std::string_view reference) {
    const auto found = by_public_name_.find(std::string{reference});
    if (found != by_public_name_.end() && reached.insert(found->second).second) {
      open.push_back(found->second);
    }
  };
  each_reference(row, reach);
  while (!open.empty()) {
    const auto position = open.back();
    open.pop_back();
    auto known = contents_.find(position);
    if (known == contents_.end()) {
      auto content = content_(position);
      if (!content) return content.error();
      known = contents_.emplace(position, *std::move(content)).first;
    }
    bytes += text_size(known->second);
    if (bytes > limits::max_type_schema_bytes) return too_large(bytes);
    each_reference(known->second, reach);
  }
  auto& out = row.get_object();
  if (!reached.empty()) {
    json::object definitions;
    for (const auto position : reached) {
      definitions.emplace(graph_.definitions()[position].public_name, contents_.at(position));
    }
    out.emplace("$defs", std::move(definitions));
  }
  if (depth_of(row) > limits::max_document_depth) {
    return fail(errc::depth_exceeded,
                "the schema as a row is nested deeper than " +
                    std::to_string(limits::max_document_depth) +
                    " levels; flatten what the entry refers to",
                {{.code = "depth_exceeded", .pointer = "", .message = "Nested too deeply"}});
  }
  if (bytes > limits::max_type_schema_bytes) return too_large(bytes);
  if (const auto exact = json_text(row).size(); exact > limits::max_type_schema_bytes) {
    return too_large(exact);
  }
  return std::move(out);
}

}  // namespace quire::metagraph
