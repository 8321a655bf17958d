"""Speed, as ratios measured in one run: `.venv/bin/python benchmarks/run.py`. Each figure is the median of several.

help       CPU time of `clausebook --help` ÷ CPU time of `python -c pass`                       goal ≤ 6
check      seconds for `clausebook check` of the example, whole process                         goal ≤ 1.5
records    what 1,000 more complaints add to load + measure + check ÷ yaml.CSafeLoader over the same files    goal ≤ 1.5
import     rows a second of `import complaints`, 100,000 CSV rows, whole process, records written  goal ≥ 5,000
memory     the most that import held at once                                                    goal ≤ 256 MiB
"""

from __future__ import annotations

import csv
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import yaml

from clausebook.pipeline import run
from clausebook.shipped import CHECKOUT

ROUNDS = 7
AS_OF = date(2026, 11, 20)
RECORDS = 1000
ROWS = 100_000
HEADERS = ["客户诉求", "处理状态", "结案日期", "处理结果", "省份", "备注"]


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
    """A thousand more complaints: the example's ordinary cases under new numbers of their own years.

    Ordinary are those that no other record points back to and that a thousand more of their kind do not make
    suspicious; copies of the others would only measure how fast a thousand problems are reported.
    """
    texts = [(file, file.read_text("utf-8")) for file in sorted((root / "records" / "complaints").glob("*/*.yaml"))]
    out = ("NC-", "AL-", "CR-", "level: L1", "level: L2")
    sources = [(file, text) for file, text in texts if not any(word in text for word in out)]
    highest = {year: max(f.stem for f, _ in texts if f.stem[3:7] == year) for year in ("2024", "2025", "2026")}
    last = {year: int(stem[8:]) for year, stem in highest.items()}
    made = []
    for number in range(RECORDS):
        source, text = sources[number % len(sources)]
        year = source.stem[3:7]
        last[year] += 1
        target = source.with_name(f"CC-{year}-{last[year]:04d}.yaml")
        target.write_text(text.replace(source.stem, target.stem), "utf-8")
        made.append(target)
    return made


def log_of(rows: int, file: Path) -> Path:
    """A complaint log as an appliance maker keeps it, twelve columns wide."""
    with open(file, "w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["投诉编号", "投诉日期", "投诉渠道", "产品名称", "投诉类型", "投诉内容", *HEADERS])
        for number in range(rows):
            day = date(2022, 1, 1) + timedelta(days=number * 7 % 1000)
            told = f"第{number}台，使用时漏水，客户称已联系两次仍未解决"
            channel = ("电话", "官网", "信件")[number % 3]
            closed = (day + timedelta(days=9)).isoformat()
            start = [f"T{number:06d}", day.isoformat(), channel, f"产品{number % 30}", "质量", told]
            writer.writerow([*start, "退货", "已结案", closed, "已退款", "浙江", ""])
    return file


def imported(folder: Path) -> tuple[float, float]:
    """Rows a second, and MiB, of one import into a new organisation."""
    engine = [sys.executable, "-c", "from clausebook.cli import main; main()"]
    root = folder / "organisation"
    subprocess.run([*engine, "init", str(root), "--name", "甲"], check=True, capture_output=True)
    log = log_of(ROWS, folder / "log.csv")
    words = [*engine, "import", "complaints", str(log), "--root", str(root), "--as-of", "2026-11-20"]
    # A process of its own, so that its memory is not mixed up with that of other children.
    measure = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, capture_output=True); "
    measure += "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", measure, *words], check=True, capture_output=True, text=True)
    return ROWS / (time.perf_counter() - start), int(done.stdout) / 1024


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
    with tempfile.TemporaryDirectory() as name:
        speed, memory = imported(Path(name))
        print(f"import   {speed:6.0f} rows/s (goal ≥ 5,000)")
        print(f"memory   {memory:6.0f} MiB  (goal ≤ 256)")


if __name__ == "__main__":
    main()
