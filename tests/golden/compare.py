"""Runs every golden case through a `keraunos` binary and compares with Keras. Needs only numpy.

    python compare.py BINARY [NAME...] [--device cpu]

Prints the worst relative error of each case, the message for each model that must be refused, and
`N passed, N failed`; exits 1 if any failed.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).resolve().parent / "cases"
RTOL = ATOL = 1e-5
TIME_LIMIT_S = 60


class Failure(Exception):
    """What is wrong with a case."""


def run_binary(binary: str, model: Path, inputs: dict, device: str, weights: Path | None = None):
    """The finished process, and the arrays it wrote (none if it wrote no file)."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "in.npz"), Path(folder, "out.npz")
        np.savez(source, **inputs)
        command = [binary, "run", str(model), "--inputs", str(source)]
        command += ["--outputs", str(target), "--device", device]
        command += ["--weights", str(weights)] if weights else []
        try:
            done = subprocess.run(command, capture_output=True, timeout=TIME_LIMIT_S)
        except subprocess.TimeoutExpired:
            raise Failure(f"still running after {TIME_LIMIT_S} s") from None
        if not target.exists():
            return done, {}
        with np.load(target) as outputs:
            return done, dict(outputs)


def stderr_of(done: subprocess.CompletedProcess) -> str:
    return done.stderr.decode(errors="replace").strip()


def arrays_of(recorded, run: int, kind: str) -> dict[str, np.ndarray]:
    """{"input_0": ..., "input_1": ...} of one run, or its outputs; empty if there is no such."""
    prefix = f"r{run}."
    keys = [key for key in recorded.files if key.startswith(f"{prefix}{kind}_")]
    return {key.removeprefix(prefix): recorded[key] for key in keys}


def worst_error(name: str, got: np.ndarray, wanted: np.ndarray, rtol: float, atol: float) -> float:
    """max |got - wanted| / (atol / rtol + |wanted|): more than rtol is a failure."""
    if got.shape != wanted.shape:
        raise Failure(f"{name} has shape {got.shape}, Keras {wanted.shape}")
    if got.dtype.kind != wanted.dtype.kind or (got.dtype != wanted.dtype and got.dtype.kind != "U"):
        raise Failure(f"{name} has dtype {got.dtype}, Keras {wanted.dtype}")
    if wanted.dtype.kind == "U":
        return 0.0 if np.array_equal(got, wanted) else float("inf")
    got, wanted = got.astype(np.float64), wanted.astype(np.float64)
    same = (got == wanted) | (np.isnan(got) & np.isnan(wanted))
    with np.errstate(invalid="ignore"):
        errors = np.abs(got - wanted) / (atol / rtol + np.abs(wanted))
    errors = np.where(np.isnan(errors), np.inf, errors)
    return float(np.max(np.where(same, 0.0, errors), initial=0.0))


def check_run(binary: str, device: str, case: dict, recorded, run: int) -> float:
    rtol, atol = case.get("rtol", RTOL), case.get("atol", ATOL)
    wanted = arrays_of(recorded, run, "output")
    model = FOLDER / case.get("file", f"{case['name']}.keras")
    weights = FOLDER / case["weights"] if "weights" in case else None
    done, got = run_binary(binary, model, arrays_of(recorded, run, "input"), device, weights)
    if done.returncode != 0:
        raise Failure(f"exit {done.returncode}: {stderr_of(done)}")
    if got.keys() != wanted.keys():
        raise Failure(f"wrote {sorted(got)}, Keras {sorted(wanted)}")
    worst = max(worst_error(key, got[key], wanted[key], rtol, atol) for key in wanted)
    if worst > rtol:
        raise Failure(f"run {run}: relative error {worst:.2e}, allowed {rtol:.0e}")
    return worst


def check_case(binary: str, device: str, case: dict) -> str:
    """The worst error over the runs of a case; raises Failure."""
    with np.load(FOLDER / f"{case['name']}.npz") as recorded:
        runs = 1 + max(int(key.split(".")[0][1:]) for key in recorded.files)
        if case.get("stateful"):
            runs = 1  # each run of the binary starts anew
        worst = max(check_run(binary, device, case, recorded, run) for run in range(runs))
    return f"{worst:.2e}"


def check_refusal(binary: str, device: str, name: str, entry) -> str:
    """The message; raises Failure unless it is one line with all the words, and the exit is 1."""
    folder = FOLDER / "refused"
    words = entry if isinstance(entry, list) else entry["words"]
    files = {} if isinstance(entry, list) else entry
    model = folder / files.get("file", f"{name}.keras")
    weights = folder / files["weights"] if "weights" in files else None
    inputs = {"input_0": np.zeros((1, 4), np.float32)}
    done, _ = run_binary(binary, model, inputs, device, weights)
    message = stderr_of(done)
    if done.returncode != 1:
        raise Failure(f"exit {done.returncode} instead of 1: {message}")
    if not message.startswith("error: ") or "\n" in message:
        raise Failure(f"not one line `error: ...`: {message}")
    missing = [word for word in words if word not in message]
    if missing:
        raise Failure(f"{missing} not in: {message}")
    return message


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary")
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these cases")
    parser.add_argument("--device", default="cpu")
    options = parser.parse_args()
    cases = json.loads((FOLDER / "index.json").read_text(encoding="utf-8"))
    refusals = json.loads((FOLDER / "refused" / "index.json").read_text(encoding="utf-8"))
    checks = [(case["name"], check_case, (case,)) for case in cases]
    checks += [(f"refused/{item[0]}", check_refusal, item) for item in refusals.items()]
    passed = failed = 0
    for name, check, arguments in checks:
        if options.names and name not in options.names:
            continue
        try:
            print(f"ok    {name}: {check(options.binary, options.device, *arguments)}")
            passed += 1
        except Failure as failure:
            print(f"FAIL  {name}: {failure}")
            failed += 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
