"""6.2 Objectives: measured, told, planned to the end, judged when their time is over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from ...measure import Measured
from ...measure.actions import cancelled
from ...measure.criteria import END_EVENTS
from ...measure.moments import child, day, rows, word, words
from ...measure.rhythm import months_after
from ...model import Entry, Pointer, System
from ...problems import Problem, Rule
from ..reporting import found

OBJECTIVE_UNWATCHED = Rule("objective-unwatched", "contradiction", "explicit")
OBJECTIVE_NOT_TOLD = Rule("objective-not-told", "due", "explicit")
OBJECTIVE_UNJUDGED = Rule("objective-period-over", "due", "explicit")
OBJECTIVE_JUDGED_EARLY = Rule("objective-judged-early", "lapse", "explicit")
OBJECTIVE_MISSED_UNANSWERED = Rule("objective-missed-unanswered", "contradiction", "own")
OBJECTIVE_WITHOUT_SUCCESSOR = Rule("objective-without-successor", "contradiction", "implied")
OBJECTIVE_AGAINST_DIRECTION = Rule("objective-against-direction", "contradiction", "explicit")
OBJECTIVE_LAXER = Rule("objective-laxer-than-obligation", "contradiction", "explicit")
OBJECTIVE_RELAXED = Rule("objective-relaxed-without-change", "contradiction", "own")
PLAN_BEYOND_PERIOD = Rule("plan-beyond-period", "contradiction", "own")
PLAN_DONE_UNJUDGED = Rule("plan-done-unjudged", "contradiction", "explicit")
PLAN_WITHOUT_METHOD = Rule("plan-without-evaluation", "contradiction", "explicit")
PLAN_WITHOUT_RESOURCES = Rule("plan-resources-retired", "contradiction", "own")
RULES = (
    OBJECTIVE_UNWATCHED, OBJECTIVE_NOT_TOLD, OBJECTIVE_UNJUDGED, OBJECTIVE_JUDGED_EARLY, OBJECTIVE_MISSED_UNANSWERED,
    OBJECTIVE_WITHOUT_SUCCESSOR, OBJECTIVE_AGAINST_DIRECTION, OBJECTIVE_LAXER, OBJECTIVE_RELAXED, PLAN_BEYOND_PERIOD,
    PLAN_DONE_UNJUDGED, PLAN_WITHOUT_METHOD, PLAN_WITHOUT_RESOURCES,
)  # fmt: skip
READS = frozenset({"objectives", "monitoring-plan", "kpi", "communication-record", "obligations", "resources"})

JUDGE_WITHIN, TELL_WITHIN = 2, 1
"""Months after an objective's last, and first, day; the standard says only: updated, and communicated."""
BETTER = {"higher": (">=", ">"), "lower": ("<=", "<")}
UNITS = {"days": 1.0, "calendar-days": 1.0, "working-days": 1.4, "hours": 1 / 24}
Row = dict[str, Any]


def check(system: System, measured: Measured) -> Iterator[Problem]:
    watched = {str(row.get("kpi")) for plan in system.of("monitoring-plan") for row in rows(plan.value, "items")}
    kpis = {str(entry.value.get("id")): entry.value for entry in system.of("kpi")}
    told = _told(system)
    for entry in system.of("objectives"):
        for index, row in enumerate(rows(entry.value, "items")):
            at: Pointer = ("items", index)
            yield from _watched(entry, at, row, watched, kpis)
            yield from _communicated(system, entry, at, row, told)
            yield from _over(system, entry, at, row)
            yield from _law(system, entry, at, row, kpis)
            yield from _plan(system, entry, at, row)


def _watched(
    entry: Entry, at: Pointer, row: Row, watched: set[str], kpis: Mapping[str, Mapping[str, Any]]
) -> Iterator[Problem]:
    kpi = word(row, "kpi")
    if kpi is None:
        return
    if kpi not in watched:
        yield found(OBJECTIVE_UNWATCHED, entry, (*at, "kpi"), ("6.2.d",), facts={"kpi": kpi})
    better = BETTER.get(str(child(kpis.get(kpi, {}), "direction")))
    said = word(row, "comparator")
    if better is not None and said is not None and said != "=" and said not in better:
        facts = {"kpi": kpi, "comparator": said}
        yield found(OBJECTIVE_AGAINST_DIRECTION, entry, (*at, "comparator"), ("6.2.b",), facts=facts)


def _told(system: System) -> Mapping[str, list[date]]:
    """Objective → days on which it was communicated."""
    found_on: dict[str, list[date]] = {}
    for record in system.of("communication-record"):
        on = day(record.value, "sent_on")
        for name in words(record.value, "objectives") if on else ():
            found_on.setdefault(name, []).append(on)  # type: ignore[arg-type]
    return found_on


