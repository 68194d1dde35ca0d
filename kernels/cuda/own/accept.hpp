#pragma once

#include <cstddef>
#include <string_view>

#include "runtime/backend/kernel.hpp"

// Verdicts that several kernels of ours share.

namespace keraunos::cuda {

/// Yes where all inputs and outputs are float32.
Verdict accept_float32(const NodeView& node, std::string_view kernel);

/// Yes where no input and no output has more axes than an index space of ours.
Verdict accept_rank(const NodeView& node, std::string_view kernel);

/// Both.
Verdict accept_float32_and_rank(const NodeView& node, std::string_view kernel);

}  // namespace keraunos::cuda
