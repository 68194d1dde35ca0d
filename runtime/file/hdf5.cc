#include "runtime/file/hdf5.hpp"

#include <algorithm>
#include <utility>

#include "runtime/file/buffer.hpp"
#include "runtime/file/byte_order.hpp"
#include "runtime/file/hdf5_object.hpp"
#include "runtime/file/printable.hpp"

namespace keraunos::file {
namespace {

template <typename T>
std::vector<std::string> keys_of(const hdf5::ByName<T>& map) {
  std::vector<std::string> keys;
  keys.reserve(map.size());
  for (const auto& [key, value] : map) keys.push_back(key);
  return keys;
}

std::string join_path(std::string_view path, std::string_view name) {
  return path == "/" ? fmt::format("/{}", name) : fmt::format("{}/{}", path, name);
}

// "a, b, c", cut to a readable length.
std::string excerpt(const hdf5::ByName<hdf5::Link>& links) {
  if (links.empty()) return "nothing";
  std::string names;
  for (const auto& [name, link] : links) {
    if (!names.empty()) names += ", ";
    if (names.size() > 200) break;
    names += name;
  }
  return printable(names);
}

struct Found {
  std::shared_ptr<const hdf5::Object> object;  // null: there is no such path
  std::string path;
  std::string reason;
};

// Follows hard links only. Each step reads one object header, so a path is all the work there is.
Found follow(std::shared_ptr<const hdf5::Object> start, std::string_view start_path,
             std::string_view path) {
  Found found{std::move(start), std::string(start_path), {}};
  while (!path.empty()) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    const std::string_view name = path.substr(0, slash);
    path.remove_prefix(std::min(slash + 1, path.size()));
    if (name.empty()) continue;
    if (!found.object->links) {
      return {nullptr, {}, fmt::format("'{}' is no group", printable(found.path))};
    }
    const auto& links = *found.object->links;
    const auto link = links.find(name);
    if (link == links.end()) {
      return {
          nullptr,
          {},
          fmt::format("'{}' holds no '{}', only: {}", printable(found.path), name, excerpt(links))};
    }
    found.path = join_path(found.path, name);
    hdf5::require_hard(link->second, found.path);
    found.object =
        within([&] { return fmt::format("HDF5 object '{}'", printable(found.path)); },
               [&] { return hdf5::read_object(found.object->image, link->second.address); });
  }
  return found;
}

Bytes in_native_order(const Bytes& stored, const hdf5::Datatype& type) {
  if (!type.big_endian || type.size == 1) return stored;
  Buffer swapped(stored.size());
  std::ranges::copy(stored.span, swapped.data());
  reverse_bytes(swapped.span(), type.size);
  return swapped.bytes();
}

std::shared_ptr<const hdf5::Object> open_root(Bytes file, std::shared_ptr<LoadBudget> budget) {
  const auto image = std::make_shared<const hdf5::Image>(std::move(file), std::move(budget));
  return hdf5::read_object(image, image->root_address());
}

}  // namespace

H5Object::H5Object(std::shared_ptr<const hdf5::Object> object, std::string path)
    : object_(std::move(object)), path_(std::move(path)) {}

std::vector<std::string> H5Object::attribute_names() const { return keys_of(object_->attributes); }

bool H5Object::has_attribute(std::string_view name) const {
  return find_attribute(name) != nullptr;
}

const hdf5::Attribute* H5Object::find_attribute(std::string_view name) const {
  const auto found = object_->attributes.find(name);
  return found == object_->attributes.end() ? nullptr : &found->second;
}

std::vector<std::string> H5Object::strings_attribute(std::string_view name) const {
  const auto place = [&] {
    return fmt::format("attribute '{}' of HDF5 object '{}'", name, printable(path_));
  };
  return within(place, [&]() -> std::vector<std::string> {
    const hdf5::Attribute* const attribute = find_attribute(name);
    if (attribute == nullptr) fail(ErrorCode::malformed_file, "there is no such attribute");
    if (attribute->shared_flags != 0) {
      fail(ErrorCode::unsupported, "committed (shared) types are not supported");
    }
    const hdf5::Image& image = *object_->image;
    const auto space =
        hdf5::parse_dataspace(image, ByteReader(attribute->space, "the attribute's extent"));
    const auto type = hdf5::parse_datatype(ByteReader(attribute->type, "the attribute's type"));
    return hdf5::decode_strings(image, type, space.count(), attribute->data);
  });
}

