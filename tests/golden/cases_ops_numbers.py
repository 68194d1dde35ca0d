"""Operations on Keras tensors: cross-entropies, rows of numbers, and small matrices."""

import numpy as np
from keras import ops

from registry import several

EDGES = np.array([0, 1, 1e-8, 0.5, 1, 0, 0.2], "float32")


def shares(x):
    """Positive cells, which sum to no particular number."""
    return ops.abs(x) / 4 + 0.05


def part(x):
    return ops.clip(ops.abs(x) / 3, 0.0, 1.0)


several(
    "ops_crossentropies",
    ((6, 7), (6, 7), (6,), "int32"),
    lambda x, y, _: ops.binary_crossentropy(part(x), part(y)),
    lambda x, y, _: ops.binary_crossentropy(part(x), part(y) * EDGES),
    lambda x, y, _: ops.binary_crossentropy(part(x), 9 * y, from_logits=True),
    lambda x, y, _: ops.categorical_crossentropy(part(x), shares(y)),
    lambda x, y, _: ops.categorical_crossentropy(part(x), shares(y) * EDGES),
    lambda x, y, _: ops.categorical_crossentropy(part(x), 5 * y, from_logits=True),
    lambda x, y, _: ops.categorical_crossentropy(part(x[..., :6]), shares(y[..., :6]), axis=1),
    lambda x, y, i: ops.sparse_categorical_crossentropy(i, shares(y)),
    lambda x, y, i: ops.sparse_categorical_crossentropy(i[..., None], shares(y) * EDGES),
    lambda x, y, i: ops.sparse_categorical_crossentropy(i, 5 * y, from_logits=True),
    integers=(0, 7),
)
several(
    "ops_spaces",
    ((4,), (4,), (3, 1), "int32"),
    lambda x, y, _: ops.linspace(x, y, 5),
    lambda x, y, _: ops.linspace(x, y, 7, endpoint=False, axis=-1),
    lambda x, y, _: ops.linspace(x, 2.0, 1, axis=1),
    lambda x, y, i: ops.linspace(i, y[:, None], 4, axis=1),
    lambda x, y, i: ops.linspace(0, i, 6),
    lambda x, y, _: ops.logspace(x, y, 5),
    lambda x, y, _: ops.logspace(x, y, 4, endpoint=False, base=2, axis=-1),
    lambda x, y, _: ops.geomspace(ops.abs(x) + 0.1, ops.abs(y) + 0.2, 5),
    lambda x, y, _: ops.geomspace(-ops.abs(x) - 0.1, -ops.abs(y) - 0.2, 3, endpoint=False),
)
several(
    "ops_spaces_of_half",
    ((4,), (4,)),
    lambda x, y: ops.linspace(ops.cast(x, "float16"), ops.cast(y, "float16"), 3),
    rtol=1e-3,
    atol=1e-3,
    why="Keras rounds every step to float16",
)
several(
    "ops_small_matrices",
    ((2, 2), (3, 3), (4, 4)),
    lambda a, b, c: ops.det(a),
    lambda a, b, c: ops.det(b),
    lambda a, b, c: ops.det(c + 4 * np.eye(4, dtype="float32")),
    lambda a, b, c: ops.inv(a + 3 * np.eye(2, dtype="float32")),
    lambda a, b, c: ops.inv(b + 3 * np.eye(3, dtype="float32")),
    lambda a, b, c: ops.inv(c + 5 * np.eye(4, dtype="float32")),
    lambda a, b, c: ops.inv(ops.exp(a[:, :1, :1])),
)
