"""Layers of other packages than Keras, as their files hold them: each is defined here by its formula
and saved under the name that its package gives it."""

import numpy as np
import tensorflow as tf
import tf_keras
from tf_keras import layers

import cases_legacy
import legacy_h5
from cases_legacy import Input, Model, as_built, legacy, of_tf_keras

addons = tf_keras.utils.register_keras_serializable("Addons")
anyones = tf_keras.utils.register_keras_serializable()


def shape_for(axis: int, x, count: int) -> list[int]:
    shape = [1] * len(x.shape)
    shape[axis] = count
    return shape


class Normalization(layers.Layer):
    """What all these classes note, and their scale and shift."""

    def __init__(self, axis=-1, epsilon=1e-3, center=True, scale=True, **kwargs):
        super().__init__(**kwargs)
        self.axis, self.epsilon, self.center, self.scale = axis, epsilon, center, scale

    def build(self, shape):
        count = (1 if self.axis is None else shape[self.axis],)
        self.gamma = self.add_weight("gamma", count) if self.scale else 1.0
        self.beta = self.add_weight("beta", count) if self.center else 0.0

    def get_config(self):
        keys = ("axis", "epsilon", "center", "scale")
        return super().get_config() | {key: getattr(self, key) for key in keys}

    def finish(self, x, shape):
        gamma = tf.reshape(self.gamma, shape) if self.scale else 1.0
        beta = tf.reshape(self.beta, shape) if self.center else 0.0
        return x * gamma + beta


# tensorflow-addons ---------------------------------------------------------------------------------


@addons
class GroupNormalization(Normalization):
    def __init__(self, groups=32, **kwargs):
        super().__init__(**kwargs)
        self.groups = groups

    def call(self, x):
        axis = self.axis % len(x.shape)
        groups = x.shape[axis] if self.groups == -1 else self.groups
        parts = tf.split(x, groups, axis)
        axes = list(range(1, len(x.shape)))
        moments = [tf.nn.moments(part, axes, keepdims=True) for part in parts]
        parts = [(p - m) / tf.sqrt(v + self.epsilon) for p, (m, v) in zip(parts, moments)]
        return self.finish(tf.concat(parts, axis), shape_for(axis, x, x.shape[axis]))

    def get_config(self):
        return super().get_config() | {"groups": self.groups}


@addons
class InstanceNormalization(GroupNormalization):
    def __init__(self, **kwargs):
        super().__init__(**(kwargs | {"groups": -1}))


@addons
class FilterResponseNormalization(layers.Layer):
    def __init__(self, epsilon=1e-6, axis=None, learned_epsilon=False, **kwargs):
        super().__init__(**kwargs)
        self.epsilon, self.axis, self.learned_epsilon = epsilon, axis or [1, 2], learned_epsilon

    def build(self, shape):
        self.more = self.add_weight("learned_epsilon", (1,)) if self.learned_epsilon else 0.0
        self.gamma = self.add_weight("gamma", (1, 1, 1, shape[-1]))
        self.beta = self.add_weight("beta", (1, 1, 1, shape[-1]))

    def call(self, x):
        power = tf.reduce_mean(tf.square(x), [1, 2], keepdims=True)
        epsilon = tf.abs(self.epsilon) + tf.abs(self.more)
        return self.gamma * x / tf.sqrt(power + epsilon) + self.beta

    def get_config(self):
        keys = ("axis", "epsilon", "learned_epsilon")
        return super().get_config() | {key: getattr(self, key) for key in keys}


class WithKeys(layers.Layer):
    """A layer of nothing but numbers in its config."""

    DEFAULTS = {}

    def __init__(self, **kwargs):
        own = {key: kwargs.pop(key, value) for key, value in self.DEFAULTS.items()}
        super().__init__(**kwargs)
        self.own = own

    def get_config(self):
        return super().get_config() | self.own


