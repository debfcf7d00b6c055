#include "change_span.hpp"
#include "image_body.hpp"
#include "image_editor.hpp"
#include "snapshot.hpp"

#include <quire/acl/graph_module.hpp>
#include <quire/acl/graph_rows.hpp>
#include <quire/acl/image.hpp>
#include <quire/events/change_reader.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace quire::acl {
namespace {

constexpr std::string_view resource_prefix = "resource:";
constexpr std::size_t max_image_bytes = 768U << 20U;  // keeps tables of texts below their bound
constexpr std::size_t check_every = 4096;             // rows between looks at the bounds

/// Reads a whole graph in the order of the file, then sorts what was read into pages.
class image_builder {
 public:
  image_builder(acl_image::body& into, sqlite::connection& db)
      : made_(into), texts_(*into.texts), db_(db), encoder_(*into.texts) {}

  [[nodiscard]] result<void> run() {
    if (auto ok = read_principals(); !ok) return ok;
    if (auto ok = read_resources(); !ok) return ok;
    if (auto ok = read_edges(); !ok) return ok;
    write_principals();
    write_resources();
    return check_bounds(made_);
  }

 private:
  struct loose_step {
    acl_image::ref to;
    acl_image::step step;
  };
  struct loose_grant {
    acl_image::ref holder;
    image_grant grant;
  };

  /// Looks at the bounds now and then, so that a graph too large is given up early.
  [[nodiscard]] result<void> count_row() {
    if (++rows_ % check_every != 0) return {};
    made_.edges = steps_.size() + grants_.size();
    return check_bounds(made_);
  }

  /// Gives each row of one statement to `f`.
  template <class F>
  [[nodiscard]] result<void> each(sqlite::lazy_statement& sql, std::string_view type, F&& f) {
    auto prepared = sql.get(db_);
    if (!prepared) return prepared.error();
    auto& rows = **prepared;
    rows.bind(1, made_.graph);
    if (!type.empty()) rows.bind(2, type);
    for (;;) {
      auto row = rows.step();
      if (!row) return row.error();
      if (!*row) return {};
      f(rows);
      if (auto ok = count_row(); !ok) {
        rows.reset();
        return ok;
      }
    }
  }

  [[nodiscard]] result<void> read_principals() {
    return each(sql_.all_principals, {}, [this](sqlite::statement& row) {
      const auto key = row.text(0);
      if (!kind_of_key(key)) return;
      const auto at = texts_.principals.add(key);
      if (at >= records_.size()) records_.resize(std::size_t{at} + 1);
      records_[at] = encoder_.principal(key, row.text(1));
    });
  }

  [[nodiscard]] result<void> read_resources() {
    return each(sql_.all_resources, {}, [this](sqlite::statement& row) {
      const auto key = row.text(0);
      if (!key.starts_with(resource_prefix)) return;
      const auto at = texts_.keys.add(key.substr(resource_prefix.size()));
      if (at >= limits_.size()) limits_.resize(std::size_t{at} + 1, no_resource);
      limits_[at] = encoder_.limit(key, row.text(1));
    });
  }

  [[nodiscard]] bool is_good(acl_image::ref at) const noexcept {
    return at < records_.size() && records_[at].state == node_state::good;
  }

  [[nodiscard]] result<void> read_edges() {
    auto ok = each(sql_.all_edges, type_names::delegates, [this](sqlite::statement& row) {
      const auto to = texts_.principals.find(row.text(1));
      if (!is_good(to) || !kind_of_key(row.text(0))) return;
      if (const auto step = encoder_.delegation(row.text(0), row.text(2))) {
        steps_.push_back({to, *step});
      }
    });
    if (!ok) return ok;
    ok = each(sql_.all_edges, type_names::belongs_to, [this](sqlite::statement& row) {
      const auto to = texts_.principals.find(row.text(0));
      if (!is_good(to) || !may_belong(row.text(0), row.text(1))) return;
      if (const auto step = encoder_.membership(row.text(1), row.text(2))) {
        steps_.push_back({to, *step});
      }
    });
    if (!ok) return ok;
    return each(sql_.all_edges, type_names::scopes, [this](sqlite::statement& row) {
      const auto holder = texts_.principals.find(row.text(0));
      if (!is_good(holder) || !row.text(1).starts_with(resource_prefix)) return;
      if (const auto actions = encoder_.grant(row.text(2))) {
        const auto key = texts_.keys.add(row.text(1).substr(resource_prefix.size()));
        grants_.push_back({holder, {key, *actions}});
      }
    });
  }

