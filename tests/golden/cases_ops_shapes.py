"""Operations on Keras tensors: shapes, order, joining, picking, creation."""

import numpy as np
from keras import ops

from registry import several

X = ((4, 6),)
OPEN = ((None, 6),)
LENGTHS = {"sizes": ((4,), (7,))}


several(
    "ops_shapes",
    X,
    lambda x: ops.reshape(x, (-1, 24)),
    lambda x: ops.reshape(x, (-1, 3, 2, 4)),
    lambda x: ops.transpose(x, (0, 2, 1)),
    lambda x: ops.transpose(x),
    lambda x: ops.moveaxis(x, 1, -1),
    lambda x: ops.moveaxis(x, (0, 2), (2, 0)),
    lambda x: ops.swapaxes(x, 1, 2),
    lambda x: ops.expand_dims(x, (1, -1)),
    lambda x: ops.squeeze(ops.expand_dims(x, 2), 2),
    lambda x: ops.ravel(x),
)
several(
    "ops_shapes_open",
    OPEN,
    lambda x: ops.reshape(x, (-1, 6)),
    lambda x: ops.transpose(x, (0, 2, 1)),
    lambda x: ops.expand_dims(x, 1),
    lambda x: ops.flip(x, axis=1),
    lambda x: ops.repeat(x, 2, axis=1),
    lambda x: ops.tile(x, (1, 2, 3)),
    lambda x: ops.roll(x, 2, axis=1),
    lambda x: ops.zeros_like(x),
    lambda x: ops.size(x),
    lambda x: ops.full_like(x, 1.5),
    **LENGTHS,
)
several(
    "ops_order",
    X,
    lambda x: ops.flip(x),
    lambda x: ops.flip(x, axis=(1, 2)),
    lambda x: ops.rot90(x, axes=(1, 2)),
    lambda x: ops.rot90(x[:, :, :4], k=2, axes=(1, 2)),
    lambda x: ops.rot90(x, k=3, axes=(2, 1)),
    lambda x: ops.roll(x, 1, axis=2),
    lambda x: ops.roll(x, -9, axis=1),
    lambda x: ops.roll(x, (1, 2), axis=(1, 2)),
    lambda x: ops.roll(x, 5),
    lambda x: ops.roll(ops.cast(9 * x, "int16"), 1, axis=1),
)
several(
    "ops_repeats",
    X,
    lambda x: ops.repeat(x, 3, axis=2),
    lambda x: ops.repeat(x, 2),
    lambda x: ops.repeat(x, [1, 0, 2, 3], axis=1),
    lambda x: ops.tile(x, (1, 2, 1)),
    lambda x: ops.tile(x, 2),
    lambda x: ops.tile(x, (2, 1, 1, 2)),
    lambda x: ops.broadcast_to(ops.expand_dims(ops.sum(x, axis=(0, 1, 2)), 0), (3, 4)),
    lambda x: ops.tile(x > 0, (1, 1, 2)),
)
several(
    "ops_joins",
    ((4, 6), (4, 6), (4, 6), "int32"),
    lambda a, b, i: ops.concatenate([a, b], axis=-1),
    lambda a, b, i: ops.concatenate([a, i], axis=1),
    lambda a, b, i: ops.stack([a, b]),
    lambda a, b, i: ops.stack([a, b, b], axis=-1),
    lambda a, b, i: ops.hstack([a, b]),
    lambda a, b, i: ops.vstack([a, i]),
    lambda a, b, i: ops.dstack([a, b]),
    lambda a, b, i: ops.append(a, b, axis=2),
    lambda a, b, i: ops.append(a, i),
    lambda a, b, i: ops.concatenate([a, np.ones((1, 4, 6), "float32")], axis=0),
)
several("ops_split", X, lambda x: ops.split(x, 3, axis=2), lambda x: ops.split(x, [1, 3], axis=1))
several(
    "ops_split_others",
    X,
    lambda x: ops.unstack(x, axis=1),
    lambda x: ops.array_split(x, 4, axis=2),
    lambda x: ops.hsplit(x, 2),
)
several(
    "ops_pad",
    X,
    lambda x: ops.pad(x, ((0, 0), (1, 2), (0, 3))),
    lambda x: ops.pad(x, ((0, 0), (1, 1), (1, 1)), constant_values=2.5),
    lambda x: ops.pad(x, ((0, 0), (2, 1), (3, 0)), mode="reflect"),
    lambda x: ops.pad(x, ((0, 0), (2, 1), (3, 0)), mode="symmetric"),
    lambda x: ops.pad(ops.cast(9 * x, "int32"), ((0, 0), (1, 0), (0, 1)), constant_values=7),
)
several(
    "ops_pad_open",
    OPEN,
    lambda x: ops.pad(x, ((0, 0), (1, 2), (0, 0))),
    lambda x: ops.pad(x, ((0, 0), (2, 3), (1, 0)), mode="reflect"),
    lambda x: ops.pad(x, ((0, 0), (2, 3), (1, 0)), mode="symmetric"),
    **LENGTHS,
)
several(
    "ops_index",
    ((4, 6, 3),),
    lambda x: x[:, 0],
    lambda x: x[:, 1:3],
    lambda x: x[..., -1],
    lambda x: x[:, ::2, 1:-1],
    lambda x: x[:, None, ..., 2],
    lambda x: x[:, :, ::-1],
    lambda x: x[:, 3:0:-2, -2:],
    lambda x: x[0],
    lambda x: x[:, -1, 2, None],
    lambda x: x[:, 10:, :2],
)
several(
    "ops_index_open",
    ((None, 6),),
    lambda x: x[:, 0],
    lambda x: x[:, -1],
    lambda x: x[:, 1:] - x[:, :-1],
    lambda x: x[:, :3],
    lambda x: x[:, -2:],
    lambda x: x[:, ::2],
    lambda x: x[:, ::-1],
    lambda x: x[:, 1:-1, ::3],
    lambda x: x[:, 5:],
    lambda x: x[:, -1:0:-1],
    **LENGTHS,
)
several(
    "ops_take",
    ((4, 6), (3,), "int32"),
    lambda x, i: ops.take(x, [2, 0, -1], axis=1),
    lambda x, i: ops.take(x, 1, axis=2),
    lambda x, i: ops.take(x, np.array([[0, 1], [3, 2]]), axis=1),
    lambda x, i: ops.take(x, ops.abs(i) % 6, axis=2),
    lambda x, i: ops.take(x, ops.abs(i)),
    lambda x, i: ops.take_along_axis(x, np.int32([[[0], [5], [2], [-1]]]), axis=2),
    lambda x, i: ops.take_along_axis(x, ops.argsort(x, axis=1), axis=1),
    lambda x, i: ops.slice(x, (0, 1, 2), (1, 2, 3)),
    lambda x, i: ops.slice_update(x[0], (1, 2), np.ones((2, 3), "float32")),
    lambda x, i: ops.extract_sequences(x, 3, 2),
)
several(
    "ops_one_hot",
    ((3,), "int32"),
    lambda i: ops.one_hot(i, 5),
    lambda i: ops.one_hot(i, 5, axis=1),
    lambda i: ops.one_hot(i, 4, dtype="int32"),
    lambda i: ops.one_hot(i, 4, dtype="bool"),
    lambda i: ops.multi_hot(i, 6),
    lambda i: ops.multi_hot(i, 6, dtype="int32"),
    lambda i: ops.one_hot(i, 5000)[..., :4],
    lambda i: ops.unravel_index(ops.abs(i[:, 0]), (3, 4)),
)
several(
    "ops_created",
    ((4, 4), (4, 4), "int32"),
    lambda x, i: ops.ones_like(x),
    lambda x, i: ops.zeros_like(i),
    lambda x, i: ops.ones_like(x, dtype="int32"),
    lambda x, i: ops.full_like(i, 3),
    lambda x, i: ops.tril(x),
    lambda x, i: ops.triu(x, 1),
    lambda x, i: ops.tril(i, -2),
    lambda x, i: ops.diagonal(x, axis1=1, axis2=2),
    lambda x, i: ops.diagonal(x, offset=1, axis1=1, axis2=2),
    lambda x, i: ops.trace(i, axis1=1, axis2=2),
)
several(
    "ops_created_of_vectors",
    ((4, 5),),
    lambda x: ops.diag(x[0, 0]),
    lambda x: ops.diag(x[0, 0], 2),
    lambda x: ops.diag(x[0], -1),
    lambda x: ops.diagflat(x[0, :2], -1),
    lambda x: ops.vander(x[0, 0], 3),
    lambda x: ops.vander(x[0, 0], increasing=True),
    lambda x: ops.diagonal(x[0], offset=-2),
)
several("ops_meshgrid", ((4,),), lambda x: ops.meshgrid(x[0], x[0, :2], x[0, :3]))
several("ops_meshgrid_ij", ((4,),), lambda x: ops.meshgrid(x[0], x[0, :2], indexing="ij"))
