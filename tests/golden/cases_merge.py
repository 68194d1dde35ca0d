"""Add, Multiply and Concatenate: several inputs, broadcasting, unequal ranks, every axis."""

import keras
from keras import layers

from registry import Case, add


def merge(
    name: str, layer_class, *shapes: tuple, dtype: str = "float32", sizes=((), ()), **options
):
    """One merge layer over one input of each shape (without the batch)."""

    def build() -> keras.Model:
        inputs = [keras.Input(shape, dtype=dtype) for shape in shapes]
        return keras.Model(inputs, layer_class(**options)(inputs))

    add(Case(name, build, sizes=sizes))


NONE_SIZES = ((2, 3, 2, 3), (5, 1, 5, 1))

for name, layer_class in {"add": layers.Add, "multiply": layers.Multiply}.items():
    merge(f"{name}_two", layer_class, (4, 5), (4, 5))
    merge(f"{name}_three", layer_class, (4, 5), (4, 5), (4, 5))
    merge(f"{name}_broadcast_rows", layer_class, (4, 5), (1, 5))
    merge(f"{name}_broadcast_three", layer_class, (3, 1, 5), (3, 4, 1), (1, 4, 5))
    merge(f"{name}_rank3_rank2", layer_class, (4, 5), (5,))
    merge(f"{name}_rank2_rank4", layer_class, (5,), (3, 4, 5))
    merge(f"{name}_none", layer_class, (None, None, 3), (None, None, 3), sizes=NONE_SIZES)
    merge(f"{name}_none_broadcast", layer_class, (None, None, 3), (1, 1, 3), sizes=((2, 3), (5, 1)))
    merge(f"{name}_int32", layer_class, (4, 5), (4, 5), dtype="int32")

merge("concatenate_last", layers.Concatenate, (3, 4, 2), (3, 4, 5))
merge("concatenate_three", layers.Concatenate, (3, 4, 2), (3, 4, 1), (3, 4, 4))
merge("concatenate_axis1", layers.Concatenate, (3, 4, 2), (1, 4, 2), axis=1)
merge("concatenate_axis2", layers.Concatenate, (3, 4, 2), (3, 2, 2), axis=2)
merge("concatenate_axis_minus_2", layers.Concatenate, (3, 4, 2), (3, 2, 2), axis=-2)
merge("concatenate_rank2", layers.Concatenate, (3,), (5,))
merge("concatenate_axis1_three", layers.Concatenate, (3, 4), (1, 4), (2, 4), axis=1)
merge("concatenate_none", layers.Concatenate, (None, None, 3), (None, None, 2), sizes=NONE_SIZES)
merge(
    "concatenate_along_none",
    layers.Concatenate,
    (None, 3),
    (None, 3),
    axis=1,
    sizes=((2, 4), (5, 1)),
)
merge("concatenate_int32", layers.Concatenate, (3,), (5,), dtype="int32")
