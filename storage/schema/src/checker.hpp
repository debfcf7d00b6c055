#pragma once

#include "dynamic_scope.hpp"
#include "evaluated.hpp"
#include "program.hpp"
#include "value_work.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <string_view>

namespace quire::schema {

/// One schema inside another; back at the end of the scope. Each costs a few frames of the stack,
/// which the bound keeps below a few hundred KiB.
class deeper {
 public:
  static constexpr std::uint32_t max_depth = 2'000;

  explicit deeper(budget& left) noexcept : left_(left) {
    if (++left_.depth > max_depth) left_.exhausted = true;
  }
  deeper(const deeper&) = delete;
  deeper& operator=(const deeper&) = delete;
  ~deeper() { --left_.depth; }

 private:
  budget& left_;
};

/// Applies the schemas of a program to values. One run, one thread; the program and the budget
/// outlive it.
class checker {
 public:
  checker(const program& p, budget& left) : p_(p), left_(left), scope_(p) {}

  /// False also when the budget ended; ask it before believing a false.
  [[nodiscard]] bool passes(index n, const boost::json::value& v);

  /// As `passes`, but leaves out what the schema itself says about unevaluated children, and adds
  /// the others to `seen`.
  [[nodiscard]] bool evaluates(index n, const boost::json::value& v, evaluated& seen);
  /// The dynamic scope, for those who go through schemas on their own.
  [[nodiscard]] dynamic_scope& scope() noexcept { return scope_; }

  // The parts of a verdict, for those who must say which part failed. All are false when the budget
  // ended.
  [[nodiscard]] bool is_constant(index constant, const boost::json::value& v);
  [[nodiscard]] bool is_one_of(const literal_set& set, const boost::json::value& v);
  [[nodiscard]] bool has_one_match(span_of list, const boost::json::value& v);
  [[nodiscard]] bool has_some_match(span_of list, const boost::json::value& v);
  [[nodiscard]] bool fails(index n, const boost::json::value& v);
  /// Out of line, for its table must not be part of the frames that nest.
  [[nodiscard]] [[gnu::noinline]] bool all_differ(const boost::json::array& items);
  [[nodiscard]] std::uint64_t count_matches(index n, const boost::json::array& items);
  [[nodiscard]] bool matches(index pattern, std::string_view text) {
    return p_.patterns[pattern].matches(text, left_);
  }
  /// Is this member named by schema `n`, by its parts, or by a member of a union in it that the
  /// object passes? `unevaluatedProperties` of `n` itself does not count.
  [[nodiscard]] bool is_named(index n, const boost::json::value& object, std::string_view name);

  /// Does the name of a member pass as a string?
  [[nodiscard]] [[gnu::noinline]] bool name_passes(index n, std::string_view name);

  [[nodiscard]] bool exhausted() const noexcept { return left_.exhausted; }

 private:
  /// Nobody asks which children were evaluated.
  struct unasked {};
  // What takes a `Seen` is made twice: for `unasked`, and for `evaluated*` to which it adds the
  // children that it evaluates.
  template <class Seen>
  [[nodiscard]] bool apply(index n, const boost::json::value& v, Seen seen);
  template <class Seen>
  [[nodiscard]] bool own_rules_pass(index n, const boost::json::value& v, Seen seen);
  /// As `apply`; when the value fails, nothing is added to `seen`.
  template <class Seen>
  [[nodiscard]] bool try_apply(index n, const boost::json::value& v, Seen seen);
  template <class Seen>
  [[nodiscard]] bool array_passes(const array_rules& rules, const boost::json::array& items,
                                  Seen seen);
  template <class Seen>
  [[nodiscard]] bool object_passes(index n, const boost::json::value& v, Seen seen);
  template <class Seen>
  [[nodiscard]] bool members_pass(const object_rules& rules, const boost::json::object& members,
                                  Seen seen);
  template <class Seen>
  [[nodiscard]] bool logic_passes(const logic_rules& rules, const boost::json::value& v, Seen seen);
  template <class Seen>
  [[nodiscard]] [[gnu::noinline]] bool apply_standard(index n, const boost::json::value& v,
                                                      Seen seen);
  template <class Seen>
  [[nodiscard]] bool standard_passes(index n, const boost::json::value& v, Seen seen);

  /// As `passes`, with a short way for schemas that only ask for a kind.
  [[nodiscard]] bool child_passes(index n, const boost::json::value& v);
  [[nodiscard]] bool number_passes(const number_rules& rules, const number& n) const noexcept;
  [[nodiscard]] bool string_passes(const string_rules& rules, std::string_view text);
  [[nodiscard]] bool declared_pass(const object_rules& rules, const boost::json::object& members);
  [[nodiscard]] bool names(index n, const boost::json::value& object, std::string_view name);
  [[nodiscard]] bool unevaluated_pass(const standard_rules& rules, const boost::json::value& v,
                                      const evaluated& seen);

  const program& p_;
  budget& left_;
  dynamic_scope scope_;
};

/// The bit of a value's kind.
[[nodiscard]] inline std::uint8_t kind_of(const boost::json::value& v) noexcept {
  switch (v.kind()) {
    case boost::json::kind::null: return kinds::null;
    case boost::json::kind::bool_: return kinds::boolean;
    case boost::json::kind::int64:
    case boost::json::kind::uint64: return kinds::whole;
    case boost::json::kind::double_:
      return number::of(v.get_double()).whole() ? kinds::whole : kinds::fraction;
    case boost::json::kind::string: return kinds::string;
    case boost::json::kind::array: return kinds::array;
    case boost::json::kind::object: return kinds::object;
  }
  return 0;
}

/// Is the text's length within the bounds of the rules? Counts only when the bytes leave it open.
[[nodiscard]] bool long_enough(std::string_view text, const string_rules& rules) noexcept;
[[nodiscard]] bool short_enough(std::string_view text, const string_rules& rules) noexcept;

/// Is the number a multiple of the divisor in the rules, as their dialect counts?
[[nodiscard]] bool divides(const number_rules& rules, const number& n) noexcept;

}  // namespace quire::schema
