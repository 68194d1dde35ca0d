"""Makes the golden cases: tiny models saved by real Keras, with the outputs Keras computes.

    pip install -r requirements.txt
    python make_golden.py            # all cases, and the models to be refused
    python make_golden.py NAME...    # only these
    python make_golden.py --summaries [NAME...]    # only what summaries.py tells of them

For each case, cases/NAME.keras is the model (or what the index names instead), and cases/NAME.npz
holds for each run i the arrays r{i}.input_{k}, in the order of model.inputs, and r{i}.output_{k}, in
the flattened order of the
outputs. Weights and inputs are random from a seed that depends on the case's name alone.
cases/index.json lists the cases; cases/refused/index.json names, for each model that must be
refused, what the message must contain.
"""

import argparse
import gc
import json
import os
import re
import shutil
import sys
import warnings
import zlib
from pathlib import Path

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np

import archive
import cases_activation  # noqa: F401  (each module adds its rows to the table)
import cases_attention  # noqa: F401
import cases_conv  # noqa: F401
import cases_conv_transpose  # noqa: F401
import cases_core  # noqa: F401
import cases_einsum  # noqa: F401
import cases_embedding  # noqa: F401
import cases_file  # noqa: F401
import cases_graph  # noqa: F401
import cases_image  # noqa: F401
import cases_legacy  # noqa: F401
import cases_legacy_layers  # noqa: F401
import cases_legacy_operations  # noqa: F401
import cases_legacy_recurrent  # noqa: F401
import cases_lambda  # noqa: F401
import cases_merge  # noqa: F401
import cases_multi_gpu  # noqa: F401
import cases_network  # noqa: F401
import cases_norm  # noqa: F401
import cases_ops_bits  # noqa: F401
import cases_ops_elementwise  # noqa: F401
import cases_ops_images  # noqa: F401
import cases_ops_neural  # noqa: F401
import cases_ops_numbers  # noqa: F401
import cases_ops_reductions  # noqa: F401
import cases_ops_shapes  # noqa: F401
import cases_ops_spectra  # noqa: F401
import cases_packages  # noqa: F401
import cases_pool  # noqa: F401
import cases_precision  # noqa: F401
import cases_preprocessing  # noqa: F401
import cases_quantized  # noqa: F401
import cases_recurrent  # noqa: F401
import cases_reshape  # noqa: F401
import cases_sizes  # noqa: F401
import cases_subclasses  # noqa: F401
import cases_text  # noqa: F401
import cases_tf_functions  # noqa: F401
import cases_unshaped  # noqa: F401
import cases_weights  # noqa: F401
import legacy_h5
import refused
import refused_lambda  # noqa: F401
import refused_layer_options  # noqa: F401
import refused_layers  # noqa: F401
import refused_legacy  # noqa: F401
import refused_legacy_layers  # noqa: F401
import refused_operation_images  # noqa: F401
import refused_operation_options  # noqa: F401
import refused_operations  # noqa: F401
import refused_own_classes  # noqa: F401
import refused_precision  # noqa: F401
import refused_preprocessing  # noqa: F401
import refused_spectra  # noqa: F401
import refused_tensorflow  # noqa: F401
import refused_tf_functions  # noqa: F401
import summaries
import truth
from registry import CASES, Case

FOLDER = Path(__file__).resolve().parent / "cases"
EDGES = [0.0, -0.0, 0.5, -0.5, 1, -1, 3, -3, 6, -6, 1e-6, -1e-6, 20, -20, 100, -100]


def randomise_weights(model: keras.Model, rng: np.random.Generator) -> None:
    """Values as of a trained model: no zero biases, no fresh statistics that hide mistakes."""
    for weight in model.weights:
        shape = tuple(weight.shape)
        name = weight.name.split("/")[-1].split(":")[0]  # tf_keras: "dense/kernel:0"
        if name == "count" or "float" not in str(weight.dtype):
            continue
        if name in ("moving_variance", "variance"):
            values = rng.uniform(0.3, 2.0, shape)
        elif name == "gamma":
            values = rng.normal(1.0, 0.4, shape)
        elif name in ("bias", "beta", "moving_mean", "mean"):
            values = rng.normal(0.0, 0.5, shape)
        else:
            values = rng.normal(0.0, 1.0 / np.sqrt(np.prod(shape[:-1])), shape)
        weight.assign(values.astype("float32"))


def random_inputs(case: Case, tensors, run: int, rng) -> list[np.ndarray]:
    sizes = iter(case.sizes[run])
    arrays = []
    for tensor in tensors:
        batch = 3 if case.stateful else (3, 1)[run % 2]
        shape = (batch, *(next(sizes) if d is None else d for d in tensor.shape[1:]))
        dtype = getattr(tensor.dtype, "name", tensor.dtype)
        arrays.append(random_array(shape, dtype, case, rng))
    if next(sizes, None) is not None:
        raise ValueError(f"{case.name}: more sizes than None dimensions")
    if case.prepare:
        case.prepare(arrays)
    return arrays


