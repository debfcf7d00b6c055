#pragma once

#include <quire/messages/error.hpp>
#include <quire/messages/limits.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace quire::schema {

struct program;  // private: what compile() makes and check() runs

/// Which rules a schema follows.
enum class dialect : std::uint8_t {
  module,  ///< what graph types use: a closed set of keywords, formats asserted, lengths in UTF-16
           ///< code units
};

/// Bounds on schemas and on the work of checking one value; none of them depends on the other's
/// good will.
struct compile_limits {
  std::size_t max_depth =
      limits::max_document_depth;         ///< levels of nested schemas, and of references in place
  std::size_t max_nodes = 100'000;        ///< schemas in one compiled schema
  std::size_t max_pattern_bytes = 4'096;  ///< text of one regular expression
  std::size_t max_steps = 50'000'000;  ///< schemas applied while one value is checked, see `check`
};

/// Decides about one string. Called from any thread, also from several at once; must not throw.
using format_check = std::function<bool(std::string_view)>;

struct compile_options {
  enum dialect dialect = dialect::module;
  /// Named schemas that `$ref` reaches by bare name or as `#/$defs/Name`, after the `$defs` around
  /// the reference. Only read during `compile`; entries that nothing reaches are not looked at.
  const boost::json::object* definitions = nullptr;
  /// Formats beside the built-in `date-time`, `date`, `time`, `email`, `uri`, `uuid`, `ipv4` and
  /// `ipv6`; these win.
  std::map<std::string, format_check, std::less<>> formats;
  compile_limits limits;
};

/// A schema made ready for use. Immutable and shared: copying costs a reference count, and any
/// number of threads may use one. A default-made one accepts no value.
class compiled_schema {
 public:
  compiled_schema() = default;
  explicit compiled_schema(std::shared_ptr<const program> made) noexcept
      : program_(std::move(made)) {}

  [[nodiscard]] explicit operator bool() const noexcept { return program_ != nullptr; }
  /// For the functions of this library.
  [[nodiscard]] const program* get() const noexcept { return program_.get(); }

 private:
  std::shared_ptr<const program> program_;
};

/// Compiles a schema: an object of the keywords below, or `true` (anything) or `false` (nothing).
/// Pure; safe from any thread.
///
/// Keywords: `type` (name or list), `const`, `enum`, `properties`, `required`,
/// `additionalProperties`, `patternProperties`, `minProperties`, `maxProperties`,
/// `unevaluatedProperties`, `items` (schema or list), `prefixItems`, `additionalItems`, `minItems`,
/// `maxItems`, `uniqueItems`, `contains`, `minContains`, `maxContains`, `minLength`, `maxLength`,
/// `pattern`, `format`, `minimum`, `maximum`, `exclusiveMinimum`, `exclusiveMaximum`, `multipleOf`,
/// `anyOf`, `oneOf`, `allOf`, `not`, `$ref`, `$defs`. Annotations: `title`, `description`,
/// `default`, `examples`, `$id`, `$schema`,
/// `$comment` and names that begin with `x-`. Keywords without `type` constrain only values of
/// their kind.
///
/// Fails with `schema_invalid` (unknown keyword, bad value of a keyword, a pattern with look-around
/// or back reference, a circle of references that never descends), `unresolved_reference`,
/// `depth_exceeded`, `schema_too_large`. The first detail has the JSON pointer of the keyword;
/// inside an entry of `definitions` it begins with `/$defs/Name`.
[[nodiscard]] result<compiled_schema> compile(const boost::json::value& schema,
                                              const compile_options& options = {});

}  // namespace quire::schema
