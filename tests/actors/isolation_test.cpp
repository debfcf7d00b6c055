#include "../messages/wire_codec.hpp"
#include "fixture.hpp"

#include <quire/acl/graph_rows.hpp>
#include <quire/acl/image.hpp>
#include <quire/acl/memory_view.hpp>
#include <quire/acl/search.hpp>
#include <quire/actors/tenant_actor.hpp>
#include <quire/crypto/digest.hpp>
#include <quire/crypto/key_text.hpp>
#include <quire/test/seed.hpp>

#include <boost/json/serialize.hpp>
#include <caf/deep_to_string.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/message.hpp>
#include <caf/scoped_actor.hpp>

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <future>
#include <map>
#include <mutex>
#include <sstream>

namespace quire::test {
namespace {

namespace fs = std::filesystem;

/// What nobody but acme's own people may ever see.
constexpr std::string_view treasure = "the-treasure-of-acme";

/// Every statement that SQLite begins in this process, with the file it works on. Must live before
/// the connections it listens to are made, and longer than they do. One at a time.
class sql_log {
 public:
  sql_log() {
    installed_ = this;
    sqlite3_auto_extension(reinterpret_cast<void (*)()>(&on_open));
  }
  sql_log(const sql_log&) = delete;
  sql_log& operator=(const sql_log&) = delete;
  ~sql_log() {
    sqlite3_cancel_auto_extension(reinterpret_cast<void (*)()>(&on_open));
    installed_ = nullptr;
  }

  /// What was done with rows of tenants' files since the last call. When transactions begin and
  /// end, and what the writer looks after between them, depends on the time.
  std::vector<std::string> take_statements_on_tenants() {
    const std::scoped_lock lock{mutex_};
    std::vector<std::string> taken;
    for (auto& one : statements_) {
      const auto sql = std::string_view{one}.substr(one.find(": ") + 2);
      const bool of_rows =
          std::any_of(verbs.begin(), verbs.end(), [&](auto verb) { return sql.starts_with(verb); });
      if (one.starts_with("tenant-") && of_rows && sql.find("_quire_meta") == sql.npos) {
        taken.push_back(std::move(one));
      }
    }
    statements_.clear();
    return taken;
  }

 private:
  static int on_open(sqlite3* db, char**, const void*) {
    return sqlite3_trace_v2(db, SQLITE_TRACE_STMT, &on_statement, installed_);
  }
  static int on_statement(unsigned, void* log, void* statement, void* text) {
    auto* db = sqlite3_db_handle(static_cast<sqlite3_stmt*>(statement));
    const char* file = sqlite3_db_filename(db, "main");
    auto* self = static_cast<sql_log*>(log);
    const std::scoped_lock lock{self->mutex_};
    self->statements_.push_back(fs::path{file == nullptr ? "" : file}.filename().string() + ": " +
                                static_cast<const char*>(text));
    return 0;
  }

  static constexpr std::array<std::string_view, 5> verbs{"SELECT", "INSERT", "UPDATE", "DELETE",
                                                         "WITH"};
  static inline sql_log* installed_ = nullptr;
  std::mutex mutex_;
  std::vector<std::string> statements_;
};

/// An answer as all its bytes, so that whatever is in it can be searched for.
template <class T>
result<std::string> seen(const result<T>& r) {
  if (!r) return r.error();
  if constexpr (std::is_void_v<T>) {
    return std::string{};
  } else {
    const auto all = encode(*r);
    return std::string{all.begin(), all.end()};
  }
}

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
  return text;
}

std::string text_of(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines) text += line + "\n";
  return text;
}

std::string file_text(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  std::ostringstream all;
  all << in.rdbuf();
  return std::move(all).str();
}

/// Tenants acme and globex. Vera owns acme, with a vault in it; Bob is a plain member there.
/// Mallory owns globex, where she may do everything.
struct two_tenants : sql_log, running_engine {
  open_tenant globex = make_tenant(*engine, "globex");
  quire::system<access::open> people = engine->system(access::open{});
  account_id vera = people.find_account("acme@example.org").value().id;
  account_id mallory = people.find_account("globex@example.org").value().id;
  account_id bob =
      people.create_account({.email = "bob@example.org", .display_name = {}, .id = {}}).value().id;
  issued_key vera_key = issue(vera);
  issued_key mallory_key = issue(mallory);
  caf::scoped_actor self{engine->actors()};