def _communicated(
    system: System, entry: Entry, at: Pointer, row: Row, told: Mapping[str, list[date]]
) -> Iterator[Problem]:
    """A target that changed has to be told again."""
    since = day(row, "target_effective_on") or day(row, "period", "from_on")
    if since is None:
        return
    due = months_after(since, TELL_WITHIN)
    changed = "target_effective_on" in row
    heard = [on for on in told.get(str(row.get("id")), ()) if not changed or on >= months_after(since, -TELL_WITHIN)]
    if not heard and due < system.as_of:
        yield found(OBJECTIVE_NOT_TOLD, entry, at, ("6.2.e",), facts={"due": due.isoformat()})


def _over(system: System, entry: Entry, at: Pointer, row: Row) -> Iterator[Problem]:
    last, evaluated = day(row, "period", "to_on"), day(row, "result", "evaluated_on")
    if last is None:
        return
    due = months_after(last, JUDGE_WITHIN)
    if "result" not in row and due < system.as_of:
        facts = {"last": last.isoformat(), "due": due.isoformat()}
        yield found(OBJECTIVE_UNJUDGED, entry, (*at, "period", "to_on"), ("6.2.f",), facts=facts)
    if evaluated is not None and evaluated < last:
        facts = {"last": last.isoformat(), "evaluated": evaluated.isoformat()}
        where = (*at, "result", "evaluated_on")
        yield found(OBJECTIVE_JUDGED_EARLY, entry, where, ("6.2.f",), breach=("other",), facts=facts)
    if child(row, "result", "met") is False and not words(row, "result", "follow_up"):
        yield found(OBJECTIVE_MISSED_UNANSWERED, entry, (*at, "result", "met"), ("6.2.f", "5.1.f"))
    if "result" in row and not word(row, "successor") and not word(row, "no_successor_reason"):
        yield found(OBJECTIVE_WITHOUT_SUCCESSOR, entry, (*at, "result"), ("6.2.f",))


def _law(
    system: System, entry: Entry, at: Pointer, row: Row, kpis: Mapping[str, Mapping[str, Any]]
) -> Iterator[Problem]:
    """A target in days laxer than the legal limit of an obligation it names; a milder target is a change (6.2 c)."""
    target, unit = row.get("target"), str(child(kpis.get(str(row.get("kpi")), {}), "unit"))
    for obligation in rows_named(system, words(row, "obligations")):
        limit, end = child(obligation, "limit"), END_EVENTS.get(str(child(obligation, "limit", "end_event")))
        length, legal = UNITS.get(unit), UNITS.get(str(child(limit, "unit")).replace("_", "-"))
        if end is None or length is None or legal is None or not isinstance(target, int | float):
            continue
        if target * length > float(child(limit, "value") or 0) * legal:
            facts = {"target": str(target), "unit": unit, "obligation": str(obligation.get("id"))}
            yield found(OBJECTIVE_LAXER, entry, (*at, "target"), ("6.2.c",), facts=facts)
    for index, earlier in enumerate(rows(row, "earlier_targets")):
        if _milder(row, earlier.get("target"), target) and not word(earlier, "change"):
            yield found(OBJECTIVE_RELAXED, entry, (*at, "earlier_targets", index), ("6.2.f", "6.3.sys"))


def rows_named(system: System, names: list[str]) -> Iterator[Row]:
    """Obligations of the register by id."""
    for register in system.of("obligations"):
        yield from (row for row in rows(register.value, "items") if row.get("id") in names)


def _milder(row: Row, before: Any, now: Any) -> bool:
    if not isinstance(before, int | float) or not isinstance(now, int | float):
        return False
    return now < before if row.get("comparator") in (">=", ">") else now > before


def _plan(system: System, entry: Entry, at: Pointer, row: Row) -> Iterator[Problem]:
    last = day(row, "period", "to_on")
    retired = {str(r.get("id")) for e in system.of("resources") for r in rows(e.value, "items")
               if r.get("status") == "retired"}  # fmt: skip
    for index, step in enumerate(rows(row, "plan")):
        here = (*at, "plan", index)
        due, done = day(step, "due_on"), day(step, "done_on")
        if due is not None and last is not None and due > last and not step.get("cancelled"):
            facts = {"due": due.isoformat(), "last": last.isoformat()}
            yield found(PLAN_BEYOND_PERIOD, entry, (*here, "due_on"), ("6.2.plan.d",), facts=facts)
        if done is not None and not step.get("result"):
            yield found(PLAN_DONE_UNJUDGED, entry, (*here, "done_on"), ("6.2.plan.e",))
        if not step.get("evaluation"):
            yield found(PLAN_WITHOUT_METHOD, entry, here, ("6.2.plan.e",))
        elif step.get("evaluation") == step.get("what"):
            yield found(PLAN_WITHOUT_METHOD, entry, (*here, "evaluation"), ("6.2.plan.e",))
        used = words(step, "resources")
        if used and set(used) <= retired and done is None and not cancelled(step):
            yield found(PLAN_WITHOUT_RESOURCES, entry, (*here, "resources"), ("6.2.plan.b",))
