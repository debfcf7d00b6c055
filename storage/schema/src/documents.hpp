#pragma once

#include "program.hpp"

#include <quire/messages/error.hpp>
#include <quire/schema/compile.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace quire::schema {

/// Long names above many schemas must not fill the memory with pointers to them.
constexpr std::size_t max_pointer_bytes = std::size_t{32} << 20U;

/// A schema resource: what a document is, and every schema in it that has an `$id`.
struct resource {
  std::string uri;  ///< without a fragment; perhaps relative or empty
  const boost::json::value* root = nullptr;
  std::uint16_t groups = 0;      ///< whose keywords count
  std::optional<error> refused;  ///< why nothing in it can be applied
  std::map<std::string, const boost::json::value*, std::less<>> anchors;  ///< of both kinds
  std::map<std::string, const boost::json::value*, std::less<>> dynamic_anchors;
};

/// The documents of one compilation of the standard dialect: the given schema, those it refers to,
/// and who is called what in them. Schemas are found where keywords of the standard hold them, and
/// wherever else a JSON pointer leads.
class documents {
 public:
  /// Where a schema is.
  struct place {
    index resource = none;
    std::string location;  ///< JSON pointer; in other documents after their URI and `#`
  };

  /// @param options  outlives this.
  explicit documents(const compile_options& options) noexcept : options_(options) {}

  /// Adds the schema to compile; everything else follows from references.
  [[nodiscard]] result<void> add_root(const boost::json::value& schema);

  struct target {
    const boost::json::value* schema = nullptr;
    /// The `$dynamicAnchor` by which the reference names it; empty when it does so otherwise.
    std::string_view dynamic_anchor;
  };
  /// What a reference means inside a resource. Fails with `unresolved_reference`, at `location`,
  /// or as a document that it leads to is refused.
  [[nodiscard]] result<target> resolve(index from, std::string_view reference,
                                       const std::string& location);

  /// @param schema  a schema of the root, or one that `resolve` gave.
  [[nodiscard]] const place& at(const boost::json::value& schema) const {
    return places_.at(&schema);
  }
  [[nodiscard]] const std::deque<resource>& resources() const noexcept { return resources_; }

 private:
  struct visit {
    const boost::json::value* schema;
    place where;
    std::size_t depth = 1;
  };

  [[nodiscard]] const boost::json::value* fetch(const std::string& uri);
  [[nodiscard]] result<index> load(const std::string& uri, const std::string& location);
  [[nodiscard]] result<void> crawl(const boost::json::value& schema, place where);
  [[nodiscard]] result<void> enter(const boost::json::object& schema, visit& here);
  [[nodiscard]] result<void> name(const boost::json::object& schema, const visit& here);
  [[nodiscard]] result<std::uint16_t> groups_of(std::string_view metaschema,
                                                const std::string& location);
  [[nodiscard]] result<const boost::json::value*> walk(index from, std::string_view pointer);
  index add_resource(std::string uri, const boost::json::value& root, std::uint16_t groups);

  const compile_options& options_;
  std::deque<resource> resources_;  // stable addresses
  std::map<std::string, index, std::less<>> by_uri_;
  std::unordered_map<const boost::json::value*, place> places_;
  std::size_t location_bytes_ = 0;                                      // of all places
  std::map<std::string, boost::json::value, std::less<>> metaschemas_;  // parsed when asked for
};

}  // namespace quire::schema
