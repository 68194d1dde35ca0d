#include <cmath>
#include <cstring>

#include "kernels/reference/element_types.hpp"
#include "kernels/reference/entry.hpp"
#include "kernels/reference/integers.hpp"
#include "kernels/reference/kernels.hpp"
#include "kernels/reference/strides.hpp"

// Elementwise ops of several tensors, which broadcast.

namespace keraunos::reference {
namespace {

/// fmod with the divisor's sign.
double floor_mod(double a, double b) {
  const double rest = std::fmod(a, b);
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

float combine(BinaryFn fn, float left, float right) {
  const double a = left;
  const double b = right;
  switch (fn) {
    case BinaryFn::add: return static_cast<float>(a + b);
    case BinaryFn::multiply: return static_cast<float>(a * b);
    case BinaryFn::subtract: return static_cast<float>(a - b);
    case BinaryFn::divide: return static_cast<float>(a / b);
    case BinaryFn::maximum: return left > right || std::isnan(left) ? left : right;
    case BinaryFn::minimum: return left < right || std::isnan(left) ? left : right;
    // The quotient is rounded to float32 first, as in TensorFlow: 3.5 // 0.1 is 35.
    case BinaryFn::floor_divide: return std::floor(left / right);
    case BinaryFn::mod: return static_cast<float>(floor_mod(a, b));
    case BinaryFn::power: return static_cast<float>(std::pow(a, b));
    default: return static_cast<float>(std::atan2(a, b));
  }
}

std::int32_t combine(BinaryFn fn, std::int32_t a, std::int32_t b) {
  return combine_integers(fn, a, b);
}
std::int64_t combine(BinaryFn fn, std::int64_t a, std::int64_t b) {
  return combine_integers(fn, a, b);
}

/// Sums of bools are or, products are and, as in numpy.
std::uint8_t combine(BinaryFn fn, std::uint8_t a, std::uint8_t b) {
  const bool either = fn == BinaryFn::add || fn == BinaryFn::maximum;
  return either ? a != 0 || b != 0 : a != 0 && b != 0;
}

template <typename T>
bool compare(BinaryFn fn, T a, T b) {
  switch (fn) {
    case BinaryFn::equal: return a == b;
    case BinaryFn::not_equal: return a != b;
    case BinaryFn::less: return a < b;
    case BinaryFn::less_equal: return a <= b;
    case BinaryFn::greater: return a > b;
    case BinaryFn::greater_equal: return a >= b;
    case BinaryFn::logical_and: return a != 0 && b != 0;
    case BinaryFn::logical_or: return a != 0 || b != 0;
    default: return (a != 0) != (b != 0);
  }
}

bool compare(BinaryFn fn, std::uint8_t a, std::uint8_t b) {
  return compare<int>(fn, a != 0, b != 0);
}

/// Reasons against functions that a dtype does not have.
Verdict has_function(BinaryFn fn, DType dtype) {
  if (gives_bool(fn) || dtype == DType::float32) return Verdict::yes();
  if (fn == BinaryFn::divide || fn == BinaryFn::arctan2) {
    return Verdict::no("computes " + std::string(to_string(fn)) + " of float32 only");
  }
  const bool of_bools = fn == BinaryFn::add || fn == BinaryFn::multiply ||
                        fn == BinaryFn::maximum || fn == BinaryFn::minimum;
  if (dtype == DType::boolean && !of_bools) {
    return Verdict::no("computes " + std::string(to_string(fn)) + " of numbers only");
  }
  return Verdict::yes();
}

class BinaryKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView& node, const BuildOptions&) {
    const DType dtype = node.inputs[0].dtype;
    return is_computed(dtype) ? has_function(node.as<Binary>().fn, dtype) : computed_dtype(dtype);
  }

  BinaryKernel(const NodeView& node, KernelBuild& build)
      : size_(node.outputs[0].size()),
        dims_(node.outputs[0].dims),
        a_strides_(broadcast_strides(node.inputs[0].dims, dims_)),
        b_strides_(broadcast_strides(node.inputs[1].dims, dims_)),
        fn_(node.as<Binary>().fn),
        dtype_(node.inputs[0].dtype) {
    raw_constants(node, build);
  }

  void run(const KernelArgs& args, Stream&) const override {
    with_element_type(dtype_, [&](auto zero) {
      using T = decltype(zero);
      for (std::int64_t i = 0; i < size_; ++i) {
        const T a = args.input<T>(0)[offset_of(i, dims_, a_strides_)];
        const T b = args.input<T>(1)[offset_of(i, dims_, b_strides_)];
        if (gives_bool(fn_)) {
          args.output<std::uint8_t>()[i] = compare(fn_, a, b);
        } else {
          args.output<T>()[i] = combine(fn_, a, b);
        }
      }
    });
  }

 private:
  std::int64_t size_;
  Dims dims_;
  Dims a_strides_;
  Dims b_strides_;
  BinaryFn fn_;
  DType dtype_;
};

/// Moves elements of any dtype.
class SelectKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView&, const BuildOptions&) { return Verdict::yes(); }

  SelectKernel(const NodeView& node, KernelBuild& build)
      : size_(node.outputs[0].size()),
        element_(size_of(node.outputs[0].dtype)),
        dims_(node.outputs[0].dims) {
    for (const TensorDesc& input : node.inputs) {
      strides_.push_back(broadcast_strides(input.dims, dims_));
    }
    raw_constants(node, build);
  }

  void run(const KernelArgs& args, Stream&) const override {
    for (std::int64_t i = 0; i < size_; ++i) {
      const bool first = args.input<std::uint8_t>(0)[offset_of(i, dims_, strides_[0])] != 0;
      const std::size_t chosen = first ? 1 : 2;
      const auto source = static_cast<std::size_t>(offset_of(i, dims_, strides_[chosen]));
      std::memcpy(args.output<std::byte>() + static_cast<std::size_t>(i) * element_,
                  args.input<std::byte>(chosen) + source * element_, element_);
    }
  }

 private:
  std::int64_t size_;
  std::size_t element_;
  Dims dims_;
  std::vector<Dims> strides_;  // of condition, a, b
};

}  // namespace

KernelEntry binary() { return make_entry<BinaryKernel>("reference binary"); }
KernelEntry select() { return make_entry<SelectKernel>("reference select"); }

}  // namespace keraunos::reference