  /// Where each principal's rows begin, when sorted: one more than there are principals.
  template <class Row, class Of>
  [[nodiscard]] std::vector<std::uint32_t> starts_of(const std::vector<Row>& rows, Of of) const {
    std::vector<std::uint32_t> starts(records_.size() + 1, 0);
    for (const auto& row : rows) ++starts[of(row) + 1];
    for (std::size_t i = 1; i < starts.size(); ++i) starts[i] += starts[i - 1];
    return starts;
  }

  void write_principals() {
    const auto step_starts = starts_of(steps_, [](const auto& x) { return x.to; });
    const auto grant_starts = starts_of(grants_, [](const auto& x) { return x.holder; });
    std::vector<acl_image::step> steps(steps_.size());
    std::vector<image_grant> grants(grants_.size());
    auto next = step_starts;
    for (const auto& x : steps_) steps[next[x.to]++] = x.step;
    next = grant_starts;
    for (const auto& x : grants_) grants[next[x.holder]++] = x.grant;
    made_.edges = steps_.size() + grants_.size();

    const auto count = records_.size();
    for (std::size_t first = 0; first < count; first += principal_page::size) {
      const auto end = std::min(first + principal_page::size, count);
      auto page = std::make_shared<principal_page>();
      page->steps.assign(steps.begin() + step_starts[first], steps.begin() + step_starts[end]);
      page->grants.assign(grants.begin() + grant_starts[first], grants.begin() + grant_starts[end]);
      for (std::size_t i = 0; i < principal_page::size; ++i) {
        const auto at = std::min(first + i, count - 1);
        auto& record = page->records[i];
        if (first + i < count) record = records_[at];
        record.steps_end = step_starts[at + 1] - step_starts[first];
        record.grants_end = grant_starts[at + 1] - grant_starts[first];
        const auto begin = i == 0 ? 0 : page->records[i - 1].grants_end;
        std::sort(page->grants.begin() + begin, page->grants.begin() + record.grants_end,
                  [](const auto& a, const auto& b) { return a.key < b.key; });
      }
      made_.principals.set(static_cast<std::uint32_t>(first / principal_page::size),
                           std::move(page));
    }
  }

  void write_resources() {
    for (std::size_t first = 0; first < limits_.size(); first += resource_page::size) {
      auto page = std::make_shared<resource_page>();
      const auto end = std::min(first + resource_page::size, limits_.size());
      std::copy(limits_.begin() + static_cast<std::ptrdiff_t>(first),
                limits_.begin() + static_cast<std::ptrdiff_t>(end), page->limits.begin());
      made_.resources.set(static_cast<std::uint32_t>(first / resource_page::size), std::move(page));
    }
  }

  acl_image::body& made_;
  vocabulary& texts_;
  sqlite::connection& db_;
  graph_sql sql_{};
  row_encoder encoder_;
  std::vector<principal_record> records_{};
  std::vector<std::uint32_t> limits_{};
  std::vector<loose_step> steps_{};
  std::vector<loose_grant> grants_{};
  std::size_t rows_ = 0;
};

result<void> apply(image_editor& editor, const change_event& e) {
  if (e.table == table::nodes) return editor.read_node(e.key);
  return editor.read_edges(e.source.get(), e.target.get());
}

}  // namespace

result<std::shared_ptr<const acl_image>> acl_image::build(sqlite::connection& db,
                                                          const graph_id& graph,
                                                          const image_options& options) {
  auto snapshot = snapshot_of(db);
  if (!snapshot) return snapshot.error();
  auto seq = events::change_reader(db).last();
  if (!seq) return seq.error();
  auto made = std::make_shared<body>();
  made->graph = graph;
  made->seq = *seq;
  made->changed_at = *seq;
  made->options = options;
  made->options.max_bytes = std::min(options.max_bytes, max_image_bytes);
  made->texts = std::make_shared<vocabulary>();
  if (auto ok = image_builder(*made, db).run(); !ok) return ok.error();
  made->texts->share();
  return std::make_shared<const acl_image>(std::move(made));
}

