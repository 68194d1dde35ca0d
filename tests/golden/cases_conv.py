"""Convolutions: every option, and sizes at which SAME pads more at the end than at the start."""

from registry import lazy as L
from registry import stack

NONE_2D = (None, None, 3)
SIZES_2D = ((7, 9), (12, 5), (6, 6))
FIRST = {"data_format": "channels_first"}

for name, options in {
    "1x1": {"kernel_size": 1},
    "3x3": {"kernel_size": 3},
    "5x5": {"kernel_size": 5},
    "2x3": {"kernel_size": (2, 3)},
    "whole_input": {"kernel_size": (8, 7)},
    "same_3x3": {"kernel_size": 3, "padding": "same"},
    "same_4x3": {"kernel_size": (4, 3), "padding": "same"},
    "same_5x5": {"kernel_size": 5, "padding": "same"},
    "stride2": {"kernel_size": 3, "strides": 2},
    "stride2_same": {"kernel_size": 3, "strides": 2, "padding": "same"},
    "stride2_same_1x1": {"kernel_size": 1, "strides": 2, "padding": "same"},
    "stride3_same_2x2": {"kernel_size": 2, "strides": 3, "padding": "same"},
    "stride2x1": {"kernel_size": 3, "strides": (2, 1)},
    "stride1x2_same": {"kernel_size": 3, "strides": (1, 2), "padding": "same"},
    "dilation2": {"kernel_size": 3, "dilation_rate": 2},
    "dilation2_same": {"kernel_size": 3, "dilation_rate": 2, "padding": "same"},
    "no_bias": {"kernel_size": 3, "use_bias": False},
    "no_bias_relu": {"kernel_size": 3, "use_bias": False, "activation": "relu"},
    "first": {"kernel_size": 3, **FIRST},
    "first_same_stride2": {"kernel_size": 3, "strides": 2, "padding": "same", **FIRST},
    "first_dilation_relu": {"kernel_size": 2, "dilation_rate": 2, "activation": "relu", **FIRST},
}.items():
    shape = (3, 8, 7) if "data_format" in options else (8, 7, 3)
    stack(f"conv2d_{name}", shape, L.Conv2D(4, **options))

# SAME with stride 2: even and odd sizes pad differently.
for height, width in [(8, 8), (7, 7), (8, 7), (1, 1)]:
    stack(
        f"conv2d_same_stride2_{height}x{width}",
        (height, width, 2),
        L.Conv2D(3, 3, strides=2, padding="same"),
    )
stack("conv2d_same_stride2_5x5_on_8x8", (8, 8, 2), L.Conv2D(3, 5, strides=2, padding="same"))

stack("conv2d_groups", (6, 5, 4), L.Conv2D(6, 3, groups=2))
stack("conv2d_groups_same_stride2", (6, 5, 6), L.Conv2D(6, 3, 2, "same", groups=3))
stack("conv2d_groups_as_depthwise", (6, 5, 4), L.Conv2D(4, 3, groups=4))
stack("conv2d_groups_as_depthwise_twice", (6, 5, 4), L.Conv2D(8, 3, groups=4))
stack("conv2d_first_groups", (4, 6, 5), L.Conv2D(6, 3, groups=2, **FIRST))
stack("conv2d_one_channel", (6, 5, 1), L.Conv2D(1, 3))
stack("conv2d_many_channels", (4, 4, 17), L.Conv2D(33, 3, padding="same", activation="relu"))

