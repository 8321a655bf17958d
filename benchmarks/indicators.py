"""Speed of the indicators, as a ratio measured in one run: `.venv/bin/python benchmarks/indicators.py`.

facts + 35   cases → rows → DuckDB → all 35 indicators of a year, 100,000 complaints of two years
clocks       what comes before: state, clocks and repeats of the same complaints
pandas       import of pandas, import of the same table from CSV, one group-by          goal: all of ours ≤ 4 x this

pandas is no dependency of ours: without it only seconds are printed.
"""

from __future__ import annotations

import csv
import re
import resource
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
from clausebook.measure.cases import Complaints, complaints_of
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
    start = spent()
    complaints = complaints_of(system)
    clocks = since(start)
    start = spent()
    found = evaluate(system, complaints, indicators_of(system), span_of("2026"))
    ours = since(start)
    assert len(found.results) == 35 and not found.refused
    print(f"clocks       {clocks[0]:6.2f} s   {clocks[1]:6.2f} s of processors")
    print(f"facts + 35   {ours[0]:6.2f} s   {ours[1]:6.2f} s   ({CASES:,} complaints)")
    theirs = with_pandas(complaints)
    if theirs is None:
        print("pandas is not installed: no ratio")
        return
    print(f"pandas       {theirs[0]:6.2f} s   {theirs[1]:6.2f} s")
    for name, mine in (("facts + 35", ours), ("clocks + facts + 35", (clocks[0] + ours[0], clocks[1] + ours[1]))):
        print(f"ratio        {mine[0] / theirs[0]:6.2f} x   {mine[1] / theirs[1]:6.2f} x   {name}")
    print("goal              ≤ 4      (a busy machine tells in the first figure, hardly in the second)")


def spent() -> tuple[float, float]:
    """Seconds on the wall, and of the processors by this process and its children."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return time.perf_counter(), sum(one.ru_utime + one.ru_stime for one in used)


def since(start: tuple[float, float]) -> tuple[float, float]:
    now = spent()
    return now[0] - start[0], now[1] - start[1]


def with_pandas(complaints: Complaints) -> tuple[float, float] | None:
    """Seconds of a fresh process that imports pandas and the table, and groups it once; the quickest of three."""
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "facts.csv"
        with open(file, "w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(fact_rows(complaints.cases, House(complaints.watch, {}, {})))
        words = [sys.executable, "-c", PANDAS.format(file=str(file), names=list(RAW))]
        taken = []
        for _ in range(3):
            start = spent()
            if subprocess.run(words, check=False).returncode:
                return None
            taken.append(since(start))
        return min(one[0] for one in taken), min(one[1] for one in taken)


if __name__ == "__main__":
    main()
