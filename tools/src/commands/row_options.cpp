#include "row_options.hpp"

#include <quire/messages/ids.hpp>

#include <boost/json/object.hpp>

namespace quire::tools {

void row_list_options::declare(CLI::App& app) {
  app.add_option("--type", type_, "Only those of this type")->type_name("TYPE");
  app.add_option(
         "--where", where_,
         "Only those that fit a filter, such as '{\"attributes\": {\"size\": {\"gt\": 10}}}'")
      ->type_name("JSON");
  app.add_option("--order", order_, "Sort, such as '[{\"/size\": \"desc\"}, {\"key\": \"asc\"}]'")
      ->type_name("JSON");
  part_.declare(app);
}

result<list_options> row_list_options::compile(const std::string& type_column,
                                               const std::map<std::string, std::string>& columns) {
  list_options out;
  boost::json::object filter;
  if (!where_.empty()) {
    auto given = object_argument(where_);
    if (!given) return in_context(given.error(), "--where");
    filter = given->value().get_object();
  }
  auto equal = columns;
  equal.emplace(type_column, type_);
  for (const auto& [column, value] : equal) {
    if (value.empty()) continue;
    if (filter.contains(column)) {
      return fail(errc::conflicting_options,
                  "--where names '" + column + "', which another option gives too");
    }
    filter[column] = value;
  }
  if (!filter.empty()) out.filter = document::from(std::move(filter));
  if (!order_.empty()) {
    auto order = document::parse(order_);
    if (!order) return in_context(order.error(), "--order");
    out.order = std::move(*order);
  }
  out.cursor = part_.cursor();
  return out;
}

result<document> attributes_argument(const std::string& given) {
  if (given.empty()) return document::empty_object();
  auto out = object_argument(given);
  if (!out) return in_context(out.error(), "the attributes");
  return out;
}

}  // namespace quire::tools
