"""TensorFlow functions with an importer of their own, called in ways that must be refused."""

import tensorflow as tf
import tf_keras

from refused import refuse
from refused_tensorflow import altered, call_of


def refused(name: str, words: list[str], function, shape: tuple = (4,)) -> None:
    """`function` of one tensor, as TensorFlow itself takes it."""

    def build():
        tf_keras.backend.clear_session()
        x = tf_keras.Input(shape, name="x")
        return tf_keras.Model(x, function(x))

    refuse(f"whole_h5_tf_{name}", words, build, form=".h5")()


def changed(name: str, words: list[str], function, **keywords) -> None:
    """The same with other parameters than TensorFlow takes."""
    altered(name, words, function, call_of(**keywords))


def image(x):
    return tf.reshape(x, (-1, 2, 2, 1))


def numbers(x):
    return tf.cast(x, tf.int32)


# Functions that have no importer

refused("dropout", ["tf.nn.dropout", "random at inference"], lambda x: tf.nn.dropout(x, 0.5))
refused("unique", ["tf.unique", "depends on the data"], lambda x: tf.unique(x[0])[0])
refused("strings", ["tf.strings.as_string", "makes strings"], tf.strings.as_string)
refused("scan", ["tf.compat.v1.scan", "Python"], lambda x: tf.scan(lambda a, b: a + b, x))
refused("bits", ["tf.bitcast", "reads the bits of numbers"], lambda x: tf.bitcast(x, tf.int32))
refused(
    "masked", ["boolean_mask", "depends on the data"], lambda x: tf.boolean_mask(x[0], [True] * 4)
)
refused(
    "boxes", ["tf.image.non_max_suppression", "depends on the data"],
    lambda x: tf.image.non_max_suppression(x, x[:, 0], 3),
)
refused(
    "boxes_of_classes", ["tf.image.combined_non_max_suppression", "one after the other"],
    lambda x: tf.image.combined_non_max_suppression(
        tf.reshape(x, (1, -1, 1, 4)), x[None, :, :1], 3, 3
    )[0],
)
altered(
    "fourier", ["tf.signal.fft", "complex"], tf.nn.relu,
    lambda entry, _: entry["config"].update(function="signal.fft"),
)
refused("short_fourier", ["tf.signal.stft", "complex"], lambda x: tf.signal.stft(x, 2, 1))
refused("bessel", ["tf.math.bessel_i0 is not supported"], tf.math.bessel_i0)

# Operands that the file does not hold

refused(
    "einsum_of_one_tensor_twice", ["equations have 2 operands, and nothing else reads 1 tensors"],
    lambda x: tf.einsum("bi,bj->bij", x, x),
)
refused(
    "einsum_with_a_constant", ["equations have 2 operands, and nothing else reads 1 tensors"],
    lambda x: tf.einsum("bi,ij->bj", x, tf.eye(4)),
)
refused(
    "einsum_of_one_of_several", ["nothing else reads 1 tensors"],
    lambda x: tf.einsum("bi->b", tf.math.top_k(x, 2)[0]),
)
altered(
    "einsum_without_equation", ["equations have 0 operands"],
    lambda x: tf.einsum("bi->b", x), lambda _, calls: calls[0].__setitem__(2, 5),
)

# Parameters of every kind

changed("axis_is_a_tensor", ["axis=a tensor; a constant"], tf.sort, axis=["x", 0, 0])
changed(
    "rates_missing", ["without its parameter 'frame_length'"],
    lambda x: tf.signal.frame(x, 2, 1), frame_length=None,
)
changed("unknown_word", ["direction=\"UP\"; ASCENDING, DESCENDING"], tf.sort, direction="UP")
changed("axes_twice", ["names an axis twice"], lambda x: tf.norm(x, axis=[0, 1]), axis=[1, 1])
changed(
    "unknown_dtype", ["dtype \"complex64\""],
    lambda x: tf.image.convert_image_dtype(image(x), tf.float32), dtype="complex64",
)

# Windows

changed(
    "pool_of_three", ["ksize=[1,2,1]; 2 numbers"],
    lambda x: tf.nn.max_pool2d(image(x), 2, 2, "SAME"), ksize=[1, 2, 1],
)
refused(
    "pool_dilated", ["dilations of 2"],
    lambda x: tf.nn.pool(x, [2, 2], "MAX", dilations=[2, 2]), (6, 6, 1),
)
refused(
    "lrn_of_many_channels", ["5000 channels; up to 4096"],
    tf.nn.local_response_normalization, (1, 1, 5000),
)
changed(
    "up_to_no_shape", ["output_shape=[4,4]; 4 numbers"],
    lambda x: tf.nn.conv2d_transpose(image(x)[:1], tf.ones((2, 2, 1, 1)), [1, 4, 4, 1], 2),
    output_shape=[4, 4],
)

altered(
    "pool_of_a_row", ["rank 3 to 5, got (None, 4)"], lambda x: tf.nn.relu(x),
    lambda entry, _: entry["config"].update(function="nn.max_pool2d"),
)

changed(
    "up_to_a_computed_size", ["heights and widths must be numbers"],
    lambda x: tf.nn.conv2d_transpose(image(x)[:1], tf.ones((2, 2, 1, 1)), [1, 4, 4, 1], 2),
    output_shape=[1, ["x", 0, 0], 4, 1],
)

# Axes

changed("norm_of_order", ["ord=\"nuc\""], lambda x: tf.norm(x, ord=1, axis=1), ord="nuc")
refused("norm_of_matrix", ["ord=2 for matrices"], lambda x: tf.norm(x, ord=2, axis=[1, 2]), (2, 2))
changed(
    "quantization_of_nothing", ["min=2, max=1, num_bits=8"],
    tf.quantization.fake_quant_with_min_max_args, min=2.0, max=1.0,
)