  two_tenants()
      : running_engine([](engine_options& o) {
          o.safety = write_safety::process_crash;
          o.idle = 1h;
        }) {
    people.add_member(org_id{"acme"}, bob).value();
    create_graph vault;
    vault.id = graph_id{"vault"};
    vault.name = "vault";
    vault.type = graph_type_name{"notes"};
    acme->create(vault).value();
    for (int i = 0; i < 20; ++i) {
      acme->create(note("gold-" + std::to_string(i), treasure, "vault")).value();
    }
    for (int i = 1; i < 20; ++i) {
      auto way = link("gold-" + std::to_string(i - 1), "gold-" + std::to_string(i));
      way.graph = vault.id;
      acme->create(way).value();
    }
  }

  issued_key issue(const account_id& owner) {
    return people.issue_key({.owner = owner, .name = "for tests", .expires_at = {}, .scopes = {}})
        .value();
  }
  quire::session session_of(const account_id& who, const std::string& org) {
    return engine->authenticate(known_account{who}, org_id{org}, {}).value();
  }
  result<quire::tenant<access::checked>> enter(const account_id& who, const std::string& org) {
    return engine->tenant(session_of(who, org));
  }
  quire::tenant<access::checked> tenant_of(const account_id& who, const std::string& org) {
    return enter(who, org).value();
  }

  template <class Answer, class Handle, class Message>
  result<Answer> ask(const Handle& whom, const Message& message) {
    result<Answer> out = fail(errc::internal, "no answer");
    self->request(whom, patience, message)
        .receive([&](const Answer& a) { out = a; },
                 [&](const caf::error& e) { out = from_caf(e); });
    return out;
  }
  result<read_reply> send_query(session_ref as, query what) {
    return ask<read_reply>(reader_of(*acme),
                           read_request{.session = std::move(as), .query = std::move(what)});
  }
  result<write_reply> send_operation(session_ref as, operation what) {
    return ask<write_reply>(
        writer_of(*acme), write_request{.session = std::move(as), .operations = {std::move(what)}});
  }

  /// From now on images decide in both tenants, and no SQL is needed to. Until then a view from
  /// before is judged by the graph as it shows it.
  void wait_for_images() {
    const auto bobs = tenant_of(bob, "acme");
    const auto mallorys = tenant_of(mallory, "globex");
    BOOST_REQUIRE(eventually([&] {
      (void)take_statements_on_tenants();
      (void)bobs.view().value().find(find_node{graph_id{"vault"}, node_key{"gold-1"}});
      (void)mallorys.view().value().find(find_node{graph_id{"g"}, node_key{"a"}});
      const auto statements = take_statements_on_tenants();
      return std::none_of(statements.begin(), statements.end(), [](const std::string& sql) {
        return sql.find("belongs_to") != std::string::npos;
      });
    }));
  }

  /// All of acme.
  std::string everything_in_acme() {
    auto all = acme->view().value();
    std::string text = std::to_string(all.seq().get());
    for (const auto& g : all.list_graphs().value().items) {
      text += seen(result<graph>{g}).value();
      list_nodes nodes;
      nodes.graph = g.id;
      nodes.options.limit = 1000;
      text += seen(all.list(nodes)).value();
      list_edges edges;
      edges.graph = g.id;
      edges.options.limit = 1000;
      text += seen(all.list(edges)).value();
    }
    return text;
  }
};

/// What Mallory got hold of, and what she makes of it.
class hostile_requests {
 public:
  struct attack {
    std::string_view name;
    /// She may do as she likes in globex; what she sends to acme must be refused as a whole.
    bool may_be_answered;
    std::function<result<std::string>()> run;
  };

  explicit hostile_requests(two_tenants& in)
      : in_(in),
        own_(in.tenant_of(in.mallory, "globex")),
        own_session_(in.session_of(in.mallory, "globex")),
        system_session_(in.session_of(in.mallory, "")),
        live_(in.session_of(in.vera, "acme")),
        ended_(in.session_of(in.vera, "acme")),
        of_ended_(in.engine->tenant(ended_).value()) {
    auto view = in.acme->view().value();
    for (const auto& g : view.list_graphs().value().items) {
      graphs_.push_back(g.id.get());
      graphs_.push_back(g.name);
    }
    list_nodes nodes;
    nodes.graph = graph_id{"vault"};
    nodes.options.limit = 5;
    const auto some = view.list(nodes).value();
    cursors_.push_back(some.next_cursor);
    nodes.options.order = json(R"([{"key": "desc"}])");
    cursors_.push_back(view.list(nodes).value().next_cursor);
    for (const auto& n : some.items) {
      keys_.push_back(n.key.get());
      rows_.push_back(n.id.get());
    }
    list_edges edges;
    edges.graph = graph_id{"vault"};
    edges.options.limit = 5;
    const auto ways = view.list(edges).value();
    cursors_.push_back(ways.next_cursor);
    for (const auto& e : ways.items) rows_.push_back(e.id.get());
    for (const auto& g : graphs_) rows_.push_back(g);
    for (int i = 0; i < 20; ++i) keys_of_vera_.push_back(in.issue(in.vera));
    ended_.end();
  }

