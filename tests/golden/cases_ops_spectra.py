"""Operations of keras.ops that transform signals, write to cells by number, and turn colours."""

import keras
import numpy as np
from keras import ops

from registry import Case, add


def operations(name: str, *shapes: tuple, **options):
    def register(outputs_of):
        def build():
            inputs = [keras.Input(shape) for shape in shapes]
            return keras.Model(inputs, outputs_of(*inputs))

        add(Case(name, build, **options))
        return outputs_of

    return register


@operations("op_fourier", (12,), (12,), (5, 6), (5, 6))
def _(x, y, z, w):
    outputs = [*ops.fft((x, y)), *ops.fft2((z, w)), *ops.ifft2((z, w)), *ops.rfft(x)]
    outputs += [*ops.rfft(z, fft_length=8), *ops.rfft(z, fft_length=5), ops.irfft((x, y))]
    return [*outputs, ops.irfft((z, w), fft_length=9), ops.irfft((z, w), fft_length=16)]


@operations("op_short_time_fourier", (32,), (3, 24))
def _(x, y):
    outputs = [*ops.stft(x, 8, 4, 8), *ops.stft(y, 6, 3, 8, window="hamming", center=False)]
    outputs += [*ops.stft(y, 5, 4, 8, window=None)]
    pair, other = ops.stft(x, 8, 4, 8), ops.stft(y, 6, 3, 8, center=False)
    outputs += [ops.istft(pair, 8, 4, 8), ops.istft(pair, 8, 4, 8, length=20)]
    return [*outputs, ops.istft(other, 6, 3, 8, center=False), ops.istft(pair, 8, 4, 8, window=None)]


@operations("op_scatter", (6, 4), (4,))
def _(x, y):
    rows = ops.transpose(x, (1, 0, 2))[:, 0]
    place = ops.cast(ops.sigmoid(y) * 5.9, "int32")[0]
    pairs = np.array([[1, 2], [0, 3], [1, 2]])
    outputs = [ops.scatter(place[:, None], x[0, :4], (6, 4)), ops.scatter(pairs, y[0, :3], (2, 4))]
    outputs += [ops.scatter_update(rows, np.array([[1], [4]]), x[0, :2])]
    outputs += [ops.scatter_update(rows, pairs[:2], y[0, :2], reduction="add")]
    outputs += [ops.segment_sum(x[0, :4], place, num_segments=6)]
    segments = np.array([2, 0, 0, 2, 4, 4])
    outputs += [ops.segment_prod(rows, segments, num_segments=5), ops.imag(x)]
    return [*outputs, ops.segment_max(rows, segments, num_segments=5)]


@operations("op_colors", (3, 4, 3))
def _(x):
    x = ops.sigmoid(x)
    return [ops.image.rgb_to_hsv(x), ops.image.hsv_to_rgb(x)]
