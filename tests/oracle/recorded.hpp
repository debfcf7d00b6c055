#pragma once

#include <quire/messages/error.hpp>

#include <boost/json/value.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace quire::oracle {

/// The first line of a file of answers.
struct recorded_header {
  std::string typebox;
  std::uint64_t seed = 0;
  std::uint64_t schemas = 0;
  std::uint64_t values = 0;
  std::uint64_t diffs = 0;
  std::uint64_t lines = 0;
  std::string sha256;  ///< of all that follows the first line
};

/// Answers of the original, as `generate.mjs` writes them.
struct recording {
  recorded_header header;
  std::string content;  ///< one JSON object a line
};

/// Reads a file of answers, compressed by gzip or not. Fails when it cannot be read, is no such
/// file, or does not match its header.
[[nodiscard]] result<recording> read_recording(const std::filesystem::path& file);

/// Calls `f` with the position and the parsed form of each line.
void each_line(const recording& from,
               const std::function<void(std::size_t, const boost::json::object&)>& f);

}  // namespace quire::oracle