  std::vector<attack> attacks() {
    return {
        {"asks her own tenant by names of the other", true,
         [this] { return ask_view(own_.view().value(), any_query()); }},
        {"writes in her own tenant by names of the other", true,
         [this] { return seen(own_.write(all_of(any_operation()))); }},
        {"asks her own tenant in SQL", true, [this] { return free_sql(); }},
        {"follows changes of the other's graphs", true, [this] { return follow(); }},
        {"asks who may do what about people of the other", true, [this] { return ask_access(); }},
        {"comes in where she does not belong", false, [this] { return come_in(); }},
        {"goes to the system file", false, [this] { return ask_system(); }},
        {"guesses a key", false, [this] { return guess(); }},
        {"uses a session that ended", false,
         [this] {
           auto view = of_ended_.view();
           return view ? ask_view(*view, any_query()) : view.error();
         }},
        {"writes with a session that ended", false,
         [this] { return seen(of_ended_.write(all_of(any_operation()))); }},
        {"sends queries to the other's readers", false,
         [this] { return seen(in_.send_query(forged(), any_query())); }},
        {"sends operations to the other's writer", false,
         [this] { return seen(in_.send_operation(forged(), any_operation())); }},
        {"has a write admitted at home and sends it abroad", false,
         [this] {
           auto admitted = admit(own_, all_of(any_operation()));
           if (!admitted) return result<std::string>{admitted.error()};
           return seen(in_.ask<write_reply>(writer_of(*in_.acme), *admitted));
         }},
        {"subscribes to the other's feed", false,
         [this] {
           feed_subscribe wish;
           wish.subscriber = caf::actor_cast<caf::strong_actor_ptr>(in_.self);
           wish.options.from = change_seq{0};
           wish.session = forged();
           return seen(in_.ask<change_seq>(feed_of(*in_.acme), wish));
         }},
    };
  }

  [[nodiscard]] random_source& random() { return random_; }

 private:
  template <class T>
  const T& pick(const std::vector<T>& from) {
    return from[random_.below(from.size())];
  }
  /// A name she stole, or one like it.
  std::string stolen(const std::vector<std::string>& from) {
    auto text = pick(from);
    if (!text.empty() && random_.chance(0.2)) text[random_.below(text.size())] = 'x';
    return text;
  }
  graph_id any_graph() { return graph_id{random_.chance(0.2) ? "g" : stolen(graphs_)}; }
  node_key any_key() { return node_key{stolen(keys_)}; }
  row_id any_row() { return row_id{stolen(rows_)}; }

  query any_query() {
    list_options how;
    if (random_.chance(0.5)) how.cursor = stolen(cursors_);
    switch (random_.below(7)) {
      case 0: return find_node{any_graph(), any_key()};
      case 1: return find_edge{any_graph(), {}, any_row()};
      case 2: return list_nodes{any_graph(), how};
      case 3: return list_edges{any_graph(), how};
      case 4: {
        find_neighbors around;
        around.graph = any_graph();
        around.key = any_key();
        around.cursor = how.cursor;
        return around;
      }
      case 5: {
        find_path way;
        way.graph = any_graph();
        way.from = any_key();
        way.to = any_key();
        return way;
      }
      default: return stat_graph{any_graph()};
    }
  }

  operation any_operation() {
    const auto text = json(R"({"text": "hers now"})");
    switch (random_.below(8)) {
      case 0: {
        auto made = note(any_key().get());
        made.graph = any_graph();
        if (random_.chance(0.3)) made.id = any_row();
        return made;
      }
      case 1:
        return upsert_node{.graph = any_graph(), .key = any_key(), .type = {}, .attributes = text};
      case 2: {
        update_node changed;
        changed.graph = any_graph();
        changed.key = any_key();
        changed.attributes = text;
        return changed;
      }
      case 3: return delete_node{any_graph(), any_key()};
      case 4: {
        auto made = link(any_key().get(), any_key().get());
        made.graph = any_graph();
        return made;
      }
      case 5: return delete_edge{any_graph(), {}, any_row()};
      case 6: {
        update_graph changed;
        changed.id = graph_id{"vault"};
        changed.name = "hers";
        return changed;
      }
      default: return delete_graph{graph_id{"vault"}};
    }
  }

