"""Which criteria held on a day: a case is judged by what was in force when it was received (corrections 6).

Criteria keep their earlier versions with `effective_from_on`, so a limit that is relaxed today cures no breach
of last year, and one that is tightened makes none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from math import ceil
from typing import Any, Literal, NamedTuple

from ..model import System
from .moments import child, day, rows, word, words

Unit = Literal["hours", "working-days", "calendar-days"]
UNITS: Mapping[str, Unit] = {
    "hours": "hours", "working-days": "working-days", "working_days": "working-days",
    "calendar-days": "calendar-days", "calendar_days": "calendar-days",
}  # fmt: skip
SEVERITIES = ("S1", "S2", "S3", "S4")
VERSIONED = (
    "time-limits", "urgent-criteria", "assessment-criteria", "investigation-criteria", "definitions", "alert-rules",
)  # fmt: skip
NOTHING: Mapping[str, Any] = {}
END_EVENTS = {
    "acknowledged": "acknowledgement", "first_answer": "first-answer", "result": "result", "redress_paid": "redress",
}  # fmt: skip
"""End events of obligations and the clocks they belong to; what is reported to an authority has no clock here."""
NO_CONSUMERS = frozenset({"organization", "authority"})
LEGAL_STARTS = {"received", "demand_made", "notice_received", "ticket_received", "accepted", "incident_known"}
"""Start events of an obligation that a complaint record knows; goods returned, for one, it does not."""


class Limit(NamedTuple):
    """So many hours or days; `rolls` when a last day that is a day off moves on (not in public law)."""

    value: float
    unit: Unit
    start: str = "received"
    rolls: bool = True

    @staticmethod
    def read(row: Mapping[str, Any]) -> Limit | None:
        """A limit as a row of the criteria writes it; None when it has no number or no unit."""
        value, unit = row.get("value"), UNITS.get(str(row.get("unit")))
        if unit is None or isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return Limit(float(value), unit, str(row.get("from", "received")))

    @property
    def days(self) -> int:
        return ceil(self.value)

    @property
    def hours(self) -> float:
        """For comparing limits of different units only: a working day is a week's fifth."""
        return self.value if self.unit == "hours" else self.value * 24 * (1.4 if self.unit == "working-days" else 1)


@dataclass(frozen=True, slots=True)
class LegalLimit:
    """The limit of an obligation in the register: between which events, for which channels, from when on.

    `consumers_only`: consumer law says nothing of a company's or an authority's complaint (消法 2).
    """

    id: str
    limit: Limit
    end: str
    channels: frozenset[str]
    from_on: date | None
    to_on: date | None
    consumers_only: bool = False

    def holds(self, on: date, channel: str | None, category: str | None = None) -> bool:
        known = (self.from_on is None or self.from_on <= on) and (self.to_on is None or on <= self.to_on)
        bound = not self.consumers_only or category not in NO_CONSUMERS
        return known and bound and (not self.channels or channel in self.channels)


