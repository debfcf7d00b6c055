#include "tenant_registry.hpp"

#include "tenant_core.hpp"

namespace quire {

void tenant_registry::add(std::shared_ptr<tenant_core> core) {
  const std::scoped_lock lock{mutex_};
  tenants_[core->org.get()] = std::move(core);
}

void tenant_registry::remove(const org_id& org) {
  const std::scoped_lock lock{mutex_};
  tenants_.erase(org.get());
}

std::vector<std::shared_ptr<tenant_core>> tenant_registry::all() const {
  const std::scoped_lock lock{mutex_};
  std::vector<std::shared_ptr<tenant_core>> out;
  out.reserve(tenants_.size());
  for (const auto& [name, core] : tenants_) out.push_back(core);
  return out;
}

std::shared_ptr<tenant_core> tenant_registry::find(const org_id& org) const {
  const std::scoped_lock lock{mutex_};
  const auto found = tenants_.find(org.get());
  return found == tenants_.end() ? nullptr : found->second;
}

}  // namespace quire
