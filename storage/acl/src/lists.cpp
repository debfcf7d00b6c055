#include "image_body.hpp"
#include "image_editor.hpp"
#include "list_cursor.hpp"
#include "snapshot.hpp"

#include <quire/acl/lists.hpp>
#include <quire/events/change_reader.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

namespace quire::acl {
namespace {

using ref = acl_image::ref;

constexpr std::string_view resource_prefix = "resource:";
constexpr std::string_view resources_list = "acl.resources_of";
constexpr std::string_view principals_list = "acl.principals_on";

std::int64_t seconds(timestamp at) {
  return std::chrono::floor<std::chrono::seconds>(at.time_since_epoch()).count();
}

/// The lines of a list in order, each of them checked before it is shown.
class checked_list {
 public:
  checked_list(const acl_image& image, const metagraph::query_digest& list,
               const list_request& request)
      : image_(image), list_(list), request_(request) {}

  /// Fails with `invalid_cursor`.
  [[nodiscard]] result<void> begin() {
    if (request_.cursor.empty()) return {};
    auto place = place_of(list_, request_.cursor, 1);
    if (!place) return place.error();
    auto* after = std::get_if<std::string>(&place->values.front());
    if (after == nullptr || place->made_at < image_.changed_at() || image_.seq() < place->made_at) {
      return list_changed();
    }
    after_ = std::move(*after);
    return {};
  }

  /// A line that may be in the list, any number of times. The text outlives this.
  void add(std::string_view text) {
    if (text > after_) candidates_.push_back(text);
  }

  /// The page: candidates for which `passes` is true.
  template <class Passes>
  [[nodiscard]] result<page<std::string>> finish(Passes&& passes) {
    std::sort(candidates_.begin(), candidates_.end());
    candidates_.erase(std::unique(candidates_.begin(), candidates_.end()), candidates_.end());
    page<std::string> out;
    for (const auto text : candidates_) {
      result<bool> ok = passes(text);
      if (!ok) return ok.error();
      if (!*ok) continue;
      if (out.items.size() == request_.limit) {
        auto cursor = cursor_of(list_, {image_.seq(), {sqlite::sql_value{out.items.back()}}});
        if (!cursor) return cursor.error();
        out.next_cursor = std::move(*cursor);
        break;
      }
      out.items.emplace_back(text);
    }
    return out;
  }

