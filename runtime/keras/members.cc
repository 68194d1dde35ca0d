#include "runtime/keras/members.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "runtime/base/fail.hpp"
#include "runtime/file/mapped_file.hpp"
#include "runtime/file/zip.hpp"

namespace keraunos::keras {
namespace {

class ZipMembers final : public Members {
 public:
  explicit ZipMembers(Bytes file) : zip_(std::move(file)) {}

  std::optional<Bytes> read(const std::string& name) const override {
    const file::ZipMember* const member = zip_.find(name);
    return member == nullptr ? std::nullopt : std::optional(zip_.read(*member));
  }

  std::vector<std::string> names() const override {
    std::vector<std::string> names;
    for (const file::ZipMember& member : zip_.members()) names.push_back(member.name);
    return names;
  }

 private:
  file::ZipArchive zip_;
};

class FolderMembers final : public Members {
 public:
  explicit FolderMembers(std::string path) : path_(std::move(path)) {}

  std::optional<Bytes> read(const std::string& name) const override {
    const std::filesystem::path member(name);
    if (member.is_absolute()) return std::nullopt;
    for (const auto& part : member) {
      if (part == "..") return std::nullopt;
    }
    const std::filesystem::path full = std::filesystem::path(path_) / member;
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(full, ignored)) return std::nullopt;
    return file::map_file(full.string());
  }

  std::vector<std::string> names() const override {
    std::vector<std::string> names;
    std::error_code error;
    for (std::filesystem::directory_iterator it(path_, error), end; !error && it != end;
         it.increment(error)) {
      names.push_back(it->path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

 private:
  std::string path_;
};

}  // namespace

std::optional<std::string> Members::read_text(const std::string& name) const {
  return within([&] { return name; },
                [&]() -> std::optional<std::string> {
                  const auto bytes = read(name);
                  if (!bytes) return std::nullopt;
                  return std::string(reinterpret_cast<const char*>(bytes->data()), bytes->size());
                });
}

std::shared_ptr<const Members> open_zip(Bytes file) {
  return std::make_shared<ZipMembers>(std::move(file));
}

std::shared_ptr<const Members> open_folder(std::string path) {
  return std::make_shared<FolderMembers>(std::move(path));
}

}  // namespace keraunos::keras
