"""Alarms and the records that answer them (8.4): which belongs to which, by when each step was due.

The clock of an answer begins with the alarm, or with the day the organisation saw it coming if that was earlier;
a detection that is dated later than the alarm moves nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from ..model import Entry, System
from .alarm_values import Alarm, Surveillance, unit_of
from .calendar import WorkingDays
from .cases import Complaints
from .criteria import Criteria
from .moments import child, day, moment, rows, word, words
from .periods import DAYS, PER_YEAR, Period, Unit, period_named, period_of

Stage = Literal["withdrawn", "recorded", "acknowledged", "judged", "cause-found", "checked", "closed"]
USUAL_DAYS = {"acknowledge_within_working_days": 2, "cause_within_working_days": 10}
"""For organisations that have set none: without a limit silence would never fail (requirements 5.3)."""
USUAL_PERIODS = 3
DISMISSED = frozenset({"false-alarm", "known-cause"})
"""Only these may do without corrective action of their own (corrections 4)."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What the version of the rules in force when the alarm was raised asks for."""

    acknowledge_by: date | None
    cause_by: date | None
    check_after: int
    unit: Unit = "month"
    """Of the periods that `check_after` counts."""


@dataclass(frozen=True, slots=True, eq=False)
class Response:
    """A response record with the alarms it answers. Moments are days in the organisation's zone."""

    entry: Entry
    alarms: tuple[Alarm, ...]
    begun_on: date | None
    limits: Limits
    acknowledged_on: date | None
    triage: str | None
    triaged_on: date | None
    cause_found: bool
    cause_on: date | None
    action: str | None
    """nonconformity, corrective-actions, none (reasoned and approved), or nothing yet."""
    action_done_on: date | None
    check_planned_on: date | None
    checked_on: date | None
    closed_on: date | None
    withdrawn: bool

    @property
    def id(self) -> str:
        return self.entry.id

    @property
    def dismissed(self) -> bool:
        return self.triage in DISMISSED

    @property
    def stage(self) -> Stage:
        steps: tuple[tuple[Any, Stage], ...] = (
            (self.withdrawn, "withdrawn"), (self.closed_on, "closed"), (self.checked_on, "checked"),
            (self.cause_found, "cause-found"), (self.triage, "judged"), (self.acknowledged_on, "acknowledged"),
        )  # fmt: skip
        return next((stage for reached, stage in steps if reached), "recorded")

    @property
    def check_by(self) -> date | None:
        """When the effect has to be checked: as planned, else once the periods of observation have gone by."""
        if self.check_planned_on is not None or self.action_done_on is None:
            return self.check_planned_on
        return period_of(self.action_done_on, self.limits.unit).shifted(self.limits.check_after + 1).next_start


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """Both sides: `of` maps alarm ids to their response, `unanswered` has the day each had to be acknowledged."""

    responses: tuple[Response, ...]
    of: Mapping[str, Response]
    unanswered: tuple[tuple[Alarm, date | None], ...]


def answers_of(system: System, complaints: Complaints, seen: Surveillance) -> Answers:
    records = [_Record(entry) for entry in system.of("alert")]
    matched: dict[str, list[Alarm]] = {}
    of: dict[str, _Record] = {}
    for alarm in seen.alarms:
        record = next((record for record in records if record.answers(alarm)), None)
        if record is not None:
            of[alarm.id] = record
            matched.setdefault(record.entry.path, []).append(alarm)
    responses = {
        record.entry.path: _response(system, complaints, record.entry, matched.get(record.entry.path, []))
        for record in records
    }
    missing = []
    for alarm in seen.alarms:
        if alarm.id not in of:
            due = limits_of(complaints, alarm.raised_on).acknowledge_by
            missing.append((alarm, None if alarm.running or alarm.historical else due))
    return Answers(
        tuple(responses.values()), {key: responses[r.entry.path] for key, r in of.items()}, tuple(missing)
    )  # fmt: skip


def within(label: str | None, period: Period) -> bool:
    """Whether a record for this period speaks of that one: the same, or a day or week that begins in it."""
    named = period_named(label)
    return label == period.label or (
        named is not None and period.unit in DAYS and named.start <= period.start <= named.end
    )


