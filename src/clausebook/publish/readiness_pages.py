"""Readiness: could stage 1 and stage 2 of the certification audit start today, and what is left for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..check.readiness import Condition, Stage, conditions
from . import gate
from .book import Book, Lines, page
from .listing import box
from .values import chip

HERE = "gaps/readiness.md"
SHOWN = 24
STAGES: tuple[Stage, ...] = (1, 2)


def make(book: Book) -> Iterator[tuple[str, str]]:
    yield HERE, page(book, HERE, book.tell("gaps.readiness.title"), _page(book), wide=True)


def _page(book: Book) -> Lines:
    asked = conditions(book.system, book.report.measured.approvals, book.report.problems)
    yield book.tell("gaps.readiness.lead")
    yield ""
    for stage in STAGES:
        before = [one for one in asked if one.stage <= stage and not one.met]
        verdict = chip("bad", book.tell("gaps.readiness.no")) if before else chip("ok", book.tell("gaps.readiness.yes"))
        said = book.tell(f"gaps.readiness.{'left' if before else 'start'}", count=len(before))
        yield f"- **{book.tell(f'gaps.readiness.stage-{stage}')}** {verdict} {said}"
    yield ""
    for stage in STAGES:
        yield f"## {book.tell(f'gaps.readiness.stage-{stage}')} {{#stage-{stage}}}"
        yield ""
        yield book.tell(f"gaps.readiness.about-{stage}")
        yield ""
        yield from _table(book, [one for one in asked if one.stage == stage])
    yield f"## {book.tell('gaps.readiness.how')} {{#how}}"
    yield ""
    yield book.tell("gaps.readiness.counted")
    yield ""


def _table(book: Book, asked: Sequence[Condition]) -> Lines:
    yield from box(book, _rows(book, asked), look="cards")


def _rows(book: Book, asked: Sequence[Condition]) -> Lines:
    yield from gate.header(book.tell(f"gaps.column.{name}") for name in ("condition", "state", "stands", "left"))
    for one in asked:
        tone, key = ("ok", "met") if one.met else ("bad", "open")
        state = chip(tone, book.tell(f"gaps.readiness.{key}"))
        stands = gate.text(book.tell(f"gaps.condition.{one.key}.stands", **one.facts)) or "—"
        title = f"**{book.tell(f'gaps.condition.{one.key}.title')}**"
        yield gate.row(title, state, stands, _left(book, one))


def _left(book: Book, one: Condition) -> str:
    """What is still to do, by name; where nothing can be named, the sentence says it."""
    if one.met:
        return ""
    links = [book.atlas.reference((space,), name, HERE) for space, name in one.left[:SHOWN]]
    if len(one.left) > SHOWN:
        links.append(book.say("and_more", count=len(one.left) - SHOWN))
    if one.key == "nothing-wrong":
        return gate.link(book.tell("gaps.condition.nothing-wrong.left"), "index.md")
    return " · ".join(links) or book.tell(f"gaps.condition.{one.key}.left")
