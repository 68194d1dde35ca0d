"""Makes the fuzz corpora of models from the golden cases: small files, one of each kind.

    python make_corpus.py        # needs h5py

corpus/model_json.keras3, .legacy and .tensorflow hold configs, corpus/model_file whole models,
corpus/lambda_code the bytecode of every version of Python.
"""

import json
import zipfile
from pathlib import Path

import h5py

TESTS = Path(__file__).resolve().parent.parent
CASES = TESTS / "golden" / "cases"
CORPUS = TESTS / "fuzz" / "corpus"
CONFIG_BYTES = 6_000  # larger ones teach a fuzzer little
FILE_BYTES = 16_000
TOTAL_BYTES = 120_000  # of each corpus


def keras3_configs():
    for path in sorted(CASES.glob("*.keras")):
        if path.is_file():
            with zipfile.ZipFile(path) as archive:
                yield path.stem, archive.read("config.json")


def legacy_configs():
    for path in sorted(CASES.glob("*.h5")):
        with h5py.File(path) as file:
            if "model_config" in file.attrs:
                config = json.loads(file.attrs["model_config"])
                version = file.attrs.get("keras_version")
                if version is not None:
                    config["keras_version"] = str(version)
                yield path.stem, json.dumps(config).encode()


def is_tensorflow(config: bytes) -> bool:
    return b"OpLambda" in config or b"TensorFlowOpLayer" in config


def classes_in(config: bytes) -> set[str]:
    found = set()

    def walk(node):
        if isinstance(node, dict):
            found.add(str(node.get("class_name") or node.get("function")))
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(json.loads(config))
    return found


def write(name: str, files, suffix: str, classes=None) -> None:
    """The smallest files first, each only where it shows a class that no other has shown.

    What lies there stays: the inputs of findings among it.
    """
    folder = CORPUS / name
    folder.mkdir(parents=True, exist_ok=True)
    seen, total = set(), 0
    for stem, content in sorted(files, key=lambda item: len(item[1])):
        new = classes(content) - seen if classes else {stem}
        if new and total + len(content) <= TOTAL_BYTES:
            seen |= new
            total += len(content)
            (folder / f"{stem}{suffix}").write_bytes(content)


def whole_models():
    for path in sorted([*CASES.glob("*.keras"), *CASES.glob("*.h5")]):
        if path.is_file() and path.stat().st_size <= FILE_BYTES:
            yield path.name, path.read_bytes()


def bytecode():
    table = json.loads((CASES / "lambda_code" / "bytecode.json").read_text())
    for version, codes in table.items():
        for number, code in enumerate(codes.values()):
            yield f"python{version}_{number}", bytes.fromhex(code)


def main() -> None:
    small = [item for item in keras3_configs() if len(item[1]) <= CONFIG_BYTES]
    legacy = [item for item in legacy_configs() if len(item[1]) <= CONFIG_BYTES]
    write("model_json.keras3", small, ".json", classes_in)
    write("model_json.legacy", [i for i in legacy if not is_tensorflow(i[1])], ".json", classes_in)
    write("model_json.tensorflow", [i for i in legacy if is_tensorflow(i[1])], ".json", classes_in)
    h5 = [item for item in whole_models() if item[0].endswith(".h5")]
    keras = [item for item in whole_models() if item[0].endswith(".keras")]
    # Every fourth expression, another of each version.
    write("lambda_code", [item for i, item in enumerate(bytecode()) if i % 4 == 0], ".marshal")
    write("model_file", [*h5[::3][:10], *keras[::40][:20]], "")


if __name__ == "__main__":
    main()
