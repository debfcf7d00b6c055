#pragma once

#include "references.hpp"

#include <quire/messages/error.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace quire::metagraph {

/// Schemas as rows hold them: acyclic references inlined, circular definitions that are reached in
/// `$defs`. What a definition's own content is (with or without a base) is told by `content`.
class row_writer {
 public:
  using content_of_definition = std::function<result<boost::json::value>(std::size_t)>;

  row_writer(const reference_graph& graph, content_of_definition content)
      : graph_(graph), content_(std::move(content)) {}

  /// Adds the circular definitions that `schema` reaches, those of lower position first.
  /// Fails with `schema_too_large` beyond `limits::max_type_schema_bytes`, `depth_exceeded`.
  [[nodiscard]] result<boost::json::object> finish(boost::json::object schema);

 private:
  const reference_graph& graph_;
  content_of_definition content_;
  std::unordered_map<std::string, std::size_t> by_public_name_;
  std::unordered_map<std::size_t, boost::json::value> contents_;
};

/// Calls `f` with every `$ref` of a schema, which stand only where schemas stand.
void each_reference(const boost::json::value& schema,
                    const std::function<void(std::string_view)>& f);
/// The schema with `f(reference)` in place of each `$ref`.
void replace_references(boost::json::value& schema,
                        const std::function<std::string(std::string_view)>& f);

/// Levels of nesting of a value.
[[nodiscard]] std::size_t depth_of(const boost::json::value& value) noexcept;

}  // namespace quire::metagraph