struct image_refresher::impl {
  explicit impl(sqlite::connection& to) : db(to), changes(to) {}
  sqlite::connection& db;
  events::change_reader changes;
  graph_sql sql{};
};

image_refresher::image_refresher(sqlite::connection& db) : impl_(std::make_unique<impl>(db)) {}
image_refresher::~image_refresher() = default;

result<std::shared_ptr<const acl_image>> image_refresher::run(
    const acl_image& before, std::span<const change_event> events) {
  auto& db = impl_->db;
  const auto& old = before.inside();
  auto snapshot = snapshot_of(db);
  if (!snapshot) return snapshot.error();
  auto last = impl_->changes.last();
  if (!last) return last.error();
  change_batch read;
  if (!follow_on(events, old.seq, *last)) {
    auto more = events_between(db, old.seq, *last);
    if (!more) return more.error();
    read = std::move(*more);
    events = read;
  }

  const std::lock_guard one_at_a_time(old.texts->adding);
  image_editor editor(old, db, impl_->sql);
  bool look = false;
  for (const auto& e : events) {
    if (concerns(e, old.graph)) {
      if (auto ok = apply(editor, e); !ok) return ok.error();
      editor.made().changed_at = e.seq;
    }
    look = look || e.table == table::graphs || e.table == table::graph_types;
  }
  if (look) {
    auto graph = find_acl_graph(db);
    if (!graph) return graph.error();
    if (*graph != old.graph) {
      return fail(errc::acl_graph_missing, "graph '" + printable(old.graph.get()) +
                                               "' decides no more; '" + printable(graph->get()) +
                                               "' does");
    }
  }
  auto made = editor.finish();
  if (!made) return made.error();
  made->seq = *last;
  return std::make_shared<const acl_image>(
      std::make_shared<const acl_image::body>(std::move(*made)));
}

result<std::shared_ptr<const acl_image>> acl_image::refreshed(
    const acl_image& before, sqlite::connection& db, std::span<const change_event> events) {
  return image_refresher(db).run(before, events);
}

std::vector<sqlite::lazy_statement> acl_image::statements() {
  graph_sql sql;
  std::vector<sqlite::lazy_statement> out;
  for (const auto* s : sql.all()) out.emplace_back(s->name().data(), s->sql().data());
  return out;
}

const graph_id& acl_image::graph() const noexcept { return body_->graph; }
change_seq acl_image::seq() const noexcept { return body_->seq; }
change_seq acl_image::changed_at() const noexcept { return body_->changed_at; }
std::size_t acl_image::bytes() const noexcept { return body_->bytes(); }
std::size_t acl_image::edges() const noexcept { return body_->edges; }

namespace {

/// Calls `f(id)` for each text of the table that covers `wanted`.
template <class F>
void each_covering(const text_table& in, std::string_view wanted, scope_mode mode, F&& f) {
  const auto look = [&](std::string_view text) {
    if (const auto id = in.find(text); id != text_table::none) f(id);
  };
  look(wanted);
  if (mode == scope_mode::exact) return;
  // What ends in `*` and whose segments before it are the first ones: one candidate for each colon,
  // and `*` alone.
  boost::container::small_vector<char, 256> text;
  const auto look_after = [&](std::size_t size) {
    text.assign(wanted.begin(), wanted.begin() + static_cast<std::ptrdiff_t>(size));
    text.push_back('*');
    const std::string_view candidate{text.data(), text.size()};
    if (candidate != wanted && covers(candidate, wanted, mode)) look(candidate);
  };
  look_after(0);
  for (auto colon = wanted.find(':'); colon != std::string_view::npos;
       colon = wanted.find(':', colon + 1)) {
    look_after(colon + 1);
  }
}

}  // namespace

