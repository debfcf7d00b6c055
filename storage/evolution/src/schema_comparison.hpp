#pragma once

#include "schema_facts.hpp"

#include <quire/evolution/change.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quire::evolution {

/// Walks two schemas side by side and notes every difference.
///
/// What holds throughout: when a comparison notes nothing worse than `additive`, each value that
/// passes the first schema passes the second. Circular definitions are compared once on each way
/// down: inside, what is being compared is taken to hold, which values of finite depth justify.
/// Work is bounded; what goes beyond is noted as breaking.
class schema_comparison {
 public:
  schema_comparison(part p, std::string_view type, const boost::json::value& before,
                    const boost::json::value& after);

  [[nodiscard]] std::vector<change> run();

 private:
  using value = boost::json::value;
  using object = boost::json::object;
  using list = boost::json::array;
  using literals = std::vector<const value*>;

  // What is noted.
  void note(change_class severity, const std::string& path, std::string_view kind,
            std::string reason, bool needs_scan = false);
  void neutral(const std::string& path, std::string_view kind, std::string reason) {
    note(change_class::neutral, path, kind, std::move(reason));
  }
  void additive(const std::string& path, std::string_view kind, std::string reason) {
    note(change_class::additive, path, kind, std::move(reason));
  }
  void breaking(const std::string& path, std::string_view kind, std::string reason) {
    note(change_class::breaking, path, kind, std::move(reason));
  }

  /// What a comparison would note, without noting it.
  [[nodiscard]] std::vector<change> look(const value& a, const value& b, const std::string& path);
  [[nodiscard]] bool is_harmless(const value& a, const value& b, const std::string& path) {
    return worst(look(a, b, path)) != change_class::breaking;
  }
  [[nodiscard]] bool is_same(const value& a, const value& b, const std::string& path);
  [[nodiscard]] bool spend();

  void compare(const value& a, const value& b, const std::string& path);
  void compare_references(const value& a, const value& b, const std::string& path);
  void compare_rules(const object& a, const object& b, const std::string& path);
  void compare_unevaluated(const object& a, const object& b, const std::string& path,
                           std::size_t first);
  void compare_annotations(const object& a, const object& b, const std::string& path);
  bool compare_literals(const object& a, const object& b, const std::string& path);
  void compare_literal_sets(const literals& a, const literals& b, const std::string& path);
  void compare_lone_literals(const object& a, const object& b, const std::string& path);
  /// The kinds that both allow; none: the rest need not be compared.
  [[nodiscard]] kind_set compare_kinds(const object& a, const object& b, const std::string& path);

  void compare_numbers(const object& a, const object& b, const std::string& path);
  void compare_limit(const object& a, const object& b, const std::string& path,
                     std::string_view keyword, std::string_view strict, bool lower);
  void compare_divisor(const object& a, const object& b, const std::string& path);
  void compare_strings(const object& a, const object& b, const std::string& path);
  void compare_count(const object& a, const object& b, const std::string& path,
                     std::string_view keyword, bool lower, std::uint64_t floor = 0);
  void compare_rule(const object& a, const object& b, const std::string& path,
                    std::string_view keyword);

  void compare_lists(const object& a, const object& b, const std::string& path);
  void compare_items(const object& a, const object& b, const std::string& path);
  void compare_contains(const object& a, const object& b, const std::string& path);

  void compare_objects(const object& a, const object& b, const std::string& path);
  void compare_properties(const object& a, const object& b, const std::string& path);
  void compare_added(const object& a, const std::string& name, const value& added,
                     const std::string& path);
  void compare_required(const object& a, const object& b, const std::string& path);
  void compare_records(const object& a, const object& b, const std::string& path);
  void compare_rest(const object& a, const object& b, const std::string& path,
                    std::string_view keyword);

  bool compare_as_unions(const object& a, const object& b, const std::string& path);
  void compare_any_of(const object& a, const object& b, const std::string& path);
  void match_alternatives(const std::vector<const value*>& a, const std::vector<const value*>& b,
                          const std::string& path);
  void compare_one_of(const object& a, const object& b, const std::string& path);
  void compare_all_of(const object& a, const object& b, const std::string& path);
  void compare_not(const object& a, const object& b, const std::string& path);
  void compare_unknown(const object& a, const object& b, const std::string& path);

  const value& before_;
  const value& after_;
  change about_;  // part and type of every note
  const object* a_definitions_;
  const object* b_definitions_;
  bool equal_is_same_ = false;  // references mean the same on both sides
  std::vector<change> noted_;
  std::vector<std::pair<const value*, const value*>> under_way_;  // behind references
  std::size_t depth_ = 0;
  std::size_t steps_ = 0;
};

}  // namespace quire::evolution
