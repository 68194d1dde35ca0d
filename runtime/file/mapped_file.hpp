#pragma once

#include <string>

#include "runtime/base/bytes.hpp"

namespace keraunos::file {

/// Maps a regular file for reading. The mapping lives as long as the returned owner, whatever
/// happens to the path meanwhile. The kernel delivers SIGBUS to readers of a file that another
/// process truncates: replace model files by renaming, never by rewriting them in place.
///
/// Throws Error file_not_readable with the path and the system's reason; an empty file, a directory
/// and a device are refused too.
Bytes map_file(const std::string& path);

}  // namespace keraunos::file
