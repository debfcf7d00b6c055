#pragma once

#include "command.hpp"

#include <map>
#include <string>
#include <vector>

namespace quire::tools {

/// Row migrations as a command line gives them: `--rename ticket:/name=/title`, or all of them as
/// JSON in `--steps`.
class row_migration_options {
 public:
  /// Declares the options on `app`; this object must live as long.
  void declare(CLI::App& app);
  /// By type, the steps of one in the order of the command line, those of `--steps` first. Fails
  /// with `invalid_option`, `not_found` and the codes of documents.
  [[nodiscard]] result<std::map<std::string, row_migration, std::less<>>> compile() const;
  [[nodiscard]] bool any() const;

 private:
  struct repeated {
    const char* name;
    CLI::Option* option = nullptr;
    std::vector<std::string> given{};
  };

  CLI::App* app_ = nullptr;
  std::string steps_;
  std::array<repeated, 5> each_{
      {{"--rename"}, {"--convert"}, {"--set"}, {"--remove"}, {"--retype"}}};
};

}  // namespace quire::tools
