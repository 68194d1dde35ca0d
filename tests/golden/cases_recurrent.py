"""Recurrent layers, what wraps layers over time, and masks."""

import keras
import numpy as np
from keras import layers

import archive
import truth
from registry import built, edited, graph, lazy, stack

STEPS, FEATURES, UNITS = 6, 4, 3
SIZES = ((4,), (7,))
PLAIN = {"simple": lazy.SimpleRNN, "lstm": lazy.LSTM, "gru": lazy.GRU}
CELLS = {"simple": lazy.SimpleRNNCell, "lstm": lazy.LSTMCell, "gru": lazy.GRUCell}


def pad(arrays: list[np.ndarray]) -> None:
    """Zeroes steps: before, between and after the others, and all of one sequence."""
    sequences = arrays[0]
    if len(sequences) == 1:
        sequences[0, [0, 3, -1]] = 0
    else:
        sequences[0, [0, -2, -1]] = 0
        sequences[1, 2:4] = 0
        sequences[2] = 0


def pad_mask(arrays: list[np.ndarray]) -> None:
    """The same for a mask that is the model's last input."""
    sequences = np.ones((*arrays[-1].shape, 1), "float32")
    pad([sequences])
    arrays[-1] = sequences[..., 0].astype(arrays[-1].dtype)


def masked(name: str, *recipes, shape=(STEPS, FEATURES), **options) -> None:
    stack(f"{name}_masked", shape, lazy.Masking(), *recipes, prepare=pad, **options)


def sequence_input(**options) -> keras.KerasTensor:
    return keras.Input((STEPS, FEATURES), **options)


# One layer

for name, layer in PLAIN.items():
    shape = (STEPS, FEATURES)
    backwards = {"go_backwards": True, "return_sequences": True}
    stack(f"{name}_last", shape, layer(UNITS))
    stack(f"{name}_sequences", shape, layer(UNITS, return_sequences=True))
    stack(f"{name}_backwards_last", shape, layer(UNITS, go_backwards=True))
    stack(f"{name}_backwards_sequences", shape, layer(UNITS, **backwards))
    stack(f"{name}_no_bias", shape, layer(UNITS, use_bias=False))
    stack(f"{name}_relu", shape, layer(UNITS, activation="relu"))
    stack(f"{name}_wide", (STEPS, 9), layer(19, return_sequences=True))
    stack(f"{name}_none", (None, FEATURES), layer(UNITS, return_sequences=True), sizes=SIZES)
    masked(name, layer(UNITS))
    masked(f"{name}_sequences", layer(UNITS, return_sequences=True))
    masked(f"{name}_backwards", layer(UNITS, go_backwards=True))
    masked(f"{name}_backwards_sequences", layer(UNITS, **backwards))
    masked(f"{name}_zero_output_sequences", layer(UNITS, **backwards, zero_output_for_mask=True))

stack("lstm_one_step", (1, FEATURES), lazy.LSTM(UNITS))
stack("lstm_none_last", (None, FEATURES), lazy.LSTM(UNITS), sizes=SIZES)
stack("lstm_linear", (STEPS, FEATURES), lazy.LSTM(UNITS, activation=None))
stack("lstm_unrolled", (STEPS, FEATURES), lazy.LSTM(UNITS, unroll=True, return_sequences=True))
stack("lstm_dropout", (STEPS, FEATURES), lazy.LSTM(UNITS, dropout=0.5, recurrent_dropout=0.25))
masked("lstm_zero_output", lazy.LSTM(UNITS, zero_output_for_mask=True))
masked("lstm_none", lazy.LSTM(UNITS, return_sequences=True), shape=(None, FEATURES), sizes=SIZES)
for direction in ("forwards", "backwards"):
    options = {
        "unroll": True,
        "return_sequences": True,
        "go_backwards": direction == "backwards",
    }
    masked(f"lstm_unrolled_{direction}", lazy.LSTM(UNITS, **options))
    masked(
        f"lstm_unrolled_{direction}_zero_output",
        lazy.LSTM(UNITS, **options, zero_output_for_mask=True),
    )

