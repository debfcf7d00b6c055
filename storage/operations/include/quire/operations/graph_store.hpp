#pragma once

#include <quire/acl/image.hpp>
#include <quire/evolution/definition_writer.hpp>
#include <quire/evolution/migration_writer.hpp>
#include <quire/messages/requests.hpp>
#include <quire/metagraph/catalog.hpp>
#include <quire/metagraph/edge_writer.hpp>
#include <quire/metagraph/graph_writer.hpp>
#include <quire/metagraph/node_writer.hpp>
#include <quire/metagraph/type_writer.hpp>
#include <quire/operations/access_rules.hpp>
#include <quire/operations/caller.hpp>
#include <quire/sqlite/connection.hpp>

#include <span>

namespace quire::operations {

/// The graphs of one file and what operations do to them: on the writer's connection, inside its transaction, in its thread.
class graph_store {
 public:
  explicit graph_store(sqlite::connection& db) : catalog_(db), rules_(db) {}

  /// Runs the operations in order, each only if the caller may at that moment. The savepoint is the caller's: after a failure
  /// everything is to be undone. `image` must show what the connection sees; null: checks go by SQL.
  /// Errors: requests.hpp, access_rules.hpp.
  [[nodiscard]] result<void> apply(std::span<const operation> all, const caller& by, const acl::acl_image* image,
                                   metagraph::write_context& in, write_reply& reply);
  /// True for a request that changes what others are judged by: it must be alone in its transaction.
  [[nodiscard]] bool is_barrier(std::span<const operation> all);

  /// Everything that was derived from the file.
  void forget();
  /// What edges remember of their neighbours: before each transaction.
  void forget_neighbours() { edges_.forget(); }
  /// After a savepoint with these operations was undone.
  void undone(std::span<const operation> all);

  [[nodiscard]] metagraph::catalog& catalog() noexcept { return catalog_; }
  [[nodiscard]] metagraph::type_writer& types() noexcept { return types_; }
  [[nodiscard]] evolution::migration_writer& migrations() noexcept { return migrations_; }
  [[nodiscard]] metagraph::graph_writer& graphs() noexcept { return graphs_; }
  [[nodiscard]] metagraph::node_writer& nodes() noexcept { return nodes_; }
  [[nodiscard]] metagraph::edge_writer& edges() noexcept { return edges_; }
  [[nodiscard]] access_rules& rules() noexcept { return rules_; }

 private:
  [[nodiscard]] result<outcome> apply(const operation& op, metagraph::write_context& in);

  metagraph::catalog catalog_;
  metagraph::type_writer types_;
  evolution::definition_writer definitions_{types_};
  evolution::migration_writer migrations_{types_};
  metagraph::graph_writer graphs_;
  metagraph::node_writer nodes_;
  metagraph::edge_writer edges_;
  access_rules rules_;
};

}  // namespace quire::operations
