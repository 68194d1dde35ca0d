"""Models of classes of the author's own that only change how they train: made as M(inputs, outputs),
so that their config holds the whole graph. The truth is Keras's, given the class."""

from pathlib import Path

import keras
import tf_keras
from keras import layers

import cases_legacy
import truth
from registry import graph

old = tf_keras.layers


class StepModel(keras.Model):
    def train_step(self, data):
        raise NotImplementedError


class StepStack(keras.Sequential):
    def train_step(self, data):
        raise NotImplementedError


@keras.saving.register_keras_serializable("steps")
class RegisteredStepModel(keras.Model):
    def train_step(self, data):
        raise NotImplementedError


class OldStepModel(tf_keras.Model):
    def train_step(self, data):
        raise NotImplementedError


class OldStepStack(tf_keras.Sequential):
    def train_step(self, data):
        raise NotImplementedError


@truth.of_built_model
def with_classes(path: Path, _, arrays: list) -> list:
    """The outputs of what Keras loads from the file, the author's classes at hand."""
    classes = {it.__name__: it for it in (StepModel, StepStack)}
    return truth.call(keras.saving.load_model(path, custom_objects=classes), arrays)


@truth.of_built_model
def with_old_classes(path: Path, _, arrays: list) -> list:
    classes = {it.__name__: it for it in (OldStepModel, OldStepStack)}
    model = tf_keras.models.load_model(path, custom_objects=classes, compile=False)
    return cases_legacy.call(model, arrays)


def pair(model_class=StepModel, name: str | None = None) -> keras.Model:
    x = keras.Input((4,))
    y = layers.Dense(5, "tanh")(x)
    return model_class(x, [layers.Dense(3)(y), layers.Dense(4)(y)], name=name)


def chain(name: str | None = None) -> keras.Model:
    return StepStack([keras.Input((4,)), layers.Dense(5, "relu"), layers.Dense(4)], name=name)


def around_subclasses() -> keras.Model:
    """Both kinds inside another, one of them called twice, beside a layer of each class in them."""
    x = keras.Input((4,))
    body, tail = pair(name="body"), chain(name="tail")
    first = body(layers.Dense(4)(x))
    second = body(tail(first[1]))
    return StepModel(x, [layers.Dense(2)(second[0]), tail(second[1]), *first])


graph("subclass_functional", truth=with_classes)(pair)
graph("subclass_sequential", truth=with_classes)(chain)
graph("subclass_registered", truth=with_classes)(lambda: pair(RegisteredStepModel))
graph("subclass_nested", truth=with_classes)(around_subclasses)
graph("subclass_h5_of_keras_3", truth=with_classes, form=".h5")(around_subclasses)


@graph("subclass_in_time_distributed", truth=with_classes)
def _():
    x = keras.Input((3, 4))
    return keras.Model(x, layers.TimeDistributed(chain(), name="steps")(x))


def old_pair(model_class=OldStepModel, name: str = "body"):
    x = tf_keras.Input((4,))
    y = old.Dense(5, "tanh")(x)
    return model_class(x, [old.Dense(3)(y), old.Dense(4)(y)], name=name)


def old_around_subclasses():
    x = tf_keras.Input((4,))
    body = old_pair()
    tail = OldStepStack([old.Dense(5, "relu", input_shape=(4,)), old.Dense(4)], name="tail")
    first = body(old.Dense(4)(x))
    second = body(tail(first[1]))
    return OldStepModel(x, [old.Dense(2)(second[0]), tail(second[1]), *first])


for form in (".h5", ".keras"):
    name = form.removeprefix(".")
    legacy = {"truth": with_old_classes, "form": form}
    cases_legacy.legacy(f"subclass_of_keras_2_{name}", **legacy)(old_pair)
    cases_legacy.legacy(f"subclass_of_keras_2_nested_{name}", **legacy)(old_around_subclasses)


@cases_legacy.legacy("subclass_of_keras_2_as_list", edit=cases_legacy.bare_list)
def _():
    return OldStepStack([old.Dense(5, "relu", input_shape=(4,)), old.Dense(4)])
