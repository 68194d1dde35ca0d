"""TensorFlow functions that no operation of Keras 3 does, on the tensors of tf_keras."""

import numpy as np
import tensorflow as tf
from tf_keras import layers

from cases_legacy import as_built
from cases_legacy_operations import functions

numbers = np.random.default_rng(12)


def kernel(*shape: int) -> tf.Tensor:
    return tf.constant(numbers.normal(size=shape).astype("float32"))


def in_range(x):
    """Images are in [0, 1]."""
    return tf.sigmoid(x)


@functions("tf_pools", (6, 8, 3), (6, 4))
def _(x, y):
    nn, v1 = tf.nn, tf.compat.v1.nn
    outputs = [nn.max_pool(x, 2, 2, "SAME"), nn.max_pool2d(x, [1, 3, 2, 1], [1, 2, 2, 1], "VALID")]
    outputs += [v1.max_pool(x, [1, 2, 2, 1], [1, 2, 2, 1], "SAME"), nn.avg_pool(x, 3, 2, "SAME")]
    outputs += [nn.max_pool1d(y, 2, 2, "SAME"), nn.avg_pool1d(y, [3], [2], "VALID")]
    return [*outputs, nn.pool(x, [2, 3], "AVG", strides=[2, 2]), nn.pool(x, [2, 2], "MAX")]


@functions("tf_convolutions", (6, 8, 3), (6, 4), atol=2e-5, why="sums of 27 products")
def _(x, y):
    nn, v1, w, d = tf.nn, tf.compat.v1.nn, kernel(3, 3, 3, 4) / 3, kernel(3, 3, 3, 2) / 3
    outputs = [nn.conv2d(x, w, 1, "SAME"), nn.conv2d(x, w, [1, 2, 2, 1], "VALID", dilations=1)]
    outputs += [nn.conv2d(x, w, 1, "SAME", dilations=2), v1.conv2d(x, w, [1] * 4, "SAME")]
    outputs += [nn.conv2d(x, w, 2, [[0, 0], [1, 2], [0, 1], [0, 0]])]
    outputs += [nn.depthwise_conv2d(x, d, [1, 2, 2, 1], "SAME")]
    outputs += [nn.separable_conv2d(x, d, kernel(1, 1, 6, 2), [1] * 4, "VALID")]
    outputs += [nn.convolution(x, w, padding="SAME"), nn.conv1d(y, kernel(3, 4, 2), 2, "SAME")]
    up = kernel(3, 3, 2, 3) / 3
    outputs += [nn.conv2d_transpose(x[:1], up, [1, 12, 16, 2], 2, "SAME")]
    outputs += [nn.conv2d_transpose(x[:1], up, [1, 14, 17, 2], [2, 2], "VALID")]
    return [*outputs, nn.atrous_conv2d(x, w, 2, "SAME")]


@functions("tf_channels", (3, 4, 7))
def _(x):
    lrn = tf.nn.local_response_normalization
    return [lrn(x), lrn(x, 2, 1.5, 0.5, 0.75), tf.nn.crelu(x), tf.compat.v1.nn.crelu(x, axis=1)]


@functions("tf_image_places", (6, 8, 2), (5, 7, 1))
def _(x, y):
    im = tf.image
    outputs = [im.flip_left_right(x), im.flip_up_down(x), im.transpose(x), im.rot90(x)]
    outputs += [im.rot90(x, 2), im.rot90(x, 3), im.central_crop(x, 0.5), im.central_crop(y, 0.7)]
    outputs += [im.crop_to_bounding_box(x, 1, 2, 3, 4), im.pad_to_bounding_box(x, 1, 2, 10, 12)]
    outputs += [im.resize_with_crop_or_pad(x, 9, 5), im.resize_with_crop_or_pad(y, 4, 10)]
    outputs += [im.resize_with_pad(x, 10, 10), im.resize_with_pad(y, 4, 9, method="nearest")]
    outputs += [im.grayscale_to_rgb(y)]
    outputs += [im.extract_patches(x, [1, 2, 3, 1], [1, 2, 2, 1], [1] * 4, "VALID")]
    return [*outputs, im.extract_patches(x, [1, 3, 3, 1], [1, 2, 2, 1], [1, 1, 2, 1], "SAME")]


