#pragma once

#include "output.hpp"

#include <quire/actors/system.hpp>
#include <quire/quire.hpp>

#include <CLI/App.hpp>

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quire::tools {

/// What every command understands.
struct global_options {
  std::string dir = "quire-data";
  std::string org;
  std::string graph;
  std::string key_file;
  std::string scope_mode = "exact";
  bool json = false;
};

/// What a command works with: the options, the output, and the data folder, opened when first asked
/// for.
class context {
 public:
  context(const global_options& options, output& out) : options_(&options), out_(&out) {}

  [[nodiscard]] const global_options& options() const { return *options_; }
  [[nodiscard]] output& out() const { return *out_; }

  enum class absent : std::uint8_t { refuse, make };
  /// Opens the folder. Fails with `not_found` when it holds no store and `mode` does not say to
  /// make one.
  [[nodiscard]] result<quire::engine*> engine(absent mode = absent::refuse);
  /// The tenant of `org(named)`.
  [[nodiscard]] result<quire::tenant<access::open>> tenant(const std::string& named = {});
  /// The system file: accounts, organizations, credentials. Whoever may write the folder is vouched
  /// for.
  [[nodiscard]] result<quire::system<access::open>> system();
  /// The organization that a command names, else that of `--org`. Fails with `invalid_option` when
  /// neither is given or they differ.
  [[nodiscard]] result<org_id> org(const std::string& named = {}) const;

  /// The graph of that id or name.
  [[nodiscard]] result<graph> find_graph(const quire::tenant<access::open>& in,
                                         const std::string& name) const;
  /// The answer, already printed, is no: the exit status is that of a refusal, without a message.
  void answer_no() noexcept { said_no_ = true; }
  [[nodiscard]] bool said_no() const noexcept { return said_no_; }

  /// Closes the folder. Called once, at the end.
  [[nodiscard]] result<void> close();

 private:
  const global_options* options_;
  output* out_;
  std::optional<quire::engine> engine_;
  bool said_no_ = false;
};

/// What a command does once the command line is understood.
using action = std::function<result<void>(context&)>;

/// The command line: groups, commands and their help, built by the functions of commands.hpp. The
/// last parsed command's action is the one to run.
class command_line {
 public:
  command_line();

  /// A group such as `node`, which takes one of its commands.
  CLI::App& group(std::string name, std::string about) {
    return group(root_, std::move(name), std::move(about));
  }
  /// A group below another one.
  CLI::App& group(CLI::App& parent, std::string name, std::string about);
  /// A command below `parent`. `examples`: one or several command lines, shown with the help.
  CLI::App& add(CLI::App& parent, std::string name, std::string about, std::string_view examples,
                action run);
  /// A flag of a group that stands for a command of its own: `quire GROUP FLAG`.
  void add_mode(CLI::App& group, std::string flag, std::string about, action run);
  /// What a group does when none of its commands is named.
  void add_default(CLI::App& group, std::string_view examples, action run);
  CLI::App& root() { return root_; }
  [[nodiscard]] const global_options& options() const { return options_; }

  /// Understands the command line; CLI11's exceptions come out of here, for `run` alone.
  void parse(int argc, const char* const* argv) { root_.parse(argc, argv); }
  [[nodiscard]] const action& chosen() const { return chosen_; }
  /// `quire node get`, as far as the command line was understood.
  [[nodiscard]] std::string chosen_name() const;

 private:
  global_options options_;
  CLI::App root_;
  action chosen_;
};

/// The positional arguments of a command whose first names the graph, unless `--graph` did.
class graph_arguments {
 public:
  struct argument {
    const char* name;
    const char* about;
    bool required = true;
  };

  /// Declares `GRAPH` and then the others on `app`; this object must live as long.
  void declare(CLI::App& app, std::vector<argument> others);
  /// Call before reading: moves the arguments along when `--graph` was given. Fails with
  /// `invalid_option` when a required one is missing or one is left over.
  [[nodiscard]] result<void> settle(const global_options& options);

  [[nodiscard]] const std::string& graph() const { return values_[0]; }
  /// The argument of that place among the others; empty when not given.
  [[nodiscard]] const std::string& operator[](std::size_t at) const { return values_[at + 1]; }

 private:
  std::array<std::string, 4> values_;
  std::vector<argument> others_;
};

/// The text of an argument that may be given as `@FILE`, or as `-` for standard input. Fails with
/// `not_found`, `too_large`.
[[nodiscard]] result<std::string> text_argument(const std::string& given);
/// As `text_argument`, for a JSON object; an empty argument gives an empty document.
[[nodiscard]] result<document> object_argument(const std::string& given);

/// A lower-case text that names a value of an enumeration, for options with few choices.
[[nodiscard]] result<direction> direction_argument(const std::string& text);

/// Understands and runs one command line; the answer is the process's exit status.
[[nodiscard]] int run(int argc, const char* const* argv);

}  // namespace quire::tools
