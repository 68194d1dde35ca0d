"""Writes runtime/keras/class_keys.cc: the config keys of Keras's layer classes, in every version.

    pip download --no-deps -d WHEELS keras==2.3.1 ...      # wheels, or source archives
    python class_keys.py WHEELS BINARY > ../../runtime/keras/class_keys.cc

WHEELS is a folder of releases of keras, tf_keras and tensorflow of every era; BINARY is the keraunos
command, which lists the classes to be written. The sources are read and never run: what a class
writes is what its get_config() and those of its bases put into a dict.

A key is *always* written where every release of one generation (Keras 1, 2.0 to 2.2, 2.3 and later,
3) that has the class writes it, outside any condition. It is *known* where any release wrote or took it.
"""

import ast
import re
import subprocess
import sys
import tarfile
import textwrap
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

LAYER_FILE = re.compile(
    r"(^|/)(keras|tf_keras)(/src)?/(layers/|legacy/layers|engine/(topology|base_layer|base_preprocessing|input_layer)"
    r"|ops/operation\.py|applications/|feature_column/|utils/)"
)
GENERATED = re.compile(r"/(api|_v1|_v2|benchmarks|tests?)/|_test\.py$")
# What every layer may have. Base classes write some of it, the rest is taken by their constructors.
OF_ANY_LAYER = """activity_regularizer autocast batch_input_shape batch_shape batch_size build_config
    compile_config dtype dynamic input_dim input_dtype input_length input_shape inbound_nodes
    lora_alpha lora_rank name quantization_config quantization_mode ragged shared_object_id sparse
    trainable weights""".split()
# What only trains says little of a class, and is what tools leave out; it is known of any class.
ONLY_TRAINS = re.compile(
    r"_(initializer|regularizer|constraint)$|^(init|.*_init|[WUb]_(regularizer|constraint))$"
)
# What means nothing when a model runs is not asked for either.
MEANS_NOTHING = set("""consume_less dropout_U dropout_W dtype force_generator implementation
    input_length key_shape name noise_shape query_shape rng_type seed synchronized unit_forget_bias
    unroll value_shape""".split())
# Classes that files name and that `keraunos classes` leaves out: older ones, cells, and a few more.
MORE_CLASSES = """AtrousConvolution1D AtrousConvolution2D BatchNormalizationV1 BatchNormalizationV2
    Convolution1D Convolution2D Convolution3D DenseFeatures GRUCell Highway Lambda LSTMCell
    LocallyConnected1D LocallyConnected2D MaxoutDense RandomFourierFeatures SimpleRNNCell
    StackedRNNCells TimeDistributedDense""".split()
EXPORTED_AS = {"GroupQueryAttention": "GroupedQueryAttention"}


@dataclass
class Class:
    """What one release says of one class."""

    file: str
    bases: list[str]
    always: set[str] = field(default_factory=set)
    known: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)
    has_config: bool = False
    inherits: bool = True  # get_config() starts from that of its base
    skips: str | None = None  # or from that of this class's base: super(RNN, self)


def constant(node) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def keys_of_dict(node) -> list[str]:
    """Keys of {...} and dict(...), not of dicts inside."""
    if isinstance(node, ast.Dict):
        keys = [constant(key) for key in node.keys if key is not None]
        return [key for key in keys if key] + [
            k for key, value in zip(node.keys, node.values) if key is None for k in keys_of_dict(value)
        ]
    if isinstance(node, ast.Call):
        keys = [keyword.arg for keyword in node.keywords if keyword.arg]
        if getattr(node.func, "id", None) == "dict":
            return keys + [k for argument in node.args for k in keys_of_dict(argument)]
        if getattr(node.func, "attr", None) == "update":
            return keys + [k for argument in node.args for k in keys_of_dict(argument)]
        if getattr(node.func, "id", None) == "list" or getattr(node.func, "attr", None) == "items":
            inner = node.args[0] if node.args else node.func.value
            return keys_of_dict(inner)
    if isinstance(node, ast.BinOp):
        return keys_of_dict(node.left) + keys_of_dict(node.right)
    return []


