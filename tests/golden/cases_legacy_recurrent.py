"""Recurrent layers and attention in files of Keras 1 and 2."""

from functools import partial
from pathlib import Path

import numpy as np
from tf_keras import Input, Model, Sequential, layers

import legacy_h5
from cases_legacy import as_keras_1, each_layer, encoder, gates_apart, in_each_layer, legacy

STEPS = ((5,), (3,))


def recurrent(layer, *heads):
    """One recurrent layer over steps of any number."""

    def build():
        return Sequential([Input((None, 3)), layer(), *(head() for head in heads)])

    return build


def lstm(**options):
    return recurrent(lambda: layers.LSTM(4, name="lstm", **options))


def gru(**options):
    return recurrent(lambda: layers.GRU(4, name="gru", **options))


for name, build in {
    "lstm": lstm(),
    "lstm_of_steps": lstm(return_sequences=True, recurrent_activation="hard_sigmoid"),
    "gru": gru(),
    "gru_reset_before": gru(reset_after=False, return_sequences=True),
    "gru_without_bias": gru(use_bias=False),
    "simple_rnn": recurrent(lambda: layers.SimpleRNN(4, go_backwards=True)),
    "bidirectional": recurrent(lambda: layers.Bidirectional(layers.LSTM(4))),
    "bidirectional_sum": recurrent(
        lambda: layers.Bidirectional(layers.GRU(4, return_sequences=True), merge_mode="sum")
    ),
    "bidirectional_of_two": recurrent(
        lambda: layers.Bidirectional(
            layers.LSTM(4, name="ahead"),
            backward_layer=layers.LSTM(4, name="back", go_backwards=True, activation="relu"),
        )
    ),
    "rnn_of_cells": recurrent(
        lambda: layers.RNN([layers.LSTMCell(4), layers.GRUCell(3)], return_sequences=True)
    ),
    "masked_lstm": recurrent(
        lambda: layers.Masking(0.0), lambda: layers.LSTM(4, return_sequences=True)
    ),
    "time_distributed": recurrent(lambda: layers.TimeDistributed(layers.Dense(2, "relu"))),
}.items():
    legacy(f"whole_h5_{name}", sizes=STEPS)(build)
legacy("keras2_bidirectional", sizes=STEPS, form=".keras")(
    recurrent(lambda: layers.Bidirectional(layers.LSTM(4)), lambda: layers.Dense(2))
)


def translator():
    """The decoder starts with the encoder's states."""
    source, target = Input((4, 3), name="source"), Input((5, 2), name="target")
    _, h, c = layers.LSTM(4, return_state=True, name="encoder")(source)
    y = layers.LSTM(4, return_sequences=True, name="decoder")(target, initial_state=[h, c])
    return Model([source, target], layers.Dense(2)(y))


legacy("whole_h5_initial_state")(translator)


def states_as_inputs(path: Path) -> None:
    """Keras before 2.4 lists the states among the inputs."""

    def visit(entry):
        for node in entry.get("inbound_nodes", []):
            if len(node[0]) > 3 and "initial_state" in node[0][3]:
                states = node[0][3].pop("initial_state")
                node.extend([*state, {}] for state in states)

    in_each_layer(visit, path)


legacy("whole_h5_initial_state_as_input", edit=states_as_inputs)(translator)


@legacy("whole_h5_time_distributed_model")
def _():
    body = encoder(3, "body")
    return Sequential([Input((4, 3)), layers.TimeDistributed(body, name="each"), layers.LSTM(2)])


@legacy("whole_h5_recurrent_in_nested")
def _():
    x = Input((5, 3))
    inner_in = Input((5, 3))
    y = layers.Bidirectional(layers.GRU(3, return_sequences=True), name="both")(inner_in)
    inner = Model(inner_in, layers.LSTM(3, name="last")(y), name="inner")
    return Model(x, layers.Dense(2)(inner(x)))


# What older versions wrote


def without_reset_after(path: Path) -> None:
    """Keras before 2.1.3 has no reset_after, and means False."""

    def visit(entry):
        entry["config"].pop("reset_after", None)
        entry["config"].pop("time_major", None)

    in_each_layer(visit, path)


legacy("whole_h5_gru_without_reset_after", sizes=STEPS, edit=without_reset_after)(
    gru(reset_after=False)
)


def cudnn_kernel(kernel: np.ndarray, gates: int) -> np.ndarray:
    return np.hstack([part.T.reshape(part.shape) for part in np.hsplit(kernel, gates)])


def cudnn_recurrent(kernel: np.ndarray, gates: int) -> np.ndarray:
    return np.hstack([part.T for part in np.hsplit(kernel, gates)])


CUDNN_HAS_NO = """activation dropout recurrent_activation recurrent_dropout reset_after unroll
    use_bias""".split()


def as_cudnn(path: Path) -> None:
    """CuDNNLSTM and CuDNNGRU, which run on GPUs alone, from LSTM and GRU."""

    def of_layer(variables):
        names = list(variables)
        for start in range(0, len(names), 3):
            kernel, recurrent_kernel, bias = names[start : start + 3]
            gates = variables[kernel].shape[1] // variables[recurrent_kernel].shape[0]
            variables[kernel] = cudnn_kernel(variables[kernel], gates)
            variables[recurrent_kernel] = cudnn_recurrent(variables[recurrent_kernel], gates)
            whole = variables[bias]
            halves = [0.25 * whole, 0.75 * whole] if gates == 4 else whole
            variables[bias] = np.concatenate(halves).astype("float32")

    def edit(weights):
        for layer, variables in weights.items():
            if any("recurrent_kernel" in name for name in variables):
                of_layer(variables)

    def visit(entry):
        layer = entry["config"].get("layer", entry) if isinstance(entry["config"], dict) else entry
        if layer["class_name"] in ("LSTM", "GRU"):
            layer["class_name"] = f"CuDNN{layer['class_name']}"
            for key in CUDNN_HAS_NO:
                layer["config"].pop(key, None)

    legacy_h5.edit_weights(path, edit)
    legacy_h5.edit_config(path, lambda config: each_layer(config, visit))


legacy("whole_h5_cudnn_lstm", sizes=STEPS, edit=as_cudnn)(lstm(return_sequences=True))
legacy("whole_h5_cudnn_gru", sizes=STEPS, edit=as_cudnn)(gru())
legacy("whole_h5_cudnn_bidirectional", sizes=STEPS, edit=as_cudnn)(
    recurrent(lambda: layers.Bidirectional(layers.LSTM(4, return_sequences=True)))
)


def keras_1(order: str):
    return partial(as_keras_1, edit_weights=partial(gates_apart, order))


legacy("keras1_lstm", sizes=STEPS, edit=keras_1("ifco"))(
    lstm(recurrent_activation="hard_sigmoid", return_sequences=True)
)
legacy("keras1_gru", sizes=STEPS, edit=keras_1("zrh"))(
    gru(recurrent_activation="hard_sigmoid", reset_after=False)
)
