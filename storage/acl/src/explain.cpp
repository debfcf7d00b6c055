#include <quire/acl/explain.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <chrono>
#include <iomanip>
#include <sstream>

namespace quire::acl {
namespace {

namespace json = boost::json;

std::string join_printable(const std::vector<std::string>& texts) {
  std::string out;
  for (const auto& text : texts) {
    if (!out.empty()) out += ", ";
    out += printable(text);
  }
  return out.empty() ? "nothing" : out;
}

/// `2026-11-24 03:56:10 UTC`; the number when it is no year that people write in four digits.
std::string date(std::int64_t seconds) {
  constexpr std::int64_t year_10000 = 253'402'300'800;
  if (seconds < 0 || seconds >= year_10000) return std::to_string(seconds);
  const std::chrono::sys_seconds at{std::chrono::seconds{seconds}};
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day ymd{day};
  const std::chrono::hh_mm_ss time{at - day};
  std::ostringstream out;
  out << std::setfill('0') << std::setw(4) << static_cast<int>(ymd.year()) << '-' << std::setw(2)
      << static_cast<unsigned>(ymd.month()) << '-' << std::setw(2)
      << static_cast<unsigned>(ymd.day()) << ' ' << std::setw(2) << time.hours().count() << ':'
      << std::setw(2) << time.minutes().count() << ':' << std::setw(2) << time.seconds().count()
      << " UTC";
  return out.str();
}

std::string resources_text(const std::optional<resource_map>& resources) {
  std::string out;
  if (!resources) return out;
  for (const auto& [key, actions] : *resources) {
    out += out.empty() ? "; resources " : ", ";
    out += printable(key) + " (" + join_printable(actions) + ")";
  }
  return out;
}

std::string sentence(path_end end) {
  switch (end) {
    case path_end::cycle: return "comes back to a principal it passed";
    case path_end::edge_expired: return "the delegation has expired";
    case path_end::not_narrowable: return "the delegation is not to be handed on";
    case path_end::malformed: return "a row that breaks its type counts for nothing";
    case path_end::account_suspended: return "the account is suspended";
    case path_end::account_deactivated: return "the account is deactivated or gone";
    case path_end::org_missing: return "the organization is gone";
    case path_end::principal_missing: return "there is no such principal";
    case path_end::role_missing: return "plain members are given nothing: there is no role:member";
    case path_end::scope_missing: return "a scope is missing";
    case path_end::resource_missing: return "an action on a resource is missing";
    case path_end::caller_missing: return "does not pass through the caller";
    case path_end::limit_exceeded: return "too long, or too many paths to tell of";
  }
  return "";
}

void add_line(std::string& out, std::size_t depth, std::string_view text) {
  out.append(depth * 2, ' ').append(text).append("\n");
}

std::string step_text(const chain_step& step) {
  std::string text =
      step.kind == step_kind::delegation
          ? "by delegation " + printable(step.edge)
          : "as " + std::string{to_string(step.level)} + " (" + printable(step.edge) + ")";
  text += ", leaving " + join_printable(step.scopes);
  if (!step.narrowable) text += ", not to be handed on";
  if (step.expires_at) text += ", until " + date(*step.expires_at);
  return text;
}

void add_chain(std::string& out, const authority_chain& chain) {
  for (std::size_t i = 0; i < chain.principals.size(); ++i) {
    const auto name = printable(chain.principals[i]);
    add_line(out, i + 1,
             i == 0 ? name + " holds it directly" : name + " " + step_text(chain.steps[i - 1]));
  }
  add_line(out, 1, "gives " + join_printable(chain.scopes) + resources_text(chain.resources));
}

void add_note(std::string& out, const path_note& note) {
  std::string line = std::string{to_string(note.end)} + ": " + sentence(note.end);
  if (!note.missing.empty()) line += ": " + join_printable(note.missing);
  if (!note.lost_at.empty()) line += ", at " + printable(note.lost_at);
  if (note.expires_at) line += ", since " + date(*note.expires_at);
  add_line(out, 1, line);
  for (std::size_t i = 0; i < note.principals.size(); ++i) {
    auto name = printable(note.principals[i]);
    if (i > 0) name += " by " + printable(note.edges[i - 1]);
    add_line(out, i + 2, name);
  }
}

json::array array_of(const std::vector<std::string>& texts) {
  json::array list;
  list.reserve(texts.size());
  for (const auto& text : texts) list.emplace_back(text);
  return list;
}

json::object json_of(const chain_step& step) {
  json::object out;
  out["edge"] = step.edge;
  if (step.kind == step_kind::membership) {
    out["membershipLevel"] = to_string(step.level);
  } else {
    out["narrowable"] = step.narrowable;
  }
  out["scopes"] = array_of(step.scopes);
  if (step.expires_at) out["expiresAt"] = *step.expires_at;
  return out;
}

json::object json_of(const path_note& note) {
  json::object out;
  out["end"] = to_string(note.end);
  out["principals"] = array_of(note.principals);
  out["edges"] = array_of(note.edges);
  if (!note.missing.empty()) out["missing"] = array_of(note.missing);
  if (!note.lost_at.empty()) out["lostAt"] = note.lost_at;
  if (note.expires_at) out["expiresAt"] = *note.expires_at;
  return out;
}

}  // namespace

std::string explain(const decision& what) {
  std::string out = printable(what.subject);
  if (!what.acting_as.empty()) out += " acting as " + printable(what.acting_as);
  if (what.allowed) {
    out += what.chain ? ": allowed\n" : ": allowed, nothing is required\n";
    if (what.chain) add_chain(out, *what.chain);
    return out;
  }
  out += ": denied, " + std::string{to_string(what.reason)} + "\n";
  for (const auto& note : what.notes) add_note(out, note);
  return out;
}

json::value to_json(const authority_chain& chain) {
  json::object out;
  out["principals"] = array_of(chain.principals);
  json::array steps;
  for (const auto& step : chain.steps) steps.push_back(json_of(step));
  out["steps"] = std::move(steps);
  out["scopes"] = array_of(chain.scopes);
  if (chain.resources) out["resources"] = to_json(*chain.resources);
  if (chain.expires_at) out["expiresAt"] = *chain.expires_at;
  return out;
}

json::value to_json(const decision& what) {
  json::object out;
  out["allowed"] = what.allowed;
  if (!what.allowed) out["reason"] = to_string(what.reason);
  out["subject"] = what.subject;
  if (!what.acting_as.empty()) out["actingAs"] = what.acting_as;
  if (what.chain) out["chain"] = to_json(*what.chain);
  if (!what.notes.empty()) {
    json::array notes;
    for (const auto& note : what.notes) notes.push_back(json_of(note));
    out["notes"] = std::move(notes);
  }
  return out;
}

}  // namespace quire::acl
