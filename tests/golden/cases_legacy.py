"""Files of other forms: whole models in HDF5 of Keras 1, 2 and 3, .keras files of Keras 2, folders,
and models in JSON with their weights in other files.

tf_keras writes and reads what Keras 2 wrote. What older versions wrote differently is made by
editing; the outputs then are those of the model before the edit.
"""

import json
import os
import shutil
from functools import partial
from pathlib import Path

import h5py
import keras
import ml_dtypes
import numpy as np

os.environ.setdefault("TF_USE_LEGACY_KERAS", "1")
import tensorflow as tf
import tf_keras
from tf_keras import layers

import archive
import legacy_h5
import truth
from registry import Case, add

Model, Sequential, Input = tf_keras.Model, tf_keras.Sequential, tf_keras.Input


@truth.of_built_model
def of_tf_keras(path: Path, _, arrays: list[np.ndarray]) -> list[np.ndarray]:
    """The outputs of what tf_keras loads from the file."""
    return call(tf_keras.models.load_model(path, compile=False), arrays)


@truth.of_built_model
def as_built(_: Path, model, arrays: list[np.ndarray]) -> list[np.ndarray]:
    return call(model, arrays)


def call(model, arrays: list[np.ndarray]) -> list[np.ndarray]:
    inputs = arrays[0]
    if not isinstance(model, Sequential):
        inputs = tf.nest.pack_sequence_as(model.input, arrays)
    return [output.numpy() for output in tf.nest.flatten(model(inputs, training=False))]


def legacy(name: str, **options):
    """A model of tf_keras, saved as .h5 where no other form is given."""

    def register(build):
        def built():
            tf_keras.backend.clear_session()
            return build()

        edited = "edit" in options or "save" in options
        options.setdefault("form", ".h5")
        options.setdefault("truth", as_built if edited else of_tf_keras)
        options.setdefault("sizes", ((), ()))
        add(Case(name, built, **options))
        return build

    return register


def variants(build, rows: dict, **options) -> None:
    for name, edit in rows.items():
        legacy(name, edit=edit, **options)(build)


# Whole models of Keras 2 in HDF5 -----------------------------------------------------------------


@legacy("h5_random_height_and_width")
def _():
    sizes = [layers.RandomHeight(0.2, name="height"), layers.RandomWidth(0.2, name="width")]
    pooled = layers.GlobalAveragePooling2D(name="pool")
    return Sequential([Input((6, 5, 3), name="image"), *sizes, pooled, layers.Dense(4)])


def small_cnn():
    return Sequential(
        [
            Input((8, 8, 3), name="image"),
            layers.Conv2D(5, 3, activation="relu", name="conv"),
            layers.BatchNormalization(name="norm"),
            layers.MaxPooling2D((2, 2), name="pool"),
            layers.Flatten(name="flat"),
            layers.Dense(4, "softmax", name="dense"),
        ],
        name="cnn",
    )


def small_mlp():
    return Sequential(
        [
            layers.Dense(5, "tanh", name="hidden", input_shape=(4,)),
            layers.Dropout(0.3, name="drop"),
            layers.Dense(3, name="score"),
        ],
        name="mlp",
    )


legacy("whole_h5_cnn")(small_cnn)
legacy("whole_h5_mlp")(small_mlp)


@legacy("whole_h5_cnn_open_sizes", sizes=((9, 7), (6, 11)))
def _():
    x = Input((None, None, 2))
    y = layers.Conv2D(4, 3, padding="same", strides=2, activation="elu")(x)
    y = layers.DepthwiseConv2D(3, padding="same")(y)
    return Model(x, layers.GlobalAveragePooling2D()(y))


