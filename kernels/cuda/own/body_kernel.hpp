#pragma once

#include <memory>
#include <utility>
#include <variant>
#include <vector>

#include "runtime/backend/kernel.hpp"

// From a body (see index_space.hpp) to a KernelEntry. `Launcher` says where bodies run:
// DeviceLauncher on the GPU; tests have one that loops on the host. It offers
//   template <typename Body> static void launch(const Body& body, Stream& stream);

namespace keraunos::cuda {

/// Binds and launches its bodies one after the other. Needs no workspace.
template <typename Launcher, typename Body>
class BodyKernel final : public Kernel {
 public:
  explicit BodyKernel(std::vector<Body> bodies) : bodies_(std::move(bodies)) {}

  std::size_t launches() const override { return bodies_.size(); }

  void run(const KernelArgs& args, Stream& stream) const override {
    for (Body body : bodies_) {
      body.bind(args);
      Launcher::launch(body, stream);
    }
  }

 private:
  std::vector<Body> bodies_;
};

template <typename Launcher, typename Body>
std::unique_ptr<Kernel> kernel_of(std::vector<Body> bodies) {
  return std::make_unique<BodyKernel<Launcher, Body>>(std::move(bodies));
}

template <typename Launcher, typename Body>
std::unique_ptr<Kernel> kernel_of(Body body) {
  return kernel_of<Launcher>(std::vector<Body>(1, std::move(body)));
}

template <typename Launcher, typename... Alternatives>
std::unique_ptr<Kernel> kernel_of(std::variant<Alternatives...> alternative) {
  return std::visit([](auto& it) { return kernel_of<Launcher>(std::move(it)); }, alternative);
}

/// Asks for every constant input as it is stored.
inline void ask_for_constants(const NodeView& node, KernelBuild& build) {
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    if (node.is_constant(i)) build.raw(i);
  }
}

/// KernelEntry::create for `make`, which turns a NodeView into a body, a list of them, or a variant
/// of either. A `make` that takes the KernelBuild too asks for its weights itself; for any other,
/// every constant input is asked for as it is stored.
template <typename Launcher, auto make>
std::unique_ptr<Kernel> create_kernel(const NodeView& node, KernelBuild& build) {
  if constexpr (requires { make(node, build); }) {
    return kernel_of<Launcher>(make(node, build));
  } else {
    ask_for_constants(node, build);
    return kernel_of<Launcher>(make(node));
  }
}

template <typename Launcher, auto accepts, auto make>
constexpr KernelEntry make_entry(std::string_view name) {
  return {name, accepts, create_kernel<Launcher, make>};
}

/// The same for a body that steps from row to row by NodeView::input_row and output_row.
constexpr KernelEntry with_pitches(KernelEntry entry) {
  entry.takes_pitches = true;
  return entry;
}

}  // namespace keraunos::cuda
