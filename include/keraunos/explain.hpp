#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "keraunos/export.hpp"
#include "keraunos/model.hpp"
#include "keraunos/summary.hpp"

namespace keraunos {

struct LoadedArchitecture;  // internal

/// What a sliding window did to one axis. Sizes are numbers where they are known and formulas
/// elsewhere.
struct WindowStep {
  std::string before;
  std::string after;
  std::int64_t size = 1;
  std::int64_t stride = 1;
  std::int64_t dilation = 1;
  std::string padding;  ///< "valid", "same", "causal", "explicit"
  // Only where the size before is a number.
  std::optional<std::int64_t> pad_before;
  std::optional<std::int64_t> pad_after;
  std::optional<std::int64_t> dropped;  ///< cells at the end that no window reaches
};

/// What one layer did to the shape, and why.
struct LayerExplanation {
  std::string name;  ///< with the names of enclosing models: "encoder/dense"
  std::string class_name;
  std::size_t depth = 0;             ///< 0 for the layers of the model itself
  std::vector<std::string> inputs;   ///< "(None, height-2, 13, 32)"; "unknown" where nobody can say
  std::vector<std::string> outputs;  ///< with the sizes asked for, where there are any
  std::vector<std::string> connected_to;
  std::int64_t parameters = 0;
  std::string kind;      ///< of its main step: "window", "flatten", "dense", "unchanged", ...
  std::string sentence;  ///< "3×3 window, valid padding: 28 → 26; 32 filters: 1 → 32 channels"
  std::vector<WindowStep> windows;  ///< one per spatial axis
  bool masked = false;              ///< a mask says which steps of its output are padding
  std::string problem;              ///< why nothing more is known, empty otherwise
};

/// A size that stays open until a batch arrives.
struct UnknownSize {
  std::string symbol;  ///< "height"
  std::string input;
  std::size_t axis = 0;
};

/// Something that must hold for the sizes of a batch.
struct SizeDemand {
  std::string layer;    ///< "layer 'dense' (Dense)"
  std::string what;     ///< "the last axis of the input must have as many cells as ..."
  std::string formula;  ///< "((height-2)//2)*((width-2)//2)*32"
  std::string wanted;   ///< "5408", "at least 1"
  // For the sizes asked for.
  std::optional<std::int64_t> got;
  std::optional<bool> holds;
};

/// Which sizes of the inputs the weights allow.
struct FittingSizes {
  bool any = false;                         ///< every size fits
  bool all_from_smallest = false;           ///< examples[0] and every larger size
  std::vector<std::vector<Dims>> examples;  ///< a batch of one; the smallest or squarest first
  std::string rule;                         ///< as a sentence
};

enum class Severity {
  hint,     ///< worth knowing; may be meant so
  warning,  ///< most likely a mistake
  error,    ///< the model cannot run so
};

/// A mistake, or what often is one.
struct Finding {
  std::string id;  ///< "dense_on_map", "flatten_of_flat", ...: see docs/explain.md
  Severity severity = Severity::hint;
  std::string layer;  ///< its name; empty where the inputs are meant
  std::string sentence;
  std::string fix;
};

/// A walk through a model: what every layer does to the shape, what stays unknown, what is wrong.
struct Explanation {
  std::string model_name;
  std::vector<TensorInfo> inputs;
  std::vector<TensorInfo> outputs;
  std::vector<Dims> sizes;               ///< of the inputs, where they were asked for and fit
  std::vector<LayerExplanation> layers;  ///< nested ones behind the model that holds them
  std::vector<UnknownSize> unknown;
  std::vector<SizeDemand> demands;  ///< that the batch decides
  FittingSizes fitting;
  std::vector<Finding> findings;  ///< the most severe first
  std::int64_t trainable_parameters = 0;
  std::int64_t non_trainable_parameters = 0;
};

/// The layers of a model without the numbers of its weights: what can be said of any model's file,
/// even of one that cannot run. What a layer does that Keraunos does not know is "unknown".
class KERAUNOS_API Architecture {
 public:
  /// Opens any file that Model::load opens; `weights` is as LoadOptions::weights, but nothing needs
  /// it. Throws Error: file_not_readable, malformed_file, unsupported (no model of layers).
  static Architecture load(const std::string& path, const std::string& weights = {});

  /// The same with `options`, of which zero_weights, layers and all_layers say nothing here.
  static Architecture load(const std::string& path, const LoadOptions& options);

  const std::string& name() const;
  const std::vector<TensorInfo>& inputs() const;
  const std::vector<TensorInfo>& outputs() const;

  /// As Model::summary().
  Summary summary(const std::vector<Dims>& sizes = {}) const;
  /// As Model::explain().
  Explanation explain(const std::vector<Dims>& sizes = {}) const;

 private:
  explicit Architecture(std::shared_ptr<const LoadedArchitecture> loaded)
      : loaded_(std::move(loaded)) {}
  std::shared_ptr<const LoadedArchitecture> loaded_;
};

/// "hint", "warning", "error".
KERAUNOS_API std::string_view to_string(Severity severity);

/// The explanation as JSON: the fields above under their names.
KERAUNOS_API std::string to_json(const Explanation& explanation);
/// The summary as JSON.
KERAUNOS_API std::string to_json(const Summary& summary);
/// The explanation as one self-contained page, which begins with inputs of `sizes`. The
/// explanation should be of open sizes, so that the page has formulas to evaluate.
KERAUNOS_API std::string to_html(const Explanation& explanation,
                                 const std::vector<Dims>& sizes = {});

}  // namespace keraunos
