"""Strings and lookups: StringLookup, IntegerLookup, TextVectorization, Hashing, HashedCrossing."""

import keras
import numpy as np
from registry import fan, graph, stack
from registry import lazy as L

WORDS = ("red", "green", "blue", "", "rouge", "Grün", "red ", "[UNK]", "ein längeres Wort", "日本")
VOCABULARY = ["red", "green", "blue", "Grün", "日本"]
MODES = ("int", "one_hot", "multi_hot", "count")


LOOKUPS = [L.StringLookup(vocabulary=VOCABULARY, output_mode=mode) for mode in MODES]


def strings(name, shape, *layers, words=WORDS, **options):
    fan(name, shape, *layers, dtype="string", words=words, **options)


def string_stack(name, shape, *layers, words=WORDS, **options):
    stack(name, shape, *layers, dtype="string", words=words, **options)


def adapted(layer, data):
    layer.adapt(data)
    return layer


for name, options in {
    "plain": {},
    "mask": {"mask_token": ""},
    "oov": {"num_oov_indices": 3},
    "oov_mask": {"num_oov_indices": 4, "mask_token": "blue!"},
    "salt": {"num_oov_indices": 5, "salt": 7},
    "salts": {"num_oov_indices": 5, "salt": [3, -4]},
    "padded": {"max_tokens": 9, "pad_to_max_tokens": True},
}.items():
    strings(
        f"string_lookup_{name}",
        (4,),
        *(L.StringLookup(vocabulary=VOCABULARY, output_mode=mode, **options) for mode in MODES),
    )
for name, shape in {"column": (1,), "rank3": (2, 3), "scalars": ()}.items():
    strings(f"string_lookup_{name}", shape, *LOOKUPS)
strings("string_lookup_none", (None,), *LOOKUPS, sizes=((3,), (5,)))
strings(
    "string_lookup_no_oov",
    (3,),
    L.StringLookup(vocabulary=VOCABULARY, num_oov_indices=0),
    words=tuple(VOCABULARY),
)
strings(
    "string_lookup_special",
    (6,),
    L.StringLookup(vocabulary=["", "[UNK]", *VOCABULARY], mask_token=""),
)
strings(
    "string_lookup_tf_idf",
    (6,),
    L.StringLookup(
        vocabulary=VOCABULARY, output_mode="tf_idf", idf_weights=[0.5, 1.5, 0.25, 2.0, 0.75]
    ),
)
strings(
    "string_lookup_tf_idf_padded",
    (6,),
    L.StringLookup(
        vocabulary=VOCABULARY,
        output_mode="tf_idf",
        idf_weights=[0.5, 1.5, 0.25, 2.0, 0.75],
        num_oov_indices=2,
        max_tokens=10,
        pad_to_max_tokens=True,
    ),
)
strings("string_lookup_array", (4,), L.StringLookup(vocabulary=np.array(["red", "blue"])))
string_stack(
    "string_lookup_embedding",
    (4,),
    L.StringLookup(vocabulary=VOCABULARY),
    L.Embedding(6, 3),
    L.GlobalAveragePooling1D(),
)
for name, options in {
    "plain": {},
    "mask": {"mask_token": ""},
    "oov": {"num_oov_indices": 2, "oov_token": "?"},
}.items():
    for dtype in ("int32", "int64"):
        stack(
            f"string_lookup_invert_{name}_{dtype}",
            (5,),
            L.StringLookup(vocabulary=VOCABULARY, invert=True, **options),
            dtype=dtype,
        )
    stack(
        f"integer_lookup_invert_{name}",
        (5,),
        L.IntegerLookup(
            vocabulary=[3, -7, 40],
            invert=True,
            mask_token=0 if "mask_token" in options else None,
            num_oov_indices=options.get("num_oov_indices", 1),
        ),
        dtype="int64",
    )
string_stack(
    "string_lookup_there_and_back",
    (4,),
    L.StringLookup(vocabulary=VOCABULARY, mask_token=""),
    L.StringLookup(vocabulary=VOCABULARY, mask_token="", invert=True),
)


