"""Runs whole networks on the GPU and on the CPU and compares.

    python networks.py BINARY FOLDER [--device gpu] [--report FILE]

FOLDER is what make_networks.py filled. Errors are norms, relative to the CPU's result in float32.
Needs only numpy.
"""

import argparse
import subprocess
import tempfile
from pathlib import Path

import numpy as np

# Random weights leave no digits to spare: fifty layers of them amplify what each one rounds.
TOLERANCES = {"float32": 1e-4, "tf32": 5e-2, "float16": 5e-2, "bfloat16": 3e-1}


def run(binary: str, model: Path, images: Path, *options: str) -> np.ndarray:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "out.npz")
        command = [binary, "run", str(model), "--inputs", str(images), "--outputs", str(target)]
        subprocess.run([*command, *options], check=True, capture_output=True, text=True, timeout=90)
        with np.load(target) as outputs:
            return outputs["output_0"].astype(np.float64)


def check(binary: str, device: str, model: Path, size: tuple) -> list[dict]:
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        images = Path(folder, "in.npz")
        random = np.random.default_rng(3)
        np.savez(images, input_0=random.random((2, *size), dtype=np.float32) * 2 - 1)
        wanted = run(binary, model, images, "--device", "cpu", "--threads", "0")
        for precision, tolerance in TOLERANCES.items():
            got = run(binary, model, images, "--device", device, "--precision", precision)
            worst = float(np.linalg.norm(got - wanted) / np.linalg.norm(wanted))
            same = bool((got.argmax(axis=1) == wanted.argmax(axis=1)).all())
            rows.append({"result": "ok" if worst <= tolerance else "FAIL", "subject": model.stem,
                         "mode": precision, "cases": 2, "worst": worst,
                         "remark": "" if same else "another class is the likeliest"})
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--device", default="gpu")
    parser.add_argument("--report", type=Path)
    options = parser.parse_args()
    rows = []
    for model in sorted(options.folder.glob("*.keras")):
        size = (299, 299, 3) if model.stem == "InceptionV3" else (224, 224, 3)
        try:
            rows += check(options.binary, options.device, model, size)
        except subprocess.SubprocessError as error:
            remark = " ".join(str(getattr(error, "stderr", error) or error).split())
            rows.append({"result": "FAIL", "subject": model.stem, "mode": "", "cases": 0,
                         "worst": 0.0, "remark": remark})
    for row in rows:
        print("{result:<5}{subject} {mode}: worst {worst:.2e} {remark}".format(**row))
    if options.report and rows:
        lines = [rows[0].keys(), *(map(str, row.values()) for row in rows)]
        text = "".join("\t".join(line) + "\n" for line in lines)
        options.report.write_text(text, encoding="utf-8")
    failed = sum(row["result"] == "FAIL" for row in rows)
    print(f"{len(rows) - failed} passed, {failed} failed")
    return 1 if failed or not rows else 0


if __name__ == "__main__":
    raise SystemExit(main())
