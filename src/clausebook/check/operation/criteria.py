"""8.1 a, b and 8.2 to 8.4: criteria that can be applied: one version a day, limits for all, scales that hold.

Cases are judged by the version of their day (corrections 6); what is wrong in the criteria themselves is said here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from ...measure import Measured
from ...measure.criteria import SEVERITIES, VERSIONED, Limit
from ...measure.moments import child, day, rows
from ...model import Entry, Pointer, System
from ...problems import Fact, Problem, Rule
from ..reporting import found, joined, label

CRITERIA_OVERLAP = Rule("criteria-versions-overlap", "contradiction", "own")
CRITERIA_GAP = Rule("criteria-not-in-force", "contradiction", "own")
CRITERIA_TOO_EARLY = Rule("criteria-before-effective", "contradiction", "own")
LIMIT_MISSING = Rule("limit-missing-for-severity", "contradiction", "explicit")
LIMITS_OUT_OF_ORDER = Rule("limits-out-of-order", "contradiction", "own")
GRAVER_LIMIT_LONGER = Rule("graver-limit-longer", "contradiction", "implied")
CRITERION_LEFT_OUT = Rule("criterion-left-out", "contradiction", "explicit")
SCALE_VALUE_TWICE = Rule("scale-value-twice", "contradiction", "own")
RATING_OFF_SCALE = Rule("rating-off-scale", "contradiction", "own")
RULES = (
    CRITERIA_OVERLAP, CRITERIA_GAP, CRITERIA_TOO_EARLY, LIMIT_MISSING, LIMITS_OUT_OF_ORDER, GRAVER_LIMIT_LONGER,
    CRITERION_LEFT_OUT, SCALE_VALUE_TWICE, RATING_OFF_SCALE,
)  # fmt: skip
READS = frozenset({*VERSIONED, "complaint", "organization"})

SERVES: Mapping[str, str] = {
    "time-limits": "8.1.b.1", "definitions": "8.1.b.2", "urgent-criteria": "8.2.b", "assessment-criteria": "8.3.ia",
    "investigation-criteria": "8.3.depth", "alert-rules": "8.4.mech",
}  # fmt: skip
ASKED_LIMITS = (("acknowledgement",), ("investigation",), ("response", "result"))
"""Events that need a limit, one of a group (corrections 28); the fast lane is asked for by 8.2 b."""
IN_TURN = ("acknowledgement", "assessment", "response", "result")
"""Steps whose limits, from receipt, cannot end the other way round."""
MILDER = dict(pairwise(SEVERITIES))
CRITERIA: Mapping[str, str] = {
    "nature": "8.3.crit.a", "safety": "8.3.crit.b", "complexity": "8.3.crit.c", "impact": "8.3.crit.d",
    "immediate": "8.3.crit.e",
}  # fmt: skip
RATED = ("nature", "safety", "complexity", "impact")
"""Criteria whose rating in a case is a value of the scale; whether to act at once is written as yes and no."""
Version = tuple[date, date | None, int, Mapping[str, Any]]


def check(system: System, measured: Measured) -> Iterator[Problem]:
    for entry in system.of(*VERSIONED):
        versions = _versions(entry)
        yield from _in_time(entry, versions, system.as_of)
        now = next((one for one in reversed(versions) if one[0] <= system.as_of <= (one[1] or date.max)), None)
        if now is not None and entry.kind.name == "time-limits":
            yield from _limits(entry, ("versions", now[2]), now[3])
        if now is not None and entry.kind.name == "assessment-criteria":
            yield from _five(entry, ("versions", now[2]), now[3])
        if entry.kind.name == "assessment-criteria":
            yield from _scales(entry, versions, measured)


def _versions(entry: Entry) -> list[Version]:
    listed = [
        (since, day(row, "effective_to_on"), index, row)
        for index, row in enumerate(rows(entry.value, "versions")) if (since := day(row, "effective_from_on"))
    ]  # fmt: skip
    return sorted(listed, key=lambda one: one[0])


def _in_time(entry: Entry, versions: list[Version], as_of: date) -> Iterator[Problem]:
    """One version a day from the first on; a version that names no end ends with the next one."""
    asked = (SERVES[entry.kind.name],)
    for (since, until, index, _), (following, _, after, _) in pairwise(versions):
        at: Pointer = ("versions", after, "effective_from_on")
        if following == since or (until is not None and until >= following):
            yield found(CRITERIA_OVERLAP, entry, at, asked, facts={"date": following.isoformat()})
        elif until is not None and until + timedelta(days=1) < following:
            facts = {"since": until.isoformat(), "until": following.isoformat()}
            yield found(CRITERIA_GAP, entry, ("versions", index, "effective_to_on"), asked, facts=facts)
    if versions and (end := versions[-1][1]) is not None and end < as_of:
        facts = {"since": end.isoformat(), "until": "—"}
        yield found(CRITERIA_GAP, entry, ("versions", versions[-1][2], "effective_to_on"), asked, facts=facts)
    published = day(entry.value, "effective_on")
    for since, _, index, row in versions:
        same = row.get("version") == entry.value.get("version")
        if same and published is not None and since < published:
            facts = {"since": since.isoformat(), "effective": published.isoformat()}
            at = ("versions", index, "effective_from_on")
            yield found(CRITERIA_TOO_EARLY, entry, at, (*asked, "7.5.3.ctl3"), facts=facts)


def _limits(entry: Entry, at: Pointer, version: Mapping[str, Any]) -> Iterator[Problem]:
    listed: dict[tuple[str, str], tuple[Limit, Pointer]] = {}
    for index, row in enumerate(rows(version, "limits")):
        limit, event = Limit.read(row), str(row.get("event"))
        for severity in SEVERITIES if row.get("severity") == "all" else (str(row.get("severity")),):
            if limit is not None and (row.get("severity") != "all" or (event, severity) not in listed):
                listed[event, severity] = (limit, (*at, "limits", index, "value"))
    for group in ASKED_LIMITS:
        lacking = [one for one in SEVERITIES if not any((event, one) in listed for event in group)]
        if lacking:
            facts = {"event": _word(entry, "limits", "event", group[-1]), "names": joined(lacking)}
            yield found(LIMIT_MISSING, entry, (*at, "limits"), ("8.1.b.1",), facts=facts)
    yield from _orders(entry, listed)


def _orders(entry: Entry, listed: Mapping[tuple[str, str], tuple[Limit, Pointer]]) -> Iterator[Problem]:
    for severity in SEVERITIES:
        known = [(event, *listed[event, severity]) for event in IN_TURN if (event, severity) in listed]
        same = [(event, limit, at) for event, limit, at in known if limit.start == "received"]
        for (earlier, short, _), (later, long, at) in pairwise(same):
            if short.hours > long.hours:
                first, then = (_word(entry, "limits", "event", event) for event in (earlier, later))
                facts = {"severity": severity, "first": first, "then": then}
                yield found(LIMITS_OUT_OF_ORDER, entry, at, ("8.1.b.1",), facts=facts)
    for (event, severity), (limit, at) in listed.items():
        milder = listed.get((event, MILDER.get(severity, "")))
        if milder is not None and milder[0].start == limit.start and limit.hours > milder[0].hours:
            facts = {"severity": severity, "event": _word(entry, "limits", "event", event)}
            yield found(GRAVER_LIMIT_LONGER, entry, at, ("8.1.b.1",), facts=facts)


def _word(entry: Entry, table: str, field: str, value: str) -> Fact:
    """A value of a row of a version, by its label."""
    return label(entry, ("versions", 0, table, 0, field), value)


def _five(entry: Entry, at: Pointer, version: Mapping[str, Any]) -> Iterator[Problem]:
    """The five criteria of 8.3 in the version in force; an earlier one that had them helps nobody today."""
    named = {str(row.get("criterion")) for row in rows(version, "criteria")}
    for criterion, requirement in CRITERIA.items():
        if criterion not in named:
            name = _word(entry, "criteria", "criterion", criterion)
            yield found(CRITERION_LEFT_OUT, entry, (*at, "criteria"), (requirement,), criterion=name)


def _scales(entry: Entry, versions: list[Version], measured: Measured) -> Iterator[Problem]:
    """Each step once, and every rating that a case of that version carries is a step."""
    for number, (since, until, index, version) in enumerate(versions):
        following = versions[number + 1][0] if number + 1 < len(versions) else date.max
        cases = [
            case for case in measured.cases
            if case.judged and since <= case.received.on <= (until or date.max) and case.received.on < following
        ]  # fmt: skip
        for place, row in enumerate(rows(version, "criteria")):
            criterion, at = str(row.get("criterion")), ("versions", index, "criteria", place, "scale")
            values = [str(step.get("value")) for step in rows(row, "scale")]
            twice = sorted({value for value in values if values.count(value) > 1})
            asked = (CRITERIA.get(criterion, "8.3.ia"),)
            if twice:
                facts = {"criterion": _word(entry, "criteria", "criterion", criterion), "value": twice[0]}
                yield found(SCALE_VALUE_TWICE, entry, at, asked, facts=facts)
            off = [
                (case.id, str(rating)) for case in cases if criterion in RATED
                if (rating := child(case.value, "assessment", criterion)) is not None and str(rating) not in values
            ]  # fmt: skip
            if off:
                told: dict[str, Fact] = {"first": off[0][0], "value": off[0][1], "count": len(off)}
                told["criterion"] = _word(entry, "criteria", "criterion", criterion)
                yield found(RATING_OFF_SCALE, entry, at, asked, facts=told)
