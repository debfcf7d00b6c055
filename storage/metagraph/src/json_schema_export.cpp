#include "keywords.hpp"
#include "rows.hpp"

#include <quire/messages/ids.hpp>
#include <quire/messages/limits.hpp>
#include <quire/metagraph/json_schema_export.hpp>
#include <quire/metagraph/row_schema.hpp>
#include <quire/metagraph/stored_name.hpp>
#include <quire/schema/value.hpp>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace quire::metagraph {
namespace {

namespace json = boost::json;

/// `http_call` gives `HttpCall`; names whose words cannot be told apart again stay as they are.
std::string entry_form(std::string_view stored, std::string_view suffix) {
  std::string words;
  bool start = true;
  for (const char c : stored) {
    if (c == '_') {
      start = true;
      continue;
    }
    words.push_back(start && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
    start = false;
  }
  auto entry = words + std::string{suffix};
  const auto again = stored_name(entry);
  if (is_entry_name(entry) && again && *again == stored) return entry;
  return std::string{stored} + std::string{suffix};
}

std::string reference_to(std::string_view name) {
  std::string out = "#/$defs";
  schema::append_step(out, name);
  return out;
}

/// Gathers the schemas of all types under `$defs` of one document.
class collector {
 public:
  result<void> add_type(std::string name, const json::object& schema, bool broken) {
    for (std::size_t n = 2; used_.contains(name); ++n) name += "_" + std::to_string(n);
    if (broken) {
      used_.insert(name);
      types_.push_back({.name = std::move(name), .schema = schema, .inner = {}});
      return {};
    }
    auto normal = normal_row_schema(schema);
    if (!normal) return in_context(normal.error(), "type '" + printable(name) + "'");
    part made{.name = std::move(name), .schema = {}, .inner = {}};
    for (auto& member : *normal) {
      if (view(member.key()) == "$defs" && member.value().is_object()) {
        made.inner = member.value().get_object();
      } else {
        made.schema.emplace(member.key(), std::move(member.value()));
      }
    }
    used_.insert(made.name);
    types_.push_back(std::move(made));
    return {};
  }

  json::object finish() && {
    json::object out;
    for (const auto& type : types_) out.emplace(type.name, type.schema);
    for (auto& type : types_) {
      if (clashes(type.inner, out)) rename(type, out);
      for (const auto& inner : type.inner) out.emplace(inner.key(), inner.value());
    }
    return out;
  }

 private:
  struct part {
    std::string name;
    json::object schema;
    json::object inner;
  };

  static bool clashes(const json::object& inner, const json::object& out) {
    for (const auto& member : inner) {
      const auto* known = out.if_contains(member.key());
      if (known != nullptr && *known != member.value()) return true;
    }
    return false;
  }

  /// Gives the inner definitions of one type names that nothing else has.
  void rename(part& type, json::object& out) const {
    std::unordered_map<std::string, std::string> names;
    for (const auto& member : type.inner) {
      const std::string old{view(member.key())};
      auto name = old;
      for (std::size_t n = 2; out.contains(name) || used_.contains(name); ++n) {
        name = old + "_" + std::to_string(n);
      }
      names.emplace(reference_to(old), name);
      out.emplace(name, nullptr);  // taken; filled below
    }
    const auto renamed = [&](std::string_view reference) {
      const auto found = names.find(std::string{reference});
      return found != names.end() ? reference_to(found->second) : std::string{reference};
    };
    for (auto& member : type.inner) {
      auto value = member.value();
      replace_references(value, renamed);
      out[names.at(reference_to(view(member.key())))] = std::move(value);
    }
    type.inner.clear();
    replace_references(out[type.name], renamed);
  }

  std::vector<part> types_;
  std::unordered_set<std::string> used_;
};

json::array names_of(const std::vector<std::string>& ends) {
  json::array out;
  for (const auto& name : ends) out.emplace_back(name);
  return out;
}

json::array constraints_of(const graph_type_view& view) {
  json::array out;
  for (const auto& type : view.edge_types()) {
    if (type.sources.empty() && type.targets.empty()) continue;
    json::object limits;
    limits.emplace("edgeType", type.name);
    if (!type.sources.empty()) limits.emplace("allowedSourceTypes", names_of(type.sources));
    if (!type.targets.empty()) limits.emplace("allowedTargetTypes", names_of(type.targets));
    out.emplace_back(std::move(limits));
  }
  return out;
}

}  // namespace

result<document> export_json_schema(const graph_type_view& view) {
  const auto where = "export of graph type '" + printable(view.name()) + "'";
  collector all;
  for (const auto& type : view.node_types()) {
    auto ok = all.add_type(entry_form(type.name, "Node"), type.schema, type.broken.has_value());
    if (!ok) return in_context(ok.error(), where);
  }
  for (const auto& type : view.edge_types()) {
    auto ok = all.add_type(entry_form(type.name, "Edge"), type.schema, type.broken.has_value());
    if (!ok) return in_context(ok.error(), where);
  }
  json::object out;
  out.emplace("$schema", "https://json-schema.org/draft/2020-12/schema");
  out.emplace("$id", view.name());
  out.emplace("$defs", std::move(all).finish());
  auto& own = out["x-quire"].emplace_object();
  own.emplace("config", config_to_json(view.config()));
  own.emplace("constraints", constraints_of(view));
  auto made = document::from(json::value(std::move(out)));
  if (made.text().size() > limits::max_document_bytes) {
    return fail(errc::schema_too_large,
                where + ": the document would take " + std::to_string(made.text().size()) +
                    " bytes; the limit is " + std::to_string(limits::max_document_bytes) +
                    "; export types one by one from their rows");
  }
  return made;
}

result<document> export_json_schema(const quire::graph_type& rows) {
  auto view = graph_type_view::from_rows(rows);
  if (!view) return view.error();
  return export_json_schema(**view);
}

}  // namespace quire::metagraph
