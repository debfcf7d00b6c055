#include "fixture.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <future>
#include <iterator>
#include <map>

namespace quire::test {
namespace {

const graph_type_name notes{"notes"};

/// Notes as in `notes_module`, with a new member that each must have.
constexpr std::string_view rated_module = R"({
  "NoteNode": {"type": "object", "required": ["text", "rating"],
               "properties": {"text": {"type": "string"}, "size": {"type": "integer"},
                              "rating": {"type": "integer", "default": 3}}},
  "LinkEdge": {"type": "object"}})";
/// The size is a text now.
constexpr std::string_view worded_module = R"({
  "NoteNode": {"type": "object", "required": ["text", "rating"],
               "properties": {"text": {"type": "string"},
                              "size": {"enum": ["small", "large"], "default": "small"},
                              "rating": {"type": "integer", "default": 3}}},
  "LinkEdge": {"type": "object"}})";
/// One more type and nothing else.
constexpr std::string_view wider_module = R"({
  "NoteNode": {"type": "object", "required": ["text"],
               "properties": {"text": {"type": "string"}, "size": {"type": "integer"}}},
  "PersonNode": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}},
  "LinkEdge": {"type": "object"}})";
constexpr std::string_view other_module = R"({"ThingNode": {"type": "object"}})";

evolution_options batches_of(std::size_t rows) {
  evolution_options made;
  made.batch_rows = rows;
  return made;
}

/// Notes `n0` to `n(count - 1)` in one request.
void fill(open_tenant& in, int count) {
  std::vector<operation> all;
  for (int i = 0; i < count; ++i) all.emplace_back(note("n" + std::to_string(i)));
  in.write(std::move(all)).value();
}

document attributes_of(const open_tenant& in, const std::string& key) {
  return in.view().value().find(find_node{graph_id{"g"}, node_key{key}}).value().attributes;
}
std::int64_t version_of(const open_tenant& in) {
  return in.view().value().find_graph_type(notes).value().version;
}

/// How often each node was updated, by the events since `after`.
std::map<std::string, int> updates_since(const open_tenant& in, change_seq after) {
  std::map<std::string, int> out;
  auto view = in.view().value();
  while (true) {
    const auto page = view.changes(after, 256).value();
    if (page.empty()) return out;
    for (const auto& e : page) {
      after = e.seq;
      if (e.table == table::nodes && e.op == change_op::updated) ++out[e.key];
    }
  }
}

bool all_once(const std::map<std::string, int>& updates, std::size_t rows) {
  return updates.size() == rows &&
         std::ranges::all_of(updates, [](const auto& one) { return one.second == 1; });
}

std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// A migration in a thread of its own that waits in the middle until it is let go.
class paused_migration {
 public:
  paused_migration(open_tenant in, std::string_view module, std::int64_t version)
      : in_(std::move(in)) {
    auto options = batches_of(4);
    options.on_progress = [this](const evolution::progress& now) {
      if (now.at != evolution::progress::phase::migrating || now.rows_done < 8 || waits_) return;
      waits_ = true;
      reached_.set_value();
      go_.get_future().wait();
    };
    thread_ = std::thread{[this, module, version, options] {
      report_ = in_.ensure(notes, module, version, options);
      if (!waits_) reached_.set_value();
    }};
    reached_.get_future().wait();
  }
  paused_migration(const paused_migration&) = delete;
  paused_migration& operator=(const paused_migration&) = delete;
  ~paused_migration() {
    if (thread_.joinable()) static_cast<void>(finish());
  }

  result<evolution_report> finish() {
    if (waits_) go_.set_value();
    thread_.join();
    return report_;
  }

 private:
  open_tenant in_;
  bool waits_ = false;  // touched by the migrating thread until `reached_`
  std::promise<void> reached_;
  std::promise<void> go_;
  result<evolution_report> report_ = fail(errc::internal, "did not run");
  std::thread thread_;
};

/// The system type of these tests, as the program of one version declares it.
std::function<void(engine_options&)> with_system_type(std::string_view module,
                                                      std::int64_t version) {
  return [module, version](engine_options& o) {
    define_graph_type what;
    what.name = graph_type_name{"ledger"};
    what.module = json(module);
    o.system_types = {{.definition = what, .version = version, .options = batches_of(2)}};
  };
}

constexpr std::string_view entry_module = R"({
  "EntryNode": {"type": "object", "required": ["text"],
                "properties": {"text": {"type": "string"}}, "additionalProperties": false}})";
