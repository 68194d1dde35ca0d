#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "runtime/passes/passes.hpp"

// Which ops run in 16 bits follows the lists that mixed-precision training made a habit of
// (PyTorch's autocast, TensorFlow's auto_mixed_precision): those that multiply matrices do; those
// that neither need digits nor range follow their inputs; the rest stays in float32.

namespace keraunos {
namespace {

enum class Habit { multiplies, follows, stays };

/// Which inputs of an op are data; the others are weights, indices or conditions.
struct Rule {
  Habit habit = Habit::stays;
  std::size_t first_data = 0;
  std::size_t data_count = 1;
  std::size_t residual = static_cast<std::size_t>(-1);  // one more

  bool is_data(std::size_t input) const {
    return (input >= first_data && input - first_data < data_count) || input == residual;
  }
};

constexpr std::size_t all_inputs = static_cast<std::size_t>(-1);
constexpr float largest_float16 = 65504;
constexpr float largest_bfloat16 = 3.3895313892515355e38F;

/// Attention masks by adding -1e9, which float16 would make minus infinity: a row that is masked
/// altogether would come out as NaN.
bool fits_float16(float parameter) {
  return std::isinf(parameter) || std::fabs(parameter) <= largest_float16;
}

Rule rule_for(const Unary& unary) {
  const bool follows = is_activation(unary.fn) && unary.fn != UnaryFn::exponential &&
                       fits_float16(unary.alpha) && fits_float16(unary.beta);
  return {follows ? Habit::follows : Habit::stays};
}
Rule rule_for(const Binary& binary) {
  return {is_arithmetic(binary.fn) ? Habit::follows : Habit::stays, 0, all_inputs};
}
Rule rule_for(const Reduce& reduce) {
  const bool follows =
      reduce.fn == ReduceFn::mean || reduce.fn == ReduceFn::max || reduce.fn == ReduceFn::min;
  return {follows ? Habit::follows : Habit::stays};
}
Rule rule_for(const Conv&) { return {Habit::multiplies, 0, 1, 3}; }
Rule rule_for(const ConvTranspose&) { return {Habit::multiplies}; }
Rule rule_for(const MatMul&) { return {Habit::multiplies}; }
Rule rule_for(const BatchMatMul&) { return {Habit::multiplies, 0, all_inputs}; }
Rule rule_for(const Pool&) { return {Habit::follows}; }
Rule rule_for(const AdaptivePool&) { return {Habit::follows}; }
Rule rule_for(const Affine&) { return {Habit::follows}; }
Rule rule_for(const Norm&) { return {Habit::follows}; }
Rule rule_for(const Softmax&) { return {Habit::follows}; }
Rule rule_for(const Resize&) { return {Habit::follows}; }
Rule rule_for(const Pad&) { return {Habit::follows}; }
Rule rule_for(const Slice&) { return {Habit::follows}; }
Rule rule_for(const Broadcast&) { return {Habit::follows}; }
Rule rule_for(const Transpose&) { return {Habit::follows}; }
Rule rule_for(const View&) { return {Habit::follows}; }
Rule rule_for(const Concat&) { return {Habit::follows, 0, all_inputs}; }
Rule rule_for(const Select&) { return {Habit::follows, 1, all_inputs}; }
template <typename OtherOp>
Rule rule_for(const OtherOp&) {
  return {Habit::stays};
}

/// `constant` in a 16-bit float. What is finite stays finite: -1e9 stands for minus infinity in
/// masks, and infinity minus itself would not be a number.
std::shared_ptr<const Constant> narrow(const Constant& constant, DType dtype) {
  const ConstantElements elements(constant);
  const auto* const values = static_cast<const float*>(elements.data());
  Tensor wide(DType::float32, constant.desc.dims);
  const float limit = dtype == DType::float16 ? largest_float16 : largest_bfloat16;
  std::transform(values, values + constant.desc.size(), wide.as<float>().begin(),
                 [&](float x) { return std::isfinite(x) ? std::clamp(x, -limit, limit) : x; });
  return make_constant(constant.name, wide.cast(dtype));
}

class Autocast {
 public:
  Autocast(Graph graph, DType dtype) : graph_(std::move(graph)), dtype_(dtype) {}

