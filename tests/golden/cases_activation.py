"""Activations: as a layer, inside Dense and Conv2D, and the layers ReLU and Softmax."""

from registry import lazy as L
from registry import stack

ELEMENTWISE = """
    relu leaky_relu relu6 celu elu selu softplus softsign squareplus soft_shrink sparse_plus silu
    swish gelu tanh tanh_shrink sigmoid sparse_sigmoid exponential hard_sigmoid hard_silu
    hard_tanh hard_shrink linear mish log_sigmoid
""".split()
LAST_AXIS = ["softmax", "log_softmax", "sparsemax"]

for name in ELEMENTWISE:
    stack(f"activation_{name}", (4, 9), L.Activation(name), spread=3, edges=True)
for name in LAST_AXIS:
    stack(f"activation_{name}", (4, 9), L.Activation(name), spread=2)
stack("dense_softmax", (6,), L.Dense(5, activation="softmax"), spread=2)
stack("activation_softmax_rank4", (3, 2, 5), L.Activation("softmax"))
stack("activation_large_softmax", (6,), L.Activation("softmax"), spread=200)

for name in "relu leaky_relu elu silu gelu tanh sigmoid hard_sigmoid".split():
    stack(f"dense_{name}", (6,), L.Dense(5, activation=name), spread=2)
for name in "relu relu6 silu sigmoid hard_silu softmax".split():
    stack(f"conv2d_{name}", (5, 6, 2), L.Conv2D(4, 3, activation=name), spread=2)

# An activation may itself be a layer.
stack("dense_leaky_relu_layer", (6,), L.Dense(5, activation=L.LeakyReLU(negative_slope=0.1)))
stack("conv2d_relu_layer", (5, 6, 2), L.Conv2D(4, 3, activation=L.ReLU(max_value=0.8)))
stack("activation_of_relu_layer", (7,), L.Activation(L.ReLU(negative_slope=0.25)))

for name, options in {
    "plain": {},
    "max": {"max_value": 2.5},
    "max_6": {"max_value": 6.0},
    "max_0": {"max_value": 0.0},
    "slope": {"negative_slope": 0.3},
    "threshold": {"threshold": 0.75},
    "max_slope": {"max_value": 2.5, "negative_slope": 0.3},
    "max_threshold": {"max_value": 2.5, "threshold": 0.75},
    "slope_threshold": {"negative_slope": 0.3, "threshold": 0.75},
    "all": {"max_value": 2.5, "negative_slope": 0.3, "threshold": 0.75},
}.items():
    stack(f"relu_{name}", (4, 9), L.ReLU(**options), spread=3, edges=True)

stack("softmax_last", (4, 5), L.Softmax())
stack("softmax_axis_1", (4, 5, 3), L.Softmax(axis=1))
stack("softmax_axis_minus_2", (4, 5, 3), L.Softmax(axis=-2))
stack("softmax_two_axes", (4, 5, 3), L.Softmax(axis=[1, 2]))
stack("softmax_outer_axes", (4, 5, 3), L.Softmax(axis=[1, 3]))
stack("softmax_none", (None, 5), L.Softmax(axis=1), sizes=((4,), (7,)))
