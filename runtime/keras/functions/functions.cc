#include "runtime/keras/functions/functions.hpp"

#include <algorithm>

namespace keraunos::keras {
namespace {

constexpr std::string_view old_prefix = "compat.v1.";
constexpr std::string_view data_dependent = "the size of its result depends on the data";
constexpr std::string_view complex_numbers =
    "its numbers are complex; keras.ops has Fourier transforms on pairs of real numbers";
constexpr std::string_view calls_python = "it calls a Python function";
constexpr std::string_view random = "it is random at inference, too: the layer Dropout is not";

constexpr std::array refusals = {
    std::pair{std::string_view("bitcast"), std::string_view("it reads the bits of numbers")},
    std::pair{std::string_view("boolean_mask"), data_dependent},
    std::pair{std::string_view("dynamic_partition"), data_dependent},
    std::pair{std::string_view("foldl"), calls_python},
    std::pair{std::string_view("foldr"), calls_python},
    std::pair{std::string_view("image.combined_non_max_suppression"),
              std::string_view("it chooses boxes one after the other")},
    std::pair{std::string_view("image.non_max_suppression"), data_dependent},
    std::pair{std::string_view("map_fn"), calls_python},
    std::pair{std::string_view("nn.dropout"), random},
    std::pair{std::string_view("nn.experimental.stateless_dropout"), random},
    std::pair{std::string_view("scan"), calls_python},
    std::pair{std::string_view("signal.fft"), complex_numbers},
    std::pair{std::string_view("signal.fft2d"), complex_numbers},
    std::pair{std::string_view("signal.ifft"), complex_numbers},
    std::pair{std::string_view("signal.ifft2d"), complex_numbers},
    std::pair{std::string_view("signal.irfft"), complex_numbers},
    std::pair{std::string_view("signal.rfft"), complex_numbers},
    std::pair{std::string_view("signal.stft"), complex_numbers},
    std::pair{std::string_view("strings.as_string"), std::string_view("it makes strings")},
    std::pair{std::string_view("unique"), data_dependent},
    std::pair{std::string_view("unique_with_counts"), data_dependent},
    std::pair{std::string_view("vectorized_map"), calls_python},
    std::pair{std::string_view("while_loop"), calls_python},
};

std::string_view without_prefix(std::string_view symbol) {
  return symbol.starts_with(old_prefix) ? symbol.substr(old_prefix.size()) : symbol;
}

const LayerClass* find_exactly(std::string_view symbol) {
  for (const auto& family :
       {tf_window_functions, tf_image_functions, tf_color_functions, tf_crop_functions,
        tf_similarity_functions, tf_resize_functions, tf_elementwise_functions, tf_axis_functions,
        tf_indexing_functions, tf_block_functions, tf_matrix_functions, tf_signal_functions}) {
    for (const LayerClass& function : family) {
      if (function.name == symbol) return &function;
    }
  }
  return nullptr;
}

}  // namespace

const LayerClass* find_tf_function(std::string_view symbol) {
  const LayerClass* const found = find_exactly(symbol);
  return found != nullptr ? found : find_exactly(without_prefix(symbol));
}

std::string_view why_tf_function_is_refused(std::string_view symbol) {
  const auto* const found = std::ranges::find(refusals, without_prefix(symbol),
                                              [](const auto& refusal) { return refusal.first; });
  return found == refusals.end() ? std::string_view() : found->second;
}

}  // namespace keraunos::keras