def mobile_block(x, filters: int, stride: int, name: str):
    y = layers.Conv2D(8, 1, use_bias=False, name=f"{name}_expand")(x)
    y = layers.BatchNormalization(axis=3, epsilon=1e-3, name=f"{name}_expand_BN")(y)
    y = layers.ReLU(6.0, name=f"{name}_expand_relu")(y)
    y = layers.DepthwiseConv2D(
        3, strides=stride, padding="same", use_bias=False, name=f"{name}_depthwise"
    )(y)
    y = layers.BatchNormalization(axis=3, name=f"{name}_depthwise_BN")(y)
    y = layers.ReLU(6.0, name=f"{name}_depthwise_relu")(y)
    y = layers.Conv2D(filters, 1, use_bias=False, name=f"{name}_project")(y)
    y = layers.BatchNormalization(axis=3, name=f"{name}_project_BN")(y)
    return layers.Add(name=f"{name}_add")([x, y]) if x.shape == y.shape else y


def mobile_net(pooled: bool = True):
    x = Input((12, 12, 3))
    y = layers.ZeroPadding2D(((0, 1), (0, 1)), name="Conv1_pad")(x)
    y = layers.Conv2D(4, 3, strides=2, use_bias=False, name="Conv1")(y)
    y = layers.BatchNormalization(axis=3, momentum=0.999, name="bn_Conv1")(y)
    y = mobile_block(layers.ReLU(6.0, name="Conv1_relu")(y), 4, 1, "block_1")
    y = mobile_block(y, 6, 2, "block_2")
    y = layers.GlobalAveragePooling2D(name="pool")(y) if pooled else y
    return Model(x, y, name="mobilenet")


legacy("whole_h5_mobilenet")(mobile_net)


@legacy("whole_h5_inputs_and_outputs")
def _():
    image, numbers = Input((6, 6, 1), name="image"), Input((3,), name="numbers")
    y = layers.Flatten()(layers.Conv2D(2, 3)(image))
    both = layers.Concatenate(name="both")([numbers, y])
    score = layers.Dense(2, name="score")(both)
    return Model([numbers, image], [score, layers.Dense(3, "relu", name="more")(both), y])


@legacy("whole_h5_dict_of_inputs")
def _():
    inputs = {"b": Input((3,), name="first"), "a": Input((3,), name="second")}
    y = layers.Subtract()([layers.Dense(3)(inputs["a"]), inputs["b"]])
    return Model(inputs, {"sum": y, "more": layers.Dense(2)(y)})


@legacy("whole_h5_merging")
def _():
    a, b = Input((4, 3)), Input((4, 3))
    outputs = [merge([a, b]) for merge in (layers.Add(), layers.Multiply(), layers.Average())]
    outputs += [layers.Maximum()([a, b]), layers.Minimum()([a, b])]
    return Model([a, b], [*outputs, layers.Concatenate(1)([a, b, a])])


@legacy("whole_h5_activations", spread=2.0)
def _():
    x = Input((5, 4))
    names = ("elu", "selu", "relu6", "swish", "gelu", "softplus", "softsign", "exponential")
    outputs = [layers.Activation(name)(x) for name in names]
    outputs += [layers.LeakyReLU(0.15)(x), layers.ELU(0.7)(x), layers.Softmax(1)(x)]
    outputs += [layers.ThresholdedReLU(0.6)(x), layers.ReLU(3.0, 0.1, 0.2)(x)]
    return Model(x, [*outputs, layers.Dense(3, activation=layers.LeakyReLU(0.4))(x)])


@legacy("whole_h5_hard_sigmoid", spread=3.0)
def _():
    x = Input((6,))
    y = layers.Dense(5, "hard_sigmoid")(x)
    return Model(x, [y, layers.Activation("hard_sigmoid")(x)])


@legacy("whole_h5_integers")
def _():
    x = Input((5, 5, 3), dtype="uint8")
    y = layers.Rescaling(1 / 127.5, offset=-1)(x)
    return Model(x, layers.Conv2D(2, 3)(y))


@legacy("whole_h5_reshaping")
def _():
    x = Input((4, 6, 2))
    y = layers.Permute((2, 1, 3))(layers.Cropping2D(((1, 0), (1, 1)))(x))
    y = layers.Reshape((3, -1))(layers.UpSampling2D(2)(y))
    return Model(x, layers.Dense(2)(layers.RepeatVector(2)(layers.Flatten()(y))))


