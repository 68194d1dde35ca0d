#pragma once

#include <string_view>

namespace keraunos::testing {

enum class ModelWeights { read, zeros };

/// What people do with a model file, on these bytes: summary, explanation, a plan and one run of
/// small sizes on the CPU. Each must give a result or an Error; any other exception leaves it.
void exercise_model(std::string_view file, ModelWeights weights);

}  // namespace keraunos::testing
