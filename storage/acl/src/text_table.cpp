#include "text_table.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <functional>

namespace quire::acl {
namespace {

constexpr std::size_t first_slots = 64;
constexpr std::size_t first_chunk_words = 256;
constexpr std::size_t max_chunk_words = 1U << 16U;

std::size_t hash_of(std::string_view text) noexcept { return std::hash<std::string_view>{}(text); }

}  // namespace

text_table::text_table() {
  slot_tables_.push_back(std::make_unique<slot_table>(first_slots));
  slots_.store(slot_tables_.back().get(), std::memory_order_release);
  directories_.push_back(std::make_unique<directory>(4));
  directory_.store(directories_.back().get(), std::memory_order_release);
  bytes_ = sizeof(*this) + first_slots * sizeof(std::uint32_t) + 4 * sizeof(void*);
}

text_table::id text_table::find(std::string_view text, std::size_t hash,
                                const slot_table& in) const noexcept {
  constexpr std::uint32_t id_mask = (1U << id_bits) - 1;
  const auto tag = tag_of(hash);
  for (auto at = hash & in.mask;; at = (at + 1) & in.mask) {
    const auto slot = in.slots[at].load(std::memory_order_acquire);
    if (slot == 0) return none;
    if ((slot & ~id_mask) != tag) continue;
    const auto found = (slot & id_mask) - 1;
    if (this->text(found) == text) return found;
  }
}

text_table::id text_table::find(std::string_view text) const noexcept {
  return find(text, hash_of(text), *slots_.load(std::memory_order_acquire));
}

void text_table::put(slot_table& into, std::size_t hash, id of) noexcept {
  auto at = hash & into.mask;
  while (into.slots[at].load(std::memory_order_relaxed) != 0) at = (at + 1) & into.mask;
  into.slots[at].store(tag_of(hash) | (of + 1), std::memory_order_release);
}

text_table::entry* text_table::allocate(std::size_t words) {
  if (words > free_words_) {
    // Chunks grow with the table, so that a small one stays small.
    chunk_words_ = std::clamp(chunk_words_ * 2, first_chunk_words, max_chunk_words);
    const auto size = std::max(chunk_words_, words);
    chunks_.emplace_back(new entry[size]);
    bytes_ += size * sizeof(entry) + sizeof(void*);
    if (size == words) return chunks_.back().get();
    free_ = chunks_.back().get();
    free_words_ = size;
  }
  auto* made = free_;
  free_ += words;
  free_words_ -= words;
  return made;
}

void text_table::grow_slots() {
  const auto size = (slot_tables_.back()->mask + 1) * 2;
  auto made = std::make_unique<slot_table>(size);
  for (id i = 0; i < size_; ++i) put(*made, hash_of(text(i)), i);
  bytes_ += size * sizeof(std::uint32_t);
  slots_.store(made.get(), std::memory_order_release);
  if (!shared_) {
    bytes_ -= size / 2 * sizeof(std::uint32_t);
    slot_tables_.clear();
  }
  slot_tables_.push_back(std::move(made));
}

void text_table::grow_directory() {
  const auto& old = *directories_.back();
  auto made = std::make_unique<directory>(old.capacity * 2);
  std::copy_n(old.blocks.get(), old.capacity, made->blocks.get());
  bytes_ += made->capacity * sizeof(void*);
  directory_.store(made.get(), std::memory_order_release);
  directories_.push_back(std::move(made));
}

text_table::id text_table::add(std::string_view text) {
  const auto hash = hash_of(text);
  if (const auto known = find(text, hash, *slot_tables_.back()); known != none) return known;
  assert(size_ < max_texts);
  if ((size_ + 1) * 4ULL > (slot_tables_.back()->mask + 1) * 3ULL) grow_slots();
  const auto block = size_ / block_entries;
  if (size_ % block_entries == 0) {
    if (block == directories_.back()->capacity) grow_directory();
    blocks_.emplace_back(new const entry*[block_entries]);
    directories_.back()->blocks[block] = blocks_.back().get();
    bytes_ += block_entries * sizeof(void*);
  }
  auto* at = allocate(1 + (text.size() + sizeof(entry) - 1) / sizeof(entry));
  *at = static_cast<entry>(text.size());
  if (!text.empty()) std::memcpy(at + 1, text.data(), text.size());
  directories_.back()->blocks[block][size_ % block_entries] = at;
  put(*slot_tables_.back(), hash, size_);
  return size_++;
}

text_table::id text_table::add(std::span<const std::uint32_t> numbers) {
  return add(std::string_view{reinterpret_cast<const char*>(numbers.data()), numbers.size_bytes()});
}

}  // namespace quire::acl
