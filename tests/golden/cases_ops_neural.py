"""Operations on Keras tensors: products of matrices, normalisation, windows, images, attention."""

import numpy as np
from keras import ops

import truth as truths
from registry import several

RNG = np.random.default_rng(7)
SQUARE = ((4, 4), (4, 4))
IMAGE = ((7, 6, 4),)
OPEN_IMAGE = ((None, None, 4),)
SIZES = {"sizes": ((7, 6), (8, 9))}


def weight(*shape):
    return RNG.normal(0, 0.5, shape).astype("float32")


several(
    "ops_matrices",
    SQUARE,
    lambda a, b: a @ b,
    lambda a, b: a @ weight(4, 3),
    lambda a, b: ops.matmul(weight(2, 4), a),
    lambda a, b: a @ weight(4),
    lambda a, b: ops.matmul(weight(4), a),
    lambda a, b: ops.dot(a, weight(4, 3)),
    lambda a, b: ops.inner(a, weight(5, 4)),
    lambda a, b: ops.vdot(a, b),
    lambda a, b: ops.outer(a[0, 0], b[0, 1]),
    lambda a, b: ops.matmul(ops.cast(3 * a, "int32"), ops.cast(3 * b, "int32")),
)
several(
    "ops_tensordot",
    SQUARE,
    lambda a, b: ops.tensordot(a, weight(4, 4, 3), axes=2),
    lambda a, b: ops.tensordot(a, weight(4, 3), axes=1),
    lambda a, b: ops.tensordot(a, weight(3, 4), axes=[[1], [1]]),
    lambda a, b: ops.tensordot(a, weight(4, 2, 4), axes=[[1, 2], [2, 0]]),
    lambda a, b: ops.tensordot(a[0], b[0], axes=0),
    lambda a, b: ops.kron(a[0], weight(2, 3)),
    lambda a, b: ops.cross(a[..., :3], b[..., :3]),
    lambda a, b: ops.cross(a[..., :2], b[..., :2]),
    lambda a, b: ops.cdist(a, b),
    lambda a, b: ops.matmul(ops.cast(3 * a, "int8"), ops.cast(3 * b, "int8")),
)
several(
    "ops_einsum",
    SQUARE,
    lambda a, b: ops.einsum("bij,bjk->bik", a, b),
    lambda a, b: ops.einsum("bij,bkj->bik", a, b),
    lambda a, b: ops.einsum("bij,jk->bik", a, weight(4, 3)),
    lambda a, b: ops.einsum("bij->bji", a),
    lambda a, b: ops.einsum("bij->b", a),
    lambda a, b: ops.einsum("...ij,...jk->...ik", a, b),
    lambda a, b: ops.einsum("bij,bij->bi", a, b),
    lambda a, b: ops.einsum("bij,bjk", ops.cast(3 * a, "int32"), ops.cast(3 * b, "int32")),
    lambda a, b: ops.einsum("bij,jk,kl->bil", a, weight(4, 3), weight(3, 2)),
)
several(
    "ops_matrices_open",
    ((None, 4), (None, 4)),
    lambda a, b: ops.matmul(a, ops.transpose(b, (0, 2, 1))),
    lambda a, b: ops.tensordot(a, weight(4, 3), axes=1),
    lambda a, b: a @ weight(4, 2),
    lambda a, b: ops.tril(a),
    sizes=((3, 3), (4, 6)),
)
several(
    "ops_normalisations",
    ((3, 6),),
    lambda x: ops.layer_normalization(x),
    lambda x: ops.layer_normalization(x, weight(6), weight(6), epsilon=1e-3),
    lambda x: ops.layer_normalization(x, weight(3), axis=1),
    lambda x: ops.layer_normalization(x, weight(3, 6), weight(3, 6), axis=(1, 2)),
    lambda x: ops.rms_normalization(x),
    lambda x: ops.rms_normalization(x, weight(6), epsilon=1e-3),
    lambda x: ops.batch_normalization(x, weight(6), np.abs(weight(6)) + 0.1, -1),
    lambda x: ops.batch_normalization(
        x, weight(3), np.abs(weight(3)) + 0.1, 1, weight(3), weight(3), epsilon=0.01
    ),
    lambda x: ops.layer_normalization(ops.cast(x, "float16")),
)
several(
    "ops_convolutions",
    IMAGE,
    lambda x: ops.conv(x, weight(3, 2, 4, 5)),
    lambda x: ops.conv(x, weight(3, 3, 4, 2), strides=2, padding="same"),
    lambda x: ops.conv(x, weight(2, 2, 4, 3), dilation_rate=2),
    lambda x: ops.depthwise_conv(x, weight(3, 3, 4, 2), padding="same"),
    lambda x: ops.depthwise_conv(x, weight(3, 3, 4, 1), strides=2),
    lambda x: ops.separable_conv(x, weight(3, 3, 4, 2), weight(1, 1, 8, 3), padding="same"),
    lambda x: ops.conv(x[:, 0], weight(3, 4, 2), strides=2),
    lambda x: ops.conv(x[..., None], weight(2, 2, 2, 1, 3)),
)
several(
    "ops_pools",
    IMAGE,
    lambda x: ops.max_pool(x, 2),
    lambda x: ops.max_pool(x, (3, 2), strides=1, padding="same"),
    lambda x: ops.average_pool(x, 2),
    lambda x: ops.average_pool(x, (3, 2), strides=(2, 1), padding="same"),
    lambda x: ops.max_pool(x[:, 0], 2),
    lambda x: ops.average_pool(x[..., None], 2),
    lambda x: ops.max_pool(x, 2, data_format="channels_first"),
)
# Keras saves these two, but cannot load them.
several(
    "ops_adaptive_pools",
    IMAGE,
    lambda x: ops.adaptive_average_pool(x, (3, 2), data_format="channels_last"),
    lambda x: ops.adaptive_max_pool(x, (2, 4), data_format="channels_last"),
    lambda x: ops.adaptive_max_pool(x, (2, 4), data_format="channels_first"),
    truth=truths.built,
)
several(
    "ops_windows_open",
    OPEN_IMAGE,
    lambda x: ops.conv(x, weight(3, 3, 4, 2), strides=2, padding="same"),
    lambda x: ops.max_pool(x, 2),
    lambda x: ops.image.extract_patches(x, 2),
    lambda x: ops.image.crop_images(x, 1, 2, target_height=3, target_width=3),
    lambda x: ops.image.pad_images(x, 1, 2, 0, 1),
    lambda x: ops.image.resize(x, (5, 9)),
    **SIZES,
)
several(
    "ops_images",
    IMAGE,
    lambda x: ops.image.resize(x, (4, 9)),
    lambda x: ops.image.resize(x, (4, 9), interpolation="nearest"),
    lambda x: ops.image.resize(x, (3, 3), antialias=True),
    lambda x: ops.image.resize(x, (4, 6), crop_to_aspect_ratio=True),
    lambda x: ops.image.resize(x, (4, 6), pad_to_aspect_ratio=True, fill_value=2.0),
    lambda x: ops.image.resize(x, (4, 9), data_format="channels_first"),
    lambda x: ops.image.rgb_to_grayscale(x[..., :3]),
    lambda x: ops.image.crop_images(x, 1, 2, 1, 0),
    lambda x: ops.image.pad_images(x, top_padding=1, left_padding=2, target_height=9, target_width=8),
    lambda x: ops.image.resize(x[0], (3, 4)),
)
several(
    "ops_patches",
    IMAGE,
    lambda x: ops.image.extract_patches(x, 2),
    lambda x: ops.image.extract_patches(x, (3, 2), strides=(1, 2), padding="same"),
    lambda x: ops.image.extract_patches(x, 2, strides=1, dilation_rate=2),
    lambda x: ops.unfold(x, 2),
    lambda x: ops.unfold(x, (3, 2), dilation=1, padding=1, stride=2),
    lambda x: ops.depth_to_space(x, 2),
    lambda x: ops.space_to_depth(x[:, :6], 2),
    lambda x: ops.space_to_depth(x[:, :, :, :4], 2, data_format="channels_first"),
)
several(
    "ops_attention",
    ((5, 4, 3), (6, 4, 3), (6, 2, 3)),
    lambda q, k, v: ops.dot_product_attention(q, k, k),
    lambda q, k, v: ops.dot_product_attention(q, v, v),
    lambda q, k, v: ops.dot_product_attention(q, k, k, scale=0.3, is_causal=True),
    lambda q, k, v: ops.dot_product_attention(q, k, k, bias=weight(1, 4, 5, 6)),
    lambda q, k, v: ops.dot_product_attention(q, k, k, mask=weight(1, 1, 5, 6) > -0.3),
)