stack("conv2d_none_valid", NONE_2D, L.Conv2D(4, 3), sizes=SIZES_2D)
stack("conv2d_none_same_stride2", NONE_2D, L.Conv2D(4, 3, 2, "same"), sizes=SIZES_2D)
stack(
    "conv2d_none_same_dilation", NONE_2D, L.Conv2D(4, 3, 1, "same", dilation_rate=2), sizes=SIZES_2D
)
stack("conv2d_none_width", (6, None, 3), L.Conv2D(4, 3), sizes=((5,), (8,)))
stack("conv2d_first_none", (3, None, None), L.Conv2D(4, 3, 2, "same", **FIRST), sizes=SIZES_2D)
stack("conv2d_two", (9, 8, 2), L.Conv2D(4, 3, activation="relu"), L.Conv2D(3, 3, 2, "same"))
stack(
    "conv2d_first_flatten_dense",
    (2, 5, 6),
    L.Conv2D(3, 3, activation="relu", **FIRST),
    L.Flatten(**FIRST),
    L.Dense(4),
)
stack(
    "conv2d_first_then_flatten_as_is", (2, 5, 6), L.Conv2D(3, 3, **FIRST), L.Flatten(), L.Dense(4)
)

for name, options in {
    "3": {"kernel_size": 3},
    "same": {"kernel_size": 4, "padding": "same"},
    "causal": {"kernel_size": 3, "padding": "causal"},
    "causal_stride2": {"kernel_size": 3, "strides": 2, "padding": "causal"},
    "causal_dilation2": {"kernel_size": 3, "dilation_rate": 2, "padding": "causal"},
    "stride2": {"kernel_size": 3, "strides": 2},
    "stride2_same": {"kernel_size": 3, "strides": 2, "padding": "same"},
    "dilation2": {"kernel_size": 3, "dilation_rate": 2},
    "dilation3_same": {"kernel_size": 3, "dilation_rate": 3, "padding": "same"},
    "groups": {"kernel_size": 3, "groups": 2},
    "first": {"kernel_size": 3, **FIRST},
    "first_same_stride2": {"kernel_size": 3, "strides": 2, "padding": "same", **FIRST},
}.items():
    stack(
        f"conv1d_{name}", (4, 10) if "data_format" in options else (10, 4), L.Conv1D(6, **options)
    )
stack("conv1d_none", (None, 4), L.Conv1D(3, 3, padding="causal"), sizes=((6,), (11,)))
stack("conv1d_flatten_dense", (10, 4), L.Conv1D(3, 3, activation="relu"), L.Flatten(), L.Dense(2))

for name, options in {
    "3x3": {"kernel_size": 3},
    "2x3": {"kernel_size": (2, 3)},
    "same": {"kernel_size": 3, "padding": "same"},
    "stride2": {"kernel_size": 3, "strides": 2},
    "stride2_same": {"kernel_size": 3, "strides": 2, "padding": "same"},
    "multiplier2": {"kernel_size": 3, "depth_multiplier": 2},
    "multiplier2_same_stride2": {
        "kernel_size": 3,
        "strides": 2,
        "padding": "same",
        "depth_multiplier": 2,
    },
    "dilation2": {"kernel_size": 3, "dilation_rate": 2},
    "dilation2_same": {"kernel_size": 3, "dilation_rate": 2, "padding": "same"},
    "no_bias_relu": {"kernel_size": 3, "use_bias": False, "activation": "relu"},
    "first": {"kernel_size": 3, **FIRST},
    "first_multiplier2_same": {"kernel_size": 3, "padding": "same", "depth_multiplier": 2, **FIRST},
}.items():
    shape = (3, 8, 7) if "data_format" in options else (8, 7, 3)
    stack(f"depthwise_conv2d_{name}", shape, L.DepthwiseConv2D(**options))
stack("depthwise_conv2d_none", NONE_2D, L.DepthwiseConv2D(3, 2, "same"), sizes=SIZES_2D)

