#include "runtime/keras/lost_operands.hpp"

#include <algorithm>
#include <array>

#include "runtime/base/fail.hpp"

namespace keraunos::keras {
namespace {

using file::Json;

std::string_view text(const Json& object, std::string_view key) {
  const auto found = object.is_object() ? object.find(key) : std::nullopt;
  return found && found->is_string() ? found->as_string() : std::string_view();
}

std::string_view function_of(const Json& entry) { return text(entry.at("config"), "function"); }

// The number of operands that the equation names.
std::size_t operand_count(const Json& entry) {
  const Json calls = entry.at("inbound_nodes");
  const bool recorded = calls.is_array() && calls.size() == 1 && calls[0].is_array() &&
                        calls[0].size() > 2 && calls[0][2].is_string();
  if (!recorded) return 0;
  const std::string_view equation = calls[0][2].as_string();
  return 1 +
         static_cast<std::size_t>(std::ranges::count(equation.substr(0, equation.find("->")), ','));
}

// False for what may give several tensors, of which any might be meant.
bool gives_one_tensor(const Json& entry) {
  constexpr std::array<std::string_view, 6> several = {"linalg.normalize", "math.top_k", "meshgrid",
                                                       "nn.moments",       "split",      "unstack"};
  if (std::ranges::count(several, function_of(entry)) > 0) return false;
  const Json config = entry.at("config");
  if (config.find("return_state").has_value() && config.at("return_state").is_bool() &&
      config.at("return_state").as_bool()) {
    return false;
  }
  if (config.contains("layers") && config.contains("output_layers")) {
    const Json outputs = config.at("output_layers");
    if (outputs.size() != 1) return false;
  }
  return entry.at("inbound_nodes").size() <= 1;
}

}  // namespace

bool is_tf_einsum(const Json& entry) {
  return text(entry, "class_name") == "TFOpLambda" && function_of(entry) == "einsum";
}

LostOperands::LostOperands(const Json& layers, const LegacyNames& names) {
  std::vector<std::string> unread;
  std::vector<std::pair<std::string, std::size_t>> einsums;  // with how many came before each
  std::vector<std::size_t> counts;
  bool certain = true;
  for (const Json entry : layers.elements()) {
    const std::string name(text(entry, "name"));
    if (is_tf_einsum(entry)) {
      einsums.emplace_back(name, unread.size());
      counts.push_back(operand_count(entry));
      wanted_ += counts.back();
    }
    if (names.is_read(name)) continue;
    unread.push_back(name);
    certain = certain && gives_one_tensor(entry);
  }
  unread_ = unread.size();
  if (wanted_ != unread_ || !certain) return;
  std::size_t next = 0;
  for (std::size_t i = 0; i < einsums.size(); ++i) {
    if (next + counts[i] > einsums[i].second) {
      operands_.clear();
      return;
    }
    auto& operands = operands_[einsums[i].first];
    for (std::size_t k = 0; k < counts[i]; ++k) operands.push_back(unread[next++]);
  }
}

const std::vector<std::string>& LostOperands::of(const std::string& einsum) const {
  const auto found = operands_.find(einsum);
  if (found != operands_.end() && !found->second.empty()) return found->second;
  fail(ErrorCode::unsupported,
       "the file does not say what tf.einsum is called on, as tf.keras does not write it down, and "
       "it cannot be told: all equations have {} operands, and nothing else reads {} tensors",
       wanted_, unread_);
}

}  // namespace keraunos::keras
