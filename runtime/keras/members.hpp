#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/bytes.hpp"
#include "runtime/base/load_budget.hpp"

namespace keraunos::keras {

/// The members of a `.keras` file: a zip, or the folder that it was unpacked into.
class Members {
 public:
  virtual ~Members() = default;

  /// The content of a member ("config.json", "assets/layers/..."); nothing where there is none.
  /// It must be within `limit` of the load's budget.
  virtual std::optional<Bytes> read(const std::string& name,
                                    LoadBudget::Limit limit = &LoadLimits::member_bytes) const = 0;
  std::optional<std::string> read_text(const std::string& name) const;
  /// The names of all members of a zip, of the files right in a folder; for messages.
  virtual std::vector<std::string> names() const = 0;
};

std::shared_ptr<const Members> open_zip(Bytes file, std::shared_ptr<LoadBudget> budget);
/// Members whose names would lead out of the folder are not there.
std::shared_ptr<const Members> open_folder(std::string path, std::shared_ptr<LoadBudget> budget);

}  // namespace keraunos::keras
