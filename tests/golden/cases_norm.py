"""Normalisations on every axis they may have, alone and beside layers they can be folded into."""

from pathlib import Path

import keras
from keras import layers
from keras.src.applications import convnext, inception_resnet_v2

import archive
import truth
from registry import edited, graph, sequential, stack
from registry import lazy as L

STEPS = ((3,), (7,))
HALF = {"rtol": 2e-3, "atol": 2e-3, "why": "float16 rounds at other places"}

BN = L.BatchNormalization

stack("batch_norm_rank2", (5,), BN())
stack("batch_norm_rank3", (4, 5), BN())
stack("batch_norm_rank4", (3, 4, 5), BN())
stack("batch_norm_rank5", (2, 3, 2, 4), BN())
stack("batch_norm_axis1_rank3", (4, 5), BN(axis=1))
stack("batch_norm_axis1_rank4", (3, 4, 5), BN(axis=1))
stack("batch_norm_axis2_rank4", (3, 4, 5), BN(axis=2))
stack("batch_norm_axis_minus_2", (3, 4, 5), BN(axis=-2))
stack("batch_norm_no_center", (3, 4, 5), BN(center=False))
stack("batch_norm_no_scale", (3, 4, 5), BN(scale=False))
stack("batch_norm_neither", (3, 4, 5), BN(center=False, scale=False))
stack("batch_norm_epsilon", (3, 4, 5), BN(epsilon=0.1))
stack("batch_norm_none", (None, None, 3), BN(), sizes=((2, 3), (5, 4)))

stack("batch_norm_after_conv", (6, 5, 2), L.Conv2D(4, 3), BN(), L.Activation("relu"))
stack("batch_norm_after_conv_no_bias", (6, 5, 2), L.Conv2D(4, 3, use_bias=False), BN(), L.ReLU())
stack("batch_norm_after_conv_relu", (6, 5, 2), L.Conv2D(4, 3, activation="relu"), BN())
stack("batch_norm_after_conv_groups", (6, 5, 4), L.Conv2D(6, 3, groups=2), BN())
stack("batch_norm_after_conv1d", (8, 3), L.Conv1D(4, 3), BN(), L.Activation("tanh"))
stack("batch_norm_after_depthwise", (6, 5, 3), L.DepthwiseConv2D(3, depth_multiplier=2), BN())
stack("batch_norm_after_dense", (6,), L.Dense(5), BN(), L.Activation("relu"))
stack("batch_norm_after_dense_rank3", (4, 6), L.Dense(5), BN(axis=1))
stack("batch_norm_before_dense", (6,), BN(), L.Dense(5))
stack("batch_norm_before_conv_valid", (6, 5, 2), BN(), L.Conv2D(4, 3))
stack("batch_norm_before_conv_same", (6, 5, 2), BN(), L.Conv2D(4, 3, padding="same"))
stack("batch_norm_twice", (6, 5, 2), BN(), BN(scale=False))
stack("batch_norm_after_flatten", (3, 2, 2), L.Flatten(), BN(), L.Dense(3))
stack("batch_norm_after_pool", (6, 6, 3), L.MaxPooling2D(2), BN(), L.Conv2D(2, 2))
stack(
    "batch_norm_conv_first",
    (2, 6, 5),
    L.Conv2D(4, 3, data_format="channels_first"),
    BN(axis=1),
    L.ReLU(),
)
stack("batch_norm_conv_axis_of_width", (6, 5, 2), L.Conv2D(4, 3), BN(axis=2))


def write_axis_as_list(path: Path) -> None:
    """As Keras 2 does; Keras 3 takes a number only."""

    def edit(config: dict) -> None:
        archive.layer_named(config, "norm")["config"]["axis"] = [3]

    archive.edit_config(path, edit)


edited(
    "batch_norm_axis_list",
    write_axis_as_list,
    lambda: sequential((3, 4, 5), BN(name="norm")),
    truth=truth.built,
)

stack("batch_norm_renorm", (3, 4), BN(renorm=True), L.Dense(2))
stack("batch_norm_int32_input", (4,), BN(), dtype="int32")
stack("batch_norm_mixed_float16", (4,), BN(dtype="mixed_float16"), **HALF)

LN = L.LayerNormalization

