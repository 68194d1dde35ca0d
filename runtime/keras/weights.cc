#include "runtime/keras/weights.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <cstring>

#include "runtime/base/fail.hpp"
#include "runtime/base/utf8.hpp"
#include "runtime/file/printable.hpp"
#include "runtime/keras/class_name.hpp"

namespace keraunos::keras {
namespace {

bool is_upper(char c) { return std::isupper(static_cast<unsigned char>(c)) != 0; }
bool is_lower(char c) { return std::islower(static_cast<unsigned char>(c)) != 0; }

bool is_known(const Shape& shape) {
  return std::all_of(shape.begin(), shape.end(),
                     [](const Dim& size) { return size.is_constant(); });
}

bool fits(const Dims& dims, const Shape& shape) {
  if (dims.size() != shape.size()) return false;
  for (std::size_t axis = 0; axis < dims.size(); ++axis) {
    if (shape[axis].constant().value_or(dims[axis]) != dims[axis]) return false;
  }
  return true;
}

Bytes owned(Tensor tensor) {
  const auto kept = std::make_shared<Tensor>(std::move(tensor));
  return {{static_cast<const std::byte*>(kept->data()), kept->bytes()}, kept};
}

// Pages that nobody writes to take no memory. No data where even addresses are short.
Bytes zeros(std::size_t bytes) {
  const std::shared_ptr<void> memory(std::calloc(std::max<std::size_t>(bytes, 1), 1), std::free);
  return {{static_cast<const std::byte*>(memory.get()), bytes}, memory};
}

// Floats of any width become float32, by way of `compute` where that is narrower; a stored float32
// stays where it is.
Bytes as_float32(const StoredWeight& stored, DType compute) {
  Bytes bytes = stored.read();
  const bool narrow = compute == DType::float16 || compute == DType::bfloat16;
  if (stored.dtype == DType::float32 && !narrow) return bytes;
  if (!is_floating(stored.dtype)) {
    fail(ErrorCode::unsupported, "stored as {}; weights of floating-point dtypes are supported",
         to_string(stored.dtype));
  }
  Tensor tensor(stored.dtype, stored.dims);
  if (bytes.size() > 0) std::memcpy(tensor.data(), bytes.data(), bytes.size());
  if (narrow) tensor = tensor.cast(compute);
  return owned(tensor.cast(DType::float32));
}

}  // namespace

std::size_t stand_in_count(const Shape& shape) {
  constexpr std::int64_t most = std::int64_t{1} << 26;
  const auto count = element_count(shape).constant();
  if (!count || *count > most) {
    fail(ErrorCode::unsupported, "a weight of shape {} cannot be left out", to_string(shape));
  }
  return static_cast<std::size_t>(*count);
}

std::string to_snake_case(std::string_view class_name) {
  class_name = class_behind(class_name);
  std::string snake;
  for (std::size_t i = 0; i < class_name.size(); ++i) {
    const char c = class_name[i];
    const bool next_is_lower = i + 1 < class_name.size() && is_lower(class_name[i + 1]);
    // A word starts at a capital before a lower-case letter, or after one.
    const bool starts_word = is_upper(c) && i > 0 && (next_is_lower || is_lower(class_name[i - 1]));
    if (starts_word) snake += '_';
    snake += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return snake;
}

std::string PathCounter::next(std::string_view class_name) {
  const std::string name = to_snake_case(class_name);
  const int index = used_[name]++;
  return index == 0 ? fmt::format("{}/{}", container_, name)
                    : fmt::format("{}/{}_{}", container_, name, index);
}

WeightPlace WeightPlace::part(std::string_view attribute) const {
  WeightPlace inner = *this;
  inner.path += fmt::format("/{}", attribute);
  inner.parts.emplace_back(attribute);
  inner.part_names.emplace_back();
  return inner;
}

ValueId WeightStore::load(const WeightPlace& place, std::size_t index, std::string_view name,
                          const Shape& shape, DType compute) {
  if (numbers_ == WeightNumbers::left_out) {
    return load_shape(place, index, name, shape, std::nullopt);
  }
  if (numbers_ == WeightNumbers::zeros) {
    return load_zeros(place, index, name, shape, DType::float32);
  }
  return load_numbers(place, index, name, shape, compute, std::nullopt);
}

ValueId WeightStore::load_as_stored(const WeightPlace& place, std::size_t index,
                                    std::string_view name, const Shape& shape,
                                    std::optional<DType> dtype) {
  if (numbers_ == WeightNumbers::left_out) return load_shape(place, index, name, shape, dtype);
  if (numbers_ == WeightNumbers::zeros) {
    return load_zeros(place, index, name, shape, dtype.value_or(DType::float32));
  }
  return load_numbers(place, index, name, shape, std::nullopt, dtype);
}

std::string WeightStore::locate(const std::string& path, const std::string& layer_name) {
  try {
    return source_.locate(path, layer_name);
  } catch (const Error&) {
    if (numbers_ == WeightNumbers::read) throw;
    return path;
  }
}

// What the file has, whatever else is wrong with it.
std::optional<StoredWeight> WeightStore::find_any(const WeightPlace& place, std::size_t index,
                                                  std::string_view name, const Shape& shape) {
  try {
    return source_.find(place, index, name, shape);
  } catch (const Error&) {
    return std::nullopt;
  }
}

// A weight without its numbers. Whatever is wrong with the file, the wanted shape is known.
// Importers look into weights that they want in a `dtype`: they get zeros.
ValueId WeightStore::load_shape(const WeightPlace& place, std::size_t index, std::string_view name,
                                const Shape& shape, std::optional<DType> dtype) {
  const Key key(place.path, index, DType::float32);
  if (const auto found = loaded_.find(key); found != loaded_.end()) return found->second;
  const std::optional<StoredWeight> stored = find_any(place, index, name, shape);
  const bool fitting = stored && fits(stored->dims, shape);
  const bool known = is_known(shape);
  if (fitting) stored_shapes_.push_back({shape, stored->dims});
  if (dtype) stand_in_count(fitting ? make_shape(stored->dims) : shape);
  ValueId value = 0;
  if (fitting || known) {
    auto constant = std::make_shared<Constant>();
    constant->name = fmt::format("{}/{}", place.path, name);
    constant->desc = {dtype.value_or(DType::float32), fitting ? stored->dims : evaluate(shape, {})};
    if (dtype) constant->bytes = owned(Tensor(constant->desc.dtype, constant->desc.dims));
    value = graph_.add_constant(std::move(constant));
  } else {
    value = graph_.add_unmade({DType::float32, shape});
  }
  if (stored && !fitting) misfits_.push_back({std::string(name), value, stored->dims});
  loaded_.emplace(key, value);
  return value;
}

ValueId WeightStore::load_zeros(const WeightPlace& place, std::size_t index, std::string_view name,
                                const Shape& shape, DType dtype) {
  constexpr std::int64_t most = std::int64_t{1} << 40;
  const auto [found, is_new] = loaded_.try_emplace({place.path, index, dtype});
  if (!is_new) return found->second;
  auto constant = std::make_shared<Constant>();
  constant->name = fmt::format("{}/{}", place.path, name);
  const auto stored = is_known(shape) ? std::nullopt : find_any(place, index, name, shape);
  const Shape made = stored && fits(stored->dims, shape) ? make_shape(stored->dims) : shape;
  const auto count = element_count(made).constant();
  if (count && *count <= most) {
    constant->desc = {dtype, evaluate(made, {})};
    budget_.take(&LoadLimits::weight_bytes, constant->desc.bytes());
    constant->bytes = zeros(constant->desc.bytes());
  }
  if (constant->bytes.data() == nullptr) {
    fail(ErrorCode::unsupported, "weight '{}': zeros of shape {} cannot be made up", name,
         to_string(shape));
  }
  return found->second = graph_.add_constant(std::move(constant));
}

ValueId WeightStore::load_numbers(const WeightPlace& place, std::size_t index,
                                  std::string_view name, const Shape& shape,
                                  std::optional<DType> compute, std::optional<DType> dtype) {
  const auto where = [&] {
    return fmt::format("weight '{}' ({})", name, source_.describe(place, index));
  };
  return within(where, [&] {
    const auto stored = source_.find(place, index, name, shape);
    if (!stored) {
      fail(ErrorCode::malformed_file, "not in the file; wanted shape {}", to_string(shape));
    }
    if (!fits(stored->dims, shape)) {
      fail(ErrorCode::shape_mismatch, "has shape {}, wanted {}", to_string(stored->dims),
           to_string(shape));
    }
    if (dtype && stored->dtype != *dtype) {
      fail(ErrorCode::malformed_file, "is stored as {}; {} wanted", to_string(stored->dtype),
           to_string(*dtype));
    }
    const auto [found, is_new] = loaded_.try_emplace({stored->id, 0, compute});
    if (!is_new) return found->second;
    auto constant = std::make_shared<Constant>();
    constant->name = fmt::format("{}/{}", place.path, name);
    constant->desc = {compute ? DType::float32 : stored->dtype, stored->dims};
    budget_.take(&LoadLimits::weight_bytes, constant->desc.bytes());
    constant->bytes = compute ? as_float32(*stored, *compute) : stored->read();
    return found->second = graph_.add_constant(std::move(constant));
  });
}

namespace {

class NoWeights final : public WeightSource {
 public:
  explicit NoWeights(std::string what) : what_(std::move(what)) {}

  std::optional<StoredWeight> find(const WeightPlace&, std::size_t, std::string_view,
                                   const Shape&) override {
    fail(ErrorCode::malformed_file, "{}", what_);
  }
  std::string describe(const WeightPlace& place, std::size_t index) const override {
    return fmt::format("{}/vars/{}", place.path, index);
  }

 private:
  std::string what_;
};

}  // namespace

void refuse_unused_weights(const std::vector<std::string>& names) {
  constexpr std::size_t most_named = 8;
  constexpr std::size_t most_of_a_name = 200;
  if (names.empty()) return;
  std::vector<std::string> named;
  for (std::size_t i = 0; i < std::min(names.size(), most_named); ++i) {
    named.push_back(file::printable(shortened(names[i], most_of_a_name)));
  }
  const std::size_t others = names.size() - named.size();
  fail(ErrorCode::malformed_file,
       "the file holds weights that no layer of the model takes: {}{}; config and weights are not "
       "of one model",
       fmt::join(named, ", "), others > 0 ? fmt::format(" and {} others", others) : "");
}

StoredWeight stored_weight(const file::H5Dataset& dataset) {
  const auto read = [dataset] { return dataset.read(); };
  if (dataset.is_opaque() && dataset.element_size() == 2 &&
      dataset.string_attribute("dtype") == "bfloat16") {
    return {dataset.path(), DType::bfloat16, dataset.dims(), read};
  }
  return {dataset.path(), dataset.dtype(), dataset.dims(), read};
}

std::unique_ptr<WeightSource> no_weights(std::string what) {
  return std::make_unique<NoWeights>(std::move(what));
}

}  // namespace keraunos::keras
