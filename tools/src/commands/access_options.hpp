#pragma once

#include "../command.hpp"

namespace quire::tools {

/// Which graph of access control a command works on: that of the organization's tenant, or with
/// `--system` that of the system file.
class access_options {
 public:
  /// Declares `--system` on `app`; this object must live as long.
  void declare(CLI::App& app);
  /// Whoever may write the folder is vouched for. Fails with `conflicting_options` when an
  /// organization is named beside `--system`.
  [[nodiscard]] result<access_graph> open(context& in) const;

 private:
  bool system_ = false;
};

}  // namespace quire::tools
