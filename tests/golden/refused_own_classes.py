"""Layers of a class of the author's own that has the name of one of Keras's."""

import keras
import tensorflow as tf
from tf_keras import layers

import cases_legacy
from refused import refuse
from refused_altered import F, altered
from refused_legacy import edit_config, h5, layer_named, with_layer
from registry import lazy


class LayerNormalization(layers.Layer):
    """As in Transformers written before Keras had one."""

    def build(self, shape):
        self.gamma = self.add_weight("gamma", shape[-1:], initializer="ones")
        self.beta = self.add_weight("beta", shape[-1:], initializer="zeros")

    def call(self, x):
        mean, deviation = tf.reduce_mean(x, -1, True), tf.math.reduce_std(x, -1, keepdims=True)
        return self.gamma * (x - mean) / (deviation + 1e-6) + self.beta


class Attention(layers.Layer):
    """Of one sequence, with weights of its own."""

    def build(self, shape):
        self.kernel = self.add_weight("kernel", (shape[-1], 1))

    def call(self, x):
        return tf.reduce_sum(x * tf.nn.softmax(x @ self.kernel, 1), 1)


class Dropout(layers.Layer):
    """Knows Keras's keys, and one more."""

    def call(self, x):
        return x * 2

    def get_config(self):
        return super().get_config() | {"rate": 0.5, "noise_shape": None, "seed": None, "gain": 2}


class LSTMCell(layers.Layer):
    state_size = output_size = 4

    def call(self, x, states):
        return x + states[0], [x + states[0]]


class Rescaling(keras.layers.Layer):
    def call(self, x):
        return x * 2


OURS = "with the name of Keras's"
LACKS = "Keras always writes"


def own(name: str, words: list[str], layer, shape: tuple = (4,)) -> None:
    h5(f"own_{name}", [OURS, *words], with_layer(layer, shape))()


own("layer_normalization", ["LayerNormalization", "axis, center, epsilon, scale", LACKS],
    LayerNormalization())  # fmt: skip
own("attention", ["'Attention'", "dropout, use_scale", "register_custom_layer"], Attention(), (3, 4))
own("dropout", ["'Dropout'", "has gain, which Keras never wrote", "--replace"], Dropout())
h5(
    "own_attention_in_wrapper",
    ["each", "'Attention'", OURS, LACKS],
    with_layer(layers.TimeDistributed(Attention(), name="each"), (2, 3, 4)),
)(cases_legacy.drop_modules)
h5(
    "own_cell",
    ["'LSTMCell'", OURS, LACKS],
    with_layer(layers.RNN(LSTMCell(), name="steps"), (3, 4)),
)(cases_legacy.drop_modules)
refuse(
    "own_rescaling_of_keras_3",
    ["'Rescaling'", OURS, "lacks offset, scale"],
    lambda: keras.Sequential([keras.Input((4,)), Rescaling()]),
    form=".h5",
)()


# What the file says of the class


def last(model: dict) -> dict:
    return model["config"]["layers"][-1]


def says(**changes):
    return lambda model: last(model).update(changes)


def named_as_kerass(name: str, words: list[str], whole, recipe=lazy.Flatten()) -> None:
    altered(f"own_class_{name}", words, (F,), recipe, whole=whole)


named_as_kerass(
    "of_a_notebook",
    ["'Flatten'", OURS, "the file registers it"],
    says(module=None, registered_name="Flatten"),
)
named_as_kerass(
    "of_a_package",
    ["my_package.Flatten is not one of Keras's"],
    says(module=None, registered_name="my_package>Flatten"),
)
named_as_kerass(
    "of_a_package_in_kerass_module",
    ["my_package.Flatten is not one of Keras's"],
    says(registered_name="my_package>Flatten"),
)
named_as_kerass(
    "of_an_operation",
    ["my_package.layers.Absolute is not one of Keras's"],
    says(module="my_package.layers"),
    keras.ops.abs,
)
named_as_kerass(
    "of_a_library_around_keras",
    ["keras_cv.layers.Flatten is not one of Keras's"],
    says(module="keras_cv.layers"),
)


@edit_config("own_class_of_tf_keras_in_a_notebook", ["'Dense'", OURS, "the file registers it"])
def _(config) -> None:
    entry = layer_named(config, "hidden")
    entry.update(module=None, registered_name="Dense")


# A list of layers that holds none


@edit_config("empty_list_of_layers", ["no layers in its config"])
def _(config) -> None:
    config["config"]["layers"] = []


altered(
    "empty_list_of_layers_inside",
    ["'inner'", "no layers in its config"],
    (F,),
    whole=lambda model: last(model)["config"].update(layers=[]),
    function=lambda x: keras.Sequential([keras.Input((4,)), keras.layers.ReLU()], name="inner")(x),
)
