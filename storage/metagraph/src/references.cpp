#include "references.hpp"

#include "keywords.hpp"

#include <quire/messages/ids.hpp>
#include <quire/messages/limits.hpp>
#include <quire/schema/value.hpp>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <limits>
#include <utility>

namespace quire::metagraph {
namespace {

namespace json = boost::json;

/// `$defs` in `$defs`: wrappers nest a level or two.
constexpr std::size_t max_scope_level = 8;

/// The name in `#/$defs/Name` or a bare name; empty when the reference has another form.
std::string referred_name(std::string_view reference) {
  constexpr std::string_view prefix = "#/$defs/";
  if (!reference.starts_with(prefix)) {
    return reference.starts_with('#') ? std::string{} : std::string{reference};
  }
  std::string name;
  for (std::size_t i = prefix.size(); i < reference.size(); ++i) {
    if (reference[i] == '/') return {};
    if (reference[i] == '~' && i + 1 < reference.size()) {
      ++i;
      name.push_back(reference[i] == '0' ? '~' : '/');
    } else {
      name.push_back(reference[i]);
    }
  }
  return name;
}

error invalid(const std::string& pointer, std::string message) {
  return fail(errc::schema_invalid, "at '" + printable(pointer) + "': " + message,
              {{.code = "schema_invalid", .pointer = pointer, .message = message}});
}

error too_deep(const std::string& pointer) {
  return fail(errc::depth_exceeded,
              "at '" + printable(pointer) + "': nested deeper than " +
                  std::to_string(limits::max_document_depth) +
                  " levels; name the inner schemas and refer to them",
              {{.code = "depth_exceeded", .pointer = pointer, .message = "Nested too deeply"}});
}

}  // namespace

// --- Reading
// ----------------------------------------------------------------------------------------

/// Collects the references of one definition.
struct reference_graph::walk {
  reference_graph& graph;
  std::size_t from;  // definition
  std::string pointer;
  std::size_t depth = 0;

  result<void> step(const json::value& value, std::string_view name, std::size_t around, bool map) {
    const auto length = pointer.size();
    schema::append_step(pointer, name);
    auto ok = map ? members(value, around) : schema(value, around);
    if (ok) pointer.resize(length);
    return ok;
  }

  /// A map or list of schemas.
  result<void> members(const json::value& value, std::size_t around) {
    if (const auto* object = value.if_object()) {
      for (const auto& member : *object) {
        if (auto ok = step(member.value(), view(member.key()), around, false); !ok) return ok;
      }
    } else if (const auto* list = value.if_array()) {
      for (std::size_t i = 0; i < list->size(); ++i) {
        if (auto ok = step((*list)[i], std::to_string(i), around, false); !ok) return ok;
      }
    } else {
      return invalid(pointer, "schemas must stand in an object or a list");
    }
    return {};
  }

  result<void> schema(const json::value& value, std::size_t around) {
    if (value.is_bool()) return {};
    const auto* object = value.if_object();
    if (object == nullptr) return invalid(pointer, "a schema must be an object, true or false");
    if (++depth > limits::max_document_depth) return too_deep(pointer);
    if (const auto* names = object->if_contains("$defs")) {
      if (!names->is_object()) return invalid(pointer + "/$defs", "'$defs' must be an object");
      auto opened = graph.open_scope(names->get_object(), around, graph.definitions_[from].root,
                                     pointer + "/$defs");
      if (!opened) return opened.error();
      around = *opened;
    }
    if (const auto* reference = object->if_contains("$ref")) {
      if (auto ok = refer(*reference, around); !ok) return ok;
    }
    for (const auto& member : *object) {
      const auto keyword = view(member.key());
      const auto content = content_of(keyword);
      if (content == holds::data || keyword == "$defs") continue;
      const bool map = content == holds::map || content == holds::list ||
                       (content == holds::schema_or_list && member.value().is_array());
      if (auto ok = step(member.value(), keyword, around, map); !ok) return ok;
    }
    --depth;
    return {};
  }

