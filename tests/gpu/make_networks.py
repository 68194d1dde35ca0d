"""Makes the networks that tests/gpu_check.sh runs whole, without anybody's trained weights.

    python make_networks.py FOLDER [NAME...]

Needs Keras. Weights repeat a block of random numbers, scaled so that activations neither vanish nor
grow, so that half a gigabyte of them deflates to half a megabyte and can be carried along.
"""

import os
import sys
import zipfile
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

NAMES = ("VGG16", "ResNet50", "MobileNetV2", "EfficientNetB0", "DenseNet121", "InceptionV3")
# Deflate looks back 32 KiB; a prime length keeps filters from being equal.
BLOCK = 4093


def block(random: np.random.Generator) -> np.ndarray:
    return random.standard_normal(BLOCK).astype(np.float32)


def values_for(variable, base: np.ndarray) -> np.ndarray:
    """He's normal distribution for kernels; normalisations near the identity."""
    count = int(np.prod(variable.shape))
    noise = np.resize(base, count).reshape(variable.shape)
    name = variable.name
    if "kernel" in name:
        fan_in = int(np.prod(variable.shape[:3 if "depthwise" in variable.path else -1]))
        if "depthwise" in variable.path:
            fan_in = int(np.prod(variable.shape[:2]))
        return noise * np.sqrt(2 / fan_in)
    if "variance" in name:
        return 1 + 0.1 * np.abs(noise)
    if "gamma" in name:
        return 1 + 0.1 * noise
    return 0.1 * noise


def deflate(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def make(name: str, folder: Path) -> None:
    model = getattr(keras.applications, name)(weights=None)
    base = block(np.random.default_rng(7))
    for variable in model.variables:
        if variable.dtype == "float32":
            variable.assign(values_for(variable, base))
    path = folder / f"{name}.keras"
    model.save(path)
    deflate(path)
    print(f"{name}: {model.count_params():,} parameters, {path.stat().st_size:,} bytes")


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[2:] or NAMES:
        make(name, folder)


if __name__ == "__main__":
    main()
