#include <quire/schema/pointer.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <charconv>

namespace quire::schema {

namespace json = boost::json;

bool is_pointer(std::string_view text) noexcept {
  if (!text.empty() && text.front() != '/') return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '~') continue;
    if (i + 1 == text.size() || (text[i + 1] != '0' && text[i + 1] != '1')) return false;
  }
  return true;
}

std::optional<std::vector<std::string>> steps_of(std::string_view pointer) {
  if (!is_pointer(pointer)) return std::nullopt;
  std::vector<std::string> out;
  for (std::size_t i = 0; i < pointer.size(); ++i) {
    if (pointer[i] == '/') {
      out.emplace_back();
    } else if (pointer[i] == '~') {
      out.back().push_back(pointer[++i] == '0' ? '~' : '/');
    } else {
      out.back().push_back(pointer[i]);
    }
  }
  return out;
}

std::optional<std::size_t> index_of(std::string_view step) noexcept {
  if (step.empty() || (step.size() > 1 && step.front() == '0')) return std::nullopt;
  std::size_t position = 0;
  const auto [end, status] = std::from_chars(step.data(), step.data() + step.size(), position);
  if (status != std::errc{} || end != step.data() + step.size()) return std::nullopt;
  return position;
}

const json::value* step_into(const json::value& from, std::string_view step) noexcept {
  if (const auto* object = from.if_object()) return object->if_contains(step);
  const auto* list = from.if_array();
  if (list == nullptr) return nullptr;
  const auto position = index_of(step);
  return position && *position < list->size() ? &(*list)[*position] : nullptr;
}

const json::value* find_at(const json::value& from, std::string_view pointer) {
  const auto steps = steps_of(pointer);
  if (!steps) return nullptr;
  const auto* at = &from;
  for (const auto& step : *steps) {
    at = step_into(*at, step);
    if (at == nullptr) return nullptr;
  }
  return at;
}

}  // namespace quire::schema