@legacy("whole_h5_mixed_float16", rtol=2e-2, atol=1e-3, why="computes in float16 on both sides")
def _():
    x = Input((5,))
    return Model(x, layers.Dense(3, dtype="float32")(layers.Dense(4, dtype="mixed_float16")(x)))


@legacy("whole_h5_shared_layer")
def _():
    """The second call of `shared` takes what layers further down the list make."""
    x = Input((4,))
    shared = layers.Dense(4, "tanh", name="shared")
    between = layers.Dense(4, name="between")
    y = shared(between(shared(x)))
    return Model(x, [y, between(y)])


@legacy("whole_h5_names_with_slashes")
def _():
    x = Input((4,), name="x")
    y = layers.Dense(3, name="block/dense")(x)
    return Model(x, layers.Dense(2, name="block/head/dense")(y))


@legacy("whole_h5_built_later")
def _():
    """A Sequential without a shape, built by call: the file says build_input_shape."""
    model = Sequential([layers.Dense(4, "relu"), layers.Dense(2)])
    model.build((None, 3))
    return model


@legacy("whole_h5_scalars_and_defaults")
def _():
    x = Input((6, 6, 2))
    y = layers.Conv2D(2, 2, dilation_rate=2, padding="same", groups=2)(x)
    y = layers.AveragePooling2D(3, 2, "same")(y)
    return Model(x, layers.BatchNormalization(scale=False, center=False)(y))


# Nested models -----------------------------------------------------------------------------------


def encoder(width: int, name: str, inner=None):
    x = Input((width,), name=f"{name}_in")
    y = layers.Dense(width, "tanh", name=f"{name}_dense")(x)
    y = layers.BatchNormalization(name=f"{name}_norm")(inner(y) if inner else y)
    return Model(x, layers.Dense(width, name=f"{name}_out")(y), name=name)


@legacy("whole_h5_nested")
def _():
    x = Input((4,))
    return Model(x, layers.Dense(2, name="head")(encoder(4, "body")(x)))


def three_deep():
    x = Input((3,))
    inner = encoder(3, "inner")
    middle = encoder(3, "middle", inner)
    outer = encoder(3, "outer", middle)
    return Model(x, [outer(x), outer(layers.Activation("relu")(x))])


legacy("whole_h5_nested_three_deep")(three_deep)


@legacy("whole_h5_siamese")
def _():
    a, b = Input((4,)), Input((4,))
    body = encoder(4, "body")
    return Model([a, b], layers.Subtract()([body(a), body(b)]))


@legacy("whole_h5_nested_sequential")
def _():
    x = Input((4,))
    body = Sequential([layers.Dense(4, name="one"), layers.BatchNormalization(name="two")])
    return Model(x, body(layers.Dense(4, name="three")(body(x))))


@legacy("whole_h5_nested_sequential_with_input")
def _():
    x = Input((4,))
    body = Sequential([Input((4,)), layers.Dense(4, name="one")], name="body")
    y = body(x)
    return Model(x, [body(y), y])


@legacy("whole_h5_nested_outputs")
def _():
    """A nested model of two inputs and two outputs, both of whose calls are outputs."""
    a, b = Input((3,), name="a"), Input((3,), name="b")
    c, d = Input((3,)), Input((3,))
    pair = Model([c, d], [layers.Dense(3)(c), layers.Add()([c, d])], name="pair")
    first = pair([a, b])
    return Model([a, b], [*pair([first[1], first[0]]), *first])


def classifier():
    """As Teachable Machine and many tutorials have it: a Sequential of Sequentials."""
    features = Sequential([mobile_net(pooled=False), layers.GlobalAveragePooling2D(name="gap")])
    head = Sequential(
        [
            layers.Dense(6, "relu", input_shape=(6,), name="dense_Dense1"),
            layers.Dense(3, "softmax", use_bias=False, name="dense_Dense2"),
        ]
    )
    return Sequential([features, head])


