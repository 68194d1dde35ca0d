#pragma once

#include <cstdint>
#include <span>

#include "runtime/base/bytes.hpp"
#include "runtime/file/hdf5_layout.hpp"

namespace keraunos::file::hdf5 {

/// Undoes the filters of one chunk, those whose bit is set in `skipped` excepted. The result has
/// exactly `chunk_bytes` bytes, and is `stored` itself where there is nothing to undo.
Bytes decode_chunk(const Bytes& stored, const Filters& filters, std::uint32_t skipped,
                   std::uint64_t chunk_bytes, std::size_t element_size);

}  // namespace keraunos::file::hdf5
