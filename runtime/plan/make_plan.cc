#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <set>

#include "runtime/base/checked.hpp"
#include "runtime/base/fail.hpp"
#include "runtime/plan/bind_descs.hpp"
#include "runtime/plan/choose_kernel.hpp"
#include "runtime/plan/concat_parts.hpp"
#include "runtime/plan/plan.hpp"
#include "runtime/plan/storage.hpp"

namespace keraunos {
namespace {

using Space = Location::Space;

constexpr std::size_t end_of_plan = std::numeric_limits<std::size_t>::max();

std::string_view copy_name(Step::Kind kind) {
  switch (kind) {
    case Step::Kind::upload:
    case Step::Kind::copy_to_device: return "to device";
    case Step::Kind::copy_to_host: return "to host";
    case Step::Kind::copy_on_device: return "on device";
    default: return "copy";
  }
}

class PlanBuilder {
 public:
  explicit PlanBuilder(const PlanRequest& request)
      : request_(request), graph_(request.graph), homes_(graph_.value_count()) {}

  Plan build();

 private:
  // Where a value lives, on the host and on the GPU: one of them, or both after a copy.
  struct Home {
    std::optional<StorageId> host;
    std::optional<StorageId> device;
  };
  // The storages of a step, until they have been placed.
  struct StepStorages {
    std::vector<StorageId> inputs;
    std::vector<StorageId> outputs;
    std::optional<StorageId> workspace;
  };

  void count_reads();
  void add_inputs();
  void add_node(const Node& node);
  bool makes_nothing(const Node& node) const;
  void add_view(const Node& node);
  void add_joined(const Node& node);
  void add_kernel(const Node& node);
  void add_outputs();
  void resolve_locations();
  void refuse_beyond_limit() const;

  std::size_t next_step() const { return plan_.steps.size(); }
  StorageId new_storage(Space space, std::size_t bytes);
  const Home& home_of(ValueId value);
  StorageId home_on(ValueId value, bool on_device);
  StorageId copied_to_device(ValueId value, StorageId source);
  StorageId copied_to_host(ValueId value, StorageId source);
  StorageId part_storage(ValueId value, const ConcatPart& part);
  StorageId result_storage(const Node& node, std::size_t output, bool on_device);
  std::optional<StorageId> storage_to_overwrite(const Node& node, bool on_device);
  Step& add_step(Step::Kind kind, StepStorages storages, const std::string& layer,
                 const TensorDesc& result);
  void add_copy(Step::Kind kind, ValueId value, StorageId source, StorageId target,
                std::optional<StorageId> workspace = std::nullopt);