def read_config(function: ast.FunctionDef, found: Class) -> None:
    found.has_config = True
    found.inherits = "get_config" in {
        node.func.attr
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }

    for node in ast.walk(function):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "super" and node.args:
            found.skips = base_name(node.args[0])

    def visit(statements, certain: bool) -> None:
        for statement in statements:
            if isinstance(statement, (ast.If, ast.For, ast.Try, ast.While)):
                visit(statement.body, False)
                visit(getattr(statement, "orelse", []), False)
                continue
            if isinstance(statement, ast.With):
                visit(statement.body, certain)
                continue
            keys = []
            if isinstance(statement, (ast.Assign, ast.AnnAssign, ast.Return, ast.Expr)):
                keys = keys_of_dict(statement.value)
            targets = statement.targets if isinstance(statement, (ast.Assign, ast.Delete)) else []
            for target in targets:
                key = constant(target.slice) if isinstance(target, ast.Subscript) else None
                if key and isinstance(statement, ast.Delete):
                    found.removed.add(key)
                elif key:
                    keys.append(key)
            for node in ast.walk(statement):
                if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "pop":
                    found.removed |= {constant(node.args[0])} if node.args else set()
            found.known |= set(keys)
            if certain:
                found.always |= set(keys)

    visit(function.body, True)


def read_constructor(function: ast.FunctionDef, found: Class) -> None:
    arguments = function.args
    for argument in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]:
        found.known.add(argument.arg)
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("pop", "get"):
            if node.args and constant(node.args[0]):
                found.known.add(constant(node.args[0]))
        if isinstance(node, ast.Compare) and getattr(node.comparators[0], "id", "") == "kwargs":
            found.known.add(constant(node.left))


def base_name(node) -> str:
    if isinstance(node, ast.Subscript):
        node = node.value
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def read_module(path: str, source: str, classes: dict[str, list[Class]]) -> None:
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.ClassDef):
            continue
        found = Class(path, [base_name(base) for base in node.bases])
        for item in node.body:
            if isinstance(item, ast.FunctionDef) and item.name == "get_config":
                read_config(item, found)
            if isinstance(item, ast.FunctionDef) and item.name == "__init__":
                read_constructor(item, found)
        classes.setdefault(node.name, []).append(found)


def sources(path: Path):
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if name.endswith(".py") and LAYER_FILE.search(name) and not GENERATED.search(name):
                    yield name, archive.read(name).decode()
    else:
        with tarfile.open(path) as archive:
            for member in archive.getmembers():
                name = member.name
                if name.endswith(".py") and LAYER_FILE.search(name) and not GENERATED.search(name):
                    yield name, archive.extractfile(member).read().decode()


def generation(path: Path) -> int:
    """Which of ClassKeys::always a release belongs to."""
    name, major, minor = re.match(r"([A-Za-z_]+)-(\d+)\.(\d+)", path.name).groups()
    version = (int(major), int(minor))
    if name.startswith("tensorflow"):  # 2.2 was the first to call its Keras 2.3
        return 2 if version >= (2, 2) else 1
    return 0 if version < (2,) else 1 if version < (2, 3) else 2 if version < (3,) else 3


def definitions(name: str, classes: dict, near: Class) -> list[Class]:
    """The class of that name that `near` refers to: that of its own file, or else any."""
    found = [it for it in classes.get(name, []) if it is not near]
    return ([it for it in found if it.file == near.file] or found)[:1]


def resolve(it: Class, name: str, classes: dict, seen: tuple = ()) -> tuple[set, set]:
    """What a class writes always, and all that it knows, its bases included."""
    always, known = set(it.always), set(it.known)
    bases = it.bases if it.inherits else []
    if it.skips and it.skips != name:
        bases = [b for skipped in definitions(it.skips, classes, it) for b in skipped.bases]
    for base in bases:
        if base in seen or base in ("Layer", "Operation", "object", "Module"):
            continue
        for inherited in definitions(base, classes, it):
            more = resolve(inherited, base, classes, (*seen, name))
            always |= more[0]
            known |= more[1]
    return always - it.removed, known