  result<void> refer(const json::value& reference, std::size_t around) {
    if (!reference.is_string()) return invalid(pointer + "/$ref", "'$ref' must be a string");
    const auto text = view(reference.get_string());
    const auto target = graph.resolve(text, around);
    if (!target) {
      return fail(errc::unresolved_reference,
                  "at '" + printable(pointer) + "': '" + printable(text) +
                      "' names no entry; add the entry, or refer to an existing one by its bare "
                      "name or as '#/$defs/Name'",
                  {{.code = "unresolved_reference",
                    .pointer = pointer + "/$ref",
                    .message = "Expected the name of an entry"}});
    }
    graph.definitions_[from].refers.push_back(*target);
    return {};
  }
};

result<void> reference_graph::read(const json::object& entries) {
  scopes_.push_back({.names = &entries, .outer = 0, .level = 0, .by_name = {}});
  scope_by_names_.emplace(&entries, 0);
  for (const auto& entry : entries) {
    const auto position = definitions_.size();
    scopes_[0].by_name.emplace(view(entry.key()), position);
    definitions_.push_back({.name = view(entry.key()),
                            .schema = &entry.value(),
                            .scope = 0,
                            .root = position,
                            .refers = {},
                            .public_name = {}});
    std::string pointer;
    schema::append_step(pointer, view(entry.key()));
    pointers_.push_back(std::move(pointer));
  }
  // Grows while inner `$defs` are found.
  for (std::size_t i = 0; i < definitions_.size(); ++i) {
    walk all{.graph = *this, .from = i, .pointer = pointers_[i]};
    if (auto ok = all.schema(*definitions_[i].schema, definitions_[i].scope); !ok) return ok;
  }
  return {};
}

result<std::size_t> reference_graph::open_scope(const json::object& names, std::size_t outer,
                                                std::size_t root, const std::string& pointer) {
  // A wrapper may print the very set it stands in.
  for (auto around = outer;; around = scopes_[around].outer) {
    if (names.size() == scopes_[around].names->size() && names == *scopes_[around].names) {
      scope_by_names_.emplace(&names, around);
      return around;
    }
    if (around == scopes_[around].outer) break;
  }
  if (scopes_[outer].level == max_scope_level) {
    return fail(errc::depth_exceeded,
                "at '" + printable(pointer) + "': '$defs' are nested deeper than " +
                    std::to_string(max_scope_level) + " levels; move them to the module",
                {{.code = "depth_exceeded", .pointer = pointer, .message = "Nested too deeply"}});
  }
  const auto hash = std::hash<std::string>{}(json::serialize(names)) ^ outer;
  for (auto [at, end] = scopes_by_hash_.equal_range(hash); at != end; ++at) {
    const auto& known = scopes_[at->second];
    if (known.outer == outer && *known.names == names) {
      scope_by_names_.emplace(&names, at->second);
      return at->second;
    }
  }
  const auto made = scopes_.size();
  scopes_.push_back(
      {.names = &names, .outer = outer, .level = scopes_[outer].level + 1, .by_name = {}});
  scopes_by_hash_.emplace(hash, made);
  scope_by_names_.emplace(&names, made);
  for (const auto& member : names) {
    scopes_[made].by_name.emplace(view(member.key()), definitions_.size());
    definitions_.push_back({.name = view(member.key()),
                            .schema = &member.value(),
                            .scope = made,
                            .root = root,
                            .refers = {},
                            .public_name = {}});
    auto at = pointer;
    schema::append_step(at, view(member.key()));
    pointers_.push_back(std::move(at));
  }
  return made;
}

std::optional<std::size_t> reference_graph::resolve(std::string_view reference,
                                                    std::size_t from) const {
  const auto name = referred_name(reference);
  if (name.empty()) return std::nullopt;
  for (auto around = from;; around = scopes_[around].outer) {
    const auto& names = scopes_[around].by_name;
    if (const auto found = names.find(name); found != names.end()) return found->second;
    if (around == scopes_[around].outer) return std::nullopt;
  }
}

std::optional<std::size_t> reference_graph::find(std::string_view name) const {
  const auto found = scopes_[0].by_name.find(name);
  if (found == scopes_[0].by_name.end()) return std::nullopt;
  return found->second;
}

std::size_t reference_graph::scope_of(const json::object& schema, std::size_t around) const {
  const auto* names = object_member(schema, "$defs");
  return names != nullptr ? scope_by_names_.at(names) : around;
}

// --- Circles
// ----------------------------------------------------------------------------------------

/// Strongly connected components after Tarjan, with a stack of our own: chains may be long.
void reference_graph::find_circles() {
  constexpr auto unseen = std::numeric_limits<std::size_t>::max();
  struct frame {
    std::size_t at;
    std::size_t next = 0;
  };
  const auto count = definitions_.size();
  std::vector<std::size_t> number(count, unseen);
  std::vector<std::size_t> lowest(count, 0);
  std::vector<bool> open(count, false);
  std::vector<std::size_t> path;
  std::vector<frame> frames;
  std::size_t next_number = 0;
  for (std::size_t start = 0; start < count; ++start) {
    if (number[start] != unseen) continue;
    frames.push_back({.at = start});
    while (!frames.empty()) {
      auto& top = frames.back();
      const auto at = top.at;
      if (top.next == 0) {
        number[at] = lowest[at] = next_number++;
        path.push_back(at);
        open[at] = true;
      }
      const auto& refers = definitions_[at].refers;
      if (top.next < refers.size()) {
        const auto to = refers[top.next++];
        if (to == at) definitions_[at].circular = true;
        if (number[to] == unseen) {
          frames.push_back({.at = to});
        } else if (open[to]) {
          lowest[at] = std::min(lowest[at], number[to]);
        }
        continue;
      }
      if (lowest[at] == number[at]) {
        const bool alone = path.back() == at;
        while (true) {
          const auto member = path.back();
          path.pop_back();
          open[member] = false;
          if (!alone) definitions_[member].circular = true;
          if (definitions_[member].circular) circular_.push_back(member);
          if (member == at) break;
        }
      }
      frames.pop_back();
      if (!frames.empty()) {
        auto& parent = lowest[frames.back().at];
        parent = std::min(parent, lowest[at]);
      }
    }
  }
  std::unordered_set<std::string> taken;
  for (auto& x : definitions_) {
    if (!x.circular) continue;
    x.public_name = std::string{x.name};
    for (std::size_t n = 2; !taken.insert(x.public_name).second; ++n) {
      x.public_name = std::string{x.name} + "_" + std::to_string(n);
    }
  }
}

// --- Expanding
// --------------------------------------------------------------------------------------

struct reference_graph::writer {
  const reference_graph& graph;
  expansion_budget& budget;
  const inliner& inline_one;

