"""Activations: as a layer, inside other layers, as function objects, and as layers of their own."""

from pathlib import Path

import keras
from keras import layers
from keras.src.legacy.layers import ThresholdedReLU

import archive
import truth
from registry import edited, graph, stack
from registry import lazy as L

ELEMENTWISE = """
    relu leaky_relu relu6 celu elu selu softplus softsign squareplus soft_shrink sparse_plus silu
    swish gelu tanh tanh_shrink sigmoid sparse_sigmoid exponential hard_sigmoid hard_silu
    hard_tanh hard_shrink linear mish log_sigmoid
""".split()
LAST_AXIS = ["softmax", "log_softmax", "sparsemax"]

for name in ELEMENTWISE:
    stack(f"activation_{name}", (4, 9), L.Activation(name), spread=3, edges=True)
for name in LAST_AXIS:
    stack(f"activation_{name}", (4, 9), L.Activation(name), spread=2)
stack("dense_softmax", (6,), L.Dense(5, activation="softmax"), spread=2)
stack("activation_softmax_rank4", (3, 2, 5), L.Activation("softmax"))
stack("activation_large_softmax", (6,), L.Activation("softmax"), spread=200)

for name in "relu leaky_relu elu silu gelu tanh sigmoid hard_sigmoid".split():
    stack(f"dense_{name}", (6,), L.Dense(5, activation=name), spread=2)
for name in "relu relu6 silu sigmoid hard_silu softmax".split():
    stack(f"conv2d_{name}", (5, 6, 2), L.Conv2D(4, 3, activation=name), spread=2)

# An activation may itself be a layer.
stack("dense_leaky_relu_layer", (6,), L.Dense(5, activation=L.LeakyReLU(negative_slope=0.1)))
stack("conv2d_relu_layer", (5, 6, 2), L.Conv2D(4, 3, activation=L.ReLU(max_value=0.8)))
stack("activation_of_relu_layer", (7,), L.Activation(L.ReLU(negative_slope=0.25)))

for name, options in {
    "plain": {},
    "max": {"max_value": 2.5},
    "max_6": {"max_value": 6.0},
    "max_0": {"max_value": 0.0},
    "slope": {"negative_slope": 0.3},
    "threshold": {"threshold": 0.75},
    "max_slope": {"max_value": 2.5, "negative_slope": 0.3},
    "max_threshold": {"max_value": 2.5, "threshold": 0.75},
    "slope_threshold": {"negative_slope": 0.3, "threshold": 0.75},
    "all": {"max_value": 2.5, "negative_slope": 0.3, "threshold": 0.75},
}.items():
    stack(f"relu_{name}", (4, 9), L.ReLU(**options), spread=3, edges=True)

stack("softmax_last", (4, 5), L.Softmax())
stack("softmax_axis_1", (4, 5, 3), L.Softmax(axis=1))
stack("softmax_axis_minus_2", (4, 5, 3), L.Softmax(axis=-2))
stack("softmax_two_axes", (4, 5, 3), L.Softmax(axis=[1, 2]))
stack("softmax_outer_axes", (4, 5, 3), L.Softmax(axis=[1, 3]))
stack("softmax_none", (None, 5), L.Softmax(axis=1), sizes=((4,), (7,)))
stack("softmax_axis_list_of_one", (4, 5), L.Softmax(axis=[-1]))
stack("softmax_three_axes", (2, 3, 4), L.Softmax(axis=[-1, 1, 2]))
stack("softmax_batch_axis", (4,), L.Softmax(axis=0))
stack("softmax_rank1", (), L.Softmax())
for name in LAST_AXIS:
    stack(f"activation_{name}_rank1", (), L.Activation(name))
    stack(f"activation_{name}_rank5", (2, 1, 3, 4), L.Activation(name))
    stack(f"activation_{name}_none", (None, 4), L.Activation(name), sizes=((2,), (5,)))
stack("activation_glu", (6,), L.Activation("glu"), spread=3)
stack("activation_glu_rank4", (2, 3, 4), L.Activation("glu"))
stack("activation_glu_none", (None, 4), L.Activation("glu"), sizes=((2,), (5,)))
stack("dense_glu", (5,), L.Dense(6, activation="glu"))
for name in sorted({*ELEMENTWISE, *LAST_AXIS} - {"linear"}):
    stack(f"depthwise_conv1d_{name}", (6, 2), L.DepthwiseConv1D(2, activation=name), spread=2)
