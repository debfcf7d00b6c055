#include "row_parser.hpp"

#include <quire/acl/graph_module.hpp>
#include <quire/messages/ids.hpp>
#include <quire/messages/limits.hpp>

#include <algorithm>
#include <limits>

namespace quire::acl {
namespace {

namespace json = boost::json;
namespace names = attribute_names;

constexpr std::string_view resource_prefix = "resource:";

std::string_view view(const json::string& text) noexcept { return {text.data(), text.size()}; }
std::string_view view(json::string_view text) noexcept { return {text.data(), text.size()}; }

const json::value* member(const json::object& of, std::string_view name) noexcept {
  return of.if_contains(json::string_view{name.data(), name.size()});
}

/// Appends the texts of a list, in order. False: it is no list of different texts that are not
/// empty.
bool append_texts(const json::value* from, text_list& out) {
  const auto* list = from == nullptr ? nullptr : from->if_array();
  if (list == nullptr) return false;
  const auto begin = static_cast<std::ptrdiff_t>(out.size());
  for (const auto& x : *list) {
    const auto* text = x.if_string();
    if (text == nullptr || text->empty()) return false;
    out.push_back(view(*text));
  }
  std::sort(out.begin() + begin, out.end());
  return std::adjacent_find(out.begin() + begin, out.end()) == out.end();
}

bool read_texts(const json::value* from, text_list& out) {
  out.clear();
  return append_texts(from, out);
}

bool read_resources(const json::value* from, resource_texts& out) {
  out.clear();
  const auto* map = from == nullptr ? nullptr : from->if_object();
  if (map == nullptr) return false;
  for (const auto& [key, actions] : *map) {
    const auto begin = out.actions.size();
    if (!append_texts(&actions, out.actions)) return false;
    out.entries.push_back({view(key), begin, out.actions.size()});
  }
  std::sort(out.entries.begin(), out.entries.end(),
            [](const auto& a, const auto& b) { return a.key < b.key; });
  return true;
}

/// The members that all types have.
bool has_good_base(const json::object& row) {
  if (const auto* label = member(row, names::label); label != nullptr && !label->is_string()) {
    return false;
  }
  const auto* tags = member(row, names::tags);
  if (tags == nullptr) return true;
  const auto* list = tags->if_array();
  return list != nullptr &&
         std::all_of(list->begin(), list->end(), [](const auto& x) { return x.is_string(); });
}

const json::string* text_of(const json::object& row, std::string_view name) {
  const auto* found = member(row, name);
  const auto* text = found == nullptr ? nullptr : found->if_string();
  return text == nullptr || text->empty() ? nullptr : text;
}

/// Whole numbers beyond 64 bits become the nearest that fits: that far away it makes no difference.
std::optional<std::int64_t> whole_number(const json::value& from) {
  if (from.is_int64()) return from.get_int64();
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  if (from.is_uint64()) return most;
  if (!from.is_double()) return std::nullopt;
  const double number = from.get_double();
  constexpr double beyond = 9223372036854775808.0;
  if (number >= beyond) return most;
  if (number < -beyond) return std::numeric_limits<std::int64_t>::min();
  const auto whole = static_cast<std::int64_t>(number);
  if (static_cast<double>(whole) != number) return std::nullopt;
  return whole;
}

json::parse_options options() {
  json::parse_options made;
  made.max_depth = limits::max_document_depth;
  return made;
}

}  // namespace

std::optional<principal_kind> kind_of_key(std::string_view key) noexcept {
  const auto colon = key.find(':');
  if (colon == std::string_view::npos || colon + 1 == key.size()) return std::nullopt;
  const auto kind = key.substr(0, colon);
  for (const auto x : {principal_kind::account, principal_kind::service, principal_kind::org,
                       principal_kind::role}) {
    if (to_string(x) == kind) return x;
  }
  return std::nullopt;
}

bool may_belong(std::string_view member, std::string_view org) noexcept {
  const auto kind = kind_of_key(member);
  return (kind == principal_kind::account || kind == principal_kind::service) &&
         kind_of_key(org) == principal_kind::org;
}

row_parser::row_parser()
    : space_{},
      parser_space_{},
      memory_(space_.data(), space_.size()),
      parser_(json::storage_ptr{}, options(), parser_space_.data(), parser_space_.size()) {}

const json::object* row_parser::parse(std::string_view attributes) {
  value_.reset();
  memory_.release();
  parser_.reset(&memory_);
  json::error_code failed;
  parser_.write(attributes.data(), attributes.size(), failed);
  if (!failed) parser_.finish(failed);
  if (failed) return nullptr;
  value_.emplace(parser_.release());
  const auto* row = value_->if_object();
  return row != nullptr && has_good_base(*row) ? row : nullptr;
}

const principal_row* row_parser::principal(std::string_view key, std::string_view attributes) {
  const auto* row = parse(attributes);
  const auto kind = kind_of_key(key);
  if (row == nullptr || !kind || !is_valid_key(key)) return nullptr;
  const auto* type = text_of(*row, names::identity_type);
  const auto* id = text_of(*row, names::identity_id);
  if (type == nullptr || id == nullptr) return nullptr;
  const auto colon = key.find(':');
  if (view(*type) != key.substr(0, colon) || view(*id) != key.substr(colon + 1)) return nullptr;
  principal_.kind = *kind;
  if (!read_texts(member(*row, names::scopes), principal_.scopes)) return nullptr;
  principal_.resources.clear();
  const auto* resources = member(*row, names::resources);
  if (resources != nullptr && !read_resources(resources, principal_.resources)) return nullptr;
  return &principal_;
}

const resource_row* row_parser::resource(std::string_view key, std::string_view attributes) {
  const auto* row = parse(attributes);
  if (row == nullptr || !key.starts_with(resource_prefix) || !is_valid_key(key)) return nullptr;
  const auto* type = text_of(*row, names::resource_type);
  const auto* id = text_of(*row, names::resource_id);
  if (type == nullptr || id == nullptr) return nullptr;
  resource_.type_and_id = key.substr(resource_prefix.size());
  const auto size = type->size();
  if (resource_.type_and_id.size() != size + 1 + id->size() ||
      resource_.type_and_id.substr(0, size) != view(*type) || resource_.type_and_id[size] != ':' ||
      resource_.type_and_id.substr(size + 1) != view(*id)) {
    return nullptr;
  }
  const auto* actions = member(*row, names::actions);
  resource_.limited = actions != nullptr;
  resource_.actions.clear();
  if (resource_.limited && !read_texts(actions, resource_.actions)) return nullptr;
  return &resource_;
}

const delegation_row* row_parser::delegation(std::string_view attributes) {
  const auto* row = parse(attributes);
  if (row == nullptr || !read_texts(member(*row, names::narrowed_scopes), delegation_.scopes)) {
    return nullptr;
  }
  const auto* resources = member(*row, names::narrowed_resources);
  delegation_.narrows_resources = resources != nullptr;
  delegation_.resources.clear();
  if (resources != nullptr && !read_resources(resources, delegation_.resources)) return nullptr;
  delegation_.narrowable = true;
  if (const auto* narrowable = member(*row, names::narrowable); narrowable != nullptr) {
    if (!narrowable->is_bool()) return nullptr;
    delegation_.narrowable = narrowable->get_bool();
  }
  delegation_.expires_at.reset();
  if (const auto* expires = member(*row, names::expires_at); expires != nullptr) {
    delegation_.expires_at = whole_number(*expires);
    if (!delegation_.expires_at) return nullptr;
  }
  return &delegation_;
}

std::optional<membership_level> row_parser::membership(std::string_view attributes) {
  const auto* row = parse(attributes);
  const auto* level = row == nullptr ? nullptr : text_of(*row, names::membership_level);
  if (level == nullptr) return std::nullopt;
  for (const auto x :
       {membership_level::owner, membership_level::admin, membership_level::member}) {
    if (to_string(x) == view(*level)) return x;
  }
  return std::nullopt;
}

const text_list* row_parser::grant(std::string_view attributes) {
  const auto* row = parse(attributes);
  if (row == nullptr || !read_texts(member(*row, names::actions), actions_)) return nullptr;
  return &actions_;
}

}  // namespace quire::acl
