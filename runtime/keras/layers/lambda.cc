#include <fmt/format.h>

#include <algorithm>

#include "runtime/base/fail.hpp"
#include "runtime/file/json_writer.hpp"
#include "runtime/file/printable.hpp"
#include "runtime/keras/activations.hpp"
#include "runtime/keras/layers/families.hpp"
#include "runtime/keras/python_code/lambda_code.hpp"
#include "runtime/keras/text_member.hpp"

// Lambda: a function of Keras's that the file names is run; Python code never is.

namespace keraunos::keras {
namespace {

using file::Json;

// Whose function a name means, where the file has the name alone.
enum class Owner {
  keras,  ///< Keras itself looks the name up among its activations
  anyone  ///< Keras would ask for the function; the name is that of one in keras.ops or TensorFlow
};

struct NamedFunction {
  std::string_view name;
  std::string_view operation;                     // class of keras.ops
  std::vector<std::string_view> parameters = {};  // that `arguments` may set
  Owner owner = Owner::keras;
};

const std::vector<NamedFunction>& functions() {
  static const std::vector<NamedFunction> table = [] {
    std::vector<NamedFunction> all = {
        {"celu", "Celu", {"alpha"}},
        {"elu", "Elu", {"alpha"}},
        {"exponential", "Exp"},
        {"gelu", "Gelu", {"approximate"}},
        {"glu", "Glu", {"axis"}},
        {"hard_shrink", "HardShrink", {"threshold"}},
        {"hard_sigmoid", "HardSigmoid"},
        {"hard_silu", "HardSilu"},
        {"hard_swish", "HardSilu"},
        {"hard_tanh", "HardTanh"},
        {"leaky_relu", "LeakyRelu", {"negative_slope"}},
        {"linear", "StopGradient"},
        {"log_sigmoid", "LogSigmoid"},
        {"log_softmax", "LogSoftmax", {"axis"}},
        {"mish", "Mish"},
        {"relu", "ReLU", {"negative_slope", "max_value", "threshold"}},
        {"relu6", "Relu6"},
        {"selu", "Selu"},
        {"sigmoid", "Sigmoid"},
        {"silu", "Silu"},
        {"soft_shrink", "SoftShrink", {"threshold"}},
        {"softmax", "Softmax", {"axis"}},
        {"softplus", "Softplus"},
        {"softsign", "Softsign"},
        {"sparse_plus", "SparsePlus"},
        {"sparse_sigmoid", "SparseSigmoid"},
        {"sparsemax", "Sparsemax", {"axis"}},
        {"squareplus", "Squareplus", {"b"}},
        {"swish", "Silu"},
        {"tanh", "Tanh"},
        {"tanh_shrink", "TanhShrink"},
        {"threshold", "Threshold", {"threshold", "default_value"}},
        {"log_softmax_v2", "LogSoftmax", {"axis"}, Owner::anyone},
        {"softmax_v2", "Softmax", {"axis"}, Owner::anyone},
    };
    using Pair = std::pair<std::string_view, std::string_view>;
    for (const auto& [name, operation] :
         {Pair{"abs", "Absolute"},  Pair{"absolute", "Absolute"}, Pair{"arccos", "Arccos"},
          Pair{"arcsin", "Arcsin"}, Pair{"arctan", "Arctan"},     Pair{"ceil", "Ceil"},
          Pair{"cos", "Cos"},       Pair{"cosh", "Cosh"},         Pair{"erf", "Erf"},
          Pair{"exp", "Exp"},       Pair{"expm1", "Expm1"},       Pair{"floor", "Floor"},
          Pair{"log", "Log"},       Pair{"log10", "Log10"},       Pair{"log1p", "Log1p"},
          Pair{"log2", "Log2"},     Pair{"negative", "Negative"}, Pair{"reciprocal", "Reciprocal"},
          Pair{"rsqrt", "Rsqrt"},   Pair{"sign", "Sign"},         Pair{"sin", "Sin"},
          Pair{"sinh", "Sinh"},     Pair{"sqrt", "Sqrt"},         Pair{"square", "Square"},
          Pair{"tan", "Tan"}}) {
      all.push_back({name, operation, {}, Owner::anyone});
    }
    return all;
  }();
  return table;
}

struct Name {
  std::string module;
  std::string text;
};

// The function that the config names: Keras 3 as an object, older Keras as a string. Nothing where
// it is code.
std::optional<Name> function_name(const Config& config) {
  const auto function = config.find("function");
  if (!function) return std::nullopt;
  if (function->is_string() && config.string_or("function_type", "") == "function") {
    return Name{config.string_or("module", ""), std::string(function->as_string())};
  }
  if (!function->is_object() || text_or_empty(*function, "class_name") != "function") {
    return std::nullopt;
  }
  const std::string registered = text_or_empty(*function, "registered_name");
  if (registered.find('>') != std::string::npos) return Name{"the author's own", registered};
  return Name{text_or_empty(*function, "module"), text_or_empty(*function, "config")};
}

// "builtins" is what Keras 3 writes for every function, of whatever module.
bool says_no_module(std::string_view module) { return module.empty() || module == "builtins"; }

bool is_of_keras(std::string_view module) {
  return module.starts_with("keras.activations") || module.starts_with("keras.ops") ||
         module.starts_with("keras.src.activations") || module.starts_with("keras.src.ops");
}

const NamedFunction& find_function(const Name& name) {
  const auto found = std::find_if(functions().begin(), functions().end(),
                                  [&](const auto& it) { return it.name == name.text; });
  const bool may_be = says_no_module(name.module) || is_of_keras(name.module);
  if (may_be && found != functions().end()) return *found;
  fail(ErrorCode::unsupported,
       "the Lambda calls the function '{}'{}, which is none of Keras's activations and of its "
       "elementwise operations, and whose code is not in the file",
       file::printable(name.text),
       says_no_module(name.module) ? "" : " of " + file::printable(name.module));
}

// The config of the operation: what the Lambda passes its function beside the tensor.
Json arguments_of(const Config& config, const NamedFunction& function) {
  file::JsonWriter out;
  out.begin_object();
  const auto arguments = config.find("arguments");
  if (arguments && arguments->is_object()) {
    for (const auto [key, value] : arguments->members()) {
      const auto& known = function.parameters;
      if (std::find(known.begin(), known.end(), key) == known.end()) {
        fail(ErrorCode::unsupported,
             "the function '{}' is called with {}={}, which is not supported", function.name,
             file::printable(key), value.dump(60));
      }
      out.key(key);
      out.value(value);
    }
  }
  out.end_object();
  return out.parse();
}

Json operation_entry(const NamedFunction& function, const Json& config) {
  file::JsonWriter out;
  out.begin_object();
  out.key("module");
  out.string("keras.src.ops.numpy");
  out.key("class_name");
  out.string(function.operation);
  out.key("config");
  out.value(config);
  out.end_object();
  return out.parse();
}

std::vector<ValueId> import_lambda(LayerCall& call) {
  const Config& config = call.config();
  const auto name = function_name(config);
  if (!name) {
    fail(ErrorCode::unsupported, "Lambda holds Python code, which is never run. {}",
         python::describe_lambda(Json::parse(config.text()), call.identity().name));
  }
  const NamedFunction& function = find_function(*name);
  config.refuse_if_set("mask");
  config.find("output_shape");  // that of the function
  if (call.input_count() != 1) {
    fail(ErrorCode::unsupported, "the function '{}' is called on {} tensors; one is supported",
         function.name, call.input_count());
  }
  const Json arguments = arguments_of(config, function);
  if (function.owner == Owner::anyone && !is_of_keras(name->module)) {
    call.warn(
        fmt::format("the file names the function '{}' and not whose it is; it is taken for the one "
                    "of keras.ops or TensorFlow",
                    function.name));
  }
  if (function.owner == Owner::keras && arguments.size() == 0) {
    return {emit_activation(call, function.name, call.input())};
  }
  CallArguments operands;
  operands.positional = {Argument::tensor(call.input())};
  return call.call_layer(operation_entry(function, arguments), function.name, std::move(operands));
}

constexpr std::array classes = {
    LayerClass{"Lambda", import_lambda},
};

}  // namespace

const std::span<const LayerClass> lambda_layers = classes;

}  // namespace keraunos::keras
