#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "keraunos/options.hpp"
#include "runtime/ops/constant.hpp"
#include "runtime/ops/op.hpp"

// What a device fills in to run an op: kernels, and the ordered lists that offer them.

namespace keraunos {

/// One node with everything concrete, as a kernel sees it.
struct NodeView {
  const Op& op;
  std::span<const TensorDesc> inputs;
  std::span<const TensorDesc> outputs;
  std::span<const Constant* const> constants;  // one per input; null for values made at run time
  /// Pitches: elements from one row of the last axis to the next, where a tensor is a part of each
  /// row of a wider one; 0 for a dense tensor. One per input, or none where all are dense.
  std::span<const std::int64_t> input_pitches = {};
  std::int64_t output_pitch = 0;  // of output 0

  std::int64_t input_pitch(std::size_t input) const {
    return input < input_pitches.size() ? input_pitches[input] : 0;
  }
  /// Elements from one row of the last axis to the next, dense or not.
  std::int64_t input_row(std::size_t input) const {
    const std::int64_t pitch = input_pitch(input);
    return pitch != 0 ? pitch : inputs[input].dims.back();
  }
  std::int64_t output_row() const {
    return output_pitch != 0 ? output_pitch : outputs[0].dims.back();
  }
  /// True where inputs from this one on are dense.
  bool is_dense_from(std::size_t input) const {
    for (; input < input_pitches.size(); ++input) {
      if (input_pitches[input] != 0) return false;
    }
    return true;
  }
  bool is_dense() const { return output_pitch == 0 && is_dense_from(0); }

  template <typename SomeOp>
  const SomeOp& as() const {
    return std::get<SomeOp>(op);
  }
  bool is_constant(std::size_t input) const { return constants[input] != nullptr; }
};

/// Yes, or the reason why not; the reason is kept in the plan and shown to people.
class Verdict {
 public:
  static Verdict yes() { return Verdict(std::nullopt); }
  static Verdict no(std::string reason) { return Verdict(std::move(reason)); }

  explicit operator bool() const { return !reason_; }
  const std::string& reason() const { return *reason_; }

 private:
  explicit Verdict(std::optional<std::string> reason) : reason_(std::move(reason)) {}
  std::optional<std::string> reason_;
};

class Backend;

/// What holds for all kernels of one plan.
struct BuildOptions {
  int threads = 1;                           // CPU threads that will run the plan
  Precision precision = Precision::float32;  // arithmetic that GPU kernels may use
  Backend* device = nullptr;                 // whose kernels are asked
};

/// An order of device work. Used by one thread at a time.
class Stream {
 public:
  virtual ~Stream() = default;
  /// Brackets one run on the calling thread: the CPU sets flush-to-zero and the number of OpenMP
  /// threads here and puts the caller's settings back; a GPU makes its device current.
  virtual void begin() = 0;
  virtual void end() noexcept = 0;
  /// Waits until all work given to this stream is done; throws Error where the device failed.
  virtual void synchronize() = 0;

  /// Remembers under this number, 0 or 1, what has been given to the stream so far.
  virtual void mark(std::size_t) {}
  /// Waits until all of that is done.
  virtual void wait_for_mark(std::size_t) {}
};

/// Device pointers for one run of a kernel. A constant input is null unless the kernel asked for it
/// with KernelBuild::raw when it was created.
struct KernelArgs {
  const void* const* inputs;
  void* const* outputs;
  void* workspace;

  template <typename T>
  const T* input(std::size_t i) const {
    return static_cast<const T*>(inputs[i]);
  }
  template <typename T>
  T* output(std::size_t i = 0) const {
    return static_cast<T*>(outputs[i]);
  }
};

/// One node, one device, one bound shape. Immutable: many threads may call run at once, each with
/// its own args and stream.
class Kernel {
 public:
  virtual ~Kernel() = default;
  /// Scratch that run needs, 256-byte aligned, known before anything runs.
  virtual std::size_t workspace_bytes() const { return 0; }
  /// A library's own name for what it runs; empty where there is none.
  virtual std::string engine() const { return {}; }
  /// How many kernels `run` starts on a GPU.
  virtual std::size_t launches() const { return 1; }
  /// Allocates nothing, blocks on nothing. Never called for nodes whose
  /// outputs are all empty; an empty one among others is a null pointer.
  virtual void run(const KernelArgs& args, Stream& stream) const = 0;
};

/// Gives a kernel under construction its weights in device memory. What it returns stays valid for
/// as long as the kernel, and is shared by all plans of the model.
class KernelBuild {
 public:
  virtual ~KernelBuild() = default;
  virtual const BuildOptions& options() const = 0;

  /// Constant input `i` as it is stored, aligned for its dtype; every run will find it in
  /// args.inputs[i].
  virtual const void* raw(std::size_t i) = 0;

  /// `bytes` of device memory that `pack` filled on the host from constant input `i` (whose host
  /// bytes it gets, aligned for their dtype). Packed once per (constant, format): `format` must
  /// name everything that the result depends on.
  using Pack = void(const void* src, void* dst, const void* closure);
  virtual const void* packed(std::size_t i, const std::string& format, std::size_t bytes,
                             Pack* pack, const void* closure) = 0;

  template <typename Closure>
  const void* packed(std::size_t i, const std::string& format, std::size_t bytes,
                     const Closure& closure) {
    return packed(
        i, format, bytes,
        [](const void* src, void* dst, const void* it) {
          (*static_cast<const Closure*>(it))(src, dst);
        },
        &closure);
  }
};

/// A row of a device's ordered list for one op: fastest first, the fallback last.
struct KernelEntry {
  std::string_view name;  // "onednn conv", "cudnn pool"
  Verdict (*accepts)(const NodeView& node, const BuildOptions& options);
  std::unique_ptr<Kernel> (*create)(const NodeView& node, KernelBuild& build);
  bool takes_pitches = false;  // of input 0 and output 0; everything else is always dense
};

}  // namespace keraunos
