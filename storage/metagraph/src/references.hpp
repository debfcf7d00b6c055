#pragma once

#include <quire/messages/error.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace quire::metagraph {

/// Bytes that may still be written, so that references which multiply end in an error and not in
/// exhausted memory. `row` is set anew for each row.
struct expansion_budget {
  std::size_t row = 0;
  std::size_t total = 0;
  std::size_t depth = 0;  ///< levels under way: of schemas, and of references in one another
};

/// Named schemas, who refers to whom, and schemas with their references inlined. The schemas must
/// outlive it and stay where they are.
///
/// The entries of the outermost set come first and in order; the members of every `$defs` inside
/// schemas follow. A name is looked up from the inside out. Equal `$defs` in one place count once,
/// because wrappers repeat a whole module for each reference.
class reference_graph {
 public:
  struct definition {
    std::string_view name;
    const boost::json::value* schema = nullptr;
    std::size_t scope = 0;
    std::size_t root = 0;             ///< entry of the outermost set that it is or stands in
    std::vector<std::size_t> refers;  ///< definitions, with repetitions
    bool circular = false;            ///< refers to itself, also through others
    std::string public_name;          ///< unique among circular ones; what `#/$defs/…` says
  };

  /// Reads `entries` and all inside them. Fails with `unresolved_reference`, `schema_invalid`,
  /// `depth_exceeded`; the pointer starts at the set.
  [[nodiscard]] result<void> read(const boost::json::object& entries);
  /// Adds a dependency that is no `$ref`. Before `find_circles`.
  void add_reference(std::size_t from, std::size_t to) { definitions_[from].refers.push_back(to); }
  /// Marks and names the circular ones.
  void find_circles();
  /// The circular ones; what one refers to outside its own circle comes before it.
  [[nodiscard]] const std::vector<std::size_t>& circular() const noexcept { return circular_; }

  [[nodiscard]] const std::vector<definition>& definitions() const noexcept { return definitions_; }
  /// In the outermost set.
  [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const;

  /// What stands for a reference to an acyclic definition; see `expand`.
  using inliner = std::function<result<boost::json::value>(std::size_t)>;
  /// The schema of a definition, with acyclic references inlined by `inline_one`, circular ones
  /// as `#/$defs/Name`, and without `$id`, `$schema` and inner `$defs`.
  /// Fails with `schema_too_large`, `depth_exceeded`.
  [[nodiscard]] result<boost::json::value> expand(std::size_t position, expansion_budget& budget,
                                                  const inliner& inline_one) const;

 private:
  struct scope {
    const boost::json::object* names = nullptr;
    std::size_t outer = 0;  // of the outermost: itself
    std::size_t level = 0;
    std::unordered_map<std::string_view, std::size_t> by_name;
  };
  struct walk;
  struct writer;

  [[nodiscard]] result<std::size_t> open_scope(const boost::json::object& names, std::size_t outer,
                                               std::size_t root, const std::string& pointer);
  [[nodiscard]] std::optional<std::size_t> resolve(std::string_view reference,
                                                   std::size_t from) const;
  [[nodiscard]] std::size_t scope_of(const boost::json::object& schema, std::size_t around) const;

  std::vector<definition> definitions_;
  std::vector<std::string> pointers_;  // of each definition
  std::vector<std::size_t> circular_;
  std::vector<scope> scopes_;
  // Which scope a `$defs` opens, and the scopes that may be the same again, by hash of their text.
  std::unordered_map<const boost::json::object*, std::size_t> scope_by_names_;
  std::unordered_multimap<std::size_t, std::size_t> scopes_by_hash_;
};

}  // namespace quire::metagraph
