"""Which kernels and cuDNN engines the networks of keras.applications get on each GPU generation.

    python engines.py BINARY --write           make engines.txt and docs/cudnn-engines.md anew
    python engines.py BINARY [--part I/N]      compare every N-th line of engines.txt with today's

Needs cuDNN, no GPU and no weights: `keraunos plan --zero-weights --described-gpu` does the work. A
line of engines.txt is a network on a GPU in one precision at one batch size: its launches, how often
each cuDNN engine, then how often each other kernel. Where cuDNN is another version than the table's, engines
may differ, but each convolution must still have one. Exits 1 where something differs.
"""

import argparse
import collections
import concurrent.futures
import gzip
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
NETWORKS = HERE.parent / "summaries" / "networks"
TABLE = HERE / "engines.txt"
DOCUMENT = HERE.parent.parent / "docs" / "cudnn-engines.md"
GPUS = {"t4": 75, "a100": 80, "l4": 89, "h100": 90, "h200": 90, "b200": 100, "rtx5090": 120}
PRECISIONS = ["float32", "tf32", "float16", "bfloat16"]
BATCHES = [1, 32]
REFUSED = {("t4", "bfloat16")}  # by name: Turing has none
Case = collections.namedtuple("Case", "network gpu precision batch")


class Planner:
    """Asks the binary for plans of networks without their weights."""

    def __init__(self, binary: str, folder: Path):
        self.binary = binary
        self.folder = folder
        self.sizes = {}
        for path in sorted(NETWORKS.glob("*.json.gz")):
            name = path.name.removesuffix(".json.gz")
            architecture = json.loads(gzip.decompress(path.read_bytes()))["architecture"]
            (folder / f"{name}.json").write_text(json.dumps(architecture))
            layers = architecture["config"]["layers"]
            shape = next(x for x in layers if x["class_name"] == "InputLayer")["config"]["batch_shape"]
            self.sizes[name] = [size or 224 for size in shape[1:]]

    def cases(self) -> list[Case]:
        return [Case(network, gpu, precision, batch)
                for network in self.sizes for gpu in GPUS
                for precision in PRECISIONS for batch in BATCHES
                if (gpu, precision) not in REFUSED]

    def plan(self, case: Case) -> dict:
        shape = "x".join(map(str, [case.batch, *self.sizes[case.network]]))
        done = subprocess.run(
            [self.binary, "plan", str(self.folder / f"{case.network}.json"), "--zero-weights",
             "--described-gpu", case.gpu, "--precision", case.precision, "--shape", shape,
             "--max-activation-bytes", str(1 << 40), "--json"],
            capture_output=True, text=True, check=False)
        if "no GPU: " in done.stderr and "KERAUNOS_TESTS_WITHOUT_CUDNN" in os.environ:
            print(done.stderr.strip())
            sys.exit(77)
        if done.returncode != 0:
            sys.exit(f"{case}: {done.stderr.strip()}")
        return json.loads(done.stdout)


def kernels_of(plan: dict) -> collections.Counter:
    """How often each kernel: "eng41" for cuDNN's engine of that number, "cpu: NAME" off the GPU."""
    count = collections.Counter(launches=plan["launches"])
    for step in plan["steps"]:
        if step["op"] == "Copy" or not step["device"]:  # views, and what is made in place
            continue
        name = re.match("eng[0-9]+", step["engine"]).group() if step["engine"] else step["kernel"]
        count[name if step["device"] == plan["device"] else f"cpu: {name}"] += 1
    return count


def sort_key(item: tuple[str, int]) -> tuple:
    name, _ = item
    is_engine = name.startswith("eng")
    return (name != "launches", not is_engine, int(name[3:]) if is_engine else 0, name)


def line_of(case: Case, kernels: collections.Counter) -> str:
    texts = [f"{count} {name}" for name, count in sorted(kernels.items(), key=sort_key)]
    return f"{' '.join(map(str, case))}: {', '.join(texts)}"


def parse(line: str) -> tuple[Case, collections.Counter]:
    head, _, tail = line.partition(": ")
    network, gpu, precision, batch = head.split()
    kernels = collections.Counter()
    for text in tail.split(", "):
        count, _, name = text.partition(" ")
        kernels[name] = int(count)
    return Case(network, gpu, precision, int(batch)), kernels


