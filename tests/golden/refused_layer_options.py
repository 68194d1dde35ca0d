"""Layers whose options or arguments must be refused: what only a hand writes into a file."""

import json

import keras
import numpy as np
from keras import layers, ops

from refused_altered import (
    B, F, I, PICTURE, S, TABLE, altered, array, key, keyword, no_arguments, positional, tensor,
)  # fmt: skip
import archive
from refused import refuse
from registry import lazy

BOOLEANS = (4, 6, 3, "bool")
WHOLE = (4, 6, 3, "int32")
LONG = (4, 6, 3, "int64")
DEEP = json.loads("[" * 70 + "1" + "]" * 70)


def layer(name: str, words: list[str], inputs: tuple, function, *edits, **options) -> None:
    altered(f"options_{name}", words, inputs, function, *edits, **options)


def weighed(name: str, words: list[str], inputs: tuple, function, *edits, **options) -> None:
    layer(name, words, inputs, function, *edits, form=".keras", **options)


def last(model: dict) -> dict:
    return model["config"]["layers"][-1]["config"]


def inputs_of(model: dict, dtype: str) -> None:
    for entry in model["config"]["layers"][:2]:
        entry["config"]["dtype"] = dtype


# Arguments
layer("called_on_nothing", ["called on 0 tensors, 1 or more"], (F,), lazy.ReLU(), no_arguments)
layer(
    "mask_is_a_number", ["mask", "a tensor is supported"], (TABLE,),
    lambda x: layers.Softmax()(x, mask=x > 0), keyword(mask=3),
)
layer(
    "flag_is_a_tensor", ["use_causal_mask", "true or false"], (TABLE, TABLE),
    lambda a, b: layers.Attention()([a, b]), keyword(use_causal_mask=tensor()),
)
layer(
    "softmax_mask", ["mask of", "cannot be broadcast"], (TABLE, (5, "bool")),
    lambda x, m: layers.Softmax()(x), keyword(mask=tensor("input_layer_1")),
)
layer(
    "activation_missing", ["activation", "missing"], (F,), lazy.Activation("relu"), activation=None,
)
layer(
    "merge_of_one", ["called on 1 tensors", "wanted"], (F, F),
    lambda a, b: layers.Subtract()([a, b]), lambda node: node["args"][0].pop(),
)
layer(
    "merge_of_bools", ["merging bool tensors"], (F, F), lambda a, b: layers.Multiply()([a, b]),
    whole=lambda m: inputs_of(m, "bool"),
)
layer(
    "dot_axes_missing", ["axes", "missing"], (F, F), lambda a, b: layers.Dot(1)([a, b]), axes=None,
)
layer(
    "dot_of_int16", ["products of int16"], (F, F), lambda a, b: layers.Dot(1)([a, b]),
    whole=lambda m: inputs_of(m, "int16"),
)
layer(
    "attention_of_one", ["called on 1 tensors; query"], (TABLE, TABLE),
    lambda a, b: layers.Attention()([a, b]), lambda node: node["args"][0].pop(),
)
layer(
    "attention_mask", ["mask", "two masks wanted"], (TABLE, TABLE),
    lambda a, b: layers.Attention()([a, b]), keyword(mask=tensor()),
)

layer(
    "attention_rank", ["an input of rank 2 or more, got (None,)"], (TABLE, TABLE),
    lambda a, b: layers.Attention()([a, b]), of="InputLayer", batch_shape=[None],
)
layer(
    "spectrogram_of_scalar", ["expects signals, got a scalar"], (F,),
    lambda x: layers.MelSpectrogram(fft_length=16, num_mel_bins=4)(x * ops.sum(x)),
    positional(0, tensor("sum", ())),
)

