#include <fmt/format.h>
#include <gmock/gmock.h>
#include <zlib.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>

#include "runtime/exec/bind.hpp"
#include "runtime/exec/gpu_description.hpp"
#include "runtime/exec/loaded_model.hpp"
#include "runtime/file/json.hpp"
#include "runtime/plan/arena.hpp"
#include "runtime/plan/plan.hpp"
#include "tests/cuda/support/device_descriptions.hpp"

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
  const std::string json = ::testing::TempDir() + "keraunos_" + path.stem().string();
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

/// The bytes of a value in the GPU's arena, from the step that wrote it to the last that reads it.
struct Lifetime {
  std::size_t offset = 0;
  std::size_t bytes = 0;
  std::size_t written = 0;
  std::size_t last_read = 0;
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
      for (const Lifetime& it : lifetimes_) {
        if (it.written <= step && step <= it.last_read) live[it.offset] = rounded(it.bytes);
      }
      std::size_t sum = rounded(workspace(step));
      for (const auto& [offset, bytes] : live) sum += bytes;
      most = std::max(most, sum);
    }
    return most;
  }

 private:
  using Space = Location::Space;

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
      case Step::Kind::copy_to_device: return write(at, step.outputs[0], step.bytes, input_);
      case Step::Kind::copy_to_host: return read(at, step.inputs[0], graph_.outputs()[0]);
      case Step::Kind::view: {
        const Node& node = graph_.nodes()[next_node_++];
        lifetime_of_[node.outputs[0]] = lifetime_of_.at(node.inputs[0]);
        return;
      }
      case Step::Kind::kernel: return follow_kernel(at);
      default: return;
    }
  }

  void follow_kernel(std::size_t at) {
    const Step& step = plan_.steps[at];
    const Node& node = graph_.nodes()[next_node_++];
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      if (step.inputs[i].space == Space::device) read(at, step.inputs[i], node.inputs[i]);
    }
    if (step.workspace.space == Space::device) {
      arena_.write(step.workspace.offset, workspace(at), at);
    }
    for (std::size_t i = 0; i < node.outputs.size(); ++i) {
      if (step.outputs[i].space != Space::device) continue;
      write(at, step.outputs[i], step.report.placement.bytes, node.outputs[i]);
    }
  }

  void write(std::size_t step, const Location& at, std::size_t bytes, ValueId value) {
    arena_.write(at.offset, bytes, step);
    lifetime_of_[value] = lifetimes_.size();
    lifetimes_.push_back({at.offset, bytes, step, step});
  }

  void read(std::size_t step, const Location& at, ValueId value) {
    Lifetime& it = lifetimes_[lifetime_of_.at(value)];
    EXPECT_EQ(at.offset, it.offset) << plan_.steps[step].report.layer;
    EXPECT_EQ(arena_.writer_of(it.offset, it.bytes), it.written)
        << plan_.steps[step].report.layer << " reads what another step wrote over";
    it.last_read = step;
  }

  const Graph& graph_;
  const Plan& plan_;
  const ValueId input_ = graph_.inputs()[0];
  NodeId next_node_ = 0;
  Arena arena_;
  std::vector<Lifetime> lifetimes_;
  std::map<ValueId, std::size_t> lifetime_of_;
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
