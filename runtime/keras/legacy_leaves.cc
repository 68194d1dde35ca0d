#include "runtime/keras/legacy_leaves.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "runtime/base/fail.hpp"
#include "runtime/keras/model_config.hpp"
#include "runtime/keras/text_member.hpp"

namespace keraunos::keras {
namespace {

using file::Json;

constexpr std::size_t max_nesting = 50;

constexpr std::array weighted_classes = {
    std::string_view("Dense"),
    std::string_view("EinsumDense"),
    std::string_view("Embedding"),
    std::string_view("Conv1D"),
    std::string_view("Conv2D"),
    std::string_view("Conv3D"),
    std::string_view("Conv1DTranspose"),
    std::string_view("Conv2DTranspose"),
    std::string_view("Conv3DTranspose"),
    std::string_view("DepthwiseConv1D"),
    std::string_view("DepthwiseConv2D"),
    std::string_view("SeparableConv1D"),
    std::string_view("SeparableConv2D"),
    std::string_view("LocallyConnected1D"),
    std::string_view("LocallyConnected2D"),
    std::string_view("RandomFourierFeatures"),
    std::string_view("MaxoutDense"),
    std::string_view("Highway"),
    std::string_view("BatchNormalization"),
    std::string_view("LayerNormalization"),
    std::string_view("GroupNormalization"),
    std::string_view("InstanceNormalization"),
    std::string_view("FilterResponseNormalization"),
    std::string_view("RMSNormalization"),
    std::string_view("Normalization"),
    std::string_view("PReLU"),
    std::string_view("SimpleRNN"),
    std::string_view("LSTM"),
    std::string_view("GRU"),
    std::string_view("RNN"),
    std::string_view("ConvLSTM1D"),
    std::string_view("ConvLSTM2D"),
    std::string_view("ConvLSTM3D"),
    std::string_view("MultiHeadAttention"),
    std::string_view("GroupQueryAttention"),
    std::string_view("AdditiveAttention"),
};

bool is_model(const Json& entry) {
  return model_kind(text_or_empty(entry, "module"), entry.at("class_name").as_string(),
                    entry.at("config"))
      .has_value();
}

void collect(const Json& config, std::vector<std::string> names, std::vector<LegacyLeaf>& leaves) {
  if (names.size() > max_nesting) {
    fail(ErrorCode::unsupported, "models are nested more than {} deep", max_nesting);
  }
  for (const Json entry : config.at("layers").elements()) {
    if (is_operation_module(text_or_empty(entry, "module"))) continue;
    std::vector<std::string> own = names;
    Json inner = entry.at("config");
    if (!inner.is_object()) continue;  // refused when the layer is imported
    const std::string name = text_or_empty(inner, "name");
    own.push_back(name.empty() ? text_or_empty(entry, "name") : name);
    if (is_model(entry)) {
      collect(inner, std::move(own), leaves);
      continue;
    }
    LegacyLeaf leaf;
    leaf.class_name = entry.at("class_name").as_string();
    if (leaf.class_name == "InputLayer") continue;
    leaf.bidirectional = leaf.class_name == "Bidirectional";
    const auto wrapped = inner.find("layer");
    if (wrapped && wrapped->is_object() && wrapped->contains("config")) {
      inner = wrapped->at("config");
      if (is_model(*wrapped)) {
        collect(inner, std::move(own), leaves);
        continue;
      }
      leaf.class_name = wrapped->at("class_name").as_string();
    }
    leaf.names = std::move(own);
    const auto trainable = entry.at("config").find("trainable");
    leaf.trainable = leaf.class_name != "Normalization" &&
                     (!trainable || !trainable->is_bool() || trainable->as_bool());
    leaf.channels_first = text_or_empty(inner, "data_format") == "channels_first";
    leaf.weighted = std::find(weighted_classes.begin(), weighted_classes.end(), leaf.class_name) !=
                    weighted_classes.end();
    leaves.push_back(std::move(leaf));
  }
}

}  // namespace

std::string LegacyLeaf::key() const { return fmt::format("{}", fmt::join(names, "/")); }

std::vector<LegacyLeaf> leaves_of(const Json& config) {
  std::vector<LegacyLeaf> leaves;
  collect(config, {}, leaves);
  return leaves;
}

}  // namespace keraunos::keras
