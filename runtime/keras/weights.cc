#include "runtime/keras/weights.hpp"

#include <fmt/format.h>

#include <cctype>

#include "runtime/base/convert.hpp"
#include "runtime/base/fail.hpp"

namespace keraunos::keras {
namespace {

bool is_upper(char c) { return std::isupper(static_cast<unsigned char>(c)) != 0; }
bool is_lower(char c) { return std::islower(static_cast<unsigned char>(c)) != 0; }

bool fits(const Dims& dims, const Shape& shape) {
  if (dims.size() != shape.size()) return false;
  for (std::size_t axis = 0; axis < dims.size(); ++axis) {
    if (shape[axis].constant().value_or(dims[axis]) != dims[axis]) return false;
  }
  return true;
}

// Floats of any width become float32; a stored float32 stays where it is.
Bytes as_float32(const file::H5Dataset& dataset, DType dtype, const Dims& dims) {
  Bytes bytes = dataset.read();
  if (dtype == DType::float32) return bytes;
  if (!is_floating(dtype)) {
    fail(ErrorCode::unsupported, "stored as {}; weights of floating-point dtypes are supported",
         to_string(dtype));
  }
  auto converted = std::make_shared<Tensor>(DType::float32, dims);
  convert(bytes.data(), dtype, converted->data(), DType::float32,
          static_cast<std::size_t>(converted->size()));
  return {{static_cast<const std::byte*>(converted->data()), converted->bytes()}, converted};
}

}  // namespace

std::string to_snake_case(std::string_view class_name) {
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

ValueId WeightStore::load(const std::string& path, std::size_t index, std::string_view name,
                          const Shape& shape) {
  const std::string dataset_path = fmt::format("{}/vars/{}", path, index);
  return within([&] { return fmt::format("weight '{}' ({})", name, dataset_path); },
                [&] {
                  if (!file_) fail(ErrorCode::malformed_file, "the file has no model.weights.h5");
                  if (!file_->root().is_dataset(dataset_path)) {
                    fail(ErrorCode::malformed_file, "not in the file; wanted shape {}",
                         to_string(shape));
                  }
                  const file::H5Dataset dataset = file_->root().dataset(dataset_path);
                  const Dims dims = dataset.dims();
                  if (!fits(dims, shape)) {
                    fail(ErrorCode::shape_mismatch, "has shape {}, wanted {}", to_string(dims),
                         to_string(shape));
                  }
                  if (const auto found = loaded_.find(dataset_path); found != loaded_.end()) {
                    return found->second;
                  }
                  auto constant = std::make_shared<Constant>();
                  constant->name = fmt::format("{}/{}", path, name);
                  constant->bytes = as_float32(dataset, dataset.dtype(), dims);
                  constant->desc.dims = dims;
                  const ValueId value = graph_.add_constant(std::move(constant));
                  loaded_.emplace(dataset_path, value);
                  return value;
                });
}

const std::map<std::string, std::string>& WeightStore::layers_of(const std::string& container) {
  const auto [found, is_new] = containers_.try_emplace(container);
  auto& path_of = found->second;
  if (!is_new || !file_ || !file_->root().is_group(container)) return path_of;
  const file::H5Group group = file_->root().group(container);
  for (const std::string& member : group.names()) {
    const std::string vars = member + "/vars";
    if (!group.is_group(vars)) continue;
    if (auto name = group.group(vars).string_attribute("name")) {
      path_of.emplace(std::move(*name), fmt::format("{}/{}", container, member));
    }
  }
  return path_of;
}

std::string WeightStore::locate(const std::string& path, const std::string& layer_name) {
  const auto& path_of = layers_of(path.substr(0, path.rfind('/')));
  const auto found = path_of.find(layer_name);
  return found == path_of.end() ? path : found->second;
}

}  // namespace keraunos::keras
