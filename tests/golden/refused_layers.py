"""Layers whose options must be refused: what Keras refuses itself, and sizes beyond any memory."""

from pathlib import Path

import keras
from keras import layers

import archive
from refused import refuse

HUGE = 2**40  # more than any size in a file may be
LARGE = 2**30  # allowed alone, but not as often as these cases take it


def change(name: str, words: list[str], shape: tuple, layer, **options) -> None:
    """One layer, named "it", with `options` put into its saved config. What shows only when a batch
    arrives is refused on the batch (1, 4), of which all shapes of four cells are made."""

    def build() -> keras.Model:
        return keras.Sequential([keras.Input((4,)), layers.Reshape(shape), layer()])

    @refuse(name, ["'it'", *words], build)
    def _(path: Path) -> None:
        def edit(config: dict) -> None:
            archive.layer_named(config, "it")["config"].update(options)

        archive.edit_config(path, edit)


def other_input(name: str, words: list[str], shape: tuple, new_shape: tuple, layer) -> None:
    """One layer, saved for inputs of `shape`, in a file that declares `new_shape`."""

    def build() -> keras.Model:
        return keras.Sequential([keras.Input(shape, name="in"), layer()])

    @refuse(name, ["'it'", *words], build)
    def _(path: Path) -> None:
        def edit(config: dict) -> None:
            archive.layer_named(config, "in")["config"]["batch_shape"] = [None, *new_shape]

        archive.edit_config(path, edit)


def lazy(class_name: str, *args, **kwargs):
    return lambda: getattr(layers, class_name)(*args, name="it", **kwargs)


# Sizes
for dims in (1, 2, 3):
    shape = (2, *(1,) * (dims - 1), 2)
    larger = (*(4, 3, 2)[:dims], 2)
    change(
        f"zero_padding{dims}d_huge",
        ["padding", str(HUGE)],
        shape,
        lazy(f"ZeroPadding{dims}D"),
        padding=HUGE,
    )
    change(
        f"up_sampling{dims}d_huge",
        ["size", str(HUGE)],
        shape,
        lazy(f"UpSampling{dims}D"),
        size=HUGE,
    )
    change(
        f"zero_padding{dims}d_negative",
        ["padding", "-1"],
        shape,
        lazy(f"ZeroPadding{dims}D"),
        padding=-1,
    )
    change(
        f"cropping{dims}d_negative",
        ["cropping", "-2"],
        shape,
        lazy(f"Cropping{dims}D", 0),
        cropping=-2,
    )
    change(
        f"cropping{dims}d_everything",
        ["cropping", "axis 1"],
        shape,
        lazy(f"Cropping{dims}D", 0),
        cropping=[[2, 2], [0, 0], [0, 0]][:dims] if dims > 1 else [2, 2],
    )
    change(
        f"up_sampling{dims}d_zero", ["size", "0"], shape, lazy(f"UpSampling{dims}D"), size=0
    )
    change(
        f"adaptive_pooling{dims}d_zero",
        ["output_size", "0"],
        shape,
        lazy(f"AdaptiveMaxPooling{dims}D", 2),
        output_size=[0] * dims,
    )
    other_input(
        f"conv{dims}d_rank", [f"rank {dims + 2}"], larger, (*larger, 2), lazy(f"Conv{dims}D", 2, 1)
    )
    other_input(
        f"max_pooling{dims}d_rank",
        [f"rank {dims + 2}"],
        larger,
        larger[1:],
        lazy(f"MaxPooling{dims}D", 1),
    )
    other_input(
        f"max_pooling{dims}d_too_small",
        ["window", "does not fit"],
        larger,
        (1,) * dims + (2,),
        lazy(f"MaxPooling{dims}D", 2),
    )
    other_input(
        f"conv{dims}d_too_small",
        ["window", "does not fit"],
        larger,
        (1,) * dims + (2,),
        lazy(f"Conv{dims}D", 2, 2),
    )
    for kind in ("", "Transpose"):
        change(
            f"conv{dims}d{kind.lower()}_strides_and_dilation",
            ["strides", "dilation_rate"],
            shape,
            lazy(f"Conv{dims}D{kind}", 2, 1),
            strides=[2] * dims,
            dilation_rate=[2] * dims,
        )
        change(
            f"conv{dims}d{kind.lower()}_padding_unknown",
            ["padding", "reflect"],
            shape,
            lazy(f"Conv{dims}D{kind}", 2, 1),
            padding="reflect",
        )
    change(
        f"conv{dims}dtranspose_output_padding",
        ["output_padding", "2"],
        shape,
        lazy(f"Conv{dims}DTranspose", 2, 1),
        output_padding=[2] * dims,
        strides=[2] * dims,
    )

change("repeat_vector_huge", ["'n'", str(HUGE)], (4,), lazy("RepeatVector", 2), n=HUGE)
change("repeat_vector_zero", ["'n'", "0"], (4,), lazy("RepeatVector", 2), n=0)
change("zero_padding1d_large", ["exceed"], (4, 1), lazy("ZeroPadding1D"), padding=LARGE)
change("repeat_vector_large", ["exceed"], (4,), lazy("RepeatVector", 2), n=LARGE)
change("up_sampling1d_large", ["exceed"], (2, 2), lazy("UpSampling1D"), size=LARGE)
change("up_sampling3d_large", ["overflows"], (1, 1, 2, 2), lazy("UpSampling3D"), size=[LARGE] * 3)
change(
    "up_sampling2d_bilinear_large",
    ["overflows"],
    (1, 2, 2),
    lazy("UpSampling2D", interpolation="bilinear"),
    size=[LARGE] * 2,
)
change(
    "conv2dtranspose_strides_large",
    ["overflows"],
    (2, 2, 1),
    lazy("Conv2DTranspose", 2, 1),
    strides=[2 * LARGE - 1] * 2,
)
change(
    "zero_padding2d_triples",
    ["padding"],
    (2, 1, 2),
    lazy("ZeroPadding2D"),
    padding=[[1, 1, 1], 0],
)
change("zero_padding3d_pair", ["padding"], (1, 2, 1, 2), lazy("ZeroPadding3D"), padding=[1, 1])
change("zero_padding2d_text", ["padding"], (2, 1, 2), lazy("ZeroPadding2D"), padding="same")

