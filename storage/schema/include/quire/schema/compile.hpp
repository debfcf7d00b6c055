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
  module,        ///< what graph types use: a closed set of keywords, formats asserted, lengths in
                 ///< UTF-16 code units
  draft2020_12,  ///< JSON Schema, draft 2020-12, as it stands
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

/// Finds the document that an absolute URI without fragment names; nullptr when there is none. Only
/// called during `compile`, which does no I/O of its own; the document must stay where it is until
/// `compile` returns. Must not throw.
using document_source = std::function<const boost::json::value*(std::string_view)>;

struct compile_options {
  enum dialect dialect = dialect::module;
  /// Named schemas that `$ref` reaches by bare name or as `#/$defs/Name`, after the `$defs` around
  /// the reference. Only read during `compile`; entries that nothing reaches are not looked at.
  /// Only for the module dialect.
  const boost::json::object* definitions = nullptr;
  /// Other documents that `$ref`, `$dynamicRef` and `$schema` may name, beside those of the
  /// standard itself. Only for draft 2020-12, as are the next two.
  document_source documents;
  /// The absolute URI of the schema; what relative references and `$id`s in it are seen from.
  std::string base_uri;
  /// `format` decides about text instead of only saying something about it. Formats that are not
  /// known say nothing even then.
  bool assert_formats = false;
  /// Formats beside the built-in ones; these win. Built in: `date-time`, `date`, `time`, `email`,
  /// `uri`, `uuid`, `ipv4` and `ipv6`; in draft 2020-12 also `duration`, `hostname`, `idn-email`,
  /// `iri`, `iri-reference`, `json-pointer`, `regex`, `relative-json-pointer`, `uri-reference` and
  /// `uri-template`.
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

/// Compiles a schema: an object of keywords, or `true` (anything) or `false` (nothing). Pure; safe
/// from any thread.
///
/// Keywords of the module dialect: `type` (name or list), `const`, `enum`, `properties`,
/// `required`, `additionalProperties`, `patternProperties`, `minProperties`, `maxProperties`,
/// `unevaluatedProperties`, `items` (schema or list), `prefixItems`, `additionalItems`, `minItems`,
/// `maxItems`, `uniqueItems`, `contains`, `minContains`, `maxContains`, `minLength`, `maxLength`,
/// `pattern`, `format`, `minimum`, `maximum`, `exclusiveMinimum`, `exclusiveMaximum`, `multipleOf`,
/// `anyOf`, `oneOf`, `allOf`, `not`, `$ref`, `$defs`. Annotations: `title`, `description`,
/// `default`, `examples`, `$id`, `$schema`,
/// `$comment` and names that begin with `x-`. Keywords without `type` constrain only values of
/// their kind.
///
/// Draft 2020-12 has all keywords of the standard. `format` and `content…` only say something (see
/// `assert_formats`), unknown keywords are ignored, text is counted in code points, and
/// `multipleOf` divides decimal numbers exactly. References reach every place of this and the other
/// documents; schemas that nothing applies or refers to are not looked at. A metaschema in
/// `$schema` decides by its `$vocabulary` which keywords count.
///
/// Fails with `schema_invalid` (unknown keyword, bad value of a keyword, a pattern with look-around
/// or back reference, a circle of references that never descends, a metaschema that is not known or
/// requires a vocabulary that is not), `unresolved_reference`, `depth_exceeded`,
/// `schema_too_large`. The first detail has the JSON pointer of the keyword; inside an entry of
/// `definitions` it begins with `/$defs/Name`, in another document with its URI and `#`.
[[nodiscard]] result<compiled_schema> compile(const boost::json::value& schema,
                                              const compile_options& options = {});

}  // namespace quire::schema