def random_array(shape: tuple, dtype: str, case: Case, rng) -> np.ndarray:
    if dtype == "string":
        return rng.choice(np.array(case.words), shape)
    if dtype == "bool":
        return rng.random(shape) < 0.6
    if dtype == "uint8":
        return rng.integers(0, 256, shape, dtype)
    if dtype.startswith(("int", "uint")):
        low, high = case.integers
        return rng.integers(max(low, np.iinfo(dtype).min), high, shape, dtype)
    array = rng.normal(0.0, case.spread, shape).astype(dtype)
    if case.edges:
        array.flat[: len(EDGES)] = EDGES
    return array


def make(case: Case) -> None:
    keras.utils.clear_session()
    rng = np.random.default_rng(zlib.crc32(case.name.encode()))
    path = case.path(FOLDER)
    model = case.build()
    randomise_weights(model, rng)
    if case.finish:
        case.finish(model)
    (case.save or truth.saved)(model, path)
    if case.edit:
        case.edit(path)
    described = model if truth.is_of_built_model(case.truth) else truth.load(path)
    arrays = {}
    for run in range(len(case.sizes)):
        inputs = random_inputs(case, described.inputs, run, rng)
        outputs = case.truth(path, model, inputs)
        arrays |= {f"r{run}.input_{k}": array for k, array in enumerate(inputs)}
        arrays |= {f"r{run}.output_{k}": array for k, array in enumerate(outputs)}
    np.savez_compressed(FOLDER / f"{case.name}.npz", **arrays)
    if is_packed(case):
        archive.deflate(path)


def is_packed(case: Case) -> bool:
    """Three of four plain cases are compressed, which keeps the folder small."""
    plain = case.edit is None and case.path(FOLDER).suffix == ".keras"
    return plain and zlib.crc32(case.name.encode()) % 4 != 0


def layer_classes(model_config: dict) -> list[str]:
    """Class names of a model's layers, nested ones too, each once, as they first appear."""
    names = {}
    config = model_config["config"]
    for layer in config["layers"] if isinstance(config, dict) else config:
        names[layer["class_name"]] = None
        if "layers" in layer["config"]:
            names |= dict.fromkeys(layer_classes(layer))
    return list(names)


def config_of(path: Path) -> dict:
    if path.is_dir():
        return json.loads((path / archive.CONFIG).read_text())
    if path.suffix == ".h5":
        return legacy_h5.read_config(path)
    if path.suffix == ".json":
        return json.loads(path.read_text())
    return json.loads(archive.read_members(path)[archive.CONFIG])


def remove_stale(folder: Path, known) -> None:
    for path in folder.iterdir():
        # Parts of weights are named NAME_00000.weights.h5.
        name = re.sub(r"_\d{5}$", "", path.name.split(".")[0])
        if name in known or path.name in ("index.json", summaries.NAME, "refused"):
            continue
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def index_entry(case: Case) -> dict:
    layers = layer_classes(config_of(case.path(FOLDER)))
    entry = {"name": case.name, **case.files(), "layers": layers, **case.tolerance()}
    return entry | ({"stateful": True} if case.stateful else {})


def index() -> list[dict]:
    return [index_entry(c) for c in CASES.values() if c.path(FOLDER).exists()]


def write_index(path: Path, entries) -> None:
    path.write_text(json.dumps(entries, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def write_summaries(cases: list[Case]) -> list[str]:
    """Summaries of these cases; those of others are kept while their cases are there.

    Gives the names of the cases that have none, because Keras could not say.
    """
    known = {name: it for name, it in summaries.read(FOLDER).items() if name in CASES}
    made, failed = {}, []
    gc.freeze()  # clear_session() collects, and walks all that TensorFlow keeps each time
    for case in cases:
        try:
            made[case.name] = summaries.summary_of(summaries.described(case, FOLDER))
        except Exception as error:
            print(f"no summary of {case.name}: {error}", file=sys.stderr)
            failed.append(case.name)
    gc.unfreeze()
    summaries.write(FOLDER, known | made)
    return failed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these cases")
    parser.add_argument("--summaries", action="store_true", help="of what is there already")
    options = parser.parse_args()
    names = options.names
    unknown = set(names) - CASES.keys() - refused.MODELS.keys()
    if unknown:
        parser.error(f"no such case: {', '.join(sorted(unknown))}")
    warnings.filterwarnings("ignore", module="keras")
    FOLDER.mkdir(exist_ok=True)
    if not names:
        remove_stale(FOLDER, CASES)
        remove_stale(FOLDER / "refused", refused.MODELS)
    chosen = [case for case in CASES.values() if not names or case.name in names]
    if options.summaries:
        return bool(write_summaries([case for case in chosen if case.path(FOLDER).exists()]))
    for number, case in enumerate(chosen, 1):
        print(f"[{number}/{len(chosen)}] {case.name}", flush=True)
        make(case)
    refused.make(FOLDER / "refused", names)
    write_index(FOLDER / "index.json", index())
    write_index(FOLDER / "refused" / "index.json", refused.expected_words())
    failed = write_summaries(chosen)
    print(f"{len(chosen)} cases and their models in {FOLDER}")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
