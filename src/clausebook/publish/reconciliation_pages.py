"""Completeness against the source (8.2, corrections 31): per channel and month, what the source counted and what
was recorded. An overview with every difference, and the lines of each year with the digest of each export."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from ..measure.moments import rows
from ..measure.reconciliation import Count, Line, reconciliation_of
from . import gate
from .book import Book, Lines, page
from .case_words import ROOM, say
from .listing import box, pick
from .values import Values, chip

INDEX = f"{ROOM}/reconciliation.md"
TONES = {
    "equal": "ok", "explained": "calm", "unexplained": "bad", "no-counter": "calm", "not-counted": "warn",
    "running": "calm",
}  # fmt: skip
SHOWN = 12
PAGE_ROWS = 200
"""A year with more lines has a page for each month."""


def make(book: Book) -> Iterator[tuple[str, str]]:
    lines = reconciliation_of(book.report.measured.sound, book.report.measured.cases)
    spans = _spans(lines)
    yield INDEX, page(book, INDEX, say(book, "reconciliation"), _overview(book, lines, spans))
    for span in dict.fromkeys(spans.values()):
        here = _page(span)
        own = [line for line in lines if spans[line.month] == span and _telling(line)]
        yield here, page(book, here, f"{say(book, 'reconciliation')} {span}", _span(book, own, here), wide=True)


def _spans(lines: Sequence[Line]) -> Mapping[str, str]:
    """Month → what it shares a page with: its year, or where many channels are counted only itself."""
    years = Counter(line.month[:4] for line in lines if _telling(line))
    return {line.month: line.month[:4] if years[line.month[:4]] <= PAGE_ROWS else line.month for line in lines}


def _telling(line: Line) -> bool:
    """Channels without a counter are worth a line only where something was recorded through them."""
    return line.agreement not in ("no-counter", "running") or bool(line.recorded)


def _page(span: str) -> str:
    return f"{ROOM}/reconciliation-{span}.md"


def _overview(book: Book, lines: Sequence[Line], spans: Mapping[str, str]) -> Lines:
    yield say(book, "reconciliation_lead")
    yield ""
    if not lines:
        yield say(book, "nothing_to_reconcile")
        yield ""
        return
    yield from _sums(book, lines)
    yield from _matrix(book, lines, spans)
    yield from _differences(book, lines)
    yield from _silent(book, lines)


def _sums(book: Book, lines: Sequence[Line]) -> Lines:
    """Four numbers: counted by the sources, recorded through those channels, what differs, what no source counts."""
    counted = [line for line in lines if line.counted is not None]
    uncounted = sum(len(line.recorded) for line in lines if line.counted is None)
    open_ = [line for line in counted if line.agreement == "unexplained"]
    missing = [line for line in lines if line.agreement == "not-counted"]
    figures = [
        ("counted", sum(line.counted or 0 for line in counted), "calm"),
        ("recorded", sum(len(line.recorded) for line in counted), "calm"),
        ("open", len(open_), "bad" if open_ else "ok"),
        ("missing", len(missing), "warn" if missing else "ok"),
        ("uncounted", uncounted, "calm"),
    ]  # fmt: skip
    yield '<div class="figures" markdown>'
    yield ""
    for name, number, tone in figures:
        yield f'- <strong class="{tone}">{number}</strong> {say(book, f"sum.{name}")}'
    yield ""
    yield "</div>"
    yield ""


def _matrix(book: Book, lines: Sequence[Line], spans: Mapping[str, str]) -> Lines:
    """Months down, channels with a counter across: recorded / counted."""
    channels = list(dict.fromkeys(line.channel for line in lines if line.counted is not None))
    if not channels:
        return
    yield f"## {say(book, 'by_month')}"
    yield ""
    yield say(book, "matrix_lead")
    yield from gate.header([say(book, "column.month"), *(_name(book, channel) for channel in channels)])
    found = {(line.month, line.channel): line for line in lines}
    for month in dict.fromkeys(line.month for line in lines):
        cells = [_cell(book, found.get((month, channel))) for channel in channels]
        link = gate.link(gate.whole(month), book.atlas.to(_page(spans[month]), INDEX))
        yield gate.row(link, *cells)
    yield ""


def _name(book: Book, channel: str) -> str:
    return book.atlas.name(("channel",), channel) or "—"


def _cell(book: Book, line: Line | None) -> str:
    if line is None:
        return ""
    if line.counted is None:
        said = say(book, f"agreement.{line.agreement}")
        return chip("warn", said) if line.agreement == "not-counted" else f"<small>{said}</small>"
    numbers = f"{len(line.recorded)} / {line.counted}"
    if line.agreement == "equal":
        return numbers if line.counted else f"<small>{numbers}</small>"
    return chip(TONES[line.agreement], numbers)


def _differences(book: Book, lines: Sequence[Line]) -> Lines:
    yield f"## {say(book, 'differences')}"
    yield ""
    values = book.values(INDEX)
    found = [line for line in lines if line.agreement in ("explained", "unexplained")]
    if not found:
        yield say(book, "no_differences")
        yield ""
        return
    names = ("month", "channel", "counted", "recorded", "difference", "agreement", "reason")
    yield from gate.header((say(book, f"column.{name}") for name in names), (2, 3, 4))
    for line in found:
        yield gate.row(
            gate.whole(line.month), gate.text(_name(book, line.channel)), *_numbers(line), _verdict(book, line),
            _reasons(book, values, line),
        )  # fmt: skip
    yield ""


def _numbers(line: Line) -> Iterator[str]:
    yield "—" if line.counted is None else str(line.counted)
    yield str(len(line.recorded))
    yield "—" if line.difference is None else f"{line.difference:+d}" if line.difference else "0"


def _verdict(book: Book, line: Line) -> str:
    said = say(book, f"agreement.{line.agreement}")
    return pick("agreement", line.agreement, chip(TONES[line.agreement], said))


def _reasons(book: Book, values: Values, line: Line) -> str:
    """The reasons given for a difference, with the complaints they speak of."""
    said = []
    for count in line.counts:
        for reason in rows(count.value, "differences"):
            named = reason.get("complaints") if isinstance(reason.get("complaints"), list) else []
            links = " ".join(book.atlas.reference(("complaint",), str(one), values.here) for one in named or ())
            said.append(f"{gate.text(reason.get('reason', ''))} {links}".strip())
    return "<br>".join(said) or say(book, "no_reason")


def _why(book: Book, values: Values, line: Line) -> str:
    differs = line.agreement in ("explained", "unexplained")
    return f"<br><small>{_reasons(book, values, line)}</small>" if differs else ""


def _silent(book: Book, lines: Sequence[Line]) -> Lines:
    """Channels that no source counts: what came in through them cannot be checked from outside."""
    yield f"## {say(book, 'silent')}"
    yield ""
    yield say(book, "silent_lead")
    counted = {line.channel for line in lines if line.counted is not None}
    recorded: dict[str, int] = {}
    for line in lines:
        if line.channel not in counted:
            recorded[line.channel] = recorded.get(line.channel, 0) + len(line.recorded)
    yield from gate.header([say(book, "column.channel"), say(book, "column.recorded")], [1])
    for channel, count in recorded.items():
        yield gate.row(gate.text(_name(book, channel)), str(count))
    yield ""


def _span(book: Book, lines: Sequence[Line], here: str) -> Lines:
    """The lines of a year or month, with their sources."""
    values = book.values(here)
    yield gate.link(say(book, "to_overview"), book.atlas.to(INDEX, here))
    yield ""

    def table() -> Lines:
        names = ("month", "channel", "source", "counted", "recorded", "difference", "agreement", "cases")
        yield from gate.header((say(book, f"column.{name}") for name in names), (3, 4, 5))
        for line in lines:
            yield gate.row(
                pick("month", line.month, gate.whole(line.month)),
                pick("channel", line.channel, gate.whole(_name(book, line.channel))),
                "<br>".join(_source(book, values, count) for count in line.counts) or "—",
                *_numbers(line), _verdict(book, line) + _why(book, values, line), _cases(book, line, here),
            )  # fmt: skip

    facets = {name: say(book, f"column.{name}") for name in ("month", "channel", "agreement")}
    yield from box(book, table(), facets, repeats=True)


def _source(book: Book, values: Values, count: Count) -> str:
    """The export: its name, the start of its digest and where it lies; the record has the rest."""
    value = count.value
    record = book.atlas.to(book.atlas.page(count.entry), values.here)
    name = gate.link(gate.text(value.get("source") or count.entry.id), record)
    digest = str(value.get("sha256", ""))
    proof = f"<code>{gate.text(digest[:12])}…</code>" if digest else chip("warn", say(book, "no_digest"))
    place = gate.text(value.get("location", ""))
    return f"{name}<br><small>SHA-256 {proof}{f' · {place}' if place else ''}</small>"


def _cases(book: Book, line: Line, here: str) -> str:
    links = [book.atlas.reference(("complaint",), one, here) for one in line.recorded[:SHOWN]]
    more = len(line.recorded) - len(links)
    return " ".join(links) + (f" {say(book, 'more', count=more)}" if more > 0 else "")