for name in ("lstm", "gru"):
    stack(f"{name}_implementation_1", (STEPS, FEATURES), PLAIN[name](UNITS, implementation=1))
    stack(
        f"{name}_hard_sigmoid",
        (STEPS, FEATURES),
        PLAIN[name](UNITS, activation="elu", recurrent_activation="hard_sigmoid"),
    )
stack(
    "lstm_of_leaky_relu_layer",
    (STEPS, FEATURES),
    lazy.LSTM(UNITS, activation=lazy.LeakyReLU(negative_slope=0.1)),
)
for name, options in {
    "last": {},
    "sequences": {"return_sequences": True},
    "no_bias": {"use_bias": False},
    "implementation_1": {"implementation": 1},
}.items():
    before = lazy.GRU(UNITS, reset_after=False, **options)
    stack(f"gru_reset_before_{name}", (STEPS, FEATURES), before)
masked("gru_reset_before", lazy.GRU(UNITS, reset_after=False, return_sequences=True))


# States


def register_states(name: str, make, count: int, shape=(STEPS, FEATURES), state=(UNITS,)):
    @graph(f"{name}_return_state")
    def _():
        x = keras.Input(shape)
        return keras.Model(x, list(built(make(return_state=True))(x)))

    @graph(f"{name}_initial_state")
    def _():
        x = keras.Input(shape)
        states = [keras.Input(state) for _ in range(count)]
        layer = built(make(return_sequences=True, return_state=True))
        return keras.Model([x, *states], list(layer(x, initial_state=states)))


for name, layer in PLAIN.items():
    count = 2 if name == "lstm" else 1
    register_states(name, lambda layer=layer, **options: layer(UNITS, **options), count)


@graph("gru_initial_state_single")
def _():
    x, state = sequence_input(), keras.Input((UNITS,))
    return keras.Model([x, state], layers.GRU(UNITS)(x, initial_state=state))


@graph("lstm_initial_state_positional")
def _():
    x = sequence_input()
    states = [keras.Input((UNITS,)) for _ in range(2)]
    return keras.Model([x, *states], layers.LSTM(UNITS)(x, states))


@graph("lstm_initial_state_masked", prepare=pad)
def _():
    x = sequence_input()
    states = [keras.Input((UNITS,)) for _ in range(2)]
    layer = layers.LSTM(UNITS, return_sequences=True, return_state=True)
    return keras.Model([x, *states], list(layer(layers.Masking()(x), initial_state=states)))


@graph("lstm_return_state_masked", prepare=pad)
def _():
    x = sequence_input()
    layer = layers.LSTM(UNITS, return_sequences=True, return_state=True, go_backwards=True)
    y, h, c = layer(layers.Masking()(x))
    return keras.Model(x, [layers.LSTM(2)(y), h, c])


@graph("seq2seq", sizes=((4, 5), (6, 3)))
def _():
    source, target = keras.Input((None, FEATURES)), keras.Input((None, 5))
    _, *states = layers.LSTM(UNITS, return_state=True, name="encoder")(source)
    decoder = layers.LSTM(UNITS, return_sequences=True, return_state=True, name="decoder")
    y, h, c = decoder(target, initial_state=states)
    return keras.Model([source, target], [layers.Dense(5, "softmax")(y), h, c])


@graph("decoder_step")
def _():
    x, h, c = keras.Input((1, 5)), keras.Input((UNITS,)), keras.Input((UNITS,))
    y, h_next, c_next = layers.LSTM(UNITS, return_state=True)(x, initial_state=[h, c])
    return keras.Model([x, h, c], [layers.Dense(5, "softmax")(y), h_next, c_next])


