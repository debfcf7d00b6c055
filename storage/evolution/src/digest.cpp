#include <quire/evolution/migration_writer.hpp>
#include <quire/messages/json_text.hpp>

#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/uuid_io.hpp>

#include <algorithm>
#include <vector>

namespace quire::evolution {
namespace {

namespace json = boost::json;

/// JSON with the members of every object in the order of their names.
void append_canonical(std::string& out, const json::value& v) {
  if (const auto* list = v.if_array()) {
    out += '[';
    for (const auto& item : *list) {
      append_canonical(out, item);
      out += ',';
    }
    out += ']';
    return;
  }
  if (const auto* object = v.if_object()) {
    std::vector<const json::key_value_pair*> members;
    for (const auto& member : *object) members.push_back(&member);
    std::sort(members.begin(), members.end(),
              [](const auto* a, const auto* b) { return a->key() < b->key(); });
    out += '{';
    for (const auto* member : members) {
      out += json_text(json::value(member->key()));
      out += ':';
      append_canonical(out, member->value());
      out += ',';
    }
    out += '}';
    return;
  }
  out += json_text(v);
}

template <class Row>
std::vector<const Row*> by_name(const std::vector<Row>& rows) {
  std::vector<const Row*> sorted;
  for (const auto& row : rows) sorted.push_back(&row);
  std::sort(sorted.begin(), sorted.end(),
            [](const auto* a, const auto* b) { return a->name < b->name; });
  return sorted;
}

void append_ends(std::string& out, std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  for (const auto& name : names) out += name + ',';
  out += '|';
}

}  // namespace

std::string digest_of(const metagraph::row_projection& rows) {
  std::string text;
  append_canonical(text, rows.config);
  for (const auto* row : by_name(rows.node_types)) {
    text += "|node " + row->name;
    append_canonical(text, row->schema);
  }
  for (const auto* row : by_name(rows.edge_types)) {
    text += "|edge " + row->name;
    append_canonical(text, row->schema);
    append_ends(text, row->sources);
    append_ends(text, row->targets);
  }
  // A name-based UUID is a SHA-1 of which 122 bits are kept: plenty to tell definitions apart.
  const boost::uuids::name_generator_sha1 hash{boost::uuids::ns::oid()};
  return boost::uuids::to_string(hash(text));
}

}  // namespace quire::evolution
