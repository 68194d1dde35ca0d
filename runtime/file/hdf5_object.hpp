#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "runtime/file/hdf5_header.hpp"
#include "runtime/file/hdf5_image.hpp"
#include "runtime/file/hdf5_layout.hpp"
#include "runtime/file/hdf5_types.hpp"

namespace keraunos::file::hdf5 {

/// Where a name of a group leads.
struct Link {
  enum class Kind { hard, soft, external, user_defined };

  Kind kind = Kind::hard;
  std::uint64_t address = 0;  ///< of the object, for hard links
  std::string target;         ///< for the error that refuses the others
};

/// The undecoded parts of an attribute, which are only understood when it is asked for.
struct Attribute {
  std::uint8_t shared_flags = 0;  ///< not 0: its type or extent is stored elsewhere
  std::span<const std::byte> type;
  std::span<const std::byte> space;
  std::span<const std::byte> data;
};

/// What is needed to read the elements of a dataset.
struct DatasetInfo {
  Dataspace space;
  Datatype type;
  Layout layout;
  Filters filters;
  std::span<const std::byte> fill_value;  ///< one element, or empty: zeros
};

template <typename T>
using ByName = std::map<std::string, T, std::less<>>;

/// A parsed object header. Immutable.
struct Object {
  std::shared_ptr<const Image> image;
  std::uint64_t address = 0;
  ByName<Attribute> attributes;
  std::optional<ByName<Link>> links;   ///< of a group
  std::optional<DatasetInfo> dataset;  ///< of a dataset
};

std::shared_ptr<const Object> read_object(std::shared_ptr<const Image> image,
                                          std::uint64_t address);

/// The parts of read_object.
ByName<Link> read_links(const Image& image, const Messages& messages, Budget& budget);
ByName<Attribute> read_attributes(const Image& image, const Messages& messages, Budget& budget);
DatasetInfo read_dataset_info(const Image& image, const Messages& messages);

/// The elements of a dataset as they are stored, row-major; in place unless they are chunked or
/// were never written.
Bytes read_elements(const Image& image, const DatasetInfo& dataset);

/// The strings whose fixed-length elements or references stand in `elements`.
std::vector<std::string> decode_strings(const Image& image, const Datatype& type,
                                        std::uint64_t count, std::span<const std::byte> elements);

/// Throws Error unsupported for a link that is not hard.
void require_hard(const Link& link, const std::string& path);

}  // namespace keraunos::file::hdf5
