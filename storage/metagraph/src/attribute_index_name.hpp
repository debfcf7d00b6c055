#pragma once

#include <string>
#include <string_view>

namespace quire::metagraph {

/// The name of the index of a member's expression: the table and a hash of the expression.
[[nodiscard]] std::string attribute_index_name(std::string_view table, std::string_view expression);

}  // namespace quire::metagraph