  result<void> spend(std::size_t bytes) {
    if (bytes <= budget.row && bytes <= budget.total) {
      budget.row -= bytes;
      budget.total -= bytes;
      return {};
    }
    return fail(errc::schema_too_large,
                bytes > budget.row
                    ? "what the entry refers to makes its row too large (limit " +
                          std::to_string(limits::max_type_schema_bytes) +
                          " bytes); refer to fewer or smaller entries"
                    : std::string{"the rows of the module together are too large; split the graph "
                                  "type or refer to smaller entries"},
                {{.code = "schema_too_large", .pointer = "", .message = "Schema is too large"}});
  }

  result<json::value> schema(const json::value& value, std::size_t around) {
    const auto* object = value.if_object();
    if (object == nullptr) {
      if (auto ok = spend(5); !ok) return ok.error();
      return value;
    }
    if (++budget.depth > limits::max_document_depth) return too_deep("");
    auto out = object->contains("$ref") ? reference(*object, around)
                                        : plain(*object, graph.scope_of(*object, around));
    --budget.depth;
    return out;
  }

  result<json::value> plain(const json::object& object, std::size_t around) {
    json::object out;
    out.reserve(object.size());
    for (const auto& member : object) {
      const auto keyword = view(member.key());
      if (keyword == "$ref" || keyword == "$defs" || keyword == "$id" || keyword == "$schema") {
        continue;
      }
      if (auto ok = spend(keyword.size() + 4); !ok) return ok.error();
      auto content = member_of(keyword, member.value(), around);
      if (!content) return content.error();
      out.emplace(member.key(), *std::move(content));
    }
    return json::value(std::move(out));
  }

