"""Merging layers: several inputs, broadcasting, unequal ranks, every axis, dtypes, masks."""

import keras
from keras import layers

from registry import Case, add, graph


def merge(name: str, layer_class, *shapes: tuple, dtype="float32", sizes=((), ()), **options):
    """One merge layer over one input of each shape (without the batch); one dtype or one each."""
    dtypes = [dtype] * len(shapes) if isinstance(dtype, str) else dtype

    def build() -> keras.Model:
        inputs = [keras.Input(s, dtype=d) for s, d in zip(shapes, dtypes, strict=True)]
        return keras.Model(inputs, layer_class(**options)(inputs))

    add(Case(name, build, sizes=sizes))


NONE_SIZES = ((2, 3, 2, 3), (5, 1, 5, 1))

for name, layer_class in {
    "add": layers.Add,
    "multiply": layers.Multiply,
    "average": layers.Average,
    "maximum": layers.Maximum,
    "minimum": layers.Minimum,
}.items():
    merge(f"{name}_two", layer_class, (4, 5), (4, 5))
    merge(f"{name}_three", layer_class, (4, 5), (4, 5), (4, 5))
    merge(f"{name}_broadcast_rows", layer_class, (4, 5), (1, 5))
    merge(f"{name}_broadcast_three", layer_class, (3, 1, 5), (3, 4, 1), (1, 4, 5))
    merge(f"{name}_rank3_rank2", layer_class, (4, 5), (5,))
    merge(f"{name}_rank2_rank4", layer_class, (5,), (3, 4, 5))
    merge(f"{name}_none", layer_class, (None, None, 3), (None, None, 3), sizes=NONE_SIZES)
    merge(f"{name}_none_broadcast", layer_class, (None, None, 3), (1, 1, 3), sizes=((2, 3), (5, 1)))
    merge(f"{name}_int32_float32", layer_class, (4, 5), (4, 5), dtype=("int32", "float32"))
    merge(f"{name}_uint8", layer_class, (4, 5), (4, 5), (4, 5), dtype="uint8")
    if name == "average":  # of int32, TensorFlow makes float64, other backends float32
        continue
    merge(f"{name}_int32", layer_class, (4, 5), (4, 5), dtype="int32")
    merge(f"{name}_int64", layer_class, (4, 5), (4, 5), dtype="int64")
    merge(f"{name}_uint8_int8", layer_class, (4, 5), (4, 5), dtype=("uint8", "int8"))
    merge(f"{name}_int16_uint16", layer_class, (4, 5), (4, 5), dtype=("int16", "uint16"))
    merge(
        f"{name}_int32_int64_int8",
        layer_class,
        (4,),
        (4,),
        (4,),
        dtype=("int32", "int64", "int8"),
    )

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
merge("concatenate_axis_minus_1", layers.Concatenate, (3, 2), (3, 4), axis=-1)
merge("concatenate_axis_minus_3", layers.Concatenate, (3, 4, 2), (1, 4, 2), axis=-3)
merge("concatenate_axis3_rank5", layers.Concatenate, (2, 3, 4, 2), (2, 3, 1, 2), axis=3)
merge("concatenate_uint8", layers.Concatenate, (3,), (5,), dtype="uint8")
merge("concatenate_int32_float32", layers.Concatenate, (3,), (5,), dtype=("int32", "float32"))
merge("concatenate_bool_int32", layers.Concatenate, (3,), (5,), dtype=("bool", "int32"))
merge("concatenate_bool", layers.Concatenate, (3,), (5,), dtype="bool")
merge("concatenate_uint8_int8", layers.Concatenate, (3,), (5,), dtype=("uint8", "int8"))
merge("concatenate_nothing", layers.Concatenate, (0, 2), (3, 2), axis=1)

merge("subtract", layers.Subtract, (4, 5), (4, 5))
merge("subtract_broadcast", layers.Subtract, (4, 1), (1, 5))
merge("subtract_rank2_rank3", layers.Subtract, (5,), (4, 5))
merge("subtract_none", layers.Subtract, (None, 3), (None, 3), sizes=((2, 2), (5, 5)))
merge("subtract_int32", layers.Subtract, (4, 5), (4, 5), dtype="int32")
merge("subtract_uint8", layers.Subtract, (4, 5), (4, 5), dtype="uint8")
merge("subtract_float32_int64", layers.Subtract, (4,), (4,), dtype=("float32", "int64"))

