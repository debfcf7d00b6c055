#pragma once

#include <cstddef>

namespace quire::limits {

/// Bounds that every caller can rely on; inputs beyond them are refused with a named error.
inline constexpr std::size_t max_document_bytes = 16U << 20U;   ///< attributes, metadata, modules
inline constexpr std::size_t max_document_depth = 128;          ///< levels of nesting
inline constexpr std::size_t max_key_bytes = 512;               ///< node and edge keys
inline constexpr std::size_t max_row_id_bytes = 128;            ///< ids supplied by callers
inline constexpr std::size_t max_type_schema_bytes = 256U << 10U;  ///< one node or edge type as stored
inline constexpr std::size_t max_payload_bytes = 1U << 20U;     ///< one event payload
inline constexpr std::size_t max_operations_per_request = 10'000;
inline constexpr std::size_t default_page = 100;
inline constexpr std::size_t max_page = 1'000;

}  // namespace quire::limits
