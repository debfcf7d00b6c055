#pragma once

#include <quire/quire.hpp>
#include <quire/sqlite/connection.hpp>
#include <quire/sqlite/transaction.hpp>
#include <quire/test/scratch.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace quire::test {

using namespace std::chrono_literals;

/// The address sanitizer keeps freed memory for a while, so that growth says nothing.
#ifdef __SANITIZE_ADDRESS__
inline constexpr bool sanitized = true;
#else
inline constexpr bool sanitized = false;
#endif

inline constexpr auto patience =
    30s;  // for what must happen some time; a test that fails waits this long

inline constexpr std::string_view notes_module = R"({
  "NoteNode": {"type": "object", "required": ["text"],
               "properties": {"text": {"type": "string"}, "size": {"type": "integer"}}},
  "LinkEdge": {"type": "object"}})";

/// True when `holds` came true before patience ended.
inline bool eventually(const std::function<bool()>& holds) {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(1ms);
  }
  return true;
}

inline document json(std::string_view text) { return document::parse(text).value(); }

inline create_node note(const std::string& key, std::string_view text = "some words",
                        const std::string& graph = "g") {
  create_node made;
  made.graph = graph_id{graph};
  made.key = node_key{key};
  made.attributes = json(R"({"text": ")" + std::string{text} + "\"}");
  return made;
}

/// A note without the text it must have.
inline create_node bad_note(const std::string& key) {
  auto made = note(key);
  made.attributes = json(R"({"size": 1})");
  return made;
}

inline create_edge link(const std::string& from, const std::string& to) {
  create_edge made;
  made.graph = graph_id{"g"};
  made.source = node_key{from};
  made.target = node_key{to};
  return made;
}

template <class... Operations>
std::vector<operation> all_of(Operations... what) {
  std::vector<operation> made;
  (made.emplace_back(std::move(what)), ...);
  return made;
}

/// The error of something that must have failed.
template <class T>
error error_of(const result<T>& r) {
  return r ? error{} : r.error();
}

inline bool mentions(const error& e, std::string_view text) {
  return e.context.find(text) != std::string::npos;
}

using open_tenant = quire::tenant<access::open>;

/// Makes a tenant with the graph `g` of notes and links.
inline open_tenant make_tenant(engine& e, const std::string& id) {
  e.create_tenant({.id = org_id{id}, .owner_email = id + "@example.org", .name = {}, .slug = {}})
      .value();
  auto made = e.tenant(org_id{id}, access::open{}).value();
  made.define(graph_type_name{"notes"}, notes_module).value();
  create_graph g;
  g.id = graph_id{"g"};
  g.name = "g";
  g.type = graph_type_name{"notes"};
  made.create(g).value();
  return made;
}

/// An engine on a folder of its own, with tenant `acme`.
struct running_engine {
  scratch_folder folder;
  engine_options options;
  std::optional<quire::engine> engine;
  std::optional<open_tenant> acme;

  explicit running_engine(const std::function<void(engine_options&)>& change = {}) {
    options.dir = folder / "data";
    if (change) change(options);
    engine = quire::engine::open(options).value();
    acme = make_tenant(*engine, "acme");
  }

  /// Closes and opens the same folder, with other options perhaps.
  void reopen(const std::function<void(engine_options&)>& change = {}) {
    acme.reset();
    engine.reset();
    if (change) change(options);
    engine = quire::engine::open(options).value();
    acme = engine->tenant(org_id{"acme"}, access::open{}).value();
  }

  [[nodiscard]] std::filesystem::path file(const std::string& org = "acme") const {
    return options.dir / "tenants" / ("tenant-" + org + ".db");
  }
  [[nodiscard]] tenant_status status(const std::string& org = "acme") const {
    for (const auto& s : engine->status().tenants) {
      if (s.org.get() == org) return s;
    }
    return {};
  }
  [[nodiscard]] change_seq seq() const { return acme->view().value().seq(); }
  [[nodiscard]] bool has(const std::string& key) const { return has_note(*acme, key); }
  [[nodiscard]] static bool has_note(const open_tenant& t, const std::string& key) {
    return t.view().value().find(find_node{graph_id{"g"}, node_key{key}}).has_value();
  }
};

/// Somebody else's write lock on a tenant file.
struct foreign_lock {
  sqlite::connection db;
  sqlite::transaction held;
  explicit foreign_lock(const std::filesystem::path& file)
      : db(sqlite::connection::open(file, {}).value()),
        held(sqlite::transaction::begin_immediate(db).value()) {}
};

/// Reads until `count` events came, or patience ended, or an error.
inline std::vector<change_event> take(subscription& from, std::size_t count,
                                      std::size_t at_once = 256) {
  std::vector<change_event> got;
  const auto until = std::chrono::steady_clock::now() + patience;
  while (got.size() < count && std::chrono::steady_clock::now() < until) {
    auto more = from.next(100ms, at_once);
    if (!more) break;
    got.insert(got.end(), more->begin(), more->end());
  }
  return got;
}

/// True when the numbers follow each other from `first` on.
inline bool contiguous(const std::vector<change_event>& events, std::int64_t first) {
  for (const auto& e : events) {
    if (e.seq.get() != first++) return false;
  }
  return true;
}

}  // namespace quire::test
