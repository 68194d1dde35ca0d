"""Attention layers with every option and mask, and the networks that are made of them."""

import keras
from keras import layers

from registry import graph

# Words are drawn from 0 to 3, so that a mask of the zeros has holes everywhere.
MASKED = {"integers": (0, 4)}
STEPS = ((3,), (6,))
HALF = {"rtol": 3e-3, "atol": 3e-3, "why": "float16 rounds at other places"}


def sequences(*shapes: tuple) -> list:
    return [keras.Input(shape) for shape in shapes]


def masked(steps, width: int = 4):
    """A sequence of words, and its vectors with the mask of the zeros."""
    words = keras.Input((steps,), dtype="int32")
    return words, layers.Embedding(5, width, mask_zero=True)(words)


def shown(x):
    """Makes the Keras mask of a sequence visible: attention on it leaves out its steps."""
    return layers.Attention()([x, x])


# Attention and AdditiveAttention


def dense_attention(name: str, build, *shapes: tuple, sizes=((), ()), call=None, **options):
    @graph(f"attention_{name}", sizes=sizes, **options)
    def _():
        inputs = sequences(*shapes)
        return keras.Model(inputs, build()(list(inputs), **(call or {})))


A = layers.Attention
AA = layers.AdditiveAttention
dense_attention("dot", A, (3, 4), (5, 4))
dense_attention("dot_key", A, (3, 4), (5, 6), (5, 4))
dense_attention("dot_scale", lambda: A(use_scale=True), (3, 4), (5, 4))
dense_attention("dot_rank4", A, (2, 3, 4), (2, 5, 4))
dense_attention("dot_causal", A, (3, 4), (5, 4), call={"use_causal_mask": True})
dense_attention("dot_causal_long", A, (5, 4), (3, 4), call={"use_causal_mask": True})
dense_attention("dot_scores", A, (3, 4), (5, 4), call={"return_attention_scores": True})
dense_attention("dot_dropout", lambda: A(dropout=0.3), (3, 4), (5, 4))
dense_attention("dot_none", A, (None, 4), (None, 4), sizes=((2, 3), (5, 1)))
dense_attention(
    "dot_causal_none",
    A,
    (None, 4),
    (None, 4),
    sizes=((2, 3), (5, 4)),
    call={"use_causal_mask": True},
)
dense_attention("dot_mixed_float16", lambda: A(dtype="mixed_float16"), (3, 4), (5, 4), **HALF)
dense_attention("concat", lambda: A(score_mode="concat"), (3, 4), (5, 4))
dense_attention("concat_scale", lambda: A(True, "concat"), (3, 4), (5, 4), (5, 4))
dense_attention("concat_none", lambda: A(True, "concat"), (None, 4), (None, 4), sizes=((2, 3), (5, 1)))
dense_attention("additive", AA, (3, 4), (5, 4))
dense_attention("additive_key", AA, (3, 4), (5, 6), (5, 4))
dense_attention("additive_no_scale", lambda: AA(use_scale=False), (3, 4), (5, 4))
dense_attention(
    "additive_causal_scores",
    AA,
    (3, 4),
    (5, 4),
    call={"use_causal_mask": True, "return_attention_scores": True},
)
dense_attention("additive_none", AA, (None, 4), (None, 4), sizes=((2, 3), (5, 1)))


def dense_attention_masked(name: str, build, **call):
    @graph(f"attention_{name}", **MASKED)
    def _():
        words, query = masked(4)
        others, value = masked(6)
        return keras.Model([words, others], shown(build()([query, value], **call)))


dense_attention_masked("dot_keras_masks", A)
dense_attention_masked("dot_keras_masks_causal", A, use_causal_mask=True)
dense_attention_masked("additive_keras_masks", AA)


@graph("attention_mask_arguments")
def _():
    query, value = sequences((3, 4), (5, 4))
    query_mask = keras.Input((3,), dtype="bool")
    value_mask = keras.Input((5,), dtype="bool")
    both = A()([query, value], mask=[query_mask, value_mask])
    of_value = A()([query, value], mask=[None, value_mask])
    of_query = A()([query, value], mask=[query_mask, None])
    return keras.Model([query, value, query_mask, value_mask], [both, of_value, of_query])


