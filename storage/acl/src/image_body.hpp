#pragma once

#include "text_table.hpp"

#include <quire/acl/image.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>
#include <vector>

namespace quire::acl {

/// Numbers for everything that is text, shared by all states of one build.
struct vocabulary {
  text_table principals{};  ///< keys; the number is the `ref`
  text_table keys{};        ///< of resources: `type:id`
  text_table names{};       ///< scopes and actions
  text_table sets{};        ///< of names: their numbers in order
  text_table maps{};        ///< of resource keys to sets: pairs of numbers in order of the keys
  std::mutex adding{};      ///< held by whoever makes a new state

  vocabulary() {
    (void)sets.add(std::string_view{});
    (void)maps.add(std::string_view{});
    (void)principals.add(member_role);
  }
  void share() {
    for (auto* x : {&principals, &keys, &names, &sets, &maps}) x->share();
  }
  [[nodiscard]] std::size_t bytes() const noexcept {
    return principals.bytes() + keys.bytes() + names.bytes() + sets.bytes() + maps.bytes();
  }
};

inline constexpr std::uint32_t empty_set = 0;
inline constexpr std::uint32_t empty_map = 0;
inline constexpr std::uint32_t absent = text_table::none;
inline constexpr acl_image::ref member_role_ref = 0;

/// A grant on a resource.
struct image_grant {
  std::uint32_t key;      ///< in `vocabulary::keys`
  std::uint32_t actions;  ///< in `vocabulary::sets`
};

enum class node_state : std::uint8_t { none = 0, good = 1, malformed = 2 };

struct principal_record {
  std::uint32_t scopes = empty_set;
  std::uint32_t resources = empty_map;
  std::uint32_t steps_end = 0;  ///< in the page; they begin where those of the record before end
  std::uint32_t grants_end = 0;
  const std::uint32_t* key = nullptr;  ///< where `vocabulary::principals` keeps it
  node_state state = node_state::none;
  principal_kind kind = principal_kind::account;

  /// What its key says after the kind.
  [[nodiscard]] std::string_view id() const noexcept {
    return text_table::text_at(key).substr(to_string(kind).size() + 1);
  }
};

struct principal_page {
  static constexpr std::uint32_t size = 64;
  std::array<principal_record, size> records{};
  std::vector<acl_image::step> steps{};
  std::vector<image_grant> grants{};  ///< each principal's in order of their keys

  [[nodiscard]] std::span<const acl_image::step> steps_of(std::uint32_t i) const noexcept {
    const auto begin = i == 0 ? 0 : records[i - 1].steps_end;
    return {steps.data() + begin, records[i].steps_end - begin};
  }
  [[nodiscard]] std::span<const image_grant> grants_of(std::uint32_t i) const noexcept {
    const auto begin = i == 0 ? 0 : records[i - 1].grants_end;
    return {grants.data() + begin, records[i].grants_end - begin};
  }
  [[nodiscard]] std::size_t bytes() const noexcept {
    return sizeof(*this) + 32 + steps.capacity() * sizeof(acl_image::step) +
           grants.capacity() * sizeof(image_grant);
  }
};

/// What can be granted on resources: a set, or one of these.
inline constexpr std::uint32_t no_resource = std::numeric_limits<std::uint32_t>::max();
inline constexpr std::uint32_t unlimited = no_resource - 1;
struct resource_page {
  static constexpr std::uint32_t size = 128;
  std::array<std::uint32_t, size> limits{};
  resource_page() { limits.fill(no_resource); }
  [[nodiscard]] std::size_t bytes() const noexcept { return sizeof(*this) + 32; }
};

/// Pages by number. A copy shares them; setting one in a copy copies a branch of pointers.
template <class Page>
class page_tree {
 public:
  static constexpr std::uint32_t fanout = 64;

  /// Null: nothing was ever there.
  [[nodiscard]] const Page* find(std::uint32_t page) const noexcept {
    const auto at = page / fanout;
    if (at >= branches_.size() || branches_[at] == nullptr) return nullptr;
    return branches_[at]->pages[page % fanout].get();
  }
  void set(std::uint32_t page, std::shared_ptr<const Page> to) {
    const auto at = page / fanout;
    if (at >= branches_.size()) branches_.resize(at + 1);
    auto copy = branches_[at] == nullptr ? std::make_shared<branch>()
                                         : std::make_shared<branch>(*branches_[at]);
    auto& place = copy->pages[page % fanout];
    if (place != nullptr) bytes_ -= place->bytes();
    bytes_ += to->bytes();
    place = std::move(to);
    branches_[at] = std::move(copy);
  }
  [[nodiscard]] std::size_t bytes() const noexcept {
    return bytes_ + branches_.size() * (sizeof(branch) + 32 + sizeof(void*) * 2);
  }
  /// One more than the highest page.
  [[nodiscard]] std::uint32_t pages() const noexcept {
    return static_cast<std::uint32_t>(branches_.size()) * fanout;
  }

 private:
  struct branch {
    std::array<std::shared_ptr<const Page>, fanout> pages{};
  };
  std::vector<std::shared_ptr<const branch>> branches_{};
  std::size_t bytes_ = 0;
};

struct acl_image::body {
  graph_id graph{};
  change_seq seq{};
  change_seq changed_at{};
  image_options options{};
  std::size_t edges = 0;
  std::shared_ptr<vocabulary> texts{};
  page_tree<principal_page> principals{};
  page_tree<resource_page> resources{};

  [[nodiscard]] const principal_record* record(ref at) const noexcept {
    const auto* page = principals.find(at / principal_page::size);
    return page == nullptr ? nullptr : &page->records[at % principal_page::size];
  }
  [[nodiscard]] bool is_good(ref at) const noexcept {
    const auto* found = record(at);
    return found != nullptr && found->state == node_state::good;
  }
  [[nodiscard]] std::span<const acl_image::step> steps_into(ref at) const noexcept {
    const auto* page = principals.find(at / principal_page::size);
    if (page == nullptr) return {};
    return page->steps_of(at % principal_page::size);
  }
  [[nodiscard]] std::span<const image_grant> grants_of(ref at) const noexcept {
    const auto* page = principals.find(at / principal_page::size);
    if (page == nullptr) return {};
    return page->grants_of(at % principal_page::size);
  }
  [[nodiscard]] std::uint32_t limit_of(std::uint32_t key) const noexcept {
    const auto* page = resources.find(key / resource_page::size);
    return page == nullptr ? no_resource : page->limits[key % resource_page::size];
  }
  [[nodiscard]] bool has(std::uint32_t set, std::uint32_t name) const noexcept {
    const auto names = texts->sets.numbers(set);
    if (names.size() > 16) return std::binary_search(names.begin(), names.end(), name);
    return std::find(names.begin(), names.end(), name) != names.end();
  }
  /// May the action be granted on the resource at all?
  [[nodiscard]] bool grantable(std::uint32_t key, std::uint32_t action) const noexcept {
    const auto limit = limit_of(key);
    return limit == unlimited || (limit != no_resource && has(limit, action));
  }
  [[nodiscard]] std::size_t bytes() const noexcept {
    return sizeof(*this) + sizeof(vocabulary) + texts->bytes() + principals.bytes() +
           resources.bytes();
  }
};

}  // namespace quire::acl