std::optional<std::string> H5Object::string_attribute(std::string_view name) const {
  if (!has_attribute(name)) return std::nullopt;
  std::vector<std::string> strings = strings_attribute(name);
  if (strings.size() == 1) return std::move(strings.front());
  fail(ErrorCode::malformed_file, "attribute '{}' of HDF5 object '{}': one string wanted, found {}",
       name, printable(path_), strings.size());
}

Dims H5Dataset::dims() const {
  const hdf5::Dataspace& space = object().dataset->space;
  if (space.null) {
    fail(ErrorCode::unsupported, "the HDF5 dataset '{}' has no shape (null dataspace)",
         printable(path()));
  }
  return space.dims;
}

DType H5Dataset::dtype() const {
  const hdf5::Datatype& type = object().dataset->type;
  if (type.kind == hdf5::TypeKind::numeric) return type.dtype;
  fail(ErrorCode::unsupported, "the HDF5 dataset '{}' holds {}, not numbers of a known type",
       printable(path()), type.description);
}

std::size_t H5Dataset::element_size() const { return object().dataset->type.size; }

bool H5Dataset::is_opaque() const { return object().dataset->type.kind == hdf5::TypeKind::opaque; }

bool H5Dataset::is_string() const {
  const hdf5::TypeKind kind = object().dataset->type.kind;
  return kind == hdf5::TypeKind::fixed_string || kind == hdf5::TypeKind::variable_string;
}

Bytes H5Dataset::read() const {
  const hdf5::Object& dataset = object();
  if (!is_opaque()) dtype();  // refuses what is not a number
  return within([&] { return fmt::format("HDF5 dataset '{}'", printable(path())); },
                [&] {
                  return dataset.image->decoded().find_or_decode(dataset.address, [&] {
                    return in_native_order(hdf5::read_elements(*dataset.image, *dataset.dataset),
                                           dataset.dataset->type);
                  });
                });
}

std::uint64_t H5Dataset::address() const { return object().address; }

std::vector<std::string> H5Dataset::read_strings() const {
  const hdf5::DatasetInfo& info = *object().dataset;
  return within([&] { return fmt::format("HDF5 dataset '{}'", printable(path())); },
                [&] {
                  const hdf5::Image& image = *object().image;
                  const Bytes elements = hdf5::read_elements(image, info);
                  return hdf5::decode_strings(image, info.type, info.space.count(), elements.span);
                });
}

std::vector<std::string> H5Group::names() const { return keys_of(*object().links); }

bool H5Group::has(std::string_view path) const {
  return follow(shared_object(), this->path(), path).object != nullptr;
}

bool H5Group::is_group(std::string_view path) const {
  const Found found = follow(shared_object(), this->path(), path);
  return found.object != nullptr && found.object->links.has_value();
}

bool H5Group::is_dataset(std::string_view path) const {
  const Found found = follow(shared_object(), this->path(), path);
  return found.object != nullptr && found.object->dataset.has_value();
}

H5Group H5Group::group(std::string_view path) const {
  Found found = follow(shared_object(), this->path(), path);
  if (found.object == nullptr) {
    fail(ErrorCode::malformed_file, "there is no HDF5 group '{}': {}",
         printable(join_path(this->path(), path)), found.reason);
  }
  if (!found.object->links) {
    fail(ErrorCode::malformed_file, "the HDF5 object '{}' is no group", printable(found.path));
  }
  return H5Group(std::move(found.object), std::move(found.path));
}

H5Dataset H5Group::dataset(std::string_view path) const {
  Found found = follow(shared_object(), this->path(), path);
  if (found.object == nullptr) {
    fail(ErrorCode::malformed_file, "there is no HDF5 dataset '{}': {}",
         printable(join_path(this->path(), path)), found.reason);
  }
  if (!found.object->dataset) {
    fail(ErrorCode::malformed_file, "the HDF5 object '{}' is no dataset", printable(found.path));
  }
  return H5Dataset(std::move(found.object), std::move(found.path));
}

H5File::H5File(Bytes file, std::shared_ptr<LoadBudget> budget)
    : root_(open_root(std::move(file), std::move(budget)), "/") {
  if (!root_.object().links) fail(ErrorCode::malformed_file, "the HDF5 root is no group");
}

}  // namespace keraunos::file
