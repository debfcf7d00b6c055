#include <quire/operations/verify.hpp>
#include <quire/sqlite/untrusted.hpp>

#include <cmath>

#include "event_gate.hpp"
#include "view_state.hpp"

namespace quire {
namespace {

struct to_json_value {
  boost::json::value operator()(std::monostate) const { return nullptr; }
  boost::json::value operator()(std::int64_t x) const { return x; }
  boost::json::value operator()(double x) const {
    if (std::isfinite(x)) return x;
    return nullptr;  // JSON has no infinities
  }
  boost::json::value operator()(const std::string& x) const {
    // A file may hold any bytes; JSON may not.
    return is_valid_utf8(x) ? boost::json::value(x) : boost::json::value(printable(x, x.size() * 4));
  }
  boost::json::value operator()(const sqlite::hex_blob& x) const { return boost::json::value("x'" + x.digits + "'"); }
};

}  // namespace

result<std::unique_ptr<view::state>> view::state::open(const std::shared_ptr<tenant_core>& core,
                                                       const std::shared_ptr<session::state>& who) {
  auto s = std::make_unique<view::state>();
  s->core = core;
  s->who = who;
  if (auto ok = judged_caller{*core, who}.check_standing(); !ok) return ok.error();
  core->touch();
  auto lease = core->pool()->acquire(runtime::reader_pool::user::thread, core->engine->options.timeout);
  if (!lease) return in_context(lease.error(), "tenant '" + core->org.get() + "'");
  s->lease = std::move(*lease);
  s->expires = std::chrono::steady_clock::now() + core->engine->options.max_view_age;
  auto begun = s->lease.with([&](runtime::read_connection& on) -> result<void> {
    if (auto ok = on.begin(); !ok) return ok.error();
    auto last = on.rows.last_seq();
    if (!last) return last.error();
    s->seq = *last;
    return {};
  });
  if (!begun) return in_context(begun.error(), "tenant '" + core->org.get() + "'");
  return s;
}

view::view(std::unique_ptr<state> s) : state_(std::move(s)) {}
view::view(view&&) noexcept = default;
view& view::operator=(view&&) noexcept = default;
view::~view() = default;

change_seq view::seq() const { return state_->seq; }

result<node> view::find(const find_node& what) {
  return state_->with(operations::requirement(what), [&](runtime::read_connection& on) { return on.rows.find(what); });
}
result<edge> view::find(const find_edge& what) {
  return state_->with(operations::requirement(what), [&](runtime::read_connection& on) { return on.rows.find(what); });
}
result<page<node>> view::list(const list_nodes& what) {
  return state_->with(operations::requirement(what), [&](runtime::read_connection& on) { return on.rows.list(what); });
}
result<page<edge>> view::list(const list_edges& what) {
  return state_->with(operations::requirement(what), [&](runtime::read_connection& on) { return on.rows.list(what); });
}
result<page<neighbor>> view::neighbors(const find_neighbors& what) {
  return state_->with(operations::requirement(what), [&](runtime::read_connection& on) { return on.rows.neighbors(what); });
}
result<path> view::shortest_path(const find_path& what) {
  return state_->with(operations::requirement(what), [&](runtime::read_connection& on) { return on.rows.shortest_path(what); });
}
result<graph_stat> view::stat(const graph_id& graph) {
  return state_->with(operations::requirement(stat_graph{graph}), [&](runtime::read_connection& on) { return on.rows.stat(stat_graph{graph}); });
}
result<graph> view::find_graph(const graph_id& id) {
  return state_->with(operations::requirement(operations::deed::read_graphs), [&](runtime::read_connection& on) { return on.rows.find_graph(id); });
}
result<graph> view::resolve_graph(std::string_view id_or_name) {
  return state_->with(operations::requirement(operations::deed::read_graphs), [&](runtime::read_connection& on) { return on.rows.resolve_graph(id_or_name); });
}
result<page<graph>> view::list_graphs(const list_options& options) {
  return state_->with(operations::requirement(operations::deed::read_graphs), [&](runtime::read_connection& on) { return on.rows.list_graphs(options); });
}
result<graph_type> view::find_graph_type(const graph_type_name& name) {
  return state_->with(operations::requirement(operations::deed::read_types), [&](runtime::read_connection& on) { return on.rows.find_graph_type(name); });
}
result<std::vector<graph_type>> view::list_graph_types() {
  return state_->with(operations::requirement(operations::deed::read_types), [&](runtime::read_connection& on) { return on.rows.list_graph_types(); });
}
result<std::vector<change_event>> view::changes(change_seq after, std::size_t limit) {
  event_gate gate{state_->core, state_->who, {}};
  if (auto ok = gate.look(); !ok) return ok.error();
  return state_->with([&](runtime::read_connection& on) -> result<std::vector<change_event>> {
    auto found = on.changes.read(after, limit);
    // A page may be shorter than asked for; none is empty while there is more to see.
    while (found && !found->empty()) {
      const auto last = found->back().seq;
      std::erase_if(*found, [&](const change_event& e) { return !gate.passes(e); });
      if (!found->empty()) break;
      found = on.changes.read(last, limit);
    }
    return found;
  });
}

result<bool> view::sql(std::string_view text, const std::function<bool(const boost::json::object&)>& row) {
  return state_->with(operations::requirement(operations::deed::read_everything), [&](runtime::read_connection& on) -> result<bool> {
    std::vector<std::string> names;
    auto done = sqlite::run_untrusted(
        on.db, text, {}, [&](std::span<const std::string> columns) { names.assign(columns.begin(), columns.end()); },
        [&](std::span<const sqlite::sql_value> values) {
          boost::json::object o;
          for (std::size_t i = 0; i < values.size(); ++i) o[names[i]] = std::visit(to_json_value{}, values[i]);
          return row(o);
        });
    if (!done) return done.error();
    return !done->truncated;
  });
}

result<std::vector<std::string>> view::verify() {
  return state_->with(operations::requirement(operations::deed::read_everything), [&](runtime::read_connection& on) { return operations::verify(on.db); });
}

}  // namespace quire
