#include "runtime/keras/layers/axes.hpp"

#include <fmt/ranges.h>

#include <algorithm>

#include "runtime/base/fail.hpp"
#include "runtime/shape/shape.hpp"

namespace keraunos::keras {

std::vector<std::int64_t> written_axes(const Config& config) {
  const auto axis = config.find("axis");
  if (!axis) return {-1};
  return within([] { return std::string("key 'axis'"); },
                [&] {
                  if (!axis->is_array()) return std::vector{axis->as_int64()};
                  std::vector<std::int64_t> axes;
                  for (const file::Json element : axis->elements()) {
                    axes.push_back(element.as_int64());
                  }
                  return axes;
                });
}

std::vector<std::size_t> distinct_axes(const std::vector<std::int64_t>& axes, std::size_t rank) {
  return within(
      [] { return std::string("key 'axis'"); },
      [&] {
        std::vector<std::size_t> found;
        for (const std::int64_t axis : axes) found.push_back(normalize_axis(axis, rank));
        std::sort(found.begin(), found.end());
        if (found.empty() || std::adjacent_find(found.begin(), found.end()) != found.end()) {
          fail(ErrorCode::malformed_file, "[{}] does not name different axes",
               fmt::join(axes, ", "));
        }
        return found;
      });
}

}  // namespace keraunos::keras
