"""Models of other forms than .keras that must be refused."""

import json
from functools import partial
from pathlib import Path

import h5py
import numpy as np
import tensorflow as tf
import tf_keras
from tf_keras import layers

import cases_legacy
import cases_multi_gpu
import legacy_h5
from refused import refuse

Input, Model, Sequential = tf_keras.Input, tf_keras.Model, tf_keras.Sequential
h5 = partial(refuse, form=".h5")


def pair():
    x = Input((4,), name="x")
    y = layers.Dense(4, "relu", name="hidden")(x)
    return Model(x, layers.Dense(4, name="score")(y), name="pair")


def nested():
    x = Input((4,), name="x")
    return Model(x, layers.Dense(4, name="score")(cases_legacy.encoder(4, "body")(x)))


def with_layer(layer, shape: tuple = (4,), **options):
    def build():
        tf_keras.backend.clear_session()
        x = Input(shape, **options)
        return Model(x, layer(x))

    return build


# HDF5: weights


@h5("whole_h5_without_config", ["model_config", "weights only"], pair)
def _(path: Path) -> None:
    with h5py.File(path, "r+") as file:
        del file.attrs["model_config"]


@h5("whole_h5_without_weights", ["model_weights", "layer_names"], pair)
def _(path: Path) -> None:
    with h5py.File(path, "r+") as file:
        del file["model_weights"]


def drop_bias(weights) -> None:
    del weights["score"]["score/bias:0"]


def drop_layer(weights) -> None:
    del weights["score"]


def add_variable(weights) -> None:
    weights["score"]["score/second_bias:0"] = np.zeros(4, "float32")


def add_layer(weights) -> None:
    weights["third"] = {"third/kernel:0": np.zeros((4, 4), "float32")}


def misshape(weights) -> None:
    weights["score"]["score/kernel:0"] = np.zeros((4, 5), "float32")


def confuse(weights) -> None:
    weights["body"] = {f"layer/{i}": a for i, a in enumerate(weights["body"].values())}


for name, words, edit, build in [
    ("missing", ["score", "bias"], drop_bias, pair),
    ("of_layer_missing", ["score", "kernel"], drop_layer, pair),
    ("surplus", ["second_bias"], add_variable, pair),
    ("of_surplus_layer", ["third", "3 layers", "2 layers"], add_layer, pair),
    ("misshapen", ["score", "kernel", "(4, 5)"], misshape, pair),
    ("without_names", ["body", "told apart"], confuse, nested),
]:
    h5(f"whole_h5_weights_{name}", words, build)(partial(legacy_h5.edit_weights, edit=edit))


# HDF5: the config


def edit_config(name: str, words: list[str], build=pair):
    def register(edit):
        h5(f"whole_h5_{name}", words, build)(partial(legacy_h5.edit_config, edit=edit))

    return register


def layer_named(config, name: str) -> dict:
    return next(entry for entry in config["config"]["layers"] if entry["name"] == name)


@edit_config("cycle", ["cycle", "hidden"])
def _(config) -> None:
    layer_named(config, "hidden")["inbound_nodes"] = [[["score", 0, 0, {}]]]


@edit_config("dangling", ["nowhere"])
def _(config) -> None:
    layer_named(config, "score")["inbound_nodes"] = [[["nowhere", 0, 0, {}]]]


@edit_config("two_layers_of_one_name", ["hidden"])
def _(config) -> None:
    entry = layer_named(config, "score")
    entry["name"] = entry["config"]["name"] = "hidden"


@edit_config("wrong_node", ["hidden", "call 3"])
def _(config) -> None:
    layer_named(config, "score")["inbound_nodes"] = [[["hidden", 3, 0, {}]]]


@edit_config("wrong_node_of_nested", ["body"], nested)
def _(config) -> None:
    layer_named(config, "score")["inbound_nodes"] = [[["body", 2, 0, {}]]]


@edit_config("wrong_output", ["score"])
def _(config) -> None:
    config["config"]["output_layers"] = [["score", 1, 0]]


@edit_config("node_is_no_reference", ["score", "[layer, node, tensor, kwargs]"])
def _(config) -> None:
    layer_named(config, "score")["inbound_nodes"] = [["hidden"]]


@edit_config("custom_class", ["Doubler", "hidden"])
def _(config) -> None:
    layer_named(config, "hidden")["class_name"] = "Doubler"


@edit_config("custom_class_named_as_ours", ["Custom.Dense", "hidden"])
def _(config) -> None:
    layer_named(config, "hidden")["class_name"] = "Custom>Dense"


@edit_config("subclassed_model", ["Classifier", "holds no graph", "Classifier(inputs, outputs)"])
def _(config) -> None:
    config["class_name"] = "Classifier"
    config["config"] = {"name": "classifier", "trainable": True, "classes": 4}


@edit_config("subclassed_model_inside", ["Encoder", "body"], nested)
def _(config) -> None:
    entry = layer_named(config, "body")
    entry["class_name"], entry["config"] = "Encoder", {"name": "body", "trainable": True}
    layer_named(config, "score")["inbound_nodes"] = [[["body", 0, 0, {}]]]


@edit_config("instance_property", ["InstanceProperty", "hidden"])
def _(config) -> None:
    layer_named(config, "hidden")["class_name"] = "InstanceProperty"


@edit_config("sparse_input", ["sparse", "'x'"])
def _(config) -> None:
    layer_named(config, "x")["config"]["sparse"] = True


@edit_config("ragged_input", ["ragged", "'x'"])
def _(config) -> None:
    layer_named(config, "x")["config"]["ragged"] = True


@edit_config("time_major", ["time_major", "hidden"])
def _(config) -> None:
    layer_named(config, "hidden")["config"]["time_major"] = True


