"""9.1 a, b, d, e and the record: a plan that agrees with itself, and period by period what it promised.

The plan's own numbers are the limits: its period, and the working days after it. A period nobody has analysed is due
until somebody does; then it was late.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from ...measure import Measured
from ...measure.calendar import WorkingDays
from ...measure.moments import child, day, rows, word, words
from ...measure.periods import Period, Unit, period_named, period_of
from ...model import Entry, Pointer, System
from ...problems import Fact, Problem, Rule
from ..reporting import found, joined

PERIOD_NOT_ANALYSED = Rule("period-not-analysed", "due", "own")
PERIOD_ANALYSED_LATE = Rule("period-analysed-late", "lapse", "own")
FIGURES_BEFORE_PERIOD_END = Rule("figures-before-period-end", "lapse", "own")
SNAPSHOT_AFTER_ANALYSIS = Rule("snapshot-after-analysis", "lapse", "own")
SNAPSHOT_NOT_FROZEN = Rule("snapshot-not-frozen", "contradiction", "implied")
PERIOD_DIFFERS = Rule("period-differs", "contradiction", "own")
ANALYSED_BEFORE_MEASURED = Rule("analysed-before-measured", "contradiction", "own")
PLAN_REPEATS_INDICATOR = Rule("plan-repeats-indicator", "contradiction", "own")
PLAN_OMITS_INDICATOR = Rule("plan-omits-indicator", "contradiction", "own")
TARGET_AGAINST_DIRECTION = Rule("target-against-direction", "contradiction", "own")
TARGETS_OVERLAP = Rule("targets-overlap", "contradiction", "own")
TARGET_OF_NO_PART = Rule("target-of-no-part", "contradiction", "own")
APPROVED_BEFORE_DONE = Rule("approved-before-done", "lapse", "own")
SOURCE_NEVER_COUNTED = Rule("source-never-counted", "due", "implied")
RULES = (
    PERIOD_NOT_ANALYSED, PERIOD_ANALYSED_LATE, FIGURES_BEFORE_PERIOD_END, SNAPSHOT_AFTER_ANALYSIS, SNAPSHOT_NOT_FROZEN,
    PERIOD_DIFFERS, ANALYSED_BEFORE_MEASURED, PLAN_REPEATS_INDICATOR, PLAN_OMITS_INDICATOR, TARGET_AGAINST_DIRECTION,
    TARGETS_OVERLAP, TARGET_OF_NO_PART, APPROVED_BEFORE_DONE, SOURCE_NEVER_COUNTED,
)  # fmt: skip
READS = frozenset({
    "monitoring-plan", "monitoring", "organization", "calendar", "objectives", "process", "kpi", "channel-count",
})  # fmt: skip

OFTEN = ("continuous", "day", "week", "month", "quarter", "half-year", "year")
"""From often to seldom; `event` has no rhythm."""
WRONG_WAY = {"higher": ("<", "<="), "lower": (">", ">=")}
DONE: Mapping[str, tuple[str, str]] = {
    "monitoring": ("analysed_on", "9.1.rec"), "annual-evaluation": ("evaluated_on", "9.1.eval"),
    "compliance-evaluation": ("evaluated_on", "9.1.2.rec"), "audit": ("finished_on", "9.2.d"),
    "management-review": ("held_on", "9.3.int"),
}  # fmt: skip
"""Kinds of this chapter that somebody approves: the day it was done, and the requirement its record serves."""
Row = Mapping[str, object]


def check(system: System, measured: Measured) -> Iterator[Problem]:
    calendar = measured.complaints.watch.own
    records = [(p, entry) for entry in system.of("monitoring") if (p := period_named(word(entry.value, "period")))]
    plan = system.first("monitoring-plan")
    for period, entry in records:
        yield from _record(system, period, entry, calendar, plan)
    if plan is not None:
        yield from _missing(system, plan, records, calendar)
        yield from _plan(system, plan)
    yield from _never_counted(system)
    for entry in system.of(*DONE):
        key, asked = DONE[entry.kind.name]
        done, approved = day(entry.value, key), day(entry.value, "approved_on")
        if done is not None and approved is not None and approved < done:
            facts = {"approved": approved.isoformat(), "done": done.isoformat()}
            yield found(APPROVED_BEFORE_DONE, entry, ("approved_on",), (asked,), breach=("other",), facts=facts)


def _never_counted(system: System) -> Iterator[Problem]:
    """Figures are only as whole as the register: a source that can count is counted (8.2, corrections 31)."""
    counted = {
        str(row.get("channel")) for entry in system.of("channel-count") for row in rows(entry.value, "items")
    }  # fmt: skip
    for entry in system.of("organization"):
        for index, row in enumerate(rows(entry.value, "channels")):
            name = str(row.get("id"))
            if row.get("has_source_count") is True and not row.get("retired_on") and name not in counted:
                at: Pointer = ("channels", index, "has_source_count")
                yield found(SOURCE_NEVER_COUNTED, entry, at, ("8.2.rec",), channel=name)


def _due(period: Period, plan: Entry | None, calendar: WorkingDays) -> date | None:
    within = plan.value.get("due_within_working_days") if plan is not None else None
    return calendar.due(period.end, within).on if isinstance(within, int) else None


def _record(
    system: System, period: Period, entry: Entry, calendar: WorkingDays, plan: Entry | None
) -> Iterator[Problem]:
    analysed, taken = day(entry.value, "analysed_on"), day(entry.value, "snapshot", "taken_on")
    for on, at, asked in ((analysed, ("analysed_on",), "9.1.e"), (taken, ("snapshot", "taken_on"), "9.1.rec")):
        if on is not None and on < period.end:
            facts = {"on": on.isoformat(), "end": period.end.isoformat()}
            yield found(FIGURES_BEFORE_PERIOD_END, entry, at, (asked,), breach=("other",), facts=facts)
    if analysed is not None and taken is not None and taken > analysed:
        facts = {"taken": taken.isoformat(), "analysed": analysed.isoformat()}
        at = ("snapshot", "taken_on")
        yield found(SNAPSHOT_AFTER_ANALYSIS, entry, at, ("9.1.rec",), breach=("other",), facts=facts)
    due = _due(period, plan, calendar)
    if analysed is not None and due is not None and analysed > due:
        facts = {"due": due.isoformat(), "on": analysed.isoformat()}
        breach = ("missed-period", "late-action")
        yield found(PERIOD_ANALYSED_LATE, entry, ("analysed_on",), ("9.1.e",), breach=breach, facts=facts)
    kept = word(entry.value, "snapshot", "sha256") or word(entry.value, "snapshot", "commit")
    since = day(system.organisation, "baseline", "on")
    if not kept and since is not None and period.end >= since:
        yield found(SNAPSHOT_NOT_FROZEN, entry, ("snapshot",), ("9.1.rec",))


def _missing(
    system: System, plan: Entry, records: list[tuple[Period, Entry]], calendar: WorkingDays
) -> Iterator[Problem]:
    """Every period from the first one analysed. A longer period's analysis serves the shorter ones in it."""
    unit: Unit = "quarter" if plan.value.get("period") == "quarter" else "month"
    if not records:
        return
    covered = [(period.start, period.end) for period, _ in records]
    first = min(start for start, _ in covered)
    period = period_of(max(first, day(system.organisation, "system_effective_on") or first), unit)
    while period.end < system.as_of:
        due = _due(period, plan, calendar)
        seen = all(any(a <= on <= b for a, b in covered) for on in (period.start, period.end))
        if not seen and due is not None and due < system.as_of:
            facts = {"period": period.label, "due": due.isoformat()}
            yield found(PERIOD_NOT_ANALYSED, plan, ("period",), ("8.4.anal", "9.1.d", "9.1.e"), facts=facts)
        period = period.shifted(1)