constexpr std::string_view sized_entry_module = R"({
  "EntryNode": {"type": "object", "required": ["text"],
                "properties": {"text": {"type": "string"}, "size": {"type": "integer"}},
                "additionalProperties": false}})";
constexpr std::string_view rated_entry_module = R"({
  "EntryNode": {"type": "object", "required": ["text", "rating"],
                "properties": {"text": {"type": "string"}, "size": {"type": "integer"},
                               "rating": {"type": "integer", "default": 3}},
                "additionalProperties": false}})";

constexpr std::string_view other_entry_module = R"({
  "EntryNode": {"type": "object", "required": ["text"],
                "properties": {"text": {"type": "integer"}}, "additionalProperties": false}})";

/// The program of another version opens the folder, and no tenant yet.
void upgrade(running_engine& r, std::string_view module, std::int64_t version) {
  r.acme.reset();
  r.engine.reset();
  with_system_type(module, version)(r.options);
  r.engine = engine::open(r.options).value();
}

/// Brings all tenants to the engine's types, expecting the same in each; tells where the events of
/// each end then.
std::map<std::string, change_seq> after_migrating_all(quire::engine& engine,
                                                      evolution::action expected,
                                                      std::int64_t version) {
  std::map<std::string, change_seq> ends;
  for (const auto& one : engine.migrate_all().value()) {
    BOOST_TEST(one.failure.code == errc::none, one.org);
    BOOST_REQUIRE(one.types.size() == 1U);
    BOOST_TEST((one.types[0].action == expected), one.org);
    BOOST_TEST(one.types[0].to == version, one.org);
    auto view = engine.tenant(one.org, access::open{}).value().view().value();
    const auto type = view.find_graph_type(graph_type_name{"ledger"}).value();
    BOOST_TEST(type.version == version, one.org);
    BOOST_TEST((type.scope == type_scope::system), one.org);
    ends[one.org.get()] = view.seq();
  }
  return ends;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(graph_types_that_change, running_engine)

BOOST_AUTO_TEST_CASE(are_made_at_the_declared_version_and_then_left_alone) {
  const auto made = acme->ensure(graph_type_name{"things"}, other_module, 2).value();
  BOOST_TEST(made.action == evolution::action::created);
  BOOST_TEST(made.to == 2);
  const auto before = seq();
  const auto again = acme->ensure(graph_type_name{"things"}, other_module, 2).value();
  BOOST_TEST(again.action == evolution::action::none);
  BOOST_TEST(!again.written);
  BOOST_TEST(seq() == before);
}

BOOST_AUTO_TEST_CASE(keep_their_version_and_rows_when_something_is_added) {
  fill(*acme, 3);
  const auto before = seq();
  const auto report = acme->ensure(notes, wider_module, 1).value();
  BOOST_TEST(report.action == evolution::action::rewritten);
  BOOST_TEST(version_of(*acme) == 1);
  BOOST_TEST(updates_since(*acme, before).empty());
  auto person = note("p");
  person.type = type_name{"person"};
  person.attributes = json(R"({"name": "Ann"})");
  BOOST_TEST(acme->create(person).has_value());
}

BOOST_AUTO_TEST_CASE(refuse_what_breaks_at_the_same_version_and_list_it) {
  for (const auto& e : {error_of(acme->ensure(notes, rated_module, 1)),
                        error_of(acme->define(notes, rated_module))}) {
    BOOST_TEST(e.code == errc::breaking_change);
    BOOST_TEST(mentions(e, "notes"));
    BOOST_TEST(std::ranges::any_of(e.details, [](const error_detail& d) {
      return d.message.find("rating") != std::string::npos;
    }));
  }
  BOOST_TEST(acme->create(note("still")).has_value());
}

BOOST_AUTO_TEST_CASE(go_from_1_to_4_to_6_and_nowhere_else) {
  fill(*acme, 3);
  for (const std::int64_t wrong : {2, 3, 5, -2}) {
    BOOST_TEST(error_of(acme->ensure(notes, rated_module, wrong)).code == errc::invalid_option);
  }
  const auto first = acme->ensure(notes, rated_module, 4).value();
  BOOST_TEST(first.action == evolution::action::migrated);
  BOOST_TEST(first.rows.added == 3U);
  BOOST_TEST(version_of(*acme) == 4);
  BOOST_TEST(attributes_of(*acme, "n0").value().at("rating") == 3);
  const auto second = acme->ensure(notes, worded_module, 6).value();
  BOOST_TEST(second.from == 4);
  BOOST_TEST(second.rows.unchanged == 3U);
  BOOST_TEST(version_of(*acme) == 6);
}

BOOST_AUTO_TEST_CASE(refuse_writes_of_programs_that_declare_less) {
  fill(*acme, 1);
  acme->ensure(notes, rated_module, 4).value();
  const auto e = error_of(acme->ensure(notes, notes_module, 1));
  BOOST_TEST(e.code == errc::version_ahead);
  BOOST_TEST(error_of(acme->create(note("old"))).code == errc::version_ahead);
  BOOST_TEST(has("n0"));
  // The program of the new version goes on.
  acme->ensure(notes, rated_module, 4).value();
  auto rated = note("new");
  rated.attributes = json(R"({"text": "t", "rating": 1})");
  BOOST_TEST(acme->create(rated).has_value());
}

BOOST_AUTO_TEST_CASE(refuse_losses_with_their_paths_unless_they_are_allowed) {
  auto sized = note("sized");
  sized.attributes = json(R"({"text": "t", "size": 7, "rating": 1})");
  acme->ensure(notes, rated_module, 4).value();
  acme->create(sized).value();
  const auto e = error_of(acme->ensure(notes, worded_module, 6));
  BOOST_TEST(e.code == errc::migration_refused);
  BOOST_TEST_REQUIRE(e.details.size() == 1U);
  BOOST_TEST(e.details[0].pointer == "/size");
  BOOST_TEST(e.details[0].code == "lossy_change");
  BOOST_TEST(e.details[0].message.find("sized") != std::string::npos);
  BOOST_TEST(version_of(*acme) == 4);

  evolution_options how;
  how.allow_lossy = true;
  const auto report = acme->ensure(notes, worded_module, 6, how).value();
  BOOST_TEST(report.rows.lossy == 1U);
  const auto told = engine->system(access::open{}).list_audit({.action = "evolution.lossy"}).value();
  BOOST_TEST_REQUIRE(told.items.size() == 1U);
  BOOST_TEST(told.items[0].org == org_id{"acme"});
  const auto row = acme->view().value().find(find_node{graph_id{"g"}, node_key{"sized"}}).value();
  BOOST_TEST(row.attributes.value().at("size") == "small");
  BOOST_TEST(row.metadata.value().at("_evolution.before").at("size") == 7);
  BOOST_TEST(acme->drop_evolution_backups(notes).value() == 1U);
  BOOST_TEST(acme->drop_evolution_backups(notes).value() == 0U);
  const auto now = acme->view().value().find(find_node{graph_id{"g"}, node_key{"sized"}}).value();
  BOOST_TEST(!now.metadata.value().get_object().contains("_evolution.before"));
  BOOST_TEST((now.attributes == row.attributes));
}

BOOST_AUTO_TEST_CASE(let_everybody_else_go_on_while_they_are_migrated) {
  acme->ensure(graph_type_name{"things"}, other_module, 1).value();
  create_graph other;
  other.id = graph_id{"o"};
  other.name = "o";
  other.type = graph_type_name{"things"};
  acme->create(other).value();
  fill(*acme, 40);
  paused_migration running{*acme, rated_module, 4};
  const auto e = error_of(acme->create(note("late")));
  BOOST_TEST(e.code == errc::migration_in_progress);
  BOOST_TEST(retryable(e.code));
  BOOST_TEST(error_of(acme->define(notes, rated_module)).code == errc::migration_in_progress);
  create_node thing;
  thing.graph = graph_id{"o"};
  thing.key = node_key{"x"};
  BOOST_TEST(acme->create(thing).has_value());
  BOOST_TEST(has("n0"));
  BOOST_TEST(acme->view().value().list(list_nodes{.graph = graph_id{"g"}}).value().items.size() ==
             40U);
  const auto state = acme->migration(notes).value();
  BOOST_TEST_REQUIRE(state.has_value());
  BOOST_TEST(state->target == 4);
  BOOST_TEST(state->rows >= 8U);
  BOOST_TEST(error_of(acme->abandon_migration(notes)).code == errc::conflict);
  BOOST_TEST(running.finish().value().rows.added == 40U);
  BOOST_TEST(!acme->migration(notes).value().has_value());
  auto rated = note("late");
  rated.attributes = json(R"({"text": "t", "rating": 1})");
  BOOST_TEST(acme->create(rated).has_value());
}

BOOST_AUTO_TEST_CASE(leave_every_byte_of_the_file_in_a_dry_run) {
  fill(*acme, 20);
  const auto log = file().string() + "-wal";
  const auto before = bytes_of(file());
  const auto log_before = bytes_of(log);
  evolution_options how;
  how.dry_run = true;
  const auto plan = acme->ensure(notes, rated_module, 4, how).value();
  BOOST_TEST(plan.dry_run);
  BOOST_TEST(!plan.written);
  BOOST_TEST(plan.rows.added == 20U);
  BOOST_TEST(plan.samples.size() == 20U);
  BOOST_TEST((bytes_of(file()) == before));
  BOOST_TEST((bytes_of(log) == log_before));
  BOOST_TEST(version_of(*acme) == 1);
  BOOST_TEST(acme->create(note("writable")).has_value());
}

BOOST_AUTO_TEST_CASE(tell_subscribers_of_every_row_in_order) {
  fill(*acme, 30);
  const auto first = seq().get() + 1;
  auto feed = acme->subscribe().value();
  acme->ensure(notes, rated_module, 4, batches_of(7)).value();
  const auto last = seq().get();
  const auto got = take(feed, static_cast<std::size_t>(last - first + 1));
  BOOST_TEST(contiguous(got, first));
  BOOST_TEST_REQUIRE(!got.empty());
  BOOST_TEST(got.front().table == table::graph_types);  // the beginning is announced
  std::map<std::string, int> nodes;
  for (const auto& e : got) {
    if (e.table == table::nodes) ++nodes[e.key];
  }
  BOOST_TEST(all_once(nodes, 30));
  BOOST_TEST(std::ranges::any_of(got, [](const auto& e) { return e.table == table::node_types; }));
}

BOOST_AUTO_TEST_CASE(may_be_ensured_by_several_at_once) {
  fill(*acme, 60);
  const auto before = seq();
  std::vector<std::thread> threads;
  std::atomic<int> good{0};
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      const auto done = acme->ensure(notes, rated_module, 4, batches_of(5));
      if (done) ++good;
    });
  }
  for (auto& t : threads) t.join();
  BOOST_TEST(good.load() == 4);
  BOOST_TEST(version_of(*acme) == 4);
  BOOST_TEST(all_once(updates_since(*acme, before), 60));
}

