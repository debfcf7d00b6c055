#pragma once

#include <quire/acl/evaluate.hpp>

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

// Chain by chain: every path backward from a principal, each judged alone. Exact and explicit where
// `search` is fast.
namespace quire::acl {

/// What passes; absent: everything does.
struct narrowing {
  std::optional<std::vector<std::string>> scopes{};
  std::optional<resource_map> resources{};
};
[[nodiscard]] narrowing meet(const narrowing& a, const narrowing& b, scope_mode mode);

/// What is asked of a path, and of an authority.
struct question {
  const access_control* needs =
      nullptr;  ///< null: nothing in particular, paths are followed while anything passes
  const std::optional<std::string>* resource_id = nullptr;
  scope_mode mode = scope_mode::exact;
};
/// Scopes, or `type:id action`, that do not pass. Empty: all pass.
struct lack {
  std::vector<std::string> scopes{};
  std::vector<std::string> resources{};
  [[nodiscard]] bool empty() const noexcept { return scopes.empty() && resources.empty(); }
  [[nodiscard]] path_end end() const noexcept;
};
[[nodiscard]] lack lacking(const narrowing& passes, const question& asked);

class path_walk {
 public:
  using ref = searchable_view::ref;
  struct options {
    timestamp now{};
    question asked{};
    std::optional<std::vector<std::string>> credential_scopes{};
    std::optional<ref> through{};  ///< chains that do not pass through it do not count
    std::span<const ref> only{};   ///< root first: only this path is followed
    std::vector<path_note>* notes = nullptr;
  };
  path_walk(searchable_view& view, const identity_view& identities, options how);

  /// Calls `on_chain` for each chain that gives something and all that is asked, until it answers
  /// false. Once per object.
  [[nodiscard]] result<void> from(ref subject,
                                  const std::function<bool(authority_chain)>& on_chain);
  /// Some chain was too long, or there were too many to look at.
  [[nodiscard]] bool limited() const noexcept { return limited_; }

 private:
  struct stop {
    path_end end;
    std::optional<std::int64_t> expires_at{};
  };
  [[nodiscard]] result<bool> visit(ref at, const narrowing& passes,
                                   const std::function<bool(authority_chain)>& on_chain);
  [[nodiscard]] result<bool> end_at(ref at, const principal& root,
                                    const std::function<bool(authority_chain)>& on_chain);
  [[nodiscard]] result<std::optional<stop>> judge(const searchable_view::known_step& known);
  [[nodiscard]] result<narrowing> passing(const step_in& step);
  [[nodiscard]] result<authority_chain> chain_of_path(const principal& root);
  [[nodiscard]] bool on_path(ref at) const;
  [[nodiscard]] bool followed(ref from) const;
  bool overrun();
  /// `dropped` is a step beyond the path.
  void note(path_end end, const searchable_view::known_step* dropped, std::string_view lost_at,
            const lack& missing = {}, std::optional<std::int64_t> expires_at = {});

  searchable_view& view_;
  const identity_view& identities_;
  options how_;
  std::vector<ref> path_;  // subject first
  std::vector<const searchable_view::known_step*>
      steps_;  // steps_[i] leads from path_[i + 1] to path_[i]
  std::uint32_t visits_ = 0;
  std::uint32_t chains_ = 0;
  bool limited_ = false;
};

}  // namespace quire::acl