legacy("whole_h5_sequential_of_models")(classifier)


def each_layer(entry, visit) -> None:
    """Calls visit(entry) for the entries of all layers, nested ones too."""
    visit(entry)
    config = entry["config"]
    for inner in config if isinstance(config, list) else config.get("layers", []):
        each_layer(inner, visit)


def in_each_layer(visit, path: Path) -> None:
    legacy_h5.edit_config(path, lambda config: each_layer(config, visit))


def add_groups(entry) -> None:
    """Keras 2.x writes groups=1 for these, which Keras 3 does not know."""
    if entry["class_name"] in ("DepthwiseConv2D", "SeparableConv2D", "Conv2DTranspose"):
        entry["config"]["groups"] = 1


variants(classifier, {"whole_h5_teachable_machine": partial(in_each_layer, add_groups)})


def freeze(model, *names: str):
    for name in names:
        model.get_layer(name).trainable = False
    return model


@legacy("whole_h5_frozen")
def _():
    """The weights of frozen layers move behind all others."""
    x = Input((4,))
    body = freeze(encoder(4, "body"), "body_dense", "body_norm")
    return Model(x, layers.Dense(2)(body(x)))


@legacy("whole_h5_frozen_model")
def _():
    x = Input((3,))
    inner = encoder(3, "inner")
    inner.trainable = False
    return Model(x, encoder(3, "outer", inner)(x))


def same_names():
    """Layers of one name in two models of one model: only the scopes tell them apart."""
    x = Input((3,))
    one = Sequential([layers.Dense(3, name="dense")], name="one")
    two = Sequential([layers.Dense(3, name="dense")], name="two")
    both = Model(x, two(one(x)), name="both")
    y = Input((3,))
    return Model(y, both(y))


def scope_by_model(path: Path) -> None:
    def edit(weights):
        names = list(weights["both"])
        renamed = [f"{m}/dense/{v}:0" for m in ("one", "two") for v in ("kernel", "bias")]
        weights["both"] = dict(zip(renamed, [weights["both"][n] for n in names], strict=True))

    legacy_h5.edit_weights(path, edit)


def save_same_names(model, path: Path) -> None:
    """HDF5 cannot hold two weights of one name, so they are saved under others."""
    variables = model.get_layer("both").weights
    for number, variable in enumerate(variables):
        variable._handle_name = f"scope_{number // 2}/{variable.name.split('/')[-1]}"
    model.save(path)


legacy("whole_h5_same_names_scoped", save=save_same_names, edit=scope_by_model)(same_names)
legacy("whole_h5_same_names_by_order", save=save_same_names)(same_names)


# What older versions wrote into such files --------------------------------------------------------


def bare_list(path: Path) -> None:
    """Keras up to 2.2.2: a Sequential is the list of its layers, without an InputLayer."""

    def edit(config):
        entries = config["config"]["layers"]
        shape = entries[0]["config"]["batch_input_shape"]
        del entries[0]
        entries[0]["config"]["batch_input_shape"] = shape
        config["config"] = entries

    legacy_h5.edit_config(path, edit)
    legacy_h5.set_version(path, "2.2.2")


def without_input_layer(path: Path) -> None:
    """TensorFlow 1: a Sequential has a name, and the shape stands in its first layer."""

    def edit(config):
        entries = config["config"]["layers"]
        shape = entries.pop(0)["config"]["batch_input_shape"]
        entries[0]["config"]["batch_input_shape"] = shape

    legacy_h5.edit_config(path, edit)
    legacy_h5.set_version(path, "2.2.4-tf")


def rename_class(old: str, new: str, path: Path) -> None:
    def visit(entry):
        if entry["class_name"] == old:
            entry["class_name"] = new

    in_each_layer(visit, path)


def drop_keyword_dicts(path: Path) -> None:
    """Keras 1: a call is [layer, node, tensor]."""

    def visit(entry):
        for node in entry.get("inbound_nodes", []):
            for tensor in node:
                del tensor[3:]

    in_each_layer(visit, path)


