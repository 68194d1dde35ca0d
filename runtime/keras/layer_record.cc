#include "runtime/keras/layer_record.hpp"

#include "runtime/keras/config.hpp"

namespace keraunos::keras {
namespace {

std::optional<std::int64_t> recorded_batch(const LayerEntry& entry) {
  for (const char* key : {"batch_shape", "batch_input_shape"}) {
    const auto shape = entry.config.find(key);
    if (shape && shape->is_array() && shape->size() > 0 && (*shape)[0].is_int()) {
      return (*shape)[0].as_int64();
    }
  }
  return std::nullopt;
}

}  // namespace

void record_input(const LayerEntry& entry, ValueId value, NodeId node, LayerRecord& record) {
  record.called = true;
  record.outputs = {value};
  record.first_node = record.end_node = node;
  record.recorded_batch = recorded_batch(entry);
}

void take_layers(std::vector<LayerRecord> layers, LayerRecord& record) {
  for (const LayerRecord& layer : layers) {
    record.trainable_parameters += layer.trainable_parameters;
    record.non_trainable_parameters += layer.non_trainable_parameters;
  }
  record.layers = std::move(layers);
}

std::optional<RecordedSizes> recorded_sizes(const LayerEntry& entry, std::size_t i) {
  if (!entry.build || !entry.build->is_object()) return std::nullopt;
  auto shape = entry.build->find("input_shape");
  if (!shape || !shape->is_array() || shape->size() == 0) return std::nullopt;
  if ((*shape)[0].is_array()) {
    if (i >= shape->size()) return std::nullopt;
    shape = (*shape)[i];
  } else if (i != 0) {
    return std::nullopt;
  }
  RecordedSizes sizes;
  for (const file::Json size : shape->elements()) {
    sizes.push_back(size.is_null() ? std::nullopt : std::optional(to_integer(size, 0)));
  }
  if (sizes.empty()) return std::nullopt;
  return sizes;
}

}  // namespace keraunos::keras
