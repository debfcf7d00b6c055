#include "file_fixture.hpp"

#include <quire/acl/lists.hpp>
#include <quire/test/seed.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace quire::acl {
namespace {

constexpr std::int64_t today = 1'000;

/// The graph as its rows say, and verdicts by listing every path: slow, and nothing shared with
/// what is tested but the comparison of scopes.
class naive_graph final : public identity_view {
 public:
  struct edge {
    std::string type{};
    std::string source{};
    std::string target{};
    step_in step{};                      // of delegations and memberships
    std::vector<std::string> actions{};  // of grants
    bool good = true;
  };
  struct node {
    authority holds{};
    std::optional<std::vector<std::string>> limit{};  // of resources
    bool good = true;
  };
  std::map<std::string, node> nodes{};
  std::map<std::string, edge> edges{};
  std::map<std::string, account_status, std::less<>> accounts{};
  std::set<std::string, std::less<>> gone{};

  [[nodiscard]] std::optional<account_status> status_of(std::string_view id) const override {
    const auto found = accounts.find(id);
    return found == accounts.end() ? account_status::active : found->second;
  }
  [[nodiscard]] bool has_organization(std::string_view id) const override {
    return !gone.contains(id);
  }
  [[nodiscard]] std::optional<credential_state> credential(std::string_view) const override {
    return std::nullopt;
  }

  [[nodiscard]] bool counts(const std::string& key) const {
    const auto found = nodes.find(key);
    return found != nodes.end() && found->second.good &&
           acl::status_of(principal_from_key(key).value(), *this) == errc::none;
  }

  [[nodiscard]] authority direct(const std::string& key) const {
    authority out;
    const auto found = nodes.find(key);
    if (found == nodes.end() || !found->second.good) return out;
    out = found->second.holds;
    for (const auto& [id, e] : edges) {
      if (e.type != type_names::scopes || e.source != key || !e.good) continue;
      const auto resource = nodes.find(e.target);
      if (resource == nodes.end() || !resource->second.good) continue;
      resource_map more;
      for (const auto& action : e.actions) {
        const auto& limit = resource->second.limit;
        if (!limit || std::find(limit->begin(), limit->end(), action) != limit->end()) {
          more[e.target.substr(e.target.find(':') + 1)].push_back(action);
        }
      }
      join(out.resources, more);
    }
    return out;
  }

  /// What each chain alone gives.
  [[nodiscard]] std::vector<authority> chains(const std::string& subject, scope_mode mode) const {
    std::vector<authority> out;
    if (!counts(subject)) return out;
    std::vector<std::string> path{subject};
    std::vector<step_in> steps;
    walk(path, steps, mode, out);
    return out;
  }

 private:
  void walk(std::vector<std::string>& path, std::vector<step_in>& steps, scope_mode mode,
            std::vector<authority>& out) const {
    auto held = direct(path.back());
    for (auto s = steps.rbegin(); s != steps.rend(); ++s) {
      if (s->kind == step_kind::delegation) {
        held.scopes = meet(held.scopes, s->scopes, mode);
        if (s->resources) held.resources = meet(held.resources, *s->resources, mode);
      } else if (s->level == membership_level::member) {
        const auto member = direct(std::string{member_role});
        held.scopes = meet(held.scopes, member.scopes, mode);
        held.resources = meet(held.resources, member.resources, mode);
      }
    }
    out.push_back(std::move(held));
    const auto at = path.back();
    for (const auto& [id, e] : edges) {
      if (!e.good) continue;
      std::string from;
      if (e.type == type_names::delegates && e.target == at) from = e.source;
      if (e.type == type_names::belongs_to && e.source == at) from = e.target;
      if (from.empty() || !counts(from) || std::find(path.begin(), path.end(), from) != path.end())
        continue;
      if (e.step.expires_at && *e.step.expires_at <= today) continue;
      if (!steps.empty() && !e.step.narrowable) continue;
      path.push_back(from);
      steps.push_back(e.step);
      walk(path, steps, mode, out);
      path.pop_back();
      steps.pop_back();
    }
  }
};

/// Writes random rows into a file and into the model.
class random_file {
 public:
  explicit random_file(test::random_source& random) : random_(random) {}

