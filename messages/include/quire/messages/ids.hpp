#pragma once

#include <quire/messages/strong.hpp>

#include <cstdint>
#include <string>

namespace quire {

/// `organizations.id`; names the tenant file. Form: `is_valid_org_id`.
using org_id = strong<struct org_id_tag, std::string>;
/// `accounts.id`.
using account_id = strong<struct account_id_tag, std::string>;
/// `graphs.id`.
using graph_id = strong<struct graph_id_tag, std::string>;
/// Caller's name of a node within its graph.
using node_key = strong<struct node_key_tag, std::string>;
/// Caller's name of an edge within its graph. Empty: an anonymous edge, known by its row id only.
using edge_key = strong<struct edge_key_tag, std::string>;
/// Stored name of a node or edge type (`depends_on`), or the entry form (`DependsOnEdge`) in requests.
using type_name = strong<struct type_name_tag, std::string>;
/// `graph_types.name`, such as `call-graph`.
using graph_type_name = strong<struct graph_type_name_tag, std::string>;
/// Primary key of a row of any of the twelve tables.
using row_id = strong<struct row_id_tag, std::string>;
/// Number of a change in one file: +1 per change, in commit order, without holes. 0 is "before the first".
/// Order, cursor of a subscriber and freshness token in one.
using change_seq = strong<struct change_seq_tag, std::int64_t>;
/// Position in a file's stream: grows across all topics, has gaps inside one.
using stream_offset = strong<struct stream_offset_tag, std::int64_t>;
/// Name of a stream topic such as `nodes:created`.
using topic = strong<struct topic_tag, std::string>;
/// Name of a durable subscriber.
using consumer_name = strong<struct consumer_name_tag, std::string>;

/// `^[a-z0-9][a-z0-9_-]{0,62}$`: what may become part of a file name.
[[nodiscard]] bool is_valid_org_id(std::string_view text) noexcept;
/// `^[a-z][a-z0-9-]{0,62}$`: names of new graph types.
[[nodiscard]] bool is_valid_graph_type_name(std::string_view text) noexcept;
/// 1 to 512 bytes of UTF-8 without control characters: keys of nodes and edges.
[[nodiscard]] bool is_valid_key(std::string_view text) noexcept;
/// 1 to 128 bytes of UTF-8 without control characters: ids of rows.
[[nodiscard]] bool is_valid_row_id(std::string_view text) noexcept;
/// Well-formed UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
[[nodiscard]] bool is_valid_utf8(std::string_view text) noexcept;
/// Untrusted text made fit for a log line or an error message: control characters and bad UTF-8 become `\xNN`,
/// what is longer than `max_bytes` is cut and marked with `…`.
[[nodiscard]] std::string printable(std::string_view text, std::size_t max_bytes = 120);

}  // namespace quire
