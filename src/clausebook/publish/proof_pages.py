"""How the rules themselves were proved: requirement → rule → what was broken on purpose to see the rule fire.

The table is made from the mutation corpus (tools/proofs.py) and speaks of the engine, not of the organisation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

import yaml

from ..check.rules import RULES
from ..clauses import Requirement
from ..shipped import shipped
from ..wording import text
from . import gate
from .atlas import anchor_of, clause_page
from .book import Book, Lines, page, rule_link

HERE = "gaps/proofs.md"
Proofs = Mapping[str, Mapping[str, list[str]]]
"""Requirement → rule → names of mutations."""


def make(book: Book) -> Iterator[tuple[str, str]]:
    yield HERE, page(book, HERE, book.tell("gaps.proofs.title"), _proofs(book), wide=True)


@lru_cache(maxsize=1)
def proofs() -> Proofs:
    found: Proofs = yaml.load(shipped("proofs.yaml").read_text("utf-8"), Loader=yaml.CSafeLoader)
    return found


def _proofs(book: Book) -> Lines:
    requirements = [one for one in book.system.catalogue.requirements.values() if one.judgement != "interview"]
    proved = sum(one.id in proofs() for one in requirements)
    yield book.tell("gaps.proofs.lead")
    yield ""
    yield book.tell("gaps.proofs.count", proved=proved, all=len(requirements))
    yield ""
    yield from gate.header(book.tell(f"gaps.proofs.{name}") for name in ("requirement", "judged", "rule", "broken"))
    for requirement in requirements:
        yield from _rows(book, requirement)
    yield ""


def _rows(book: Book, requirement: Requirement) -> Lines:
    """One row for each rule; the requirement stands in the first."""
    address = book.atlas.to(clause_page(requirement.clause), HERE, anchor_of(requirement.id))
    name = gate.link(gate.whole(requirement.id), address, book.choose(requirement.text))
    judged = text(f"check.judgement.{requirement.judgement}", book.language)
    known = {rule: names for rule, names in proofs().get(requirement.id, {}).items() if rule in RULES}
    if not known:
        yield gate.row(name, judged, book.tell("gaps.proofs.none"), "")
    for number, (rule, names) in enumerate(known.items()):
        broken = ", ".join(map(gate.text, names))
        yield gate.row(*((name, judged) if number == 0 else ("", "")), rule_link(book, rule, HERE), broken)
