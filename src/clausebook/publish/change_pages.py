"""Since the last audit: what changed from a day on, and the whole line of time. Works from a folder, without a script.

Each audit and each of the last twelve months has its page; every other day is answered by the complete list, newest
first, which can be filtered by period.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ..load.schemas import below
from ..measure.alterations import SORTS, Alteration, alterations_of, audits
from ..measure.rhythm import months_after
from ..measure.targets import SIGNS
from ..model import Entry, Shape
from ..wording import aside
from . import gate
from .book import Book, Lines, page, rule_link
from .listing import box, pick

HERE = "gaps/changes.md"
ALL = "gaps/changes-all.md"
MONTHS, AUDITS = 12, 24
SPACES = (
    "role", "obligation", "objective", "kpi", "product", "site", "channel", "department", "complaint-type",
    "cause-group",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Start:
    """A day that people ask from, and why."""

    on: date
    audit: Entry | None

    @property
    def path(self) -> str:
        return f"gaps/changes-{self.on.isoformat()}.md"


def make(book: Book) -> Iterator[tuple[str, str]]:
    found = alterations_of(book.report.measured.sound)
    starts = _starts(book)
    title = book.tell("gaps.changes.title")
    yield HERE, page(book, HERE, title, _default(book, found, starts))
    yield ALL, page(book, ALL, book.tell("gaps.changes.all"), _all(book, found), wide=True, found=False)
    for start in starts:
        lines = _since(book, found, start, start.path)
        yield start.path, page(book, start.path, _title(book, start), lines, found=False)


def _starts(book: Book) -> list[Start]:
    """The latest audits, and the first of each of the last months; one day is one page."""
    today = book.system.as_of
    months = [months_after(today.replace(day=1), -back) for back in range(MONTHS)]
    known = {start.on: start for start in (Start(on, None) for on in months)}
    known |= {on: Start(on, entry) for on, entry in reversed(audits(book.report.measured.sound)[:AUDITS])}
    return sorted(known.values(), key=lambda start: start.on, reverse=True)


def _title(book: Book, start: Start) -> str:
    return book.tell("gaps.changes.since", on=start.on.isoformat())


def _default(book: Book, found: Sequence[Alteration], starts: Sequence[Start]) -> Lines:
    """From the last audit; without one, from the beginning."""
    yield book.tell("gaps.changes.lead")
    yield ""
    yield from _choice(book, starts)
    last = next((start for start in starts if start.audit is not None), None)
    if last is None:
        yield book.tell("gaps.changes.no_audit")
        yield ""
    yield from _since(book, found, last, HERE)


def _choice(book: Book, starts: Sequence[Start]) -> Lines:
    """Other days to count from: audits by their number, months as they are, any other day in the complete list."""
    own = [start for start in starts if start.audit is not None]
    months = [start for start in starts if start.audit is None]
    for name, group in (("audits", own), ("months", months)):
        links = [gate.link(_short(start, book.language), book.atlas.to(start.path, HERE)) for start in group]
        if links:
            yield f"- {book.tell(f'gaps.changes.{name}')} {' · '.join(links)}"
    yield f"- {gate.link(book.tell('gaps.changes.all'), book.atlas.to(ALL, HERE))}"
    yield ""


def _short(start: Start, language: str) -> str:
    on = start.on.isoformat()
    return gate.whole(start.audit.id + aside(on, language) if start.audit is not None else on[:7])


def _since(book: Book, found: Sequence[Alteration], start: Start | None, here: str) -> Lines:
    later = [one for one in found if start is None or one.on > start.on or (start.audit is None and one.on == start.on)]
    if start is not None:
        if here == HERE:
            yield f"## {_title(book, start)} {{#since}}"
        else:
            yield gate.link(book.tell("gaps.changes.other_days"), book.atlas.to(HERE, here))
        yield ""
        yield _about_start(book, start, here)
        yield ""
    groups: dict[str, list[Alteration]] = {}
    for one in later:
        groups.setdefault(one.sort, []).append(one)
    counts = [f"{book.tell(f'gaps.sort.{sort}')} {len(groups.get(sort, []))}" for sort in SORTS]
    yield " · ".join(counts)
    yield ""
    for sort in SORTS:
        if sort in groups:
            level = "###" if here == HERE and start is not None else "##"
            yield f"{level} {book.tell(f'gaps.sort.{sort}')} {{#{sort}}}"
            yield ""
            yield from _table(book, groups[sort], here)
    if not later:
        yield book.tell("gaps.changes.nothing")
        yield ""


def _about_start(book: Book, start: Start, here: str) -> str:
    """Which audit it was; the day itself no longer counts."""
    if start.audit is None:
        return book.tell("gaps.changes.from_month")
    values = book.values(here)
    shape = start.audit.kind.shape.properties["type"]
    kind = values.plain(shape, str(start.audit.value.get("type", "")))
    link = gate.link(gate.whole(start.audit.id), book.atlas.to(book.atlas.page(start.audit), here))
    return f"{book.tell('gaps.changes.from_audit')} {link} {gate.text(kind)} {gate.text(book.title(start.audit))}"


def _table(book: Book, found: Sequence[Alteration], here: str) -> Lines:
    yield from gate.header(book.tell(f"gaps.column.{name}") for name in ("day", "subject", "what", "why"))
    for one in found:
        yield gate.row(gate.whole(one.on.isoformat()), _about(book, one, here), _said(book, one), _why(book, one, here))
    yield ""


def _all(book: Book, found: Sequence[Alteration]) -> Lines:
    yield book.tell("gaps.changes.all_lead", count=len(found)) if found else book.tell("gaps.changes.nothing")
    yield ""
    if not found:
        return

    def table() -> Lines:
        yield from gate.header(book.tell(f"gaps.column.{n}") for n in ("day", "sort", "subject", "what", "why"))
        for one in found:
            on = one.on.isoformat()
            sort = pick("sort", one.sort, book.tell(f"gaps.sort.{one.sort}"))
            day = pick("period", on[:7], gate.whole(on), on)
            yield gate.row(day, sort, _about(book, one, ALL), _said(book, one), _why(book, one, ALL))

    yield from box(book, table(), {name: book.tell(f"gaps.column.{name}") for name in ("period", "sort")}, look="cards")


def _about(book: Book, one: Alteration, here: str) -> str:
    """What changed, as a link under the name people use."""
    if one.sort == "waiver":
        return rule_link(book, one.facts["rule"], here)
    if one.about == one.entry.id:
        name = gate.whole(one.entry.id)
        if one.sort != "change":
            name = f"{name} {gate.text(book.title(one.entry))}"
        return gate.link(name, book.atlas.to(book.atlas.page(one.entry), here))
    return book.atlas.reference(SPACES, one.about, here)


def _said(book: Book, one: Alteration) -> str:
    return gate.text(book.tell(f"gaps.changed.{one.what}", **_facts(book, one)))


def _facts(book: Book, one: Alteration) -> Mapping[str, str]:
    """The facts in the reader's words: names for ids, labels for what a schema lists."""
    facts = dict(one.facts)
    for key in ("person", "role"):
        if key in facts:
            facts[key] = book.atlas.name((key,), facts[key])
    for sign, said in SIGNS.items():
        facts |= {"target": facts["target"].replace(sign, said)} if "target" in facts else {}
    values = book.values(HERE)
    if one.what == "threshold":
        facts |= {key: values.plain(_threshold(one, key), facts[key]) for key in ("term", "threshold")}
        facts |= {key: facts[key] or book.tell("gaps.changes.no_limit") for key in ("before", "after")}
    for key in ("event", "severity") if one.what == "limit" else ():
        facts[key] = values.plain(_limit(one, key), facts[key])
    for key in ("before", "after") if one.what == "limit" else ():
        number, _, unit = facts[key].partition(" ")
        said = f"{number} {values.plain(_limit(one, 'unit'), unit)}"
        facts[key] = said if unit else book.tell("gaps.changes.no_limit")
    return facts


def _limit(one: Alteration, key: str) -> Shape:
    return below(one.entry.kind.shape, ("versions", 0, "limits", 0, key))[-1]


def _threshold(one: Alteration, key: str) -> Shape:
    where = ("term",) if key == "term" else ("thresholds", 0, "key")
    return below(one.entry.kind.shape, ("versions", 0, "terms", 0, *where))[-1]


def _why(book: Book, one: Alteration, here: str) -> str:
    """The reason in the organisation's words, and the change record."""
    change = book.atlas.reference(("change",), one.change, here) if one.change else ""
    return "<br>".join(filter(None, (gate.text(one.reason), change)))