 private:
  const acl_image& image_;
  const metagraph::query_digest& list_;
  const list_request& request_;
  std::string after_{};
  std::vector<std::string_view> candidates_{};
};

/// Calls `f` for each resource key of a map of the image that lists the action.
template <class F>
void each_key(const acl_image::body& in, std::uint32_t map, std::uint32_t action, F&& f) {
  if (map == absent) return;
  const auto pairs = in.texts->maps.numbers(map);
  for (std::size_t i = 0; i < pairs.size(); i += 2) {
    if (in.has(pairs[i + 1], action)) f(in.texts->keys.text(pairs[i]));
  }
}

template <class F>
void each_held_key(const acl_image::body& in, ref at, std::uint32_t action, F&& f) {
  const auto* record = in.record(at);
  if (record == nullptr || record->state != node_state::good) return;
  each_key(in, record->resources, action, f);
  for (const auto& grant : in.grants_of(at)) {
    if (in.has(grant.actions, action) && in.grantable(grant.key, action)) {
      f(in.texts->keys.text(grant.key));
    }
  }
}

/// Everyone from whom authority may come to a principal, itself first: those whose accounts and
/// organizations are there, over steps that have not expired. `f` gets each principal, `g` each
/// step.
template <class F, class G>
void each_source(const acl_image& image, const identity_view& identities, ref subject,
                 std::int64_t now, F&& f, G&& g) {
  std::vector<ref> queue{subject};
  std::vector<bool> known(image.inside().principals.pages() * principal_page::size, false);
  known[subject] = true;
  for (std::size_t i = 0; i < queue.size(); ++i) {
    f(queue[i]);
    for (const auto& s : image.steps_into(queue[i])) {
      if (s.expires_at <= now) continue;
      if (i != 0 && s.how == acl_image::passing::last_delegation) continue;
      if (image.status(s.from, identities) != errc::none) continue;
      g(s);
      if (known[s.from]) continue;
      known[s.from] = true;
      queue.push_back(s.from);
    }
  }
}

/// Principals that may be given what is wanted: those who hold it, and forward over steps that pass
/// all of it.
std::vector<ref> receivers(const acl_image& image, const acl_image::wanted& what,
                           std::int64_t now) {
  const auto& in = image.inside();
  const auto count = in.principals.pages() * principal_page::size;
  // Steps that pass, by where they come from: `edges` from `starts[x]` to `starts[x + 1]`.
  std::vector<std::pair<ref, ref>> passing;
  std::vector<ref> queue;
  std::vector<bool> known(count, false);
  for (std::uint32_t number = 0; number < in.principals.pages(); ++number) {
    const auto* page = in.principals.find(number);
    if (page == nullptr) continue;
    for (std::uint32_t i = 0; i < principal_page::size; ++i) {
      const auto at = number * principal_page::size + i;
      if (page->records[i].state != node_state::good) continue;
      if (const auto holds = image.holds(at, what); holds && *holds) {
        known[at] = true;
        queue.push_back(at);
      }
      for (const auto& s : page->steps_of(i)) {
        if (s.from < count && image.passes(s, what, now)) passing.emplace_back(s.from, at);
      }
    }
  }
  std::vector<std::uint32_t> starts(std::size_t{count} + 1, 0);
  for (const auto& [from, to] : passing) ++starts[from + 1];
  for (std::size_t i = 1; i < starts.size(); ++i) starts[i] += starts[i - 1];
  std::vector<ref> edges(passing.size());
  auto next = starts;
  for (const auto& [from, to] : passing) edges[next[from]++] = to;
  for (std::size_t i = 0; i < queue.size(); ++i) {
    for (auto e = starts[queue[i]]; e < starts[queue[i] + 1]; ++e) {
      if (known[edges[e]]) continue;
      known[edges[e]] = true;
      queue.push_back(edges[e]);
    }
  }
  return queue;
}

result<void> check_words(std::string_view type, std::string_view action) {
  if (!type.empty() && !action.empty()) return {};
  return fail(errc::invalid_option, "a list of rights names a type of resource and an action");
}

/// An image of nothing, to be filled with the part of the graph that a list is about.
result<acl_image::body> empty_body(sqlite::connection& db, const graph_id& graph,
                                   const image_options& options,
                                   const metagraph::query_digest& list,
                                   const list_request& request) {
  auto seq = events::change_reader(db).last();
  if (!seq) return seq.error();
  acl_image::body made;
  made.graph = graph;
  made.seq = *seq;
  made.changed_at = *seq;
  made.options = options;
  made.texts = std::make_shared<vocabulary>();
  if (request.cursor.empty()) return made;
  auto place = place_of(list, request.cursor, 1);
  if (!place) return place.error();
  if (auto ok = check_unchanged(db, graph, place->made_at, *seq); !ok) return ok.error();
  made.changed_at = place->made_at;
  return made;
}

/// Reads principals until nobody is left to read.
class part_reader {
 public:
  part_reader(const acl_image::body& from, sqlite::connection& db, const image_options& options)
      : editor_(from, db, sql_), db_(db), graph_(from.graph), options_(options) {}

  void want(std::string_view key) { queue_.emplace_back(key); }

