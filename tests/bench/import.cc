#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <string>

#include "runtime/keras/import.hpp"
#include "runtime/passes/passes.hpp"

// The time from a parsed config to an optimised graph, against the number of layers: residual
// blocks of activations and additions, so that no weight is read.

namespace keraunos {
namespace {

std::string tensor(const std::string& layer) {
  return fmt::format(
      R"({{"class_name":"__keras_tensor__","config":{{"shape":[null,8],"dtype":"float32",)"
      R"("keras_history":["{}",0,0]}}}})",
      layer);
}

std::string layer(const std::string& class_name, const std::string& name, const std::string& config,
                  const std::string& arguments) {
  return fmt::format(
      R"({{"module":"keras.layers","class_name":"{}","name":"{}","config":{{"name":"{}"{}}},)"
      R"("inbound_nodes":[{}]}})",
      class_name, name, name, config, arguments);
}

std::string call(const std::string& arguments) {
  return fmt::format(R"({{"args":[{}],"kwargs":{{}}}})", arguments);
}

std::string residual_network(std::int64_t layers) {
  std::string text =
      layer("InputLayer", "layer_0", R"(,"batch_shape":[null,8],"dtype":"float32")", "");
  std::string block_start = "layer_0";
  std::string previous = block_start;
  for (std::int64_t i = 1; i < layers; ++i) {
    const std::string name = fmt::format("layer_{}", i);
    if (i % 3 == 0) {
      const std::string both = fmt::format("[{},{}]", tensor(previous), tensor(block_start));
      text += "," + layer("Add", name, "", call(both));
      block_start = name;
    } else {
      text += "," + layer("Activation", name, R"(,"activation":"tanh")", call(tensor(previous)));
    }
    previous = name;
  }
  return fmt::format(
      R"({{"module":"keras.src.models.functional","class_name":"Functional","config":)"
      R"({{"name":"residual","layers":[{}],"input_layers":["layer_0",0,0],)"
      R"("output_layers":["{}",0,0]}}}})",
      text, previous);
}

void import_layers(benchmark::State& state) {
  keras::Archive archive{.version = keras::parse_version("3.15.1"),
                         .config = file::Json::parse(residual_network(state.range(0))),
                         .weights = keras::no_weights("no weights are needed"),
                         .asset = {},
                         .config_name = {}};
  for (auto _ : state) {
    keras::ImportedModel model = keras::import_model(archive);
    optimise(model.graph);
    benchmark::DoNotOptimize(model.graph.nodes().size());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(import_layers)->Arg(100)->Arg(1'000)->Arg(10'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace keraunos
