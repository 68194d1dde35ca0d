#include "keraunos/dlpack.hpp"

#include <gmock/gmock.h>

namespace keraunos {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// With the members that DLPack's has.
struct DLTensor {
  void* data = nullptr;
  struct {
    int device_type = 1;
    std::int32_t device_id = 0;
  } device;
  std::int32_t ndim = 0;
  struct {
    std::uint8_t code = 2;
    std::uint8_t bits = 32;
    std::uint16_t lanes = 1;
  } dtype;
  std::int64_t* shape = nullptr;
  std::int64_t* strides = nullptr;
  std::uint64_t byte_offset = 0;
};

struct Dlpack : testing::Test {
  Dlpack() {
    tensor.data = elements;
    tensor.ndim = 2;
    tensor.shape = shape;
  }
  std::string refusal() {
    try {
      view_of_dlpack(tensor);
    } catch (const Error& error) {
      return error.what();
    }
    return "no error";
  }

  float elements[8] = {};
  std::int64_t shape[2] = {2, 3};
  std::int64_t strides[2] = {3, 1};
  DLTensor tensor;
};

TEST_F(Dlpack, GivesTheSameElements) {
  tensor.byte_offset = 8;
  tensor.strides = strides;
  const MutableTensorView view = view_of_dlpack(tensor);
  EXPECT_EQ(view.data, elements + 2);
  EXPECT_EQ(view.dtype, DType::float32);
  EXPECT_THAT(view.dims, ElementsAre(2, 3));
  EXPECT_EQ(view.memory, Memory::host);
}

TEST_F(Dlpack, KnowsGpusAndBfloat16) {
  tensor.device.device_type = 2;
  tensor.dtype.code = 4;
  tensor.dtype.bits = 16;
  EXPECT_EQ(view_of_dlpack(tensor).memory, Memory::gpu);
  EXPECT_EQ(view_of_dlpack(tensor).dtype, DType::bfloat16);
}

TEST_F(Dlpack, IgnoresTheStrideOfASingleCell) {
  shape[0] = 1;
  strides[0] = 77;
  tensor.strides = strides;
  EXPECT_EQ(refusal(), "no error");
}

TEST_F(Dlpack, RefusesGapsBetweenRows) {
  strides[0] = 4;
  tensor.strides = strides;
  EXPECT_THAT(refusal(), HasSubstr("axis 0 of the DLPack tensor has stride 4, 3 wanted"));
}

TEST_F(Dlpack, RefusesUnknownTypesAndDevices) {
  tensor.dtype.bits = 4;
  EXPECT_THAT(refusal(), HasSubstr("DLPack's type code 2 of 4 bits, 1 lanes, has no dtype here"));
  tensor.dtype.bits = 32;
  tensor.device.device_type = 10;
  EXPECT_THAT(refusal(), HasSubstr("DLPack's device type 10 is neither the CPU nor a CUDA device"));
}

}  // namespace
}  // namespace keraunos
