"""RepeatVector, ZeroPadding1D/3D, Cropping, UpSampling, and edges of Flatten, Reshape, Permute."""

import keras
from keras import layers

from registry import graph, stack
from registry import lazy as L

FIRST = {"data_format": "channels_first"}
NONE_2D = (None, None, 2)
SIZES_2D = ((3, 5), (6, 4))

stack("flatten_one_feature", (1,), L.Flatten())
stack("flatten_int32", (2, 3), L.Flatten(), dtype="int32")
stack("flatten_zero_size", (0, 3), L.Flatten())
stack("flatten_none_of_one", (None, 1), L.Flatten(), sizes=((4,), (1,)))
stack("flatten_first_vector", (5,), L.Flatten(**FIRST))
stack("flatten_first_scalar", (), L.Flatten(**FIRST))
stack(
    "flatten_none_dense_after_pool",
    (None, 3),
    L.GlobalMaxPooling1D(),
    L.Flatten(),
    L.Dense(2),
    sizes=((4,), (7,)),
)

stack("reshape_to_none", (None, 4), L.Reshape((None, 2)), sizes=((2,), (3,)))
stack("reshape_none_two_axes", (None, None, 2), L.Reshape((-1, 2)), sizes=((2, 3), (4, 1)))
stack("reshape_none_rank_up", (None, 6), L.Reshape((-1, 3, 2)), sizes=((2,), (5,)))
stack("reshape_minus_one_last", (4, 6), L.Reshape((8, -1)))
stack("reshape_minus_one_of_one", (4, 6), L.Reshape((24, -1)))
stack("reshape_ones", (4,), L.Reshape((1, 4, 1, 1)))
stack("reshape_to_scalars", (1, 1), L.Reshape(()))
stack("reshape_zero_size", (0, 3), L.Reshape((3, 0)))
stack("reshape_int32", (4, 3), L.Reshape((2, 6)), dtype="int32")
stack("reshape_uint8", (4, 3), L.Reshape((2, 6)), dtype="uint8")

stack("permute_1", (3,), L.Permute((1,)))
stack("permute_rank6", (2, 3, 1, 2, 2), L.Permute((5, 3, 1, 2, 4)))
stack("permute_int32", (3, 4), L.Permute((2, 1)), dtype="int32")
stack("permute_bool", (3, 4), L.Permute((2, 1)), dtype="bool")

stack("repeat_vector", (4,), L.RepeatVector(3))
stack("repeat_vector_once", (4,), L.RepeatVector(1))
stack("repeat_vector_int32", (4,), L.RepeatVector(2), dtype="int32")
stack("repeat_vector_none", (None,), L.RepeatVector(3), sizes=((4,), (2,)))
stack("repeat_vector_dense", (4,), L.RepeatVector(3), L.Dense(2))

for name, padding in {"2": 2, "pair": (1, 3), "zero": 0, "one_side": (0, 2)}.items():
    stack(f"zero_padding1d_{name}", (3, 2), L.ZeroPadding1D(padding))
    stack(f"zero_padding1d_first_{name}", (2, 3), L.ZeroPadding1D(padding, **FIRST))
for name, padding in {
    "2": 2,
    "sides": (1, 2, 0),
    "pairs": ((1, 0), (2, 3), (0, 1)),
}.items():
    stack(f"zero_padding3d_{name}", (2, 3, 2, 2), L.ZeroPadding3D(padding))
    stack(f"zero_padding3d_first_{name}", (2, 2, 3, 2), L.ZeroPadding3D(padding, **FIRST))
stack("zero_padding1d_default", (3, 2), L.ZeroPadding1D())
stack("zero_padding3d_default", (2, 2, 2, 1), L.ZeroPadding3D())
stack("zero_padding1d_none", (None, 2), L.ZeroPadding1D((1, 2)), sizes=((3,), (6,)))
stack("zero_padding3d_none", (None, 2, None, 1), L.ZeroPadding3D((1, 0, 2)), sizes=SIZES_2D)
stack("zero_padding1d_int32", (3, 2), L.ZeroPadding1D(1), dtype="int32")
stack("zero_padding2d_uint8", (3, 2, 2), L.ZeroPadding2D(1), dtype="uint8")

for name, cropping in {"1": 1, "pair": (2, 1), "left": (2, 0), "right": (0, 3), "zero": 0}.items():
    stack(f"cropping1d_{name}", (6, 2), L.Cropping1D(cropping))
