"""Embedding and ReversibleEmbedding, with every dtype of input and in both directions."""

import keras
from keras import layers

from registry import graph, stack
from registry import lazy as L

WORDS = {"dtype": "int32", "integers": (0, 7)}
HALF = {"rtol": 2e-3, "atol": 2e-3, "why": "float16 rounds at other places"}

stack("embedding", (5,), L.Embedding(7, 3), **WORDS)
stack("embedding_rank1", (), L.Embedding(7, 3), **WORDS)
stack("embedding_rank3", (2, 4), L.Embedding(7, 3), **WORDS)
stack("embedding_one_wide", (4,), L.Embedding(7, 1), **WORDS)
stack("embedding_none", (None,), L.Embedding(7, 3), sizes=((2,), (9,)), **WORDS)
stack("embedding_from_the_end", (5,), L.Embedding(7, 3), dtype="int32", integers=(-7, 7))
stack("embedding_uint8", (5,), L.Embedding(256, 2), dtype="uint8")
stack("embedding_int64", (5,), L.Embedding(7, 3), dtype="int64", integers=(0, 7))
stack("embedding_int16", (5,), L.Embedding(7, 3), dtype="int16", integers=(0, 7))
stack("embedding_mixed_float16", (5,), L.Embedding(7, 3, dtype="mixed_float16"), **WORDS, **HALF)
stack("embedding_classifier", (6,), L.Embedding(7, 4), L.Flatten(), L.Dense(2), **WORDS)


@graph("embedding_float_input")
def _():
    """Numbers are cut off towards zero, and the mask is of the numbers before that."""
    x = keras.Input((6,))
    scaled = layers.Rescaling(0.8, 2.9)(layers.Activation("hard_tanh")(x))
    return keras.Model(x, layers.Embedding(5, 3)(scaled))


@graph("embedding_float_input_beyond_float16")
def _():
    x = keras.Input((4,))
    large = layers.Rescaling(0.4, 2050.5)(layers.Activation("hard_tanh")(x))
    return keras.Model(x, layers.Embedding(2053, 1, dtype="mixed_float16")(large))


@graph("embedding_shared", integers=(0, 7))
def _():
    a = keras.Input((3,), dtype="int32")
    b = keras.Input((4,), dtype="int32")
    table = layers.Embedding(7, 2)
    return keras.Model([a, b], [table(a), table(b)])


@graph("embedding_of_wide_and_deep", integers=(0, 5))
def _():
    user = keras.Input((1,), dtype="int32")
    item = keras.Input((1,), dtype="int32")
    columns = [layers.Flatten()(layers.Embedding(5, 3)(x)) for x in (user, item)]
    x = layers.Dense(4, activation="relu")(layers.Concatenate()(columns))
    return keras.Model([user, item], layers.Dense(1, activation="sigmoid")(x))


RE = L.ReversibleEmbedding

stack("reversible_embedding", (5,), RE(7, 3), **WORDS)
stack("reversible_embedding_untied", (5,), RE(7, 3, tie_weights=False), **WORDS)


def there_and_back(name: str, steps=5, sizes=((), ()), **options):
    @graph(name, sizes=sizes, integers=(0, 7))
    def _():
        words = keras.Input((steps,), dtype="int32")
        table = layers.ReversibleEmbedding(7, 4, **options)
        x = layers.Dense(4, activation="tanh")(table(words))
        return keras.Model(words, table(x, reverse=True))


there_and_back("reversible_embedding_reverse")
there_and_back("reversible_embedding_reverse_none", None, sizes=((2,), (5,)))
there_and_back("reversible_embedding_reverse_untied", tie_weights=False)
there_and_back("reversible_embedding_soft_cap", logit_soft_cap=0.5)
there_and_back("reversible_embedding_reverse_float32", reverse_dtype="float32")


def half_there_and_back(name: str, policy: str, **options):
    @graph(name, integers=(0, 7), **HALF)
    def _():
        words = keras.Input((5,), dtype="int32")
        table = layers.ReversibleEmbedding(7, 4, dtype=policy, **options)
        x = layers.Dense(4, activation="tanh", dtype=policy)(table(words))
        return keras.Model(words, table(x, reverse=True))


half_there_and_back("reversible_embedding_mixed_float16", "mixed_float16")
half_there_and_back("reversible_embedding_float16", "float16")
half_there_and_back("reversible_embedding_to_float16", "mixed_float16", reverse_dtype="float16")
half_there_and_back("reversible_embedding_to_float32", "float16", reverse_dtype="float32")
