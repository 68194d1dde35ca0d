#include "tests/gpu/cases.hpp"

// Rows and lines: reductions, norms, softmax, scans, sorting.

namespace keraunos::gpu_check {
namespace {

constexpr DType number_dtypes[] = {DType::float32, DType::int32, DType::int64, DType::boolean};

void add_softmax_and_reductions(Cases& cases) {
  for (const SoftmaxFn function :
       {SoftmaxFn::softmax, SoftmaxFn::log_softmax, SoftmaxFn::sparsemax}) {
    const auto name = to_string(function);
    const auto add = [&](const char* label, Tensor input, std::vector<std::size_t> axes) {
      return &cases.add(fmt::format("{} {}", name, label), Softmax{function, std::move(axes)},
                        std::move(input));
    };
    add("of 10", cases.random({4, 10}, -9, 9), {1});
    add("of 1000", cases.random({5, 1000}, -9, 9), {1});
    add("of the first axis", cases.random({50, 3}, -9, 9), {0});
    add("of large numbers", cases.random({3, 40}, -1000, 1000), {1});
    if (function != SoftmaxFn::sparsemax) {
      add("of two axes", cases.random({2, 6, 9, 3}, -9, 9), {1, 2});
    }
    Tensor with_nan = cases.random({2, 40});
    with_nan.as<float>()[3] = nan;
    add("of NaN", std::move(with_nan), {1})->holds_nan = true;
  }
  for (const ReduceFn function :
       {ReduceFn::mean, ReduceFn::max, ReduceFn::min, ReduceFn::sum, ReduceFn::prod}) {
    const auto name = to_string(function);
    const auto add = [&](const char* label, Tensor input, std::vector<std::size_t> axes) {
      return &cases.add(fmt::format("{} {}", name, label), Reduce{function, std::move(axes)},
                        std::move(input));
    };
    add("of height and width", cases.random({2, 7, 7, 20}), {1, 2});
    add("of height and width, many", cases.random({64, 7, 7, 256}), {1, 2})->small = false;
    add("of the last axis", cases.random({3, 500}), {1});
    add("of a short axis", cases.random({30, 5}), {1});
    Tensor with_nan = cases.random({3, 40});
    with_nan.as<float>()[39] = nan;
    add("of NaN", std::move(with_nan), {1})->holds_nan = true;
  }
}

void add_norms(Cases& cases) {
  for (const NormFn function : {NormFn::standard, NormFn::rms, NormFn::deviation, NormFn::l2}) {
    const auto add = [&](const char* label, Tensor input, std::vector<std::size_t> axes) {
      const Norm norm = {function, std::move(axes), 1e-5F};
      return &cases.add(fmt::format("{} {}", norm.describe(), label), norm, std::move(input));
    };
    add("of 768", cases.random({6, 768}), {1});
    add("of a short axis", cases.random({50, 7}, 9, 11), {1});
    add("far from zero", cases.random({3, 500}, 999, 1001), {1});
    add("of groups", cases.random({2, 6, 5, 4, 8}), {1, 2, 4});
    add("of many side by side", cases.random({64, 40, 256}), {1})->small = false;
    if (function == NormFn::l2) continue;  // the reference's largest drops NaN
    Tensor with_nan = cases.random({3, 40});
    with_nan.as<float>()[39] = nan;
    add("of NaN", std::move(with_nan), {1})->holds_nan = true;
  }
}

void add_long_reductions(Cases& cases) {
  for (const ReduceFn function : {ReduceFn::mean, ReduceFn::sum}) {
    const auto add = [&](const char* label, const Dims& dims, std::vector<std::size_t> axes) {
      cases.add(fmt::format("{} of {}", to_string(function), label),
                Reduce{function, std::move(axes)}, cases.random(dims));
    };
    add("a large image", {2, 40, 30, 6}, {1, 2});
    add("a long sequence", {1000, 7}, {0});
  }
}

void add_integer_reductions(Cases& cases) {
  for (const DType dtype : {DType::int32, DType::int64, DType::boolean}) {
    for (std::size_t i = 0; i < reduce_fn_count; ++i) {
      const auto function = static_cast<ReduceFn>(i);
      const auto add = [&](const char* label, std::vector<std::size_t> axes) {
        cases.add(fmt::format("{} of {}, {}", to_string(function), to_string(dtype), label),
                  Reduce{function, std::move(axes)}, cases.random({40, 3, 60}, -9, 9).cast(dtype));
      };
      add("the last axis", {2});
      add("a short axis", {1});
      add("all axes", {0, 1, 2});
    }
  }
}

/// Ops along one axis: rows of one thread and of a warp, contiguous or not.
void add_lines(Cases& cases) {
  for (const DType dtype : number_dtypes) {
    for (const std::size_t axis : {std::size_t{0}, std::size_t{1}, std::size_t{2}}) {
      const auto label = [&](const char* what) {
        return fmt::format("{} of {}, axis {}", what, to_string(dtype), axis);
      };
      const auto whole = [&] {
        return cases.random({70, 5, 130}, -9, 9).cast(DType::int32).cast(dtype);
      };
      cases.add(label("largest"), ArgReduce{true, axis, false}, whole());
      cases.add(label("smallest"), ArgReduce{false, axis, true}, whole());
      cases.add(label("sum"), Scan{ScanFn::sum, axis}, whole());
      cases.add(label("product"), Scan{ScanFn::prod, axis}, whole());
      cases.add(label("upwards"), Sort{axis, false}, whole());
      cases.add(label("downwards"), Sort{axis, true}, whole());
    }
  }
  cases.add("running sums of a long row", Scan{ScanFn::sum, 1}, cases.random({2, 5000}));
  cases.add("sorted long row", Sort{1, false}, cases.random({2, 4096}));
  for (const Op& op :
       {Op(ArgReduce{true, 0, false}), Op(Sort{0, false}), Op(Scan{ScanFn::sum, 0})}) {
    Tensor with_nan = cases.random({60});
    with_nan.as<float>()[40] = nan;
    cases.add("of NaN", op, std::move(with_nan)).holds_nan = true;
  }
}

}  // namespace

void add_rows(Cases& cases) {
  add_softmax_and_reductions(cases);
  add_norms(cases);
  add_long_reductions(cases);
  add_integer_reductions(cases);
  add_lines(cases);
}

}  // namespace keraunos::gpu_check
