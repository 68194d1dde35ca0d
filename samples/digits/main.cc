// Reads held-out handwritten digits of several image sizes with one Keras model.
//
//   digits [cpu|gpu|auto] [FOLDER]
//
// FOLDER holds digits.keras and digits_test.npz, as train.py writes them.

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "keraunos/keraunos.hpp"

namespace {

using namespace keraunos;

constexpr std::int64_t classes = 10;

const Tensor& array_named(const NamedTensors& arrays, const std::string& name) {
  for (const auto& [key, tensor] : arrays) {
    if (key == name) return tensor;
  }
  throw Error(ErrorCode::invalid_argument, "digits_test.npz holds no array " + name);
}

/// The class with the highest probability in row `row` of the model's output.
std::uint8_t predicted(const Tensor& probabilities, std::int64_t row) {
  const auto all = probabilities.as<float>();
  const auto first = all.begin() + row * classes;
  return static_cast<std::uint8_t>(std::max_element(first, first + classes) - first);
}

/// One pixel row of an image as shades of grey, two characters wide because those are narrow.
std::string shades(const Tensor& images, std::int64_t image, std::int64_t row) {
  constexpr std::string_view ramp[] = {" ", "░", "▒", "▓", "█"};
  const std::int64_t height = images.dims()[1];
  const std::int64_t width = images.dims()[2];
  const auto pixels = images.as<float>().subspan((image * height + row) * width, width);
  std::string line;
  for (const float ink : pixels) {
    const std::string_view shade = ramp[std::clamp(static_cast<int>(ink / 51), 0, 4)];
    line.append(shade).append(shade);
  }
  return line;
}

void draw(const Tensor& images, const Tensor& probabilities, const Tensor& labels) {
  constexpr std::int64_t shown = 4;
  const std::int64_t step = images.dims()[0] / shown;
  for (std::int64_t row = 0; row < images.dims()[1]; ++row) {
    for (std::int64_t i = 0; i < shown; ++i) fmt::print("  {}", shades(images, i * step, row));
    fmt::print("\n");
  }
  for (std::int64_t i = 0; i < shown; ++i) {
    const std::uint8_t digit = predicted(probabilities, i * step);
    const float probability = probabilities.as<float>()[i * step * classes + digit];
    const std::uint8_t label = labels.as<std::uint8_t>()[i * step];
    const std::string verdict = digit == label ? "right" : fmt::format("is {}", label);
    fmt::print("  {:<16}", fmt::format("{} {:.1f} %, {}", digit, 100 * probability, verdict));
  }
  fmt::print("\n\n");
}

double milliseconds(std::chrono::steady_clock::duration time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

struct Timed {
  Tensor probabilities;
  double first_ms = 0;  // makes the plan for this size
  double next_ms = 0;   // the best of a few more
};

Timed run(Session& session, const Tensor& images) {
  Timed timed;
  for (int call = 0; call < 10; ++call) {
    const auto start = std::chrono::steady_clock::now();
    timed.probabilities = std::move(session.run({{images.view()}}).front());
    const double taken = milliseconds(std::chrono::steady_clock::now() - start);
    if (call == 0) timed.first_ms = timed.next_ms = taken;
    timed.next_ms = std::min(timed.next_ms, taken);
  }
  return timed;
}

/// How many of the model's predictions are those that `wanted` holds, in percent.
double agreement(const Tensor& probabilities, const Tensor& wanted) {
  const std::int64_t count = probabilities.dims()[0];
  std::int64_t equal = 0;
  for (std::int64_t i = 0; i < count; ++i) {
    equal += predicted(probabilities, i) == wanted.as<std::uint8_t>()[i] ? 1 : 0;
  }
  return 100.0 * static_cast<double>(equal) / static_cast<double>(count);
}

void read_digits(Session& session, const NamedTensors& arrays) {
  const Tensor& labels = array_named(arrays, "labels");
  bool drawn = false;
  for (const auto& [name, images] : arrays) {
    if (!name.starts_with("images_")) continue;
    const std::string size = name.substr(std::string_view("images_").size());
    const Timed timed = run(session, images);
    if (!drawn) {
      draw(images, timed.probabilities, labels);
      fmt::print("size    images  accuracy  agrees with Keras  first batch  next batches\n");
    }
    drawn = true;
    fmt::print("{:<6}  {:>6}  {:>6.2f} %  {:>15.2f} %  {:>8.2f} ms  {:>9.2f} ms\n", size,
               images.dims()[0], agreement(timed.probabilities, labels),
               agreement(timed.probabilities, array_named(arrays, "predictions_" + size)),
               timed.first_ms, timed.next_ms);
  }
}

}  // namespace

int main(int argc, char** argv) try {
  std::string folder = KERAUNOS_DIGITS_DIR;
  SessionOptions options;
  for (const std::string_view argument : std::vector<std::string_view>(argv + 1, argv + argc)) {
    if (argument == "cpu")
      options.device = Device::cpu;
    else if (argument == "gpu")
      options.device = Device::gpu;
    else if (argument != "auto")
      folder = argument;
  }

  Session session(Model::load(folder + "/digits.keras"), options);
  fmt::print("digits.keras on {} ({})\n", session.device().name, session.device().model);
  if (!session.fallback_reason().empty()) fmt::print("{}\n", session.fallback_reason());
  fmt::print("\n");
  read_digits(session, load_npz(folder + "/digits_test.npz"));
  fmt::print("\n{} image sizes, {} cached plans\n", session.cache().misses, session.cache().plans);
  return 0;
} catch (const std::exception& error) {
  fmt::print(stderr, "error: {}\n", error.what());
  return 1;
}
