"""Where weights are found: statistics of Normalization in HDF5, and what Keras on Windows wrote."""

from functools import partial
from pathlib import Path

import h5py
import keras
import numpy as np
from tf_keras import Input, Model, Sequential, layers

import archive
from cases_legacy import (
    classifier,
    encoder,
    keras_2_model,
    keras_3,
    legacy,
    save_doubled,
    small_cnn,
    three_deep,
)
from registry import graph

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


@keras_3("h5_discretization_of_keras3", form=".h5")
def _():
    """Its config has no flag `trainable`, as no operation's has."""
    k = keras.layers
    x, n = keras.Input((3,), name="x"), keras.Input((1,), name="n")
    bins = k.Discretization([-1.0, 0.0, 1.0])(n)
    return keras.Model([x, n], k.Dense(2)(k.Concatenate()([x, k.CategoryEncoding(4)(bins)])))


# Low-rank adaptation: what is saved is the sum ----------------------------------------------------


@graph("lora")
def _():
    k = keras.layers
    x = keras.Input((5, 6), dtype="int32")
    y = k.Embedding(9, 4, lora_rank=2)(x % 9)
    y = k.EinsumDense("bstc,cd->bstd", output_shape=(5, 6, 3), lora_rank=2)(y)
    y = k.Conv2D(4, 2, lora_rank=3)(y)
    return keras.Model(x, k.Dense(2, lora_rank=1, lora_alpha=2)(y))


# Keras 2 on Windows --------------------------------------------------------------------------------


def join_by_backslashes(file: h5py.File) -> None:
    """Every group of a layer becomes one name in the root: layers\\dense, which holds vars."""
    groups = []
    file.visititems(lambda path, item: groups.append(path) if path.endswith("/vars") else None)
    for path in groups:
        owner = path.removesuffix("/vars")
        file.copy(path, file.create_group(owner.replace("/", "\\")), "vars")
    for name in {path.split("/")[0] for path in groups}:
        del file[name]


def as_on_windows(path: Path) -> None:
    archive.edit_weights(path, join_by_backslashes)


def weights_as_on_windows(path: Path) -> None:
    with h5py.File(path.with_suffix(".weights.h5"), "r+") as file:
        join_by_backslashes(file)


def save_weights_apart(model, path: Path) -> None:
    path.write_text(model.to_json())
    model.save_weights(path.with_suffix(".weights.h5"))


@legacy("windows_recurrent", form=".keras", edit=as_on_windows, sizes=((5,), (3,)))
def _():
    both = layers.Bidirectional(layers.LSTM(4, return_sequences=True))
    return Sequential([Input((None, 3)), both, layers.GRU(2), layers.Dense(3)])


WINDOWS = partial(legacy, form=".keras", edit=as_on_windows)
for name, build in {
    "windows_cnn": small_cnn,
    "windows_nested": three_deep,
    "windows_two_inputs": keras_2_model,
    "windows_sequential_of_models": classifier,
}.items():
    WINDOWS(name)(build)
WINDOWS("windows_doubled_cnn", save=save_doubled)(small_cnn)
WINDOWS("windows_doubled_nested", save=save_doubled)(three_deep)
legacy(
    "windows_weights_apart",
    form=".json",
    weights=".weights.h5",
    save=save_weights_apart,
    edit=weights_as_on_windows,
)(lambda: Sequential([Input((3,)), encoder(3, "body"), layers.Dense(2)]))
