#pragma once

#include <string>
#include <vector>

namespace quire::test {

struct process_result {
  int status = -1;  ///< exit status; 128 + signal when one ended it
  std::string out;
  std::string err;
};

/// Runs a program to its end, with `input` as its standard input and `environment` (`NAME=value`)
/// added to ours. Blocks; the test's time limit is the only one.
[[nodiscard]] process_result run_process(const std::vector<std::string>& command,
                                         const std::string& input = {},
                                         const std::vector<std::string>& environment = {});

}  // namespace quire::test
