"""Layers with quantised weights, as model.quantize() leaves them, and as older Keras did."""

import json
from functools import partial
from pathlib import Path

import h5py
import keras
import numpy as np
from keras import layers
from keras.quantizers import AbsMaxQuantizer, Int4QuantizationConfig, Int8QuantizationConfig
from keras.src.quantizers.awq_config import AWQConfig

import archive
import truth
from registry import edited, graph, stack
from registry import lazy as L

WORDS = {"dtype": "int32", "integers": (0, 7)}
HALF = {
    "rtol": 8e-3,
    "atol": 8e-3,
    "why": "two roundings to bfloat16, by up to 2^-8 each, where Keras rounds every operation",
}

FLOAT16 = {
    "rtol": 1e-3,
    "atol": 1e-3,
    "why": "two roundings to float16, by up to 2^-11 each, where Keras rounds every operation",
}


def quantized(mode=None, config=None):
    """What makes a model quantised; `config` makes the config."""
    return lambda model: model.quantize(mode, config=config() if config else None)


def int8(**options):
    return quantized(config=lambda: Int8QuantizationConfig(**options))


def int4(block_size, *quantizer):
    inputs = quantizer[0] if quantizer else None
    return quantized(config=lambda: Int4QuantizationConfig(None, inputs, block_size))


INT8 = quantized("int8")
WEIGHTS_ONLY = int8(activation_quantizer=None)
INT4 = quantized("int4")
BY_COLUMN = int4(-1)
BY_COLUMN_WITH_INPUTS = int4(-1, AbsMaxQuantizer())
FLOAT8 = quantized("float8")

stack("int8_dense", (6,), L.Dense(5), finish=INT8)
stack("int8_dense_no_bias", (6,), L.Dense(5, use_bias=False, activation="relu"), finish=INT8)
stack("int8_dense_rank3", (3, 6), L.Dense(5, "tanh"), finish=INT8)
stack("int8_dense_rank4_none", (None, 2, 3), L.Dense(4), finish=INT8, sizes=((3,), (1,)))
stack("int8_dense_odd_widths", (33,), L.Dense(17), finish=INT8)
stack("int8_dense_wide", (2048,), L.Dense(2), finish=INT8)
stack("int8_dense_large", (6,), L.Dense(5), finish=INT8, spread=1e4)
stack("int8_dense_small", (6,), L.Dense(5), finish=INT8, spread=1e-7)
stack("int8_dense_int32_input", (6,), L.Dense(5), dtype="int32", finish=INT8)
stack("int8_weights_only", (6,), L.Dense(5, "relu"), finish=WEIGHTS_ONLY)
stack("int8_weights_only_no_bias", (3, 6), L.Dense(5, use_bias=False), finish=WEIGHTS_ONLY)
stack(
    "int8_quantizer_of_its_own",
    (6,),
    L.Dense(5),
    finish=int8(activation_quantizer=AbsMaxQuantizer(value_range=(-31, 100), epsilon=0.01)),
)
stack("int8_mlp", (8,), L.Dense(7, "relu"), L.Dense(6, "tanh"), L.Dense(3, "softmax"), finish=INT8)
stack(
    "int8_behind_convolution",
    (None, None, 2),
    L.Conv2D(3, 3, activation="relu"),
    L.GlobalAveragePooling2D(),
    L.Dense(4),
    finish=INT8,
    sizes=((5, 6), (4, 3)),
)

stack("int4_dense", (6,), L.Dense(5), finish=INT4)
stack("int4_dense_even", (6,), L.Dense(4, "relu", use_bias=False), finish=INT4)
stack("int4_dense_blocks", (11,), L.Dense(5), finish=int4(4))
stack("int4_dense_blocks_rank3", (2, 8), L.Dense(3), finish=int4(2))
stack("int4_dense_by_column", (6,), L.Dense(5), finish=BY_COLUMN)
stack("int4_dense_by_column_inputs", (7,), L.Dense(5), finish=BY_COLUMN_WITH_INPUTS)
stack("int4_mlp", (8,), L.Dense(7, "relu"), L.Dense(1), finish=INT4)

EQUATIONS = {
    "heads": ("abc,cde->abde", (5, 4), (5, 2, 3), "de"),
    "heads_back": ("abcd,cde->abe", (5, 2, 3), (5, 4), "e"),
    "last_axis": ("abc,cd->abd", (3, 4), (3, 5), "d"),
    "moved": ("abc,cd->adb", (5, 4), (3, 5), "d"),
    "kernel_moved": ("abc,dc->abd", (5, 4), (5, 3), None),
    "middle": ("abcd,ec->abed", (2, 4, 3), (2, 5, 3), None),
}
for name, (equation, shape, output, bias) in EQUATIONS.items():
    layer = L.EinsumDense(equation, output, bias_axes=bias)
    stack(f"int8_einsum_{name}", shape, layer, finish=INT8)
    stack(f"int8_einsum_{name}_weights_only", shape, layer, finish=WEIGHTS_ONLY)
    stack(f"int4_einsum_{name}", shape, layer, finish=int4(2))
    stack(f"int4_einsum_{name}_by_column", shape, layer, finish=BY_COLUMN)
    stack(f"int4_einsum_{name}_inputs", shape, layer, finish=BY_COLUMN_WITH_INPUTS)


