#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "keraunos/npz.hpp"
#include "keraunos/session.hpp"
#include "runtime/base/fail.hpp"
#include "runtime/file/json.hpp"
#include "tests/gpu/measure.hpp"

// Runs all golden cases, which real Keras made, in one process: starting one for each would take
// most of the time that a GPU check has.

namespace keraunos::gpu_check {
namespace {

namespace fs = std::filesystem;

constexpr const char* usage =
    "usage: golden FOLDER [--device gpu|cpu] [--precision PRECISION] [--part I/N] [--report FILE]\n"
    "\n"
    "Runs each NAME.keras of FOLDER (with --part every N-th of them, from the I-th) on inputs from "
    "NAME.npz and compares with the outputs there:\n"
    "rN.input_0 ... and rN.output_0 ... of runs N = 0, 1, ...\n"
    "Exits 1 where an output differs, 77 where there is no such device.\n";

/// Networks that are off by more than others in one precision, and why.
struct Exception {
  std::string_view name;
  Precision precision;
  double tolerance;
};
constexpr Exception exceptions[] = {
    // A few cells through three networks, and nothing averages out what each layer rounds.
    {"nested_three_deep", Precision::bfloat16, 3e-2},
    // Logarithms of squares of sums that cancel.
    {"stft_spectrogram", Precision::bfloat16, 1e-1},
};

double tolerance_of(std::string_view name, Precision precision) {
  for (const Exception& it : exceptions) {
    if (it.name == name && it.precision == precision) return it.tolerance;
  }
  return tolerance_in(precision);
}

struct Flags {
  fs::path folder;
  SessionOptions session;
  std::string report;
  std::size_t part = 0;
  std::size_t parts = 1;
  std::map<std::string, double> tolerances;  // of cases that have their own
};

/// The tolerances that index.json says are a case's own, relative and absolute together: errors
/// here are relative to the largest value.
std::map<std::string, double> own_tolerances(const fs::path& folder) {
  std::ostringstream text;
  text << std::ifstream(folder / "index.json").rdbuf();
  std::map<std::string, double> tolerances;
  for (const file::Json entry : file::Json::parse(text.str()).elements()) {
    double& tolerance = tolerances[std::string(entry.at("name").as_string())];
    for (const std::string_view key : {"rtol", "atol"}) {
      if (const auto own = entry.find(key)) tolerance += own->as_double();
    }
  }
  return tolerances;
}

Flags parse(int argc, char** argv) {
  if (argc < 2) fail(ErrorCode::invalid_argument, "no FOLDER\n{}", usage);
  Flags flags;
  flags.folder = argv[1];
  flags.session.device = Device::gpu;
  flags.session.precision = Precision::float32;
  for (int i = 2; i < argc; i += 2) {
    const std::string name = argv[i];
    const std::string value = i + 1 < argc ? argv[i + 1] : "";
    if (name == "--device" && (value == "gpu" || value == "cpu")) {
      flags.session.device = value == "gpu" ? Device::gpu : Device::cpu;
    } else if (name == "--precision" && precision_from(value)) {
      flags.session.precision = *precision_from(value);
    } else if (name == "--part" &&
               std::sscanf(value.c_str(), "%zu/%zu", &flags.part, &flags.parts) == 2) {
    } else if (name == "--report" && !value.empty()) {
      flags.report = value;
    } else {
      fail(ErrorCode::invalid_argument, "{} {}\n{}", name, value, usage);
    }
  }
  return flags;
}

/// The arrays "r<run>.<kind>_0", "r<run>.<kind>_1", ...: none where there is no such run.
std::vector<const Tensor*> arrays_of(const NamedTensors& arrays, int run, const char* kind) {
  std::vector<const Tensor*> found;
  while (true) {
    const std::string wanted = fmt::format("r{}.{}_{}", run, kind, found.size());
    const auto array = std::find_if(arrays.begin(), arrays.end(),
                                    [&](const auto& named) { return named.first == wanted; });
    if (array == arrays.end()) return found;
    found.push_back(&array->second);
  }
}

/// numpy has no bfloat16: it is recorded as float32.
Tensor as_recorded(Tensor output) {
  return output.dtype() == DType::bfloat16 ? output.cast(DType::float32) : std::move(output);
}

double check_run(Session& session, const std::vector<const Tensor*>& inputs,
                 const std::vector<const Tensor*>& wanted) {
  std::vector<TensorView> views;
  for (const Tensor* input : inputs) views.push_back(input->view());
  std::vector<Tensor> got = session.run(views);
  if (got.size() != wanted.size()) {
    fail(ErrorCode::internal, "{} outputs, Keras has {}", got.size(), wanted.size());
  }
  double worst = 0;
  for (std::size_t i = 0; i < got.size(); ++i) {
    worst = std::max(worst, worst_error(as_recorded(std::move(got[i])), *wanted[i]));
  }
  return worst;
}

Row check_case(const fs::path& model, const Flags& flags) {
  Row row;
  row.subject = model.stem().string();
  row.mode = to_string(flags.session.precision);
  try {
    Session session(Model::load(model.string()), flags.session);
    const NamedTensors arrays = load_npz(fs::path(model).replace_extension(".npz").string());
    for (;; ++row.cases) {
      const std::vector<const Tensor*> wanted = arrays_of(arrays, row.cases, "output");
      if (wanted.empty()) break;
      const double error = check_run(session, arrays_of(arrays, row.cases, "input"), wanted);
      row.worst = std::max(row.worst, error);
    }
    if (row.cases == 0) fail(ErrorCode::invalid_argument, "no recorded run");
    const auto own = flags.tolerances.find(row.subject);
    const double own_tolerance = own == flags.tolerances.end() ? 0 : own->second;
    if (row.worst > std::max(tolerance_of(row.subject, flags.session.precision), own_tolerance)) {
      row.result = Row::Result::failed;
    }
  } catch (const std::exception& error) {
    row.result = Row::Result::failed;
    row.remark = error.what();
  }
  return row;
}

int run(int argc, char** argv) {
  Flags flags = parse(argc, argv);
  flags.tolerances = own_tolerances(flags.folder);
  std::vector<fs::path> models;
  for (const auto& entry : fs::directory_iterator(flags.folder)) {
    if (entry.path().extension() == ".keras") models.push_back(entry.path());
  }
  if (models.empty()) {
    fail(ErrorCode::invalid_argument, "no .keras file in {}", flags.folder.string());
  }
  std::sort(models.begin(), models.end());
  if (flags.session.device == Device::gpu) {
    // Without a GPU every case would fail for that one reason.
    Session(Model::load(models.front().string()), flags.session);
  }
  std::vector<Row> rows;
  for (std::size_t i = flags.part; i < models.size(); i += flags.parts) {
    rows.push_back(check_case(models[i], flags));
  }
  return report(rows, flags.report) == 0 ? 0 : 1;
}

}  // namespace
}  // namespace keraunos::gpu_check

int main(int argc, char** argv) {
  return keraunos::gpu_check::exit_status([&] { return keraunos::gpu_check::run(argc, argv); });
}
