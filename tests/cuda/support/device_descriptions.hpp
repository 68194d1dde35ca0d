#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "keraunos/device.hpp"
#include "kernels/cuda/cudnn_graph.hpp"

namespace keraunos::cuda::testing {

/// One of keraunos::described_gpus(): T4, A100, L4, H100, H200, B200 and RTX 5090 stand for sm_75,
/// 80, 89, 90, 90, 100 and 120.
PlanTarget described_gpu(const std::string& name);

/// Opens cuDNN, cuBLASLt and NVRTC; returns why not, or an empty text.
const std::string& why_libraries_are_missing();

}  // namespace keraunos::cuda::testing

/// First line of a test that needs cuDNN. Where it is missing the test fails, so that nobody takes
/// a skipped test for a passed one, unless KERAUNOS_TESTS_WITHOUT_CUDNN is set.
#define KERAUNOS_NEED_CUDNN()                                                              \
  do {                                                                                     \
    const std::string& reason = keraunos::cuda::testing::why_libraries_are_missing();      \
    if (reason.empty()) break;                                                             \
    if (std::getenv("KERAUNOS_TESTS_WITHOUT_CUDNN") != nullptr) GTEST_SKIP() << reason;    \
    FAIL() << "this test needs cuDNN, or KERAUNOS_TESTS_WITHOUT_CUDNN in the environment " \
              "to be skipped: "                                                            \
           << reason;                                                                      \
  } while (false)