  acl_file file{};
  naive_graph model{};

  const std::vector<std::string> principals = {"account:a", "account:b", "account:c",  "service:d",
                                               "org:e",     "org:f",     "role:g",     "role:h",
                                               "role:i",    "role:j",    "role:member"};
  const std::vector<std::string> resources = {"doc:1",   "doc:2",   "doc:*",
                                              "doc:x:1", "doc:x:*", "bin:1"};
  const std::vector<std::string> scopes = {"t:read", "t:write", "t:*", "u:x:y", "u:*", "*", "t"};
  const std::vector<std::string> actions = {"read", "write"};

  change_batch change() {
    return file.commit([&] {
      for (auto n = 1 + random_.below(3); n > 0; --n) change_one();
    });
  }
  void fill() {
    file.commit([&] {
      for (const auto& key : principals) put_principal(key);
      for (const auto& key : resources) put_resource(key);
      for (int i = 0; i < 24; ++i) put_edge();
    });
  }

  template <class List>
  const auto& any(const List& list) {
    return list[random_.below(list.size())];
  }

 private:
  std::vector<std::string> some(const std::vector<std::string>& of, double chance) {
    std::vector<std::string> out;
    for (const auto& x : of) {
      if (random_.chance(chance)) out.push_back(x);
    }
    return out;
  }
  resource_map some_resources(double chance) {
    resource_map out;
    for (const auto& key : resources) {
      if (random_.chance(chance)) out[key] = some(actions, 0.7);
    }
    return out;
  }
  /// Breaks a text now and then; true when it did.
  bool damage(std::string& text) {
    if (!random_.chance(0.08)) return false;
    text = any(std::vector<std::string>{"{", "{}", "[]", R"({"scopes":[1],"narrowedScopes":"x"})"});
    return true;
  }

