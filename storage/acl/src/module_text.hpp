#pragma once

#include <span>
#include <string_view>

namespace quire::acl {

struct embedded_document {
  std::string_view uri;
  std::string_view text;  ///< JSON
};

/// The module of the graph type; made from `acl.json` by the build.
[[nodiscard]] std::span<const embedded_document> module_text() noexcept;

}  // namespace quire::acl
