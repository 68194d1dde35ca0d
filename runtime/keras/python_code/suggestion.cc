#include "runtime/keras/python_code/suggestion.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <cmath>

namespace keraunos::keras::python {
namespace {

using Kind = Expression::Kind;
using Suggestion = std::optional<std::string>;

std::string layer(std::string_view class_name, const std::string& config = "") {
  return fmt::format(R"({{"class_name": "{}", "config": {{{}}}}})", class_name, config);
}

std::string operation(std::string_view class_name, const std::string& config = "") {
  return fmt::format(R"({{"module": "keras.ops", "class_name": "{}", "config": {{{}}}}})",
                     class_name, config);
}

bool is_argument(const ExpressionRef& expression) { return expression->kind == Kind::argument; }

std::optional<double> number_of(const ExpressionRef& expression) {
  if (expression->kind == Kind::unary && expression->text == "-" &&
      expression->items[0]->number.has_value()) {
    return -*expression->items[0]->number;
  }
  return expression->number;
}

std::optional<int> integer_of(const ExpressionRef& expression) {
  const auto number = number_of(expression);
  if (!number || *number != std::floor(*number) || std::abs(*number) > 1e9) return std::nullopt;
  return static_cast<int>(*number);
}

// The numbers of a tuple or list of them.
std::optional<std::vector<int>> integers_of(const ExpressionRef& expression) {
  if (expression->kind != Kind::tuple && expression->kind != Kind::list) return std::nullopt;
  std::vector<int> numbers;
  for (const ExpressionRef& item : expression->items) {
    const auto number = integer_of(item);
    if (!number) return std::nullopt;
    numbers.push_back(*number);
  }
  return numbers;
}

std::string written(const std::vector<int>& numbers) {
  return fmt::format("[{}]", fmt::join(numbers, ", "));
}

// scale * x + offset ------------------------------------------------------------------------------

struct Affine {
  double scale = 0;
  double offset = 0;
};

// `left` bounds the work: parts of expressions are shared.
std::optional<Affine> affine_of(const ExpressionRef& expression, int& left) {
  if (left-- <= 0) return std::nullopt;
  if (is_argument(expression)) return Affine{1, 0};
  if (const auto number = number_of(expression)) return Affine{0, *number};
  const bool is_unary = expression->kind == Kind::unary && expression->text == "-";
  if (!is_unary && expression->kind != Kind::binary) return std::nullopt;
  const auto a = affine_of(expression->items[0], left);
  if (!a) return std::nullopt;
  if (is_unary) return Affine{-a->scale, -a->offset};
  const auto b = affine_of(expression->items[1], left);
  if (!b) return std::nullopt;
  const std::string& symbol = expression->text;
  if (symbol == "+") return Affine{a->scale + b->scale, a->offset + b->offset};
  if (symbol == "-") return Affine{a->scale - b->scale, a->offset - b->offset};
  if (symbol == "*" && b->scale == 0) return Affine{a->scale * b->offset, a->offset * b->offset};
  if (symbol == "*" && a->scale == 0) return Affine{b->scale * a->offset, b->offset * a->offset};
  // One number by another, which Python would have computed: Python 2 leaves it, and rounds.
  if (symbol == "/" && a->scale != 0 && b->scale == 0 && b->offset != 0) {
    return Affine{a->scale / b->offset, a->offset / b->offset};
  }
  return std::nullopt;
}

Suggestion suggest_rescaling(const ExpressionRef& result) {
  int left = 1000;
  const auto affine = affine_of(result, left);
  if (!affine || affine->scale == 0) return std::nullopt;
  if (!std::isfinite(affine->scale) || !std::isfinite(affine->offset)) return std::nullopt;
  return layer("Rescaling",
               fmt::format(R"("scale": {}, "offset": {})", affine->scale, affine->offset));
}

// Calls -------------------------------------------------------------------------------------------

// A call on the argument, whose parameters are asked for one by one: those nobody asked for make
// the call another one.
class Call {
 public:
  explicit Call(const Expression& call) : call_(call), read_(call.items.size()) {}

  // The parameter `name` that is passed by that name or at `position` behind the tensor.
  ExpressionRef parameter(std::string_view name, std::size_t position = 99) {
    const std::size_t by_position = call_.items.size() - call_.keywords.size();
    for (std::size_t i = 0; i < call_.keywords.size(); ++i) {
      if (call_.keywords[i] == name) return take(by_position + i);
    }
    return position + 1 < by_position ? take(position + 1) : nullptr;
  }

  // The axis, or the axes; nothing where there is none or the code does not say which.
  std::optional<std::vector<int>> axes() {
    ExpressionRef axis = parameter("axis", 1);
    if (axis == nullptr) axis = parameter("axes");
    if (axis == nullptr) axis = parameter("dim");
    if (axis == nullptr) return std::nullopt;
    if (const auto one = integer_of(axis)) return std::vector<int>{*one};
    return integers_of(axis);
  }

