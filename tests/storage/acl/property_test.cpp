// Random graphs against a naive model that lists every simple path and judges each by plain lists.
#include "support.hpp"

#include <quire/acl/explain.hpp>
#include <quire/messages/json_text.hpp>
#include <quire/test/seed.hpp>

#include <algorithm>
#include <functional>
#include <set>

using namespace quire;
using namespace quire::acl;
using namespace quire::acl::test;
using quire::test::random_source;

namespace {

const texts scope_pool{"task:read", "task:write", "task:*", "task:a:b", "task:a:*", "*",
                       "doc:read",  "doc",        "a::b",   "task:",    "*:read"};
const texts key_pool{"doc:1", "doc:2", "doc:*", "*", "img:7", "img:a:b", "img:a:*", "doc"};
const texts action_pool{"read", "write", "*"};

// The model: scopes as lists of segments, authority as every pairwise meet.
namespace model {

texts segments(const std::string& text) {
  texts out{""};
  for (const char c : text) {
    if (c == ':') {
      out.emplace_back();
    } else {
      out.back() += c;
    }
  }
  return out;
}

bool covers(const std::string& held, const std::string& wanted, scope_mode mode) {
  if (held == wanted) return true;
  if (mode == scope_mode::exact) return false;
  const auto h = segments(held);
  const auto w = segments(wanted);
  for (const auto* list : {&h, &w}) {
    if (std::count(list->begin(), list->end(), "") > 0) return false;
  }
  return h.back() == "*" && w.size() >= h.size() && std::equal(h.begin(), h.end() - 1, w.begin());
}

using pairs = std::set<std::pair<std::string, std::string>>;  // resource key, action
struct holdings {
  std::set<std::string> scopes{};
  pairs resources{};
  friend bool operator==(const holdings&, const holdings&) = default;
};

pairs pairs_of(const resource_map& map) {
  pairs out;
  for (const auto& [key, actions] : map) {
    for (const auto& action : actions) out.emplace(key, action);
  }
  return out;
}

std::set<std::string> meet(const std::set<std::string>& a, const texts& b, scope_mode mode) {
  std::set<std::string> out;
  for (const auto& x : a) {
    for (const auto& y : b) {
      if (covers(x, y, mode)) out.insert(y);
      if (covers(y, x, mode)) out.insert(x);
    }
  }
  return out;
}

pairs meet(const pairs& a, const pairs& b, scope_mode mode) {
  pairs out;
  for (const auto& [x, action] : a) {
    for (const auto& [y, other] : b) {
      if (action != other) continue;
      if (covers(x, y, mode)) out.emplace(y, action);
      if (covers(y, x, mode)) out.emplace(x, action);
    }
  }
  return out;
}

bool passes(const holdings& held, const access_control& needs, const std::optional<std::string>& id,
            scope_mode mode) {
  const auto has = [&](const std::string& wanted) {
    return std::any_of(held.scopes.begin(), held.scopes.end(),
                       [&](const auto& one) { return covers(one, wanted, mode); });
  };
  for (const auto& wanted : needs.required_scopes) {
    if (!has(wanted)) return false;
  }
  const auto& any = needs.required_scopes_any;
  if (!any.empty() && std::none_of(any.begin(), any.end(), has)) return false;
  if (!needs.wants_resource()) return true;
  return std::any_of(held.resources.begin(), held.resources.end(), [&](const auto& one) {
    if (one.second != *needs.resource_action) return false;
    if (id) return covers(one.first, *needs.resource_type + ":" + *id, mode);
    return one.first.starts_with(*needs.resource_type + ":") ||
           covers(one.first, *needs.resource_type + ":*", mode);
  });
}

struct chain {
  texts principals{};  // root first
  texts edges{};
  holdings gives{};
  bool may_pass_on = true;
};

/// All simple paths into a principal, each judged by itself.
class lister {
 public:
  explicit lister(world& w) : world_(w) {}

  std::vector<chain> chains_into(const std::string& subject) {
    out_.clear();
    visits_ = 0;
    if (usable(subject)) walk({subject}, {});
    return out_;
  }
  /// Beyond the limits nothing is promised.
  [[nodiscard]] bool beyond() const { return visits_ > 900 || longest_ > 30; }

 private:
  bool usable(const std::string& key) {
    const auto found = world_.graph.principals.find(key);
    return found != world_.graph.principals.end() && !found->second.malformed &&
           status_of(found->second.who, world_.identities) == errc::none;
  }

