"""The answers of `alerts` as people and machines read them: alarms, who answered them, what the rules cost."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ..measure.alarm_values import Alarm, Event, Note, Surveillance
from ..measure.responses import Answers, Response
from ..wording import LANGUAGES, aside, printable, text


@dataclass(frozen=True, slots=True)
class Watch:
    """Both sides of monitoring on one day."""

    seen: Surveillance
    answers: Answers
    as_of: date


def as_data(watch: Watch, language: str) -> dict[str, Any]:
    """The `alerts` object: every alarm with its response record, single events, silence, the false-alarm budget."""
    seen = watch.seen
    return {
        "schema": 1,
        "as_of": watch.as_of.isoformat(),
        "version": seen.version,
        "alarms": [_alarm(watch, alarm, language) for alarm in seen.alarms],
        "events": [_event(event) for event in seen.events],
        "silent": [
            {"rule": one.rule, "stream": one.stream, "reason": noted(one.note, "silent", language)}
            for one in seen.silent
        ],
        "budget": {
            "per_year": round(sum(line.per_year for line in seen.budget), 3),
            "allowed_per_year": seen.allowed_per_year,
            "rules": [
                {"rule": line.rule, "streams": line.streams, "alpha": line.alpha, "per_year": round(line.per_year, 3)}
                for line in seen.budget
            ],
        },
    }


def _alarm(watch: Watch, alarm: Alarm, language: str) -> dict[str, Any]:
    response = watch.answers.of.get(alarm.id)
    return {
        "id": alarm.id, "period": alarm.period.label, "stream": alarm.stream, "rule": alarm.rule,
        "version": alarm.version, "kind": alarm.way, "value": alarm.value, "limit": alarm.limit,
        "mean": alarm.mean, "periods": alarm.periods_used, "p": alarm.p, "raised_on": alarm.raised_on.isoformat(),
        "running": alarm.running, "historical": alarm.historical, "method": method_of(alarm),
        "sentence": sentence(alarm, language), "said": {name: said(alarm, name) for name in LANGUAGES},
        "notes": [noted(note, "note", language) for note in alarm.notes], "ids": list(alarm.cases),
        "stage": stage(watch, alarm), "acknowledge_by": _iso(_acknowledge_by(watch, alarm)),
        "record": response.id if response else None, "response": _response(response) if response else None,
    }  # fmt: skip


def _response(response: Response) -> dict[str, Any]:
    return {
        "record": response.id, "path": response.entry.path, "begun_on": _iso(response.begun_on),
        "acknowledged_on": _iso(response.acknowledged_on), "acknowledge_by": _iso(response.limits.acknowledge_by),
        "triage": response.triage, "cause_found_on": _iso(response.cause_on),
        "cause_by": _iso(response.limits.cause_by),
        "action": response.action, "effect_checked_on": _iso(response.checked_on),
        "effect_check_by": _iso(response.check_by), "closed_on": _iso(response.closed_on),
    }  # fmt: skip


def _event(event: Event) -> dict[str, Any]:
    return {
        "trigger": event.trigger, "handled_in": event.handled_in, "id": event.case, "on": event.on.isoformat(),
        "answer": event.answer,
    }  # fmt: skip


def stage(watch: Watch, alarm: Alarm) -> str:
    """How far the answer is; without one: running, due, or unanswered when the limit has gone by."""
    response = watch.answers.of.get(alarm.id)
    if response is not None:
        return response.stage
    if alarm.historical:
        return "historical"
    if alarm.running:
        return "running"
    due = _acknowledge_by(watch, alarm)
    return "unanswered" if due is not None and due < watch.as_of else "due"


def _acknowledge_by(watch: Watch, alarm: Alarm) -> date | None:
    response = watch.answers.of.get(alarm.id)
    if response is not None:
        return response.limits.acknowledge_by
    return next((due for one, due in watch.answers.unanswered if one.id == alarm.id), None)


def sentence(alarm: Alarm, language: str) -> str:
    """The organisation's own sentence about its rule; ours about the method where it wrote none in that language."""
    return alarm.sentence.get(language) or text(f"alerts.method.{method_of(alarm)}", language)


def method_of(alarm: Alarm) -> str:
    return alarm.method or alarm.way


def said(alarm: Alarm, language: str, name: str | None = None) -> str:
    """What happened, in one sentence with its numbers, as a manager tells it to an auditor (corrections 29).

    `name`: what the stream is called where its values have names.
    """
    known = alarm.mean is not None and alarm.periods_used
    key = method_of(alarm) if alarm.way != "plain" or known else "plain-first"
    mean = "" if alarm.mean is None else f"{alarm.mean:.1f}"
    facts = {"period": alarm.period.label, "stream": name or stream_name(alarm.stream, language)}
    facts |= {"value": number(alarm.value), "limit": number(alarm.limit), "mean": mean}
    facts |= {"periods": str(alarm.periods_used)}
    facts |= {"p": "" if alarm.p is None else probability(alarm.p)}
    return text(f"alerts.said.{key}", language, **facts)


