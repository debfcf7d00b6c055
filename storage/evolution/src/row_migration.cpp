#include <quire/evolution/row_migration.hpp>
#include <quire/messages/ids.hpp>
#include <quire/schema/pointer.hpp>
#include <quire/schema/value.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <optional>
#include <utility>

namespace quire::evolution {
namespace {

namespace json = boost::json;

error bad(const std::string& pointer, const std::string& wanted) {
  return fail(errc::invalid_option,
              "row migration, at '" + printable(pointer) + "': expected " + wanted,
              {{.code = "invalid_option", .pointer = pointer, .message = "Expected " + wanted}});
}

result<std::string> pointer_from(const json::value& given, const std::string& at) {
  if (!given.is_string()) return bad(at, "a JSON pointer such as \"/name\"");
  const auto& text = given.get_string();
  std::string pointer{text.data(), text.size()};
  if (!schema::is_pointer(pointer)) return bad(at, "a JSON pointer such as \"/name\"");
  return pointer;
}

/// The two elements of a pair.
result<const json::array*> pair_from(const json::value& given, const std::string& at,
                                     const std::string& wanted) {
  const auto* list = given.if_array();
  if (list == nullptr || list->size() != 2) return bad(at, wanted);
  return list;
}

result<void> add_step(row_migration& to, std::string_view name, const json::value& given,
                      const std::string& at) {
  if (name == "rename") {
    auto both = pair_from(given, at, "two JSON pointers: [from, to]");
    if (!both) return both.error();
    auto from = pointer_from((**both)[0], at + "/0");
    if (!from) return from.error();
    auto target = pointer_from((**both)[1], at + "/1");
    if (!target) return target.error();
    to.rename(*std::move(from), *std::move(target));
  } else if (name == "convert" || name == "remove") {
    auto path = pointer_from(given, at);
    if (!path) return path.error();
    if (name == "convert") {
      to.convert(*std::move(path));
    } else {
      to.remove(*std::move(path));
    }
  } else if (name == "set") {
    auto both = pair_from(given, at, "a JSON pointer and a value: [path, value]");
    if (!both) return both.error();
    auto path = pointer_from((**both)[0], at + "/0");
    if (!path) return path.error();
    to.set(*std::move(path), (**both)[1]);
  } else if (name == "retype") {
    if (!given.is_string() || given.get_string().empty()) return bad(at, "the name of a type");
    to.retype({given.get_string().data(), given.get_string().size()});
  } else {
    return bad(at, "one of rename, convert, set, remove, retype");
  }
  return {};
}

}  // namespace

row_migration& row_migration::rename(std::string from, std::string to) {
  steps.emplace_back(rename_step{.from = std::move(from), .to = std::move(to)});
  return *this;
}
row_migration& row_migration::convert(std::string path) {
  steps.emplace_back(convert_step{.path = std::move(path)});
  return *this;
}
row_migration& row_migration::set(std::string path, json::value value) {
  steps.emplace_back(set_step{.path = std::move(path), .value = std::move(value)});
  return *this;
}
row_migration& row_migration::remove(std::string path) {
  steps.emplace_back(remove_step{.path = std::move(path)});
  return *this;
}
row_migration& row_migration::retype(std::string stored_name) {
  steps.emplace_back(retype_step{.type = std::move(stored_name)});
  return *this;
}
row_migration& row_migration::custom(std::function<result<json::value>(const json::value&)> run) {
  steps.emplace_back(custom_step{.run = std::move(run)});
  return *this;
}

std::string_view row_migration::new_type() const noexcept {
  std::string_view out;
  for (const auto& step : steps) {
    if (const auto* retype = std::get_if<retype_step>(&step)) out = retype->type;
  }
  return out;
}

result<row_migration> row_migration_from_json(const json::value& list) {
  if (!list.is_array()) return bad("", "a list of steps");
  row_migration out;
  std::size_t n = 0;
  for (const auto& item : list.get_array()) {
    const auto at = "/" + std::to_string(n++);
    const auto* step = item.if_object();
    if (step == nullptr || step->size() != 1) {
      return bad(at, "an object with one member, such as {\"remove\": \"/name\"}");
    }
    const auto& member = *step->begin();
    std::string name{member.key().data(), member.key().size()};
    auto pointer = at;
    schema::append_step(pointer, name);
    if (auto ok = add_step(out, name, member.value(), pointer); !ok) return ok.error();
  }
  return out;
}

}  // namespace quire::evolution
