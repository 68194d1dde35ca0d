#include <fmt/format.h>
#include <gmock/gmock.h>
#include <zlib.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <optional>

#include "runtime/exec/bind.hpp"
#include "runtime/exec/gpu_description.hpp"
#include "runtime/exec/loaded_model.hpp"
#include "runtime/file/json.hpp"
#include "runtime/plan/arena.hpp"
#include "runtime/plan/plan.hpp"
#include "tests/cuda/support/device_descriptions.hpp"
#include "tests/support/temporary_path.hpp"

// The GPU memory of plans: for every network of keras.applications, on a described GPU.

namespace keraunos::cuda {
namespace {

namespace fs = std::filesystem;

constexpr const char* networks = KERAUNOS_SOURCE_DIR "/tests/summaries/networks";

/// The model's JSON in one of the files of tests/summaries/networks.
std::string architecture_in(const fs::path& path) {
  std::string text;
  const gzFile file = gzopen(path.c_str(), "rb");
  std::array<char, 1 << 16> part;
  for (int read = 0; (read = gzread(file, part.data(), part.size())) > 0;) {
    text.append(part.data(), static_cast<std::size_t>(read));
  }
  gzclose(file);
  return file::Json::parse(text).at("architecture").text();
}

std::shared_ptr<const LoadedModel> load_without_weights(const fs::path& path) {
  const std::string json = temporary_path(path.stem());
  std::ofstream(json) << architecture_in(path);
  LoadOptions options;
  options.zero_weights = true;
  return load_model(json, options);
}

/// What is known of the bytes of an arena while the steps of a plan are followed.
class Arena {
 public:
  /// Step `step` writes here what others will read.
  void write(std::size_t offset, std::size_t bytes, std::size_t step) {
    cut(offset);
    cut(offset + bytes);
    writers_.erase(writers_.lower_bound(offset), writers_.lower_bound(offset + bytes));
    writers_[offset] = {offset + bytes, step};
  }

  /// The one step that wrote all of these bytes last; nothing where there were several or none.
  std::optional<std::size_t> writer_of(std::size_t offset, std::size_t bytes) const {
    const auto behind = writers_.upper_bound(offset);
    if (behind == writers_.begin()) return std::nullopt;
    const auto& [start, part] = *std::prev(behind);
    return part.end >= offset + bytes ? std::optional(part.step) : std::nullopt;
  }

 private:
  struct Part {
    std::size_t end;
    std::size_t step;
  };

  /// Makes a part with `offset` inside two.
  void cut(std::size_t offset) {
    const auto behind = writers_.lower_bound(offset);
    if (behind == writers_.begin()) return;
    Part& part = std::prev(behind)->second;
    if (part.end <= offset) return;
    writers_[offset] = part;
    part.end = offset;
  }

  std::map<std::size_t, Part> writers_;  // by their start
};

/// Rows of bytes, `pitch` from each to the next; a dense value is one row.
struct Region {
  std::size_t offset = 0;
  std::size_t row = 0;
  std::size_t pitch = 0;
  std::size_t rows = 1;
};

Region region_of(const Step& step, const Location& at) {
  const Placement& placement = step.report.placement;
  if (placement.pitch == 0) return {at.offset, placement.bytes, 0, 1};
  const Dims& dims = step.report.dims;
  const auto rows = static_cast<std::size_t>(element_count(dims) / dims.back());
  const std::size_t row = placement.bytes / rows;
  const std::size_t element = row / static_cast<std::size_t>(dims.back());
  return {at.offset, row, static_cast<std::size_t>(placement.pitch) * element, rows};
}

/// Memory that a value, or a concatenation written in parts, takes from its first write to its last
/// read.
struct Lifetime {
  std::size_t offset = 0;
  std::size_t bytes = 0;
  std::size_t first = 0;
  std::size_t last = 0;
};

/// Follows a plan step by step, beside the graph that it was made from.
class Follower {
 public:
  Follower(const Graph& graph, const Plan& plan) : graph_(graph), plan_(plan) {
    for (std::size_t step = 0; step < plan.steps.size(); ++step) follow(step);
  }

  /// The most that has to be there at one time: at any step, the values that it or a later one
  /// reads, and its scratch memory.
  std::size_t largest_live_set() const {
    std::size_t most = 0;
    for (std::size_t step = 0; step < plan_.steps.size(); ++step) {
      std::map<std::size_t, std::size_t>
          live;  // by offset: a result may stand where an operand was
      for (const auto& [value, it] : lifetimes_) {
        if (it.first <= step && step <= it.last) live[it.offset] = rounded(it.bytes);
      }
      std::size_t sum = rounded(workspace(step));
      for (const auto& [offset, bytes] : live) sum += bytes;
      most = std::max(most, sum);
    }
    return most;
  }

 private:
  using Space = Location::Space;

  /// A value that one step wrote.
  struct Written {
    Region region;
    std::size_t step = 0;
  };

  static std::size_t rounded(std::size_t bytes) {
    return (bytes + arena_alignment - 1) / arena_alignment * arena_alignment;
  }

  std::size_t workspace(std::size_t step) const {
    const Kernel* const kernel = plan_.steps[step].kernel.get();
    return kernel == nullptr ? 0 : kernel->workspace_bytes();
  }

