"""How complaints ended (3.5, corrections 16 and 35): the share of each basis, its route, who approved, with samples.

What leaves the indicators silently is seen here: withdrawn, no complaint, duplicates, transferred, reopened.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from ..load.schemas import below
from ..measure.outcomes import (
    LOGGED,
    OUTCOMES,
    Cohort,
    Ending,
    cohorts,
    ending_of,
    quarter,
    reopened_by,
    route_of,
    year,
)
from . import gate
from .book import Book, Lines, page
from .case_words import ROOM, say
from .listing import box
from .values import Values

HERE = f"{ROOM}/endings.md"
ENOUGH = 5
"""Of fewer records no percentage is shown (requirements 5.1)."""
ALWAYS = ("accepted", "exhausted", "withdrawn", "not_complaint", "duplicate", "transferred")
SAMPLE = 40
"""So many cases of one ending are listed, newest first; of all the list has its filter."""
PLAIN = ("accepted", *LOGGED, "open")
"""Endings whose cases need no table of their own: numbers with links say enough."""
TEXT = 80


def make(book: Book, listed: str | None) -> Iterator[tuple[str, str]]:
    """`listed`: the page with all complaints, whose filter shows every case of an ending."""
    yield HERE, page(book, HERE, say(book, "endings"), _page(book, listed), wide=True)


def anchors() -> str:
    """Where links to a filter of the list lead: the list itself, with or without its script."""
    names = (*(f"outcome={outcome}" for outcome in OUTCOMES), "mark=reopened")
    return "".join(f'<a id="{name}"></a>' for name in names)


def _page(book: Book, listed: str | None) -> Lines:
    cases = tuple(book.cases.values())
    yield say(book, "endings_lead", as_of=book.system.as_of.isoformat())
    yield ""
    if not cases:
        yield say(book, "none")
        yield ""
        return
    endings = [ending_of(case) for case in cases]
    present = {ending.outcome for ending in endings}
    outcomes = [outcome for outcome in OUTCOMES if outcome in present or outcome in ALWAYS]
    yield from _years(book, cohorts(cases, year), Cohort("", tuple(endings)), outcomes)
    yield from _quarters(book, cohorts(cases, quarter), outcomes)
    values = book.values(HERE)
    for outcome in outcomes:
        yield from _ending(book, values, outcome, [one for one in endings if one.outcome == outcome], listed)
    yield from _reopened(book, values, [one for one in endings if one.case.reopened], listed)


def _share(part: int, whole: int) -> str:
    """The count, and its share where that says something; zero is a dash."""
    if not part:
        return "—"
    return f"{part}" if whole < ENOUGH else f"{part}&nbsp;<small>({100 * part / whole:.1f}%)</small>"


def _years(book: Book, years: Sequence[Cohort], whole: Cohort, outcomes: Sequence[str]) -> Lines:
    yield f"## {say(book, 'by_year')}"
    yield ""
    names = [say(book, "column.outcome"), say(book, "column.route"), *(one.period for one in years)]
    yield from gate.header([*names, say(book, "column.total")], range(2, len(years) + 3))
    every = [*years, whole]
    for outcome in outcomes:
        cells = [_share(len(one.of(outcome)), len(one.endings)) for one in every]
        route = route_of(outcome)
        yield gate.row(gate.link(say(book, f"outcome.{outcome}"), f"#{outcome}"), say(book, f"route.{route}"), *cells)
    total = say(book, "received_total")
    yield gate.row(f"**{total}**", "", *(f"**{len(one.endings)}**" for one in every))
    cells = [_share(len(one.reopened), len(one.endings)) for one in every]
    yield gate.row(gate.link(say(book, "of_them_reopened"), "#reopened"), "", *cells)
    yield ""


def _quarters(book: Book, quarters: Sequence[Cohort], outcomes: Sequence[str]) -> Lines:
    yield f"## {say(book, 'by_quarter')}"
    yield ""

    def table() -> Lines:
        names = [say(book, "column.quarter"), say(book, "received_total")]
        names += [say(book, f"outcome.{outcome}") for outcome in outcomes]
        yield from gate.header([*names, say(book, "mark.reopened")], range(1, len(outcomes) + 3))
        for one in reversed(quarters):
            total = len(one.endings)
            cells = [_share(len(found), total) for found in [*(one.of(o) for o in outcomes), one.reopened]]
            yield gate.row(gate.whole(one.period), str(total), *cells)

    yield from box(book, table(), look="dense")


def _ending(book: Book, values: Values, outcome: str, endings: Sequence[Ending], listed: str | None) -> Lines:
    yield f"## {say(book, f'outcome.{outcome}')} {{#{outcome}}}"
    yield ""
    yield say(book, f"about.{outcome}")
    yield ""
    if not endings:
        yield say(book, "no_such")
        yield ""
        return
    if outcome not in (*LOGGED, "open"):
        yield from _approvers(book, values, endings)
    shown = list(reversed(endings))[:SAMPLE]
    if outcome in PLAIN:
        yield " · ".join(book.atlas.reference(("complaint",), one.case.id, HERE) for one in shown)
    else:
        yield from _table(book, values, shown)
    yield ""
    yield from _rest(book, len(endings), listed, f"outcome={outcome}")


def _approvers(book: Book, values: Values, endings: Sequence[Ending]) -> Lines:
    """Who approved how many; a closing that names nobody is counted as such."""
    counts = Counter(one.approved_by for one in endings)
    named = [
        f"{values.atlas.reference(('person',), who, HERE) if who else say(book, 'nobody')} {count}"
        for who, count in counts.most_common()
    ]
    yield f"**{say(book, 'approved_by')}** {' · '.join(named)}"
    yield ""


def _table(book: Book, values: Values, endings: Sequence[Ending]) -> Lines:
    names = ("number", "received", "closed", "decided", "approved", "reason")
    yield from gate.header(say(book, f"column.{name}") for name in names)
    for one in endings:
        case = one.case
        people = [_person(values, who) for who in (one.decided_by, one.approved_by)]
        closed = gate.whole(case.closed_at.date().isoformat()) if case.closed_at else "—"
        yield gate.row(
            _link(book, one), gate.whole(case.received.on.isoformat()), closed, *people, _reason(book, values, one)
        )
    yield ""


def _person(values: Values, who: str | None) -> str:
    return values.atlas.reference(("person",), who, HERE) if who else "—"


def _reason(book: Book, values: Values, one: Ending) -> str:
    shape = below(one.case.entry.kind.shape, ("closure", "reason_code"))[-1]
    code = values.scalar(shape, one.reason_code) if one.reason_code else ""
    said = one.reason if len(one.reason) <= TEXT else one.reason[: TEXT - 1] + "…"
    return "<br>".join(filter(None, (code, gate.text(said))))


def _link(book: Book, one: Ending) -> str:
    number = book.atlas.reference(("complaint",), one.case.id, HERE)
    return f"{number}<br>{gate.text(book.title(one.case.entry))}"


def _reopened(book: Book, values: Values, endings: Sequence[Ending], listed: str | None) -> Lines:
    yield f"## {say(book, 'mark.reopened')} {{#reopened}}"
    yield ""
    yield say(book, "about.reopened")
    yield ""
    if not endings:
        yield say(book, "no_such")
        yield ""
        return
    names = ("number", "received", "times", "outcome", "reopened_by")
    yield from gate.header(say(book, f"column.{name}") for name in names)
    for one in list(reversed(endings))[:SAMPLE]:
        yield gate.row(
            _link(book, one), gate.whole(one.case.received.on.isoformat()), str(one.case.reopened),
            say(book, f"outcome.{one.outcome}"), _person(values, reopened_by(one.case)),
        )  # fmt: skip
    yield ""
    yield from _rest(book, len(endings), listed, "mark=reopened")


def _rest(book: Book, count: int, listed: str | None, chosen: str) -> Lines:
    """That more were found than are shown, and where all of them are."""
    if count > SAMPLE:
        said = say(book, "sample_of", shown=SAMPLE, count=count)
        yield gate.link(said, book.atlas.to(listed, HERE, chosen)) if listed else said
        yield ""
