#include <quire/messages/ids.hpp>
#include <quire/tools/import/package_import.hpp>

#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>

namespace quire::tools {

namespace {

/// Copies `in` to a file without a name and opens that for reading.
result<import_source> spool(std::istream& in, const std::string& name) {
  std::error_code problem;
  const auto folder = std::filesystem::temp_directory_path(problem);
  if (problem) {
    return fail(errc::storage_io, "no folder for temporary files: " + problem.message() +
                                      "; set TMPDIR to one that can be written");
  }
  auto path = (folder / "quire-import-XXXXXX").string();
  const int descriptor = ::mkstemp(path.data());
  if (descriptor < 0) {
    return fail(errc::storage_io, "cannot make a temporary file in '" + folder.string() +
                                      "' to hold the input '" + printable(name) +
                                      "': " + std::strerror(errno));
  }
  ::close(descriptor);
  std::ofstream out{path, std::ios::binary};
  // An empty input sets the copy's failbit although nothing is wrong.
  if (in.peek() != std::istream::traits_type::eof()) out << in.rdbuf();
  out.close();
  auto file = std::make_unique<std::ifstream>(path, std::ios::binary);
  const auto bytes = std::filesystem::file_size(path, problem);
  std::filesystem::remove(path);
  if (in.bad() || !out || !*file || problem) {
    return fail(errc::storage_io, "cannot copy the input '" + printable(name) + "' to '" +
                                      folder.string() + "'; is there room?");
  }
  return import_source{name, std::move(file), static_cast<std::size_t>(bytes)};
}

}  // namespace

result<import_source> open_source(const std::string& path) {
  if (path == "-") return spool(std::cin, path);
  auto file = std::make_unique<std::ifstream>(path, std::ios::binary);
  std::error_code problem;
  if (!*file || std::filesystem::is_directory(path, problem)) {
    return fail(errc::not_found, "cannot read the file '" + printable(path) +
                                     "'; name a control file such as /var/lib/dpkg/status, or - "
                                     "for standard input");
  }
  if (!std::filesystem::is_regular_file(path, problem)) return spool(*file, path);
  const auto bytes = std::filesystem::file_size(path, problem);
  return import_source{path, std::move(file), problem ? 0 : static_cast<std::size_t>(bytes)};
}

package_import::package_import(std::vector<import_source> sources, std::string native_architecture)
    : sources_(std::move(sources)), index_(std::move(native_architecture)) {}

std::size_t package_import::input_bytes() const {
  std::size_t sum = 0;
  for (const auto& source : sources_) sum += source.bytes;
  return sum;
}

result<void> package_import::each(const visit& seen, const report& malformed,
                                  const progress& told) {
  std::size_t before = 0;
  for (auto& source : sources_) {
    source.stream->clear();
    source.stream->seekg(0);
    deb822_reader reader{*source.stream, source.name, package_fields()};
    stanza current;
    finding bad;
    for (;;) {
      const auto item = reader.next(current, bad);
      if (item == deb822_reader::item::end) break;
      if (item == deb822_reader::item::malformed) {
        if (malformed) malformed(bad);
        continue;
      }
      auto p = read_package(current);
      if (!p) {
        if (malformed) malformed({source.name, current.line(), p.error().context});
        continue;
      }
      if (!*p) {
        if (malformed) ++counts_.not_installed;
        continue;
      }
      if (auto ok = seen(std::move(**p)); !ok) return ok.error();
      if (told) told(before + reader.bytes());
    }
    if (reader.failed()) {
      return fail(errc::storage_io, "reading '" + printable(source.name) + "' stopped after " +
                                        std::to_string(reader.bytes()) + " bytes");
    }
    before += reader.bytes();
  }
  return {};
}

result<void> package_import::scan(const report& malformed) {
  auto done = each(
      [this](package&& p) -> result<void> {
        index_.add(p);
        return {};
      },
      [&](const finding& f) {
        ++counts_.malformed;
        if (malformed) malformed(f);
      },
      {});
  index_.finish();
  return done;
}

result<void> package_import::each_keyed(
    const std::function<result<void>(const std::string& key, package&&)>& seen,
    const progress& told) {
  std::size_t at = 0;
  return each(
      [&](package&& p) -> result<void> {
        auto key = index_.key_of(at++, p);
        if (!key) return key.error();
        if (key->empty()) return {};
        return seen(*key, std::move(p));
      },
      {}, told);
}

result<void> package_import::nodes(const graph_id& graph, const sink& out, const progress& told) {
  // Sorted, so that the same input gives the same operations in the same order.
  std::map<std::string, bool> virtual_packages;
  auto read = each_keyed(
      [&](const std::string& key, package&& p) -> result<void> {
        for (const auto& link : p.links) {
          auto target = index_.target(link.to, p.architecture);
          if (index_.is_package(target)) continue;
          const bool provided = index_.is_provided(target);
          virtual_packages.emplace(std::move(target), provided);
        }
        ++counts_.packages;
        return out(package_node(graph, key, p));
      },
      told);
  if (!read) return read;
  counts_.repeated = index_.size() - counts_.packages;
  for (const auto& [name, provided] : virtual_packages) {
    ++counts_.virtual_packages;
    if (!provided) ++counts_.missing;
    if (auto ok = out(virtual_package_node(graph, name, provided)); !ok) return ok.error();
  }
  return {};
}

result<void> package_import::edges(const graph_id& graph, const sink& out, const progress& told) {
  return each_keyed(
      [&](const std::string& key, package&& p) -> result<void> {
        for (const auto& link : p.links) ++counts_.edges[static_cast<std::size_t>(link.kind)];
        for (auto& edge : package_edges(graph, index_, key, p)) {
          if (auto ok = out(std::move(edge)); !ok) return ok.error();
        }
        return {};
      },
      told);
}

}  // namespace quire::tools
