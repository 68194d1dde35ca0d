"""Joins what the steps of tests/gpu_check.sh left in a folder: a table for people, JSON for tools.

    python summarise.py FOLDER OUT.json

Reads steps.tsv (name, result, seconds), the reports *_*.tsv of the programs and timings.json.
Prints what failed, a table, and `N passed, N failed`; exits 1 if anything failed.
"""

import csv
import json
import sys
from pathlib import Path


def read_reports(folder: Path) -> dict[str, list[dict]]:
    """{"parity_tf32": [row, ...], ...}"""
    reports = {}
    for path in sorted(folder.glob("*.tsv")):
        if path.name != "steps.tsv":
            with path.open(encoding="utf-8", newline="") as file:
                rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
                reports[path.stem] = list(rows)
    return reports


def read_steps(folder: Path) -> list[dict]:
    lines = (folder / "steps.tsv").read_text(encoding="utf-8").splitlines()
    return [dict(zip(("name", "result", "seconds"), line.split("\t"))) for line in lines]


def count(step: dict, rows: list[dict]) -> None:
    """Adds "passed", "failed" and "worst" to a step. One without a report counts as one check, and
    so does one that ended badly without saying which of its rows failed."""
    passed = [row for row in rows if row["result"] == "ok"]
    step["passed"] = len(passed)
    step["failed"] = sum(row["result"] == "FAIL" for row in rows)
    step["worst"] = max((float(row["worst"]) for row in passed), default=None)
    if step["result"] == "passed" and not rows:
        step["passed"] = 1
    if step["result"] in ("failed", "timed out") and step["failed"] == 0:
        step["failed"] = 1


def print_failures(reports: dict[str, list[dict]]) -> None:
    for name, rows in reports.items():
        for row in rows:
            if row["result"] != "ok":
                print(f"{row['result']:<5}{name}: {row['subject']} worst {float(row['worst']):.2e} "
                      f"{row['remark']}"[:400])


def print_timings(timings: list[dict]) -> None:
    if not timings:
        return
    print(f"\n{'model':<28} {'precision':<9} {'batch':>5} {'median us':>10} {'p10 us':>10} "
          f"{'first ms':>9}")
    for row in timings:
        print(f"{row['label']:<28} {row['precision']:<9} {row.get('batch', ''):>5} "
              f"{row.get('median_us', 0):>10.1f} "
              f"{row.get('p10_us', 0):>10.1f} {row.get('first_run_ms', 0):>9.1f} "
              f"{row.get('error', '')}")


def main() -> int:
    folder, target = Path(sys.argv[1]), Path(sys.argv[2])
    steps, reports = read_steps(folder), read_reports(folder)
    timings_file = folder / "timings.json"
    timings = json.loads(timings_file.read_text()) if timings_file.exists() else []
    for step in steps:
        count(step, reports.get(step["name"], []))

    print_failures(reports)
    print_timings(timings)
    print(f"\n{'step':<20} {'result':<10} {'seconds':>7} {'passed':>7} {'failed':>7} {'worst':>9}")
    for step in steps:
        worst = "" if step["worst"] is None else f"{step['worst']:.1e}"
        print(f"{step['name']:<20} {step['result']:<10} {step['seconds']:>7} {step['passed']:>7} "
              f"{step['failed']:>7} {worst:>9}")
    passed = sum(step["passed"] for step in steps)
    failed = sum(step["failed"] for step in steps)
    target.write_text(json.dumps({"passed": passed, "failed": failed, "steps": steps,
                                  "reports": reports, "timings": timings}, indent=1))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
