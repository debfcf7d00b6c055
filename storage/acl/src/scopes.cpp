#include <quire/acl/scopes.hpp>

#include <algorithm>

namespace quire::acl {
namespace {

/// Segments of a text between colons are compared as a whole, so an empty one shows as a colon with
/// nothing beside it.
bool has_empty_segment(std::string_view text) noexcept {
  return text.empty() || text.front() == ':' || text.back() == ':' ||
         text.find("::") != std::string_view::npos;
}

bool wildcard_covers(std::string_view held, std::string_view wanted) noexcept {
  if (held.empty() || held.back() != '*') return false;
  const auto before =
      held.substr(0, held.size() - 1);  // empty, or ends in the colon before the last segment
  if (!before.empty() && before.back() != ':') return false;
  return wanted.size() > before.size() && wanted.starts_with(before) && !has_empty_segment(held) &&
         !has_empty_segment(wanted);
}

std::vector<std::string> common_actions(const std::vector<std::string>& a,
                                        const std::vector<std::string>& b) {
  std::vector<std::string> both;
  for (const auto& action : a) {
    if (std::find(b.begin(), b.end(), action) != b.end()) both.push_back(action);
  }
  return both;
}

void sort_unique(std::vector<std::string>& list) {
  std::sort(list.begin(), list.end());
  list.erase(std::unique(list.begin(), list.end()), list.end());
}

}  // namespace

std::string_view to_string(scope_mode mode) noexcept {
  switch (mode) {
    case scope_mode::exact: return "exact";
    case scope_mode::hierarchical: return "hierarchical";
  }
  return "";
}

result<scope_mode> scope_mode_from_string(std::string_view text) {
  for (const auto mode : {scope_mode::exact, scope_mode::hierarchical}) {
    if (to_string(mode) == text) return mode;
  }
  return fail(errc::invalid_option,
              "scope mode '" + printable(text) + "' is neither exact nor hierarchical");
}

bool covers(std::string_view held, std::string_view wanted, scope_mode mode) noexcept {
  return held == wanted || (mode == scope_mode::hierarchical && wildcard_covers(held, wanted));
}

std::optional<std::string> meet(std::string_view a, std::string_view b, scope_mode mode) {
  if (covers(a, b, mode)) return std::string{b};
  if (covers(b, a, mode)) return std::string{a};
  return std::nullopt;
}

bool covers_any(std::span<const std::string> held, std::string_view wanted,
                scope_mode mode) noexcept {
  return std::any_of(held.begin(), held.end(),
                     [&](const std::string& one) { return covers(one, wanted, mode); });
}

std::vector<std::string> meet(std::span<const std::string> a, std::span<const std::string> b,
                              scope_mode mode) {
  // A meet is one of the two, so the meets of the lists are what either has that the other covers.
  std::vector<std::string> both;
  for (const auto& scope : a) {
    if (covers_any(b, scope, mode)) both.push_back(scope);
  }
  for (const auto& scope : b) {
    if (covers_any(a, scope, mode)) both.push_back(scope);
  }
  sort_unique(both);
  return both;
}

bool covers(const resource_map& held, std::string_view key, std::string_view action,
            scope_mode mode) noexcept {
  return std::any_of(held.begin(), held.end(), [&](const auto& one) {
    return covers(one.first, key, mode) &&
           std::find(one.second.begin(), one.second.end(), action) != one.second.end();
  });
}

bool covers_some(const resource_map& held, std::string_view type, std::string_view action,
                 scope_mode mode) noexcept {
  return std::any_of(held.begin(), held.end(), [&](const auto& one) {
    const std::string_view key = one.first;
    const bool of_type =
        (key.size() > type.size() && key.starts_with(type) && key[type.size()] == ':') ||
        (mode == scope_mode::hierarchical && wildcard_covers(key, type));
    return of_type && std::find(one.second.begin(), one.second.end(), action) != one.second.end();
  });
}

resource_map meet(const resource_map& a, const resource_map& b, scope_mode mode) {
  resource_map both;
  const auto add = [&](const auto& narrow, const auto& wide) {
    auto actions = common_actions(narrow.second, wide.second);
    if (actions.empty()) return;
    auto& all = both[narrow.first];
    all.insert(all.end(), actions.begin(), actions.end());
  };
  for (const auto& one : a) {
    if (const auto same = b.find(one.first); same != b.end()) add(one, *same);
  }
  if (mode == scope_mode::hierarchical) {
    // Besides equal keys only wildcards meet others, and they are few.
    const auto add_below = [&](const resource_map& wide, const resource_map& narrow) {
      for (const auto& wildcard : wide) {
        if (!wildcard.first.ends_with('*')) continue;
        for (const auto& one : narrow) {
          if (wildcard_covers(wildcard.first, one.first)) add(one, wildcard);
        }
      }
    };
    add_below(a, b);
    add_below(b, a);
  }
  for (auto& [key, actions] : both) sort_unique(actions);
  return both;
}

void join(resource_map& into, const resource_map& more) {
  for (const auto& [key, actions] : more) {
    auto& all = into[key];
    all.insert(all.end(), actions.begin(), actions.end());
    sort_unique(all);
  }
}

}  // namespace quire::acl
