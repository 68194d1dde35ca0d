#include <benchmark/benchmark.h>

#include <string>
#include <utility>
#include <vector>

#include "keraunos/keraunos.hpp"

// What a service pays: opening a model, the first run at a size, every later run, and finding a
// plan among others. On the CPU, one thread.

namespace keraunos {
namespace {

const std::string digits = KERAUNOS_SOURCE_DIR "/samples/digits/digits.keras";

SessionOptions on_cpu() {
  SessionOptions options;
  options.device = Device::cpu;
  return options;
}

// Inputs and outputs of one size, for runs that shall not allocate.
struct Batch {
  Batch(Session& session, std::int64_t count, std::int64_t size)
      : input(DType::float32, {count, size, size, 1}) {
    const std::vector<Dims> sizes = {input.dims()};
    output = Tensor(DType::float32, session.output_dims(sizes)[0]);
  }

  void run(Session& session) {
    const TensorView in = std::as_const(input).view();
    const MutableTensorView out = output.view();
    session.run_into({&in, 1}, {&out, 1});
  }

  Tensor input;
  Tensor output;
};

void load(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(Model::load(digits));
}
BENCHMARK(load)->Unit(benchmark::kMicrosecond);

// A new size each time: binding, choosing kernels, packing (the first time), placing memory.
void first_run_at_a_size(benchmark::State& state) {
  Session session(Model::load(digits), on_cpu());
  std::int64_t size = 8;
  for (auto _ : state) {
    const Tensor input(DType::float32, {1, size, size++, 1});
    const TensorView view = input.view();
    benchmark::DoNotOptimize(session.run({&view, 1}));
  }
}
BENCHMARK(first_run_at_a_size)->Iterations(200)->Unit(benchmark::kMicrosecond);

void steady_run(benchmark::State& state) {
  Session session(Model::load(digits), on_cpu());
  Batch batch(session, state.range(0), 16);
  for (auto _ : state) batch.run(session);
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(steady_run)->Arg(1)->Arg(8)->Arg(32)->Unit(benchmark::kMicrosecond);

// An empty batch does everything but compute: what is left is finding the plan and a context.
void plan_cache_hit(benchmark::State& state) {
  Session session(Model::load(digits), on_cpu());
  std::vector<Batch> batches;
  for (std::int64_t i = 0; i < state.range(0); ++i) batches.emplace_back(session, 0, 8 + i);
  for (auto _ : state) batches.front().run(session);
}
BENCHMARK(plan_cache_hit)->Arg(1)->Arg(32)->Unit(benchmark::kNanosecond);

}  // namespace
}  // namespace keraunos
