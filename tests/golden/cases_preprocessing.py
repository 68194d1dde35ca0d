"""Numbers: Normalization, Rescaling by arrays, bins and categories; spectrograms."""

import keras
import numpy as np
import truth
from registry import fan, graph, stack
from registry import lazy as L

# Normalization

stack("normalization", (4, 5, 3), L.Normalization())
stack("normalization_vector", (5,), L.Normalization(axis=-1), L.Dense(2))
stack("normalization_list", (4, 5, 3), L.Normalization(axis=[3]))
stack("normalization_first", (4, 5, 3), L.Normalization(axis=1))
stack("normalization_two", (4, 5, 3), L.Normalization(axis=(1, 3)))
stack("normalization_all", (4, 5), L.Normalization(axis=(1, 2)))
stack("normalization_scalar", (4, 5, 3), L.Normalization(axis=None))
stack("normalization_invert", (4, 5, 3), L.Normalization(invert=True))
stack("normalization_given", (3,), L.Normalization(mean=[1.0, 2.0, -3.0], variance=[4.0, 0.5, 2]))
stack("normalization_given_scalar", (2, 3), L.Normalization(mean=3.0, variance=0.25))
stack("normalization_given_none", (2, 3), L.Normalization(axis=None, mean=3.0, variance=0.25))
stack(
    "normalization_given_two",
    (2, 3, 2),
    L.Normalization(axis=(1, 3), mean=[[1.0, 2.0], [3.0, 4.0]], variance=[[1.0, 2.0], [3.0, 4.0]]),
)
stack(
    "normalization_given_short",
    (2, 3, 2),
    L.Normalization(axis=(1, 3), mean=[1.0, 2.0], variance=[3.0, 4.0]),
)
stack(
    "normalization_given_invert",
    (3,),
    L.Normalization(mean=[1.0, 2.0, 3.0], variance=[4.0, 0.5, 2.0], invert=True),
)
stack("normalization_no_variance", (3,), L.Normalization(mean=[1.0, 2, 3], variance=[0.0, 1, 2]))
stack("normalization_far", (3,), L.Normalization(mean=[1e4, 0, 0], variance=[1e-4, 1, 1]))
stack("normalization_int32", (4, 3), L.Normalization(), dtype="int32")
stack("normalization_uint8", (4, 4, 3), L.Normalization(), L.Conv2D(2, 3), dtype="uint8")
stack("normalization_none", (None, None, 3), L.Normalization(), sizes=((4, 5), (2, 1)))

# Rescaling by arrays

stack("rescaling_array", (4, 5, 3), L.Rescaling(np.array([0.5, 2.0, -1.0])))
stack("rescaling_one", (4, 3), L.Rescaling([0.5], offset=[2.0]))
stack("rescaling_matrix", (2, 3), L.Rescaling([[1.0, 2, 3], [4, 5, 6]], offset=[1.0, 2.0, 3.0]))

# Bins

BINS = [-1.0, -0.25, 0.0, 0.5, 2.0]
INTO_BINS = [
    L.Discretization(BINS, output_mode=mode) for mode in ("int", "one_hot", "multi_hot", "count")
]
fan("discretization", (4,), *INTO_BINS, edges=True)
fan("discretization_column", (1,), *INTO_BINS)
fan("discretization_images", (2, 3, 2), *INTO_BINS)
fan("discretization_int32", (4,), *INTO_BINS, dtype="int32")
stack("discretization_none", (None,), L.Discretization(BINS), sizes=((4,), (7,)))
stack(
    "discretization_float16",
    (4,),
    L.Discretization(BINS, output_mode="one_hot", dtype="float16"),
)


@graph("discretization_adapted")
def _():
    layer = keras.layers.Discretization(num_bins=4, epsilon=0.01)
    layer.adapt(np.random.default_rng(3).normal(0, 1, (200, 1)).astype("float32"))
    x = keras.Input((3,))
    return keras.Model(x, layer(x))


# Categories

