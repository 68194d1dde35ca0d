#include "runtime/plan/device_weights.hpp"

namespace keraunos {
namespace {

// A described device has no memory: nobody follows the pointers to it.
alignas(256) constexpr std::byte described_memory[1] = {};

}  // namespace

DeviceWeights::~DeviceWeights() {
  for (const auto& [key, entry] : entries_) {
    if (entry.owned != nullptr) backend_.free(entry.owned);
  }
}

DeviceWeights::Key DeviceWeights::key_of(const Constant& constant, const std::string& format) {
  const bool is_stored = constant.last_axis_scale.empty() && constant.bytes.data() != nullptr;
  const void* const elements =
      is_stored ? static_cast<const void*>(constant.bytes.data()) : &constant;
  return {elements, constant.desc, format};
}

// Copies `bytes` from host memory into new device memory.
void* DeviceWeights::store(const void* host, std::size_t bytes) {
  void* const device = backend_.allocate(bytes);
  const auto stream = backend_.make_stream({});
  backend_.copy_to_device(device, host, bytes, *stream);
  stream->synchronize();
  bytes_ += bytes;
  return device;
}

const void* DeviceWeights::described(std::size_t bytes) {
  bytes_ += bytes;
  return described_memory;
}

const void* DeviceWeights::raw(const std::shared_ptr<const Constant>& constant) {
  const std::lock_guard lock(mutex_);
  Entry& entry = entries_[key_of(*constant, "")];
  if (entry.data != nullptr) return entry.data;
  entry.constant = constant;
  if (backend_.is_described()) return entry.data = described(constant->desc.bytes());
  const ConstantElements elements(*constant);
  if (backend_.shares_host_memory() && !elements.is_copy()) return entry.data = elements.data();
  entry.owned = store(elements.data(), constant->desc.bytes());
  return entry.data = entry.owned;
}

const void* DeviceWeights::packed(const std::shared_ptr<const Constant>& constant,
                                  const std::string& format, std::size_t bytes,
                                  KernelBuild::Pack* pack, const void* closure) {
  const std::lock_guard lock(mutex_);
  Entry& entry = entries_[key_of(*constant, format)];
  if (entry.data != nullptr) return entry.data;
  entry.constant = constant;
  if (backend_.is_described()) return entry.data = described(bytes);
  const ConstantElements elements(*constant);
  if (backend_.shares_host_memory()) {
    entry.owned = backend_.allocate(bytes);
    pack(elements.data(), entry.owned, closure);
    bytes_ += bytes;
  } else {
    Tensor staging(DType::uint8, {static_cast<std::int64_t>(bytes)});
    pack(elements.data(), staging.data(), closure);
    entry.owned = store(staging.data(), bytes);
  }
  return entry.data = entry.owned;
}

std::size_t DeviceWeights::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

}  // namespace keraunos
