#include "runtime/keras/legacy_h5.hpp"

#include <fmt/ranges.h>

#include "runtime/base/fail.hpp"
#include "runtime/file/printable.hpp"
#include "runtime/keras/config_text.hpp"
#include "runtime/keras/legacy_config.hpp"
#include "runtime/keras/legacy_weights.hpp"

namespace keraunos::keras {
namespace {

constexpr const char* weights_group = "model_weights";

bool has_layer_names(const file::H5Group& group) {
  return group.has_attribute("layer_names") || group.has_attribute("layer_names0");
}

// Keras 1 did not write which version it was.
KerasVersion version_of(const file::H5File& file, const file::H5Group& weights) {
  for (const file::H5Group& group : {file.root(), weights}) {
    if (const auto text = group.string_attribute("keras_version")) return parse_version(*text);
  }
  return {1, 0, "1"};
}

LegacyOrigin origin_of(const file::H5File& file, const file::H5Group& weights) {
  for (const file::H5Group& group : {weights, file.root()}) {
    if (auto backend = group.string_attribute("backend")) {
      return {version_of(file, weights), std::move(*backend)};
    }
  }
  return {version_of(file, weights), {}};
}

// HDF5 that is neither a model nor the weights of one.
void refuse_other_hdf5(const file::H5Group& root) {
  const bool is_weights = root.is_group("layers") || root.is_group(weights_group) ||
                          root.is_group("_layer_checkpoint_dependencies") || has_layer_names(root);
  if (is_weights) return;
  const std::vector<std::string> names = root.names();
  fail(ErrorCode::unsupported,
       "this HDF5 file is of something else than Keras: it has neither a model_config nor the "
       "weights of layers; it holds {}",
       names.empty() ? "nothing" : file::printable(fmt::format("{}", fmt::join(names, ", "))));
}

}  // namespace

Archive open_legacy_h5(const file::H5File& file, const LoadBudget& budget) {
  const file::H5Group root = file.root();
  const auto text = root.string_attribute("model_config");
  if (!text) {
    refuse_other_hdf5(root);
    fail(ErrorCode::unsupported,
         "this HDF5 file has no attribute model_config: it holds weights only, and needs the model "
         "beside it (a model's to_json(), loaded with this file as its weights)");
  }
  const file::H5Group weights = root.is_group(weights_group) ? root.group(weights_group) : root;
  const LegacyOrigin origin = origin_of(file, weights);
  const file::Json config =
      within([] { return std::string("model_config"); },
             [&] { return modern_config(parse_config_text(*text, budget), origin.version); });
  if (!has_layer_names(weights)) {
    fail(ErrorCode::malformed_file,
         "this HDF5 file has a model_config, but no weights: its group "
         "'{}' has no attribute layer_names",
         weights_group);
  }
  return {origin.version, config, open_legacy_weights(weights, config, origin), no_assets,
          "model_config"};
}

std::unique_ptr<WeightSource> open_h5_weights(const file::H5File& file, const file::Json& config) {
  const file::H5Group root = file.root();
  if (holds_weight_paths(file)) return open_weight_paths({file});
  const file::H5Group weights = root.is_group(weights_group) ? root.group(weights_group) : root;
  if (has_layer_names(weights)) {
    return open_legacy_weights(weights, config, origin_of(file, weights));
  }
  fail(ErrorCode::malformed_file,
       "this HDF5 file holds no weights of Keras: it has neither a group 'layers' nor an attribute "
       "layer_names");
}

}  // namespace keraunos::keras
