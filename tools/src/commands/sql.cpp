#include "commands.hpp"

#include <quire/messages/json_text.hpp>


#include <iostream>
#include <memory>

namespace quire::tools {

namespace {

std::string cell(const boost::json::value& value) {
  if (value.is_null()) return {};
  if (const auto* text = value.if_string()) return std::string{*text};
  return json_text(value);
}

result<void> sql(context& in, const std::string& given) {
  const auto text = text_argument(given);
  if (!text) return text.error();
  auto tenant = in.tenant();
  if (!tenant) return tenant.error();
  auto view = tenant->view();
  if (!view) return view.error();
  table found;
  auto done = view->sql(*text, [&](const boost::json::object& row) {
    if (in.out().json()) {
      in.out().document(row);
      return true;
    }
    if (found.columns.empty()) {
      for (const auto& member : row) {
        const bool number = member.value().is_number();
        found.columns.push_back(
            {std::string{member.key()}, number ? table::align::right : table::align::left});
      }
    }
    auto& cells = found.rows.emplace_back();
    for (const auto& member : row) cells.push_back(cell(member.value()));
    return true;
  });
  if (!in.out().json()) {
    if (found.columns.empty()) {
      if (done) in.out().line("(no rows)");
    } else {
      in.out().rows(found);
    }
  }
  if (!done) return done.error();
  if (!*done) std::cerr << "quire: the answer was cut: there are more rows; narrow the statement or page with LIMIT\n";
  return {};
}

}  // namespace

void add_sql(command_line& line) {
  auto text = std::make_shared<std::string>();
  line.add(line.root(), "sql",
           "Ask a tenant's file in SQL: one statement that reads, bounded in time and rows",
           "  quire --org acme sql 'SELECT node_type, count(*) FROM nodes GROUP BY 1'\n"
           "  quire --org acme sql \"SELECT key, attributes ->> 'section' AS section FROM nodes "
           "LIMIT 5\" --json\n"
           "  quire --org acme sql @question.sql",
           [text](context& in) { return sql(in, *text); })
      .add_option("SQL", *text, "The statement, @FILE, or - for standard input")
      ->required()
      ->type_name("");
}

}  // namespace quire::tools