def number(value: float) -> str:
    """A count as it is, a weighted or summed one with two digits."""
    return f"{value:g}" if value == int(value) else f"{value:.2f}"


def probability(p: float) -> str:
    """A probability in digits that a reader can say."""
    return f"{p:.4f}" if p >= 0.0001 else "< 0.0001"


def stream_name(stream: str, language: str) -> str:
    """`line:kettle` in words: the dimension named, its value as the organisation wrote it."""
    dimension, _, value = stream.partition(":")
    name = text(f"alerts.dimension.{dimension}", language)
    return text("alerts.stream", language, name=name, value=value) if value else name


def noted(note: Note, section: str, language: str) -> str:
    return text(f"alerts.{section}.{note.key}", language, **note.facts)


def to_json(watch: Watch, language: str) -> str:
    return json.dumps(as_data(watch, language), ensure_ascii=False, indent=1, allow_nan=False)


def to_table(watch: Watch, language: str) -> str:
    """For people: one line an alarm, its notes below, then single events, silence and the budget."""
    return "\n".join(_lines(watch, language))


COLUMNS = ("id", "period", "stream", "rule", "value", "limit", "mean", "raised", "record", "stage")


def _lines(watch: Watch, language: str) -> Iterator[str]:
    seen = watch.seen
    if seen.version is None:
        yield text("alerts.no_rules", language)
    else:
        yield text("alerts.heading", language, version=seen.version, as_of=watch.as_of.isoformat())
    if seen.alarms:
        heads = [text(f"alerts.columns.{name}", language) for name in COLUMNS]
        yield from _aligned([heads, *(_row(watch, alarm, language) for alarm in seen.alarms)])
    elif seen.version is not None:
        yield text("alerts.none", language)
    for alarm in seen.alarms:
        yield f"{alarm.id}  {said(alarm, language)}"
        yield from (f"{alarm.id}  {noted(note, 'note', language)}" for note in alarm.notes)
    yield from _events(seen, language)
    yield from _silence(seen, language)
    yield from _budget(seen, language)


def _row(watch: Watch, alarm: Alarm, language: str) -> list[str]:
    response = watch.answers.of.get(alarm.id)
    mean = "" if alarm.mean is None else f"{alarm.mean:.1f}"
    reached = text(f"alerts.stage.{stage(watch, alarm)}", language)
    return [
        alarm.id, alarm.period.label, alarm.stream, alarm.rule, number(alarm.value), number(alarm.limit), mean,
        alarm.raised_on.isoformat(), response.id if response else "", reached,
    ]  # fmt: skip


def _events(seen: Surveillance, language: str) -> Iterator[str]:
    if seen.events:
        yield ""
        yield text("alerts.event.heading", language)
    for event in seen.events:
        trigger = text(f"alerts.trigger.{event.trigger}", language)
        facts = {"trigger": trigger, "case": event.case, "on": event.on.isoformat(), "answer": event.answer or ""}
        yield text(f"alerts.event.{'answered' if event.answer else 'open'}", language, **facts)


def _silence(seen: Surveillance, language: str) -> Iterator[str]:
    if seen.silent:
        yield ""
        yield text("alerts.silent_heading", language)
    for one in seen.silent:
        yield f"{one.rule} · {one.stream}  {noted(one.note, 'silent', language)}"


def _budget(seen: Surveillance, language: str) -> Iterator[str]:
    if not seen.budget:
        return
    yield ""
    told = text("alerts.budget", language, count=f"{sum(line.per_year for line in seen.budget):.1f}")
    if seen.allowed_per_year is not None:
        told += aside(text("alerts.budget_allowed", language, allowed=f"{seen.allowed_per_year:g}"), language)
    yield told
    for line in seen.budget:
        yield text("alerts.budget_line", language, rule=line.rule, streams=line.streams, count=f"{line.per_year:.2f}")


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Columns that line up on a terminal, where a Chinese character takes two places."""
    clean = [[printable(cell) for cell in row] for row in rows]
    widths = [max(_width(row[place]) for row in clean) for place in range(len(clean[0]))]
    for row in clean:
        yield "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()


def _width(cell: str) -> int:
    return sum(2 if unicodedata.east_asian_width(ch) in "WF" else 1 for ch in cell)


def _iso(on: date | None) -> str | None:
    return on.isoformat() if on else None


FORMATS: Mapping[str, Callable[[Watch, str], str]] = {"table": to_table, "json": to_json}
