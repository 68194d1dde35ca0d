"""Operations on Keras tensors that must be refused, and sizes beyond any memory."""

from collections.abc import Callable
from pathlib import Path

import keras
from keras import ops

import archive
from refused import refuse

HUGE = 2**40  # more than any size in a file may be
LARGE = 2**31 - 1  # allowed alone; refused when the batch (1, 4) arrives


def saved(name: str, words: list[str], operation: Callable) -> None:
    """An operation on a tensor of four cells, as Keras saves it."""
    refuse(name, words, with_operation(operation))()


def with_operation(operation: Callable) -> Callable[[], keras.Model]:
    def build() -> keras.Model:
        x = keras.Input((4,), name="x")
        return keras.Model(x, operation(x))

    return build


def changed(name: str, words: list[str], operation: Callable, class_name: str, **changes) -> None:
    """The same with `changes` put into the saved config of its class."""

    @refuse(name, words, with_operation(operation))
    def _(path: Path) -> None:
        def edit(config: dict) -> None:
            entries = config["config"]["layers"]
            entry = next(e for e in entries if e["class_name"] == class_name)
            entry["config"].update(changes)

        archive.edit_config(path, edit)


def as_rows(x):
    return ops.one_hot(ops.cast(x, "int32"), 4)


saved("operation_sizes_by_value", ["Where", "condition"], lambda x: ops.where(x > 0)[0])
saved(
    "operation_unknown", ["keras.src.ops.linalg.Eigh", "matrices are not factorised"],
    lambda x: ops.eigh(ops.outer(x[0], x[0]))[0],
)
saved(
    "operation_with_function",
    ["keras.src.ops.core.VectorizedMap", "it calls Python functions"],
    lambda x: ops.vectorized_map(ops.exp, x),
)
saved(
    "operation_view_of_bits", ["keras.src.ops.numpy.View", "it reads the bits of numbers"],
    lambda x: ops.view(x, "int32"),
)
saved(
    "operation_of_random_places", ["random at inference"],
    lambda x: ops.image.elastic_transform(ops.reshape(x, (-1, 2, 2, 1))),
)
saved("operation_of_open_size", ["depends on the data"], lambda x: ops.nonzero(x)[0])

changed("operation_axis_missing", ["mean", "axis 7"], lambda x: ops.mean(x, 1), "Mean", axis=7)
changed(
    "operation_axis_twice", ["sum", "axis"], lambda x: ops.sum(x, (0, 1)), "Sum", axis=[1, -1]
)
changed(
    "operation_repeats_huge", ["repeats", str(HUGE)], lambda x: ops.repeat(x, 2, 1), "Repeat",
    repeats=HUGE,
)
changed(
    "operation_repeats_many", ["repeat", "limit"], lambda x: ops.repeat(x, 2, 1), "Repeat",
    repeats=LARGE,
)
changed(
    "operation_tiles_many", ["tile", "limit"], lambda x: ops.tile(x, (2, 2)), "Tile",
    repeats=[2**30, 2**30],
)
changed("operation_classes_many", ["one_hot", "limit"], as_rows, "OneHot", num_classes=LARGE)
changed(
    "operation_pads_many", ["pad", "limit"], lambda x: ops.pad(x, [[0, 0], [1, 1]]), "Pad",
    pad_width=[[2**30, 1], [1, LARGE]],
)
changed(
    "operation_broadcasts_many", ["broadcast_to", "exceed the limit"], lambda x: ops.broadcast_to(x, (3, 4)),
    "BroadcastTo", shape=[LARGE, 4],
)
