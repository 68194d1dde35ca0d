#pragma once

#include <string_view>

namespace keraunos {

// The files of runtime/explain/page, put into the library by CMake. The marks /*STYLE*/, /*DATA*/
// and /*SCRIPT*/ in the HTML stand for the rest.
extern const std::string_view page_html;
extern const std::string_view page_style;
extern const std::string_view page_script;

}  // namespace keraunos
