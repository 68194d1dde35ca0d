"""Dtype policies other than float32, arrays that are not of the model's dtype or rank, and weights
that are stored in other dtypes.

Keras rounds to the compute dtype after every operation of a layer, where Keraunos computes a layer
in float32 and rounds what it gives out. So a case with a tolerance of its own differs by the
rounding of a few intermediate results: half a unit is 2^-11 of a float16, 2^-8 of a bfloat16.
"""

from functools import partial
from pathlib import Path

import keras
import numpy as np
from keras import layers

import archive
from registry import edited, graph, stack
from registry import lazy as L

FLOAT16 = {
    "rtol": 1e-3,
    "atol": 1e-3,
    "why": "two roundings to float16, by up to 2^-11 each, where Keras rounds every operation",
}
BFLOAT16 = {
    "rtol": 8e-3,
    "atol": 8e-3,
    "why": "two roundings to bfloat16, by up to 2^-8 each, where Keras rounds every operation",
}
DEEP_BFLOAT16 = BFLOAT16 | {
    "rtol": 1.2e-2,
    "atol": 1.2e-2,
    "why": "three roundings to bfloat16, by up to 2^-8 each, where Keras rounds every operation",
}
TOLERANCES = {
    "mixed_float16": FLOAT16,
    "float16": FLOAT16,
    "mixed_bfloat16": BFLOAT16,
    "bfloat16": BFLOAT16,
    "float64": {},
}


def image_classifier(policy: str) -> keras.Model:
    return keras.Sequential(
        [
            keras.Input((7, 8, 2)),
            layers.Conv2D(4, 3, padding="same", use_bias=False, dtype=policy),
            layers.BatchNormalization(dtype=policy),
            layers.ReLU(dtype=policy),
            layers.MaxPooling2D(dtype=policy),
            layers.Flatten(dtype=policy),
            layers.Dense(5, "gelu", dtype=policy),
            layers.Dropout(0.3, dtype=policy),
            layers.Dense(3, dtype=policy),
            layers.Softmax(dtype=policy),
        ]
    )


def branches(policy: str) -> keras.Model:
    """A model whose layers take their policy from the program, as users set it."""
    keras.config.set_dtype_policy(policy)
    try:
        words = keras.Input((4,), dtype="int32", name="words")
        x = keras.Input((4, 3), name="x")
        embedded = layers.Embedding(7, 3)(words)
        merged = layers.Concatenate()([layers.LayerNormalization()(x), embedded])
        attended = layers.Add()([merged, layers.Dense(6)(merged)])
        pooled = layers.GlobalAveragePooling1D()(attended)
        score = layers.Dense(2, "softmax", dtype="float32", name="score")(pooled)
        return keras.Model([words, x], [score, pooled])
    finally:
        keras.config.set_dtype_policy("float32")


for policy in TOLERANCES:
    own = TOLERANCES[policy]
    name = f"policy_{policy}"
    rescaling = L.Rescaling(1 / 255, -0.5, dtype=policy)
    graph(f"{name}_images", **own)(partial(image_classifier, policy))
    graph(f"{name}_branches", integers=(0, 7), **own)(partial(branches, policy))
    stack(f"{name}_dense", (6,), L.Dense(5, dtype=policy), **own)
    stack(f"{name}_softmax", (6,), L.Dense(5, "softmax", dtype=policy), **own)
    stack(f"{name}_int32_input", (6,), L.Dense(5, dtype=policy), dtype="int32", **own)
    stack(f"{name}_rescaling_uint8", (3, 4), rescaling, dtype="uint8", **own)

stack("policy_input_float16", (6,), L.Dense(5), dtype="float16")
stack("policy_input_float64", (6,), L.Dense(5), dtype="float64")
stack("policy_float16_then_float32", (6,), L.Dense(5, dtype="float16"), L.Dense(3), **FLOAT16)
stack("policy_float32_then_float16", (6,), L.Dense(5), L.Dense(3, dtype="mixed_float16"), **FLOAT16)
stack("policy_float16_overflow", (6,), L.Dense(5, dtype="mixed_float16"), spread=1e5, **FLOAT16)
stack("policy_flatten_float16", (3, 2), L.Flatten(dtype="mixed_float16"))
stack("policy_reshape_bfloat16", (3, 2), L.Reshape((6,), dtype="mixed_bfloat16"))
stack("policy_activation_layer", (6,), L.Activation("tanh", dtype="mixed_float16"), **FLOAT16)
POOLING = L.AveragePooling2D(2, dtype="mixed_bfloat16")
stack("policy_pooling_bfloat16", (6, 5, 2), POOLING, **BFLOAT16)


