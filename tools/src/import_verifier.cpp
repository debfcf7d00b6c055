#include "import_verifier.hpp"

#include "commands/listing.hpp"

#include <limits>

namespace quire::tools {

namespace {

constexpr std::chrono::milliseconds step{200};
constexpr std::size_t events_at_once = 1024;
/// Without any event for so many steps although more must come, something is wrong.
constexpr int max_idle_steps = 300;

}  // namespace

import_verifier::import_verifier(const tenant<access::open>& in, const graph_id& graph,
                                 subscription feed)
    : tenant_(in),
      graph_(graph),
      feed_(std::move(feed)),
      copy_(graph),
      last_(std::numeric_limits<std::int64_t>::max()),
      thread_([this] { follow(); }) {}

result<std::unique_ptr<import_verifier>> import_verifier::start(const tenant<access::open>& in,
                                                                const graph_id& graph,
                                                                change_seq from) {
  subscribe_options what;
  what.from = from;
  what.tables = {table::nodes, table::edges};
  what.graph = graph;
  auto feed = in.subscribe(what);
  if (!feed) return feed.error();
  return std::unique_ptr<import_verifier>{new import_verifier{in, graph, std::move(*feed)}};
}

import_verifier::~import_verifier() {
  abandoned_ = true;
  if (thread_.joinable()) thread_.join();
}

void import_verifier::follow() {
  int idle = 0;
  while (!abandoned_ && feed_.position().get() < last_) {
    const auto events = feed_.next(step, events_at_once);
    if (!events) {
      outcome_ = events.error();
      return;
    }
    const bool waiting_for_more = last_ != std::numeric_limits<std::int64_t>::max();
    idle = events->empty() && waiting_for_more ? idle + 1 : 0;
    if (idle > max_idle_steps) {
      outcome_ = fail(errc::malformed_event, "no change came after number " +
                                                 std::to_string(feed_.position().get()) +
                                                 " although the file has " + std::to_string(last_));
      return;
    }
    for (const auto& e : *events) {
      ++events_;
      if (auto ok = copy_.apply(e); !ok) {
        outcome_ = ok;
        return;
      }
    }
  }
}

result<copy_differences> import_verifier::finish(change_seq last) {
  last_ = last.get();
  thread_.join();
  if (!outcome_) return outcome_.error();
  auto view = tenant_.view();
  if (!view) return view.error();
  const auto compare = [this](const auto& row) -> result<void> {
    copy_.compare(row);
    return {};
  };
  const auto nodes = each_row(
      {}, 0,
      [&](const list_options& page) {
        return view->list(list_nodes{graph_, page});
      },
      compare);
  if (!nodes) return nodes.error();
  const auto edges = each_row(
      {}, 0,
      [&](const list_options& page) {
        return view->list(list_edges{graph_, page});
      },
      compare);
  if (!edges) return edges.error();
  return copy_.finish();
}

}  // namespace quire::tools
