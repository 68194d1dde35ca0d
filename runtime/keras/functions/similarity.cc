#include <cmath>

#include "runtime/base/fail.hpp"
#include "runtime/keras/functions/images.hpp"
#include "runtime/keras/operations/filters.hpp"

// tf.image: how much two images are alike, and how steep an image is.

namespace keraunos::keras {
namespace {

void require_floats(const TfImages& images) {
  if (is_floating(images.dtype)) return;
  fail(ErrorCode::unsupported, "called on images of {}; floats are supported",
       to_string(images.dtype));
}

// Two batches of images of float32, or two images.
struct Pair {
  TfImages first;
  ValueId a;
  ValueId b;

  Pair(LayerCall& call, std::string_view second) : first(call), a(call.as_float(first.value)) {
    require_floats(first);
    b = as_stored(call, operand(call, second, LayerCall::no_position), DType::float32);
    if (!first.batched) b = expand(call, b, 0);
    call.require_rank(b, 4);
  }
};

std::vector<ValueId> import_ssim(LayerCall& call) {
  const Pair images(call, "img2");
  if (flag_parameter(call, "return_index_map")) {
    fail(ErrorCode::unsupported, "called with return_index_map=true, which is not supported");
  }
  const SsimOptions defaults;
  const SsimOptions options{number_parameter(call, "max_val"),
                            integer_parameter(call, "filter_size", 1, defaults.filter_size),
                            number_parameter(call, "filter_sigma", defaults.filter_sigma),
                            number_parameter(call, "k1", defaults.k1),
                            number_parameter(call, "k2", defaults.k2)};
  return images.first.result(call, structural_similarity(call, images.a, images.b, options));
}

// 20 log10(max_val) - 10 log10(mean of the squared differences)
std::vector<ValueId> import_psnr(LayerCall& call) {
  const Pair images(call, "b");
  const ValueId difference = call.binary(BinaryFn::subtract, images.a, images.b);
  const ValueId error =
      reduce(call, ReduceFn::mean, unary(call, UnaryFn::square, difference), {1, 2, 3}, false);
  const double most = 20 * std::log10(number_parameter(call, "max_val"));
  const ValueId decibels =
      linear(call, unary(call, UnaryFn::log10, error), -10, static_cast<float>(most));
  return images.first.result(call, decibels);
}

std::vector<ValueId> import_sobel_edges(LayerCall& call) {
  const TfImages images(call);
  require_floats(images);
  const ValueId edges = sobel_edges(call, call.as_float(images.value));
  return images.result(call, call.cast(edges, images.dtype));
}

constexpr std::array functions = {
    LayerClass{"image.ssim", import_ssim},
    LayerClass{"image.psnr", import_psnr},
    LayerClass{"image.sobel_edges", import_sobel_edges},
};

}  // namespace

const std::span<const LayerClass> tf_similarity_functions = functions;

}  // namespace keraunos::keras
