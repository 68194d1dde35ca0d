#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "runtime/base/load_budget.hpp"
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

/// Where a layer's variables are: by the attribute path that Keras 3 stores them under, and by the
/// names that older files go by.
struct WeightPlace {
  std::string path;                     // "layers/functional/layers/lstm/cell"
  std::vector<std::string> layers;      // names from the outermost model in: {"encoder", "lstm"}
  std::vector<std::string> parts;       // attributes inside the layer: {"cell"}
  std::vector<std::string> part_names;  // names of the layers in them, or empty: {"lstm_cell"}

  /// The place of what the layer keeps in `attribute`.
  WeightPlace part(std::string_view attribute) const;
};

/// A variable in a file.
struct StoredWeight {
  std::string id;  // tells it from all others of the file: its path, or where it lies
  DType dtype;
  Dims dims;
  std::function<Bytes()> read;  // row-major little-endian elements
};

/// Finds variables: one implementation per form of file.
class WeightSource {
 public:
  virtual ~WeightSource() = default;

  /// Number `index` of the variables at `place`, which Keras names `name` and whose shape must be
  /// `shape`; nothing where the file does not have it.
  virtual std::optional<StoredWeight> find(const WeightPlace& place, std::size_t index,
                                           std::string_view name, const Shape& shape) = 0;
  /// Where `find` looks, for messages alone: "layers/dense/vars/0".
  virtual std::string describe(const WeightPlace& place, std::size_t index) const = 0;
  /// The path that holds the weights of a layer, where the file says in its own words which place
  /// is that layer's; otherwise `path`, the one that Keras would count.
  virtual std::string locate(const std::string& path, const std::string& layer_name) {
    static_cast<void>(layer_name);
    return path;
  }
  /// The shape of a variable that is not to be read, where the file has one.
  virtual std::optional<Dims> pass_over(const WeightPlace& place, std::size_t index,
                                        std::string_view name) {
    static_cast<void>(place), static_cast<void>(index), static_cast<void>(name);
    return std::nullopt;
  }
  /// Throws Error naming the variables that nobody asked for, where the form of the file promises
  /// that all of them are some layer's.
  virtual void refuse_unused() const {}
};

/// Throws Error(malformed_file) naming the variables that no layer took, if there are any.
void refuse_unused_weights(const std::vector<std::string>& names);

/// A variable by its dataset, where bfloat16 is two opaque bytes with an attribute that says so.
StoredWeight stored_weight(const file::H5Dataset& dataset);

/// The weights of a Keras 3 file: "<path>/vars/<index>" in HDF5, in one file or spread over
/// several. Also those of `.keras` files of Keras 2.12 to 2.15.
std::unique_ptr<WeightSource> open_weight_paths(std::vector<file::H5File> files);
/// True for a file of that form.
bool holds_weight_paths(const file::H5File& file);
/// A file that holds no weights: `what` says so in messages.
std::unique_ptr<WeightSource> no_weights(std::string what);

/// A stored weight of another shape than its layer wants.
struct MisfitWeight {
  std::string name;
  ValueId value;  // of the wanted shape
  Dims stored;
};

/// The shape of a stored weight, and the one that its layer wants, which may have open sizes.
struct StoredShape {
  Shape wanted;
  Dims stored;
};

/// How many numbers of a weight of `shape` are made up where they were left out. Throws Error where
/// that is not known, or too many.
std::size_t stand_in_count(const Shape& shape);

enum class WeightNumbers {
  read,      ///< constants hold what is stored
  left_out,  ///< constants have a shape alone, the wanted one where the file has none that fits
  zeros,     ///< constants of the wanted shape, or of the stored one where that leaves sizes open
};

/// Weights as constants of a graph, each variable loaded once.
class WeightStore {
 public:
  /// The bytes of every variable are taken from `budget`.
  WeightStore(WeightSource& source, Graph& graph, LoadBudget& budget,
              WeightNumbers numbers = WeightNumbers::read)
      : source_(source), graph_(graph), budget_(budget), numbers_(numbers) {}

  /// A variable as float32, rounded to `compute` where that is narrower; a size of `shape` that is
  /// not a number fits any. Throws Error naming the variable where it is missing or misshapen.
  ValueId load(const WeightPlace& place, std::size_t index, std::string_view name,
               const Shape& shape, DType compute = DType::float32);
  /// The same as it is stored, which must be in `dtype` where one is given.
  ValueId load_as_stored(const WeightPlace& place, std::size_t index, std::string_view name,
                         const Shape& shape, std::optional<DType> dtype);

  std::string locate(const std::string& path, const std::string& layer_name);
  /// The shape of a variable that serves training alone, where the file tells it.
  std::optional<Dims> pass_over(const WeightPlace& place, std::size_t index,
                                std::string_view name) {
    return source_.pass_over(place, index, name);
  }

  /// What did not fit since the last call; only where numbers are left out.
  std::vector<MisfitWeight> take_misfits() { return std::exchange(misfits_, {}); }
  /// Of the weights that were found and fit; only where numbers are left out.
  const std::vector<StoredShape>& stored_shapes() const { return stored_shapes_; }

 private:
  ValueId load_shape(const WeightPlace& place, std::size_t index, std::string_view name,
                     const Shape& shape, std::optional<DType> dtype);
  std::optional<StoredWeight> find_any(const WeightPlace& place, std::size_t index,
                                       std::string_view name, const Shape& shape);
  ValueId load_zeros(const WeightPlace& place, std::size_t index, std::string_view name,
                     const Shape& shape, DType dtype);
  ValueId load_numbers(const WeightPlace& place, std::size_t index, std::string_view name,
                       const Shape& shape, std::optional<DType> compute,
                       std::optional<DType> dtype);

  // What is loaded already, by the variable and the dtype that it was rounded to: a variable is its
  // StoredWeight::id, or its place and number where nothing is read from the file.
  using Key = std::tuple<std::string, std::size_t, std::optional<DType>>;

  WeightSource& source_;
  Graph& graph_;
  LoadBudget& budget_;
  WeightNumbers numbers_;
  std::vector<MisfitWeight> misfits_;
  std::vector<StoredShape> stored_shapes_;
  std::map<Key, ValueId> loaded_;
};

}  // namespace keraunos::keras
