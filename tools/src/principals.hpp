#pragma once

#include "command.hpp"

#include <quire/acl/view.hpp>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace quire::tools {

/// The account with that id or e-mail address. Fails with `not_found`.
[[nodiscard]] result<account> account_argument(context& in, const std::string& given);

enum class absent_principal : std::uint8_t {
  allow,   ///< one that is only asked about, or loses something
  refuse,  ///< one that gets something: a slip of the pen would grant to nobody
};
/// `account:ID`, `service:ID`, `org:ID` or `role:NAME`; an e-mail address, after the colon or
/// alone, stands for its account, person or service as that may be. Fails with `invalid_option`,
/// `not_found`.
[[nodiscard]] result<acl::principal_id> principal_argument(context& in, const std::string& given,
                                                           absent_principal absent);

/// What `--resource` says: `doc:7=read,write`.
struct resource_argument {
  std::string type;
  std::string id;
  std::vector<std::string> actions;

  [[nodiscard]] std::string key() const { return type + ":" + id; }
};
enum class resource_form : std::uint8_t {
  whole,           ///< `type:id=action,…`
  actions_if_any,  ///< or `type:id`, for all actions
  id_if_any,       ///< or `type=action`, for some resource of the type
};
/// What stands before the first colon is the type, actions stand after the last equals sign. Fails
/// with `invalid_option`.
[[nodiscard]] result<resource_argument> resource_from(const std::string& given, resource_form form);

/// E-mail addresses of accounts, for people who read a list. Remembers what it looked up.
class account_names {
 public:
  explicit account_names(quire::system<access::open> in) : in_(std::move(in)) {}
  /// The address, or the id when there is no such account.
  [[nodiscard]] const std::string& of(const account_id& id);
  /// The address behind the key of a principal such as `account:ID`; empty for those that are not
  /// accounts, or are gone.
  [[nodiscard]] std::string behind(std::string_view key);

 private:
  quire::system<access::open> in_;
  std::map<std::string, std::string, std::less<>> known_;
};

}  // namespace quire::tools
