"""BatchNormalization on every axis it may have, alone and beside layers it can be folded into."""

from pathlib import Path

import archive
import truth
from registry import edited, sequential, stack
from registry import lazy as L

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