  bool keeps_axes() {
    const ExpressionRef keeps = parameter("keepdims", 2);
    return keeps != nullptr && keeps->text == "True";
  }

  bool all_read() const {
    for (std::size_t i = 2; i < read_.size(); ++i) {
      if (!read_[i]) return false;
    }
    return true;
  }

 private:
  ExpressionRef take(std::size_t item) {
    read_[item] = true;
    return call_.items[item];
  }

  const Expression& call_;
  std::vector<bool> read_;
};

Suggestion suggest_normalization(Call& call) {
  const auto axes = call.axes();
  if (!axes || axes->size() != 1) return std::nullopt;
  return layer("UnitNormalization", fmt::format(R"("axis": {})", axes->front()));
}

Suggestion suggest_reduction(Call& call, std::string_view class_name) {
  const auto axes = call.axes();
  if (!axes) return std::nullopt;
  const bool keeps = call.keeps_axes();
  return operation(
      class_name,
      fmt::format(R"("axis": {}, "keepdims": {})",
                  axes->size() == 1 ? fmt::format("{}", axes->front()) : written(*axes), keeps));
}

Suggestion suggest_resizing(Call& call) {
  ExpressionRef size = call.parameter("size", 1);
  const ExpressionRef method = call.parameter("method", 2);
  const auto sizes = size == nullptr ? std::nullopt : integers_of(size);
  if (!sizes || sizes->size() != 2) return std::nullopt;
  if (method != nullptr && method->kind != Kind::string) return std::nullopt;
  return layer("Resizing",
               fmt::format(R"("height": {}, "width": {}, "interpolation": "{}")", (*sizes)[0],
                           (*sizes)[1], method == nullptr ? "bilinear" : method->text));
}

Suggestion suggest_reshape(Call& call) {
  const ExpressionRef shape = call.parameter("shape", 1);
  auto sizes = shape == nullptr ? std::nullopt : integers_of(shape);
  if (!sizes || sizes->size() < 2 || sizes->front() != -1) return std::nullopt;
  sizes->erase(sizes->begin());
  return layer("Reshape", fmt::format(R"("target_shape": {})", written(*sizes)));
}

Suggestion suggest_permute(Call& call) {
  ExpressionRef order = call.parameter("perm", 1);
  if (order == nullptr) order = call.parameter("pattern");
  auto axes = order == nullptr ? std::nullopt : integers_of(order);
  if (!axes || axes->size() < 2 || axes->front() != 0) return std::nullopt;
  axes->erase(axes->begin());
  return layer("Permute", fmt::format(R"("dims": {})", written(*axes)));
}

Suggestion suggest_axis_operation(Call& call, std::string_view class_name) {
  const auto axes = call.axes();
  if (!axes || axes->size() != 1) return std::nullopt;
  return operation(class_name, fmt::format(R"("axis": {})", axes->front()));
}

Suggestion suggest_activation(Call&, std::string_view name) {
  return layer("Activation", fmt::format(R"("activation": "{}")", name));
}

Suggestion suggest_elementwise(Call&, std::string_view class_name) { return operation(class_name); }

struct KnownCall {
  std::string_view function;  // the last parts of its name
  Suggestion (*suggest)(Call&, std::string_view);
  std::string_view class_name = {};
};

template <Suggestion (*suggest)(Call&)>
Suggestion without_class(Call& call, std::string_view) {
  return suggest(call);
}

constexpr std::array known_calls = {
    KnownCall{"l2_normalize", without_class<suggest_normalization>},
    KnownCall{"mean", suggest_reduction, "Mean"},
    KnownCall{"reduce_mean", suggest_reduction, "Mean"},
    KnownCall{"sum", suggest_reduction, "Sum"},
    KnownCall{"reduce_sum", suggest_reduction, "Sum"},
    KnownCall{"max", suggest_reduction, "Max"},
    KnownCall{"reduce_max", suggest_reduction, "Max"},
    KnownCall{"min", suggest_reduction, "Min"},
    KnownCall{"reduce_min", suggest_reduction, "Min"},
    KnownCall{"prod", suggest_reduction, "Prod"},
    KnownCall{"reduce_prod", suggest_reduction, "Prod"},
    KnownCall{"image.resize", without_class<suggest_resizing>},
    KnownCall{"reshape", without_class<suggest_reshape>},
    KnownCall{"permute_dimensions", without_class<suggest_permute>},
    KnownCall{"transpose", without_class<suggest_permute>},
    KnownCall{"expand_dims", suggest_axis_operation, "ExpandDims"},
    KnownCall{"squeeze", suggest_axis_operation, "Squeeze"},
    KnownCall{"relu", suggest_activation, "relu"},
    KnownCall{"relu6", suggest_activation, "relu6"},
    KnownCall{"sigmoid", suggest_activation, "sigmoid"},
    KnownCall{"tanh", suggest_activation, "tanh"},
    KnownCall{"softmax", suggest_activation, "softmax"},
    KnownCall{"softplus", suggest_activation, "softplus"},
    KnownCall{"softsign", suggest_activation, "softsign"},
    KnownCall{"elu", suggest_activation, "elu"},
    KnownCall{"selu", suggest_activation, "selu"},
    KnownCall{"swish", suggest_activation, "silu"},
    KnownCall{"silu", suggest_activation, "silu"},
    KnownCall{"abs", suggest_elementwise, "Absolute"},
    KnownCall{"square", suggest_elementwise, "Square"},
    KnownCall{"sqrt", suggest_elementwise, "Sqrt"},
    KnownCall{"exp", suggest_elementwise, "Exp"},
    KnownCall{"sin", suggest_elementwise, "Sin"},
    KnownCall{"cos", suggest_elementwise, "Cos"},
    KnownCall{"identity", suggest_activation, "linear"},
    KnownCall{"stop_gradient", suggest_activation, "linear"},
    KnownCall{"batch_flatten",
              [](Call&, std::string_view) -> Suggestion { return layer("Flatten"); }},
};

Suggestion suggest_call(const Expression& call) {
  if (call.items.size() < 2 || !is_argument(call.items[1])) return std::nullopt;
  if (call.items.size() - call.keywords.size() < 2) return std::nullopt;  // x=x
  const std::string callee = "." + to_text(call.items[0], 100);
  for (const KnownCall& known : known_calls) {
    if (!callee.ends_with(fmt::format(".{}", known.function))) continue;
    Call parameters(call);
    Suggestion suggestion = known.suggest(parameters, known.class_name);
    return parameters.all_read() ? suggestion : std::nullopt;
  }
  return std::nullopt;
}

// x[0] - x[1] -------------------------------------------------------------------------------------

bool is_item(const ExpressionRef& expression, int index) {
  return expression->kind == Kind::subscript && is_argument(expression->items[0]) &&
         integer_of(expression->items[1]) == index;
}

Suggestion suggest_merge(const Expression& binary) {
  if (!is_item(binary.items[0], 0) || !is_item(binary.items[1], 1)) return std::nullopt;
  if (binary.text == "-") return layer("Subtract");
  if (binary.text == "+") return layer("Add");
  if (binary.text == "*") return layer("Multiply");
  return std::nullopt;
}

// x[:, 1:-1] --------------------------------------------------------------------------------------

// How many cells a slice takes off at both ends, where it says that whatever the size.
std::optional<std::pair<int, int>> cropped(const ExpressionRef& slice) {
  if (slice->kind != Kind::slice || slice->items.size() != 2) return std::nullopt;
  const auto end = [](const ExpressionRef& at) {
    return at->text == "None" ? std::optional(0) : integer_of(at);
  };
  const auto start = end(slice->items[0]);
  const auto stop = end(slice->items[1]);
  if (!start || !stop || *start < 0 || *stop > 0) return std::nullopt;
  if (*stop == 0 && slice->items[1]->text != "None") return std::nullopt;  // an empty slice
  return std::pair(*start, -*stop);
}

// Of (batch, height, width, channels): all axes must be named, since the code does not say how many
// there are.
Suggestion suggest_cropping(const Expression& subscript) {
  if (!is_argument(subscript.items[0]) || subscript.items[1]->kind != Kind::tuple) {
    return std::nullopt;
  }
  std::vector<std::string> crops;
  std::vector<std::pair<int, int>> ends;
  for (const ExpressionRef& index : subscript.items[1]->items) {
    const auto crop = cropped(index);
    if (!crop) return std::nullopt;
    ends.push_back(*crop);
  }
  if (ends.size() < 3 || ends.size() > 5) return std::nullopt;
  const std::pair nothing(0, 0);
  if (ends.front() != nothing || ends.back() != nothing) return std::nullopt;
  for (std::size_t i = 1; i + 1 < ends.size(); ++i) {
    crops.push_back(fmt::format("[{}, {}]", ends[i].first, ends[i].second));
  }
  if (crops.size() == 1) return layer("Cropping1D", R"("cropping": )" + crops.front());
  return layer(fmt::format("Cropping{}D", crops.size()),
               fmt::format(R"("cropping": [{}])", fmt::join(crops, ", ")));
}

}  // namespace

Suggestion suggest_layer(const Function& function) {
  const ExpressionRef& result = function.result;
  if (is_argument(result)) return layer("Identity");
  if (auto rescaling = suggest_rescaling(result)) return rescaling;
  switch (result->kind) {
    case Kind::call: return suggest_call(*result);
    case Kind::binary: return suggest_merge(*result);
    case Kind::subscript: return suggest_cropping(*result);
    default: return std::nullopt;
  }
}

}  // namespace keraunos::keras::python
