#include "schema_comparison.hpp"

#include <quire/evolution/change.hpp>
#include <quire/messages/ids.hpp>
#include <quire/metagraph/config.hpp>
#include <quire/schema/value.hpp>

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <utility>

namespace quire::evolution {
namespace {

namespace json = boost::json;
using metagraph::graph_config;
using metagraph::row_projection;

class definition_comparison {
 public:
  std::vector<change> run(const row_projection& before, const row_projection& after) {
    compare_configs(before.config, after.config);
    compare_types(part::node_type, before.node_types, after.node_types);
    compare_types(part::edge_type, before.edge_types, after.edge_types);
    return std::move(out_);
  }

 private:
  void note(change_class severity, part p, std::string_view type, std::string path,
            std::string_view kind, std::string reason, bool needs_scan = false) {
    out_.push_back({.part = p,
                    .type = std::string{type},
                    .path = std::move(path),
                    .kind = std::string{kind},
                    .severity = severity,
                    .reason = std::move(reason),
                    .needs_scan = needs_scan});
  }

  void compare_configs(const json::object& before, const json::object& after) {
    const auto a = metagraph::config_from_json(before);
    const auto b = metagraph::config_from_json(after);
    if (!a || !b) {
      if (!schema::equal(before, after)) {
        note(change_class::breaking, part::config, "", "", "unknown", "The config cannot be read");
      }
      return;
    }
    if (a->type != b->type) {
      const auto severity =
          b->type == graph_config::kind::mixed ? change_class::additive : change_class::breaking;
      note(severity, part::config, "", "/type", "config_changed",
           "graphs were " + std::string{metagraph::to_string(a->type)} + " and are " +
               std::string{metagraph::to_string(b->type)} + " now");
    }
    compare_switch(a->multi, b->multi, "/multi", "parallel edges");
    compare_switch(a->allow_self_loops, b->allow_self_loops, "/allowSelfLoops", "self-loops");
    if (a->full_events != b->full_events) {
      note(change_class::neutral, part::config, "", "/eventPayload", "config_changed",
           b->full_events ? "events carry attributes now" : "events carry no attributes any more");
    }
  }

  void compare_switch(bool before, bool after, std::string path, std::string_view what) {
    if (before == after) return;
    note(after ? change_class::additive : change_class::breaking, part::config, "", std::move(path),
         "config_changed",
         std::string{what} + (after ? " are allowed now" : " are no longer allowed"));
  }

  template <class Row>
  void compare_types(part p, const std::vector<Row>& before, const std::vector<Row>& after) {
    const std::string what = p == part::edge_type ? "edge type" : "node type";
    const auto find = [](const std::vector<Row>& rows, const std::string& name) {
      return std::find_if(rows.begin(), rows.end(),
                          [&](const Row& row) { return row.name == name; });
    };
    for (const auto& row : before) {
      const auto found = find(after, row.name);
      if (found == after.end()) {
        note(change_class::breaking, p, row.name, "", "type_removed",
             what + " '" + printable(row.name) + "' was removed", true);
        continue;
      }
      for (auto& one : classify_schema(p, row.name, row.schema, found->schema)) {
        out_.push_back(std::move(one));
      }
      if constexpr (requires { row.sources; }) {
        compare_ends(row.name, "/sources", "start", row.sources, found->sources);
        compare_ends(row.name, "/targets", "end", row.targets, found->targets);
      }
    }
    for (const auto& row : after) {
      if (find(before, row.name) != before.end()) continue;
      note(change_class::additive, p, row.name, "", "type_added",
           what + " '" + printable(row.name) + "' is new");
    }
  }

  void compare_ends(const std::string& type, const std::string& path, std::string_view verb,
                    std::vector<std::string> before, std::vector<std::string> after) {
    if (before == after) return;
    const std::string edges = "edges may ";
    if (after.empty() || before.empty()) {
      const bool freed = after.empty();
      note(freed ? change_class::additive : change_class::breaking, part::edge_type, type, path,
           freed ? "constraint_widened" : "constraint_narrowed",
           freed ? edges + std::string{verb} + " at nodes of any type now"
                 : edges + "no longer " + std::string{verb} + " at nodes of any type");
      return;
    }
    std::sort(before.begin(), before.end());
    std::sort(after.begin(), after.end());
    std::size_t noted = 0;
    const auto difference = [&](const std::vector<std::string>& from,
                                const std::vector<std::string>& without, change_class severity,
                                std::string_view kind, const std::string& how) {
      std::vector<std::string> names;
      std::set_difference(from.begin(), from.end(), without.begin(), without.end(),
                          std::back_inserter(names));
      for (const auto& name : names) {
        ++noted;
        note(severity, part::edge_type, type, path, kind,
             edges + how + std::string{verb} + " at nodes of type '" + printable(name) + "'");
      }
    };
    difference(before, after, change_class::breaking, "constraint_narrowed", "no longer ");
    difference(after, before, change_class::additive, "constraint_widened", "now also ");
    if (noted == 0) {
      note(change_class::neutral, part::edge_type, type, path, "reordered",
           "the allowed types are written in another order");
    }
  }

  std::vector<change> out_;
};

}  // namespace

std::vector<change> classify(const row_projection& before, const row_projection& after) {
  return definition_comparison{}.run(before, after);
}

std::vector<change> classify_schema(part p, std::string_view type, const json::value& before,
                                    const json::value& after) {
  return schema_comparison(p, type, before, after).run();
}

}  // namespace quire::evolution
