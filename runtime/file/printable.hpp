#pragma once

#include <string>
#include <string_view>

namespace keraunos::file {

/// Text of a file as it may stand in an error: control characters, C1 and bidirectional ones among
/// them, as "\x07" and "\u202e", bytes that are no UTF-8 as "\xff", the rest cut with
/// "..." after `max_length` bytes, at a character boundary of UTF-8.
std::string printable(std::string_view text, std::size_t max_length = 200);

}  // namespace keraunos::file
