#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "runtime/file/hdf5_image.hpp"

namespace keraunos::file::hdf5 {

/// What the nodes of a version 1 B-tree lead to.
enum class OldTreeKind : std::uint8_t { group = 0, chunks = 1 };

/// Called with the key that stands before a child of a leaf, and the child's address.
using OldTreeVisitor = std::function<void(std::span<const std::byte> key, std::uint64_t child)>;

/// Visits all children of all leaves of a version 1 B-tree, in no particular order. Children
/// without an address are skipped.
void visit_old_tree(const Image& image, std::uint64_t root, OldTreeKind kind, std::size_t key_size,
                    Budget& budget, const OldTreeVisitor& visit);

/// What the records of a version 2 B-tree describe.
enum class TreeKind : std::uint8_t {
  huge_objects = 1,
  links_by_name = 5,
  attributes_by_name = 8,
  chunks = 10,
  filtered_chunks = 11,
};

using RecordVisitor = std::function<void(std::span<const std::byte> record)>;

/// Visits all records of the version 2 B-tree whose header is at `address`, in no particular order.
void visit_tree(const Image& image, std::uint64_t address, TreeKind kind, Budget& budget,
                const RecordVisitor& visit);

}  // namespace keraunos::file::hdf5
