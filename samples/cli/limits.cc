#include "samples/cli/limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string>
#include <vector>

#include "samples/cli/text.hpp"

namespace keraunos::cli {
namespace {

std::string known_limits(const LoadLimits& limits) {
  std::vector<std::string> names;
  for (const LoadLimit& limit : load_limits()) {
    names.push_back(fmt::format("{} ({} {})", limit.name, limits.*limit.value, limit.what));
  }
  return join(names);
}

/// Sets the limit of "name=number".
void set_limit(LoadLimits& limits, const std::string& text) {
  const std::size_t equals = std::min(text.find('='), text.size());
  const std::string_view name = std::string_view(text).substr(0, equals);
  const auto known = std::ranges::find(load_limits(), name, &LoadLimit::name);
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const char* const begin = std::min(text.data() + equals + 1, end);
  const auto parsed = std::from_chars(begin, end, number);
  if (known == load_limits().end() || parsed.ec != std::errc() || parsed.ptr != end) {
    throw CLI::ValidationError(fmt::format("--limit wants NAME=N, not {}; the limits are {}",
                                           printable(text), known_limits(LoadLimits())));
  }
  limits.*known->value = number;
}

}  // namespace

void add_load_limits(CLI::App& command, LoadLimits& limits) {
  const auto set = [&limits](const std::vector<std::string>& texts) {
    for (const std::string& text : texts) set_limit(limits, text);
  };
  command
      .add_option_function<std::vector<std::string>>(
          "--limit", set,
          "what the model's files may ask for, any number of times: " + known_limits(limits))
      ->type_name("NAME=N")
      ->allow_extra_args(false);
}

}  // namespace keraunos::cli
