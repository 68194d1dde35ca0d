#include "runtime/plan/concat_parts.hpp"

#include <algorithm>
#include <optional>
#include <set>

namespace keraunos {
namespace {

using Parts = std::map<ValueId, ConcatPart>;

class Finder {
 public:
  Finder(const PlanRequest& request, const std::vector<TensorDesc>& descs)
      : request_(request), graph_(request.graph), descs_(descs), readers_(graph_.value_count()) {
    for (NodeId id = 0; id < graph_.nodes().size(); ++id) {
      for (const ValueId input : graph_.nodes()[id].inputs) readers_[input].push_back(id);
    }
    outputs_.insert(graph_.outputs().begin(), graph_.outputs().end());
  }

  Parts find() {
    Parts found;
    // The last first: it may hold those before it.
    for (NodeId id = graph_.nodes().size(); id-- > 0;) {
      const Node& node = graph_.nodes()[id];
      if (!joins_rows(node) || found.contains(node.inputs[0])) continue;
      if (const auto parts = parts_of(node.outputs[0])) found.insert(parts->begin(), parts->end());
    }
    return found;
  }

 private:
  // Of one whole; beyond that what could be saved is not worth the search.
  static constexpr std::size_t most_parts = 1000;
  // What cuDNN and the packed kernels are promised.
  static constexpr std::size_t alignment = 16;

  bool joins_rows(const Node& node) const {
    const auto* const concat = std::get_if<Concat>(&node.op);
    return concat != nullptr && concat->axis + 1 == descs_[node.outputs[0]].dims.size() &&
           descs_[node.outputs[0]].size() > 0;
  }

  /// Everything that lies in `whole`, or nothing where something cannot.
  std::optional<Parts> parts_of(ValueId whole) {
    Parts parts;
    std::vector<ValueId> joined = {whole};
    while (!joined.empty()) {
      const ValueId value = joined.back();
      joined.pop_back();
      const Node& node = graph_.nodes()[*graph_.producer(value)];
      ConcatPart part = {whole, 0, descs_[whole].dims.back()};
      if (value != whole) part = parts.at(value);
      for (const ValueId input : node.inputs) {
        if (parts.size() == most_parts || !may_be_part(input, part, node) ||
            !parts.emplace(input, part).second) {
          return std::nullopt;
        }
        if (joins_rows(graph_.nodes()[*graph_.producer(input)])) joined.push_back(input);
        part.first_cell += descs_[input].dims.back();
      }
    }
    for (const auto& [value, part] : parts) {
      if (!fits(value, parts)) return std::nullopt;
    }
    return parts;
  }

  /// What can be said without asking kernels.
  bool may_be_part(ValueId value, const ConcatPart& part, const Node& reader) const {
    const auto element = size_of(descs_[value].dtype);
    const auto is_aligned = [&](std::int64_t cells) {
      return static_cast<std::size_t>(cells) * element % alignment == 0;
    };
    const auto producer = graph_.producer(value);
    // What is empty is never made, so that it has no place.
    return producer && descs_[value].size() > 0 && !outputs_.contains(value) &&
           graph_.nodes()[*producer].outputs.size() == 1 &&
           std::count(reader.inputs.begin(), reader.inputs.end(), value) == 1 &&
           is_aligned(part.first_cell) && is_aligned(part.pitch);
  }

  /// True where what makes a part and what reads it takes its pitch. A concatenation that is a part
  /// or the whole runs no kernel.
  bool fits(ValueId value, const Parts& parts) const {
    const auto runs_with_pitches = [&](NodeId id) {
      const Node& node = graph_.nodes()[id];
      const ValueId result = node.outputs[0];
      if (joins_rows(node) && (parts.contains(result) || result == parts.at(value).whole)) {
        return true;
      }
      ConcreteNode concrete(graph_, node, descs_, request_.binding);
      set_pitches(concrete, parts);
      return takes_pitches(concrete, request_);
    };
    return runs_with_pitches(*graph_.producer(value)) &&
           std::all_of(readers_[value].begin(), readers_[value].end(), runs_with_pitches);
  }

  const PlanRequest& request_;
  const Graph& graph_;
  const std::vector<TensorDesc>& descs_;
  std::vector<std::vector<NodeId>> readers_;
  std::set<ValueId> outputs_;
};

}  // namespace

void set_pitches(ConcreteNode& node, const std::map<ValueId, ConcatPart>& parts) {
  const auto pitch_of = [&](ValueId value) {
    const auto found = parts.find(value);
    return found == parts.end() ? std::int64_t{0} : found->second.pitch;
  };
  for (const ValueId input : node.node.inputs) node.input_pitches.push_back(pitch_of(input));
  node.output_pitch = pitch_of(node.node.outputs[0]);
}

std::map<ValueId, ConcatPart> find_concat_parts(const PlanRequest& request,
                                                const std::vector<TensorDesc>& descs) {
  if (request.gpu == nullptr) return {};
  return Finder(request, descs).find();
}

}  // namespace keraunos
