#include "runtime/plan/widened_kernel.hpp"

#include <algorithm>
#include <vector>

#include "runtime/base/checked.hpp"
#include "runtime/base/convert.hpp"
#include "runtime/plan/arena.hpp"

namespace keraunos {
namespace {

/// Room for a 16-bit tensor in float32, `offset` bytes into the workspace.
struct Widening {
  std::size_t index;
  TensorDesc narrow;
  std::size_t offset;
};

class WidenedKernel final : public Kernel {
 public:
  WidenedKernel(std::unique_ptr<const Kernel> inner, std::span<const TensorDesc> inputs,
                std::span<const TensorDesc> outputs)
      : inner_(std::move(inner)),
        bytes_(round_up(inner_->workspace_bytes(), arena_alignment)),
        input_count_(inputs.size()),
        output_count_(outputs.size()),
        inputs_(make_room(inputs)),
        outputs_(make_room(outputs)),
        pointers_(bytes_) {
    bytes_ += (input_count_ + output_count_) * sizeof(void*);
  }

  std::size_t workspace_bytes() const override { return bytes_; }

  void run(const KernelArgs& args, Stream& stream) const override {
    auto* const workspace = static_cast<std::byte*>(args.workspace);
    auto* const inputs = reinterpret_cast<const void**>(workspace + pointers_);
    auto* const outputs = reinterpret_cast<void**>(workspace + pointers_) + input_count_;
    std::copy_n(args.inputs, input_count_, inputs);
    std::copy_n(args.outputs, output_count_, outputs);
    for (const Widening& it : inputs_) {
      void* const wide = workspace + it.offset;
      convert(inputs[it.index], it.narrow.dtype, wide, DType::float32, cells(it));
      inputs[it.index] = wide;
    }
    for (const Widening& it : outputs_) outputs[it.index] = workspace + it.offset;
    inner_->run({inputs, outputs, workspace}, stream);
    for (const Widening& it : outputs_) {
      convert(outputs[it.index], DType::float32, args.outputs[it.index], it.narrow.dtype,
              cells(it));
    }
  }

 private:
  static std::size_t cells(const Widening& it) {
    return static_cast<std::size_t>(it.narrow.size());
  }

  std::vector<Widening> make_room(std::span<const TensorDesc> descs) {
    std::vector<Widening> widenings;
    for (std::size_t i = 0; i < descs.size(); ++i) {
      if (!is_narrow(descs[i].dtype)) continue;
      widenings.push_back({i, descs[i], bytes_});
      bytes_ += round_up(2 * descs[i].bytes(), arena_alignment);
    }
    return widenings;
  }

  std::unique_ptr<const Kernel> inner_;
  std::size_t bytes_;
  std::size_t input_count_;
  std::size_t output_count_;
  std::vector<Widening> inputs_;
  std::vector<Widening> outputs_;
  std::size_t pointers_;  // in the workspace too: the lists that `inner` gets
};

}  // namespace

std::unique_ptr<const Kernel> widened_kernel(std::unique_ptr<const Kernel> inner,
                                             std::span<const TensorDesc> inputs,
                                             std::span<const TensorDesc> outputs) {
  return std::make_unique<WidenedKernel>(std::move(inner), inputs, outputs);
}

}  // namespace keraunos