# The forms in which policies are written


def with_policy(policy):
    def edit(path: Path) -> None:
        def change(config: dict) -> None:
            for layer in config["config"]["layers"][1:]:
                layer["config"]["dtype"] = policy

        archive.edit_config(path, change)

    return edit


def half_dense() -> keras.Model:
    return keras.Sequential([keras.Input((6,)), layers.Dense(5, dtype="mixed_float16")])


edited("policy_as_string", with_policy("mixed_float16"), half_dense, **FLOAT16)
edited(
    "policy_as_float_policy",
    with_policy(
        {"module": "keras", "class_name": "FloatDTypePolicy", "config": {"name": "mixed_float16"}}
    ),
    half_dense,
    **FLOAT16,
)


@graph("policy_map", **BFLOAT16)
def _():
    policies = keras.dtype_policies.DTypePolicyMap("mixed_float16")
    policies["exact"] = "float32"
    policies["en.*/none"] = "float64"
    policies["encoder.*"] = "mixed_bfloat16"
    x = keras.Input((6,))
    names = ("exact", "encoder_first", "encoder", "exact_not", "decoder")
    return keras.Model(x, [layers.Dense(3, name=name, dtype=policies)(x) for name in names])


@graph("policy_map_without_default")
def _():
    policies = keras.dtype_policies.DTypePolicyMap()
    policies["half"] = "float16"
    x = keras.Input((6,))
    half = layers.Flatten(name="half", dtype=policies)(x)
    return keras.Model(x, [half, layers.Flatten(name="whole", dtype=policies)(x)])


# Arrays as Keras takes them


def given_as(change):
    def prepare(arrays: list) -> None:
        arrays[:] = [change(array) for array in arrays]

    return prepare


for dtype in ("float64", "float16", "int64", "int8", "uint8", "uint16", "bool"):
    as_dtype = given_as(lambda array, dtype=dtype: (4 * abs(array)).astype(dtype))
    stack(f"given_{dtype}", (6,), L.Dense(5), prepare=as_dtype)
for dtype in ("float32", "int64", "uint8", "int16", "float64"):
    as_dtype = given_as(lambda array, dtype=dtype: (array + 0.75).astype(dtype))
    options = {"dtype": "int32", "integers": (0, 7), "prepare": as_dtype}
    stack(f"given_{dtype}_as_int32", (5,), L.Embedding(8, 3), **options)
stack("given_float32_as_uint8", (6,), L.Rescaling(0.5), dtype="uint8", prepare=given_as(np.float32))
stack(
    "given_float32_as_bool",
    (6,),
    L.Rescaling(2.0),
    dtype="bool",
    prepare=given_as(lambda array: array * np.float32(0.5)),
)
stack("given_one_axis_more", (6,), L.Dense(5), prepare=given_as(lambda array: array[..., None]))
stack("given_one_axis_less", (6, 1), L.Dense(5), prepare=given_as(lambda array: array[..., 0]))
stack(
    "given_images_without_channel",
    (None, None, 1),
    L.Conv2D(2, 3),
    sizes=((5, 4), (3, 6)),
    prepare=given_as(lambda array: array[..., 0].astype("float64")),
)


@graph("given_two_inputs", prepare=given_as(lambda array: array[..., None].astype("float64")))
def _():
    inputs = [keras.Input((4,), name="left"), keras.Input((4,), name="right", dtype="int32")]
    return keras.Model(inputs, layers.Subtract()(inputs))


# Weights in other dtypes


def stored_as(dtype: str):
    def edit(path: Path) -> None:
        def create(group, name: str, array: np.ndarray) -> None:
            group.create_dataset(name, data=array.astype(dtype))

        archive.rewrite_weights(path, create)

    return edit


def trained_dense() -> keras.Model:
    return keras.Sequential([keras.Input((6,)), layers.Dense(5), layers.BatchNormalization()])


edited("weights_float16_into_float32", stored_as("float16"), trained_dense)
edited("weights_float64_into_float32", stored_as("float64"), trained_dense)
stack("weights_bfloat16", (6,), L.Dense(5, dtype="bfloat16"), L.PReLU(dtype="bfloat16"), **BFLOAT16)
stack(
    "weights_bfloat16_convolution",
    (6, 5, 2),
    L.Conv2D(3, 2, dtype="bfloat16"),
    L.DepthwiseConv2D(2, dtype="bfloat16"),
    **DEEP_BFLOAT16,
)
stack("weights_float64", (6,), L.Dense(5, dtype="float64"), L.PReLU(dtype="float64"))