@graph("lstm_shared")
def _():
    a, b = sequence_input(), sequence_input()
    shared = layers.LSTM(UNITS)
    return keras.Model([a, b], layers.Add()([shared(a), shared(b)]))


# States that runs hand on


def stateful(name: str, *make):
    @graph(f"stateful_{name}", stateful=True, sizes=((), (), ()))
    def _():
        x = y = keras.Input(batch_shape=(3, STEPS, FEATURES))
        for layer in make:
            y = layer()(y)
        return keras.Model(x, keras.tree.flatten(y))


stateful("lstm", lambda: layers.LSTM(UNITS, stateful=True))
stateful(
    "gru_stack",
    lambda: layers.GRU(UNITS, stateful=True, return_sequences=True),
    lambda: layers.Dense(3),
    lambda: layers.SimpleRNN(2, stateful=True, return_state=True),
)
stateful("rnn_stacked", lambda: rnn_of_stack(stateful=True, return_sequences=True))
stateful(
    "bidirectional", lambda: layers.Bidirectional(layers.LSTM(2, stateful=True), merge_mode="sum")
)


# RNN of cells


for name, cell in CELLS.items():
    stack(f"rnn_{name}", (STEPS, FEATURES), lazy.RNN(cell(UNITS)))
    masked(f"rnn_{name}", lazy.RNN(cell(UNITS), return_sequences=True))
    count = 2 if name == "lstm" else 1
    register_states(
        f"rnn_{name}", lambda cell=cell, **options: lazy.RNN(cell(UNITS), **options), count
    )


def rnn_of_stack(**options) -> keras.layers.RNN:
    cells = [layers.LSTMCell(3), layers.GRUCell(4), layers.SimpleRNNCell(2)]
    return layers.RNN(cells, **options)


def stack_of_cells(name: str, mask: bool = False, **options) -> None:
    @graph(f"rnn_stacked_{name}", prepare=pad if mask else None)
    def _():
        x = sequence_input()
        y = rnn_of_stack(**options)(layers.Masking()(x) if mask else x)
        return keras.Model(x, keras.tree.flatten(y))


stack_of_cells("last")
stack_of_cells("sequences", return_sequences=True)
stack_of_cells("backwards", go_backwards=True, return_sequences=True)
stack_of_cells("state", return_state=True)
stack_of_cells("masked", mask=True, return_sequences=True, return_state=True)
stack_of_cells("masked_last", mask=True)
stack_of_cells("masked_backwards", mask=True, return_sequences=True, go_backwards=True)
stack_of_cells("masked_zero", mask=True, return_sequences=True, zero_output_for_mask=True)
stack_of_cells("unrolled", unroll=True)


@graph("rnn_stacked_of_one_class")
def _():
    x = sequence_input()
    return keras.Model(x, layers.RNN([layers.LSTMCell(3), layers.LSTMCell(2)])(x))


@graph("rnn_stacked_initial_state")
def _():
    x = sequence_input()
    sizes = (3, 3, 4, 2)
    h0, c0, h1, h2 = (keras.Input((size,)) for size in sizes)
    y = rnn_of_stack()(x, initial_state=[[h0, c0], [h1], [h2]])
    return keras.Model([x, h0, c0, h1, h2], y)


# Bidirectional

MERGES = {"concat": "concat", "sum": "sum", "ave": "ave", "mul": "mul", "none": None}


def both_ways(name: str, make, mask=False, shape=(STEPS, FEATURES), sizes=((), ()), **options):
    @graph(f"bidirectional_{name}", prepare=pad if mask else None, sizes=sizes)
    def _():
        x = keras.Input(shape)
        wrapped = layers.Bidirectional(make(), **options)
        y = wrapped(layers.Masking()(x) if mask else x)
        return keras.Model(x, keras.tree.flatten(y))


