#include "tests/gpu/measure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <exception>
#include <fstream>
#include <limits>

#include "keraunos/error.hpp"

namespace keraunos::gpu_check {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

const char* to_string(Row::Result result) {
  switch (result) {
    case Row::Result::passed: return "ok";
    case Row::Result::failed: return "FAIL";
    case Row::Result::noted: break;
  }
  return "note";
}

double relative_norm(std::span<const float> got, std::span<const float> wanted) {
  double wanted_square = 0;
  double difference_square = 0;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const double a = got[i];
    const double b = wanted[i];
    if (std::isnan(b) && std::isnan(a)) continue;
    if (!std::isfinite(b) && a == b) continue;
    if (!std::isfinite(a) || !std::isfinite(b)) return infinite;
    wanted_square += b * b;
    difference_square += (a - b) * (a - b);
  }
  return difference_square == 0 ? 0 : std::sqrt(difference_square / wanted_square);
}

}  // namespace

double worst_error(const Tensor& got, const Tensor& wanted) {
  if (got.dims() != wanted.dims() || got.dtype() != wanted.dtype()) return infinite;
  if (is_floating(wanted.dtype())) {
    const Tensor a = got.cast(DType::float32);
    const Tensor b = wanted.cast(DType::float32);
    return relative_norm(a.as<float>(), b.as<float>());
  }
  if (wanted.dtype() == DType::string) {
    const auto a = got.as<StringElement>();
    const auto b = wanted.as<StringElement>();
    const bool equal =
        std::equal(a.begin(), a.end(), b.begin(), b.end(),
                   [](const auto& x, const auto& y) { return x.view() == y.view(); });
    return equal ? 0 : infinite;
  }
  const bool same = got.bytes() == 0 || std::memcmp(got.data(), wanted.data(), got.bytes()) == 0;
  return same ? 0 : infinite;
}

double tolerance_in(Precision precision) {
  switch (precision) {
    case Precision::float32: return 1e-5;
    case Precision::tf32: return 2e-3;  // operands are off by up to 2^-11 each
    case Precision::float16: return 5e-3;
    case Precision::bfloat16: break;
  }
  return 2e-2;
}

int report(const std::vector<Row>& rows, const std::string& path) {
  int failed = 0;
  int passed = 0;
  for (const Row& row : rows) {
    fmt::print("{:<5}{:<34} {:<8} {:>4} cases  worst {:<9.2e} {}\n", to_string(row.result),
               row.subject, row.mode, row.cases, row.worst, row.remark);
    passed += row.result == Row::Result::passed ? 1 : 0;
    failed += row.result == Row::Result::failed ? 1 : 0;
  }
  fmt::print("{} passed, {} failed\n", passed, failed);
  if (path.empty()) return failed;
  std::ofstream file(path);
  file << "result\tsubject\tmode\tcases\tworst\tremark\n";
  for (const Row& row : rows) {
    file << fmt::format("{}\t{}\t{}\t{}\t{}\t{}\n", to_string(row.result), row.subject, row.mode,
                        row.cases, row.worst, row.remark);
  }
  return failed;
}

int exit_status(const std::function<int()>& check) {
  try {
    return check();
  } catch (const Error& error) {
    fmt::print(stderr, "error: {}\n", error.what());
    return error.code() == ErrorCode::device_unavailable ? 77 : 1;
  } catch (const std::exception& error) {
    fmt::print(stderr, "error: {}\n", error.what());
    return 1;
  }
}

}  // namespace keraunos::gpu_check
