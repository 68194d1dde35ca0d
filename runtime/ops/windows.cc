#include "runtime/ops/windows.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace keraunos {

Shape slide_windows(const std::vector<Window>& windows, const Shape& input, Demands& demands) {
  Shape output = {input[0]};
  for (std::size_t i = 0; i < windows.size(); ++i) {
    const Dim& size = input[i + 1];
    output.push_back(output_size(windows[i], size));
    demands.positive(output.back(), fmt::format("a window of {} cells does not fit into {}",
                                                windows[i].extent(), size.to_string()));
  }
  return output;
}

std::string to_string(const std::vector<Window>& windows) {
  std::vector<std::string> texts;
  for (const Window& window : windows) texts.push_back(to_string(window));
  return fmt::format("{}", fmt::join(texts, " x "));
}

}  // namespace keraunos
