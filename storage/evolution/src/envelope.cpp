#include "envelope.hpp"

#include <quire/schema/pointer.hpp>
#include <quire/schema/value.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <utility>

namespace quire::evolution {
namespace {

namespace json = boost::json;

json::value stand_in() { return json::object{{"encrypted", true}}; }

/// The value with all envelopes replaced.
json::value redacted(const json::value& value) {
  if (!has_encrypted(value)) return value;
  if (looks_encrypted(value)) return stand_in();
  if (const auto* list = value.if_array()) {
    json::array out;
    out.reserve(list->size());
    for (const auto& item : *list) out.push_back(redacted(item));
    return out;
  }
  json::object out;
  out.reserve(value.get_object().size());
  for (const auto& member : value.get_object()) {
    out.emplace(member.key(), redacted(member.value()));
  }
  return out;
}

void find_touched(const json::value& before, const json::value* after, std::string& path,
                  std::vector<std::string>& out) {
  if (!before.is_structured()) return;
  if (is_envelope(before)) {
    if (after == nullptr || !schema::equal(before, *after)) out.push_back(path);
    return;
  }
  const auto into = [&](std::string_view step, const json::value& inner) {
    const auto length = path.size();
    schema::append_step(path, step);
    find_touched(inner, after != nullptr ? schema::step_into(*after, step) : nullptr, path, out);
    path.resize(length);
  };
  if (const auto* list = before.if_array()) {
    for (std::size_t i = 0; i < list->size(); ++i) into(std::to_string(i), (*list)[i]);
  } else {
    for (const auto& member : before.get_object()) {
      into({member.key().data(), member.key().size()}, member.value());
    }
  }
}

/// The shortest beginning of `path` that leads to an envelope in `value`; all of `path` when none
/// does.
std::string_view up_to_envelope(const json::value& value, std::string_view path) {
  const auto* at = &value;
  std::size_t end = 0;
  while (at != nullptr) {
    if (looks_encrypted(*at)) return path.substr(0, end);
    if (end == path.size()) break;
    const auto next = std::min(path.find('/', end + 1), path.size());
    const auto step = schema::steps_of(path.substr(end, next - end));
    at = step ? schema::step_into(*at, step->front()) : nullptr;
    end = next;
  }
  return path;
}

}  // namespace

bool is_envelope(const json::value& value) noexcept {
  return looks_encrypted(value) && value.get_object().size() == 4;
}

bool looks_encrypted(const json::value& value) noexcept {
  const auto* object = value.if_object();
  return object != nullptr && object->contains("keyVersion") && object->contains("salt") &&
         object->contains("iv") && object->contains("data");
}

bool has_encrypted(const json::value& value) noexcept {
  if (const auto* list = value.if_array()) {
    return std::any_of(list->begin(), list->end(), has_encrypted);
  }
  const auto* object = value.if_object();
  if (object == nullptr) return false;
  return looks_encrypted(value) ||
         std::any_of(object->begin(), object->end(),
                     [](const auto& member) { return has_encrypted(member.value()); });
}

std::vector<std::string> touched_envelopes(const json::value& before, const json::value& after) {
  std::vector<std::string> out;
  std::string path;
  find_touched(before, &after, path, out);
  return out;
}

schema::edit_list redacted_diff(const json::value& before, const json::value& after) {
  auto edits = schema::diff(before, after);
  if (!has_encrypted(before) && !has_encrypted(after)) return edits;
  schema::edit_list out;
  for (auto& one : edits) {
    const auto path = std::min(up_to_envelope(before, one.path), up_to_envelope(after, one.path),
                               [](auto a, auto b) { return a.size() < b.size(); });
    if (path.size() < one.path.size()) {
      // What happens inside an envelope is told as one change of the whole.
      if (!out.empty() && out.back().path == path) continue;
      schema::edit whole{
          .kind = schema::edit_kind::update, .path = std::string{path}, .value = stand_in()};
      const bool told =
          std::any_of(out.begin(), out.end(), [&](const auto& x) { return x.path == whole.path; });
      if (!told) out.push_back(std::move(whole));
      continue;
    }
    one.value = redacted(one.value);
    out.push_back(std::move(one));
  }
  return out;
}

void redact(std::vector<schema::value_error>& found, const json::value& judged) {
  if (!has_encrypted(judged)) return;
  for (auto& one : found) {
    const auto path = up_to_envelope(judged, one.path);
    const auto* at = schema::find_at(judged, path);
    const bool inside = at != nullptr && looks_encrypted(*at);
    one.value = inside ? stand_in() : redacted(one.value);
  }
}

}  // namespace quire::evolution
