#include "runtime/file/mapped_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "runtime/base/fail.hpp"

namespace keraunos::file {
namespace {

[[noreturn]] void refuse(const std::string& path, const char* reason) {
  fail(ErrorCode::file_not_readable, "cannot read '{}': {}", path, reason);
}

struct FileDescriptor {
  explicit FileDescriptor(int descriptor) : value(descriptor) {}
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor() {
    if (value >= 0) ::close(value);
  }
  const int value;
};

}  // namespace

Bytes map_file(const std::string& path) {
  // O_NONBLOCK: opening a named pipe must not wait for a writer.
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.value < 0) refuse(path, std::strerror(errno));
  struct stat status {};
  if (::fstat(file.value, &status) != 0) refuse(path, std::strerror(errno));
  if (S_ISDIR(status.st_mode)) refuse(path, "it is a directory");
  if (!S_ISREG(status.st_mode)) refuse(path, "it is not a regular file");
  if (status.st_size == 0) refuse(path, "the file is empty: a download or a copy of it did not finish");

  const auto size = static_cast<std::size_t>(status.st_size);
  void* const memory = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.value, 0);
  if (memory == MAP_FAILED) refuse(path, std::strerror(errno));
  std::shared_ptr<const void> owner(memory, [size](void* mapped) { ::munmap(mapped, size); });
  return {{static_cast<const std::byte*>(memory), size}, std::move(owner)};
}

}  // namespace keraunos::file
