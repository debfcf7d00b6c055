#include "errors.hpp"

#include <quire/messages/ids.hpp>

namespace quire::tools {

namespace {

constexpr std::size_t max_line = 2000;

void print_line(std::ostream& to, std::string_view code, std::string_view what, bool colour) {
  to << "quire: " << (colour ? "\x1b[31m" : "") << code << (colour ? "\x1b[0m" : "") << ": "
     << printable(what, max_line) << '\n';
}

}  // namespace

exit_status exit_status_of(errc code) noexcept {
  switch (code) {
    case errc::none: return exit_done;
    case errc::invalid_option:
    case errc::unknown_option:
    case errc::conflicting_options: return exit_usage;
    case errc::internal:
    case errc::storage_full:
    case errc::storage_corrupt:
    case errc::storage_io:
    case errc::commit_unknown:
    case errc::schema_mismatch:
    case errc::schema_too_new:
    case errc::layout_mismatch:
    case errc::file_replaced:
    case errc::malformed_event: return exit_storage;
    default: return exit_refused;
  }
}

void print_usage_error(std::ostream& to, std::string_view what, bool colour) {
  print_line(to, "usage", what, colour);
}

void print_error(std::ostream& to, const error& e, bool colour) {
  print_line(to, to_string(e.code), e.context, colour);
  for (const auto& detail : e.details) {
    to << "  " << printable(detail.pointer.empty() ? "(the whole)" : detail.pointer) << ": "
       << printable(detail.message, max_line) << " [" << printable(detail.code) << "]\n";
  }
}

}  // namespace quire::tools
