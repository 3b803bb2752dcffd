# cmake -DOUT=embedded.cpp -DFILES="a.json;b.json" -P embed.cmake
# Writes a C++ file that holds the given text files, found by name through embedded_file().
set(cases "")
foreach(file IN LISTS FILES)
    file(READ "${file}" content)
    get_filename_component(name "${file}" NAME)
    string(APPEND cases "    if (name == \"${name}\") return R\"aksono(${content})aksono\";\n")
endforeach()
file(WRITE "${OUT}" "// Made by embed.cmake.
#include \"synschema/embedded.h\"

#include <stdexcept>
#include <string>

namespace aksono::synschema {

std::string_view embedded_file(std::string_view name) {
${cases}    throw std::out_of_range(\"no embedded file \" + std::string(name));
}

}  // namespace aksono::synschema
")
