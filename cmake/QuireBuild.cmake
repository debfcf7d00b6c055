# The build functions: quire_library, quire_program, quire_test. One place for warnings, sanitizers, standards,
# precompiled headers and install rules.

include(GNUInstallDirs)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 11)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

set(QUIRE_SANITIZE "" CACHE STRING "Sanitizers for -fsanitize=, comma separated")

find_program(QUIRE_CCACHE ccache)
mark_as_advanced(QUIRE_CCACHE)
if(QUIRE_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${QUIRE_CCACHE}")
  set(CMAKE_C_COMPILER_LAUNCHER "${QUIRE_CCACHE}")
endif()

# Compile options of everything we own.
add_library(quire_options INTERFACE)
target_compile_options(quire_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor $<$<BOOL:${QUIRE_WERROR}>:-Werror>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # GCC 12 sees an overlap and an overflow in `"text" + std::to_string(n)` that are not there (GCC bug 105651), only when optimising.
  target_compile_options(quire_options INTERFACE -Wno-restrict $<$<CONFIG:Release>:-Wno-stringop-overflow>)
endif()
if(QUIRE_SANITIZE)
  # CAF 0.17 binds null references in its spawn helpers; that one check only reports the library's own headers.
  target_compile_options(quire_options INTERFACE -fsanitize=${QUIRE_SANITIZE} -fno-omit-frame-pointer
    -fno-sanitize-recover=all)
  if(QUIRE_SANITIZE MATCHES "undefined")
    target_compile_options(quire_options INTERFACE -fno-sanitize=null)
  endif()
  target_link_options(quire_options INTERFACE -fsanitize=${QUIRE_SANITIZE})
endif()

# quire_library(<name> [HEADERS …] [SOURCES …] [PUBLIC …] [PRIVATE …] [PCH …])
# Makes target quire_<name> (alias quire::<name>) in the current folder. PUBLIC and PRIVATE are the dependencies that
# do and do not appear in its headers. Every header must compile alone (VERIFY_INTERFACE_HEADER_SETS).
function(quire_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "HEADERS;SOURCES;PUBLIC;PRIVATE;PCH")
  set(target quire_${name})
  if(arg_SOURCES)
    add_library(${target} ${arg_SOURCES})
    target_include_directories(${target} PRIVATE src)
    target_sources(${target} PUBLIC FILE_SET HEADERS BASE_DIRS include FILES ${arg_HEADERS})
    target_compile_features(${target} PUBLIC cxx_std_20)
    target_link_libraries(${target} PUBLIC ${arg_PUBLIC} PRIVATE ${arg_PRIVATE} $<BUILD_INTERFACE:quire_options>)
    if(arg_PCH)
      target_precompile_headers(${target} PRIVATE ${arg_PCH})
    endif()
  else()
    add_library(${target} INTERFACE)
    target_sources(${target} INTERFACE FILE_SET HEADERS BASE_DIRS include FILES ${arg_HEADERS})
    target_compile_features(${target} INTERFACE cxx_std_20)
    target_link_libraries(${target} INTERFACE ${arg_PUBLIC})
  endif()
  add_library(quire::${name} ALIAS ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name} VERIFY_INTERFACE_HEADER_SETS ON)
  if(arg_SOURCES)
    set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  endif()
  install(TARGETS ${target} EXPORT quire-targets
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
    FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
endfunction()

# quire_program(<name> SOURCES … LINK … [OUTPUT file-name]): an executable that is not a test.
function(quire_program name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "OUTPUT" "SOURCES;LINK")
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ${arg_LINK} quire_options)
  if(arg_OUTPUT)
    set_target_properties(${name} PROPERTIES OUTPUT_NAME ${arg_OUTPUT})
  endif()
endfunction()

# quire_test(<name> SOURCES … LINK … [LABELS …] [TIMEOUT seconds]): one Boost.Test binary, one ctest entry.
# The main function and the Boost.Test headers are shared by all (tests/support).
function(quire_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT" "SOURCES;LINK;LABELS")
  if(NOT arg_LABELS)
    set(arg_LABELS unit)
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  set(target quire_test_${name})
  add_executable(${target} ${arg_SOURCES})
  target_link_libraries(${target} PRIVATE ${arg_LINK} quire_test_support quire_options)
  target_precompile_headers(${target} REUSE_FROM quire_test_support)
  add_test(NAME ${name} COMMAND ${target} --log_level=test_suite --report_level=short)
  set_tests_properties(${name} PROPERTIES LABELS "${arg_LABELS}" TIMEOUT ${arg_TIMEOUT})
endfunction()
