"""Where weights are found: statistics of Normalization in HDF5."""

import keras
import numpy as np
from tf_keras import Input, Model, Sequential, layers

from cases_legacy import keras_3, legacy

ADAPTED_TO = np.array([[1.0, -2.0, 0.5], [3.0, 4.0, 0.25], [-1.0, 0.0, 8.0]], "float32")


def adapted(make=layers.Normalization, **options):
    layer = make(**options)
    layer.adapt(ADAPTED_TO)
    return layer


# Normalization in HDF5 -----------------------------------------------------------------------------


@legacy("h5_normalization_adapted")
def _():
    return Sequential([Input((3,)), adapted(), layers.Dense(4, "relu"), layers.Dense(1)])


@legacy("h5_normalization_options")
def _():
    x = Input((3,))
    given = layers.Normalization(mean=[1.0, 2.0, 0.5], variance=[0.25, 4.0, 1.0])
    outputs = [adapted(invert=True)(x), adapted(axis=None)(x), given(x)]
    return Model(x, layers.Dense(2)(layers.Concatenate()(outputs)))


@legacy("h5_normalization_of_images", sizes=((4, 5), (3, 2)))
def _():
    """The front of the EfficientNets, which is built by its model."""
    x = Input((None, None, 3))
    y = layers.Normalization(axis=-1)(layers.Rescaling(1 / 255)(x))
    y = layers.BatchNormalization()(layers.Conv2D(4, 2, padding="same", use_bias=False)(y))
    return Model(x, layers.GlobalAveragePooling2D()(y))


def tabular(name: str):
    x = Input((3,), name=f"{name}_in")
    y = layers.Dense(4, "tanh", name=f"{name}_dense")(adapted(name=f"{name}_adapted")(x))
    y = layers.BatchNormalization(name=f"{name}_norm")(y)
    return Model(x, layers.Dense(3, name=f"{name}_out")(y), name=name)


@legacy("h5_normalization_nested")
def _():
    x = Input((3,))
    return Model(x, layers.Dense(2)(tabular("second")(tabular("first")(x))))


def take_statistics(model) -> None:
    """What the layers compute with is made of their variables; reading HDF5, Keras 3 forgets this
    for layers of nested models."""
    for layer in model._flatten_layers():
        if isinstance(layer, keras.layers.Normalization):
            layer.finalize_state()


@keras_3("h5_normalization_of_keras3", form=".h5", finish=take_statistics)
def _():
    k = keras.layers
    inner = keras.Sequential([keras.Input((3,)), adapted(k.Normalization), k.Dense(4)])
    return keras.Sequential([keras.Input((3,)), adapted(k.Normalization), inner, k.Dense(2)])