for name, options in {
    "2": {"kernel_size": 2},
    "same_2x3x1": {"kernel_size": (2, 3, 1), "padding": "same"},
    "stride2_same": {"kernel_size": 3, "strides": 2, "padding": "same"},
    "stride2x1x2": {"kernel_size": (2, 2, 3), "strides": (2, 1, 2), "groups": 2},
    "dilation2_same_groups": {"kernel_size": 2, "padding": "same", "dilation_rate": 2, "groups": 2},
    "dilation2x1x2": {"kernel_size": 2, "dilation_rate": (2, 1, 2)},
    "no_bias_relu": {"kernel_size": 2, "use_bias": False, "activation": "relu"},
    "first": {"kernel_size": 2, **FIRST},
    "first_same_stride2_tanh": {
        "kernel_size": (2, 3, 2),
        "strides": 2,
        "padding": "same",
        "activation": "tanh",
        **FIRST,
    },
}.items():
    shape = (4, 5, 4, 3) if "data_format" in options else (5, 4, 3, 4)
    stack(f"conv3d_{name}", shape, L.Conv3D(6, **options))
stack(
    "conv3d_none",
    (None, None, None, 2),
    L.Conv3D(3, 2, 2, "same"),
    sizes=((3, 4, 5), (6, 2, 3)),
)
stack("conv3d_one_depth", (1, 5, 6, 2), L.Conv3D(3, (1, 3, 3)))
stack("conv3d_flatten_dense", (3, 3, 3, 2), L.Conv3D(3, 2), L.Flatten(), L.Dense(2))

# SeparableConv and DepthwiseConv with strides and dilations at once, which other classes refuse.
for name, options in {
    "3": {"kernel_size": 3},
    "4_same": {"kernel_size": 4, "padding": "same"},
    "stride2": {"kernel_size": 3, "strides": 2},
    "stride3_same": {"kernel_size": 2, "strides": 3, "padding": "same"},
    "dilation2": {"kernel_size": 3, "dilation_rate": 2},
    "dilation3_same": {"kernel_size": 3, "dilation_rate": 3, "padding": "same"},
    "stride2_dilation2": {"kernel_size": 3, "strides": 2, "dilation_rate": 2},
    "stride2_dilation2_same": {
        "kernel_size": 3,
        "strides": 2,
        "dilation_rate": 2,
        "padding": "same",
    },
    "multiplier3": {"kernel_size": 3, "depth_multiplier": 3},
    "no_bias_relu": {"kernel_size": 3, "use_bias": False, "activation": "relu"},
    "first": {"kernel_size": 3, **FIRST},
    "first_multiplier2_same_stride2": {
        "kernel_size": 3,
        "strides": 2,
        "padding": "same",
        "depth_multiplier": 2,
        **FIRST,
    },
}.items():
    line = (3, 9) if "data_format" in options else (9, 3)
    image = (3, 7, 8) if "data_format" in options else (7, 8, 3)
    stack(f"depthwise_conv1d_{name}", line, L.DepthwiseConv1D(**options))
    stack(f"separable_conv1d_{name}", line, L.SeparableConv1D(4, **options))
    stack(f"separable_conv2d_{name}", image, L.SeparableConv2D(4, **options))
stack("depthwise_conv2d_stride2_dilation2", (9, 8, 3), L.DepthwiseConv2D(3, 2, dilation_rate=2))
stack(
    "depthwise_conv2d_stride2_dilation2x1_same",
    (9, 8, 3),
    L.DepthwiseConv2D(3, 2, "same", dilation_rate=(2, 1)),
)
stack("separable_conv2d_2x3", (6, 6, 2), L.SeparableConv2D(3, (2, 3), dilation_rate=(1, 2)))
stack("separable_conv2d_softmax", (6, 6, 2), L.SeparableConv2D(3, 3, activation="softmax"))
stack("depthwise_conv1d_none", (None, 3), L.DepthwiseConv1D(3, 2, "same"), sizes=((6,), (11,)))
stack("separable_conv1d_none", (None, 3), L.SeparableConv1D(4, 3, 2), sizes=((6,), (11,)))
stack("separable_conv2d_none", NONE_2D, L.SeparableConv2D(4, 3, 2, "same"), sizes=SIZES_2D)
stack("separable_conv2d_twice", (8, 8, 2), L.SeparableConv2D(4, 3), L.SeparableConv2D(3, 3))
