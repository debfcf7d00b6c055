#include "documents.hpp"

#include "compiler.hpp"
#include "metaschemas.hpp"
#include "uri.hpp"

#include <quire/messages/ids.hpp>
#include <quire/schema/pointer.hpp>

#include <boost/json/parse.hpp>

#include <algorithm>
#include <array>

namespace quire::schema {
namespace {

constexpr std::array schema_keywords{"additionalProperties",
                                     "contains",
                                     "contentSchema",
                                     "else",
                                     "if",
                                     "items",
                                     "not",
                                     "propertyNames",
                                     "then",
                                     "unevaluatedItems",
                                     "unevaluatedProperties"};
constexpr std::array list_keywords{"allOf", "anyOf", "oneOf", "prefixItems"};
// `definitions` is an older name of `$defs` that the metaschema still describes.
constexpr std::array map_keywords{"$defs", "definitions", "dependentSchemas", "patternProperties",
                                  "properties"};

constexpr std::string_view vocabulary_base = "https://json-schema.org/draft/2020-12/vocab/";
constexpr std::array<std::pair<std::string_view, std::uint16_t>, 8> vocabulary_names{{
    {"core", vocabularies::core},
    {"applicator", vocabularies::applicator},
    {"unevaluated", vocabularies::unevaluated},
    {"validation", vocabularies::validation},
    {"meta-data", vocabularies::metadata},
    {"format-annotation", vocabularies::format_annotation},
    {"format-assertion", vocabularies::format_assertion},
    {"content", vocabularies::content},
}};

/// What `$anchor` and `$dynamicAnchor` may be: `^[A-Za-z_][-A-Za-z0-9._]*$`.
bool is_anchor(std::string_view name) {
  auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return !name.empty() && is_letter(name.front()) &&
         std::all_of(name.begin(), name.end(), [&](char c) {
           return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '.';
         });
}

error refused(const std::string& location, std::string_view k, std::string message) {
  return refusal(step(location, k), "keyword_value", std::move(message), errc::schema_invalid);
}

}  // namespace

index documents::add_resource(std::string uri, const json::value& root, std::uint16_t groups) {
  const auto position = static_cast<index>(resources_.size());
  by_uri_.emplace(uri, position);
  auto& made = resources_.emplace_back();
  made.uri = std::move(uri);
  made.root = &root;
  made.groups = groups;
  return position;
}

result<void> documents::add_root(const json::value& schema) {
  const std::string base{split_fragment(options_.base_uri).uri};
  const auto root = add_resource(base, schema, vocabularies::standard);
  return crawl(schema, {.resource = root, .location = ""});
}

const json::value* documents::fetch(const std::string& uri) {
  if (const auto known = metaschemas_.find(uri); known != metaschemas_.end()) return &known->second;
  for (const auto& embedded : metaschemas()) {
    if (embedded.uri == uri)
      return &metaschemas_.emplace(uri, json::parse(embedded.text)).first->second;
  }
  return options_.documents && has_scheme(uri) ? options_.documents(uri) : nullptr;
}

/// The resource of this URI, from one of the documents at hand or from a new one.
result<index> documents::load(const std::string& uri, const std::string& location) {
  if (const auto known = by_uri_.find(uri); known != by_uri_.end()) return known->second;
  const auto* document = fetch(uri);
  if (document == nullptr) {
    return refusal(location, "unresolved_reference",
                   "no document is known as '" + printable(uri) + "'", errc::unresolved_reference);
  }
  if (const auto known = places_.find(document); known != places_.end()) {
    by_uri_.emplace(uri, known->second.resource);
    return known->second.resource;
  }
  const auto root = add_resource(uri, *document, vocabularies::standard);
  if (auto done = crawl(*document, {.resource = root, .location = uri + "#"}); !done)
    return done.error();
  // The document may call itself something else; references that came by `uri` mean that, too.
  const auto own = places_.at(document).resource;
  by_uri_[uri] = own;
  return own;
}

/// Names everything in and below a schema that was not seen before.
result<void> documents::crawl(const json::value& schema, place where) {
  std::vector<visit> waiting;
  waiting.push_back({.schema = &schema, .where = std::move(where)});
  while (!waiting.empty()) {
    auto here = std::move(waiting.back());
    waiting.pop_back();
    if (places_.contains(here.schema)) continue;
    if (places_.size() >= options_.limits.max_nodes) {
      return refusal(here.where.location, "too_large",
                     "more than " + std::to_string(options_.limits.max_nodes) + " schemas",
                     errc::schema_too_large);
    }
    if (here.depth > options_.limits.max_depth) {
      return refusal(
          here.where.location, "depth",
          "schemas are nested deeper than " + std::to_string(options_.limits.max_depth) + " levels",
          errc::depth_exceeded);
    }
    const auto* members = here.schema->if_object();
    if (members != nullptr) {
      if (auto entered = enter(*members, here); !entered) return entered;
      if (auto named = name(*members, here); !named) return named;
    }
    const auto& kept = places_.emplace(here.schema, std::move(here.where)).first->second;
    if (members == nullptr) continue;
    bool fits = true;
    auto add = [&](const json::value& child, std::string_view k, const auto&... steps) {
      fits = fits && location_bytes_ <= max_pointer_bytes;
      if (!fits) return;
      auto location = step(kept.location, k);
      ((location = step(std::move(location), steps)), ...);
      location_bytes_ += location.size();
      waiting.push_back({.schema = &child,
                         .where = {.resource = kept.resource, .location = std::move(location)},
                         .depth = here.depth + 1});
    };
    for (const auto* k : schema_keywords) {
      if (const auto* child = members->if_contains(k)) add(*child, k);
    }
    for (const auto* k : list_keywords) {
      const auto* list = members->if_contains(k);
      if (list == nullptr || !list->is_array()) continue;
      std::size_t position = 0;
      for (const auto& child : list->get_array()) add(child, k, position++);
    }
    for (const auto* k : map_keywords) {
      const auto* map = members->if_contains(k);
      if (map == nullptr || !map->is_object()) continue;
      for (const auto& child : map->get_object())
        add(child.value(), k, std::string_view{child.key()});
    }
    if (!fits) {
      return refusal("", "too_large", "the pointers to all schemas take too much memory",
                     errc::schema_too_large);
    }
  }
  return {};
}

/// Begins a new resource where there is an `$id`, and asks its metaschema which keywords count.
result<void> documents::enter(const json::object& schema, visit& here) {
  auto& where = here.where;
  if (const auto* id = schema.if_contains("$id")) {
    if (!id->is_string())
      return refused(where.location, "$id", "'$id' must be a URI without a fragment");
    const auto given = split_fragment(id->get_string());
    if (given.fragment && !given.fragment->empty())
      return refused(where.location, "$id", "'$id' must be a URI without a fragment");
    auto uri = resolve_uri(resources_[where.resource].uri, given.uri);
    const auto known = by_uri_.find(uri);
    if (known == by_uri_.end()) {
      where.resource =
          add_resource(std::move(uri), *here.schema, resources_[where.resource].groups);
    } else if (resources_[known->second].root == here.schema) {
      where.resource = known->second;
    } else {
      return refused(where.location, "$id", "'" + printable(uri) + "' is the name of two schemas");
    }
  }
  const auto* dialect = schema.if_contains("$schema");
  if (dialect == nullptr || resources_[where.resource].root != here.schema) return {};
  if (!dialect->is_string()) return refused(where.location, "$schema", "'$schema' must be a URI");
  // Other dialects may stand beside this one in a document, as long as nothing applies them.
  auto groups = groups_of(dialect->get_string(), where.location);
  if (groups) {
    resources_[where.resource].groups = *groups;
  } else {
    resources_[where.resource].refused = std::move(groups).error();
  }
  return {};
}

result<void> documents::name(const json::object& schema, const visit& here) {
  for (const std::string_view k : {"$anchor", "$dynamicAnchor"}) {
    const auto* anchor = schema.if_contains(k);
    if (anchor == nullptr) continue;
    const auto& location = here.where.location;
    if (!anchor->is_string() || !is_anchor(anchor->get_string())) {
      return refused(location, k,
                     "'" + std::string{k} +
                         "' must be letters, digits, '-', '_' and '.', a letter "
                         "or '_' first");
    }
    const std::string text{std::string_view{anchor->get_string()}};
    auto& owner = resources_[here.where.resource];
    const auto [known, added] = owner.anchors.emplace(text, here.schema);
    if (!added && known->second != here.schema)
      return refused(location, k, "'" + text + "' is the name of two schemas");
    if (k == "$dynamicAnchor") owner.dynamic_anchors.emplace(text, here.schema);
  }
  return {};
}

/// The groups of keywords that a metaschema brings in.
result<std::uint16_t> documents::groups_of(std::string_view metaschema,
                                           const std::string& location) {
  const std::string uri{split_fragment(metaschema).uri};
  if (uri == standard_metaschema) return vocabularies::standard;
  const auto* document = fetch(uri);
  if (document == nullptr || !document->is_object()) {
    return refused(location, "$schema",
                   "'" + printable(metaschema) +
                       "' is not known; only draft 2020-12 and "
                       "metaschemas among the documents handed in are");
  }
  const auto* used = document->get_object().if_contains("$vocabulary");
  if (used == nullptr) return vocabularies::standard;
  if (!used->is_object())
    return refused(location, "$schema", "'$vocabulary' of the metaschema must be an object");
  std::uint16_t groups = vocabularies::core;
  for (const auto& entry : used->get_object()) {
    const std::string_view name = entry.key();
    const auto known =
        std::find_if(vocabulary_names.begin(), vocabulary_names.end(), [&](const auto& v) {
          return name.starts_with(vocabulary_base) &&
                 name.substr(vocabulary_base.size()) == v.first;
        });
    if (known != vocabulary_names.end()) {
      groups |= known->second;
    } else if (!entry.value().is_bool() || entry.value().get_bool()) {
      return refused(
          location, "$schema",
          "its metaschema requires the vocabulary '" + printable(name) + "', which is not known");
    }
  }
  return groups;
}

result<documents::target> documents::resolve(index from, std::string_view reference,
                                             const std::string& location) {
  auto unresolved = [&] {
    return refusal(location, "unresolved_reference",
                   "'" + printable(reference) + "' leads to no schema", errc::unresolved_reference);
  };
  const auto parts = split_fragment(reference);
  auto owner = from;
  if (!parts.uri.empty()) {
    auto loaded = load(resolve_uri(resources_[from].uri, parts.uri), location);
    if (!loaded) return loaded.error();
    owner = *loaded;
  }
  const auto fragment = percent_decoded(parts.fragment.value_or(""));
  if (!fragment) return unresolved();
  if (fragment->empty()) return target{.schema = resources_[owner].root, .dynamic_anchor = {}};
  if (fragment->front() == '/') {
    auto found = walk(owner, *fragment);
    if (!found) return found.error();
    if (*found == nullptr) return unresolved();
    return target{.schema = *found, .dynamic_anchor = {}};
  }
  const auto& r = resources_[owner];
  const auto anchor = r.anchors.find(*fragment);
  if (anchor == r.anchors.end()) return unresolved();
  const auto dynamic = r.dynamic_anchors.find(*fragment);
  return target{.schema = anchor->second,
                .dynamic_anchor = dynamic == r.dynamic_anchors.end()
                                      ? std::string_view{}
                                      : std::string_view{dynamic->first}};
}

/// Follows a JSON pointer from the root of a resource, also through what is no schema; nullptr when
/// it leads nowhere.
result<const json::value*> documents::walk(index from, std::string_view pointer) {
  const auto* v = resources_[from].root;
  auto where = places_.at(v);
  const auto steps = steps_of(pointer);
  if (!steps) return nullptr;
  for (const auto& name : *steps) {
    v = step_into(*v, name);
    if (v == nullptr) return nullptr;
    append_step(where.location, name);
    if (const auto known = places_.find(v); known != places_.end()) where = known->second;
  }
  if (!places_.contains(v)) {
    if (auto done = crawl(*v, std::move(where)); !done) return done.error();
  }
  return v;
}

}  // namespace quire::schema
