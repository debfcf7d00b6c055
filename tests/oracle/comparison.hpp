#pragma once

#include "reasons.hpp"

#include <boost/json/object.hpp>

#include <cstddef>
#include <iosfwd>
#include <map>
#include <string>
#include <vector>

namespace quire::oracle {

/// How one operation fared.
struct tally {
  std::size_t asked = 0;
  std::size_t passed = 0;                        ///< of `check`: values that passed
  std::map<std::string, std::size_t> explained;  ///< answers that differ, by reason
  std::size_t failed = 0;                        ///< answers that differ without one

  [[nodiscard]] std::size_t explained_in_all() const;
};

/// Asks Quire what the original was asked and compares the answers.
class comparison {
 public:
  /// One line of a recording.
  void add(std::size_t position, const boost::json::object& line);

  [[nodiscard]] const std::map<std::string, tally>& tallies() const noexcept { return tallies_; }
  /// The first answers that differ without a reason, with everything needed to see why.
  [[nodiscard]] const std::vector<std::string>& failures() const noexcept { return failures_; }
  /// Operations whose answers differ for good reasons more often than they should, which would mean
  /// that some reason takes in too much.
  /// @param slack  factor on the allowed shares, for few pairs.
  [[nodiscard]] std::vector<std::string> excesses(double slack) const;
  /// A table: each operation, its pairs, and how many each reason explains.
  void print(std::ostream& out) const;

 private:
  void add_schema(std::size_t position, const boost::json::object& line);
  void add_difference(std::size_t position, const boost::json::object& line);
  void settle(const std::string& operation, std::size_t position, const question& asked,
              const verdict& found, const std::string& ours, const boost::json::value& theirs);

  std::map<std::string, tally> tallies_;
  std::vector<std::string> failures_;
};

}  // namespace quire::oracle
