#include <quire/identity/tables.hpp>

namespace quire::identity {

std::vector<const sqlite::lazy_statement*> identity_tables::statements() const {
  std::vector<const sqlite::lazy_statement*> all;
  for (const auto& part : {audit.statements(), accounts.statements(), members.statements(),
                           organizations.statements(), api_keys.statements(), peers.statements()})
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace quire::identity
