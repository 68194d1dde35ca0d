#pragma once

#include <span>
#include <string_view>

#include "runtime/graph/graph.hpp"

namespace keraunos {

/// A rewrite that keeps what the graph computes. Idempotent; leaves the graph compacted.
struct Pass {
  std::string_view name;
  void (*run)(Graph& graph);
};

/// The passes in the order in which they run.
std::span<const Pass> pipeline();

/// Runs the pipeline and verifies the graph after each pass.
void optimise(Graph& graph);

// One file each.
void sink_transposes(Graph& graph);
void cancel_transposes(Graph& graph);
void merge_views(Graph& graph);
void fold_padding(Graph& graph);
void fold_affine(Graph& graph);
void fuse_activations(Graph& graph);

/// What is done to the optimised graph for a GPU besides.
void optimise_for_gpu(Graph& graph);
void fuse_residuals(Graph& graph);
void clamp_inputs(Graph& graph);

/// For a GPU too: runs of elementwise nodes become one Chain each, which passes over memory once.
/// To be run last: no other pass knows the op, and casts are elementwise work too.
void fuse_chains(Graph& graph);

/// Makes input i come in as dtypes[i], with a cast behind it where that is another dtype.
void cast_inputs(Graph& graph, std::span<const DType> dtypes);

/// Not of the pipeline, since it changes what is computed: `graph` with activations stored in
/// `dtype` (float16 or bfloat16) wherever convolutions and matrix products read or make them, and
/// through the ops between those. Weights stay as they are; inputs, outputs and states keep their
/// dtypes.
Graph autocast(Graph graph, DType dtype);

}  // namespace keraunos
