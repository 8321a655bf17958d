"""Alarms as tables (8.4): what was seen against what limit, who answered, how far that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from ..measure.alarm_values import Alarm
from ..measure.alerts import REPEATS
from ..measure.moments import child, rows
from . import gate
from .alert_formats import noted, number, said, sentence, stage
from .atlas import anchor_of
from .book import Book, Lines
from .dimensions import stream_name
from .values import chip

INDEX = "alerts/index.md"
"""The page of early warning; the newest alarms stand on it."""
PER_PAGE = 150
"""So many alarms stand on one page: none grows beyond 300 KB."""
TONES = {"unanswered": "bad", "due": "warn", "running": "warn", "closed": "ok", "checked": "ok"}
ALARM_COLUMNS = ("stream", "rule", "count_limit", "before", "raised", "acknowledge_by", "response", "stage")


def alarm_table(book: Book, here: str, alarms: Sequence[Alarm], *, anchored: bool) -> Lines:
    """Alarms with what they saw, who answered and how far that is. On its own page each can be linked to."""
    due = {one.id: day for one, day in book.watch.answers.unanswered}
    known = {str(rule.get("id")) for rule in rules_of(in_force(book))}
    yield from gate.header([book.say("column.period"), *(book.tell(f"monitoring.column.{c}") for c in ALARM_COLUMNS)])
    for alarm in alarms:
        yield _row(book, here, alarm, anchored, due.get(alarm.id), alarm.rule in known)
    yield ""


def _row(book: Book, here: str, alarm: Alarm, anchored: bool, due: date | None, known: bool) -> str:
    response = book.watch.answers.of.get(alarm.id)
    reached = stage(book.watch, alarm)
    due = response.limits.acknowledge_by if response else due
    record = (
        book.atlas.reference(("alert",), response.id, here)
        if response else book.tell("monitoring.alerts.no_response")
    )  # fmt: skip
    anchor = f'<a id="{alarm.id}"></a>' if anchored else ""
    beside = f"<br><small>{gate.whole(alarm.id)}</small>" if anchored else ""
    limit = f"{number(alarm.value)} / {number(alarm.limit)}" if alarm.limit else number(alarm.value)
    return gate.row(
        f"{anchor}{gate.whole(alarm.period.label)}{beside}",
        _stream(book, alarm.stream),
        _rule(book, here, alarm, known),
        gate.whole(limit),
        "" if alarm.mean is None else f"{alarm.mean:.1f}",
        gate.whole(alarm.raised_on.isoformat()),
        gate.whole(due.isoformat()) if due else "",
        record,
        chip(TONES.get(reached, "calm"), gate.text(book.tell(f"alerts.stage.{reached}"))),
    )


def _stream(book: Book, stream: str) -> str:
    """The value, and below it what it is a value of."""
    of, _, value = stream_name(book, stream).partition(" · ")
    return f"{gate.text(value)}<br><small>{gate.text(of)}</small>" if value else gate.text(of)


def _rule(book: Book, here: str, alarm: Alarm, known: bool) -> str:
    """The rule by its id, its sentence as a tooltip; a rule that is no longer in force has no row to lead to."""
    name = gate.whole(alarm.rule)
    address = book.atlas.to(INDEX, here, f"rule-{anchor_of(alarm.rule)}")
    return gate.link(name, address, sentence(alarm, book.language)) if known else name


def in_force(book: Book) -> Mapping[str, Any]:
    """The version of the rules that holds on the date that rules; empty without one."""
    return book.report.measured.complaints.criteria.at("alert-rules", book.system.as_of)


def rules_of(version: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rules of a version, that of repeats with them."""
    repeats = child(version, "repeats")
    own = [{"id": REPEATS, "dimension": "repeat", **repeats}] if isinstance(repeats, dict) else []
    return [*rows(version, "rules"), *rows(version, "statistical"), *own]


def blocks(book: Book) -> list[tuple[str, list[Alarm]]]:
    """Alarms by the page they stand on, the newest on that of early warning."""
    alarms = list(reversed(book.watch.seen.alarms))
    parts = [alarms[start : start + PER_PAGE] for start in range(0, len(alarms), PER_PAGE)]
    return [(f"alerts/earlier-{at}.md" if at else INDEX, part) for at, part in enumerate(parts)]


def places(book: Book) -> dict[str, str]:
    """Alarm id → its page."""
    return {alarm.id: here for here, part in blocks(book) for alarm in part}


def notes(book: Book, alarms: Sequence[Alarm]) -> Lines:
    """Each alarm in one sentence with its numbers, and what a reader must know beside them."""
    for alarm in alarms:
        of, _, value = stream_name(book, alarm.stream).partition(" · ")
        name = book.tell("alerts.stream", name=of, value=value) if value else of
        told = [said(alarm, book.language, name)]
        told += [noted(note, "note", book.language) for note in alarm.notes]
        yield f"- {gate.whole(alarm.id)} {gate.text(' '.join(told))}"
    yield ""
