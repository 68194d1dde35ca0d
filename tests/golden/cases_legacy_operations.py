"""TensorFlow functions on the tensors of tf_keras, and operations in HDF5 files of Keras 3."""

import json
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from tf_keras import Input, Model, layers

import legacy_h5
from cases_legacy import keras_3, legacy


def functions(name: str, shape: tuple, *others: tuple, **options):
    """A graph whose outputs are what the decorated function lists."""

    def register(outputs_of):
        def build():
            inputs = [Input(s) for s in (shape, *others)]
            return Model(inputs, outputs_of(*inputs))

        legacy(name, **options)(build)
        return outputs_of

    return register


@functions("tf_arithmetic", (4, 3), (4, 3))
def _(x, y):
    sums = [x + y, x + 2.0, 2.0 - x, x - y, -x, x * y, 3 * x, x / 2, 1 / (x * x + 1), x**2, 2**x]
    sums += [x // 0.5, x % 0.7, tf.add(x, y), tf.multiply(x, [1.0, 2.0, 3.0]), tf.divide(x, 4.0)]
    sums += [tf.maximum(x, y), tf.minimum(x, 0.5), tf.math.squared_difference(x, y)]
    return sums + [tf.math.divide_no_nan(x, tf.nn.relu(y)), tf.subtract(x, y), tf.pow(x, 2.0)]


@functions("tf_elementwise", (4, 3))
def _(x):
    positive = tf.abs(x) + 0.5
    fns = [tf.abs, tf.exp, tf.square, tf.sign, tf.floor, tf.math.ceil, tf.round, tf.sin, tf.cos]
    fns += [tf.tanh, tf.sigmoid, tf.math.erf, tf.math.softplus, tf.identity, tf.stop_gradient]
    positives = [tf.sqrt, tf.math.rsqrt, tf.math.log, tf.math.log1p, tf.math.reciprocal]
    outputs = [fn(x) for fn in fns] + [fn(positive) for fn in positives]
    return [*outputs, tf.clip_by_value(x, -0.5, 0.7), tf.zeros_like(x), tf.ones_like(x)]


@functions("tf_activations", (4, 3), spread=2.0)
def _(x):
    fns = [tf.nn.relu, tf.nn.relu6, tf.nn.leaky_relu, tf.nn.elu, tf.nn.selu, tf.nn.gelu]
    fns += [tf.nn.silu, tf.nn.softplus, tf.nn.softsign, tf.nn.softmax, tf.nn.log_softmax]
    outputs = [fn(x) for fn in fns]
    outputs += [tf.nn.leaky_relu(x, 0.1), tf.nn.gelu(x, approximate=True), tf.nn.softmax(x, 1)]
    return [*outputs, tf.nn.sigmoid(x), tf.nn.tanh(x)]


@functions("tf_reductions", (4, 3))
def _(x):
    outputs = [tf.reduce_mean(x, 1), tf.reduce_sum(x, [1, 2]), tf.reduce_max(x, -1, keepdims=True)]
    outputs += [tf.reduce_min(x, 2), tf.reduce_prod(x, 1), tf.math.reduce_std(x, 1)]
    outputs += [tf.math.reduce_variance(x, [1, 2]), tf.reduce_logsumexp(x, 2), tf.cumsum(x, 1)]
    outputs += [tf.math.l2_normalize(x, -1), tf.norm(x, axis=-1)]
    return [*outputs, tf.cast(tf.argmax(x, 1), tf.float32), tf.sort(x, axis=1)]


@functions("tf_shapes", (4, 6), (4, 6))
def _(x, y):
    outputs = [tf.reshape(x, (-1, 2, 12)), tf.transpose(x, [0, 2, 1]), tf.expand_dims(x, 1)]
    outputs += [tf.squeeze(tf.expand_dims(x, -1), -1), tf.concat([x, y, x], axis=1)]
    outputs += [tf.stack([x, y], axis=2), *tf.unstack(x, axis=1), *tf.split(x, 3, axis=-1)]
    outputs += [*tf.split(x, [1, 2, 3], axis=2), tf.tile(x, [1, 2, 1]), tf.repeat(x, 2, axis=1)]
    outputs += [tf.pad(x, [[0, 0], [1, 2], [0, 1]]), tf.pad(x, [[0, 0], [1, 2], [0, 0]], "REFLECT")]
    outputs += [tf.gather(x, [1, 0, 1], axis=1), tf.reverse(x, [2]), tf.roll(x, 1, 1)]
    return [*outputs, tf.slice(x, [0, 1, 2], [-1, 2, -1])]


@functions("tf_slices", (4, 6, 3))
def _(x):
    outputs = [x[:, 1:3], x[..., 0], x[:, ::2, 1:], x[:, tf.newaxis, 2], x[:, -1], x[:, ::-1]]
    return [*outputs, x[..., tf.newaxis, 1:], x[:, 0, 0], x[1:2]]


@functions("tf_products", (4, 3), (4, 3))
def _(x, y):
    outputs = [tf.matmul(x, y, transpose_b=True), tf.matmul(x, y, transpose_a=True)]
    outputs += [x @ tf.transpose(y, [0, 2, 1]), tf.matmul(x, y, adjoint_b=True)]
    return [*outputs, tf.nn.bias_add(x, [1.0, -2.0, 0.5])]


@functions("tf_comparisons", (4, 3), (4, 3))
def _(x, y):
    both = tf.logical_and(x > y, x < 1.0)
    outputs = [tf.where(both, x, y), tf.where(x >= 0.0, x, 0.0), tf.cast(x <= y, tf.float32)]
    either = tf.logical_or(tf.logical_not(both), tf.not_equal(x, y))
    return [*outputs, tf.cast(either, "float32"), tf.cast(tf.reduce_any(both, 1), tf.float32)]


@functions("tf_images", (6, 8, 4), atol=2e-5, why="sums of four rounded products")
def _(x):
    outputs = [tf.image.resize(x, (9, 5)), tf.image.resize(x, (12, 16), method="nearest")]
    outputs += [tf.nn.depth_to_space(x, 2), tf.nn.space_to_depth(x, 2)]
    return [*outputs, tf.nn.max_pool2d(x, 2, 2, "SAME"), tf.nn.avg_pool2d(x, 3, 2, "VALID")]


def attention_block():
    """Functions between layers and in a nested model, one of them called on a constant first."""
    x = Input((5, 4))
    inner = Input((5, 4))
    scaled = tf.matmul(inner, inner, transpose_b=True) / np.sqrt(4.0).astype("float32")
    body = Model(inner, tf.nn.softmax(scaled) @ inner, name="body")
    y = body(layers.Dense(4)(x)) + x
    y = layers.Dense(3)(1.0 - tf.reduce_mean(y, axis=1))
    return Model(x, [y, tf.nn.relu(y) * 2.0])


legacy("tf_network")(attention_block)
legacy("keras2_tf_network", form=".keras")(attention_block)


# TensorFlow 2.0 to 2.3: nodes of a graph instead of calls of functions

OPS = {
    "__operators__.add": "AddV2",
    "math.subtract": "Sub",
    "math.multiply": "Mul",
    "math.truediv": "RealDiv",
    "nn.relu": "Relu",
    "math.reduce_mean": "Mean",
    "reshape": "Reshape",
    "compat.v1.transpose": "Transpose",
    "concat": "ConcatV2",
    "__operators__.getitem": "StridedSlice",
    "linalg.matmul": "BatchMatMulV2",
    "cast": "Cast",
    "expand_dims": "ExpandDims",
    "compat.v1.squeeze": "Squeeze",
    "compat.v1.shape": "Shape",
    "compat.v1.size": "Size",
    "compat.v1.rank": "Rank",
    "rank": "Rank",
    "range": "Range",
    "fill": "Fill",
    "stack": "Pack",
    "unstack": "Unpack",
    "split": "Split",
    "strided_slice": "StridedSlice",
    "math.reduce_all": "All",
    "math.reduce_any": "Any",
    "math.greater": "Greater",
    "math.argmax": "ArgMax",
    "math.argmin": "ArgMin",
    "broadcast_to": "BroadcastTo",
    "math.ceil": "Ceil",
    "math.cos": "Cos",
    "math.sin": "Sin",
    "math.floormod": "FloorMod",
    "ones_like": "OnesLike",
    "zeros_like": "ZerosLike",
}
WHOLE = ("num", "begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask")


def strided_slice(spec: list) -> tuple[list, dict]:
    """begin, end and strides, and the masks of a slice."""
    parts = [part if isinstance(part, dict) else {"start": part, "stop": part + 1} for part in spec]
    bounds = [[part.get(key) or 0 for part in parts] for key in ("start", "stop")]
    bounds.append([part.get("step") or 1 for part in parts])
    masks = {"begin_mask": 0, "end_mask": 0, "shrink_axis_mask": 0}
    for axis, (part, written) in enumerate(zip(parts, spec, strict=True)):
        masks["begin_mask"] |= (part["start"] is None) << axis
        masks["end_mask"] |= (part["stop"] is None) << axis
        masks["shrink_axis_mask"] |= (not isinstance(written, dict)) << axis
    return bounds, {name: {"i": str(mask)} for name, mask in masks.items()}


def split_as_node(first: list, keywords: dict) -> tuple[str, list, dict]:
    """Split into equal parts has the axis first; into sizes, last."""
    constants = {key: ["_CONSTANT_VALUE", -1, keywords[key]] for key in ("num_or_size_splits", "axis")}
    sizes, axis = constants.values()
    if isinstance(sizes[2], list):
        return "SplitV", [first[0][:3], sizes, axis], {}
    return "Split", [axis, first[0][:3]], {"num_split": {"i": str(sizes[2])}}


def node_of(entry: dict) -> None:
    """Turns a TFOpLambda or SlicingOpLambda into a TensorFlowOpLayer."""
    config, call = entry["config"], entry["inbound_nodes"][0]
    op = OPS[config.pop("function")]
    first = call if isinstance(call[0], list) else [call]
    keywords = first[0][3]
    operands, attributes = [tensor[:3] for tensor in first], {}
    if op == "Split":
        op, operands, attributes = split_as_node(first, keywords)
        keywords = {}
    for key, value in keywords.items():
        if key in ("transpose_b", "keepdims"):
            attributes[{"transpose_b": "adj_y", "keepdims": "keep_dims"}[key]] = {"b": value}
        elif key == "dtype":
            attributes["DstT"] = {"type": {"float32": "DT_FLOAT", "int32": "DT_INT32"}[value]}
        elif key == "axis" and op == "Squeeze":
            attributes["squeeze_dims"] = {"list": {"i": [str(value)]}}
        elif key in WHOLE or key == "axis" and op in ("Pack", "Unpack"):
            attributes[key] = {"i": str(value)}
        elif key in ("out_type", "output_type"):
            attributes[key] = {"type": {"int32": "DT_INT32", "int64": "DT_INT64"}[value]}
        elif key == "slice_spec":
            bounds, masks = strided_slice(value if isinstance(value, list) else [value])
            operands += [["_CONSTANT_VALUE", -1, bound] for bound in bounds]
            attributes |= masks
        elif key not in ("name", "conjugate"):
            is_tensor = isinstance(value, list) and value and isinstance(value[0], str)
            operands.append(value if is_tensor else ["_CONSTANT_VALUE", -1, value])
    constants = {i: o[2] for i, o in enumerate(operands) if o[0] == "_CONSTANT_VALUE"}
    node = {"name": config["name"], "op": op, "attr": attributes}
    node["input"] = [f"input_{i}" for i in range(len(operands))]
    entry["class_name"] = "TensorFlowOpLayer"
    config["node_def"], config["constants"] = json.dumps(node), constants
    config["name"] = f"inner_{config['name']}"  # the entry's name counts
    tensors = [[*operand, {}] for operand in operands if operand[0] != "_CONSTANT_VALUE"]
    entry["inbound_nodes"] = [tensors]


def as_nodes(path: Path) -> None:
    def edit(config):
        for entry in config["config"]["layers"]:
            if entry["class_name"] in ("TFOpLambda", "SlicingOpLambda"):
                node_of(entry)

    legacy_h5.edit_config(path, edit)
    legacy_h5.set_version(path, "2.3.0-tf")


@functions("tf_nodes", (4, 6), (4, 6), edit=as_nodes)
def _(x, y):
    outputs = [x + y, x + 2.0, 2.0 - x, x * y, x / 3.0, tf.nn.relu(x), tf.reshape(x, (-1, 2, 12))]
    outputs += [tf.reduce_mean(x, 1, keepdims=True), tf.transpose(x, [0, 2, 1])]
    outputs += [tf.concat([x, y], axis=1), x[:, 1:3, 0], tf.matmul(x, y, transpose_b=True)]
    return [*outputs, tf.squeeze(tf.expand_dims(layers.Dense(1)(x), 1), 1)]


@functions("tf_nodes_of_cells", (4, 6), (4, 6), edit=as_nodes)
def _(x, y):
    above = tf.greater(x, y)
    outputs = [tf.reduce_all(above, 1), tf.reduce_any(above, 2, keepdims=True), tf.math.ceil(x)]
    outputs += [tf.argmax(x, 2), tf.argmin(x, 1, output_type=tf.int32), tf.sin(x), tf.cos(x)]
    outputs += [tf.math.floormod(x, 0.7), tf.broadcast_to(x[:1, 1:2], [2, 4, 6])]
    outputs += [tf.ones_like(x), tf.zeros_like(y)]
    return [tf.cast(output, tf.float32) for output in outputs]


@functions("tf_nodes_of_sizes", (4, 6), (4, 6), edit=as_nodes)
def _(x, y):
    shape = tf.shape(x)
    batch, steps = shape[0], shape[1]
    outputs = [shape, tf.shape(y, out_type=tf.int64), tf.rank(x), tf.size(x)]
    outputs += [tf.range(0, steps, 1), tf.range(steps * 2, 1, -1), tf.fill(tf.stack([batch, 2], 0), 1.5)]
    outputs += [tf.fill(tf.stack([steps, batch], axis=0), 2), *tf.unstack(x, axis=1)]
    outputs += [*tf.unstack(y, axis=-1)[:2], *tf.split(x, 3, axis=-1), *tf.split(y, [1, 5], axis=2)]
    outputs += [tf.reshape(x, tf.stack([batch, 6 * steps], axis=0))]
    first, half = tf.stack([0, steps - 3], axis=0), tf.stack([batch, batch + 1], axis=0)
    outputs += [tf.strided_slice(x, first, half, [1, 1])]
    outputs += [tf.strided_slice(x, first, half, [1, 1], end_mask=2, shrink_axis_mask=1)]
    return [tf.cast(output, tf.float32) for output in outputs]


@keras_3("whole_h5_keras3_operations", form=".h5")
def _():
    """Operations and layers of one name, which the file tells apart by their keys alone."""
    k, ops = keras.layers, keras.ops
    x = keras.Input((4, 6))
    y = k.Dense(6)(ops.relu(x) + 2.0)
    z = ops.concatenate([k.Concatenate()([x, y]), y], axis=-1)
    z = ops.transpose(k.Multiply()([y, x]) * y, [0, 2, 1]) @ z[:, :, 1:5]
    z = ops.mean(ops.where(z > 0, z, 0.1 * z), axis=1, keepdims=True)
    parts = ops.split(ops.reshape(z, (-1, 2, 2)), [1], axis=1)
    return keras.Model(x, [ops.stack(parts, axis=1), ops.softmax(y), k.Softmax()(y)])
