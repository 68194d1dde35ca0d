#include "keraunos/c.h"

#include <fmt/format.h>

#include <exception>
#include <new>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "keraunos/error.hpp"
#include "keraunos/model.hpp"
#include "keraunos/session.hpp"

using keraunos::Dims;
using keraunos::DType;
using keraunos::Error;
using keraunos::ErrorCode;

// The C numbers are the C++ numbers.
static_assert(KERAUNOS_INTERNAL == static_cast<int>(ErrorCode::internal));
static_assert(KERAUNOS_BOOL == static_cast<int>(DType::boolean));
static_assert(KERAUNOS_STRING == static_cast<int>(DType::string));
static_assert(sizeof(keraunos_string) == sizeof(keraunos::StringElement));
static_assert(KERAUNOS_AUTOMATIC == static_cast<int>(keraunos::Device::automatic));
static_assert(KERAUNOS_PRECISION_BFLOAT16 == static_cast<int>(keraunos::Precision::bfloat16));

namespace {

/// A model's inputs or outputs as C structs, which point into the model.
class TensorInfos {
 public:
  explicit TensorInfos(const std::vector<keraunos::TensorInfo>& tensors) {
    for (const keraunos::TensorInfo& tensor : tensors) {
      std::vector<keraunos_axis>& axes = axes_.emplace_back();
      for (const keraunos::Axis& axis : tensor.axes) {
        axes.push_back({axis.size.value_or(-1), axis.formula.c_str()});
      }
      infos_.push_back({tensor.name.c_str(), axes.data(), axes.size(),
                        static_cast<keraunos_dtype>(tensor.dtype)});
    }
  }

  std::size_t size() const { return infos_.size(); }
  const keraunos_tensor_info& operator[](std::size_t index) const { return infos_[index]; }

 private:
  std::vector<std::vector<keraunos_axis>> axes_;  // moving the outer vector keeps the inner data
  std::vector<keraunos_tensor_info> infos_;
};

}  // namespace

struct keraunos_model {
  explicit keraunos_model(keraunos::Model loaded)
      : model(std::move(loaded)), inputs(model.inputs()), outputs(model.outputs()) {}

  keraunos::Model model;
  TensorInfos inputs;
  TensorInfos outputs;
};

struct keraunos_options {
  keraunos::SessionOptions options;
};

struct keraunos_session {
  keraunos_session(keraunos::Model model, keraunos::SessionOptions options)
      : session(std::move(model), std::move(options)), device(session.device().name) {}

  keraunos::Session session;
  std::string device;
};

struct keraunos_result {
  std::vector<keraunos::Tensor> tensors;
};

namespace {

thread_local std::string last_error;

keraunos_status failed(ErrorCode code, const char* text) noexcept {
  try {
    last_error = text;
  } catch (const std::bad_alloc&) {
    last_error.clear();
  }
  return static_cast<keraunos_status>(code);
}

/// Runs `work` and turns whatever it throws into a status and a text.
template <typename Work>
keraunos_status guarded(Work&& work) noexcept {
  try {
    work();
    return KERAUNOS_OK;
  } catch (const Error& error) {
    return failed(error.code(), error.what());
  } catch (const std::bad_alloc&) {
    return failed(ErrorCode::out_of_memory, "out of memory");
  } catch (const std::exception& error) {
    return failed(ErrorCode::internal, error.what());
  } catch (...) {
    return failed(ErrorCode::internal, "an exception of an unknown type");
  }
}

template <typename... Args>
[[noreturn]] void refuse(fmt::format_string<Args...> format, Args&&... args) {
  throw Error(ErrorCode::invalid_argument, fmt::format(format, std::forward<Args>(args)...));
}

void require(const void* pointer, const char* name) {
  if (pointer == nullptr) refuse("{} is NULL", name);
}

void require_index(std::size_t index, std::size_t count, const char* what) {
  if (index >= count) refuse("{} {} was asked for, there are {}", what, index, count);
}

DType dtype_of(const keraunos_tensor& tensor) {
  const auto number = static_cast<unsigned>(tensor.dtype);
  if (number >= keraunos::dtype_count) refuse("{} is not a keraunos_dtype", number);
  return static_cast<DType>(number);
}

std::span<const std::int64_t> dims_of(const keraunos_tensor& tensor) {
  if (tensor.rank > 0) require(tensor.dims, "dims of a tensor");
  return {tensor.dims, tensor.rank};
}

template <typename View>
std::vector<View> views_of(const keraunos_tensor* tensors, std::size_t count, const char* name) {
  if (count > 0) require(tensors, name);
  std::vector<View> views;
  views.reserve(count);
  for (const keraunos_tensor& tensor : std::span(tensors, count)) {
    views.push_back({tensor.data, dtype_of(tensor), dims_of(tensor)});
  }
  return views;
}

keraunos::SessionOptions checked(const keraunos::SessionOptions& options) {
  const auto device = static_cast<unsigned>(options.device);
  const auto precision = static_cast<unsigned>(options.precision);
  if (device > KERAUNOS_AUTOMATIC) refuse("{} is not a keraunos_device", device);
  if (precision > KERAUNOS_PRECISION_BFLOAT16) refuse("{} is not a keraunos_precision", precision);
  return options;
}

std::vector<Dims> dims_of(const keraunos_tensor* tensors, std::size_t count) {
  if (count > 0) require(tensors, "inputs");
  std::vector<Dims> list;
  for (const keraunos_tensor& tensor : std::span(tensors, count)) {
    const auto dims = dims_of(tensor);
    list.emplace_back(dims.begin(), dims.end());
  }
  return list;
}

}  // namespace

const char* keraunos_version(void) { return KERAUNOS_VERSION; }

