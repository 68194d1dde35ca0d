#pragma once

#include <functional>
#include <string>
#include <vector>

#include "runtime/explain/findings.hpp"

// What findings.cc puts together, by what the mistakes are about.

namespace keraunos {

/// The layers that do something themselves, in order, and what makes what.
class Leaves {
 public:
  explicit Leaves(const Subject& subject);
  const std::vector<const keras::LayerRecord*>& all() const { return leaves_; }
  /// The last layer that gives out `value`, of those before `before` where that is set: layers that
  /// do nothing give out what they take. Null for none.
  const keras::LayerRecord* maker(ValueId value, const keras::LayerRecord* before = nullptr) const;

 private:
  std::vector<const keras::LayerRecord*> leaves_;
};

/// One look at a model.
struct Diagnosis {
  const Subject& subject;
  const Sizes& sizes;
  const Leaves& leaves;
  std::vector<Finding>& findings;

  void add(const char* id, Severity severity, const keras::LayerRecord* layer, std::string sentence,
           std::string fix) const;
};

/// Flatten and what stands behind it: flat input, open sizes, masks, most of the parameters.
void look_at_flatten(const Diagnosis& diagnosis);
/// A Dense that works on a map up to the output.
void look_at_heads(const Diagnosis& diagnosis);
/// Layers that failed, weights that do not fit, sizes that do not.
void look_at_conflicts(const Diagnosis& diagnosis);
/// Recorded batches, and the range of image inputs.
void look_at_inputs(const Diagnosis& diagnosis);

}  // namespace keraunos
