"""Compares `keraunos summary` with what Keras prints for every network of keras.applications.

    python check_summaries.py BINARY [NAME...]

Reads networks/*.json.gz (see make_summaries.py); needs nothing but Python. Every row's name, class,
depth, output shape, parameters and sources must be Keras's, and the totals. Exits 1 if any differs.
"""

import gzip
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FOLDER = Path(__file__).parent / "networks"


def rows_of(layers: list[dict], depth: int = 0) -> list[list]:
    """Our rows in the form of Keras's."""
    rows = []
    for layer in layers:
        shapes = layer["output_shapes"]
        shape = shapes[0] if len(shapes) == 1 else f"[{', '.join(shapes)}]"
        rows.append(
            [depth, layer["name"], layer["class"], shape, layer["parameters"],
             layer["connected_to"] if depth == 0 else None]
        )
        rows += rows_of(layer["nested"], depth + 1)
    return rows


def expected_rows(rows: list[list]) -> list[list]:
    """Keras names the sources of nested layers by their names in the outer model; we do not."""
    return [[*row[:5], row[5] if row[0] == 0 else None] for row in rows]


def differences(binary: str, path: Path, folder: Path) -> list[str]:
    network = json.loads(gzip.decompress(path.read_bytes()))
    file = folder / f"{path.name}.json"
    file.write_text(json.dumps(network["architecture"]))
    done = subprocess.run([binary, "summary", str(file), "--json"], capture_output=True, text=True)
    if done.returncode != 0:
        return [done.stderr.strip()]
    ours, keras = json.loads(done.stdout), network["summary"]
    found = []
    for key in ("total", "trainable", "non_trainable"):
        if ours[f"{key}_parameters"] != keras[key]:
            found.append(f"{key}: {ours[f'{key}_parameters']} instead of {keras[key]}")
    our_rows, keras_rows = rows_of(ours["layers"]), expected_rows(keras["rows"])
    if len(our_rows) != len(keras_rows):
        found.append(f"{len(our_rows)} rows instead of {len(keras_rows)}")
    # Where no layer has two sources, Keras leaves the column out.
    connected = any(row[5] for row in keras_rows)
    for a, b in zip(our_rows, keras_rows):
        width = 6 if connected else 5
        if a[:width] != b[:width]:
            found.append(f"{a[:width]} instead of {b[:width]}")
    return found


def main() -> int:
    binary, *names = sys.argv[1:]
    paths = [FOLDER / f"{name}.json.gz" for name in names] or sorted(FOLDER.glob("*.json.gz"))
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for path in paths:
            started = time.monotonic()
            found = differences(binary, path, Path(folder))
            failed += bool(found)
            name = path.name.removesuffix(".json.gz")
            milliseconds = (time.monotonic() - started) * 1000
            print(f"{name}: {'DIFFERS' if found else 'equal'} ({milliseconds:.0f} ms)")
            for line in found[:5]:
                print(f"    {line}")
    print(f"{len(paths) - failed} of {len(paths)} networks equal")
    return 1 if failed or not paths else 0


if __name__ == "__main__":
    sys.exit(main())
