#include "keywords.hpp"

#include <algorithm>

namespace quire::schema {

keyword keyword_from(std::string_view name, std::uint16_t groups) noexcept {
  constexpr std::array<std::string_view, 6> annotations{"title", "description", "examples",
                                                        "$id",   "$schema",     "$comment"};
  for (std::size_t i = 0; i < keyword_count; ++i) {
    if (keyword_rows[i].name == name) {
      return (keyword_rows[i].groups & groups) != 0 ? static_cast<keyword>(i) : keyword::unknown;
    }
  }
  const bool annotation =
      name.starts_with("x-") ||
      std::find(annotations.begin(), annotations.end(), name) != annotations.end();
  return annotation ? keyword::annotation : keyword::unknown;
}

keyword_values::keyword_values(const boost::json::object& schema, std::uint16_t groups,
                               std::string_view& unknown) noexcept {
  for (const auto& member : schema) {
    const auto k = keyword_from(member.key(), groups);
    if (k == keyword::unknown) {
      if (unknown.data() == nullptr) unknown = member.key();
    } else if (k != keyword::annotation) {
      values_[static_cast<std::size_t>(k)] = &member.value();
      ++count_;
    }
  }
}

}  // namespace quire::schema
