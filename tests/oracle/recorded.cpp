#include "recorded.hpp"

#include <boost/iostreams/copy.hpp>
#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/filtering_stream.hpp>
#include <boost/json/parse.hpp>
#include <cryptopp/filters.h>
#include <cryptopp/hex.h>
#include <cryptopp/sha.h>

#include <algorithm>
#include <exception>
#include <fstream>
#include <sstream>

namespace quire::oracle {
namespace {

namespace json = boost::json;

std::string sha256_of(std::string_view text) {
  std::string digest;
  CryptoPP::SHA256 hash;
  const CryptoPP::StringSource read(
      std::string{text}, true,
      new CryptoPP::HashFilter(
          hash, new CryptoPP::HexEncoder(new CryptoPP::StringSink(digest), /*uppercase=*/false)));
  return digest;
}

std::string unpacked(const std::filesystem::path& file) {
  std::ifstream packed(file, std::ios::binary);
  packed.exceptions(std::ios::badbit | std::ios::failbit);
  boost::iostreams::filtering_istream in;
  if (file.extension() == ".gz") in.push(boost::iostreams::gzip_decompressor());
  in.push(packed);
  std::ostringstream text;
  packed.exceptions(std::ios::badbit);
  boost::iostreams::copy(in, text);
  return std::move(text).str();
}

error unusable(const std::filesystem::path& file, const std::string& why) {
  return fail(errc::validation_failed, "answers in " + file.string() + ": " + why);
}

}  // namespace

result<recording> read_recording(const std::filesystem::path& file) {
  try {
    auto text = unpacked(file);
    const auto end = text.find('\n');
    if (end == std::string::npos) return unusable(file, "no first line");
    const auto first = json::parse(std::string_view{text}.substr(0, end));
    recording made;
    auto& header = made.header;
    header.typebox = first.at("typebox").as_string();
    header.seed = first.at("seed").to_number<std::uint64_t>();
    header.schemas = first.at("schemas").to_number<std::uint64_t>();
    header.values = first.at("values").to_number<std::uint64_t>();
    header.diffs = first.at("diffs").to_number<std::uint64_t>();
    header.lines = first.at("lines").to_number<std::uint64_t>();
    header.sha256 = first.at("sha256").as_string();
    made.content = text.substr(end + 1);
    const auto lines =
        static_cast<std::uint64_t>(std::count(made.content.begin(), made.content.end(), '\n'));
    if (lines != header.lines)
      return unusable(file,
                      std::to_string(lines) + " lines instead of " + std::to_string(header.lines));
    if (const auto found = sha256_of(made.content); found != header.sha256)
      return unusable(file, "SHA-256 is " + found + " instead of " + header.sha256);
    return made;
  } catch (const std::exception& e) {
    return unusable(file, e.what());
  }
}

void each_line(const recording& from,
               const std::function<void(std::size_t, const json::object&)>& f) {
  std::string_view rest = from.content;
  json::parse_options options;
  options.max_depth = 512;
  for (std::size_t position = 0; !rest.empty(); ++position) {
    const auto end = rest.find('\n');
    f(position, json::parse(rest.substr(0, end), {}, options).get_object());
    rest.remove_prefix(end + 1);
  }
}

}  // namespace quire::oracle
