#include "comparison.hpp"

#include <quire/schema/reshape.hpp>
#include <quire/schema/value.hpp>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <functional>
#include <iomanip>
#include <map>
#include <ostream>
#include <sstream>

namespace quire::oracle {
namespace {

namespace json = boost::json;

constexpr std::size_t failures_kept = 20;  // of each operation

/// The share of answers that may differ for a reason. Results of the original that it would not
/// accept itself, and edits at random places, account for the large ones.
const std::map<std::string, double, std::less<>> allowed_shares{{"cast", 0.10},
                                                                {"check", 0.01},
                                                                {"clean", 0.01},
                                                                {"compile", 0},
                                                                {"create", 0.10},
                                                                {"convert", 0.03},
                                                                {"default", 0.03},
                                                                {"diff", 0.14},
                                                                {"errors", 0.06},
                                                                {"patch", 0.06},
                                                                {"patch by any edits", 0.20}};

std::string shown(const result<json::value>& answer) {
  return answer ? json::serialize(*answer) : to_string(answer.error());
}

std::string shown(const std::vector<schema::value_error>& found) {
  return json::serialize(schema::errors_to_json(found));
}

}  // namespace

std::size_t tally::explained_in_all() const {
  std::size_t sum = 0;
  for (const auto& [reason, count] : explained) sum += count;
  return sum;
}

void comparison::settle(const std::string& operation, std::size_t position, const question& asked,
                        const verdict& found, const std::string& ours, const json::value& theirs) {
  auto& counts = tallies_[operation];
  ++counts.asked;
  if (!found.unexplained.empty()) {
    ++counts.failed;
    if (counts.failed > failures_kept) return;
    std::ostringstream text;
    text << operation << " of line " << position << ": " << found.unexplained << "\n  schema "
         << json::serialize(asked.schema);
    if (asked.definitions != nullptr)
      text << "\n  definitions " << json::serialize(*asked.definitions);
    text << "\n  value " << json::serialize(asked.value) << "\n  quire " << ours << "\n  TypeBox "
         << json::serialize(theirs);
    failures_.push_back(text.str());
    return;
  }
  for (const auto& reason : found.reasons) ++counts.explained[reason];
}

void comparison::add(std::size_t position, const json::object& line) {
  if (line.contains("schema")) {
    add_schema(position, line);
  } else {
    add_difference(position, line);
  }
}

void comparison::add_schema(std::size_t position, const json::object& line) {
  const auto& text = line.at("schema");
  const auto* definitions = line.if_contains("definitions");
  auto options = options_with_formats();
  options.definitions = definitions == nullptr ? nullptr : definitions->if_object();
  const json::value nothing;
  const auto compiled = schema::compile(text, options);
  const question about{text, options.definitions, nothing};
  if (!compiled) {
    settle("compile", position, about, {.reasons = {}, .unexplained = "refused"},
           to_string(compiled.error()), nothing);
    return;
  }
  settle("compile", position, about, {}, "", nothing);
  const auto made = schema::create(*compiled);
  settle("create", position, about,
         compare_result("create", about, made, line.at("create").as_object()), shown(made),
         line.at("create"));
  for (const auto& pair : line.at("values").as_array()) {
    const auto& value = pair.at("value");
    const auto& says = pair.at("says");
    const question asked{text, options.definitions, value};
    const bool passes = schema::check(*compiled, value);
    settle("check", position, asked, compare_check(asked, passes, says.at("check")),
           passes ? "true" : "false", says.at("check"));
    tallies_["check"].passed += static_cast<std::size_t>(passes);
    const auto errors = schema::errors(*compiled, value);
    settle("errors", position, asked, compare_errors(asked, errors, says.at("errors")),
           shown(errors), says.at("errors"));
    auto reshaped = [&](const std::string& operation, const result<json::value>& ours) {
      const auto& theirs = says.at(operation);
      settle(operation, position, asked, compare_result(operation, asked, ours, theirs.as_object()),
             shown(ours), theirs);
    };
    const auto cast = schema::cast(*compiled, value);
    reshaped("cast", cast ? result<json::value>{cast->value} : result<json::value>{cast.error()});
    reshaped("default", schema::default_missing(*compiled, value));
    reshaped("clean", schema::clean(*compiled, value));
    reshaped("convert", schema::convert(*compiled, value));
  }
}

void comparison::add_difference(std::size_t position, const json::object& line) {
  const auto& from = line.at("from");
  const auto& to = line.at("to");
  const auto& says = line.at("says").as_object();
  const question asked{to, nullptr, from};
  const auto edits = schema::diff(from, to);
  settle("diff", position, asked, compare_diff(from, to, edits, says.at("diff")),
         json::serialize(schema::edits_to_json(edits)), says.at("diff"));
  auto patched = [&](const char* operation, const json::value& list, const json::value& theirs) {
    const auto read = schema::edits_from_json(list);
    if (!read) {
      settle(operation, position, asked, {.reasons = {}, .unexplained = "edits refused"},
             to_string(read.error()), theirs);
      return;
    }
    const auto ours = schema::patch(from, *read);
    settle(operation, position, {list, nullptr, from},
           compare_patch(from, *read, ours, theirs.as_object()), shown(ours), theirs);
  };
  if (says.contains("patched")) patched("patch", says.at("diff"), says.at("patched"));
  patched("patch by any edits", line.at("edits"), says.at("edited"));
}

std::vector<std::string> comparison::excesses(double slack) const {
  std::vector<std::string> found;
  for (const auto& [operation, counts] : tallies_) {
    const auto share =
        static_cast<double>(counts.explained_in_all()) / static_cast<double>(counts.asked);
    if (share > slack * allowed_shares.at(operation))
      found.push_back(operation + ": " + std::to_string(share) + " of the answers differ");
  }
  return found;
}

void comparison::print(std::ostream& out) const {
  out << std::fixed << std::setprecision(2);
  for (const auto& [operation, counts] : tallies_) {
    out << operation << ": " << counts.asked << " compared";
    if (counts.passed != 0) out << ", " << counts.passed << " values pass";
    out << ", " << counts.failed << " differ without a reason\n";
    for (const auto& [reason, count] : counts.explained) {
      out << "    " << reason << ": " << count << " ("
          << 100.0 * static_cast<double>(count) / static_cast<double>(counts.asked) << " %)\n";
    }
  }
}

}  // namespace quire::oracle
