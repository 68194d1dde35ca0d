#include "runtime/keras/legacy_variables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace keraunos::keras {
namespace {

// Variables that inference has no use for.
constexpr std::array unused_names = {
    std::string_view("seed_generator_state"),
    std::string_view("StateVar"),
    std::string_view("renorm_mean"),
    std::string_view("renorm_stddev"),
    std::string_view("moving_stddev"),
    std::string_view("vector_u"),
    std::string_view("sn_u"),
    std::string_view("Variable"),
};

// What Keras 3 calls the variables of its layers: a file that has one of these names them all.
constexpr std::array known_names = {
    std::string_view("kernel"),
    std::string_view("bias"),
    std::string_view("recurrent_kernel"),
    std::string_view("gamma"),
    std::string_view("beta"),
    std::string_view("moving_mean"),
    std::string_view("moving_variance"),
    std::string_view("embeddings"),
    std::string_view("depthwise_kernel"),
    std::string_view("pointwise_kernel"),
    std::string_view("alpha"),
    std::string_view("scale"),
    std::string_view("mean"),
    std::string_view("variance"),
};

template <std::size_t n>
bool is_one_of(const std::array<std::string_view, n>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// "dense/kernel:0" in a group.
LegacyVariable read_variable(const file::H5Group& group, const std::string& path) {
  LegacyVariable variable{{}, {}, stored_weight(group.dataset(path)), false};
  std::string_view rest = path;
  for (std::size_t slash = rest.find('/'); slash != std::string_view::npos;
       slash = rest.find('/')) {
    variable.scopes.emplace_back(rest.substr(0, slash));
    rest.remove_prefix(slash + 1);
  }
  variable.name = rest.substr(0, rest.rfind(':'));
  return variable;
}

using Candidates = std::vector<LegacyVariable*>;

template <typename Accept>
Candidates untaken(LegacyVariables& variables, Accept accept) {
  Candidates candidates;
  for (LegacyVariable& variable : variables) {
    if (!variable.taken && accept(variable.name)) candidates.push_back(&variable);
  }
  return candidates;
}

// Keeps the candidates whose scopes say that they belong to the part; all where none say so.
void narrow(Candidates& candidates, std::string_view part, std::string_view part_name) {
  const auto keep = [&](auto&& accepts) {
    Candidates kept;
    for (LegacyVariable* const candidate : candidates) {
      if (std::any_of(candidate->scopes.begin(), candidate->scopes.end(), accepts)) {
        kept.push_back(candidate);
      }
    }
    if (!kept.empty()) candidates = std::move(kept);
  };
  if (!part_name.empty()) keep([&](const std::string& scope) { return scope == part_name; });
  constexpr std::string_view dense = "_dense";
  if (part == "forward_layer" || part == "backward_layer") {
    const std::string_view direction = part.substr(0, part.find('_'));
    keep([&](const std::string& scope) { return scope.starts_with(direction); });
  } else if (part.ends_with(dense)) {  // the projections of MultiHeadAttention
    std::string_view projection = part.substr(0, part.size() - dense.size());
    if (projection.starts_with("_")) projection.remove_prefix(1);
    if (projection == "output") projection = "attention_output";
    keep([&](const std::string& scope) { return scope == projection; });
  }
}

}  // namespace

std::vector<std::string> split_strings(const file::H5Object& object, const std::string& name) {
  if (object.has_attribute(name)) return object.strings_attribute(name);
  std::vector<std::string> all;
  for (std::size_t i = 0;; ++i) {
    const std::string piece = fmt::format("{}{}", name, i);
    if (i > 0 && !object.has_attribute(piece)) return all;
    const auto strings = object.strings_attribute(piece);
    all.insert(all.end(), strings.begin(), strings.end());
  }
}

LegacyVariables read_variables(const file::H5Group& group) {
  LegacyVariables variables;
  for (const std::string& path : split_strings(group, "weight_names")) {
    LegacyVariable variable = read_variable(group, path);
    if (!is_one_of(unused_names, variable.name)) variables.push_back(std::move(variable));
  }
  return variables;
}

LegacyVariable* choose_variable(LegacyVariables& variables, const WeightPlace& place,
                                std::string_view name) {
  Candidates candidates = untaken(variables, [&](std::string_view it) { return it == name; });
  if (candidates.empty() && name.ends_with("kernel")) {
    candidates = untaken(variables, [](std::string_view it) { return it == "depthwise_kernel"; });
  }
  if (candidates.empty()) {  // names of Keras 1, or none at all: the order says which
    const bool named = std::any_of(variables.begin(), variables.end(),
                                   [](const auto& it) { return is_one_of(known_names, it.name); });
    if (!named) candidates = untaken(variables, [](std::string_view) { return true; });
  }
  for (std::size_t i = 0; i < place.parts.size(); ++i) {
    narrow(candidates, place.parts[i], place.part_names[i]);
  }
  return candidates.empty() ? nullptr : candidates.front();
}

}  // namespace keraunos::keras
