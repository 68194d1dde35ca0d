"""Functional graphs: sharing, nesting, structures of inputs and outputs, names."""

from pathlib import Path

import keras
import numpy as np
from keras import layers

import archive
import truth
from registry import edited, graph


def small_functional(name: str = "inner") -> keras.Model:
    x = keras.Input((6,))
    return keras.Model(x, layers.Dense(4)(layers.Dense(5, "relu")(x)), name=name)


def small_sequential(name: str = "inner") -> keras.Sequential:
    return keras.Sequential(
        [keras.Input((6,)), layers.Dense(5, "relu"), layers.Dense(4)], name=name
    )


@graph("graph_shared_dense")
def _():
    a, b = keras.Input((6,)), keras.Input((6,))
    dense = layers.Dense(4, "tanh")
    return keras.Model([a, b], layers.Add()([dense(a), dense(b)]))


@graph("graph_shared_conv_two_sizes", sizes=((5, 6), (4, 8)))
def _():
    x = keras.Input((None, None, 2))
    conv = layers.Conv2D(2, 3, padding="same", activation="relu")
    return keras.Model(x, [conv(x), conv(layers.MaxPooling2D(2)(conv(x)))])


@graph("graph_shared_layer_aba")
def _():
    """The second call of A needs B, which stands later in the file's list of layers."""
    x = keras.Input((6,))
    a, b = layers.Dense(6, "tanh", name="a"), layers.Dense(6, name="b")
    return keras.Model(x, a(b(a(x))))


@graph("graph_two_inputs_two_outputs")
def _():
    image, extra = keras.Input((6, 6, 2), name="image"), keras.Input((3,), name="extra")
    x = layers.Flatten()(layers.Conv2D(3, 3, activation="relu")(image))
    x = layers.Concatenate()([x, extra])
    return keras.Model([image, extra], [layers.Dense(4)(x), layers.Dense(2, "softmax")(x)])


@graph("graph_inputs_in_other_order_than_layers")
def _():
    """The late input is the first of the model and stands after the early one in layers[]."""
    late, early = keras.Input((4,), name="late"), keras.Input((6,), name="early")
    x = layers.Dense(4, "relu")(layers.Dense(5, "relu")(early))
    return keras.Model([late, early], layers.Add()([x, late]))


@graph("graph_outputs_from_inside")
def _():
    x = keras.Input((6,))
    first = layers.Dense(5, "relu")(x)
    second = layers.Dense(4)(first)
    return keras.Model(x, [second, first])


@graph("graph_dict_inputs_and_outputs")
def _():
    inputs = {"zebra": keras.Input((3,), name="zebra"), "ant": keras.Input((5,), name="ant")}
    x = layers.Concatenate()([inputs["zebra"], inputs["ant"]])
    return keras.Model(inputs, {"score": layers.Dense(2)(x), "class": layers.Dense(3)(x)})


@graph("graph_nested_output_structure")
def _():
    x = keras.Input((6,))
    a, b, c = layers.Dense(2)(x), layers.Dense(3)(x), layers.Dense(4)(x)
    return keras.Model(x, [a, {"right": b, "left": c}])


@graph("graph_list_of_one")
def _():
    x = keras.Input((6,))
    return keras.Model([x], [layers.Dense(3)(x)])


@graph("graph_output_is_input")
def _():
    x, y = keras.Input((6,)), keras.Input((2,), dtype="int32")
    return keras.Model([x, y], [x, layers.Dense(3)(x), y])


@graph("graph_only_an_input")
def _():
    x = keras.Input((3, 2))
    return keras.Model(x, x)


@graph("graph_same_output_twice")
def _():
    x = keras.Input((6,))
    y = layers.Dense(3)(x)
    return keras.Model(x, [y, y])


@graph("graph_same_tensor_added_to_itself")
def _():
    x = keras.Input((6,))
    y = layers.Dense(3)(x)
    return keras.Model(x, layers.Multiply()([layers.Add()([y, y]), y]))


@graph("graph_diamond_of_views")
def _():
    """Flatten and Reshape of one tensor that is also used as it is, and changed."""
    x = keras.Input((4, 4, 2))
    y = layers.Conv2D(3, 3, activation="relu")(x)
    flat, rows = layers.Flatten()(y), layers.Reshape((4, 3))(y)
    return keras.Model(x, [flat, layers.ReLU(max_value=0.3)(y), layers.Dense(2)(rows), y])


@graph("graph_int32_and_float_inputs")
def _():
    x, y = keras.Input((4,), dtype="int32"), keras.Input((3,))
    return keras.Model([x, y], layers.Concatenate()([layers.Dense(3)(x), y]))


