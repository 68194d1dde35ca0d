#include <fmt/format.h>

#include <algorithm>

#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "runtime/base/fail.hpp"
#include "tests/gpu/measure.hpp"
#include "tests/gpu/node_case.hpp"

// Compares every kernel of a device with the reference kernels, on its own.

namespace keraunos::gpu_check {
namespace {

constexpr const char* usage =
    "usage: parity [--device gpu|cpu] [--precision PRECISION] [--small] [--report FILE]\n"
    "\n"
    "Runs every kernel of the device on every case that it accepts, and prints the largest error,\n"
    "relative to the largest element. --small leaves out what takes a memory checker too long.\n"
    "Exits 1 where a kernel fails, 77 where there is no such device.\n";

struct Flags {
  bool gpu = true;
  Precision precision = Precision::float32;
  bool small = false;
  std::string report;
};

Flags parse(int argc, char** argv) {
  Flags flags;
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    const std::string value = i + 1 < argc ? argv[i + 1] : "";
    if (name == "--small") {
      flags.small = true;
      continue;
    }
    if (name == "--device" && (value == "gpu" || value == "cpu")) {
      flags.gpu = value == "gpu";
    } else if (name == "--precision" && precision_from(value)) {
      flags.precision = *precision_from(value);
    } else if (name == "--report" && !value.empty()) {
      flags.report = value;
    } else {
      fail(ErrorCode::invalid_argument, "{} {}\n{}", name, value, usage);
    }
    ++i;
  }
  return flags;
}

/// Multiplications on tensor cores round their inputs to 10 bits; everything else is float32.
double tolerance_for(const Op& op, Precision precision) {
  const bool multiplies =
      std::holds_alternative<Conv>(op) || std::holds_alternative<ConvTranspose>(op) ||
      std::holds_alternative<MatMul>(op) || std::holds_alternative<BatchMatMul>(op);
  return multiplies && precision == Precision::tf32 ? 1e-3 : 1e-5;
}

/// NVIDIA's kernels may lose NaN; ours may not.
bool must_keep_nan(const KernelEntry& entry) { return entry.name.starts_with("own"); }

class Parity {
 public:
  Parity(Backend& backend, const Flags& flags) : backend_(backend), flags_(flags) {}

  std::vector<Row> run() {
    const std::vector<NodeCase> cases = all_cases();
    std::vector<Row> rows;
    for (std::size_t op = 0; op < op_count; ++op) {
      // The CPU has kernels of ops that the GPU has none of, and no cases.
      const bool covered = std::any_of(cases.begin(), cases.end(),
                                       [&](const NodeCase& node) { return node.op.index() == op; });
      if (!flags_.gpu && !covered) continue;
      for (const KernelEntry& entry : backend_.kernels_for(op)) {
        rows.push_back(run_entry(entry, op, cases));
      }
    }
    return rows;
  }

 private:
  Row run_entry(const KernelEntry& entry, std::size_t op, const std::vector<NodeCase>& cases) {
    Row row;
    row.subject = entry.name;
    row.mode = to_string(flags_.precision);
    std::string refusal;
    for (const NodeCase& node : cases) {
      if (node.op.index() != op || (flags_.small && !node.small)) continue;
      const BoundNode bound(node);
      const Verdict verdict = entry.accepts(bound.view(), options());
      if (verdict) {
        run_case(entry, node, bound, row);
      } else {
        refusal = verdict.reason();
      }
    }
    if (row.cases == 0) {
      row.result = Row::Result::failed;
      row.remark = "accepted no case: " + refusal;
    }
    return row;
  }

  void run_case(const KernelEntry& entry, const NodeCase& node, const BoundNode& bound, Row& row) {
    ++row.cases;
    try {
      const std::vector<Tensor> wanted = reference_outputs(bound);
      const std::vector<Tensor> got = run_on(backend_, entry, bound, options());
      double error = 0;
      for (std::size_t i = 0; i < wanted.size(); ++i) {
        error = std::max(error, worst_error(got[i], wanted[i]));
      }
      if (error <= tolerance_for(node.op, flags_.precision)) {
        row.worst = std::max(row.worst, error);
      } else if (node.holds_nan && !must_keep_nan(entry)) {
        note(row, Row::Result::noted, "loses NaN", node);
      } else {
        note(row, Row::Result::failed, fmt::format("error {:.2e}", error), node);
      }
    } catch (const std::exception& error) {
      note(row, Row::Result::failed, error.what(), node);
    }
  }

  static void note(Row& row, Row::Result result, const std::string& what, const NodeCase& node) {
    if (row.result != Row::Result::failed) row.result = result;
    if (!row.remark.empty()) row.remark += "; ";
    row.remark += fmt::format("{} ({})", what, node.label);
  }

  BuildOptions options() const { return {1, flags_.precision, &backend_}; }

  Backend& backend_;
  Flags flags_;
};

int run(int argc, char** argv) {
  const Flags flags = parse(argc, argv);
  Backend& backend = flags.gpu ? cuda_backend("") : cpu_backend();
  fmt::print("{}: {}, {}\n", backend.info().name, backend.info().model, backend.info().libraries);
  return report(Parity(backend, flags).run(), flags.report) == 0 ? 0 : 1;
}

}  // namespace
}  // namespace keraunos::gpu_check

int main(int argc, char** argv) {
  return keraunos::gpu_check::exit_status([&] { return keraunos::gpu_check::run(argc, argv); });
}