@graph("attention_mask_arguments_of_one_tensor")
def _():
    x = keras.Input((4, 3))
    masks = [keras.Input((4,), dtype="bool"), keras.Input((4,), dtype="bool")]
    return keras.Model([x, *masks], A()([x, x], mask=masks))


# MultiHeadAttention


def heads(name: str, options: dict, *shapes: tuple, sizes=((), ()), call=None, **rest):
    @graph(f"heads_{name}", sizes=sizes, **rest)
    def _():
        inputs = sequences(*shapes)
        layer = layers.MultiHeadAttention(**({"num_heads": 2, "key_dim": 3} | options))
        arguments = inputs if len(inputs) > 1 else [inputs[0], inputs[0]]
        return keras.Model(inputs, layer(*arguments, **(call or {})))


heads("self", {}, (4, 6))
heads("cross", {}, (4, 6), (5, 3))
heads("cross_key", {}, (4, 6), (5, 3), (5, 7))
heads("one", {"num_heads": 1}, (4, 6))
heads("three", {"num_heads": 3, "key_dim": 1}, (4, 6))
heads("value_dim", {"value_dim": 5}, (4, 6))
heads("output_shape", {"output_shape": 7}, (4, 6))
heads("output_shape_two_axes", {"output_shape": (2, 3)}, (4, 6))
heads("no_bias", {"use_bias": False}, (4, 6))
heads("gate", {"use_gate": True, "value_dim": 4}, (4, 6), (5, 6))
heads("gate_no_bias", {"use_gate": True, "use_bias": False}, (4, 6))
heads("dropout", {"dropout": 0.2}, (4, 6))
heads("flash", {"flash_attention": False}, (4, 6))
heads("scores", {}, (4, 6), (5, 6), call={"return_attention_scores": True})
heads("causal", {}, (4, 6), call={"use_causal_mask": True})
heads("causal_cross", {}, (4, 6), (6, 6), call={"use_causal_mask": True})
heads("causal_dropout", {"dropout": 0.2}, (4, 6), call={"use_causal_mask": True})
heads(
    "causal_scores", {}, (4, 6), call={"use_causal_mask": True, "return_attention_scores": True}
)
heads("window", {"sliding_window": 2}, (6, 4))
heads("window_causal", {"sliding_window": 2}, (6, 4), call={"use_causal_mask": True})
heads("window_cross", {"sliding_window": 1}, (6, 4), (3, 4))
heads("none", {}, (None, 6), sizes=STEPS)
heads("none_cross", {}, (None, 6), (None, 3), sizes=((2, 5), (6, 1)))
heads("none_causal", {}, (None, 6), sizes=STEPS, call={"use_causal_mask": True})
heads("none_window", {"sliding_window": 2}, (None, 6), sizes=STEPS)
heads("rank4", {}, (2, 3, 4))
heads("rank4_axes_both", {"attention_axes": (1, 2)}, (2, 3, 4), (3, 2, 4))
heads("rank4_axes_swapped", {"attention_axes": (2, 1)}, (2, 3, 4))
heads("rank4_axis_1", {"attention_axes": 1}, (4, 3, 5))
heads("rank4_axis_2", {"attention_axes": (2,)}, (3, 4, 5))
heads("rank4_axis_minus_2", {"attention_axes": (-2,)}, (3, 4, 5))
heads("rank4_scores", {}, (2, 3, 4), call={"return_attention_scores": True})
heads("rank4_causal", {"attention_axes": (2,)}, (3, 3, 5), call={"use_causal_mask": True})
heads("rank4_none", {"attention_axes": (2,)}, (None, None, 4), sizes=((2, 3), (3, 1)))
heads("rank5_axes", {"attention_axes": (1, 3)}, (2, 3, 2, 4))
heads("mixed_float16", {"dtype": "mixed_float16"}, (4, 6), **HALF)


def heads_masked(name: str, options: dict, build_call):
    @graph(f"heads_{name}", **MASKED)
    def _():
        words, query = masked(4)
        others, value = masked(6)
        layer = layers.MultiHeadAttention(2, 3, **options)
        outputs = build_call(layer, query, value)
        first = outputs[0] if isinstance(outputs, (list, tuple)) else outputs
        return keras.Model([words, others], [keras.tree.flatten(outputs), shown(first)])


