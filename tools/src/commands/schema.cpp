#include "../json_file.hpp"
#include "../schema_batch.hpp"
#include "../schema_operations.hpp"
#include "commands.hpp"

#include <quire/messages/json_text.hpp>


#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <iostream>
#include <memory>

namespace quire::tools {

namespace {

constexpr std::size_t max_shown = 2000;

struct schema_options {
  std::string dialect = "module";
  bool assert_formats = false;
  std::vector<std::string> documents_by_uri;  ///< URI=FILE
  std::string definitions;
  std::string schema;
  std::array<std::string, 2> documents;
  bool keep_extra = false;
};

/// Settings, and the documents they refer to.
struct loaded_settings {
  schema_settings settings;
  document definitions;
  schema_documents documents;
};

/// Reads `URI=FILE`. The file is what follows the last `=`, for URIs may hold some.
result<void> add_document(const std::string& given, schema_documents& to) {
  const auto equals = given.rfind('=');
  if (equals == std::string::npos || equals == 0) {
    return fail(errc::invalid_option, "--document takes URI=FILE, not '" + printable(given) + "'");
  }
  auto read = read_json_file(given.substr(equals + 1));
  if (!read) return read.error();
  to.insert_or_assign(given.substr(0, equals), *std::move(read));
  return {};
}

/// Into `out`, which its own settings refer to.
result<void> load(const schema_options& how, loaded_settings& out) {
  const auto dialect = dialect_from(how.dialect);
  if (!dialect) return dialect.error();
  out.settings.dialect = *dialect;
  if (!how.definitions.empty()) {
    auto read = read_json_file(how.definitions);
    if (!read) return read.error();
    out.definitions = *std::move(read);
    out.settings.definitions = &out.definitions.value();
  }
  out.settings.assert_formats = how.assert_formats;
  for (const auto& given : how.documents_by_uri) {
    if (const auto ok = add_document(given, out.documents); !ok) return ok;
  }
  out.settings.documents = &out.documents;
  return {};
}

/// Standard input can be read once.
result<void> at_most_one_from_input(const schema_options& how) {
  const std::array files{how.schema, how.definitions, how.documents[0], how.documents[1]};
  const auto referred = std::count_if(how.documents_by_uri.begin(), how.documents_by_uri.end(),
                                      [](const auto& given) { return given.ends_with("=-"); });
  if (std::count(files.begin(), files.end(), "-") + referred < 2) return {};
  return fail(errc::conflicting_options, "only one of the files can be standard input ('-')");
}

void print_errors(output& out, const boost::json::array& found) {
  for (const auto& e : found) {
    const std::string_view path = e.at("path").get_string();
    std::string line = path.empty() ? "(the whole)" : printable(path, max_shown);
    line.append(": ").append(printable(e.at("message").get_string(), max_shown));
    const std::string_view code = e.at("code").get_string();
    if (code != "object_required") {
      line.append(", found ").append(printable(json_text(e.at("value"))));
    }
    line.append(" [").append(code).append("]");
    out.line(line);
  }
  if (found.empty()) out.line("no errors");
}

/// Tells what a cast did to the value, which is printed alone so that it can be used.
void tell(std::string_view what, const std::vector<std::string>& paths) {
  for (const auto& path : paths) {
    std::cerr << "quire: " << what << ' '
              << (path.empty() ? "(the whole)" : printable(path, max_shown)) << '\n';
  }
}

void print(output& out, const schema_operation& operation, const schema_answer& answer) {
  if (!out.json() && operation.name == "check") return out.line(answer.good ? "ok" : "fails");
  if (!out.json() && operation.name == "errors") {
    return print_errors(out, answer.result.get_array());
  }
  out.json_line(json_text(answer.result));
  tell("replaced", answer.replaced);
  tell("dropped", answer.dropped);
}

result<void> run_operation(context& in, const schema_operation& operation,
                           const schema_options& how) {
  if (const auto ok = at_most_one_from_input(how); !ok) return ok;
  schema_operands on;
  if (operation.takes_schema) {
    loaded_settings loaded;
    if (const auto ok = load(how, loaded); !ok) return ok;
    if (loaded.settings.dialect == schema::dialect::module && !loaded.documents.empty()) {
      return fail(errc::conflicting_options,
                  "--document is not for the dialect 'module'; choose another with --dialect");
    }
    const auto schema = read_json_file(how.schema);
    if (!schema) return schema.error();
    auto compiled = compile_schema(schema->value(), loaded.settings);
    if (!compiled) return in_context(compiled.error(), "'" + printable(how.schema) + "'");
    on.schema = *std::move(compiled);
  }
  std::array<document, 2> documents;
  for (std::size_t i = 0; i < documents.size() && !operation.documents[i].empty(); ++i) {
    auto read = read_json_file(how.documents[i]);
    if (!read) return read.error();
    documents[i] = *std::move(read);
    on.documents[i] = &documents[i].value();
  }
  on.keep_extra = how.keep_extra;
  const auto answer = operation.run(on);
  if (!answer) return answer.error();
  print(in.out(), operation, *answer);
  if (!answer->good) in.answer_no();
  return {};
}

result<void> run_batch(context& in, const schema_options& how) {
  loaded_settings loaded;
  if (const auto ok = load(how, loaded); !ok) return ok;
  schema_batch batch{loaded.settings};
  return serve_batch(batch, STDIN_FILENO, in.out());
}

void declare_settings(CLI::App& app, const std::shared_ptr<schema_options>& how) {
  app.add_option("--dialect", how->dialect, "Which rules schemas follow: " + dialect_names())
      ->type_name("DIALECT")
      ->capture_default_str();
  app.add_flag("--assert-formats", how->assert_formats,
               "Let 'format' decide in dialects where it only says something");
  app.add_option("--document", how->documents_by_uri,
                 "A document that references name by its URI; not in the dialect 'module'")
      ->type_name("URI=FILE")
      ->take_all()
      ->allow_extra_args(false);
  app.add_option("--definitions", how->definitions,
                 "Schemas that references reach by name in the dialect 'module', as {\"$defs\": "
                 "{...}} or by name alone")
      ->type_name("FILE");
}

std::string capitals(std::string_view text) {
  std::string out;
  for (const char c : text) out += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

std::string example(const schema_operation& operation) {
  auto out = "  quire schema " + std::string{operation.name};
  if (operation.takes_schema) out += " schema.json";
  for (const auto name : operation.documents) {
    if (!name.empty()) out.append(" ").append(name).append(".json");
  }
  return out;
}

}  // namespace

void add_schema(command_line& line) {
  auto& group = line.group("schema", "Check, compare and reshape JSON files by JSON Schemas");
  const auto how = std::make_shared<schema_options>();
  line.add_mode(group, "--batch",
                "Answer requests on standard input, one JSON document per line; see the guide",
                [how](context& in) { return run_batch(in, *how); });
  declare_settings(group, how);
  group.footer(
      "Examples:\n"
      "  quire schema check schema.json value.json\n"
      "  echo '{\"id\": 1, \"op\": \"create\", \"schema\": {\"type\": \"string\"}}' | quire schema "
      "--batch");
  for (const auto& operation : schema_operations()) {
    auto& made = line.add(
        group, std::string{operation.name}, std::string{operation.about}, example(operation),
        [how, &operation](context& in) { return run_operation(in, operation, *how); });
    const auto file = [&made](const std::string& name, std::string& into, std::string about) {
      made.add_option(name, into, std::move(about))->required()->type_name("");
    };
    if (operation.takes_schema) {
      file("SCHEMA", how->schema, "File with a JSON Schema; - for standard input");
      declare_settings(made, how);
    }
    for (std::size_t i = 0; i < operation.documents.size(); ++i) {
      const auto name = operation.documents[i];
      if (!name.empty()) file(capitals(name), how->documents[i], "File with JSON; - likewise");
    }
    if (operation.name == "cast") {
      made.add_flag("--keep-extra", how->keep_extra,
                    "Keep members that the schema does not name, unless it forbids them");
    }
  }
}

}  // namespace quire::tools
