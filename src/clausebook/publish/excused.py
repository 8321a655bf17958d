"""What the organisation excused and how strict it is with itself, as its register of waivers says (architecture 4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from ..measure.moments import rows
from . import gate
from .book import Book, Lines, rule_link
from .values import chip

Row = Mapping[str, Any]
LEVELS = ("error", "warning", "off")


def lines(book: Book, here: str) -> Lines:
    """Every waiver with what it excuses today, and every rule whose level was changed, each with its reason."""
    registers = list(book.system.of("waivers"))
    waivers = [row for entry in registers for row in rows(entry.value, "items")]
    levels = [row for entry in registers for row in rows(entry.value, "levels")]
    yield f"## {book.tell('gaps.waived.title')} {{#waived}}"
    yield ""
    links = [gate.link(book.of_kind(entry), book.atlas.to(book.atlas.page(entry), here)) for entry in registers[:1]]
    yield " ".join([book.tell("gaps.waived.lead"), *links])
    yield ""
    if not waivers and not levels:
        yield book.tell("gaps.waived.none")
        yield ""
    if waivers:
        yield from _waivers(book, waivers, here)
    if levels:
        yield from _levels(book, levels, here)


def _waivers(book: Book, waivers: Sequence[Row], here: str) -> Lines:
    hit = Counter(row.waiver for row in book.report.waived)
    names = ("waiver", "rule", "file", "reason", "approver", "expires", "excused")
    yield from gate.header((book.tell(f"gaps.column.{name}") for name in names), [6])
    today = book.system.as_of.isoformat()
    for row in waivers:
        until = gate.whole(row.get("expires_on", ""))
        over = str(row.get("expires_on", "")) < today
        yield gate.row(
            gate.text(row.get("id", "")), rule_link(book, str(row.get("rule")), here), gate.text(row.get("path", "")),
            gate.text(row.get("reason", "")), _person(book, row, here),
            f"{until} {chip('bad', book.tell('gaps.waived.expired'))}" if over else until, str(hit[str(row.get("id"))]),
        )  # fmt: skip
    yield ""


def _levels(book: Book, levels: Sequence[Row], here: str) -> Lines:
    yield f"**{book.tell('gaps.waived.levels')}**"
    yield ""
    yield from gate.header(book.tell(f"gaps.column.{name}") for name in ("rule", "level", "reason", "approver"))
    for row in levels:
        level = str(row.get("level"))
        said = book.tell(f"gaps.level.{level}") if level in LEVELS else gate.text(level)
        rule, reason = rule_link(book, str(row.get("rule")), here), gate.text(row.get("reason", ""))
        yield gate.row(rule, said, reason, _person(book, row, here))
    yield ""


def _person(book: Book, row: Row, here: str) -> str:
    """Who approved it, and when."""
    who = book.atlas.reference(("person",), str(row.get("approver", "")), here)
    return f"{who} {gate.whole(row.get('approved_on', ''))}"
