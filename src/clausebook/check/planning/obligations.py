"""6.1 The register of obligations: current editions, looked at again, never undercut by an own limit (8.1 b)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from ...measure import Measured
from ...measure.criteria import END_EVENTS, Criteria, Limit
from ...measure.moments import day, rows, shifted, word
from ...measure.rhythm import months_after
from ...model import Entry, Pointer, System
from ...problems import Problem, Rule
from ..reporting import found

OBLIGATION_REPEALED = Rule("obligation-repealed-but-active", "contradiction", "explicit")
OBLIGATION_DATES = Rule("obligation-dates-contradict", "contradiction", "explicit")
OBLIGATION_UNCHECKED = Rule("obligation-check-overdue", "due", "implied")
OBLIGATION_UNVERIFIED = Rule("obligation-long-unverified", "due", "implied")
CANDIDATE_OVERDUE = Rule("obligation-candidate-overdue", "due", "own")
LIMIT_LAXER_THAN_LAW = Rule("limit-laxer-than-obligation", "contradiction", "explicit")
RULES = (
    OBLIGATION_REPEALED, OBLIGATION_DATES, OBLIGATION_UNCHECKED, OBLIGATION_UNVERIFIED,
    CANDIDATE_OVERDUE, LIMIT_LAXER_THAN_LAW,
)  # fmt: skip
READS = frozenset({"obligations", "time-limits"})

YEAR, VERIFY_WITHIN = 12, 90
FROM_THE_COMPLAINT = ("received", "demand_made")
Row = dict[str, Any]


def check(system: System, measured: Measured) -> Iterator[Problem]:
    for entry in system.of("obligations"):
        for index, row in enumerate(rows(entry.value, "items")):
            at: Pointer = ("items", index)
            yield from _validity(system, entry, at, row)
            yield from _attention(system, entry, at, row)
    yield from _limits(system, measured.complaints.criteria)


def _validity(system: System, entry: Entry, at: Pointer, row: Row) -> Iterator[Problem]:
    issued, effective, repealed = (day(row, key) for key in ("issued_on", "effective_on", "repealed_on"))
    if row.get("status") == "active" and repealed is not None and repealed <= system.as_of:
        facts = {"repealed": repealed.isoformat()}
        yield found(OBLIGATION_REPEALED, entry, (*at, "status"), ("6.1.reg",), facts=facts)
    order = [on for on in (issued, effective, repealed) if on is not None]
    if order != sorted(order):
        yield found(OBLIGATION_DATES, entry, (*at, "effective_on"), ("6.1.reg",))


def _attention(system: System, entry: Entry, at: Pointer, row: Row) -> Iterator[Problem]:
    """Followed up (6.1): we ask once a year, and that what nobody could verify does not stay so."""
    checked = day(row, "last_checked_on")
    if row.get("status") == "repealed" or checked is None:
        return
    latest = max([checked, *(on for line in rows(row, "checks") if (on := day(line, "on")) is not None)])
    if months_after(latest, YEAR) < system.as_of:
        facts = {"checked": latest.isoformat()}
        yield found(OBLIGATION_UNCHECKED, entry, (*at, "last_checked_on"), ("6.1.reg",), facts=facts)
    elif row.get("verification") == "unverified" and shifted(checked, VERIFY_WITHIN) < system.as_of:
        facts = {"checked": checked.isoformat()}
        yield found(OBLIGATION_UNVERIFIED, entry, (*at, "verification"), ("6.1.reg",), facts=facts)
    due = day(row, "due_on")
    if row.get("status") == "candidate" and due is not None and due < system.as_of:
        yield found(CANDIDATE_OVERDUE, entry, (*at, "due_on"), ("6.1.reg",), facts={"due": due.isoformat()})


def _limits(system: System, criteria: Criteria) -> Iterator[Problem]:
    """An own limit of the version in force against every law with the same end that binds all channels."""
    for entry in system.of("time-limits"):
        for number, version in enumerate(rows(entry.value, "versions")):
            since, until = day(version, "effective_from_on"), day(version, "effective_to_on")
            if since is None or (until is not None and until < system.as_of):
                continue
            for index, row in enumerate(rows(version, "limits")):
                at = ("versions", number, "limits", index)
                yield from _laxer(system, criteria, entry, at, row, max(since, system.as_of))


def _laxer(system: System, criteria: Criteria, entry: Entry, at: Pointer, row: Row, on: date) -> Iterator[Problem]:
    own = Limit.read(row)
    for legal in criteria.legal:
        same = END_EVENTS.get(legal.end) == row.get("event") and legal.limit.start in FROM_THE_COMPLAINT
        if own is not None and same and not legal.channels and legal.holds(on, None) and own.hours > legal.limit.hours:
            facts = {"event": word(row, "event") or "", "severity": word(row, "severity") or "", "obligation": legal.id}
            yield found(LIMIT_LAXER_THAN_LAW, entry, (*at, "value"), ("8.1.b.1", "6.2.c"), facts=facts)
