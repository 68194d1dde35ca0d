#pragma once

#include <cstdint>
#include <mutex>

#include "keraunos/load_limits.hpp"

namespace keraunos {

/// What the files of one load have used up of its limits, shared by all that read them. Ask before
/// memory is taken: a refusal is an Error(unsupported) that names the limit. Safe to use from many
/// threads.
class LoadBudget {
 public:
  using Limit = std::uint64_t LoadLimits::*;

  explicit LoadBudget(const LoadLimits& limits = {});

  const LoadLimits& limits() const { return limits_; }

  /// Notes a file of the model: large files may hold much.
  void add_file(std::uint64_t bytes);

  /// Refuses `found` where it is beyond the limit.
  void require(Limit limit, std::uint64_t found) const;

  /// Adds to what was taken under the limit before, and refuses the sum where it is beyond.
  void take(Limit limit, std::uint64_t amount);

  /// What was taken under the limit so far.
  std::uint64_t taken(Limit limit) const;

 private:
  std::uint64_t allowed(Limit limit) const;

  const LoadLimits limits_;
  mutable std::mutex mutex_;
  std::uint64_t file_bytes_ = 0;
  LoadLimits taken_;  // under the names of the limits
};

/// Throws the Error of a limit that was met.
[[noreturn]] void refuse_beyond(LoadBudget::Limit limit, std::uint64_t found,
                                std::uint64_t allowed);

}  // namespace keraunos