# Convolution, pooling, images
weighed(
    "conv_groups", ["4 groups do not divide"], (PICTURE,), lazy.Conv2D(6, 1, groups=3), groups=4,
)
weighed(
    "depthwise_open_channels", ["input channels must be known"], (PICTURE,),
    lazy.DepthwiseConv2D(1), of="InputLayer", batch_shape=[None, 4, 6, None],
)
layer("max_pooling_of_int64", ["max pooling of int64"], (LONG,), lazy.MaxPooling2D())
layer(
    "global_max_of_uint32", ["max pooling of uint32"], (WHOLE,), lazy.GlobalMaxPooling2D(),
    of="InputLayer", dtype="uint32",
)
layer(
    "up_sampling_of_integers", ["bilinear interpolation of int32"], (PICTURE,),
    lazy.UpSampling2D(interpolation="bilinear"), of="InputLayer", dtype="int32",
)
layer(
    "images_of_rank_2", ["images of rank 3 or 4, got (None, 4)"], (PICTURE,), lazy.Resizing(2, 2),
    of="InputLayer", batch_shape=[None, 4],
)
layer(
    "resizing_bools", ["resizing bool images"], (PICTURE,), lazy.Resizing(2, 2, dtype="uint8"),
    of="InputLayer", dtype="bool",
)
layer(
    "resizing_fill_beyond", ["fill_value 300"], ((4, 6, 3, "uint8"),),
    lazy.Resizing(2, 2, dtype="uint8"), fill_value=300,
)
layer(
    "resizing_both_ways", ["both set"], (PICTURE,), lazy.Resizing(2, 2), crop_to_aspect_ratio=True,
    pad_to_aspect_ratio=True,
)
layer(
    "augmentation_of_two", ["called on 2 tensors; one tensor of images"], (PICTURE,),
    lazy.RandomBrightness(0.1), lambda node: node["args"].__setitem__(0, [node["args"][0]] * 2),
)
layer(
    "auto_contrast_range", ["value_range", "is no pair"], (PICTURE,), lazy.AutoContrast(),
    value_range=[0, 1, 2],
)

# Normalisation
weighed(
    "batch_norm_of_two_axes", ["2 axes are named"], (TABLE,), lazy.BatchNormalization(),
    axis=[1, 2],
)
weighed(
    "group_norm_open", ["must be known"], (TABLE,), lazy.GroupNormalization(2), of="InputLayer",
    batch_shape=[None, 3, None],
)
weighed(
    "spectral_of_nothing", ["key 'layer'", "missing"], (F,),
    lazy.SpectralNormalization(lazy.Dense(2)), layer=None,
)
layer(
    "normalization_of_objects", ["numbers wanted, found"], (TABLE,),
    lazy.Normalization(mean=1.0, variance=2.0), mean=key("Thing"),
)
layer(
    "normalization_of_object_in_array", ["numbers wanted, found __numpy__"], (TABLE,),
    lazy.Normalization(mean=1.0, variance=2.0), mean=array({"a": 1}),
)
layer(
    "normalization_of_deep_list", ["nested more than"], (TABLE,),
    lazy.Normalization(mean=1.0, variance=2.0), mean=DEEP,
)
layer(
    "normalization_mean_of_axes", ["a mean of shape", "for 1 axes"], (TABLE,),
    lazy.Normalization(mean=1.0, variance=2.0), mean=[[1.0]], variance=[[1.0]],
)
layer(
    "normalization_of_other_variance", ["a mean of shape", "a variance of shape"], (TABLE,),
    lazy.Normalization(mean=1.0, variance=2.0), mean=[1.0, 2.0], variance=[1.0],
)
layer(
    "rescaling_unequal", ["2 scales, but 3 offsets"], (PICTURE,), lazy.Rescaling([1.0, 2.0, 3.0]),
    scale=[1.0, 2.0], offset=[1.0, 2.0, 3.0],
)
layer(
    "category_weights", ["count_weights", "multi_hot"], (I, F),
    lambda x, w: layers.CategoryEncoding(5, output_mode="count")(x, count_weights=w),
    output_mode="multi_hot",
)
layer(
    "pipeline_of_nothing", ["layers", "missing"], (PICTURE,), lazy.Pipeline([lazy.Rescaling(2.0)]),
    layers=None,
)

# Shapes
layer("reshape_missing", ["target_shape", "missing"], (F,), lazy.Reshape((2, 2)), target_shape=None)
layer(
    "reshape_open_beside_zero", ["-1 beside a size of 0"], (F,), lazy.Reshape((2, 2)),
    target_shape=[-1, 0],
)

