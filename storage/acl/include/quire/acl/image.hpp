#pragma once

#include <quire/acl/search.hpp>
#include <quire/messages/change_event.hpp>
#include <quire/sqlite/connection.hpp>
#include <quire/sqlite/statement.hpp>

#include <boost/container/small_vector.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace quire::acl {

struct image_options {
  std::size_t max_edges = 8'000'000;    ///< a graph with more gets no image
  std::size_t max_bytes = 768U << 20U;  ///< nor one that would take more memory; at most this
};

/// One state of the graph of access control, in memory and made for `search`: about a microsecond
/// for a check, and no allocation. Immutable; any thread. Rows that are malformed pass nothing.
///
/// States share what did not change, and the texts of all their scopes, keys and principals, which
/// are never forgotten: `bytes` grows with each new text until somebody builds anew.
class acl_image {
 public:
  using ref = std::uint32_t;
  /// A requirement as numbers of texts.
  struct wanted {
    boost::container::small_vector<std::uint32_t, 16>
        covering{};  ///< scopes that cover the wanted ones, one group each
    boost::container::small_vector<std::uint32_t, 8> ends{};  ///< of each group
    boost::container::small_vector<std::uint32_t, 8>
        keys{};  ///< resource keys that cover the wanted one
    std::uint32_t action = 0;
    bool resource = false;    ///< a resource is wanted
    bool impossible = false;  ///< nobody holds such a scope, or such a resource
  };
  /// What a step into a principal lets through.
  enum class passing : std::uint32_t {
    everything = 0,
    as_member = 1,
    delegation = 2,
    last_delegation = 3
  };
  struct step {
    ref from;
    passing how;
    std::uint32_t scopes;  ///< of a delegation, like the next
    std::uint32_t resources;
    std::int64_t expires_at;  ///< Unix seconds
  };
  struct body;  ///< private to storage/acl

  explicit acl_image(std::shared_ptr<const body> made) noexcept : body_(std::move(made)) {}

  /// Reads the whole graph: in the transaction that is open on the connection, else in one of its
  /// own. Fails with `limit_exceeded` (bounds of the options; go on without an image), `storage_*`.
  [[nodiscard]] static result<std::shared_ptr<const acl_image>> build(
      sqlite::connection& db, const graph_id& graph, const image_options& options = {});

  /// The state after more changes: reads again only what the events name. `events` begin at the
  /// change after `seq()` and end with the last of the connection's state; where they do not, they
  /// are read from its stream. Costs microseconds for each row that changed, whatever the size of
  /// the graph. Changes without event, made by other programs, are not noticed. One at a time for
  /// all states of one build; others wait. Fails with `view_expired` (events were trimmed, or this
  /// is another file: build anew), `acl_graph_missing` (the graph decides no more, or not alone),
  /// `limit_exceeded` (as `build`), `storage_*`. As `image_refresher`, which is quicker where
  /// images follow a file again and again.
  [[nodiscard]] static result<std::shared_ptr<const acl_image>> refreshed(
      const acl_image& before, sqlite::connection& db, std::span<const change_event> events);

  [[nodiscard]] const graph_id& graph() const noexcept;
  /// The last change it knows of.
  [[nodiscard]] change_seq seq() const noexcept;
  /// At this change or before it, the graph changed last.
  [[nodiscard]] change_seq changed_at() const noexcept;
  /// Memory it holds, what it shares with other states included.
  [[nodiscard]] std::size_t bytes() const noexcept;
  /// Steps and grants that are not malformed.
  [[nodiscard]] std::size_t edges() const noexcept;

  // What `searchable` asks for.
  [[nodiscard]] wanted compile(const requirement& needs, scope_mode mode) const;
  [[nodiscard]] result<std::optional<ref>> find(std::string_view key) const;
  [[nodiscard]] result<bool> holds(ref at, const wanted& what) const;
  template <class F>
  [[nodiscard]] result<void> each_step(ref to, const wanted& what, timestamp now, F&& f) const {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
    // All that pass are known before any is looked into, so that memory is fetched for several at
    // once.
    boost::container::small_vector<std::pair<ref, bool>, 24> found;
    for (const auto& s : steps_into(to)) {
      if (!passes(s, what, seconds)) continue;
      fetch(s.from);
      found.emplace_back(s.from, s.how != passing::last_delegation);
    }
    for (const auto& [from, narrowable] : found) {
      if (!f(from, narrowable)) break;
    }
    return {};
  }
  [[nodiscard]] errc status(ref at, const identity_view& identities) const;

  /// Valid as long as any state of the same build.
  [[nodiscard]] std::string_view key(ref at) const noexcept;
  [[nodiscard]] std::span<const step> steps_into(ref to) const noexcept;
  /// Is the step in force, and does it pass all of it?
  [[nodiscard]] bool passes(const step& s, const wanted& what,
                            std::int64_t now_seconds) const noexcept;

  [[nodiscard]] const body& inside() const noexcept { return *body_; }

  /// All that building and refreshing run, so that a test can look at the plans.
  [[nodiscard]] static std::vector<sqlite::lazy_statement> statements();

 private:
  [[nodiscard]] bool holds_directly(ref at, const wanted& what) const noexcept;
  /// The principal will be looked at soon.
  void fetch(ref at) const noexcept;
  std::shared_ptr<const body> body_;
};
static_assert(searchable<acl_image> && searchable<const acl_image>);

/// Makes new states of images through one connection, which outlives it and stays where it is;
/// keeps its statements. Belongs to the connection's thread.
class image_refresher {
 public:
  explicit image_refresher(sqlite::connection& db);
  image_refresher(const image_refresher&) = delete;
  image_refresher& operator=(const image_refresher&) = delete;
  ~image_refresher();

  /// As `acl_image::refreshed`.
  [[nodiscard]] result<std::shared_ptr<const acl_image>> run(const acl_image& before,
                                                             std::span<const change_event> events);

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace quire::acl
