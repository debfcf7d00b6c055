#include "compiler.hpp"

#include <quire/messages/ids.hpp>

namespace quire::schema {

error refusal(const std::string& pointer, std::string_view rule, std::string message, errc code) {
  auto context = "schema at '" + printable(pointer) + "': " + message;
  return fail(code, std::move(context),
              {{.code = std::string{rule}, .pointer = pointer, .message = std::move(message)}});
}

compiler::compiler(const compile_options& options)
    : options_(options), made_(std::make_shared<program>()) {
  // The two nodes with fixed positions.
  made_->nodes.resize(2);
  pointers_.resize(2);
  logic_rules never;
  never.never = true;
  made_->nodes[never_node].logic = add(made_->logics, never);
  made_->max_steps = options.limits.max_steps;
}

result<compiled_schema> compiler::run(const json::value& schema) {
  const scope* outermost = nullptr;
  if (options_.definitions != nullptr) {
    scopes_.push_back({.outer = nullptr, .entries = options_.definitions, .pointer = "/$defs"});
    outermost = &scopes_.back();
  }
  made_->root = enqueue(schema, outermost, "", 1);
  shared_.emplace(&schema, made_->root);
  while (!failure_ && !queue_.empty()) {
    const auto next = std::move(queue_.front());
    queue_.pop_front();
    read(next);
  }
  if (!failure_) failure_ = find_circle(*made_, pointers_, options_.limits.max_depth);
  if (failure_) return *std::move(failure_);
  shorten(*made_);
  return compiled_schema{std::move(made_)};
}

bool compiler::refuse(const std::string& pointer, std::string_view rule, std::string message,
                      errc code) {
  if (!failure_) failure_ = refusal(pointer, rule, std::move(message), code);
  return false;
}

bool compiler::refuse_value(const job& at, keyword k, std::string_view expected) {
  return refuse(step(at.pointer, name_of(k)), "keyword_value",
                "'" + std::string{name_of(k)} + "' must be " + std::string{expected});
}

index compiler::enqueue(const json::value& schema, const scope* around, std::string pointer,
                        std::size_t depth) {
  if (schema.is_bool()) return schema.get_bool() ? any_node : never_node;
  if (made_->nodes.size() >= options_.limits.max_nodes) {
    refuse(pointer, "too_large",
           "more than " + std::to_string(options_.limits.max_nodes) + " schemas",
           errc::schema_too_large);
    return never_node;
  }
  if (depth > options_.limits.max_depth) {
    refuse(
        pointer, "depth",
        "schemas are nested deeper than " + std::to_string(options_.limits.max_depth) + " levels",
        errc::depth_exceeded);
    return never_node;
  }
  const auto position = add(made_->nodes, node{});
  pointers_.push_back(pointer);
  queue_.push_back({.node = position,
                    .schema = &schema,
                    .around = around,
                    .pointer = std::move(pointer),
                    .depth = depth});
  return position;
}

index compiler::child(const job& at, const json::value& schema, std::string pointer) {
  return enqueue(schema, at.around, std::move(pointer), at.depth + 1);
}

void compiler::read(job at) {
  if (!at.schema->is_object()) {
    refuse(at.pointer, "keyword_value", "a schema must be an object, true or false");
    return;
  }
  std::string_view unknown;
  const keyword_values given(at.schema->get_object(), unknown);
  if (unknown.data() != nullptr) {
    refuse(step(at.pointer, unknown), "unknown_keyword",
           "'" + printable(unknown) + "' is no keyword; names of one's own begin with 'x-'");
    return;
  }
  if (const auto* entries = given[keyword::definitions]; entries != nullptr) {
    if (!entries->is_object()) {
      refuse_value(at, keyword::definitions, "an object");
      return;
    }
    scopes_.push_back({.outer = at.around,
                       .entries = &entries->get_object(),
                       .pointer = step(at.pointer, "$defs")});
    at.around = &scopes_.back();
    for (const auto& entry : entries->get_object()) share(entry.value(), *at.around, entry.key());
  }
  // Nodes move while their children are made, so the node is put together here and stored at the
  // end.
  node made;
  const bool good = read_type(at, given, made) && read_number(at, given, made) &&
                    read_string(at, given, made) && read_array(at, given, made) &&
                    read_object(at, given, made) && read_logic(at, given, made);
  if (!good) return;
  annotation notes;
  if (const auto* v = given[keyword::default_value]; v != nullptr)
    notes.default_value = add(made_->constants, copy_of(*v));
  if (made.several_types) {
    std::size_t position = 0;
    for (const auto& name : given[keyword::type]->get_array())
      notes.order[position++] = kind_from(name.get_string());
  }
  if (notes.default_value != none || made.several_types)
    made.annotations = add(made_->annotations, notes);
  made_->nodes[at.node] = made;
}

result<compiled_schema> compile(const json::value& schema, const compile_options& options) {
  return compiler{options}.run(schema);
}

}  // namespace quire::schema
