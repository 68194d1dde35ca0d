"""Writes docs/keras-coverage.md: a row for every class of keras.layers and every Operation class of
keras.ops, and whether this build of Keraunos runs it.

    python coverage.py BINARY

Needs the packages of requirements.txt. What the page says beside a class stands in NOTES and
REASONS below. tests/keras/coverage_test.cc compares the page with the library's own tables.
"""

import importlib
import inspect
import subprocess
import sys
from pathlib import Path

import keras
from keras.src.ops.operation import Operation

PAGE = Path(__file__).resolve().parents[2] / "docs" / "keras-coverage.md"
OPERATION_MODULES = ("numpy", "nn", "math", "core", "linalg", "image")
ABSTRACT = {"Layer", "Wrapper", "SegmentReduction"}
# No layers of their own in a file: they come inside an RNN.
CELLS = {"GRUCell", "LSTMCell", "SimpleRNNCell", "StackedRNNCells"}

# What a row says beside "yes".
NOTES = {
    "InputLayer": "any dtype, strings too; sparse and ragged are refused",
    "Dense": "last axis of any rank; int8 and int4 weights",
    "EinsumDense": "any equation of two operands; int8 and int4 weights",
    "Embedding": "a number out of range is an error; int8 and int4 weights",
    "ReversibleEmbedding": "both directions",
    "RandomCrop": "resizes in files of Keras before 3.8, as Keras then did",
    "RandomHeight": "of Keras 2",
    "RandomWidth": "of Keras 2",
    "TimeDistributed": "any layer or model",
    "RNN": "around SimpleRNNCell, LSTMCell, GRUCell, StackedRNNCells",
}
# Why a class is refused.
CODE = "would execute what the file's author wrote"
REASONS = {
    "ContrastLimitedAdaptiveHistogramEqualization": "acts on images at inference too, so it is no "
    "layer to pass over",
    "Lambda": CODE,
    "TFSMLayer": CODE,
    "JaxLayer": CODE,
    "FlaxLayer": CODE,
    "TorchModuleWrapper": CODE,
}
HEAD = """# Keras coverage

What Keraunos runs of Keras 3.15.1, and of the classes that older files name. The page is written by
`tests/golden/coverage.py`; a test compares it with the library's own tables. Every class that says
"yes" has golden cases made by real Keras (`tests/golden`), on the CPU within 1e-5 of Keras unless a
case says why not. A class that says "no" is refused by name when the file is loaded.

"""


def keras_layers() -> dict[str, list[str]]:
    """Class names of keras.layers, each with its other exported names."""
    names = {}
    for exported in dir(keras.layers):
        item = getattr(keras.layers, exported)
        if inspect.isclass(item) and issubclass(item, keras.layers.Layer):
            names.setdefault(item, []).append(exported)
    layers = {}
    for item, exported in names.items():
        name = item.__name__ if item.__name__ in exported else exported[0]
        layers[name] = [other for other in exported if other != name]
    left_out = ABSTRACT | CELLS
    return {name: others for name, others in layers.items() if name not in left_out}


def keras_operations() -> dict[str, str]:
    """Operation classes of keras.ops, each with its module."""
    operations = {}
    for module_name in OPERATION_MODULES:
        module = importlib.import_module(f"keras.src.ops.{module_name}")
        for name, item in vars(module).items():
            own = inspect.isclass(item) and item.__module__ == module.__name__
            if own and issubclass(item, Operation) and name not in ABSTRACT:
                operations[name] = module_name
    return operations


def supported(binary: str) -> dict[str, set[str]]:
    text = subprocess.run([binary, "classes"], check=True, capture_output=True, text=True).stdout
    kinds: dict[str, set[str]] = {"layer": set(), "operation": set()}
    for line in text.splitlines():
        kind, name = line.split(" ", 1)
        kinds[kind].add(name)
    return kinds


def row(name: str, runs: bool, note: str) -> str:
    return f"| {name} | {'yes' if runs else 'no'} | {note} |"


def layer_rows(runs: set[str]) -> list[str]:
    rows = []
    known = keras_layers()
    for name in sorted(known):
        runs_it = name in runs or name == "InputLayer"
        notes = [NOTES.get(name, "")] if runs_it else [REASONS.get(name, "")]
        if known[name]:
            notes.append("also " + ", ".join(known[name]))
        rows.append(row(name, runs_it, "; ".join(note for note in notes if note)))
    older = sorted(runs - known.keys())
    rows += [row(name, True, NOTES.get(name, "of other versions or modules")) for name in older]
    return rows


def operation_rows(runs: set[str]) -> list[str]:
    known = keras_operations()
    names = sorted(known.keys() | runs)
    return [row(name, name in runs, f"keras.ops, {known.get(name, 'nn')}") for name in names]


def table(title: str, rows: list[str]) -> str:
    count = sum("| yes |" in text for text in rows)
    heading = f"## {title}\n\n{count} of {len(rows)} run.\n\n| class | runs | |\n|---|---|---|\n"
    return heading + "\n".join(rows) + "\n"


def applications_table() -> str:
    """The table of applications.py as it stands on the page: made by another, longer run."""
    text = PAGE.read_text(encoding="utf-8")
    start = text.find("## Networks of keras.applications")
    return "" if start < 0 else text[start:]


def main() -> int:
    runs = supported(sys.argv[1])
    parts = [
        table("Layers", layer_rows(runs["layer"])),
        table("Operations on Keras tensors", operation_rows(runs["operation"])),
        applications_table(),
    ]
    PAGE.write_text(HEAD + "\n".join(parts), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
