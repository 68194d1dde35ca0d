"""Dense, Flatten, Reshape, Permute, and the layers that do nothing at inference."""

import keras
from keras import layers
from keras.src.applications.convnext import StochasticDepth

from registry import graph, stack
from registry import lazy as L

stack("dense", (6,), L.Dense(5))
stack("dense_rank3", (3, 6), L.Dense(5))
stack("dense_rank4", (2, 3, 6), L.Dense(5, activation="relu"))
stack("dense_rank5", (2, 2, 3, 4), L.Dense(5))
stack("dense_no_bias", (6,), L.Dense(5, use_bias=False))
stack("dense_no_bias_relu_rank3", (3, 6), L.Dense(5, use_bias=False, activation="relu"))
stack("dense_one_unit", (1,), L.Dense(1))
stack("dense_odd_widths", (33,), L.Dense(17))
stack("dense_none_steps", (None, 6), L.Dense(4), sizes=((1,), (9,)))
stack("dense_none_map", (None, None, 3), L.Dense(4), sizes=((2, 3), (5, 1)))
stack("dense_int32_input", (6,), L.Dense(5), dtype="int32")
stack("dense_three", (8,), L.Dense(7, "relu"), L.Dense(6, "tanh"), L.Dense(3, "softmax"))
stack("dense_on_last_axis_then_flatten", (3, 2), L.Dense(16), L.Flatten(), L.Dense(4))

stack("flatten_rank1", (), L.Flatten(), L.Dense(3))
stack("flatten_rank2", (5,), L.Flatten())
stack("flatten_rank3", (3, 4), L.Flatten())
stack("flatten_rank4", (2, 3, 4), L.Flatten())
stack("flatten_rank5", (2, 3, 2, 2), L.Flatten())
stack("flatten_first_rank3", (3, 4), L.Flatten(data_format="channels_first"))
stack("flatten_first_rank4", (2, 3, 4), L.Flatten(data_format="channels_first"))
stack("flatten_first_rank5", (2, 3, 2, 2), L.Flatten(data_format="channels_first"))
stack("flatten_first_dense", (2, 3, 4), L.Flatten(data_format="channels_first"), L.Dense(3))
stack("flatten_none", (None, None, 2), L.Flatten(), sizes=((2, 3), (4, 1)))
stack(
    "flatten_first_none",
    (2, None, None),
    L.Flatten(data_format="channels_first"),
    sizes=((2, 3), (4, 1)),
)
stack("flatten_twice", (3, 4), L.Flatten(), L.Flatten(), L.Dense(2))

stack("reshape", (3, 4), L.Reshape((2, 6)))
stack("reshape_to_vector", (3, 4), L.Reshape((12,)))
stack("reshape_rank_up", (12,), L.Reshape((2, 3, 2)))
stack("reshape_minus_one", (3, 4), L.Reshape((-1, 2)))
stack("reshape_only_minus_one", (3, 4), L.Reshape((-1,)))
stack("reshape_minus_one_none", (None, None, 8), L.Reshape((-1, 4)), sizes=((2, 3), (4, 1)))
stack("reshape_none_dense", (None, 4), L.Reshape((-1, 8)), L.Dense(3), sizes=((2,), (6,)))
stack("reshape_then_conv", (48,), L.Reshape((4, 4, 3)), L.Conv2D(2, 3))
stack("reshape_batch_only", (), L.Reshape((1, 1)))

stack("permute_21", (3, 4), L.Permute((2, 1)))
stack("permute_312", (2, 3, 4), L.Permute((3, 1, 2)))
stack("permute_231", (2, 3, 4), L.Permute((2, 3, 1)))
stack("permute_4231", (2, 3, 4, 2), L.Permute((4, 2, 3, 1)))
stack("permute_identity", (3, 4), L.Permute((1, 2)))
stack("permute_none", (None, None, 3), L.Permute((3, 2, 1)), sizes=((2, 4), (5, 3)))
stack("permute_then_dense", (3, 4), L.Permute((2, 1)), L.Dense(2))
stack("permute_then_flatten_dense", (2, 3, 4), L.Permute((3, 1, 2)), L.Flatten(), L.Dense(3))

stack("dropout", (5,), L.Dropout(0.5), L.Dense(3))
stack("dropout_noise_shape", (4, 5), L.Dropout(0.5, noise_shape=(None, 1, 5), seed=1))
stack("spatial_dropout1d", (4, 5), L.SpatialDropout1D(0.5))
stack("spatial_dropout2d", (3, 4, 2), L.SpatialDropout2D(0.5), L.Flatten(), L.Dense(2))
stack("spatial_dropout2d_first", (2, 3, 4), L.SpatialDropout2D(0.5, data_format="channels_first"))
stack("gaussian_noise", (5,), L.GaussianNoise(0.5), L.Dense(3))
stack("gaussian_dropout", (5,), L.GaussianDropout(0.5))
stack("alpha_dropout", (5,), L.Dense(4, activation="selu"), L.AlphaDropout(0.5), L.Dense(3))
stack("activity_regularization", (5,), L.ActivityRegularization(l1=0.1, l2=0.2), L.Dense(3))
stack("activation_linear_only", (2, 3), L.Activation("linear"))
stack("identity", (2, 3), L.Identity())
stack("identity_int32", (2, 3), L.Identity(), dtype="int32")
stack("identity_dense", (5,), L.Identity(), L.Dense(3), L.Identity())
stack("dropout_zero", (5,), L.Dropout(0.0))
stack("dropout_int32", (5,), L.Dropout(0.5), dtype="int32")
stack("spatial_dropout3d", (2, 3, 2, 2), L.SpatialDropout3D(0.5))
stack("gaussian_noise_seed", (5,), L.GaussianNoise(0.5, seed=3))
stack("alpha_dropout_noise_shape", (4, 5), L.AlphaDropout(0.5, noise_shape=(None, 1, 5)))


@graph("stochastic_depth")
def _():
    x = keras.Input((4, 4, 2))
    y = StochasticDepth(0.3)(layers.Conv2D(2, 3, padding="same")(x))
    return keras.Model(x, layers.Add()([x, y]))
