#pragma once

#include <boost/json/value.hpp>

#include <string>

namespace quire {

/// Appends `value` as JSON text without white space. Numbers have the shortest form that reads back
/// as the same number, as JavaScript writes it: `1.5`, `0.1`, `1e+300`, and `5` for the double 5;
/// but doubles from 2^53 on have an exponent, since integers are read exactly. Pure; safe from any
/// thread.
void append_json(std::string& out, const boost::json::value& value);
[[nodiscard]] std::string json_text(const boost::json::value& value);

/// A number alone, as JavaScript writes it; it must be finite.
[[nodiscard]] std::string number_text(double number);

}  // namespace quire
