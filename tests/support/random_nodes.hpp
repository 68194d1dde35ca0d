#pragma once

#include "tests/support/kernel_harness.hpp"

// Nodes with random shapes, attributes and values, for the kernels of every device.

namespace keraunos::testing {

/// Any cell and mode, without windows.
Recurrent random_recurrent(Random& random);

/// `recurrent` with `spatial` cells on each axis that a window slides over.
NodeCase recurrent_case(Random& random, const Recurrent& recurrent, const Dims& spatial,
                        std::int64_t units, std::int64_t batch);

NodeCase random_recurrent_node(Random& random);
NodeCase random_conv_recurrent(Random& random);
/// Batch axes that broadcast, constants on either side.
NodeCase random_batch_matmul(Random& random);
NodeCase random_conv_transpose(Random& random);
NodeCase random_norm(Random& random);
NodeCase random_adaptive_pool(Random& random);

}  // namespace keraunos::testing
