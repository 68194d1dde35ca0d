#pragma once

#include <map>
#include <string>
#include <vector>

#include "runtime/file/json.hpp"
#include "runtime/keras/legacy_nodes.hpp"

namespace keraunos::keras {

/// What the tf.einsum calls of a graph of tf.keras are called on. The file holds only the equation,
/// as tf.keras writes no operands behind a first argument that is no tensor; it cannot load such a
/// file itself. They are the layers that nothing else reads, where these are as many as all
/// equations name: then each operand is one of them. A graph's layers stand in the order in which
/// they were first met on the way back from the outputs, level by level, so that the operands of
/// one call come in order, and before those of the next.
class LostOperands {
 public:
  /// `layers` are the entries of a Functional model. Throws nothing: what is not known is told when
  /// it is asked for.
  LostOperands(const file::Json& layers, const LegacyNames& names);

  /// The layers that the tf.einsum of this name is called on. Throws Error(unsupported) where they
  /// cannot be told.
  const std::vector<std::string>& of(const std::string& einsum) const;

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> operands_;
  std::size_t wanted_ = 0;
  std::size_t unread_ = 0;
};

/// True for a layer that calls tf.einsum.
bool is_tf_einsum(const file::Json& entry);

}  // namespace keraunos::keras