def tuples(path: Path) -> None:
    def visit(entry):
        for key in ("kernel_size", "strides", "pool_size"):
            if key in entry["config"]:
                items = entry["config"][key]
                entry["config"][key] = {"class_name": "__tuple__", "items": items}

    in_each_layer(visit, path)


def policy_objects(path: Path) -> None:
    def visit(entry):
        if entry["class_name"] not in ("InputLayer", "Sequential"):
            entry["config"]["dtype"] = {"class_name": "Policy", "config": {"name": "float32"}}

    in_each_layer(visit, path)


def drop_modules(path: Path) -> None:
    """Before 2.13 nested objects have no module and no registered_name."""

    def strip(value):
        if isinstance(value, dict):
            return {k: strip(v) for k, v in value.items() if k not in ("module", "registered_name")}
        return [strip(item) for item in value] if isinstance(value, list) else value

    def edit(config):
        config["config"] = strip(config["config"])

    legacy_h5.edit_config(path, edit)
    legacy_h5.set_version(path, "2.4.0")


def strings_as_bytes(path: Path) -> None:
    """h5py 2 and Python 2: fixed strings everywhere."""
    with h5py.File(path, "r+") as file:
        for key in ("model_config", "backend", "keras_version"):
            value = file.attrs[key]
            file.attrs[key] = np.bytes_(value if isinstance(value, bytes) else value.encode())


def strings_of_unicode(path: Path) -> None:
    """As Keras 3 writes them: variable-length UTF-8."""
    with h5py.File(path, "r+") as file:
        group = file["model_weights"]
        for item in (group, *group.values()):
            for key in ("layer_names", "weight_names"):
                if key in item.attrs:
                    names = np.array(legacy_h5.text(item, key), dtype=h5py.string_dtype())
                    item.attrs[key] = names


def uniquify(path: Path) -> None:
    """TensorFlow 1 in graphs: a layer built twice has a number more in the names of its weights."""

    def edit(weights):
        for layer, variables in weights.items():
            weights[layer] = {f"{layer}_3/{n.split('/', 1)[1]}": a for n, a in variables.items()}

    legacy_h5.edit_weights(path, edit)


variants(
    small_cnn,
    {
        "whole_h5_sequential_as_list": bare_list,
        "whole_h5_sequential_without_input_layer": without_input_layer,
        "whole_h5_batch_normalization_v1": partial(
            rename_class, "BatchNormalization", "BatchNormalizationV1"
        ),
        "whole_h5_sync_batch_normalization": partial(
            rename_class, "BatchNormalization", "SyncBatchNormalization"
        ),
        "whole_h5_tuples": tuples,
        "whole_h5_policy_objects": policy_objects,
        "whole_h5_without_modules": drop_modules,
        "whole_h5_strings_as_bytes": strings_as_bytes,
        "whole_h5_strings_of_unicode": strings_of_unicode,
        "whole_h5_uniquified_names": uniquify,
        "whole_h5_attributes_split": partial(legacy_h5.edit_weights, edit=lambda w: w, limit=24),
        "whole_h5_chunked_gzip": partial(
            legacy_h5.edit_weights, edit=lambda w: w, chunks=True, compression="gzip", shuffle=True
        ),
        "whole_h5_float64": partial(legacy_h5.converted, dtype=np.float64),
    },
)
variants(
    three_deep,
    {
        "whole_h5_class_model": partial(rename_class, "Functional", "Model"),
        "whole_h5_references_of_three": drop_keyword_dicts,
    },
)
variants(
    small_mlp,
    {"whole_h5_fixed_dropout": partial(rename_class, "Dropout", "Custom>FixedDropout")},
)


@legacy("whole_h5_many_layers")
def _():
    """So many layers that layer_names is longer than what HDF5 stores in one piece."""
    x = y = Input((2,))
    for number in range(260):
        y = layers.Activation("linear", name=f"{number:03}_{'name' * 62}")(y)
    return Model(x, layers.Dense(2, name="dense")(y))


