#pragma once

#include "output.hpp"

#include <quire/messages/change_event.hpp>
#include <quire/messages/queries.hpp>
#include <quire/messages/rows.hpp>

#include <boost/json/object.hpp>

#include <string>

namespace quire::tools {

// Rows as JSON, with the names of the operations: `nodeType`, `sourceNodeKey`.
[[nodiscard]] boost::json::object json_of(const organization& x);
[[nodiscard]] boost::json::object json_of(const graph_type& x);
[[nodiscard]] boost::json::object json_of(const graph& x);
[[nodiscard]] boost::json::object json_of(const node& x);
[[nodiscard]] boost::json::object json_of(const edge& x);
[[nodiscard]] boost::json::object json_of(const neighbor& x);
[[nodiscard]] boost::json::object json_of(const path& x);
[[nodiscard]] boost::json::object json_of(const graph_stat& x);

// Rows for people.
void show(output& out, const organization& x);
void show(output& out, const graph_type& x);
void show(output& out, const graph& x);
void show(output& out, const node& x);
void show(output& out, const edge& x);

/// `2026-01-31 12:30:00Z`.
[[nodiscard]] std::string text_of(row_time at);
/// The same with milliseconds.
[[nodiscard]] std::string text_of(timestamp at);
/// The key of an edge, else its row id in parentheses.
[[nodiscard]] std::string name_of(const edge& x);

}  // namespace quire::tools
