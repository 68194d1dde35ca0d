"""TensorFlow functions on Keras tensors, in files of Keras 2, that must be refused."""

import json
from functools import partial

import tensorflow as tf
import tf_keras

import cases_legacy_operations
import legacy_h5
from refused import refuse


def calling(function):
    def build():
        tf_keras.backend.clear_session()
        x = tf_keras.Input((4,), name="x")
        return tf_keras.Model(x, function(x))

    return build


def altered(name: str, words: list[str], function, edit, as_nodes: bool = False) -> None:
    """`edit` gets the last layer's entry, a function or a node of a graph, and its only call."""

    def alter(path) -> None:
        if as_nodes:
            cases_legacy_operations.as_nodes(path)

        def last(config) -> None:
            entry = config["config"]["layers"][-1]
            edit(entry, entry["inbound_nodes"])

        legacy_h5.edit_config(path, last)

    refuse(f"whole_h5_tf_{name}", words, calling(function), form=".h5")(alter)


def call_of(**keywords):
    """Sets keyword arguments of the call; those that are None go."""

    def edit(_, calls) -> None:
        call = calls[0] if isinstance(calls[0][0], str) else calls[0][0]
        call[3].update(keywords)
        for name in [name for name, value in keywords.items() if value is None]:
            del call[3][name]

    return edit


def node(edit):
    """Edits the node_def, which is JSON in JSON."""

    def alter(entry, calls) -> None:
        definition = json.loads(entry["config"]["node_def"])
        edit(definition, entry["config"])
        entry["config"]["node_def"] = json.dumps(definition)

    return alter


X = ["x", 0, 0]
on_node = partial(altered, as_nodes=True)

altered(
    "called_twice", ["2 calls"], tf.nn.softplus, lambda _, calls: calls.append(list(calls[0]))
)
altered(
    "parameter_missing", ["without its parameter 'y'"], lambda x: x + 2.0,
    call_of(y=None),
)
altered(
    "attribute_is_a_tensor", ["a constant is supported"], lambda x: tf.reduce_sum(x, 1),
    call_of(keepdims=X),
)
altered(
    "constant_is_a_tensor", ["num_or_size_splits", "from more than the shapes of tensors"],
    lambda x: tf.split(x, [1, 3], axis=1)[0], call_of(num_or_size_splits=X),
)
on_node(
    "node_of_no_number", ["'two' is no whole number"],
    lambda x: tf.squeeze(tf.expand_dims(x, 1), 1),
    node(lambda d, _: d["attr"].update(squeeze_dims={"list": {"i": ["two"]}})),
)
on_node(
    "node_of_unknown_dtype", ["TensorFlow dtype DT_COMPLEX64"], lambda x: tf.cast(x, "int32"),
    node(lambda d, _: d["attr"].update(DstT={"type": "DT_COMPLEX64"})),
)
on_node(
    "node_in_binary", ["TensorFlow 2.0", "binary node_def"], tf.nn.relu,
    lambda entry, _: entry["config"].update(node_def="\n\u0004relu"),
)
on_node(
    "node_of_more_inputs", ["the node has 3 inputs, and only 1 are given"], tf.nn.relu,
    node(lambda d, _: d.update(input=["a", "b", "c"])),
)
on_node(
    "node_slice_computed", ["'begin'", "from more than the shapes of tensors"], lambda x: x[:, 1:3],
    lambda entry, calls: (entry["config"]["constants"].pop("1"), calls[0].append([*X, {}])),
)
on_node(
    "node_split_by_nothing", ["attribute 'num_split': no number"],
    lambda x: tf.split(x, 2, axis=1)[0],
    node(lambda d, _: d["attr"].update(num_split={"s": "two"})),
)
on_node(
    "node_unknown", ["TensorFlow op Lgamma is not supported"], tf.nn.relu,
    node(lambda d, _: d.update(op="Lgamma")),
)
on_node(
    "node_of_too_many_inputs", ["the TensorFlow op Relu has 2 inputs"], tf.nn.relu,
    lambda entry, calls: (
        node(lambda d, _: d.update(input=["a", "b"]))(entry, calls), calls[0].append([*X, {}])
    ),
)
