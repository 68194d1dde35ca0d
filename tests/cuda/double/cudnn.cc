#include <algorithm>
#include <numeric>

#include "kernels/cuda/cudnn_graph.hpp"
#include "runtime/base/fail.hpp"
#include "tests/cuda/double/elements.hpp"
#include "tests/cuda/double/tables.hpp"

// cuDNN's convolutions, by plain loops over the problem that a plan was built for. Stands in for
// kernels/cuda/cudnn_graph.cc.

namespace keraunos::cuda_double {
namespace {

/// cuDNN's own handle knows the stream that its plans run on.
struct CudnnHandle {
  cudaStream_t stream = nullptr;
};

}  // namespace

cuda::CudnnApi cudnn_table() {
  cuda::CudnnApi api;
  api.get_version = [] { return std::size_t{91900}; };
  api.get_error_string = [](cudnnStatus_t) { return "a failure that was asked for"; };
  api.create = [](cudnnHandle_t* handle) {
    *handle = reinterpret_cast<cudnnHandle_t>(new CudnnHandle);
    return CUDNN_STATUS_SUCCESS;
  };
  api.destroy = [](cudnnHandle_t handle) {
    delete reinterpret_cast<CudnnHandle*>(handle);
    return CUDNN_STATUS_SUCCESS;
  };
  api.set_stream = [](cudnnHandle_t handle, cudaStream_t stream) {
    reinterpret_cast<CudnnHandle*>(handle)->stream = stream;
    return CUDNN_STATUS_SUCCESS;
  };
  return api;
}

}  // namespace keraunos::cuda_double

namespace keraunos::cuda {
namespace {

using cuda_double::Elements;

constexpr std::size_t workspace = 1024;

/// Counts through all cells of axes: false after the last.
bool advance(std::vector<std::int64_t>& cell, const std::vector<std::int64_t>& sizes) {
  for (std::size_t axis = sizes.size(); axis-- > 0;) {
    if (++cell[axis] < sizes[axis]) return true;
    cell[axis] = 0;
  }
  return false;
}

/// Where a cell lies among `sizes`, row-major.
std::int64_t number_of(const std::vector<std::int64_t>& cell,
                       const std::vector<std::int64_t>& sizes) {
  std::int64_t number = 0;
  for (std::size_t axis = 0; axis < sizes.size(); ++axis)
    number = number * sizes[axis] + cell[axis];
  return number;
}

template <typename Size>
std::vector<std::int64_t> sizes_of(const ConvProblem& problem, Size size) {
  std::vector<std::int64_t> sizes;
  for (const WindowAxis& axis : problem.axes) sizes.push_back(size(axis));
  return sizes;
}

std::int64_t product_of(const std::vector<std::int64_t>& sizes) {
  return std::accumulate(sizes.begin(), sizes.end(), std::int64_t{1}, std::multiplies<>());
}

struct Convolution {
  ConvProblem problem;
  const void* input;
  const void* filter;
  const void* bias;
  const void* residual;
  void* output;

  void operator()() const {
    const auto out_sizes = sizes_of(problem, [](const WindowAxis& axis) { return axis.output(); });
    const std::int64_t out_cells = product_of(out_sizes);
    const Elements elements{problem.dtype, problem.tf32};
    for (std::int64_t image = 0; image < problem.batch; ++image) {
      std::vector<std::int64_t> cell(out_sizes.size(), 0);
      do {
        const std::int64_t place = image * out_cells + number_of(cell, out_sizes);
        for (std::int64_t channel = 0; channel < problem.out_channels; ++channel) {
          double sum = sum_at(image, cell, channel);
          if (problem.epilogue.residual) {
            const std::int64_t at = place * problem.out_channels + channel;
            sum += static_cast<double>(Elements{problem.dtype}.load(residual, at));
          }
          if (problem.epilogue.bias) {
            sum += static_cast<double>(Elements{problem.dtype}.load(bias, channel));
          }
          if (problem.epilogue.relu && sum < 0) sum = 0;
          elements.store(output, place * row(problem.output_pitch, problem.out_channels) + channel,
                         sum);
        }
      } while (advance(cell, out_sizes));
    }
  }

 private:
  static std::int64_t row(std::int64_t pitch, std::int64_t channels) {
    return pitch == 0 ? channels : pitch;
  }

  double sum_at(std::int64_t image, const std::vector<std::int64_t>& out,
                std::int64_t channel) const {
    const auto windows = sizes_of(problem, [](const WindowAxis& axis) { return axis.size; });
    const auto in_sizes = sizes_of(problem, [](const WindowAxis& axis) { return axis.input; });
    const std::int64_t depth = problem.in_channels / problem.groups;
    const std::int64_t group = channel / (problem.out_channels / problem.groups);
    const Elements elements{problem.dtype, problem.tf32};
    double sum = 0;
    std::vector<std::int64_t> k(windows.size(), 0);
    std::vector<std::int64_t> in(windows.size());
    do {
      bool inside = true;
      for (std::size_t axis = 0; axis < in.size(); ++axis) {
        const WindowAxis& window = problem.axes[axis];
        in[axis] = out[axis] * window.stride + k[axis] * window.dilation - window.pad_before;
        inside = inside && in[axis] >= 0 && in[axis] < window.input;
      }
      if (!inside) continue;
      const std::int64_t source = (image * product_of(in_sizes) + number_of(in, in_sizes)) *
                                      row(problem.input_pitch, problem.in_channels) +
                                  group * depth;
      const std::int64_t weight =
          (channel * product_of(windows) + number_of(k, windows)) * depth;  // KRSC
      for (std::int64_t c = 0; c < depth; ++c) {
        sum += static_cast<double>(elements.load(input, source + c)) *
               static_cast<double>(elements.load(filter, weight + c));
      }
    } while (advance(k, windows));
    return sum;
  }
};

class DoublePlan final : public CudnnPlan {
 public:
  explicit DoublePlan(ConvProblem problem) : problem_(std::move(problem)) {}

  std::size_t workspace_bytes() const override { return workspace; }
  std::string engine() const override { return "double"; }

  void run(cudnnHandle_t handle, std::span<void*> tensors, void* scratch) const override {
    if (cuda_double::shall_fail(cuda_double::Call::launch)) {
      fail(ErrorCode::device_failure, "cuDNN failed to run, as was asked for");
    }
    for (const void* pointer : tensors) {
      cuda_double::require_alignment(pointer, 16, "cuDNN got a pointer not aligned to 16 bytes");
    }
    const Convolution work{problem_,
                           tensors[0],
                           tensors[1],
                           tensors.size() > 3 ? tensors[3] : nullptr,
                           tensors.size() > 4 ? tensors[4] : nullptr,
                           tensors[2]};
    cuda_double::enqueue(reinterpret_cast<cuda_double::CudnnHandle*>(handle)->stream, [=] {
      cuda_double::scribble(scratch, workspace);
      work();
    });
  }

 private:
  ConvProblem problem_;
};

}  // namespace

struct PlanTarget::Description {};

PlanTarget PlanTarget::described_by(const std::string&) { return PlanTarget(nullptr); }

std::shared_ptr<const CudnnPlan> build_conv_plan(const PlanTarget&, const ConvProblem& problem) {
  return std::make_shared<DoublePlan>(problem);
}

}  // namespace keraunos::cuda
