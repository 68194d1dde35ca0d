#include <array>

#include "runtime/passes/passes.hpp"

namespace keraunos {
namespace {

constexpr std::array passes = {
    // channels_first layers are wrapped in transposes; elementwise work between two of them must
    // move out of the way before the pair can cancel.
    Pass{"sink_transposes", sink_transposes},
    Pass{"cancel_transposes", cancel_transposes},
    // Flatten after Reshape is one view.
    Pass{"merge_views", merge_views},
    // ZeroPadding2D before a valid convolution becomes the convolution's own padding.
    Pass{"fold_padding", fold_padding},
    // BatchNormalization after Conv or Dense becomes weights; before activations are fused, since
    // a fused activation would stand between them.
    Pass{"fold_affine", fold_affine},
    Pass{"fuse_activations", fuse_activations},
};

constexpr std::array gpu_passes = {
    Pass{"fuse_residuals", fuse_residuals},
    Pass{"fuse_activations", fuse_activations},  // of the sums
    Pass{"clamp_inputs", clamp_inputs},          // what no convolution can fuse
};

void run(std::span<const Pass> list, Graph& graph) {
  for (const Pass& pass : list) {
    pass.run(graph);
    graph.verify();
  }
}

}  // namespace

std::span<const Pass> pipeline() { return passes; }

void optimise(Graph& graph) { run(passes, graph); }

void optimise_for_gpu(Graph& graph) { run(gpu_passes, graph); }

}  // namespace keraunos
