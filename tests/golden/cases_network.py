"""Small versions of well-known networks, and of the front ends that make any image size fit."""

from pathlib import Path

import keras
from keras import layers

import archive
import truth
from registry import edited, graph, stack
from registry import lazy as L

stack(
    "mnist_cnn",
    (12, 12, 1),
    L.Conv2D(4, 3, activation="relu"),
    L.MaxPooling2D(2),
    L.Flatten(),
    L.Dropout(0.5),
    L.Dense(10, activation="softmax"),
)
stack(
    "flatten_forgotten",
    (12, 12, 1),
    L.Conv2D(4, 3, activation="relu"),
    L.MaxPooling2D(2),
    L.Dense(10, activation="softmax"),
)
stack(
    "strided_same_cnn",
    (16, 16, 3),
    L.Conv2D(4, 3, 2, "same", activation="relu"),
    L.Conv2D(8, 3, 2, "same", activation="relu"),
    L.Flatten(),
    L.Dense(5),
)
stack(
    "resizing_front_end",
    (None, None, 1),
    L.Rescaling(1 / 255),
    L.Resizing(12, 12),
    L.Conv2D(4, 3, padding="same", activation="relu"),
    L.MaxPooling2D(2),
    L.Conv2D(6, 3, padding="same", activation="relu"),
    L.MaxPooling2D(2),
    L.Flatten(),
    L.Dense(8, activation="relu"),
    L.Dropout(0.3),
    L.Dense(10, activation="softmax"),
    sizes=((8, 8), (12, 12), (20, 24), (5, 31)),
    spread=100,
)
stack(
    "fully_convolutional",
    (None, None, 2),
    L.Conv2D(4, 3, padding="same", activation="relu"),
    L.MaxPooling2D(2),
    L.Conv2D(4, 3, padding="same", activation="relu"),
    L.GlobalAveragePooling2D(),
    L.Dense(3, activation="softmax"),
    sizes=((8, 8), (5, 11), (2, 2)),
)
stack(
    "vgg",
    (16, 16, 3),
    L.Conv2D(4, 3, padding="same", activation="relu"),
    L.Conv2D(4, 3, padding="same", activation="relu"),
    L.MaxPooling2D(2),
    L.Conv2D(6, 3, padding="same", activation="relu"),
    L.Conv2D(6, 3, padding="same", activation="relu"),
    L.MaxPooling2D(2),
    L.Flatten(),
    L.Dense(12, activation="relu"),
    L.Dense(12, activation="relu"),
    L.Dense(7, activation="softmax"),
)
stack(
    "conv1d_classifier",
    (None, 3),
    L.Conv1D(4, 3, padding="causal", activation="relu"),
    L.BatchNormalization(),
    L.Conv1D(4, 3, padding="causal", dilation_rate=2),
    L.ReLU(),
    L.Dense(2),
    sizes=((8,), (13,)),
)
stack(
    "mlp_with_norm",
    (10,),
    L.BatchNormalization(),
    L.Dense(8),
    L.BatchNormalization(),
    L.ReLU(),
    L.Dropout(0.2),
    L.Dense(1, activation="sigmoid"),
)


