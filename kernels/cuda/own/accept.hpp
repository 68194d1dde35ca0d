#pragma once

#include <cstddef>
#include <string_view>

#include "runtime/backend/kernel.hpp"

// Verdicts that several kernels of ours share.

namespace keraunos::cuda {

/// Yes where the data, input 0 and output 0 (and input 3, a residual), is of one float type, and
/// everything else, the weights, float32.
Verdict accept_float(const NodeView& node, std::string_view kernel);

/// Yes where no input and no output has more axes than an index space of ours.
Verdict accept_rank(const NodeView& node, std::string_view kernel);

/// Both.
Verdict accept_float_and_rank(const NodeView& node, std::string_view kernel);

/// The verdict of another kernel with `kernel` as the subject of a refusal: for kernels that
/// compute whatever the reference does.
Verdict in_the_name_of(std::string_view kernel, const Verdict& verdict);

}  // namespace keraunos::cuda