def float8_with_scales(model: keras.Model) -> None:
    model.quantize("float8")
    for weight in model.weights:
        if weight.name in ("inputs_scale", "kernel_scale"):
            weight.assign(0.0123 if weight.name == "inputs_scale" else 0.0031)


stack("float8_dense", (60,), L.Dense(5, "relu"), finish=FLOAT8)
stack("float8_dense_scaled", (3, 60), L.Dense(5), finish=float8_with_scales)
stack("float8_dense_beyond", (60,), L.Dense(5, use_bias=False), finish=FLOAT8, spread=300)
stack("float8_dense_tiny", (60,), L.Dense(5, use_bias=False), finish=FLOAT8, spread=0.004)
HEADS = L.EinsumDense("abc,cde->abde", (5, 2, 3), bias_axes="de")
stack("float8_einsum", (5, 4), HEADS, finish=float8_with_scales)

stack("int8_embedding", (5,), L.Embedding(7, 3), finish=INT8, **WORDS)
stack("int8_embedding_none", (None,), L.Embedding(7, 3), finish=INT8, sizes=((2,), (6,)), **WORDS)
stack(
    "int8_embedding_mask",
    (5,),
    L.Embedding(7, 3, mask_zero=True),
    L.GlobalAveragePooling1D(),
    finish=INT8,
    **WORDS,
)
stack("int8_embedding_floats", (5,), L.Rescaling(0.3, 3), L.Embedding(7, 3), finish=INT8)
stack("int4_embedding", (5,), L.Embedding(7, 3), finish=INT4, **WORDS)
stack("int4_embedding_blocks", (5,), L.Embedding(7, 5), finish=int4(2), **WORDS)
stack("int4_embedding_by_row", (5,), L.Embedding(7, 4), finish=BY_COLUMN, **WORDS)


def there_and_back(name: str, finish, **options):
    @graph(f"{name}_reversible", finish=finish, integers=(0, 7))
    def _():
        words = keras.Input((4,), dtype="int32")
        vectors = keras.Input((4, 5))
        layer = layers.ReversibleEmbedding(7, 5, mask_zero=True, **options)
        return keras.Model([words, vectors], [layer(words), layer(vectors, reverse=True)])


for suffix, options in {"": {}, "_untied": {"tie_weights": False, "logit_soft_cap": 1.5}}.items():
    there_and_back(f"int8{suffix}", INT8, **options)
    there_and_back(f"int8_weights_only{suffix}", WEIGHTS_ONLY, **options)
    there_and_back(f"int4{suffix}", INT4, **options)
    there_and_back(f"int4_blocks{suffix}", int4(2), **options)
    there_and_back(f"int4_by_row{suffix}", BY_COLUMN, **options)
    there_and_back(f"int4_inputs{suffix}", BY_COLUMN_WITH_INPUTS, **options)

HALF_POLICY = {"dtype": "mixed_bfloat16"}
stack("int8_dense_mixed_bfloat16", (6,), L.Dense(5, **HALF_POLICY), finish=INT8, **HALF)
stack("int8_dense_bfloat16", (6,), L.Dense(5, dtype="bfloat16"), finish=INT8, **HALF)
stack("int4_dense_mixed_float16", (6,), L.Dense(5, dtype="mixed_float16"), finish=INT4, **FLOAT16)
stack("float8_dense_mixed_bfloat16", (60,), L.Dense(5, **HALF_POLICY), finish=FLOAT8, **HALF)
HALF_TABLE = L.Embedding(7, 3, **HALF_POLICY)
stack("int8_embedding_mixed_bfloat16", (5,), HALF_TABLE, finish=INT8, **WORDS, **HALF)


# Policies set instead of models quantised, and the forms of older files


def without_config(policy):
    """Files from before Keras 3.13: the policy alone, here in the form `policy`."""

    def edit(path: Path) -> None:
        def change(config: dict) -> None:
            for layer in config["config"]["layers"][1:]:
                del layer["config"]["quantization_config"]
                layer["config"]["dtype"] = policy

        archive.edit_config(path, change)

    return edit


def policy_object(mode: str) -> dict:
    config = {"mode": mode, "source_name": "float32"}
    module = "keras.dtype_policies"
    return {"module": module, "class_name": "QuantizedDTypePolicy", "config": config}