# Indexing

changed(
    "gather_inside_batch", ["axis 0 within 1 batch axes"],
    lambda x: tf.gather(x, numbers(x), axis=1, batch_dims=1), axis=0,
)
changed(
    "gather_too_deep", ["indices of (1, 3) for a tensor of"],
    lambda x: tf.gather_nd(x, [[0, 1]]), indices=[[0, 1, 2]],
)
changed(
    "scatter_too_deep", ["indices of (1, 3) for a tensor of"],
    lambda x: tf.tensor_scatter_nd_add(x, [[0, 1]], [1.0]), indices=[[0, 1, 2]],
)
altered(
    "scatter_to_less_than_nothing", ["'shape': a size of -2"],
    lambda x: tf.scatter_nd([[0]], x[0, :1], [3]),
    lambda _, calls: calls[0][0][0][3].update(shape=[-2]),
)
refused(
    "segments_computed", ["segment_ids that are a tensor"],
    lambda x: tf.math.segment_sum(x[0], numbers(x)[0]),
)
changed(
    "segments_of_more_axes", ["segment_ids of (1, 1, 1) for data of"],
    lambda x: tf.math.segment_sum(x[0], [0, 0, 1, 1]), segment_ids=[[[0]]],
)
changed(
    "block_without_borders", ["paddings that is no pair"],
    lambda x: tf.space_to_batch(image(x), [2, 2], [[0, 0], [0, 0]]), paddings=[[0, 0]],
)
changed(
    "block_of_nothing", ["a block of 0 cells"],
    lambda x: tf.space_to_batch(image(x), [2, 2], [[0, 0], [0, 0]]), block_shape=[0, 2],
)

# Matrices

refused("diagonal_beside", ["a diagonal k other than 0"], lambda x: tf.linalg.diag(x, k=1))
refused(
    "diagonal_of_no_square", ["on (None, 2, 3)", "square"],
    lambda x: tf.linalg.set_diag(x, x[:, :, 0]), (2, 3),
)
refused("determinant_of_five", ["up to 4 rows"], tf.linalg.det, (5, 5))

# Images

changed(
    "crop_to_nothing", ["central_fraction=0"],
    lambda x: tf.image.central_crop(image(x), 0.5), central_fraction=0.0,
)
changed(
    "pad_to_less", ["an image of 2 cells from 1 on is not within 2"],
    lambda x: tf.image.pad_to_bounding_box(image(x), 1, 1, 3, 3), target_height=2,
)
refused(
    "integers_as_integers", ["images of int32 as uint8"],
    lambda x: tf.image.convert_image_dtype(numbers(x), tf.uint8),
)
altered(
    "one_color", ["three channels, got (None, 2, 2, 1)"],
    lambda x: tf.image.flip_up_down(image(x)),
    lambda entry, _: entry["config"].update(function="image.rgb_to_yuv"),
)
altered(
    "two_grays", ["expects one channel"],
    lambda x: tf.image.flip_up_down(tf.reshape(x, (-1, 1, 2, 2))),
    lambda entry, _: entry["config"].update(function="image.grayscale_to_rgb"),
)
altered(
    "hue_of_integers", ["called on int32; floats"],
    lambda x: tf.image.adjust_brightness(numbers(tf.reshape(x, (-1, 2, 2))), 1),
    lambda entry, _: entry["config"].update(function="image.adjust_hue"),
)
changed(
    "resize_to_one_size", ["'size': two sizes"],
    lambda x: tf.compat.v1.image.resize_bilinear(image(x), [3, 3]), size=[3],
)
changed(
    "resize_by_corners_and_centers", ["align_corners and half_pixel_centers"],
    lambda x: tf.compat.v1.image.resize_bilinear(image(x), [3, 3]),
    align_corners=True, half_pixel_centers=True,
)
refused(
    "area_of_fractions", ["areas of 3/2 cells"],
    lambda x: tf.compat.v1.image.resize_area(x, [2, 2]), (3, 3, 1),
)
refused(
    "resize_by_cubes", ["method=\"bicubic\""],
    lambda x: tf.compat.v1.image.resize_images(x, [2, 2], method="bicubic"), (3, 3, 1),
)
refused(
    "resize_to_millions", ["resizing 2 cells to 70000"],
    lambda x: tf.compat.v1.image.resize_bilinear(x, [70000, 1]), (2, 2, 1),
)
changed(
    "patches_of_three", ["sizes=[1,2,1]; four numbers"],
    lambda x: tf.image.extract_patches(image(x), [1, 2, 2, 1], [1] * 4, [1] * 4, "SAME"),
    sizes=[1, 2, 1],
)

changed(
    "crop_to_one_size", ["boxes of (1, 4) and crop_size of 1 numbers; 4 and 2 wanted"],
    lambda x: tf.image.crop_and_resize(image(x)[:1], tf.zeros((1, 4)), [0], [2, 2]), crop_size=[2],
)
refused(
    "similar_integers", ["called on images of int32; floats"],
    lambda x: tf.image.ssim(tf.cast(x, tf.int32), tf.cast(x, tf.int32), 9), (12, 12, 1),
)
refused(
    "similar_places", ["return_index_map=true"],
    lambda x: tf.image.ssim(x, x, 1.0, return_index_map=True), (12, 12, 1),
)

# Signals

refused("transform_of_many", ["rows of 5000 cells; up to 4096"], tf.signal.dct, (5000,))
refused("transform_of_type_1", ["type=1; 2 and 3"], lambda x: tf.signal.dct(x, type=1))
