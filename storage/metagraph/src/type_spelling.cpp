#include "type_spelling.hpp"

#include <quire/metagraph/stored_name.hpp>

namespace quire::metagraph {

namespace {

std::string_view suffix_of(type_role role) { return role == type_role::node ? "Node" : "Edge"; }

std::string stored_form(std::string_view name, type_role role) {
  return role == type_role::node ? stored_node_name(name) : stored_edge_name(name);
}

/// The usual entry form of a stored name: `depends_on` gives `DependsOnEdge`.
std::string entry_form(std::string_view stored, type_role role) {
  std::string out;
  bool starts_word = true;
  for (const char c : stored) {
    if (c == '_') {
      starts_word = true;
      continue;
    }
    out += starts_word && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    starts_word = false;
  }
  return out.append(suffix_of(role));
}

}  // namespace

type_name type_as_read(std::string_view written, type_role role) {
  // Stored names have no capital letter, so this one look spares nearly every row the conversion.
  if (!written.ends_with(suffix_of(role))) return type_name{std::string{written}};
  return type_name{stored_form(written, role)};
}

std::vector<std::string> type_spellings(std::string_view given, type_role role) {
  std::vector<std::string> out{stored_form(given, role)};
  if (out.front() != given) out.emplace_back(given);
  auto entry = entry_form(out.front(), role);
  if (entry != given) out.push_back(std::move(entry));
  return out;
}

std::vector<std::string> type_spellings(std::span<const type_name> given, type_role role) {
  std::vector<std::string> out;
  for (const auto& name : given) {
    for (auto& spelling : type_spellings(name.get(), role)) out.push_back(std::move(spelling));
  }
  return out;
}

std::string marks(std::size_t count) {
  std::string out = "(";
  for (std::size_t i = 0; i < count; ++i) out += i == 0 ? "?" : ", ?";
  return out += ")";
}

}  // namespace quire::metagraph
