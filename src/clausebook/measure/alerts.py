"""Early warning (8.4): the organisation's own plain rule first, repeats, single events, statistics on top.

A period is judged by the version of the rules in force at its end, so a rule that is relaxed today takes back no
alarm and a new one makes none. Only ended periods ask for an answer; what the running period has reached already is
shown as running. The plain rule works from the first month: with fewer earlier periods than it asks for it uses
those there are and says so (corrections 29).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from functools import partial
from math import ceil, isfinite
from typing import Any

from ..model import System
from .alarm_statistics import statistical_alarms
from .alarm_values import (
    Alarm,
    BudgetLine,
    Event,
    Note,
    Surveillance,
    sentence_of,
    unit_of,
    version_of,
)
from .baselines import Watchers, allowed_per_year, budget_of
from .cases import Case, Complaints
from .chances import poisson_tail
from .criteria import Criteria
from .moments import child, day, rows, word, words
from .periods import PER_YEAR, Period, period_of
from .streams import Exposures, Ledger, Stream, is_repeat, ledger_of
from .surges import surge_silence, surges, surges_in_history

KIND = "alert-rules"
REPEATS = "repeats"
UNKNOWN = "unknown"
LOOKBACK, LONGEST = 6, 120
OWN_TRIGGERS = {
    "media": ("media_attention",),
    "regulator-order": ("regulator-order", "regulator-deadline"),
    "data-leak": ("data-leak",),
    "collective": ("collective",),
}
"""Trigger of the rules → triggers of the urgent criteria that mean it."""
Triggered = tuple[Case, str, str, Mapping[str, Any]]
"""A case, what it triggers, where that is handled, and the version of the rules that says so."""


def surveillance_of(system: System, complaints: Complaints) -> Surveillance:
    """Every alarm up to the date that rules, in order of period and stream."""
    criteria = complaints.criteria
    ledger = ledger_of(system, complaints.cases)
    versions = tuple(version for _, _, version in criteria.versions.get(KIND, ()))
    watchers = Watchers(ledger, Exposures(system), versions)
    begin, triggered = _begin(ledger, criteria), list(_triggered(ledger, criteria))
    found = [*_repeats(ledger, criteria), *_singles_as_alarms(triggered), *_windows(ledger, criteria)]
    found += [*surges(watchers, begin), *surges_in_history(ledger, begin)]
    now = criteria.at(KIND, system.as_of)
    silent = list(surge_silence(watchers, now))
    for period, version in _judged(ledger, criteria):
        found += _plain(ledger, period, version)
        alarms, unsaid = statistical_alarms(watchers, period, version)
        found += alarms
        silent += unsaid if period == period_of(ledger.as_of, period.unit).shifted(-1) else []
    explained = map(partial(_with_peaks, _peaks(system)), found)
    return Surveillance(
        tuple(sorted(explained, key=lambda alarm: (alarm.period.start, alarm.stream, alarm.rule))),
        tuple(_events(triggered)),
        tuple(silent),
        (*_plain_budget(ledger, now), *budget_of(watchers, now)),
        allowed_per_year(now) if rows(now, "statistical") else None,
        version_of(now) if now else None,
    )


def _peaks(system: System) -> Sequence[tuple[str, date, date]]:
    """Known peaks of the working calendars: 春节, 618, 双11 …"""
    return [
        (word(peak, "name") or "", since, until)
        for entry in system.of("calendar") for peak in rows(entry.value, "peaks")
        if (since := day(peak, "from_on")) and (until := day(peak, "to_on"))
    ]  # fmt: skip


def _with_peaks(peaks: Sequence[tuple[str, date, date]], alarm: Alarm) -> Alarm:
    """A known peak may explain an alarm and never takes it away (requirements 5.3)."""
    if alarm.way not in ("plain", "statistical"):
        return alarm
    names = [name for name, since, until in peaks if since <= alarm.period.end and alarm.period.start <= until]
    return replace(alarm, notes=(*alarm.notes, *(Note("known-peak", {"name": name}) for name in names)))


def _judged(ledger: Ledger, criteria: Criteria) -> Iterator[tuple[Period, Mapping[str, Any]]]:
    """Every observed period since the rules began, each with its version; the running one comes last."""
    versions = criteria.versions.get(KIND, ())
    if not versions:
        return
    at = max(filter(None, (versions[0][0], ledger.start)))
    while at <= ledger.as_of:
        version = criteria.at(KIND, at)
        period = period_of(at, unit_of(version))
        in_force = criteria.at(KIND, min(period.end, ledger.as_of))
        if in_force and unit_of(in_force) == period.unit:
            if ledger.observed(period) or not ledger.ended(period):
                yield period, in_force
            if period.next_start <= at:  # the last month there is
                return
            at = period.next_start
        else:  # the rules changed their period, or there is a hole between two versions
            at += timedelta(days=1) if not in_force else (_change(criteria, at, period.end) - at)


def _change(criteria: Criteria, since: date, until: date) -> date:
    """The first day after `since` on which another version holds."""
    later = [row[0] for row in criteria.versions.get(KIND, ()) if since < row[0] <= until]
    return min(later, default=until + timedelta(days=1))


def _plain(ledger: Ledger, period: Period, version: Mapping[str, Any]) -> Iterator[Alarm]:
    """At least so many cases, and so much more than the mean of the earlier periods."""
    asked = lookback(version)
    earlier = earlier_periods(ledger, period, asked)
    for rule in rows(version, "rules"):
        if "window_calendar_days" in rule:
            continue
        for stream in ledger.streams(str(rule.get("dimension")), words(rule, "values")):
            cases = stream.within(period)
            if not cases:
                continue
            mean = Fraction(sum(map(stream.count, earlier)), len(earlier)) if earlier else None
            limit = plain_limit(rule, mean)
            if len(cases) < limit:
                continue
            notes = () if len(earlier) == asked else (Note("few-periods", {"used": len(earlier), "asked": asked}),)
            running = not ledger.ended(period)
            yield Alarm(
                stream.name, period, str(rule.get("id")), version_of(version), "plain", len(cases), limit,
                None if mean is None else float(mean), len(earlier), None,
                cases[limit - 1].received.on if running else period.next_start, running,
                tuple(case.id for case in cases), sentence_of(rule), notes,
            )  # fmt: skip


def lookback(version: Mapping[str, Any]) -> int:
    asked = version.get("lookback_periods")
    return min(asked, LONGEST) if isinstance(asked, int) else LOOKBACK


def earlier_periods(ledger: Ledger, period: Period, asked: int) -> list[Period]:
    """The observed ones of so many periods before this one."""
    return [period.shifted(-n) for n in range(1, asked + 1) if ledger.observed(period.shifted(-n))]


def plain_limit(rule: Mapping[str, Any], mean: Fraction | None) -> int:
    """The count at which the rule speaks: its minimum, or the mean of the earlier periods and the percentage on it."""
    least = rule.get("min_cases")
    limit = max(least, 1) if isinstance(least, int) else 1
    percent = rule.get("percent_above")
    if mean is None or not isinstance(percent, int | float) or not isfinite(percent):
        return limit
    return max(limit, ceil(mean * (100 + Fraction(str(percent))) / 100))


def _windows(ledger: Ledger, criteria: Criteria) -> Iterator[Alarm]:
    """So many within a rolling window; a cluster alarms once, on the day that it is reached."""
    since = _begin(ledger, criteria)
    rules = [rule for _, _, version in criteria.versions.get(KIND, ()) for rule in rows(version, "rules")]
    for dimension in sorted({str(rule.get("dimension")) for rule in rules if "window_calendar_days" in rule}):
        for stream in ledger.streams(dimension):
            open_rules: set[str] = set()
            for at, case in enumerate(stream.cases):
                version = criteria.at(KIND, case.received.on) if since and case.received.on >= since else {}
                yield from _reached(ledger, stream, at, version, open_rules)


def _reached(
    ledger: Ledger, stream: Stream, at: int, version: Mapping[str, Any], open_rules: set[str]
) -> Iterator[Alarm]:
    on = stream.days[at]
    for rule in rows(version, "rules"):
        days, least, name = rule.get("window_calendar_days"), rule.get("min_cases"), str(rule.get("id"))
        only = words(rule, "values")
        fits = rule.get("dimension") == stream.dimension and (not only or stream.value in only)
        if not fits or not isinstance(days, int) or not isinstance(least, int):
            continue
        cases = stream.last_days(at, days)
        if len(cases) < least:
            open_rules.discard(name)
        elif name not in open_rules:
            open_rules.add(name)
            yield Alarm(
                stream.name, period_of(on, unit_of(version)), name, version_of(version), "window", len(cases), least,
                None, 0, None, on, False, tuple(case.id for case in cases), sentence_of(rule),
            )  # fmt: skip


def _begin(ledger: Ledger, criteria: Criteria) -> date | None:
    versions = criteria.versions.get(KIND, ())
    return max(filter(None, (versions[0][0], ledger.start))) if versions else None


def _repeats(ledger: Ledger, criteria: Criteria) -> Iterator[Alarm]:
    """Every repeat by the same person opens or joins a warning; those of a cause and period are one (corrections 4)."""
    grouped: dict[tuple[str, Period], list[Case]] = {}
    versions: dict[tuple[str, Period], Mapping[str, Any]] = {}
    for case in ledger.cases:
        version = criteria.at(KIND, case.received.on)
        if not version or not case.judged or not is_repeat(case):
            continue
        key = (_repeat_stream(ledger, case, version), period_of(case.received.on, unit_of(version)))
        grouped.setdefault(key, []).append(case)
        versions.setdefault(key, version)
    for (stream, period), cases in grouped.items():
        version = versions[stream, period]
        yield Alarm(
            stream, period, REPEATS, version_of(version), "repeat", len(cases), 0, None, 0, None,
            min(_recognised(case) for case in cases), False, tuple(case.id for case in cases),
            sentence_of(child(version, "repeats") or {}),
        )  # fmt: skip


def _repeat_stream(ledger: Ledger, case: Case, version: Mapping[str, Any]) -> str:
    by = words(version, "repeats", "group_by") or ["cause", "period"]
    parts = [ledger.value(case, dimension) or UNKNOWN for dimension in ("cause", "line") if dimension in by]
    return ":".join(["repeat", *parts])


def _recognised(case: Case) -> date:
    """A repeat shows at receipt; one of the same cause only once the cause is known."""
    known = day(case.value, "cause", "on")
    late = known is not None and bool(case.repeats.r1) and not case.repeats.r2
    return max(case.received.on, known) if late and known else case.received.on


def _triggered(ledger: Ledger, criteria: Criteria) -> Iterator[Triggered]:
    for case in ledger.cases:
        version = criteria.at(KIND, case.received.on) if case.judged else {}
        for row in rows(version, "single_triggers"):
            trigger = str(row.get("trigger"))
            if _fires(case, trigger):
                yield case, trigger, str(row.get("handled_in")), version


def _fires(case: Case, trigger: str) -> bool:
    if trigger == "severity-s1":
        return case.severity == "S1"
    named = any(name in case.triggers for name in OWN_TRIGGERS.get(trigger, ()))
    return named or (trigger == "collective" and bool(child(case.value, "collective")))


def _singles_as_alarms(triggered: Sequence[Triggered]) -> Iterator[Alarm]:
    for case, trigger, where, version in triggered:
        if where == "alert":
            yield Alarm(
                f"single:{trigger}:{case.id}", period_of(case.received.on, unit_of(version)), trigger,
                version_of(version), "single", 1, 0, None, 0, None, case.received.on, False, (case.id,), {},
            )  # fmt: skip


def _events(triggered: Sequence[Triggered]) -> Iterator[Event]:
    """Single events that are answered in their case (by the fast lane) or in a crisis record."""
    for case, trigger, where, _ in triggered:
        if where == "case":
            yield Event(trigger, where, case.id, case.received.on, word(case.value, "fast_lane", "activated_at"))
        elif where == "crisis":
            crisis = word(case.value, "links", "crisis") or word(case.value, "collective", "event")
            yield Event(trigger, where, case.id, case.received.on, crisis)


def _plain_budget(ledger: Ledger, version: Mapping[str, Any]) -> Iterator[BudgetLine]:
    """What the plain rules would raise in a year without any change, at the mean of the last periods."""
    unit = unit_of(version)
    earlier = earlier_periods(ledger, period_of(ledger.as_of, unit), lookback(version))
    for rule in rows(version, "rules"):
        if "window_calendar_days" in rule or not earlier:
            continue
        streams = ledger.streams(str(rule.get("dimension")), words(rule, "values"))
        per_year = 0.0
        for stream in streams:
            mean = Fraction(sum(map(stream.count, earlier)), len(earlier))
            per_year += PER_YEAR[unit] * poisson_tail(plain_limit(rule, mean), float(mean))
        yield BudgetLine(str(rule.get("id")), len(streams), None, per_year)
