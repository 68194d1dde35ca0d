"""Forms of the file itself: what users' tools make of the zip archive and of the HDF5 weights.

Keras reads each of these; the outputs are those of the model it loads from the changed file, so
where weights were rounded (float16) the truth has the rounded ones.
"""

import io
import zipfile
from functools import partial
from pathlib import Path

import h5py
import keras
import numpy as np
from keras import layers

import archive
from registry import edited


def small_cnn() -> keras.Model:
    return keras.Sequential(
        [
            keras.Input((6, 6, 3)),
            layers.Conv2D(5, 3, activation="relu", name="conv"),
            layers.BatchNormalization(name="norm"),
            layers.GlobalAveragePooling2D(name="pool"),
            layers.Dense(4, name="dense"),
        ]
    )


def many_layers() -> keras.Model:
    """So many that a group of the old kind needs several symbol-table nodes, and one of the new
    kind a fractal heap."""
    x = keras.Input((4,))
    y = x
    for i in range(14):
        y = layers.Dense(4, "tanh", name=f"layer_{i}")(y)
    return keras.Model(x, y)


# The zip archive


def deflate(path: Path) -> None:
    archive.write_members(path, archive.read_members(path), zipfile.ZIP_DEFLATED)


def reverse_members(path: Path) -> None:
    members = archive.read_members(path)
    archive.write_members(path, dict(reversed(members.items())))


def add_other_members(path: Path) -> None:
    """A folder entry and files that are none of a model's."""
    others = {"assets/": b"", "notes.txt": b"trained on Tuesday", "__MACOSX/._config.json": b"\0"}
    archive.write_members(path, others | archive.read_members(path))


def add_comment(path: Path) -> None:
    with zipfile.ZipFile(path, "a") as file:
        file.comment = b"A long comment moves the record that readers look for. " * 40


class _Unseekable(io.RawIOBase):
    """Makes zipfile write sizes behind each member instead of before it."""

    def __init__(self):
        self.written = bytearray()

    def writable(self):
        return True

    def write(self, data):
        self.written += data
        return len(data)


def stream(path: Path, method: int) -> None:
    target = _Unseekable()
    with zipfile.ZipFile(target, "w", method) as file:
        for name, content in archive.read_members(path).items():
            file.writestr(name, content)
    path.write_bytes(target.written)


def prepend_bytes(path: Path) -> None:
    """As a self-extracting archive has: offsets count from behind the prefix."""
    path.write_bytes(b"#!/bin/false\n" + path.read_bytes())


for name, edit in {
    "deflate": deflate,
    "members_reversed": reverse_members,
    "other_members": add_other_members,
    "comment": add_comment,
    "streamed": partial(stream, method=zipfile.ZIP_STORED),
    "streamed_deflate": partial(stream, method=zipfile.ZIP_DEFLATED),
    "prefix": prepend_bytes,
}.items():
    edited(f"zip_{name}", edit, small_cnn)


# The HDF5 weights


def overhanging_chunks(array: np.ndarray) -> tuple[int, ...]:
    """Two chunks along most axes, of which the second sticks out over the edge."""
    return tuple(2 * extent // 3 + 1 for extent in array.shape)


def chunked(group: h5py.Group, name: str, array: np.ndarray, **options) -> None:
    group.create_dataset(name, data=array, chunks=overhanging_chunks(array), **options)


def one_chunk(group: h5py.Group, name: str, array: np.ndarray, **options) -> None:
    group.create_dataset(name, data=array, chunks=array.shape, **options)


def resizable(group: h5py.Group, name: str, array: np.ndarray, free_axes: int) -> None:
    """An unlimited extent changes how libhdf5 indexes the chunks."""
    limits = tuple(None if axis < free_axes else n for axis, n in enumerate(array.shape))
    group.create_dataset(name, data=array, chunks=overhanging_chunks(array), maxshape=limits)


def compact(group: h5py.Group, name: str, array: np.ndarray) -> None:
    """The data inside the object header; only the low-level interface of h5py makes such ones."""
    properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    properties.set_layout(h5py.h5d.COMPACT)
    dataset = h5py.h5d.create(
        group.id,
        name.encode(),
        h5py.h5t.py_create(array.dtype),
        h5py.h5s.create_simple(array.shape),
        properties,
    )
    dataset.write(h5py.h5s.ALL, h5py.h5s.ALL, np.ascontiguousarray(array))


def stored_as(dtype: str):
    def create(group: h5py.Group, name: str, array: np.ndarray) -> None:
        group.create_dataset(name, data=array.astype(dtype))

    return create


ZIPPED = {"compression": "gzip", "shuffle": True}
LATEST = {"libver": "latest"}

for name, create, file_options in [
    ("chunked", chunked, {}),
    ("chunked_gzip", partial(chunked, compression="gzip"), {}),
    ("chunked_gzip_shuffle", partial(chunked, **ZIPPED), {}),
    ("one_chunk_gzip_shuffle", partial(one_chunk, **ZIPPED), {}),
    ("resizable", partial(resizable, free_axes=1), {}),
    ("compact", compact, {}),
    ("float16", stored_as("float16"), {}),
    ("float64", stored_as("float64"), {}),
    ("big_endian", stored_as(">f4"), {}),
    ("latest", archive.contiguous, LATEST),
    ("latest_compact", compact, LATEST),
    ("latest_one_chunk", one_chunk, LATEST),
    ("latest_one_chunk_gzip", partial(one_chunk, **ZIPPED), LATEST),
    ("latest_chunked", chunked, LATEST),
    ("latest_chunked_gzip_shuffle", partial(chunked, **ZIPPED), LATEST),
    ("latest_resizable", partial(resizable, free_axes=1), LATEST),
    ("latest_resizable_all", partial(resizable, free_axes=9), LATEST),
    ("v108", archive.contiguous, {"libver": ("v108", "v108")}),
    ("userblock", archive.contiguous, {"userblock_size": 512}),
    ("tracked_order", archive.contiguous, {"track_order": True}),
]:
    edit = partial(archive.rewrite_weights, create=create, **file_options)
    edited(f"h5_{name}", edit, small_cnn)

edited("h5_many_layers", lambda path: None, many_layers)
edited(
    "h5_latest_many_layers",
    partial(archive.rewrite_weights, create=archive.contiguous, **LATEST),
    many_layers,
)
