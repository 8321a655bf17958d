"""Speed, as ratios measured in one run: `.venv/bin/python benchmarks/run.py`. Each figure is the median of several.

help       CPU time of `clausebook --help` ÷ CPU time of `python -c pass`                       goal ≤ 6
check      seconds for `clausebook check` of the example, whole process                         goal ≤ 1.5
records    what 1,000 more complaints add to load + measure + check ÷ yaml.CSafeLoader over the same files    goal ≤ 1.5
"""

from __future__ import annotations

import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import yaml

from clausebook.pipeline import run
from clausebook.shipped import CHECKOUT

ROUNDS = 7
AS_OF = date(2026, 11, 20)
RECORDS = 1000


def cpu(words: list[str]) -> float:
    """CPU seconds of a child process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(words, check=False, capture_output=True, cwd=CHECKOUT)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def wall(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def median(measure: Callable[[], float], rounds: int = ROUNDS) -> float:
    return statistics.median(measure() for _ in range(rounds))


def example_in(folder: Path) -> Path:
    for part in ("system", "registers", "records"):
        shutil.copytree(CHECKOUT / part, folder / part)
    return folder


def thousand(root: Path) -> list[Path]:
    """A thousand more real-sized complaints in an organisation: the example's, copied under new numbers."""
    sources = sorted((root / "records" / "complaints").glob("*/*.yaml"))
    made = []
    for number in range(RECORDS):
        source = sources[number % len(sources)]
        target = root / "records" / "complaints" / "2027" / f"CC-2027-{number + 1:04d}.yaml"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(source.read_text("utf-8").replace(source.stem, target.stem), "utf-8")
        made.append(target)
    return made


def main() -> None:
    python = [sys.executable, "-c", "pass"]
    engine = [sys.executable, "-c", "from clausebook.cli import main; main()"]
    ratio = median(lambda: cpu([*engine, "--help"])) / median(lambda: cpu(python))
    print(f"help     {ratio:6.2f} x   (goal ≤ 6)")
    seconds = median(lambda: wall(lambda: cpu([*engine, "check", "--as-of", "2026-11-20"])))
    print(f"check    {seconds:6.2f} s   (goal ≤ 1.5)")
    with tempfile.TemporaryDirectory() as name:
        small, large = example_in(Path(name) / "small"), example_in(Path(name) / "large")
        files = thousand(large)
        bare = median(lambda: wall(lambda: [yaml.load(f.read_bytes(), yaml.CSafeLoader) for f in files]), 5)
        ours = median(lambda: wall(lambda: run(large, AS_OF)), 5) - median(lambda: wall(lambda: run(small, AS_OF)), 5)
        print(f"records  {ours / bare:6.2f} x   (goal ≤ 1.5)")


if __name__ == "__main__":
    main()
