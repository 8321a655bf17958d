"""Speed of the indicators, as a ratio measured in one run: `.venv/bin/python benchmarks/indicators.py`.

facts + 35   cases → rows → DuckDB → all 35 indicators of a year, 100,000 complaints of two years
clocks       what comes before: state, clocks and repeats of the same complaints
pandas       import of pandas, import of the same table from CSV, one group-by          goal: all of ours ≤ 4 x this

pandas is no dependency of ours: without it only seconds are printed.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from clausebook.load.workspace import load
from clausebook.measure.cases import complaints_of
from clausebook.measure.facts import RAW, House, fact_rows
from clausebook.measure.indicators import evaluate, indicators_of
from clausebook.measure.spans import span_of
from clausebook.model import Entry, System
from clausebook.shipped import CHECKOUT

CASES = 100_000
AS_OF = date(2026, 11, 20)
MOMENT, DAY = re.compile(r"\d{4}-\d\d-\d\dT.*"), re.compile(r"\d{4}-\d\d-\d\d")
PANDAS = """
import pandas
table = pandas.read_csv({file!r}, header=None, names={names!r})
table.groupby(["type", "severity"]).agg({{"id": "count", "process_score": "mean", "reopened": "sum"}})
"""


def many(system: System) -> Iterator[Entry]:
    """The example's complaints again and again, each moved by days and minutes of its own, with a number, a person
    token and words of its own: no two records are equal, and none shares a text or a mapping with another."""
    source = list(system.of("complaint"))
    for number in range(CASES):
        entry = source[number % len(source)]
        value = moved(entry.value, timedelta(days=-(number * 7 % 29), minutes=-(number * 13 % 47)))
        value["complainant"]["ref"] = f"P-{number:08d}"
        value |= {"id": f"CC-2026-{number:06d}", "batch": f"B{number // 9}"}
        value["description"] += f" {number}"
        yield replace(entry, value=value)


def moved(value: Any, by: timedelta) -> Any:
    """A copy whose times and dates all lie elsewhere."""
    if isinstance(value, Mapping):
        return {key: moved(child, by) for key, child in value.items()}
    if isinstance(value, list):
        return [moved(child, by) for child in value]
    if isinstance(value, str) and MOMENT.fullmatch(value):
        return (datetime.fromisoformat(value) + by).isoformat()
    if isinstance(value, str) and DAY.fullmatch(value):
        return (date.fromisoformat(value) + by).isoformat()
    return value


def main() -> None:
    example = load(CHECKOUT, AS_OF)
    others = [entry for entry in example.entries if entry.kind.name != "complaint"]
    system = replace(example, entries=[*others, *many(example)])
    start = time.perf_counter()
    complaints = complaints_of(system)
    clocks = time.perf_counter() - start
    start = time.perf_counter()
    found = evaluate(system, complaints, indicators_of(system), span_of("2026"))
    ours = time.perf_counter() - start
    assert len(found.results) == 35 and not found.refused
    print(f"clocks       {clocks:6.2f} s")
    print(f"facts + 35   {ours:6.2f} s   ({CASES:,} complaints)")
    theirs = with_pandas(system)
    if theirs is None:
        print("pandas is not installed: no ratio")
    else:
        print(f"pandas       {theirs:6.2f} s")
        print(f"ratio        {ours / theirs:6.2f} x   facts + 35 indicators")
        print(f"ratio        {(clocks + ours) / theirs:6.2f} x   clocks + facts + 35 indicators   (goal ≤ 4)")


def with_pandas(system: System) -> float | None:
    """Seconds of a fresh process that imports pandas and the table, and groups it once."""
    import csv

    complaints = complaints_of(system)
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "facts.csv"
        with open(file, "w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(fact_rows(complaints.cases, House(complaints.watch, {}, {})))
        start = time.perf_counter()
        done = subprocess.run([sys.executable, "-c", PANDAS.format(file=str(file), names=list(RAW))], check=False)
        return time.perf_counter() - start if done.returncode == 0 else None


if __name__ == "__main__":
    main()
