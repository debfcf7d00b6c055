#include <quire/messages/limits.hpp>
#include <quire/operations/graph_store.hpp>

#include <algorithm>

namespace quire::operations {
namespace {

template <class... Handlers>
struct overloaded : Handlers... {
  using Handlers::operator()...;
};
// clang deduces the parameters of aggregates from version 17 on.
template <class... Handlers>
overloaded(Handlers...) -> overloaded<Handlers...>;

bool changes_types(const operation& op) {
  return std::holds_alternative<define_graph_type>(op) ||
         std::holds_alternative<delete_graph_type>(op);
}

bool changes_graphs(const operation& op) {
  return changes_types(op) || std::holds_alternative<create_graph>(op) ||
         std::holds_alternative<update_graph>(op) || std::holds_alternative<delete_graph>(op);
}

}  // namespace

bool graph_store::is_barrier(std::span<const operation> all) {
  return std::any_of(all.begin(), all.end(), changes_types) || rules_.is_barrier(all);
}

void graph_store::forget() {
  catalog_.forget();
  edges_.forget();
  rules_.forget();
}

void graph_store::undone(std::span<const operation> all) {
  edges_.forget();
  // Compiled types survive the failure of a mere write: a flood of bad requests must not make good
  // ones slow.
  if (std::any_of(all.begin(), all.end(), changes_graphs)) catalog_.forget();
}

result<void> graph_store::apply(std::span<const operation> all, const caller& by, const acl::acl_image* image,
                                metagraph::write_context& in, write_reply& reply) {
  const auto count = all.size();
  if (count == 0 || count > limits::max_operations_per_request) {
    return fail(errc::limit_exceeded,
                "a request of " + std::to_string(count) + " operations; 1 to " +
                    std::to_string(limits::max_operations_per_request) + " are taken");
  }
  if (!is_valid_key(by.actor)) {
    return fail(errc::invalid_option, "actor '" + printable(by.actor) + "': 1 to " +
                                          std::to_string(limits::max_key_bytes) +
                                          " bytes of UTF-8 without control characters");
  }
  reply.outcomes.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    auto admitted = rules_.admit(all[i], by, image);
    auto done = admitted ? apply(all[i], in) : result<outcome>{admitted.error()};
    if (!done) {
      return count == 1 ? done.error()
                        : in_context(done.error(), "operation " + std::to_string(i + 1) + " of " +
                                                       std::to_string(count));
    }
    if (image != nullptr && rules_.changes_access(all[i])) image = nullptr;  // later ones are judged by what this one did
    reply.outcomes.push_back(std::move(*done));
  }
  return {};
}

result<outcome> graph_store::apply(const operation& op, metagraph::write_context& in) {
  auto by = [&](auto& writer) {
    return [&](const auto& what) -> result<outcome> { return writer.apply(what, in); };
  };
  return std::visit(overloaded{[&](const define_graph_type& x) { return by(definitions_)(x); },
                               [&](const delete_graph_type& x) { return by(types_)(x); },
                               [&](const create_graph& x) { return by(graphs_)(x); },
                               [&](const update_graph& x) { return by(graphs_)(x); },
                               [&](const delete_graph& x) {
                                 edges_.forget();
                                 return by(graphs_)(x);
                               },
                               [&](const create_node& x) { return by(nodes_)(x); },
                               [&](const upsert_node& x) { return by(nodes_)(x); },
                               [&](const update_node& x) { return by(nodes_)(x); },
                               [&](const delete_node& x) {
                                 edges_.forget();
                                 return by(nodes_)(x);
                               },
                               [&](const create_edge& x) { return by(edges_)(x); },
                               [&](const upsert_edge& x) { return by(edges_)(x); },
                               [&](const update_edge& x) { return by(edges_)(x); },
                               [&](const delete_edge& x) { return by(edges_)(x); }},
                    op);
}

}  // namespace quire::operations
