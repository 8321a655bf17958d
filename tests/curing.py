"""Cures: what makes a problem go away and moves no date, as data (`tests/cures/*.yaml`).

    - rule: improvement-overdue
      mutation: improvement-never-finished      # the case: a mutation that the rule kills, of either corpus
      case: [...]                               # or edits of the example of its own, where there is none
      cure:                                     # edits on what the case has left, in the language of mutations
      - {file: registers/improvements.yaml, after: "- id: IM-2026-02", replace: "status: …", with: "…"}
      names: ["2026-12-31"]                     # earlier days that the cure names: of the period it is about
      takes_out: "…"                            # why a row goes, with its dates: it should never have been there

No date that stands in a file becomes another one; one that comes in is the date that rules or lies ahead, unless it is
named. What was done too late by then is a lapse, and a nonconformity names it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from clausebook.check import chapters, operation
from clausebook.check.chapters import Rules
from clausebook.load.workspace import overlaid
from clausebook.measure import sound
from clausebook.measure.approvals import Approvals
from clausebook.measure.cases import complaints_of
from clausebook.model import Entry, Source, System
from clausebook.pipeline import Report
from clausebook.problems import Problem
from mutating import DISHONEST, Mutation, Row, corpus, edited, renewed

FOLDER = Path(__file__).parent / "cures"
DATE = re.compile(
    r"(?<=[:-] )[\"']?(\d{4}-\d{2}-\d{2}(?:T[0-9:]+(?:\+[0-9:]+)?)?)[\"']?(?=\s*(?:[,}\]]|$))", re.MULTILINE
)
"""A value that is a day or a moment. Figures of another period (2026-06) are other figures, and no date is moved."""
MODULE_OF: Mapping[str, Rules] = {rule.id: module.check for module in chapters.MODULES for rule in module.RULES}
OF_DATES: Mapping[str, str] = yaml.safe_load((FOLDER / "of_dates.yaml").read_text("utf-8"))
"""Contradiction between dates alone → why the two cannot both be true, and what says which one is."""
TREATED = "records/nonconformities/NC-2026-090.yaml"


@dataclass(frozen=True, slots=True)
class Cure:
    rule: str
    case: Mutation
    cure: Mutation
    names: frozenset[str]
    takes_out: str


@cache
def cases() -> Mapping[str, Mutation]:
    """Every mutation of both corpora that something is said of."""
    return {one.name: one for one in (*corpus(), *corpus(DISHONEST))}


def fired(case: Mutation) -> frozenset[str]:
    """The rules that a case is known to make fire; test_mutations and test_dishonest prove it."""
    return frozenset({*(row["rule"] for row in case.expect), *case.named_by})


def cures() -> Iterator[Cure]:
    for file in sorted(FOLDER.glob("[0-9]*.yaml")):
        for row in yaml.load(file.read_text("utf-8"), Loader=yaml.CSafeLoader):
            rule = row["rule"]
            case = cases()[row["mutation"]] if "mutation" in row else _own(f"case of {rule}", row["case"])
            cure = _own(f"cure of {rule}", row.get("cure", ()))
            yield Cure(rule, case, cure, frozenset(row.get("names", ())), row.get("takes_out", ""))


def _own(name: str, edits: Iterable[Row]) -> Mutation:
    return Mutation(name, None, None, tuple(edits), (), "renew", None)


def dates(text: str | None) -> Counter[str]:
    return Counter(DATE.findall(text or ""))


def dateless(own: Mapping[str, str | None], case: Mutation) -> bool:
    """Whether the case, and so its undoing, leaves every date where it is: what is wrong is something else."""
    texts = edited(own, case)
    return case.as_of is None and all(dates(own.get(path)) == dates(text) for path, text in texts.items())


def moved(before: Mapping[str, str | None], after: Mapping[str, str | None], cure: Cure, today: date) -> list[str]:
    """What a cure must not do to dates: make one another, bring in a past one, or drop one without a reason."""
    wrong = []
    for path, text in after.items():
        gone, come = dates(before.get(path)) - dates(text), dates(text) - dates(before.get(path))
        wrong += [f"{path}: {day} goes" for day in gone if come or not cure.takes_out]
        wrong += [f"{path}: {day} comes" for day in come if day[:10] < today.isoformat() and day not in cure.names]
    return wrong


def texts_of(system: System) -> dict[str, str | None]:
    return {entry.path: entry.source.text for entry in system.entries}


def applied(system: System, edits: Mutation) -> System:
    """The organisation after the edits of a case or a cure, with what they touch approved anew."""
    texts = edited(texts_of(system), edits)
    changed = overlaid(system, texts)
    if edits.approvals == "renew":
        changed = overlaid(changed, renewed(changed, texts))
    return replace(changed, as_of=edits.as_of) if edits.as_of else changed


def asked(example: Report, system: System, rule: str) -> list[Problem]:
    """What the module of a rule says of an organisation, and nobody else."""
    right = sound(system)
    measured = replace(example.measured, complaints=complaints_of(right), sound=right, approvals=Approvals(right))
    return list(MODULE_OF.get(rule, operation.casework)(right, measured))


def naming(system: System, lapses: Iterable[Problem]) -> System:
    """The organisation with a nonconformity that names each of these lapses."""
    value: dict[str, Any] = {"lapses": [{"record": found.record, "rule": found.rule} for found in lapses]}
    entry = Entry(system.kinds["nonconformity"], Source(TREATED, "", "0" * 64), {"id": "NC-2026-090", **value})
    return replace(system, entries=(*system.entries, entry))
