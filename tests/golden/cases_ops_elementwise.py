"""Operations on Keras tensors: elementwise functions, dtypes, comparisons."""

import keras
import numpy as np
from keras import ops

from registry import several

X = ((5,),)
PAIR = ((4, 5), (4, 5))
INTS = ((4,), "int32")


def positive(x):
    return ops.abs(x) + 0.1


def half(x):
    return ops.cast(x, "float16")


several(
    "ops_math_a",
    X,
    lambda x: ops.absolute(x),
    lambda x: -x,
    lambda x: ops.square(x),
    lambda x: ops.sqrt(positive(x)),
    lambda x: ops.rsqrt(positive(x)),
    lambda x: ops.reciprocal(positive(x)),
    lambda x: ops.exp(x),
    lambda x: ops.exp2(x),
    lambda x: ops.expm1(x),
    lambda x: ops.sign(x),
)
several(
    "ops_math_b",
    X,
    lambda x: ops.log(positive(x)),
    lambda x: ops.log1p(positive(x)),
    lambda x: ops.log2(positive(x)),
    lambda x: ops.log10(positive(x)),
    lambda x: ops.erf(x),
    lambda x: ops.erfinv(0.9 * ops.tanh(x)),
    lambda x: ops.floor(x),
    lambda x: ops.ceil(x),
    lambda x: ops.trunc(3 * x),
    lambda x: ops.round(3 * x),
)
several(
    "ops_math_c",
    X,
    lambda x: ops.sin(x),
    lambda x: ops.cos(x),
    lambda x: ops.tan(x),
    lambda x: ops.sinh(x),
    lambda x: ops.cosh(x),
    lambda x: ops.tanh(x),
    lambda x: ops.sinc(x),
    lambda x: ops.deg2rad(x),
    lambda x: ops.rad2deg(x),
    lambda x: ops.cbrt(x),
)
several(
    "ops_math_d",
    X,
    lambda x: ops.arcsin(ops.tanh(x)),
    lambda x: ops.arccos(ops.tanh(x)),
    lambda x: ops.arctan(x),
    lambda x: ops.arcsinh(x),
    lambda x: ops.arccosh(1 + positive(x)),
    lambda x: ops.arctanh(0.9 * ops.tanh(x)),
    lambda x: ops.angle(x),
    lambda x: ops.signbit(x),
    lambda x: ops.round(x, 2),
    lambda x: ops.fabs(x),
)
several(
    "ops_math_of_int",
    INTS,
    lambda i: ops.absolute(i),
    lambda i: -i,
    lambda i: ops.square(i),
    lambda i: ops.sign(i),
    lambda i: ops.exp(i),
    lambda i: ops.floor(i),
    lambda i: ops.sqrt(ops.abs(i)),
    lambda i: ops.sin(i),
    lambda i: ops.round(i, -1),
    lambda i: ops.bitwise_not(i),
)
several(
    "ops_math_of_half",
    X,
    lambda x: ops.exp(half(x)),
    lambda x: ops.sin(half(x)),
    lambda x: ops.cast(ops.tanh(ops.cast(x, "bfloat16")), "float32"),
    lambda x: half(x) + 1.5,
    lambda x: half(x) * half(x),
    lambda x: half(x) + x,
    lambda x: ops.cast(half(x) + ops.cast(x, "bfloat16"), "float32"),
    lambda x: half(x) / 3,
    lambda x: ops.mean(half(x), axis=-1),
    lambda x: ops.abs(half(x)),
)
several(
    "ops_arithmetic",
    PAIR,
    lambda a, b: a + b,
    lambda a, b: a - b,
    lambda a, b: a * b,
    lambda a, b: a / b,
    lambda a, b: a // b,
    lambda a, b: a % b,
    lambda a, b: ops.power(positive(a), b),
    lambda a, b: ops.maximum(a, b),
    lambda a, b: ops.minimum(a, b),
    lambda a, b: ops.arctan2(a, b),
)
several(
    "ops_arithmetic_with_numbers",
    X,
    lambda x: x + 2.5,
    lambda x: 2 - x,
    lambda x: 3 * x,
    lambda x: x / 4,
    lambda x: 1 / x,
    lambda x: x // 2,
    lambda x: x % 1.5,
    lambda x: x**2,
    lambda x: 2**x,
    lambda x: ops.maximum(x, 0),
)
several(
    "ops_arithmetic_with_arrays",
    ((3, 4),),
    lambda x: x + np.arange(4, dtype="float32"),
    lambda x: x * ops.convert_to_tensor(np.linspace(-1, 1, 12, dtype="float32").reshape(3, 4)),
    lambda x: ops.subtract(np.arange(3, dtype="int32").reshape(3, 1), x),
    lambda x: x + np.float64([1.5, 2, 3, 4]),
    lambda x: x * np.array(True),
    lambda x: ops.where(x > 0, x, np.float32([9, 8, 7, 6])),
)
several(
    "ops_arithmetic_of_ints",
    (*PAIR, "int32"),
    lambda a, b: a + b,
    lambda a, b: a * b,
    lambda a, b: a / (b + 20),
    lambda a, b: a // (ops.abs(b) + 1),
    lambda a, b: a % (ops.abs(b) + 1),
    lambda a, b: a + 2,
    lambda a, b: a + 2.5,
    lambda a, b: ops.maximum(a, b),
    lambda a, b: a**3,
    lambda a, b: ops.fmod(a, ops.abs(b) + 1),
)
several(
    "ops_arithmetic_mixed",
    ((4,), (4,), "int32"),
    lambda x, i: x + i,
    lambda x, i: x * (i > 0),
    lambda x, i: i + (x > 0),
    lambda x, i: ops.cast(i, "int64") * i,
    lambda x, i: ops.cast(i, "uint8") + 300,
    lambda x, i: ops.cast(i, "int8") * ops.cast(i, "int8") * 7,
    lambda x, i: ops.cast(i, "int8") + ops.cast(i, "uint8"),
    lambda x, i: ops.cast(i, "int16") / 3,
    lambda x, i: ops.cast(i, "int64") + x,
    lambda x, i: ops.where(x > 0, i, 0.5),
)
several(
    "ops_arithmetic_composed",
    PAIR,
    lambda a, b: ops.hypot(a, b),
    lambda a, b: ops.heaviside(a, b),
    lambda a, b: ops.logaddexp(a, b),
    lambda a, b: ops.logaddexp2(a, b),
    lambda a, b: ops.ldexp(a, ops.cast(3 * b, "int32")),
    lambda a, b: ops.fmax(ops.where(a > 0, np.nan, a), b),
    lambda a, b: ops.fmin(ops.where(a > 0, np.nan, a), b),
    lambda a, b: ops.fmod(a, ops.abs(b) + 0.5),
    lambda a, b: ops.divide_no_nan(a, ops.relu(b)),
    lambda a, b: ops.psnr(a, b, 2.0),
)
several(
    "ops_comparison",
    PAIR,
    lambda a, b: a < b,
    lambda a, b: a <= 0.5,
    lambda a, b: a > 0,
    lambda a, b: a >= b,
    lambda a, b: ops.equal(ops.round(a), ops.round(b)),
    lambda a, b: ops.not_equal(ops.round(a), 0),
    lambda a, b: (a > 0) & (b > 0),
    lambda a, b: (a > 0) | (b > 0),
    lambda a, b: ops.logical_xor(a > 0, b > 0),
    lambda a, b: ~(a > 0),
)
several(
    "ops_comparison_composed",
    PAIR,
    lambda a, b: ops.isclose(a, b, rtol=0.5, atol=0.1),
    lambda a, b: ops.select([a > 0.5, b > 0], [a, b], 3),
    lambda a, b: ops.digitize(a, np.float32([-1, 0, 0.5])),
    lambda a, b: ops.searchsorted(np.float32([-0.5, 0.5]), a[0, 0]),
    lambda a, b: ops.searchsorted(np.float32([-0.5, 0.5]), a[0, 1], side="right"),
    lambda a, b: ops.isin(ops.round(a), np.float32([0, 1])),
    lambda a, b: ops.logical_not(ops.round(a)),
    lambda a, b: ops.where(a > b, a, 0),
    lambda a, b: ops.equal(a > 0, b > 0),
    lambda a, b: ops.clip(a, -0.5, 1),
)
several(
    "ops_infinities",
    X,
    lambda x: ops.isnan(ops.sqrt(x)),
    lambda x: ops.isinf(1 / ops.relu(x)),
    lambda x: ops.isfinite(1 / ops.relu(x)),
    lambda x: ops.isposinf(1 / ops.relu(x)),
    lambda x: ops.isneginf(ops.log(ops.relu(x))),
    lambda x: ops.nan_to_num(ops.log(ops.relu(x))),
    lambda x: ops.nan_to_num(ops.sqrt(x), nan=7.0),
    lambda x: ops.isreal(x),
)
several(
    "ops_cast",
    ((4,), (4,), "int32"),
    lambda x, i: ops.cast(3 * x, "int32"),
    lambda x, i: ops.cast(x, "bool"),
    lambda x, i: ops.cast(i, "float32"),
    lambda x, i: ops.cast(i, "uint8"),
    lambda x, i: ops.cast(x, "float16"),
    lambda x, i: ops.cast(x, "float64"),
    lambda x, i: ops.saturate_cast(100 * x, "int8"),
    lambda x, i: ops.convert_to_tensor(i, "float32"),
    lambda x, i: ops.stop_gradient(x),
    lambda x, i: ops.copy(i),
)
several(
    "ops_activations_a",
    ((20,),),
    lambda x: ops.relu(x),
    lambda x: ops.relu6(4 * x),
    lambda x: ops.sigmoid(x),
    lambda x: ops.sparse_sigmoid(x),
    lambda x: ops.softplus(x),
    lambda x: ops.softsign(x),
    lambda x: ops.soft_shrink(x),
    lambda x: ops.soft_shrink(x, 0.3),
    lambda x: ops.sparse_plus(x),
    lambda x: ops.silu(x),
    edges=True,
)
several(
    "ops_activations_b",
    ((20,),),
    lambda x: ops.squareplus(x),
    lambda x: ops.squareplus(x, 2),
    lambda x: ops.log_sigmoid(x),
    lambda x: ops.leaky_relu(x),
    lambda x: ops.leaky_relu(x, 0.01),
    lambda x: ops.hard_sigmoid(x),
    lambda x: ops.hard_silu(x),
    lambda x: ops.elu(x),
    lambda x: ops.elu(x, 0.5),
    lambda x: ops.selu(x),
    edges=True,
)
several(
    "ops_activations_c",
    ((20,),),
    lambda x: ops.gelu(x),
    lambda x: ops.gelu(x, approximate=False),
    lambda x: ops.celu(x),
    lambda x: ops.celu(x, 2.0),
    lambda x: ops.tanh_shrink(x),
    lambda x: ops.hard_tanh(x),
    lambda x: ops.hard_shrink(x),
    lambda x: ops.hard_shrink(x, 1.5),
    lambda x: ops.threshold(x, 0.5, -2.0),
    lambda x: keras.activations.relu(x, negative_slope=0.1, max_value=5.0, threshold=0.5),
    edges=True,
)
several(
    "ops_activations_axes",
    ((4, 6),),
    lambda x: ops.softmax(x),
    lambda x: ops.softmax(x, axis=1),
    lambda x: ops.softmax(x, axis=None),
    lambda x: ops.log_softmax(x, axis=1),
    lambda x: ops.log_softmax(x),
    lambda x: ops.sparsemax(x),
    lambda x: ops.glu(x),
    lambda x: ops.glu(x, axis=1),
    lambda x: ops.relu(ops.cast(3 * x, "int32")),
)
