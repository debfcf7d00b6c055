#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace quire::identity {

/// A hash map whose copies cost nothing and share what they have in common: a tree of 32 ways over
/// the hash, with up to 16 entries in a leaf. Changing a copy copies one leaf and the way to it.
/// Reading is safe from any thread; a map is changed by one thread that alone knows it. `Traits`
/// has `hash(x)` and `equal(key, x)` for keys and whatever keys are looked up by.
template <class Key, class Value, class Traits>
class shared_map {
 public:
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  /// Valid as long as any copy that has the entry.
  template <class Wanted>
  [[nodiscard]] const Value* find(const Wanted& wanted) const {
    const std::uint64_t hash = Traits::hash(wanted);
    const node* at = root_.get();
    for (unsigned depth = 0; at != nullptr; ++depth) {
      if (at->children.empty()) {
        for (const auto& s : at->slots) {
          if (s.hash == hash && Traits::equal(s.entry->first, wanted)) return &s.entry->second;
        }
        return nullptr;
      }
      at = at->children[digit(hash, depth)].get();
    }
    return nullptr;
  }

  /// Inserts or replaces. Copies share nothing of this map yet when `building`: then it changes in
  /// place.
  void put(Key key, Value value, bool building = false) {
    const auto hash = Traits::hash(key);
    auto entry = std::make_shared<const entry_type>(std::move(key), std::move(value));
    if (insert(root_, 0, {hash, std::move(entry)}, building)) ++size_;
  }

  template <class Wanted>
  void erase(const Wanted& wanted) {
    if (find(wanted) == nullptr) return;
    remove(root_, 0, Traits::hash(wanted), wanted);
    --size_;
  }

  template <class See>
  void each(See&& see) const {
    if (root_ != nullptr) visit(*root_, see);
  }

 private:
  static constexpr unsigned bits = 5;
  static constexpr unsigned ways = 1U << bits;
  static constexpr unsigned max_depth = 64 / bits;
  static constexpr std::size_t max_leaf = 16;

  using entry_type = std::pair<Key, Value>;
  struct slot {
    std::uint64_t hash;
    std::shared_ptr<const entry_type> entry;
  };
  struct node {
    std::vector<slot> slots;                      // of a leaf
    std::vector<std::shared_ptr<node>> children;  // `ways` of them, of any other
  };
  using node_ptr = std::shared_ptr<node>;

  static std::size_t digit(std::uint64_t hash, unsigned depth) {
    return (hash >> (bits * depth)) & (ways - 1);
  }

  /// True when the key was not there.
  static bool insert(node_ptr& at, unsigned depth, slot s, bool in_place) {
    if (at == nullptr) {
      at = std::make_shared<node>();
    } else if (!in_place) {
      at = std::make_shared<node>(*at);
    }
    if (!at->children.empty())
      return insert(at->children[digit(s.hash, depth)], depth + 1, std::move(s), in_place);
    for (auto& old : at->slots) {
      if (old.hash == s.hash && Traits::equal(old.entry->first, s.entry->first)) {
        old = std::move(s);
        return false;
      }
    }
    at->slots.push_back(std::move(s));
    if (at->slots.size() > max_leaf && depth < max_depth) {
      at->children.resize(ways);
      for (auto& moved : std::exchange(at->slots, {})) {
        auto& child = at->children[digit(moved.hash, depth)];
        insert(child, depth + 1, std::move(moved), true);
      }
    }
    return true;
  }

  template <class Wanted>
  static void remove(node_ptr& at, unsigned depth, std::uint64_t hash, const Wanted& wanted) {
    at = std::make_shared<node>(*at);
    if (!at->children.empty())
      return remove(at->children[digit(hash, depth)], depth + 1, hash, wanted);
    std::erase_if(at->slots, [&](const slot& s) {
      return s.hash == hash && Traits::equal(s.entry->first, wanted);
    });
    if (at->slots.empty()) at.reset();
  }

  template <class See>
  static void visit(const node& at, See& see) {
    for (const auto& s : at.slots) see(s.entry->first, s.entry->second);
    for (const auto& child : at.children) {
      if (child != nullptr) visit(*child, see);
    }
  }

  node_ptr root_;
  std::size_t size_ = 0;
};

}  // namespace quire::identity
