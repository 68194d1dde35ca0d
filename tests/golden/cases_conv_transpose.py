"""Transposed convolutions: paddings, windows shorter and longer than the stride, output_padding."""

from registry import lazy as L
from registry import stack

FIRST = {"data_format": "channels_first"}
CLASSES = {1: L.Conv1DTranspose, 2: L.Conv2DTranspose, 3: L.Conv3DTranspose}

# With "same" and output_padding 0, TensorFlow cannot compute even windows.
OPTIONS = {
    "1": {"kernel_size": 1},
    "3": {"kernel_size": 3},
    "2_same": {"kernel_size": 2, "padding": "same"},
    "3_same": {"kernel_size": 3, "padding": "same"},
    "2_stride2": {"kernel_size": 2, "strides": 2},
    "2_stride3": {"kernel_size": 2, "strides": 3},
    "2_stride3_same": {"kernel_size": 2, "strides": 3, "padding": "same"},
    "1_stride3_same": {"kernel_size": 1, "strides": 3, "padding": "same"},
    "3_stride2_same": {"kernel_size": 3, "strides": 2, "padding": "same"},
    "4_stride2_same": {"kernel_size": 4, "strides": 2, "padding": "same"},
    "5_stride2_same": {"kernel_size": 5, "strides": 2, "padding": "same"},
    "3_stride2_output_0": {"kernel_size": 3, "strides": 2, "output_padding": 0},
    "3_stride2_output_1": {"kernel_size": 3, "strides": 2, "output_padding": 1},
    "2_stride3_same_output_2": {
        "kernel_size": 2,
        "strides": 3,
        "padding": "same",
        "output_padding": 2,
    },
    "5_stride2_same_output_0": {
        "kernel_size": 5,
        "strides": 2,
        "padding": "same",
        "output_padding": 0,
    },
    "5_stride2_same_output_1": {
        "kernel_size": 5,
        "strides": 2,
        "padding": "same",
        "output_padding": 1,
    },
    "2_stride2_same_output_1": {
        "kernel_size": 2,
        "strides": 2,
        "padding": "same",
        "output_padding": 1,
    },
    "3_dilation2": {"kernel_size": 3, "dilation_rate": 2},
    "2_dilation3_same": {"kernel_size": 2, "dilation_rate": 3, "padding": "same"},
    "no_bias_relu": {"kernel_size": 3, "use_bias": False, "activation": "relu"},
    "first": {"kernel_size": 3, **FIRST},
    "first_stride2_same_tanh": {
        "kernel_size": 4,
        "strides": 2,
        "padding": "same",
        "activation": "tanh",
        **FIRST,
    },
}

for rank, layer in CLASSES.items():
    sizes = (4, 3, 2)[:rank]
    for name, options in OPTIONS.items():
        shape = (3, *sizes) if "data_format" in options else (*sizes, 3)
        stack(f"conv{rank}d_transpose_{name}", shape, layer(2, **options))
    open_sizes = ((4, 3, 2)[:rank], (2, 5, 3)[:rank])
    unknown = (None,) * rank
    stack(f"conv{rank}d_transpose_none", (*unknown, 2), layer(3, 3, 2), sizes=open_sizes)
    stack(
        f"conv{rank}d_transpose_none_same",
        (*unknown, 2),
        layer(3, 4, 2, "same"),
        sizes=open_sizes,
    )

stack("conv2d_transpose_2x3_stride2x1", (4, 5, 2), L.Conv2DTranspose(3, (2, 3), (2, 1)))
stack("conv2d_transpose_2x3_first", (2, 4, 5), L.Conv2DTranspose(3, (2, 3), (2, 1), **FIRST))
stack(
    "conv2d_transpose_same_output_1x0",
    (4, 5, 2),
    L.Conv2DTranspose(3, 3, (2, 3), "same", output_padding=(1, 0)),
)
stack("conv2d_transpose_7_stride16", (3, 2, 2), L.Conv2DTranspose(2, 7, 16))
stack("conv2d_transpose_dilation2x1", (4, 5, 2), L.Conv2DTranspose(3, 3, dilation_rate=(2, 1)))
stack("conv2d_transpose_softmax", (3, 3, 2), L.Conv2DTranspose(3, 2, activation="softmax"))
stack("conv3d_transpose_2x2x3", (2, 3, 2, 2), L.Conv3DTranspose(3, (2, 2, 3), (2, 1, 2)))
stack("conv2d_transpose_one_cell", (1, 1, 5), L.Conv2DTranspose(3, 4))
stack(
    "conv2d_transpose_autoencoder",
    (8, 8, 1),
    L.Conv2D(4, 3, 2, "same", activation="relu"),
    L.Conv2DTranspose(4, 3, 2, "same", activation="relu"),
    L.BatchNormalization(),
    L.Conv2D(1, 3, padding="same", activation="sigmoid"),
)
stack(
    "conv2d_transpose_none_back_to_size",
    (None, None, 2),
    L.MaxPooling2D(2),
    L.Conv2DTranspose(2, 2, 2),
    sizes=((6, 4), (7, 9)),
)
