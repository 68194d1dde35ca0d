#pragma once

#include <dlfcn.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "keraunos/keraunos.hpp"
#include "tests/cuda/double/device.hpp"

// Sessions on the device double, for tests.

namespace keraunos::cuda_double {

inline constexpr const char* digits = KERAUNOS_SOURCE_DIR "/samples/digits/digits.keras";
inline constexpr const char* resnet = KERAUNOS_SOURCE_DIR "/tests/golden/cases/resnet.keras";

template <typename Function>
Function* of_the_double(const char* name) {
  static void* const library = dlopen(KERAUNOS_CUDA_DOUBLE_FILE, RTLD_NOW);
  return reinterpret_cast<Function*>(dlsym(library, name));
}
inline void make_fail(Call call, int n) {
  of_the_double<void(int, int)>("keraunos_double_fail")(static_cast<int>(call), n);
}
inline std::size_t bytes_in_use() {
  return of_the_double<std::size_t()>("keraunos_double_bytes")();
}
inline std::size_t launches_so_far() {
  return of_the_double<std::size_t()>("keraunos_double_launches")();
}

inline SessionOptions on_the_double() {
  SessionOptions options;
  options.device = Device::gpu;
  options.precision = Precision::float32;
  options.cuda_library = KERAUNOS_CUDA_DOUBLE_FILE;
  return options;
}

inline Session open(const char* model, const SessionOptions& options = on_the_double()) {
  return Session(Model::load(model), options);
}

/// Random pixels of 0 to 255.
inline Tensor images(std::int64_t batch, std::int64_t size, std::int64_t channels = 1) {
  Tensor tensor(DType::float32, {batch, size, size, channels});
  std::mt19937 random(5);
  for (float& pixel : tensor.as<float>()) pixel = static_cast<float>(random() % 256);
  return tensor;
}

inline Tensor run(Session& session, const Tensor& input) {
  const std::vector<TensorView> inputs = {input.view()};
  return std::move(session.run(inputs).front());
}

inline void expect_close(const Tensor& got, const Tensor& wanted) {
  ASSERT_EQ(got.dims(), wanted.dims());
  for (std::size_t i = 0; i < got.as<float>().size(); ++i) {
    EXPECT_NEAR(got.as<float>()[i], wanted.as<float>()[i], 1e-5F);
  }
}

inline Tensor on_the_cpu(const char* model, const Tensor& input) {
  SessionOptions options;
  options.device = Device::cpu;
  Session session(Model::load(model), options);
  return run(session, input);
}

/// What the error says that running throws; its code must be `code`.
inline std::string failure_of(Session& session, const Tensor& input, ErrorCode code) {
  try {
    run(session, input);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    return error.what();
  }
  return "no error";
}

}  // namespace keraunos::cuda_double
