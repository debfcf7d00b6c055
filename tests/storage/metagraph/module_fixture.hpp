#pragma once

#include <quire/metagraph/graph_type_view.hpp>
#include <quire/metagraph/module.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace quire::test {

/// Shorter than a raw string with every quote in it: `'` stands for `"`.
inline boost::json::value json(std::string text) {
  for (auto& c : text) {
    if (c == '\'') c = '"';
  }
  return boost::json::parse(text);
}

inline boost::json::object entries(const std::string& text) { return json(text).as_object(); }

inline result<metagraph::graph_module> compile(const std::string& text) {
  return metagraph::compile_module("test-graph", entries(text));
}

inline metagraph::row_projection project(const std::string& text) {
  return metagraph::project_module(compile(text).value()).value();
}

/// The rows as a file would give them back: through text.
inline quire::graph_type rows_of(const metagraph::graph_module& module) {
  const auto projected = metagraph::project_module(module).value();
  quire::graph_type rows;
  rows.name = graph_type_name{module.name()};
  rows.config = document::trusted(boost::json::serialize(projected.config));
  for (const auto& type : projected.node_types) {
    rows.node_types.push_back({.id = {},
                               .name = type_name{type.name},
                               .schema = document::trusted(boost::json::serialize(type.schema))});
  }
  for (const auto& type : projected.edge_types) {
    edge_type_row row{.id = {},
                      .name = type_name{type.name},
                      .schema = document::trusted(boost::json::serialize(type.schema)),
                      .sources = {},
                      .targets = {}};
    for (const auto& name : type.sources) row.sources.emplace_back(name);
    for (const auto& name : type.targets) row.targets.emplace_back(name);
    rows.edge_types.push_back(std::move(row));
  }
  return rows;
}

inline std::shared_ptr<const metagraph::graph_type_view> view_of(const std::string& text) {
  return metagraph::graph_type_view::from_module(compile(text).value()).value();
}

inline bool mentions(const error& e, std::string_view text) {
  return e.context.find(text) != std::string::npos;
}

}  // namespace quire::test