@functions("tf_image_resize_1", (6, 8, 2))
def _(x):
    im = tf.compat.v1.image
    outputs = [im.resize_bilinear(x, [9, 5]), im.resize_bilinear(x, [4, 11], align_corners=True)]
    outputs += [im.resize_bilinear(x, [9, 5], half_pixel_centers=True)]
    nearest = im.resize_nearest_neighbor
    outputs += [nearest(x, [9, 5]), nearest(x, [4, 11], align_corners=True)]
    outputs += [nearest(x, [9, 5], half_pixel_centers=True), im.resize_area(x, [3, 4])]
    return [*outputs, im.resize_images(x, [3, 4]), im.resize(x, [9, 16], method="nearest")]


@functions("tf_image_colors", (3, 4, 3))
def _(x):
    im, x = tf.image, in_range(x)
    outputs = [im.rgb_to_grayscale(x), im.rgb_to_hsv(x), im.hsv_to_rgb(x), im.rgb_to_yuv(x)]
    outputs += [im.yuv_to_rgb(x), im.rgb_to_yiq(x), im.yiq_to_rgb(x), im.adjust_hue(x, 0.3)]
    outputs += [im.adjust_saturation(x, 1.4), im.adjust_brightness(x, 0.2)]
    outputs += [im.adjust_contrast(x, 1.7), im.adjust_gamma(x, 0.7, 1.1)]
    return [*outputs, im.per_image_standardization(x), im.convert_image_dtype(x, tf.float32)]


@functions("tf_image_dtypes", (3, 4, 3))
def _(x):
    im, x = tf.image, tf.cast(in_range(x) * 255, tf.uint8)
    floats = im.convert_image_dtype(x, tf.float32)
    outputs = [floats, im.rgb_to_grayscale(x), im.per_image_standardization(x)]
    outputs += [im.convert_image_dtype(floats, tf.uint8)]
    outputs += [im.adjust_brightness(x, 0.3), im.flip_up_down(x)]
    return [*outputs, im.convert_image_dtype(floats * 3 - 1, tf.int16, saturate=True)]


@functions("tf_image_crops", (6, 8, 2), (4,))
def _(x, y):
    crop, boxes = tf.image.crop_and_resize, [[0.1, 0.2, 0.8, 0.9], [0.9, -0.2, 0.3, 1.3]]
    boxes = tf.constant(boxes, tf.float32)
    numbers = tf.range(tf.shape(x)[0])
    outputs = [crop(x[:1], boxes, [0, 0], [3, 4]), crop(x, y * 0.3 + boxes[0], numbers, [5, 3])]
    outputs += [crop(x[:1], boxes, [0, 0], [4, 3], "nearest", extrapolation_value=-2.0)]
    outputs += [crop(x[:1], boxes, [0, 0], [1, 5]), crop(x, y * 0.3 + boxes[0], numbers, [1, 1])]
    whole = tf.constant([[0.0, 0.0, 1.0, 1.0], [1.0, 1.0, 0.0, 0.0]])
    outputs += [crop(tf.cast(x[:1] * 50, tf.int32), whole, [0, 0], [7, 7])]
    return [*outputs, tf.compat.v1.image.crop_and_resize(x[:1], whole, [0, 0], [6, 8])]


@functions("tf_image_similarity", (13, 12, 3), (13, 12, 3))
def _(x, y):
    im, x, y = tf.image, in_range(x), in_range(y)
    outputs = [im.ssim(x, y, 1.0), im.ssim(x, 0.9 * x + 0.1 * y, 1.0, 7, 1.1, 0.02, 0.05)]
    outputs += [im.ssim(x[0], y[0], 2.0), im.psnr(x, y, 1.0), im.psnr(x[0], y[0], 2.0)]
    return [*outputs, im.sobel_edges(x)]


@functions("tf_bits", (3, 4), (3, 4))
def _(x, y):
    outputs = []
    for dtype in (tf.int32, tf.uint8, tf.int16, tf.int64):
        a, b = tf.cast(tf.abs(x) * 50, dtype), tf.cast(tf.abs(y) * 5, dtype)
        bits = tf.bitwise
        outputs += [bits.bitwise_and(a, b), bits.bitwise_or(a, b), bits.bitwise_xor(a, b)]
        outputs += [bits.left_shift(a, b), bits.right_shift(a, b), bits.bitwise_and(a, 12)]
        outputs += [bits.right_shift(a, 2), bits.invert(a)]
    return [tf.cast(output, tf.int32) for output in outputs]


@functions("tf_ranges", (6, 4))
def _(x):
    steps = tf.shape(x)[1]
    outputs = [tf.range(steps, 10), tf.range(steps * 2, 1, -1), tf.range(0, steps, 2)]
    outputs += [tf.range(steps, 20.0, 2.5), tf.range(steps, 20, 3, dtype=tf.float32)]
    return [x[:, 0], *outputs]


