"""Layers that only Keras 1 and 2 have, and what those versions did differently with the others.

tf_keras makes the models of Keras 2. Those of Keras 1 are made by editing; layers that tf_keras has
no more are defined here by their formula.
"""

from functools import partial

import numpy as np
import tensorflow as tf
import tf_keras
from tf_keras import layers

import cases_legacy
import legacy_h5
from cases_legacy import Input, Model, Sequential, as_built, legacy

# Unshared convolutions -----------------------------------------------------------------------------


def image(*shape: int, data_format: str = "channels_last", **_):
    return Input(shape if data_format == "channels_last" else (shape[-1], *shape[:-1]))


def unshared_1d(**options):
    options = {"kernel_size": 3, "strides": 2, "activation": "tanh"} | options
    return Sequential([image(7, 2, **options), layers.LocallyConnected1D(3, **options)])


def unshared_2d(**options):
    options = {"kernel_size": (3, 2), "strides": (2, 1), "activation": "relu"} | options
    return Sequential([image(5, 6, 2, **options), layers.LocallyConnected2D(3, **options)])


for implementation in (1, 2, 3):
    for order in ("channels_last", "channels_first"):
        for rank, build in ((1, unshared_1d), (2, unshared_2d)):
            options = {"implementation": implementation, "data_format": order}
            name = f"h5_locally_connected{rank}d_{implementation}_{order}"
            legacy(name)(partial(build, **options))
            if implementation > 1:
                legacy(f"{name}_same")(partial(build, padding="same", **options))

legacy("h5_locally_connected1d_even_window")(
    partial(unshared_1d, kernel_size=4, strides=3, padding="same", implementation=2)
)
legacy("h5_locally_connected2d_no_bias")(partial(unshared_2d, use_bias=False))
legacy("keras2_locally_connected", form=".keras", truth=cases_legacy.of_tf_keras)(unshared_2d)

# Random features, feature columns ------------------------------------------------------------------


def random_features(**options):
    features = layers.experimental.RandomFourierFeatures(6, **options)
    return Sequential([Input((4,)), features, layers.Dense(2)])


def positive_scale(model) -> None:
    for layer in model.layers:
        if hasattr(layer, "kernel_scale"):
            layer.kernel_scale.assign([1.7])


for name, options in {
    "gaussian": {"kernel_initializer": "gaussian", "scale": 3.0},
    "laplacian": {"kernel_initializer": "laplacian", "trainable": True},
    "initializer": {"kernel_initializer": tf_keras.initializers.GlorotUniform()},
}.items():
    legacy(f"h5_random_fourier_{name}", finish=positive_scale, truth=as_built)(
        partial(random_features, **options)
    )
legacy("keras2_random_fourier", form=".keras", finish=positive_scale, truth=as_built)(
    random_features
)


def old_random_features(path) -> None:
    """The names that these variables had up to TensorFlow 2.1."""
    new = {
        "unscaled_kernel:0": "unscaled_random_features:0",
        "bias:0": "random_features_bias:0",
        "kernel_scale:0": "random_features_scale:0",
    }

    def edit(weights) -> None:
        for layer, variables in weights.items():
            if layer.startswith("random"):
                weights[layer] = {new[n.split("/")[-1]]: a for n, a in variables.items()}

    legacy_h5.edit_weights(path, edit)


legacy("h5_random_fourier_old_names", finish=positive_scale, edit=old_random_features)(
    random_features
)


def feature_model(inputs: dict, columns: list):
    x = {key: Input(shape, name=key, dtype=dtype) for key, (shape, dtype) in inputs.items()}
    return Model(x, layers.Dense(2)(layers.DenseFeatures(columns)(x)))


@legacy("h5_dense_features_numeric", spread=2.0)
def _():
    columns = [tf.feature_column.numeric_column(key) for key in ("price", "age")]
    columns.append(tf.feature_column.numeric_column("place", shape=(2, 2)))
    inputs = {"price": ((1,), "float32"), "place": ((2, 2), "float32"), "age": ((), "int64")}
    return feature_model(inputs, columns)


@legacy("h5_dense_features_bucketized", spread=2.0)
def _():
    age = tf.feature_column.numeric_column("age")
    pair = tf.feature_column.numeric_column("Pair", shape=2)
    columns = [age, tf.feature_column.bucketized_column(age, [-1.0, 0.5, 2.0])]
    columns += [pair, tf.feature_column.bucketized_column(pair, [0.0])]
    return feature_model({"age": ((1,), "float32"), "Pair": ((2,), "float32")}, columns)


