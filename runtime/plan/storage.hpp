#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "runtime/plan/arena.hpp"
#include "runtime/plan/plan.hpp"

namespace keraunos {

using StorageId = std::size_t;

/// Bytes that one or more values live in: a view and an in-place result share their input's. A part
/// begins inside another storage, its whole, and lives as long as that.
struct Storage {
  Location::Space space = Location::Space::nowhere;
  std::size_t index = 0;          // of the caller's input or output
  const void* pointer = nullptr;  // of a constant
  std::size_t bytes = 0;
  std::size_t first_step = 0;
  std::size_t last_step = 0;
  std::size_t pending_reads = 0;  // of all values in it and in its parts, still to come
  std::optional<StorageId> whole = std::nullopt;
  std::size_t offset = 0;  // in the whole
};

/// The storages of a plan while it is being made.
class StorageTable {
 public:
  StorageId add(Storage storage) {
    storages_.push_back(storage);
    return storages_.size() - 1;
  }
  Storage& operator[](StorageId id) { return storages_[id]; }

  /// `reads` more of a value in the storage are to come, or one has been.
  void expect_reads(StorageId id, std::size_t reads) { owner(id).pending_reads += reads; }
  void finish_read(StorageId id);

  /// The storage is needed at `step`.
  void touch(StorageId id, std::size_t step);

  /// Lays out both arenas and returns where each storage is. Fills in the plan's arena sizes.
  std::vector<Location> place(Plan& plan) const;

 private:
  Storage& owner(StorageId id) { return storages_[storages_[id].whole.value_or(id)]; }
  std::size_t place_space(Location::Space space, std::vector<Location>& locations) const;

  std::vector<Storage> storages_;
};

}  // namespace keraunos