stack("layer_norm_rank2", (5,), LN())
stack("layer_norm_rank3", (4, 5), LN())
stack("layer_norm_rank5", (2, 3, 2, 4), LN())
stack("layer_norm_axis1", (4, 5), LN(axis=1))
stack("layer_norm_axis_minus_2", (3, 4, 5), LN(axis=-2))
stack("layer_norm_axes", (3, 4, 5), LN(axis=[2, 3]))
stack("layer_norm_axes_apart", (3, 4, 5), LN(axis=[1, 3]))
stack("layer_norm_axes_of_both_signs", (3, 4, 5), LN(axis=[1, -1]))
stack("layer_norm_axes_negative", (3, 4, 5), LN(axis=[-1, -3]))
stack("layer_norm_no_center", (4, 5), LN(center=False))
stack("layer_norm_no_scale", (4, 5), LN(scale=False))
stack("layer_norm_neither", (4, 5), LN(center=False, scale=False))
stack("layer_norm_axes_neither", (4, 5), LN(axis=[1, 2], center=False, scale=False))
stack("layer_norm_epsilon", (4, 5), LN(epsilon=0.1))
stack("layer_norm_rms_scaling", (4, 5), LN(rms_scaling=True))
stack("layer_norm_rms_scaling_axes", (3, 4, 5), LN(axis=[1, 3], rms_scaling=True, scale=False))
stack("layer_norm_int32_input", (5,), LN(), dtype="int32")
stack("layer_norm_none", (None, None, 3), LN(), sizes=((2, 3), (5, 4)))
stack("layer_norm_none_axes", (None, 3), LN(axis=[1, 2], center=False, scale=False), sizes=STEPS)
stack("layer_norm_mixed_float16", (4, 6), LN(dtype="mixed_float16"), **HALF)
stack("layer_norm_after_dense", (4, 6), L.Dense(5), LN(), L.Activation("gelu"))

RMS = L.RMSNormalization

stack("rms_norm_rank2", (5,), RMS())
stack("rms_norm_rank4", (3, 4, 5), RMS())
stack("rms_norm_epsilon", (4, 5), RMS(epsilon=0.1))
stack("rms_norm_axes", (3, 4, 5), RMS(axis=[2, 3]))
stack("rms_norm_axis_of_square", (5, 5), RMS(axis=1))
stack("rms_norm_int32_input", (5,), RMS(), dtype="int32")
stack("rms_norm_none", (None, 4), RMS(), sizes=STEPS)

UN = L.UnitNormalization

stack("unit_norm_rank2", (5,), UN())
stack("unit_norm_axis1", (4, 5), UN(axis=1))
stack("unit_norm_axes", (3, 4, 5), UN(axis=[1, 2]))
stack("unit_norm_axes_negative", (3, 4, 5), UN(axis=[-1, -3]))
stack("unit_norm_tiny", (5,), UN(), spread=1e-13)
stack("unit_norm_none", (None, 4), UN(axis=[1, 2]), sizes=STEPS)

GN = L.GroupNormalization

stack("group_norm_rank2", (6,), GN(3))
stack("group_norm_rank3", (4, 6), GN(2))
stack("group_norm_rank4", (3, 4, 6), GN(3))
stack("group_norm_rank5", (2, 3, 2, 4), GN(2))
stack("group_norm_one", (3, 4, 6), GN(1))
stack("group_norm_instance", (3, 4, 6), GN(-1))
stack("group_norm_default", (2, 3, 64), GN())
stack("group_norm_axis1", (6, 3, 4), GN(3, axis=1))
stack("group_norm_axis2", (3, 6, 4), GN(3, axis=2))
stack("group_norm_axis_minus_2", (3, 6, 4), GN(2, axis=-2))
stack("group_norm_axis_minus_3", (6, 3, 4), GN(2, axis=-3))
stack("group_norm_no_center", (3, 6), GN(3, center=False))
stack("group_norm_no_scale", (3, 6), GN(3, scale=False))
stack("group_norm_neither", (3, 6), GN(3, center=False, scale=False))
stack("group_norm_epsilon", (3, 6), GN(3, epsilon=0.1))
stack("group_norm_int32_input", (3, 6), GN(3), dtype="int32")
stack("group_norm_none", (None, None, 4), GN(2), sizes=((2, 3), (5, 4)))
stack("group_norm_mixed_float16", (3, 6), GN(2, dtype="mixed_float16"), **HALF)

SN = L.SpectralNormalization

stack("spectral_norm_dense", (6,), SN(L.Dense(5, activation="relu")), L.Dense(2))
stack("spectral_norm_conv", (6, 5, 2), SN(L.Conv2D(4, 3), power_iterations=2))
stack("spectral_norm_embedding", (4,), SN(L.Embedding(7, 3)), dtype="int32", integers=(0, 7))


@graph("layer_scale_convnext")
def _():
    """A block of ConvNeXt, which has layers of its own in keras.applications."""
    x = keras.Input((6, 6, 4))
    y = layers.DepthwiseConv2D(3, padding="same")(x)
    y = layers.LayerNormalization(epsilon=1e-6)(y)
    y = layers.Dense(8, activation="gelu")(y)
    y = layers.Dense(4)(y)
    y = convnext.LayerScale(1e-6, 4)(y)
    return keras.Model(x, layers.Add()([x, y]))


@graph("custom_scale_inception_resnet")
def _():
    x = keras.Input((5, 5, 4))
    y = layers.Conv2D(4, 1)(layers.Conv2D(3, 3, padding="same", activation="relu")(x))
    y = inception_resnet_v2.CustomScaleLayer(0.17)([x, y])
    return keras.Model(x, layers.Activation("relu")(y))
