#pragma once

#include <string_view>

namespace quire::test {

// Each takes any bytes at all and ends the process by abort() when the library breaks a promise.

/// A character that chooses options (see laws.hpp), a schema, and values to try it on: one document
/// per line.
void fuzz_schema_text(std::string_view input);

/// A character that chooses one of the fixed schemas of value_text.cpp, one that chooses options,
/// and the text of one value.
void fuzz_value_text(std::string_view input);

/// Two documents, one per line. The second is also tried as a list of edits.
void fuzz_edit_list(std::string_view input);

}  // namespace quire::test
