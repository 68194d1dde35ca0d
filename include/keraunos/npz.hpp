#pragma once

#include <span>
#include <string>
#include <utility>

#include "keraunos/export.hpp"
#include "keraunos/tensor.hpp"

// Numpy's array files: .npy holds one array, .npz is a zip archive of them. Every dtype that
// Keraunos knows is read; big-endian and column-major arrays are brought to native row-major order.
// Pickled objects, strings and structured arrays are refused. All functions throw Error and may be
// called from any thread.

namespace keraunos {

/// Reads one .npy file.
KERAUNOS_API Tensor load_npy(const std::string& path);

/// Reads all arrays of a .npz file, stored or deflated, in file order; the names lose their ".npy".
KERAUNOS_API NamedTensors load_npz(const std::string& path);

/// Reads either kind, told apart by content. A .npy file gives one array with an empty name.
KERAUNOS_API NamedTensors load_arrays(const std::string& path);

/// Writes a .npz file that numpy reads, uncompressed. Names that are empty or would lead out of a
/// folder that the archive is unpacked into ("../a", "/a") throw Error(invalid_argument). bfloat16 tensors, which numpy does not know,
/// are written as float32. The file appears complete or not at all: it is written under a temporary
/// name beside `path`, then renamed over it.
KERAUNOS_API void save_npz(const std::string& path,
                           std::span<const std::pair<std::string, Tensor>> arrays);

}  // namespace keraunos
