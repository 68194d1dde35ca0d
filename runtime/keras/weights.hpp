#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/file/hdf5.hpp"
#include "runtime/graph/graph.hpp"

namespace keraunos::keras {

/// "Conv2DTranspose" -> "conv2d_transpose": the name of a class in weight paths.
std::string to_snake_case(std::string_view class_name);

/// Gives out the paths of a model's layers in the weights file: "layers/dense", "layers/dense_1".
/// Keras counts per class, in the order of model.layers.
class PathCounter {
 public:
  explicit PathCounter(std::string container) : container_(std::move(container)) {}
  std::string next(std::string_view class_name);

 private:
  std::string container_;
  std::map<std::string, int> used_;
};

/// The weights of a file as constants of a graph, each path loaded once.
class WeightStore {
 public:
  WeightStore(std::optional<file::H5File> file, Graph& graph)
      : file_(std::move(file)), graph_(graph) {}

  /// Number `index` of the variables of the layer at `path`, as float32. `name` is Keras's name of
  /// the variable and `shape` the shape that the layer's config demands; a size that is not a
  /// number fits any. Throws Error naming the variable where it is missing or misshapen.
  ValueId load(const std::string& path, std::size_t index, std::string_view name,
               const Shape& shape);

  /// The path that holds the weights of a layer: where the file says in its own words (since Keras
  /// 3.6) which place is that layer's, this one; otherwise `path`, the one that Keras would count.
  std::string locate(const std::string& path, const std::string& layer_name);

 private:
  // Paths of the layers in a container by the names that the file records.
  const std::map<std::string, std::string>& layers_of(const std::string& container);

  std::optional<file::H5File> file_;
  Graph& graph_;
  std::map<std::string, ValueId> loaded_;
  std::map<std::string, std::map<std::string, std::string>> containers_;
};

}  // namespace keraunos::keras