def rounded(dtype):
    """The model's own weights are rounded too, so that it gives what the file holds."""

    def edit(path: Path) -> None:
        legacy_h5.converted(path, dtype)

    def save(model, path: Path) -> None:
        for weight in model.weights:
            weight.assign(weight.numpy().astype(dtype).astype("float32"))
        model.save(path)

    return {"edit": edit, "save": save}


legacy("whole_h5_float16", **rounded(np.float16))(small_cnn)
legacy("whole_h5_bfloat16", **rounded(ml_dtypes.bfloat16))(small_cnn)


# Keras 1 -------------------------------------------------------------------------------------------


KERAS_1_KEYS = {
    "Dense": {"units": "output_dim", "use_bias": "bias"},
    "Conv2D": {
        "filters": "nb_filter",
        "strides": "subsample",
        "padding": "border_mode",
        "data_format": "dim_ordering",
        "use_bias": "bias",
    },
    "MaxPooling2D": {"padding": "border_mode", "data_format": "dim_ordering"},
    "Dropout": {"rate": "p"},
    "LSTM": {"units": "output_dim", "recurrent_activation": "inner_activation"},
    "GRU": {"units": "output_dim", "recurrent_activation": "inner_activation"},
}
KERAS_1_CLASSES = {"Conv2D": "Convolution2D"}
KERAS_1_MERGES = {"Add": "sum", "Multiply": "mul", "Maximum": "max", "Average": "ave"}
KERAS_1_WEIGHTS = {
    "kernel": "W",
    "bias": "b",
    "moving_mean": "running_mean",
    "moving_variance": "running_std",
}


def keras_1_entry(entry) -> None:
    name, config = entry["class_name"], entry["config"]
    if isinstance(config, list) or name in ("Model", "Sequential"):
        return
    if name in KERAS_1_MERGES or name == "Concatenate":
        entry["class_name"] = "Merge"
        mode = KERAS_1_MERGES.get(name, "concat")
        entry["config"] = {"name": config["name"], "mode": mode, "mode_type": "raw", "layers": []}
        entry["config"]["concat_axis"] = config.get("axis", -1)
        return
    entry["class_name"] = KERAS_1_CLASSES.get(name, name)
    for new, old in KERAS_1_KEYS.get(name, {}).items():
        config[old] = config.pop(new)
    if name == "Conv2D":
        config["nb_row"], config["nb_col"] = config.pop("kernel_size")
        config["init"] = "glorot_uniform"
        del config["dilation_rate"], config["groups"]
    if "dim_ordering" in config:
        config["dim_ordering"] = {"channels_last": "tf"}.get(config["dim_ordering"], "th")
    for key in [key for key in config if key.endswith(("_initializer", "_constraint", "dtype"))]:
        del config[key]


def keras_1_names(weights) -> None:
    for group, variables in weights.items():
        renamed = {}
        for name, array in variables.items():
            layer, tail = name.split(":")[0].split("/")[-2:]
            renamed[f"{layer}_{KERAS_1_WEIGHTS.get(tail, tail)}"] = array
        weights[group] = renamed


def as_keras_1(path: Path, edit_weights=keras_1_names, backend: str = "tensorflow") -> None:
    config = legacy_h5.read_config(path)
    if config["class_name"] == "Sequential":
        bare_list(path)
    else:
        rename_class("Functional", "Model", path)
        drop_keyword_dicts(path)
    in_each_layer(keras_1_entry, path)
    legacy_h5.edit_weights(path, edit_weights)
    legacy_h5.set_version(path, None, backend)


def theano_kernels(weights) -> None:
    """Theano convolves: kernels are upside down, and for channels_first lie otherwise."""
    for layer, variables in weights.items():
        for name, array in variables.items():
            if array.ndim == 4:
                variables[name] = array[::-1, ::-1]
    keras_1_names(weights)