acl_image::wanted acl_image::compile(const requirement& needs, scope_mode mode) const {
  wanted made;
  const auto& texts = *body_->texts;
  for (const auto& scope : needs.scopes) {
    const auto begin = made.covering.size();
    each_covering(texts.names, scope, mode, [&](auto id) { made.covering.push_back(id); });
    made.impossible = made.impossible || made.covering.size() == begin;
    made.ends.push_back(static_cast<std::uint32_t>(made.covering.size()));
  }
  made.resource = !needs.resource_type.empty();
  if (!made.resource) return made;
  boost::container::small_vector<char, 256> key;
  key.insert(key.end(), needs.resource_type.begin(), needs.resource_type.end());
  key.push_back(':');
  key.insert(key.end(), needs.resource_id.begin(), needs.resource_id.end());
  each_covering(texts.keys, {key.data(), key.size()}, mode,
                [&](auto id) { made.keys.push_back(id); });
  made.action = texts.names.find(needs.action);
  made.impossible = made.impossible || made.keys.empty() || made.action == text_table::none;
  return made;
}

result<std::optional<acl_image::ref>> acl_image::find(std::string_view key) const {
  const auto at = body_->texts->principals.find(key);
  const auto* record = at == text_table::none ? nullptr : body_->record(at);
  if (record == nullptr || record->state == node_state::none) return std::optional<ref>{};
  return std::optional<ref>{at};
}

namespace {

bool covers_scopes(const acl_image::body& in, std::uint32_t set,
                   const acl_image::wanted& what) noexcept {
  std::uint32_t begin = 0;
  for (const auto end : what.ends) {
    const auto* first = what.covering.data() + begin;
    if (!std::any_of(first, what.covering.data() + end,
                     [&](auto name) { return in.has(set, name); })) {
      return false;
    }
    begin = end;
  }
  return true;
}

bool covers_resource(const acl_image::body& in, std::uint32_t map,
                     const acl_image::wanted& what) noexcept {
  if (map == empty_map) return false;
  const auto pairs = in.texts->maps.numbers(map);
  for (const auto key : what.keys) {
    // Pairs of key and set, in order of keys.
    std::size_t low = 0;
    std::size_t high = pairs.size() / 2;
    while (low < high) {
      const auto middle = (low + high) / 2;
      if (pairs[middle * 2] < key) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    if (low < pairs.size() / 2 && pairs[low * 2] == key &&
        in.has(pairs[low * 2 + 1], what.action)) {
      return true;
    }
  }
  return false;
}

bool is_granted(const acl_image::body& in, std::span<const image_grant> grants,
                const acl_image::wanted& what) noexcept {
  for (const auto key : what.keys) {
    auto at = std::lower_bound(grants.begin(), grants.end(), key,
                               [](const auto& g, auto wanted) { return g.key < wanted; });
    for (; at != grants.end() && at->key == key; ++at) {
      if (in.has(at->actions, what.action) && in.grantable(key, what.action)) return true;
    }
  }
  return false;
}

}  // namespace

bool acl_image::holds_directly(ref at, const wanted& what) const noexcept {
  const auto* record = body_->record(at);
  if (record == nullptr || record->state != node_state::good || what.impossible) return false;
  if (!covers_scopes(*body_, record->scopes, what)) return false;
  return !what.resource || covers_resource(*body_, record->resources, what) ||
         is_granted(*body_, body_->grants_of(at), what);
}

result<bool> acl_image::holds(ref at, const wanted& what) const { return holds_directly(at, what); }

errc acl_image::status(ref at, const identity_view& identities) const {
  const auto* record = body_->record(at);
  if (record == nullptr || record->state == node_state::none) return errc::principal_missing;
  if (record->state == node_state::malformed) return errc::principal_ambiguous;
  if (record->kind == principal_kind::role) return errc::none;
  return status_of(record->kind, record->id(), identities);
}

std::string_view acl_image::key(ref at) const noexcept { return body_->texts->principals.text(at); }

std::span<const acl_image::step> acl_image::steps_into(ref to) const noexcept {
  return body_->steps_into(to);
}

void acl_image::fetch(ref at) const noexcept {
  if (const auto* record = body_->record(at); record != nullptr) __builtin_prefetch(record);
}

bool acl_image::passes(const step& s, const wanted& what, std::int64_t now_seconds) const noexcept {
  if (s.expires_at <= now_seconds || what.impossible) return false;
  if (s.how == passing::everything) return true;
  if (s.how == passing::as_member) return holds_directly(member_role_ref, what);
  return covers_scopes(*body_, s.scopes, what) &&
         (!what.resource || s.resources == absent || covers_resource(*body_, s.resources, what));
}

}  // namespace quire::acl
