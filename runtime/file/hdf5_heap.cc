#include "runtime/file/hdf5_heap.hpp"

#include <algorithm>

namespace keraunos::file::hdf5 {
namespace {

constexpr std::string_view local_heap = "an HDF5 local heap";
constexpr std::string_view global_heap = "an HDF5 global heap";

}  // namespace

LocalHeap::LocalHeap(const Image& image, std::uint64_t address) {
  ByteReader in = image.reader(address, local_heap);
  in.expect("HEAP");
  in.skip(4);  // version, reserved
  const std::uint64_t size = image.read_length(in);
  image.read_length(in);  // free list
  data_ = image.at(image.read_defined_address(in), size, local_heap);
}

std::string_view LocalHeap::name(std::uint64_t offset) const {
  const std::string_view names = as_text(data_);
  const std::size_t end = offset < names.size() ? names.find('\0', offset) : std::string_view::npos;
  if (end == std::string_view::npos) {
    fail(ErrorCode::malformed_file, "{} of {} bytes has no name at offset {}", local_heap,
         names.size(), offset);
  }
  return names.substr(static_cast<std::size_t>(offset), end - static_cast<std::size_t>(offset));
}

const GlobalHeap::Collection& GlobalHeap::collection(std::uint64_t address) {
  const auto [found, is_new] = collections_.try_emplace(address);
  if (!is_new) return found->second;

  ByteReader head = image_.reader(address, global_heap);
  head.expect("GCOL");
  head.skip(4);  // version, reserved
  const std::uint64_t size = image_.read_length(head);
  budget_.spend(size, global_heap);
  ByteReader in(image_.at(address, size, global_heap), global_heap);
  in.skip(head.position());
  const std::size_t object_head = 8 + image_.length_size();
  while (in.remaining() >= object_head) {
    const std::uint16_t index = in.u16();
    in.skip(6);  // reference count, reserved
    const std::uint64_t object_size = image_.read_length(in);
    if (index == 0) break;  // the free space at the end
    found->second.try_emplace(index, in.take(object_size));
    in.skip(std::min<std::uint64_t>((8 - object_size % 8) % 8, in.remaining()));
  }
  return found->second;
}

std::string_view GlobalHeap::read_string(ByteReader& reference) {
  const std::uint32_t length = reference.u32();
  const auto address = image_.read_address(reference);
  const std::uint32_t index = reference.u32();
  if (length == 0 || !address || *address == 0) return {};

  const Collection& objects = collection(*address);
  const auto object = objects.find(index);
  if (object == objects.end() || object->second.size() < length) {
    fail(ErrorCode::malformed_file, "{} at address {} has no object {} of {} bytes", global_heap,
         *address, index, length);
  }
  // Many references to one long string could multiply it without bound.
  texts_.spend(length, "a list of HDF5 strings");
  return as_text(object->second.first(length));
}

}  // namespace keraunos::file::hdf5
