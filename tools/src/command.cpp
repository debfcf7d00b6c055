#include "command.hpp"

#include "commands/commands.hpp"
#include "errors.hpp"

#include <quire/messages/ids.hpp>
#include <quire/messages/limits.hpp>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>

namespace quire::tools {

namespace {

constexpr std::string_view about =
    "Works on a folder of typed graphs, one file per organization, beside a running server too.";

constexpr std::string_view first_steps = R"(First steps:
  quire init
  quire org create acme --owner root@example.org
  quire tenant create acme
  quire --org acme import debian --graph packages
  quire --org acme node get packages bash

Exit status: 0 done, 1 refused, 2 wrong usage, 3 trouble with storage.
Every command has its own help: quire node put --help)";

/// Reads all of `in`, up to the size of the largest document.
result<std::string> read_all(std::istream& in, const std::string& name) {
  std::string text;
  std::array<char, 16384> block{};
  while (in.read(block.data(), block.size()), in.gcount() > 0) {
    text.append(block.data(), static_cast<std::size_t>(in.gcount()));
    if (text.size() > limits::max_document_bytes) {
      return fail(errc::too_large, "'" + printable(name) + "' holds more than " +
                                       std::to_string(limits::max_document_bytes) +
                                       " bytes; a document must be smaller");
    }
  }
  if (in.bad()) return fail(errc::not_found, "cannot read '" + printable(name) + "'");
  return text;
}

}  // namespace

result<quire::engine*> context::engine(absent mode) {
  if (!engine_) {
    const std::filesystem::path dir{options_->dir};
    std::error_code problem;
    if (mode == absent::refuse && !std::filesystem::exists(dir / "system.db", problem)) {
      return fail(errc::not_found, "no store in the folder '" + printable(options_->dir) +
                                       "'; make one with 'quire init', or name another with "
                                       "--dir or QUIRE_DIR");
    }
    const auto scopes = acl::scope_mode_from_string(options_->scope_mode);
    if (!scopes) return in_context(scopes.error(), "--scope-mode");
    engine_options how;
    how.dir = dir;
    how.scope_mode = *scopes;
    // A person waits for every command, so patience is cheap; long listings read from one snapshot.
    how.timeout = std::chrono::minutes{5};
    how.max_view_age = std::chrono::minutes{30};
    auto opened = quire::engine::open(std::move(how));
    if (!opened) return opened.error();
    engine_.emplace(std::move(*opened));
  }
  return &*engine_;
}

result<org_id> context::org(const std::string& named) const {
  const auto& global = options_->org;
  if (named.empty() && global.empty()) {
    return fail(errc::invalid_option,
                "which organization? Give --org ORG; 'quire org list' shows them");
  }
  if (!named.empty() && !global.empty() && named != global) {
    return fail(errc::conflicting_options, "'" + printable(named) + "' and --org '" +
                                               printable(global) + "' differ; give one of them");
  }
  return org_id{named.empty() ? global : named};
}

result<tenant<access::open>> context::tenant(const std::string& named) {
  const auto id = org(named);
  if (!id) return id.error();
  // Said here too, before any folder is touched.
  if (!is_valid_org_id(id->get())) {
    return fail(errc::invalid_org_id,
                "'" + printable(id->get()) +
                    "' is no organization id; it takes a-z, 0-9, - and _, at most 63 characters");
  }
  auto opened = engine();
  if (!opened) return opened.error();
  return (*opened)->tenant(*id, access::open{});
}

result<quire::system<access::open>> context::system() {
  auto opened = engine();
  if (!opened) return opened.error();
  return (*opened)->system(access::open{});
}

result<graph> context::find_graph(const quire::tenant<access::open>& in,
                                  const std::string& name) const {
  auto view = in.view();
  if (!view) return view.error();
  return view->resolve_graph(name);
}

result<void> context::close() {
  if (!engine_) return {};
  auto done = engine_->close();
  engine_.reset();
  return done;
}

command_line::command_line() : root_(std::string{about}, "quire") {
  root_.footer(std::string{first_steps});
  // Global options may stand anywhere. One command per line: a key that is spelled like a command
  // stays a key.
  root_.fallthrough();
  root_.require_subcommand(1);
  root_.set_version_flag("--version", QUIRE_VERSION);
  root_.add_option("--dir", options_.dir, "The data folder")
      ->envname("QUIRE_DIR")
      ->type_name("DIR")
      ->capture_default_str();
  root_.add_option("--org", options_.org, "The organization to work in")->type_name("ORG");
  root_.add_option("--graph", options_.graph, "The graph to work in, by name or id")
      ->type_name("NAME");
  root_.add_flag("--json", options_.json, "One JSON document; for lists one per line");
  root_
      .add_option("--scope-mode", options_.scope_mode,
                  "How scopes are compared: exact, or hierarchical: nodes:* covers nodes:read")
      ->envname("QUIRE_SCOPE_MODE")
      ->type_name("MODE")
      ->capture_default_str();
  root_.add_option("--as", options_.key_file, "Reserved: work with the rights of a key")
      ->type_name("KEY-FILE");
  for (const auto add : {add_init, add_account, add_org, add_member, add_key, add_peer, add_audit,
                         add_tenant, add_type, add_graph, add_node, add_edge, add_walk, add_watch,
                         add_sql, add_acl, add_schema, add_import, add_completion}) {
    add(*this);
  }
}

CLI::App& command_line::group(CLI::App& parent, std::string name, std::string about_group) {
  auto& made = *parent.add_subcommand(std::move(name), std::move(about_group));
  made.require_subcommand(1);
  made.footer("");
  return made;
}

