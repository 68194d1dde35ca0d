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
  ZipMembers(Bytes file, std::shared_ptr<LoadBudget> budget)
      : budget_(std::move(budget)), zip_(std::move(file), budget_) {}

  std::optional<Bytes> read(const std::string& name, LoadBudget::Limit limit) const override {
    const file::ZipMember* const member = zip_.find(name);
    if (member == nullptr) return std::nullopt;
    if (limit != &LoadLimits::member_bytes) budget_->require(limit, member->size);
    return zip_.read(*member);
  }

  std::vector<std::string> names() const override {
    std::vector<std::string> names;
    for (const file::ZipMember& member : zip_.members()) names.push_back(member.name);
    return names;
  }

 private:
  std::shared_ptr<LoadBudget> budget_;
  file::ZipArchive zip_;
};

class FolderMembers final : public Members {
 public:
  FolderMembers(std::string path, std::shared_ptr<LoadBudget> budget)
      : path_(std::move(path)), budget_(std::move(budget)) {}

  std::optional<Bytes> read(const std::string& name, LoadBudget::Limit limit) const override {
    const std::filesystem::path member(name);
    if (member.is_absolute()) return std::nullopt;
    for (const auto& part : member) {
      if (part == "..") return std::nullopt;
    }
    const std::filesystem::path full = std::filesystem::path(path_) / member;
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(full, ignored)) return std::nullopt;
    Bytes file = file::map_file(full.string());
    if (limit != &LoadLimits::member_bytes) budget_->require(limit, file.size());
    budget_->add_file(file.size());
    return file;
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
  std::shared_ptr<LoadBudget> budget_;
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

std::shared_ptr<const Members> open_zip(Bytes file, std::shared_ptr<LoadBudget> budget) {
  return std::make_shared<ZipMembers>(std::move(file), std::move(budget));
}

std::shared_ptr<const Members> open_folder(std::string path, std::shared_ptr<LoadBudget> budget) {
  return std::make_shared<FolderMembers>(std::move(path), std::move(budget));
}

}  // namespace keraunos::keras