  void walk(const texts& path, const std::vector<step_in>& steps) {  // both subject first
    if (++visits_ > 900) return;
    longest_ = std::max(longest_, steps.size());
    judge(path, steps);
    for (const auto& step : world_.graph.steps_to[path.back()]) {
      if (std::count(path.begin(), path.end(), step.from) > 0 || step.malformed ||
          !usable(step.from))
        continue;
      if (step.kind == step_kind::membership) {
        const bool ends = step.from.starts_with("org:") && (path.back().starts_with("account:") ||
                                                            path.back().starts_with("service:"));
        if (!ends) continue;
      } else {
        if (step.expires_at && at(*step.expires_at) <= world_.now) continue;
        if (!step.narrowable && !steps.empty()) continue;
      }
      auto longer = path;
      longer.push_back(step.from);
      auto more = steps;
      more.push_back(step);
      walk(longer, more);
    }
  }

  void judge(const texts& path, const std::vector<step_in>& steps) {
    const auto& root = world_.graph.principals.at(path.back()).direct;
    chain made;
    made.principals.assign(path.rbegin(), path.rend());
    made.gives = {{root.scopes.begin(), root.scopes.end()}, pairs_of(root.resources)};
    for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
      made.edges.push_back(step->edge);
      if (step->kind == step_kind::delegation) {
        made.gives.scopes = meet(made.gives.scopes, step->scopes, world_.mode);
        if (step->resources)
          made.gives.resources =
              meet(made.gives.resources, pairs_of(*step->resources), world_.mode);
      } else if (step->level == membership_level::member) {
        const auto role = world_.graph.principals.find(member_role);
        const bool there = role != world_.graph.principals.end() && !role->second.malformed;
        const auto given = there ? role->second.direct : authority{};
        made.gives.scopes = meet(made.gives.scopes, given.scopes, world_.mode);
        made.gives.resources = meet(made.gives.resources, pairs_of(given.resources), world_.mode);
      }
    }
    made.may_pass_on =
        steps.empty() || steps.front().kind == step_kind::membership || steps.front().narrowable;
    out_.push_back(std::move(made));
  }

  world& world_;
  std::vector<chain> out_;
  std::size_t visits_ = 0;
  std::size_t longest_ = 0;
};

}  // namespace model

/// A world of 50 principals with everything that can be wrong in it.
class generator {
 public:
  explicit generator(random_source& random) : random_(random) {}

  world make(scope_mode mode) {
    world w;
    w.mode = mode;
    for (int i = 0; i < 20; ++i) keys_.push_back("account:a" + std::to_string(i));
    for (int i = 0; i < 5; ++i) keys_.push_back("service:s" + std::to_string(i));
    for (int i = 0; i < 4; ++i) keys_.push_back("org:o" + std::to_string(i));
    for (int i = 0; i < 20; ++i) keys_.push_back("role:r" + std::to_string(i));
    keys_.emplace_back(member_role);
    for (const auto& key : keys_) {
      if (key == member_role && random_.chance(0.3)) continue;
      const bool holds = random_.chance(0.35) || key.starts_with("org:") || key == member_role;
      auto& who =
          w.add(key, holds ? some(scope_pool, 4) : texts{}, holds ? resources() : resource_map{});
      who.malformed = random_.chance(0.03);
      if (random_.chance(0.05)) spoil(w, who);
    }
    const auto edges = 50 + random_.below(50);
    for (std::size_t i = 0; i < edges; ++i) add_delegation(w);
    for (std::size_t i = 0; i < 14; ++i) add_membership(w);
    return w;
  }

  step_in& add_delegation(world& w) {
    auto& step = w.graph.delegate(random_.chance(0.02) ? "role:nobody" : any_key(), any_key(),
                                  random_.chance(0.4) ? scope_pool : some(scope_pool, 6));
    if (random_.chance(0.4)) step.resources = resources();
    step.narrowable = !random_.chance(0.15);
    if (random_.chance(0.3))
      step.expires_at = today - 1 + static_cast<std::int64_t>(random_.below(4));
    step.malformed = random_.chance(0.04);
    step.edge += "#" + std::to_string(edge_++);
    return step;
  }

  const std::string& any_key() { return keys_[random_.below(keys_.size())]; }

