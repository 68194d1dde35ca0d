#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <tuple>

#include "runtime/backend/backend.hpp"

namespace keraunos {

/// The weights of one model on one device: each constant once as stored, and once per packed
/// format. Shared by all sessions and plans of the model; freed with it. Safe to use from many
/// threads.
class DeviceWeights {
 public:
  explicit DeviceWeights(Backend& backend) : backend_(backend) {}
  ~DeviceWeights();
  DeviceWeights(const DeviceWeights&) = delete;
  DeviceWeights& operator=(const DeviceWeights&) = delete;

  /// The elements as stored. In host memory this is the file mapping itself where its alignment
  /// allows.
  const void* raw(const std::shared_ptr<const Constant>& constant);

  const void* packed(const std::shared_ptr<const Constant>& constant, const std::string& format,
                     std::size_t bytes, KernelBuild::Pack* pack, const void* closure);

  /// Device memory that copies of weights take, or would take on a described device.
  std::size_t bytes() const;

 private:
  struct Entry {
    std::shared_ptr<const Constant> constant;  // keeps the mapping, and the key unique
    const void* data = nullptr;
    void* owned = nullptr;  // device memory to free, where data is a copy
  };
  /// Constants of the same stored bytes share an entry; scaled ones have elements of their own.
  struct Key {
    const void* elements;
    TensorDesc desc;
    std::string format;

    friend auto operator<=>(const Key& a, const Key& b) {
      return std::tie(a.elements, a.format, a.desc.dtype, a.desc.dims) <=>
             std::tie(b.elements, b.format, b.desc.dtype, b.desc.dims);
    }
  };
  static Key key_of(const Constant& constant, const std::string& format);

  void* store(const void* host, std::size_t bytes);
  const void* described(std::size_t bytes);

  Backend& backend_;
  mutable std::mutex mutex_;
  std::size_t bytes_ = 0;
  std::map<Key, Entry> entries_;
};

}  // namespace keraunos
