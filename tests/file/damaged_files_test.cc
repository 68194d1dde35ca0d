#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <random>

#include "tests/file/exercise.hpp"
#include "tests/file/support.hpp"

// Damaged files give a result or an Error. The tests are worth most under sanitizers.

namespace keraunos::file {
namespace {

using testing::bytes_of;
using testing::read_data;

struct Subject {
  const char* file;
  void (*exercise)(const Bytes&);
};

void PrintTo(const Subject& subject, std::ostream* out) { *out << subject.file; }

void exercise_all_of_hdf5(const Bytes& bytes) { testing::exercise_hdf5(bytes); }

class DamagedFile : public ::testing::TestWithParam<Subject> {};

TEST_P(DamagedFile, CutAtEveryByte) {
  const std::string file = read_data(GetParam().file);
  for (std::size_t size = 0; size < file.size(); ++size) {
    GetParam().exercise(bytes_of(file.substr(0, size)));
  }
}

// Flips bits and overwrites bytes with the values at which arithmetic goes wrong.
void damage(std::string& file, std::mt19937_64& random) {
  const auto below = [&](std::size_t limit) { return static_cast<std::size_t>(random() % limit); };
  const std::size_t changes = 1 + below(4);
  for (std::size_t i = 0; i < changes; ++i) {
    const std::size_t at = below(file.size());
    switch (below(4)) {
      case 0: file[at] = static_cast<char>(file[at] ^ (1 << below(8))); break;
      case 1: file[at] = static_cast<char>(random()); break;
      case 2: file[at] = below(2) == 0 ? '\0' : '\xff'; break;
      default:
        for (std::size_t j = at; j < std::min(at + 8, file.size()); ++j) {
          file[j] = static_cast<char>(random() % 3 == 0 ? 0xff : random());
        }
    }
  }
}

TEST_P(DamagedFile, WithRandomBytesChanged) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE(fmt::format("seed {}", seed));
  std::mt19937_64 random(seed);
  const std::string file = read_data(GetParam().file);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(2);
  std::size_t runs = 0;
  while (runs < 5000 && std::chrono::steady_clock::now() < end) {
    std::string damaged = file;
    damage(damaged, random);
    GetParam().exercise(bytes_of(damaged));
    ++runs;
  }
  RecordProperty("runs", static_cast<int>(runs));
  std::printf("seed %llu, %zu runs\n", static_cast<unsigned long long>(seed), runs);
  EXPECT_GT(runs, 0U);
}

INSTANTIATE_TEST_SUITE_P(Kinds, DamagedFile,
                         ::testing::Values(Subject{"small_earliest.h5", exercise_all_of_hdf5},
                                           Subject{"small_latest.h5", exercise_all_of_hdf5},
                                           Subject{"refused_earliest.h5", exercise_all_of_hdf5},
                                           Subject{"refused_latest.h5", exercise_all_of_hdf5},
                                           Subject{"stored.zip", testing::exercise_zip},
                                           Subject{"deflated.zip", testing::exercise_zip},
                                           Subject{"zip64.zip", testing::exercise_zip},
                                           Subject{"version_1.npy", testing::exercise_npy},
                                           Subject{"version_3.npy", testing::exercise_npy},
                                           Subject{"expected_arrays.json", testing::exercise_json}),
                         [](const auto& test) {
                           std::string name = test.param.file;
                           std::replace(name.begin(), name.end(), '.', '_');
                           return name;
                         });

}  // namespace
}  // namespace keraunos::file
