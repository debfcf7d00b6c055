#pragma once

#include <span>
#include <string_view>

namespace quire::schema {

struct embedded_document {
  std::string_view uri;
  std::string_view text;  ///< JSON
};

/// What the metaschema of the standard is called.
constexpr std::string_view standard_metaschema = "https://json-schema.org/draft/2020-12/schema";

/// The standard's own schemas of schemas; made from `metaschema/` by the build.
[[nodiscard]] std::span<const embedded_document> metaschemas() noexcept;

}  // namespace quire::schema
