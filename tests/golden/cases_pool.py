"""Pooling: max pads with -inf, average does not count padded cells."""

from pathlib import Path

import keras
from keras import layers

import truth
from registry import graph, stack
from registry import lazy as L

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

for rank, shape in {1: (9, 3), 3: (5, 4, 6, 2)}.items():
    first = (shape[-1], *shape[:-1])
    for name, options in {
        "2": {"pool_size": 2},
        "3_stride1": {"pool_size": 3, "strides": 1},
        "2_stride3": {"pool_size": 2, "strides": 3},
        "same_2_stride1": {"pool_size": 2, "strides": 1, "padding": "same"},
        "same_3_stride2": {"pool_size": 3, "strides": 2, "padding": "same"},
        "first": {"pool_size": 2, **FIRST},
        "first_same_3_stride2": {"pool_size": 3, "strides": 2, "padding": "same", **FIRST},
    }.items():
        this = first if "data_format" in options else shape
        for kind in ("Max", "Average"):
            layer = getattr(L, f"{kind}Pooling{rank}D")(**options)
            stack(f"{kind.lower()}_pooling{rank}d_{name}", this, layer)
    sizes = ((7, 4, 5)[:rank], (4, 6, 3)[:rank])
    unknown = (None,) * rank
    for kind in ("Max", "Average"):
        layer = getattr(L, f"{kind}Pooling{rank}D")
        name = f"{kind.lower()}_pooling{rank}d_none"
        stack(name, (*unknown, 2), layer(2), sizes=sizes)
        stack(f"{name}_same", (*unknown, 2), layer(3, 2, "same"), sizes=sizes)
        name = f"global_{kind.lower()}_pooling{rank}d"
        layer = getattr(L, f"Global{kind}Pooling{rank}D")
        stack(name, shape, layer())
        stack(f"{name}_keepdims", shape, layer(keepdims=True))
        stack(f"{name}_first", first, layer(**FIRST))
        stack(f"{name}_first_keepdims", first, layer(keepdims=True, **FIRST))
        stack(f"{name}_none", (*unknown, 2), layer(), sizes=sizes)
for kind, layer in {"max": L.MaxPooling3D, "average": L.AveragePooling3D}.items():
    stack(f"{kind}_pooling3d_2x3x2", (5, 5, 5, 2), layer((2, 3, 2), (2, 2, 1)))
stack("max_pooling2d_uint8", (4, 5, 2), L.MaxPooling2D(2), dtype="uint8")
stack("global_max_pooling1d_int32", (4, 5), L.GlobalMaxPooling1D(), dtype="int32")
stack("global_average_pooling1d_int32", (4, 5), L.GlobalAveragePooling1D(), dtype="int32")



def pooled_globally(path: Path, _: keras.Model, arrays: list) -> list:
    """TensorFlow dies of a division by zero where it pools adaptively to one cell."""
    pool = truth.load(path).layers[0]
    name = type(pool).__name__.replace("Adaptive", "Global")
    return [keras.ops.convert_to_numpy(getattr(layers, name)(keepdims=True)(arrays[0]))]


# Sizes that divide the input and sizes that do not, up to more than the input has.
for kind in ("Max", "Average"):
    for rank, shape in {1: (7, 3), 2: (7, 5, 3), 3: (5, 4, 3, 2)}.items():
        layer = getattr(L, f"Adaptive{kind}Pooling{rank}D")
        name = f"adaptive_{kind.lower()}_pooling{rank}d"
        stack(f"{name}_1", shape, layer(1), truth=pooled_globally)
        stack(f"{name}_2", shape, layer(2))
        stack(f"{name}_3", shape, layer(3))
        stack(f"{name}_pairs", shape, layer((3, 2, 3)[:rank]))
        stack(f"{name}_as_they_are", shape, layer(shape[:-1]))
        stack(f"{name}_more", shape, layer((9, 7, 5)[:rank]))
        stack(f"{name}_first", (shape[-1], *shape[:-1]), layer((3, 2, 2)[:rank], **FIRST))
    layer = getattr(L, f"Adaptive{kind}Pooling1D")
    stack(f"adaptive_{kind.lower()}_pooling1d_13_to_5", (13, 2), layer(5))


@graph("global_average_pooling1d_mask_argument")
def _():
    x, mask = keras.Input((4, 3)), keras.Input((4,), dtype="bool")
    pool = layers.GlobalAveragePooling1D
    return keras.Model([x, mask], [pool()(x, mask=mask), pool(keepdims=True)(x, mask=mask)])


@graph("global_average_pooling1d_mask_argument_first")
def _():
    x, mask = keras.Input((3, 4)), keras.Input((4,), dtype="bool")
    pool = layers.GlobalAveragePooling1D(data_format="channels_first")
    return keras.Model([x, mask], pool(x, mask=mask))


@graph("global_average_pooling1d_masking_none", sizes=((4,), (7,)))
def _():
    x = keras.Input((None, 3), dtype="int32")
    masked = layers.Masking(mask_value=0.0)(layers.ReLU()(layers.Rescaling(0.2, -0.5)(x)))
    return keras.Model(x, layers.GlobalAveragePooling1D()(masked))
