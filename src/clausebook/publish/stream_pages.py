"""Control charts (8.4): for each stream what was counted, the level before, the limit of the rule, alarms marked.

The limits are those that the rules judged by; a marked point leads to the record that answers it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ..measure.alarm_values import Alarm
from ..measure.watched import REMEMBERING, Watched
from ..wording import COMMA
from . import gate
from .alarm_tables import places
from .book import Book, Lines, page
from .charts import Look, Plot, Point, figure
from .dimensions import dimension_name, stream_name, value_name
from .indicator_charts import unit_line, unit_name
from .leads import data

A_PAGE, DRAWN = 12, 48
"""Charts on a page, and charts of a dimension; alarmed and large streams come first, the rest is a list."""


def make(book: Book) -> Iterator[tuple[str, str]]:
    found = places(book)
    for dimension, watched in by_dimension(book).items():
        loud = _loud(book, watched)
        quiet = [one for one in watched if one not in loud]
        parts = [loud[start : start + A_PAGE] for start in range(0, len(loud), A_PAGE)] or [[]]
        for at, part in enumerate(parts):
            here = page_of(dimension, at)
            name = dimension_name(book, dimension) + (f" {at + 1}" if at else "")
            lines = _streams(book, here, watched, part, quiet if part is parts[-1] else [], found)
            yield here, page(book, here, name, _paged(book, dimension, len(parts), at, lines))


def _paged(book: Book, dimension: str, count: int, here: int, lines: Lines) -> Lines:
    """The other pages of this dimension, then what is on this one."""
    if count > 1:
        pages = [page_of(dimension, at) for at in range(count)]
        links = [gate.link(str(at + 1), book.atlas.to(other, pages[here])) for at, other in enumerate(pages)]
        yield " · ".join(f"**{at + 1}**" if at == here else link for at, link in enumerate(links))
        yield ""
    yield from lines


def _loud(book: Book, watched: Sequence[Watched]) -> list[Watched]:
    """The streams that ever came near their rule: those with alarms first, then the largest."""
    told = {alarm.stream for alarm in book.watch.seen.alarms}
    least = min((p.limit for one in watched for p in one.points if p.limit is not None), default=1.0)
    loud = [one for one in watched if one.stream in told or one.peak >= least or one.stream == "total"]
    return sorted(loud, key=lambda one: (one.stream not in told, -one.peak, one.stream, one.rule))[:DRAWN]


def by_dimension(book: Book) -> dict[str, list[Watched]]:
    found: dict[str, list[Watched]] = {}
    for one in book.watched:
        found.setdefault(one.stream.partition(":")[0], []).append(one)
    return found


def page_of(dimension: str, at: int = 0) -> str:
    return f"alerts/{dimension}-{at + 1}.md" if at else f"alerts/{dimension}.md"


def _streams(
    book: Book, here: str, watched: Sequence[Watched], loud: Sequence[Watched], quiet: Sequence[Watched],
    found: Mapping[str, str],
) -> Lines:  # fmt: skip
    """A chart for every stream of this page; those that never came near their rule as a list."""
    yield book.tell("monitoring.alerts.charts_lead")
    yield ""
    for at, one in enumerate(loud):
        yield f"## {gate.text(_heading(book, one, watched))} {{#s{at}}}"
        yield ""
        yield from chart(book, here, one, at, found)
    if quiet:
        yield f"## {book.tell('monitoring.alerts.quiet')} {{#quiet}}"
        yield ""
        yield book.tell("monitoring.alerts.quiet_lead", count=len(quiet[0].points))
        yield ""
        yield from gate.header([book.tell(f"monitoring.column.{c}") for c in ("stream", "total", "peak")], [1, 2])
        for one in quiet:
            total = sum(point.value or 0 for point in one.points)
            yield gate.row(gate.text(_heading(book, one, watched)), f"{total:g}", f"{one.peak:g}")
        yield ""


def _heading(book: Book, one: Watched, watched: Sequence[Watched]) -> str:
    """The value alone on the page of its dimension; the rule too where several look at the same stream."""
    dimension, _, value = one.stream.partition(":")
    name = value_name(book, dimension, value) if value else dimension_name(book, dimension)
    return f"{name} · {one.rule}" if len({other.rule for other in watched}) > 1 else name


def chart(book: Book, here: str, one: Watched, at: int, found: Mapping[str, str]) -> Lines:
    """The chart of a stream with its data; `found` maps alarms to their pages."""
    plot = _plot(book, here, one, at, found)
    if plot.empty:
        yield book.tell("monitoring.chart.none")
        yield ""
        return
    told = {part: book.tell(f"monitoring.chart.control_parts.{part}") for part in plot.parts}
    yield from figure(plot, told, unit_line(book, plot.unit))
    yield from data(book, _data(book, here, one, found))


def _data(book: Book, here: str, one: Watched, found: Mapping[str, str]) -> Lines:
    names = [book.say("column.period"), _value_name(book, one)]
    yield from gate.header([*names, *(book.tell(f"monitoring.column.{c}") for c in ("centre", "limit", "alarm"))])
    alarmed = _alarms_of(book, one)
    for point in reversed(one.points):
        alarms = alarmed.get(point.period.label, [])
        links = [gate.link(gate.whole(a.id), book.atlas.to(found[a.id], here, a.id)) for a in alarms]
        numbers = (point.value, point.centre, point.limit)
        yield gate.row(book.period(point.period.label, here), *map(_number, numbers), "<br>".join(links))


def _value_name(book: Book, one: Watched) -> str:
    look = _look(one)
    return book.tell(f"monitoring.chart.control_parts.{look}")


def _look(one: Watched) -> Look:
    return "line" if one.method in REMEMBERING else "bars"


def _number(value: float | None) -> str:
    return "" if value is None else f"{round(value, 2):g}"


def _alarms_of(book: Book, one: Watched) -> dict[str, list[Alarm]]:
    """Period → the alarms of this rule on this stream."""
    found: dict[str, list[Alarm]] = {}
    for alarm in book.watch.seen.alarms:
        if (alarm.stream, alarm.rule) == (one.stream, one.rule):
            found.setdefault(alarm.period.label, []).append(alarm)
    return found


def _plot(book: Book, here: str, one: Watched, at: int, pages: Mapping[str, str]) -> Plot:
    found = _alarms_of(book, one)
    first, last = one.points[0].period.label, one.points[-1].period.label
    facts = {"stream": stream_name(book, one.stream), "rule": one.rule, "first": first, "last": last}
    marked = [point.period.label for point in one.points if point.period.label in found]
    told = "control_alarms" if marked else "control_quiet"
    alarms = book.tell(f"monitoring.chart.{told}", count=len(marked), periods=COMMA[book.language].join(marked))
    points = [
        Point(
            point.period.label, point.value, None, None, point.limit, point.centre,
            alarm=_address(book, here, found[point.period.label][0], pages) if point.period.label in found else "",
        )
        for point in one.points
    ]  # fmt: skip
    title = book.tell("monitoring.chart.control", **facts)
    description = book.tell("monitoring.chart.control_desc", **facts, alarms=alarms)
    return Plot(f"chart-{at}", title, description, unit_name(book, "n"), points, _look(one))


def _address(book: Book, here: str, alarm: Alarm, pages: Mapping[str, str]) -> str:
    """Where a marked point leads: the response record, or the alarm's row while nobody has answered. As HTML, because
    no renderer looks into a drawing."""
    response = book.watch.answers.of.get(alarm.id)
    if response is not None:
        return book.atlas.to(book.atlas.page(response.entry), here).removesuffix(".md") + ".html"
    return book.atlas.to(pages[alarm.id], here).removesuffix(".md") + f".html#{alarm.id}"