  session_ref forged() {
    session_ref made;
    made.kind = access_kind::ticket;
    switch (random_.below(8)) {
      case 0: return {};
      case 1: return {.kind = access_kind::named, .actor = in_.vera.get(), .ticket = {}};
      case 2: return {.kind = access_kind::named, .actor = {}, .ticket = live_.reference().ticket};
      case 3: return own_session_.reference();
      case 4: return in_.globex.session();
      case 5: return ended_.reference();
      case 6: made.ticket.text = std::string(random_.below(40), '0'); return made;
      default: {
        made = live_.reference();
        auto& digit = made.ticket.text[random_.below(made.ticket.text.size())];
        digit = digit == '0' ? '1' : '0';
        return made;
      }
    }
  }

  static result<std::string> ask_view(quire::view& view, const query& what) {
    return std::visit(
        [&](const auto& q) -> result<std::string> {
          if constexpr (requires { view.find(q); }) {
            return seen(view.find(q));
          } else if constexpr (requires { view.list(q); }) {
            return seen(view.list(q));
          } else if constexpr (requires { view.neighbors(q); }) {
            return seen(view.neighbors(q));
          } else if constexpr (requires { view.shortest_path(q); }) {
            return seen(view.shortest_path(q));
          } else {
            return seen(view.stat(q.graph));
          }
        },
        what);
  }
  static result<std::string> ask_view(quire::view&& view, const query& what) {
    return ask_view(view, what);
  }

  result<std::string> free_sql() {
    static const std::array<std::string, 4> texts{
        "SELECT * FROM nodes", "SELECT attributes FROM nodes WHERE graph_id = 'vault'",
        "ATTACH '" + in_.file("acme").string() + "' AS other", "SELECT * FROM _honker_stream"};
    std::string got;
    auto done = own_.view().value().sql(texts[random_.below(texts.size())],
                                        [&](const boost::json::object& row) {
                                          got += boost::json::serialize(row);
                                          return true;
                                        });
    if (!done) return done.error();
    return got;
  }

  result<std::string> follow() {
    subscribe_options wanted;
    wanted.from = change_seq{0};
    if (random_.chance(0.5)) wanted.graph = any_graph();
    auto feed = own_.subscribe(wanted);
    if (!feed) return feed.error();
    auto events = feed->next(0ms);
    if (!events) return events.error();
    std::string got;
    for (const auto& e : *events) {
      BOOST_TEST(e.org == org_id{"globex"});
      got += to_json(e);
    }
    return got;
  }

  result<std::string> ask_access() {
    auto access = own_.access();
    const acl::principal_id whom{.id = random_.chance(0.5) ? in_.vera.get() : in_.bob.get()};
    switch (random_.below(3)) {
      case 0: {
        auto found = access.explain({.who = whom,
                                     .needs = {.required_scopes = {"nodes:read"}},
                                     .resource_id = {},
                                     .acting_as = {}});
        if (!found) return found.error();
        BOOST_TEST(!found->allowed);
        return std::string{};
      }
      case 1: {
        auto found = access.resources_of(whom, "vault", "read");
        if (!found) return found.error();
        BOOST_TEST(found->items.empty());
        return std::string{};
      }
      default: {
        auto found = access.grants_of(whom);
        if (!found) return found.error();
        BOOST_TEST(found->items.empty());
        return std::string{};
      }
    }
  }

