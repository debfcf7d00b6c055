#include <quire/test/scratch.hpp>

#include <cstdlib>
#include <stdexcept>
#include <string>
#include <system_error>

namespace quire::test {

scratch_folder::scratch_folder() {
  auto name = (std::filesystem::temp_directory_path() / "quire-test-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error{"no temporary folder: " + name};
  path_ = name;
}

scratch_folder::~scratch_folder() {
  auto ignored = std::error_code{};
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace quire::test