  /// All that is wanted, and what `more` wants after each.
  template <class More>
  [[nodiscard]] result<acl_image> read(More&& more) {
    want(member_role);
    while (!queue_.empty()) {
      const auto key = std::move(queue_.back());
      queue_.pop_back();
      if (!kind_of_key(key) || editor_.has_read(key)) continue;
      if (auto ok = editor_.read_principal(key); !ok) return ok.error();
      if (editor_.read_edge_count() + editor_.read_principals() > options_.max_edges) {
        return fail(errc::limit_exceeded,
                    "the list would read more than " + std::to_string(options_.max_edges) +
                        " rows of the graph of access control; ask about something narrower");
      }
      if (result<void> ok = more(key); !ok) return ok.error();
    }
    auto made = editor_.finish();
    if (!made) return made.error();
    return acl_image{std::make_shared<const acl_image::body>(std::move(*made))};
  }

  void want_sources_of(std::string_view key) {
    for (const auto from : editor_.sources_of(key))
      want(editor_.made().texts->principals.text(from));
  }

  /// Wants what a statement over (graph[, key]) answers.
  [[nodiscard]] result<void> want_rows(sqlite::lazy_statement graph_sql::*sql,
                                       std::string_view key) {
    auto prepared = (sql_.*sql).get(db_);
    if (!prepared) return prepared.error();
    auto& rows = **prepared;
    rows.bind(1, graph_);
    if (!key.empty()) rows.bind(2, key);
    for (;;) {
      auto row = rows.step();
      if (!row) return row.error();
      if (!*row) return {};
      want(rows.text(0));
    }
  }

