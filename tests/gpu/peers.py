"""Times PyTorch on networks of the same names, as something to hold `keraunos bench` against.

    python peers.py [--report FILE]

Eager mode, channels last, inputs and outputs in GPU memory: compare with `keraunos bench --on-gpu`.
torchvision's ResNet-50 strides in another convolution than Keras's and does 6 % more work.
"""

import argparse
import json
import statistics
import time
from pathlib import Path

import torch
import torchvision

NETWORKS = {"ResNet50": torchvision.models.resnet50, "MobileNetV2": torchvision.models.mobilenet_v2,
            "VGG16": torchvision.models.vgg16, "DenseNet121": torchvision.models.densenet121}
BATCHES = (1, 8, 32, 256)


def median_us(run) -> float:
    start = time.perf_counter()
    while time.perf_counter() - start < 0.2:
        run()
    times = []
    start = time.perf_counter()
    while time.perf_counter() - start < 0.3 or len(times) < 10:
        before = time.perf_counter()
        run()
        times.append(time.perf_counter() - before)
    return 1e6 * statistics.median(times)


def time_network(name: str, precision: str) -> list[dict]:
    dtype = torch.float16 if precision == "float16" else torch.float32
    model = NETWORKS[name]().eval().to("cuda", dtype, memory_format=torch.channels_last)
    rows = []
    for batch in BATCHES:
        images = torch.rand(batch, 3, 224, 224, device="cuda", dtype=dtype)
        images = images.to(memory_format=torch.channels_last)

        def run() -> None:
            model(images)
            torch.cuda.synchronize()

        rows.append({"label": name, "precision": precision, "batch": batch,
                     "median_us": median_us(run)})
        print(json.dumps(rows[-1]), flush=True)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--report", type=Path)
    options = parser.parse_args()
    torch.backends.cuda.matmul.allow_tf32 = True
    torch.backends.cudnn.allow_tf32 = True
    rows = []
    with torch.inference_mode():
        for name in NETWORKS:
            for precision in ("tf32", "float16"):
                rows += time_network(name, precision)
    if options.report:
        options.report.write_text(json.dumps(rows, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
