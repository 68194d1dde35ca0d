#include <algorithm>

#include "runtime/base/fail.hpp"
#include "runtime/keras/einsum.hpp"
#include "runtime/keras/layers/families.hpp"
#include "runtime/keras/quantized_kernel.hpp"

namespace keraunos::keras {
namespace {

// The sizes of an EinsumDense layer by the letters of its equation: "input,kernel->output", where
// input and output may both begin or both end with an ellipsis.
class Equation {
 public:
  Equation(const LayerCall& call, std::string text)
      : text_(std::move(text)), input_shape_(call.shape(call.input())) {
    call.require_least_rank(call.input(), 1);
    const EinsumEquation parsed = parse_einsum(text_);
    if (parsed.operands.size() != 2) refuse("has {} operands; 2 wanted", parsed.operands.size());
    input_ = parsed.operands[0];
    kernel_ = parsed.operands[1];
    output_ = parsed.output;
    read_ellipsis();
    read_output_shape(call.config());
    for (std::size_t i = 0; i < input_.size(); ++i) check_shared(input_[i]);
  }

  Shape kernel_shape() const {
    Shape shape;
    for (const char letter : kernel_) {
      auto size = output_size(letter);
      if (!size) size = input_size(letter);
      if (!size) refuse("does not say the size of the kernel's axis '{}'", letter);
      shape.push_back(*size);
    }
    return shape;
  }

  // From the first axis that has a bias to the last one; axes without bias are 1.
  Shape bias_shape(std::string_view bias_axes) const {
    std::size_t first = output_.size();
    for (const char letter : bias_axes) {
      const std::size_t place = output_.find(letter);
      if (place == std::string::npos) refuse("has no axis '{}' for the bias in its output", letter);
      first = std::min(first, place);
    }
    Shape shape;
    for (const char letter : output_.substr(first)) {
      auto size = output_size(letter);
      if (!size) size = input_size(letter);
      const bool biased = bias_axes.find(letter) != std::string_view::npos;
      if (biased && !size) refuse("does not say the size of the bias's axis '{}'", letter);
      shape.push_back(biased ? *size : Dim(1));
    }
    if (!leads_) shape.insert(shape.end(), elided_, Dim(1));
    return shape;
  }

  // Axes of the kernel that are not in the output.
  std::vector<std::size_t> summed() const { return missing_in_output(kernel_, 0); }
  std::vector<std::size_t> input_summed() const {
    return missing_in_output(input_, leads_ ? elided_ : 0);
  }

  // A scale for each channel of the kernel, as it broadcasts with the output.
  Shape scale_shape() const {
    const Shape kernel = kernel_shape();
    Shape shape;
    for (const char letter : output_) {
      const std::size_t place = kernel_.find(letter);
      shape.push_back(place == std::string::npos ? Dim(1) : kernel[place]);
    }
    shape.insert(leads_ ? shape.begin() : shape.end(), elided_, Dim(1));
    return shape;
  }

  // A tensor with the input's axes, of which those summed over have one cell, as it broadcasts with
  // the output.
  ValueId align(LayerCall& call, ValueId scale) const {
    std::vector<std::optional<std::size_t>> sources;  // per axis of the output: that of the input
    const std::size_t first = leads_ ? elided_ : 0;
    for (std::size_t i = 0; i < first; ++i) sources.emplace_back(i);
    for (const char letter : output_) {
      const std::size_t place = input_.find(letter);
      sources.push_back(place == std::string::npos ? std::nullopt : std::optional(first + place));
    }
    for (std::size_t i = input_.size(); i < input_shape_.size() - first; ++i) {
      sources.emplace_back(i);
    }
    Transpose transpose;
    Shape shape;
    for (const auto& source : sources) {
      shape.push_back(source ? call.shape(scale)[*source] : Dim(1));
      if (source) transpose.permutation.push_back(*source);
    }
    // The cells of one, in whatever place, leave the order of the others as it is.
    for (const std::size_t axis : input_summed()) transpose.permutation.push_back(axis);
    return call.view(call.emit(transpose, {scale}), std::move(shape));
  }

 private:
  std::vector<std::size_t> missing_in_output(std::string_view letters, std::size_t first) const {
    std::vector<std::size_t> axes;
    for (std::size_t i = 0; i < letters.size(); ++i) {
      if (output_.find(letters[i]) == std::string::npos) axes.push_back(first + i);
    }
    return axes;
  }

  template <typename... Args>
  [[noreturn]] void refuse(fmt::format_string<Args...> sentence, Args&&... args) const {
    fail(ErrorCode::malformed_file, "equation '{}' {}", text_,
         fmt::format(sentence, std::forward<Args>(args)...));
  }

