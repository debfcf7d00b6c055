# Run by the build: cmake -DOUTPUT=steps.cpp "-DFILES=a;b" -P EmbedSql.cmake
# Writes a C++ source that holds the text of numbered SQL files. NNN_what.sql is for every file, NNN_what.system.sql for the
# system file only. The numbers must be 1, 2, 3, … in the order given.

set(steps "")
set(expected 0)
foreach(file IN LISTS FILES)
  get_filename_component(name "${file}" NAME)
  if(NOT name MATCHES "^([0-9][0-9][0-9])_([a-z_]+)(\\.system)?\\.sql$")
    message(FATAL_ERROR "${name}: not named NNN_what.sql or NNN_what.system.sql")
  endif()
  set(system_only false)
  if(CMAKE_MATCH_3)
    set(system_only true)
  endif()
  string(REGEX REPLACE "^0+" "" number "${CMAKE_MATCH_1}")
  math(EXPR expected "${expected} + 1")
  if(NOT number EQUAL expected)
    message(FATAL_ERROR "${name}: step ${expected} was expected here")
  endif()
  file(READ "${file}" text)
  if(text MATCHES "\\)sql\"")
    message(FATAL_ERROR "${name}: contains the end mark of a raw string")
  endif()
  string(APPEND steps "    {${number}, \"${name}\", ${system_only}, R\"sql(${text})sql\"},\n")
endforeach()

file(WRITE "${OUTPUT}" "// Made by EmbedSql.cmake.
#include \"steps.hpp\"

namespace quire::sqlite {
namespace {

constexpr step all_steps[] = {
${steps}};

}  // namespace

std::span<const step> steps() noexcept { return all_steps; }

}  // namespace quire::sqlite
")
