"""Changes to a whole model in HDF5, as Keras 1 and 2 save it and Keras 3 still can."""

import json
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np

LIMIT = 64512  # bytes of an attribute that Keras writes in one piece


def read_config(path: Path) -> dict:
    with h5py.File(path) as file:
        return json.loads(file.attrs["model_config"])


def edit_config(path: Path, edit: Callable[[dict], None]) -> None:
    with h5py.File(path, "r+") as file:
        config = json.loads(file.attrs["model_config"])
        edit(config)
        file.attrs["model_config"] = json.dumps(config)


def set_version(path: Path, version: str | None, backend: str = "tensorflow") -> None:
    """Also says which backend wrote the file; None is what Keras 1 wrote: nothing."""
    with h5py.File(path, "r+") as file:
        for group in (file, file["model_weights"]):
            group.attrs.pop("keras_version", None)
            group.attrs["backend"] = backend.encode()
            if version is not None:
                group.attrs["keras_version"] = version.encode()


def weights_of(path: Path) -> dict[str, dict[str, np.ndarray]]:
    """The variables of each layer by their names, both in the order of the file."""
    with h5py.File(path) as file:
        group = file["model_weights"]
        return {
            layer: {name: group[layer][name][()] for name in text(group[layer], "weight_names")}
            for layer in text(group, "layer_names")
        }


def text(group: h5py.Group, name: str) -> list[str]:
    return [n.decode() if isinstance(n, bytes) else n for n in group.attrs[name]]


def write_weights(
    path: Path,
    weights: dict[str, dict[str, np.ndarray]],
    root: str | None = "model_weights",
    limit: int = LIMIT,
    **options,
) -> None:
    """Writes the weights anew, at the root of the file where `root` is None."""
    with h5py.File(path, "r+" if root else "w") as file:
        attributes = {}
        if root:
            attributes = dict(file[root].attrs)
            del file[root]
        group = file.create_group(root) if root else file
        for key in ("backend", "keras_version"):
            if key in attributes:
                group.attrs[key] = attributes[key]
        write_names(group, "layer_names", list(weights), limit)
        for layer, variables in weights.items():
            inner = group.create_group(layer)
            write_names(inner, "weight_names", list(variables), limit)
            for name, array in variables.items():
                write_array(inner, name, array, options)


def write_array(group: h5py.Group, name: str, array: np.ndarray, options: dict) -> None:
    plain = {} if array.ndim == 0 else options
    if array.dtype.name == "bfloat16":
        data = group.create_dataset(name, data=array.view(np.void), **plain)
        data.attrs["dtype"] = "bfloat16"
    else:
        group.create_dataset(name, data=array, **plain)


def write_names(group: h5py.Group, attribute: str, names: list[str], limit: int) -> None:
    encoded = [name.encode() for name in names]
    pieces = 1
    while any(np.asarray(p).nbytes > limit for p in np.array_split(np.asarray(encoded), pieces)):
        pieces += 1
    if pieces == 1:
        group.attrs[attribute] = encoded
        return
    for number, piece in enumerate(np.array_split(np.asarray(encoded), pieces)):
        group.attrs[f"{attribute}{number}"] = piece


def edit_weights(path: Path, edit: Callable[[dict], dict | None], **options) -> None:
    """Edits the variables of all layers: `edit` changes the dict of dicts or returns another."""
    weights = weights_of(path)
    write_weights(path, edit(weights) or weights, **options)


def converted(path: Path, dtype, **options) -> None:
    def edit(weights):
        return {
            layer: {name: array.astype(dtype) for name, array in variables.items()}
            for layer, variables in weights.items()
        }

    edit_weights(path, edit, **options)
