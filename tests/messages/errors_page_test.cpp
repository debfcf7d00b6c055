#include <quire/messages/errc.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <fstream>
#include <map>
#include <string>
#include <vector>

namespace {

/// The cells of a table's row, without spaces around them.
std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  for (std::size_t at = 1; at < line.size();) {
    const auto end = std::min(line.find('|', at), line.size());
    const auto cell = line.substr(at, end - at);
    const auto first = cell.find_first_not_of(' ');
    cells.push_back(first == std::string::npos
                        ? ""
                        : cell.substr(first, cell.find_last_not_of(' ') - first + 1));
    at = end + 1;
  }
  return cells;
}

/// Rows of docs/errors.md by code.
std::map<std::string, std::vector<std::string>> rows_of_the_page() {
  std::ifstream page{QUIRE_ERRORS_PAGE};
  std::map<std::string, std::vector<std::string>> rows;
  for (std::string line; std::getline(page, line);) {
    if (!line.starts_with("| `")) continue;
    auto cells = cells_of(line);
    const auto name = cells.front().substr(1, cells.front().size() - 2);
    BOOST_TEST(rows.emplace(name, std::move(cells)).second, name << " is listed twice");
  }
  return rows;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(errors_page)

BOOST_AUTO_TEST_CASE(says_of_every_code_what_the_program_says) {
  auto rows = rows_of_the_page();
  for (unsigned number = 1; number < 256; ++number) {
    const auto code = static_cast<quire::errc>(number);
    const std::string name{quire::to_string(code)};
    if (name == "unknown_error") continue;
    const auto row = rows.extract(name);
    BOOST_TEST_REQUIRE(!row.empty(), "docs/errors.md lacks " << name);
    const auto& cells = row.mapped();
    BOOST_TEST_REQUIRE(cells.size() == 5U, name << ": five columns");
    BOOST_TEST(cells[1] == std::to_string(number), name);
    BOOST_TEST(cells[2] == quire::protocol_code(code), name);
    BOOST_TEST(cells[3] == (quire::retryable(code) ? "yes" : "no"), name);
    BOOST_TEST(!cells[4].empty(), name);
  }
  for (const auto& [name, cells] : rows)
    BOOST_ERROR("docs/errors.md lists " << name << ", which does not exist");
}

BOOST_AUTO_TEST_SUITE_END()
