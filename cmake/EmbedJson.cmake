# Run by the build: cmake -DOUTPUT=documents.cpp -DFOLDER=dir -DBASE=uri/ "-DFILES=a.json;meta/b.json" -DHEADER=own.hpp
# -DNAMESPACE=quire::part -DFUNCTION=name -P EmbedJson.cmake
# Writes a C++ source that holds JSON documents by their URI: the base, then the path in the folder without ".json". The
# header declares the function and `embedded_document`, a struct of two string views: URI and text.

set(documents "")
foreach(file IN LISTS FILES)
  file(READ "${FOLDER}/${file}" text)
  if(text MATCHES "\\)json\"")
    message(FATAL_ERROR "${file}: contains the end mark of a raw string")
  endif()
  string(REGEX REPLACE "\\.json$" "" name "${file}")
  string(APPEND documents "    {\"${BASE}${name}\", R\"json(${text})json\"},\n")
endforeach()

file(WRITE "${OUTPUT}" "// Made by EmbedJson.cmake.
#include \"${HEADER}\"

namespace ${NAMESPACE} {
namespace {

constexpr embedded_document all_documents[] = {
${documents}};

}  // namespace

std::span<const embedded_document> ${FUNCTION}() noexcept { return all_documents; }

}  // namespace ${NAMESPACE}
")
