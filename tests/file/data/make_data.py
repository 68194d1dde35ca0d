"""Makes the HDF5, npz and zip files of the readers' tests, and beside them, in JSON, what h5py and
numpy read from them.

Run with h5py 3.14 and numpy 2: python make_data.py
"""

import json
import pathlib
import zipfile
import zlib

import h5py
import numpy as np

HERE = pathlib.Path(__file__).parent
DTYPES = ["f4", "f2", "f8", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8"]


def values(shape, dtype, seed):
    """Small numbers that every dtype holds exactly."""
    count = int(np.prod(shape))
    return ((np.arange(count) * 7 + seed) % 101).astype(dtype).reshape(shape)


def low_level_dataset(group, name, data, layout=None, alloc_time=None, chunks=None):
    plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    if layout is not None:
        plist.set_layout(layout)
    if alloc_time is not None:
        plist.set_alloc_time(alloc_time)
    if chunks is not None:
        plist.set_chunk(chunks)
    space = h5py.h5s.create_simple(data.shape)
    kind = h5py.h5t.py_create(data.dtype)
    dataset = h5py.h5d.create(group.id, name.encode(), kind, space, dcpl=plist)
    dataset.write(h5py.h5s.ALL, h5py.h5s.ALL, np.ascontiguousarray(data))


def add_plain_datasets(file):
    group = file.create_group("plain")
    for seed, dtype in enumerate(DTYPES):
        group["little_" + dtype] = values((3, 5), "<" + dtype, seed)
        group["big_" + dtype] = values((2, 3), ">" + dtype, seed)
    group["bool"] = np.array([True, False, True])
    group["opaque"] = np.array([b"\x80\x3f", b"\x00\x40"], dtype="V2")
    group["scalar"] = np.float32(2.5)
    group["scalar_int"] = np.int64(-3)
    group["empty"] = np.zeros((0, 3), "f4")
    group.create_dataset("unwritten", (2, 3), "f4")
    group.create_dataset("unwritten_fill", (2, 3), "i4", fillvalue=-7)
    low_level_dataset(group, "compact", values((2, 3), "i4", 1), layout=h5py.h5d.COMPACT)
    group["infinities"] = np.array([np.inf, -np.inf, np.nan, -0.0], "f4")


def add_strings(file):
    group = file.create_group("strings")
    texts = ["", "dense", "größe", "a" * 300]
    group.create_dataset("variable", data=texts, dtype=h5py.string_dtype())
    group.create_dataset("variable_2d", data=np.array([["a", "b"], ["c", "d"]], object),
                         dtype=h5py.string_dtype())
    group.create_dataset("fixed", data=np.array([b"a", b"bcd", b""], dtype="S3"))
    group["fixed_utf8"] = np.array(["ä".encode(), b"b"], h5py.string_dtype("utf-8", 4))
    group.create_dataset("scalar", data="one string", dtype=h5py.string_dtype())
    group.create_dataset("none", shape=(0,), dtype=h5py.string_dtype())
    group.create_dataset("many", data=["string %d " % i * 5 for i in range(200)],
                         dtype=h5py.string_dtype())
    group.create_dataset("chunked", data=texts * 3, dtype=h5py.string_dtype(), chunks=(5,),
                         compression="gzip")
    space_padded = h5py.h5t.C_S1.copy()
    space_padded.set_size(6)
    space_padded.set_strpad(h5py.h5t.STR_SPACEPAD)
    dataset = h5py.h5d.create(group.id, b"space_padded", space_padded,
                              h5py.h5s.create_simple((2,)))
    dataset.write(h5py.h5s.ALL, h5py.h5s.ALL, np.array([b"ab    ", b"c d   "], "S6"),
                  mtype=space_padded)


def add_attributes(file):
    group = file.create_group("attributes")
    group.attrs["text"] = "größe"
    group.attrs["bytes"] = b"from bytes"
    group.attrs["fixed"] = np.bytes_(b"fixed")
    group.attrs["empty_text"] = ""
    group.attrs["names"] = ["layer_%d" % i for i in range(40)]
    group.attrs["fixed_names"] = np.array([b"kernel:0", b"bias:0"])
    group.attrs["no_names"] = []
    group.attrs["null"] = h5py.Empty("S1")
    group.attrs["matrix"] = np.array([["a", "b"], ["c", "d"]], object)
    group.attrs["number"] = 5
    file.attrs["keras_version"] = "3.15.1"
    file["plain/little_f4"].attrs["dtype"] = "bfloat16"


def add_chunked(file):
    group = file.create_group("chunked")

    def add(name, data, **options):
        group.create_dataset(name, data=data, **options)

    add("plain", values((6, 4), "f4", 0), chunks=(2, 2))
    add("edges", values((7, 5), "f4", 1), chunks=(3, 2))
    add("gzip", values((20, 30), "f4", 2), chunks=(8, 8), compression="gzip")
    add("shuffle", values((20, 30), "i8", 3), chunks=(7, 11), compression="gzip", shuffle=True)
    add("shuffle_only", values((9, 9), "i4", 4), chunks=(4, 4), shuffle=True)
    add("fletcher", values((9, 9), "i4", 5), chunks=(4, 4), fletcher32=True)
    add("fletcher_odd", values((7,), "u1", 5), chunks=(7,), fletcher32=True)
    add("all", values((9, 9, 5), "f8", 6), chunks=(4, 4, 2), compression="gzip", shuffle=True,
        fletcher32=True)
    add("big_endian", values((9, 9), ">f4", 7), chunks=(4, 4), compression="gzip", shuffle=True)
    add("zeros", np.zeros((100, 1000), "f4"), chunks=(100, 1000), compression="gzip")
    add("larger_chunk", values((3, 3), "f4", 8), chunks=(8, 8), maxshape=(10, 10))
    add("one_dim", values((100,), "u1", 9), chunks=(16,), maxshape=(None,))
    add("empty", np.zeros((0, 4), "f4"), chunks=(2, 2), maxshape=(None, 4))
    holes = group.create_dataset("holes", (10, 10), "i2", chunks=(3, 3), fillvalue=11)
    holes[4:5, 7:8] = 5
    many = group.create_dataset("many", (20, 20), "u1", chunks=(1, 2), maxshape=(None, 20))
    many[...] = values((20, 20), "u1", 10)
    shrunk = group.create_dataset("shrunk", (10, 10), "i4", chunks=(2, 3), maxshape=(10, 10))
    shrunk[...] = values((10, 10), "i4", 11)
    shrunk.resize((5, 7))


def add_chunk_indexes(file):
    """The indexes that only the latest format has, at sizes that reach each of their parts."""
    group = file.create_group("indexes")
    options = {"compression": "gzip", "shuffle": True}
    for name, filters in (("plain", {}), ("gzip", options)):
        def add(kind, shape, chunks, maxshape=None, dtype="u1"):
            group.create_dataset(f"{kind}_{name}", data=values(shape, dtype, len(kind)),
                                 chunks=chunks, maxshape=maxshape, **filters)
        add("single", (4, 5), (4, 5), dtype="f4")
        add("fixed_array", (9, 9), (2, 2))
        add("fixed_array_larger_maximum", (9, 9), (2, 2), (20, 30))
        add("extensible_array", (300,), (2,), (None,))
        add("extensible_array_second_axis", (5, 40), (2, 3), (6, None))
        add("tree", (6, 9), (2, 2), (None, None))
    group.create_dataset("fixed_array_paged", data=values((2500,), "u1", 1), chunks=(1,))
    sparse = group.create_dataset("fixed_array_paged_sparse", (5000,), "u1", chunks=(1,),
                                  compression="gzip")
    sparse[4000:4010] = values((10,), "u1", 2)
    # Element 131060 and beyond lie in super blocks whose data blocks have pages.
    sparse = group.create_dataset("extensible_array_paged", (140000,), "u1", chunks=(1,),
                                  maxshape=(None,))
    sparse[139000:139003] = values((3,), "u1", 3)
    sparse[131200:131203] = values((3,), "u1", 4)
    group.create_dataset("tree_deep", data=values((50, 40), "u1", 5), chunks=(2, 2),
                         maxshape=(None, None))
    low_level_dataset(group, "implicit", values((9, 7), "f4", 6), layout=h5py.h5d.CHUNKED,
                      alloc_time=h5py.h5d.ALLOC_TIME_EARLY, chunks=(2, 3))


def add_many_names(file):
    one = file.create_dataset("one", data=np.float32(1))
    for count in (20, 300, 600):
        group = file.create_group(f"group_{count}")
        for i in range(count):
            group[f"a_rather_long_name_of_a_layer_{i}"] = one
    group = file.create_group("attributes")
    for i in range(100):
        group.attrs[f"attribute_{i}"] = f"value {i}"
    group.attrs["long"] = "x" * 70000


def add_huge_attributes(file):
    """Attributes that are too large for an object header or a heap block, and ordered links."""
    group = file.create_group("links")
    for i in range(20):
        group[f"link_{20 - i}"] = np.float32(i)
    group = file.create_group("attributes")
    for i in range(2):
        group.attrs[f"huge_{i}"] = np.bytes_(b"%d" % i * 66000)
    for i in range(20):
        group.attrs[f"attribute_{i}"] = np.bytes_(b"%d" % i)


def add_refused(file):
    file["target"] = values((3,), "f4", 0)
    file["soft"] = h5py.SoftLink("/target")
    file["outer"] = h5py.ExternalLink("other.h5", "/target")
    file.create_dataset("storage", (4,), "f4", external=[("/etc/passwd", 0, 16)])
    layout = h5py.VirtualLayout((3,), "f4")
    layout[:] = h5py.VirtualSource(".", "target", (3,))
    file.create_virtual_dataset("virtual", layout)
    file.create_dataset("lzf", data=values((30,), "f4", 1), chunks=(10,), compression="lzf")
    file.create_dataset("scaleoffset", data=values((30,), "i4", 1), chunks=(10,), scaleoffset=4)
    file["compound"] = np.zeros(2, np.dtype([("a", "f4"), ("b", "i4")]))
    array_type = h5py.h5t.array_create(h5py.h5t.NATIVE_FLOAT, (3,))
    h5py.h5d.create(file.id, b"array", array_type, h5py.h5s.create_simple((2,)))
    file.create_dataset("sequences", (2,), h5py.vlen_dtype(np.int32))
    file.create_dataset("reference", data=file["target"].ref, dtype=h5py.ref_dtype)
    file.create_dataset("colours", data=[0, 1],
                        dtype=h5py.enum_dtype({"RED": 0, "GREEN": 1}, basetype="i1"))
    file["committed_type"] = np.dtype("f4")
    file.create_dataset("committed", (2,), file["committed_type"])
    file["null"] = h5py.Empty("f4")
    file.create_dataset("wide_float", data=np.zeros(2, np.longdouble))
    file.create_dataset("not_written", (1000, 1000), "f4")
    file.create_dataset("chunks_not_written", (1000, 1000), "f4", chunks=(10, 10),
                        compression="gzip")


def add_everything(file):
    add_plain_datasets(file)
    add_strings(file)
    add_attributes(file)
    add_chunked(file)


def add_small(file):
    """Few bytes but many structures: for truncation and bit flips."""
    group = file.create_group("layers/dense/vars")
    group.attrs["name"] = "dense"
    group["0"] = values((2, 3), "f4", 0)
    group.create_dataset("1", data=values((5,), "f4", 1), chunks=(2,), compression="gzip",
                         maxshape=(None,))
    group.create_dataset("names", data=["a", "bc"], dtype=h5py.string_dtype())


FILES = {
    "earliest": ({"libver": "earliest"}, add_everything),
    "v108": ({"libver": ("v108", "v108")}, add_everything),
    "latest": ({"libver": "latest"}, add_everything),
    "chunk_indexes": ({"libver": "latest"}, add_chunk_indexes),
    "many_earliest": ({"libver": "earliest"}, add_many_names),
    "many_latest": ({"libver": "latest"}, add_many_names),
    "tracked_order": ({"libver": "latest", "track_order": True}, add_huge_attributes),
    "user_block": ({"userblock_size": 1024}, add_small),
    "small_earliest": ({"libver": "earliest"}, add_small),
    "small_latest": ({"libver": "latest"}, add_small),
    "refused_earliest": ({"libver": "earliest"}, add_refused),
    "refused_latest": ({"libver": "latest"}, add_refused),
}


def text_of(value):
    return value.decode() if isinstance(value, bytes) else str(value)


def describe_strings(value):
    """The strings themselves, or a checksum of many or long ones."""
    strings = [text_of(v) for v in np.asarray(value, object).ravel()]
    joined = "\n".join(strings)
    if len(joined) <= 1000:
        return strings
    return {"count": len(strings), "crc32": zlib.crc32(joined.encode())}


def describe_dataset(dataset):
    entry = {"shape": list(dataset.shape)}
    data = dataset[()]
    if h5py.check_string_dtype(dataset.dtype) is not None:
        entry["strings"] = describe_strings(data)
        return entry
    data = np.asarray(data)
    little = data.astype(data.dtype.newbyteorder("<")).tobytes()
    entry["dtype"] = "opaque" if data.dtype.kind == "V" else data.dtype.name
    entry["size"] = len(little)
    entry["crc32"] = zlib.crc32(little)
    if len(little) <= 64:
        entry["hex"] = little.hex()
    return entry


def describe_attributes(item):
    entry = {}
    for name, value in item.attrs.items():
        if isinstance(value, h5py.Empty) or np.asarray(value).size == 0:
            entry[name] = []
        elif np.asarray(value).dtype.kind in "OSU":
            entry[name] = describe_strings(value)
    return entry


def describe(file):
    entries = {}

    def visit(name, item):
        if isinstance(item, h5py.Dataset):
            entry = describe_dataset(item)
        else:
            entry = {"names": describe_strings(sorted(item.keys()))}
        entry["attributes"] = describe_attributes(item)
        entries["/" + name] = entry

    visit("", file)
    file.visititems(visit)
    return entries


def make_arrays():
    arrays = {}
    for seed, dtype in enumerate(DTYPES):
        arrays["little_" + dtype] = values((2, 3), "<" + dtype, seed)
        arrays["big_" + dtype] = values((3, 2), ">" + dtype, seed)
    arrays["bool"] = np.array([True, False, True])
    arrays["scalar"] = np.float32(2.5)
    arrays["one_dim"] = values((5,), "f4", 1)
    arrays["empty"] = np.zeros((0, 3), "f8")
    arrays["fortran"] = np.asfortranarray(values((2, 3, 4), "i4", 2))
    arrays["big_fortran"] = np.asfortranarray(values((3, 4), ">f8", 3))
    arrays["größe"] = values((1, 1, 1, 2), "u1", 4)
    np.savez(HERE / "arrays.npz", **arrays)
    np.savez_compressed(HERE / "arrays_compressed.npz", **arrays)
    for version in (1, 2, 3):
        with open(HERE / f"version_{version}.npy", "wb") as out:
            np.lib.format.write_array(out, values((2, 3), "<f4", version), (version, 0))
    np.save(HERE / "strings_unicode.npy", np.array(["a"]))
    np.save(HERE / "strings_bytes.npy", np.array([b"a"]))
    refused = {
        "objects": np.array([None, 1]),
        "structured": np.zeros(1, [("a", "f4")]),
        "complex": np.zeros(1, "c8"),
        "dates": np.zeros(1, "M8[s]"),
        "spans": np.zeros(1, "m8[s]"),
        "void": np.zeros(1, "V3"),
    }
    for name, array in refused.items():
        np.save(HERE / f"refused_{name}.npy", array)
    expected = {}
    for name, array in arrays.items():
        array = np.asarray(array)
        little = array.astype(array.dtype.newbyteorder("<"), order="C")
        expected[name] = {"shape": list(array.shape), "dtype": array.dtype.name,
                          "hex": little.tobytes().hex()}
    write_json("expected_arrays.json", expected)


class Unseekable:
    """What zipfile cannot seek back in, it ends with data descriptors."""

    def __init__(self, file):
        self.file = file

    def write(self, data):
        return self.file.write(data)

    def flush(self):
        self.file.flush()


def make_zips():
    def add(archive, **options):
        for name, content in (("a.txt", b"first"), ("folder/b.txt", b"second" * 100), ("c", b"")):
            info = zipfile.ZipInfo(name)
            info.compress_type = archive.compression
            with archive.open(info, "w", **options) as member:
                member.write(content)

    with zipfile.ZipFile(HERE / "stored.zip", "w") as archive:
        add(archive)
    with zipfile.ZipFile(HERE / "deflated.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.comment = b"a comment"
        add(archive)
    with zipfile.ZipFile(HERE / "zip64.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        add(archive, force_zip64=True)
    with open(HERE / "streamed.zip", "wb") as out:
        with zipfile.ZipFile(Unseekable(out), "w", zipfile.ZIP_DEFLATED) as archive:
            add(archive)
    with zipfile.ZipFile(HERE / "bzip2.zip", "w", zipfile.ZIP_BZIP2) as archive:
        add(archive)


def write_json(name, value):
    with open(HERE / name, "w", encoding="utf-8") as out:
        json.dump(value, out, ensure_ascii=False)
        out.write("\n")


def main():
    make_arrays()
    make_zips()
    expected = {}
    for name, (options, build) in FILES.items():
        path = HERE / f"{name}.h5"
        with h5py.File(path, "w", **options) as file:
            build(file)
        if build is add_refused:
            continue
        with h5py.File(path, "r") as file:
            expected[name] = describe(file)
    write_json("expected.json", expected)


if __name__ == "__main__":
    main()
