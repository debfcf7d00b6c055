#pragma once

#include "output.hpp"
#include "schema_operations.hpp"

#include <quire/messages/document.hpp>
#include <quire/messages/limits.hpp>

#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

namespace quire::tools {

/// Compiled schemas by their text, the ones used last. Not thread-safe.
class schema_cache {
 public:
  /// Keeps no more schemas, and none of more text in all, than this.
  struct bounds {
    std::size_t schemas = 256;
    std::size_t bytes = 4U << 20U;
  };

  schema_cache() = default;
  explicit schema_cache(const bounds& most) : most_(most) {}

  /// The schema, compiled now or before. Fails as `compile_schema` does.
  [[nodiscard]] result<schema::compiled_schema> get(const boost::json::value& schema,
                                                    const schema_settings& with);
  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

 private:
  struct entry {
    std::string key;
    schema::compiled_schema compiled;
  };
  void keep(std::string key, schema::compiled_schema compiled);

  bounds most_;
  std::list<entry> entries_;  ///< used last first
  std::unordered_map<std::string_view, std::list<entry>::iterator> by_key_;
  std::size_t bytes_ = 0;
};

/// Answers requests that are one line of JSON each. Not thread-safe. The format is that of
/// docs/command-line.md.
class schema_batch {
 public:
  static constexpr std::size_t max_line_bytes = limits::max_document_bytes;

  /// `defaults` are for requests that do not say otherwise.
  explicit schema_batch(schema_settings defaults) : defaults_(defaults) {}

  /// The answer to one line: JSON without a line end. Never fails: what is wrong is the answer.
  [[nodiscard]] std::string answer(std::string_view line);
  /// The answer to a line of more than `max_line_bytes`.
  [[nodiscard]] static std::string answer_to_long_line();

 private:
  [[nodiscard]] result<schema_answer> perform(const boost::json::object& request);

  schema_settings defaults_;
  schema_cache cache_;
};

/// Answers what comes in at `descriptor` until its end; see serve_lines.hpp.
[[nodiscard]] result<void> serve_batch(schema_batch& batch, int descriptor, output& out);

}  // namespace quire::tools