const char* keraunos_last_error(void) { return last_error.c_str(); }

keraunos_status keraunos_model_load(const char* path, keraunos_model** model) {
  return guarded([&] {
    require(path, "path");
    require(model, "model");
    *model = new keraunos_model(keraunos::Model::load(path));
  });
}

keraunos_status keraunos_model_load_with_weights(const char* path, const char* weights,
                                                 keraunos_model** model) {
  return guarded([&] {
    require(path, "path");
    require(weights, "weights");
    require(model, "model");
    keraunos::LoadOptions options;
    options.weights = weights;
    *model = new keraunos_model(keraunos::Model::load(path, options));
  });
}

void keraunos_model_free(keraunos_model* model) { delete model; }

const char* keraunos_model_name(const keraunos_model* model) { return model->model.name().c_str(); }

size_t keraunos_model_input_count(const keraunos_model* model) { return model->inputs.size(); }

size_t keraunos_model_output_count(const keraunos_model* model) { return model->outputs.size(); }

keraunos_status keraunos_model_input(const keraunos_model* model, size_t index,
                                     keraunos_tensor_info* info) {
  return guarded([&] {
    require(model, "model");
    require(info, "info");
    require_index(index, model->inputs.size(), "input");
    *info = model->inputs[index];
  });
}

keraunos_status keraunos_model_output(const keraunos_model* model, size_t index,
                                      keraunos_tensor_info* info) {
  return guarded([&] {
    require(model, "model");
    require(info, "info");
    require_index(index, model->outputs.size(), "output");
    *info = model->outputs[index];
  });
}

keraunos_options* keraunos_options_create(void) { return new (std::nothrow) keraunos_options; }

void keraunos_options_free(keraunos_options* options) { delete options; }

void keraunos_options_set_device(keraunos_options* options, keraunos_device device) {
  options->options.device = static_cast<keraunos::Device>(device);
}

void keraunos_options_set_gpu(keraunos_options* options, int gpu) { options->options.gpu = gpu; }

void keraunos_options_set_threads(keraunos_options* options, int threads) {
  options->options.threads = threads;
}

void keraunos_options_set_precision(keraunos_options* options, keraunos_precision precision) {
  options->options.precision = static_cast<keraunos::Precision>(precision);
}

void keraunos_options_set_plan_cache(keraunos_options* options, size_t max_plans,
                                     size_t max_bytes) {
  options->options.max_plans = max_plans;
  options->options.max_plan_bytes = max_bytes;
}

void keraunos_options_set_max_activation_bytes(keraunos_options* options, size_t max_bytes) {
  options->options.max_activation_bytes = max_bytes;
}

keraunos_status keraunos_options_set_cuda_library(keraunos_options* options, const char* path) {
  return guarded([&] {
    require(options, "options");
    require(path, "path");
    options->options.cuda_library = path;
  });
}

keraunos_status keraunos_session_create(const keraunos_model* model,
                                        const keraunos_options* options,
                                        keraunos_session** session) {
  return guarded([&] {
    require(model, "model");
    require(session, "session");
    const keraunos::SessionOptions defaults;
    *session = new keraunos_session(model->model, checked(options ? options->options : defaults));
  });
}

void keraunos_session_free(keraunos_session* session) { delete session; }

const char* keraunos_session_device(const keraunos_session* session) {
  return session->device.c_str();
}

const char* keraunos_session_fallback_reason(const keraunos_session* session) {
  return session->session.fallback_reason().c_str();
}

keraunos_status keraunos_session_output_dims(keraunos_session* session,
                                             const keraunos_tensor* inputs, size_t input_count,
                                             size_t output, int64_t* dims, size_t rank) {
  return guarded([&] {
    require(session, "session");
    if (rank > 0) require(dims, "dims");
    const std::vector<Dims> outputs = session->session.output_dims(dims_of(inputs, input_count));
    require_index(output, outputs.size(), "output");
    const Dims& sizes = outputs[output];
    if (sizes.size() != rank) {
      refuse("output {} has rank {}, dims has room for {}", output, sizes.size(), rank);
    }
    for (std::size_t axis = 0; axis < rank; ++axis) dims[axis] = sizes[axis];
  });
}

keraunos_status keraunos_session_run(keraunos_session* session, const keraunos_tensor* inputs,
                                     size_t input_count, keraunos_result** result) {
  return guarded([&] {
    require(session, "session");
    require(result, "result");
    const auto sources = views_of<keraunos::TensorView>(inputs, input_count, "inputs");
    *result = new keraunos_result{session->session.run(sources)};
  });
}

keraunos_status keraunos_session_run_into(keraunos_session* session, const keraunos_tensor* inputs,
                                          size_t input_count, const keraunos_tensor* outputs,
                                          size_t output_count) {
  return guarded([&] {
    require(session, "session");
    const auto sources = views_of<keraunos::TensorView>(inputs, input_count, "inputs");
    const auto results = views_of<keraunos::MutableTensorView>(outputs, output_count, "outputs");
    session->session.run_into(sources, results);
  });
}

void keraunos_result_free(keraunos_result* result) { delete result; }

size_t keraunos_result_count(const keraunos_result* result) { return result->tensors.size(); }

keraunos_status keraunos_result_tensor(keraunos_result* result, size_t index,
                                       keraunos_tensor* tensor) {
  return guarded([&] {
    require(result, "result");
    require(tensor, "tensor");
    require_index(index, result->tensors.size(), "output");
    keraunos::Tensor& wanted = result->tensors[index];
    *tensor = {wanted.data(), wanted.dims().data(), wanted.dims().size(),
               static_cast<keraunos_dtype>(wanted.dtype())};
  });
}