# Text and hashes
layer(
    "hashing_mask_of_numbers", ["mask_value", "does not go with"], (S,),
    lazy.Hashing(3, mask_value="x"), mask_value=3,
)
layer(
    "crossing_of_one", ["two or more wanted"], ((1, "int32"), (1, "int32")),
    lambda a, b: layers.HashedCrossing(4)((a, b)), lambda node: node["args"][0].pop(),
)
layer(
    "crossing_of_floats", ["expects integers or strings of shape (batch,)"],
    ((1, "int32"), (1, "int32")), lambda a, b: layers.HashedCrossing(4)((a, b)), of="InputLayer",
    dtype="float32",
)
layer(
    "lookup_invert_without_oov", ["oov_token", "invert"], ((1, "int64"),),
    lazy.StringLookup(vocabulary=["a"], invert=True), oov_token=None,
)
layer(
    "lookup_buckets", ["num_oov_indices"], (S,), lazy.StringLookup(vocabulary=["a"]),
    num_oov_indices=2**30,
)
layer(
    "lookup_mask_among_tokens", ["mask token 'b' among others"], (S,),
    lazy.StringLookup(vocabulary=["a", "b"], mask_token="m"), mask_token="b",
)
layer(
    "lookup_idf_count", ["1 idf_weights for a vocabulary of"], (S,),
    lazy.StringLookup(vocabulary=["a", "b"], idf_weights=[0.1, 0.2], output_mode="tf_idf"),
    idf_weights=[0.1],
)
TEXTS = lambda **options: lazy.TextVectorization(vocabulary=["a", "b"], **options)
layer(
    "text_standardize_function", ["standardize", "never run"], (S,), TEXTS(),
    standardize=key("function"),
)
layer("text_ngrams", ["ngrams", "100"], (S,), TEXTS(), ngrams=100)
layer(
    "text_rank", ["expects strings of shape (batch,) or (batch, 1), got (None, 3)"], (S,), TEXTS(),
    of="InputLayer", batch_shape=[None, 3],
)

# Signals
SIGNAL, WAVE = (64, "float32"), (64, 1, "float32")
layer(
    "stft_of_one", ["fft_length", "1 is not supported"], (WAVE,),
    lazy.STFTSpectrogram(frame_length=8, frame_step=4), frame_length=1, fft_length=1,
)
layer(
    "mel_sequence", ["sequence_length", "above fft_length"], (SIGNAL,),
    lazy.MelSpectrogram(fft_length=16, sequence_length=16, sequence_stride=8, num_mel_bins=4),
    sequence_length=32,
)
layer(
    "mel_window", ["window", "2 numbers for sequence_length 16"], (SIGNAL,),
    lazy.MelSpectrogram(fft_length=16, sequence_length=16, sequence_stride=8, num_mel_bins=4),
    window=[1.0, 2.0],
)
layer(
    "mel_bins", ["num_mel_bins", "5000"], (SIGNAL,),
    lazy.MelSpectrogram(fft_length=16, sequence_length=16, sequence_stride=8, num_mel_bins=4),
    num_mel_bins=5000,
)

