"""Times models with `keraunos bench --json`.

    python timings.py BINARY [--networks FOLDER] [--device gpu] [--report FILE]

FOLDER is what make_networks.py filled. A model that cannot be timed gets a line with the error;
exits 1 if none could.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DIGITS = ROOT / "samples" / "digits" / "digits.keras"
SHAPES = "8x8,10x10,12x12,14x14,16x16,18x18,20x20,24x24"

# (label, options) of the digits sample
DIGITS_RUNS = [
    ("digits 16x16", ["--batch", "1,32,256", "--shape", "16x16"]),
    ("digits, 8 sizes", ["--batch", "1", "--requests", "200", "--shapes", SHAPES]),
]
NETWORK_BATCHES = "1,8,32,256"
# The first ones are those that others publish figures of, should time run out.
ORDER = ("ResNet50", "MobileNetV2", "VGG16")


def rank(model: Path) -> tuple:
    return (ORDER.index(model.stem) if model.stem in ORDER else len(ORDER), model.stem)


def bench(binary: str, device: str, model: Path, options: list[str], precision: str) -> list[dict]:
    command = [binary, "bench", str(model), "--json", "--device", device]
    command += ["--precision", precision, "--max-activation-bytes", str(1 << 36), *options]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    except subprocess.TimeoutExpired:
        return [{"error": "still running after 60 s"}]
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    if done.returncode != 0:
        rows.append({"error": done.stderr.strip()})
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary")
    parser.add_argument("--networks", type=Path)
    parser.add_argument("--device", default="gpu")
    parser.add_argument("--report", type=Path)
    options = parser.parse_args()
    runs = [(label, DIGITS, flags, precision) for label, flags in DIGITS_RUNS
            for precision in ("tf32", "float16")]
    if options.networks:
        runs += [(model.stem + label, model, ["--batch", NETWORK_BATCHES, *flags], precision)
                 for model in sorted(options.networks.glob("*.keras"), key=rank)
                 for precision in ("tf32", "float16")
                 for label, flags in (("", []), (", on the GPU", ["--on-gpu"]))]
    rows = []
    for label, model, flags, precision in runs:
        for figures in bench(options.binary, options.device, model, flags, precision):
            rows.append({"label": label, "precision": precision, **figures})
            print(json.dumps(rows[-1]), flush=True)
            if options.report:  # what is known so far outlives a time limit
                options.report.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    return 0 if any("error" not in row for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
