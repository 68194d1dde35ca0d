#pragma once

#include <functional>
#include <string>
#include <vector>

#include "keraunos/options.hpp"
#include "keraunos/tensor.hpp"

// Comparing tensors, and the table that a check prints.

namespace keraunos::gpu_check {

/// The norm of got - wanted over that of wanted, both over finite elements; infinite where shapes
/// or dtypes differ, where one has NaN or infinity and the other does not, and for any difference
/// between integers.
double worst_error(const Tensor& got, const Tensor& wanted);

/// How far from Keras a network may be in this precision, as worst_error has it.
double tolerance_in(Precision precision);

/// One line of the table.
struct Row {
  enum class Result { passed, failed, noted };
  Result result = Result::passed;
  std::string subject;  // "Conv · cudnn conv"
  std::string mode;     // "float32"
  int cases = 0;
  double worst = 0;
  std::string remark;
};

/// Prints the rows and "N passed, N failed", and writes them to the file `path` unless that is
/// empty, tab-separated under a header line. Returns the number that failed.
int report(const std::vector<Row>& rows, const std::string& path);

/// What a check gives back, as a program's exit status; where it throws, the error is printed and
/// the status is 1, or 77 where there is no such device.
int exit_status(const std::function<int()>& check);

}  // namespace keraunos::gpu_check