  /// She is somebody there, and may do nothing.
  result<std::string> ask_system() {
    auto system = in_.engine->system(random_.chance(0.1) ? own_session_ : system_session_);
    if (!system) return system.error();
    const org_id acme{"acme"};
    const auto key = in_.vera_key.key.id;
    switch (random_.below(21)) {
      case 0: return done(system->list_accounts());
      case 1: return done(system->find_account(random_.chance(0.5) ? in_.vera.get() : "x@y.z"));
      case 2: return done(system->create_account({.email = "x@y.z", .display_name = {}, .id = {}}));
      case 3: return done(system->set_status(in_.vera, account_status::suspended));
      case 4: return done(system->remove_account(in_.bob));
      case 5: return done(system->list_organizations());
      case 6:
        return done(system->create_organization(
            {.id = org_id{"hers"}, .owner_email = "x@y.z", .name = {}, .slug = {}}));
      case 7: return done(system->set_owner(acme, in_.mallory));
      case 8: return done(system->remove_organization(acme));
      case 9: return done(system->list_members(acme));
      case 10: return done(system->add_member(acme, in_.mallory, membership_level::owner));
      case 11: return done(system->set_level(acme, in_.bob, membership_level::owner));
      case 12: return done(system->remove_member(acme, in_.bob));
      case 13: return done(system->list_keys(in_.vera));
      case 14:
        return done(
            system->issue_key({.owner = in_.vera, .name = {}, .expires_at = {}, .scopes = {}}));
      case 15: return done(system->rotate_key(key));
      case 16: return done(system->revoke_key(key));
      case 17: return done(system->list_audit());
      case 18: return done(system->prune_audit(row_time::max()));
      case 19: return done(system->list_peers(in_.vera));
      default: {
        if (random_.chance(0.5)) {
          return done(system->bootstrap_administrator(in_.mallory, {"acl:admin", "accounts:read"}));
        }
        direct_grant all;
        all.to = acl::principal_id{.id = in_.mallory.get()};
        all.scopes = {"acl:admin", "accounts:read"};
        return done(system->access().grant(all));
      }
    }
  }
  template <class T>
  static result<std::string> done(const result<T>& r) {
    if (!r) return r.error();
    return std::string{"done"};
  }

  /// A session in acme would be a way in only if something could be done with it.
  result<std::string> come_in() {
    const credential shown = random_.chance(0.5)
                                 ? credential{presented_key{in_.mallory_key.text.reveal()}}
                                 : credential{known_account{in_.mallory}};
    auto session = in_.engine->authenticate(shown, org_id{"acme"}, {});
    if (!session) return session.error();
    auto acme = in_.engine->tenant(*session);
    if (!acme) return acme.error();
    if (random_.chance(0.5)) return seen(acme->write(all_of(any_operation())));
    auto view = acme->view();
    if (!view) return view.error();
    return ask_view(*view, any_query());
  }

  result<std::string> guess() {
    const auto which = random_.below(keys_of_vera_.size());
    std::string text{keys_of_vera_[which].text.reveal()};
    switch (random_.below(4)) {
      case 0: text.resize(random_.below(text.size())); break;
      case 1: text += 'x'; break;
      case 2: {  // the secret of another key
        const auto& other = keys_of_vera_[(which + 1) % keys_of_vera_.size()];
        text.replace(0, 26, other.text.reveal().substr(0, 26));
        break;
      }
      default: {
        auto& letter = text[26 + random_.below(text.size() - 26)];
        letter = letter == '0' ? '1' : '0';
      }
    }
    // A hundred places, so that none is told to wait.
    auto session = in_.engine->authenticate(
        presented_key{text}, org_id{"acme"},
        {.origin = "10.0.0." + std::to_string(random_.below(100)), .acting_as = {}});
    if (!session) return session.error();
    return std::string{"a session"};
  }

