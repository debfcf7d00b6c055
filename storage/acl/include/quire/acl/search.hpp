#pragma once

#include <quire/acl/access_control.hpp>
#include <quire/acl/scopes.hpp>
#include <quire/acl/view.hpp>

#include <boost/container/small_vector.hpp>

#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// The check itself: a walk backward from the subject over steps that pass everything that is
// wanted, to a principal that holds all of it directly. Because a step passes a list of scopes
// exactly when it passes each of them, this gives the verdict of judging every chain alone, in time
// linear in what is walked. It runs over any representation of the graph.
namespace quire::acl {

/// What one chain alone must give. Texts and the list are borrowed from the caller.
struct requirement {
  std::span<const std::string> scopes{};  ///< all of them
  std::string_view resource_type{};       ///< empty: no resource
  std::string_view resource_id{};
  std::string_view action{};
};
/// Key of the resource as holdings name it, `type:id`; empty: none is wanted. Without an id it is
/// the bare type, which only checks of what may be handed on ask for (`*` in hierarchical mode).
[[nodiscard]] std::string key_of(const requirement& needs);

namespace search_limits {
inline constexpr std::uint32_t max_steps = 32;         ///< of one chain
inline constexpr std::uint32_t max_visits = 10'000;    ///< principals of one search
inline constexpr std::uint32_t max_chains = 1'024;     ///< of one evaluation
inline constexpr std::uint32_t max_delegations = 256;  ///< into one principal
}  // namespace search_limits

/// True from the second `at` (Unix seconds) on. What never expires is absent.
[[nodiscard]] inline bool expired(const std::optional<std::int64_t>& at, timestamp now) noexcept {
  return at && *at <= std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
}

/// A state of the graph that can be searched. `V` may be const.
/// - `ref` names a principal: small, `==`, hashable by `std::hash`.
/// - `wanted` is a requirement in the form the view compares with; it may borrow from the
/// requirement.
/// - `find` gives nothing for keys that are no principal's.
/// - `holds`: what the principal holds directly covers all of it.
/// - `each_step(to, wanted, now, f)` calls `f(from, narrowable)` for each step into `to` that is
/// neither malformed nor expired
///   and passes all of it, until `f` answers false. A delegation passes what its scopes and, if it
///   has any, its resources cover. A membership leads from an organization to an account or
///   service; owner and admin pass everything, a member what `role:member` holds directly (no such
///   principal: nothing). Its `narrowable` is true. Order does not matter.
/// - `status`: `acl::status_of`, but `principal_ambiguous` for a malformed node and
/// `principal_missing` for an absent one.
template <class V>
concept searchable = requires(V& view, const requirement& needs, scope_mode mode,
                              std::string_view key, typename V::ref ref,
                              const typename V::wanted& wanted, timestamp now,
                              const identity_view& identities, bool (*f)(typename V::ref, bool)) {
  requires std::equality_comparable<typename V::ref>;
  { std::hash<typename V::ref>{}(ref) } -> std::convertible_to<std::size_t>;
  { view.compile(needs, mode) } -> std::same_as<typename V::wanted>;
  { view.find(key) } -> std::same_as<result<std::optional<typename V::ref>>>;
  { view.holds(ref, wanted) } -> std::same_as<result<bool>>;
  { view.each_step(ref, wanted, now, f) } -> std::same_as<result<void>>;
  { view.status(ref, identities) } -> std::same_as<errc>;
};

struct search_request {
  std::string_view subject{};  ///< key of a principal
  requirement needs{};
  timestamp now{};
  scope_mode mode = scope_mode::exact;
  std::string_view acting_as{};  ///< key of a role: only chains that end there and pass through the
                                 ///< subject count
  /// Scopes of the credential, when it narrows. They must cover the required ones too; resources
  /// are not touched.
  std::optional<std::span<const std::string>> credential_scopes{};
  bool to_pass_on =
      false;  ///< only what the subject may hand on: its last step must be narrowable as well
};

struct verdict {
  bool allowed = false;
  errc reason = errc::none;  ///< of a denial: `principal_missing`, `principal_ambiguous`,
                             ///< `account_suspended`, `account_deactivated`, `not_found` (an
                             ///< organization is gone), `scope_missing` (the credential narrows too
                             ///< much), `access_denied`, `limit_exceeded`
  std::uint32_t visits = 0;  ///< principals looked at
  friend bool operator==(const verdict&, const verdict&) = default;
};

namespace detail {

/// For the first round of a search.
class everyone_in_good_standing final : public identity_view {
 public:
  [[nodiscard]] std::optional<account_status> status_of(std::string_view) const override {
    return account_status::active;
  }
  [[nodiscard]] bool has_organization(std::string_view) const override { return true; }
  [[nodiscard]] std::optional<credential_state> credential(std::string_view) const override {
    return std::nullopt;
  }
};

/// What a search knows of one principal. With a role acted as, a principal counts once before and
/// once after the caller was passed.
template <class Ref>
struct reached {
  Ref ref{};
  std::uint32_t after = 0;  ///< index of the one it gives to; its own for the first
  std::uint16_t steps = 0;  ///< between it and the first
  bool through = false;     ///< the caller is on the way
};

/// Breadth-first queue that takes each principal once. Up to 64 live on the stack.
template <class Ref>
class frontier {
 public:
  frontier() : slots_(128, empty_slot) {}

