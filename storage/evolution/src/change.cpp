#include <quire/evolution/change.hpp>

#include <algorithm>

namespace quire::evolution {

std::string_view to_string(change_class c) noexcept {
  switch (c) {
    case change_class::neutral: return "neutral";
    case change_class::additive: return "additive";
    case change_class::breaking: return "breaking";
  }
  return "breaking";
}

std::string_view to_string(part p) noexcept {
  switch (p) {
    case part::config: return "config";
    case part::node_type: return "node_type";
    case part::edge_type: return "edge_type";
  }
  return "config";
}

change_class worst(std::span<const change> changes) noexcept {
  auto out = change_class::neutral;
  for (const auto& one : changes) out = std::max(out, one.severity);
  return out;
}

}  // namespace quire::evolution
