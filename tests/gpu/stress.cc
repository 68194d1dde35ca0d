#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <exception>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "keraunos/session.hpp"
#include "runtime/base/fail.hpp"
#include "tests/gpu/measure.hpp"

// What a service does to a GPU: shapes that change all the time, many threads, too little memory.

namespace keraunos::gpu_check {
namespace {

constexpr const char* usage =
    "usage: stress MODEL shapes SECONDS | threads | memory\n"
    "\n"
    "MODEL is the digits sample's: images of any size, one channel.\n"
    "shapes   alternates random sizes; device memory must not grow once all were seen\n"
    "threads  eight at once on one session; results must be those of the CPU\n"
    "memory   a limit that is too low: an error with the numbers, and the session goes on\n";

SessionOptions options_for(Device device) {
  SessionOptions options;
  options.device = device;
  options.precision = Precision::float32;
  return options;
}

Tensor images(std::int64_t batch, std::int64_t height, std::int64_t width, unsigned seed) {
  Tensor tensor(DType::float32, {batch, height, width, 1});
  std::mt19937 random(seed);
  for (float& pixel : tensor.as<float>()) pixel = static_cast<float>(random() % 17) / 16;
  return tensor;
}

Tensor run(Session& session, const Tensor& input) {
  const std::vector<TensorView> inputs = {input.view()};
  return std::move(session.run(inputs).front());
}

void require_close(const Tensor& got, const Tensor& wanted, const std::string& what) {
  for (std::size_t i = 0; i < wanted.as<float>().size(); ++i) {
    const float difference = std::fabs(got.as<float>()[i] - wanted.as<float>()[i]);
    if (difference <= 1e-5F) continue;
    fail(ErrorCode::internal, "{}: element {} is {}, the CPU has {}", what, i, got.as<float>()[i],
         wanted.as<float>()[i]);
  }
}

/// MiB of GPU memory in use, by all processes.
long used_memory() {
  FILE* const pipe = popen("nvidia-smi --query-gpu=memory.used --format=csv,noheader,nounits", "r");
  long used = -1;
  if (pipe != nullptr) {
    if (std::fscanf(pipe, "%ld", &used) != 1) used = -1;
    pclose(pipe);
  }
  return used;
}

void alternate_shapes(const Model& model, double seconds) {
  Session gpu(model, options_for(Device::gpu));
  Session cpu(model, options_for(Device::cpu));
  run(gpu, images(16, 40, 40, 0));  // the largest
  std::mt19937 random(1);
  const auto size = [&] { return static_cast<std::int64_t>(8 + random() % 33); };
  const auto start = std::chrono::steady_clock::now();
  const auto elapsed = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  long settled = -1;
  int runs = 0;
  for (; elapsed() < seconds; ++runs) {
    const Tensor input = images(1 + static_cast<std::int64_t>(random() % 16), size(), size(),
                                static_cast<unsigned>(runs));
    const Tensor got = run(gpu, input);
    if (runs % 50 == 0) require_close(got, run(cpu, input), to_string(input.dims()));
    if (settled < 0 && elapsed() > seconds / 2) settled = used_memory();
  }
  const long now = used_memory();
  fmt::print("{} runs, {} plans made, {} MiB in use half way, {} MiB in the end\n", runs,
             gpu.cache().misses, settled, now);
  if (now > settled) fail(ErrorCode::internal, "GPU memory grew from {} to {} MiB", settled, now);
}

void run_threads(const Model& model) {
  Session gpu(model, options_for(Device::gpu));
  Session cpu(model, options_for(Device::cpu));
  std::atomic<int> failures = 0;
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < 8; ++i) {
    const Tensor input = images(1 + i, 8 + 2 * i, 16, i);
    threads.emplace_back([&gpu, &failures, i, source = input.clone(), wanted = run(cpu, input)] {
      try {
        for (int round = 0; round < 200; ++round) {
          require_close(run(gpu, source), wanted, fmt::format("thread {}", i));
        }
      } catch (const std::exception& error) {
        fmt::print(stderr, "{}\n", error.what());
        ++failures;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  if (failures > 0) fail(ErrorCode::internal, "{} of 8 threads failed", failures.load());
  fmt::print("8 threads, 200 runs each\n");
}

void exceed_memory(const Model& model) {
  SessionOptions options = options_for(Device::gpu);
  options.gpu_memory_limit = std::size_t{1} << 20;
  Session gpu(model, options);
  const Tensor small = images(1, 8, 8, 1);
  run(gpu, small);
  try {
    run(gpu, images(64, 40, 40, 1));
    fail(ErrorCode::internal, "a run beyond the limit succeeded");
  } catch (const Error& error) {
    if (error.code() != ErrorCode::out_of_memory) throw;
    fmt::print("refused: {}\n", error.what());
  }
  Session cpu(model, options_for(Device::cpu));
  require_close(run(gpu, small), run(cpu, small), "after the refusal");
}

int run(int argc, char** argv) {
  const std::string mode = argc > 2 ? argv[2] : "";
  if (mode == "shapes" && argc == 4) {
    alternate_shapes(Model::load(argv[1]), std::stod(argv[3]));
  } else if (mode == "threads") {
    run_threads(Model::load(argv[1]));
  } else if (mode == "memory") {
    exceed_memory(Model::load(argv[1]));
  } else {
    fail(ErrorCode::invalid_argument, "no such check\n{}", usage);
  }
  return 0;
}

}  // namespace
}  // namespace keraunos::gpu_check

int main(int argc, char** argv) {
  return keraunos::gpu_check::exit_status([&] { return keraunos::gpu_check::run(argc, argv); });
}
