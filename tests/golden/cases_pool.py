"""Pooling: max pads with -inf, average does not count padded cells."""

from registry import lazy as L
from registry import stack

NONE_2D = (None, None, 3)
SIZES_2D = ((7, 9), (12, 5), (6, 6))
FIRST = {"data_format": "channels_first"}

for name, options in {
    "2": {"pool_size": 2},
    "3": {"pool_size": 3},
    "2x3": {"pool_size": (2, 3)},
    "2_stride1": {"pool_size": 2, "strides": 1},
    "3_stride2": {"pool_size": 3, "strides": 2},
    "2_stride3": {"pool_size": 2, "strides": 3},
    "same_2x3": {"pool_size": (2, 3), "padding": "same"},
    "same_3_stride1": {"pool_size": 3, "strides": 1, "padding": "same"},
    "same_3_stride2": {"pool_size": 3, "strides": 2, "padding": "same"},
    "same_2_stride3": {"pool_size": 2, "strides": 3, "padding": "same"},
    "whole_input": {"pool_size": (8, 7)},
    "first": {"pool_size": 2, **FIRST},
    "first_same_3_stride2": {"pool_size": 3, "strides": 2, "padding": "same", **FIRST},
}.items():
    shape = (3, 8, 7) if "data_format" in options else (8, 7, 3)
    stack(f"max_pooling2d_{name}", shape, L.MaxPooling2D(**options))
    stack(f"average_pooling2d_{name}", shape, L.AveragePooling2D(**options))

for name, pool in {"max": L.MaxPooling2D, "average": L.AveragePooling2D}.items():
    stack(f"{name}_pooling2d_none", NONE_2D, pool(2), sizes=SIZES_2D)
    stack(f"{name}_pooling2d_none_same", NONE_2D, pool(3, 2, "same"), sizes=SIZES_2D)
    stack(f"{name}_pooling2d_many_channels", (5, 5, 19), pool(2, 1))
stack("max_pooling2d_first_none", (3, None, None), L.MaxPooling2D(2, **FIRST), sizes=SIZES_2D)

for name, pool in {
    "global_average_pooling2d": L.GlobalAveragePooling2D,
    "global_max_pooling2d": L.GlobalMaxPooling2D,
}.items():
    stack(name, (4, 5, 3), pool())
    stack(f"{name}_keepdims", (4, 5, 3), pool(keepdims=True))
    stack(f"{name}_first", (3, 4, 5), pool(**FIRST))
    stack(f"{name}_first_keepdims", (3, 4, 5), pool(keepdims=True, **FIRST))
    stack(f"{name}_none_dense", NONE_2D, pool(), L.Dense(4), sizes=SIZES_2D)