# Dtypes --------------------------------------------------------------------------------------------


@legacy("h5_input_dtype_names", edit=lambda path: legacy_h5.edit_config(path, old_dtypes))
def _():
    x, y = Input((3,), name="x"), Input((3,), name="y", dtype="float64")
    z, n = Input((3,), name="z", dtype="float16"), Input((3,), name="n", dtype="int64")
    return Model(
        [x, y, z, n],
        [
            layers.Dense(2, name="dense")(x),
            layers.Dense(2, name="wide")(layers.Concatenate(name="both")([x, y])),
            layers.Flatten(name="flat")(z),
            layers.Reshape((1, 3), name="numbers")(n),
        ],
    )


def old_dtypes(config) -> None:
    old = {"float32": "float", "float64": "double", "float16": "half", "int64": "int"}
    for entry in config["config"]["layers"]:
        entry["config"]["dtype"] = old[entry["config"]["dtype"]]


@legacy("h5_categories_in_int64", integers=(0, 4))
def _():
    x, n = Input((2,)), Input((2,), dtype="int64")
    outputs = [layers.Discretization([-0.5, 0.5])(x), layers.Hashing(3)(n)]
    outputs += [layers.IntegerLookup(vocabulary=[1, 3])(n)]
    outputs += [layers.HashedCrossing(5)([n[:, :1], n[:, 1:]])]
    for mode in ("multi_hot", "count"):
        outputs += [layers.CategoryEncoding(4, output_mode=mode)(n)]
        outputs += [layers.CategoryEncoding(4, output_mode=mode, dtype="int64")(n)]
        outputs += [layers.IntegerLookup(vocabulary=[1, 3], output_mode=mode)(n)]
        outputs += [layers.Discretization([-0.5, 0.5], output_mode=mode)(x)]
    return Model([x, n], outputs)


@legacy("h5_text_in_floats", words=("a b", "b c a a", "d"))
def _():
    x = Input((1,), dtype="string")
    number = {"output_mode": "int", "output_sequence_length": 4}
    outputs = [layers.TextVectorization(**number, vocabulary=["a", "b", "c"])(x)]
    for mode, idf in (("multi_hot", None), ("count", None), ("tf_idf", [1.0, 2.0, 1.5])):
        known = {"output_mode": mode, "vocabulary": ["a", "b", "c"], "idf_weights": idf}
        outputs += [layers.TextVectorization(**known)(x), layers.StringLookup(**known)(x)]
    return Model(x, outputs)


def float_dtypes(path) -> None:
    """As older versions of Keras 2 noted the dtype of these layers."""

    def edit(entry) -> None:
        if entry["class_name"] in ("Hashing", "Discretization"):
            entry["config"]["dtype"] = "float32"

    cases_legacy.in_each_layer(edit, path)


@legacy("h5_categories_of_float_layers", edit=float_dtypes)
def _():
    x = Input((2,))
    n = Input((2,), dtype="int64")
    return Model([x, n], [layers.Discretization([-0.5, 0.5])(x), layers.Hashing(3)(n)])


# Calls ---------------------------------------------------------------------------------------------


def constant_state(units: int, seed: int):
    return tf.constant(np.random.default_rng(seed).normal(size=(3, units)), "float32")


@legacy("h5_recurrent_constant_states", sizes=((),), edit=lambda path: None)
def _():
    x = Input((4, 3))
    lstm, gru = layers.LSTM(2), layers.GRU(2, return_sequences=True)
    both = layers.Bidirectional(layers.SimpleRNN(2))
    outputs = [lstm(x, initial_state=[constant_state(2, 1), constant_state(2, 2)])]
    outputs += [gru(x, initial_state=constant_state(2, 3))]
    outputs += [both(x, initial_state=[constant_state(2, 4), constant_state(2, 5)])]
    return Model(x, outputs)


@legacy("h5_attention_of_vectors")
def _():
    """Without an axis of steps, the batch takes its place."""
    a, b = Input((4,)), Input((4,))
    outputs = [layers.AdditiveAttention()([a, b]), layers.Attention(use_scale=True)([a, b])]
    return Model([a, b], [*outputs, layers.Attention(score_mode="concat")([a, b, b])])