stack("activation_relu_int32", (9,), L.Activation("relu"), dtype="int32")
stack("activation_relu6_int32", (9,), L.Activation("relu6"), dtype="int32")
stack("activation_tanh_int32", (9,), L.Activation("tanh"), dtype="int32")
stack("activation_linear_int32", (9,), L.Activation("linear"), dtype="int32")
stack("activation_of_softmax_layer", (3, 5), L.Activation(L.Softmax(axis=1)))
stack("conv1d_transpose_elu_layer", (4, 3), L.Conv1DTranspose(2, 3, activation=L.ELU(0.5)))

stack("relu_int32", (9,), L.ReLU(), dtype="int32")
stack("relu_int32_max", (9,), L.ReLU(max_value=3.0), dtype="int32")
stack("relu_int32_slope", (9,), L.ReLU(negative_slope=0.5), dtype="int32")
stack("relu_uint8", (9,), L.ReLU(), dtype="uint8")
stack("leaky_relu_default", (4, 9), L.LeakyReLU(), spread=3, edges=True)
stack("leaky_relu_slope", (4, 9), L.LeakyReLU(negative_slope=0.05), spread=3, edges=True)
stack("leaky_relu_zero", (4, 9), L.LeakyReLU(negative_slope=0), spread=3)
stack("leaky_relu_int32", (9,), L.LeakyReLU(), dtype="int32")
stack("elu_default", (4, 9), L.ELU(), spread=3, edges=True)
stack("elu_alpha", (4, 9), L.ELU(alpha=0.4), spread=3, edges=True)

stack("prelu", (5,), L.PReLU(), spread=3)
stack("prelu_rank4", (3, 4, 2), L.PReLU(), spread=3)
stack("prelu_shared_1", (4, 5), L.PReLU(shared_axes=1))
stack("prelu_shared_12", (3, 4, 2), L.PReLU(shared_axes=[1, 2]), spread=3)
stack("prelu_shared_13", (3, 4, 2), L.PReLU(shared_axes=[1, 3]))
stack("prelu_shared_all", (3, 4), L.PReLU(shared_axes=[1, 2]))
stack("prelu_none", (None, None, 3), L.PReLU(shared_axes=[1, 2]), sizes=((2, 3), (4, 1)))
stack("prelu_after_conv", (5, 5, 2), L.Conv2D(4, 3), L.PReLU(shared_axes=[1, 2]))


@graph("softmax_mask_argument")
def _():
    """Masks broadcast over the input, and rows without any cell are 0."""
    x, mask = keras.Input((3, 4)), keras.Input((3, 4), dtype="bool")
    row = keras.Input((1, 4), dtype="bool")
    outputs = [
        layers.Softmax()(x, mask=mask),
        layers.Softmax(axis=1)(x, mask=row),
        layers.Softmax(axis=[1, 2])(x, mask=mask),
    ]
    return keras.Model([x, mask, row], outputs)


@graph("softmax_float_mask_argument")
def _():
    x, mask = keras.Input((4,)), keras.Input((4,))
    return keras.Model([x, mask], layers.Softmax()(x, mask=mask))


@graph("activation_thresholded_relu")
def _():
    x = keras.Input((9,))
    return keras.Model(x, [ThresholdedReLU()(x), ThresholdedReLU(0.3)(x)])


def edit_layer(name: str, change):
    def edit(path: Path) -> None:
        archive.edit_config(path, lambda config: change(archive.layer_named(config, name)))

    return edit


def one_layer(layer_class, **options):
    return lambda: keras.Sequential([keras.Input((9,)), layer_class(name="it", **options)])


def function_object(name: str):
    def change(layer: dict) -> None:
        layer["config"]["activation"] = {
            "module": "keras.activations",
            "class_name": "function",
            "config": name,
            "registered_name": name,
        }

    return edit_layer("it", change)


# Older Keras wrote such objects where Keras 3 writes names.
for name in ("relu", "softmax", "gelu", "hard_sigmoid"):
    edited(
        f"dense_function_object_{name}",
        function_object(name),
        one_layer(layers.Dense, units=4, activation=name),
        truth=truth.built,
    )


def slope_as_alpha(layer: dict) -> None:
    layer["config"]["alpha"] = layer["config"].pop("negative_slope")


edited(
    "leaky_relu_alpha_key",
    edit_layer("it", slope_as_alpha),
    one_layer(layers.LeakyReLU, negative_slope=0.15),
    truth=truth.reloaded_as_built,
)
edited(
    "thresholded_relu_of_keras_2",
    edit_layer("it", lambda layer: layer.update(module="keras.layers")),
    one_layer(ThresholdedReLU, theta=0.7),
    truth=truth.built,
)
