"""Sizes that a model of tf_keras computes from the shapes of its tensors."""

import keras
import tensorflow as tf
from tf_keras import Input, Model, layers
from tf_keras import backend as K

from cases_legacy import as_built, legacy
from cases_legacy_operations import functions
from registry import graph

SEQUENCES = ((6,), (9,), (4,))
IMAGES = ((6, 8), (5, 7), (8, 4))


@functions("tf_sizes", (None, 8), sizes=SEQUENCES)
def _(x):
    """Sizes as results: numbers of any form and dtype."""
    shape = tf.shape(x)
    steps = shape[1]
    outputs = [shape, K.shape(x)[0:2], tf.shape(x, out_type=tf.int64), tf.rank(x)]
    outputs += [tf.stack([steps, 3, steps * 2]), steps % 4]
    outputs += [tf.concat([shape[1:], [7]], 0), tf.reduce_prod(shape[1:]), tf.reduce_sum(shape)]
    outputs += [tf.reverse(shape, [0]), tf.gather(shape, [2, 0]), steps // 2 + 1, -steps % 5]
    outputs += [tf.minimum(steps, 5), tf.maximum(steps, 5), tf.reduce_max(shape), 7 // steps]
    outputs += [tf.cast(tf.math.ceil(tf.cast(steps, tf.float32) / 4.0), tf.int32)]
    outputs += [tf.cast(tf.cast(steps, tf.float32) * 0.75, tf.int32), tf.cast(steps / 4, tf.int32)]
    outputs += [tf.cast(steps, tf.float32) / 3.0, tf.sqrt(tf.cast(steps, tf.float32)), steps > 5]
    return outputs + [tf.expand_dims(shape, 0), tf.tile(shape[1:2], [3]), (shape[1:] + 1) * 2]


@functions("tf_size_reshapes", (None, 8), sizes=SEQUENCES)
def _(x):
    batch, steps, width = tf.unstack(tf.shape(x))
    outputs = [tf.reshape(x, [tf.shape(x)[0], tf.shape(x)[1], 2, 4]), tf.reshape(x, [batch, -1])]
    outputs += [tf.reshape(x, tf.stack([batch, -1, 2, 4])), tf.reshape(x, (-1, steps, 2, 4))]
    outputs += [tf.reshape(x, tf.concat([tf.shape(x)[:-1], [4, 2]], 0)), K.batch_flatten(x)]
    outputs += [tf.reshape(x, [batch, tf.reduce_prod(tf.shape(x)[1:])]), tf.reshape(x, [-1, width])]
    outputs += [tf.reshape(x, [batch, tf.cast(steps / 1, tf.int32), width // 2, 2])]
    return [*outputs, K.reshape(x, (-1, K.shape(x)[1] * 2, 4))]


@functions("tf_size_fills", (None, 8), sizes=SEQUENCES)
def _(x):
    batch, steps = tf.shape(x)[0], tf.shape(x)[1]
    outputs = [x + tf.zeros(tf.shape(x)), x * tf.ones((batch, steps, 8)), tf.fill([batch, 3], 2.5)]
    outputs += [tf.zeros([batch, steps], tf.int32), tf.fill(tf.shape(x), tf.reduce_mean(x))]
    outputs += [tf.broadcast_to(x[:, :1], tf.shape(x)), tf.tile(x[:, :1], [1, steps, 1])]
    outputs += [tf.eye(steps), tf.eye(steps, 3, batch_shape=[batch])]
    outputs += [tf.repeat(x[:, :1], steps, axis=1), tf.one_hot(tf.argmax(x, -1), steps + 4)]
    outputs += [tf.pad(x, [[0, 0], [0, -steps % 4], [0, 0]]), tf.ensure_shape(x, [None, None, 8])]
    outputs += [tf.pad(x, [[0, 0], [steps // 2, 1], [0, 0]], constant_values=1.5)]
    return [*outputs, tf.pad(x, [[0, 0], [0, steps // 3], [0, 0]], "REFLECT")]


@functions("tf_size_slices", (None, 8), (None, 8), sizes=((6, 4), (9, 7), (4, 4)))
def _(x, y):
    batch, steps, width = tf.unstack(tf.shape(x))
    half = steps // 2
    outputs = [x[:, : tf.shape(y)[1]], x[:, half:], x[:, :half, width // 2 :], x[:, steps - 1]]
    outputs += [x[:, -half:], x[:, : steps - 1], x[:, half : half + 2], x[..., half, :, None]]
    outputs += [tf.slice(x, [0, half, 0], [-1, half, 8]), tf.slice(x, [0, 1, 2], [batch, 2, 3])]
    outputs += [tf.strided_slice(x, [0, 1, 0], [batch, 3, 8], [1, 1, 2])]
    outputs += [tf.strided_slice(x, [0, half], [0, steps], begin_mask=1, end_mask=1)]
    outputs += [tf.strided_slice(x, [0, half], [0, 0], [1, 1], 1, 1, shrink_axis_mask=2)]
    outputs += tf.split(x, [half, steps - half], axis=1) + tf.split(x, [half, -1], axis=1)
    return outputs


@functions("tf_size_unread", (None, 8), sizes=SEQUENCES, truth=as_built)
def _(x):
    """What tf_keras writes and cannot read again: a dtype's name, and whole numbers as floats."""
    return [tf.size(x), tf.size(x, out_type=tf.int64), K.repeat_elements(x, 2, 1)]


def heads(x, count):
    """(batch, steps, width) to (batch, heads, steps, width / heads)."""
    batch, steps, width = tf.shape(x)[0], tf.shape(x)[1], x.shape[2]
    return tf.transpose(tf.reshape(x, [batch, steps, count, width // count]), [0, 2, 1, 3])


@legacy("tf_size_causal_attention", sizes=SEQUENCES)
def _():
    """Heads, a causal mask of compared ranges, and embedded positions."""
    tokens = Input((None, 8))
    batch, steps = tf.shape(tokens)[0], tf.shape(tokens)[1]
    x = tokens + layers.Embedding(16, 8)(tf.range(steps))
    q, k, v = (heads(layers.Dense(8)(x), 2) for _ in range(3))
    scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(tf.shape(k)[-1], tf.float32))
    causal = tf.range(steps)[:, tf.newaxis] >= tf.range(steps)
    scores = tf.where(causal, scores, -1e9)
    joined = tf.transpose(tf.matmul(tf.nn.softmax(scores), v), [0, 2, 1, 3])
    joined = tf.reshape(joined, (batch, steps, 8))
    return Model(tokens, [joined, layers.Dense(3)(joined)])


@legacy("tf_size_vision_transformer", sizes=IMAGES)
def _():
    """Patches as a sequence, a class token for each image, and positions of any grid."""
    images = Input((None, None, 3))
    grid = layers.Conv2D(4, 2, strides=2)(images)
    batch, rows, columns = tf.shape(grid)[0], tf.shape(grid)[1], tf.shape(grid)[2]
    patches = tf.reshape(grid, [batch, rows * columns, 4])
    token = tf.broadcast_to(tf.constant([[[0.5, -1.0, 2.0, 0.25]]]), [batch, 1, 4])
    x = layers.Concatenate(axis=1)([token, patches])
    x = x + layers.Embedding(32, 4)(tf.expand_dims(tf.range(tf.shape(x)[1]), 0))
    x = layers.MultiHeadAttention(2, 2)(x, x)
    back = tf.reshape(x[:, 1:], [batch, rows, columns, 4])
    return Model(images, [layers.Dense(3)(x[:, 0]), back])


@legacy("tf_size_mobile_vit", sizes=((6, 8), (4, 4), (8, 6)))
def _():
    """Unfolds 2x2 patches, works on each place of a patch, and folds them again."""
    images = Input((None, None, 4))
    batch, height, width = tf.shape(images)[0], tf.shape(images)[1], tf.shape(images)[2]
    rows, columns = height // 2, width // 2
    x = tf.reshape(images, [batch * rows, 2, columns, 2 * 4])
    x = tf.reshape(tf.transpose(x, [0, 2, 1, 3]), [batch, rows * columns, 4, 4])
    x = layers.Dense(4, activation="relu")(tf.transpose(x, [0, 2, 1, 3]))
    x = tf.reshape(tf.transpose(x, [0, 2, 1, 3]), [batch * rows, columns, 2, 8])
    x = tf.reshape(tf.transpose(x, [0, 2, 1, 3]), [batch, height, width, 4])
    return Model(images, x + images)


@legacy("tf_size_u_net", sizes=IMAGES)
def _():
    """Up to the size of the skip, with both ways of saying it."""
    images = Input((None, None, 2))
    skip = layers.Conv2D(3, 3, padding="same")(images)
    x = layers.Conv2D(4, 3, padding="same")(layers.MaxPooling2D(2)(skip))
    up = tf.image.resize(x, tf.shape(skip)[1:3])
    near = tf.image.resize(x, [tf.shape(skip)[1], K.shape(skip)[2]], method="nearest")
    twice = tf.image.resize(x, tf.shape(x)[1:3] * 2)
    joined = layers.Concatenate()([skip, up, near])
    return Model(images, [layers.Conv2D(2, 1)(joined), twice])


@legacy("tf_size_pixel_shuffle", sizes=IMAGES)
def _():
    images = Input((None, None, 8))
    batch, height, width = tf.shape(images)[0], tf.shape(images)[1], tf.shape(images)[2]
    x = tf.reshape(images, [batch, height, width, 2, 2, 2])
    shuffled = tf.reshape(tf.transpose(x, [0, 1, 3, 2, 4, 5]), [batch, height * 2, width * 2, 2])
    groups = tf.reshape(images, [-1, height, width, 2, 4])  # shuffled channels, as ShuffleNet
    groups = tf.reshape(tf.transpose(groups, [0, 1, 2, 4, 3]), [-1, height, width, 8])
    return Model(images, [shuffled, groups])


@legacy("tf_size_pooling", sizes=IMAGES)
def _():
    """Means by division, and moments over groups of channels."""
    images = Input((None, None, 4))
    shape = tf.shape(images)
    cells = tf.cast(shape[1] * shape[2], tf.float32)
    means = tf.reduce_sum(images, [1, 2]) / cells
    groups = tf.reshape(images, tf.concat([shape[:3], [2, 2]], axis=0))
    mean, variance = tf.nn.moments(groups, [1, 2, 4], keepdims=True)
    normal = tf.reshape((groups - mean) * tf.math.rsqrt(variance + 1e-3), shape)
    gram = tf.reshape(images, [-1, shape[1] * shape[2], 4])
    gram = tf.matmul(gram, gram, transpose_a=True) / tf.cast(tf.reduce_prod(shape[1:]), tf.float32)
    return Model(images, [means, normal, gram])


@legacy("tf_size_dot", sizes=SEQUENCES)
def _():
    x = Input((None, 3))
    y = K.dot(x, K.constant([[0.5, -1.0], [2.0, 0.25], [1.0, 3.0]]))
    return Model(x, [y, K.dot(layers.Dense(2)(x), K.constant([[1.0, -2.0, 0.5], [0.25, 1.0, 3.0]]))])


@legacy("tf_size_tiled_vector", sizes=IMAGES)
def _():
    """A global vector at every place, as in DeepLab and in conditioned networks."""
    images = Input((None, None, 3))
    shape = tf.shape(images)
    pooled = layers.GlobalAveragePooling2D(keepdims=True)(images)
    tiled = tf.tile(pooled, [1, shape[1], shape[2], 1])
    wide = tf.broadcast_to(pooled, [shape[0], shape[1], shape[2], 3])
    rows = tf.cast(tf.range(shape[1]), tf.float32) / tf.cast(shape[1] - 1, tf.float32)
    rows = tf.reshape(rows, [1, shape[1], 1, 1])
    columns = tf.reshape(tf.cast(tf.range(shape[2]), tf.float32), [1, 1, -1, 1])
    places = tf.ones_like(images[..., :1]) * rows + columns
    return Model(images, tf.concat([images, tiled + wide, places], axis=-1))


@legacy("tf_size_of_ratio", sizes=((8, 12, 4, 6), (5, 6, 5, 3), (6, 6, 2, 2)))
def _():
    """One tensor repeated to the size of another, by the quotient of their sizes."""
    large, small = Input((None, None, 2)), Input((None, None, 2))
    factors = tf.shape(large)[1:3] // tf.shape(small)[1:3]
    tiled = tf.tile(small, [1, factors[0], factors[1], 1])
    return Model([large, small], large + tiled)


@graph("ops_slice_by_size", sizes=((6,), (9,), (4,)))
def _():
    """The one size that a file of Keras 3 can hold: its shapes are tuples, with None for these."""
    ops = keras.ops
    x = keras.Input((None, 4))
    cells = ops.size(x[0])
    middle = ops.slice(x, (0, cells // 8, 0), (1, 1, 4))
    return keras.Model(x, [middle, cells, ops.sum(x, 1) / ops.cast(cells, "float32")])
