#pragma once

#include "question.hpp"

#include <quire/messages/error.hpp>
#include <quire/schema/check.hpp>
#include <quire/schema/compile.hpp>
#include <quire/schema/edits.hpp>

#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quire::oracle {

/// What a comparison of two answers came to: equal when neither reasons nor differences are left.
struct verdict {
  std::set<std::string> reasons;  ///< why answers may differ, of those that were needed
  std::string unexplained;        ///< what no reason covers; empty when all is well
};

/// One rule of Quire that the original does not have.
struct reason {
  std::string_view name;
  std::string_view why;
};

/// All of them. Nothing else lets an answer differ; each has a case in reasons_test.cpp.
[[nodiscard]] std::span<const reason> all_reasons() noexcept;

/// The formats that `generate.mjs` registers, for this side.
[[nodiscard]] schema::compile_options options_with_formats();

// Each compares one answer of ours with what the original was recorded to say.

[[nodiscard]] verdict compare_check(const question& asked, bool ours,
                                    const boost::json::value& theirs);
[[nodiscard]] verdict compare_errors(const question& asked,
                                     const std::vector<schema::value_error>& ours,
                                     const boost::json::value& theirs);
/// @param operation  `cast`, `default`, `create`, `clean` or `convert`.
[[nodiscard]] verdict compare_result(const std::string& operation, const question& asked,
                                     const result<boost::json::value>& ours,
                                     const boost::json::object& theirs);
[[nodiscard]] verdict compare_diff(const boost::json::value& from, const boost::json::value& to,
                                   const schema::edit_list& ours, const boost::json::value& theirs);
[[nodiscard]] verdict compare_patch(const boost::json::value& from, const schema::edit_list& edits,
                                    const result<boost::json::value>& ours,
                                    const boost::json::object& theirs);

}  // namespace quire::oracle