for name, mode in MERGES.items():
    both_ways(f"{name}", lambda: layers.LSTM(UNITS), merge_mode=mode)
    both_ways(
        f"{name}_sequences", lambda: layers.GRU(UNITS, return_sequences=True), merge_mode=mode
    )
    both_ways(
        f"{name}_masked",
        lambda: layers.LSTM(UNITS, return_sequences=True),
        mask=True,
        merge_mode=mode,
    )
both_ways("none_masked_last", lambda: layers.GRU(UNITS), mask=True, merge_mode=None)
both_ways("simple", lambda: layers.SimpleRNN(UNITS, return_sequences=True))
both_ways("rnn", lambda: layers.RNN(layers.GRUCell(UNITS), return_sequences=True))
both_ways("rnn_stacked", lambda: rnn_of_stack(return_sequences=True), mask=True)
both_ways("masked_last", lambda: layers.LSTM(UNITS), mask=True)
both_ways("state", lambda: layers.LSTM(UNITS, return_state=True, return_sequences=True))
both_ways("state_none", lambda: layers.GRU(UNITS, return_state=True), merge_mode=None)
both_ways("unrolled", lambda: layers.LSTM(UNITS, return_sequences=True, unroll=True), mask=True)
both_ways(
    "steps_none",
    lambda: layers.LSTM(UNITS, return_sequences=True),
    shape=(None, FEATURES),
    sizes=SIZES,
)


@graph("bidirectional_two_layers", prepare=pad)
def _():
    x = sequence_input()
    forward = layers.LSTM(UNITS, return_sequences=True)
    backward = layers.GRU(
        UNITS, activation="relu", return_sequences=True, go_backwards=True
    )
    y = layers.Bidirectional(forward, backward_layer=backward)(layers.Masking()(x))
    return keras.Model(x, layers.LSTM(2)(y))


@graph("bidirectional_initial_state")
def _():
    x = sequence_input()
    states = [keras.Input((UNITS,)) for _ in range(4)]
    wrapped = layers.Bidirectional(layers.LSTM(UNITS, return_state=True))
    return keras.Model([x, *states], list(wrapped(x, initial_state=states)))


@graph("bidirectional_encoder_decoder")
def _():
    x = sequence_input()
    encoder = layers.Bidirectional(layers.GRU(UNITS, return_state=True))
    _, forward, backward = encoder(x)
    state = layers.Concatenate()([forward, backward])
    y = layers.GRU(2 * UNITS, return_sequences=True)(x, initial_state=state)
    return keras.Model(x, layers.Dense(2)(y))


masked(
    "bidirectional_stack",
    lazy.Bidirectional(lazy.LSTM(UNITS, return_sequences=True)),
    lazy.Bidirectional(lazy.LSTM(2, return_sequences=True)),
    lazy.Bidirectional(lazy.GRU(2)),
    lazy.Dense(2),
)


# TimeDistributed


