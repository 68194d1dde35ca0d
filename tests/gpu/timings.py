"""Times models with `keraunos bench --json`.

    python timings.py BINARY [--device gpu] [--report FILE]

A model that cannot be timed gets a line with the error; exits 1 if none could.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DIGITS = ROOT / "samples" / "digits" / "digits.keras"
CASES = ROOT / "tests" / "golden" / "cases"
PRECISIONS = ("tf32", "float32")

# (label, model, options)
RUNS = [
    ("digits 16x16 b1", DIGITS, ["--batch", "1", "--shape", "16x16"]),
    ("digits 16x16 b32", DIGITS, ["--batch", "32", "--shape", "16x16"]),
    ("digits 16x16 b256", DIGITS, ["--batch", "256", "--shape", "16x16"]),
    ("digits, 8 sizes b1", DIGITS, ["--batch", "1", "--requests", "200", "--shapes",
                                    "8x8,10x10,12x12,14x14,16x16,18x18,20x20,24x24"]),
    ("small resnet b32", CASES / "resnet.keras", ["--batch", "32", "--shape", "32x32"]),
    ("small mobilenet b32", CASES / "mobilenet.keras", ["--batch", "32"]),
]


def bench(binary: str, device: str, model: Path, options: list[str], precision: str) -> dict:
    command = [binary, "bench", str(model), "--json", "--device", device]
    command += ["--precision", precision, *options]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    except subprocess.TimeoutExpired:
        return {"error": "still running after 30 s"}
    if done.returncode != 0:
        return {"error": done.stderr.strip()}
    return json.loads(done.stdout)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary")
    parser.add_argument("--device", default="gpu")
    parser.add_argument("--report", type=Path)
    options = parser.parse_args()
    rows = []
    for label, model, flags in RUNS:
        for precision in PRECISIONS:
            figures = bench(options.binary, options.device, model, flags, precision)
            rows.append({"label": label, "precision": precision, **figures})
            print(json.dumps(rows[-1]))
    if options.report:
        options.report.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    return 0 if any("error" not in row for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