# Recurrent and wrapped layers
SEQUENCE = (5, 4, "float32")
weighed("rnn_on_nothing", ["called on no sequence"], (SEQUENCE,), lazy.GRU(2), no_arguments)
weighed(
    "rnn_initial_state", ["initial state 0 has shape ()"], (SEQUENCE,), lazy.GRU(2),
    keyword(initial_state=3),
)
weighed(
    "rnn_mask_rank", ["mask of shape (batch, steps)"], (SEQUENCE, (5, 4, "bool")),
    lambda x, m: layers.GRU(2)(x, mask=m[:, :, 0]),
    lambda node: node["kwargs"].update(mask=tensor("input_layer_1", (5, 4), "bool")),
)
weighed(
    "rnn_activation_missing", ["(GRU)", "lacks recurrent_activation", "Keras always writes"], (SEQUENCE,), lazy.GRU(2),
    lambda node: None, whole=lambda m: last(m).pop("recurrent_activation"),
)
weighed(
    "rnn_without_cell", ["key 'cell'", "missing"], (SEQUENCE,), lazy.RNN(lazy.GRUCell(2)),
    cell=None,
)
weighed(
    "rnn_without_cells", ["key 'cells'", "missing"], (SEQUENCE,), lazy.RNN([lazy.GRUCell(2)]),
    whole=lambda m: last(m)["cell"]["config"].update(cells=[]),
)
weighed(
    "bidirectional_of_dense", ["Bidirectional around", "Dense"], (SEQUENCE,),
    lazy.Bidirectional(lazy.GRU(2)),
    layer={"module": "keras.layers"}
    | key("Dense", name="d", units=2, activation="relu", use_bias=True),
)
weighed(
    "bidirectional_unlike", ["is true forwards, but false backwards"], (SEQUENCE,),
    lazy.Bidirectional(lazy.GRU(2, return_sequences=True)),
    whole=lambda m: last(m)["backward_layer"]["config"].update(return_sequences=False),
)
weighed(
    "time_distributed_of_nothing", ["key 'layer'", "missing"], (SEQUENCE,),
    lazy.TimeDistributed(lazy.Dense(2)), layer=None,
)
weighed(
    "einsum_output_shape", ["output_shape", "missing"], (TABLE,),
    lazy.EinsumDense("abc,cd->abd", (3, 2)), output_shape=None,
)
weighed(
    "einsum_shared_axis", ["axis 'b' is 3 in the input and 5 in output_shape"], (TABLE,),
    lazy.EinsumDense("abc,cd->abd", (3, 2)), output_shape=[5, 2],
)
weighed(
    "reversible_dtype", ["reverse_dtype", "int8"], (I,), lazy.ReversibleEmbedding(5, 3),
    reverse_dtype="int8",
)
weighed(
    "attention_called_without_value", ["without argument 'value'"], (TABLE,),
    lambda x: layers.MultiHeadAttention(1, 2)(x, x),
    lambda node: node.update(args=node["args"][:1], kwargs={}),
)
weighed(
    "attention_mask_rank", ["attention mask", "does not fit"], (TABLE, (1, 1, 1, 3, "bool")),
    lambda x, m: layers.MultiHeadAttention(1, 2)(x, x),
    lambda node: node["kwargs"].update(attention_mask=tensor("input_layer_1")),
)
weighed(
    "config_key_missing", ["units", "missing, and Keras has no default"], (F,), lazy.Dense(2),
    units=None,
)

weighed(
    "time_distributed_of_three", ["around a layer of 3 outputs"], ((2, 5, 4, "float32"),),
    lazy.TimeDistributed(lazy.LSTM(2)),
    whole=lambda m: last(m)["layer"]["config"].update(return_state=True),
)

# The graph
layer(
    "input_without_shape", ["batch_shape", "missing or empty"], (F,), lazy.ReLU(), of="InputLayer",
    batch_shape=[],
)
layer(
    "input_that_is_none", ["'re_lu' is not one of its input layers"], (F,), lazy.ReLU(name="re_lu"),
    whole=lambda m: m["config"].update(input_layers=[["re_lu", 0, 0]]),
)
layer(
    "output_that_is_none", ["'nowhere' is not one of its layers"], (F,), lazy.ReLU(),
    whole=lambda m: m["config"].update(output_layers=[["nowhere", 0, 0]]),
)
layer(
    "reference_to_nothing", ["is no [layer, node, tensor]"], (F,), lazy.ReLU(),
    whole=lambda m: m["config"].update(output_layers=[["re_lu", 0, 0], ["re_lu"]]),
)
layer(
    "config_is_a_list", ["the config of class ReLU is [1], not an object"], (F,), lazy.ReLU(),
    whole=lambda m: m["config"]["layers"][-1].update(config=[1]),
)
layer(
    "arguments_too_deep", ["arguments are nested more than"], (F,), lazy.ReLU(),
    positional(0, [tensor(), DEEP]),
)


def sequential(*entries: dict, name: str = "inner") -> dict:
    config = {"name": name, "layers": list(entries)}
    return {"module": "keras", "class_name": "Sequential", "config": config}


def relu(name: str) -> dict:
    config = {"name": name, "max_value": None, "negative_slope": 0.0, "threshold": 0.0}
    return {"module": "keras.layers", "class_name": "ReLU", "config": config}


