#include "runtime/keras/legacy_weights.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "runtime/base/fail.hpp"
#include "runtime/keras/legacy_leaves.hpp"

namespace keraunos::keras {
namespace {

bool has_scope(const LegacyVariable& variable, std::string_view scope) {
  return std::find(variable.scopes.begin(), variable.scopes.end(), scope) != variable.scopes.end();
}

// How many names of the leaf and of the models around it (without the outermost) the variable's
// name has; 0 where it lacks that of the leaf.
std::size_t match(const LegacyLeaf& leaf, const LegacyVariable& variable) {
  const std::string& name = leaf.names.back();
  const bool keras1 = variable.scopes.empty() && variable.name.starts_with(name + "_");
  if (!keras1 && !has_scope(variable, name)) return 0;
  std::size_t count = 1;
  for (std::size_t i = 1; i + 1 < leaf.names.size(); ++i) {
    if (has_scope(variable, leaf.names[i])) ++count;
  }
  return count;
}

class LegacyWeights final : public WeightSource {
 public:
  LegacyWeights(const file::H5Group& group, const file::Json& config, LegacyOrigin origin)
      : origin_(std::move(origin)),
        leaves_(leaves_of(config.at("config"))),
        variables_(leaves_.size()) {
    for (std::size_t i = 0; i < leaves_.size(); ++i) leaf_of_.emplace(leaves_[i].key(), i);
    distribute(group);
    for (std::size_t i = 0; i < leaves_.size(); ++i) convert(leaves_[i], variables_[i]);
  }

  std::optional<StoredWeight> find(const WeightPlace& place, std::size_t index,
                                   std::string_view name, const Shape&) override {
    const auto leaf = leaf_of_.find(fmt::format("{}", fmt::join(place.layers, "/")));
    if (leaf == leaf_of_.end()) return std::nullopt;
    LegacyVariables& variables = variables_[leaf->second];
    const auto [found, is_new] = found_.try_emplace({place.path, index}, nullptr);
    if (is_new) {
      found->second = choose_variable(variables, place, name);
      if (found->second != nullptr) found->second->taken = true;
    }
    return found->second == nullptr ? std::nullopt : std::optional(found->second->weight);
  }

  std::string describe(const WeightPlace& place, std::size_t index) const override {
    std::vector<std::string> names = place.layers;
    names.insert(names.end(), place.parts.begin(), place.parts.end());
    return fmt::format("variable {} of layer '{}' in the HDF5 file", index, fmt::join(names, "/"));
  }

  void refuse_unused() const override {
    std::vector<std::string> unused;
    for (const LegacyVariables& variables : variables_) {
      for (const LegacyVariable& variable : variables) {
        if (!variable.taken) unused.push_back(variable.weight.id);
      }
    }
    refuse_unused_weights(unused);
  }

 private:
  struct Group {
    std::string name;
    LegacyVariables variables;
  };
  using Indices = std::vector<std::size_t>;
  using Owners = std::vector<std::optional<std::size_t>>;  // of the variables of a group

  // Groups to layers ------------------------------------------------------------------------------

  void distribute(const file::H5Group& root) {
    std::map<std::string, Indices> leaves_under;  // of each layer of the outermost model
    for (std::size_t i = 0; i < leaves_.size(); ++i) {
      leaves_under[leaves_[i].names.front()].push_back(i);
    }
    std::vector<Group> groups;
    for (const std::string& name : split_strings(root, "layer_names")) {
      Group read{name, read_variables(root.group(name))};
      if (!read.variables.empty()) groups.push_back(std::move(read));
    }
    const bool named = std::all_of(groups.begin(), groups.end(), [&](const Group& group) {
      return leaves_under.contains(group.name);
    });
    const std::vector<std::string> tops = named ? std::vector<std::string>{} : weighted_tops();
    if (!named && tops.size() != groups.size()) {
      fail(ErrorCode::malformed_file,
           "the file has weights of {} layers ({}), the model {} layers with weights ({})",
           groups.size(), names_of(groups), tops.size(), fmt::join(tops, ", "));
    }
    for (std::size_t i = 0; i < groups.size(); ++i) {
      const Indices& leaves = leaves_under.at(named ? groups[i].name : tops[i]);
      assign(leaves, std::move(groups[i]));
    }
  }

  static std::string names_of(const std::vector<Group>& groups) {
    std::vector<std::string> names;
    for (const Group& group : groups) names.push_back(group.name);
    return fmt::format("{}", fmt::join(names, ", "));
  }

  // The layers of the outermost model that have weights, in order.
  std::vector<std::string> weighted_tops() const {
    std::vector<std::string> tops;
    for (const LegacyLeaf& leaf : leaves_) {
      const bool is_known = !tops.empty() && tops.back() == leaf.names.front();
      if (leaf.weighted && !is_known) tops.push_back(leaf.names.front());
    }
    return tops;
  }

  // Variables to the layers of a nested model -----------------------------------------------------

  void assign(const Indices& leaves, Group group) {
    if (leaves.size() == 1 && leaves_[leaves[0]].names.size() == 1) {
      variables_[leaves[0]] = std::move(group.variables);
      return;
    }
    Owners owners;
    for (const LegacyVariable& variable : group.variables) {
      owners.push_back(owner_by_name(leaves, variable));
    }
    own_adapted(leaves, group, owners);
    if (std::find(owners.begin(), owners.end(), std::nullopt) != owners.end()) {
      own_by_order(leaves, group, owners);
    }
    for (std::size_t i = 0; i < owners.size(); ++i) {
      if (owners[i]) variables_[*owners[i]].push_back(std::move(group.variables[i]));
    }
  }

