#pragma once

#include <quire/messages/error.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace quire::metagraph {

/// What an entry of a module is by its name alone.
enum class entry_kind : std::uint8_t {
  config = 0,       ///< `Config`
  base = 1,         ///< `BaseNode`, `BaseEdge`
  constraints = 2,  ///< ends in `EdgeConstraints`
  edge_type = 3,    ///< ends in `Edge`
  node_type = 4,    ///< ends in `Node`
  enumeration = 5,  ///< ends in `Enum`
  other = 6,        ///< shared if another entry refers to it, else an error; also a bare suffix
};

/// `^[A-Za-z][A-Za-z0-9_]*$`: what an entry may be called.
[[nodiscard]] bool is_entry_name(std::string_view text) noexcept;

/// The first rule that fits wins. A name that is only a suffix (`Node`) is `other`.
[[nodiscard]] entry_kind entry_kind_of(std::string_view entry) noexcept;

/// The name that rows carry: the entry's name without `Node` or `Edge`, in snake_case, such as
/// `http_call` for `HTTPCallNode`. Fails with `unknown_type` when the entry is no node or edge
/// type.
[[nodiscard]] result<std::string> stored_name(std::string_view entry);

/// The stored form of a name given in either form: `CallNode` and `call` give `call`. A name that
/// is no entry of that kind is taken as it is.
[[nodiscard]] std::string stored_node_name(std::string_view stored_or_entry);
[[nodiscard]] std::string stored_edge_name(std::string_view stored_or_entry);

}  // namespace quire::metagraph
