#pragma once

#include <quire/messages/ids.hpp>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace quire {

class tenant_core;

/// All tenants STORE has woken, for the status of the engine and for WATCHER. Thread-safe.
class tenant_registry {
 public:
  void add(std::shared_ptr<tenant_core> core);
  void remove(const org_id& org);
  [[nodiscard]] std::vector<std::shared_ptr<tenant_core>> all() const;
  [[nodiscard]] std::shared_ptr<tenant_core> find(const org_id& org) const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<tenant_core>> tenants_;
};

}  // namespace quire
