"""How old what is open is (8.4): by working days elapsed, today with what is past its limit, and at the end of months.

The numbers are the parts of the indicator K13, as `clausebook kpi backlog` tells them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..measure.indicators import Figure, Result
from ..wording import choose
from . import gate
from .book import Book, Lines
from .indicator_charts import stack_table, unit_line, unit_name
from .leads import chosen, data, leading
from .palette import OVERDUE, TONES
from .row_charts import Row, Rows
from .row_charts import figure as rows_figure
from .stacked_charts import Series, Stack
from .stacked_charts import figure as stack_figure

BANDS = ("0-3", "4-7", "8-15", "16-30", "over-30")
PAST = "overdue"
WITHIN = TONES[4]


def latest(book: Book) -> Result | None:
    """The backlog of the as-of date; none where an organisation counts it in other bands."""
    return book.backlog if book.backlog and _parts(book.backlog) else None


def _parts(result: Result) -> Mapping[str, Figure]:
    parts = {part.part: part for part in result.parts}
    return parts if {*BANDS, PAST} <= set(parts) else {}


def band_of(book: Book) -> dict[str, str]:
    """Open complaint → its band."""
    result = latest(book)
    return {one: band for band in BANDS for one in _parts(result)[band].ids} if result else {}


def names_of(book: Book) -> dict[str, str]:
    result = latest(book)
    return {part.id: choose(part.name, book.language) for part in result.indicator.parts} if result else {}


def open_now(book: Book, here: str, listed: str | None) -> Lines:
    """What is open on the as-of date by its age, that past its limit marked; each band leads to its cases."""
    result = latest(book)
    if result is None:
        return
    as_of, names = book.system.as_of.isoformat(), names_of(book)
    if not result.headline.value:
        yield book.tell("monitoring.ageing.none", as_of=as_of)
        yield ""
        return
    rows = []
    for band in BANDS:
        within, past = _split(result, band)
        leads = chosen(book, listed, here, age=band) if listed else ""
        rows.append(Row(names[band], within + past, (float(within), float(past)), beside=f"{past}", leads=leads))
    facts = {"as_of": as_of, "open": f"{result.headline.value:g}", "past": len(_parts(result)[PAST].ids)}
    title, said = (book.tell(f"monitoring.ageing.{key}", **facts) for key in ("title", "desc"))
    parts = ((WITHIN, book.tell("monitoring.ageing.within")), (OVERDUE, book.tell("monitoring.ageing.past")))
    heads = (unit_name(book, "n"), book.tell("monitoring.ageing.past"))
    chart = Rows("ageing-now", title, said, unit_name(book, "n"), tuple(rows), parts, heads)
    yield from rows_figure(chart, unit_line(book, chart.unit))
    yield from data(book, _now_table(book, rows))


def _split(result: Result, band: str) -> tuple[int, int]:
    """Within the limit, past it."""
    parts = _parts(result)
    own, late = set(parts[band].ids), set(parts[PAST].ids)
    return len(own - late), len(own & late)


def _now_table(book: Book, rows: Sequence[Row]) -> Lines:
    names = [book.tell(f"monitoring.ageing.{key}") for key in ("band", "within", "past", "all")]
    yield from gate.header(names, [1, 2, 3])
    for row in rows:
        total = leading(row.leads, f"{row.count:g}") if row.leads and row.count else f"{row.count:g}"
        yield gate.row(gate.text(row.name), *(f"{value:g}" for value in row.values), total)


def over_time(book: Book, here: str, results: Sequence[Result]) -> Lines:
    """What was open at the end of each month, the oldest at the bottom."""
    stack = stack_of(book, results)
    if stack.empty:
        yield book.tell("monitoring.ageing.never")
        yield ""
        return
    yield from stack_figure(stack, unit_line(book, stack.unit))
    yield from data(book, stack_table(book, here, stack, lambda _, __, said: said))


def stack_of(book: Book, results: Sequence[Result]) -> Stack:
    names = names_of(book)
    series = [
        Series(names[band], tuple(float(_parts(result)[band].value or 0) for result in results))
        for band in reversed(BANDS)
    ]
    labels = tuple(result.period.label for result in results)
    facts = {"first": labels[0], "last": labels[-1]}
    title, said = (book.tell(f"monitoring.ageing.{key}", **facts) for key in ("months", "months_desc"))
    return Stack("ageing-months", title, said, unit_name(book, "n"), labels, tuple(series))