def gates_apart(order: str, weights) -> None:
    """The gates of recurrent layers one by one, in the order of Keras 1."""
    for layer, variables in weights.items():
        arrays = {n.split("/")[-1].split(":")[0]: a for n, a in variables.items()}
        if "recurrent_kernel" not in arrays:
            continue
        parts = {name: np.split(array, len(order), -1) for name, array in arrays.items()}
        gates = {"ifco": "icfo", "zrh": "zrh"}[order]
        weights[layer] = {
            f"{layer}_{letter}_{gate}": parts[name][order.index(gate)]
            for gate in gates
            for name, letter in (("kernel", "W"), ("recurrent_kernel", "U"), ("bias", "b"))
        }


variants(
    small_cnn,
    {
        "keras1_cnn": as_keras_1,
        "keras1_cnn_of_theano": partial(
            as_keras_1, edit_weights=theano_kernels, backend="theano"
        ),
    },
)
variants(small_mlp, {"keras1_mlp": as_keras_1})


@legacy("keras1_merges", edit=as_keras_1)
def _():
    a, b = Input((4,)), Input((4,))
    x, y = layers.Dense(4)(a), layers.Dense(4)(b)
    outputs = [layers.Add()([x, y]), layers.Maximum()([a, y]), layers.Concatenate()([x, b, y])]
    return Model([a, b], outputs)


@legacy("keras1_nested", edit=as_keras_1)
def _():
    x = Input((4,))
    return Model(x, layers.Dense(2, name="head")(encoder(4, "body")(x)))


# .keras files of Keras 2 ---------------------------------------------------------------------------


def keras_2_model():
    image, numbers = Input((6, 6, 1), name="image"), Input((4,), name="numbers")
    body = encoder(4, "body", Sequential([layers.Dense(4), layers.Dense(4)]))
    y = layers.Flatten()(layers.Conv2D(2, 3)(layers.DepthwiseConv2D(3)(image)))
    y = layers.Add()([body(numbers), body(layers.Dense(4)(y))])
    return Model([numbers, image], layers.Dense(3)(layers.BatchNormalization()(y)))


def save_doubled(model, path: Path) -> None:
    """As Keras 2.12 to 2.14 named the groups: layers with weights count twice."""
    model.save(path)
    members = archive.read_members(path)

    def rename(group: h5py.Group, layers_of) -> None:
        if "layers" not in group:
            return
        old, new = group["layers"], group.create_group("_layer_checkpoint_dependencies")
        counts, doubled = {}, {}
        for layer in layers_of:
            name = tf_keras.src.utils.generic_utils.to_snake_case(type(layer).__name__)
            from_number = counts[name] = counts.get(name, -1) + 1
            number = doubled.get(name, 0)
            doubled[name] = number + (2 if layer.weights else 1)
            source = f"{name}_{from_number}" if from_number else name
            target = f"{name}_{number}" if number else name
            old.copy(source, new, target)
            rename(new[target], getattr(layer, "layers", []))
        del group["layers"]

    archive.edit_weights(path, lambda file: rename(file, model.layers))
    metadata = json.dumps({"keras_version": "2.13.1", "date_saved": "2023-08-01@12:00:00"})
    members = archive.read_members(path) | {"metadata.json": metadata.encode()}
    archive.write_members(path, members)


for name, build in {
    "keras2_cnn": small_cnn,
    "keras2_nested": three_deep,
    "keras2_two_inputs": keras_2_model,
    "keras2_sequential_of_models": classifier,
}.items():
    legacy(name, form=".keras", truth=of_tf_keras)(build)
for name, build in {
    "keras2_doubled_cnn": small_cnn,
    "keras2_doubled_nested": three_deep,
    "keras2_doubled_two_inputs": keras_2_model,
}.items():
    legacy(name, form=".keras", save=save_doubled)(build)


# Keras 3 ---------------------------------------------------------------------------------------------


def keras_3(name: str, **options):
    def register(build):
        options.setdefault("truth", truth.built)
        add(Case(name, build, **options))
        return build

    return register