@addons
class GELU(WithKeys):
    DEFAULTS = {"approximate": True}

    def call(self, x):
        return tf.nn.gelu(x, self.own["approximate"])


@addons
class TLU(WithKeys):
    DEFAULTS = {"affine": False}

    def build(self, shape):
        self.tau = self.add_weight("tau", shape[1:])
        self.alpha = self.add_weight("alpha", shape[1:]) if self.own["affine"] else 0.0

    def call(self, x):
        return tf.maximum(x, self.alpha * x + self.tau)


@addons
class Maxout(WithKeys):
    DEFAULTS = {"num_units": 2, "axis": -1}

    def call(self, x):
        units = self.own["num_units"]
        return tf.reduce_max(tf.stack(tf.split(x, x.shape[-1] // units, -1)), 0)


@addons
class StochasticDepth(WithKeys):
    DEFAULTS = {"survival_probability": 0.5}

    def call(self, inputs):
        return inputs[0] + self.own["survival_probability"] * inputs[1]


def normalized(*made, shape=(6, 5, 4)):
    x = Input(shape)
    return Model(x, [layer(x) for layer in made])


@legacy("h5_addons_normalizations")
def _():
    return normalized(
        InstanceNormalization(),
        InstanceNormalization(axis=1, epsilon=1e-2, center=False),
        GroupNormalization(groups=2),
        GroupNormalization(groups=3, axis=1, scale=False),
        FilterResponseNormalization(),
        FilterResponseNormalization(learned_epsilon=True),
    )


@legacy("keras2_addons_normalization", form=".keras", truth=of_tf_keras)
def _():
    x = Input((6, 5, 3))
    y = InstanceNormalization()(layers.Conv2D(4, 3)(x))
    return Model(x, layers.Conv2D(2, 1)(GroupNormalization(groups=2)(y)))


@legacy("h5_addons_instance_norm_open_sizes", sizes=((6, 5), (4, 7)))
def _():
    x = Input((None, None, 3))
    return Model(x, layers.Conv2D(2, 2)(InstanceNormalization()(layers.Conv2D(4, 3)(x))))


@legacy("h5_addons_nested", truth=as_built)
def _():
    """In a nested model and in TimeDistributed."""
    x, inner = Input((3, 6, 5, 4)), Input((6, 5, 4))
    each = layers.TimeDistributed(InstanceNormalization())(x)
    body = Model(inner, GroupNormalization(groups=2)(inner), name="body")
    return Model(x, layers.TimeDistributed(body)(each))


@legacy("h5_addons_activations", spread=2.0)
def _():
    x = Input((6, 4))
    made = [GELU(), GELU(approximate=False), TLU(), TLU(affine=True), Maxout()]
    return Model(x, [*(layer(x) for layer in made), StochasticDepth()([x, layers.Dense(4)(x)])])


@addons
def gelu(x):
    return tf.nn.gelu(x, True)


@addons
def mish(x):
    return x * tf.tanh(tf.math.softplus(x))


@addons
def tanhshrink(x):
    return x - tf.tanh(x)


@addons
def hardshrink(x):
    return tf.where(tf.abs(x) > 0.5, x, 0)


@addons
def softshrink(x):
    return tf.sign(x) * tf.maximum(tf.abs(x) - 0.5, 0)


@legacy("h5_addons_functions", truth=as_built)
def _():
    x = Input((4,))
    functions = (gelu, mish, tanhshrink, hardshrink, softshrink)
    return Model(x, [layers.Dense(3, function)(x) for function in functions])


# keras-contrib -------------------------------------------------------------------------------------


def renamed(names: dict):
    """The bare names of classes whose own ones are taken in this module."""

    def edit(path) -> None:
        for old, new in names.items():
            cases_legacy.rename_class(old, new, path)
        legacy_h5.set_version(path, "2.2.4")

    return edit


class ContribInstance(Normalization):
    def call(self, x):
        axes = [i for i in range(1, len(x.shape)) if self.axis is None or i != self.axis % len(x.shape)]
        mean, variance = tf.nn.moments(x, axes, keepdims=True)
        shape = [1] if self.axis is None else shape_for(self.axis, x, x.shape[self.axis])
        return self.finish((x - mean) / (tf.sqrt(variance) + self.epsilon), shape)


class ContribGroup(Normalization):
    def __init__(self, groups=32, epsilon=1e-5, **kwargs):
        super().__init__(epsilon=epsilon, **kwargs)
        self.groups = groups

    def call(self, x):
        shape = list(x.shape)
        cells, weights = shape[1:], [1] * (len(shape) - 1)
        axis = self.axis % len(shape) - 1
        cells[axis] = weights[axis] = cells[axis] // self.groups
        y = tf.reshape(x, [-1, self.groups, *cells])
        mean, variance = tf.nn.moments(y, list(range(2, len(shape) + 1)), keepdims=True)
        y = (y - mean) / tf.sqrt(variance + self.epsilon)
        return tf.reshape(self.finish(y, [1, self.groups, *weights]), [-1, *shape[1:]])

    def get_config(self):
        return super().get_config() | {"groups": self.groups}


def contrib(name: str, names: dict, **options):
    return legacy(name, edit=renamed(names), **options)


@contrib(
    "h5_contrib_normalizations",
    {"ContribInstance": "InstanceNormalization", "ContribGroup": "GroupNormalization"},
)
def _():
    return normalized(
        ContribInstance(axis=None),
        ContribInstance(axis=-1, epsilon=0.1),
        ContribInstance(axis=1, scale=False),
        ContribGroup(groups=2),
        ContribGroup(groups=3, axis=1, center=False),
    )


class Swish(WithKeys):
    DEFAULTS = {"beta": 1.5}

    def build(self, shape):
        self.factor = self.own["beta"]
        if self.trainable:
            self.factor = self.add_weight("scaling_factor", ())

    def call(self, x):
        return x * tf.sigmoid(self.factor * x)


class SineReLU(WithKeys):
    DEFAULTS = {"epsilon": 0.05}

    def call(self, x):
        return tf.maximum(self.own["epsilon"] * (tf.sin(x) - tf.cos(x)), x)


class PerCell(WithKeys):
    """Parameters for every cell, or shared along some axes."""

    DEFAULTS = {"shared_axes": None}
    NAMES = ()

    def build(self, shape):
        shared = self.own["shared_axes"] or []
        own = [1 if axis in shared else size for axis, size in enumerate(shape)][1:]
        self.parameters = [self.add_weight(name, own) for name in self.NAMES]


class PELU(PerCell):
    NAMES = ("alpha", "beta")

    def call(self, x):
        alpha, beta = self.parameters
        return tf.where(x > 0, x * alpha / beta, alpha * (tf.exp(tf.minimum(x, 0) / beta) - 1))


class SReLU(PerCell):
    NAMES = ("t_left", "a_left", "t_right", "a_right")

    def call(self, x):
        left, left_slope, width, right_slope = self.parameters
        right = left + tf.abs(width)
        below = left + left_slope * (x - left)
        above = right + right_slope * (x - right)
        return tf.where(x < left, below, tf.where(x > right, above, x))


class SubPixelUpscaling(WithKeys):
    DEFAULTS = {"scale_factor": 2, "data_format": "channels_last"}

    def call(self, x):
        return tf.nn.depth_to_space(x, self.own["scale_factor"])


@legacy("h5_contrib_activations", truth=as_built, spread=2.0)
def _():
    x = Input((6, 5, 4))
    made = [Swish(trainable=False), Swish(), SineReLU(), PELU(), PELU(shared_axes=[1, 2])]
    made += [SReLU(), SReLU(shared_axes=[1, 2]), SubPixelUpscaling()]
    return Model(x, [layer(x) for layer in made])


# The model optimization toolkit ----------------------------------------------------------------------


class PruneLowMagnitude(layers.Wrapper):
    PRUNED = ("pointwise_kernel", "embeddings", "kernel")

    def build(self, shape):
        super().build(shape)
        names = [name for name in self.PRUNED if hasattr(self.layer, name)]
        self.pruned = getattr(self.layer, names[0]) if names else None
        if names:
            self.mask = self.add_weight("mask", self.pruned.shape, trainable=False)
            self.add_weight("threshold", (), trainable=False)
        self.add_weight("pruning_step", (), dtype="int64", trainable=False)

    def call(self, x):
        return self.layer(x)

    def get_config(self):
        schedule = {"target_sparsity": 0.5, "begin_step": 0, "end_step": -1, "frequency": 100}
        own = {"pruning_schedule": {"class_name": "ConstantSparsity", "config": schedule}}
        own |= {"block_size": [1, 1], "block_pooling_type": "AVG"}
        return super().get_config() | own


def prune(model) -> None:
    """As the toolkit leaves a model behind: it multiplies kernels by their masks."""
    for layer in model.layers:
        if getattr(layer, "pruned", None) is not None:
            layer.mask.assign(tf.cast(layer.mask > 0, "float32"))
            layer.pruned.assign(layer.pruned * layer.mask)


def pruned(name: str, **options):
    return legacy(name, finish=prune, truth=as_built, **options)


def pruned_network():
    x = Input((6, 6, 3))
    y = PruneLowMagnitude(layers.Conv2D(4, 3, activation="relu"), name="prune_conv")(x)
    y = PruneLowMagnitude(layers.SeparableConv2D(4, 2), name="prune_separable")(y)
    y = PruneLowMagnitude(layers.LeakyReLU(0.1), name="prune_bend")(y)
    y = PruneLowMagnitude(layers.Conv2DTranspose(2, 2), name="prune_back")(y)
    y = layers.Flatten()(PruneLowMagnitude(layers.BatchNormalization(), name="prune_norm")(y))
    return Model(x, PruneLowMagnitude(layers.Dense(3), name="prune_dense")(y))


pruned("h5_pruned_network")(pruned_network)


@pruned("h5_pruned_embedding", integers=(0, 5))
def _():
    x = Input((4,), dtype="int32")
    y = PruneLowMagnitude(layers.Embedding(5, 3), name="prune_embedding")(x)
    dense = PruneLowMagnitude(layers.Dense(3), name="prune_dense")
    return Model(x, dense(dense(y)))


# Registered without a package: AutoKeras, efficientnet ---------------------------------------------


@anyones
class CastToFloat32(layers.Layer):
    def call(self, x):
        return tf.cast(x, tf.float32)


@anyones
class ExpandLastDim(layers.Layer):
    def call(self, x):
        return x[..., None]


@anyones
class FixedDropout(layers.Dropout):
    pass


@legacy("h5_autokeras_images")
def _():
    x = Input((8, 8), dtype="uint8")
    y = ExpandLastDim()(CastToFloat32()(x))
    return Model(x, layers.Dense(3)(layers.Flatten()(layers.Conv2D(2, 3)(y))))


@legacy("keras2_autokeras_cast", form=".keras", truth=of_tf_keras)
def _():
    x = Input((4,), dtype="int32")
    return Model(x, layers.Dense(3)(FixedDropout(0.3)(CastToFloat32()(x))))


@anyones
class MultiCategoryEncoding(WithKeys):
    DEFAULTS = {"encoding": None}

    def call(self, x):
        return tf.where(tf.math.is_nan(x), 0.0, x)


def drop_numbers(arrays) -> None:
    arrays[0][:, 1] = np.nan


@legacy("h5_autokeras_table", prepare=drop_numbers)
def _():
    x = Input((3,))
    y = MultiCategoryEncoding(encoding=["none"] * 3)(x)
    return Model(x, layers.Dense(2)(CastToFloat32()(y)))