  access_control needs() {
    access_control out;
    out.required_scopes = some(scope_pool, 2);
    if (random_.chance(0.3)) out.required_scopes_any = some(scope_pool, 3);
    if (random_.chance(0.4)) {
      out.resource_type = pick(texts{"doc", "img", "img:a"});
      out.resource_action = pick(action_pool);
    }
    return out;
  }

  request question() {
    request what;
    what.subject = principal_from_key(any_key()).value();
    what.needs = needs();
    if (what.needs.wants_resource() && random_.chance(0.7))
      what.resource_id = pick(texts{"1", "2", "7", "b", "*"});
    if (random_.chance(0.25)) {
      credential_state credential;
      credential.owner = account_id{what.subject.id};
      if (random_.chance(0.7)) credential.scopes = some(scope_pool, 5);
      if (what.subject.kind == principal_kind::account) what.credential = credential;
    }
    if (random_.chance(0.3)) what.acting_as = "role:r" + std::to_string(random_.below(20));
    return what;
  }

  /// Shrinks something: removes or expires an edge, suspends or removes somebody.
  void shrink(world& w) {
    switch (random_.below(4)) {
      case 0:
      case 1: {
        auto& steps = w.graph.steps_to[any_key()];
        if (steps.empty()) return shrink(w);
        const auto which = random_.below(steps.size());
        if (random_.chance(0.5)) {
          steps.erase(steps.begin() + static_cast<std::ptrdiff_t>(which));
        } else {
          steps[which].expires_at = today;
        }
        return;
      }
      case 2:
        w.identities.accounts["a" + std::to_string(random_.below(20))] = account_status::suspended;
        return;
      default: w.identities.organizations.erase("o" + std::to_string(random_.below(4))); return;
    }
  }

  void shuffle(world& w) {
    for (auto& [key, steps] : w.graph.steps_to) {
      std::shuffle(steps.begin(), steps.end(), random_.engine());
      for (auto& step : steps)
        std::shuffle(step.scopes.begin(), step.scopes.end(), random_.engine());
    }
    for (auto& [key, who] : w.graph.principals) {
      std::shuffle(who.direct.scopes.begin(), who.direct.scopes.end(), random_.engine());
    }
  }

 private:
  const std::string& pick(const texts& from) {
    picked_ = from[random_.below(from.size())];
    return picked_;
  }
  texts some(const texts& from, std::size_t most) {
    texts out;
    for (auto n = random_.below(most + 1); n > 0; --n) out.push_back(pick(from));
    return out;
  }
  resource_map resources() {
    resource_map out;
    for (auto n = random_.below(4); n > 0; --n) out[pick(key_pool)] = some(action_pool, 2);
    return out;
  }
  void spoil(world& w, const principal& who) {
    if (who.who.kind == principal_kind::org) {
      w.identities.organizations.erase(who.who.id);
    } else {
      w.identities.accounts[who.who.id] =
          random_.chance(0.5) ? account_status::suspended : account_status::deactivated;
    }
  }
  void add_membership(world& w) {
    const bool odd = random_.chance(0.1);  // memberships that lead where none can
    const auto org = odd ? any_key() : "org:o" + std::to_string(random_.below(4));
    const auto account = odd ? any_key() : "account:a" + std::to_string(random_.below(20));
    auto& step = w.graph.belongs(account, org, static_cast<membership_level>(random_.below(3)));
    step.malformed = random_.chance(0.03);
    step.edge += "#" + std::to_string(edge_++);
  }

  random_source& random_;
  texts keys_;
  std::string picked_;
  int edge_ = 0;
};

/// What the model says; nothing beyond the limits.
std::optional<bool> expected(world& w, const request& what) {
  const auto subject = key_of(what.subject);
  if (status_of(what.subject, w.identities) != errc::none) return false;
  if (what.needs.empty()) return true;
  const auto who = w.graph.principals.find(subject);
  if (who == w.graph.principals.end() || who->second.malformed) return false;
  model::lister lister(w);
  auto chains = lister.chains_into(what.acting_as.value_or(subject));
  if (lister.beyond()) return std::nullopt;
  return std::any_of(chains.begin(), chains.end(), [&](model::chain& chain) {
    if (std::count(chain.principals.begin(), chain.principals.end(), subject) == 0) return false;
    if (what.credential && what.credential->scopes) {
      chain.gives.scopes = model::meet(chain.gives.scopes, *what.credential->scopes, w.mode);
    }
    return model::passes(chain.gives, what.needs, what.resource_id, w.mode);
  });
}

