"""Preprocessing layers that must be refused, each with the words that the message must contain."""

from pathlib import Path

import archive
import keras
from keras import layers
from refused import refuse


def on_strings(layer):
    def build() -> keras.Model:
        x = keras.Input((1,), dtype="string")
        return keras.Model(x, layer()(x))

    return build


def on_numbers(layer, shape=(4, 5, 3)):
    def build() -> keras.Model:
        x = keras.Input(shape)
        return keras.Model(x, layer()(x))

    return build


def lookup():
    return layers.StringLookup(vocabulary=["red", "green"], name="words")


def vectorizer(**options):
    return lambda: layers.TextVectorization(vocabulary=["a", "b"], name="texts", **options)


def with_key(key: str, value):
    """Sets a key of the last layer."""

    def edit(path) -> None:
        archive.edit_config(
            path, lambda config: config["config"]["layers"][-1]["config"].update({key: value})
        )

    return edit


refuse("vocabulary_path", ["words", "vocabulary", "/etc/hostname", "never opened"], on_strings(lookup))(
    with_key("vocabulary", "/etc/hostname")
)
refuse("vocabulary_url", ["words", "https://example.com", "never opened"], on_strings(lookup))(
    with_key("vocabulary", "https://example.com/vocabulary.txt")
)
refuse("vocabulary_missing", ["words", "vocabulary", "adapt"], on_strings(lookup))(
    with_key("vocabulary", None)
)
refuse("vocabulary_repeated", ["words", "green", "twice"], on_strings(lookup))(
    with_key("vocabulary", ["red", "green", "green"])
)
refuse("vocabulary_of_numbers", ["words", "vocabulary"], on_strings(lookup))(
    with_key("vocabulary", [1, 2])
)
refuse("vocabulary_empty", ["words", "empty"], on_strings(lookup))(with_key("vocabulary", []))
refuse("vocabulary_above_max_tokens", ["words", "max_tokens"], on_strings(lookup))(
    with_key("max_tokens", 2)
)
refuse("lookup_mode", ["words", "output_mode", "ordinal"], on_strings(lookup))(
    with_key("output_mode", "ordinal")
)
refuse("lookup_sparse", ["words", "sparse"], on_strings(lookup))(with_key("sparse", True))
refuse("lookup_salt", ["words", "salt"], on_strings(lookup))(with_key("salt", [1, 2, 3]))
refuse("text_without_length", ["texts", "output_sequence_length"], on_strings(vectorizer()))()
refuse(
    "text_ragged",
    ["texts", "ragged"],
    on_strings(vectorizer(output_sequence_length=3)),
)(with_key("ragged", True))
refuse("text_one_hot", ["texts", "one_hot"], on_strings(vectorizer(output_mode="count")))(
    with_key("output_mode", "one_hot")
)
refuse("text_standardize", ["texts", "standardize"], on_strings(vectorizer(output_mode="count")))(
    with_key("standardize", "upper")
)
refuse("text_split_function", ["texts", "split"], on_strings(vectorizer(output_mode="count")))(
    with_key("split", {"class_name": "function", "config": "my_split"})
)
refuse(
    "strings_into_dense",
    ["string"],
    on_strings(lambda: layers.StringLookup(vocabulary=["a"], name="words")),
)(
    lambda path: archive.edit_config(
        path,
        lambda config: config["config"]["layers"][-1].update(
            class_name="Rescaling", config={"name": "words", "scale": 2.0}
        ),
    )
)
refuse("resizing_area", ["area", "interpolation"], on_numbers(lambda: layers.Resizing(2, 2)))(
    with_key("interpolation", "area")
)
refuse("resizing_reflect", ["reflect", "fill_mode"], on_numbers(lambda: layers.Resizing(2, 2)))(
    with_key("fill_mode", "reflect")
)
refuse(
    "discretization_not_adapted",
    ["bin_boundaries", "adapt"],
    on_numbers(lambda: layers.Discretization([0.0, 1.0]), (4,)),
)(with_key("bin_boundaries", None))
refuse(
    "discretization_descending",
    ["bin_boundaries", "ascending"],
    on_numbers(lambda: layers.Discretization([0.0, 1.0]), (4,)),
)(with_key("bin_boundaries", [1.0, 0.0]))
refuse(
    "category_encoding_huge",
    ["categories"],
    on_numbers(lambda: layers.CategoryEncoding(6), (4,)),
)(with_key("num_tokens", 2000000000))
refuse(
    "normalization_ragged",
    ["mean", "ragged"],
    on_numbers(lambda: layers.Normalization(mean=[1.0, 2, 3], variance=[1.0, 1, 1])),
)(with_key("mean", [1.0, [2.0], 3.0]))
refuse("mel_spectrogram_huge", ["fft_length"], on_numbers(lambda: layers.MelSpectrogram(fft_length=8), (40,)))(
    with_key("fft_length", 1 << 30)
)


def misspell_vocabulary(path: Path) -> None:
    members = archive.read_members(path)
    name = next(name for name in members if name.endswith("vocabulary.txt"))
    members[name] = b"7\nseven\n"
    archive.write_members(path, members)


def adapted_lookup() -> keras.Model:
    layer = layers.IntegerLookup(name="numbers")
    layer.adapt([7, 8])
    return keras.Sequential([keras.Input((1,), dtype="int64"), layer])


refuse(
    "vocabulary_of_words_for_integers", ["the line 'seven' of vocabulary.txt is no integer"],
    adapted_lookup,
)(misspell_vocabulary)
