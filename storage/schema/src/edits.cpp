#include "value_work.hpp"

#include <quire/messages/ids.hpp>
#include <quire/messages/limits.hpp>
#include <quire/schema/edits.hpp>
#include <quire/schema/pointer.hpp>
#include <quire/schema/value.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace quire::schema {
namespace {

namespace json = boost::json;

constexpr std::array<std::pair<edit_kind, std::string_view>, 3> kind_names{
    {{edit_kind::insert, "insert"}, {edit_kind::update, "update"}, {edit_kind::erase, "delete"}}};

/// Writes the steps between two values; `path` is where they are and is left as it was.
void compare(const json::value& a, const json::value& b, std::string& path, edit_list& out) {
  const auto length = path.size();
  auto at = [&](std::string_view name, auto&& f) {
    append_step(path, name);
    f();
    path.resize(length);
  };
  if (a.is_object() && b.is_object()) {
    const auto& x = a.get_object();
    const auto& y = b.get_object();
    for (const auto& member : y) {
      if (x.contains(member.key())) continue;
      at(member.key(), [&] {
        out.push_back({.kind = edit_kind::insert, .path = path, .value = copy_of(member.value())});
      });
    }
    std::size_t kept = 0;
    for (const auto& member : x) {
      const auto* other = y.if_contains(member.key());
      if (other == nullptr) continue;
      ++kept;
      // Most members are equal scalars, which need no path.
      if (!member.value().is_structured() && equal(member.value(), *other)) continue;
      at(member.key(), [&] { compare(member.value(), *other, path, out); });
    }
    if (kept == x.size()) return;
    for (const auto& member : x) {
      if (y.contains(member.key())) continue;
      at(member.key(),
         [&] { out.push_back({.kind = edit_kind::erase, .path = path, .value = nullptr}); });
    }
  } else if (a.is_array() && b.is_array()) {
    const auto& x = a.get_array();
    const auto& y = b.get_array();
    const auto shared = std::min(x.size(), y.size());
    for (std::size_t i = 0; i < shared; ++i) {
      at(std::to_string(i), [&] { compare(x[i], y[i], path, out); });
    }
    for (auto i = shared; i < y.size(); ++i) {
      at(std::to_string(i),
         [&] { out.push_back({.kind = edit_kind::insert, .path = path, .value = copy_of(y[i])}); });
    }
    for (auto i = x.size(); i > shared; --i) {
      at(std::to_string(i - 1),
         [&] { out.push_back({.kind = edit_kind::erase, .path = path, .value = nullptr}); });
    }
  } else if (!equal(a, b)) {
    out.push_back({.kind = edit_kind::update, .path = path, .value = copy_of(b)});
  }
}

error refuse(std::string_view path, std::string reason) {
  auto context = "edit at '" + printable(path) + "': " + reason;
  return fail(
      errc::patch_failed, std::move(context),
      {{.code = "patch_failed", .pointer = std::string{path}, .message = std::move(reason)}});
}

/// Makes one edit below `at`, which `step` and what follows it lead on from.
result<void> apply(json::value* at, const edit& e, const std::vector<std::string>& steps) {
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const bool last = i + 1 == steps.size();
    const auto& step = steps[i];
    if (at->is_array()) {
      auto& items = at->get_array();
      const auto n = index_of(step);
      if (!n) return refuse(e.path, "'" + printable(step) + "' is no index of an array");
      if (e.kind == edit_kind::erase) {
        if (*n >= items.size()) return {};
        if (last) {
          items.erase(items.begin() + static_cast<std::ptrdiff_t>(*n));
          return {};
        }
      } else if (*n > items.size()) {
        return refuse(e.path,
                      "index " + step + " is beyond the length " + std::to_string(items.size()));
      } else if (*n == items.size()) {
        items.emplace_back(json::object_kind);
      }
      at = &items[*n];
    } else if (at->is_object()) {
      auto& members = at->get_object();
      if (e.kind == edit_kind::erase) {
        const auto found = members.find(step);
        if (found == members.end()) return {};
        if (last) {
          members.stable_erase(found);  // the order of the others is kept
          return {};
        }
        at = &found->value();
      } else {
        at = &members.emplace(step, json::object_kind).first->value();
      }
    } else {
      return refuse(e.path, "a step into a value that is neither object nor array");
    }
  }
  *at = e.value;
  return {};
}

}  // namespace

edit_list diff(const json::value& a, const json::value& b) {
  edit_list out;
  std::string path;
  compare(a, b, path, out);
  return out;
}

result<json::value> patch(const json::value& from, const edit_list& edits) {
  json::value made = copy_of(from);
  for (std::size_t i = 0; i < edits.size(); ++i) {
    const auto& e = edits[i];
    const auto steps = steps_of(e.path);
    if (!steps) return refuse(e.path, "the path is no JSON pointer");
    if (steps->size() > limits::max_document_depth) {
      return refuse(e.path, "the path has more than " + std::to_string(limits::max_document_depth) +
                                " steps");
    }
    if (steps->empty()) {
      if (e.kind != edit_kind::update) return refuse(e.path, "the whole value can only be updated");
      if (i != 0) return refuse(e.path, "an update of the whole value must be the first edit");
      return copy_of(e.value);
    }
    if (auto done = apply(&made, e, *steps); !done) return done.error();
  }
  return made;
}

result<edit_list> edits_from_json(const json::value& list) {
  auto bad = [](const std::string& pointer, std::string reason) {
    return refuse(pointer, std::move(reason));
  };
  if (!list.is_array()) return bad("", "a list of edits must be an array");
  edit_list out;
  for (const auto& item : list.get_array()) {
    const auto pointer = "/" + std::to_string(out.size());
    if (!item.is_object()) return bad(pointer, "an edit must be an object");
    const auto& members = item.get_object();
    const auto* type = members.if_contains("type");
    const auto* path = members.if_contains("path");
    const auto* value = members.if_contains("value");
    if (path == nullptr || !path->is_string())
      return bad(pointer + "/path", "an edit needs 'path', a string");
    const auto known = std::find_if(kind_names.begin(), kind_names.end(), [&](const auto& k) {
      return type != nullptr && type->is_string() &&
             std::string_view{type->get_string()} == k.second;
    });
    if (known == kind_names.end())
      return bad(pointer + "/type", "'type' must be insert, update or delete");
    if (known->first != edit_kind::erase && value == nullptr)
      return bad(pointer + "/value", "an edit needs 'value'");
    out.push_back({.kind = known->first,
                   .path = std::string{std::string_view{path->get_string()}},
                   .value = known->first == edit_kind::erase ? json::value() : copy_of(*value)});
  }
  return out;
}

json::value edits_to_json(const edit_list& edits) {
  json::array out;
  for (const auto& e : edits) {
    const auto known = std::find_if(kind_names.begin(), kind_names.end(),
                                    [&](const auto& k) { return k.first == e.kind; });
    json::object item{{"type", known->second}, {"path", e.path}};
    if (e.kind != edit_kind::erase) item.emplace("value", e.value);
    out.push_back(std::move(item));
  }
  return out;
}

}  // namespace quire::schema