def dense_pair(width: int = 6) -> keras.Model:
    return keras.Sequential([keras.Input((width,)), layers.Dense(5, "relu"), layers.Dense(3)])


for name, policy in {"string": "int8_from_float32", "object": policy_object("int8")}.items():
    edited(f"int8_policy_{name}", without_config(policy), dense_pair, finish=INT8)
edited(
    "int4_policy_string",
    without_config("int4/4_from_float32"),
    partial(dense_pair, 11),
    finish=int4(4),
)


def packed_by_rows(path: Path) -> None:
    """Until Keras 3.13 a byte of an int4 kernel held two rows, and inputs were quantised."""
    without_config(policy_object("int4"))(path)

    def change(weights: h5py.File) -> None:
        for name in [n for n in weights["layers"] if f"layers/{n}/vars/0" in weights]:
            kernel = weights[f"layers/{name}/vars/0"][()]
            columns = weights[f"layers/{name}/vars/2"].shape[-1]
            numbers = np.array(keras.quantizers.unpack_int4(kernel, columns, axis=-1))
            packed, _, _ = keras.quantizers.pack_int4(numbers, axis=0)
            del weights[f"layers/{name}/vars/0"]
            weights[f"layers/{name}/vars/0"] = np.array(packed)

    archive.edit_weights(path, change)
    members = archive.read_members(path)
    metadata = json.loads(members["metadata.json"]) | {"keras_version": "3.12.0"}
    archive.write_members(path, members | {"metadata.json": json.dumps(metadata).encode()})


edited(
    "int4_packed_by_rows",
    packed_by_rows,
    partial(dense_pair, 7),
    finish=BY_COLUMN_WITH_INPUTS,
    truth=truth.built,
)


# Weights of gptq and awq: Keras 3.15 leaves their zeros out of the files it writes, and misses them
# in those it reads.


def with_random_weights(layer, attributes, rng) -> None:
    for attribute in attributes:
        variable = getattr(layer, attribute)
        values = rng.integers(0, 256, variable.shape)
        if attribute == "kernel_zero":
            values = rng.integers(0, 16, variable.shape)
        elif attribute == "g_idx":
            values = rng.permutation(np.arange(variable.shape[0]) % layer.kernel_scale.shape[1])
        elif attribute in ("kernel_scale", "awq_scales"):
            values = rng.uniform(0.05, 0.2, variable.shape)
        variable.assign(values.astype(variable.dtype))


def calibrated(mode: str, config):
    """The layer's weights as after a calibration; the zeros are kept for the edit of the file."""
    attributes = ["quantized_kernel", "kernel_scale", "kernel_zero", "g_idx"]
    if mode == "awq":
        attributes.append("awq_scales")

    def finish(model: keras.Model) -> None:
        layer = model.layers[-1]
        layer.quantize(mode, config=config())
        with_random_weights(layer, attributes, np.random.default_rng(7))
        setattr(layer, f"is_{mode}_calibrated", True)
        ZEROS[mode] = np.array(layer.kernel_zero)

    def edit(path: Path) -> None:
        def change(weights: h5py.File) -> None:
            (name,) = (n for n in weights["layers"] if f"layers/{n}/vars/1" in weights)
            variables = weights[f"layers/{name}/vars"]
            place = next(i for i in range(9) if variables[f"{i}"].shape == ZEROS[mode].shape) + 1
            for i in reversed(range(place, len(variables))):
                variables.move(f"{i}", f"{i + 1}")
            variables[f"{place}"] = ZEROS[mode]

        archive.edit_weights(path, change)

    return {"finish": finish, "edit": edit}


ZEROS: dict[str, np.ndarray] = {}


def gptq(bits: int, block_size: int):
    def config():
        return keras.quantizers.GPTQConfig(None, None, weight_bits=bits, group_size=block_size)

    return calibrated("gptq", config)


def awq(block_size: int):
    return calibrated("awq", lambda: AWQConfig(None, None, group_size=block_size))


stack("gptq4_dense", (6,), L.Dense(5, "relu"), **gptq(4, 2))
stack("gptq4_dense_no_bias", (3, 6), L.Dense(5, use_bias=False), **gptq(4, -1))
stack("gptq8_dense", (7,), L.Dense(4), **gptq(8, 3))
stack("gptq2_dense", (7,), L.Dense(4), **gptq(2, 3))
stack("gptq4_einsum", (5, 6), HEADS, **gptq(4, 4))
stack("awq_dense", (6,), L.Dense(5), **awq(2))
stack("awq_einsum", (5, 2, 3), L.EinsumDense("abcd,cde->abe", (5, 8), bias_axes="e"), **awq(-1))
