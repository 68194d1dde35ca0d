"""Fails where runtime/keras has a message that no test shows.

    python refusals_are_tested.py BINARY          # the keraunos command

A message is shown by a model of golden/cases/refused that ends with it, or by a string of a unit
test that is in it or holds its longest run of fixed words.
"""

import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

TESTS = Path(__file__).resolve().parent
ROOM = TESTS.parent / "runtime" / "keras"
REFUSED = TESTS / "golden" / "cases" / "refused"

# Messages that no model can bring about, each with the reason.
EXCUSED = {"{} has no cells": "internal: the classes of two lists in the source differ"}

LITERAL = r'"(?:[^"\\\n]|\\.)*"'
FAIL = re.compile(rf"\bfail\(\s*ErrorCode::\w+,\s*((?:{LITERAL}\s*)+)")
PLACEHOLDER = re.compile(r"\{[^{}]*\}")


def joined(literals: str) -> str:
    parts = re.findall(LITERAL, literals)
    return re.sub(r"\\(.)", r"\1", "".join(part[1:-1] for part in parts))


def messages() -> dict[str, str]:
    """The format string of every fail(), with the place where it stands."""
    found = {}
    for path in sorted([*ROOM.rglob("*.cc"), *ROOM.rglob("*.hpp")]):
        text = path.read_text()
        for match in FAIL.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            found.setdefault(joined(match[1]), f"{path.relative_to(TESTS.parent)}:{line}")
    return found


def error_of(binary: str, name: str, entry) -> str:
    entry = entry if isinstance(entry, dict) else {}
    command = [binary, "plan", REFUSED / entry.get("file", f"{name}.keras"), "--device", "cpu"]
    if "weights" in entry:
        command += ["--weights", REFUSED / entry["weights"]]
    return subprocess.run(command, capture_output=True, text=True).stderr


def errors(binary: str) -> str:
    index = json.loads((REFUSED / "index.json").read_text())
    with ThreadPoolExecutor() as pool:
        return "\n".join(pool.map(lambda item: error_of(binary, *item), index.items()))


def strings_of_tests() -> list[str]:
    text = "\n".join(path.read_text() for path in sorted(TESTS.rglob("*.cc")))
    strings = [joined(match[0]) for match in re.finditer(rf"(?:{LITERAL}\s*)+", text)]
    return [string for string in strings if len(string.split()) > 1]


def is_shown(message: str, shown: str, told: list[str]) -> bool:
    fixed = PLACEHOLDER.split(message)
    if re.search(".*".join(re.escape(part) for part in fixed), shown):
        return True
    longest = max(fixed, key=len).strip()
    return len(longest.split()) > 1 and any(longest in it or it.strip() in longest for it in told)


def main() -> int:
    shown, told = errors(sys.argv[1]), strings_of_tests()
    found = messages()
    wrong = [
        f"{place}: no test shows the message '{message}'"
        for message, place in found.items()
        if message not in EXCUSED and not is_shown(message, shown, told)
    ]
    wrong += [f"left aside, but not there: '{message}'" for message in EXCUSED.keys() - found.keys()]
    print("\n".join(wrong) or f"{len(found)} messages; without a test: {len(EXCUSED)}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