# Modes and numbers
change(
    "up_sampling2d_interpolation",
    ["interpolation", "gaussian"],
    (2, 1, 2),
    lazy("UpSampling2D"),
    interpolation="gaussian",
)
change(
    "max_pooling2d_padding",
    ["padding", "causal"],
    (2, 1, 2),
    lazy("MaxPooling2D", 1),
    padding="causal",
)
change("conv2d_causal", ["padding", "causal"], (2, 1, 2), lazy("Conv2D", 2, 1), padding="causal")
change(
    "conv1dtranspose_causal",
    ["padding", "causal"],
    (2, 2),
    lazy("Conv1DTranspose", 2, 1),
    padding="causal",
)
change(
    "conv2d_data_format",
    ["data_format", "NCHW"],
    (2, 1, 2),
    lazy("Conv2D", 2, 1),
    data_format="NCHW",
)
change("conv2d_strides_three", ["strides"], (2, 1, 2), lazy("Conv2D", 2, 1), strides=[1, 1, 1])
change("conv2d_strides_zero", ["strides", "0"], (2, 1, 2), lazy("Conv2D", 2, 1), strides=[0, 1])
change(
    "conv2dtranspose_groups",
    ["groups", "2"],
    (2, 1, 2),
    lazy("Conv2DTranspose", 2, 1),
    groups=2,
)
change("depthwise_conv2d_groups", ["groups", "2"], (2, 1, 2), lazy("DepthwiseConv2D", 1), groups=2)
change(
    "separable_conv2d_filters",
    ["pointwise_kernel"],
    (2, 1, 2),
    lazy("SeparableConv2D", 2, 1),
    filters=3,
)
change("relu_negative_slope", ["negative_slope"], (4,), lazy("ReLU"), negative_slope=-0.5)
change("relu_max_below_threshold", ["max_value"], (4,), lazy("ReLU"), max_value=1, threshold=2)
change("leaky_relu_negative_slope", ["negative_slope"], (4,), lazy("LeakyReLU"), negative_slope=-1)
change("softmax_axis", ["axis 2"], (4,), lazy("Softmax"), axis=2)
change("softmax_same_axis_twice", ["axis"], (2, 2), lazy("Softmax"), axis=[1, -2])
change("prelu_shared_axis", ["shared_axes"], (4,), lazy("PReLU"), shared_axes=[2])
change(
    "activation_of_parameters",
    ["threshold"],
    (4,),
    lazy("Activation", "relu"),
    activation="threshold",
)
change("activation_glu_odd", ["glu", "even"], (4, 1), lazy("Activation", "relu"), activation="glu")
change(
    "activation_custom_function",
    ["pkg>relu"],
    (4,),
    lazy("Activation", "relu"),
    activation={
        "module": "builtins",
        "class_name": "function",
        "config": "pkg>relu",
        "registered_name": "function",
    },
)
change("permute_twice", ["permutation"], (2, 2), lazy("Permute", (2, 1)), dims=[1, 1])
change("permute_too_few", ["dims"], (2, 2), lazy("Permute", (2, 1)), dims=[1])
change("reshape_two_open", ["target_shape"], (2, 2), lazy("Reshape", (4,)), target_shape=[-1, None])
change("reshape_other_size", ["target_shape", "4"], (2, 2), lazy("Reshape", (4,)), target_shape=[3])
change(
    "reshape_indivisible",
    ["target_shape", "4"],
    (2, 2),
    lazy("Reshape", (4,)),
    target_shape=[3, -1],
)
change("reshape_negative", ["-2"], (2, 2), lazy("Reshape", (4,)), target_shape=[-2, -2])
other_input("repeat_vector_rank", ["rank 2"], (4,), (4, 2), lazy("RepeatVector", 2))
other_input("global_pooling_rank", ["rank 4"], (4, 4, 2), (4, 2), lazy("GlobalMaxPooling2D"))


# Merging layers


def merged(layer, *shapes: tuple):
    def build() -> keras.Model:
        inputs = [keras.Input(shape) for shape in shapes]
        return keras.Model(inputs, layer()(inputs))

    return build


def change_merged(name: str, words: list[str], layer, *shapes: tuple, **options) -> None:
    @refuse(name, ["'it'", *words], merged(layer, *shapes))
    def _(path: Path) -> None:
        def edit(config: dict) -> None:
            archive.layer_named(config, "it")["config"].update(options)

        archive.edit_config(path, edit)


change_merged("dot_batch_axis", ["axes", "batch"], lazy("Dot", 1), (4,), (4,), axes=[0, 1])
change_merged("dot_three_axes", ["axes"], lazy("Dot", 1), (4,), (4,), axes=[1, 1, 1])
change_merged("dot_axis_missing", ["axis 3"], lazy("Dot", 1), (4,), (4,), axes=3)
change_merged("dot_other_sizes", ["3", "4"], lazy("Dot", (1, 2)), (4, 3), (3, 4), axes=[1, 1])
change_merged("concatenate_axis", ["axis 4"], lazy("Concatenate"), (4, 3), (4, 3), axis=4)
change_merged("concatenate_sizes", ["axis 2"], lazy("Concatenate"), (4, 3), (4, 2), axis=1)