def _plan(system: System, plan: Entry) -> Iterator[Problem]:
    said, ours = plan.value.get("period"), system.organisation.get("monitoring_period")
    if ours is not None and said != ours:
        yield found(PERIOD_DIFFERS, plan, ("period",), ("9.1.d",), said=str(said), ours=str(ours))
    kpis = {str(entry.value.get("id")): entry.value for entry in system.of("kpi")}
    named: set[str] = set()
    for index, row in enumerate(rows(plan.value, "items")):
        at, name = ("items", index), str(row.get("kpi"))
        if name in named:
            yield found(PLAN_REPEATS_INDICATOR, plan, (*at, "kpi"), ("9.1.a",), kpi=name)
        named.add(name)
        measure, analyse = row.get("measure_frequency"), row.get("analyse_frequency")
        if measure in OFTEN and analyse in OFTEN and OFTEN.index(str(analyse)) < OFTEN.index(str(measure)):
            facts: dict[str, Fact] = {"kpi": name, "measure": str(measure), "analyse": str(analyse)}
            yield found(ANALYSED_BEFORE_MEASURED, plan, (*at, "analyse_frequency"), ("9.1.d", "9.1.e"), facts=facts)
        yield from _targets(plan, at, row, kpis.get(name))
    used = _used(system)
    lacking = [name for name in used if name not in named]
    if lacking:
        facts = {"names": joined(lacking), "by": used[lacking[0]]}
        yield found(PLAN_OMITS_INDICATOR, plan, ("items",), ("9.1.a",), facts=facts)


def _used(system: System) -> dict[str, str]:
    """Indicators that processes and current objectives are judged by → who says so."""
    users: dict[str, str] = {}
    for entry in system.of("process"):
        for name in words(entry.value, "kpis"):
            users.setdefault(name, str(entry.value.get("id")))
    for entry in system.of("objectives"):
        for row in rows(entry.value, "items"):
            until = day(row, "period", "to_on")
            kpi = word(row, "kpi")
            if kpi is not None and (until is None or until >= system.as_of):
                users.setdefault(kpi, str(row.get("id")))
    return users


def _targets(plan: Entry, at: Pointer, row: Row, kpi: Row | None) -> Iterator[Problem]:
    """A target points where the indicator should go, is about a part there is, and is the only one of its day."""
    name = str(row.get("kpi"))
    parts = {str(part.get("id")) for part in rows(kpi, "parts")}
    wrong = WRONG_WAY.get(str(child(kpi, "direction")), ())
    taken: list[tuple[str | None, date, date]] = []
    for index, target in enumerate(rows(row, "targets")):
        spot, part = (*at, "targets", index), word(target, "part")
        if target.get("comparator") in wrong:
            facts = {"kpi": name, "comparator": str(target.get("comparator"))}
            yield found(TARGET_AGAINST_DIRECTION, plan, (*spot, "comparator"), ("9.1.b",), facts=facts)
        if part is not None and parts and part not in parts:
            yield found(TARGET_OF_NO_PART, plan, (*spot, "part"), ("9.1.b",), kpi=name, part=str(part))
        since, until = day(target, "from_on") or date.min, day(target, "to_on") or date.max
        if any(other == part and since <= b and a <= until for other, a, b in taken):
            yield found(TARGETS_OVERLAP, plan, (*spot, "from_on"), ("9.1.b",), kpi=name)
        taken.append((part, since, until))