  const PlanRequest& request_;
  const Graph& graph_;
  Plan plan_;
  std::vector<TensorDesc> descs_;
  std::vector<std::size_t> reads_;  // per value: nodes and outputs that read it
  std::vector<Home> homes_;
  StorageTable storages_;
  std::vector<StepStorages> step_storages_;
  std::map<ValueId, ConcatPart> parts_;
  std::map<ValueId, StorageId> wholes_;
  std::set<StorageId> arriving_;  // copies to the host that nobody has waited for
};

Plan PlanBuilder::build() {
  plan_.binding = request_.binding;
  plan_.state_count = graph_.state_count();
  descs_ = bind_descs(request_);
  count_reads();
  parts_ = find_concat_parts(request_, descs_);
  add_inputs();
  for (const Node& node : graph_.nodes()) add_node(node);
  add_outputs();
  resolve_locations();
  return std::move(plan_);
}

void PlanBuilder::count_reads() {
  reads_.assign(graph_.value_count(), 0);
  for (const Node& node : graph_.nodes()) {
    for (const ValueId input : node.inputs) ++reads_[input];
  }
  for (const ValueId output : graph_.outputs()) ++reads_[output];
}

StorageId PlanBuilder::new_storage(Space space, std::size_t bytes) {
  return storages_.add({.space = bytes == 0 ? Space::nowhere : space,
                        .bytes = bytes,
                        .first_step = next_step(),
                        .last_step = next_step()});
}

void PlanBuilder::add_inputs() {
  for (std::size_t i = 0; i < graph_.inputs().size(); ++i) {
    const ValueId value = graph_.inputs()[i];
    const Memory memory =
        i < request_.input_memory.size() ? request_.input_memory[i] : Memory::host;
    Home& home = homes_[value];
    (memory == Memory::gpu ? home.device : home.host) =
        storages_.add({.space = Space::input, .index = i});
    plan_.inputs.push_back(descs_[value]);
    plan_.input_memory.push_back(memory);
  }
}

bool PlanBuilder::makes_nothing(const Node& node) const {
  return std::all_of(node.outputs.begin(), node.outputs.end(),
                     [&](ValueId output) { return descs_[output].size() == 0; });
}

void PlanBuilder::add_node(const Node& node) {
  within([&] { return node.layer; },
         [&] {
           if (std::holds_alternative<View>(node.op)) {
             add_view(node);
           } else if (std::holds_alternative<Concat>(node.op) && parts_.contains(node.inputs[0])) {
             add_joined(node);
           } else if (makes_nothing(node)) {
             for (const ValueId output : node.outputs) {
               homes_[output].host = new_storage(Space::nowhere, 0);
             }
           } else {
             add_kernel(node);
           }
         });
}

Step& PlanBuilder::add_step(Step::Kind kind, StepStorages storages, const std::string& layer,
                            const TensorDesc& result) {
  const std::size_t step = next_step();
  for (const StorageId input : storages.inputs) storages_.touch(input, step);
  for (const StorageId output : storages.outputs) storages_.touch(output, step);
  step_storages_.push_back(std::move(storages));
  Step& added = plan_.steps.emplace_back();
  added.kind = kind;
  added.report.layer = layer;
  added.report.dims = result.dims;
  added.report.placement.bytes = result.bytes();
  return added;
}

void PlanBuilder::add_view(const Node& node) {
  const Home source = home_of(node.inputs[0]);
  homes_[node.outputs[0]] = source;
  const StorageId storage = source.host ? *source.host : *source.device;
  storages_.finish_read(storage);
  storages_.expect_reads(storage, reads_[node.outputs[0]]);
  Step& step =
      add_step(Step::Kind::view, {{storage}, {storage}, {}}, node.layer, descs_[node.outputs[0]]);
  step.report.op = View::name;
  step.report.kernel = "view";
  step.report.attributes = describe(node.op);
}

// A concatenation whose inputs were written where they belong.
void PlanBuilder::add_joined(const Node& node) {
  const ValueId result = node.outputs[0];
  const auto part = parts_.find(result);
  const StorageId storage =
      part == parts_.end() ? wholes_.at(result) : part_storage(result, part->second);
  StepStorages storages = {{}, {storage}, {}};
  for (const ValueId input : node.inputs) {
    storages.inputs.push_back(*homes_[input].device);
    storages_.finish_read(storages.inputs.back());
  }
  storages_.expect_reads(storage, reads_[result]);
  homes_[result].device = storage;
  Step& step = add_step(Step::Kind::view, std::move(storages), node.layer, descs_[result]);
  step.report.op = Concat::name;
  step.report.kernel = "in place";
  step.report.attributes = describe(node.op);
  step.report.placement.pitch = part == parts_.end() ? 0 : part->second.pitch;
}

void PlanBuilder::add_kernel(const Node& node) {
  ConcreteNode concrete(graph_, node, descs_, request_.binding);
  set_pitches(concrete, parts_);
  KernelChoice choice = choose_kernel(concrete, request_);

  StepStorages storages;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    storages.inputs.push_back(
        concrete.constants[i] != nullptr
            ? storages_.add({.space = Space::constant, .pointer = choice.raw[i]})
            : home_on(node.inputs[i], choice.on_device));
  }
  for (std::size_t i = 0; i < node.outputs.size(); ++i) {
    storages.outputs.push_back(result_storage(node, i, choice.on_device));
  }
  const Space arena = choice.on_device ? Space::device : Space::host;
  if (const std::size_t bytes = choice.kernel->workspace_bytes(); bytes > 0) {
    storages.workspace = new_storage(arena, bytes);
  }
  bool wait = false;
  for (const StorageId input : storages.inputs) {
    wait = wait || (!choice.on_device && arriving_.contains(input));
    storages_.finish_read(input);
  }
  if (wait) arriving_.clear();

