#include "laws.hpp"
#include "targets.hpp"

#include <quire/schema/edits.hpp>

#include <boost/json/serialize.hpp>

namespace quire::test {

void fuzz_edit_list(std::string_view input) {
  const auto a = read(take_line(input));
  const auto b = read(take_line(input));
  if (!a || !b) return;
  try_difference(*a, *b);
  try_difference(*b, *a);

  const auto edits = schema::edits_from_json(*b);
  if (!edits) {
    demand(edits.error().code == errc::patch_failed, "a bad list of edits is patch_failed",
           [&] { return to_string(edits.error()); });
    return;
  }
  const auto made = schema::patch(*a, *edits);
  if (made) {
    try_difference(*a, *made);
  } else {
    demand(made.error().code == errc::patch_failed && !made.error().details.empty(),
           "an edit that cannot be made is patch_failed",
           [&] { return boost::json::serialize(*b) + ": " + to_string(made.error()); });
  }
}

}  // namespace quire::test
