#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/bytes.hpp"

// Files that people take for models: what they are, told by their first bytes or by the names
// inside them, and what to do instead.

namespace keraunos::keras {

/// "this is a Git LFS pointer ...: run 'git lfs pull'"; nothing where the bytes say nothing known.
std::optional<std::string> describe_foreign_file(const Bytes& file);

/// The same for a zip archive without a model, from the names of its members.
std::optional<std::string> describe_foreign_archive(const std::vector<std::string>& names);

/// The same for a folder without a model, from the names of its files.
std::optional<std::string> describe_foreign_folder(const std::vector<std::string>& names);

}  // namespace keraunos::keras
