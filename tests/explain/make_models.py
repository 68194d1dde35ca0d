"""Makes the models of tests/explain: what people paste when they ask about shapes.

    python make_models.py [NAME...]

Writes models/NAME.keras and models/NAME.json (the text of to_json()). Needs the packages of
../golden/requirements.txt.
"""

import json
import os
import sys
import zipfile
from pathlib import Path

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
from keras import layers

FOLDER = Path(__file__).parent / "models"
MODELS = {}


def model(build):
    MODELS[build.__name__] = build
    return build


def sequential(name, shape, *stack, **options):
    return keras.Sequential([keras.Input(shape, **options), *stack], name=name)


def conv(filters, **options):
    return layers.Conv2D(filters, 3, activation="relu", **options)


def edited(source: keras.Model, edit) -> tuple[keras.Model, object]:
    """A model whose saved config is changed afterwards."""
    return source, edit


# 1. Why is the output shape of Flatten (None, None)?


@model
def flatten_5408():
    return sequential(
        "digits", (28, 28, 1), conv(32), layers.MaxPooling2D(), layers.Flatten(), layers.Dense(10)
    )


def open_sides(config: dict) -> None:
    config["config"]["layers"][0]["config"]["batch_shape"] = [None, None, None, 1]


def with_flatten(filters: int) -> keras.Model:
    i = keras.Input((28, 28, 1), name="image")
    x = layers.MaxPooling2D(name="pool")(layers.Conv2D(filters, 3, name="conv")(i))
    x = layers.Dense(10, name="dense")(layers.Flatten(name="flatten")(x))
    return keras.Model(i, x, name="digits")


@model
def flatten_open():
    """Weights made at 28x28, height and width open: Keras itself would not build it."""
    return edited(with_flatten(2), open_sides)


@model
def flatten_open_32():
    """The same with as many filters as in the question: 5408 rows."""
    return edited(with_flatten(32), open_sides)


@model
def flatten_ends_open():
    """What Keras itself builds: the last layer is Flatten, (None, None)."""
    i = keras.Input((None, None, 1), name="image")
    x = layers.MaxPooling2D(name="pool")(layers.Conv2D(32, 3, name="conv")(i))
    return keras.Model(i, layers.Flatten(name="flatten")(x))


@model
def resizing_front():
    return sequential(
        "resizing", (None, None, 3), layers.Resizing(64, 64), conv(4), layers.Flatten(),
        layers.Dense(2),
    )


# 2. Why does Flatten fail?


def same_padding(config: dict) -> None:
    config["config"]["layers"][1]["config"]["padding"] = "same"


@model
def padding_changed():
    """The file's convolution became "same" after the weights were made."""
    return edited(
        sequential(
            "changed", (28, 28, 1), layers.Conv2D(2, 3, name="conv"),
            layers.MaxPooling2D(name="pool"), layers.Flatten(name="flatten"),
            layers.Dense(3, name="dense"),
        ),
        same_padding,
    )


@model
def mask_lstm_last():
    return sequential(
        "mask_last", (5, 1), layers.Masking(0.0, name="masking"), layers.LSTM(64, name="lstm"),
        layers.Flatten(name="flatten"), layers.Dense(10, name="dense"),
    )


@model
def mask_lstm_sequences():
    return sequential(
        "mask_sequences", (5, 1), layers.Masking(0.0, name="masking"),
        layers.LSTM(4, return_sequences=True, name="lstm"), layers.Flatten(name="flatten"),
        layers.Dense(10, name="dense"),
    )


@model
def lstm_open_steps():
    i = keras.Input((None, 2), name="series")
    x = layers.LSTM(4, return_sequences=True, name="lstm")(i)
    return keras.Model(i, layers.Flatten(name="flatten")(x))


@model
def flatten_of_flat():
    return sequential(
        "flat", (784,), layers.Dense(16), layers.Dense(8), layers.Flatten(name="flatten"),
        layers.Dense(10),
    )


@model
def channels_rgb():
    return sequential("rgb", (32, 32, 3), conv(2), layers.GlobalAveragePooling2D(), layers.Dense(2))


# 3. What is Flatten for, when Dense is already "fully connected"?


@model
def dense_flatten_dense():
    return sequential(
        "with_flatten", (3, 2), layers.Dense(16), layers.Flatten(), layers.Dense(4)
    )


@model
def dense_dense():
    return sequential("without_flatten", (3, 2), layers.Dense(16), layers.Dense(4))