heads_masked("keras_masks", {}, lambda mha, q, v: mha(q, v))
heads_masked("keras_masks_self", {}, lambda mha, q, v: mha(q, q))
heads_masked("keras_masks_key", {}, lambda mha, q, v: mha(q, v, v))
heads_masked("keras_masks_keywords", {}, lambda mha, q, v: mha(query=q, value=v, key=v))
heads_masked("keras_masks_causal", {}, lambda mha, q, v: mha(q, v, use_causal_mask=True))
heads_masked("keras_masks_dropout", {"dropout": 0.1}, lambda mha, q, v: mha(q, v))
heads_masked("keras_masks_window", {"sliding_window": 3}, lambda mha, q, v: mha(q, v))
heads_masked(
    "keras_masks_scores", {}, lambda mha, q, v: mha(q, v, return_attention_scores=True)
)


def heads_with_mask(name: str, mask_shape: tuple, options=None, shape=(4, 6), dtype="bool", **call):
    @graph(f"heads_{name}")
    def _():
        x = keras.Input(shape)
        mask = keras.Input(mask_shape, dtype=dtype)
        layer = layers.MultiHeadAttention(2, 3, **(options or {}))
        return keras.Model([x, mask], layer(x, x, attention_mask=mask, **call))


heads_with_mask("attention_mask", (4, 4))
heads_with_mask("attention_mask_int32", (4, 4), dtype="int32")
heads_with_mask("attention_mask_of_keys", (1, 4))
heads_with_mask("attention_mask_per_head", (2, 4, 4))
heads_with_mask("attention_mask_causal", (4, 4), use_causal_mask=True)
heads_with_mask("attention_mask_dropout", (4, 4), {"dropout": 0.1}, use_causal_mask=True)
heads_with_mask("attention_mask_scores", (4, 4), return_attention_scores=True)
heads_with_mask("attention_mask_two_axes", (2, 3, 2, 3), shape=(2, 3, 4))


@graph("heads_mask_arguments")
def _():
    """An explicit query_mask does nothing, other masks do."""
    query, value = sequences((4, 6), (5, 6))
    query_mask = keras.Input((4,), dtype="bool")
    value_mask = keras.Input((5,), dtype="bool")
    key_mask = keras.Input((5,), dtype="bool")
    layer = layers.MultiHeadAttention(2, 3)
    outputs = [
        layer(query, value, query_mask=query_mask),
        layer(query, value, value_mask=value_mask),
        layer(query, value, value_mask=value_mask, key_mask=key_mask),
    ]
    return keras.Model([query, value, query_mask, value_mask, key_mask], outputs)


# GroupQueryAttention


def groups(name: str, options: dict, *shapes: tuple, sizes=((), ()), call=None, **rest):
    @graph(f"groups_{name}", sizes=sizes, **rest)
    def _():
        inputs = sequences(*shapes)
        defaults = {"head_dim": 3, "num_query_heads": 4, "num_key_value_heads": 2}
        layer = layers.GroupQueryAttention(**(defaults | options))
        arguments = inputs if len(inputs) > 1 else [inputs[0], inputs[0]]
        return keras.Model(inputs, layer(*arguments, **(call or {})))


groups("self", {}, (4, 6))
groups("cross", {}, (4, 6), (5, 6))
groups("cross_key", {}, (4, 6), (5, 6), (5, 6))
groups("one_key_head", {"num_key_value_heads": 1}, (4, 6))
groups("as_many_key_heads", {"num_key_value_heads": 4}, (4, 6))
groups("no_bias", {"use_bias": False}, (4, 6))
groups("gate", {"use_gate": True}, (4, 6))
groups("dropout", {"dropout": 0.2}, (4, 6))
groups("scores", {}, (4, 6), (5, 6), call={"return_attention_scores": True})
groups("causal", {}, (4, 6), call={"use_causal_mask": True})
groups("causal_dropout", {"dropout": 0.2}, (4, 6), call={"use_causal_mask": True})
groups("window_causal", {"sliding_window": 2}, (6, 4), call={"use_causal_mask": True})
groups("none", {}, (None, 6), sizes=STEPS)
groups("none_causal", {}, (None, 6), sizes=STEPS, call={"use_causal_mask": True})
groups("mixed_float16", {"dtype": "mixed_float16"}, (4, 6), **HALF)