def wanted_classes(binary: str) -> list[str]:
    lines = subprocess.run([binary, "classes"], capture_output=True, text=True, check=True).stdout
    listed = [line.split()[1] for line in lines.splitlines() if line.startswith("layer ")]
    return sorted({*listed, *MORE_CLASSES})


def releases(folder: Path):
    for path in sorted(folder.iterdir()):
        if not path.name.endswith((".whl", ".tar.gz")):
            continue
        classes: dict[str, list[Class]] = {}
        for file, source in sources(path):
            try:
                read_module(file, source, classes)
            except SyntaxError:
                print(f"{path.name}: {file} is no Python 3", file=sys.stderr)
        yield generation(path), classes


def collect(folder: Path, names: list[str]) -> tuple[dict, dict]:
    """For each class the keys that each generation always writes, and those known to any."""
    always: dict[str, dict[int, set]] = {name: {} for name in names}
    known: dict[str, set] = {name: set() for name in names}
    for era, classes in releases(folder):
        for name in names:
            for it in classes.get(EXPORTED_AS.get(name, name), []):
                written, taken = resolve(it, name, classes)
                always[name][era] = always[name].get(era, written) & written
                known[name] |= taken | written
    return always, known


def literal(keys) -> str:
    lines = textwrap.wrap(" ".join(sorted(keys)), 84) or [""]
    return "\n     ".join(f'"{line} "' for line in lines[:-1]) + (
        "\n     " if len(lines) > 1 else ""
    ) + f'"{lines[-1]}"'


def tells(key: str, name: str) -> bool:
    """True for keys whose absence says that a class is another."""
    if name.endswith("Embedding") and key == "input_dim":
        return True
    return not ONLY_TRAINS.search(key) and key not in (*MEANS_NOTHING, *OF_ANY_LAYER)


def row(name: str, always: dict[int, set], known: set) -> str:
    """One entry of the table: the class, what each generation always writes, what any knows."""
    sets = [
        literal(k for k in always[era] if tells(k, name))
        if era in always
        else "absent"
        for era in range(4)
    ]
    rest = {k for k in known if k and not ONLY_TRAINS.search(k)} - set(OF_ANY_LAYER) - {"self"}
    together = ", ".join(sets)
    if len(together) > 88:
        together = ",\n       ".join(sets)
    return f'    {{"{name}",\n     {{{{{together}}}}},\n     {literal(rest)}}},'


HEAD = """#include "runtime/keras/class_keys.hpp"

#include <algorithm>
#include <array>

// Written by tests/golden/class_keys.py from the sources of Keras 1.0 to 3.15: not to be edited.

namespace keraunos::keras {
namespace {

constexpr std::string_view absent = ClassKeys::absent;

// clang-format off
"""
TAIL = """// clang-format on

}  // namespace

const ClassKeys* find_class_keys(std::string_view class_name) {
  const auto found = std::lower_bound(
      classes.begin(), classes.end(), class_name,
      [](const ClassKeys& it, std::string_view name) { return it.class_name < name; });
  return found != classes.end() && found->class_name == class_name ? &*found : nullptr;
}

bool is_key_of_any_layer(std::string_view key) {
  return std::find(of_any_layer.begin(), of_any_layer.end(), key) != of_any_layer.end();
}

}  // namespace keraunos::keras
"""


def main(folder: str, binary: str) -> None:
    names = wanted_classes(binary)
    always, known = collect(Path(folder), names)
    found = [name for name in names if always[name]]
    print(HEAD, end="")
    print(f"constexpr std::array<std::string_view, {len(OF_ANY_LAYER)}> of_any_layer = {{")
    for line in textwrap.wrap(", ".join(f'"{key}"' for key in sorted(OF_ANY_LAYER)), 94):
        print(f"    {line}")
    print("};\n")
    print("// A class, the keys that each generation always writes for it, and all that are known.")
    print(f"constexpr std::array<ClassKeys, {len(found)}> classes = {{{{")
    print("\n".join(row(name, always[name], known[name]) for name in found))
    print("}};\n")
    print(TAIL, end="")


if __name__ == "__main__":
    main(*sys.argv[1:])