@model
def flatten_first():
    return sequential("flatten_first", (3, 2), layers.Flatten(), layers.Dense(16))


@model
def dropout_last():
    """Dropout gives out the very tensor that it takes."""
    return sequential(
        "dropout", (3, 2), layers.Dense(4, name="dense"), layers.Dropout(0.5), layers.Dropout(0.5)
    )


@model
def pixels():
    return sequential("pixels", (5, 3), layers.Dense(16))


# 4. Why is the output size of my model unexpected?


@model
def flatten_forgotten():
    return sequential(
        "forgotten", (28, 28, 1), conv(4), layers.MaxPooling2D(), conv(64),
        layers.MaxPooling2D(), layers.Dense(10, activation="softmax"),
    )


@model
def flatten_remembered():
    return sequential(
        "remembered", (28, 28, 1), conv(4), layers.MaxPooling2D(), conv(64),
        layers.MaxPooling2D(), layers.Flatten(), layers.Dense(10, activation="softmax"),
    )


@model
def one_cell_left():
    return sequential("one_cell", (4, 4, 1), conv(3), layers.MaxPooling2D(), layers.Dense(5))


@model
def same_strides():
    return sequential(
        "same", (64, 64, 3), conv(4, strides=2, padding="same"),
        conv(64, strides=2, padding="same"), layers.Flatten(), layers.Dense(1),
    )


@model
def valid_strides():
    return sequential(
        "valid", (64, 64, 3), conv(4, strides=2), conv(64, strides=2), layers.Flatten(),
        layers.Dense(1),
    )


# 5. What does it cost?


@model
def expensive_flatten():
    return sequential(
        "expensive", (32, 32, 3), conv(16, padding="same"), layers.Flatten(name="flatten"),
        layers.Dense(4, name="dense"),
    )


# Others


@model
def batch_recorded():
    return sequential("batch", None, layers.Dense(3), batch_shape=(32, 4))


@model
def fully_open():
    return sequential(
        "any_size", (None, None, 3), conv(4), layers.MaxPooling2D(), conv(4),
        layers.GlobalAveragePooling2D(), layers.Dense(2),
    )


@model
def nested():
    encoder = sequential("encoder", (8, 8, 1), conv(2), layers.Flatten())
    i = keras.Input((8, 8, 1))
    return keras.Model(i, layers.Dense(2)(encoder(i)), name="nested")


@keras.saving.register_keras_serializable("tests")
class Mystery(layers.Layer):
    def call(self, x):
        return x[:, ::2, ::2]


@model
def unknown_layer():
    i = keras.Input((16, 16, 1), name="image")
    x = Mystery(name="mystery")(layers.Conv2D(2, 3, name="conv")(i))
    x = layers.Conv2D(3, 3, name="after")(x)
    x = layers.Flatten(name="flatten")(x)
    return keras.Model(i, layers.Dense(2, name="dense")(x))


@model
def quantized():
    tokens = keras.Input((5,), dtype="int32", name="tokens")
    x = layers.EinsumDense("abc,cd->abd", (None, 6), bias_axes="d", name="einsum")(
        layers.Embedding(20, 8, name="embedding")(tokens)
    )
    built = keras.Model(tokens, layers.Dense(3, name="dense")(x))
    built.quantize("int4", config=keras.quantizers.Int4QuantizationConfig(block_size=4))
    return built


# Those that are explained without their weights too.
AS_JSON = ["quantized", "flatten_open", "flatten_ends_open", "unknown_layer", "flatten_5408"]


def write(name: str) -> None:
    keras.utils.clear_session()
    built = MODELS[name]()
    built, edit = built if isinstance(built, tuple) else (built, None)
    built.set_weights([0 * weight for weight in built.get_weights()])  # nobody looks at them
    path = FOLDER / f"{name}.keras"
    built.save(path)
    config = json.loads(built.to_json())
    with zipfile.ZipFile(path) as stored:
        members = {member: stored.read(member) for member in stored.namelist()}
    if edit:
        edit(config)
        saved = json.loads(members["config.json"])
        edit(saved)
        members["config.json"] = json.dumps(saved).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for member, data in members.items():
            target.writestr(member, data)
    if name in AS_JSON:
        (FOLDER / f"{name}.json").write_text(json.dumps(config) + "\n")


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for wanted in sys.argv[1:] or MODELS:
        write(wanted)
