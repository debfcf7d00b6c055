#include <quire/messages/change_event.hpp>

#include <array>
#include <charconv>

namespace quire {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 12> table_names{
    "graph_types", "node_types", "edge_types",           "graphs",   "nodes",            "edges",
    "accounts",    "organizations", "organization_members", "api_keys", "peer_credentials", "audit_logs"};
constexpr std::array<std::string_view, 3> op_names{"created", "updated", "deleted"};

void append_number(std::string& out, std::int64_t value) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
}

void append_text(std::string& out, std::string_view member, std::string_view text) {
  if (text.empty()) return;
  out.append(",\"").append(member).append("\":");
  append_json_string(out, text);
}

result<std::string> text_of(const json::object& o, std::string_view member) {
  const auto* found = o.if_contains(member);
  if (found == nullptr || found->is_null()) return std::string{};
  if (!found->is_string()) return fail(errc::malformed_event, "member '" + std::string{member} + "' is no text");
  return std::string{found->get_string()};
}

result<std::int64_t> number_of(const json::object& o, std::string_view member) {
  const auto* found = o.if_contains(member);
  if (found == nullptr || !found->is_int64()) {
    return fail(errc::malformed_event, "member '" + std::string{member} + "' is no whole number");
  }
  return found->get_int64();
}

/// Foreign rows may hold any bytes; each that is no UTF-8 becomes U+FFFD.
std::string as_utf8(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t length = 4;
    while (length > 0 && !(i + length <= text.size() && is_valid_utf8(text.substr(i, length)))) --length;
    out.append(length > 0 ? text.substr(i, length) : std::string_view{"\xEF\xBF\xBD"});
    i += length > 0 ? length : 1;
  }
  return out;
}

}  // namespace

std::string_view to_string(table t) noexcept { return table_names[static_cast<std::size_t>(t)]; }
std::string_view to_string(change_op op) noexcept { return op_names[static_cast<std::size_t>(op)]; }

result<table> table_from_string(std::string_view text) {
  for (std::size_t i = 0; i < table_names.size(); ++i) {
    if (table_names[i] == text) return static_cast<table>(i);
  }
  return fail(errc::invalid_name, "no table is called '" + printable(text) + "'");
}

result<change_op> change_op_from_string(std::string_view text) {
  for (std::size_t i = 0; i < op_names.size(); ++i) {
    if (op_names[i] == text) return static_cast<change_op>(i);
  }
  return fail(errc::invalid_name, "no change is called '" + printable(text) + "'");
}

const topic& change_topic(table t, change_op op) {
  static const auto topics = [] {
    std::array<topic, table_names.size() * op_names.size()> made;
    for (std::size_t i = 0; i < made.size(); ++i) {
      made[i] = topic{std::string{table_names[i / op_names.size()]} + ":" +
                      std::string{op_names[i % op_names.size()]}};
    }
    return made;
  }();
  return topics[static_cast<std::size_t>(t) * op_names.size() + static_cast<std::size_t>(op)];
}

void append_json_string(std::string& out, std::string_view text) {
  if (!is_valid_utf8(text)) return append_json_string(out, as_utf8(text));
  static constexpr std::string_view digits = "0123456789abcdef";
  out += '"';
  std::size_t plain = 0;  // start of what needs no escape
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text.substr(plain, i - plain));
    plain = i + 1;
    out += '\\';
    switch (c) {
      case '"': out += '"'; break;
      case '\\': out += '\\'; break;
      case '\n': out += 'n'; break;
      case '\r': out += 'r'; break;
      case '\t': out += 't'; break;
      default:
        out += "u00";
        out += digits[c >> 4U];
        out += digits[c & 15U];
    }
  }
  out.append(text.substr(plain));
  out += '"';
}

void append_json(std::string& out, const change_event& e) {
  out += "{\"seq\":";
  append_number(out, e.seq.get());
  out += ",\"org\":";
  if (e.org.get().empty()) {
    out += "null";
  } else {
    append_json_string(out, e.org.get());
  }
  append_text(out, "graph", e.graph.get());
  append_text(out, "table", to_string(e.table));
  append_text(out, "op", to_string(e.op));
  append_text(out, "key", e.key);
  append_text(out, "id", e.id.get());
  append_text(out, "source", e.source.get());
  append_text(out, "target", e.target.get());
  out += ",\"at\":";
  append_number(out, e.at.time_since_epoch().count());
  append_text(out, "actor", e.actor);
  if (e.attributes) out.append(",\"attributes\":").append(e.attributes.text());
  out += '}';
}

std::string to_json(const change_event& e) {
  std::string out;
  append_json(out, e);
  return out;
}

result<change_event> change_event_from_json(std::string_view text) {
  auto parsed = document::parse(text);
  if (!parsed) return fail(errc::malformed_event, parsed.error().context);
  const auto* o = parsed->value().if_object();
  if (o == nullptr) return fail(errc::malformed_event, "a change event must be a JSON object");
  change_event e;
  const auto seq = number_of(*o, "seq");
  if (!seq) return seq.error();
  const auto at = number_of(*o, "at");
  if (!at) return at.error();
  e.seq = change_seq{*seq};
  e.at = timestamp{std::chrono::milliseconds{*at}};
  auto read = [&](std::string_view member, auto&& put) -> result<void> {
    auto found = text_of(*o, member);
    if (!found) return found.error();
    put(std::move(*found));
    return {};
  };
  std::string table_name;
  std::string op_name;
  const std::array steps{
      read("org", [&](std::string x) { e.org = org_id{std::move(x)}; }),
      read("graph", [&](std::string x) { e.graph = graph_id{std::move(x)}; }),
      read("table", [&](std::string x) { table_name = std::move(x); }),
      read("op", [&](std::string x) { op_name = std::move(x); }),
      read("key", [&](std::string x) { e.key = std::move(x); }),
      read("id", [&](std::string x) { e.id = row_id{std::move(x)}; }),
      read("source", [&](std::string x) { e.source = node_key{std::move(x)}; }),
      read("target", [&](std::string x) { e.target = node_key{std::move(x)}; }),
      read("actor", [&](std::string x) { e.actor = std::move(x); }),
  };
  for (const auto& step : steps) {
    if (!step) return step.error();
  }
  const auto t = table_from_string(table_name);
  if (!t) return fail(errc::malformed_event, t.error().context);
  const auto op = change_op_from_string(op_name);
  if (!op) return fail(errc::malformed_event, op.error().context);
  e.table = *t;
  e.op = *op;
  if (const auto* attributes = o->if_contains("attributes")) e.attributes = document::from(*attributes);
  return e;
}

}  // namespace quire
