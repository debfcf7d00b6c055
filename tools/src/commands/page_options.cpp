#include "page_options.hpp"

#include <quire/messages/ids.hpp>

#include <iostream>

namespace quire::tools {

void page_options::declare(CLI::App& app) {
  auto* limit = app.add_option("--limit", limit_, "At most so many")
                    ->type_name("N")
                    ->check(CLI::PositiveNumber)
                    ->capture_default_str();
  app.add_flag("--all", all_, "All of them")->excludes(limit);
  app.add_option("--cursor", cursor_, "Go on where another listing stopped")->type_name("TEXT");
}

void page_options::tell_of_more(const std::string& cursor) const {
  if (cursor.empty()) return;
  std::cerr << "There are more: --all shows them, --cursor '" << printable(cursor, 2000)
            << "' goes on.\n";
}

}  // namespace quire::tools
