#include <quire/messages/ids.hpp>
#include <quire/messages/json_text.hpp>
#include <quire/metagraph/config.hpp>


#include <optional>
#include <string>

namespace quire::metagraph {
namespace {

namespace json = boost::json;

error bad(std::string_view member, const json::value& found, std::string_view wanted) {
  const auto text = printable(json_text(found), 60);
  return fail(
      errc::invalid_config,
      "config member '" + std::string{member} + "' is " + text + "; give " + std::string{wanted},
      {{.code = "invalid_config",
        .pointer = "/" + std::string{member},
        .message = "Expected " + std::string{wanted}}});
}

result<void> read_flag(const json::object& stored, std::string_view member, bool& flag) {
  const auto* found = stored.if_contains(member);
  if (found == nullptr || found->is_null()) return {};
  if (!found->is_bool()) return bad(member, *found, "true or false");
  flag = found->get_bool();
  return {};
}

}  // namespace

std::string_view to_string(graph_config::kind type) noexcept {
  switch (type) {
    case graph_config::kind::directed: return "directed";
    case graph_config::kind::undirected: return "undirected";
    case graph_config::kind::mixed: return "mixed";
  }
  return "directed";
}

result<graph_config> config_from_json(const json::value& stored) {
  graph_config config;
  if (stored.is_null()) return config;
  if (!stored.is_object()) {
    return fail(errc::invalid_config, "a config must be a JSON object",
                {{.code = "invalid_config", .pointer = "", .message = "Expected object"}});
  }
  const auto& members = stored.get_object();
  if (const auto* type = members.if_contains("type"); type != nullptr && !type->is_null()) {
    std::optional<graph_config::kind> kind;
    for (const auto candidate : {graph_config::kind::directed, graph_config::kind::undirected,
                                 graph_config::kind::mixed}) {
      if (type->is_string() && type->get_string() == to_string(candidate)) kind = candidate;
    }
    if (!kind) return bad("type", *type, "'directed', 'undirected' or 'mixed'");
    config.type = *kind;
  }
  if (auto ok = read_flag(members, "multi", config.multi); !ok) return ok.error();
  if (auto ok = read_flag(members, "allowSelfLoops", config.allow_self_loops); !ok) {
    return ok.error();
  }
  if (const auto* payload = members.if_contains("eventPayload");
      payload != nullptr && !payload->is_null()) {
    const bool full = payload->is_string() && payload->get_string() == "full";
    if (!full && !(payload->is_string() && payload->get_string() == "keys")) {
      return bad("eventPayload", *payload, "'full' or 'keys'");
    }
    config.full_events = full;
  }
  return config;
}

json::object config_to_json(const graph_config& config) {
  json::object out;
  const auto type = to_string(config.type);
  out["type"] = json::string_view{type.data(), type.size()};
  out["multi"] = config.multi;
  out["allowSelfLoops"] = config.allow_self_loops;
  out["eventPayload"] = config.full_events ? "full" : "keys";
  return out;
}

}  // namespace quire::metagraph
