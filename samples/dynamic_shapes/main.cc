// Runs one model at several input sizes in one process: each size gets its plan once.
//
//   dynamic_shapes MODEL.keras 1x28x28x1 8x32x20x1 1x28x28x1
//
// A size that the model's weights do not allow is refused with the formula and the sizes that fit.

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <sstream>
#include <string>

#include "keraunos/keraunos.hpp"

namespace {

using namespace keraunos;

/// "1x28x28x1"
Dims parse_dims(const std::string& text) {
  Dims dims;
  std::istringstream stream(text);
  for (std::int64_t size = 0; stream >> size;) {
    dims.push_back(size);
    stream.ignore();
  }
  return dims;
}

void run(Session& session, const Dims& dims) {
  const Tensor input(session.model().inputs().front().dtype, dims);
  const std::size_t misses = session.cache().misses;
  try {
    const auto start = std::chrono::steady_clock::now();
    const std::vector<Tensor> outputs = session.run({{input.view()}});
    const std::chrono::duration<double, std::milli> taken =
        std::chrono::steady_clock::now() - start;
    const bool planned = session.cache().misses > misses;
    fmt::print("{} -> {} in {:.2f} ms, {}\n", to_string(dims), to_string(outputs[0].dims()),
               taken.count(), planned ? "plan made" : "plan reused");
  } catch (const Error& error) {
    fmt::print("{} refused: {}\n", to_string(dims), error.what());
  }
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc < 3) {
    fmt::print(stderr, "usage: dynamic_shapes MODEL.keras SHAPE...\n");
    return 1;
  }
  Session session(Model::load(argv[1]));
  fmt::print("input:");
  for (const Axis& axis : session.model().inputs().front().axes) fmt::print(" {}", axis.formula);
  fmt::print("\n");

  for (int i = 2; i < argc; ++i) run(session, parse_dims(argv[i]));

  const CacheReport cache = session.cache();
  fmt::print("{} cached plans, {} bytes; {} made, {} reused\n", cache.plans, cache.bytes,
             cache.misses, cache.hits);
  return 0;
} catch (const std::exception& error) {
  fmt::print(stderr, "error: {}\n", error.what());
  return 1;
}
