#include "samples/cli/shapes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "keraunos/error.hpp"
#include "samples/cli/text.hpp"

namespace keraunos::cli {
namespace {

template <typename... Args>
[[noreturn]] void fail(fmt::format_string<Args...> format, Args&&... args) {
  throw Error(ErrorCode::invalid_argument, fmt::format(format, std::forward<Args>(args)...));
}

/// What follows "NAME=" in a flag, or all of it.
std::string_view shape_in(std::string_view flag) {
  const std::size_t equals = flag.rfind('=');
  return equals == std::string_view::npos ? flag : flag.substr(equals + 1);
}

/// The formulas of the axes whose size a caller must say, the batch left out.
std::vector<std::string> open_axes(const std::vector<TensorInfo>& inputs) {
  std::vector<std::string> open;
  for (const TensorInfo& input : inputs) {
    for (std::size_t axis = 1; axis < input.axes.size(); ++axis) {
      if (!input.axes[axis].size) open.push_back(input.axes[axis].formula);
    }
  }
  return open;
}

std::size_t input_named(const std::vector<TensorInfo>& inputs, std::string_view name) {
  const auto found = std::find_if(inputs.begin(), inputs.end(),
                                  [&](const TensorInfo& input) { return input.name == name; });
  if (found == inputs.end()) {
    std::vector<std::string> names;
    for (const TensorInfo& input : inputs) names.push_back(input.name);
    fail("--shape: the model has no input '{}'; its inputs are {}", name, join(names));
  }
  return static_cast<std::size_t>(found - inputs.begin());
}

}  // namespace

Dims parse_dims(std::string_view text) {
  Dims dims;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (true) {
    std::int64_t size = 0;
    const auto [next, error] = std::from_chars(at, end, size);
    if (error != std::errc{} || size < 0) break;
    dims.push_back(size);
    if (next == end) return dims;
    if (*next != 'x') break;
    at = next + 1;
  }
  fail("'{}' is not a shape: write sizes joined by x, such as 1x28x28x1", text);
}

std::vector<Dims> whole_shapes(const std::vector<TensorInfo>& inputs,
                               const std::vector<std::string>& flags) {
  if (flags.empty() && open_axes(inputs).empty()) {
    return batch_shapes(inputs, /*batch=*/1, /*open_sizes=*/{});
  }

  std::vector<Dims> shapes(inputs.size());
  std::vector<bool> given(inputs.size(), false);
  std::size_t next = 0;
  for (const std::string& flag : flags) {
    const std::size_t equals = flag.rfind('=');
    const std::size_t input =
        equals == std::string::npos ? next++ : input_named(inputs, flag.substr(0, equals));
    if (input >= inputs.size()) {
      fail("--shape was given {} times, the model has {} inputs", flags.size(), inputs.size());
    }
    if (given[input]) fail("--shape was given twice for input '{}'", inputs[input].name);
    given[input] = true;
    shapes[input] = parse_dims(shape_in(flag));
  }

  const auto missing = std::find(given.begin(), given.end(), false);
  if (missing != given.end()) {
    const TensorInfo& input = inputs[static_cast<std::size_t>(missing - given.begin())];
    fail("--shape is missing for input '{}', {}", input.name, describe(input));
  }
  return shapes;
}

std::vector<std::optional<std::int64_t>> told_input_shape(const std::vector<std::string>& flags) {
  if (flags.size() != 1) return {};
  return std::vector<std::optional<std::int64_t>>(parse_dims(shape_in(flags[0])).size());
}

std::vector<Dims> batch_shapes(const std::vector<TensorInfo>& inputs, std::int64_t batch,
                               const Dims& open_sizes) {
  const std::vector<std::string> open = open_axes(inputs);
  if (open.size() != open_sizes.size()) {
    fail("the model leaves {} sizes open beside the batch ({}), --shape gives {}", open.size(),
         open.empty() ? "none" : join(open), open_sizes.size());
  }

  std::vector<Dims> shapes;
  auto next_open = open_sizes.begin();
  for (const TensorInfo& input : inputs) {
    Dims dims;
    for (const Axis& axis : input.axes) {
      const bool is_batch = dims.empty();
      dims.push_back(is_batch ? batch : axis.size ? *axis.size : *next_open++);
    }
    shapes.push_back(std::move(dims));
  }
  return shapes;
}

void add_shape_flags(CLI::App& command, std::vector<std::string>& flags) {
  command
      .add_option("--shape", flags,
                  "shape of an input with its batch, 1x28x28x1 or NAME=1x28x28x1; one per input")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

}  // namespace keraunos::cli