@graph("groups_keras_masks", **MASKED)
def _():
    words, query = masked(4)
    others, value = masked(6)
    outputs = [
        layers.GroupQueryAttention(3, 4, 2)(query, value),
        layers.GroupQueryAttention(3, 4, 2, dropout=0.1)(query, value, use_causal_mask=True),
    ]
    return keras.Model([words, others], [*outputs, shown(outputs[0])])


@graph("groups_mask_arguments")
def _():
    query, value = sequences((4, 6), (5, 6))
    query_mask = keras.Input((4,), dtype="bool")
    value_mask = keras.Input((5,), dtype="bool")
    attention_mask = keras.Input((4, 5), dtype="bool")
    layer = layers.GroupQueryAttention(3, 4, 2)
    outputs = [
        layer(query, value, query_mask=query_mask, value_mask=value_mask),
        layer(query, value, attention_mask=attention_mask),
        layer(query, value, attention_mask=attention_mask, use_causal_mask=True),
    ]
    return keras.Model([query, value, query_mask, value_mask, attention_mask], outputs)


# Networks


def encoder_block(x, num_heads: int, key_dim: int, hidden: int):
    y = layers.LayerNormalization(epsilon=1e-6)(x)
    y = layers.MultiHeadAttention(num_heads, key_dim, dropout=0.1)(y, y)
    x = layers.Add()([x, layers.Dropout(0.1)(y)])
    y = layers.LayerNormalization(epsilon=1e-6)(x)
    y = layers.Dense(hidden, activation="gelu")(y)
    return layers.Add()([x, layers.Dense(x.shape[-1])(y)])


@graph("transformer_encoder", sizes=STEPS, integers=(1, 9))
def _():
    words = keras.Input((None,), dtype="int32")
    x = layers.Embedding(9, 8)(words)
    x = encoder_block(encoder_block(x, 2, 4, 12), 2, 4, 12)
    x = layers.LayerNormalization()(x)
    return keras.Model(words, layers.Dense(3, activation="softmax")(x))


@graph("transformer_encoder_masked", sizes=STEPS, integers=(0, 5))
def _():
    """Post-normalised; the mask goes through every layer of the block."""
    words = keras.Input((None,), dtype="int32")
    x = layers.Embedding(5, 8, mask_zero=True)(words)
    y = layers.MultiHeadAttention(2, 4)(x, x)
    x = layers.LayerNormalization()(x + y)
    y = layers.Dense(8)(layers.Dense(12, activation="relu")(x))
    return keras.Model(words, layers.LayerNormalization()(x + y))


@graph("vision_transformer")
def _():
    image = keras.Input((8, 8, 3))
    x = layers.Conv2D(6, 4, 4)(image)
    x = layers.Reshape((4, 6))(x)
    x = encoder_block(x, 2, 3, 10)
    x = layers.Flatten()(layers.LayerNormalization(epsilon=1e-6)(x))
    return keras.Model(image, layers.Dense(5)(x))


@graph("causal_language_model", sizes=STEPS, integers=(0, 9))
def _():
    words = keras.Input((None,), dtype="int32")
    table = layers.ReversibleEmbedding(9, 8)
    x = table(words)
    y = layers.RMSNormalization()(x)
    y = layers.GroupQueryAttention(4, 4, 2, use_bias=False)(y, y, use_causal_mask=True)
    x = layers.Add()([x, y])
    y = layers.RMSNormalization()(x)
    y = layers.Multiply()([layers.Dense(12, activation="silu")(y), layers.Dense(12)(y)])
    x = layers.Add()([x, layers.Dense(8)(y)])
    return keras.Model(words, table(layers.RMSNormalization()(x), reverse=True))


@graph("encoder_decoder", sizes=((3, 4), (5, 2)), integers=(1, 9))
def _():
    source = keras.Input((None,), dtype="int32")
    target = keras.Input((None,), dtype="int32")
    table = layers.Embedding(9, 8)
    memory = encoder_block(table(source), 2, 4, 12)
    x = table(target)
    x = layers.Add()([x, layers.MultiHeadAttention(2, 4)(x, x, use_causal_mask=True)])
    x = layers.Add()([x, layers.MultiHeadAttention(2, 4)(x, memory)])
    return keras.Model([source, target], layers.Dense(9, activation="softmax")(x))
