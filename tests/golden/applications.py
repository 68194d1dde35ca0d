"""Runs the networks of keras.applications through a `keraunos` binary and compares with Keras.

    python applications.py BINARY                 # the six small ones
    python applications.py BINARY --all           # all 40: about an hour and 10 GB of disk at a time
    python applications.py BINARY MobileNetV2 ... # these

Each network is built without pretrained weights; every weight and statistic is random, saved by
Keras to a temporary file and removed afterwards. Needs the packages of requirements.txt. Prints one
row of a table per network and exits 1 if any differs.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
import zlib
from pathlib import Path

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np

RTOL = 1e-4
SMALL = [
    "MobileNet",
    "MobileNetV2",
    "MobileNetV3Small",
    "EfficientNetB0",
    "NASNetMobile",
    "DenseNet121",
]
OTHERS = [
    *["VGG16", "VGG19"],
    *["ResNet50", "ResNet101", "ResNet152", "ResNet50V2", "ResNet101V2", "ResNet152V2"],
    *["MobileNetV3Large", "DenseNet169", "DenseNet201"],
    *["InceptionV3", "Xception", "InceptionResNetV2", "NASNetLarge"],
    *[f"EfficientNetB{i}" for i in range(1, 8)],
    *[f"EfficientNetV2{size}" for size in ("B0", "B1", "B2", "B3", "S", "M", "L")],
    *[f"ConvNeXt{size}" for size in ("Tiny", "Small", "Base", "Large", "XLarge")],
]


def randomise(model: keras.Model, rng: np.random.Generator) -> None:
    """Weights that keep activations near 1 through hundreds of layers, random statistics."""
    for weight in model.weights:
        shape = tuple(weight.shape)
        if weight.name in ("moving_variance", "variance"):
            values = rng.uniform(0.5, 1.5, shape)
        elif weight.name in ("gamma", "scale"):
            values = rng.uniform(0.5, 1.0, shape)
        elif weight.name in ("bias", "beta", "moving_mean", "mean"):
            values = rng.normal(0.0, 0.1, shape)
        elif weight.name == "count":
            continue
        else:
            depthwise = "depthwise" in weight.path
            fan_in = np.prod(shape[:2] if depthwise else shape[:-1])
            values = rng.standard_normal(shape, dtype="float32") * np.sqrt(1.5 / fan_in)
        weight.assign(np.asarray(values, dtype="float32"))
    for layer in model.layers:
        if isinstance(layer, keras.layers.Normalization):
            layer.finalize_state()


def worst_error(got: np.ndarray, wanted: np.ndarray) -> float:
    """The largest difference, relative to the largest value: softmax makes most of them tiny."""
    if got.shape != wanted.shape or not np.isfinite(wanted).all():
        return float("inf")
    return float(np.abs(got - wanted).max() / np.abs(wanted).max())


def run(binary: str, model: Path, images: np.ndarray) -> tuple[np.ndarray | None, str]:
    source, target = model.with_name("in.npz"), model.with_name("out.npz")
    np.savez(source, input_0=images)
    done = subprocess.run(
        [binary, "run", str(model), "--inputs", str(source), "--outputs", str(target)]
        + ["--device", "cpu", "--threads", "0"],
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        return None, done.stderr.strip()
    with np.load(target) as outputs:
        return outputs["output_0"], ""


def check(binary: str, name: str, folder: Path) -> tuple[bool, str]:
    """Whether the network agrees, and its row of the table."""
    keras.utils.clear_session()
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    model = getattr(keras.applications, name)(weights=None, classifier_activation=None)
    randomise(model, rng)
    path = folder / "model.keras"
    model.save(path)
    size = [s or 224 for s in model.input_shape[1:3]]
    images = rng.uniform(0, 255, (1, *size, 3)).astype("float32")
    wanted = keras.ops.convert_to_numpy(model(images, training=False))
    started = time.monotonic()
    got, message = run(binary, path, images)
    seconds = time.monotonic() - started
    error = float("inf") if got is None else worst_error(got, wanted)
    passed = error <= RTOL
    verdict = "equal" if passed else f"DIFFERS {message}"
    shape = "x".join(str(s) for s in size)
    row = f"| {name} | {model.count_params():,} | {shape} | {error:.1e} | {verdict} |"
    print(f"{row} ({seconds:.1f} s)", flush=True)
    return passed, row


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary")
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these networks")
    parser.add_argument("--all", action="store_true", help="all 40 networks")
    options = parser.parse_args()
    names = options.names or (SMALL + OTHERS if options.all else SMALL)
    failed = 0
    print("| network | parameters | image | worst error | |\n|---|---|---|---|---|")
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            passed, _ = check(options.binary, name, Path(folder))
        failed += not passed
    print(f"{len(names) - failed} of {len(names)} networks equal Keras within {RTOL:.0e}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
