#include "runtime/base/fail.hpp"
#include "runtime/keras/dtype_policy.hpp"
#include "runtime/keras/layers/categories.hpp"
#include "runtime/keras/layers/families.hpp"
#include "runtime/keras/layers/vocabularies.hpp"

namespace keraunos::keras {
namespace {

// Strings stay, numbers become int64.
ValueId hashable(LayerCall& call, ValueId value) {
  return call.dtype(value) == DType::string ? value : call.cast(value, DType::int64);
}

DType dtype_of(const LayerCall& call, const std::string& mode) {
  const Config& config = call.config();
  return call.version().major < 3 ? keras2_category_dtype(config, mode) : variable_dtype(config);
}

std::optional<std::string> read_mask(LayerCall& call, ValueId input) {
  const auto found = call.config().find("mask_value");
  if (!found) return std::nullopt;
  const DType dtype = call.dtype(input);
  if ((dtype == DType::string) != found->is_string() || is_floating(dtype)) {
    fail(ErrorCode::unsupported, "key 'mask_value': {} does not go with inputs of {}",
         found->dump(60), to_string(dtype));
  }
  return found->is_string() ? std::string(found->as_string())
                            : fmt::format("{}", found->as_int64());
}

std::vector<ValueId> import_hashing(LayerCall& call) {
  const Config& config = call.config();
  const std::string mode = output_mode(config, {"int", "one_hot", "multi_hot", "count"});
  Hash hash;
  hash.buckets = config.integer("num_bins", 1);
  hash.key = read_salt(config);
  hash.mask = read_mask(call, call.input());
  if (hash.buckets == 1) hash.mask.reset();
  const ValueId buckets = call.emit(hash, {hashable(call, call.input())});
  return {encode_categories(call, buckets, {mode, hash.buckets, dtype_of(call, mode)})};
}

std::vector<ValueId> import_hashed_crossing(LayerCall& call) {
  const Config& config = call.config();
  const std::string mode = output_mode(config, {"int", "one_hot"});
  Hash hash;
  hash.buckets = config.integer("num_bins", 1);
  if (call.input_count() < 2) {
    fail(ErrorCode::malformed_file, "called on {} tensor, two or more wanted", call.input_count());
  }
  std::vector<ValueId> inputs;
  for (std::size_t i = 0; i < call.input_count(); ++i) {
    const Shape& shape = call.shape(call.input(i));
    if (is_floating(call.dtype(call.input(i))) || shape.size() > 2 ||
        (shape.size() == 2 && shape[1] != Dim(1))) {
      fail(ErrorCode::shape_mismatch,
           "expects integers or strings of shape (batch,) or (batch, 1), got {} {}",
           to_string(call.dtype(call.input(i))), to_keras_string(shape));
    }
    inputs.push_back(hashable(call, call.input(i)));
  }
  const ValueId buckets = call.emit(hash, std::move(inputs));
  return {encode_categories(call, buckets, {mode, hash.buckets, dtype_of(call, mode)})};
}

constexpr std::array classes = {
    LayerClass{"Hashing", import_hashing, MaskRule::drop, Dtypes::own},
    LayerClass{"HashedCrossing", import_hashed_crossing, MaskRule::drop, Dtypes::own},
};

}  // namespace

const std::span<const LayerClass> hashing_layers = classes;

}  // namespace keraunos::keras
