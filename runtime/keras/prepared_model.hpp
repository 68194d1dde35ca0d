#pragma once

#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "runtime/keras/call_order.hpp"
#include "runtime/keras/model_config.hpp"

namespace keraunos::keras {

/// A model's config with what each execution of it needs to know. A model that is called many times
/// is prepared once. Its entries stay where they are.
class PreparedModel {
 public:
  explicit PreparedModel(ModelConfig config) : model(std::move(config)) {
    for (std::size_t i = 0; i < model.layers.size(); ++i) index_of_[model.layers[i].name] = i;
  }
  PreparedModel(const PreparedModel&) = delete;
  PreparedModel& operator=(const PreparedModel&) = delete;

  /// Where the layer of that name is in `model.layers`.
  std::optional<std::size_t> find(std::string_view layer) const {
    const auto found = index_of_.find(layer);
    return found == index_of_.end() ? std::nullopt : std::optional(found->second);
  }

  /// As order_calls().
  const std::vector<CallIndex>& order() {
    if (!order_) order_ = order_calls(model);
    return *order_;
  }

  const ModelConfig model;

 private:
  std::unordered_map<std::string_view, std::size_t> index_of_;
  std::optional<std::vector<CallIndex>> order_;
};

}  // namespace keraunos::keras
