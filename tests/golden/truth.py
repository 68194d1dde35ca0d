"""How the expected outputs of a case are computed: by Keras, from the file as it was saved."""

from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

CONVOLUTIONS = (
    keras.layers.Conv1D,
    keras.layers.Conv2D,
    keras.layers.Conv3D,
    keras.layers.Conv1DTranspose,
    keras.layers.Conv2DTranspose,
    keras.layers.Conv3DTranspose,
    keras.layers.DepthwiseConv1D,
    keras.layers.DepthwiseConv2D,
    keras.layers.SeparableConv1D,
    keras.layers.SeparableConv2D,
)
ELEMENTWISE = {"linear", "relu", "tanh", "sigmoid", "elu"}


def call(model: keras.Model, arrays: list[np.ndarray]) -> list[np.ndarray]:
    """Calls the model on arrays in the order of model.inputs, and flattens what it returns."""
    if any(array.dtype.kind == "U" for array in arrays):
        arrays = [tf.constant(array) for array in arrays]
    if isinstance(model, keras.Sequential):
        outputs = model(arrays[0], training=False)
    else:
        outputs = model(keras.tree.pack_sequence_as(model.input, arrays), training=False)
    return [to_numpy(output) for output in keras.tree.flatten(outputs)]


def to_numpy(output) -> np.ndarray:
    array = keras.ops.convert_to_numpy(output)
    if array.dtype.name == "bfloat16":  # numpy has none: such outputs are written as float32
        return array.astype("float32")
    return np.char.decode(array.astype(bytes), "utf-8") if array.dtype.kind == "O" else array


def saved(model: keras.Model, path: Path) -> None:
    model.save(path)


def reloaded(path: Path, _: keras.Model, arrays: list[np.ndarray]) -> list[np.ndarray]:
    return call(load(path), arrays)


def built(_: Path, model: keras.Model, arrays: list[np.ndarray]) -> list[np.ndarray]:
    """For files that Keras itself cannot load: the model from which the file was edited."""
    return call(model, arrays)


def of_built_model(truth):
    """Marks a truth that has no need of the file, as Keras cannot load it."""
    truth.of_built_model = True
    return truth


def is_of_built_model(truth) -> bool:
    return truth is built or hasattr(truth, "of_built_model")


def reloaded_as_built(path: Path, model: keras.Model, arrays) -> list[np.ndarray]:
    """For files edited into what Keras can load but not build: both must give the same."""
    outputs = call(load(path), arrays)
    for loaded, expected in zip(outputs, call(model, arrays), strict=True):
        np.testing.assert_array_equal(loaded, expected)
    return outputs


def channels_first_stack(path: Path, _: keras.Model, arrays: list[np.ndarray]) -> list[np.ndarray]:
    """TensorFlow has no NCHW convolution on the CPU, and adds an NCHW bias along the wrong axis
    for some shapes. So each convolution of the stack is computed by its channels_last twin, with
    the same weights, between two explicit transpositions. All other layers run as they are."""
    x = keras.ops.convert_to_tensor(arrays[0])
    for layer in load(path).layers:
        first = getattr(layer, "data_format", None) == "channels_first"
        twin_needed = first and isinstance(layer, CONVOLUTIONS)
        x = channels_last_twin(layer, x) if twin_needed else layer(x, training=False)
    return [keras.ops.convert_to_numpy(x)]


def channels_last_twin(layer: keras.Layer, x):
    if layer.activation.__name__ not in ELEMENTWISE:
        raise ValueError(f"{layer.name}: its activation depends on the place of the channels")
    twin = type(layer).from_config(layer.get_config() | {"data_format": "channels_last"})
    x = keras.ops.moveaxis(x, 1, -1)
    twin.build(x.shape)
    twin.set_weights(layer.get_weights())
    return keras.ops.moveaxis(twin(x, training=False), -1, 1)


_loaded: dict[Path, keras.Model] = {}


def load(path: Path) -> keras.Model:
    """The model of the file, read once for all runs of a case."""
    if path not in _loaded:
        _loaded.clear()
        _loaded[path] = keras.saving.load_model(path)
    return _loaded[path]