  result<json::value> member_of(std::string_view keyword, const json::value& value,
                                std::size_t around) {
    const auto content = content_of(keyword);
    if (content == holds::schema || (content == holds::schema_or_list && !value.is_array())) {
      return schema(value, around);
    }
    if (content == holds::map && value.is_object()) {
      json::object out;
      out.reserve(value.get_object().size());
      for (const auto& member : value.get_object()) {
        if (auto ok = spend(member.key().size() + 4); !ok) return ok.error();
        auto one = schema(member.value(), around);
        if (!one) return one.error();
        out.emplace(member.key(), *std::move(one));
      }
      return json::value(std::move(out));
    }
    if (content != holds::data && value.is_array()) {
      json::array out;
      out.reserve(value.get_array().size());
      for (const auto& item : value.get_array()) {
        auto one = schema(item, around);
        if (!one) return one.error();
        out.emplace_back(*std::move(one));
      }
      return json::value(std::move(out));
    }
    if (auto ok = spend(text_size(value)); !ok) return ok.error();
    return value;
  }

  /// What is meant, together with what stands beside the reference.
  result<json::value> reference(const json::object& object, std::size_t around) {
    around = graph.scope_of(object, around);
    auto rest = plain(object, around);
    if (!rest) return rest.error();
    json::object annotations;
    add_annotations(annotations, rest->get_object());
    json::array beside;
    if (auto core = core_of(rest->get_object()); !core.empty())
      beside.emplace_back(std::move(core));
    const auto target = graph.resolve(view(object.at("$ref").get_string()), around);
    const auto& meant = graph.definitions_[*target];
    if (meant.circular) return circular(meant, std::move(annotations), std::move(beside));
    auto content = inline_one(*target);
    if (!content) return content.error();
    return join(*std::move(content), std::move(annotations), std::move(beside));
  }

  result<json::value> circular(const definition& meant, json::object annotations,
                               json::array beside) {
    std::string pointer = "#/$defs";
    schema::append_step(pointer, meant.public_name);
    if (auto ok = spend(pointer.size() + 12); !ok) return ok.error();
    json::object out;
    out.emplace("$ref", pointer);
    return join(json::value(std::move(out)), std::move(annotations), std::move(beside));
  }

  static json::value join(json::value content, json::object annotations, json::array beside) {
    json::object out;
    if (beside.empty() && content.is_object()) {
      out = std::move(content.get_object());
      for (const auto& member : annotations) out.insert_or_assign(member.key(), member.value());
      return json::value(std::move(out));
    }
    if (beside.empty() && annotations.empty()) return content;
    beside.insert(beside.begin(), std::move(content));
    out.emplace("allOf", std::move(beside));
    add_annotations(out, annotations);
    return json::value(std::move(out));
  }
};

result<json::value> reference_graph::expand(std::size_t position, expansion_budget& budget,
                                            const inliner& inline_one) const {
  writer out{.graph = *this, .budget = budget, .inline_one = inline_one};
  const auto& meant = definitions_[position];
  return out.schema(*meant.schema, meant.scope);
}

}  // namespace quire::metagraph