def conv_norm(x, filters: int, kernel: int = 3, strides: int = 1, activation: str | None = "relu"):
    x = layers.Conv2D(filters, kernel, strides, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    return layers.Activation(activation)(x) if activation else x


@graph("resnet", sizes=((12, 12), (9, 14)))
def _():
    image = keras.Input((None, None, 3))
    x = layers.ZeroPadding2D(2)(image)
    x = layers.Conv2D(4, 5, 2)(x)
    x = layers.ReLU()(layers.BatchNormalization(epsilon=1.001e-5)(x))
    x = layers.MaxPooling2D(3, 2)(layers.ZeroPadding2D(1)(x))
    x = layers.ReLU()(layers.Add()([x, conv_norm(conv_norm(x, 4), 4, activation=None)]))
    shortcut = conv_norm(x, 6, kernel=1, strides=2, activation=None)
    x = conv_norm(conv_norm(x, 6, strides=2), 6, activation=None)
    x = layers.ReLU()(layers.Add()([shortcut, x]))
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(image, layers.Dense(5, "softmax")(x))


@graph("resnet_preactivation")
def _():
    image = keras.Input((8, 8, 4))
    x = layers.ReLU()(layers.BatchNormalization()(image))
    x = layers.Conv2D(4, 3, padding="same", use_bias=False)(x)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.Add()([image, layers.Conv2D(4, 3, padding="same")(x)])
    return keras.Model(image, layers.BatchNormalization()(x))


def inverted_residual(x, filters: int, strides: int):
    y = conv_norm(x, 2 * x.shape[-1], kernel=1, activation="relu6")
    if strides == 2:
        y = layers.ZeroPadding2D(((0, 1), (0, 1)))(y)
    padding = "valid" if strides == 2 else "same"
    y = layers.DepthwiseConv2D(3, strides, padding, use_bias=False)(y)
    y = layers.ReLU(max_value=6.0)(layers.BatchNormalization()(y))
    y = conv_norm(y, filters, kernel=1, activation=None)
    return layers.Add()([x, y]) if strides == 1 and filters == x.shape[-1] else y


@graph("mobilenet")
def _():
    image = keras.Input((16, 16, 3))
    x = conv_norm(layers.Rescaling(1 / 127.5, offset=-1)(image), 4, strides=2, activation="relu6")
    x = inverted_residual(x, 6, strides=2)
    x = inverted_residual(x, 6, strides=1)
    x = layers.GlobalAveragePooling2D(keepdims=True)(x)
    x = layers.Conv2D(5, 1, padding="same")(layers.Dropout(0.1)(x))
    return keras.Model(image, layers.Softmax()(layers.Reshape((5,))(x)))


@graph("depthwise_of_clamps", sizes=((9, 7), (8, 12)), spread=4)
def _():
    """Clamps that a GPU's depthwise kernels take over, and others that look like them."""
    image = keras.Input((None, None, 3))
    outputs = []
    for filters in (8, 5):  # of which four are read at once, and one by one
        x = conv_norm(image, filters, kernel=1, activation="relu6")
        x = layers.DepthwiseConv2D(3, 2, "same", activation="relu6")(x)
        x = layers.DepthwiseConv2D(3, padding="same", dilation_rate=2)(x)
        x = layers.Conv2D(filters, 1, use_bias=False, activation="relu")(x)
        x = layers.DepthwiseConv2D((5, 3), padding="same", use_bias=False)(x)
        x = layers.Activation("hard_tanh")(layers.Add()([x, x]))
        shared = layers.ReLU(max_value=0.5)(layers.DepthwiseConv2D(3, padding="same")(x))
        y = layers.ReLU(1.5, negative_slope=0.2)(layers.Conv2D(filters, 1)(shared))
        y = layers.DepthwiseConv2D(3, padding="same", depth_multiplier=2)(y)
        outputs += [y, layers.DepthwiseConv2D(3)(layers.ZeroPadding2D(1)(shared))]
    return keras.Model(image, outputs)


stack(
    "depthwise_conv1d_of_relu6",
    (11, 3),
    L.Conv1D(8, 1, activation="relu6"),
    L.DepthwiseConv1D(3, padding="same"),
    spread=6,
)


@graph("squeeze_and_excite", sizes=((6, 6), (5, 9)))
def _():
    x = keras.Input((None, None, 6))
    y = layers.DepthwiseConv2D(3, padding="same", activation="silu")(x)
    s = layers.GlobalAveragePooling2D(keepdims=True)(y)
    s = layers.Conv2D(2, 1, activation="relu")(s)
    s = layers.Conv2D(6, 1, activation="hard_sigmoid")(s)
    return keras.Model(x, layers.Add()([x, layers.Multiply()([y, s])]))


@graph("densenet")
def _():
    image = keras.Input((8, 8, 4))
    x = image
    for _ in range(3):
        y = layers.Activation("relu")(layers.BatchNormalization()(x))
        x = layers.Concatenate()([x, layers.Conv2D(3, 3, padding="same", use_bias=False)(y)])
    x = layers.Conv2D(4, 1, use_bias=False)(layers.ReLU()(layers.BatchNormalization()(x)))
    x = layers.AveragePooling2D(2, 2)(x)
    return keras.Model(image, layers.Dense(3)(layers.Flatten()(x)))


@graph("joined_in_place", sizes=((8, 8), (9, 6)))
def _():
    """Concatenations that a GPU's kernels can write in place, nested ones, and others beside them."""
    image = keras.Input((None, None, 3))
    x = layers.MaxPooling2D(2)(conv_norm(image, 8))
    for _ in range(3):
        y = layers.ReLU()(layers.BatchNormalization()(x))
        x = layers.Concatenate()([x, layers.Conv2D(8, 3, padding="same", use_bias=False)(y)])
    x = layers.ReLU()(layers.BatchNormalization()(x))
    skip = conv_norm(x, 8, kernel=1)
    branches = [conv_norm(x, 16, kernel=1), conv_norm(skip, 8)]
    branches += [layers.MaxPooling2D(3, 1, "same")(skip),
                 layers.Conv2DTranspose(8, 3, padding="same")(skip)]
    joined = layers.Concatenate()(branches)
    pooled = layers.AveragePooling2D(2)(layers.UpSampling2D(2, interpolation="bilinear")(skip))
    inner = layers.Concatenate()([conv_norm(joined, 8), skip])
    nested = layers.Concatenate()([inner, conv_norm(skip, 8)])
    odd = layers.Concatenate()([conv_norm(nested, 5), conv_norm(nested, 3)])
    given_out = conv_norm(odd, 8)
    last = layers.Concatenate()([odd, given_out, layers.Conv2D(8, 1, activation="tanh")(odd)])
    return keras.Model(image, [given_out, pooled, layers.Conv2D(4, 1)(last), joined])


@graph("inception", sizes=((6, 6), (7, 5)))
def _():
    x = keras.Input((None, None, 4))
    pooled = layers.AveragePooling2D(3, 1, "same")(x)
    branches = [
        conv_norm(x, 2, kernel=1),
        conv_norm(conv_norm(x, 2, kernel=1), 3, kernel=3),
        layers.Conv2D(2, (1, 5), padding="same")(layers.Conv2D(2, (5, 1), padding="same")(x)),
        conv_norm(pooled, 3, kernel=1),
        layers.MaxPooling2D(3, 1, "same")(x),
    ]
    return keras.Model(x, layers.Concatenate()(branches))


@graph("feature_pyramid", sizes=((8, 8), (16, 8)))
def _():
    image = keras.Input((None, None, 3))
    fine = layers.Conv2D(4, 3, 2, "same", activation="relu")(image)
    coarse = layers.Conv2D(4, 3, 2, "same", activation="relu")(fine)
    heads = [layers.Conv2D(2, 1, name=f"head_{i}")(x) for i, x in enumerate([fine, coarse])]
    return keras.Model(image, {"fine": heads[0], "coarse": heads[1]})


SHAPE_KEYS = {"batch_shape", "input_shape", "build_input_shape", "shape"}


def opened(node, key: str = ""):
    """A config in which maps are (None, None, None, C), and Flatten gives (None, None)."""
    if isinstance(node, dict):
        return {name: opened(value, name) for name, value in node.items()}
    if not isinstance(node, list):
        return node
    if key in SHAPE_KEYS and len(node) == 4:
        return [node[0], None, None, node[3]]
    if key == "shape":
        return [node[0], None]
    return [opened(value) for value in node]


def forget_height_and_width(path: Path) -> None:
    """Keras cannot build such a model, since Dense would not know its rows. But where the file
    has the weights, and (None, 676) as what Dense was built for, Keras loads and runs it."""
    archive.edit_config(path, lambda config: config.update(opened(config)))


def _cnn_for_28x28() -> keras.Model:
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(4, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(10, activation="softmax"),
        ]
    )


def _functional_cnn_for_28x28() -> keras.Model:
    model = _cnn_for_28x28()
    image = keras.Input((28, 28, 1))
    x = image
    for layer in model.layers:
        x = layer(x)
    return keras.Model(image, x)


# 29 pools to the same 13 x 13 map as 28.
FITTING = ((28, 28), (29, 29), (28, 29))
edited(
    "flatten_of_none_sequential",
    forget_height_and_width,
    _cnn_for_28x28,
    sizes=FITTING,
    truth=truth.reloaded_as_built,
)
edited(
    "flatten_of_none_functional", forget_height_and_width, _functional_cnn_for_28x28, sizes=FITTING
)
