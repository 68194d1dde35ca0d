"""Lambdas whose function the file only names: Keras 3 writes no code for what is no Python lambda."""

import keras
import tensorflow as tf
from keras import activations, layers, ops

import archive
import truth
from registry import edited, fan, graph, lazy

ACTIVATIONS = "elu gelu hard_sigmoid leaky_relu linear log_softmax mish relu6 softplus tanh".split()


def named(name: str, functions: list, shape: tuple = (5,), **options) -> None:
    fan(name, shape, *[lazy.Lambda(function) for function in functions], edges=True, **options)


named("lambda_activations", [getattr(activations, name) for name in ACTIVATIONS])
named("lambda_activations_h5", [activations.softplus, activations.swish], form=".h5")
named("lambda_tensorflow_activations", [tf.nn.relu, tf.nn.leaky_relu, tf.sigmoid, tf.nn.relu6])
# Keras writes these names too, but does not find them when it loads the file.
named(
    "lambda_operations",
    [ops.abs, ops.square, ops.sign, ops.sin, ops.floor, tf.nn.softmax, tf.exp, tf.math.erf],
    truth=truth.built,
)


def with_arguments(function, **arguments):
    return lazy.Lambda(function, arguments=arguments)


fan(
    "lambda_with_arguments",
    (3, 4),
    with_arguments(activations.softmax, axis=1),
    with_arguments(activations.relu, negative_slope=0.1, max_value=0.8, threshold=0.2),
    with_arguments(activations.gelu, approximate=True),
    with_arguments(activations.elu, alpha=0.3),
    edges=True,
)


def name_module(path) -> None:
    """As a hand would write it, and as Keras loads it."""

    def edit(config) -> None:
        function = archive.layer_named(config, "it")["config"]["function"]
        function.update(module="keras.activations", registered_name=None)

    archive.edit_config(path, edit)


@graph("lambda_in_mixed_precision", rtol=2e-2, atol=1e-3, why="computes in float16 on both sides")
def _():
    x = keras.Input((5,))
    return keras.Model(x, layers.Lambda(activations.tanh, dtype="mixed_float16")(x))


edited(
    "lambda_of_a_module",
    name_module,
    lambda: keras.Sequential([keras.Input((5,)), layers.Lambda(activations.selu, name="it")]),
)
