"""Makes what tests/keras/lambda_code_test.cc reads: Lambdas with code, and what Keras computes.

    python lambda_code.py            # models, with the outputs of Keras
    pythonX.Y lambda_code.py code    # the bytecode that this version of Python makes, 2.7 or later

The models are JSON without weights in cases/lambda_code/; bytecode.json holds, for each version, the
expressions of EXPRESSIONS as marshal writes their code, in hexadecimal digits.
"""

import binascii
import json
import marshal
import os
import sys

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "cases", "lambda_code")

# As Python writes them back; each is the body of a lambda of x, or of (x, s=3).
EXPRESSIONS = [
    "x / 127.5 - 1",
    "-x ** 2",
    "(x - 0.5) * 2.0",
    "x[:, 1:]",
    "x[1:-1]",
    "x[:, ::-1, ..., 0]",
    "x * s",
    "K.sum(x, axis=1)",
    "K.mean(x, axis=[1, 2])",
    "K.l2_normalize(x, axis=-1)",
    "K.reshape(x, (-1, 4, 2))",
    "K.abs(x[0] - x[1])",
    "tf.image.resize(x, (64, 64))",
    "tf.image.resize(x, size=(h, w), method='bilinear')",
    "K.softmax(x) + [1, 2, 3, 4][0]",
    "tf.nn.l2_normalize(tf.math.square(x), 1) // 2",
    "x < 3",
]
# What is no single expression.
UNREADABLE = ["x if s else 1", "[y for y in x]", "lambda: x"]


SAMPLING = """
def sampling(args):
    mean, spread = args
    noise = K.random_normal(shape=(K.shape(mean)[0], 2))
    return mean + K.exp(spread / 2) * noise
"""


def add_bytecode():
    version = ".".join(str(part) for part in sys.version_info[:2])
    codes = {text: eval("lambda x, s=3: " + text).__code__ for text in EXPRESSIONS + UNREADABLE}
    names = {}
    exec(compile(SAMPLING, "<string>", "exec"), names)
    codes["sampling"] = names["sampling"].__code__
    path = os.path.join(FOLDER, "bytecode.json")
    table = json.load(open(path)) if os.path.exists(path) else {}
    table[version] = {
        text: binascii.hexlify(marshal.dumps(code)).decode("ascii") for text, code in codes.items()
    }
    with open(path, "w") as file:
        json.dump(table, file, indent=1, sort_keys=True)
        file.write("\n")


def make_models():
    os.environ["KERAS_BACKEND"] = "tensorflow"
    import keras
    import numpy as np
    import tensorflow as tf
    from keras import layers

    scale, shift = 3.0, -1.0
    image, vector = (6, 5, 2), (4,)
    models = {  # shapes of the inputs, the function, and what its code reads as
        "pixels": ([image], lambda x: x / 127.5 - 1, "x / 127.5 - 1"),
        "unit_pixels": ([image], lambda x: x / 255, "x / 255"),
        "negative": ([vector], lambda x: 1.0 - x, "1.0 - x"),
        "closure": ([vector], lambda x: x * scale + shift, "x * 3.0 + -1.0"),
        "default": ([vector], lambda x, by=2: by * x, "2 * x"),
        "normalize": ([vector], lambda x: tf.math.l2_normalize(x, axis=-1), "tf.math.l2_normalize(x, axis=-1)"),
        "sum": ([image], lambda x: tf.reduce_sum(x, axis=1), "tf.reduce_sum(x, axis=1)"),
        "mean": ([image], lambda x: tf.reduce_mean(x, [1, 2], keepdims=True), "tf.reduce_mean(x, [1, 2], keepdims=True)"),
        "resize": ([image], lambda x: tf.image.resize(x, (9, 4)), "tf.image.resize(x, (9, 4))"),
        "resize_nearest": ([image], lambda x: tf.image.resize(x, size=[3, 10], method="nearest"), "tf.image.resize(x, size=[3, 10], method='nearest')"),
        "reshape": ([image], lambda x: tf.reshape(x, (-1, 10, 6)), "tf.reshape(x, (-1, 10, 6))"),
        "permute": ([image], lambda x: tf.transpose(x, [0, 3, 1, 2]), "tf.transpose(x, [0, 3, 1, 2])"),
        "expand": ([vector], lambda x: tf.expand_dims(x, -1), "tf.expand_dims(x, -1)"),
        "difference": ([vector, vector], lambda x: x[0] - x[1], "x[0] - x[1]"),
        "crop": ([image], lambda x: x[:, 1:-2, 2:, :], "x[:, 1:-2, 2:, :]"),
        "activation": ([vector], lambda x: tf.nn.softmax(x), "tf.nn.softmax(x)"),
        "square": ([vector], lambda x: tf.square(x), "tf.square(x)"),
        "first": ([image], lambda x: x[:, 0], "x[:, 0]"),
        "distance": ([vector, vector], lambda x: tf.abs(x[0] - x[1]), "tf.abs(x[0] - x[1])"),
    }
    index = []
    random = np.random.default_rng(7)
    for name, (shapes, function, text) in models.items():
        inputs = [keras.Input(shape, name="x%d" % i) for i, shape in enumerate(shapes)]
        result = layers.Lambda(function, name="code")(inputs if len(inputs) > 1 else inputs[0])
        model = keras.Model(inputs, result)
        arrays = [random.uniform(-3, 3, (2,) + shape).astype("float32") for shape in shapes]
        with open(os.path.join(FOLDER, name + ".json"), "w") as file:
            file.write(model.to_json())
        output = np.asarray(model(arrays if len(arrays) > 1 else arrays[0]))
        np.savez(os.path.join(FOLDER, name + ".npz"), output=output, **{"input_%d" % i: a for i, a in enumerate(arrays)})
        index.append({"name": name, "reads": text, "suggested": name not in ("first", "distance")})
    with open(os.path.join(FOLDER, "index.json"), "w") as file:
        json.dump(index, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    if not os.path.isdir(FOLDER):
        os.makedirs(FOLDER)
    add_bytecode() if sys.argv[1:] == ["code"] else make_models()
