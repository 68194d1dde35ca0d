#include "runtime/keras/inferred_input.hpp"

#include <optional>

#include "runtime/base/fail.hpp"
#include "runtime/keras/axis_names.hpp"
#include "runtime/keras/model_runner.hpp"
#include "runtime/keras/sequential_input.hpp"
#include "runtime/shape/size_range.hpp"

namespace keraunos::keras {
namespace {

constexpr std::size_t smallest_rank = 2;
constexpr std::size_t largest_rank = 5;  // of what a layer of Keras takes, batch included

// What came of the layers with one shape of the input.
struct Trial {
  RecordedSizes sizes;
  std::size_t layers_run = 0;  // before the first that cannot take what comes to it
  std::vector<StoredShape> stored;
};

LayerEntry make_entry(const ModelConfig& model, const RecordedSizes& sizes) {
  const LayerEntry& first = model.layers.front();
  return make_input(first.name, sizes, input_dtype(first.config));
}

// Adds the layers that ran; false at one that did not.
bool count_run(const std::vector<LayerRecord>& records, std::size_t& run) {
  for (const LayerRecord& record : records) {
    if (!count_run(record.layers, run)) return false;
    if (record.problem || !record.called || !record.misfits.empty()) return false;
    ++run;
  }
  return true;
}

Trial run_layers(const Archive& archive, ModelConfig model, const RecordedSizes& sizes) {
  model.layers.insert(model.layers.begin(), make_entry(model, sizes));
  Graph graph;
  WeightStore weights(*archive.weights, graph, *archive.budget, WeightNumbers::left_out);
  Environment environment = {graph, weights, archive.version, {}, {}, {}, archive.asset};
  environment.budget = archive.budget;
  environment.shapes_only = true;
  const ModelResult result = ModelRunner(environment).run(model);
  Trial trial{sizes, 0, weights.stored_shapes()};
  count_run(result.layers, trial.layers_run);
  return trial;
}

// The size of the only symbol in `wanted` at which it is `stored`, where there is exactly one.
std::optional<std::pair<std::string, std::int64_t>> solve(const Dim& wanted, std::int64_t stored) {
  const std::vector<std::string> symbols = wanted.symbols();
  if (symbols.size() != 1) return std::nullopt;
  const std::vector<Demand> demands = {{Demand::Kind::equal, wanted, Dim(stored), "", ""}};
  const SizeRange range = possible_sizes(demands, {}, symbols[0]);
  if (range.first != range.last || !demands[0].holds({{symbols[0], range.first}})) {
    return std::nullopt;
  }
  return std::pair(symbols[0], range.first);
}

// The first size of the input that a stored weight leaves no choice about; false where none does.
bool fix_a_size(const Trial& trial, RecordedSizes& sizes) {
  const Shape input = name_axes(sizes, "");
  for (const StoredShape& weight : trial.stored) {
    for (std::size_t i = 0; i < weight.wanted.size(); ++i) {
      const auto solved = solve(weight.wanted[i], weight.stored[i]);
      if (!solved) continue;
      for (std::size_t axis = 1; axis < input.size(); ++axis) {
        if (input[axis] != Dim::symbol(solved->first)) continue;
        sizes[axis] = solved->second;
        return true;
      }
    }
  }
  return false;
}

// With every size that is known in the end.
Trial try_sizes(const Archive& archive, const ModelConfig& model, RecordedSizes sizes) {
  Trial trial = run_layers(archive, model, sizes);
  while (fix_a_size(trial, sizes)) trial = run_layers(archive, model, sizes);
  return trial;
}

}  // namespace

InferredInput inferred_input(const Archive& archive, const ModelConfig& model,
                             const RecordedSizes& told) {
  std::vector<Trial> best;
  const std::size_t first = told.empty() ? smallest_rank : told.size();
  const std::size_t last = told.empty() ? largest_rank : told.size();
  for (std::size_t rank = first; rank <= last; ++rank) {
    Trial trial = try_sizes(archive, model, told.empty() ? RecordedSizes(rank) : told);
    if (!best.empty() && trial.layers_run > best.front().layers_run) best.clear();
    if (best.empty() || trial.layers_run == best.front().layers_run) best.push_back(trial);
  }
  if (told.empty() && best.front().stored.empty()) {
    fail(ErrorCode::unsupported,
         "the file tells no shape of the input of the Sequential model '{}', and it holds no "
         "weights that would: tell it (LoadOptions::input_shape; --shape), or call the model on "
         "data before saving it",
         model.name);
  }
  InferredInput inferred{make_entry(model, best.front().sizes), best.front().sizes, {}};
  for (std::size_t i = 1; i < best.size(); ++i) {
    inferred.other_ranks.push_back(best[i].sizes.size());
  }
  return inferred;
}

}  // namespace keraunos::keras
