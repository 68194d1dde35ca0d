"""What multi_gpu_model of Keras 2.0.9 to 2.3 makes: Lambdas that cut the batch, a call of one model
on each part, and Concatenates of the parts. Keras runs all of it for the truth."""

import tensorflow as tf
from tf_keras import Input, Model, Sequential, layers

from cases_legacy import as_built, in_two, legacy, old_weights


def get_slice(data, i, parts):
    shape = tf.shape(data)
    step = shape[:1] // parts
    size = shape[:1] - step * i if i == parts - 1 else step
    start = tf.concat([step, shape[1:] * 0], 0) * i
    return tf.slice(data, start, tf.concat([size, shape[1:]], 0))


def on_gpus(model, parts: int) -> Model:
    """The wrapper around `model`, as Keras made it (multi_gpu_model has left TensorFlow)."""
    replicas = []
    for i in range(parts):
        arguments = {"i": i, "parts": parts}
        slices = [
            layers.Lambda(get_slice, tuple(x.shape[1:]), arguments=arguments)(x)
            for x in model.inputs
        ]
        replicas.append(tf.nest.flatten(model(slices if len(slices) > 1 else slices[0])))
    joined = [
        layers.Concatenate(0, name=name)(list(parts))
        for name, *parts in zip(model.output_names, *replicas, strict=True)
    ]
    return Model(model.inputs, joined)


def chain():
    return Sequential([Input((4,)), layers.Dense(5, "relu"), layers.BatchNormalization()])


def of_two_inputs():
    """Siamese towers and two outputs, that are made in another order than they are given."""
    a, b = Input((4,), name="a"), Input((6, 4), name="b")
    tower = layers.Dense(3, "tanh")
    x, y = tower(a), layers.LSTM(3, name="steps")(tower(b))
    return Model([a, b], [layers.Subtract(name="difference")([x, y]), y])


def of_chain():
    return on_gpus(chain(), 2)


# Keras would have to trust the Lambdas' code to load the files.
legacy("multi_gpu_of_sequential", truth=as_built)(of_chain)
legacy("multi_gpu_of_functional", truth=as_built)(lambda: on_gpus(of_two_inputs(), 3))
in_two("multi_gpu_in_json", legacy, of_chain, old_weights, ".h5", truth=as_built)
