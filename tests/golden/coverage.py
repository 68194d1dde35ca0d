"""Writes docs/keras-coverage.md: a row for every class of keras.layers and every Operation class of
keras.ops, and whether this build of Keraunos runs it.

    python coverage.py BINARY

Needs the packages of requirements.txt. What the page says beside a class stands in NOTES and
REASONS below. tests/keras/coverage_test.cc compares the page with the library's own tables.
"""

import importlib
import inspect
import json
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import keras
import numpy as np
from keras.src.ops.operation import Operation

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "keras-coverage.md"
CASES = ROOT / "tests" / "golden" / "cases"
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
    "TimeDistributed": "any layer or model; refused: several outputs, stateful layers, other policies",
    "Bidirectional": "refused: directions that are the same, layers that are not recurrent",
    "LSTM": "refused: softmax as activation, unroll with open steps",
    "GRU": "refused: softmax as activation, unroll with open steps",
    "SimpleRNN": "refused: softmax as activation, unroll with open steps",
    "Resizing": "refused: interpolation area, fill_mode other than constant",
    "MaxPooling1D": "refused: int32 and int64 images",
    "MaxPooling2D": "refused: int32 and int64 images",
    "MaxPooling3D": "refused: int32 and int64 images",
    "StringLookup": "refused: vocabulary as a path, sparse",
    "IntegerLookup": "refused: vocabulary as a path, sparse",
    "TextVectorization": "refused: functions as standardize or split, ragged, one_hot",
    "MultiHeadAttention": "refused: attention over the batch, quantised weights",
    "ReLU": "refused: max_value below threshold",
    "MelSpectrogram": "refused: fft_length above 4096",
    "Lambda": "functions of Keras's that the file names; Python code is refused",
    "LocallyConnected1D": "of Keras 1 and 2; refused: open sizes",
    "LocallyConnected2D": "of Keras 1 and 2; refused: open sizes",
    "RandomFourierFeatures": "of Keras 2",
    "DenseFeatures": "of Keras 2: numeric and bucketized columns; refused: functions in columns",
    "MaxoutDense": "of Keras 1",
    "Highway": "of Keras 1",
    "Attention": "attends over the batch where inputs have no steps, as Keras does, with a warning",
    "AdditiveAttention": "attends over the batch where inputs have no steps, with a warning",
    "tensorflow_addons.FilterResponseNormalization": "refused: other axes than [1, 2]",
    "autokeras.CastToFloat32": "refused: strings",
    "RNN": "around SimpleRNNCell, LSTMCell, GRUCell, StackedRNNCells",
}
# Why a class is refused.
CODE = "would execute what the file's author wrote"
REASONS = {
    "ContrastLimitedAdaptiveHistogramEqualization": "acts on images at inference too, so it is no "
    "layer to pass over",
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

Everything runs on the CPU. On a GPU a class runs "whole", or with the named ops on the CPU between
two copies, which `keraunos plan` shows; this column is taken from the plans of the golden cases and
from the lists of the CUDA library.

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


def gpu_ops() -> set[str]:
    """Ops that the CUDA library lists kernels for, and those that never run."""
    source = (ROOT / "kernels" / "cuda" / "kernels.cc").read_text(encoding="utf-8")
    return set(re.findall(r"list_for<(\w+)>", source)) | {"View", "Copy"}


def ops_of_classes(binary: str) -> dict[str, set[str]]:
    """The ops that each class becomes in the plans of the golden cases."""
    ops = defaultdict(set)
    for model in sorted(CASES.glob("*.keras")):
        with np.load(model.with_suffix(".npz")) as arrays:
            count = sum(key.startswith("r0.input_") for key in arrays.files)
            shapes = [arrays[f"r0.input_{i}"].shape for i in range(count)]
        flags = [flag for shape in shapes for flag in ("--shape", "x".join(map(str, shape)))]
        command = [binary, "plan", str(model), "--device", "cpu", "--json", *flags]
        done = subprocess.run(command, capture_output=True, text=True)
        for step in json.loads(done.stdout)["steps"] if done.returncode == 0 else []:
            if found := re.fullmatch(r".*layer '[^']*' \((\w+)\)", step["layer"]):
                ops[found[1]].add(step["op"])
    return ops


def row(name: str, runs: bool, ops: dict[str, set[str]], note: str) -> str:
    on_cpu = sorted(ops.get(name, set()) - gpu_ops())
    gpu = f"CPU: {', '.join(on_cpu)}" if on_cpu else "whole"
    return f"| {name} | {'yes' if runs else 'no'} | {gpu if runs else ''} | {note} |"


def layer_rows(runs: set[str], ops: dict[str, set[str]]) -> list[str]:
    rows = []
    known = keras_layers()
    for name in sorted(known):
        runs_it = name in runs or name == "InputLayer"
        notes = [NOTES.get(name, "")] if runs_it else [REASONS.get(name, "")]
        if known[name]:
            notes.append("also " + ", ".join(known[name]))
        rows.append(row(name, runs_it, ops, "; ".join(note for note in notes if note)))
    older = sorted(runs - known.keys())
    rows += [row(name, True, ops, NOTES.get(name, "of other versions or modules")) for name in older]
    return rows


def refused_operations() -> dict[str, str]:
    """Why operations are refused: the table that the library's messages come from."""
    source = ROOT / "runtime" / "keras" / "refused_operations.cc"
    text = source.read_text(encoding="utf-8")
    words = dict(re.findall(r'(\w+) =\s+"([^"]+)"', text))
    found = re.findall(r'\{"(\w+)",\s+("?)([^"}]+)"?\}', text)
    return {name: reason if quoted else words[reason] for name, quoted, reason in found}


def operation_rows(runs: set[str], ops: dict[str, set[str]]) -> list[str]:
    known = keras_operations()
    reasons = refused_operations()
    rows = []
    for name in sorted(known.keys() | runs):
        notes = [f"keras.ops, {known.get(name, 'nn')}"]
        notes += [reasons[name]] if name in reasons and name not in runs else []
        rows.append(row(name, name in runs, ops, "; ".join(notes)))
    return rows


def table(title: str, rows: list[str]) -> str:
    count = sum("| yes |" in text for text in rows)
    heading = f"## {title}\n\n{count} of {len(rows)} run.\n\n| class | runs | on a GPU | |\n|---|---|---|---|\n"
    return heading + "\n".join(rows) + "\n"


def applications_table() -> str:
    """The table of applications.py as it stands on the page: made by another, longer run."""
    text = PAGE.read_text(encoding="utf-8")
    start = text.find("## Networks of keras.applications")
    return "" if start < 0 else text[start:]


def main() -> int:
    runs = supported(sys.argv[1])
    ops = ops_of_classes(sys.argv[1])
    parts = [
        table("Layers", layer_rows(runs["layer"], ops)),
        table("Operations on Keras tensors", operation_rows(runs["operation"], ops)),
        applications_table(),
    ]
    PAGE.write_text(HEAD + "\n".join(parts), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
