#pragma once

#include <quire/messages/document.hpp>
#include <quire/schema/compile.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <array>
#include <map>
#include <span>
#include <string>
#include <string_view>

namespace quire::tools {

/// Documents by the absolute URI that references name them by.
using schema_documents = std::map<std::string, document, std::less<>>;

/// What a schema is read with, beside its text.
struct schema_settings {
  schema::dialect dialect = schema::dialect::module;
  bool assert_formats = false;  ///< of draft 2020-12; the module dialect always does
  /// Other documents, for draft 2020-12. Null for none. Borrowed.
  const schema_documents* documents = nullptr;
  /// The value of a definitions file or member: schemas by name, or a module `{"$defs": {...}}`.
  /// Null for none; only for the module dialect. Borrowed.
  const boost::json::value* definitions = nullptr;
};

/// What an operation gives.
struct schema_answer {
  boost::json::value result;
  std::vector<std::string> replaced{};  ///< pointers into the value; `cast` only
  std::vector<std::string> dropped{};
  bool good = true;  ///< false when the answer is that the value does not fit
};

/// What an operation works on.
struct schema_operands {
  schema::compiled_schema schema;                        ///< of those that take one
  std::array<const boost::json::value*, 2> documents{};  ///< as many as it names
  bool keep_extra = false;                               ///< `cast` only
};

/// One of check, errors, diff, patch, cast, default, create, clean, convert: a command, and an `op`
/// of a request.
struct schema_operation {
  std::string_view name;
  std::string_view about;
  bool takes_schema = true;
  /// Members of a request that hold its documents, which are also the arguments of the command;
  /// empty after the last.
  std::array<std::string_view, 2> documents{};
  result<schema_answer> (*run)(const schema_operands& on) = nullptr;
};

[[nodiscard]] std::span<const schema_operation> schema_operations() noexcept;
/// The operation of that name; null when there is none.
[[nodiscard]] const schema_operation* find_schema_operation(std::string_view name) noexcept;

/// `module` or another dialect. Fails with `invalid_option`.
[[nodiscard]] result<schema::dialect> dialect_from(std::string_view name);
/// The names `dialect_from` knows, with commas.
[[nodiscard]] std::string dialect_names();

/// Fails as `schema::compile` does, and with `invalid_option` when the definitions are no object or
/// not for this dialect.
[[nodiscard]] result<schema::compiled_schema> compile_schema(const boost::json::value& schema,
                                                             const schema_settings& with);

}  // namespace quire::tools
