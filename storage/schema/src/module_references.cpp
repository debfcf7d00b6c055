#include "compiler.hpp"

#include <quire/messages/ids.hpp>

#include <optional>

namespace quire::schema {
namespace {

/// The name in `#/$defs/Name`, unescaped; a bare name as it is.
std::optional<std::string> referred_name(std::string_view reference) {
  constexpr std::string_view prefix = "#/$defs/";
  if (!reference.starts_with(prefix)) {
    if (reference.empty() || reference.front() == '#') return std::nullopt;
    return std::string{reference};
  }
  reference.remove_prefix(prefix.size());
  auto hex = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
  };
  std::string decoded;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    if (reference[i] == '%') {
      if (reference.size() - i < 3 || hex(reference[i + 1]) < 0 || hex(reference[i + 2]) < 0)
        return std::nullopt;
      decoded += static_cast<char>(hex(reference[i + 1]) * 16 + hex(reference[i + 2]));
      i += 2;
    } else {
      decoded += reference[i];
    }
  }
  std::string name;
  for (std::size_t i = 0; i < decoded.size(); ++i) {
    if (decoded[i] == '/') return std::nullopt;
    if (decoded[i] == '~') {
      if (++i == decoded.size() || (decoded[i] != '0' && decoded[i] != '1')) return std::nullopt;
      name += decoded[i] == '0' ? '~' : '/';
    } else {
      name += decoded[i];
    }
  }
  return name;
}

}  // namespace

void compiler::share_definitions(job& at, const json::object& entries) {
  scopes_.push_back(
      {.outer = at.around, .entries = &entries, .pointer = step(at.pointer, "$defs")});
  at.around = &scopes_.back();
  for (const auto& entry : entries) share(entry.value(), *at.around, entry.key());
}

index compiler::share(const json::value& schema, const scope& owner, std::string_view name) {
  if (const auto known = shared_.find(&schema); known != shared_.end()) return known->second;
  if (failure_) return never_node;
  const auto position = enqueue(
      {.schema = &schema, .around = &owner, .pointer = step(owner.pointer, name), .depth = 1});
  shared_.emplace(&schema, position);
  return position;
}

bool compiler::read_reference(const job& at, const json::value& reference, index& target) {
  if (standard()) {
    const auto found = resolve(at, keyword::reference, reference);
    if (found) target = place(*found->schema);
    return !failure_;
  }
  if (!reference.is_string()) return refuse_value(at, keyword::reference, "a string");
  const std::string_view text = reference.get_string();
  if (const auto name = referred_name(text)) {
    for (const auto* s = at.around; s != nullptr; s = s->outer) {
      if (const auto* entry = s->entries->if_contains(*name); entry != nullptr) {
        target = share(*entry, *s, *name);
        return !failure_;
      }
    }
  }
  return refuse(
      step(at.pointer, "$ref"), "unresolved_reference",
      "'" + printable(text) + "' names no definition; write its bare name or '#/$defs/Name'",
      errc::unresolved_reference);
}

}  // namespace quire::schema
