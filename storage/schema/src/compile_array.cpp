#include "compiler.hpp"

#include <boost/json/array.hpp>

#include <algorithm>

namespace quire::schema {

bool compiler::read_list(const job& at, keyword k, const json::value& list, span_of& out) {
  if (!list.is_array() || (k != keyword::items && list.get_array().empty())) {
    return refuse_value(at, k, "a list of schemas, at least one");
  }
  std::vector<index> made;
  for (const auto& item : list.get_array()) made.push_back(child(at, item, k, made.size()));
  out = {.first = static_cast<index>(made_->links.size()),
         .count = static_cast<index>(made.size())};
  made_->links.insert(made_->links.end(), made.begin(), made.end());
  return true;
}

bool compiler::read_array(const job& at, const keyword_values& given, node& made) {
  array_rules rules;
  bool any = false;
  bool most_matches = false;
  if (!read_count(at, given, keyword::min_items, rules.min_items, any) ||
      !read_count(at, given, keyword::max_items, rules.max_items, any) ||
      !read_count(at, given, keyword::min_contains, rules.min_contains, rules.counts_matches) ||
      !read_count(at, given, keyword::max_contains, rules.max_contains, most_matches)) {
    return false;
  }
  const auto* items = given[keyword::items];
  const auto* prefix = given[keyword::prefix_items];
  const auto* additional = given[keyword::additional_items];
  const bool list = prefix != nullptr || (items != nullptr && items->is_array());
  if (standard() && items != nullptr && items->is_array())
    return refuse_value(at, keyword::items, "a schema; a list of them is 'prefixItems'");
  if (prefix != nullptr) {
    if (items != nullptr && items->is_array())
      return refuse_value(at, keyword::items, "a schema beside 'prefixItems'");
    if (!read_list(at, keyword::prefix_items, *prefix, rules.prefix)) return false;
  } else if (list) {
    rules.prefix_from = keyword::items;
    if (!read_list(at, keyword::items, *items, rules.prefix)) return false;
  }
  if (items != nullptr && !items->is_array()) {
    if (additional != nullptr)
      return refuse_value(at, keyword::additional_items, "left out beside a schema in 'items'");
    rules.rest = child(at, *items, keyword::items);
  } else if (additional != nullptr) {
    if (!list)
      return refuse_value(at, keyword::additional_items, "left out without a list of items");
    rules.rest = child(at, *additional, keyword::additional_items);
    rules.rest_from = keyword::additional_items;
  }
  if (const auto* v = given[keyword::unique_items]; v != nullptr) {
    if (!v->is_bool()) return refuse_value(at, keyword::unique_items, "true or false");
    rules.unique = v->get_bool();
  }
  // Without `contains` its counts say nothing, as in JSON Schema.
  if (const auto* v = given[keyword::contains]; v != nullptr)
    rules.contains = child(at, *v, keyword::contains);
  // The module dialect asks for a match whatever `minContains` says.
  rules.counts_matches = rules.counts_matches && rules.min_contains != 0;
  if (!standard()) rules.min_contains = std::max<std::uint64_t>(rules.min_contains, 1);
  rules.all_covered = standard() && items != nullptr;
  rules.tuple =
      list && rules.min_items == rules.prefix.count && rules.max_items == rules.prefix.count;
  any = any || list || items != nullptr || rules.unique || rules.contains != none;
  if (any) made.array = add(made_->arrays, rules);
  return true;
}

}  // namespace quire::schema