@graph("nested_sequential_in_functional")
def _():
    x = keras.Input((6,))
    return keras.Model(x, layers.Dense(3)(small_sequential()(x)))


@graph("nested_functional_in_sequential")
def _():
    return keras.Sequential([keras.Input((6,)), small_functional(), layers.Dense(3)])


@graph("nested_sequential_in_sequential")
def _():
    head = keras.Sequential([keras.Input((4,)), layers.Dense(3), layers.Dense(2)])
    return keras.Sequential([keras.Input((6,)), small_sequential(), head, layers.Dense(3)])


@graph("nested_functional_in_functional")
def _():
    x = keras.Input((6,))
    return keras.Model(x, layers.Dense(3)(layers.ReLU()(small_functional()(x))))


@graph("nested_functional_is_the_output")
def _():
    x = keras.Input((5,))
    return keras.Model(x, small_functional()(layers.Dense(6, "relu")(x)))


@graph("nested_functional_twice")
def _():
    a, b = keras.Input((6,)), keras.Input((6,))
    inner = small_functional()
    return keras.Model([a, b], layers.Concatenate()([inner(a), inner(b)]))


@graph("nested_functional_twice_both_outputs")
def _():
    a, b = keras.Input((6,)), keras.Input((6,))
    inner = small_functional()
    first, second = inner(a), inner(b)
    return keras.Model([a, b], [second, first, layers.Dense(2)(first)])


@graph("nested_sequential_twice")
def _():
    a, b = keras.Input((6,)), keras.Input((6,))
    inner = small_sequential()
    first, second = inner(a), inner(b)
    return keras.Model([a, b], [second, layers.Add()([first, second])])


@graph("nested_two_inputs_two_outputs")
def _():
    p, q = keras.Input((3,), name="p"), keras.Input((3,), name="q")
    total = layers.Add()([p, layers.Dense(3)(q)])
    inner = keras.Model([p, q], [layers.Dense(4)(total), total], name="inner")
    x = keras.Input((3,))
    left, right = inner([x, layers.Dense(3, "relu")(x)])
    return keras.Model(x, [right, layers.Dense(2)(left)])


@graph("nested_three_deep")
def _():
    middle = keras.Sequential([keras.Input((6,)), small_functional("core"), layers.Dense(6)])
    x = keras.Input((6,))
    return keras.Model(x, layers.Dense(2)(middle(layers.ReLU()(middle(x)))))


@graph("nested_same_layer_names")
def _():
    """Names are unique within one model only."""
    inner = keras.Sequential([keras.Input((6,)), layers.Dense(6, name="dense")], name="inner")
    x = keras.Input((6,))
    return keras.Model(x, layers.Dense(3, name="dense")(inner(x)))


@graph("nested_none_sizes", sizes=((5, 6), (9, 7)))
def _():
    inner = keras.Sequential(
        [keras.Input((None, None, 3)), layers.Conv2D(4, 3), layers.GlobalMaxPooling2D()]
    )
    x = keras.Input((None, None, 3))
    return keras.Model(x, layers.Dense(2)(inner(x)))


@graph("sequential_built_by_a_call")
def _():
    """Without Input, the file records the shape of the first batch, its size 2 too."""
    model = keras.Sequential([layers.Conv2D(3, 3), layers.Flatten(), layers.Dense(2)])
    model(np.zeros((2, 6, 5, 1), "float32"))
    return model


@graph("names_with_spaces_and_dots")
def _():
    x = keras.Input((6,), name="the input")
    x1 = layers.Dense(5, name="first layer.v2")(x)
    return keras.Model(x, layers.Dense(3, name="a-b_c")(x1), name="my model")


@graph("names_in_unicode")
def _():
    x = keras.Input((6,), name="entrée")
    return keras.Model(x, layers.Dense(3, name="слой_密集")(x), name="Ελληνικά")


def put_slashes_into_names(path: Path) -> None:
    """In the config and in the attribute of each group of weights that repeats the layer's name."""

    def edit_group(_: str, group) -> None:
        if "name" in group.attrs:
            group.attrs["name"] = group.attrs["name"].replace("block_", "block/")

    members = archive.read_members(path)
    config = members[archive.CONFIG].replace(b'"block_', b'"block/')
    archive.write_members(path, members | {archive.CONFIG: config})
    archive.edit_weights(path, lambda weights: weights.visititems(edit_group))


def _two_named_layers() -> keras.Model:
    x = keras.Input((6, 5, 2))
    y = layers.Conv2D(3, 3, name="block_conv1")(x)
    return keras.Model(x, layers.Conv2D(2, 3, name="block_conv2")(y))


# Older Keras wrote such names; Keras 3 refuses to make layers with them.
edited("names_with_slashes", put_slashes_into_names, _two_named_layers, truth=truth.built)
