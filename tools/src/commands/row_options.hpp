#pragma once

#include "page_options.hpp"

#include <quire/messages/queries.hpp>

#include <map>
#include <string>

namespace quire::tools {

/// The options of commands that list nodes or edges.
class row_list_options {
 public:
  /// Declares them on `app`; this object must live as long.
  void declare(CLI::App& app);
  /// The filter, order and cursor; `type_column` is what `--type` filters, `columns` are further
  /// equalities (those with an empty value are left out). Fails with `payload_not_json`,
  /// `conflicting_options`.
  [[nodiscard]] result<list_options> compile(const std::string& type_column,
                                             const std::map<std::string, std::string>& columns);
  /// Rows to show; 0: all.
  [[nodiscard]] std::size_t limit() const { return part_.limit(); }
  /// Says on standard error how to see the rest, when a listing stopped at `cursor`.
  void tell_of_more(const std::string& cursor) const { part_.tell_of_more(cursor); }

 private:
  std::string type_;
  std::string where_;
  std::string order_;
  page_options part_;
};

/// Attributes as given to `put`: `{}` when left out.
[[nodiscard]] result<document> attributes_argument(const std::string& given);

}  // namespace quire::tools
