#include <quire/messages/error.hpp>

#include <boost/throw_exception.hpp>

#include <stdexcept>

namespace quire {
namespace {

constexpr std::size_t max_shown_details = 3;

}  // namespace

std::string to_string(const error& e) {
  auto out = std::string{to_string(e.code)};
  if (!e.context.empty()) out.append(": ").append(e.context);
  std::size_t shown = 0;
  for (const auto& detail : e.details) {
    if (shown++ == max_shown_details) {
      out.append(" (and ").append(std::to_string(e.details.size() - max_shown_details)).append(" more)");
      break;
    }
    out.append("; ").append(detail.pointer.empty() ? "/" : detail.pointer).append(": ").append(detail.message);
  }
  return out;
}

void throw_exception_from_error(const error& e, const boost::source_location& where) {
  boost::throw_with_location(std::runtime_error{to_string(e)}, where);
}

error in_context(error e, std::string_view where) {
  e.context = std::string{where} + ": " + e.context;
  return e;
}

}  // namespace quire
