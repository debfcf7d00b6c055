#pragma once

#include <boost/json/storage_ptr.hpp>
#include <boost/json/value.hpp>
#include <boost/system/error_code.hpp>

#include <cstddef>
#include <string_view>

namespace quire {

/// Parses one JSON document into `out`, allocating from `memory`; gives the bytes read until it
/// ended or `ec` was set (an error of Boost.JSON; `exponent_overflow` for a number beyond a double).
/// A number that is no integer of 64 bits becomes the double nearest to it, so that a double that
/// was written comes back as the same one. (Boost.JSON 1.81 itself is off by a few units in the last
/// place.)
std::size_t parse_document(std::string_view text, boost::json::storage_ptr memory,
                           std::size_t max_depth, boost::json::value& out,
                           boost::system::error_code& ec);

}  // namespace quire