CLI::App& command_line::add(CLI::App& parent, std::string name, std::string about_command,
                            std::string_view examples, action run) {
  auto& made = *parent.add_subcommand(std::move(name), std::move(about_command));
  made.footer("Examples:\n" + std::string{examples});
  made.require_subcommand(0);
  made.callback([this, run = std::move(run)] { chosen_ = run; });
  return made;
}

void command_line::add_mode(CLI::App& group, std::string flag, std::string about, action run) {
  const auto* option = group.add_flag(std::move(flag))->description(std::move(about));
  group.require_subcommand(0, 1);
  group.callback([this, &group, option, run = std::move(run)] {
    const bool command = !group.get_subcommands().empty();
    if (command == (option->count() != 0)) {
      throw CLI::RequiredError("One command, or " + option->get_name() + ",");
    }
    if (!command) chosen_ = run;
  });
}

void command_line::add_default(CLI::App& group, std::string_view examples, action run) {
  group.footer("Examples:\n" + std::string{examples});
  group.require_subcommand(0, 1);
  group.callback([this, &group, run = std::move(run)] {
    if (group.get_subcommands().empty()) chosen_ = run;
  });
}

std::string command_line::chosen_name() const {
  std::string out = "quire";
  const CLI::App* at = &root_;
  while (!at->get_subcommands().empty()) {
    at = at->get_subcommands().front();
    out += " " + at->get_name();
  }
  return out;
}

void graph_arguments::declare(CLI::App& app, std::vector<argument> others) {
  others_ = std::move(others);
  app.add_option("GRAPH", values_[0], "The graph, by name or id; left out when --graph is given")
      ->type_name("");
  for (std::size_t i = 0; i < others_.size(); ++i) {
    app.add_option(others_[i].name, values_[i + 1], others_[i].about)->type_name("");
  }
}

result<void> graph_arguments::settle(const global_options& options) {
  if (!options.graph.empty()) {
    if (!values_[others_.size()].empty() && values_[0] != options.graph) {
      return fail(errc::conflicting_options,
                  "one argument too many: the graph is given by --graph, '" +
                      printable(options.graph) + "'");
    }
    if (values_[others_.size()].empty()) {
      std::shift_right(values_.begin(), values_.begin() + 1 + static_cast<int>(others_.size()), 1);
    }
    values_[0] = options.graph;
  }
  if (values_[0].empty()) return fail(errc::invalid_option, "GRAPH is missing");
  for (std::size_t i = 0; i < others_.size(); ++i) {
    if (others_[i].required && values_[i + 1].empty()) {
      return fail(errc::invalid_option, std::string{others_[i].name} + " is missing");
    }
  }
  return {};
}

result<std::string> text_argument(const std::string& given) {
  if (given == "-") return read_all(std::cin, given);
  if (!given.starts_with('@')) return given;
  const auto path = given.substr(1);
  std::ifstream file{path, std::ios::binary};
  if (!file) return fail(errc::not_found, "cannot read the file '" + printable(path) + "'");
  return read_all(file, path);
}

result<document> object_argument(const std::string& given) {
  if (given.empty()) return document{};
  auto text = text_argument(given);
  if (!text) return text.error();
  return document::parse_object(*text);
}

result<direction> direction_argument(const std::string& text) {
  if (text == "out") return direction::out;
  if (text == "in") return direction::in;
  if (text == "both") return direction::both;
  return fail(errc::invalid_option, "direction '" + printable(text) + "' is none of out, in, both");
}

namespace {

/// The second half of `run`, once the command line is understood.
result<exit_status> perform(const command_line& line, output& out) {
  if (!line.options().key_file.empty()) {
    return fail(errc::unknown_option,
                "--as is reserved for working with the rights of a key; leave it out: who may "
                "write the data folder is vouched for");
  }
  context in{line.options(), out};
  auto done = line.chosen()(in);
  auto closed = in.close();
  if (!done) return done.error();
  if (!closed) return closed.error();
  if (!out.flush()) {
    return fail(errc::storage_io, "the output could not be written; what was asked for is done");
  }
  return in.said_no() ? exit_refused : exit_done;
}

}  // namespace

int run(int argc, const char* const* argv) {
  const bool colour_errors = wants_colour(STDERR_FILENO);
  try {
    command_line line;
    try {
      line.parse(argc, argv);
    } catch (const CLI::Success& asked) {  // help or version
      return line.root().exit(asked, std::cout, std::cerr) == 0 ? exit_done : exit_usage;
    } catch (const CLI::ParseError& e) {
      print_usage_error(std::cerr,
                        std::string{e.what()} + "; see '" + line.chosen_name() + " --help'",
                        colour_errors);
      return exit_usage;
    }
    output out{std::cout, line.options().json, wants_colour(STDOUT_FILENO)};
    const auto done = perform(line, out);
    if (done) return *done;
    // What was printed before the failure comes before its message.
    static_cast<void>(out.flush());
    const auto status = exit_status_of(done.error().code);
    auto e = done.error();
    if (status == exit_usage) e.context += "; see '" + line.chosen_name() + " --help'";
    print_error(std::cerr, e, colour_errors);
    return status;
  } catch (const std::exception& e) {
    print_error(std::cerr,
                fail(errc::internal, std::string{"unexpected: "} + e.what() + "; please report it"),
                colour_errors);
    return exit_storage;
  }
}

}  // namespace quire::tools