BOOST_AUTO_TEST_CASE(stop_between_batches_and_go_on_from_there) {
  fill(*acme, 40);
  const auto before = seq();
  auto how = batches_of(6);
  bool enough = false;
  how.on_progress = [&](const evolution::progress& now) {
    enough = now.at == evolution::progress::phase::migrating && now.rows_done >= 12;
  };
  how.stop = [&] { return enough; };
  const auto e = error_of(acme->ensure(notes, rated_module, 4, how));
  BOOST_TEST(e.code == errc::deadline_exceeded);
  BOOST_TEST(version_of(*acme) == 3);
  BOOST_TEST(acme->migration(notes).value()->rows == 12U);
  BOOST_TEST(updates_since(*acme, before).size() == 12U);
  const auto rest = acme->ensure(notes, rated_module, 4).value();
  BOOST_TEST(rest.action == evolution::action::resumed);
  BOOST_TEST(all_once(updates_since(*acme, before), 40));
  BOOST_TEST(version_of(*acme) == 4);
}

BOOST_AUTO_TEST_CASE(go_on_in_the_next_engine_when_one_closes_under_them) {
  fill(*acme, 40);
  const auto before = seq();
  auto how = batches_of(3);
  std::atomic<bool> begun{false};
  how.on_progress = [&](const evolution::progress& now) {
    if (now.at != evolution::progress::phase::migrating || now.rows_done < 9) return;
    begun = true;
    std::this_thread::sleep_for(1ms);  // so that the engine closes before the end
  };
  result<evolution_report> done = fail(errc::internal, "did not run");
  std::thread migrating{
      [&, mine = *acme]() mutable { done = mine.ensure(notes, rated_module, 4, how); }};
  BOOST_TEST(eventually([&] { return begun.load(); }));
  engine->close().value();
  migrating.join();
  if (!done) BOOST_TEST(error_of(done).code == errc::engine_closed);
  reopen();
  acme->ensure(notes, rated_module, 4).value();
  BOOST_TEST(version_of(*acme) == 4);
  BOOST_TEST(all_once(updates_since(*acme, before), 40));
}

