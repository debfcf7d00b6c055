#pragma once

#include "graph_sql.hpp"
#include "image_body.hpp"
#include "row_encoder.hpp"

#include <quire/sqlite/connection.hpp>

#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

namespace quire::acl {

/// Makes a new state of an image by reading some principals and resources again. The caller holds
/// the vocabulary's mutex and keeps one snapshot open on the connection. Fails with `storage_*`.
class image_editor {
 public:
  /// `sql` is prepared on the connection, or will be; it outlives this.
  image_editor(const acl_image::body& before, sqlite::connection& db, graph_sql& sql)
      : made_(before), db_(db), sql_(sql), encoder_(*made_.texts) {}

  /// A node: what a principal holds itself (with all its steps and grants, when there was none
  /// before), or what can be granted on a resource.
  [[nodiscard]] result<void> read_node(std::string_view key);
  /// The edges from one node to another.
  [[nodiscard]] result<void> read_edges(std::string_view source, std::string_view target);
  /// A principal with all its steps and grants, and the resources of these.
  [[nodiscard]] result<void> read_principal(std::string_view key);

  /// Of principals read by this editor.
  [[nodiscard]] bool has_read(std::string_view key) const;
  /// Where the steps into a principal that was read come from.
  [[nodiscard]] std::vector<acl_image::ref> sources_of(std::string_view key) const;
  [[nodiscard]] std::size_t read_principals() const noexcept { return changed_.size(); }
  [[nodiscard]] std::size_t read_edge_count() const noexcept { return read_edges_; }

  /// The new state. Fails with `limit_exceeded` beyond the options of the build.
  [[nodiscard]] result<acl_image::body> finish();

  [[nodiscard]] acl_image::body& made() noexcept { return made_; }

 private:
  struct loose {
    principal_record record{};
    std::vector<acl_image::step> steps{};
    std::vector<image_grant> grants{};
  };
  /// The principal as it is so far, to be changed.
  [[nodiscard]] loose& open(acl_image::ref at);
  [[nodiscard]] result<void> read_principal_node(std::string_view key, bool wholly);
  [[nodiscard]] result<void> read_resource_node(std::string_view key);
  [[nodiscard]] result<void> read_steps_and_grants(std::string_view key, loose& into);
  void write_page(std::uint32_t page);

  acl_image::body made_;
  sqlite::connection& db_;
  graph_sql& sql_;
  row_encoder encoder_;
  std::map<acl_image::ref, loose> changed_{};
  std::map<std::uint32_t, std::uint32_t> limits_{};
  std::size_t read_edges_ = 0;
};

/// `limit_exceeded` when the state is beyond its options.
[[nodiscard]] result<void> check_bounds(const acl_image::body& made);

}  // namespace quire::acl