  // Nothing where no name fits, or several do.
  std::optional<std::size_t> owner_by_name(const Indices& leaves,
                                           const LegacyVariable& variable) const {
    std::optional<std::size_t> owner;
    std::size_t best = 0;
    for (const std::size_t leaf : leaves) {
      const std::size_t fit = match(leaves_[leaf], variable);
      if (fit > 0 && fit == best) owner = std::nullopt;
      if (fit > best) owner = leaf;
      best = std::max(best, fit);
    }
    return owner;
  }

  // A Normalization that was adapted before its model called it has no scope in its names: these
  // variables belong to the layers of that class that no name belongs to, one after the other.
  void own_adapted(const Indices& leaves, const Group& group, Owners& owners) const {
    Indices adapted;
    for (const std::size_t leaf : leaves) {
      const bool named = std::find(owners.begin(), owners.end(), leaf) != owners.end();
      if (leaves_[leaf].class_name == "Normalization" && !named) adapted.push_back(leaf);
    }
    std::map<std::string, std::size_t> served;  // by the variable's name
    for (std::size_t i = 0; i < owners.size(); ++i) {
      const LegacyVariable& variable = group.variables[i];
      const bool is_statistic =
          variable.name == "mean" || variable.name == "variance" || variable.name == "count";
      if (owners[i] || !variable.scopes.empty() || !is_statistic) continue;
      const std::size_t number = served[variable.name]++;
      if (number < adapted.size()) owners[i] = adapted[number];
    }
  }

  // All trainable variables stand in front of the others, each in the order of the layers; so the
  // layers that train come first. What has an owner without a scope keeps it.
  void own_by_order(const Indices& leaves, const Group& group, Owners& owners) const {
    const auto is_kept = [&](std::size_t i) {
      return owners[i] && group.variables[i].scopes.empty();
    };
    std::set<std::size_t> kept;
    for (std::size_t i = 0; i < owners.size(); ++i) {
      if (is_kept(i)) kept.insert(*owners[i]);
    }
    Indices order;
    for (const bool trainable : {true, false}) {
      for (const std::size_t leaf : leaves) {
        const bool wanted = leaves_[leaf].weighted && leaves_[leaf].trainable == trainable;
        if (wanted && !kept.contains(leaf)) order.push_back(leaf);
      }
    }
    std::vector<std::string> scopes;
    for (std::size_t i = 0; i < owners.size(); ++i) {
      if (is_kept(i)) continue;
      const std::string scope = outer_scope(leaves, group.variables[i]);
      const auto known = std::find(scopes.begin(), scopes.end(), scope);
      const auto position = static_cast<std::size_t>(known - scopes.begin());
      if (known == scopes.end()) scopes.push_back(scope);
      owners[i] = position < order.size() ? std::optional(order[position]) : std::nullopt;
    }
    if (scopes.size() != order.size()) {
      fail(ErrorCode::malformed_file,
           "the weights of the nested model '{}' cannot be told apart: they name {} layers, and {} "
           "layers in it have weights",
           group.name, scopes.size(), order.size());
    }
  }

  // The first scope that names no model around the leaves.
  std::string outer_scope(const Indices& leaves, const LegacyVariable& variable) const {
    for (const std::string& scope : variable.scopes) {
      const bool is_model = std::any_of(leaves.begin(), leaves.end(), [&](std::size_t leaf) {
        const auto& names = leaves_[leaf].names;
        return std::find(names.begin(), names.end() - 1, scope) != names.end() - 1;
      });
      if (!is_model) return scope;
    }
    return variable.name;
  }

  void convert(const LegacyLeaf& leaf, LegacyVariables& variables) const {
    within([&] { return fmt::format("weights of layer '{}'", leaf.key()); },
           [&] {
             if (!leaf.bidirectional) {
               convert_layout(variables, leaf.class_name, leaf.channels_first, origin_);
               return;
             }
             const auto middle =
                 variables.begin() + static_cast<std::ptrdiff_t>(variables.size() / 2);
             LegacyVariables forward(variables.begin(), middle);
             LegacyVariables backward(middle, variables.end());
             convert_layout(forward, leaf.class_name, leaf.channels_first, origin_);
             convert_layout(backward, leaf.class_name, leaf.channels_first, origin_);
             variables = std::move(forward);
             variables.insert(variables.end(), backward.begin(), backward.end());
           });
  }

  LegacyOrigin origin_;
  std::vector<LegacyLeaf> leaves_;
  std::vector<LegacyVariables> variables_;  // of each leaf
  std::map<std::string, std::size_t> leaf_of_;
  std::map<std::pair<std::string, std::size_t>, LegacyVariable*> found_;
};

}  // namespace

std::unique_ptr<WeightSource> open_legacy_weights(const file::H5Group& group,
                                                  const file::Json& config,
                                                  const LegacyOrigin& origin) {
  return std::make_unique<LegacyWeights>(group, config, origin);
}

}  // namespace keraunos::keras