@legacy("h5_augmentation")
def _():
    x = Input((6, 6, 3))
    augment = [
        layers.RandomFlip(),
        layers.RandomRotation(0.2),
        layers.RandomZoom(0.2),
        layers.RandomTranslation(0.1, 0.1),
        layers.RandomContrast(0.2),
        layers.RandomBrightness(0.2),
        layers.RandomHeight(0.2),
        layers.RandomWidth(0.2),
    ]
    y = Sequential(augment, name="augment")(x)
    return Model(x, layers.Dense(2)(layers.GlobalAveragePooling2D()(y)))


# Keras 1 -------------------------------------------------------------------------------------------


class MaxoutDense(layers.Layer):
    def __init__(self, units: int, nb_feature: int, **kwargs):
        super().__init__(**kwargs)
        self.units, self.nb_feature = units, nb_feature

    def build(self, shape):
        self.kernel = self.add_weight("W", (self.nb_feature, shape[-1], self.units))
        self.bias = self.add_weight("b", (self.nb_feature, self.units))

    def call(self, x):
        return tf.reduce_max(tf.einsum("bi,fiu->bfu", x, self.kernel) + self.bias, 1)

    def get_config(self):
        own = {"output_dim": self.units, "nb_feature": self.nb_feature, "bias": True}
        return super().get_config() | own | {"input_dim": None, "init": "glorot_uniform"}


class Highway(layers.Layer):
    def build(self, shape):
        width = shape[-1]
        self.kernel = self.add_weight("W", (width, width))
        self.carry = self.add_weight("W_carry", (width, width))
        self.bias = self.add_weight("b", (width,))
        self.carry_bias = self.add_weight("b_carry", (width,))

    def call(self, x):
        gate = tf.sigmoid(x @ self.carry + self.carry_bias)
        return gate * tf.tanh(x @ self.kernel + self.bias) + (1 - gate) * x

    def get_config(self):
        own = {"activation": "tanh", "transform_bias": -2, "bias": True, "input_dim": None}
        return super().get_config() | own


@legacy("keras1_gated_dense", edit=cases_legacy.as_keras_1)
def _():
    return Sequential([Input((4,)), MaxoutDense(3, 2), Highway(), layers.Dense(2)])


def time_distributed_dense(path) -> None:
    cases_legacy.as_keras_1(path)
    cases_legacy.rename_class("Dense", "TimeDistributedDense", path)


@legacy("keras1_time_distributed_dense", edit=time_distributed_dense)
def _():
    return Sequential([Input((4, 3)), layers.Dense(5, "tanh"), layers.Dense(2)])


def ordering_stated_once(path) -> None:
    """Only the first of the layers notes the order of axes that all of them have."""

    def edit(entry) -> None:
        if isinstance(entry["config"], dict):
            entry["config"].pop("data_format", None)
        if entry["class_name"] == "Cropping2D":
            entry["config"]["dim_ordering"] = "th"

    cases_legacy.as_keras_1(path)
    cases_legacy.in_each_layer(edit, path)


@legacy("keras1_ordering_left_out", edit=ordering_stated_once)
def _():
    first = {"data_format": "channels_first"}
    return Sequential(
        [
            Input((2, 5, 6)),
            layers.Cropping2D(((1, 0), (0, 1)), **first),
            layers.ZeroPadding2D(((0, 1), (2, 1)), **first),
            layers.UpSampling2D((2, 1), **first),
            layers.Flatten(),
            layers.Dense(3),
        ]
    )


def keras_1_unshared(path) -> None:
    def edit(entry) -> None:
        config = entry["config"]
        if entry["class_name"] != "LocallyConnected2D":
            return
        config["nb_filter"], config["subsample"] = config.pop("filters"), config.pop("strides")
        config["nb_row"], config["nb_col"] = config.pop("kernel_size")
        config["border_mode"], config["bias"] = config.pop("padding"), config.pop("use_bias")
        config["dim_ordering"] = {"channels_last": "tf"}.get(config.pop("data_format"), "th")
        del config["implementation"]

    cases_legacy.as_keras_1(path)
    cases_legacy.in_each_layer(edit, path)


legacy("keras1_locally_connected", edit=keras_1_unshared)(unshared_2d)
legacy("keras1_locally_connected_channels_first", edit=keras_1_unshared)(
    partial(unshared_2d, data_format="channels_first")
)