@graph("string_lookup_adapted", words=WORDS)
def _():
    layer = adapted(keras.layers.StringLookup(), np.array([["b", "red", "red"], ["blue", "a", ""]]))
    x = keras.Input((5,), dtype="string")
    return keras.Model(x, layer(x))


@graph("string_lookup_adapted_mask", words=WORDS)
def _():
    data = np.array([["b", "red", "red"], ["blue", "a\x0bc", "Grün"]])
    layer = adapted(keras.layers.StringLookup(mask_token="", num_oov_indices=2), data)
    x = keras.Input((5,), dtype="string")
    return keras.Model(x, layer(x))


@graph("string_lookup_adapted_tf_idf", words=WORDS)
def _():
    data = np.array([["b", "red", "red"], ["blue", "a", "red"]])
    layer = adapted(keras.layers.StringLookup(output_mode="tf_idf"), data)
    x = keras.Input((5,), dtype="string")
    return keras.Model(x, layer(x))


@graph("string_inputs", words=WORDS)
def _():
    """Strings through layers that only move them, and out of the model."""
    x = keras.Input((4,), dtype="string")
    y = keras.Input((4,), dtype="int64")
    words = keras.layers.StringLookup(vocabulary=VOCABULARY, invert=True)(y)
    numbers = keras.layers.StringLookup(vocabulary=VOCABULARY)(x)
    return keras.Model([x, y], [words, numbers])


NUMBERS = [5, 7, -3, 0, 8]
for name, options in {
    "plain": {},
    "mask": {"mask_token": 4},
    "oov": {"num_oov_indices": 3},
    "farmhash": {"num_oov_indices": 4, "oov_method": "farmhash"},
    "salt": {"num_oov_indices": 4, "oov_method": "farmhash", "salt": [1, 2]},
    "padded": {"max_tokens": 9, "pad_to_max_tokens": True},
}.items():
    fan(
        f"integer_lookup_{name}",
        (6,),
        *(L.IntegerLookup(vocabulary=NUMBERS, output_mode=mode, **options) for mode in MODES),
        dtype="int64",
    )
stack("integer_lookup_int32", (6,), L.IntegerLookup(vocabulary=NUMBERS), dtype="int32")
stack("integer_lookup_float", (6,), L.IntegerLookup(vocabulary=NUMBERS), spread=5)
stack(
    "integer_lookup_tf_idf",
    (6,),
    L.IntegerLookup(
        vocabulary=NUMBERS, output_mode="tf_idf", idf_weights=[0.5, 1.5, 0.25, 2.0, 0.75]
    ),
    dtype="int64",
)


@graph("integer_lookup_adapted")
def _():
    data = np.array([[3, 3, 5], [-2, 5, 5]])
    layer = adapted(keras.layers.IntegerLookup(mask_token=0), data)
    x = keras.Input((6,), dtype="int64")
    return keras.Model(x, layer(x))


# TextVectorization

TEXTS = (
    "Red, GREEN! blue",
    "  red\tgreen\n",
    "",
    "...",
    "the red-green 日本 ÄRGER; [UNK]",
    "a\x0bb\x0cc\rd\x1ce",
    "green blue red green blue red green blue",
    "Grün 日本",
)
TOKENS = ["red", "green", "blue", "red green", "日本", "r", "e", " ", "Red", "blue red green"]
IDF = [0.5, 1.5, 0.25, 2.0, 0.75, 0.3, 0.4, 0.6, 0.7, 0.8]

