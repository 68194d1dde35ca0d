#include "kernels/cuda/cudnn_graph.hpp"

#define NV_CUDNN_FRONTEND_USE_DYNAMIC_LOADING  // cuDNN is opened by library.cc, not linked
#define CUDNN_FRONTEND_SKIP_JSON_LIB           // no plan is stored
#include <cudnn_frontend.h>

#include <algorithm>
#include <functional>
#include <initializer_list>

#include "runtime/base/fail.hpp"

// Filled by library.cc: the frontend looks cuDNN's functions up in it.
namespace cudnn_frontend {
void* cudnn_dlhandle = nullptr;
}

namespace keraunos::cuda {

namespace fe = cudnn_frontend;
namespace graph = cudnn_frontend::graph;

struct PlanTarget::Description : fe::DeviceProperties {};

namespace {

using Dims64 = std::vector<std::int64_t>;
using TensorRef = std::shared_ptr<graph::Tensor_attributes>;

// Larger scratch memory buys little speed and is taken from every session.
constexpr std::int64_t workspace_limit = std::int64_t{128} << 20;

/// The order of CudnnPlan::run's tensors.
enum Uid : std::int64_t { input_uid = 1, filter_uid, output_uid, bias_uid, residual_uid };

fe::DataType_t data_type(DType dtype) {
  switch (dtype) {
    case DType::float32: return fe::DataType_t::FLOAT;
    case DType::float16: return fe::DataType_t::HALF;
    case DType::bfloat16: return fe::DataType_t::BFLOAT16;
    default: break;
  }
  fail(ErrorCode::unsupported, "cuDNN plans are for float32, float16 and bfloat16, not {}",
       to_string(dtype));
}

/// cuDNN's messages go on for pages, engine by engine; the gist is in the first line.
std::string gist(fe::error_t status) {
  const std::string text = status.get_message();
  return text.substr(0, text.find('\n'));
}

/// Throws where the frontend reports an error.
void require(const fe::error_t& status, const char* what) {
  if (status.is_bad()) fail(ErrorCode::unsupported, "cuDNN cannot {}: {}", what, gist(status));
}

/// cuDNN's strides for (outer, inner, axes...) stored as (outer, axes..., inner), where each row of
/// `inner` begins `pitch` elements behind the one before it; 0 means that they touch.
Dims64 inner_last_strides(const Dims64& dims, std::int64_t pitch = 0) {
  Dims64 strides(dims.size());
  strides[1] = 1;
  std::int64_t step = pitch == 0 ? dims[1] : pitch;
  for (std::size_t i = dims.size() - 1; i >= 2; --i) {
    strides[i] = step;
    step *= dims[i];
  }
  strides[0] = step;
  return strides;
}

graph::Tensor_attributes tensor(const char* name, Uid uid, const Dims64& dims,
                                std::int64_t pitch = 0) {
  return graph::Tensor_attributes().set_name(name).set_uid(uid).set_dim(dims).set_stride(
      inner_last_strides(dims, pitch));
}

template <typename Field>
Dims64 each_axis(const std::vector<WindowAxis>& axes, Field field) {
  Dims64 values;
  for (const WindowAxis& axis : axes) values.push_back(std::invoke(field, axis));
  return values;
}

/// (outer, inner, axes...): cuDNN names dimensions in this order whatever the memory order is.
template <typename Field>
Dims64 tensor_dims(std::int64_t outer, std::int64_t inner, const std::vector<WindowAxis>& axes,
                   Field field) {
  Dims64 dims = each_axis(axes, field);
  dims.insert(dims.begin(), {outer, inner});
  return dims;
}

class GraphPlan final : public CudnnPlan {
 public:
  explicit GraphPlan(std::unique_ptr<graph::Graph> built) : graph_(std::move(built)) {
    require(graph_->get_plan_name(engine_), "name the engine");
    std::int64_t bytes = 0;
    require(graph_->get_workspace_size(bytes), "tell the workspace");
    workspace_bytes_ = static_cast<std::size_t>(bytes);
  }

  std::size_t workspace_bytes() const override { return workspace_bytes_; }
  std::string engine() const override { return engine_; }

  void run(cudnnHandle_t handle, std::span<void*> tensors, void* workspace) const override {
    fe::error_t status =
        graph_->execute(handle, tensors.data(), static_cast<int>(tensors.size()), workspace);
    if (status.is_good()) return;
    fail(ErrorCode::device_failure, "cuDNN failed to run {}: {}", engine_, gist(status));
  }

