"""Trains the digits sample: a small CNN that reads handwritten digits of any image size.

    pip install -r requirements.txt
    python train.py

writes, beside this file,

    digits.keras     the trained model: input (None, None, 1), grey levels 0 (paper) to 255 (ink)
    digits_test.npz  held-out digits of several sizes, as float32 holding whole grey levels:
                       images_HxW (N, H, W, 1), labels (N,) uint8, and
                       predictions_HxW (N,) uint8, the digit Keras itself reads in each image

The data are the 1797 digits of UCI "Optical Recognition of Handwritten Digits" (8x8 pixels) that
come with scikit-learn. A fixed fifth of them is held out; the script fails if the model reads
fewer than 97 % of those at any size.
"""

import os
import sys
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

HERE = Path(__file__).resolve().parent
SEED = 20
EPOCHS = 30
BATCH = 64
WANTED_ACCURACY = 0.97
TRAINING_SIZES = [(8, 8), (10, 10), (12, 12), (16, 16), (20, 20), (20, 24), (28, 28)]
TEST_SIZES = [(8, 8), (12, 12), (16, 16), (20, 24)]


def build_model() -> keras.Model:
    """Resizing makes height and width known again, so that Dense can follow Flatten."""
    return keras.Sequential(
        [
            keras.Input((None, None, 1), name="image"),
            layers.Rescaling(1 / 255, name="to_unit_range"),
            layers.Resizing(16, 16, name="to_16x16"),
            layers.Conv2D(16, 3, padding="same", activation="relu", name="conv1"),
            layers.MaxPooling2D(2, name="pool1"),
            layers.Conv2D(32, 3, padding="same", activation="relu", name="conv2"),
            layers.MaxPooling2D(2, name="pool2"),
            layers.Flatten(name="flatten"),
            layers.Dense(64, activation="relu", name="hidden"),
            layers.Dropout(0.3, name="dropout"),
            layers.Dense(10, activation="softmax", name="digit"),
        ],
        name="digits",
    )


def load_split():
    """The digits as (N, 8, 8, 1) grey levels: training images and labels, held-out ones."""
    digits = load_digits()
    images = np.round(digits.images[..., None] * (255 / 16)).astype("float32")
    labels = digits.target.astype("uint8")
    return train_test_split(images, labels, test_size=0.2, random_state=SEED, stratify=labels)


def resize(images: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Smoothly enlarged copies, back on whole grey levels."""
    if images.shape[1:3] == size:
        return images
    larger = keras.ops.image.resize(images, size, interpolation="bicubic")
    return np.clip(np.round(keras.ops.convert_to_numpy(larger)), 0, 255).astype("float32")


def training_batches(images: np.ndarray, labels: np.ndarray, epochs: int):
    """Shuffled batches, all images of a batch of one size, every image seen once an epoch."""
    rng = np.random.default_rng(SEED)
    of_size = [resize(images, size) for size in TRAINING_SIZES]
    for _ in range(epochs):
        order = rng.permutation(len(images))
        for start in range(0, len(order), BATCH):
            chosen = order[start : start + BATCH]
            yield of_size[rng.integers(len(of_size))][chosen], labels[chosen]


def train(images: np.ndarray, labels: np.ndarray) -> keras.Model:
    model = build_model()
    steps = -(-len(images) // BATCH) * EPOCHS
    rate = keras.optimizers.schedules.CosineDecay(3e-3, steps)
    model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy")
    for step, (batch, digits) in enumerate(training_batches(images, labels, EPOCHS), 1):
        loss = model.train_on_batch(batch, digits)
        if step % (steps // 10) == 0:
            print(f"step {step:4d}/{steps}  loss {float(loss):.4f}", flush=True)
    return model


def without_optimizer(model: keras.Model) -> keras.Model:
    """The same weights in a model that was never compiled: a third of the file size."""
    bare = build_model()
    bare.set_weights(model.get_weights())
    return bare


def evaluate(model: keras.Model, images: np.ndarray, labels: np.ndarray):
    """The arrays of digits_test.npz, and the worst accuracy over the sizes."""
    arrays = {"labels": labels}
    worst = 1.0
    for size in TEST_SIZES:
        name = f"{size[0]}x{size[1]}"
        resized = resize(images, size)
        scores = keras.ops.convert_to_numpy(model(resized, training=False))
        predictions = scores.argmax(axis=-1).astype("uint8")
        accuracy = float((predictions == labels).mean())
        worst = min(worst, accuracy)
        print(f"{name:>6}: {accuracy:.2%} of {len(labels)} held-out digits")
        arrays[f"images_{name}"] = resized
        arrays[f"predictions_{name}"] = predictions
    return arrays, worst


def main() -> int:
    keras.utils.set_random_seed(SEED)
    train_images, test_images, train_labels, test_labels = load_split()
    model = without_optimizer(train(train_images, train_labels))
    arrays, worst = evaluate(model, test_images, test_labels)
    if worst < WANTED_ACCURACY:
        print(f"error: {worst:.2%} is below the wanted {WANTED_ACCURACY:.0%}; nothing written")
        return 1
    model.save(HERE / "digits.keras")
    np.savez_compressed(HERE / "digits_test.npz", **arrays)
    return 0


if __name__ == "__main__":
    sys.exit(main())
