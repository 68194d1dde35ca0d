#include "runtime/plan/storage.hpp"

#include <algorithm>

namespace keraunos {

void StorageTable::touch(StorageId id, std::size_t step) {
  Storage& storage = owner(id);
  storage.last_step = std::max(storage.last_step, step);
}

void StorageTable::finish_read(StorageId id) {
  std::size_t& pending = owner(id).pending_reads;
  pending -= pending > 0 ? 1 : 0;
}

std::size_t StorageTable::place_space(Location::Space space,
                                      std::vector<Location>& locations) const {
  std::vector<ArenaBlock> blocks;
  std::vector<StorageId> owners;
  for (StorageId id = 0; id < storages_.size(); ++id) {
    const Storage& storage = storages_[id];
    if (storage.space != space || storage.whole) continue;
    blocks.push_back({storage.bytes, storage.first_step, storage.last_step});
    owners.push_back(id);
  }
  const std::size_t arena = place_blocks(blocks);
  for (std::size_t i = 0; i < blocks.size(); ++i) locations[owners[i]].offset = blocks[i].offset;
  return arena;
}

std::vector<Location> StorageTable::place(Plan& plan) const {
  std::vector<Location> locations;
  for (const Storage& storage : storages_) {
    locations.push_back({storage.space, storage.index, 0, storage.pointer});
  }
  plan.host_bytes = place_space(Location::Space::host, locations);
  plan.device_bytes = place_space(Location::Space::device, locations);
  for (StorageId id = 0; id < storages_.size(); ++id) {
    const Storage& storage = storages_[id];
    if (!storage.whole) continue;
    locations[id] = locations[*storage.whole];
    locations[id].offset += storage.offset;
  }
  return locations;
}

}  // namespace keraunos
