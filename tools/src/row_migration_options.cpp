#include "row_migration_options.hpp"

#include <quire/messages/ids.hpp>

#include <boost/json/array.hpp>

#include <algorithm>

namespace quire::tools {

namespace {

namespace json = boost::json;

error wrong(std::string_view option, const std::string& given, std::string_view form) {
  return fail(errc::invalid_option, std::string{option} + " '" + printable(given) +
                                        "': it is written " + std::string{form} +
                                        "; what does not fit into that form goes into --steps");
}

/// One step in the JSON form, and the type it is for.
struct typed_step {
  std::string type;
  json::object step;
};

/// `TYPE:/path…`, where the type may begin with `node:` or `edge:`. Gives the type, and the rest
/// from the slash on.
bool split_type(const std::string& given, std::string& type, std::string& rest) {
  const auto at = given.find(":/");
  if (at == 0 || at == std::string::npos) return false;
  type = given.substr(0, at);
  rest = given.substr(at + 1);
  return true;
}

result<typed_step> step_from(std::string_view option, const std::string& given) {
  typed_step out;
  std::string rest;
  const auto name = option.substr(2);
  if (name == "retype") {
    const auto at = given.find('=');
    if (at == 0 || at == std::string::npos || at + 1 == given.size())
      return wrong(option, given, "OLD=NEW");
    out.type = given.substr(0, at);
    out.step[name] = given.substr(at + 1);
  } else if (name == "rename") {
    const auto form = "TYPE:/from=/to";
    if (!split_type(given, out.type, rest)) return wrong(option, given, form);
    const auto at = rest.find("=/");
    if (at == std::string::npos) return wrong(option, given, form);
    out.step[name] = json::array{json::value(rest.substr(0, at)), json::value(rest.substr(at + 1))};
  } else if (name == "set") {
    const auto form = "TYPE:/path=JSON";
    if (!split_type(given, out.type, rest)) return wrong(option, given, form);
    const auto at = rest.find('=');
    if (at == std::string::npos) return wrong(option, given, form);
    const auto value = document::parse(rest.substr(at + 1));
    if (!value) {
      return fail(errc::invalid_option, "--set '" + printable(given) +
                                            "': what follows '=' is no JSON (" +
                                            value.error().context + "); text needs double quotes");
    }
    out.step[name] = json::array{json::value(rest.substr(0, at)),
                                 json::value(value->value(), json::storage_ptr{})};
  } else {
    if (!split_type(given, out.type, rest)) return wrong(option, given, "TYPE:/path");
    out.step[name] = rest;
  }
  return out;
}

}  // namespace

void row_migration_options::declare(CLI::App& app) {
  app_ = &app;
  constexpr std::array<const char*, 5> abouts{
      "Move a value to another place", "Change the kind of a value to what the new schema asks for",
      "Put a value, replacing what is there", "Drop a value",
      "Give rows of a type another type; a name that node and edge types share is node:NAME or "
      "edge:NAME"};
  constexpr std::array<const char*, 5> forms{"TYPE:/from=/to", "TYPE:/path", "TYPE:/path=JSON",
                                             "TYPE:/path", "OLD=NEW"};
  for (std::size_t i = 0; i < each_.size(); ++i) {
    each_[i].option = app.add_option(each_[i].name, each_[i].given, abouts[i])
                          ->type_name(forms[i])
                          ->allow_extra_args(false);
  }
  app.add_option("--steps", steps_,
                 "Steps by type: {\"ticket\": [{\"rename\": [\"/a\", \"/b\"]}]}; the text, @FILE, "
                 "or -")
      ->type_name("JSON");
}

bool row_migration_options::any() const {
  return !steps_.empty() ||
         std::ranges::any_of(each_, [](const repeated& one) { return !one.given.empty(); });
}

result<std::map<std::string, row_migration, std::less<>>> row_migration_options::compile() const {
  std::map<std::string, json::array, std::less<>> steps;
  auto given = object_argument(steps_);
  if (!given) return in_context(given.error(), "--steps");
  if (!steps_.empty()) {
    for (const auto& member : given->value().get_object()) {
      const auto* list = member.value().if_array();
      const std::string type{member.key().data(), member.key().size()};
      if (list == nullptr) {
        return fail(errc::invalid_option,
                    "--steps: '" + printable(type) + "' has no list of steps");
      }
      steps[type] = json::array(*list, json::storage_ptr{});
    }
  }
  // The library keeps the values by option; the order of the command line tells which came when.
  std::array<std::size_t, 5> next{};
  for (const auto* option : app_->parse_order()) {
    const auto one = std::ranges::find_if(each_, [&](const auto& e) { return e.option == option; });
    if (one == each_.end()) continue;
    auto& at = next[static_cast<std::size_t>(one - each_.begin())];
    if (at == one->given.size()) continue;
    auto step = step_from(one->name, one->given[at++]);
    if (!step) return step.error();
    steps[step->type].emplace_back(std::move(step->step));
  }
  std::map<std::string, row_migration, std::less<>> out;
  for (const auto& [type, list] : steps) {
    auto made = evolution::row_migration_from_json(list);
    if (!made) return in_context(made.error(), "the steps for '" + printable(type) + "'");
    out.emplace(type, std::move(*made));
  }
  return out;
}

}  // namespace quire::tools
