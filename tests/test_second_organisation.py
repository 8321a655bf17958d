"""Nothing that is right turns red: a five-person firm that shares nothing with the example but the standard.

Harbour Lane Translations has English texts, one site, no provider, quarters instead of months, a scale of ten, its own
numbers, file names, roles, limits and version pattern, and seven complaints in a year. Rules follow kind and clause.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from clausebook.load.workspace import load
from clausebook.model import System
from clausebook.pipeline import Report, judged, run
from sites import FIRM, FIRM_AS_OF, article, broken_links

AS_OF = FIRM_AS_OF
IN_OWN_WORDS = {"commitment-without-its-words", "commitment-unserved"}
"""Warnings it may live with: its promise is in plain words, and its two aims do not serve five commitments each."""
PATTERN = re.compile(r'^  ([a-z-]+): "\^(?:OP/|List-).*"$', re.MULTILINE)
DIGEST = re.compile(r"^sha256: [0-9a-f]{64}$", re.MULTILINE)


@pytest.fixture(scope="module")
def firm() -> Report:
    return run(FIRM, AS_OF)


def told(report: Report) -> list[tuple[str, str, str]]:
    return [
        (found.rule, found.place.path, str(dict(found.facts)))
        for found in report.problems
        if found.rule not in IN_OWN_WORDS or found.level != "warning"
    ]


def test_an_honest_small_firm_is_not_accused(firm: Report) -> None:
    assert told(firm) == []
    assert not firm.waived
    # One customer was told no and given the other ways: shown for good, and answered by an approved reason.
    assert [(lapse.problem.rule, lapse.problem.record) for lapse in firm.lapses] == [
        ("rejected-result-untreated", "C-26-03")
    ]


def test_its_evidence_is_complete(firm: Report) -> None:
    statuses = {name: row.status for name, row in firm.coverage.items()}
    assert len(statuses) == 187
    assert {name for name, status in statuses.items() if status == "failing"} == set()
    said = {str(row["requirement"]) for row in firm.system.organisation["not_applicable"]}
    unused = {name for name, status in statuses.items() if status == "not_applicable"}
    # Besides what it says itself, only changes, which it had none of: the catalogue calls that no case.
    assert unused == said | {"6.3.sys", "6.3.a", "6.3.b", "6.3.c", "6.3.d"}


def test_it_is_small_and_shares_no_name_with_the_example(firm: Report, example: Report) -> None:
    def names(system: System) -> set[str]:
        return {entry.id for entry in system.entries if entry.kind.name not in ("approval", "monitoring")}

    assert not names(firm.system) & names(example.system)
    people = {row["id"] for entry in firm.system.of("people") for row in entry.value["items"]}
    assert len(people) == 5
    assert len({entry.path for entry in firm.system.entries if entry.path.startswith("registers/")}) == 5
    assert len(list(firm.system.of("procedure"))) == 4 and len(list(firm.system.of("complaint"))) == 7
    own = {entry.path for entry in firm.system.entries if entry.controlled}
    assert not own & {entry.path for entry in example.system.entries}


@pytest.mark.parametrize("day", [date(2026, 9, 22), date(2026, 9, 30), date(2026, 10, 2)])
def test_nothing_hangs_on_the_very_day(firm: Report, day: date) -> None:
    assert told(judged(replace(firm.system, as_of=day))) == []


def numbered(system: System) -> set[str]:
    return {entry.id for entry in system.entries if entry.kind.information == "maintain"}


def renamed(target: Path) -> Path:
    """The firm, every document and register under another number and in another file; approvals pin the new texts."""
    shutil.copytree(FIRM, target)
    numbers = sorted(numbered(load(target, AS_OF)), key=len, reverse=True)
    new = {number: f"X{index}.{len(number)}/Y-{index * 7}" for index, number in enumerate(numbers)}
    old = re.compile("|".join(rf"(?<![\w/-]){re.escape(number)}(?![\w-])" for number in numbers))
    files = [file for file in target.rglob("*") if file.is_file()]
    for file in files:
        text = old.sub(lambda found: new[found[0]], file.read_text("utf-8"))
        file.write_text(PATTERN.sub(r'  \1: "^X[0-9/.Y-]+$"', text), "utf-8")
    moved = {
        file.relative_to(target).as_posix(): f"{file.relative_to(target).parts[0]}/n{index}/{index}-z{file.suffix}"
        for index, file in enumerate(sorted(files)) if file.relative_to(target).parts[0] != "records"
    }  # fmt: skip
    for path, place in moved.items():
        (target / place).parent.mkdir(parents=True, exist_ok=True)
        (target / path).rename(target / place)
    for file in (target / "records" / "approvals").rglob("*.yaml"):
        text = file.read_text("utf-8")
        path = moved[text.split("path: ", 1)[1].split("\n", 1)[0]]
        digest = sha256((target / path).read_bytes()).hexdigest()
        text = re.sub("^path: .*$", f"path: {path}", text, flags=re.MULTILINE)
        file.write_text(DIGEST.sub(f"sha256: {digest}", text), "utf-8")
    return target


def test_other_numbers_and_file_names_change_nothing(firm: Report, tmp_path: Path) -> None:
    other = run(renamed(tmp_path / "firm"), AS_OF)
    assert not numbered(other.system) & numbered(firm.system)
    assert told(other) == []
    assert {n: row.status for n, row in other.coverage.items()} == {n: row.status for n, row in firm.coverage.items()}


def test_its_manual_is_built(firm_site: Path) -> None:
    assert list(broken_links(firm_site)) == []
    assert "Harbour Lane Translations" in article(firm_site / "index.html")
    whole = "".join(page.read_text("utf-8") for page in firm_site.rglob("index.html"))
    assert "From receipt to the follow-up call" in whole and "C-26-03" in whole
