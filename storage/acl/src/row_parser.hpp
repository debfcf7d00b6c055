#pragma once

#include <quire/acl/view.hpp>

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/stream_parser.hpp>
#include <boost/json/value.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace quire::acl {

/// Texts in order, each once.
using text_list = std::vector<std::string_view>;

/// Resource keys in order, each with its actions in order.
class resource_texts {
 public:
  struct entry {
    std::string_view key;
    std::size_t begin;
    std::size_t end;
  };
  void clear() noexcept {
    entries.clear();
    actions.clear();
  }
  std::vector<entry> entries{};
  text_list actions{};
};

struct principal_row {
  principal_kind kind = principal_kind::account;
  text_list scopes{};
  resource_texts resources{};
};
struct resource_row {
  std::string_view type_and_id{};  ///< `type:id`
  bool limited = false;
  text_list actions{};  ///< all that can be granted, when `limited`
};
struct delegation_row {
  text_list scopes{};
  bool narrows_resources = false;
  resource_texts resources{};
  bool narrowable = true;
  std::optional<std::int64_t> expires_at{};
};

/// The kind of principal that a key names; nothing when it names none. No allocation.
[[nodiscard]] std::optional<principal_kind> kind_of_key(std::string_view key) noexcept;
/// May an account or service with this key be a member of what that key names?
[[nodiscard]] bool may_belong(std::string_view member, std::string_view org) noexcept;

/// Reads attributes of the graph of access control, and trusts none: what is not as the type says,
/// or not as the key says, is no row at all. What is answered is valid until the next call and
/// while the texts given live.
class row_parser {
 public:
  row_parser();
  row_parser(const row_parser&) = delete;
  row_parser& operator=(const row_parser&) = delete;

  /// Null: malformed.
  [[nodiscard]] const principal_row* principal(std::string_view key, std::string_view attributes);
  [[nodiscard]] const resource_row* resource(std::string_view key, std::string_view attributes);
  [[nodiscard]] const delegation_row* delegation(std::string_view attributes);
  [[nodiscard]] std::optional<membership_level> membership(std::string_view attributes);
  /// Actions of a grant on a resource.
  [[nodiscard]] const text_list* grant(std::string_view attributes);

 private:
  [[nodiscard]] const boost::json::object* parse(std::string_view attributes);

  std::array<unsigned char, 8192> space_;
  std::array<unsigned char, 1024> parser_space_;
  boost::json::monotonic_resource memory_;
  boost::json::stream_parser parser_;
  std::optional<boost::json::value> value_{};

  principal_row principal_{};
  resource_row resource_{};
  delegation_row delegation_{};
  text_list actions_{};
};

}  // namespace quire::acl
