#include "process.hpp"

#include <quire/test/scratch.hpp>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace quire::test {

namespace {

std::string content_of(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// In the child: makes `file` the descriptor `as`.
void redirect(const std::string& file, int flags, int as) {
  const int opened = ::open(file.c_str(), flags, 0600);
  if (opened < 0 || ::dup2(opened, as) < 0) ::_exit(126);
}

}  // namespace

process_result run_process(const std::vector<std::string>& command, const std::string& input,
                           const std::vector<std::string>& environment) {
  // Files instead of pipes: neither side can block the other.
  const scratch_folder folder;
  const auto in = (folder / "in").string();
  const auto out = (folder / "out").string();
  const auto err = (folder / "err").string();
  std::ofstream{in, std::ios::binary} << input;
  std::vector<char*> arguments;
  for (const auto& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);

  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error{"fork failed"};
  if (child == 0) {
    redirect(in, O_RDONLY, STDIN_FILENO);
    redirect(out, O_WRONLY | O_CREAT, STDOUT_FILENO);
    redirect(err, O_WRONLY | O_CREAT, STDERR_FILENO);
    for (const auto& variable : environment) ::putenv(const_cast<char*>(variable.c_str()));
    ::execv(arguments.front(), arguments.data());
    ::_exit(127);
  }
  int status = 0;
  if (::waitpid(child, &status, 0) != child) throw std::runtime_error{"waitpid failed"};
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), content_of(out),
          content_of(err)};
}

}  // namespace quire::test