BOOST_AUTO_TEST_CASE(are_ensured_from_actors_without_blocking_them) {
  fill(*acme, 10);
  std::promise<errc> blocked;
  std::promise<result<evolution_report>> report;
  engine->actors().spawn([&, mine = *acme](caf::event_based_actor*) mutable {
    blocked.set_value(error_of(mine.ensure(notes, rated_module, 4)).code);
    define_graph_type what;
    what.name = notes;
    what.module = json(rated_module);
    mine.submit_ensure(what, 4, {}, [&](result<evolution_report> r) { report.set_value(r); });
  });
  BOOST_TEST(blocked.get_future().get() == errc::would_deadlock);
  auto answer = report.get_future();
  BOOST_REQUIRE(answer.wait_for(patience) == std::future_status::ready);
  BOOST_TEST(answer.get().value().rows.added == 10U);
  BOOST_TEST(version_of(*acme) == 4);
}

BOOST_AUTO_TEST_CASE(are_ensured_in_every_tenant_but_those_that_refuse) {
  for (int i = 1; i < 20; ++i) {
    auto one = make_tenant(*engine, "t" + std::to_string(i));
    fill(one, 2);
  }
  // The size of this one cannot be a word.
  auto sized = note("sized");
  sized.attributes = json(R"({"text": "t", "size": 7})");
  acme->create(sized).value();
  define_graph_type what;
  what.name = notes;
  what.module = json(worded_module);
  std::vector<org_id> told;
  fleet_options how;
  how.on_tenant = [&](const tenant_evolution& one) { told.push_back(one.org); };
  const auto first = engine->ensure_everywhere(what, 4, how).value();
  BOOST_TEST(first.size() == 20U);
  BOOST_TEST(told.size() == 20U);
  std::map<std::string, change_seq> seqs;
  for (const auto& one : first) {
    const bool refuses = one.org == org_id{"acme"};
    BOOST_TEST(one.failure.code == (refuses ? errc::migration_refused : errc::none));
    BOOST_TEST(refuses != (one.report.action == evolution::action::migrated));
    const auto tenant = engine->tenant(one.org, access::open{}).value();
    BOOST_TEST(version_of(tenant) == (refuses ? 1 : 4));
    seqs[one.org.get()] = tenant.view().value().seq();
  }
  const auto second = engine->ensure_everywhere(what, 4, how).value();
  for (const auto& one : second) {
    const bool refuses = one.org == org_id{"acme"};
    BOOST_TEST(one.failure.code == (refuses ? errc::migration_refused : errc::none));
    if (!refuses) BOOST_TEST(one.report.action == evolution::action::none);
    BOOST_TEST(engine->tenant(one.org, access::open{}).value().view().value().seq() ==
               seqs[one.org.get()]);
  }
}