  two_tenants& in_;
  random_source random_{4};
  quire::tenant<access::checked> own_;
  quire::session own_session_;
  quire::session system_session_;
  quire::session live_;   ///< Vera's; Mallory knows all but one digit of its ticket
  quire::session ended_;  ///< Vera's, ended when the attacks begin
  quire::tenant<access::checked> of_ended_;
  /// Many, because who guesses at one key too often is told late.
  std::vector<issued_key> keys_of_vera_;
  std::vector<std::string> graphs_;
  std::vector<std::string> keys_;
  std::vector<std::string> rows_;
  std::vector<std::string> cursors_;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(isolation, two_tenants)

BOOST_AUTO_TEST_CASE(holds_against_ten_thousand_hostile_requests) {
  // What is searched for would be found.
  const auto own = tenant_of(vera, "acme");
  const auto gold =
      seen(send_query(own.session(), find_node{graph_id{"vault"}, node_key{"gold-0"}}));
  BOOST_REQUIRE(gold.has_value());
  BOOST_REQUIRE(gold->find(treasure) != std::string::npos);

  hostile_requests mallory_has{*this};
  const auto attacks = mallory_has.attacks();
  const auto before = everything_in_acme();
  std::map<std::string_view, int> tried;
  std::map<errc, int> refusals;
  for (int i = 0; i < 10'000; ++i) {
    const auto& attack = attacks[mallory_has.random().below(attacks.size())];
    const auto got = attack.run();
    ++tried[attack.name];
    if (got) {
      BOOST_REQUIRE_MESSAGE(attack.may_be_answered, attack.name << ": answered, request " << i);
      BOOST_REQUIRE_MESSAGE(got->find(treasure) == std::string::npos,
                            attack.name << ": saw the treasure, request " << i);
    } else {
      const auto& e = got.error();
      ++refusals[e.code];
      BOOST_REQUIRE_MESSAGE(e.context.find(treasure) == std::string::npos,
                            attack.name << ": heard of the treasure, request " << i);
      BOOST_REQUIRE_MESSAGE(attack.may_be_answered || e.code == errc::access_denied,
                            attack.name << ": " << e.code << " " << e.context << ", request " << i);
    }
  }
  for (const auto& attack : attacks) BOOST_TEST(tried[attack.name] > 500);
  for (const auto& [code, times] : refusals) BOOST_TEST_MESSAGE(code << ": " << times);
  BOOST_TEST((everything_in_acme() == before));
}

BOOST_AUTO_TEST_CASE(tells_nobody_whether_a_thing_exists) {
  auto bobs = tenant_of(bob, "acme");
  auto mallorys = tenant_of(mallory, "globex");
  const auto ticket = mallorys.session();
  const graph_id vault{"vault"};
  // Whoever asks for an organization has it looked for, so the answers are equal and the files that
  // are read are not.
  enum class work : std::uint8_t { equal, of_another_file };
  struct probe {
    std::string_view what;
    std::string there;
    std::string not_there;
    std::function<error(const std::string&)> run;
    work done = work::equal;
  };
  const auto by_view = [&](auto ask) {
    auto view = bobs.view();
    return view ? error_of(ask(*view)) : view.error();
  };
  const acl::principal_id owner{.id = vera.get()};
  const auto role = [](const std::string& name) {
    return acl::principal_id{.kind = acl::principal_kind::role, .id = name};
  };
  const auto granted = [&](const std::string& name) {
    direct_grant made;
    made.to = role(name);
    made.scopes = {"graphs:read"};
    return made;
  };
  acme->access().grant(granted("trusted")).value();
  delegation part;
  part.from = owner;
  part.to = role("trusted");
  part.scopes = {"nodes:read"};
  acme->access().delegate(part).value();
  const std::string id{vera_key.text.reveal().substr(0, 26)};
  const std::string other_id = "qk_0000000000000000000001_";
  const std::string secret(43, '7');
  const std::vector<probe> probes{
      {"a member without rights finds a node", "gold-1", "gone-1",
       [&](const auto& key) {
         return by_view([&](auto& v) { return v.find(find_node{vault, node_key{key}}); });
       }},
      {"a member without rights lists a graph", "vault", "fault",
       [&](const auto& g) {
         return by_view([&](auto& v) { return v.list(list_nodes{graph_id{g}, {}}); });
       }},
      {"a member without rights counts a graph", "vault", "fault",
       [&](const auto& g) { return by_view([&](auto& v) { return v.stat(graph_id{g}); }); }},
      {"a member without rights finds a graph by its name", "vault", "fault",
       [&](const auto& g) { return by_view([&](auto& v) { return v.resolve_graph(g); }); }},
      {"a member without rights creates a node", "gold-1", "gone-1",
       [&](const auto& key) { return error_of(bobs.create(note(key, "x", "vault"))); }},
      {"a member without rights removes a node", "gold-1", "gone-1",
       [&](const auto& key) {
         return error_of(bobs.remove(delete_node{vault, node_key{key}}));
       }},
      {"a member without rights removes a graph", "vault", "fault",
       [&](const auto& g) { return error_of(bobs.remove(delete_graph{graph_id{g}})); }},
      {"a member without rights asks about somebody", vera.get(), std::string(36, '0'),
       [&](const auto& who) {
         return error_of(bobs.access().explain({.who = {.id = who},
                                                .needs = {.required_scopes = {"nodes:read"}},
                                                .resource_id = {},
                                                .acting_as = {}}));
       }},
      {"a member without rights takes a delegation back", "trusted", "unknown",
       [&](const auto& name) { return error_of(bobs.access().revoke(owner, role(name))); }},
      {"a member without rights grants what is there already", "trusted", "unknown",
       [&](const auto& name) { return error_of(bobs.access().grant(granted(name))); }},
      {"a member without rights takes a grant back", "trusted", "unknown",
       [&](const auto& name) { return error_of(bobs.access().revoke(granted(name))); }},
      {"somebody of another tenant names a graph", "vault", "fault",
       [&](const auto& g) {
         return error_of(mallorys.view().value().list(list_nodes{graph_id{g}, {}}));
       }},
      {"somebody of another tenant sends a query", "gold-1", "gone-1",
       [&](const auto& key) {
         return error_of(send_query(ticket, find_node{vault, node_key{key}}));
       }},
      {"somebody of another tenant sends a write", "gold-1", "gone-1",
       [&](const auto& key) {
         return error_of(send_operation(ticket, delete_node{vault, node_key{key}}));
       }},
      {"somebody asks to come into an organization", "acme", "nope",
       [&](const auto& org) { return error_of(enter(mallory, org)); }, work::of_another_file},
      {"somebody without rights in the system file looks for an account", vera.get(),
       std::string(36, '0'),
       [&](const auto& who) {
         return error_of(engine->system(session_of(mallory, "")).value().find_account(who));
       }},
      {"somebody guesses the secret of a key", id, other_id,
       [&](const auto& begin) {
         return error_of(engine->authenticate(presented_key{begin + secret}, org_id{"acme"}, {}));
       }},
  };
  wait_for_images();
  for (const auto& probe : probes) {
    BOOST_TEST_CONTEXT(probe.what) {
      (void)probe.run(probe.there);  // whatever is looked up once and remembered is known by now
      (void)probe.run(probe.not_there);
      (void)take_statements_on_tenants();
      const auto there = probe.run(probe.there);
      const auto sql_there = take_statements_on_tenants();
      const auto not_there = probe.run(probe.not_there);
      const auto sql_not_there = take_statements_on_tenants();
      BOOST_TEST(there.code != errc::none);
      BOOST_TEST(there.code == not_there.code);
      BOOST_TEST(replaced(there.context, probe.there, "*") ==
                 replaced(not_there.context, probe.not_there, "*"));
      if (probe.done == work::equal) {
        BOOST_TEST(text_of(sql_there) == text_of(sql_not_there));
      }
    }
  }
  // The log does notice work that is done.
  (void)acme->view().value().find(find_node{vault, node_key{"gold-1"}});
  BOOST_TEST(!take_statements_on_tenants().empty());
}

BOOST_AUTO_TEST_CASE(refuses_what_waits_when_its_session_ends) {
  auto session = session_of(vera, "acme");
  auto veras = engine->tenant(session).value();
  veras.create(note("early")).value();
  std::promise<error> answer;
  {
    const foreign_lock nothing_is_written{file()};
    veras.submit(all_of(note("late")),
                 [&](result<write_reply> r) { answer.set_value(error_of(r)); });
    session.end();
  }
  BOOST_TEST(answer.get_future().get().code == errc::access_denied);
  BOOST_TEST(has("early"));
  BOOST_TEST(!has("late"));
}

BOOST_AUTO_TEST_CASE(refuses_views_from_before_a_right_was_taken_away) {
  const acl::principal_id owner{.id = vera.get()};
  const acl::principal_id member{.id = bob.get()};
  delegation part;
  part.from = owner;
  part.to = member;
  part.scopes = {"nodes:read"};
  const find_node gold{graph_id{"vault"}, node_key{"gold-0"}};
  wait_for_images();
  for (int i = 0; i < 20; ++i) {
    acme->access().delegate(part).value();
    auto before = tenant_of(bob, "acme").view().value();
    BOOST_TEST(before.find(gold).has_value());
    acme->access().revoke(owner, member).value();
    BOOST_TEST(error_of(before.find(gold)).code == errc::access_denied);
  }
}

BOOST_AUTO_TEST_CASE(decides_on_no_older_state_than_the_caller_has_seen) {
  const auto veras = tenant_of(vera, "acme");
  const acl::principal_id owner{.id = vera.get()};
  const acl::principal_id member{.id = bob.get()};
  veras.access()
      .delegate({.from = owner,
                 .to = member,
                 .scopes = {"nodes:read"},
                 .resources = {},
                 .expires_at = {}})
      .value();
  access_question may_read{.who = member,
                           .needs = {.required_scopes = {"nodes:read"}},
                           .resource_id = {},
                           .acting_as = {}};
  BOOST_TEST(veras.access().check(may_read).value());
  auto db = sqlite::connection::open(file(), {.mode = sqlite::open_mode::read_only}).value();
  const auto old = acl::acl_image::build(db, acl::find_acl_graph(db).value()).value();

  // Another engine on the same folder takes it back, and tells the number of that change.
  auto elsewhere = quire::engine::open(options).value();
  auto there = elsewhere.tenant(org_id{"acme"}, access::open{}).value();
  BOOST_TEST(there.access().revoke(owner, member).value());
  const auto token = there.view().value().seq();

  // A state from before, which nobody asked how old it is, would still let Bob in.
  acl::memory_identities known;
  known.accounts = {{vera.get(), account_status::active}, {bob.get(), account_status::active}};
  known.organizations = {"acme"};
  acl::search_request request;
  const std::string subject = key_of(member);
  request.subject = subject;
  request.needs.scopes = may_read.needs.required_scopes;
  request.now = system_environment().time->now();
  BOOST_TEST(acl::search(*old, known, request).value().allowed);
  BOOST_TEST((old->seq() < token));

  // Asked for a state at least as new as the change, the engine does not.
  may_read.at_least = token;
  BOOST_TEST(!veras.access().check(may_read).value());
  may_read.at_least = change_seq{token.get() + 1'000};
  BOOST_TEST(error_of(veras.access().check(may_read)).code == errc::offset_out_of_range);
  const auto bobs = tenant_of(bob, "acme");
  BOOST_TEST(
      error_of(send_query(bobs.session(), find_node{graph_id{"vault"}, node_key{"gold-0"}})).code ==
      errc::access_denied);
}

BOOST_AUTO_TEST_CASE(writes_no_secret_anywhere) {
  std::vector<std::string> secrets;
  std::string heard;  // all that callers, logs and operators get to see
  const auto show = [&](const issued_key& key) {
    return engine->authenticate(presented_key{key.text.reveal()}, org_id{"acme"},
                                {.origin = "a test", .acting_as = {}});
  };
  const auto use = [&](const quire::session& as, const std::string& name) {
    secrets.push_back(as.reference().ticket.text);
    auto tenant = engine->tenant(as).value();
    tenant.create(note(name)).value();
    heard += error_of(tenant.create(note(name))).context;
    write_request message{.session = as.reference(), .operations = all_of(note(name))};
    heard += caf::deep_to_string(message);
    heard += to_string(caf::make_message(message));
    heard += to_string(caf::make_message(read_request{.session = as.reference()}));
  };

  auto rotated = issue(vera);
  auto revoked = issue(vera);
  auto narrow =
      people
          .issue_key(
              {.owner = vera, .name = "narrow", .expires_at = {}, .scopes = {{"nodes:read"}}})
          .value();
  auto fresh = people.rotate_key(rotated.key.id).value();
  use(show(vera_key).value(), "one");
  use(show(fresh).value(), "two");
  auto ended = show(revoked).value();
  use(ended, "three");
  people.revoke_key(revoked.key.id).value();
  heard += error_of(show(rotated)).context;
  heard += error_of(show(revoked)).context;
  heard += error_of(ended.renew()).context;
  heard += error_of(engine->tenant(show(narrow).value()).value().create(note("four"))).context;
  for (const auto* key : {&vera_key, &fresh, &rotated, &revoked, &narrow}) {
    const std::string text{key->text.reveal()};
    BOOST_REQUIRE(text.size() == crypto::key_text_bytes);
    secrets.push_back(text.substr(26));  // the whole text contains it
    auto guessed = text;
    guessed.back() = guessed.back() == '0' ? '1' : '0';
    heard += error_of(engine->authenticate(presented_key{guessed}, org_id{"acme"}, {})).context;
    secrets.push_back(guessed.substr(26));  // a slip of the finger is nearly the key
  }
  BOOST_TEST(eventually([&] {
    return people.list_audit({.action = "auth.refused", .owner = {}, .org = {}, .since = {}})
               .value()
               .items.size() >= 2;
  }));
  for (const auto& row : people.list_audit().value().items) {
    heard += row.action + row.details.text() + row.credential.get();
  }
  for (const auto& key : people.list_keys(vera).value()) heard += key.name + key.id.get();
  for (const auto& e : acme->view().value().changes(change_seq{0}, 1000).value())
    heard += to_json(e);

  std::size_t files = 0;
  std::string stored;
  for (const auto& entry : fs::recursive_directory_iterator{options.dir}) {
    if (!entry.is_regular_file()) continue;
    ++files;
    stored += file_text(entry.path());
  }
  BOOST_TEST(files >= 3U);
  for (const auto& secret : secrets) {
    BOOST_REQUIRE(secret.size() >= 32U);
    BOOST_TEST(heard.find(secret) == std::string::npos);
    BOOST_TEST(stored.find(secret) == std::string::npos);
  }
  // What is looked for would be found: the digest of each key is there, and the public part is
  // known.
  BOOST_TEST(stored.find(crypto::to_hex(crypto::sha256(fresh.text.reveal()))) != std::string::npos);
  BOOST_TEST(heard.find(fresh.key.id.get()) != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace quire::test
