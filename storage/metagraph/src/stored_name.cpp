#include <quire/messages/ids.hpp>
#include <quire/metagraph/stored_name.hpp>

namespace quire::metagraph {
namespace {

// Not <cctype>: names must not depend on the locale.
bool is_upper(char c) noexcept { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) noexcept { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

constexpr std::string_view constraints_suffix = "EdgeConstraints";
constexpr std::string_view edge_suffix = "Edge";
constexpr std::string_view node_suffix = "Node";
constexpr std::string_view enum_suffix = "Enum";

/// Ends in the suffix and is more than it.
bool has_suffix(std::string_view name, std::string_view suffix) noexcept {
  return name.size() > suffix.size() && name.ends_with(suffix);
}

std::string snake_case(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 8);
  const auto separate = [&] {
    if (!out.empty() && out.back() != '_') out.push_back('_');
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '_') {
      if (out.empty() || out.back() != '_') out.push_back('_');
      continue;
    }
    if (is_upper(c) && i > 0) {
      const char before = text[i - 1];
      const bool starts_word = is_lower(before) || is_digit(before);
      const bool ends_run = is_upper(before) && i + 1 < text.size() && is_lower(text[i + 1]);
      if (starts_word || ends_run) separate();
    }
    out.push_back(is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c);
  }
  return out;
}

std::string without(std::string_view name, std::string_view suffix) {
  return snake_case(name.substr(0, name.size() - suffix.size()));
}

}  // namespace

bool is_entry_name(std::string_view text) noexcept {
  if (text.empty() || !(is_upper(text[0]) || is_lower(text[0]))) return false;
  for (const char c : text) {
    if (!is_upper(c) && !is_lower(c) && !is_digit(c) && c != '_') return false;
  }
  return true;
}

entry_kind entry_kind_of(std::string_view entry) noexcept {
  if (entry == "Config") return entry_kind::config;
  if (entry == "BaseNode" || entry == "BaseEdge") return entry_kind::base;
  if (has_suffix(entry, constraints_suffix)) return entry_kind::constraints;
  if (has_suffix(entry, edge_suffix)) return entry_kind::edge_type;
  if (has_suffix(entry, node_suffix)) return entry_kind::node_type;
  if (has_suffix(entry, enum_suffix)) return entry_kind::enumeration;
  return entry_kind::other;
}

result<std::string> stored_name(std::string_view entry) {
  switch (entry_kind_of(entry)) {
    case entry_kind::edge_type: return without(entry, edge_suffix);
    case entry_kind::node_type: return without(entry, node_suffix);
    case entry_kind::config:
    case entry_kind::base:
    case entry_kind::constraints:
    case entry_kind::enumeration:
    case entry_kind::other: break;
  }
  return fail(errc::unknown_type, "entry '" + printable(entry) +
                                      "' is no node or edge type and has no stored name; such "
                                      "names end in 'Node' or 'Edge'");
}

std::string stored_node_name(std::string_view stored_or_entry) {
  if (entry_kind_of(stored_or_entry) == entry_kind::node_type && is_entry_name(stored_or_entry)) {
    return without(stored_or_entry, node_suffix);
  }
  return std::string{stored_or_entry};
}

std::string stored_edge_name(std::string_view stored_or_entry) {
  if (entry_kind_of(stored_or_entry) == entry_kind::edge_type && is_entry_name(stored_or_entry)) {
    return without(stored_or_entry, edge_suffix);
  }
  return std::string{stored_or_entry};
}

}  // namespace quire::metagraph