 private:
  std::unique_ptr<graph::Graph> graph_;
  std::string engine_;
  std::size_t workspace_bytes_ = 0;
};

std::unique_ptr<graph::Graph> new_graph(const PlanTarget& target, DType dtype) {
  auto result = std::make_unique<graph::Graph>();
  result->set_io_data_type(data_type(dtype))
      .set_intermediate_data_type(fe::DataType_t::FLOAT)
      .set_compute_data_type(fe::DataType_t::FLOAT)
      // Plans live as long as the kernels that run them: a captured CUDA graph need not hold them.
      .set_cuda_graph_retention(fe::CudaGraphRetention_t::NONE);
  if (target.description()) result->set_device_properties(target.description());
  return result;
}

void list_engines(graph::Graph& graph, const PlanTarget& target) {
  require(graph.validate(), "accept the operation");
  require(graph.build_operation_graph(target.handle()), "build the operation");
  require(graph.create_execution_plans({fe::HeurMode_t::A, fe::HeurMode_t::FALLBACK}),
          "find an engine");
}

std::unique_ptr<graph::Graph> conv_graph(const PlanTarget& target, const ConvProblem& problem) {
  auto result = new_graph(target, problem.dtype);
  const Dims64 input_dims =
      tensor_dims(problem.batch, problem.in_channels, problem.axes, &WindowAxis::input);
  const Dims64 filter_dims = tensor_dims(problem.out_channels, problem.in_channels / problem.groups,
                                         problem.axes, &WindowAxis::size);
  const Dims64 output_dims =
      tensor_dims(problem.batch, problem.out_channels, problem.axes, &WindowAxis::output);
  const auto conv = graph::Conv_fprop_attributes()
                        .set_pre_padding(each_axis(problem.axes, &WindowAxis::pad_before))
                        .set_post_padding(each_axis(problem.axes, &WindowAxis::pad_after))
                        .set_stride(each_axis(problem.axes, &WindowAxis::stride))
                        .set_dilation(each_axis(problem.axes, &WindowAxis::dilation));
  TensorRef output = result->conv_fprop(
      result->tensor(tensor("input", input_uid, input_dims, problem.input_pitch)),
      result->tensor(tensor("filter", filter_uid, filter_dims)), conv);
  const auto add = graph::Pointwise_attributes().set_mode(fe::PointwiseMode_t::ADD);
  if (problem.epilogue.residual) {
    output = result->pointwise(output,
                               result->tensor(tensor("residual", residual_uid, output_dims)), add);
  }
  if (problem.epilogue.bias) {
    Dims64 bias_dims(input_dims.size(), 1);
    bias_dims[1] = problem.out_channels;
    output = result->pointwise(output, result->tensor(tensor("bias", bias_uid, bias_dims)), add);
  }
  if (problem.epilogue.relu) {
    output = result->pointwise(
        output, graph::Pointwise_attributes().set_mode(fe::PointwiseMode_t::RELU_FWD));
  }
  output->set_output(true)
      .set_uid(output_uid)
      .set_dim(output_dims)
      .set_stride(inner_last_strides(output_dims, problem.output_pitch));
  return result;
}

void exclude_inexact_engines(graph::Graph& graph) {
  // Tensor cores round float32 inputs to TF32; Winograd and FFT trade digits for speed.
  using Note = fe::NumericalNote_t;
  graph.deselect_numeric_notes({Note::TENSOR_CORE, Note::DOWN_CONVERT_INPUTS,
                                Note::REDUCED_PRECISION_REDUCTION, Note::FFT, Note::WINOGRAD,
                                Note::WINOGRAD_TILE_4x4, Note::WINOGRAD_TILE_6x6,
                                Note::WINOGRAD_TILE_13x13});
}

/// cuDNN divides by sizes without looking at them.
void require_positive(std::initializer_list<std::int64_t> sizes,
                      const std::vector<WindowAxis>& axes) {
  const bool positive =
      std::all_of(sizes.begin(), sizes.end(), [](std::int64_t size) { return size > 0; }) &&
      std::all_of(axes.begin(), axes.end(), [](const WindowAxis& axis) {
        const std::int64_t room = axis.input + axis.pad_before + axis.pad_after;
        return axis.input > 0 && axis.size > 0 && axis.stride > 0 && axis.dilation > 0 &&
               room > (axis.size - 1) * axis.dilation;
      });
  if (positive) return;
  fail(ErrorCode::unsupported, "it has an empty tensor or a window without position");
}

/// Builds the first engine that is left, or returns cuDNN's reasons.
std::string try_conv(const PlanTarget& target, const ConvProblem& problem, bool may_compile,
                     std::unique_ptr<graph::Graph>& built) {
  auto candidate = conv_graph(target, problem);
  list_engines(*candidate, target);
  candidate->deselect_workspace_greater_than(workspace_limit);
  if (problem.dtype == DType::float32 && !problem.tf32) exclude_inexact_engines(*candidate);
  if (!may_compile) {
    candidate->deselect_behavior_notes({fe::BehaviorNote_t::RUNTIME_COMPILATION});
  }
  fe::error_t status = candidate->build_plans(fe::BuildPlanPolicy_t::HEURISTICS_CHOICE);
  if (status.is_bad()) return gist(status);
  built = std::move(candidate);
  return {};
}

std::shared_ptr<const CudnnPlan> build_conv(const PlanTarget& target, const ConvProblem& problem) {
  require_positive({problem.batch, problem.in_channels, problem.out_channels, problem.groups},
                   problem.axes);
  std::unique_ptr<graph::Graph> built;
  std::string reason;
  for (const bool may_compile : {false, true}) {
    reason = try_conv(target, problem, may_compile, built);
    if (built) return std::make_shared<GraphPlan>(std::move(built));
  }
  fail(ErrorCode::unsupported, "no engine of cuDNN can run it: {}", reason);
}

}  // namespace

PlanTarget PlanTarget::described_by(const std::string& json) {
  auto description = std::make_shared<Description>();
  require(description->deserialize({json.begin(), json.end()}), "read the device description");
  PlanTarget target(nullptr);
  target.description_ = std::move(description);
  return target;
}

std::shared_ptr<const CudnnPlan> build_conv_plan(const PlanTarget& target,
                                                 const ConvProblem& problem) {
  return within([&] { return "convolution " + to_string(problem); },
                [&] { return build_conv(target, problem); });
}

}  // namespace keraunos::cuda
