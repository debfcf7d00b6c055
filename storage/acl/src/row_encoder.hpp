#pragma once

#include "image_body.hpp"
#include "row_parser.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace quire::acl {

/// Turns rows into the numbers of an image. The caller holds `vocabulary::adding`, or the
/// vocabulary is its own.
class row_encoder {
 public:
  explicit row_encoder(vocabulary& texts) : texts_(texts) {}

  /// A record that holds nothing when the row is malformed. The key names a principal.
  [[nodiscard]] principal_record principal(std::string_view key, std::string_view attributes);
  /// What can be granted on the resource.
  [[nodiscard]] std::uint32_t limit(std::string_view key, std::string_view attributes);
  /// A step from a principal. Nothing: malformed.
  [[nodiscard]] std::optional<acl_image::step> delegation(std::string_view from,
                                                          std::string_view attributes);
  /// A step from an organization.
  [[nodiscard]] std::optional<acl_image::step> membership(std::string_view org,
                                                          std::string_view attributes);
  /// A set of actions. Nothing: malformed.
  [[nodiscard]] std::optional<std::uint32_t> grant(std::string_view attributes);

 private:
  /// What the attributes of many edges say alike is read once.
  struct seen {
    bool good = false;
    acl_image::step step{};     ///< of delegations and memberships, but for where it comes from
    std::uint32_t actions = 0;  ///< of grants
  };
  template <class Read>
  [[nodiscard]] seen once(text_table& known, std::vector<seen>& results,
                          std::string_view attributes, Read&& read);
  [[nodiscard]] std::uint32_t set_of(const std::string_view* begin, const std::string_view* end);
  [[nodiscard]] std::uint32_t map_of(const resource_texts& resources);

  vocabulary& texts_;
  row_parser parser_{};
  std::vector<std::uint32_t> set_{};
  std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs_{};
  std::vector<std::uint32_t> map_{};
  text_table delegations_{};
  text_table memberships_{};
  text_table grants_{};
  std::vector<seen> seen_delegations_{};
  std::vector<seen> seen_memberships_{};
  std::vector<seen> seen_grants_{};
};

}  // namespace quire::acl
