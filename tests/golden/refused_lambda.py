"""Lambdas of named functions that are not Keras's, or are called as Keras's are not."""

from keras import activations

from refused_altered import F, altered, tensor
from registry import lazy


def mystery(x):
    return x * 2


def lambda_case(name: str, words: list[str], function=activations.softplus, whole=None) -> None:
    recipe = lazy.Lambda(function, name="it")
    altered(f"lambda_{name}", ["'it' (Lambda)", *words], (F,), recipe, whole=whole)


def with_config(**changes):
    return lambda model: model["config"]["layers"][-1]["config"].update(changes)


def function_of(module: str, registered: str):
    function = {"class_name": "function", "config": "softplus"}
    return with_config(function=function | {"module": module, "registered_name": registered})


def on_two_tensors(model: dict) -> None:
    entry = model["config"]["layers"][-1]
    entry["inbound_nodes"][0]["args"] = [[tensor(), tensor()]]


lambda_case("of_an_unknown_function", ["'mystery'", "none of Keras's"], mystery)
lambda_case("of_another_module", ["'softplus' of my_layers"], whole=function_of("my_layers", ""))
lambda_case(
    "of_a_registered_function",
    ["'my_package>softplus' of the author's own"],
    whole=function_of("builtins", "my_package>softplus"),
)
lambda_case(
    "with_an_unknown_argument",
    ["'softplus' is called with beta=2"],
    whole=with_config(arguments={"beta": 2}),
)
lambda_case("with_a_mask", ["mask", "[1,1,0,0]"], whole=with_config(mask=[1, 1, 0, 0]))
lambda_case("on_two_tensors", ["called on 2 tensors"], whole=on_two_tensors)
