#include "uri.hpp"

#include <algorithm>

namespace quire::schema {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/// The components of RFC 3986, appendix B, each with its delimiter, so that putting them together
/// again gives the same text.
struct components {
  std::string_view scheme;     // with ':'
  std::string_view authority;  // with '//'
  std::string_view path;
  std::string_view query;     // with '?'
  std::string_view fragment;  // with '#'
};

std::size_t scheme_size(std::string_view uri) noexcept {
  if (uri.empty() || !is_letter(uri.front())) return 0;
  const auto end = std::find_if_not(uri.begin(), uri.end(), [](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
  });
  return end != uri.end() && *end == ':' ? static_cast<std::size_t>(end - uri.begin()) + 1 : 0;
}

components parts_of(std::string_view uri) {
  components c;
  auto take = [&uri](std::size_t count) {
    const auto part = uri.substr(0, count);
    uri.remove_prefix(part.size());
    return part;
  };
  c.scheme = take(scheme_size(uri));
  if (const auto hash = uri.find('#'); hash != std::string_view::npos) {
    c.fragment = uri.substr(hash);
    uri = uri.substr(0, hash);
  }
  if (const auto mark = uri.find('?'); mark != std::string_view::npos) {
    c.query = uri.substr(mark);
    uri = uri.substr(0, mark);
  }
  if (uri.starts_with("//")) c.authority = take(uri.find('/', 2));
  c.path = uri;
  return c;
}

/// RFC 3986, 5.2.4.
std::string without_dots(std::string_view path) {
  std::string out;
  while (!path.empty()) {
    if (path.starts_with("../")) {
      path.remove_prefix(3);
    } else if (path.starts_with("./") || path.starts_with("/./")) {
      path.remove_prefix(2);
    } else if (path == "/.") {
      path = "/";
    } else if (path.starts_with("/../") || path == "/..") {
      path = path.size() == 3 ? std::string_view{"/"} : path.substr(3);
      out.resize(out.find_last_of('/') == std::string::npos ? 0 : out.find_last_of('/'));
    } else if (path == "." || path == "..") {
      path = {};
    } else {
      const auto segment = path.substr(0, path.find('/', 1));
      out += segment;
      path.remove_prefix(segment.size());
    }
  }
  return out;
}

/// RFC 3986, 5.2.3: the reference's path in place of the last segment of the base.
std::string merged(const components& base, std::string_view path) {
  std::string out;
  if (!base.authority.empty() && base.path.empty()) {
    out = "/";
  } else if (const auto slash = base.path.rfind('/'); slash != std::string_view::npos) {
    out = base.path.substr(0, slash + 1);
  }
  return out.append(path);
}

std::string joined(std::string_view scheme, std::string_view authority, std::string_view path,
                   std::string_view query, std::string_view fragment) {
  std::string out;
  return out.append(scheme).append(authority).append(path).append(query).append(fragment);
}

}  // namespace

std::string resolve_uri(std::string_view base_text, std::string_view reference) {
  if (base_text.empty()) return std::string{reference};
  const auto base = parts_of(base_text);
  const auto r = parts_of(reference);
  if (!r.scheme.empty())
    return joined(r.scheme, r.authority, without_dots(r.path), r.query, r.fragment);
  if (!r.authority.empty())
    return joined(base.scheme, r.authority, without_dots(r.path), r.query, r.fragment);
  if (r.path.empty()) {
    return joined(base.scheme, base.authority, base.path, r.query.empty() ? base.query : r.query,
                  r.fragment);
  }
  const auto path = r.path.front() == '/' ? std::string{r.path} : merged(base, r.path);
  return joined(base.scheme, base.authority, without_dots(path), r.query, r.fragment);
}

split_uri split_fragment(std::string_view reference) noexcept {
  const auto hash = reference.find('#');
  if (hash == std::string_view::npos) return {.uri = reference, .fragment = std::nullopt};
  return {.uri = reference.substr(0, hash), .fragment = reference.substr(hash + 1)};
}

bool has_scheme(std::string_view uri) noexcept { return scheme_size(uri) != 0; }

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (text.size() - i < 3) return std::nullopt;
    const auto high = hex_digit(text[i + 1]);
    const auto low = hex_digit(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

}  // namespace quire::schema