  void follow(std::size_t at) {
    const Step& step = plan_.steps[at];
    switch (step.kind) {
      case Step::Kind::upload:
      case Step::Kind::copy_to_device: return write(at, step.outputs[0], graph_.inputs()[0]);
      case Step::Kind::copy_to_host: return read(at, graph_.outputs()[0]);
      case Step::Kind::view: return follow_view(at);
      case Step::Kind::kernel: return follow_kernel(at);
      default: return;
    }
  }

  void follow_view(std::size_t at) {
    const Node& node = graph_.nodes()[next_node_++];
    const ValueId result = node.outputs[0];
    const Placement& placement = plan_.steps[at].report.placement;
    parts_of_[result] = node.inputs;
    if (!std::holds_alternative<Concat>(node.op) || placement.pitch != 0) return;
    // The whole, which has been there since its first part was written.
    Lifetime whole = {plan_.steps[at].outputs[0].offset, placement.bytes, at, at};
    for_each_part(result, [&](ValueId part) {
      const auto own = lifetimes_.extract(part);
      whole.first = std::min(whole.first, own.mapped().first);
      whole.last = std::max(whole.last, own.mapped().last);
      whole_of_[part] = result;
    });
    lifetimes_[result] = whole;
  }

  void follow_kernel(std::size_t at) {
    const Step& step = plan_.steps[at];
    const Node& node = graph_.nodes()[next_node_++];
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      if (step.inputs[i].space != Space::device) continue;
      EXPECT_EQ(step.inputs[i].offset, offset_of(node.inputs[i])) << step.report.layer;
      read(at, node.inputs[i]);
    }
    if (step.workspace.space == Space::device) {
      arena_.write(step.workspace.offset, workspace(at), at);
    }
    if (step.outputs[0].space == Space::device) write(at, step.outputs[0], node.outputs[0]);
  }

  void write(std::size_t at, const Location& location, ValueId value) {
    const Region region = region_of(plan_.steps[at], location);
    for (std::size_t row = 0; row < region.rows; ++row) {
      arena_.write(region.offset + row * region.pitch, region.row, at);
    }
    written_[value] = {region, at};
    lifetimes_[value] = {region.offset, region.row * region.rows, at, at};
  }

  /// What views and concatenations in place are made of; of other values, themselves.
  template <typename Visit>
  void for_each_part(ValueId value, const Visit& visit) const {
    const auto parts = parts_of_.find(value);
    if (parts == parts_of_.end()) return visit(value);
    for (const ValueId part : parts->second) for_each_part(part, visit);
  }

  std::size_t offset_of(ValueId value) const {
    std::size_t offset = std::numeric_limits<std::size_t>::max();
    for_each_part(
        value, [&](ValueId part) { offset = std::min(offset, written_.at(part).region.offset); });
    return offset;
  }

  void read(std::size_t at, ValueId value) {
    for_each_part(value, [&](ValueId part) {
      const auto& [region, step] = written_.at(part);
      for (std::size_t row = 0; row < region.rows; ++row) {
        ASSERT_EQ(arena_.writer_of(region.offset + row * region.pitch, region.row), step)
            << plan_.steps[at].report.layer << " reads what another step wrote over";
      }
      const auto whole = whole_of_.find(part);
      lifetimes_.at(whole == whole_of_.end() ? part : whole->second).last = at;
    });
  }

  const Graph& graph_;
  const Plan& plan_;
  NodeId next_node_ = 0;
  Arena arena_;
  std::map<ValueId, Written> written_;
  std::map<ValueId, std::vector<ValueId>> parts_of_;
  std::map<ValueId, ValueId> whole_of_;
  std::map<ValueId, Lifetime> lifetimes_;
};

Dims two_images(const LoadedModel& model) {
  Dims dims = {2};
  for (std::size_t axis = 1; axis < 4; ++axis) {
    dims.push_back(model.inputs[0].axes[axis].size.value_or(224));
  }
  return dims;
}

void check(const fs::path& network, Backend& gpu) {
  const auto model = load_without_weights(network);
  const Graph& graph = model->graph_for_gpu(Precision::float16, {DType::float32});
  const Binding binding = bind_inputs(*model, {two_images(*model)});
  const Plan plan = make_plan({.graph = graph,
                               .binding = binding,
                               .cpu = cpu_backend(),
                               .gpu = &gpu,
                               .cpu_weights = model->weights_on(cpu_backend()),
                               .gpu_weights = &model->weights_on(gpu),
                               .options = {1, Precision::float16},
                               .max_activation_bytes = std::size_t{1} << 40});
  const std::size_t bound = Follower(graph, plan).largest_live_set();
  EXPECT_GE(plan.device_bytes, bound);
  EXPECT_LE(static_cast<double>(plan.device_bytes), 1.05 * static_cast<double>(bound));
}

TEST(NetworkMemory, IsWhatLivesAtOnceAndNothingIsOverwrittenEarly) {
  KERAUNOS_NEED_CUDNN();
  Backend& gpu = described_backend(KERAUNOS_CUDA_LIBRARY_FILE, describe_gpu("h100"));
  std::size_t checked = 0;
  for (const auto& entry : fs::directory_iterator(networks)) {
    SCOPED_TRACE(entry.path().stem());
    check(entry.path(), gpu);
    ++checked;
  }
  EXPECT_EQ(checked, 40U);
}

}  // namespace
}  // namespace keraunos::cuda
