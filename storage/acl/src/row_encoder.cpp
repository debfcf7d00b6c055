#include "row_encoder.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace quire::acl {
namespace {

constexpr std::size_t max_seen = 1U << 14U;
constexpr std::size_t max_seen_bytes = 512;
constexpr auto never = std::numeric_limits<std::int64_t>::max();

}  // namespace

std::uint32_t row_encoder::set_of(const std::string_view* begin, const std::string_view* end) {
  if (begin == end) return empty_set;
  set_.clear();
  for (; begin != end; ++begin) set_.push_back(texts_.names.add(*begin));
  std::sort(set_.begin(), set_.end());
  return texts_.sets.add(set_);
}

std::uint32_t row_encoder::map_of(const resource_texts& resources) {
  if (resources.entries.empty()) return empty_map;
  pairs_.clear();
  for (const auto& entry : resources.entries) {
    const auto* actions = resources.actions.data();
    pairs_.emplace_back(texts_.keys.add(entry.key),
                        set_of(actions + entry.begin, actions + entry.end));
  }
  std::sort(pairs_.begin(), pairs_.end());
  map_.clear();
  for (const auto& [key, actions] : pairs_) {
    map_.push_back(key);
    map_.push_back(actions);
  }
  return texts_.maps.add(map_);
}

template <class Read>
row_encoder::seen row_encoder::once(text_table& known, std::vector<seen>& results,
                                    std::string_view attributes, Read&& read) {
  if (const auto found = known.find(attributes); found != text_table::none) return results[found];
  const auto made = read();
  if (results.size() < max_seen && attributes.size() <= max_seen_bytes) {
    (void)known.add(attributes);
    results.push_back(made);
  }
  return made;
}

principal_record row_encoder::principal(std::string_view key, std::string_view attributes) {
  principal_record made;
  made.key = texts_.principals.stored(texts_.principals.add(key));
  made.kind = *kind_of_key(key);
  const auto* row = parser_.principal(key, attributes);
  made.state = row == nullptr ? node_state::malformed : node_state::good;
  if (row == nullptr) return made;
  made.scopes = set_of(row->scopes.data(), row->scopes.data() + row->scopes.size());
  made.resources = map_of(row->resources);
  return made;
}

std::uint32_t row_encoder::limit(std::string_view key, std::string_view attributes) {
  const auto* row = parser_.resource(key, attributes);
  if (row == nullptr) return no_resource;
  if (!row->limited) return unlimited;
  return set_of(row->actions.data(), row->actions.data() + row->actions.size());
}

std::optional<acl_image::step> row_encoder::delegation(std::string_view from,
                                                       std::string_view attributes) {
  auto read = once(delegations_, seen_delegations_, attributes, [&] {
    seen made;
    const auto* row = parser_.delegation(attributes);
    if (row == nullptr) return made;
    made.good = true;
    made.step.how =
        row->narrowable ? acl_image::passing::delegation : acl_image::passing::last_delegation;
    made.step.scopes = set_of(row->scopes.data(), row->scopes.data() + row->scopes.size());
    made.step.resources = row->narrows_resources ? map_of(row->resources) : absent;
    made.step.expires_at = row->expires_at.value_or(never);
    return made;
  });
  if (!read.good) return std::nullopt;
  read.step.from = texts_.principals.add(from);
  return read.step;
}

std::optional<acl_image::step> row_encoder::membership(std::string_view org,
                                                       std::string_view attributes) {
  auto read = once(memberships_, seen_memberships_, attributes, [&] {
    seen made;
    const auto level = parser_.membership(attributes);
    if (!level) return made;
    made.good = true;
    made.step.how = *level == membership_level::member ? acl_image::passing::as_member
                                                       : acl_image::passing::everything;
    made.step.resources = absent;
    made.step.expires_at = never;
    return made;
  });
  if (!read.good) return std::nullopt;
  read.step.from = texts_.principals.add(org);
  return read.step;
}

std::optional<std::uint32_t> row_encoder::grant(std::string_view attributes) {
  const auto read = once(grants_, seen_grants_, attributes, [&] {
    seen made;
    const auto* actions = parser_.grant(attributes);
    if (actions == nullptr) return made;
    made.good = true;
    made.actions = set_of(actions->data(), actions->data() + actions->size());
    return made;
  });
  if (!read.good) return std::nullopt;
  return read.actions;
}

}  // namespace quire::acl