  Graph run() {
    const std::vector<DType> own = output_dtypes();
    const std::size_t count = graph_.nodes().size();  // casts come behind
    for (NodeId id = 0; id < count; ++id) rewrite(id);
    for (std::size_t i = 0; i < own.size(); ++i) {
      const ValueId output = graph_.outputs()[i];
      graph_.set_output(i, as(output, own[i], layer_of(output)));
    }
    graph_.compact();
    graph_.verify();
    return std::move(graph_);
  }

 private:
  std::vector<DType> output_dtypes() const {
    std::vector<DType> dtypes;
    for (const ValueId output : graph_.outputs()) dtypes.push_back(graph_.type(output).dtype);
    return dtypes;
  }

  std::string layer_of(ValueId value) const {
    const auto producer = graph_.producer(value);
    return producer ? graph_.nodes()[*producer].layer : "input";
  }

  bool is_float(ValueId value) const {
    const DType dtype = graph_.type(value).dtype;
    return dtype == DType::float32 || dtype == dtype_;
  }

  void rewrite(NodeId id) {
    const Node node = graph_.nodes()[id];  // a copy: casts are added meanwhile
    const Rule rule = std::visit([](const auto& op) { return rule_for(op); }, node.op);
    const bool narrows = in_16_bits(node, rule);
    std::vector<ValueId> inputs = node.inputs;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if (!is_float(inputs[i])) continue;
      inputs[i] = as(inputs[i], narrows && rule.is_data(i) ? dtype_ : DType::float32, node.layer);
    }
    if (inputs != node.inputs) graph_.set_inputs(id, std::move(inputs));
    if (!narrows) return;
    for (const ValueId output : graph_.nodes()[id].outputs) {
      if (is_float(output)) graph_.set_dtype(output, dtype_);
    }
  }

  /// Quantised layers multiply integers, whose sums are exact and large.
  bool is_quantised_product(const Node& node, const Rule& rule) const {
    const auto producer = graph_.producer(node.inputs[0]);
    if (rule.habit != Habit::multiplies || !producer) return false;
    const auto* const unary = std::get_if<Unary>(&graph_.nodes()[*producer].op);
    return unary != nullptr && unary->fn == UnaryFn::round;
  }

  bool in_16_bits(const Node& node, const Rule& rule) const {
    if (rule.habit == Habit::stays || is_quantised_product(node, rule)) return false;
    bool any_narrow = false;
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      const Value& input = graph_.value(node.inputs[i]);
      if (!rule.is_data(i)) {
        // A matrix that is made at run time has kernels in float32 only.
        if (rule.habit == Habit::multiplies && !input.constant) return false;
        continue;
      }
      if (!is_float(node.inputs[i])) return false;
      any_narrow = any_narrow || input.type.dtype == dtype_;
      if (rule.habit == Habit::follows && !input.constant && input.type.dtype != dtype_) {
        return false;
      }
    }
    return rule.habit == Habit::multiplies || any_narrow;
  }

  /// `value` in `dtype`, by way of a cast where it has another.
  ValueId as(ValueId value, DType dtype, const std::string& layer) {
    if (graph_.type(value).dtype == dtype) return value;
    const auto known = casts_.find({value, dtype});
    if (known != casts_.end()) return known->second;
    const auto& constant = graph_.value(value).constant;
    const ValueId cast = constant ? graph_.add_constant(narrow(*constant, dtype))
                                  : graph_.add(Cast{dtype}, {value}, layer);
    casts_[{value, dtype}] = cast;
    return cast;
  }

  Graph graph_;
  DType dtype_;
  std::map<std::pair<ValueId, DType>, ValueId> casts_;
};

}  // namespace

Graph autocast(Graph graph, DType dtype) { return Autocast(std::move(graph), dtype).run(); }

}  // namespace keraunos
