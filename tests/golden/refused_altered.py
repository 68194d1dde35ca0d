"""Small models whose files a hand has altered: what Keras would not write."""

import json
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np

import archive
from refused import refuse
from registry import built
from registry import built

IMAGE = (4, 6, 3)
F, I, B, S = (4, "float32"), (4, "int32"), (4, "bool"), (1, "string")
PICTURE = (*IMAGE, "float32")
TABLE = (3, 4, "float32")


def altered(
    name: str,
    words: list[str],
    inputs: tuple,
    function: Callable,
    alter: Callable | None = None,
    of: str | None = None,
    whole: Callable | None = None,
    form: str = ".json",
    **changes,
) -> None:
    """A model of `function` of inputs. The last layer or operation in its file, or that of class
    `of`, gets `changes` in its config (None leaves a key out); `alter` edits the arguments of its
    call, and `whole` all of the model. The text of to_json() is enough where nothing is weighed."""

    def build() -> keras.Model:
        tensors = [keras.Input(shape[:-1], dtype=shape[-1]) for shape in inputs]
        result = built(function)(*tensors)
        return keras.Model(tensors, result[0] if isinstance(result, (tuple, list)) else result)

    def edit(model: dict) -> None:
        layers = [e for e in model["config"]["layers"] if of or e["class_name"] != "InputLayer"]
        entry = next(e for e in reversed(layers) if of in (None, e["class_name"]))
        entry["config"].update(changes)
        if alter:
            alter(entry["inbound_nodes"][0])
        if whole:
            whole(model)

    def edit_text(path: Path) -> None:
        model = json.loads(path.read_text())
        edit(model)
        path.write_text(json.dumps(model))

    save = None if form == ".keras" else lambda model, path: path.write_text(model.to_json())
    in_file = edit_text if save else lambda path: archive.edit_config(path, edit)
    refuse(name, words, build, form=form, save=save)(in_file)


def keyword(**values):
    """An edit that passes `values` by keyword."""
    return lambda node: node["kwargs"].update(values)


def positional(place: int, value):
    return lambda node: node["args"].__setitem__(place, value)


def no_arguments(node: dict) -> None:
    node["args"], node["kwargs"] = [], {}


def first_only(node: dict) -> None:
    node["args"], node["kwargs"] = node["args"][:1], {}


def key(class_name: str, **config) -> dict:
    return {"class_name": class_name, "config": config}


def array(value, dtype: str = "float32") -> dict:
    return key("__numpy__", value=value, dtype=dtype)


def tensor(name: str = "input_layer", shape: tuple = (4,), dtype: str = "float32") -> dict:
    """Another tensor in the place of an argument; what it says of its shape is not believed."""
    return key("__keras_tensor__", shape=[None, *shape], dtype=dtype, keras_history=[name, 0, 0])


def ones(*shape: int) -> np.ndarray:
    return np.ones(shape, "float32")


def kernel(*shape: int):
    return positional(1, array(np.ones(shape).tolist()))
