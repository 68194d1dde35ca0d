#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "keraunos/error.hpp"
#include "keraunos/tensor.hpp"

// Tensors of other libraries by way of DLPack. This header knows DLPack's DLTensor by its members
// only: include <dlpack/dlpack.h>, or what your library ships of it, yourself.

namespace keraunos {

/// The dtype of DLPack's (code, bits): throws Error(unsupported) for any that Keraunos has not.
inline DType dtype_of_dlpack(unsigned code, unsigned bits, unsigned lanes) {
  constexpr unsigned kind_int = 0, kind_uint = 1, kind_float = 2, kind_bfloat = 4, kind_bool = 6;
  struct Known {
    unsigned code, bits;
    DType dtype;
  };
  constexpr Known known[] = {
      {kind_float, 32, DType::float32}, {kind_float, 16, DType::float16},
      {kind_float, 64, DType::float64}, {kind_bfloat, 16, DType::bfloat16},
      {kind_int, 8, DType::int8},       {kind_int, 16, DType::int16},
      {kind_int, 32, DType::int32},     {kind_int, 64, DType::int64},
      {kind_uint, 8, DType::uint8},     {kind_uint, 16, DType::uint16},
      {kind_uint, 32, DType::uint32},   {kind_uint, 64, DType::uint64},
      {kind_bool, 8, DType::boolean},
  };
  for (const Known& it : known) {
    if (it.code == code && it.bits == bits && lanes == 1) return it.dtype;
  }
  throw Error(ErrorCode::unsupported, "DLPack's type code " + std::to_string(code) + " of " +
                                          std::to_string(bits) + " bits, " + std::to_string(lanes) +
                                          " lanes, has no dtype here");
}

/// Where DLPack's device is: host memory, pinned or not, or a GPU's.
inline Memory memory_of_dlpack(int device_type) {
  constexpr int cpu = 1, cuda = 2, cuda_host = 3, cuda_managed = 13;
  if (device_type == cpu || device_type == cuda_host) return Memory::host;
  if (device_type == cuda || device_type == cuda_managed) return Memory::gpu;
  throw Error(ErrorCode::unsupported, "DLPack's device type " + std::to_string(device_type) +
                                          " is neither the CPU nor a CUDA device");
}

/// Access to the elements of a DLTensor, which stays their owner: an output where the caller lets
/// it be written. Throws Error(unsupported) for its dtype or device, and Error(invalid_argument)
/// where its elements are not dense and row-major.
template <typename DLTensor>
MutableTensorView view_of_dlpack(const DLTensor& tensor) {
  const auto rank = static_cast<std::size_t>(tensor.ndim);
  std::int64_t step = 1;
  for (std::size_t axis = rank; axis-- > 0;) {
    const bool dense =
        tensor.strides == nullptr || tensor.shape[axis] == 1 || tensor.strides[axis] == step;
    if (!dense) {
      throw Error(ErrorCode::invalid_argument,
                  "axis " + std::to_string(axis) + " of the DLPack tensor has stride " +
                      std::to_string(tensor.strides[axis]) + ", " + std::to_string(step) +
                      " wanted: make it contiguous");
    }
    step *= tensor.shape[axis];
  }
  return {static_cast<char*>(tensor.data) + tensor.byte_offset,
          dtype_of_dlpack(tensor.dtype.code, tensor.dtype.bits, tensor.dtype.lanes),
          {tensor.shape, rank},
          memory_of_dlpack(static_cast<int>(tensor.device.device_type))};
}

}  // namespace keraunos
