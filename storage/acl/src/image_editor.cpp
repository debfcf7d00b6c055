#include "image_editor.hpp"

#include <quire/acl/graph_module.hpp>

#include <string>

namespace quire::acl {
namespace {

constexpr std::string_view resource_prefix = "resource:";

/// Runs a statement over (graph, first[, second]) and gives each row to `f`.
template <class F>
result<void> each_row(sqlite::connection& db, sqlite::lazy_statement& sql, const graph_id& graph,
                      std::string_view first, std::string_view second, F&& f) {
  auto prepared = sql.get(db);
  if (!prepared) return prepared.error();
  auto& rows = **prepared;
  rows.bind(1, graph);
  rows.bind(2, first);
  if (!second.empty()) rows.bind(3, second);
  for (;;) {
    auto row = rows.step();
    if (!row) return row.error();
    if (!*row) return {};
    f(rows);
  }
}

}  // namespace

result<void> check_bounds(const acl_image::body& made) {
  if (made.edges <= made.options.max_edges && made.bytes() <= made.options.max_bytes) return {};
  return fail(errc::limit_exceeded,
              "the graph of access control '" + printable(made.graph.get()) + "' has " +
                  std::to_string(made.edges) + " edges and an image of " +
                  std::to_string(made.bytes()) + " bytes; at most " +
                  std::to_string(made.options.max_edges) + " and " +
                  std::to_string(made.options.max_bytes) + " are kept in memory");
}

image_editor::loose& image_editor::open(acl_image::ref at) {
  const auto [place, is_new] = changed_.try_emplace(at);
  if (is_new) {
    if (const auto* record = made_.record(at); record != nullptr) place->second.record = *record;
    const auto steps = made_.steps_into(at);
    place->second.steps.assign(steps.begin(), steps.end());
    const auto grants = made_.grants_of(at);
    place->second.grants.assign(grants.begin(), grants.end());
  }
  return place->second;
}

bool image_editor::has_read(std::string_view key) const {
  const auto at = made_.texts->principals.find(key);
  return at != text_table::none && changed_.contains(at);
}

std::vector<acl_image::ref> image_editor::sources_of(std::string_view key) const {
  std::vector<acl_image::ref> out;
  const auto found = changed_.find(made_.texts->principals.find(key));
  if (found == changed_.end()) return out;
  for (const auto& s : found->second.steps) out.push_back(s.from);
  return out;
}

result<void> image_editor::read_node(std::string_view key) {
  if (key.starts_with(resource_prefix)) return read_resource_node(key);
  if (kind_of_key(key)) return read_principal_node(key, false);
  return {};
}

result<void> image_editor::read_principal(std::string_view key) {
  if (!kind_of_key(key)) return {};
  if (auto ok = read_principal_node(key, true); !ok) return ok;
  const auto& read = changed_.at(made_.texts->principals.find(key));
  for (const auto& grant : read.grants) {
    if (limits_.contains(grant.key)) continue;
    std::string node{resource_prefix};
    node.append(made_.texts->keys.text(grant.key));
    if (auto ok = read_resource_node(node); !ok) return ok;
  }
  return {};
}

result<void> image_editor::read_resource_node(std::string_view key) {
  auto limit = no_resource;
  auto ok = each_row(db_, sql_.node, made_.graph, key, {}, [&](sqlite::statement& row) {
    if (row.text(0) == type_names::resource) limit = encoder_.limit(key, row.text(1));
  });
  if (!ok) return ok;
  limits_[made_.texts->keys.add(key.substr(resource_prefix.size()))] = limit;
  return {};
}

result<void> image_editor::read_principal_node(std::string_view key, bool wholly) {
  auto& principal = open(made_.texts->principals.add(key));
  const auto before = principal.record.state;
  principal.record = principal_record{};
  auto ok = each_row(db_, sql_.node, made_.graph, key, {}, [&](sqlite::statement& row) {
    if (row.text(0) == type_names::principal) {
      principal.record = encoder_.principal(key, row.text(1));
    }
  });
  if (!ok) return ok;
  if (principal.record.state == before && before == node_state::good && !wholly) return {};
  principal.steps.clear();
  principal.grants.clear();
  if (principal.record.state != node_state::good) return {};
  return read_steps_and_grants(key, principal);
}

result<void> image_editor::read_steps_and_grants(std::string_view key, loose& into) {
  auto ok = each_row(db_, sql_.delegations_into, made_.graph, key, {}, [&](sqlite::statement& row) {
    ++read_edges_;
    if (!kind_of_key(row.text(1))) return;
    if (const auto step = encoder_.delegation(row.text(1), row.text(2)))
      into.steps.push_back(*step);
  });
  if (!ok) return ok;
  ok = each_row(db_, sql_.memberships_of, made_.graph, key, {}, [&](sqlite::statement& row) {
    ++read_edges_;
    if (!may_belong(key, row.text(1))) return;
    if (const auto step = encoder_.membership(row.text(1), row.text(2)))
      into.steps.push_back(*step);
  });
  if (!ok) return ok;
  ok = each_row(db_, sql_.grants_of, made_.graph, key, {}, [&](sqlite::statement& row) {
    ++read_edges_;
    if (!row.text(0).starts_with(resource_prefix)) return;
    if (const auto actions = encoder_.grant(row.text(1))) {
      into.grants.push_back(
          {made_.texts->keys.add(row.text(0).substr(resource_prefix.size())), *actions});
    }
  });
  return ok;
}

result<void> image_editor::read_edges(std::string_view source, std::string_view target) {
  if (!kind_of_key(source)) return {};
  if (target.starts_with(resource_prefix)) {
    auto& holder = open(made_.texts->principals.add(source));
    if (holder.record.state != node_state::good) return {};
    const auto resource = made_.texts->keys.add(target.substr(resource_prefix.size()));
    std::erase_if(holder.grants, [&](const auto& g) { return g.key == resource; });
    return each_row(db_, sql_.grants_between, made_.graph, source, target,
                    [&](sqlite::statement& row) {
                      if (const auto actions = encoder_.grant(row.text(0))) {
                        holder.grants.push_back({resource, *actions});
                      }
                    });
  }
  if (!kind_of_key(target)) return {};
  const auto is_membership = [&](const acl_image::step& s) {
    return s.how == acl_image::passing::everything || s.how == acl_image::passing::as_member;
  };
  auto& receiver = open(made_.texts->principals.add(target));
  if (receiver.record.state == node_state::good) {
    const auto from = made_.texts->principals.add(source);
    std::erase_if(receiver.steps,
                  [&](const auto& s) { return s.from == from && !is_membership(s); });
    auto ok = each_row(db_, sql_.delegations_between, made_.graph, target, source,
                       [&](sqlite::statement& row) {
                         if (const auto step = encoder_.delegation(source, row.text(0))) {
                           receiver.steps.push_back(*step);
                         }
                       });
    if (!ok) return ok;
  }
  if (!may_belong(source, target)) return {};
  auto& member = open(made_.texts->principals.add(source));
  if (member.record.state != node_state::good) return {};
  const auto org = made_.texts->principals.add(target);
  std::erase_if(member.steps, [&](const auto& s) { return s.from == org && is_membership(s); });
  return each_row(db_, sql_.memberships_between, made_.graph, source, target,
                  [&](sqlite::statement& row) {
                    if (const auto step = encoder_.membership(target, row.text(0))) {
                      member.steps.push_back(*step);
                    }
                  });
}

void image_editor::write_page(std::uint32_t number) {
  const auto* old = made_.principals.find(number);
  auto page = std::make_shared<principal_page>();
  const auto first = number * principal_page::size;
  std::size_t steps = 0;
  std::size_t grants = 0;
  const auto each = [&](auto&& f) {
    for (std::uint32_t i = 0; i < principal_page::size; ++i) {
      if (const auto found = changed_.find(first + i); found != changed_.end()) {
        const auto& x = found->second;
        f(i, x.record, std::span<const acl_image::step>{x.steps},
          std::span<const image_grant>{x.grants});
      } else if (old != nullptr) {
        f(i, old->records[i], old->steps_of(i), old->grants_of(i));
      } else {
        f(i, principal_record{}, std::span<const acl_image::step>{},
          std::span<const image_grant>{});
      }
    }
  };
  each([&](auto, const auto&, const auto& s, const auto& g) {
    steps += s.size();
    grants += g.size();
  });
  page->steps.reserve(steps);
  page->grants.reserve(grants);
  each([&](auto i, const auto& record, const auto& s, const auto& g) {
    page->steps.insert(page->steps.end(), s.begin(), s.end());
    page->grants.insert(page->grants.end(), g.begin(), g.end());
    page->records[i] = record;
    page->records[i].steps_end = static_cast<std::uint32_t>(page->steps.size());
    page->records[i].grants_end = static_cast<std::uint32_t>(page->grants.size());
  });
  if (old != nullptr) made_.edges -= old->steps.size() + old->grants.size();
  made_.edges += steps + grants;
  made_.principals.set(number, std::move(page));
}

result<acl_image::body> image_editor::finish() {
  for (auto& [at, principal] : changed_) {
    std::sort(principal.grants.begin(), principal.grants.end(),
              [](const auto& a, const auto& b) { return a.key < b.key; });
  }
  for (auto at = changed_.begin(); at != changed_.end();) {
    const auto page = at->first / principal_page::size;
    write_page(page);
    at = changed_.lower_bound((page + 1) * principal_page::size);
  }
  for (auto at = limits_.begin(); at != limits_.end();) {
    const auto number = at->first / resource_page::size;
    const auto* old = made_.resources.find(number);
    auto page =
        old == nullptr ? std::make_shared<resource_page>() : std::make_shared<resource_page>(*old);
    for (; at != limits_.end() && at->first / resource_page::size == number; ++at) {
      page->limits[at->first % resource_page::size] = at->second;
    }
    made_.resources.set(number, std::move(page));
  }
  if (auto ok = check_bounds(made_); !ok) return ok.error();
  return std::move(made_);
}

}  // namespace quire::acl
