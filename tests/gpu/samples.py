"""Runs the digits sample's model on the GPU by way of the command and compares with the CPU.

    python samples.py BINARY [--device gpu] [--report FILE]

For each image size: the digits read must be those that Keras reads, and the probabilities within
1e-5 (float32) or 2e-3 (tf32) of the CPU's. Needs only numpy.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

DIGITS = Path(__file__).resolve().parents[2] / "samples" / "digits"
TOLERANCES = {"float32": 1e-5, "tf32": 2e-3}


def run(binary: str, images: np.ndarray, *options: str) -> np.ndarray:
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "in.npz"), Path(folder, "out.npz")
        np.savez(source, input_0=images)
        command = [binary, "run", str(DIGITS / "digits.keras"), "--inputs", str(source)]
        subprocess.run([*command, "--outputs", str(target), *options], check=True,
                       capture_output=True, text=True, timeout=60)
        with np.load(target) as outputs:
            return outputs["output_0"]


def check_size(binary: str, device: str, data, size: str) -> list[dict]:
    images = data[f"images_{size}"]
    wanted = run(binary, images, "--device", "cpu")
    rows = []
    for precision, tolerance in TOLERANCES.items():
        got = run(binary, images, "--device", device, "--precision", precision)
        worst = float(np.abs(got - wanted).max() / np.abs(wanted).max())
        misread = int((got.argmax(axis=1) != data[f"predictions_{size}"]).sum())
        passed = worst <= tolerance and misread == 0
        rows.append({"result": "ok" if passed else "FAIL", "subject": f"digits {size}",
                     "mode": precision, "cases": len(images), "worst": worst,
                     "remark": f"{misread} digits read otherwise than Keras" if misread else ""})
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary")
    parser.add_argument("--device", default="gpu")
    parser.add_argument("--report", type=Path)
    options = parser.parse_args()
    rows = []
    with np.load(DIGITS / "digits_test.npz") as data:
        sizes = [key.removeprefix("images_") for key in data.files if key.startswith("images_")]
        for size in sizes:
            try:
                rows += check_size(options.binary, options.device, data, size)
            except subprocess.CalledProcessError as error:
                rows.append({"result": "FAIL", "subject": f"digits {size}", "mode": "", "cases": 0,
                             "worst": 0.0, "remark": error.stderr.strip()})
    for row in rows:
        print("{result:<5}{subject} {mode}: worst {worst:.2e} {remark}".format(**row))
    if options.report:
        lines = [rows[0].keys(), *(map(str, row.values()) for row in rows)]
        text = "".join("\t".join(line) + "\n" for line in lines)
        options.report.write_text(text, encoding="utf-8")
    failed = sum(row["result"] == "FAIL" for row in rows)
    print(f"{len(rows) - failed} passed, {failed} failed")
    return 1 if failed or not rows else 0


if __name__ == "__main__":
    sys.exit(main())
