"""What Keras's model.summary() says of the golden cases, in cases/summaries.json.

A line for each case that has one: the model's trainable and other parameters, and a row for each layer,
[name, class, output shape, parameters, trainable parameters]. The shape is a list of them where the
layer gives several tensors, the last number is left out where all parameters train, and a sixth
entry of a nested model's row holds the rows of its layers.
"""

import json
import math
from pathlib import Path

import keras

import truth
from registry import Case

NAME = "summaries.json"


def numbers_in(weights) -> int:
    """Of a variable of open size, such as a table, Keras counts nothing."""
    return sum(math.prod(weight.shape) for weight in weights if None not in tuple(weight.shape))


def first_call(model, layer):
    """The first call of a layer in this model; a shared layer may have others elsewhere."""
    graph = getattr(model, "_functional", None) or model
    calls = [node for nodes in graph._nodes_by_depth.values() for node in nodes]
    return next((node for node in layer._inbound_nodes if node in calls), None)


def shapes_of(node) -> list[str]:
    if isinstance(getattr(node, "output_tensors", None), list | tuple):
        tensors = node.output_tensors
    else:  # tf_keras
        tensors = keras.tree.flatten(node.outputs)
    return [str(tuple(tensor.shape)) for tensor in tensors]


def row_of(model, layer) -> list:
    node = first_call(model, layer)
    shapes = shapes_of(node) if node else ["?"]
    weights = getattr(layer, "weights", [])
    row = [layer.name, type(layer).__name__, shapes[0] if len(shapes) == 1 else shapes]
    row.append(numbers_in(weights))
    trainable = numbers_in(getattr(layer, "trainable_weights", []))
    nested = rows_of(layer) if hasattr(layer, "layers") and hasattr(layer, "summary") else None
    if trainable != row[-1] or nested:
        row.append(trainable)
    return row + ([nested] if nested else [])


def rows_of(model) -> list[list]:
    is_functional = isinstance(model, keras.Model) and not isinstance(model, keras.Sequential)
    layers = getattr(model, "_operations", model.layers) if is_functional else model.layers
    return [row_of(model, layer) for layer in layers]


def summary_of(model) -> list:
    trainable = numbers_in(model.trainable_weights)
    return [trainable, numbers_in(model.weights) - trainable, rows_of(model)]


def described(case: Case, folder: Path):
    """The model as Keras loads it, or as it was built where Keras cannot load the file."""
    keras.utils.clear_session()
    if not truth.is_of_built_model(case.truth):
        return truth.load(case.path(folder))
    model = case.build()
    if case.finish:
        case.finish(model)
    return model


def read(folder: Path) -> dict:
    path = folder / NAME
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def write(folder: Path, summaries: dict) -> None:
    lines = [
        f"{json.dumps(name)}: {json.dumps(summary, ensure_ascii=False, separators=(',', ':'))}"
        for name, summary in sorted(summaries.items())
    ]
    (folder / NAME).write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
