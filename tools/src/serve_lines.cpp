#include "serve_lines.hpp"

namespace quire::tools {

result<void> serve_lines(int descriptor, std::size_t max_line_bytes, output& out,
                         const std::function<std::string(const line_reader::line&)>& answer) {
  const auto hand_over = [&out]() -> result<void> {
    if (out.flush()) return {};
    return fail(errc::storage_io, "the answers cannot be written");
  };
  line_reader lines{descriptor_source(descriptor), hand_over, max_line_bytes};
  while (true) {
    const auto line = lines.next();
    if (!line) return line.error();
    if (!*line) return hand_over();
    out.json_line(answer(**line));
  }
}

}  // namespace quire::tools
