"""The table of golden cases, and the four ways to add a row to it.

    stack("dense_no_bias", (5,), lazy.Dense(4, use_bias=False))

adds a Sequential of one input and the given layers. `lazy.Dense(...)` only notes what to build:
layers are made when their case is, so that their automatic names depend on nothing else.

    fan("dense_sizes", (5,), lazy.Dense(4), lazy.Dense(7))

adds a model of one input that several layers read, each with an output, and

    @graph("two_inputs")
    def _():
        ...
        return keras.Model([a, b], c)

adds any model, and `edited(...)` a model whose saved file is changed afterwards.

    several("ops_sums", ((4,), (4,), "int32"), lambda x, i: x + i, lambda x, i: x * i)

adds a model of several small functions of the same inputs: its outputs, in order. Inputs are
shapes, each with the dtype that follows it.

Options of every row:
    sizes    one tuple a run, the values of the None dimensions of all inputs in order;
             needed where an input has such dimensions. Batches are 3, 1, 3, ... in turn.
    spread   standard deviation of the random inputs (1)
    integers the range [low, high) of whole-numbered inputs (-9 to 9)
    words    what random strings are drawn from
    edges    let the inputs begin with the values where activations have their corners
    prepare  changes the random inputs of a run, a list of arrays, in place
    finish   changes the model once its weights are random, before it is saved
    truth    how the outputs are computed (the reloaded model itself)
    stateful runs hand on states, so that all have one batch size
    edit     what is done to the saved file before it is reloaded
    form     the ending of the model's file (".keras"); "" is a folder
    weights  the ending of its file of weights, where that is another
    save     how the model is saved as a path of that form (model.save)
    rtol, atol, why   a tolerance of this case's own, with its reason
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import keras

import truth as truths


@dataclass
class Case:
    name: str
    build: Callable[[], keras.Model]
    sizes: tuple[tuple[int, ...], ...] = ((), ())
    spread: float = 1.0
    integers: tuple[int, int] = (-9, 10)
    words: tuple[str, ...] = ()
    edges: bool = False
    prepare: Callable[[list], None] | None = None
    finish: Callable[[keras.Model], None] | None = None
    truth: Callable | None = None
    stateful: bool = False
    edit: Callable[[Path], None] | None = None
    form: str = ".keras"
    weights: str | None = None
    save: Callable[[keras.Model, Path], None] | None = None
    rtol: float | None = None
    atol: float | None = None
    why: str | None = None

    def __post_init__(self):
        if (self.rtol or self.atol) and not self.why:
            raise ValueError(f"{self.name}: a tolerance of its own needs its reason")
        self.truth = self.truth or truths.reloaded

    def path(self, folder: Path) -> Path:
        return folder / f"{self.name}{self.form}"

    def files(self) -> dict:
        """The entries of the index that say where the model is, unless it is NAME.keras."""
        files = {} if self.form == ".keras" else {"file": f"{self.name}{self.form}"}
        return files | ({"weights": f"{self.name}{self.weights}"} if self.weights else {})

    def tolerance(self) -> dict:
        own = {"rtol": self.rtol, "atol": self.atol, "why": self.why}
        return {key: value for key, value in own.items() if value is not None}


CASES: dict[str, Case] = {}


def add(case: Case) -> None:
    if case.name in CASES:
        raise ValueError(f"two cases are named {case.name}")
    CASES[case.name] = case


class Recipe:
    """A layer that is not built yet."""

    def __init__(self, class_name: str, args: tuple, kwargs: dict):
        self.class_name, self.args, self.kwargs = class_name, args, kwargs

    def build(self) -> keras.Layer:
        args = [built(argument) for argument in self.args]
        kwargs = {key: built(argument) for key, argument in self.kwargs.items()}
        return getattr(keras.layers, self.class_name)(*args, **kwargs)


def built(argument):
    if isinstance(argument, list):
        return [built(item) for item in argument]
    return argument.build() if isinstance(argument, Recipe) else argument


class _Lazy:
    def __getattr__(self, class_name: str):
        return lambda *args, **kwargs: Recipe(class_name, args, kwargs)


lazy = _Lazy()


def sequential(shape: tuple, *recipes: Recipe, dtype: str = "float32") -> keras.Sequential:
    return keras.Sequential([keras.Input(shape, dtype=dtype), *(r.build() for r in recipes)])


def stack(name: str, shape: tuple, *recipes: Recipe, dtype: str = "float32", **options) -> None:
    if any(recipe.kwargs.get("data_format") == "channels_first" for recipe in recipes):
        options.setdefault("truth", truths.channels_first_stack)
    add(Case(name, lambda: sequential(shape, *recipes, dtype=dtype), **options))


def fan(name: str, shape: tuple, *recipes: Recipe, dtype: str = "float32", **options) -> None:
    """A model with one input, and one output for each of the layers, which all read it."""

    def build() -> keras.Model:
        x = keras.Input(shape, dtype=dtype)
        return keras.Model(x, [recipe.build()(x) for recipe in recipes])

    add(Case(name, build, **options))


def graph(name: str, **options):
    def register(build: Callable[[], keras.Model]):
        add(Case(name, build, **options))
        return build

    return register


def edited(name: str, edit: Callable[[Path], None], build: Callable[[], keras.Model], **options):
    add(Case(name, build, edit=edit, **options))


def several(name: str, inputs: tuple, *functions: Callable, **options) -> None:
    def build() -> keras.Model:
        tensors = []
        for place, shape in enumerate(inputs):
            if isinstance(shape, tuple):
                dtype = next((d for d in inputs[place + 1 : place + 2] if isinstance(d, str)), None)
                tensors.append(keras.Input(shape, dtype=dtype))
        outputs = [function(*tensors) for function in functions]
        return keras.Model(tensors, keras.tree.flatten(outputs))

    add(Case(name, build, **options))