def small_cnn(shape):
    return keras.Sequential(
        [
            keras.Input(shape),
            layers.Conv2D(3, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(4),
        ]
    )


def branched(shape):
    x = keras.Input(shape)
    y = layers.Dense(3, "relu")(x)
    return keras.Model(x, layers.Concatenate()([x, y]))


frames = (4, 8, 7, 2)
stack("time_distributed_dense", (STEPS, FEATURES), lazy.TimeDistributed(lazy.Dense(3, "relu")))
stack("time_distributed_flatten", (4, 2, 3), lazy.TimeDistributed(lazy.Flatten()))
stack("time_distributed_conv2d", frames, lazy.TimeDistributed(lazy.Conv2D(3, 3, padding="same")))
stack(
    "time_distributed_norm", (STEPS, FEATURES), lazy.TimeDistributed(lazy.BatchNormalization())
)
stack(
    "time_distributed_none",
    (None, 6, 5, 2),
    lazy.TimeDistributed(lazy.Conv2D(3, 3)),
    lazy.TimeDistributed(lazy.GlobalAveragePooling2D()),
    lazy.LSTM(3),
    sizes=SIZES,
)
stack("time_distributed_lstm", (3, 5, 4), lazy.TimeDistributed(lazy.LSTM(3)))
stack(
    "time_distributed_bidirectional",
    (3, 5, 4),
    lazy.TimeDistributed(lazy.Bidirectional(lazy.GRU(2, return_sequences=True))),
)
stack(
    "time_distributed_twice",
    (3, 2, 4),
    lazy.TimeDistributed(lazy.TimeDistributed(lazy.Dense(3))),
)
masked(
    "time_distributed",
    lazy.TimeDistributed(lazy.Dense(3)),
    lazy.LSTM(2, return_sequences=True),
)


@graph("time_distributed_sequential")
def _():
    x = keras.Input(frames)
    y = layers.TimeDistributed(small_cnn(frames[1:]))(x)
    return keras.Model(x, layers.LSTM(3)(y))


@graph("time_distributed_functional", sizes=SIZES)
def _():
    x = keras.Input((None, FEATURES))
    return keras.Model(x, layers.TimeDistributed(branched((FEATURES,)))(x))


@graph("time_distributed_masks_within", prepare=pad)
def _():
    x = keras.Input((4, STEPS, FEATURES))
    y = layers.Masking()(x)
    return keras.Model(x, layers.TimeDistributed(layers.LSTM(UNITS))(y))


stack(
    "cnn_lstm",
    frames,
    lazy.TimeDistributed(lazy.Conv2D(3, 3, activation="relu")),
    lazy.TimeDistributed(lazy.MaxPooling2D(2)),
    lazy.TimeDistributed(lazy.Flatten()),
    lazy.Dropout(0.3),
    lazy.LSTM(4, return_sequences=True),
    lazy.LSTM(3),
    lazy.Dense(2, "softmax"),
)


# Convolutional LSTM

CONV_INPUTS = {1: (4, 7, 2), 2: (3, 6, 5, 2), 3: (2, 4, 5, 4, 2)}
CONV_LAYERS = {1: lazy.ConvLSTM1D, 2: lazy.ConvLSTM2D, 3: lazy.ConvLSTM3D}

for rank, layer in CONV_LAYERS.items():
    shape = CONV_INPUTS[rank]
    stack(f"conv_lstm{rank}d_valid", shape, layer(3, 3, return_sequences=True))
    stack(f"conv_lstm{rank}d_same", shape, layer(3, 2, padding="same"))

for name, options in {
    "strides": {"strides": 2, "padding": "same"},
    "dilation": {"dilation_rate": 2, "return_sequences": True},
    "no_bias": {"use_bias": False},
    "window_1x3": {"kernel_size": (1, 3), "padding": "same"},
    "backwards": {"go_backwards": True, "return_sequences": True},
    "relu": {"activation": "relu", "recurrent_activation": "hard_sigmoid"},
}.items():
    options = {"kernel_size": 2, **options}
    stack(f"conv_lstm2d_{name}", CONV_INPUTS[2], lazy.ConvLSTM2D(3, **options))

register_states(
    "conv_lstm2d",
    lambda **options: lazy.ConvLSTM2D(3, 3, padding="same", **options),
    2,
    CONV_INPUTS[2],
    (6, 5, 3),
)
stack(
    "conv_lstm2d_none",
    (None, 6, 5, 2),
    lazy.ConvLSTM2D(3, 3, return_sequences=True),
    lazy.ConvLSTM2D(2, 3, padding="same"),
    sizes=SIZES,
)
both_ways(
    "conv_lstm2d",
    lambda: layers.ConvLSTM2D(2, 3, padding="same", return_sequences=True),
    shape=CONV_INPUTS[2],
)
stack(
    "next_frame",
    CONV_INPUTS[2],
    lazy.ConvLSTM2D(4, 3, padding="same", return_sequences=True, activation="relu"),
    lazy.BatchNormalization(),
    lazy.ConvLSTM2D(3, 1, padding="same", return_sequences=True),
    lazy.TimeDistributed(lazy.Conv2D(1, 3, padding="same", activation="sigmoid")),
)


@graph("conv_lstm2d_masked", prepare=pad_mask)
def _():
    x, mask = keras.Input((STEPS, 4, 3, 2)), keras.Input((STEPS,), dtype="bool")
    layer = layers.ConvLSTM2D(2, 2, padding="same", return_sequences=True, return_state=True)
    return keras.Model([x, mask], list(layer(x, mask=mask)))


def channels_last_twin(path, model, arrays: list[np.ndarray]) -> list[np.ndarray]:
    """TensorFlow has no NCHW convolution on the CPU: the same weights with the channels last."""
    layer = truth.load(path).layers[-1]
    rank = layer.cell.rank
    twin = type(layer).from_config(layer.get_config() | {"data_format": "channels_last"})
    x = np.moveaxis(arrays[0], 2, -1)
    states = [np.moveaxis(array, 1, -1) for array in arrays[1:]]
    twin.build(x.shape)
    twin.set_weights(layer.get_weights())
    outputs = keras.tree.flatten(twin(x, initial_state=states or None))
    outputs = [keras.ops.convert_to_numpy(output) for output in outputs]
    return [np.moveaxis(array, -1, array.ndim - 1 - rank) for array in outputs]


for rank, layer in CONV_LAYERS.items():
    steps, *space, channels = CONV_INPUTS[rank]
    first = layer(3, 3, data_format="channels_first", padding="same", return_sequences=True)
    stack(f"conv_lstm{rank}d_first", (steps, channels, *space), first, truth=channels_last_twin)


@graph("conv_lstm2d_first_states", truth=channels_last_twin)
def _():
    x = keras.Input((3, 2, 6, 5))
    states = [keras.Input((3, 4, 3)) for _ in range(2)]
    layer = layers.ConvLSTM2D(3, 3, data_format="channels_first", return_state=True)
    return keras.Model([x, *states], list(layer(x, initial_state=states)))


# Masks

stack("masking", (STEPS, FEATURES), lazy.Masking(), prepare=pad)
stack("masking_rank4", (5, 2, 4), lazy.Masking(), prepare=pad)
masked("flatten_after_lstm", lazy.LSTM(UNITS), lazy.Flatten(), lazy.Dense(2))
masked(
    "dense_and_dropout_pass",
    lazy.Dense(3, "relu"),
    lazy.Dropout(0.5),
    lazy.BatchNormalization(),
    lazy.LSTM(UNITS),
)
masked(
    "lstm_twice",
    lazy.LSTM(4, return_sequences=True),
    lazy.LSTM(UNITS, return_sequences=True),
    lazy.Dense(2),
)


def pad_with(value: float):
    def prepare(arrays: list[np.ndarray]) -> None:
        pad(arrays)
        arrays[0][arrays[0] == 0] = value

    return prepare


for value in (-1.0, 0.1):
    stack(
        f"masking_of_{'minus_1' if value < 0 else 'tenth'}",
        (STEPS, FEATURES),
        lazy.Masking(value),
        lazy.LSTM(UNITS, return_sequences=True),
        prepare=pad_with(value),
    )
stack("masking_int32", (STEPS, FEATURES), lazy.Masking(3), prepare=pad_with(3), dtype="int32")


@graph("mask_argument", prepare=pad_mask)
def _():
    x, mask = sequence_input(), keras.Input((STEPS,), dtype="bool")
    y = layers.LSTM(UNITS, return_sequences=True)(x, mask=mask)
    return keras.Model([x, mask], [layers.GRU(2)(y), layers.GRU(2)(x)])


@graph("mask_argument_positional", prepare=pad_mask)
def _():
    x, mask = sequence_input(), keras.Input((STEPS,), dtype="bool")
    return keras.Model([x, mask], layers.LSTM(UNITS)(x, None, mask))


@graph("mask_argument_bidirectional", prepare=pad_mask)
def _():
    x, mask = sequence_input(), keras.Input((STEPS,), dtype="bool")
    y = layers.Bidirectional(layers.GRU(UNITS, return_sequences=True))(x, mask=mask)
    return keras.Model([x, mask], y)


@graph("mask_into_models", prepare=pad)
def _():
    x = sequence_input()
    inner = keras.Sequential(
        [keras.Input((STEPS, FEATURES)), layers.Dense(3), layers.LSTM(UNITS, return_sequences=True)]
    )
    a, b = keras.Input((STEPS, UNITS)), keras.Input((UNITS,))
    outer = keras.Model([a, b], layers.Add()([layers.GRU(UNITS)(a), b]))
    y = inner(layers.Masking()(x))
    return keras.Model(x, outer([y, layers.GRU(UNITS)(x)]))


# Networks

stack(
    "text_generator",
    (None, 7),
    lazy.LSTM(6, return_sequences=True),
    lazy.Dropout(0.2),
    lazy.LSTM(5),
    lazy.Dense(7, "softmax"),
    sizes=SIZES,
)
stack(
    "convolution_then_gru",
    (12, 3),
    lazy.Conv1D(5, 3, strides=2, activation="relu"),
    lazy.Bidirectional(lazy.GRU(4)),
    lazy.Dense(1, "sigmoid"),
)


# What only files of Keras 2 hold


def rnn_edited(change, weights=lambda file: None):
    def edit(path) -> None:
        archive.edit_config(path, lambda config: change(archive.layer_named(config, "rnn")))
        archive.edit_weights(path, weights)

    return edit


def one_layer(layer, shape=(STEPS, FEATURES)):
    return lambda: keras.Sequential([keras.Input(shape), layer()])


def cudnn_file(class_name: str):
    """Stores a layer as its cuDNN class did: transposed gates, and two biases in a row."""

    def change(entry: dict) -> None:
        entry["class_name"] = class_name
        kept = ("name", "units", "return_sequences", "return_state", "go_backwards", "stateful")
        entry["config"] = {key: entry["config"][key] for key in kept}

    def weights(file) -> None:
        stored = "layers/" + ("lstm" if class_name == "CuDNNLSTM" else "gru")
        kernel, recurrent, bias = (file[f"{stored}/cell/vars/{i}"][()] for i in range(3))
        gates = 4 if class_name == "CuDNNLSTM" else 3
        kernel = [k.T.reshape(k.shape) for k in np.hsplit(kernel, gates)]
        recurrent = [k.T for k in np.hsplit(recurrent, gates)]
        bias = np.tile(0.5 * bias, 2) if bias.ndim == 1 else bias.ravel()
        del file[stored]
        for i, array in enumerate((np.hstack(kernel), np.hstack(recurrent), bias)):
            file[f"layers/cu_dnn{stored.split('/')[1]}/vars/{i}"] = array

    return rnn_edited(change, weights)


edited(
    "cudnn_lstm",
    cudnn_file("CuDNNLSTM"),
    one_layer(lambda: layers.LSTM(UNITS, return_sequences=True, name="rnn")),
    truth=truth.built,
)
edited(
    "cudnn_gru",
    cudnn_file("CuDNNGRU"),
    one_layer(lambda: layers.GRU(UNITS, name="rnn")),
    truth=truth.built,
)


@truth.of_built_model
def time_major_truth(path, model, arrays: list[np.ndarray]) -> list[np.ndarray]:
    outputs = truth.call(model, [np.swapaxes(arrays[0], 0, 1)])
    return [np.swapaxes(outputs[0], 0, 1)]


edited(
    "lstm_time_major",
    rnn_edited(lambda entry: entry["config"].update(time_major=True)),
    one_layer(lambda: layers.LSTM(UNITS, return_sequences=True, name="rnn"), (None, FEATURES)),
    truth=time_major_truth,
    sizes=SIZES,
)
