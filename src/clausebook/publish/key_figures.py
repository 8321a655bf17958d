"""Home: a handful of indicators with their target and the line of the last twelve months (9.1, 9.3).

The first that the organisation keeps of those that say most about complaint handling; with fewer of them, whatever
else it has set a target for. Numbers are those of `clausebook kpi`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..measure.indicators import Indicator, Result
from ..wording import choose
from . import gate
from .book import Book
from .indicator_formats import few, shown, value_words
from .palette import VALUE

FIRST = (
    "response-on-time", "acknowledgement-on-time", "closure-on-time", "satisfaction-score", "repeat-rate",
    "complaint-count", "resolution-rate", "response-time",
)  # fmt: skip
MOST = 6
WIDE, HIGH, EDGE = 120, 28, 3
MONTHS = 12


def key_figures(book: Book) -> Iterator[str]:
    """This year's value, whether it meets its target, and how the months went."""
    chosen = _chosen(book)
    if not chosen:
        return
    yield f"## {book.tell('monitoring.key')}"
    yield ""
    yield '<div class="figures key" markdown>'
    yield ""
    for one, result in chosen:
        yield f"- {_figure(book, one, result)}"
    yield ""
    yield "</div>"
    yield ""


def _chosen(book: Book) -> list[tuple[Indicator, Result]]:
    figures = book.figures
    known = {one.id: one for one in figures.indicators}
    ordered = [known[name] for name in FIRST if name in known]
    now = [(one, result) for one in ordered if (result := figures.of(one, figures.years[-1])) is not None]
    rest = ((one, figures.of(one, figures.years[-1])) for one in figures.indicators if one not in ordered)
    aimed = [(one, result) for one, result in rest if result is not None and result.headline.target]
    return (now + aimed)[:MOST]


def _figure(book: Book, one: Indicator, result: Result) -> str:
    tone = {True: "ok", False: "bad", None: "calm"}[result.headline.met]
    value = gate.text(value_words(one, result.headline, book.language))
    name = gate.link(gate.text(choose(one.name, book.language)), f"indicators/{one.id}.md")
    aim = result.headline.target.said if result.headline.target else ""
    beside = f"<br>{gate.text(book.tell('monitoring.key_target', target=aim))}" if aim else ""
    drawn = _line(book, one)
    return f'<strong class="{tone}">{value}</strong> {name}{beside}{drawn}'


def _line(book: Book, one: Indicator) -> str:
    """The months as a line without axes; a month with too few cases for a rate leaves a gap."""
    results = book.figures.series(one, book.figures.months)[-MONTHS:]
    values = [None if few(one, r.headline) else shown(one, r.headline) for r in results]
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return ""
    title = book.tell("monitoring.key_line", name=choose(one.name, book.language))
    labels = [f"{r.period.label} {value}" for r, value in zip(results, values, strict=True) if value is not None]
    svg = _svg(values, min(known), max(known))
    return gate.drawing(svg, f"key-{one.id}", title, ", ".join(labels))


def _svg(values: Sequence[float | int | None], low: float, high: float) -> str:
    if high == low:
        low, high = low - 1, high + 1
    span = high - low
    step = (WIDE - 2 * EDGE) / max(len(values) - 1, 1)
    path, pen, last = [], "M", (0.0, 0.0)
    for index, value in enumerate(values):
        if value is None:
            pen = "M"
            continue
        last = (EDGE + index * step, HIGH - EDGE - (value - low) / span * (HIGH - 2 * EDGE))
        path.append(f"{pen}{last[0]:.1f},{last[1]:.1f}")
        pen = "L"
    x, y = last
    return (
        f'<svg viewBox="0 0 {WIDE} {HIGH}" width="{WIDE}"><path fill="none" stroke="{VALUE}" stroke-width="1.5" '
        f'd="{"".join(path)}"/><path fill="{VALUE}" d="M{x - 2:.1f},{y:.1f}a2,2 0 1 0 4,0a2,2 0 1 0 -4,0"/></svg>'
    )