def keras_3_nested():
    k = keras.layers
    x = keras.Input((4,), name="x")
    inner_in = keras.Input((4,))
    inner = keras.Model(inner_in, k.Dense(4, name="dense")(inner_in), name="inner")
    tail = keras.Sequential(
        [k.Dense(4, name="dense"), k.BatchNormalization(), k.Dropout(0.2)], name="tail"
    )
    y = tail(inner(x))
    return keras.Model(x, [inner(y), k.Dense(2, name="head")(y)])


def keras_3_cnn():
    k = keras.layers
    return keras.Sequential(
        [
            keras.Input((6, 6, 3)),
            k.Conv2D(5, 3, activation="hard_sigmoid", name="conv"),
            k.BatchNormalization(name="norm"),
            k.GlobalAveragePooling2D(name="pool"),
            k.Dense(4, activation=k.LeakyReLU(0.3), name="dense"),
        ]
    )


keras_3("whole_h5_keras3_cnn", form=".h5")(keras_3_cnn)
keras_3("whole_h5_keras3_nested", form=".h5")(keras_3_nested)


@keras_3("whole_h5_keras3_operation", form=".h5")
def _():
    """Keras 3 leaves out which Add is the operation and which the layer, and cannot read this."""
    x = keras.Input((4,))
    y = keras.layers.Dense(4)(x)
    return keras.Model(x, keras.layers.Add()([x + y, y]))


def unzip(path: Path) -> None:
    members = archive.read_members(path)
    path.unlink()
    for name, content in members.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(content)


def save_as_folder(model, path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    zipped = path.with_name(f"{path.name}.keras")
    model.save(zipped)
    zipped.rename(path)
    unzip(path)


keras_3("folder_keras3", form="", save=save_as_folder)(keras_3_nested)
legacy("folder_keras2", form="", save=save_as_folder)(three_deep)


def save_in_two(save_weights, model, path: Path) -> None:
    path.write_text(model.to_json())
    save_weights(model, path.with_suffix(""))


def new_weights(model, stem: Path) -> None:
    model.save_weights(f"{stem}.weights.h5")


def old_weights(model, stem: Path) -> None:
    model.save_weights(f"{stem}.h5")


def shards(model, stem: Path) -> None:
    model.save_weights(f"{stem}.weights.json", max_shard_size=700 / 1024**3)


def whole_model(model, stem: Path) -> None:
    model.save(f"{stem}.h5")


def in_two(name: str, add_case, build, save_weights, weights: str, **options) -> None:
    save = partial(save_in_two, save_weights)
    add_case(name, form=".json", weights=weights, save=save, **options)(build)


in_two("json_weights_h5", keras_3, keras_3_nested, new_weights, ".weights.h5")
in_two("json_shards", keras_3, keras_3_cnn, shards, ".weights.json")
in_two("json_keras2_weights_h5", legacy, three_deep, new_weights, ".weights.h5")
in_two("json_keras2_legacy_weights", legacy, three_deep, old_weights, ".h5")
in_two("json_keras2_whole_model", legacy, small_cnn, whole_model, ".h5")


def other_layer_names(path: Path) -> None:
    """Weights of another session, which counted its layers further: the order decides."""
    file = path.with_suffix(".h5")
    with h5py.File(file) as weights:
        old = {
            layer: {n: weights[layer][n][()] for n in legacy_h5.text(weights[layer], "weight_names")}
            for layer in legacy_h5.text(weights, "layer_names")
        }
    new = {
        f"{layer}_7": {n.replace(layer, f"{layer}_7", 1): a for n, a in variables.items()}
        for layer, variables in old.items()
    }
    legacy_h5.write_weights(file, new, root=None)
    with h5py.File(file, "r+") as weights:
        weights.attrs["keras_version"] = b"2.4.0"


in_two(
    "json_keras2_other_layer_names",
    legacy,
    small_cnn,
    old_weights,
    ".h5",
    edit=other_layer_names,
)