  Step& step =
      add_step(Step::Kind::kernel, std::move(storages), node.layer, descs_[node.outputs[0]]);
  step.on_device = choice.on_device;
  step.wait_before = wait;
  step.kernel = std::move(choice.kernel);
  step.report.engine = step.kernel->engine();
  step.report.launches = choice.on_device ? step.kernel->launches() : 0;
  step.report.op = name_of(node.op);
  step.report.attributes = describe(node.op);
  step.report.placement.pitch = concrete.output_pitch;
  step.report.kernel = std::move(choice.name);
  step.report.device = (choice.on_device ? *request_.gpu : request_.cpu).info().name;
  step.report.refusals = std::move(choice.refusals);
}

// The storage of input 0, where the op may write over it and nothing else needs it any more.
std::optional<StorageId> PlanBuilder::storage_to_overwrite(const Node& node, bool on_device) {
  if (!may_run_in_place(node.op)) return std::nullopt;
  const Home& source = homes_[node.inputs[0]];
  const auto id = on_device ? source.device : source.host;
  const bool only_home = !(source.host && source.device);
  if (!id || !only_home) return std::nullopt;
  const Storage& storage = storages_[*id];
  const bool in_arena = storage.space == Space::host || storage.space == Space::device;
  const bool fits = storage.bytes == descs_[node.outputs[0]].bytes();
  return in_arena && !storage.whole && storage.pending_reads == 1 && fits ? id : std::nullopt;
}

// The whole is there from the first of its parts on.
StorageId PlanBuilder::part_storage(ValueId value, const ConcatPart& part) {
  const auto [whole, is_new] = wholes_.try_emplace(part.whole);
  if (is_new) whole->second = new_storage(Space::device, descs_[part.whole].bytes());
  const TensorDesc& desc = descs_[value];
  return storages_.add({.space = Space::device,
                        .bytes = desc.bytes(),
                        .whole = whole->second,
                        .offset = static_cast<std::size_t>(part.first_cell) * size_of(desc.dtype)});
}

StorageId PlanBuilder::result_storage(const Node& node, std::size_t output, bool on_device) {
  const ValueId result = node.outputs[output];
  if (const auto part = parts_.find(result); part != parts_.end()) {
    const StorageId storage = part_storage(result, part->second);
    storages_.expect_reads(storage, reads_[result]);
    homes_[result].device = storage;
    return storage;
  }
  const auto overwritten =
      output == 0 ? storage_to_overwrite(node, on_device) : std::optional<StorageId>();
  const StorageId storage =
      overwritten ? *overwritten
                  : new_storage(on_device ? Space::device : Space::host, descs_[result].bytes());
  storages_.expect_reads(storage, reads_[result]);
  (on_device ? homes_[result].device : homes_[result].host) = storage;
  return storage;
}

// A weight has a home only where it is read as any other value is: behind a view, or as a result.
const PlanBuilder::Home& PlanBuilder::home_of(ValueId value) {
  Home& home = homes_[value];
  if (const auto& constant = graph_.value(value).constant; constant && !home.host) {
    home.host =
        storages_.add({.space = Space::constant, .pointer = request_.cpu_weights.raw(constant)});
  }
  return home;
}

StorageId PlanBuilder::home_on(ValueId value, bool on_device) {
  const Home home = home_of(value);
  if (on_device) return home.device ? *home.device : copied_to_device(value, *home.host);
  return home.host ? *home.host : copied_to_host(value, *home.device);
}

void PlanBuilder::add_copy(Step::Kind kind, ValueId value, StorageId source, StorageId target,
                           std::optional<StorageId> workspace) {
  const auto producer = graph_.producer(value);
  const std::string layer = producer ? graph_.nodes()[*producer].layer : "input";
  const bool waits = kind == Step::Kind::copy && arriving_.contains(source);
  Step& step = add_step(kind, {{source}, {target}, workspace}, layer, descs_[value]);
  step.wait_before = waits;
  if (waits) arriving_.clear();
  step.bytes = step.report.placement.bytes;
  step.report.op = "Copy";
  step.report.kernel = copy_name(kind);
  step.report.device = (kind == Step::Kind::copy ? request_.cpu : *request_.gpu).info().name;
}

StorageId PlanBuilder::copied_to_device(ValueId value, StorageId source) {
  const std::size_t bytes = descs_[value].bytes();
  const StorageId target = new_storage(Space::device, bytes);
  if (storages_[source].space == Space::input && bytes > 0) {
    // The caller's memory is pageable; the host arena of a GPU plan is pinned.
    const StorageId staging = new_storage(Space::host, std::min(bytes, 2 * upload_part_bytes));
    add_copy(Step::Kind::upload, value, source, target, staging);
    source = staging;
  } else if (bytes > 0) {
    add_copy(Step::Kind::copy_to_device, value, source, target);
  }
  storages_.touch(source, end_of_plan);  // the GPU may read it late
  homes_[value].device = target;
  return target;
}

StorageId PlanBuilder::copied_to_host(ValueId value, StorageId source) {
  const std::size_t bytes = descs_[value].bytes();
  const StorageId target = new_storage(Space::host, bytes);
  if (bytes > 0) add_copy(Step::Kind::copy_to_host, value, source, target);
  arriving_.insert(target);
  homes_[value].host = target;
  return target;
}

// Results that live in an arena move into the caller's memory; everything else is copied.
void PlanBuilder::add_outputs() {
  for (std::size_t i = 0; i < graph_.outputs().size(); ++i) {
    const ValueId value = graph_.outputs()[i];
    const std::size_t bytes = descs_[value].bytes();
    const Memory memory =
        i < request_.output_memory.size() ? request_.output_memory[i] : Memory::host;
    const bool on_device = memory == Memory::gpu;
    plan_.outputs.push_back(descs_[value]);
    plan_.output_memory.push_back(memory);
    if (bytes == 0) continue;
    const StorageId home = home_on(value, on_device);
    Storage& storage = storages_[home];
    const Space arena = on_device ? Space::device : Space::host;
    const bool movable = storage.space == arena && storage.bytes == bytes &&
                         !arriving_.contains(home) && storage.last_step != end_of_plan;
    if (movable) {
      storage.space = Space::output;
      storage.index = i;
    } else {
      const StorageId target = storages_.add({.space = Space::output, .index = i});
      add_copy(on_device ? Step::Kind::copy_on_device : Step::Kind::copy, value, home, target);
    }
  }
}

void PlanBuilder::resolve_locations() {
  const std::vector<Location> locations = storages_.place(plan_);
  for (std::size_t i = 0; i < plan_.steps.size(); ++i) {
    Step& step = plan_.steps[i];
    const StepStorages& storages = step_storages_[i];
    for (const StorageId input : storages.inputs) step.inputs.push_back(locations[input]);
    for (const StorageId output : storages.outputs) step.outputs.push_back(locations[output]);
    if (storages.workspace) step.workspace = locations[*storages.workspace];
    plan_.max_arguments = std::max({plan_.max_arguments, step.inputs.size(), step.outputs.size()});
  }
  refuse_beyond_limit();
}

// Outputs are memory as activations are, wherever the caller has it.
void PlanBuilder::refuse_beyond_limit() const {
  std::size_t host_outputs = 0;
  std::size_t device_outputs = 0;
  for (std::size_t i = 0; i < plan_.outputs.size(); ++i) {
    std::size_t& sum = plan_.output_memory[i] == Memory::gpu ? device_outputs : host_outputs;
    sum = checked_add(sum, plan_.outputs[i].bytes());
  }
  const std::size_t most = request_.max_activation_bytes;
  if (checked_add(plan_.host_bytes, host_outputs) <= most &&
      checked_add(plan_.device_bytes, device_outputs) <= most) {
    return;
  }
  fail(ErrorCode::out_of_memory,
       "the activations need {} bytes of host and {} bytes of device memory, and the outputs {} "
       "and {}; the limit is {} (SessionOptions::max_activation_bytes, --max-activation-bytes)",
       plan_.host_bytes, plan_.device_bytes, host_outputs, device_outputs, most);
}

}  // namespace

Plan make_plan(const PlanRequest& request) { return PlanBuilder(request).build(); }

}  // namespace keraunos
