"""The three times of a record side by side (corrections 5): happened, recorded, entered.

Happened and recorded are what the record says of itself; only the history of the repository can say when it was
entered. Of what the baseline adopted it knows when it was taken over, and without git the page invents no date.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..measure.moments import moment
from ..model import Entry
from . import gate
from .book import Book, Lines
from .case_words import amount, say
from .values import Values

HAPPENED = ("event_on", "received_at", "received_on", "occurred_on")
RECORDED = ("recorded_at", "recorded_on", "entered_on")


def lines(book: Book, entry: Entry, values: Values) -> Lines:
    yield '<div class="times" markdown>'
    yield ""
    for name, value in _times(book, entry, values):
        yield f"- <span>{say(book, f'time.{name}')}</span> {value}"
    yield ""
    yield "</div>"
    yield ""


def _times(book: Book, entry: Entry, values: Values) -> Iterator[tuple[str, str]]:
    yield "happened", _said(entry, values, _happened(entry))
    recorded = next((key for key in RECORDED if isinstance(entry.value.get(key), str)), "")
    yield "recorded", _said(entry, values, recorded, _after(book, entry))
    yield "entered", _entered(book, entry)


def _entered(book: Book, entry: Entry) -> str:
    history = book.report.system.history
    commit = history.came_in(entry.path)
    if commit is None:
        return f"<small>{say(book, 'not_entered' if history.log else 'not_measured')}</small>"
    adopted = commit.id in book.report.measured.approvals.adopted
    more = say(book, "adopted") if adopted else say(book, "in_commit", commit=commit.id[:12])
    return f"{gate.text(commit.committed_on.isoformat())} <small>{more}</small>"


def _happened(entry: Entry) -> str:
    """The field that says when; for most kinds the first date of the record, in the order of its schema."""
    known = next((key for key in HAPPENED if isinstance(entry.value.get(key), str)), "")
    dated = (
        key for key in entry.kind.shape.properties
        if (key.endswith(("_on", "_at")) or key in ("on", "period")) and isinstance(entry.value.get(key), str)
    )  # fmt: skip
    return known or next((key for key in dated if key not in RECORDED and not key.startswith("planned")), "")


def _said(entry: Entry, values: Values, key: str, more: str = "") -> str:
    if not key:
        return "—"
    shape = entry.kind.shape.properties[key]
    return f"{values.scalar(shape, entry.value[key])} <small>{gate.text(values.title(shape, key))}{more}</small>"


def _after(book: Book, entry: Entry) -> str:
    """How long after receipt a complaint was recorded, where both are known to the minute."""
    zone = book.report.measured.complaints.watch.zone
    received, recorded = moment(entry.value, zone, "received_at"), moment(entry.value, zone, "recorded_at")
    if received is None or recorded is None or recorded < received:
        return ""
    said = say(book, "after_receipt", amount=amount(book, recorded - received))
    return f"，{said}" if book.language == "zh" else f", {said}"
