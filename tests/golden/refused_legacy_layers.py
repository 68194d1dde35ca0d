"""Layers that only Keras 1 and 2 have, and layers of other packages, whose options must be refused."""

from functools import partial
from pathlib import Path

import tensorflow as tf
from tf_keras import layers

import cases_legacy
import cases_legacy_layers as old
import cases_packages as packages
from cases_legacy import Input, Model
from refused import refuse


def changed(name: str, words: list[str], build, class_name: str, **options) -> None:
    """The model of `build` with `options` in the config of every layer of that class."""

    def edit(path: Path) -> None:
        def change(entry) -> None:
            if entry["class_name"].endswith(class_name):
                entry["config"].update(options)

        cases_legacy.in_each_layer(change, path)

    refuse(f"h5_{name}", words, build, form=".h5")(edit)


def one(layer, shape: tuple):
    def build():
        x = Input(shape)
        return Model(x, layer()(x))

    return build


# Unshared convolutions

unshared = partial(changed, build=old.unshared_2d, class_name="LocallyConnected2D")
unshared("locally_connected_implementation", ["implementation", "4", "1, 2 and 3"], implementation=4)
unshared("locally_connected_window", ["window of 9 cells", "5 cells"], kernel_size=[9, 2])
unshared("locally_connected_kernel", ["kernel", "(10, 12, 3)"], filters=4)
unshared("locally_connected_padding", ["padding", "causal"], padding="causal")
unshared(
    "locally_connected_large",
    ["not stored by position", str(2**26)],
    implementation=3,
    filters=2**24,
)
changed(
    "locally_connected_open",
    ["weights of its own", "(None, None, 6, 2)"],
    old.unshared_2d,
    "InputLayer",
    batch_input_shape=[None, None, 6, 2],
)

# Feature columns


def features():
    columns = [tf.feature_column.numeric_column("age")]
    return old.feature_model({"age": ((1,), "float32")}, columns)


def columns(name: str, words: list[str], **options) -> None:
    column = {"key": "age", "shape": [1], "dtype": "float32"} | options
    entry = {"class_name": options.pop("class_name", "NumericColumn"), "config": column}
    changed(name, words, features, "DenseFeatures", feature_columns=[entry])


columns("columns_function", ["normalizer_fn", "scaled", "never run"], normalizer_fn="scaled")
columns("columns_kind", ["EmbeddingColumn", "numeric and bucketized"], class_name="EmbeddingColumn")
columns("columns_key", ["height", "which a column wants"], key="height")
columns("columns_shape", ["shape", "[0]"], shape=[0])
columns("columns_source", ["source_column"], class_name="BucketizedColumn", boundaries=[1.0])
changed("columns_none", ["feature_columns", "empty"], features, "DenseFeatures", feature_columns=[])

# Other packages


def bare(name: str, words: list[str], build, old_name: str, **options) -> None:
    """A class whose file names no package, with `options` in its config."""

    def edit(path: Path) -> None:
        def change(entry) -> None:
            if entry["class_name"] == old_name:
                entry["class_name"] = old_name.removeprefix("Addons>").removeprefix("Custom>")
                entry["config"].update(options)

        cases_legacy.in_each_layer(change, path)

    refuse(f"h5_{name}", words, build, form=".h5")(edit)


def packaged(class_name: str, shape: tuple = (4, 4, 2), **options):
    return one(partial(getattr(packages, class_name), **options), shape)


bare(
    "bare_name_with_other_keys",
    ["'InstanceNormalization' is not one of Keras's layers"],
    packaged("InstanceNormalization"),
    "Addons>InstanceNormalization",
    affine=True,
)
changed(
    "custom_class_with_other_keys",
    ["Custom.CastToFloat32", "register_custom_layer"],
    packaged("CastToFloat32", (4,)),
    "CastToFloat32",
    factor=2.0,
)
changed(
    "addons_groups",
    ["3 groups do not divide 2 channels"],
    packaged("GroupNormalization", groups=2),
    "GroupNormalization",
    groups=3,
)
changed(
    "addons_response_axis",
    ["axis", "[1, 2]"],
    packaged("FilterResponseNormalization"),
    "FilterResponseNormalization",
    axis=[1, 3],
)
changed("addons_maxout", ["3 units", "2 channels"], packaged("Maxout"), "Maxout", num_units=3)
changed(
    "contrib_upscaling",
    ["9 pixels", "4 channels"],
    packaged("SubPixelUpscaling", (4, 4, 4)),
    "SubPixelUpscaling",
    scale_factor=3,
)
changed(
    "autokeras_strings",
    ["strings", "not read as numbers"],
    packaged("CastToFloat32", (4,)),
    "InputLayer",
    dtype="string",
)
changed(
    "autokeras_tokens",
    ["encoding", "'int'", "tokens are not in the file"],
    packaged("MultiCategoryEncoding", (2,), encoding=["none", "none"]),
    "MultiCategoryEncoding",
    encoding=["none", "int"],
)
refuse(
    "h5_pruned_recurrent",
    ["'LSTM'", "strip_pruning"],
    one(lambda: packages.PruneLowMagnitude(layers.LSTM(2)), (4, 3)),
    form=".h5",
)()

# Calls


@refuse("h5_initial_state_shape", ["initial state 0", "(3, 5)", "(None, 2)"], one(partial(layers.GRU, 2), (4, 3)), form=".h5")
def _(path: Path) -> None:
    def edit(entry) -> None:
        if entry["class_name"] == "GRU":
            entry["inbound_nodes"][0][0][3]["initial_state"] = [[0.0] * 5] * 3

    cases_legacy.in_each_layer(edit, path)


@refuse("h5_initial_state_ragged", ["initial_state", "ragged"], one(partial(layers.GRU, 2), (4, 3)), form=".h5")
def _(path: Path) -> None:
    def edit(entry) -> None:
        if entry["class_name"] == "GRU":
            entry["inbound_nodes"][0][0][3]["initial_state"] = [[0.0, 1.0], [2.0]]

    cases_legacy.in_each_layer(edit, path)