/// The search alone, without evaluation around it; nothing where it does not apply.
std::optional<bool> searched(world& w, const request& what) {
  if (!can_search(what.needs, what.resource_id) || what.needs.empty()) return std::nullopt;
  const auto subject = key_of(what.subject);
  search_request asked;
  asked.subject = subject;
  asked.now = w.now;
  asked.mode = w.mode;
  if (what.acting_as) asked.acting_as = *what.acting_as;
  if (what.credential && what.credential->scopes)
    asked.credential_scopes = *what.credential->scopes;
  searchable_view view(w.graph);
  return check(view, w.identities, what.needs, what.resource_id, asked).value().allowed;
}

std::string told(const world& w, const request& what) {
  std::string out = key_of(what.subject) + (what.acting_as ? " as " + *what.acting_as : "") +
                    " in " + std::string{to_string(w.mode)} + ": " + json_text(to_json(what.needs));
  if (what.resource_id) out += " id " + *what.resource_id;
  return out;
}

model::holdings holdings_of(const authority_chain& chain) {
  return {{chain.scopes.begin(), chain.scopes.end()},
          model::pairs_of(chain.resources.value_or(resource_map{}))};
}

constexpr int graphs = 100;
constexpr int questions = 60;

/// Calls `f(world, generator)` for random worlds of both modes.
void for_worlds(random_source& random, const std::function<void(world&, generator&)>& f) {
  for (int i = 0; i < graphs; ++i) {
    for (const auto mode : {scope_mode::exact, scope_mode::hierarchical}) {
      generator made(random);
      auto w = made.make(mode);
      f(w, made);
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(acl_properties)

BOOST_AUTO_TEST_CASE(search_and_evaluation_agree_with_the_list_of_all_simple_paths) {
  random_source random(11);
  int allowed = 0;
  int denied = 0;
  int skipped = 0;
  int far = 0;
  for_worlds(random, [&](world& w, generator& made) {
    for (int q = 0; q < questions; ++q) {
      const auto what = made.question();
      const auto want = expected(w, what);
      if (!want) {
        ++skipped;
        continue;
      }
      const auto got = w.decide(what);
      BOOST_TEST_INFO(told(w, what) << "\n" << explain(got) << "seed " << random.used());
      BOOST_REQUIRE_EQUAL(got.allowed, *want);
      if (const auto fast = searched(w, what)) BOOST_REQUIRE_EQUAL(*fast, *want);
      if (got.chain) {
        far += got.chain->steps.size() > 1 ? 1 : 0;
        // The chain of the explanation, alone, gives the same pass.
        BOOST_REQUIRE(model::passes(holdings_of(*got.chain), what.needs, what.resource_id, w.mode));
        BOOST_REQUIRE(check_access(what.needs, got.chain->scopes, got.chain->resources, w.mode));
      }
      *want ? ++allowed : ++denied;
    }
  });
  BOOST_TEST_MESSAGE(allowed << " allowed, " << far << " of them by several steps, " << denied
                             << " denied, " << skipped << " beyond the limits");
  BOOST_TEST(allowed > 300);
  BOOST_TEST(far > 100);
  BOOST_TEST(denied > 300);
  BOOST_TEST(skipped * 5 < allowed + denied);
}

BOOST_AUTO_TEST_CASE(an_identity_has_exactly_the_chains_that_give_something) {
  random_source random(12);
  std::size_t compared = 0;
  for_worlds(random, [&](world& w, generator& made) {
    for (int q = 0; q < 10; ++q) {
      const auto subject = made.any_key();
      auto who = resolve_identity(w.graph, w.identities, w.asked(subject, {}), w.now, w.mode);
      model::lister lister(w);
      auto chains = lister.chains_into(subject);
      if (lister.beyond()) continue;
      if (!who) {
        BOOST_REQUIRE(chains.empty());
        continue;
      }
      std::erase_if(chains, [](const auto& chain) { return chain.gives == model::holdings{}; });
      BOOST_TEST_INFO(subject << ", seed " << random.used());
      BOOST_REQUIRE_EQUAL(who->chains.size(), chains.size());
      for (const auto& got : who->chains) {
        const auto same = std::find_if(chains.begin(), chains.end(), [&](const auto& chain) {
          return chain.principals == got.principals &&
                 std::equal(got.steps.begin(), got.steps.end(), chain.edges.begin(),
                            chain.edges.end(),
                            [](const auto& step, const auto& edge) { return step.edge == edge; });
        });
        BOOST_REQUIRE(same != chains.end());
        BOOST_REQUIRE(same->gives == holdings_of(got));
        ++compared;
      }
    }
  });
  BOOST_TEST(compared > 500U);
}

BOOST_AUTO_TEST_CASE(no_chain_gives_more_than_the_same_chain_gave_to_anybody_on_it) {
  random_source random(13);
  std::size_t prefixes = 0;
  for_worlds(random, [&](world& w, generator& made) {
    for (int q = 0; q < 5; ++q) {
      auto who =
          resolve_identity(w.graph, w.identities, w.asked(made.any_key(), {}), w.now, w.mode);
      if (!who) continue;
      for (const auto& chain : who->chains) {
        for (std::size_t n = 1; n < chain.principals.size(); ++n) {
          const texts prefix(chain.principals.begin(),
                             chain.principals.begin() + static_cast<std::ptrdiff_t>(n));
          auto upper =
              resolve_identity(w.graph, w.identities, w.asked(prefix.back(), {}), w.now, w.mode);
          if (!upper) {
            BOOST_REQUIRE(upper.error().code == errc::limit_exceeded);
            continue;
          }
          const bool covered = std::any_of(
              upper->chains.begin(), upper->chains.end(), [&](const authority_chain& above) {
                return above.principals == prefix &&
                       meet(above.scopes, chain.scopes, w.mode) == chain.scopes &&
                       (!chain.resources ||
                        (above.resources &&
                         meet(*above.resources, *chain.resources, w.mode) == *chain.resources));
              });
          BOOST_REQUIRE_MESSAGE(covered, "seed " << random.used());
          ++prefixes;
        }
      }
    }
  });
  BOOST_TEST(prefixes > 300U);
}

BOOST_AUTO_TEST_CASE(a_new_delegation_gives_its_receiver_no_more_than_its_delegator_has) {
  random_source random(14);
  int gained = 0;
  for_worlds(random, [&](world& w, generator& made) {
    for (int q = 0; q < 12; ++q) {
      auto after = w;
      const auto to_count = [&](const std::string& key) {
        return after.graph.steps_to[key].size();
      };
      std::map<std::string, std::size_t> before;
      for (const auto& [key, steps] : w.graph.steps_to) before[key] = steps.size();
      const auto from = made.add_delegation(after).from;
      for (const auto& [key, steps] : after.graph.steps_to) {
        if (to_count(key) == before[key]) continue;
        for (int n = 0; n < 8; ++n) {
          const auto needs = made.needs();
          std::optional<std::string> id;
          if (needs.wants_resource()) id = "1";
          const auto now = after.decide(key, needs, id);
          if (!now.allowed || w.may(key, needs, id)) continue;
          BOOST_REQUIRE_MESSAGE(after.may(from, needs, id),
                                from << " to " << key << ", seed " << random.used());
          ++gained;
        }
      }
    }
  });
  BOOST_TEST(gained > 20);
}

BOOST_AUTO_TEST_CASE(removing_expiring_and_suspending_enlarge_nobody) {
  random_source random(15);
  int lost = 0;
  for_worlds(random, [&](world& w, generator& made) {
    for (int q = 0; q < 15; ++q) {
      auto after = w;
      for (auto n = 1 + random.below(4); n > 0; --n) made.shrink(after);
      for (int n = 0; n < 6; ++n) {
        const auto what = made.question();
        const bool now = after.decide(what).allowed;
        const auto before = w.decide(what);
        if (before.reason == errc::limit_exceeded) continue;
        BOOST_REQUIRE_MESSAGE(!now || before.allowed, told(w, what) << ", seed " << random.used());
        lost += before.allowed && !now ? 1 : 0;
      }
    }
  });
  BOOST_TEST(lost > 20);
}

BOOST_AUTO_TEST_CASE(time_alone_never_turns_a_denial_into_a_pass) {
  random_source random(16);
  int lost = 0;
  for_worlds(random, [&](world& w, generator& made) {
    for (int q = 0; q < 30; ++q) {
      const auto what = made.question();
      bool before = true;
      for (std::int64_t seconds = today - 3; seconds < today + 4; ++seconds) {
        w.now = at(seconds);
        const auto got = w.decide(what);
        if (got.reason == errc::limit_exceeded) break;
        BOOST_REQUIRE_MESSAGE(before || !got.allowed, told(w, what) << ", seed " << random.used());
        lost += before && !got.allowed && seconds > today - 3 ? 1 : 0;
        before = got.allowed;
      }
    }
  });
  BOOST_TEST(lost > 5);
}

BOOST_AUTO_TEST_CASE(the_order_of_rows_changes_nothing) {
  random_source random(17);
  for_worlds(random, [&](world& w, generator& made) {
    auto other = w;
    made.shuffle(other);
    for (int q = 0; q < 15; ++q) {
      const auto what = made.question();
      BOOST_REQUIRE_EQUAL(json_text(to_json(w.decide(what))),
                          json_text(to_json(other.decide(what))));
    }
  });
}

BOOST_AUTO_TEST_CASE(scopes_of_a_credential_never_add) {
  random_source random(18);
  int narrowed = 0;
  for_worlds(random, [&](world& w, generator& made) {
    for (int q = 0; q < 30; ++q) {
      auto what = made.question();
      if (!what.credential) continue;
      const bool with = w.decide(what).allowed;
      what.credential->scopes.reset();
      const bool without = w.decide(what).allowed;
      BOOST_REQUIRE_MESSAGE(!with || without, told(w, what) << ", seed " << random.used());
      narrowed += without && !with ? 1 : 0;
    }
  });
  BOOST_TEST(narrowed > 5);
}

BOOST_AUTO_TEST_CASE(no_agent_can_do_what_a_principal_on_its_chain_cannot) {
  random_source random(19);
  int allowed = 0;
  for (int i = 0; i < 10'000; ++i) {
    world w;
    w.mode = random.chance(0.5) ? scope_mode::exact : scope_mode::hierarchical;
    const auto some = [&] {
      texts out;
      for (auto n = 1 + random.below(5); n > 0; --n)
        out.push_back(scope_pool[random.below(scope_pool.size())]);
      return out;
    };
    w.add("account:0", some());
    const auto depth = 1 + random.below(8);
    for (std::size_t level = 1; level <= depth; ++level) {
      const auto to = "account:" + std::to_string(level);
      w.add(to);
      auto& step = w.graph.delegate("account:" + std::to_string(level - 1), to, some());
      // Often hands on what it may hand on, or all of them would give nothing.
      if (random.chance(0.7))
        step.scopes.insert(step.scopes.end(), scope_pool.begin(), scope_pool.begin() + 6);
      step.narrowable = !random.chance(0.05);
    }
    const auto agent = "account:" + std::to_string(depth);
    for (const auto& wanted :
         {scope_pool[random.below(scope_pool.size())], scope_pool[random.below(3)]}) {
      if (!w.may(agent, wanted)) continue;
      ++allowed;
      for (std::size_t level = 0; level < depth; ++level) {
        BOOST_REQUIRE_MESSAGE(w.may("account:" + std::to_string(level), wanted),
                              "seed " << random.used() << ", chain " << i);
      }
    }
  }
  BOOST_TEST_MESSAGE(allowed << " passes at the end of a chain");
  BOOST_TEST(allowed > 1'000);
}

BOOST_AUTO_TEST_CASE(covers_and_meet_keep_their_laws) {
  for (const auto mode : {scope_mode::exact, scope_mode::hierarchical}) {
    for (const auto& a : scope_pool) {
      BOOST_TEST(covers(a, a, mode));
      BOOST_TEST(meet(a, a, mode).value() == a);
      for (const auto& b : scope_pool) {
        BOOST_TEST(covers(a, b, mode) == model::covers(a, b, mode), a << " and " << b);
        const auto both = meet(a, b, mode);
        BOOST_TEST((both == meet(b, a, mode)), a << " and " << b);
        if (both) BOOST_TEST((covers(a, *both, mode) && covers(b, *both, mode)));
        for (const auto& c : scope_pool) {
          if (covers(a, b, mode) && covers(b, c, mode))
            BOOST_TEST(covers(a, c, mode), a << ", " << b << ", " << c);
          const auto right = meet(b, c, mode);
          const auto left_first = both ? meet(*both, c, mode) : std::nullopt;
          const auto right_first = right ? meet(a, *right, mode) : std::nullopt;
          BOOST_TEST((left_first == right_first), a << ", " << b << ", " << c);
        }
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
