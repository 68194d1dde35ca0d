"""Sequential models in HDF5 files that tell no shape of their input: what was only ever called."""

from pathlib import Path

from tf_keras import Input, Sequential, layers

import legacy_h5
from cases_legacy import legacy

SHAPES = ("batch_input_shape", "batch_shape", "build_input_shape")


def forget_shapes(path: Path) -> None:
    """TensorFlow 2.0 wrote no shape of a model that was called and never told one."""

    def forget(config):
        for key in SHAPES:
            config.pop(key, None)
        inner = config.get("layers", [])
        inner[:] = [entry for entry in inner if entry["class_name"] != "InputLayer"]
        for entry in inner:
            forget(entry["config"])

    legacy_h5.edit_config(path, lambda config: forget(config["config"]))


def unshaped(name: str, shape: tuple, *stack, **options) -> None:
    """`stack` makes the layers, each when the case is built."""

    def build():
        return Sequential([Input(shape), *(make() for make in stack)], name="unshaped")

    legacy(f"h5_unshaped_{name}", edit=forget_shapes, **options)(build)


unshaped("dense", (6,), lambda: layers.Dense(5, "tanh"), lambda: layers.Dense(2))
unshaped("flatten", (10,), layers.Flatten, lambda: layers.Dense(3), layers.BatchNormalization)
unshaped("normalised", (4,), layers.BatchNormalization, lambda: layers.Dense(3))
unshaped(
    "conv1d", (None, 3), lambda: layers.Conv1D(4, 3, activation="relu"),
    layers.GlobalMaxPooling1D, lambda: layers.Dense(2), sizes=((7,), (5,)),
)
unshaped(
    "conv2d", (None, None, 2), lambda: layers.Conv2D(3, 3, strides=2), layers.MaxPooling2D,
    lambda: layers.Conv2D(4, 1), layers.GlobalAveragePooling2D, sizes=((9, 12), (11, 8)),
)
unshaped(
    "conv3d", (None, None, None, 2), lambda: layers.Conv3D(3, 2), layers.GlobalAveragePooling3D,
    sizes=((3, 4, 5), (4, 3, 3)),
)
unshaped(
    "depthwise", (None, None, 3), lambda: layers.DepthwiseConv2D(3, depth_multiplier=2),
    lambda: layers.SeparableConv2D(4, 2, depth_multiplier=2), layers.GlobalMaxPooling2D,
    sizes=((6, 7), (5, 5)),
)
unshaped(
    "pooled_first", (None, None, 4), layers.ZeroPadding2D, layers.AveragePooling2D,
    layers.BatchNormalization, lambda: layers.Conv2DTranspose(2, 3, strides=2),
    sizes=((6, 7), (5, 5)),
)
unshaped("lstm", (None, 3), lambda: layers.LSTM(4), lambda: layers.Dense(2), sizes=((5,), (2,)))
unshaped(
    "bidirectional", (None, 3), lambda: layers.Bidirectional(layers.GRU(4)), sizes=((5,), (2,))
)
unshaped(
    "embedding", (None,), lambda: layers.Embedding(9, 4), lambda: layers.LSTM(3),
    sizes=((5,), (2,)), prepare=lambda arrays: arrays[0].__setitem__(..., abs(arrays[0] * 2) // 1 % 9),
)
unshaped(
    "nested", (None, 3),
    lambda: Sequential([layers.Conv1D(4, 2), layers.BatchNormalization()], name="front"),
    layers.GlobalAveragePooling1D, lambda: layers.Dense(2), sizes=((5,), (4,)),
)
unshaped(
    "time_distributed", (None, 3), lambda: layers.TimeDistributed(layers.Dense(4)),
    layers.GlobalAveragePooling1D, sizes=((5,), (4,)),
)
unshaped(
    "known_size", (5, 4), lambda: layers.Conv1D(3, 2), layers.Flatten, lambda: layers.Dense(2)
)
