"""Models that must be refused, each with the words that the message must contain."""

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import h5py
import keras
import numpy as np
from keras import layers

import archive
import truth


@dataclass
class Model:
    build: Callable[[], keras.Model]
    words: list[str]
    edit: Callable[[Path], None] | None = None
    form: str = ".keras"
    weights: str | None = None
    save: Callable[[keras.Model, Path], None] | None = None


MODELS: dict[str, Model] = {}


def dense_pair() -> keras.Model:
    return keras.Sequential(
        [keras.Input((4,)), layers.Dense(5, "relu", name="hidden"), layers.Dense(3, name="score")]
    )


def functional_pair() -> keras.Model:
    x = keras.Input((4,), name="x")
    hidden = layers.Dense(4, name="hidden")(x)
    return keras.Model(x, layers.Dense(4, name="score")(hidden))


def refuse(name: str, words: list[str], build: Callable = dense_pair, **options):
    """Registers the decorated edit of the saved file; without one, call register() itself."""

    def register(edit: Callable[[Path], None] | None = None):
        MODELS[name] = Model(build, words, edit, **options)
        return edit

    return register


# Models that are as Keras made them


class Doubler(keras.layers.Layer):
    def call(self, x):
        return 2 * x


class ScaleAndShift(keras.layers.Layer):
    """tests/keras/custom_layer_test.cc brings its own code for this class."""

    def __init__(self, shift, **kwargs):
        super().__init__(**kwargs)
        self.shift = shift

    def build(self, shape):
        self.scale = self.add_weight(name="scale", shape=(shape[-1],))

    def call(self, x):
        return self.scale * x + self.shift

    def get_config(self):
        return super().get_config() | {"shift": self.shift}


def scale_and_shift() -> keras.Model:
    model = keras.Sequential([keras.Input((4,)), ScaleAndShift(0.5, name="scaled")])
    model.layers[0].scale.assign([0.0, 1.0, 2.0, 3.0])
    return model


