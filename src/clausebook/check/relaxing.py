"""6.3 and 8.1: what a case is measured by is not made easier without saying so, nor for the past (corrections 6)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from ..measure import Measured
from ..measure.moments import day, rows, word
from ..model import Entry, Pointer, System
from ..problems import Problem, Rule
from .reporting import found

LIMIT_RELAXED_SILENTLY = Rule("limit-relaxed-silently", "contradiction", "own")
TARGET_LOWERED_SILENTLY = Rule("target-lowered-silently", "contradiction", "own")
CRITERIA_BACKDATED = Rule("criteria-backdated", "contradiction", "own")
RULES = (LIMIT_RELAXED_SILENTLY, TARGET_LOWERED_SILENTLY, CRITERIA_BACKDATED)
READS = frozenset({"time-limits", "monitoring-plan", "change"})

KINDS = (
    "time-limits", "urgent-criteria", "assessment-criteria", "investigation-criteria", "definitions", "alert-rules",
)  # fmt: skip
EASIER = {">=": -1, ">": -1, "<=": 1, "<": 1}
Key = tuple[str, str, str, str]


def check(system: System, measured: Measured) -> Iterator[Problem]:
    for entry in system.of("time-limits"):
        yield from _limits(entry)
    for entry in system.of("monitoring-plan"):
        yield from _targets(entry)
    for entry in system.of(*KINDS):
        yield from _backdated(entry)


def _limits(entry: Entry) -> Iterator[Problem]:
    """A later version that gives more time for the same step names the change that allowed it."""
    dated = [(day(row, "effective_from_on"), index, row) for index, row in enumerate(rows(entry.value, "versions"))]
    versions = sorted(((on, index, row) for on, index, row in dated if on), key=lambda one: (one[0], one[1]))
    for (_, _, before), (_, index, row) in pairwise(versions):
        if word(row, "change_id"):
            continue
        earlier = {_key(limit): _number(limit.get("value")) for limit in rows(before, "limits")}
        for number, limit in enumerate(rows(row, "limits")):
            was, now = earlier.get(_key(limit)), _number(limit.get("value"))
            if was is not None and now is not None and now > was:
                at: Pointer = ("versions", index, "limits", number, "value")
                facts = {"event": word(limit, "event") or "", "severity": word(limit, "severity") or ""}
                facts |= {"was": f"{was:g}", "now": f"{now:g}"}
                yield found(LIMIT_RELAXED_SILENTLY, entry, at, ("8.1.b.1",), facts=facts)


def _key(limit: dict[str, Any]) -> Key:
    event, severity, unit, start = (str(limit.get(name, "")) for name in ("event", "severity", "unit", "from"))
    return event, severity, unit, start


def _targets(entry: Entry) -> Iterator[Problem]:
    for place, item in enumerate(rows(entry.value, "items")):
        dated = [(day(row, "from_on"), index, row) for index, row in enumerate(rows(item, "targets"))]
        in_order = sorted(((on, index, row) for on, index, row in dated if on), key=lambda one: (one[0], one[1]))
        for (_, _, before), (_, index, row) in pairwise(in_order):
            was, now, way = _number(before.get("value")), _number(row.get("value")), _way(row)
            same = before.get("part") == row.get("part") and before.get("comparator") == row.get("comparator")
            told = word(row, "change_id") is not None
            if same and not told and was is not None and now is not None and (now - was) * way > 0:
                at: Pointer = ("items", place, "targets", index, "value")
                facts = {"kpi": str(item.get("kpi")), "was": f"{was:g}", "now": f"{now:g}"}
                yield found(TARGET_LOWERED_SILENTLY, entry, at, ("9.1.a",), facts=facts)


def _backdated(entry: Entry) -> Iterator[Problem]:
    """A version judges cases from the day it took effect, not from before it was written."""
    written = {str(row.get("version")): day(row, "on") for row in rows(entry.value, "history")}
    for index, row in enumerate(rows(entry.value, "versions")):
        valid, on = day(row, "effective_from_on"), written.get(str(row.get("version")))
        if valid is not None and on is not None and valid < on:
            facts = {"version": str(row.get("version")), "valid": valid.isoformat(), "on": on.isoformat()}
            at: Pointer = ("versions", index, "effective_from_on")
            yield found(CRITERIA_BACKDATED, entry, at, ("8.1.b.1",), facts=facts)


def _way(row: dict[str, Any]) -> int:
    """Which way a target of this kind becomes easier; 0 for one that is exact."""
    return EASIER.get(str(row.get("comparator")), 0)


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
