#include "../schema_operations.hpp"
#include "commands.hpp"

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

namespace quire::tools {

namespace {

std::vector<const CLI::App*> commands_of(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

std::string joined(std::vector<std::string> words) {
  std::ranges::sort(words);
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : " ") + word;
  return out;
}

/// Long options of one command, or only those that take a value.
std::vector<std::string> options_of(const CLI::App& app, bool with_value_only) {
  std::vector<std::string> out;
  for (const auto* option : app.get_options()) {
    if (with_value_only && option->get_items_expected_max() == 0) continue;
    for (const auto& name : option->get_lnames()) out.push_back("--" + name);
  }
  return out;
}

/// One branch of the script's `case` for `app` and those below it.
void write_cases(std::ostream& out, const CLI::App& app, const std::string& path) {
  std::vector<std::string> names;
  for (const auto* command : commands_of(app)) names.push_back(command->get_name());
  out << "    '" << path << "') commands='" << joined(names) << "'; options='"
      << joined(options_of(app, false)) << "' ;;\n";
  for (const auto* command : commands_of(app)) {
    write_cases(out, *command,
                path.empty() ? command->get_name() : path + " " + command->get_name());
  }
}

void collect_value_options(const CLI::App& app, std::vector<std::string>& out) {
  for (auto& name : options_of(app, true)) {
    if (std::ranges::find(out, name) == out.end()) out.push_back(std::move(name));
  }
  for (const auto* command : commands_of(app)) collect_value_options(*command, out);
}

std::string pattern(std::vector<std::string> words) {
  std::ranges::sort(words);
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : "|") + word;
  return out;
}

std::string dialect_words() {
  auto out = dialect_names();
  std::erase(out, ',');
  return out;
}

std::string bash_script(const CLI::App& root) {
  std::vector<std::string> with_value;
  collect_value_options(root, with_value);
  std::ostringstream out;
  out << R"(# bash completion for quire; made by 'quire completion bash'
_quire() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
  local path='' commands='' options='' global='' word i skip=0
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    if ((skip)); then skip=0; continue; fi
    case $word in
      )"
      << pattern(with_value) << R"() skip=1 ;;
      -*) ;;
      *)
        _quire_words "$path"
        if [[ " $commands " == *" $word "* ]]; then path=${path:+$path }$word; fi ;;
    esac
  done
  COMPREPLY=()
  case $prev in
    --dir) mapfile -t COMPREPLY < <(compgen -d -- "$cur"); return ;;
    --as) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
    --definitions|--document) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
    --dialect) mapfile -t COMPREPLY < <(compgen -W ')"
      << dialect_words() << R"(' -- "$cur"); return ;;
    --direction) mapfile -t COMPREPLY < <(compgen -W 'out in both' -- "$cur"); return ;;
    --scope-mode) mapfile -t COMPREPLY < <(compgen -W 'exact hierarchical' -- "$cur"); return ;;
    --kind) mapfile -t COMPREPLY < <(compgen -W 'ssh_key cert_authority' -- "$cur"); return ;;
    --level)
      local levels='owner admin member'
      if [[ $path == account* ]]; then levels='user admin service'; fi
      mapfile -t COMPREPLY < <(compgen -W "$levels" -- "$cur")
      return ;;
    )" << pattern(with_value)
      << R"() return ;;
  esac
  _quire_words "$path"
  if [[ $cur == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$options $global" -- "$cur")
  elif [[ -n $commands ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$cur")
  else
    mapfile -t COMPREPLY < <(compgen -f -- "$cur")
  fi
}

# Sets what can follow the commands typed so far.
_quire_words() {
  global=')"
      << joined(options_of(root, false)) << R"('
  case $1 in
)";
  write_cases(out, root, "");
  out << R"(    *) commands=''; options='' ;;
  esac
}

complete -F _quire quire
)";
  return out.str();
}

}  // namespace

void add_completion(command_line& line) {
  auto& group = line.group("completion", "Completion of commands and options by the shell");
  line.add(group, "bash", "Print a completion script for bash",
           "  source <(quire completion bash)\n"
           "  quire completion bash > ~/.local/share/bash-completion/completions/quire",
           [&line](context& in) -> result<void> {
             in.out().text(bash_script(line.root()));
             return {};
           });
}

}  // namespace quire::tools
