"""Lapses: late, missed or wrongly done things stay visible for good, treated or open, by kind, cause and time."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from ..measure.moments import day, word
from ..measure.periods import period_of
from ..model import Entry
from ..problems import Problem
from . import gate
from .book import Book, Lines, page, rule_link
from .formats import message
from .listing import box, pick
from .record_pages import day_of
from .treatment import treated
from .values import chip

HERE = "gaps/lapses.md"
MONTHS = 24
ROWS = 600
"""So many lapses are listed one by one, newest first; all are counted."""
WHEN = ("done", "until", "due")


@dataclass(frozen=True, slots=True)
class Lapsed:
    """A lapse, the day of its record (ISO, "" if it has none), and what treats it ("" while nothing does)."""

    problem: Problem
    treated_by: str
    on: str


def lapsed_of(book: Book) -> list[Lapsed]:
    """Every lapse, treated or not. One in a register is dated by what happened."""
    entries: dict[str, Entry] = {entry.path: entry for entry in book.system.entries}
    found = [(lapse.problem, lapse.treated_by) for lapse in book.report.lapses]
    found += [(problem, "") for problem in book.report.problems if problem.problem_class == "lapse"]
    return [
        Lapsed(problem, by, _day(entry, problem)) for problem, by in found
        if (entry := entries.get(problem.place.path)) is not None
    ]  # fmt: skip


def _day(entry: Entry, problem: Problem) -> str:
    if entry.kind.information == "retain":
        return day_of(entry)
    told = (str(problem.facts.get(key, ""))[:10] for key in WHEN)
    return next((on for on in told if day(on)), "")


def make(book: Book) -> Iterator[tuple[str, str]]:
    found = sorted(lapsed_of(book), key=lambda one: (one.on, one.problem.order), reverse=True)
    yield HERE, page(book, HERE, book.tell("gaps.lapses.title"), _page(book, found), wide=True)


def _page(book: Book, found: Sequence[Lapsed]) -> Lines:
    yield book.tell("gaps.lapses.lead")
    yield ""
    open_ = sum(not one.treated_by for one in found)
    numbers = (("all", len(found), "calm"), ("treated", len(found) - open_, "calm"), ("open", open_, "bad"))
    yield '<div class="figures" markdown>'
    yield ""
    for name, number, tone in numbers:
        yield f'- <strong class="{tone if number else "ok"}">{number}</strong> {book.tell(f"gaps.lapses.{name}")}'
    yield ""
    yield "</div>"
    yield ""
    if found:
        yield from _by_kind(book, found)
        yield from _by_cause(book, found)
        yield from _by_time(book, found, "quarter")
        yield from _by_time(book, found, "month")
        yield from _list(book, found)


def _counts(found: Sequence[Lapsed]) -> tuple[str, str, str]:
    """All, treated, open."""
    open_ = sum(not one.treated_by for one in found)
    return str(len(found)), str(len(found) - open_), chip("bad", str(open_)) if open_ else "—"


def _head(book: Book, *names: str) -> list[str]:
    numbers = [book.tell(f"gaps.lapses.{name}") for name in ("all", "treated", "open")]
    return gate.header([*(book.tell(f"gaps.column.{name}") for name in names), *numbers], range(len(names), 9))


def _by_kind(book: Book, found: Sequence[Lapsed]) -> Lines:
    yield f"## {book.tell('gaps.lapses.by_kind')} {{#kind}}"
    yield ""
    groups: dict[str, list[Lapsed]] = defaultdict(list)
    for one in found:
        groups[one.problem.rule].append(one)
    yield from _head(book, "rule")
    for rule, own in sorted(groups.items(), key=lambda item: -len(item[1])):
        yield gate.row(rule_link(book, rule, HERE), *_counts(own))
    yield ""


def _by_cause(book: Book, found: Sequence[Lapsed]) -> Lines:
    """A cause is what the nonconformity found; a deviation has a reason instead, a case each."""
    yield f"## {book.tell('gaps.lapses.by_cause')} {{#cause}}"
    yield ""
    yield from gate.header((book.tell(f"gaps.column.{name}") for name in ("treated_by", "cause", "count")), [2])
    counted = Counter(one.treated_by.split(" ")[0] if one.treated_by else "" for one in found)
    known = {entry.id: entry for entry in book.system.of("nonconformity")}
    for by, count in counted.most_common():
        if by in known:
            yield gate.row(treated(book, by, HERE), _cause(book, known[by]), str(count))
        else:
            name = book.tell("gaps.lapses.deviations") if by else treated(book, "", HERE)
            yield gate.row(name, "—", str(count))
    yield ""


def _cause(book: Book, entry: Entry) -> str:
    """The category people count by, and the cause in words."""
    shape = entry.kind.shape.properties["cause"]
    category = word(entry.value, "cause", "category")
    said = gate.text(word(entry.value, "cause", "statement") or "—")
    if not category or "category" not in shape.properties:
        return said
    return f"{chip('calm', book.values(HERE).plain(shape.properties['category'], category))} {said}"


def _by_time(book: Book, found: Sequence[Lapsed], unit: Literal["month", "quarter"]) -> Lines:
    """Quarters from the first lapse on; of months the latest."""
    groups: dict[str, list[Lapsed]] = defaultdict(list)
    for one in found:
        on = day(one.on) or day(f"{one.on}-01")  # a monthly record is dated by its month
        if on is not None:
            groups[period_of(on, unit).label].append(one)
    if not groups:
        return
    last = period_of(book.system.as_of, unit)
    labels: list[str] = []
    while last.label >= min(groups) and (unit == "quarter" or len(labels) < MONTHS):
        labels.append(last.label)
        last = last.shifted(-1)
    yield f"## {book.tell(f'gaps.lapses.by_{unit}')} {{#{unit}}}"
    yield ""
    yield from _head(book, "period")
    for label in labels:
        yield gate.row(book.period(label, HERE), *_counts(groups.get(label, [])))
    yield ""


def _list(book: Book, found: Sequence[Lapsed]) -> Lines:
    yield f"## {book.tell('gaps.lapses.each')} {{#each}}"
    yield ""

    def table() -> Lines:
        yield from gate.header(book.tell(f"gaps.column.{n}") for n in ("day", "record", "rule", "what", "treated_by"))
        for one in found[:ROWS]:
            state = "treated" if one.treated_by else "open"
            title = book.tell(f"rules.{one.problem.rule}.title")
            yield gate.row(
                pick("period", one.on[:7], gate.whole(one.on or "—"), one.on), record_link(book, one.problem, HERE),
                pick("rule", title, rule_link(book, one.problem.rule, HERE)),
                gate.text(message(one.problem, book.language)),
                pick("state", book.tell(f"gaps.lapses.{state}"), treated(book, one.treated_by, HERE)),
            )  # fmt: skip

    facets = {name: book.tell(f"gaps.column.{name}") for name in ("state", "rule", "period")}
    yield from box(book, table(), facets, look="cards")
    if len(found) > ROWS:
        yield book.say("and_more", count=len(found) - ROWS)
        yield ""


def record_link(book: Book, problem: Problem, here: str) -> str:
    """The record that shows it, by the number people know it by."""
    name = gate.whole(problem.record or problem.place.path)
    source = book.atlas.sources.get(problem.place.path)
    return gate.link(name, book.atlas.to(source, here)) if source else name
