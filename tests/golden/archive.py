"""Changes to a saved .keras file: its zip members, its config.json, its HDF5 weights."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np

CONFIG = "config.json"
WEIGHTS = "model.weights.h5"


def read_members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write_members(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> None:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def deflate(path: Path) -> None:
    """Packs the archive again with compressed members, as people do; Keras stores them."""
    write_members(path, read_members(path), zipfile.ZIP_DEFLATED)


def edit_config(path: Path, edit: Callable[[dict], None]) -> None:
    members = read_members(path)
    config = json.loads(members[CONFIG])
    edit(config)
    members[CONFIG] = json.dumps(config).encode()
    write_members(path, members)


def edit_weights(path: Path, edit: Callable[[h5py.File], None]) -> None:
    """Edits the weights in place: `edit` may delete and create datasets."""
    members = read_members(path)
    image = io.BytesIO(members[WEIGHTS])
    with h5py.File(image, "r+") as weights:
        edit(weights)
    members[WEIGHTS] = image.getvalue()
    write_members(path, members)


def rewrite_weights(path: Path, create: Callable, **file_options) -> None:
    """Writes the weights anew: `create(group, name, array)` makes each dataset."""
    members = read_members(path)
    image = io.BytesIO()
    with (
        h5py.File(io.BytesIO(members[WEIGHTS])) as old,
        h5py.File(image, "w", **file_options) as new,
    ):
        copy_group(old, new, create)
    members[WEIGHTS] = image.getvalue()
    write_members(path, members)


def copy_group(old: h5py.Group, new: h5py.Group, create: Callable) -> None:
    for key, value in old.attrs.items():
        new.attrs[key] = value
    for name, item in old.items():
        if isinstance(item, h5py.Group):
            copy_group(item, new.create_group(name), create)
        else:
            create(new, name, item[()])


def contiguous(group: h5py.Group, name: str, array: np.ndarray) -> None:
    group.create_dataset(name, data=array)


def layer_named(config: dict, name: str) -> dict:
    """The entry of a layer in the config.json of a Sequential or Functional model."""
    for layer in config["config"]["layers"]:
        if layer["config"]["name"] == name:
            return layer
    raise KeyError(f"no layer {name}")
