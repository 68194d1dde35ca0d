#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "keraunos/error.hpp"
#include "runtime/base/bytes.hpp"
#include "runtime/file/mapped_file.hpp"

namespace keraunos::file::testing {

inline std::string data_path(const std::string& name) {
  return std::string(KERAUNOS_SOURCE_DIR) + "/tests/file/data/" + name;
}

/// Owned bytes whose memory ends exactly where they do, so that ASan sees every read past them.
inline Bytes bytes_of(std::string_view text) {
  std::shared_ptr<std::byte[]> memory(new std::byte[text.size()]);
  if (!text.empty()) std::memcpy(memory.get(), text.data(), text.size());
  return {{memory.get(), text.size()}, memory};
}

inline std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline std::string read_data(const std::string& name) {
  return text_of(map_file(data_path(name)).span);
}

/// A folder that disappears with everything in it.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "keraunos-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    path_ = pattern;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }

  std::string path(const std::string& name) const { return (path_ / name).string(); }

  std::string write(const std::string& name, std::string_view content) const {
    std::ofstream(path(name), std::ios::binary) << content;
    return path(name);
  }

 private:
  std::filesystem::path path_;
};

/// What `work` complains of: "code: what", or "nothing".
template <typename Work>
std::string error_of(Work&& work) {
  try {
    work();
  } catch (const Error& error) {
    return std::string(to_string(error.code())) + ": " + error.what();
  }
  return "nothing";
}

}  // namespace keraunos::file::testing