  [[nodiscard]] std::size_t size() const noexcept { return list_.size(); }
  [[nodiscard]] reached<Ref> operator[](std::size_t i) const noexcept { return list_[i]; }
  [[nodiscard]] bool contains(Ref ref, bool through) const noexcept {
    return slots_[slot_of(ref, through)] != empty_slot;
  }

  void push(const reached<Ref>& x) {
    slots_[slot_of(x.ref, x.through)] = static_cast<std::uint32_t>(list_.size());
    list_.push_back(x);
    if (list_.size() * 2 > slots_.size()) grow();
  }

 private:
  static constexpr std::uint32_t empty_slot = std::numeric_limits<std::uint32_t>::max();

  /// Where it is, or where it would go. Half the slots are free, so this ends.
  [[nodiscard]] std::size_t slot_of(Ref ref, bool through) const noexcept {
    const std::size_t mask = slots_.size() - 1;
    // Fibonacci hashing: std::hash of an integer is the integer.
    auto at = ((std::hash<Ref>{}(ref)*2 + (through ? 1 : 0)) * 0x9E3779B97F4A7C15ULL >> 32U) & mask;
    while (slots_[at] != empty_slot) {
      const auto& there = list_[slots_[at]];
      if (there.ref == ref && there.through == through) break;
      at = (at + 1) & mask;
    }
    return at;
  }

  void grow() {
    slots_.assign(slots_.size() * 4, empty_slot);
    for (std::uint32_t i = 0; i < list_.size(); ++i)
      slots_[slot_of(list_[i].ref, list_[i].through)] = i;
  }

  boost::container::small_vector<reached<Ref>, 64> list_;
  boost::container::small_vector<std::uint32_t, 128> slots_;
};

/// Looks for a chain without repeated principal that passes through the caller, one path at a time.
/// Only needed when the graph has a cycle through the caller, which only foreign hands and
/// memberships make.
template <class V>
class simple_path_search {
 public:
  using ref = typename V::ref;
  simple_path_search(V& view, const identity_view& identities, const typename V::wanted& wanted,
                     const search_request& request, ref caller)
      : view_(view), identities_(identities), wanted_(wanted), request_(request), caller_(caller) {}

  /// True when found: then `path()` is subject first. Limits end it early; see `limited`.
  [[nodiscard]] result<bool> from(ref at) {
    path_.push_back(at);
    if (++visits_ > search_limits::max_visits) {
      limited_ = true;
      return false;
    }
    if (std::find(path_.begin(), path_.end(), caller_) != path_.end()) {
      auto holds = view_.holds(at, wanted_);
      if (!holds || *holds) return holds;
    }
    boost::container::small_vector<ref, 16> next;
    const bool last = path_.size() == 1 && !request_.to_pass_on;
    auto ok = view_.each_step(at, wanted_, request_.now, [&](ref from, bool narrowable) {
      if ((last || narrowable) && std::find(path_.begin(), path_.end(), from) == path_.end() &&
          std::find(next.begin(), next.end(), from) == next.end() &&
          view_.status(from, identities_) == errc::none) {
        next.push_back(from);
      }
      return true;
    });
    if (!ok) return ok.error();
    if (path_.size() > search_limits::max_steps) {
      limited_ = limited_ || !next.empty();
      next.clear();
    }
    for (const auto& one : next) {
      auto found = from(one);
      if (!found || *found || visits_ > search_limits::max_visits) return found;
      path_.pop_back();
    }
    return false;
  }

  [[nodiscard]] const auto& path() const noexcept { return path_; }
  [[nodiscard]] bool limited() const noexcept { return limited_; }
  [[nodiscard]] std::uint32_t visits() const noexcept { return visits_; }