  void put_principal(const std::string& key) {
    naive_graph::node made;
    made.holds.scopes = some(scopes, 0.15);
    made.holds.resources = some_resources(0.08);
    auto text = principal_text(key, made.holds.scopes, made.holds.resources);
    made.good = !damage(text);
    file.put_node(key, type_names::principal, text);
    model.nodes[key] = std::move(made);
  }
  void put_resource(const std::string& key) {
    naive_graph::node made;
    if (random_.chance(0.4)) made.limit = some(actions, 0.6);
    const auto colon = key.find(':');
    auto text = resource_text(key.substr(0, colon), key.substr(colon + 1), made.limit);
    made.good = !damage(text);
    const auto node = "resource:" + key;
    file.put_node(node, type_names::resource, text);
    model.nodes[node] = std::move(made);
  }
  void put_edge() {
    naive_graph::edge made;
    std::string text;
    made.source = any(principals);
    const auto kind = random_.below(10);
    if (kind < 5) {
      made.type = type_names::delegates;
      made.target = any(principals);
      made.step.scopes = some(scopes, 0.5);
      if (random_.chance(0.4)) made.step.resources = some_resources(0.5);
      made.step.narrowable = random_.chance(0.8);
      if (random_.chance(0.3))
        made.step.expires_at = today - 2 + static_cast<std::int64_t>(random_.below(5));
      text = delegation_text(made.step);
    } else if (kind < 7) {
      made.type = type_names::belongs_to;
      made.source = principals[random_.below(4)];
      made.target = principals[4 + random_.below(2)];
      made.step.kind = step_kind::membership;
      made.step.level = static_cast<membership_level>(random_.below(3));
      text = membership_text(made.step.level);
    } else {
      made.type = type_names::scopes;
      made.target = "resource:" + any(resources);
      made.actions = some(actions, 0.7);
      text = "{\"actions\":" + text_of(made.actions) + "}";
    }
    if (!model.nodes.contains(made.source) || !model.nodes.contains(made.target)) return;
    made.good = !damage(text);
    // An edge of the same number is replaced; the ends of an edge stay.
    auto id = "e" + std::to_string(next_++);
    if (!model.edges.empty() && random_.chance(0.4)) {
      const auto& [known, old] = *std::next(
          model.edges.begin(), static_cast<std::ptrdiff_t>(random_.below(model.edges.size())));
      if (old.type == made.type) {
        id = known;
        made.source = old.source;
        made.target = old.target;
      }
    }
    file.put_edge(id, made.type, made.source, made.target, text);
    model.edges[id] = std::move(made);
  }
  void remove_edge() {
    if (model.edges.empty()) return;
    const auto at = std::next(model.edges.begin(),
                              static_cast<std::ptrdiff_t>(random_.below(model.edges.size())));
    file.remove_edge(at->first);
    model.edges.erase(at);
  }
  void remove_node(const std::string& key) {
    file.remove_node(key);
    model.nodes.erase(key);
    std::erase_if(model.edges,
                  [&](const auto& e) { return e.second.source == key || e.second.target == key; });
  }
  void change_one() {
    const auto kind = random_.below(20);
    if (kind < 4) return put_principal(any(principals));
    if (kind < 6) return put_resource(any(resources));
    if (kind < 13) return put_edge();
    if (kind < 17) return remove_edge();
    if (kind == 17) return remove_node(any(principals));
    if (kind == 18) return remove_node("resource:" + any(resources));
    // Not in the graph, so without event of it.
    const auto& who = principals[random_.below(6)];
    const auto id = who.substr(who.find(':') + 1);
    if (who.starts_with("org:")) {
      if (model.gone.erase(id) == 0 && random_.chance(0.3)) model.gone.insert(id);
    } else {
      model.accounts[id] = random_.chance(0.7) ? account_status::active : account_status::suspended;
    }
  }

