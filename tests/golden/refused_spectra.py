"""Fourier transforms and writing by number that must be refused."""

import numpy as np
from keras import ops

from refused_altered import F
from refused_operation_options import operation

operation(
    "fourier_of_one_part", ["a real and an imaginary part"], (F, F),
    lambda a, b: ops.fft((a, b))[0], lambda node: node["args"][0].pop(),
)
operation(
    "fourier_of_many", ["transforms of 5000 cells are not supported; up to 4096"], (F,),
    lambda x: ops.rfft(x)[0], fft_length=5000,
)
operation(
    "segments_uncounted", ["key 'num_segments'", "depends on the data"], (F,),
    lambda x: ops.segment_sum(ops.reshape(x, (2, -1)), np.array([0, 1]), num_segments=2),
    num_segments=None,
)
