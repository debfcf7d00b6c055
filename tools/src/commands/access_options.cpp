#include "access_options.hpp"

namespace quire::tools {

void access_options::declare(CLI::App& app) {
  app.add_flag("--system", system_,
               "In the system file, which decides about accounts, organizations and credentials, "
               "instead of the tenant of --org");
}

result<access_graph> access_options::open(context& in) const {
  if (system_) {
    if (!in.options().org.empty()) {
      return fail(errc::conflicting_options,
                  "--org names a tenant and --system the system file; give one of them");
    }
    auto system = in.system();
    if (!system) return system.error();
    return system->access();
  }
  if (in.options().org.empty()) {
    return fail(errc::invalid_option,
                "whose rights? Give --org ORG for those in its tenant, --system for those in the "
                "system file");
  }
  auto tenant = in.tenant();
  if (!tenant) return tenant.error();
  return tenant->access();
}

}  // namespace quire::tools
