#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "tests/fuzz/exercise_model.hpp"

// A model's JSON, with zeros for weights. Mutations mostly put one value of the text in the place
// of another, so that what comes out is still JSON and gets behind the parser.

namespace {

// A value in the text: from its first byte to the one behind its last.
struct Span {
  std::size_t first = 0;
  std::size_t last = 0;
};

std::size_t end_of_string(std::string_view text, std::size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return std::min(at + 1, text.size());
}

std::size_t end_of_value(std::string_view text, std::size_t at) {
  int depth = 0;
  while (at < text.size()) {
    const char c = text[at];
    const bool closes = c == ']' || c == '}';
    if (depth == 0 && (c == ',' || closes)) return at;
    at = c == '"' ? end_of_string(text, at) : at + 1;
    if (c == '[' || c == '{') ++depth;
    if (closes && --depth == 0) return at;
  }
  return at;
}

// Values of members and elements of lists.
std::vector<Span> values_in(std::string_view text) {
  std::vector<Span> values;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '"') {
      at = end_of_string(text, at);
      continue;
    }
    const bool starts = text[at] == ':' || text[at] == ',' || text[at] == '[';
    at = std::min(text.find_first_not_of(' ', at + 1), text.size());
    if (starts) values.push_back({at, end_of_value(text, at)});
  }
  return values;
}

constexpr std::array extremes = {"null",
                                 "true",
                                 "0",
                                 "-1",
                                 "1",
                                 "2",
                                 "2147483647",
                                 "-2147483648",
                                 "9223372036854775807",
                                 "1e308",
                                 "-0.0",
                                 "NaN",
                                 "-Infinity",
                                 "\"\"",
                                 "[]",
                                 "{}",
                                 "[null]",
                                 "\"same\"",
                                 "\"relu\"",
                                 "[[\"x\", 0, 0]]",
                                 "1000000",
                                 "0.5"};

std::string mutate(std::string text, std::mt19937& random) {
  const std::vector<Span> values = values_in(text);
  if (values.empty()) return text;
  const auto pick = [&](std::size_t count) { return random() % count; };
  const Span target = values[pick(values.size())];
  const std::size_t length = target.last - target.first;
  const Span source = values[pick(values.size())];
  std::string put = text.substr(source.first, source.last - source.first);
  switch (pick(4)) {
    case 0: put = extremes[pick(extremes.size())]; break;
    case 1: put = text.substr(target.first, length) + ", " + put; break;  // one more element
    case 2: put = std::to_string(static_cast<int>(pick(64)) - 8); break;
    default: break;
  }
  return text.replace(target.first, length, put);
}

}  // namespace

// What libFuzzer does itself to bytes; absent where a program only replays.
extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size)
    __attribute__((weak));

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t max_size, unsigned seed) {
  std::mt19937 random(seed);
  if (random() % 8 == 0) return LLVMFuzzerMutate(data, size, max_size);
  std::string text(reinterpret_cast<const char*>(data), size);
  for (auto times = 1 + random() % 3; times > 0; --times) text = mutate(text, random);
  const std::size_t length = std::min(text.size(), max_size);
  std::memcpy(data, text.data(), length);
  return length;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace keraunos::testing;
  exercise_model({reinterpret_cast<const char*>(data), size}, ModelWeights::zeros);
  return 0;
}
