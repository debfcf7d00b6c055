#include "package_loader.hpp"

#include "commands/listing.hpp"

#include <quire/messages/ids.hpp>

#include <chrono>

namespace quire::tools {

namespace {

constexpr std::uint64_t max_refusals_told = 20;
constexpr std::chrono::minutes patience{5};

}  // namespace

package_loader::package_loader(tenant<access::open> in, package_import& from, load_options how,
                               std::ostream& messages)
    : tenant_(std::move(in)), from_(&from), how_(std::move(how)), messages_(&messages) {}

result<void> package_loader::prepare_graph() {
  const graph_type_name type{std::string{package_graph_type}};
  if (auto ok = tenant_.define(type, package_graph_module()); !ok) return ok.error();
  auto view = tenant_.view();
  if (!view) return view.error();
  start_ = view->seq();
  auto found = view->resolve_graph(how_.graph);
  if (!found && found.error().code == errc::not_found) {
    create_graph what;
    what.name = how_.graph;
    what.type = type;
    what.description = "Debian packages and their relations";
    found = tenant_.create(std::move(what));
    report_.graph_created = static_cast<bool>(found);
  }
  if (!found) return found.error();
  if (found->type != type) {
    return fail(errc::conflict, "the graph '" + printable(how_.graph) + "' is of type '" +
                                    found->type.get() + "', packages need one of type '" +
                                    type.get() + "'; name another with --graph");
  }
  report_.in = std::move(*found);
  return {};
}

result<void> package_loader::read_present_types() {
  auto view = tenant_.view();
  if (!view) return view.error();
  const auto done = each_row(
      {}, 0,
      [&](const list_options& page) {
        return view->list(list_nodes{report_.in.id, page});
      },
      [&](const node& n) -> result<void> {
        present_.emplace(n.key.get(), n.type);
        return {};
      });
  if (!done) return done.error();
  return {};
}

result<void> package_loader::start_verifier() {
  // A graph that was there before is rebuilt from the first change of the file.
  const auto from = report_.graph_created ? start_ : change_seq{0};
  auto started = import_verifier::start(tenant_, report_.in.id, from);
  if (!started) return started.error();
  verifier_ = std::move(*started);
  return {};
}

result<void> package_loader::write_nodes(bulk_writer& writer) {
  progress shown{*messages_, how_.progress_as, "Packages", from_->input_bytes()};
  auto written = from_->nodes(
      report_.in.id,
      [&](operation what) -> result<void> {
        const auto& node = std::get<upsert_node>(what);
        if (how_.prune) wanted_nodes_.insert(node.key.get());
        const auto before = present_.find(node.key.get());
        if (before == present_.end() || before->second == node.type) {
          return writer.add(std::move(what));
        }
        // The type of a node never changes: a name that became a package is a new node.
        ++report_.retyped;
        std::vector<operation> both;
        both.emplace_back(delete_node{report_.in.id, node.key});
        both.push_back(std::move(what));
        return writer.add_together(std::move(both));
      },
      [&](std::size_t bytes) { shown.at(bytes); });
  // Edges need their ends committed.
  return written ? writer.drain() : written;
}

result<void> package_loader::write_edges(bulk_writer& writer) {
  progress shown{*messages_, how_.progress_as, "Relations", from_->input_bytes()};
  auto written = from_->edges(
      report_.in.id,
      [&](operation what) -> result<void> {
        if (how_.prune) wanted_edges_.insert(std::get<upsert_edge>(what).key.get());
        return writer.add(std::move(what));
      },
      [&](std::size_t bytes) { shown.at(bytes); });
  return written ? writer.drain() : written;
}

result<void> package_loader::prune(bulk_writer& writer) {
  const auto remove = [&](operation what) -> result<void> {
    ++report_.pruned;
    return writer.add(std::move(what));
  };
  auto view = tenant_.view();
  if (!view) return view.error();
  const auto edges = each_row(
      {}, 0,
      [&](const list_options& page) {
        return view->list(list_edges{report_.in.id, page});
      },
      [&](const edge& e) -> result<void> {
        if (wanted_edges_.contains(e.key.get())) return {};
        const bool keyed = !e.key.get().empty();
        return remove(delete_edge{report_.in.id, e.key, keyed ? row_id{} : e.id});
      });
  if (!edges) return edges.error();
  if (auto ok = writer.drain(); !ok) return ok;
  const auto nodes = each_row(
      {}, 0,
      [&](const list_options& page) {
        return view->list(list_nodes{report_.in.id, page});
      },
      [&](const node& n) -> result<void> {
        if (wanted_nodes_.contains(n.key.get())) return {};
        return remove(delete_node{report_.in.id, n.key});
      });
  if (!nodes) return nodes.error();
  return writer.drain();
}

result<void> package_loader::verify() {
  auto differences = verifier_->finish(report_.seq);
  if (!differences) return differences.error();
  report_.verified_events = verifier_->events();
  report_.differences = std::move(*differences);
  return {};
}

result<load_report> package_loader::run() {
  const auto began = std::chrono::steady_clock::now();
  if (auto ok = prepare_graph(); !ok) return ok.error();
  if (!report_.graph_created) {
    if (auto ok = read_present_types(); !ok) return ok.error();
  }
  if (how_.verify) {
    if (auto ok = start_verifier(); !ok) return ok.error();
  }
  write_options how;
  how.timeout = patience;
  how.want_rows = false;
  std::uint64_t refusals = 0;
  bulk_writer writer{[&](std::vector<operation> operations, bulk_writer::answer answered) {
                       tenant_.submit(std::move(operations), std::move(answered), how);
                     },
                     [&](const operation&, const error& why) {
                       if (++refusals <= max_refusals_told)
                         *messages_ << "quire: " << to_string(why) << '\n';
                     }};
  if (auto ok = write_nodes(writer); !ok) return ok.error();
  if (auto ok = write_edges(writer); !ok) return ok.error();
  if (how_.prune) {
    if (auto ok = prune(writer); !ok) return ok.error();
  }
  report_.input = from_->counts();
  report_.written = writer.counts();
  report_.seq = writer.seq();
  report_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  if (how_.verify) {
    if (auto ok = verify(); !ok) return ok.error();
  }
  return std::move(report_);
}

}  // namespace quire::tools