for normalize in (False, True):
    name = "dot_normalized" if normalize else "dot"
    options = {"normalize": normalize}
    merge(f"{name}_vectors", layers.Dot, (5,), (5,), axes=1, **options)
    merge(f"{name}_vectors_minus_1", layers.Dot, (5,), (5,), axes=-1, **options)
    merge(f"{name}_matrices_1", layers.Dot, (5, 2), (5, 3), axes=1, **options)
    merge(f"{name}_matrices_2", layers.Dot, (2, 5), (3, 5), axes=2, **options)
    merge(f"{name}_matrices_12", layers.Dot, (5, 2), (3, 5), axes=(1, 2), **options)
    merge(f"{name}_matrices_21", layers.Dot, (2, 5), (5, 3), axes=(2, 1), **options)
    merge(f"{name}_matrices_minus", layers.Dot, (2, 5), (5, 3), axes=(-1, -2), **options)
    merge(f"{name}_matrix_vector", layers.Dot, (5, 2), (5,), axes=(1, 1), **options)
    merge(f"{name}_vector_matrix", layers.Dot, (5,), (2, 5), axes=(1, 2), **options)
    merge(f"{name}_rank4", layers.Dot, (3, 5, 2), (4, 2, 5), axes=(2, 3), **options)
    merge(f"{name}_rank4_rank3", layers.Dot, (3, 2, 5), (5, 2), axes=(3, 1), **options)
    merge(
        f"{name}_none",
        layers.Dot,
        (None, 4),
        (None, 4),
        axes=2,
        sizes=((2, 3), (5, 1)),
        **options,
    )
merge("dot_along_none", layers.Dot, (None, 2), (None, 3), axes=1, sizes=((2, 2), (5, 5)))
merge("dot_int32", layers.Dot, (4, 5), (3, 5), axes=2, dtype="int32")
merge("dot_int8", layers.Dot, (4, 5), (3, 5), axes=2, dtype="int8")
merge("dot_int32_float32", layers.Dot, (4, 5), (3, 5), axes=2, dtype=("int32", "float32"))


@graph("dot_normalized_zeros")
def _():
    """The norm of nothing counts as 1e-7."""
    x = keras.Input((4,))
    return keras.Model(x, layers.Dot(1, normalize=True)([layers.ReLU(max_value=0.0)(x), x]))


# Masks: what a merging layer does with them shows in its values, and in the pooling behind it.


def masked_pair(shape=(4, 3)) -> tuple[list, list]:
    """Two inputs, and the two with all their negative steps masked."""
    inputs = [keras.Input(shape), keras.Input(shape)]
    return inputs, [layers.Masking()(layers.ReLU()(x)) for x in inputs]


def outputs_of(merged) -> list:
    return [merged, layers.GlobalAveragePooling1D()(merged)]


for name in ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate"):
    layer_class = getattr(layers, name)

    @graph(f"{name.lower()}_both_masked")
    def _(layer_class=layer_class):
        inputs, masked = masked_pair((4, 2))
        return keras.Model(inputs, outputs_of(layer_class()(masked)))

    @graph(f"{name.lower()}_first_masked")
    def _(layer_class=layer_class):
        inputs, masked = masked_pair((4, 2))
        return keras.Model(inputs, outputs_of(layer_class()([masked[0], inputs[1]])))

    @graph(f"{name.lower()}_second_masked")
    def _(layer_class=layer_class):
        inputs, masked = masked_pair((4, 2))
        return keras.Model(inputs, outputs_of(layer_class()([inputs[0], masked[1]])))


for name in ("Multiply", "Maximum", "Minimum", "Concatenate"):
    layer_class = getattr(layers, name)

    @graph(f"{name.lower()}_three_masked")
    def _(layer_class=layer_class):
        inputs, masked = masked_pair((4, 1))
        third = layers.Masking()(layers.ReLU()(layers.Subtract()(inputs)))
        return keras.Model(inputs, outputs_of(layer_class()([*masked, third])))


@graph("concatenate_steps_masked")
def _():
    inputs, masked = masked_pair((4, 2))
    joined = layers.Concatenate(axis=1)([masked[0], inputs[1], masked[1]])
    return keras.Model(inputs, outputs_of(joined))


@graph("maximum_masked_broadcast")
def _():
    inputs = [keras.Input((4, 2)), keras.Input((1, 2))]
    masked = [layers.Masking()(layers.ReLU()(x)) for x in inputs]
    return keras.Model(inputs, outputs_of(layers.Maximum()(masked)))


@graph("identity_of_two_masked")
def _():
    inputs, masked = masked_pair((4, 2))
    same = layers.Identity()(masked)
    return keras.Model(inputs, [layers.GlobalAveragePooling1D()(x) for x in same])


@graph("masks_end_and_pass")
def _():
    """Layers that pass a mask and layers that end it, with a mean over the steps behind each."""
    x = keras.Input((4, 2))
    masked = layers.Masking()(layers.ReLU()(x))
    passing = [
        layers.Activation("tanh"),
        layers.LeakyReLU(),
        layers.PReLU(),
        layers.ELU(),
        layers.Dropout(0.5),
        layers.SpatialDropout1D(0.5),
        layers.GaussianNoise(0.5),
        layers.ActivityRegularization(0.1),
    ]
    ending = [
        layers.Reshape((4, 2)),
        layers.Permute((1, 2)),
        layers.ZeroPadding1D(0),
        layers.Cropping1D(0),
        layers.UpSampling1D(1),
        layers.Conv1D(2, 1),
        layers.MaxPooling1D(1),
    ]
    mean = layers.GlobalAveragePooling1D
    return keras.Model(x, [mean()(layer(masked)) for layer in passing + ending])