  static bool take_dot(std::string& spec, bool leads) {
    if (spec.empty() || (leads ? spec.front() : spec.back()) != '.') return false;
    spec.erase(leads ? spec.begin() : spec.end() - 1);
    return true;
  }

  void read_ellipsis() {
    leads_ = !input_.empty() && input_.front() == '.';
    const bool in_input = take_dot(input_, leads_);
    const bool in_output = take_dot(output_, leads_);
    const bool elsewhere = (input_ + kernel_ + output_).find('.') != std::string::npos;
    if (in_input != in_output || elsewhere) {
      refuse("has an ellipsis that is not at one end of both input and output");
    }
    if (input_shape_.size() < input_.size() || (!in_input && input_shape_.size() > input_.size())) {
      fail(ErrorCode::shape_mismatch, "expects an input of rank {}, got {}", input_.size(),
           to_keras_string(input_shape_));
    }
    elided_ = input_shape_.size() - input_.size();
  }

  // The batch is left out of 'output_shape', be it a letter or part of the ellipsis; what else the
  // ellipsis stands for as well.
  void read_output_shape(const Config& config) {
    const auto given = config.find("output_shape");
    if (!given) fail(ErrorCode::malformed_file, "key 'output_shape': missing");
    const bool batch_has_letter = !(leads_ && elided_ > 0);
    if (batch_has_letter) sizes_.push_back(input_shape_[0]);
    if (given->is_array()) {
      for (const file::Json size : given->elements()) {
        sizes_.push_back(size.is_null() ? std::nullopt : std::optional<Dim>(to_integer(size, 0)));
      }
    } else {
      sizes_.push_back(Dim(to_integer(*given, 0)));
    }
    if (sizes_.size() != output_.size()) {
      fail(ErrorCode::malformed_file, "key 'output_shape': {} does not fit the output '{}'",
           given->dump(60), output_);
    }
  }

  void check_shared(char letter) const {
    const auto wanted = output_size(letter);
    const Dim size = *input_size(letter);
    if (wanted && wanted->is_constant() && size.is_constant() && *wanted != size) {
      fail(ErrorCode::shape_mismatch, "axis '{}' is {} in the input and {} in output_shape", letter,
           size.to_string(), wanted->to_string());
    }
  }

  std::optional<Dim> output_size(char letter) const {
    const std::size_t place = output_.find(letter);
    return place == std::string::npos ? std::nullopt : sizes_[place];
  }

  std::optional<Dim> input_size(char letter) const {
    const std::size_t place = input_.find(letter);
    if (place == std::string::npos) return std::nullopt;
    return input_shape_[place + (leads_ ? elided_ : 0)];
  }

  std::string text_;
  Shape input_shape_;
  std::string input_;  // letters, without the ellipsis
  std::string kernel_;
  std::string output_;
  bool leads_ = false;  // the ellipsis is on the left
  std::size_t elided_ = 0;
  std::vector<std::optional<Dim>> sizes_;  // per letter of the output
};

std::vector<ValueId> import_einsum_dense(LayerCall& call) {
  const std::string text = call.config().string_or("equation", "");
  const Equation equation(call, text);
  const std::string bias_axes = call.config().string_or("bias_axes", "");
  std::optional<Shape> bias_shape;
  if (!bias_axes.empty()) bias_shape = equation.bias_shape(bias_axes);
  const auto multiply = [&](ValueId input, ValueId kernel, std::optional<ValueId> bias) {
    return emit_einsum(call, text, {input, kernel}, bias);
  };
  if (!call.quantization().empty()) {
    const KernelForm form = {.kernel = equation.kernel_shape(),
                             .bias = bias_shape,
                             .scale = equation.scale_shape(),
                             .summed = equation.summed(),
                             .input_summed = equation.input_summed(),
                             .is_matrix = false,
                             .multiply = multiply,
                             .align = [&](ValueId scale) { return equation.align(call, scale); }};
    static_cast<void>(call.config().find("gptq_unpacked_column_size"));
    return {call.activate(multiply_quantized(call, call.float_input(), form))};
  }
  const ValueId kernel = call.weight("kernel", equation.kernel_shape());
  std::optional<ValueId> bias;
  if (bias_shape) bias = call.weight("bias", *bias_shape);
  return {call.activate(multiply(call.float_input(), kernel, bias))};
}

constexpr std::array classes = {
    LayerClass{"EinsumDense", import_einsum_dense, MaskRule::drop, Dtypes::policy, true}};

}  // namespace

const std::span<const LayerClass> einsum_layers = classes;

}  // namespace keraunos::keras
