"""The list of complaints (8.2, 9.1): every case with its state and clocks, to be sorted and filtered by a reader.

A small organisation has one page. A large one has a page for each month, in parts that stay light, and one page
with everything, which is the only one allowed to be heavy.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from ..load.schemas import below
from ..measure.cases import Case
from ..measure.margins import punctuality
from ..measure.moments import word, words
from ..measure.outcomes import outcome_of
from ..model import Entry, Shape
from ..wording import COMMA
from . import ending_pages, gate, reconciliation_pages
from .ageing import BANDS, band_of, names_of
from .book import Book, Lines, page
from .case_words import ROOM, TONES, distance, marks_of, rank_of, say, state_chip, state_of, step, when
from .dimensions import value_name
from .figures import BACKLOG
from .listing import box, pick
from .portions import ALL_ROWS, UNDATED, Row, called, month_of, portions, to_all
from .record_pages import day_of, imported_counts
from .values import TONE_OF, Values, chip

INDEX = f"{ROOM}/index.md"
ALL = f"{ROOM}/all.md"

FACETS = (
    "period", "state", "outcome", "clock", "age", "channel", "product", "type", "cause", "severity", "reaction",
    "counted", "mark",
)  # fmt: skip
COLUMNS = ("number", "received", "channel", "product", "type", "severity", "state", "clock")


def make(book: Book) -> Iterator[tuple[str, str]]:
    """The room of complaints but for the cases themselves: list, endings, reconciliation."""
    title = book.choose(book.system.kinds["complaint"].title)
    (rows, parts), listed = _filed(book), listed_at(book)
    yield from ending_pages.make(book, listed)
    yield from reconciliation_pages.make(book)
    if listed == INDEX:
        yield INDEX, page(book, INDEX, title, _whole(book, rows), wide=True)
        return
    yield INDEX, page(book, INDEX, title, _overview(book, rows, parts))
    if listed:
        yield ALL, page(book, ALL, say(book, "all"), _table(book, rows), wide=True, found=False)
    for name, part in parts.items():
        own = _page(name)
        yield own, page(book, own, f"{title} {called(name)}", _table(book, part), wide=True, found=False)


@lru_cache(maxsize=1)
def _filed(book: Book) -> tuple[Sequence[Row], dict[str, list[Row]]]:
    """Every complaint, the newest first, and its portions; kept, because every page that leads to the list asks."""
    ages = band_of(book)
    rows = sorted((_row(book, entry, ages) for entry in book.system.of("complaint")), key=_order, reverse=True)
    return rows, portions(rows)


def listed_at(book: Book) -> str | None:
    """The page that has all complaints with their filters; none where they are too many for one."""
    rows, parts = _filed(book)
    return INDEX if len(parts) < 2 else ALL if len(rows) <= ALL_ROWS else None


def _order(row: Row) -> tuple[str, int, str]:
    """By the day of receipt, then by number: 10000 comes after 9999."""
    return (row.day, len(row.entry.id), row.entry.id)


def _page(part: str) -> str:
    return f"{ROOM}/list-{part}.md"


def _whole(book: Book, rows: Sequence[Row]) -> Lines:
    yield from _lead(book, len(rows))
    if rows:
        yield from _table(book, rows)
        yield from imported_counts(book, [row.entry for row in rows])


def _lead(book: Book, count: int) -> Lines:
    yield say(book, "lead" if count else "none", count=count, as_of=book.system.as_of.isoformat())
    yield ""
    links = [gate.link(say(book, name), f"{name}.md") for name in ("endings", "reconciliation")]
    waiting = len(band_of(book))
    if waiting:
        said = book.tell("monitoring.ageing.open", count=waiting)
        links.append(gate.link(said, book.atlas.to(f"indicators/{BACKLOG}.md", INDEX, "ageing")))
    yield f"{say(book, 'see')} {' · '.join(links)}"
    yield ""


def _overview(book: Book, rows: Sequence[Row], parts: dict[str, list[Row]]) -> Lines:
    yield from _lead(book, len(rows))
    yield from to_all(book, rows, book.atlas.to(ALL, INDEX))
    states = ("overdue", "running", "late")
    names = [say(book, "column.month"), book.say("column.count"), *(say(book, f"clock.{state}") for state in states)]

    def table() -> Lines:
        yield from gate.header(names, range(1, len(names)))
        for name, part in parts.items():
            found = [book.cases.get(row.entry.path) for row in part]
            counts: Counter[str] = Counter(punctuality(case)[0] for case in found if case is not None)
            link = gate.link(gate.whole(called(name)), book.atlas.to(_page(name), INDEX))
            yield gate.row(link, str(len(part)), *(str(counts[state]) for state in states))

    yield from box(book, table())
    yield from imported_counts(book, [row.entry for row in rows])


def _table(book: Book, rows: Sequence[Row]) -> Lines:
    def table() -> Lines:
        yield ending_pages.anchors()
        yield from gate.header(say(book, f"column.{name}") for name in COLUMNS)
        yield from (row.said for row in rows)

    facets = {facet: say(book, f"facet.{facet}") for facet in FACETS}
    yield from box(book, table(), facets, look="cards", repeats=True)


def _row(book: Book, entry: Entry, ages: Mapping[str, str]) -> Row:
    values = book.values(INDEX)
    case = book.cases.get(entry.path)
    received = (case.received.on.isoformat() if case else day_of(entry)) or ""
    number = gate.link(gate.whole(entry.id), book.atlas.to(book.atlas.page(entry), INDEX)) + book.below(entry)
    marks = " ".join(pick("mark", mark, say(book, f"mark.{mark}")) for mark in (marks_of(case) if case else ()))
    number += f'<br><small class="marks">{marks}</small>' if marks else ""
    shapes = entry.kind.shape.properties
    product = word(entry.value, "product")
    cells = [
        number, _received(received), _named(values, shapes, entry, "channel"),
        _product(book, values, shapes["product"], product), _types(values, shapes, entry),
        *_judged(book, values, entry, case),
    ]  # fmt: skip
    cells[-1] += _unseen(book, entry, case, ages.get(entry.id))
    return Row(entry, received, gate.row(*cells))


def _unseen(book: Book, entry: Entry, case: Case | None, age: str | None) -> str:
    """What figures count by and no column shows: charts lead to a list that is chosen by these."""
    if case is None:
        return ""
    cause, counted = word(entry.value, "cause", "group"), "yes" if case.counted else "no"
    picks = [pick("counted", counted, say(book, f"counted.{counted}"))]
    picks += [pick("cause", cause, gate.text(value_name(book, "cause", cause)))] if cause else []
    picks += [pick("age", age, gate.text(names_of(book)[age]), str(BANDS.index(age)))] if age else []
    return f"<span hidden>{''.join(picks)}</span>"


def _received(day: str) -> str:
    month = month_of(day)
    return gate.text(day or "—") if month == UNDATED else pick("period", month, gate.whole(day))


def _named(values: Values, shapes: dict[str, Shape], entry: Entry, key: str) -> str:
    value = word(entry.value, key)
    return pick(key, value, gate.text(values.plain(shapes[key], value))) if value else ""


def _product(book: Book, values: Values, shape: Shape, product: str | None) -> str:
    if not product or product == "unknown":
        return say(book, "unknown_product") if product else ""
    return pick("product", product, values.scalar(shape, product))


def _types(values: Values, shapes: dict[str, Shape], entry: Entry) -> str:
    shape = shapes["types"].items or shapes["types"]
    found = (pick("type", one, gate.text(values.plain(shape, one))) for one in words(entry.value, "types"))
    return values.comma.join(found)


def _judged(book: Book, values: Values, entry: Entry, case: Case | None) -> Iterator[str]:
    """What was derived from the facts: class, state and end, clocks. A record wrong in form has none of them."""
    if case is None:
        yield from ("", chip("bad", say(book, "not_computed")), "")
        return
    shape = below(entry.kind.shape, ("assessment", "severity"))[-1]
    shown = chip(TONE_OF.get(case.severity or "", "calm"), gate.text(case.severity or ""))
    said = values.plain(shape, case.severity) if case.severity else ""
    yield pick("severity", case.severity, f"{shown}<br><small>{gate.text(said)}</small>") if case.severity else ""
    yield "<br>".join(_state(book, values, case))
    yield _clock(book, case)


def _state(book: Book, values: Values, case: Case) -> Iterator[str]:
    """The state; below it how it ended and what the complainant answered, each said once."""
    yield pick("state", state_of(case), state_chip(book, case), rank_of(case))
    outcome, below_it = outcome_of(case), []
    ending = pick("outcome", outcome, say(book, f"outcome.{outcome}"))
    if case.reaction:
        shape = below(case.entry.kind.shape, ("reaction", "answer"))[-1]
        below_it.append(pick("reaction", case.reaction, gate.text(values.plain(shape, case.reaction))))
    if outcome in (case.reaction, state_of(case), "open"):
        ending = f"<span hidden>{ending}</span>"
        yield f"<small>{' · '.join(below_it)}{ending}</small>"
    else:
        yield f"<small>{' · '.join([ending, *below_it])}</small>"


def _clock(book: Book, case: Case) -> str:
    status, clocks = punctuality(case)
    said = say(book, f"clock.{status}")
    watch = book.report.measured.complaints.watch
    first = clocks[0] if clocks else None
    rank = f"{list(TONES).index(status)} {when(first.due_at) if first else ''}"
    shown = [pick("clock", status, chip(TONES[status], said), rank)]
    if first is not None and status in ("overdue", "running"):
        named = f"{step(book, first)} {gate.whole(when(first.due_at))}"
        shown += [f"<small>{named}<br>{gate.text(distance(book, first, watch))}</small>"]
        if first.provisional:
            shown += [chip("warn", say(book, "provisional"))]
    elif status == "late":
        named = COMMA[book.language].join(dict.fromkeys(step(book, clock) for clock in clocks))
        shown += [f"<small>{gate.text(named)}</small>"]
    return "<br>".join(shown)