 private:
  V& view_;
  const identity_view& identities_;
  const typename V::wanted& wanted_;
  const search_request& request_;
  ref caller_;
  boost::container::small_vector<ref, 40> path_;
  std::uint32_t visits_ = 0;
  bool limited_ = false;
};

}  // namespace detail

/// Whether one chain alone gives all that is required. Breadth first and backward from the subject;
/// principals that are malformed or whose account or organization is gone are not entered; the last
/// step may be one that is not to be handed on, the others may not. `path`, when given, receives
/// the principals of the chain that was found, root first. The account of the caller and the
/// credential itself are the caller's to check first (`evaluate.hpp`: `usable`). Allocates nothing
/// while at most 64 principals are looked at and the view allocates nothing. Fails as the view
/// does, and with `invalid_key` when `acting_as` names no role.
template <searchable V>
[[nodiscard]] result<verdict> search(V& view, const identity_view& identities,
                                     const search_request& request,
                                     std::vector<typename V::ref>* path = nullptr) {
  using ref = typename V::ref;
  if (request.credential_scopes) {
    for (const auto& scope : request.needs.scopes) {
      if (!covers_any(*request.credential_scopes, scope, request.mode))
        return verdict{false, errc::scope_missing, 0};
    }
  }
  auto caller = view.find(request.subject);
  if (!caller) return caller.error();
  if (!*caller) return verdict{false, errc::principal_missing, 0};
  if (const auto status = view.status(**caller, identities); status != errc::none)
    return verdict{false, status, 1};

  ref start = **caller;
  const bool acting = !request.acting_as.empty();
  if (acting) {
    if (!request.acting_as.starts_with("role:")) {
      return fail(errc::invalid_key, "cannot act as '" + printable(request.acting_as) +
                                         "': only roles are acted as (role:NAME)");
    }
    auto role = view.find(request.acting_as);
    if (!role) return role.error();
    if (!*role) return verdict{false, errc::principal_missing, 1};
    start = **role;
    if (const auto status = view.status(start, identities); status != errc::none)
      return verdict{false, status, 2};
  }

  const auto wanted = view.compile(request.needs, request.mode);
  // Accounts and organizations are looked up last: first all count as good, and only those on the way that was found are
  // asked for. Where one of them is not, everything is searched again without those that are not. What cannot be reached
  // through all of them cannot be reached through some.
  static const detail::everyone_in_good_standing everyone;
  for (const identity_view* during : {static_cast<const identity_view*>(&everyone), &identities}) {
    const bool first = during == &everyone;
    detail::frontier<ref> queue;
    queue.push({start, 0, 0, !acting || start == **caller});
    bool limited = false;
    bool repeats = false;
    bool again = false;
    for (std::size_t i = 0; i < queue.size() && !again; ++i) {
      const auto at = queue[i];
      if (at.through) {
        auto holds = view.holds(at.ref, wanted);
        if (!holds) return holds.error();
        if (*holds) {
          boost::container::small_vector<ref, 40> found;
          for (auto k = static_cast<std::uint32_t>(i);; k = queue[k].after) {
            repeats = repeats ||
                      (acting && std::find(found.begin(), found.end(), queue[k].ref) != found.end());
            found.push_back(queue[k].ref);
            if (k == 0) break;
          }
          if (repeats) break;
          again = first && std::any_of(found.begin(), found.end(), [&](ref on_the_way) {
                    return view.status(on_the_way, identities) != errc::none;
                  });
          if (again) break;
          if (path != nullptr) path->assign(found.begin(), found.end());
          return verdict{true, errc::none, static_cast<std::uint32_t>(queue.size())};
        }
      }
      const bool last = at.steps == 0 && !request.to_pass_on;
      auto ok = view.each_step(at.ref, wanted, request.now, [&](ref from, bool narrowable) {
        if (!last && !narrowable) return true;
        const bool through = at.through || from == **caller;
        if (queue.contains(from, through) || view.status(from, *during) != errc::none) return true;
        if (at.steps == search_limits::max_steps || queue.size() == search_limits::max_visits) {
          limited = true;
          return false;
        }
        queue.push({from, static_cast<std::uint32_t>(i), static_cast<std::uint16_t>(at.steps + 1),
                    through});
        return true;
      });
      if (!ok) return ok.error();
    }
    if (first && (again || repeats || limited)) continue;
    auto visits = static_cast<std::uint32_t>(queue.size());
    if (repeats) {
      detail::simple_path_search<V> paths(view, identities, wanted, request, **caller);
      auto found = paths.from(start);
      if (!found) return found.error();
      visits += paths.visits();
      if (*found) {
        if (path != nullptr) path->assign(paths.path().rbegin(), paths.path().rend());
        return verdict{true, errc::none, visits};
      }
      limited = limited || paths.limited();
    }
    return verdict{false, limited ? errc::limit_exceeded : errc::access_denied, visits};
  }
  return fail(errc::internal, "a search ended without verdict");
}

/// True when the requirement can be searched: a resource "of the type, whatever the id" must be
/// judged chain by chain (`evaluate`), because each step may let it through for another id.
[[nodiscard]] inline bool can_search(const access_control& needs,
                                     const std::optional<std::string>& resource_id) noexcept {
  return !needs.wants_resource() || resource_id.has_value();
}

/// The check of an operation: one search, or one for each alternative of `required_scopes_any`.
/// `request.needs` is ignored. What requires nothing passes. Fails as `search` does, and with
/// `invalid_option` for what `can_search` refuses.
template <searchable V>
[[nodiscard]] result<verdict> check(V& view, const identity_view& identities,
                                    const access_control& needs,
                                    const std::optional<std::string>& resource_id,
                                    search_request request,
                                    std::vector<typename V::ref>* path = nullptr) {
  if (!can_search(needs, resource_id)) {
    return fail(errc::invalid_option, "a check of any resource of type '" +
                                          printable(*needs.resource_type) +
                                          "' is made chain by chain; give an id or use evaluate");
  }
  if (needs.empty()) return verdict{true, errc::none, 0};
  request.needs = requirement{};
  request.needs.scopes = needs.required_scopes;
  if (needs.wants_resource()) {
    request.needs.resource_type = *needs.resource_type;
    request.needs.resource_id = *resource_id;
    request.needs.action = *needs.resource_action;
  }
  if (needs.required_scopes_any.empty()) return search(view, identities, request, path);
  std::vector<std::string> scopes;
  verdict denied{false, errc::access_denied, 0};
  for (std::size_t i = 0; i < needs.required_scopes_any.size(); ++i) {
    if (needs.required_scopes.empty()) {
      request.needs.scopes = std::span{needs.required_scopes_any}.subspan(i, 1);
    } else {
      scopes = needs.required_scopes;
      scopes.push_back(needs.required_scopes_any[i]);
      request.needs.scopes = scopes;
    }
    auto found = search(view, identities, request, path);
    if (!found || found->allowed) return found;
    // A limit hides what might have been; otherwise the last alternative's reason is as good as any
    // other's.
    denied.reason = denied.reason == errc::limit_exceeded ? denied.reason : found->reason;
    denied.visits += found->visits;
  }
  return denied;
}

/// Makes any `graph_view` searchable. Reads each principal and its steps once and keeps them: one
/// per check, or one per transaction. Not thread-safe; borrows the view.
class searchable_view {
 public:
  using ref = std::uint32_t;
  struct wanted {
    std::span<const std::string> scopes{};
    std::string key{};  ///< of the resource; empty: none
    std::string_view action{};
    scope_mode mode = scope_mode::exact;
  };

