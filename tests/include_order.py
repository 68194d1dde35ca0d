#!/usr/bin/env python3
"""Checks that the rooms include each other only downwards, as docs/architecture.md draws them.

    include_order.py [ROOT]

Prints every #include line that breaks the order and exits with 1 if there is one.
"""

import re
import sys
from pathlib import Path

# A room may include itself, the rooms named here, and what those may include.
ROOMS = {
    "include/keraunos": [],
    "runtime/base": ["include/keraunos"],
    "runtime/shape": ["runtime/base"],
    "runtime/file": ["runtime/base"],
    "runtime/ops": ["runtime/shape"],
    "runtime/graph": ["runtime/ops"],
    "runtime/keras": ["runtime/file", "runtime/graph"],
    "runtime/passes": ["runtime/graph"],
    "runtime/backend": ["runtime/ops"],
    "runtime/plan": ["runtime/graph", "runtime/backend"],
    "runtime/exec": ["runtime/plan", "runtime/keras", "runtime/passes"],
    "runtime/explain": ["runtime/exec"],
    "runtime/capi": ["runtime/exec", "runtime/explain"],
    "kernels/reference": ["runtime/backend"],
    "kernels/cpu": ["runtime/backend", "kernels/reference"],
    "kernels/cuda": ["runtime/backend", "kernels/reference"],
    "samples": ["include/keraunos"],
}
PUBLIC = "include/keraunos"
TOPS = ("include", "runtime", "kernels", "samples")
SUFFIXES = {".h", ".hpp", ".c", ".cc", ".cu", ".cuh"}
INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)[>"]')
STANDARD_HEADER = re.compile(r"[a-z_]+|std[a-z]+\.h")


def room_of(path: str) -> str | None:
    """The room that holds this path, which is relative to the root."""
    return next((room for room in ROOMS if path.startswith(room + "/")), None)


def reachable(room: str) -> set[str]:
    found = {room}
    for below in ROOMS[room]:
        found |= reachable(below)
    return found


def mistake(room: str, quote: str, header: str) -> str | None:
    """What is wrong with a file of `room` including `header`; None where nothing is."""
    target = room_of("include/" + header) or room_of(header)
    if target:
        return None if target in reachable(room) else f"{room} may not include {target}"
    if quote == '"':
        return "our headers are included by their path from the top folder or from include/"
    if room == PUBLIC and not STANDARD_HEADER.fullmatch(header):
        return "the public API includes standard headers only"
    return None


def mistakes_in(file: Path, root: Path) -> list[str]:
    path = file.relative_to(root).as_posix()
    room = room_of(path)
    if not room:
        return [f"{path}: belongs to no room of include_order.py"]
    found = []
    for number, line in enumerate(file.read_text().splitlines(), 1):
        include = INCLUDE.match(line)
        wrong = include and mistake(room, *include.groups())
        if wrong:
            found.append(f"{path}:{number}: {line.strip()}: {wrong}")
    return found


def check(root: Path) -> list[str]:
    files = sorted(f for top in TOPS for f in (root / top).rglob("*") if f.suffix in SUFFIXES)
    if not files:
        return [f"{root}: no source files in {', '.join(TOPS)}"]
    return [found for file in files for found in mistakes_in(file, root)]


def main() -> int:
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent
    found = check(root)
    print("\n".join(found) or "the include order holds")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