for name, cropping in {
    "1": 1,
    "sides": (2, 1),
    "pairs": ((1, 2), (0, 3)),
    "top_left": ((2, 0), (1, 0)),
    "zero": 0,
}.items():
    stack(f"cropping2d_{name}", (5, 6, 2), L.Cropping2D(cropping))
    stack(f"cropping2d_first_{name}", (2, 5, 6), L.Cropping2D(cropping, **FIRST))
for name, cropping in {
    "1": 1,
    "sides": (2, 1, 0),
    "pairs": ((1, 2), (0, 2), (1, 0)),
}.items():
    stack(f"cropping3d_{name}", (5, 4, 3, 2), L.Cropping3D(cropping))
    stack(f"cropping3d_first_{name}", (2, 5, 4, 3), L.Cropping3D(cropping, **FIRST))
stack("cropping1d_default", (5, 2), L.Cropping1D())
stack("cropping2d_default", (3, 3, 2), L.Cropping2D())
stack("cropping3d_default", (3, 3, 3, 1), L.Cropping3D())
stack("cropping1d_none", (None, 2), L.Cropping1D((1, 2)), sizes=((4,), (7,)))
stack("cropping2d_none", NONE_2D, L.Cropping2D(((1, 0), (0, 2))), sizes=SIZES_2D)
stack("cropping3d_none", (None, 3, None, 1), L.Cropping3D(1), sizes=SIZES_2D)
stack("cropping1d_int32", (5, 2), L.Cropping1D(1), dtype="int32")
stack("cropping2d_uint8", (5, 4, 2), L.Cropping2D(1), dtype="uint8")
stack("cropping2d_conv", (6, 6, 2), L.Cropping2D(1), L.Conv2D(3, 3))

stack("up_sampling1d", (3, 2), L.UpSampling1D())
stack("up_sampling1d_3", (3, 2), L.UpSampling1D(3))
stack("up_sampling1d_1", (3, 2), L.UpSampling1D(1))
stack("up_sampling1d_none", (None, 2), L.UpSampling1D(3), sizes=((3,), (5,)))
stack("up_sampling1d_int32", (3, 2), L.UpSampling1D(), dtype="int32")
for name, size in {"2": 2, "2x3": (2, 3), "1x4": (1, 4)}.items():
    stack(f"up_sampling2d_{name}", (3, 4, 2), L.UpSampling2D(size))
    stack(f"up_sampling2d_first_{name}", (2, 3, 4), L.UpSampling2D(size, **FIRST))
for name in ("bilinear", "bicubic", "lanczos3", "lanczos5"):
    stack(f"up_sampling2d_{name}", (4, 5, 2), L.UpSampling2D(2, interpolation=name))
    stack(
        f"up_sampling2d_{name}_3x1_first",
        (2, 4, 5),
        L.UpSampling2D((3, 1), interpolation=name, **FIRST),
    )
    stack(
        f"up_sampling2d_{name}_none",
        NONE_2D,
        L.UpSampling2D((2, 3), interpolation=name),
        sizes=SIZES_2D,
    )
stack("up_sampling2d_none", NONE_2D, L.UpSampling2D((2, 3)), sizes=SIZES_2D)
stack("up_sampling2d_first_none", (2, None, None), L.UpSampling2D(2, **FIRST), sizes=SIZES_2D)
stack("up_sampling2d_int32", (3, 2, 2), L.UpSampling2D(2), dtype="int32")
stack("up_sampling2d_conv", (3, 3, 2), L.UpSampling2D(2), L.Conv2D(3, 3, padding="same"))
for name, size in {"2": 2, "2x1x3": (2, 1, 3)}.items():
    stack(f"up_sampling3d_{name}", (2, 3, 2, 2), L.UpSampling3D(size))
    stack(f"up_sampling3d_first_{name}", (2, 2, 3, 2), L.UpSampling3D(size, **FIRST))
stack("up_sampling3d_none", (None, 2, None, 1), L.UpSampling3D(2), sizes=SIZES_2D)


@graph("unet_none", sizes=((8, 4), (4, 12)))
def _():
    x = keras.Input((None, None, 2))
    wide = layers.Conv2D(3, 3, padding="same", activation="relu")(x)
    deep = layers.Conv2D(4, 3, padding="same", activation="relu")(layers.MaxPooling2D(2)(wide))
    left = layers.Conv2DTranspose(3, 2, 2)(deep)
    right = layers.UpSampling2D(2, interpolation="bilinear")(deep)
    return keras.Model(x, layers.Conv2D(2, 1)(layers.Concatenate()([wide, left, right])))