  explicit searchable_view(graph_view& graph);
  searchable_view(const searchable_view&) = delete;
  searchable_view& operator=(const searchable_view&) = delete;
  ~searchable_view();

  [[nodiscard]] wanted compile(const requirement& needs, scope_mode mode) const;
  [[nodiscard]] result<std::optional<ref>> find(std::string_view key);
  [[nodiscard]] result<bool> holds(ref at, const wanted& what);
  template <class F>
  [[nodiscard]] result<void> each_step(ref to, const wanted& what, timestamp now, F&& f) {
    auto steps = passing(to, what, now);
    if (!steps) return steps.error();
    for (const auto& [from, narrowable] : *steps) {
      if (!f(from, narrowable)) break;
    }
    return {};
  }
  [[nodiscard]] errc status(ref at, const identity_view& identities) const;

  /// What is behind a ref: null when there is no such principal. Valid as long as this object.
  [[nodiscard]] result<const principal*> read(ref at);
  [[nodiscard]] std::string_view key(ref at) const;
  /// All steps into it, sorted by where they come from and by edge, so that the order of rows
  /// changes nothing; `from` as ref beside each. Malformed ones are among them, and what breaks the
  /// rules of `searchable` is marked so.
  struct known_step {
    step_in step{};
    ref from = 0;
  };
  [[nodiscard]] result<std::span<const known_step>> steps_into(ref to);
  /// What a plain member's step passes; null: nothing.
  [[nodiscard]] result<const authority*> member_authority();

 private:
  struct impl;
  [[nodiscard]] result<bool> step_passes(const step_in& step, const wanted& what, timestamp now);
  [[nodiscard]] result<std::vector<std::pair<ref, bool>>> passing(ref to, const wanted& what,
                                                                  timestamp now);
  std::unique_ptr<impl> impl_;
};
static_assert(searchable<searchable_view>);

}  // namespace quire::acl
