#pragma once

#include <string>
#include <vector>

#include "runtime/shape/dim.hpp"

namespace keraunos {

/// Something that must hold for the sizes of a batch before a model can run on it.
struct Demand {
  enum class Kind {
    equal,          ///< left == right
    broadcastable,  ///< left == right, or one of them is 1
    positive,       ///< left >= 1
  };
  Kind kind;
  Dim left;
  Dim right;
  std::string what;   ///< "the last axis of the input must have as many cells as the kernel rows"
  std::string layer;  ///< "layer 'dense' (Dense)", filled in by the graph

  bool holds(const Binding& binding) const;
};

/// Collects demands while shapes are inferred. What contradicts itself for every batch throws at
/// once; what is always true is dropped; what depends on the batch is kept for later.
class Demands {
 public:
  /// Returns the size that the two share: the one with fewer symbols.
  Dim equal(const Dim& left, const Dim& right, const std::string& what);
  /// Returns the broadcast size.
  Dim broadcast(const Dim& left, const Dim& right, const std::string& what);
  void positive(const Dim& size, const std::string& what);

  const std::vector<Demand>& open() const { return open_; }

 private:
  std::vector<Demand> open_;
};

}  // namespace keraunos