def into(entry: dict):
    """An edit that puts another layer in the place of the last one."""
    def edit(model: dict) -> None:
        named = entry["config"] | {"name": last(model)["name"]}
        model["config"]["layers"][-1].update(entry | {"config": named})

    return edit


def nest(entry: dict, depth: int) -> dict:
    for _ in range(depth):
        entry = sequential(entry)
    return entry


def inner_model(x):
    y = keras.Input((4,))
    return keras.Model(y, layers.ReLU()(y), name="inner")(x)


layer(
    "models_too_deep", ["51 levels of layers in layers; the limit is 50"], (F,), lazy.ReLU(),
    whole=into(nest(relu("core"), 60)),
)
layer(
    "sequential_of_two_tensors", ["a Sequential model takes one tensor, got 2"], (F, F),
    lambda a, b: layers.Add()([a, b]), whole=into(sequential(relu("core"))),
)
layer(
    "sequential_with_input_behind", ["layer 'in' (InputLayer) is not the first"], (F,), lazy.ReLU(),
    whole=into(sequential(relu("core"), key("InputLayer", name="in", batch_shape=[None, 4]))),
)
layer(
    "sequential_never_built", ["tells no shape of the input of the Sequential model", "LoadOptions::input_shape"], (F,), lazy.ReLU(),
    whole=lambda m: m.update(sequential(relu("core"))),
)
layer(
    "functional_of_two_tensors", ["takes 1 tensors, got 2"], (F,), inner_model,
    lambda node: node["args"].__setitem__(0, [node["args"][0]] * 2),
)


def masked_by_any(x, mask):
    y = layers.MultiHeadAttention(1, 2)(x, x, value_mask=mask)
    return ops.add(y, ops.cast(ops.any(mask), "float32"))


def flattened_under_its_mask(x):
    y = layers.TimeDistributed(layers.Flatten())(layers.Masking()(x))
    return layers.Concatenate()([y, y])


weighed(
    "attention_mask_without_axes", ["a mask of shape () has too few axes"], (TABLE, (3, "bool")),
    masked_by_any, keyword(value_mask=tensor("any", (), "bool")), of="MultiHeadAttention",
)
layer(
    "concatenate_of_another_rank_than_its_mask", ["merging (None, 3, 20) under a mask of"],
    ((3, 4, 5, "float32"),), flattened_under_its_mask,
)


def normalised() -> keras.Model:
    return keras.Sequential([keras.Input((4,)), layers.BatchNormalization(name="norm")])


@refuse("batch_norm_of_two_sizes", ["norm", "4 moving means, but 5 moving variances"], normalised)
def _(path) -> None:
    def open_channels(model: dict) -> None:
        model["config"]["layers"][0]["config"]["batch_shape"] = [None, None]

    def widen(weights) -> None:
        variables = weights["layers/batch_normalization/vars"]
        del variables["3"]
        variables["3"] = np.ones(5, "float32")

    archive.edit_config(path, open_channels)
    archive.edit_weights(path, widen)


def called_by_models(depth: int) -> keras.Model:
    """A layer that a model calls twice, which another one calls twice..."""
    inner = layers.Dropout(0.5, name="core")
    for level in range(depth):
        x = keras.Input((4,), name=f"in_{level}")
        inner = keras.Model(x, inner(inner(x)), name=f"level_{level}")
    return inner


def call_more_often(model: dict, times: int) -> None:
    """Lets the last layer be called `times` times, each time on what it made before."""
    entry = model["config"]["layers"][-1]
    if "layers" in entry["config"]:
        call_more_often(entry, times)
    nodes = entry["inbound_nodes"]
    added = times - len(nodes)
    for _ in range(added):
        nodes.append(json.loads(json.dumps(nodes[-1])))
        nodes[-1]["args"][0]["config"]["keras_history"] = [entry["config"]["name"], len(nodes) - 2, 0]
    model["config"]["output_layers"][1] += added


@refuse(
    "operations_beyond_the_limit", ["200001 operations; the limit is 200000"],
    lambda: called_by_models(2), form=".json",
    save=lambda model, path: path.write_text(model.to_json()),
)
def _(path) -> None:
    model = json.loads(path.read_text())
    call_more_often(model, 460)
    path.write_text(json.dumps(model))
