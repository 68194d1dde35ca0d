"""Operations on Keras tensors: reductions, statistics, order."""

import numpy as np
from keras import ops

from registry import several

X = ((4, 6),)
OPEN = ((None, 6),)
LENGTHS = {"sizes": ((4,), (7,))}
INTS = ((4, 5), "int32")


def with_nan(x):
    return ops.where(x > 0.5, np.nan, x)


several(
    "ops_reductions",
    X,
    lambda x: ops.mean(x, axis=-1),
    lambda x: ops.sum(x, axis=(1, 2)),
    lambda x: ops.max(x, axis=1, keepdims=True),
    lambda x: ops.min(x),
    lambda x: ops.prod(x, axis=2),
    lambda x: ops.var(x, axis=(1, 2)),
    lambda x: ops.std(x, axis=1, keepdims=True),
    lambda x: ops.logsumexp(x, axis=-1),
    lambda x: ops.logsumexp(x, axis=(1, 2), keepdims=True),
    lambda x: ops.max(x, axis=2, initial=0.5),
)
several(
    "ops_reductions_open",
    OPEN,
    lambda x: ops.mean(x, axis=1),
    lambda x: ops.sum(x),
    lambda x: ops.amax(x, axis=1),
    lambda x: ops.var(x, axis=1, keepdims=True),
    lambda x: ops.argmax(x, axis=1),
    lambda x: ops.cumsum(x, axis=1),
    lambda x: ops.sort(x, axis=1),
    lambda x: ops.norm(x, axis=1),
    lambda x: ops.count_nonzero(ops.round(x), axis=1),
    lambda x: ops.any(x > 1, axis=1),
    **LENGTHS,
)
several(
    "ops_reductions_of_int",
    INTS,
    lambda i: ops.mean(i, axis=1),
    lambda i: ops.sum(i, axis=-1),
    lambda i: ops.prod(i, axis=1),
    lambda i: ops.max(i, axis=(1, 2)),
    lambda i: ops.var(i, axis=1),
    lambda i: ops.cumsum(i, axis=1),
    lambda i: ops.argmin(i, axis=2),
    lambda i: ops.sum(ops.cast(i, "uint8"), axis=1),
    lambda i: ops.max(i, axis=1, initial=3),
    lambda i: ops.sum(ops.cast(i, "int8"), axis=1, keepdims=True),
)
several(
    "ops_reductions_of_bool",
    X,
    lambda x: ops.any(x > 0.5, axis=-1),
    lambda x: ops.all(x > -1, axis=(1, 2)),
    lambda x: ops.sum(x > 0, axis=1),
    lambda x: ops.mean(x > 0, axis=1),
    lambda x: ops.max(x > 0, axis=1),
    lambda x: ops.all(ops.round(x), axis=1),
    lambda x: ops.cumsum(x > 0, axis=1),
    lambda x: ops.count_nonzero(ops.round(x), axis=2),
    lambda x: ops.allclose(x, x + 1e-7),
)
several(
    "ops_running",
    X,
    lambda x: ops.cumsum(x, axis=2),
    lambda x: ops.cumsum(x),
    lambda x: ops.cumprod(x, axis=1),
    lambda x: ops.cumsum(3 * x, axis=1, dtype="int32"),
    lambda x: ops.diff(x),
    lambda x: ops.diff(x, n=2, axis=1),
    lambda x: ops.trapezoid(x, dx=0.5),
    lambda x: ops.trapezoid(x, axis=1),
    lambda x: ops.nancumsum(with_nan(x), axis=1),
    lambda x: ops.nancumprod(with_nan(x), axis=1),
)
several(
    "ops_norms",
    X,
    lambda x: ops.norm(x, axis=1),
    lambda x: ops.norm(x, ord=1, axis=2),
    lambda x: ops.norm(x, ord=3, axis=2, keepdims=True),
    lambda x: ops.norm(x, ord=np.inf, axis=1),
    lambda x: ops.norm(x, ord=-np.inf, axis=1),
    lambda x: ops.norm(x, ord=0, axis=1),
    lambda x: ops.norm(x, ord="fro", axis=(1, 2)),
    lambda x: ops.norm(x, ord=1, axis=(1, 2)),
    lambda x: ops.norm(x, ord=np.inf, axis=(2, 1), keepdims=True),
    lambda x: ops.norm(x, ord=-1, axis=(1, 2)),
)
several(
    "ops_normalize",
    X,
    lambda x: ops.normalize(x),
    lambda x: ops.normalize(x, axis=1, order=1),
    lambda x: ops.normalize(x, axis=1, order=3),
    lambda x: ops.normalize(x, axis=(1, 2)),
    lambda x: ops.moments(x, axes=[1]),
    lambda x: ops.moments(x, axes=[1, 2], keepdims=True),
    lambda x: ops.average(x, axis=1),
    lambda x: ops.average(x, axis=1, weights=np.float32([1, 2, 3, 4])),
    lambda x: ops.ptp(x, axis=1),
)
several(
    "ops_order_statistics",
    X,
    lambda x: ops.argmax(x, axis=1),
    lambda x: ops.argmax(x),
    lambda x: ops.argmin(x, axis=2, keepdims=True),
    lambda x: ops.sort(x),
    lambda x: ops.sort(x, axis=1),
    lambda x: ops.argsort(x, axis=1),
    lambda x: ops.sort(ops.cast(5 * x, "int32")),
    lambda x: ops.argsort(ops.cast(2 * x, "int32")),
    lambda x: ops.top_k(x, 3),
)
several(
    "ops_quantiles",
    X,
    lambda x: ops.median(x, axis=1),
    lambda x: ops.median(x, axis=2, keepdims=True),
    lambda x: ops.quantile(x, 0.3, axis=2),
    lambda x: ops.quantile(x, [0.1, 0.9], axis=1),
    lambda x: ops.quantile(x, 0.3, axis=1, method="lower"),
    lambda x: ops.percentile(x, 30, axis=(1, 2), method="lower"),
    lambda x: ops.percentile(x, 30, axis=1, method="higher"),
    lambda x: ops.percentile(x, 40, axis=1, method="nearest"),
    lambda x: ops.percentile(x, 40, axis=1, method="midpoint"),
    lambda x: ops.median(ops.where(x > 1.5, np.nan, x), axis=1),
)
several(
    "ops_without_nan",
    X,
    lambda x: ops.nansum(with_nan(x), axis=1),
    lambda x: ops.nanprod(with_nan(x), axis=1),
    lambda x: ops.nanmax(with_nan(x), axis=1),
    lambda x: ops.nanmin(with_nan(x), axis=1),
    lambda x: ops.nanmean(with_nan(x), axis=1),
    lambda x: ops.nanvar(with_nan(x), axis=1),
    lambda x: ops.nanstd(with_nan(x), axis=(1, 2)),
    lambda x: ops.nanargmax(with_nan(x), axis=1),
    lambda x: ops.nanargmin(with_nan(x), axis=1),
    lambda x: ops.nanmax(ops.where(x > -9, np.nan, x), axis=1),
)
several(
    "ops_in_top_k",
    ((), "int32", (6,)),
    lambda i, x: ops.in_top_k(ops.abs(i) % 6, x, 2),
)
