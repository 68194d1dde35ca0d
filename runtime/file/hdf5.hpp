#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "keraunos/tensor.hpp"
#include "runtime/base/bytes.hpp"
#include "runtime/base/load_budget.hpp"

// A read-only reader of the part of HDF5 that Keras and h5py write: superblocks 0 to 3, object
// headers 1 and 2, groups old and new, compact, contiguous and chunked datasets (every chunk
// index), the filters deflate, shuffle and fletcher32, and string attributes.
//
// Refused with an Error that names the thing: soft, external and user-defined links, external
// storage, virtual datasets, any other filter, references, compound, array and committed types.
//
// The objects are cheap handles that share the file; all methods are const and may be called from
// any number of threads. Every method may throw Error: malformed_file where bytes contradict the
// format or a name does not exist, unsupported for what is refused. The work and memory of a call
// are bounded by the size of the file.

namespace keraunos::file {

namespace hdf5 {
struct Attribute;
struct Object;
}  // namespace hdf5

/// What groups and datasets have in common: a place in the file and attributes.
class H5Object {
 public:
  /// The absolute path by which the object was reached: "/layers/dense/vars/0".
  const std::string& path() const { return path_; }

  std::vector<std::string> attribute_names() const;  ///< sorted
  bool has_attribute(std::string_view name) const;

  /// The one string that the attribute holds; nothing where there is no such attribute.
  std::optional<std::string> string_attribute(std::string_view name) const;

  /// All strings of an attribute of any shape in row-major order. An attribute without elements
  /// gives an empty list whatever its type, since h5py stores `[]` as floats. The attribute must
  /// exist.
  std::vector<std::string> strings_attribute(std::string_view name) const;

 protected:
  H5Object(std::shared_ptr<const hdf5::Object> object, std::string path);

  const hdf5::Object& object() const { return *object_; }
  const std::shared_ptr<const hdf5::Object>& shared_object() const { return object_; }
  const hdf5::Attribute* find_attribute(std::string_view name) const;

 private:
  std::shared_ptr<const hdf5::Object> object_;
  std::string path_;
};

/// An array.
class H5Dataset : public H5Object {
 public:
  /// Empty for a scalar.
  Dims dims() const;

  /// The element type: integers, IEEE floats, bfloat16, and h5py's bool. Error unsupported for
  /// any other, naming it.
  DType dtype() const;

  /// Bytes of one stored element, of whatever type.
  std::size_t element_size() const;

  /// True for raw bytes without a numeric meaning of their own (numpy's void types).
  bool is_opaque() const;

  /// True for fixed-length and variable-length strings.
  bool is_string() const;

  /// The elements of a numeric or opaque dataset, row-major and little-endian. Bytes that the file
  /// holds in this form are returned in place, without a copy; otherwise in a buffer of their own,
  /// which all paths to the dataset share while it is in use.
  Bytes read() const;

  /// Tells the dataset from all others of the file, whatever path leads to it.
  std::uint64_t address() const;

  /// The elements of a string dataset in row-major order.
  std::vector<std::string> read_strings() const;

 private:
  friend class H5Group;
  using H5Object::H5Object;
};

/// A directory of groups and datasets. A file may link a group below itself: who walks a tree must
/// bound the depth.
class H5Group : public H5Object {
 public:
  /// The names of all links, sorted by their bytes.
  std::vector<std::string> names() const;

  /// Paths are relative ("layers/dense/vars"); empty parts are ignored. The questions are false
  /// where any part is missing or leads through a dataset.
  bool has(std::string_view path) const;
  bool is_group(std::string_view path) const;
  bool is_dataset(std::string_view path) const;

  H5Group group(std::string_view path) const;
  H5Dataset dataset(std::string_view path) const;

 private:
  friend class H5File;
  using H5Object::H5Object;
};

class H5File {
 public:
  /// Reads the superblock and the root group. The signature may stand at 0 or after a user block.
  /// What chunks decode to is taken from `budget`, where there is one, before there is memory for
  /// it.
  explicit H5File(Bytes file, std::shared_ptr<LoadBudget> budget = nullptr);

  H5Group root() const { return root_; }

 private:
  H5Group root_;
};

}  // namespace keraunos::file
