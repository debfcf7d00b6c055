#pragma once

#include "checker.hpp"

#include <quire/messages/error.hpp>

#include <boost/json/value.hpp>

#include <string>
#include <string_view>

namespace quire::schema {

constexpr std::uint64_t bytes_added_per_step = 4;

/// What all functions share that make new values by a schema: the program, one budget, and the
/// verdicts.
class reshaper {
 protected:
  explicit reshaper(const program& p) : p_(p), left_{.steps = p.max_steps}, check_(p, left_) {}

  /// Pays for one schema; false when the budget ended.
  [[nodiscard]] bool pay() noexcept { return !left_.exhausted && left_.spend(1); }
  /// A copy on the way to the result, paid for by its size; without meaning when the budget ended.
  [[nodiscard]] boost::json::value copied(const boost::json::value& v) {
    return pay_to_read(v) ? v : boost::json::value(nullptr);
  }
  [[nodiscard]] bool pay_to_read(const boost::json::value& v) noexcept {
    return !left_.exhausted && left_.spend(1 + reading(weight_of(v)));
  }
  /// A copy of what the schema has, such as a default. It costs more, for it may come any number of
  /// times and all of them stay in memory.
  [[nodiscard]] boost::json::value added(const boost::json::value& given) {
    const bool paid = !left_.exhausted && left_.spend(weight_of(given) / bytes_added_per_step);
    return paid ? copy_of(given) : boost::json::value(nullptr);
  }
  [[nodiscard]] const boost::json::value* default_of(const node& x) const noexcept {
    const auto position =
        x.annotations == none ? none : p_.annotations[x.annotations].default_value;
    return position == none ? nullptr : &p_.constants[position];
  }
  /// The schema of a declared property; `none` when the name is not declared.
  [[nodiscard]] index declared(const object_rules& rules, std::string_view name) const noexcept {
    const auto position = p_.tables[rules.names].find(name);
    if (position == name_table::npos) return none;
    const auto& known = p_.properties[rules.properties.first + position];
    return known.declared ? known.node : none;
  }
  /// The schema of the first pattern that the name matches; `none` when there is none.
  [[nodiscard]] index by_pattern(const object_rules& rules, std::string_view name) {
    for (auto i = rules.patterns.first; i < rules.patterns.end(); ++i) {
      if (check_.matches(p_.pattern_properties[i].pattern, name))
        return p_.pattern_properties[i].node;
    }
    return none;
  }
  /// The schema of element `position`.
  [[nodiscard]] index element(const array_rules& rules, std::size_t position) const noexcept {
    return position < rules.prefix.count ? p_.links[rules.prefix.first + position] : rules.rest;
  }

  /// Would the schema let in a value that is not there? So does what asks for no kind, such as any
  /// value and most of `not`.
  [[nodiscard]] bool accepts_nothing(index n);

  [[nodiscard]] const standard_rules* standard_of(const node& x) const noexcept {
    return x.standard == none ? nullptr : &p_.standards[x.standard];
  }
  /// What to enter before anything is asked or made by a schema.
  [[nodiscard]] index resource_of(const node& x) const noexcept {
    return x.standard == none ? none : p_.standards[x.standard].resource;
  }
  /// Calls `f` with each schema that rules of the standard apply to `v` itself: those that its
  /// members bring to bear, the branch of `if`, and what `$dynamicRef` means here. `f` may change
  /// `v`; what comes later sees that.
  template <class F>
  void each_applied(const node& x, const boost::json::value& v, F&& f) {
    const auto* rules = standard_of(x);
    if (rules == nullptr) return;
    for (auto i = rules->dependencies.first; i < rules->dependencies.end(); ++i) {
      const auto& rule = p_.dependencies[i];
      if (rule.node != none && v.is_object() && v.get_object().contains(rule.name)) f(rule.node);
    }
    if (rules->condition != none) {
      const auto branch =
          check_.passes(rules->condition, v) ? rules->consequence : rules->alternative;
      if (branch != none) f(branch);
    }
    if (const auto meant = check_.scope().target(*rules); meant != none) f(meant);
  }

  const program& p_;
  budget left_;
  checker check_;
};

/// A failure at one place of the value.
[[nodiscard]] error failure_at(errc code, const std::string& path, std::string reason);

/// The failure of a run whose budget ended.
[[nodiscard]] error budget_ended();

/// Makes values from nothing.
class creator : private reshaper {
 public:
  explicit creator(const program& p) : reshaper(p) {}

  /// Goes on in the dynamic scope of someone else.
  void enter(const dynamic_scope& scope) { check_.scope() = scope; }

  /// The value of schema `n`, not yet checked as a whole. `path` is where it will stand, for
  /// messages.
  [[nodiscard]] result<boost::json::value> make(index n, std::string& path);

 private:
  [[nodiscard]] result<boost::json::value> make_kind(const node& x, std::string& path);
  [[nodiscard]] result<boost::json::value> make_array(const node& x, std::string& path);
  [[nodiscard]] result<boost::json::value> make_object(const node& x, std::string& path);
  [[nodiscard]] result<boost::json::value> make_joined(const node& x, span_of parts,
                                                       std::string& path);
  [[nodiscard]] result<boost::json::value> make_own(const node& x, std::string& path);
  /// As `make_own`, and with what rules of the standard ask for besides.
  [[nodiscard]] result<boost::json::value> make_standard(const node& x, std::string& path);

  [[nodiscard]] result<boost::json::value> paid(boost::json::value made);

  std::uint32_t level_ = 0;
};

}  // namespace quire::schema