BOOST_AUTO_TEST_CASE(are_refused_once_when_no_tenant_could_take_them) {
  define_graph_type what;
  what.name = notes;
  what.module = json(rated_module);
  fleet_options how;
  how.on_tenant = [](const tenant_evolution& one) { BOOST_ERROR("asked " + one.org.get()); };
  BOOST_TEST((error_of(engine->ensure_everywhere(what, 5, how)).code == errc::invalid_option));
  what.module = json(R"({"NoteNode": {"type": "nothing"}})");
  BOOST_TEST((error_of(engine->ensure_everywhere(what, 4, how)).code == errc::schema_invalid));
}

BOOST_AUTO_TEST_CASE(pass_over_tenants_without_them_unless_told_to_define) {
  define_graph_type what;
  what.name = graph_type_name{"things"};
  what.module = json(other_module);
  BOOST_TEST(engine->ensure_everywhere(what, 2).value().at(0).absent);
  fleet_options how;
  how.define_absent = true;
  const auto made = engine->ensure_everywhere(what, 2, how).value();
  BOOST_TEST(!made.at(0).absent);
  BOOST_TEST(made.at(0).report.action == evolution::action::created);
}

BOOST_AUTO_TEST_CASE(are_migrated_from_the_start_when_another_program_left_an_odd_version) {
  fill(*acme, 5);
  {
    auto db = sqlite::connection::open(file(), {}).value();
    db.execute("UPDATE graph_types SET version = 3 WHERE name = 'notes'").value();
  }
  BOOST_TEST(eventually(
      [&] { return error_of(acme->create(note("late"))).code == errc::migration_in_progress; }));
  const auto before = seq();
  const auto report = acme->ensure(notes, rated_module, 4).value();
  BOOST_TEST(report.action == evolution::action::resumed);
  BOOST_TEST(version_of(*acme) == 4);
  BOOST_TEST(all_once(updates_since(*acme, before), 5));
}