ENCODINGS = [
    L.CategoryEncoding(6, output_mode=mode, **options)
    for mode in ("one_hot", "multi_hot", "count")
    for options in ({}, {"dtype": "int64"})
]
for name, options in {
    "int32": {"dtype": "int32", "integers": (0, 9)},
    "int64": {"dtype": "int64", "integers": (0, 9)},
    "column": {"shape": (1,), "integers": (0, 6)},
    "rank3": {"shape": (2, 3), "integers": (-2, 8)},
    "none": {"shape": (None,), "integers": (0, 6), "sizes": ((3,), (6,))},
    "scalars": {"shape": (), "integers": (0, 6)},
}.items():
    options = {"shape": (4,), "dtype": "int32"} | options
    fan(f"category_encoding_{name}", options.pop("shape"), *ENCODINGS, **options)
stack("category_encoding_negative", (4,), L.CategoryEncoding(4, output_mode="one_hot"), dtype="int32")
stack(
    "category_encoding_half",
    (4,),
    L.CategoryEncoding(6, dtype="mixed_float16"),
    L.Dense(2),
    dtype="int32",
    integers=(0, 6),
)

@graph("category_encoding_weights", integers=(0, 6))
def _():
    x = keras.Input((4,), dtype="int32")
    weights = keras.Input((4,))
    layer = keras.layers.CategoryEncoding(6, output_mode="count")
    return keras.Model([x, weights], layer(x, count_weights=weights))


# Spectrograms


def first_by_last(path, _, arrays):
    """TensorFlow has no channels_first convolution on the CPU: the channels_last layer's result,
    with the axes moved."""
    layer = truth.load(path).layers[0]
    config = layer.get_config() | {"data_format": "channels_last"}
    twin = type(layer).from_config(config)
    x = np.moveaxis(arrays[0], 1, 2)
    twin.build(x.shape)
    twin.set_weights(layer.get_weights())
    y = keras.ops.convert_to_numpy(twin(x))
    return [np.transpose(y, (0, 3, 1, 2)) if layer.expand_dims else np.moveaxis(y, 2, 1)]


STFT = {"frame_length": 8, "frame_step": 3, "fft_length": 16}
STFT_MODES = ("log", "magnitude", "psd", "real", "imag", "angle", "stft")
fan("stft_spectrogram", (40, 2), *(L.STFTSpectrogram(mode, **STFT) for mode in STFT_MODES))
stack("stft_spectrogram_default_step", (40, 1), L.STFTSpectrogram("magnitude", frame_length=9))
stack("stft_spectrogram_same", (21, 2), L.STFTSpectrogram("real", frame_length=8, padding="same"))
stack(
    "stft_spectrogram_expand",
    (40, 2),
    L.STFTSpectrogram("psd", frame_length=8, expand_dims=True),
)
for expand in (False, True):
    stack(
        f"stft_spectrogram_first_{'expand' if expand else 'flat'}",
        (2, 40),
        L.STFTSpectrogram(
            "imag", frame_length=8, expand_dims=expand, data_format="channels_first"
        ),
        truth=first_by_last,
    )
stack(
    "stft_spectrogram_none",
    (None, 1),
    L.STFTSpectrogram("magnitude", frame_length=6, frame_step=4),
    sizes=((20,), (33,)),
)

MEL = {"fft_length": 32, "sequence_stride": 8, "num_mel_bins": 6, "sampling_rate": 8000}
LOG_OF_SMALL = {"rtol": 1e-4, "atol": 1e-3, "why": "decibels of powers that nearly cancel"}
stack("mel_spectrogram", (100,), L.MelSpectrogram(**MEL), **LOG_OF_SMALL)
stack("mel_spectrogram_power", (100,), L.MelSpectrogram(power_to_db=False, **MEL))
stack("mel_spectrogram_magnitude", (90,), L.MelSpectrogram(power_to_db=False, mag_exp=1.0, **MEL))
stack(
    "mel_spectrogram_short",
    (100,),
    L.MelSpectrogram(sequence_length=20, window="hamming", power_to_db=False, **MEL),
)
stack(
    "mel_spectrogram_odd",
    (100,),
    L.MelSpectrogram(sequence_length=21, max_freq=3000.0, power_to_db=False, **MEL),
)
stack(
    "mel_spectrogram_no_window",
    (100,),
    L.MelSpectrogram(window=None, top_db=20.0, ref_power=2.0, **MEL),
    **LOG_OF_SMALL,
)
stack(
    "mel_spectrogram_none",
    (None,),
    L.MelSpectrogram(power_to_db=False, **MEL),
    sizes=((50,), (77,)),
)
stack("mel_spectrogram_channels", (2, 60), L.MelSpectrogram(power_to_db=False, **MEL))