@functions("tf_reading", (6, 4), (3,))
def _(x, y):
    place = tf.cast(in_range(y) * 3.9, tf.int32)
    outputs = [tf.gather(x, place, batch_dims=1), tf.gather(x, place, axis=2, batch_dims=1)]
    outputs += [tf.compat.v1.gather(x, [1, 3], axis=1), tf.gather(x, place[..., None], axis=-1)]
    outputs += [tf.gather_nd(x, [[0, 1], [0, 3]]), tf.gather_nd(x, place[..., None], batch_dims=1)]
    pairs = tf.stack([place, place], axis=-1)
    return [*outputs, tf.gather_nd(x, pairs, batch_dims=1)]


# tf_keras reads the table back as a list of its rows, and looks up in parts of the table.
@functions("tf_embedding", (3,), truth=as_built)
def _(x):
    return [tf.nn.embedding_lookup(kernel(4, 2), tf.cast(in_range(x) * 3.9, tf.int32))]


@functions("tf_writing", (6, 4), (4,))
def _(x, y):
    place = tf.cast(in_range(y) * 5.9, tf.int32)[0, :, None]
    rows = tf.transpose(x, [1, 0, 2])[:, 0]
    update, onto = tf.tensor_scatter_nd_update, tf.tensor_scatter_nd_add
    outputs = [update(rows, [[1], [4]], x[0, :2]), onto(rows, place, x[0, :4])]
    outputs += [onto(rows, [[1, 2], [1, 2], [0, 3]], [1.0, 2.0, -4.0])]
    outputs += [tf.tensor_scatter_nd_max(rows, place, x[0, :4])]
    outputs += [tf.tensor_scatter_nd_min(rows, place, x[0, :4])]
    outputs += [tf.tensor_scatter_nd_sub(rows, [[5], [5]], x[0, :2])]
    outputs += [tf.scatter_nd([[1], [3], [1]], x[0, :3], [5, 4])]
    segment, unsorted = tf.math.segment_sum, tf.math.unsorted_segment_sum
    outputs += [segment(rows, [0, 0, 1, 3, 3, 3]), tf.math.segment_mean(rows, [0, 0, 1, 2, 2, 2])]
    outputs += [tf.math.segment_max(rows, [0, 0, 1, 3, 3, 3]), unsorted(x[0, :4], place[:, 0], 6)]
    outputs += [tf.math.unsorted_segment_max(rows, [2, 0, 0, 2, 4, 4], 5)]
    outputs += [tf.math.segment_prod(rows, [0, 0, 1, 3, 3, 3])]
    outputs += [tf.math.unsorted_segment_prod(rows, [2, 0, 0, 2, 4, 4], 5)]
    outputs += [tf.math.unsorted_segment_mean(rows, [2, 0, 0, 2, 4, 4], 5)]
    blocks = tf.space_to_batch(x[..., None], [2, 2], [[0, 0], [1, 1]])
    return [*outputs, blocks, tf.batch_to_space(blocks * 2, [2, 2], [[1, 1], [1, 2]])]


@functions("tf_norms", (4, 3))
def _(x):
    outputs = [tf.norm(x), tf.norm(x, axis=1), tf.norm(x, ord=1, axis=-1, keepdims=True)]
    outputs += [tf.norm(x, ord=np.inf, axis=1), tf.norm(x, ord="fro", axis=[1, 2])]
    outputs += [tf.norm(x, ord=3, axis=2), tf.norm(x, ord=1, axis=[1, 2]), tf.norm(x, ord=1)]
    outputs += [tf.norm(x, ord=np.inf, axis=[-2, -1]), tf.compat.v1.norm(x, ord=2, axis=1)]
    outputs += [tf.clip_by_norm(x, 1.5), tf.clip_by_norm(x, 0.8, axes=[1]), tf.clip_by_norm(x, 99)]
    outputs += [tf.math.reduce_euclidean_norm(x, 1, keepdims=True)]
    return [*outputs, *tf.linalg.normalize(x, axis=1), tf.math.count_nonzero(tf.nn.relu(x), 1)]