BOOST_AUTO_TEST_CASE(leave_rows_for_later_when_told_to) {
  fill(*acme, 12);
  evolution_options how;
  how.lazy = true;
  const auto report = acme->ensure(notes, rated_module, 4, how).value();
  BOOST_TEST(report.action == evolution::action::lazy);
  BOOST_TEST(version_of(*acme) == 4);
  BOOST_TEST(acme->count_pending(notes).value() == 12U);
  auto rated = note("new");
  rated.attributes = json(R"({"text": "t", "rating": 1})");
  acme->create(rated).value();
  BOOST_TEST(acme->count_pending(notes).value() == 12U);
  BOOST_TEST(acme->migrate_pending(notes, batches_of(5)).value() == 12U);
  BOOST_TEST(acme->count_pending(notes).value() == 0U);
  BOOST_TEST(attributes_of(*acme, "n0").value().at("rating") == 3);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(system_types)

BOOST_AUTO_TEST_CASE(follow_the_engine_in_every_tenant_and_rest_when_it_is_the_same) {
  running_engine r{with_system_type(entry_module, 1)};
  for (int i = 1; i < 20; ++i) make_tenant(*r.engine, "t" + std::to_string(i));
  for (const auto& org : r.engine->tenants().value()) {
    auto tenant = r.engine->tenant(org, access::open{}).value();
    create_graph g;
    g.id = graph_id{"ledger"};
    g.name = "ledger";
    g.type = graph_type_name{"ledger"};
    tenant.create(g).value();
    for (const char* key : {"a", "b", "c"})
      tenant.create(note(key, "some words", "ledger")).value();
  }
  const auto made = after_migrating_all(*r.engine, evolution::action::none, 1);
  BOOST_TEST(made.size() == 20U);

  upgrade(r, sized_entry_module, 1);
  const auto reseeded = after_migrating_all(*r.engine, evolution::action::rewritten, 1);
  for (const auto& [org, end] : reseeded) {
    const auto tenant = r.engine->tenant(org_id{org}, access::open{}).value();
    BOOST_TEST((end > made.at(org)), org);
    BOOST_TEST(updates_since(tenant, made.at(org)).empty(), org);
  }

  upgrade(r, rated_entry_module, 4);
  const auto migrated = after_migrating_all(*r.engine, evolution::action::migrated, 4);
  for (const auto& [org, end] : migrated) {
    const auto tenant = r.engine->tenant(org_id{org}, access::open{}).value();
    BOOST_TEST(all_once(updates_since(tenant, reseeded.at(org)), 3), org);
  }

  BOOST_TEST((after_migrating_all(*r.engine, evolution::action::none, 4) == migrated));
  upgrade(r, rated_entry_module, 4);
  BOOST_TEST((after_migrating_all(*r.engine, evolution::action::none, 4) == migrated));
}

BOOST_AUTO_TEST_CASE(are_refused_to_requests_and_stop_tenants_whose_rows_would_lose) {
  running_engine r{with_system_type(entry_module, 1)};
  const auto other = error_of(r.acme->define(graph_type_name{"ledger"}, other_module));
  BOOST_TEST((other.code == errc::graph_type_protected));
  create_graph g;
  g.id = graph_id{"ledger"};
  g.name = "ledger";
  g.type = graph_type_name{"ledger"};
  r.acme->create(g).value();
  r.acme->create(note("a", "some words", "ledger")).value();
  make_tenant(*r.engine, "empty");
  upgrade(r, other_entry_module, 4);
  BOOST_TEST(
      (error_of(r.engine->tenant(org_id{"acme"}, access::open{})).code == errc::migration_refused));
  for (const auto& one : r.engine->migrate_all().value()) {
    const bool refuses = one.org == org_id{"acme"};
    BOOST_TEST((one.failure.code == (refuses ? errc::migration_refused : errc::none)), one.org);
  }
  upgrade(r, entry_module, 1);
  BOOST_TEST(r.engine->tenant(org_id{"acme"}, access::open{}).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace quire::test