@dataclass(frozen=True, slots=True, eq=False)
class Criteria:
    """All versions of all criteria. `legal`: the limits of obligations that bind the organisation."""

    versions: Mapping[str, tuple[tuple[date, date, Mapping[str, Any]], ...]]
    legal: tuple[LegalLimit, ...]
    in_force: dict[tuple[str, date], Mapping[str, Any]] = field(default_factory=dict)
    """Memory only: versions by kind and day."""
    own: dict[tuple[int, str, str | None], Limit | None] = field(default_factory=dict)
    """Memory only: own limits by version, event and severity."""
    terms: dict[tuple[str, str, date], float | None] = field(default_factory=dict)
    """Memory only: thresholds by term, key and day."""
    by_law: dict[tuple[str, str | None, str | None, date], tuple[LegalLimit, ...]] = field(default_factory=dict)
    """Memory only: legal limits by end event, channel and day."""

    def at(self, kind: str, on: date) -> Mapping[str, Any]:
        """The version of a kind of criteria in force on a day; nothing before the first one."""
        key = (kind, on)
        known = self.in_force.get(key)
        if known is None:
            known = self.in_force[key] = self._found(kind, on)
        return known

    def _found(self, kind: str, on: date) -> Mapping[str, Any]:
        found = (version for since, until, version in reversed(self.versions.get(kind, ())) if since <= on <= until)
        return next(found, NOTHING)

    def limit(self, event: str, severity: str | None, on: date) -> Limit | None:
        """The organisation's own limit; of an unknown severity the longest, so that nobody is accused too early."""
        version = self.at("time-limits", on)
        key = (id(version), event, severity)
        if key not in self.own:
            self.own[key] = _limit(version, event, severity)
        return self.own[key]

    def legal_limits(self, end: str, channel: str | None, category: str | None, on: date) -> tuple[LegalLimit, ...]:
        """The limits of obligations that end with this event and hold for this channel and complainant on a day."""
        key = (end, channel, category, on)
        known = self.by_law.get(key)
        if known is None:
            known = tuple(one for one in self.legal if one.end == end and one.holds(on, channel, category))
            self.by_law[key] = known
        return known

    def number(self, on: date, *keys: str, otherwise: float) -> float:
        """A number of the time limits, such as the attempts before somebody counts as unreachable."""
        found = child(self.at("time-limits", on), *keys)
        return found if isinstance(found, int | float) and not isinstance(found, bool) else otherwise

    def threshold(self, term: str, key: str, on: date) -> float | None:
        """A threshold of a defined term (corrections 12); None when the organisation has set none."""
        asked = (term, key, on)
        if asked not in self.terms:
            self.terms[asked] = _threshold(self.at("definitions", on), term, key)
        return self.terms[asked]


def _threshold(version: Mapping[str, Any], term: str, key: str) -> float | None:
    for row in rows(version, "terms"):
        if row.get("term") == term:
            for threshold in rows(row, "thresholds"):
                value = threshold.get("value")
                if threshold.get("key") == key and isinstance(value, int | float):
                    return float(value)
    return None


def _limit(version: Mapping[str, Any], event: str, severity: str | None) -> Limit | None:
    found: list[Limit] = []
    for row in rows(version, "limits"):
        limit = Limit.read(row) if row.get("event") == event else None
        if limit is None:
            continue
        if severity is not None and row.get("severity") == severity:
            return limit
        if row.get("severity") == "all" or severity is None:
            found.append(limit)
    return max(found, key=lambda limit: limit.hours, default=None)


def criteria_of(system: System) -> Criteria:
    versions: dict[str, tuple[tuple[date, date, Mapping[str, Any]], ...]] = {}
    for kind in VERSIONED:
        found = [row for entry in system.of(kind) for row in _versions(rows(entry.value, "versions"))]
        versions[kind] = tuple(sorted(found, key=lambda row: row[0]))
    return Criteria(versions, tuple(_legal(system)))


def _versions(listed: Iterable[dict[str, Any]]) -> Iterable[tuple[date, date, Mapping[str, Any]]]:
    for version in listed:
        since = day(version, "effective_from_on")
        if since is not None:
            yield since, day(version, "effective_to_on") or date.max, version


def _legal(system: System) -> Iterable[LegalLimit]:
    """Limits that bind the authority or a platform are no limits of ours (the trap of requirements 7)."""
    for entry in system.of("obligations"):
        for row in rows(entry.value, "items"):
            limit = child(row, "limit")
            value, unit = child(limit, "value"), UNITS.get(str(child(limit, "unit")))
            usable = isinstance(value, int | float) and unit is not None and row.get("addressee") == "organisation"
            start, end = word(limit, "start_event"), word(limit, "end_event")
            if usable and unit is not None and start in LEGAL_STARTS and end is not None:
                yield LegalLimit(
                    str(row.get("id")), Limit(float(value), unit, start, child(limit, "public_law") is not True), end,
                    frozenset(words(limit, "channels")), day(row, "effective_on"), day(row, "repealed_on"),
                    row.get("applies_to") == "consumers",
                )  # fmt: skip
