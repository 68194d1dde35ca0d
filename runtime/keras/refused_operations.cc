#include "runtime/keras/refused_operations.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace keraunos::keras {
namespace {

constexpr std::string_view calls_python = "it calls Python functions";
constexpr std::string_view complex_numbers = "its numbers are complex";
constexpr std::string_view data_dependent = "the size of its result depends on the data";
constexpr std::string_view factorises = "matrices are not factorised";
constexpr std::string_view open_ended = "how many steps it takes depends on the data";
constexpr std::string_view without_nan = "how many cells it sorts depends on the data";
constexpr std::string_view over_batch = "it relates the cells of all of a batch to each other";

// tests/golden/coverage.py reads this table.
constexpr std::array<std::pair<std::string_view, std::string_view>, 49> reasons = {{
    {"Arange", "Keras counts it while it builds a model, so that no file holds it"},
    {"Argpartition", "the order of its result is TensorFlow's own"},
    {"AssociativeScan", calls_python},
    {"Bincount", data_dependent},
    {"CTCDecode", open_ended},
    {"CTCLoss", open_ended},
    {"Cholesky", factorises},
    {"CholeskyInverse", factorises},
    {"Cond", calls_python},
    {"ConvTranspose", "Keras 3.15 takes its padding for its output_padding, and cannot run it"},
    {"Corrcoef", over_batch},
    {"Correlate", over_batch},
    {"Eig", factorises},
    {"Eigh", factorises},
    {"ElasticTransform", "it is random at inference, too"},
    {"ForiLoop", calls_python},
    {"Gcd", open_ended},
    {"Histogram", over_batch},
    {"I0", "Bessel functions are not computed"},
    {"JVP", calls_python},
    {"Lcm", open_ended},
    {"Logdet", factorises},
    {"Lstsq", factorises},
    {"LuFactor", factorises},
    {"Map", calls_python},
    {"MapCoordinates", over_batch},
    {"MatrixRank", factorises},
    {"Nanmedian", without_nan},
    {"Nanpercentile", without_nan},
    {"Nanquantile", without_nan},
    {"Ndim", "it is a Python number, which Keras takes for a tensor of another shape"},
    {"Nextafter", "it counts in the bits of numbers"},
    {"Nonzero", data_dependent},
    {"Pinv", factorises},
    {"Polar", complex_numbers},
    {"Qr", factorises},
    {"SVD", factorises},
    {"ScaleAndTranslate", "its scales are data"},
    {"Scan", calls_python},
    {"Slogdet", factorises},
    {"Solve", factorises},
    {"SolveTriangular", factorises},
    {"Switch", calls_python},
    {"Unique", data_dependent},
    {"VectorizedMap", calls_python},
    {"ViewAsComplex", complex_numbers},
    {"ViewAsReal", complex_numbers},
    {"WhileLoop", calls_python},
    {"View", "it reads the bits of numbers"},
}};

}  // namespace

std::string_view why_operation_is_refused(std::string_view class_name) {
  const auto* const found =
      std::ranges::find(reasons, class_name, [](const auto& reason) { return reason.first; });
  return found == reasons.end() ? std::string_view() : found->second;
}

}  // namespace keraunos::keras
