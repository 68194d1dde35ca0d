"""Operations on Keras tensors: the bits of integers."""

import numpy as np
from keras import ops

from registry import several

WIDE = {"integers": (-(2**31), 2**31 - 1)}


def of_two(x, y):
    both = [ops.bitwise_and(x, y), ops.bitwise_or(x, y), ops.bitwise_xor(x, y)]
    column = np.array([[3], [5], [9]], y.dtype)
    return [*both, ops.bitwise_invert(x), ops.bitwise_and(x, column), ops.bitwise_or(y, column)]


def shifted(x, count):
    shifts = [ops.left_shift(x, count), ops.right_shift(x, count), ops.left_shift(x, 3)]
    shifts += [ops.bitwise_left_shift(x, 1), ops.bitwise_right_shift(x, count)]
    return [*shifts, ops.bitwise_right_shift(x, 2)]


def as_dtypes(function, *dtypes):
    """One function of the same numbers in several dtypes."""
    return [lambda x, y, d=dtype: function(ops.cast(x, d), ops.cast(y, d)) for dtype in dtypes]


several("ops_bits_of_int32", ((3, 4), "int32", (3, 4), "int32"), of_two, **WIDE)
several(
    "ops_bits_of_int64", ((3, 4), "int64", (3, 4), "int64"), of_two, integers=(-(2**62), 2**62)
)
several(
    "ops_bits_of_dtypes",
    ((3, 4), "int32", (3, 4), "int32"),
    *as_dtypes(of_two, "int8", "uint8", "int16", "uint16"),
    lambda x, y: of_two(ops.cast(x, "uint32"), ops.cast(y, "uint32")),
    lambda x, y: ops.bitwise_xor(ops.cast(x, "int8"), ops.cast(y, "uint8")),
    lambda x, y: ops.bitwise_and(ops.cast(x, "uint8"), ops.cast(y, "int64")),
    lambda x, y: ops.bitwise_or(x, np.array([2**40], "int64")),
    **WIDE,
)
several(
    "ops_shifts_of_int32", ((3, 4), "int32", (3, 4), "int32"), shifted, integers=(-50, 50)
)
several(
    "ops_shifts_of_dtypes",
    ((3, 8), "int32", (3, 8), "int32"),
    *as_dtypes(shifted, "int8", "uint8", "int16", "uint16", "uint32", "int64"),
    lambda x, y: ops.right_shift(ops.cast(x, "uint64"), 1),
    lambda x, y: ops.right_shift(ops.cast(x, "uint64"), 0),
    lambda x, y: ops.right_shift(ops.cast(x, "int8"), ops.cast(y, "int16")),
    integers=(-70, 70),
)


def of_numpy(_, __, arrays):
    """TensorFlow has no bits of bools: the functions that Keras calls with numpy as its backend."""
    x, y = arrays
    both = [np.bitwise_and(x, y), np.bitwise_or(x, y), np.bitwise_xor(x, y)]
    return [*both, np.bitwise_not(x), np.bitwise_and(x, y[:, :1])]


several(
    "ops_bits_of_bools",
    ((3, 4), "bool", (3, 4), "bool"),
    ops.bitwise_and,
    ops.bitwise_or,
    ops.bitwise_xor,
    lambda x, y: ops.bitwise_not(x),
    lambda x, y: ops.bitwise_and(x, y[:, :1]),
    truth=of_numpy,
)
