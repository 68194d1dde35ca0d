#include <algorithm>

#include "runtime/base/fail.hpp"
#include "runtime/keras/operations/families.hpp"
#include "runtime/keras/operations/size_options.hpp"
#include "runtime/keras/sizes.hpp"

// x[key]: any dtype. Positions are numbers or made of sizes.

namespace keraunos::keras {
namespace {

using file::Json;

// One part of x[part, part, ...].
struct IndexPart {
  enum class Kind { cell, slice, new_axis, ellipsis };

  Kind kind = Kind::ellipsis;
  std::optional<Dim> start = {};  // of a cell: the cell
  std::optional<Dim> stop = {};
  std::int64_t step = 1;

  bool takes_axis() const { return kind == Kind::cell || kind == Kind::slice; }
};

// What counts from the end. Formulas are taken for positions from the start unless their form shows
// that they are negative: -(steps//2).
bool counts_from_end(const Dim& place) {
  if (const auto number = place.constant()) return *number < 0;
  return never_negative(place * Dim(-1));
}

Dim position(const Dim& place, const Dim& size) {
  return counts_from_end(place) ? size + place : place;
}

// An index as it is worked out: what is taken of each axis, and which axes stay.
class Index {
 public:
  explicit Index(Shape input)
      : input_(std::move(input)),
        slice_{Shape(input_.size()), input_, std::vector<std::int64_t>(input_.size(), 1)} {}

  void take(const std::vector<IndexPart>& parts) {
    const auto named =
        static_cast<std::size_t>(std::ranges::count_if(parts, &IndexPart::takes_axis));
    if (named > input_.size()) {
      fail(ErrorCode::shape_mismatch, "an index of {} axes of a tensor that has {}", named,
           input_.size());
    }
    for (const IndexPart& part : parts) {
      switch (part.kind) {
        case IndexPart::Kind::cell: take_cell(*part.start); break;
        case IndexPart::Kind::slice: take_slice(part); break;
        case IndexPart::Kind::new_axis: result_.emplace_back(1); break;
        case IndexPart::Kind::ellipsis:
          for (std::size_t i = named; i < input_.size(); ++i) result_.push_back(input_[axis_++]);
      }
    }
  }

  ValueId emit(LayerCall& call, ValueId x) {
    const bool whole = slice_.sizes == input_ &&
                       std::ranges::all_of(slice_.steps, [](auto step) { return step == 1; });
    const ValueId picked = whole ? x : call.emit(std::move(slice_), {x});
    return call.view(picked, std::move(result_));
  }

 private:
  void take_cell(const Dim& place) {
    slice_.starts[axis_] = position(place, input_[axis_]);
    slice_.sizes[axis_] = Dim(1);
    ++axis_;
  }

  void take_slice(const IndexPart& part);