VECTORIZERS = [
    L.TextVectorization(vocabulary=TOKENS, **options)
    for options in (
        {"output_sequence_length": 6},
        {"output_sequence_length": 2},
        {"output_sequence_length": 9, "ngrams": 2},
        {"output_sequence_length": 9, "ngrams": (2, 3)},
        {"output_sequence_length": 12, "split": "character"},
        {"output_sequence_length": 12, "split": "character", "ngrams": 2},
        {"output_sequence_length": 5, "standardize": None},
        {"output_sequence_length": 5, "standardize": "lower"},
        {"output_sequence_length": 5, "standardize": "strip_punctuation"},
        {"output_mode": "count"},
        {"output_mode": "count", "ngrams": 3},
        {"output_mode": "count", "split": "character"},
        {"output_mode": "multi_hot"},
        {"output_mode": "multi_hot", "max_tokens": 15, "pad_to_max_tokens": True},
        {"output_mode": "tf_idf", "idf_weights": IDF},
    )
]
strings("text_vectorization", (1,), *VECTORIZERS, words=TEXTS, sizes=((),) * 6)
strings("text_vectorization_scalars", (), *VECTORIZERS, words=TEXTS)
strings(
    "text_vectorization_whole",
    (4,),
    *(
        L.TextVectorization(vocabulary=TOKENS, split=None, **options)
        for options in (
            {},
            {"ngrams": 2},
            {"ngrams": 2, "output_sequence_length": 9},
            {"output_sequence_length": 2},
            {"output_mode": "count", "ngrams": 2},
            {"output_mode": "multi_hot"},
        )
    ),
    words=("red", "Green!", "blue", "", "日本", "other"),
)
string_stack(
    "text_vectorization_classifier",
    (1,),
    L.TextVectorization(vocabulary=TOKENS, output_sequence_length=8),
    L.Embedding(12, 4, mask_zero=False),
    L.GlobalAveragePooling1D(),
    L.Dense(2),
    words=TEXTS,
)


@graph("text_vectorization_adapted", words=TEXTS)
def _():
    layer = keras.layers.TextVectorization(output_sequence_length=7, max_tokens=6)
    layer.adapt(np.array(TEXTS))
    x = keras.Input((1,), dtype="string")
    return keras.Model(x, layer(x))


@graph("text_vectorization_adapted_tf_idf", words=TEXTS)
def _():
    layer = keras.layers.TextVectorization(output_mode="tf_idf")
    layer.adapt(np.array(TEXTS[:5]))
    x = keras.Input((1,), dtype="string")
    return keras.Model(x, layer(x))


# Hashes

LENGTHS = (0, 1, 3, 4, 7, 8, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 127, 128, 129, 200, 300)
BYTES = tuple("".join(chr(97 + (7 * i + n) % 26) for i in range(n)) for n in LENGTHS)
HASHES = [
    L.Hashing(2000000),
    L.Hashing(2000000, salt=133),
    L.Hashing(2000000, salt=[133, 137]),
    L.Hashing(7, dtype="int32"),
    *(L.Hashing(7, output_mode=mode) for mode in MODES[1:]),
]
strings("hashing", (21,), *HASHES, words=BYTES, sizes=((),) * 3)
fan("hashing_int", (6,), *HASHES, dtype="int64")
strings("hashing_mask", (6,), L.Hashing(5, mask_value="red"))
stack("hashing_int_mask", (9,), L.Hashing(5, mask_value=-3), dtype="int32")
stack("hashing_one_bin", (6,), L.Hashing(1, mask_value=3), dtype="int32")
stack("hashing_one_hot_column", (1,), L.Hashing(5, output_mode="one_hot"), dtype="int32")
stack("hashing_uint8", (6,), L.Hashing(50), dtype="uint8")


def crossing(name, dtypes, shape=(1,), bins=5000, **options):
    @graph(f"hashed_crossing_{name}", words=WORDS + BYTES)
    def _():
        inputs = [keras.Input(shape, dtype=dtype) for dtype in dtypes]
        return keras.Model(inputs, keras.layers.HashedCrossing(bins, **options)(inputs))


crossing("strings", ("string", "string"))
crossing("integers", ("int32", "int64"))
crossing("mixed", ("string", "int32"))
crossing("scalars", ("string", "int64"), ())
crossing("one_hot", ("string", "int64"), bins=6, output_mode="one_hot")
crossing("int32", ("string", "int64"), dtype="int32")
