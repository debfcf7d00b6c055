#include "commands.hpp"

#include <quire/messages/ids.hpp>

#include <boost/json/object.hpp>

#include <filesystem>

namespace quire::tools {

namespace {

result<void> init(context& in) {
  const std::filesystem::path dir{in.options().dir};
  std::error_code problem;
  const bool present = std::filesystem::exists(dir / "system.db", problem);
  const auto opened = in.engine(context::absent::make);
  if (!opened) return opened.error();
  auto& out = in.out();
  if (out.json()) {
    out.document({{"dir", in.options().dir}, {"created", !present}});
  } else if (present) {
    out.line("The folder '" + printable(in.options().dir) + "' holds a store already.");
  } else {
    out.line("Made a store in the folder '" + printable(in.options().dir) + "'.");
    out.line("Next: quire org create acme --owner root@example.org");
  }
  return {};
}

}  // namespace

void add_init(command_line& line) {
  line.add(line.root(), "init", "Make the data folder and its system file",
           "  quire init\n  quire --dir /srv/quire init", init);
}

}  // namespace quire::tools