  Shape input_;
  Slice slice_;
  Shape result_;
  std::size_t axis_ = 0;  // the next one of the input
};

// Python's slice.indices: bounds count from the end where negative, and are clamped. A bound that
// only makes the slice empty is left as it is, so that x[1:] and x[:-1] have one formula; formulas
// are not clamped at 0, and the slice demands that its size is not negative.
void Index::take_slice(const IndexPart& part) {
  const bool forward = part.step > 0;
  const Dim size = input_[axis_];
  Dim start = forward ? Dim(0) : size - Dim(1);
  Dim stop = forward ? size : Dim(-1);
  if (part.start) {
    const Dim place = position(*part.start, size);
    const bool from_end = counts_from_end(*part.start);
    if (forward) start = from_end ? max(place, Dim(0)) : place;
    if (!forward) start = from_end ? place : min(place, size - Dim(1));
  }
  if (part.stop) {
    const Dim place = position(*part.stop, size);
    const bool from_end = counts_from_end(*part.stop);
    if (forward) stop = from_end ? place : min(place, size);
    if (!forward) stop = from_end ? max(place, Dim(-1)) : place;
  }
  const auto is_formula = [](const auto& bound) { return bound && !bound->is_constant(); };
  const Dim span = forward ? stop - start : start - stop;
  const bool clamped = never_negative(span) || is_formula(part.start) || is_formula(part.stop) ||
                       (!part.stop && (!part.start || counts_from_end(*part.start)));
  slice_.starts[axis_] = start;
  slice_.steps[axis_] = part.step;
  slice_.sizes[axis_] =
      ceil_div(clamped ? span : max(span, Dim(0)), forward ? part.step : -part.step);
  result_.push_back(slice_.sizes[axis_++]);
}

// x[key] -----------------------------------------------------------------------------------------

constexpr std::string_view what = "an index";

// {"class_name": "__slice__", "config": {"start": ..., "stop": ..., "step": ...}}, with tensors in
// it or without.
std::optional<Argument> member(const Argument& object, std::string_view key) {
  if (object.kind == Argument::Kind::constant) {
    const auto found = object.constant->find(key);
    if (!found || found->is_null()) return std::nullopt;
    Argument inner;
    inner.constant = *found;
    return inner;
  }
  const auto place = std::ranges::find(object.keys, key);
  if (place == object.keys.end()) return std::nullopt;
  const Argument& found = object.items[static_cast<std::size_t>(place - object.keys.begin())];
  return found.is_none() ? std::nullopt : std::optional(found);
}

std::optional<Dim> bound_of(const LayerCall& call, const Argument& config, std::string_view key) {
  const auto found = member(config, key);
  if (!found) return std::nullopt;
  const std::vector<Dim> bound = to_sizes(call, *found, what);
  if (bound.size() != 1) fail(ErrorCode::malformed_file, "a bound of {} numbers", bound.size());
  return bound[0];
}

std::int64_t step_of(const std::optional<Dim>& bound) {
  if (!bound) return 1;
  const std::int64_t step = known_size(*bound, "the step of a slice");
  if (step == 0) fail(ErrorCode::malformed_file, "a slice with a step of 0");
  return step;
}

bool is_object(const Argument& argument) {
  return argument.kind == Argument::Kind::dict ||
         (argument.kind == Argument::Kind::constant && argument.constant &&
          argument.constant->is_object());
}

bool is_number(const Argument& argument) {
  return argument.is_tensor() || (argument.constant && argument.constant->is_int());
}

IndexPart part_of(const LayerCall& call, const Argument& key) {
  if (key.is_none()) return {.kind = IndexPart::Kind::new_axis};
  if (is_number(key)) {
    const std::vector<Dim> cell = to_sizes(call, key, what);
    if (cell.size() != 1) fail(ErrorCode::unsupported, "a list as an index is not supported");
    return {.kind = IndexPart::Kind::cell, .start = cell[0]};
  }
  const auto name = is_object(key) ? member(key, "class_name") : std::nullopt;
  const std::string_view class_name = name ? name->constant->as_string() : "";
  if (class_name == "__ellipsis__") return {};
  const auto config = member(key, "config");
  if (class_name != "__slice__" || !config) {
    fail(ErrorCode::unsupported, "index {} is not supported", key.describe());
  }
  return {.kind = IndexPart::Kind::slice,
          .start = bound_of(call, *config, "start"),
          .stop = bound_of(call, *config, "stop"),
          .step = step_of(bound_of(call, *config, "step"))};
}

// The parts one by one, with the ellipsis that ends every index without one.
std::vector<IndexPart> parts_of(const LayerCall& call, const Argument* key) {
  std::vector<IndexPart> parts;
  if (key == nullptr) {  // x[None]
    parts.push_back({.kind = IndexPart::Kind::new_axis});
  } else if (key->kind == Argument::Kind::list) {
    for (const Argument& item : key->items) parts.push_back(part_of(call, item));
  } else if (key->constant && key->constant->is_array()) {
    for (const Json item : key->constant->elements()) {
      Argument part;
      if (!item.is_null()) part.constant = item;
      parts.push_back(part_of(call, part));
    }
  } else {
    parts.push_back(part_of(call, *key));
  }
  const auto ellipses = std::ranges::count(parts, IndexPart::Kind::ellipsis, &IndexPart::kind);
  if (ellipses > 1) fail(ErrorCode::malformed_file, "an index with two ellipses");
  if (ellipses == 0) parts.emplace_back();
  return parts;
}

std::vector<ValueId> import_get_item(LayerCall& call) {
  const ValueId x = as_stored(call, first_operand(call));
  Index index(call.shape(x));
  index.take(parts_of(call, call.argument("key", 1)));
  return {index.emit(call, x)};
}

// tf.strided_slice: begin, end and strides of the first axes, and masks with a bit for each.
std::vector<ValueId> import_strided_slice(LayerCall& call) {
  const ValueId x = as_stored(call, first_operand(call));
  const std::vector<Dim> begin = required_sizes(call, "begin", 1);
  const std::vector<Dim> end = required_sizes(call, "end", 2);
  const auto strides =
      sizes_option(call, "strides", 3).value_or(std::vector<Dim>(begin.size(), Dim(1)));
  if (end.size() != begin.size() || strides.size() != begin.size()) {
    fail(ErrorCode::malformed_file, "begin, end and strides have {}, {} and {} numbers",
         begin.size(), end.size(), strides.size());
  }
  const auto masked = [&](std::string_view mask, std::size_t axis) {
    return axis < 31 && (number_option(call, mask, 0) >> axis & 1) != 0;
  };
  std::vector<IndexPart> parts;
  for (std::size_t i = 0; i < begin.size(); ++i) {
    if (masked("ellipsis_mask", i)) {
      parts.emplace_back();
    } else if (masked("new_axis_mask", i)) {
      parts.push_back({.kind = IndexPart::Kind::new_axis});
    } else if (masked("shrink_axis_mask", i)) {
      parts.push_back({.kind = IndexPart::Kind::cell, .start = begin[i]});
    } else {
      IndexPart part{.kind = IndexPart::Kind::slice, .step = step_of(strides[i])};
      if (!masked("begin_mask", i)) part.start = begin[i];
      if (!masked("end_mask", i)) part.stop = end[i];
      parts.push_back(part);
    }
  }
  if (number_option(call, "ellipsis_mask", 0) == 0) parts.emplace_back();
  Index index(call.shape(x));
  index.take(parts);
  return {index.emit(call, x)};
}

constexpr std::array classes = {
    LayerClass{"GetItem", import_get_item},
    LayerClass{"StridedSlice", import_strided_slice},
};

}  // namespace

const std::span<const LayerClass> slicing_operations = classes;

}  // namespace keraunos::keras
