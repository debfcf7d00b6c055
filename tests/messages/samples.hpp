#pragma once

#include <quire/messages/queries.hpp>
#include <quire/messages/requests.hpp>

#include <vector>

/// One filled value of every message, the same ones as in golden/. Every alternative of every
/// variant occurs.
namespace quire::test {

[[nodiscard]] document json_of(std::string_view text);
[[nodiscard]] node sample_node();
[[nodiscard]] edge sample_edge();
[[nodiscard]] graph_type sample_graph_type();
[[nodiscard]] graph sample_graph();
[[nodiscard]] organization sample_organization();
/// All operations.
[[nodiscard]] write_request sample_write_request();
/// An outcome with each kind of row.
[[nodiscard]] write_reply sample_write_reply();
/// One for each query.
[[nodiscard]] std::vector<read_request> sample_read_requests();
/// One for each kind of answer.
[[nodiscard]] std::vector<read_reply> sample_read_replies();
/// A plausible event of this table.
[[nodiscard]] change_event sample_event(table t, change_op op);
/// An event with every member set.
[[nodiscard]] change_event sample_full_event();
[[nodiscard]] error sample_error();

}  // namespace quire::test
