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
  made_->locations.resize(2);
  logic_rules never;
  never.never = true;
  made_->nodes[never_node].logic = add(made_->logics, never);
  made_->max_steps = options.limits.max_steps;
  made_->dialect = options.dialect;
}

result<compiled_schema> compiler::run(const json::value& schema) {
  if (options_.dialect == dialect::draft2020_12) {
    documents_.emplace(options_);
    if (auto added = documents_->add_root(schema); !added) return added.error();
    made_->root = place(schema);
  } else {
    const scope* outermost = nullptr;
    if (options_.definitions != nullptr) {
      scopes_.push_back({.outer = nullptr, .entries = options_.definitions, .pointer = "/$defs"});
      outermost = &scopes_.back();
    }
    made_->root = enqueue({.schema = &schema, .around = outermost, .pointer = "", .depth = 1});
    shared_.emplace(&schema, made_->root);
  }
  while (!failure_ && !queue_.empty()) {
    const auto next = std::move(queue_.front());
    queue_.pop_front();
    read(next);
    if (queue_.empty() && !failure_) read_dynamic_anchors();
  }
  if (!failure_) failure_ = find_circle(*made_, options_.limits.max_depth);
  if (failure_) return *std::move(failure_);
  mark_resources();
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

index compiler::enqueue(job next) {
  if (next.schema->is_bool()) return next.schema->get_bool() ? any_node : never_node;
  if (made_->nodes.size() >= options_.limits.max_nodes) {
    refuse(next.pointer, "too_large",
           "more than " + std::to_string(options_.limits.max_nodes) + " schemas",
           errc::schema_too_large);
    return never_node;
  }
  if (next.depth > options_.limits.max_depth) {
    refuse(
        next.pointer, "depth",
        "schemas are nested deeper than " + std::to_string(options_.limits.max_depth) + " levels",
        errc::depth_exceeded);
    return never_node;
  }
  pointer_bytes_ += next.pointer.size();
  if (pointer_bytes_ > max_pointer_bytes) {
    refuse("", "too_large", "the pointers to all schemas take too much memory",
           errc::schema_too_large);
    return never_node;
  }
  next.node = add(made_->nodes, node{});
  made_->locations.push_back(next.pointer);
  queue_.push_back(std::move(next));
  return queue_.back().node;
}

index compiler::standard_child(const job& at, const json::value& schema) {
  if (const auto known = shared_.find(&schema); known != shared_.end()) return known->second;
  const auto& where = documents_->at(schema);
  const auto position = enqueue({.schema = &schema,
                                 .resource = where.resource,
                                 .pointer = where.location,
                                 .depth = at.depth + 1});
  shared_.emplace(&schema, position);
  return position;
}

std::uint16_t compiler::groups(const job& at) const {
  return standard() ? documents_->resources()[at.resource].groups : vocabularies::module;
}

void compiler::read(job at) {
  if (!at.schema->is_object()) {
    refuse(at.pointer, "keyword_value", "a schema must be an object, true or false");
    return;
  }
  if (standard() && documents_->resources()[at.resource].refused) {
    failure_ = documents_->resources()[at.resource].refused;
    return;
  }
  std::string_view unknown;
  const keyword_values given(at.schema->get_object(), groups(at), unknown);
  if (unknown.data() != nullptr && !standard()) {
    refuse(step(at.pointer, unknown), "unknown_keyword",
           "'" + printable(unknown) + "' is no keyword; names of one's own begin with 'x-'");
    return;
  }
  if (const auto* entries = given[keyword::definitions]; entries != nullptr) {
    if (!entries->is_object()) {
      refuse_value(at, keyword::definitions, "an object");
      return;
    }
    if (!standard()) share_definitions(at, entries->get_object());
  }
  // Nodes move while their children are made, so the node is put together here and stored at the
  // end.
  node made;
  const bool good = read_type(at, given, made) && read_number(at, given, made) &&
                    read_string(at, given, made) && read_array(at, given, made) &&
                    read_object(at, given, made) && read_logic(at, given, made) &&
                    (!standard() || read_standard(at, given, made));
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