 private:
  graph_sql sql_{};
  image_editor editor_;
  sqlite::connection& db_;
  graph_id graph_;
  image_options options_;
  std::vector<std::string> queue_{};
};

result<page<std::string>> resources_page(const acl_image& image, const identity_view& identities,
                                         std::string_view principal, std::string_view action,
                                         std::string_view type, const metagraph::query_digest& list,
                                         const list_request& request) {
  checked_list lines(image, list, request);
  if (auto ok = lines.begin(); !ok) return ok.error();
  auto subject = image.find(principal);
  if (!subject) return subject.error();
  if (!*subject) {
    return fail(errc::principal_missing,
                "'" + printable(principal) + "' is no principal of the graph of access control");
  }
  if (image.status(**subject, identities) != errc::none) return page<std::string>{};

  const auto& in = image.inside();
  const auto wanted_action = in.texts->names.find(action);
  if (wanted_action == text_table::none) return page<std::string>{};
  const auto prefix = std::string{type} + ":";
  const auto everything = prefix + "*";
  const auto add = [&](std::string_view key) {
    if (key.starts_with(prefix)) lines.add(key);
  };
  const bool hierarchical = request.mode == scope_mode::hierarchical;
  each_source(
      image, identities, **subject, seconds(request.now),
      [&](ref at) { each_held_key(in, at, wanted_action, add); },
      [&](const acl_image::step& s) {
        // What is held may be wide, and cut by a step to what nobody holds by that name.
        if (hierarchical) each_key(in, s.resources, wanted_action, add);
      });
  if (hierarchical) {
    each_held_key(in, member_role_ref, wanted_action, add);
    lines.add(everything);
  }
  search_request check;
  check.subject = principal;
  check.now = request.now;
  check.mode = request.mode;
  return lines.finish([&](std::string_view key) -> result<bool> {
    check.needs = {{}, type, key.substr(prefix.size()), action};
    auto verdict = search(image, identities, check);
    if (!verdict) return verdict.error();
    return verdict->allowed;
  });
}

result<page<std::string>> principals_page(const acl_image& image, const identity_view& identities,
                                          std::string_view type, std::string_view id,
                                          std::string_view action,
                                          const metagraph::query_digest& list,
                                          const list_request& request) {
  checked_list lines(image, list, request);
  if (auto ok = lines.begin(); !ok) return ok.error();
  search_request check;
  check.needs = {{}, type, id, action};
  check.now = request.now;
  check.mode = request.mode;
  const auto what = image.compile(check.needs, request.mode);
  if (what.impossible) return page<std::string>{};
  for (const auto at : receivers(image, what, seconds(request.now))) lines.add(image.key(at));
  return lines.finish([&](std::string_view key) -> result<bool> {
    check.subject = key;
    auto verdict = search(image, identities, check);
    if (!verdict) return verdict.error();
    return verdict->allowed;
  });
}

result<metagraph::query_digest> resources_digest(const graph_id& graph, std::string_view principal,
                                                 std::string_view action, std::string_view type,
                                                 const list_request& request) {
  if (auto ok = check_words(type, action); !ok) return ok.error();
  const std::string_view texts[] = {principal, action, type};
  return digest_of(resources_list, graph, texts, request);
}

result<metagraph::query_digest> principals_digest(const graph_id& graph, std::string_view type,
                                                  std::string_view id, std::string_view action,
                                                  const list_request& request) {
  if (auto ok = check_words(type, action); !ok) return ok.error();
  const std::string_view texts[] = {type, id, action};
  return digest_of(principals_list, graph, texts, request);
}

}  // namespace

result<page<std::string>> resources_of(const acl_image& image, const identity_view& identities,
                                       std::string_view principal, std::string_view action,
                                       std::string_view type, const list_request& request) {
  auto list = resources_digest(image.graph(), principal, action, type, request);
  if (!list) return list.error();
  return resources_page(image, identities, principal, action, type, *list, request);
}

result<page<std::string>> principals_on(const acl_image& image, const identity_view& identities,
                                        std::string_view type, std::string_view id,
                                        std::string_view action, const list_request& request) {
  auto list = principals_digest(image.graph(), type, id, action, request);
  if (!list) return list.error();
  return principals_page(image, identities, type, id, action, *list, request);
}

result<page<std::string>> resources_of(sqlite::connection& db, const graph_id& graph,
                                       const identity_view& identities, std::string_view principal,
                                       std::string_view action, std::string_view type,
                                       const list_request& request, const image_options& options) {
  auto list = resources_digest(graph, principal, action, type, request);
  if (!list) return list.error();
  auto snapshot = snapshot_of(db);
  if (!snapshot) return snapshot.error();
  auto start = empty_body(db, graph, options, *list, request);
  if (!start) return start.error();
  part_reader reader(*start, db, options);
  reader.want(principal);
  auto image = reader.read([&](std::string_view key) -> result<void> {
    reader.want_sources_of(key);
    return {};
  });
  if (!image) return image.error();
  return resources_page(*image, identities, principal, action, type, *list, request);
}

result<page<std::string>> principals_on(sqlite::connection& db, const graph_id& graph,
                                        const identity_view& identities, std::string_view type,
                                        std::string_view id, std::string_view action,
                                        const list_request& request, const image_options& options) {
  auto list = principals_digest(graph, type, id, action, request);
  if (!list) return list.error();
  auto snapshot = snapshot_of(db);
  if (!snapshot) return snapshot.error();
  auto start = empty_body(db, graph, options, *list, request);
  if (!start) return start.error();
  part_reader reader(*start, db, options);
  // Who may hold it: by grants on it, on what covers it, or by resources of their own.
  std::string key{type};
  key.append(":").append(id);
  for (std::size_t size = key.size();;) {
    auto node = std::string{resource_prefix}.append(key, 0, size);
    if (size != key.size()) node += "*";
    if (auto ok = reader.want_rows(&graph_sql::holders_of, node); !ok) return ok.error();
    if (request.mode == scope_mode::exact || size == 0) break;
    const auto colon = size == 1 ? std::string::npos : key.rfind(':', size - 2);
    size = colon == std::string::npos ? 0 : colon + 1;
  }
  if (auto ok = reader.want_rows(&graph_sql::with_own_resources, {}); !ok) return ok.error();
  auto image = reader.read([&](std::string_view at) -> result<void> {
    if (auto ok = reader.want_rows(&graph_sql::receivers_of, at); !ok) return ok;
    if (kind_of_key(at) != principal_kind::org) return {};
    return reader.want_rows(&graph_sql::members_of, at);
  });
  if (!image) return image.error();
  return principals_page(*image, identities, type, id, action, *list, request);
}

}  // namespace quire::acl