@functions("tf_running", (5, 3))
def _(x):
    total, product, logs = tf.cumsum, tf.math.cumprod, tf.math.cumulative_logsumexp
    outputs = [total(x, 1, exclusive=True), total(x, 2, reverse=True), product(x, 1), logs(x, 1)]
    outputs += [total(x, 1, exclusive=True, reverse=True), product(x, 1, exclusive=True)]
    outputs += [logs(x * 40, 2, reverse=True), logs(x, 1, exclusive=True)]
    outputs += [tf.sort(x, axis=1, direction="DESCENDING"), tf.argsort(x, axis=-1)]
    row = tf.sort(x, axis=2)
    outputs += [tf.searchsorted(row, x * 0.7), tf.searchsorted(row, row, side="right")]
    return [*outputs, tf.argsort(x, axis=1, direction="DESCENDING", stable=True)]


@functions("tf_angles", (4, 3), (4, 3))
def _(x, y):
    part = tf.tanh(x)
    outputs = [fn(part) for fn in (tf.acos, tf.asin, tf.atan, tf.tan, tf.math.atanh)]
    outputs += [fn(x) for fn in (tf.sinh, tf.cosh, tf.asinh, tf.math.erfc, tf.math.lgamma)]
    outputs += [tf.acosh(1 + x * x), tf.math.atan2(x, y), tf.math.erfinv(part), tf.math.rint(x)]
    odd = tf.math.log(tf.nn.relu(x))
    outputs += [fn(odd) for fn in (tf.math.is_nan, tf.math.is_inf, tf.math.is_finite)]
    return [*outputs, tf.math.logical_xor(x > 0, y > 0), tf.debugging.check_numerics(x, "x")]


@functions("tf_no_nan", (4, 3), (4, 3))
def _(x, y):
    zero, log = tf.nn.relu(x), tf.math.log(tf.nn.relu(y))
    outputs = [tf.math.xlogy(zero, tf.nn.relu(y)), tf.math.xlog1py(zero, tf.nn.relu(y))]
    outputs += [tf.math.xdivy(zero, tf.nn.relu(y)), tf.math.multiply_no_nan(log, tf.nn.relu(y))]
    outputs += [tf.math.reciprocal_no_nan(zero), tf.add_n([x, y, x]), tf.math.polyval([2.0, x, y], x)]
    outputs += [tf.nn.sigmoid_cross_entropy_with_logits(labels=in_range(x), logits=y)]
    whole = tf.cast(x * 5, tf.int32)
    outputs += [tf.truncatediv(whole, 3), tf.truncatemod(whole, 3), tf.nn.l2_loss(x)]
    quantized = tf.quantization.fake_quant_with_min_max_args
    outputs += [quantized(x, -1, 1.3), quantized(x, num_bits=4, narrow_range=True)]
    return [*outputs, tf.saturate_cast(x * 100, tf.uint8)]


@functions("tf_matrices", (4, 4), (3, 3), (3, 5))
def _(x, y, z):
    part = tf.linalg.band_part
    outputs = [part(x, -1, 0), part(z, 1, 2), part(z, 0, -1), tf.linalg.diag(z)]
    outputs += [tf.linalg.diag_part(x), tf.linalg.trace(x), tf.linalg.set_diag(y, z[..., 0])]
    outputs += [tf.linalg.cross(y, y[:, ::-1]), tf.linalg.adjoint(z), tf.linalg.matrix_transpose(z)]
    square = x + 4 * np.eye(4, dtype="float32")
    return [*outputs, tf.linalg.det(square), tf.linalg.inv(square), tf.linalg.det(y)]


@functions("tf_cosines", (12,), (5, 6))
def _(x, y):
    frame, dct = tf.signal.frame, tf.signal.dct
    outputs = [frame(x, 4, 2), frame(x, 5, 3, pad_end=True, pad_value=2.0), frame(y, 2, 1, axis=1)]
    outputs += [dct(y), dct(y, type=3), dct(y, norm="ortho"), dct(y, type=3, norm="ortho")]
    outputs += [tf.signal.idct(y), tf.signal.idct(y, norm="ortho")]
    return [*outputs, tf.signal.mfccs_from_log_mel_spectrograms(y)]


# tf_keras writes down no operand of tf.einsum, and cannot load these files itself.
@functions("tf_einsum", (5, 4), (5, 4), truth=as_built)
def _(x, y):
    query, key, value = (layers.Dense(4, name=name)(x) for name in ("query", "key", "value"))
    scores = tf.nn.softmax(tf.einsum("btd,bsd->bts", query, key) * 0.5)
    mixed = tf.einsum("bts,bsd->btd", scores, value)
    return [tf.nn.relu(mixed), tf.einsum("bij->bji", y)]