  test::random_source& random_;
  int next_ = 0;
};

/// All pages of a list, each line once.
template <class Ask>
std::vector<std::string> all_pages(Ask&& ask, std::size_t limit) {
  std::vector<std::string> out;
  list_request request;
  request.now = at_second(today);
  request.limit = limit;
  do {
    auto one = ask(request).value();
    BOOST_TEST(one.items.size() <= limit);
    out.insert(out.end(), one.items.begin(), one.items.end());
    request.cursor = one.next_cursor;
  } while (!request.cursor.empty());
  BOOST_TEST(std::is_sorted(out.begin(), out.end()));
  return out;
}

void compare_checks(random_file& world, const acl_image& image, test::random_source& random) {
  const auto subject = world.any(world.principals);
  const auto mode = random.chance(0.5) ? scope_mode::exact : scope_mode::hierarchical;
  std::vector<std::string> scopes;
  for (auto n = random.below(3); n > 0; --n) scopes.push_back(world.any(world.scopes));
  search_request request;
  request.subject = subject;
  request.needs.scopes = scopes;
  request.now = at_second(today);
  request.mode = mode;
  std::string type;
  std::string id;
  std::string action;
  if (scopes.empty() || random.chance(0.5)) {
    const auto& key = world.any(world.resources);
    type = key.substr(0, key.find(':'));
    id = key.substr(key.find(':') + 1);
    action = world.any(world.actions);
    request.needs.resource_type = type;
    request.needs.resource_id = id;
    request.needs.action = action;
  }
  const auto chains = world.model.chains(subject, mode);
  const bool expected = std::any_of(chains.begin(), chains.end(), [&](const authority& chain) {
    return std::all_of(scopes.begin(), scopes.end(),
                       [&](const auto& s) { return covers_any(chain.scopes, s, mode); }) &&
           (type.empty() || covers(chain.resources, type + ":" + id, action, mode));
  });
  BOOST_TEST_CONTEXT(subject << " " << text_of(scopes) << " " << type << ":" << id << " " << action
                             << " " << to_string(mode)) {
    BOOST_TEST(ask(world.file, image, request, world.model).allowed == expected);
  }
}

void compare_resources(random_file& world, const acl_image& image, test::random_source& random) {
  const auto subject = world.any(world.principals);
  const auto action = world.any(world.actions);
  if (!world.model.nodes.contains(subject)) return;
  for (const auto mode : {scope_mode::exact, scope_mode::hierarchical}) {
    const auto limit = 1 + random.below(4);
    const auto listed = all_pages(
        [&](list_request& request) {
          request.mode = mode;
          return resources_of(image, world.model, subject, action, "doc", request);
        },
        limit);
    const auto from_file = all_pages(
        [&](list_request& request) {
          request.mode = mode;
          return resources_of(world.file.db, world.file.graph, world.model, subject, action, "doc",
                              request);
        },
        limit);
    BOOST_TEST(listed == from_file, boost::test_tools::per_element());
    const auto chains = world.model.chains(subject, mode);
    std::set<std::string> expected;
    for (const auto& chain : chains) {
      for (const auto& [key, actions] : chain.resources) {
        const bool has = std::find(actions.begin(), actions.end(), action) != actions.end();
        if (has && key.starts_with("doc:")) expected.insert(key);
      }
    }
    if (mode == scope_mode::exact) {
      BOOST_TEST(std::set<std::string>(listed.begin(), listed.end()) == expected,
                 boost::test_tools::per_element());
      continue;
    }
    for (const auto& key : expected)
      BOOST_TEST(std::binary_search(listed.begin(), listed.end(), key));
    for (const auto& key : listed) {
      BOOST_TEST(std::any_of(chains.begin(), chains.end(), [&](const auto& chain) {
        return covers(chain.resources, key, action, mode);
      }));
    }
  }
}

void compare_principals(random_file& world, const acl_image& image, test::random_source& random) {
  const auto& key = world.any(world.resources);
  const auto type = key.substr(0, key.find(':'));
  const auto id = key.substr(key.find(':') + 1);
  const auto action = world.any(world.actions);
  for (const auto mode : {scope_mode::exact, scope_mode::hierarchical}) {
    std::vector<std::string> expected;
    for (const auto& who : world.principals) {
      const auto chains = world.model.chains(who, mode);
      if (std::any_of(chains.begin(), chains.end(), [&](const auto& chain) {
            return covers(chain.resources, key, action, mode);
          })) {
        expected.push_back(who);
      }
    }
    std::sort(expected.begin(), expected.end());
    const auto limit = 1 + random.below(4);
    const auto listed = all_pages(
        [&](list_request& request) {
          request.mode = mode;
          return principals_on(image, world.model, type, id, action, request);
        },
        limit);
    const auto from_file = all_pages(
        [&](list_request& request) {
          request.mode = mode;
          return principals_on(world.file.db, world.file.graph, world.model, type, id, action,
                               request);
        },
        limit);
    BOOST_TEST(listed == expected, boost::test_tools::per_element());
    BOOST_TEST(from_file == expected, boost::test_tools::per_element());
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(acl_agreement)

BOOST_AUTO_TEST_CASE(images_and_files_and_a_naive_model_agree_through_random_changes) {
  test::random_source random;
  BOOST_TEST_CONTEXT("seed " << random.used()) {
    for (int graph = 0; graph < 12; ++graph) {
      random_file world(random);
      world.fill();
      auto image = world.file.image();
      image_refresher refresher(world.file.db);
      for (int round = 0; round < 25; ++round) {
        const auto events = world.change();
        image = refresher.run(*image, events).value();
        const auto anew = world.file.image();
        BOOST_TEST(image->edges() == anew->edges());
        for (int i = 0; i < 6; ++i) {
          compare_checks(world, *image, random);
          compare_checks(world, *anew, random);
        }
        compare_resources(world, *image, random);
        compare_principals(world, *image, random);
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(acl_lists, acl_file)

BOOST_AUTO_TEST_CASE(a_cursor_is_refused_once_the_graph_changed_but_not_when_other_things_did) {
  commit([&] {
    put_node("account:a", "principal",
             principal_text("account:a", {},
                            {{"doc:1", {"read"}}, {"doc:2", {"read"}}, {"doc:3", {"read"}}}));
  });
  auto before = image();
  const naive_graph everybody;
  list_request request;
  request.now = at_second(today);
  request.limit = 1;
  const auto first = resources_of(*before, everybody, "account:a", "read", "doc", request).value();
  BOOST_REQUIRE(!first.next_cursor.empty());
  request.cursor = first.next_cursor;
  const auto from_image = [&](const acl_image& x) {
    return resources_of(x, everybody, "account:a", "read", "doc", request);
  };
  const auto from_file = [&] {
    return resources_of(db, graph, everybody, "account:a", "read", "doc", request);
  };
  BOOST_TEST((from_image(*before).value().items == std::vector<std::string>{"doc:2"}));
  BOOST_TEST((from_file().value().items == std::vector<std::string>{"doc:2"}));

  // Another graph of the file.
  events::change_log log(db, org_id{"acme"});
  log.load().value();
  change_event e;
  e.graph = graph_id{"other"};
  e.key = "x";
  log.append(e).value();
  log.store().value();
  auto after = acl_image::refreshed(*before, db, log.take()).value();
  BOOST_TEST(from_image(*after).has_value());
  BOOST_TEST(from_file().has_value());

  acl_file::sql("DELETE FROM _honker_stream");
  BOOST_TEST(from_file().error().code == errc::invalid_cursor);
}

BOOST_AUTO_TEST_CASE(a_change_of_the_graph_begins_lists_again) {
  commit([&] {
    put_node("account:a", "principal",
             principal_text("account:a", {}, {{"doc:1", {"read"}}, {"doc:2", {"read"}}}));
  });
  auto before = image();
  const naive_graph everybody;
  list_request request;
  request.now = at_second(today);
  request.limit = 1;
  const auto resources =
      resources_of(*before, everybody, "account:a", "read", "doc", request).value();
  const auto holdings = grants_of(db, graph, "account:a", request).value();
  const auto events =
      commit([&] { put_node("role:x", "principal", principal_text("role:x", {})); });
  const auto after = acl_image::refreshed(*before, db, events).value();
  request.cursor = resources.next_cursor;
  BOOST_TEST(resources_of(*after, everybody, "account:a", "read", "doc", request).error().code ==
             errc::invalid_cursor);
  BOOST_TEST(resources_of(db, graph, everybody, "account:a", "read", "doc", request).error().code ==
             errc::invalid_cursor);
  BOOST_TEST(resources_of(*before, everybody, "account:a", "write", "doc", request).error().code ==
             errc::invalid_cursor);
  request.cursor = holdings.next_cursor;
  BOOST_TEST(grants_of(db, graph, "account:a", request).error().code == errc::invalid_cursor);
  request.cursor = "abc";
  BOOST_TEST(grants_of(db, graph, "account:a", request).error().code == errc::invalid_cursor);
}

BOOST_AUTO_TEST_CASE(refuse_what_makes_no_list) {
  const naive_graph everybody;
  list_request request;
  BOOST_TEST(resources_of(*image(), everybody, "account:a", "read", "doc", request).error().code ==
             errc::principal_missing);
  BOOST_TEST(resources_of(*image(), everybody, "account:a", "", "doc", request).error().code ==
             errc::invalid_option);
  BOOST_TEST(principals_on(*image(), everybody, "", "1", "read", request).error().code ==
             errc::invalid_option);
  request.limit = 0;
  BOOST_TEST(principals_on(*image(), everybody, "doc", "1", "read", request).error().code ==
             errc::invalid_option);
  BOOST_TEST(grants_of(db, graph, "account:a", request).error().code == errc::invalid_option);
  request.limit = 1;
  BOOST_TEST(grants_of(db, graph, "account:a", request).error().code == errc::principal_missing);
}

BOOST_AUTO_TEST_CASE(from_the_file_read_no_more_than_their_bound) {
  commit([&] {
    put_node("account:a", "principal", principal_text("account:a", {}));
    for (const auto* key : {"role:1", "role:2", "role:3"}) {
      put_node(key, "principal", principal_text(key, {}));
      step_in pass;
      put_edge(key, "delegates", key, "account:a", delegation_text(pass));
    }
  });
  const naive_graph everybody;
  list_request request;
  BOOST_TEST(
      resources_of(db, graph, everybody, "account:a", "read", "doc", request, {.max_edges = 3})
          .error()
          .code == errc::limit_exceeded);
  BOOST_TEST(resources_of(db, graph, everybody, "account:a", "read", "doc", request).has_value());
}

BOOST_AUTO_TEST_CASE(tell_what_somebody_holds_and_from_whom) {
  commit([&] {
    put_node("account:a", "principal", principal_text("account:a", {"s"}, {{"doc:9", {"read"}}}));
    put_node("role:r", "principal", principal_text("role:r", {"s"}));
    put_node("org:o", "principal", principal_text("org:o", {}));
    put_node("resource:doc:1", "resource", resource_text("doc", "1", {{"read"}}));
    step_in pass;
    pass.scopes = {"s"};
    pass.resources = resource_map{{"doc:1", {"read"}}};
    pass.expires_at = 5;
    pass.narrowable = false;
    put_edge("in", "delegates", "role:r", "account:a", delegation_text(pass));
    put_edge("out", "delegates", "account:a", "role:r", "{}");
    put_edge("member", "belongs_to", "account:a", "org:o",
             membership_text(membership_level::admin));
    put_edge("grant", "scopes", "account:a", "resource:doc:1", R"({"actions":["read","write"]})");
  });
  for (const std::size_t limit : {1U, 2U, 100U}) {
    list_request request;
    request.limit = limit;
    std::vector<holding> lines;
    do {
      auto one = grants_of(db, graph, "account:a", request).value();
      lines.insert(lines.end(), one.items.begin(), one.items.end());
      request.cursor = one.next_cursor;
    } while (!request.cursor.empty());
    BOOST_REQUIRE(lines.size() == 6U);
    BOOST_TEST((lines[0] == holding{.kind = holding_kind::scopes, .scopes = {"s"}}));
    BOOST_TEST((lines[1] == holding{.kind = holding_kind::resources,
                                    .resources = resource_map{{"doc:9", {"read"}}}}));
    BOOST_TEST((lines[2] == holding{.kind = holding_kind::grant,
                                    .edge = "grant",
                                    .other = "doc:1",
                                    .resources = resource_map{{"doc:1", {"read"}}}}));
    BOOST_TEST((lines[3] == holding{.kind = holding_kind::delegation_in,
                                    .edge = "in",
                                    .other = "role:r",
                                    .scopes = {"s"},
                                    .resources = resource_map{{"doc:1", {"read"}}},
                                    .narrowable = false,
                                    .expires_at = 5}));
    BOOST_TEST((lines[4] == holding{.kind = holding_kind::delegation_out,
                                    .edge = "out",
                                    .other = "role:r",
                                    .malformed = true}));
    BOOST_TEST((lines[5] == holding{.kind = holding_kind::membership,
                                    .edge = "member",
                                    .other = "org:o",
                                    .level = membership_level::admin}));
  }
  const auto of_org = grants_of(db, graph, "org:o", {}).value();
  BOOST_TEST(of_org.items.size() == 2U);
  BOOST_TEST((of_org.items.back().kind == holding_kind::member));
  BOOST_TEST(of_org.items.back().other == "account:a");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace quire::acl
