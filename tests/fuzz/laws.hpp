#pragma once

#include <quire/messages/error.hpp>
#include <quire/schema/compile.hpp>

#include <boost/json/value.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace quire::test {

/// Says which promise was broken by what, and ends the process.
[[noreturn]] void broken(std::string_view law, const std::string& about);

/// `broken` when `holds` is false; `about` is called only then.
template <class About>
void demand(bool holds, std::string_view law, About about) {
  if (!holds) broken(law, about());
}

/// What the options character of an input means.
struct fuzz_options {
  schema::compile_options compile;
  bool keep_extra = false;  ///< of cast

  explicit fuzz_options(char chosen);
};

/// A document of an input; nothing when the text is none.
[[nodiscard]] std::optional<boost::json::value> read(std::string_view text);

/// Takes one line off `input`.
[[nodiscard]] std::string_view take_line(std::string_view& input);

/// A schema that compiled, with what the laws need to know of it.
class subject {
 public:
  subject(const boost::json::value& schema, schema::compiled_schema compiled, fuzz_options options);

  /// Everything the library promises about one value.
  void try_value(const boost::json::value& value) const;
  /// And about values made from nothing. Gives the created one.
  [[nodiscard]] std::optional<boost::json::value> try_create() const;

 private:
  void try_verdicts(const boost::json::value& value, bool good) const;
  void try_cast(const boost::json::value& value, bool good) const;
  void try_others(const boost::json::value& value, bool good) const;
  [[nodiscard]] std::string shown(const boost::json::value& value) const;

  boost::json::value schema_;
  schema::compiled_schema compiled_;
  fuzz_options options_;
  bool fits_when_cleaned_;
};

/// Compiles a schema, which may fail only in the ways that `compile` names.
[[nodiscard]] std::optional<subject> made_subject(const boost::json::value& schema,
                                                  const fuzz_options& options);

/// What the library promises about two values.
void try_difference(const boost::json::value& a, const boost::json::value& b);

}  // namespace quire::test
