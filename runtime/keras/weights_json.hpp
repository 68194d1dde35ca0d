#pragma once

#include <memory>
#include <string>

#include "runtime/base/load_budget.hpp"
#include "runtime/file/json.hpp"
#include "runtime/keras/weights.hpp"

namespace keraunos::keras {

/// The weights that Keras 3 spread over several files (save_weights with max_shard_size): `index`
/// is the `.weights.json`, and the parts that it names lie in `folder`.
std::unique_ptr<WeightSource> open_sharded_weights(const file::Json& index,
                                                   const std::string& folder,
                                                   const std::shared_ptr<LoadBudget>& budget);

}  // namespace keraunos::keras
