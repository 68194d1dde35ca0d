"""Policies and quantised weights that must be refused."""

from pathlib import Path

import h5py
import keras
import numpy as np
from keras import layers

import archive
from refused import refuse, replace


def quantized(mode: str):
    def build() -> keras.Model:
        x = keras.Input((4,))
        model = keras.Model(x, layers.Dense(3, name="score")(x))
        model.quantize(mode)
        return model

    return build


def policy_on_flatten() -> keras.Model:
    flatten = layers.Flatten(name="flat", dtype="int8_from_float32")
    return keras.Sequential([keras.Input((4,)), flatten, layers.Dense(2)])


def quantized_attention() -> keras.Model:
    x = keras.Input((3, 4))
    model = keras.Model(x, layers.MultiHeadAttention(2, 3, name="heads")(x, x))
    model.quantize("int8")
    return model


def quantized_steps() -> keras.Model:
    steps = layers.TimeDistributed(layers.Dense(2, name="inner"), name="steps")
    model = keras.Sequential([keras.Input((3, 4)), steps])
    model.quantize("int8")
    return model


def steps_of_two_policies() -> keras.Model:
    steps = layers.TimeDistributed(layers.Dense(2, name="inner", dtype="float16"), name="steps")
    return keras.Sequential([keras.Input((3, 4)), steps])


def attention_of_two_policies() -> keras.Model:
    policies = keras.dtype_policies.DTypePolicyMap("float32")
    policies["heads/query"] = "mixed_float16"
    x = keras.Input((3, 4))
    return keras.Model(x, layers.MultiHeadAttention(2, 3, name="heads", dtype=policies)(x, x))


def dense_of_a_pattern() -> keras.Model:
    policies = keras.dtype_policies.DTypePolicyMap("float32")
    policies["sco(re|ring)"] = "mixed_float16"
    return keras.Sequential([keras.Input((4,)), layers.Dense(3, name="score", dtype=policies)])


refuse("quantized_flatten", ["flat", "Flatten", "int8"], policy_on_flatten)()
refuse("quantized_attention", ["heads", "MultiHeadAttention", "int8"], quantized_attention)()
refuse("quantized_time_distributed", ["steps", "inner", "dtype policy"], quantized_steps)()
refuse("policy_time_distributed", ["steps", "inner", "dtype policy"], steps_of_two_policies)()
refuse("policy_map_inside_attention", ["heads", "heads/query"], attention_of_two_policies)()
refuse("policy_map_pattern", ["score", "sco(re|ring)"], dense_of_a_pattern)()


def dense_of_two_patterns() -> keras.Model:
    policies = keras.dtype_policies.DTypePolicyMap("float32")
    policies["sco.*"] = "mixed_float16"
    return keras.Sequential([keras.Input((4,)), layers.Dense(3, name="score", dtype=policies)])


def quantized_einsum() -> keras.Model:
    layer = layers.EinsumDense("abc,bcd->ad", (3,), name="score")
    model = keras.Sequential([keras.Input((2, 4), name="x"), layer])
    model.quantize("int4")
    return model


def edit_score(change):
    def edit(path: Path) -> None:
        def edit_layer(config: dict) -> None:
            change(archive.layer_named(config, "score")["config"])

        archive.edit_config(path, edit_layer)

    return edit


@refuse("policy_map_patterns", ["score", "several patterns"], dense_of_two_patterns)
def _(path: Path) -> None:
    def add_pattern(config: dict) -> None:
        policies = config["dtype"]["config"]["policy_map"]
        policies[".*re"] = policies["sco.*"]

    edit_score(add_pattern)(path)


@refuse("quantized_open_kernel", ["score", "int4", "open shape"], quantized_einsum)
def _(path: Path) -> None:
    def edit(config: dict) -> None:
        archive.layer_named(config, "x")["config"]["batch_shape"] = [None, None, 4]

    archive.edit_config(path, edit)


def set_policy(mode: str):
    return edit_score(lambda config: config["dtype"]["config"].update({"mode": mode}))


def set_quantizer(**changes):
    def change(config: dict) -> None:
        quantizer = config["quantization_config"]["config"]["activation_quantizer"]
        quantizer["class_name"] = changes.pop("class_name", quantizer["class_name"])
        quantizer["config"].update(changes)

    return edit_score(change)


refuse("quantized_to_int2", ["score", "int2"], quantized("int8"))(set_policy("int2"))
refuse("quantized_to_blocks_of_0", ["score", "int4/0"], quantized("int4"))(set_policy("int4/0"))
refuse("quantized_gptq_of_5_bits", ["score", "gptq/5/2"], quantized("int8"))(
    set_policy("gptq/5/2")
)
refuse("quantizer_of_another_class", ["score", "Halver"], quantized("int8"))(
    set_quantizer(class_name="Halver")
)
refuse("quantizer_range", ["score", "value_range", "300"], quantized("int8"))(
    set_quantizer(value_range=[-300, 300])
)


@refuse("quantized_in_float64", ["score", "float64"], quantized("int8"))
def _(path: Path) -> None:
    edit_score(lambda config: config["dtype"]["config"].update(source_name="float64"))(path)


@refuse("quantized_kernel_of_floats", ["score", "kernel", "float32", "int8"], quantized("int8"))
def _(path: Path) -> None:
    replace(path, "layers/dense/vars/0", np.zeros((4, 3), "float32"))


@refuse("quantized_kernel_misshapen", ["score", "kernel"], quantized("int4"))
def _(path: Path) -> None:
    replace(path, "layers/dense/vars/0", np.zeros((4, 3), "int8"))


@refuse("quantized_block_numbers", ["score", "g_idx", "2"], quantized("int4"))
def _(path: Path) -> None:
    replace(path, "layers/dense/vars/4", np.array([0, 0, 2, 0], "float32"))


@refuse("quantized_block_number_is_nan", ["score", "g_idx"], quantized("int4"))
def _(path: Path) -> None:
    replace(path, "layers/dense/vars/4", np.array([0, 0, np.nan, 0], "float32"))


@refuse("quantized_scale_missing", ["score", "kernel_scale"], quantized("int8"))
def _(path: Path) -> None:
    def edit(weights: h5py.File) -> None:
        del weights["layers/dense/vars/2"]

    archive.edit_weights(path, edit)