class _Record:
    """A response record prepared for matching."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        listed = rows(entry.value, "alarms")
        self._ids = {word(row, "alarm_id") for row in listed}
        self._named = {(word(row, "stream"), word(row, "rule")) for row in listed}
        self._period = word(entry.value, "period")
        self._cases = set(words(entry.value, "complaints"))

    def answers(self, alarm: Alarm) -> bool:
        """By its id; by stream, rule and period; a repeat also by its complaints, whatever their cause turns out."""
        if alarm.id in self._ids:
            return True
        if not within(self._period, alarm.period):
            return False
        if (alarm.stream, alarm.rule) in self._named:
            return True
        repeats = any(rule == alarm.rule for _, rule in self._named)
        return alarm.way == "repeat" and repeats and set(alarm.cases) <= self._cases


def limits_of(complaints: Complaints, begun: date) -> Limits:
    version = complaints.criteria.at("alert-rules", begun)
    acknowledge, cause = (
        _due(complaints.watch.own, begun, answer_within(complaints.criteria, key, begun)) for key in USUAL_DAYS
    )
    after = child(version, "response", "effect_check_after_periods")
    return Limits(acknowledge, cause, after if isinstance(after, int) else USUAL_PERIODS, unit_of(version))


def answer_within(criteria: Criteria, key: str, on: date) -> int:
    """Working days that the rules of that day give a step of the answer; the usual ones where they say nothing."""
    within = child(criteria.at("alert-rules", on), "response", key)
    return within if isinstance(within, int) else USUAL_DAYS[key]


def _due(days: WorkingDays, begun: date, within: int) -> date:
    return days.due(begun, within).on


def _response(system: System, complaints: Complaints, entry: Entry, alarms: Sequence[Alarm]) -> Response:
    value, zone = entry.value, complaints.watch.zone
    begun = min((on for on in (day(value, "detected_on"), *(a.raised_on for a in alarms)) if on), default=None)
    acknowledged = moment(value, zone, "acknowledged", "at")
    triaged = moment(value, zone, "triage", "at")
    action, done = _action(system, value)
    return Response(
        entry=entry,
        alarms=tuple(alarms),
        begun_on=begun,
        limits=limits_of(complaints, begun) if begun else Limits(None, None, 1),
        acknowledged_on=acknowledged.date() if acknowledged else None,
        triage=word(value, "triage", "result"),
        triaged_on=triaged.date() if triaged else None,
        cause_found=word(value, "cause", "statement") is not None,
        cause_on=day(value, "cause", "found_on"),
        action=action,
        action_done_on=done,
        check_planned_on=day(value, "effect_check", "planned_on"),
        checked_on=day(value, "effect_check", "done_on"),
        closed_on=day(value, "closed", "on"),
        withdrawn=bool(child(value, "withdrawn")),
    )


def _action(system: System, value: Mapping[str, Any]) -> tuple[str | None, date | None]:
    """What was decided, and when the last measure was done (nothing while one is open)."""
    named = word(value, "nonconformity")
    if named is not None:
        record = next((entry for entry in system.of("nonconformity") if entry.id == named), None)
        return "nonconformity", _last_done(rows(record.value, "actions")) if record else None
    own = rows(value, "corrective_actions")
    if own:
        return "corrective-actions", _last_done(own)
    return ("none" if child(value, "no_corrective_action") else None), None


def _last_done(actions: Sequence[Mapping[str, Any]]) -> date | None:
    done = [day(action, "done_on") for action in actions]
    known = [on for on in done if on is not None]
    return max(known) if known and len(known) == len(done) else None


def claims_without_alarm(
    system: System, complaints: Complaints, seen: Surveillance
) -> Iterator[tuple[Entry, int, str, str]]:
    """Alarms that a record names by one of our rules in a period we judged, and that no longer come out: restated."""
    known = defaultdict(list)
    for alarm in seen.alarms:
        known[alarm.stream, alarm.rule].append(alarm.period)
    ids = {alarm.id for alarm in seen.alarms}
    repeats = {case for alarm in seen.alarms if alarm.way == "repeat" for case in alarm.cases}
    for entry in system.of("alert"):
        if child(entry.value, "withdrawn"):
            continue
        period = word(entry.value, "period") or ""
        for index, row in enumerate(rows(entry.value, "alarms")):
            stream, rule = word(row, "stream") or "", word(row, "rule") or ""
            joined = rule == "repeats" and repeats & set(words(entry.value, "complaints"))
            mine = rule in _rules_of(complaints, entry)
            there = any(within(period, one) for one in known.get((stream, rule), ()))
            if mine and not joined and not there and word(row, "alarm_id") not in ids:
                yield entry, index, stream, rule


def _rules_of(complaints: Complaints, entry: Entry) -> set[str]:
    """The rules in force when the record was made."""
    on = day(entry.value, "detected_on")
    version = complaints.criteria.at("alert-rules", on) if on else {}
    named = [*rows(version, "rules"), *rows(version, "statistical")]
    return {str(rule.get("id")) for rule in named} | ({"repeats"} if version else set())


def false_share(answers: Answers, period: Period) -> tuple[int, int]:
    """False alarms and judged alarms among the records begun in the twelve months up to a period's end."""
    since = period.shifted(-PER_YEAR[period.unit]).end
    judged = [r for r in answers.responses if r.triage and r.begun_on and since < r.begun_on <= period.end]
    return sum(response.triage == "false-alarm" for response in judged), len(judged)