def by_family(kernels: collections.Counter) -> collections.Counter:
    """The same where all engines of cuDNN count as one."""
    families = collections.Counter()
    for name, count in kernels.items():
        families["an engine" if name.startswith("eng") else name] += count
    return families


def hole(kernels: collections.Counter) -> str:
    """What of a network has no fast kernel; empty where everything has one."""
    return ", ".join(f"{count} {name}" for name, count in sorted(kernels.items())
                     if name.startswith("cpu: ") or name == "own direct conv")


def document(table: list[tuple[Case, collections.Counter]], libraries: str) -> str:
    rows = collections.defaultdict(lambda: collections.defaultdict(dict))
    for case, kernels in table:
        rows[case.network][case.gpu][case.precision, case.batch] = kernels
    lines = [
        "# cuDNN's engines for the networks of keras.applications", "",
        "Written by `tests/cuda/engines.py build/release/bin/keraunos --write`, which needs no GPU:",
        f"plans for described GPUs ({libraries}),",
        "in float32, tf32, float16 and bfloat16 (which Turing has not, and sessions on it refuse), for",
        "1 and for 32 images. A cell is the number of convolutions that cuDNN runs, or the least and",
        "the most of them. Depthwise ones, pooling, normalisation, softmax and all else run on own",
        "kernels, products on cuBLASLt. Each engine is in `tests/cuda/engines.txt`; a test compares a",
        "part of it with the cuDNN that it finds.", "",
        "| network | " + " | ".join(f"{gpu} (sm_{arch})" for gpu, arch in GPUS.items()) + " |",
        "|---|" + "---|" * len(GPUS)]
    holes = collections.defaultdict(set)
    for network, gpus in rows.items():
        cells = []
        for gpu, plans in gpus.items():
            counts = {by_family(kernels)["an engine"] for kernels in plans.values()}
            cells.append("–".join(map(str, sorted({min(counts), max(counts)}))))
            for (precision, batch), kernels in plans.items():
                if hole(kernels):
                    holes[gpu, precision, hole(kernels)].add((network, batch))
        lines.append(f"| {network} | " + " | ".join(cells) + " |")
    lines += ["", "## Convolutions without an engine", ""]
    if not holes:
        lines.append("None.")
    else:
        lines += ["They run elsewhere:", "",
                  "| GPU | precision | kernels | networks |", "|---|---|---|---|"]
    for (gpu, precision, what), networks in sorted(holes.items()):
        names = sorted({network for network, _ in networks})
        lines.append(f"| {gpu} | {precision} | {what} | {', '.join(names)} |")
    return "\n".join(lines) + "\n"


def write(planner: Planner) -> int:
    cases = planner.cases()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        plans = pool.map(planner.plan, cases)
        libraries, table = "", []
        for case, plan in zip(cases, plans):
            libraries = plan["libraries"]
            table.append((case, kernels_of(plan)))
    TABLE.write_text("".join([f"{libraries}\n", *(f"{line_of(*row)}\n" for row in table)]))
    DOCUMENT.write_text(document(table, libraries))
    return 0


def compare(planner: Planner, part: int, parts: int) -> int:
    written_with, *lines = TABLE.read_text().splitlines()
    if sorted(map(str, planner.cases())) != sorted(str(parse(line)[0]) for line in lines):
        sys.exit("engines.txt has other lines than the networks, GPUs and precisions: write it anew")
    chosen = lines[part::parts]
    failures = 0
    for line in chosen:
        case, wanted = parse(line)
        plan = planner.plan(case)
        found = kernels_of(plan)
        if plan["libraries"] != written_with:
            wanted, found = by_family(wanted), by_family(found)
        if found != wanted:
            failures += 1
            print(f"{case}: {line_of(case, found)}\n  instead of {line_of(case, wanted)}")
    print(f"{len(chosen) - failures} of {len(chosen)} plans are as in engines.txt")
    return 1 if failures or not chosen else 0


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("binary")
    arguments.add_argument("--write", action="store_true")
    arguments.add_argument("--part", default="0/1")
    flags = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        planner = Planner(flags.binary, Path(folder))
        if flags.write:
            return write(planner)
        part, parts = map(int, flags.part.split("/"))
        return compare(planner, part, parts)


if __name__ == "__main__":
    sys.exit(main())
