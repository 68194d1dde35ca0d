#include "tests/fuzz/exercise_model.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "keraunos/keraunos.hpp"

namespace keraunos::testing {
namespace {

constexpr std::int64_t open_size = 6;              // of axes whose size the model leaves open
constexpr std::size_t most_input_bytes = 1 << 22;  // larger inputs are not made
constexpr std::size_t most_weight_bytes = std::size_t{64} << 20;

// A file in memory that has a path for as long as this lives.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view content) : descriptor_(memfd_create("model", MFD_CLOEXEC)) {
    const bool written = descriptor_ >= 0 && write(descriptor_, content.data(), content.size()) ==
                                                 static_cast<ssize_t>(content.size());
    if (!written) std::abort();
  }
  ~MemoryFile() { close(descriptor_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
};

template <typename Work>
void allow_error(Work&& work) {
  try {
    work();
  } catch (const Error&) {
  }
}

Dims small_dims(const TensorInfo& input) {
  Dims dims;
  for (const Axis& axis : input.axes) dims.push_back(axis.size.value_or(open_size));
  if (!dims.empty() && !input.axes.front().size) dims.front() = 1;  // the batch
  return dims;
}

std::size_t bytes_of(const Dims& dims, DType dtype) {
  std::size_t bytes = size_of(dtype);
  for (const std::int64_t size : dims) {
    if (bytes > most_input_bytes) break;
    bytes *= static_cast<std::size_t>(size);
  }
  return bytes;
}

void plan_and_run(const Model& model) {
  std::vector<Dims> sizes;
  for (const TensorInfo& input : model.inputs()) {
    sizes.push_back(small_dims(input));
    if (bytes_of(sizes.back(), input.dtype) > most_input_bytes) return;
  }
  allow_error([&] { to_json(model.explain(sizes)); });
  SessionOptions options;
  options.device = Device::cpu;
  options.max_activation_bytes = std::size_t{64} << 20;
  Session session(model, options);
  session.plan(sizes);
  std::vector<Tensor> inputs;
  std::vector<TensorView> views;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    inputs.emplace_back(model.inputs()[i].dtype, sizes[i]);
  }
  for (const Tensor& input : inputs) views.push_back(input.view());
  session.run(views);
}

}  // namespace

void exercise_model(std::string_view file, ModelWeights weights) {
  static const bool silenced = (set_log_sink({}), true);
  static_cast<void>(silenced);
  const MemoryFile memory(file);
  allow_error([&] {
    const Architecture architecture = Architecture::load(memory.path());
    allow_error([&] { architecture.summary(); });
    allow_error([&] { to_json(architecture.explain()); });
  });
  allow_error([&] {
    LoadOptions options;
    options.zero_weights = weights == ModelWeights::zeros;
    options.limits.weight_bytes = most_weight_bytes;
    options.limits.inflated_bytes = most_weight_bytes;
    options.limits.inflate_ratio = 1;
    const Model model = Model::load(memory.path(), options);
    allow_error([&] { model.summary(); });
    plan_and_run(model);
  });
}

}  // namespace keraunos::testing
