#pragma once

#include "process.hpp"

#include <quire/test/scratch.hpp>

#include <boost/json/value.hpp>

#include <string>
#include <vector>

namespace quire::test {

/// A person at a shell: types commands in a folder of their own.
class shell {
 public:
  /// Runs `quire` with these arguments on the folder's store.
  process_result quire(const std::vector<std::string>& arguments, const std::string& input = {});
  /// The same, expected to succeed; gives standard output.
  std::string done(const std::vector<std::string>& arguments, const std::string& input = {});
  /// The same with `--json` and a single document.
  boost::json::value json(std::vector<std::string> arguments, const std::string& input = {});
  /// The same with several documents, one per line.
  std::vector<boost::json::value> json_lines(std::vector<std::string> arguments);
  /// Expects this exit status, nothing on standard output, and this beginning and part of standard
  /// error.
  void refused(const std::vector<std::string>& arguments, int status, const std::string& begins,
               const std::string& holds = {}, const std::string& input = {});

  /// Makes the organization `acme` with its tenant.
  void make_acme();
  /// And in it the type `tickets` and the graph `t` of that type.
  void make_tickets();

  [[nodiscard]] std::string store() const { return (folder_ / "store").string(); }
  [[nodiscard]] std::string file(const std::string& name, const std::string& text) const;

 private:
  scratch_folder folder_;
};

}  // namespace quire::test