class Classifier(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(3)

    def call(self, x):
        return self.dense(x)


def with_layer(layer: Callable[[], keras.Layer], shape: tuple = (4,)):
    return lambda: keras.Sequential([keras.Input(shape), layer(), layers.Dense(2)])


def subclassed_model() -> keras.Model:
    model = Classifier()
    model(np.zeros((1, 4), "float32"))
    return model


refuse(
    "lambda",
    ["Lambda", "doubled"],
    with_layer(lambda: layers.Lambda(lambda x: 2 * x, name="doubled")),
)()
refuse("custom_layer", ["Doubler", "twice"], with_layer(lambda: Doubler(name="twice")))()
refuse(
    "custom_layer_with_weights",
    ["ScaleAndShift", "scaled", "register_custom_layer"],
    scale_and_shift,
)()
refuse("subclassed_model", ["Classifier"], subclassed_model)()


# Recurrent layers


class Ring(keras.layers.Layer):
    state_size = output_size = 4

    def call(self, x, states):
        return x, states


def around_lstm(**options):
    def build() -> keras.Model:
        layer = layers.LSTM(3, name="memory", **options)
        return keras.Sequential([keras.Input((5, 4)), layer, layers.Dense(2)])

    return build


def with_states() -> keras.Model:
    x = keras.Input((5, 4))
    states = [keras.Input((3,), name=name) for name in ("h", "c")]
    return keras.Model([x, *states], layers.LSTM(3, name="memory")(x, initial_state=states))


def both_ways() -> keras.Model:
    layer = layers.Bidirectional(layers.LSTM(3), name="both")
    return keras.Sequential([keras.Input((5, 4)), layer])


def stateful_twice() -> keras.Model:
    x = keras.Input(batch_shape=(2, 5, 4))
    shared = layers.LSTM(4, stateful=True, return_sequences=True, name="memory")
    return keras.Model(x, shared(shared(x)))


def stateful_within() -> keras.Model:
    layer = layers.TimeDistributed(layers.LSTM(3, stateful=True), name="each")
    return keras.Sequential([keras.Input(batch_shape=(2, 6, 5, 4)), layer])


refuse(
    "rnn_custom_cell",
    ["Ring", "cells", "LSTMCell"],
    with_layer(lambda: layers.RNN(Ring(), name="cells"), (5, 4)),
)()
refuse("rnn_softmax", ["activation", "softmax", "memory"], around_lstm(activation="softmax"))()
refuse("rnn_stateful_twice", ["stateful", "memory"], stateful_twice)()
refuse("time_distributed_stateful", ["stateful", "each"], stateful_within)()


@refuse("rnn_unrolled_without_end", ["unroll", "memory"], around_lstm(unroll=True))
def _(path: Path) -> None:
    def edit(config: dict) -> None:
        config["config"]["layers"][0]["config"]["batch_shape"] = [None, None, 4]

    archive.edit_config(path, edit)


@refuse("rnn_one_state_of_two", ["1 initial", "2", "memory"], with_states)
def _(path: Path) -> None:
    def edit(config: dict) -> None:
        call = archive.layer_named(config, "memory")["inbound_nodes"][0]
        del call["kwargs"]["initial_state"][1]

    archive.edit_config(path, edit)


@refuse("rnn_state_misshapen", ["state 1", "(None, 7)", "memory"], with_states)
def _(path: Path) -> None:
    def edit(config: dict) -> None:
        archive.layer_named(config, "c")["config"]["batch_shape"] = [None, 7]

    archive.edit_config(path, edit)


@refuse("bidirectional_merge_unknown", ["merge_mode", "median", "both"], both_ways)
def _(path: Path) -> None:
    def edit(config: dict) -> None:
        archive.layer_named(config, "both")["config"]["merge_mode"] = "median"

    archive.edit_config(path, edit)


@refuse("bidirectional_of_one_direction", ["go_backwards", "both"], both_ways)
def _(path: Path) -> None:
    def edit(config: dict) -> None:
        layer = archive.layer_named(config, "both")["config"]["backward_layer"]
        layer["config"]["go_backwards"] = False

    archive.edit_config(path, edit)


def of_class(class_name: str) -> Callable[[Path], None]:
    """An edit that makes the layer `hidden` one of another class."""

    def edit(path: Path) -> None:
        def rename(config: dict) -> None:
            archive.layer_named(config, "hidden")["class_name"] = class_name

        archive.edit_config(path, rename)

    return edit


for foreign in ("TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer"):
    refuse(f"class_{foreign.lower()}", [foreign, "hidden"])(of_class(foreign))
refuse("class_unknown", ["'Densest'", "hidden", "register_custom_layer", "mean 'Dense'"])(
    of_class("Densest")
)
refuse("class_clahe", ["ContrastLimitedAdaptiveHistogramEqualization", "not supported"])(
    of_class("ContrastLimitedAdaptiveHistogramEqualization")
)


# Weights


@refuse("weights_missing", ["score"])
def _(path: Path) -> None:
    def edit(weights: h5py.File) -> None:
        del weights["layers/dense_1"]

    archive.edit_weights(path, edit)


@refuse("weights_one_missing", ["hidden", "bias"])
def _(path: Path) -> None:
    def edit(weights: h5py.File) -> None:
        del weights["layers/dense/vars/1"]

    archive.edit_weights(path, edit)


def configured(layer: str, **changes):
    """The weights stay as they were made before the config of the layer changed."""

    def edit(path: Path) -> None:
        archive.edit_config(
            path, lambda config: archive.layer_named(config, layer)["config"].update(changes)
        )

    return edit


def normalised() -> keras.Model:
    return keras.Sequential([keras.Input((4,)), layers.BatchNormalization(name="norm")])


NOBODYS = "holds weights that no layer of the model takes"
refuse("weights_without_bias", [NOBODYS, "layers/dense/vars/1"])(
    configured("hidden", use_bias=False)
)
refuse("weights_without_scale", [NOBODYS, "layers/batch_normalization/vars/3"], normalised)(
    configured("norm", scale=False)
)


@refuse("weights_of_a_layer_that_has_none", [NOBODYS, "layers/flatten/vars/0"])
def _(path: Path) -> None:
    def edit(config: dict) -> None:
        entry = archive.layer_named(config, "score")
        entry["class_name"] = "Flatten"
        kept = ("name", "trainable", "dtype")
        entry["config"] = {key: entry["config"][key] for key in kept}
        entry["config"]["data_format"] = "channels_last"

    archive.edit_config(path, edit)
    archive.edit_weights(path, lambda weights: weights.move("layers/dense_1", "layers/flatten"))


def replace(path: Path, dataset: str, array: np.ndarray, **options) -> None:
    def edit(weights: h5py.File) -> None:
        del weights[dataset]
        weights.create_dataset(dataset, data=array, **options)

    archive.edit_weights(path, edit)


@refuse("weights_misshapen", ["score", "kernel"])
def _(path: Path) -> None:
    replace(path, "layers/dense_1/vars/0", np.zeros((5, 4), "float32"))


@refuse("weights_transposed", ["score", "kernel"])
def _(path: Path) -> None:
    replace(path, "layers/dense_1/vars/0", np.zeros((3, 5), "float32"))


@refuse("weights_of_other_rank", ["hidden", "bias"])
def _(path: Path) -> None:
    replace(path, "layers/dense/vars/1", np.zeros((5, 1), "float32"))


@refuse("weights_of_strings", ["hidden"])
def _(path: Path) -> None:
    replace(path, "layers/dense/vars/1", np.array([b"a", b"b", b"c", b"d", b"e"]))


@refuse("weights_lzf", ["lzf"])
def _(path: Path) -> None:
    replace(path, "layers/dense/vars/0", np.ones((4, 5), "float32"), compression="lzf")


@refuse("weights_external_link", ["link"])
def _(path: Path) -> None:
    def edit(weights: h5py.File) -> None:
        del weights["layers/dense/vars/0"]
        weights["layers/dense/vars/0"] = h5py.ExternalLink("other.h5", "/kernel")

    archive.edit_weights(path, edit)


@refuse("weights_as_npz", ["npz"])
def _(path: Path) -> None:
    members = archive.read_members(path)
    del members[archive.WEIGHTS]
    image = io.BytesIO()
    np.savez(image, kernel=np.zeros((4, 5), "float32"))
    archive.write_members(path, members | {"model.weights.npz": image.getvalue()})


@refuse("weights_member_missing", ["model.weights.h5"])
def _(path: Path) -> None:
    members = archive.read_members(path)
    del members[archive.WEIGHTS]
    archive.write_members(path, members)


@refuse("weights_not_hdf5", ["HDF5"])
def _(path: Path) -> None:
    members = archive.read_members(path)
    archive.write_members(path, members | {archive.WEIGHTS: b"weights" * 100})


# The graph and the layers' options


def inbound_tensor(config: dict, name: str) -> dict:
    return archive.layer_named(config, name)["inbound_nodes"][0]["args"][0]["config"]


@refuse("graph_cycle", ["cycle", "hidden"], functional_pair)
def _(path: Path) -> None:
    def edit(config: dict) -> None:
        inbound_tensor(config, "hidden")["keras_history"] = ["score", 0, 0]

    archive.edit_config(path, edit)


@refuse("graph_unknown_layer", ["nowhere"], functional_pair)
def _(path: Path) -> None:
    def edit(config: dict) -> None:
        inbound_tensor(config, "score")["keras_history"] = ["nowhere", 0, 0]

    archive.edit_config(path, edit)


@refuse("graph_unknown_node", ["hidden"], functional_pair)
def _(path: Path) -> None:
    def edit(config: dict) -> None:
        inbound_tensor(config, "score")["keras_history"] = ["hidden", 7, 0]

    archive.edit_config(path, edit)


@refuse("graph_two_layers_of_one_name", ["hidden"], functional_pair)
def _(path: Path) -> None:
    text = archive.read_members(path)[archive.CONFIG].decode().replace('"score"', '"hidden"')
    archive.write_members(path, archive.read_members(path) | {archive.CONFIG: text.encode()})


@refuse("dtype_unknown", ["float12", "hidden"])
def _(path: Path) -> None:
    def edit(config: dict) -> None:
        archive.layer_named(config, "hidden")["config"]["dtype"]["config"]["name"] = "float12"

    archive.edit_config(path, edit)


@refuse("dtype_of_input_unknown", ["complex7"])
def _(path: Path) -> None:
    def edit(config: dict) -> None:
        config["config"]["layers"][0]["config"]["dtype"] = "complex7"

    archive.edit_config(path, edit)


@refuse("activation_unknown", ["wobble", "hidden", "register_custom_activation"])
def _(path: Path) -> None:
    def edit(config: dict) -> None:
        archive.layer_named(config, "hidden")["config"]["activation"] = "wobble"

    archive.edit_config(path, edit)


def config_of_one_layer(name: str, words: list[str], build, shape: tuple, **keys) -> None:
    """A model of the layer `subject`, whose config is changed to what Keras would not build."""

    def edit(path: Path) -> None:
        def change(config: dict) -> None:
            archive.layer_named(config, "subject")["config"].update(keys)

        archive.edit_config(path, change)

    refuse(name, ["subject", *words], lambda: keras.Sequential([keras.Input(shape), build()]))(edit)


def einsum_dense() -> keras.Layer:
    return layers.EinsumDense("abc,cd->abd", (None, 4), bias_axes="d", name="subject")


for name, words, keys in [
    ("equation_no_equation", ["equation 'abc'"], {"equation": "abc"}),
    ("equation_unknown_axis", ["'d'"], {"equation": "abc,cd->abe"}),
    ("equation_axis_twice", ["twice"], {"equation": "aac,cd->acd"}),
    ("equation_of_other_rank", ["rank 4"], {"equation": "abxc,cd->abxd", "output_shape": [3, 1, 4]}),
    ("equation_ellipsis_inside", ["ellipsis"], {"equation": "a...c,cd->a...d"}),
    ("equation_three_operands", ["3 operands"], {"equation": "abc,cd,d->abd"}),
    ("equation_output_shape", ["output_shape", "[4]"], {"output_shape": [4]}),
    ("equation_bias_axis", ["'x'"], {"bias_axes": "x"}),
]:
    config_of_one_layer(f"einsum_{name}", words, einsum_dense, (3, 6), **keys)

config_of_one_layer(
    "group_norm_groups",
    ["4 groups", "6 channels"],
    lambda: layers.GroupNormalization(3, name="subject"),
    (6,),
    groups=4,
)
config_of_one_layer(
    "layer_norm_axis",
    ["axis 3"],
    lambda: layers.LayerNormalization(name="subject"),
    (4, 6),
    axis=[3],
)
config_of_one_layer(
    "layer_norm_axis_twice",
    ["axis", "[-1, 2]"],
    lambda: layers.LayerNormalization(axis=[1, 2], name="subject"),
    (4, 6),
    axis=[2, -1],
)
config_of_one_layer(
    "unit_norm_axis",
    ["axis -4"],
    lambda: layers.UnitNormalization(name="subject"),
    (4, 6),
    axis=-4,
)


def attention_model(layer: keras.Layer) -> keras.Model:
    x = keras.Input((4, 6))
    return keras.Model(x, layer(x, x))


def attention_config(name: str, words: list[str], build, **keys) -> None:
    def edit(path: Path) -> None:
        def change(config: dict) -> None:
            archive.layer_named(config, "subject")["config"].update(keys)

        archive.edit_config(path, change)

    refuse(name, ["subject", *words], lambda: attention_model(build()))(edit)


attention_config(
    "attention_heads_do_not_divide",
    ["3 heads of keys", "4 heads of queries"],
    lambda: layers.GroupQueryAttention(2, 4, 2, name="subject"),
    num_key_value_heads=3,
)
attention_config(
    "attention_heads_not_in_kernel",
    ["query", "kernel"],
    lambda: layers.MultiHeadAttention(2, 3, name="subject"),
    num_heads=3,
)
attention_config(
    "attention_axis_of_batch",
    ["attention_axes", "[0]"],
    lambda: layers.MultiHeadAttention(2, 3, name="subject"),
    attention_axes=[0],
)
attention_config(
    "attention_axis_missing",
    ["attention_axes", "axis 5"],
    lambda: layers.MultiHeadAttention(2, 3, name="subject"),
    attention_axes=[5],
)


# The archive and its JSON


@refuse("zip_truncated", ["zip"])
def _(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@refuse("zip_is_not_one", ["zip"])
def _(path: Path) -> None:
    path.write_text("This file was a model once.\n" * 20)


@refuse("zip_empty_file", ["zip"])
def _(path: Path) -> None:
    path.write_bytes(b"")


@refuse("zip_bzip2", ["metadata.json", "compression method 12"])
def _(path: Path) -> None:
    archive.write_members(path, archive.read_members(path), zipfile.ZIP_BZIP2)


@refuse("json_too_deep", ["config.json"])
def _(path: Path) -> None:
    deep = b"[" * 200_000 + b"]" * 200_000
    members = archive.read_members(path) | {archive.CONFIG: deep}
    archive.write_members(path, members, zipfile.ZIP_DEFLATED)


@refuse("json_broken", ["config.json"])
def _(path: Path) -> None:
    members = archive.read_members(path)
    archive.write_members(path, members | {archive.CONFIG: members[archive.CONFIG][:-40]})


@refuse("json_missing", ["config.json"])
def _(path: Path) -> None:
    members = archive.read_members(path)
    del members[archive.CONFIG]
    archive.write_members(path, members)


@refuse("json_is_no_model", ["config.json"])
def _(path: Path) -> None:
    members = archive.read_members(path)
    archive.write_members(path, members | {archive.CONFIG: json.dumps({"answer": 42}).encode()})


def make(folder: Path, names: list[str]) -> None:
    folder.mkdir(exist_ok=True)
    for name, model in MODELS.items():
        if names and name not in names:
            continue
        keras.utils.clear_session()
        path = folder / f"{name}{model.form}"
        (model.save or truth.saved)(model.build(), path)
        if model.edit:
            model.edit(path)


def expected_words() -> dict:
    return {name: expected(name, model) for name, model in MODELS.items()}


def expected(name: str, model: Model) -> list[str] | dict:
    if model.form == ".keras":
        return model.words
    weights = {"weights": f"{name}{model.weights}"} if model.weights else {}
    return {"file": f"{name}{model.form}", **weights, "words": model.words}
