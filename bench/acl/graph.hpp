#pragma once

#include <quire/acl/view.hpp>
#include <quire/identity/image.hpp>
#include <quire/messages/environment.hpp>
#include <quire/messages/error.hpp>
#include <quire/messages/ids.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

// A graph of access control as plain data: made from a seed, judged by the simplest search there
// is, written into a tenant file as the engine would leave it there.
namespace quire::bench {

/// Position in `acl_graph::principals` or `acl_graph::resources`.
using place = std::uint32_t;
/// One bit for each name of `acl_graph::scopes` or `acl_graph::actions`.
using mask = std::uint32_t;

struct acl_graph {
  struct principal {
    acl::principal_kind kind = acl::principal_kind::account;
    std::string id{};
    mask scopes = 0;
  };
  struct resource {
    std::string type{};
    std::string id{};
  };
  struct delegation {
    place from = 0;
    place to = 0;
    mask scopes = 0;
    /// Actions on resources that pass; absent: all do.
    std::optional<std::vector<std::pair<place, mask>>> resources{};
    bool narrowable = true;
    std::optional<std::int64_t> expires_at{};
  };
  struct membership {
    place account = 0;
    place org = 0;
    membership_level level = membership_level::member;
  };
  struct grant {
    place principal = 0;
    place resource = 0;
    mask actions = 0;
  };

  std::vector<std::string> scopes;
  std::vector<std::string> actions;
  std::vector<principal> principals;
  std::vector<resource> resources;
  std::vector<delegation> delegations;
  std::vector<membership> memberships;
  std::vector<grant> grants;

  [[nodiscard]] std::size_t edges() const {
    return delegations.size() + memberships.size() + grants.size();
  }
  [[nodiscard]] std::string key_of(place who) const;
  [[nodiscard]] std::vector<std::string> scope_texts(mask of) const;
};

/// Everything random of a corpus, equal in every run and on every machine.
class dice {
 public:
  explicit dice(std::uint64_t seed) : engine_(seed) {}
  [[nodiscard]] place below(std::size_t bound) { return static_cast<place>(engine_() % bound); }
  [[nodiscard]] bool percent(unsigned chance) { return engine_() % 100 < chance; }
  template <class T>
  [[nodiscard]] const T& one_of(const std::vector<T>& list) {
    return list[below(list.size())];
  }

 private:
  std::mt19937_64 engine_;
};

/// What a check asks: one scope (or none) and one action on one resource.
struct question {
  place subject = 0;
  std::optional<unsigned> scope{};  ///< position in `acl_graph::scopes`
  place resource = 0;
  unsigned action = 0;  ///< position in `acl_graph::actions`
};

/// Answers questions by walking backwards over the plain data: what every other answer is held
/// against. Knows nothing of malformed rows, accounts that are not active, and patterns in scopes.
class plain_judge {
 public:
  plain_judge(const acl_graph& graph, std::int64_t now);

  struct answer {
    bool allowed = false;
    int steps = 0;    ///< of the shortest chain that allows; else how far the search came
    int visited = 0;  ///< principals looked at
  };
  [[nodiscard]] answer ask(const question& q) const;

 private:
  struct step {
    place from = 0;
    place edge = 0;
    bool membership = false;
  };
  [[nodiscard]] bool holds(place who, const question& q) const;
  [[nodiscard]] bool passes(const step& s, const question& q, bool last) const;

  const acl_graph& graph_;
  std::int64_t now_;
  std::vector<std::vector<step>> into_;             // by principal
  std::unordered_map<std::uint64_t, mask> grants_;  // principal, resource
  std::optional<place> member_role_;
};

/// Makes a tenant file with the graph in it and answers the graph's id. Rows are what the engine
/// writes; the write path is not what is measured, so they are inserted by plain SQL.
[[nodiscard]] result<graph_id> write_file(const acl_graph& graph, const std::filesystem::path& file,
                                          const environment& env);

/// Accounts, all of them active, and organizations of a graph, as the engine has them in memory.
class everybody_active final : public acl::identity_view {
 public:
  /// Writes them into a system file and makes the image of it.
  [[nodiscard]] static result<std::unique_ptr<everybody_active>> make(
      const acl_graph& graph, const std::filesystem::path& file);

  [[nodiscard]] std::optional<account_status> status_of(std::string_view account) const override {
    return image_->status_of(account);
  }
  [[nodiscard]] bool has_organization(std::string_view org) const override {
    return image_->has_organization(org);
  }
  /// No check here is made with a credential.
  [[nodiscard]] std::optional<acl::credential_state> credential(std::string_view) const override {
    return std::nullopt;
  }

 private:
  explicit everybody_active(std::shared_ptr<const identity::identity_image> image)
      : image_(std::move(image)) {}
  std::shared_ptr<const identity::identity_image> image_;
};

/// The clock and the randomness of a corpus: equal in every run.
class seeded_environment {
 public:
  seeded_environment(std::uint64_t seed, timestamp start);
  [[nodiscard]] environment get() { return {&clock_, &random_}; }

 private:
  class still final : public clock {
   public:
    explicit still(timestamp start) : now_(start) {}
    [[nodiscard]] timestamp now() const override { return now_; }

   private:
    timestamp now_;
  };
  class seeded final : public entropy {
   public:
    explicit seeded(std::uint64_t seed) : state_(seed) {}
    void fill(std::span<std::byte> out) override;

   private:
    std::uint64_t state_;
  };
  still clock_;
  seeded random_;
};

}  // namespace quire::bench
