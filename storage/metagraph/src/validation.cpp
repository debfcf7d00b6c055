#include <quire/messages/ids.hpp>
#include <quire/metagraph/stored_name.hpp>
#include <quire/metagraph/validation.hpp>

#include <utility>

namespace quire::metagraph {
namespace {

namespace json = boost::json;

/// Names and findings shown in one error; a graph type may have thousands of types.
constexpr std::size_t max_listed = 20;
constexpr std::size_t max_details = 1'000;

std::string of_graph_type(const graph_type_view& view) {
  return "graph type '" + printable(view.name()) + "'";
}

template <class List, class Name>
std::string listed(const List& items, const Name& name_of) {
  std::string out;
  std::size_t n = 0;
  for (const auto& item : items) {
    if (n == max_listed) return out + ", …";
    if (n++ > 0) out += ", ";
    out.append("'").append(printable(name_of(item))).append("'");
  }
  return out.empty() ? "none" : out;
}

template <class Types>
error unknown(const graph_type_view& view, std::string_view what, std::string_view name,
              const Types& types) {
  return fail(errc::unknown_type, of_graph_type(view) + ": it has no " + std::string{what} + " '" +
                                      printable(name) + "'; there are " +
                                      listed(types, [](const auto& t) { return t.name; }));
}

/// Checks attributes against one type.
template <class Type>
result<verdict> judge(const Type& type, const json::value& attributes) {
  if (type.broken) return *type.broken;
  verdict out;
  if (!schema::check(type.compiled, attributes)) {
    out.valid = false;
    out.errors = schema::errors(type.compiled, attributes);
  }
  return out;
}

template <class Type>
result<void> refuse_unless_valid(const graph_type_view& view, const Type& type,
                                 const json::value& attributes) {
  if (type.broken) return *type.broken;
  if (schema::check(type.compiled, attributes)) return {};
  return validation_error(view, type.name, schema::errors(type.compiled, attributes));
}

/// What is wrong with one end; empty when nothing is.
std::string end_problem(std::string_view end, const std::vector<std::string>& allowed,
                        std::optional<std::string_view> type) {
  std::string out =
      std::string{end} + " is " + (type ? "of type '" + printable(*type) + "'" : "of unknown type");
  return out + "; allowed are " + listed(allowed, [](const std::string& name) { return name; });
}

/// The problems of both ends, with types in either form.
std::vector<std::string> end_problems(const edge_type& type, std::optional<std::string_view> source,
                                      std::optional<std::string_view> target) {
  if (type.allows(source, target)) return {};
  const auto stored_source = source ? stored_node_name(*source) : std::string{};
  const auto stored_target = target ? stored_node_name(*target) : std::string{};
  if (source) source = stored_source;
  if (target) target = stored_target;
  std::vector<std::string> out;
  edge_type one_end;
  one_end.sources = type.sources;
  if (!one_end.allows(source, std::nullopt)) {
    out.push_back(end_problem("the source", type.sources, source));
  }
  one_end.sources.clear();
  one_end.targets = type.targets;
  if (!one_end.allows(std::nullopt, target)) {
    out.push_back(end_problem("the target", type.targets, target));
  }
  return out;
}

void add_findings(std::vector<error_detail>& details, std::string_view type,
                  const std::vector<schema::value_error>& found) {
  for (const auto& one : found) {
    if (details.size() == max_details) return;
    details.push_back(
        {.code = one.code, .pointer = one.path, .message = printable(type) + ": " + one.message});
  }
}

/// The one type for which `accepts` answers a valid verdict.
template <class Types, class Accepts, class Explain>
auto infer(const graph_type_view& view, std::string_view what, const Types& types,
           const Accepts& accepts, const Explain& explain) -> result<decltype(&*types.begin())> {
  std::vector<decltype(&*types.begin())> fitting;
  for (const auto& type : types) {
    if (!type.broken && accepts(type)) fitting.push_back(&type);
  }
  if (fitting.size() == 1) return fitting.front();
  std::vector<error_detail> details;
  if (fitting.empty()) {
    for (const auto& type : types) {
      if (type.broken) continue;
      const verdict found = explain(type);
      add_findings(details, type.name, found.errors);
    }
    return fail(errc::validation_failed,
                of_graph_type(view) + ": the attributes fit no " + std::string{what} +
                    " (there are " + listed(types, [](const auto& t) { return t.name; }) +
                    "); correct them, or name the type that is meant",
                std::move(details));
  }
  for (const auto* type : fitting) {
    if (details.size() == max_details) break;
    details.push_back(
        {.code = "type_required",
         .pointer = "",
         .message = "Fits " + std::string{what} + " '" + printable(type->name) + "'"});
  }
  return fail(errc::type_required,
              of_graph_type(view) + ": the attributes fit more than one " + std::string{what} +
                  " (" + listed(fitting, [](const auto* t) { return t->name; }) +
                  "); name the one that is meant",
              std::move(details));
}

verdict judge_edge(const edge_type& type, const json::value& attributes,
                   std::optional<std::string_view> source, std::optional<std::string_view> target) {
  verdict out;
  for (auto& problem : end_problems(type, source, target)) {
    out.errors.push_back({.code = std::string{to_string(errc::constraint_violation)},
                          .path = "",
                          .message = std::move(problem),
                          .value = nullptr});
  }
  if (!schema::check(type.compiled, attributes)) {
    for (auto& one : schema::errors(type.compiled, attributes)) {
      out.errors.push_back(std::move(one));
    }
  }
  out.valid = out.errors.empty();
  return out;
}

}  // namespace

result<verdict> validate_node(const graph_type_view& view, std::string_view type,
                              const json::value& attributes) {
  const auto* found = view.find_node_type(type);
  if (found == nullptr) return unknown(view, "node type", type, view.node_types());
  return judge(*found, attributes);
}

result<verdict> validate_edge(const graph_type_view& view, std::string_view type,
                              const json::value& attributes,
                              std::optional<std::string_view> source_type,
                              std::optional<std::string_view> target_type) {
  const auto* found = view.find_edge_type(type);
  if (found == nullptr) return unknown(view, "edge type", type, view.edge_types());
  if (found->broken) return *found->broken;
  return judge_edge(*found, attributes, source_type, target_type);
}

result<void> check_node(const graph_type_view& view, const node_type& type,
                        const json::value& attributes) {
  return refuse_unless_valid(view, type, attributes);
}

result<void> check_edge(const graph_type_view& view, const edge_type& type,
                        const json::value& attributes) {
  return refuse_unless_valid(view, type, attributes);
}

result<void> check_ends(const graph_type_view& view, const edge_type& type,
                        std::optional<std::string_view> source_type,
                        std::optional<std::string_view> target_type) {
  if (type.allows(source_type, target_type)) return {};
  const auto problems = end_problems(type, source_type, target_type);
  if (problems.empty()) return {};
  error e = fail(errc::constraint_violation,
                 of_graph_type(view) + ", edge type '" + printable(type.name) + "'");
  for (const auto& problem : problems) {
    e.context += (e.details.empty() ? ": " : "; ") + problem;
    e.details.push_back({.code = "constraint_violation", .pointer = "", .message = problem});
  }
  return e;
}

result<const node_type*> infer_node_type(const graph_type_view& view,
                                         const json::value& attributes) {
  return infer(
      view, "node type", view.node_types(),
      [&](const node_type& type) { return schema::check(type.compiled, attributes); },
      [&](const node_type& type) {
        return verdict{.valid = false, .errors = schema::errors(type.compiled, attributes)};
      });
}

result<const edge_type*> infer_edge_type(const graph_type_view& view, const json::value& attributes,
                                         std::optional<std::string_view> source_type,
                                         std::optional<std::string_view> target_type) {
  return infer(
      view, "edge type", view.edge_types(),
      [&](const edge_type& type) {
        return end_problems(type, source_type, target_type).empty() &&
               schema::check(type.compiled, attributes);
      },
      [&](const edge_type& type) {
        return judge_edge(type, attributes, source_type, target_type);
      });
}

error validation_error(const graph_type_view& view, std::string_view type,
                       const std::vector<schema::value_error>& found) {
  return schema::validation_error(
      found, of_graph_type(view) + ": the attributes do not fit type '" + printable(type) + "'");
}

}  // namespace quire::metagraph