@h5("whole_h5_broken_config", ["model_config"], pair)
def _(path: Path) -> None:
    with h5py.File(path, "r+") as file:
        file.attrs["model_config"] = file.attrs["model_config"][:-30]


h5(
    "whole_h5_lambda",
    ["Lambda", "doubled"],
    with_layer(layers.Lambda(lambda x: 2 * x, name="doubled")),
)()
h5(
    "whole_h5_unknown_tf_function",
    ["tf.math.digamma"],
    with_layer(tf.math.digamma),
)()
h5(
    "whole_h5_tf_parameter",
    ["tf.nn.depth_to_space", "data_format"],
    with_layer(lambda x: tf.nn.depth_to_space(x, 2, data_format="NCHW"), (4, 2, 2)),
)()


# What is nearly the wrapper of multi_gpu_model, and no more than that


def gpu_wrapper(name: str):
    return edit_config(f"multi_gpu_{name}", ["Lambda", "'lambda"], cases_multi_gpu.of_chain)


def slices_of(config) -> list[dict]:
    return [e["config"] for e in config["config"]["layers"] if e["class_name"] == "Lambda"]


@gpu_wrapper("in_another_order")
def _(config) -> None:
    first, second = slices_of(config)
    first["arguments"], second["arguments"] = second["arguments"], first["arguments"]


@gpu_wrapper("of_more_parts")
def _(config) -> None:
    for entry in slices_of(config):
        entry["arguments"]["parts"] = 3


@gpu_wrapper("with_an_argument_more")
def _(config) -> None:
    slices_of(config)[1]["arguments"]["axis"] = 1


@gpu_wrapper("joined_otherwise")
def _(config) -> None:
    config["config"]["layers"][-1]["config"]["axis"] = 1


@gpu_wrapper("joined_in_another_order")
def _(config) -> None:
    config["config"]["layers"][-1]["inbound_nodes"][0].reverse()


# Folders, JSON, weights in other files


def write_saved_model(_, path: Path) -> None:
    path.mkdir(exist_ok=True)
    (path / "saved_model.pb").write_bytes(b"\x08\x01")


def write_npz_folder(model, path: Path) -> None:
    cases_legacy.save_as_folder(model, path)
    (path / "model.weights.h5").rename(path / "model.weights.npz")


def write_notes(_, path: Path) -> None:
    path.mkdir(exist_ok=True)
    (path / "notes.txt").write_text("Nothing here.\n")


refuse("folder_saved_model", ["SavedModel"], pair, form="", save=write_saved_model)()
refuse("folder_with_npz", ["npz"], pair, form="", save=write_npz_folder)()
refuse("folder_of_notes", ["metadata.json"], pair, form="", save=write_notes)()


def json_model(name: str, words: list[str], save_weights=None, weights=None, build=pair):
    save = partial(cases_legacy.save_in_two, save_weights or (lambda *_: None))
    return refuse(f"json_{name}", words, build, form=".json", weights=weights, save=save)


def npz(_, stem: Path) -> None:
    np.savez(f"{stem}.weights.npz", kernel=np.zeros(3))


def notes(_, stem: Path) -> None:
    Path(f"{stem}.weights.txt").write_text("Nothing here.\n")


def empty_h5(_, stem: Path) -> None:
    h5py.File(f"{stem}.h5", "w").close()


json_model("without_weights", ["JSON", "no weights"])()
json_model("weights_npz", ["npz"], npz, ".weights.npz")()
json_model("weights_of_notes", ["a text, neither a model nor weights"], notes, ".weights.txt")()
json_model("weights_of_an_empty_h5", ["layer_names"], empty_h5, ".h5")()
json_model("weights_nowhere", ["cannot read"], None, ".weights.h5")()

shards = partial(
    json_model,
    save_weights=cases_legacy.shards,
    weights=".weights.json",
    build=cases_legacy.keras_3_cnn,
)


@shards("shards_part_missing", ["00001.weights.h5"])
def _(path: Path) -> None:
    Path(str(path).replace(".json", "_00001.weights.h5")).unlink()


@shards("shards_outside", ["../", "beside"])
def _(path: Path) -> None:
    index_path = path.with_suffix(".weights.json")
    index = json.loads(index_path.read_text())
    parts = index["weight_map"]
    index["weight_map"] = {
        key: f"../{value}" if isinstance(value, str) else [f"../{part}" for part in value]
        for key, value in parts.items()
    }
    index_path.write_text(json.dumps(index))


@shards("shards_as_model", ["index"])
def _(path: Path) -> None:
    path.write_text(path.with_suffix(".weights.json").read_text())


# Keras 1


@edit_config("merge_by_a_function", ["a Merge of mode \"lambda\"", "only the modes sum"])
def _(config) -> None:
    entry = layer_named(config, "score")
    entry["class_name"] = "Merge"
    entry["config"] = {"name": "score", "mode": "lambda", "layers": []}


def recurrent():
    x = Input((3, 4), name="x")
    return Model(x, layers.LSTM(2, name="cells")(x), name="lstm")


def alter_gate(reshaped: tuple):
    """An LSTM as Keras 1 stores it, whose second gate has a kernel of another shape."""

    def edit(weights) -> None:
        cases_legacy.gates_apart("ifco", weights)
        kernels = [name for name in weights["cells"] if "_W_" in name]
        weights["cells"][kernels[0 if reshaped == () else 1]] = np.zeros(reshaped, "float32")

    return partial(cases_legacy.as_keras_1, edit_weights=edit)


h5("keras1_gates_of_two_shapes", ["the gates have weights of different shapes"], recurrent)(
    alter_gate((5, 2))
)
h5("keras1_gate_of_no_axes", ["the weight of a gate is a scalar"], recurrent)(alter_gate(()))
