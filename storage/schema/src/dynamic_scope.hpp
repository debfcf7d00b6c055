#pragma once

#include "program.hpp"

#include <boost/container/small_vector.hpp>

namespace quire::schema {

/// What the names of `$dynamicAnchor` mean right now: in each case the anchor of the outermost
/// schema resource on the way to here that has it. Costs nothing for programs without
/// `$dynamicRef`.
class dynamic_scope {
 public:
  explicit dynamic_scope(const program& p) : p_(&p), bound_(p.dynamic_names) {}

  /// One resource inside another; left at the end of the C++ scope.
  class inside {
   public:
    /// @param resource  `none` when nothing is entered.
    inside(dynamic_scope& scope, index resource) noexcept : scope_(scope), resource_(resource) {
      if (resource_ == none) return;
      each([this](binding& b, index node) {
        if (b.node == none) b = {.node = node, .by = this};
      });
    }
    inside(const inside&) = delete;
    inside& operator=(const inside&) = delete;
    ~inside() {
      if (resource_ == none) return;
      each([this](binding& b, index) {
        if (b.by == this) b = {};
      });
    }

   private:
    template <class F>
    void each(F&& f) noexcept {
      const auto list = scope_.p_->resources[resource_];
      for (auto i = list.first; i < list.end(); ++i) {
        const auto& x = scope_.p_->bindings[i];
        f(scope_.bound_[x.name], x.node);
      }
    }

    dynamic_scope& scope_;
    index resource_;
  };

  /// Where the `$dynamicRef` of these rules leads; `none` when they have none.
  [[nodiscard]] index target(const standard_rules& rules) const noexcept {
    if (rules.dynamic_name == none) return rules.dynamic_reference;
    const auto bound = bound_[rules.dynamic_name].node;
    return bound == none ? rules.dynamic_reference : bound;
  }

 private:
  friend class inside;
  struct binding {
    index node = none;
    const inside* by = nullptr;
  };

  const program* p_;
  boost::container::small_vector<binding, 2> bound_;
};

}  // namespace quire::schema
