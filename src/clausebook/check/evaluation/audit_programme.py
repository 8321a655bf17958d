"""9.2 and 9.2 a: audits at planned intervals; a programme reaches every clause, process, site and department."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from ...clauses import covers
from ...measure import Measured
from ...measure.moments import child, day, rows, word, words
from ...measure.rhythm import gaps
from ...model import Entry, System
from ...problems import Fact, Problem, Rule
from ..reporting import found, joined

AUDIT_INTERVAL_OVER = Rule("audit-interval-over", "due", "own")
AUDIT_INTERVAL_MISSED = Rule("audit-interval-missed", "lapse", "own")
PLANNED_AUDIT_OVERDUE = Rule("planned-audit-overdue", "due", "own")
PLANNED_AUDIT_LATE = Rule("planned-audit-late", "lapse", "implied")
PLANNED_AUDIT_CONTRADICTS = Rule("planned-audit-contradicts", "contradiction", "own")
PLANNED_OUTSIDE_CYCLE = Rule("planned-outside-cycle", "contradiction", "own")
AUDIT_BEFORE_PROGRAMME = Rule("audit-before-programme", "lapse", "own")
AUDIT_CYCLE_UNCOVERED = Rule("audit-cycle-uncovered", "contradiction", "own")
AUDIT_SCOPE_SHORT = Rule("audit-scope-short", "lapse", "own")
RULES = (
    AUDIT_INTERVAL_OVER, AUDIT_INTERVAL_MISSED, PLANNED_AUDIT_OVERDUE, PLANNED_AUDIT_LATE, PLANNED_AUDIT_CONTRADICTS,
    PLANNED_OUTSIDE_CYCLE, AUDIT_BEFORE_PROGRAMME, AUDIT_CYCLE_UNCOVERED, AUDIT_SCOPE_SHORT,
)  # fmt: skip
READS = frozenset({"audit", "audit-programme", "process", "scope", "organization"})

INTERVAL_MONTHS = 12
"""Where the programme leaves the interval out; its schema says so."""
PARTS = ("clauses", "processes", "sites", "departments")
NAMES = {
    "clauses": {"zh": "条款", "en": "clauses"}, "processes": {"zh": "过程", "en": "processes"},
    "sites": {"zh": "场所", "en": "sites"}, "departments": {"zh": "部门", "en": "departments"},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reach:
    """What something covers, by part: clause ids may be wider than what they cover."""

    of: dict[str, set[str]] = field(default_factory=lambda: {part: set() for part in PARTS})

    def add(self, value: object) -> None:
        for part in PARTS:
            self.of[part].update(words(value, part))

    def lacks(self, part: str, wanted: set[str]) -> list[str]:
        own = self.of[part]
        if part == "clauses":
            return sorted(one for one in wanted if not any(covers(wide, one) for wide in own))
        return sorted(wanted - own)


def check(system: System, measured: Measured) -> Iterator[Problem]:
    held = {entry.id: entry for entry in system.of("audit") if _held(entry) is not None}
    internal = [entry for entry in held.values() if entry.value.get("type") == "internal"]
    for programme in system.of("audit-programme"):
        yield from _intervals(system, programme, internal)
        yield from _first(programme, internal)
        for index, row in enumerate(rows(programme.value, "planned")):
            yield from _planned(system, programme, index, row, held)
        yield from _grid(system, programme, held)
        yield from _cycle(system, programme, internal)


def _written(on: date | None) -> str:
    return on.isoformat() if on else ""


def _held(entry: Entry) -> date | None:
    return None if entry.value.get("cancelled") else day(entry.value, "started_on")


def _intervals(system: System, programme: Entry, internal: list[Entry]) -> Iterator[Problem]:
    given = programme.value.get("interval_months")
    months = given if isinstance(given, int) else INTERVAL_MONTHS
    by_day = {on: entry for entry in internal if (on := _held(entry)) is not None}
    start = day(system.organisation, "system_effective_on")
    for gap in gaps(by_day, months, system.as_of, start if by_day else None):
        facts = {"since": gap.since.isoformat(), "due": gap.due_on.isoformat(), "months": str(months)}
        if gap.until is None:
            yield found(AUDIT_INTERVAL_OVER, programme, ("interval_months",), ("9.2.int",), facts=facts)
        else:
            at, late = by_day[gap.until], {**facts, "until": gap.until.isoformat()}
            breach = ("missed-period", "other")
            yield found(AUDIT_INTERVAL_MISSED, at, ("started_on",), ("9.2.int",), breach=breach, facts=late)


def _first(programme: Entry, internal: list[Entry]) -> Iterator[Problem]:
    """A programme comes before the audits of its cycle."""
    since, until = day(programme.value, "cycle", "from_on"), day(programme.value, "cycle", "to_on")
    valid = day(programme.value, "first_effective_on")
    for audit in internal:
        on = _held(audit)
        if on and since and until and valid and since <= on <= until and on < valid:
            facts = {"on": on.isoformat(), "valid": valid.isoformat(), "programme": programme.id}
            yield found(AUDIT_BEFORE_PROGRAMME, audit, ("started_on",), ("9.2.a",), breach=("other",), facts=facts)


def _planned(
    system: System, programme: Entry, index: int, row: dict[str, object], held: dict[str, Entry]
) -> Iterator[Problem]:
    at, name = ("planned", index), str(row.get("id"))
    planned, status = day(row, "planned_on"), row.get("status")
    audit = held.get(word(row, "audit") or "")
    began = _held(audit) if audit else None
    facts = {"item": name, "planned": _written(planned), "began": _written(began)}
    since, until = day(programme.value, "cycle", "from_on"), day(programme.value, "cycle", "to_on")
    wanted = {item for line in rows(programme.value, "grid") for item in words(line, "planned")}
    going = planned if status != "cancelled" else None
    if going and since and until and (going < since or (going > until and name in wanted)):
        # What is planned ahead for the cycle to come harms nothing; what this cycle's grid counts on does.
        yield found(PLANNED_OUTSIDE_CYCLE, programme, (*at, "planned_on"), ("9.2.a",), facts=facts)
    if planned and began is None and status not in ("cancelled", "done") and planned < system.as_of:
        yield found(PLANNED_AUDIT_OVERDUE, programme, (*at, "planned_on"), ("9.2.int",), facts=facts)
    if planned and began and began > planned:
        late = ("late-action", "other")
        yield found(PLANNED_AUDIT_LATE, programme, (*at, "planned_on"), ("9.2.int",), breach=late, facts=facts)
    named = word(audit.value, "programme_item") if audit else None
    cancelled = status == "cancelled" and (audit is not None or not word(row, "cancelled_reason"))
    if (status == "done" and audit is None) or cancelled or (named is not None and named != name):
        yield found(PLANNED_AUDIT_CONTRADICTS, programme, at, ("9.2.a",), facts=facts)


def _grid(system: System, programme: Entry, held: dict[str, Entry]) -> Iterator[Problem]:
    """An audit that was held reaches all that the programme had planned for it."""
    plan = {str(row.get("id")): held.get(word(row, "audit") or "") for row in rows(programme.value, "planned")}
    wanted: dict[str, Reach] = {}
    for row in rows(programme.value, "grid"):
        for item in words(row, "planned"):
            wanted.setdefault(item, Reach()).add(row)
    for item, audit in plan.items():
        if audit is None or item not in wanted:
            continue
        reached = Reach()
        reached.add(_scope(system, audit))
        for part in PARTS:
            lacking = reached.lacks(part, wanted[item].of[part])
            if lacking:
                facts: dict[str, Fact] = {"item": item, "names": joined(lacking), "part": NAMES[part]}
                asked = ("9.2.b", "9.2.int")
                yield found(AUDIT_SCOPE_SHORT, audit, ("scope", part), asked, breach=("other",), facts=facts)


def _cycle(system: System, programme: Entry, internal: list[Entry]) -> Iterator[Problem]:
    """All audits of a cycle together, those held and those still planned, leave nothing out."""
    since, until = day(programme.value, "cycle", "from_on"), day(programme.value, "cycle", "to_on")
    if since is None or until is None:
        return
    reached = Reach()
    for audit in internal:
        if (on := _held(audit)) is not None and since <= on <= until:
            reached.add(_scope(system, audit))
    over = until < system.as_of  # an audit still owed is said as such; after the cycle nothing is owed any more
    ahead = [row for row in rows(programme.value, "planned") if row.get("status") in (None, "planned") and not over]
    names = {str(row.get("id")) for row in ahead}
    grid = rows(programme.value, "grid")
    for row in grid:
        if names & set(words(row, "planned")):
            reached.add(row)
    if ahead and not grid:
        return  # what an audit to come will cover stands nowhere yet
    for part, wanted in _everything(system).items():
        lacking = reached.lacks(part, wanted)
        if lacking:
            facts: dict[str, Fact] = {"names": joined(lacking), "part": NAMES[part], "to": until.isoformat()}
            yield found(AUDIT_CYCLE_UNCOVERED, programme, ("cycle",), ("9.2.int", "9.2.a"), facts=facts)


def _scope(system: System, audit: Entry) -> dict[str, list[str]]:
    """What an audit reached. What its scope does not name follows from what it does: the processes that serve its
    clauses, the only site, and every department (the standard asks for no departments)."""
    scope, whole = child(audit.value, "scope"), _everything(system)
    reached = {part: words(scope, part) for part in PARTS}
    if not reached["processes"]:
        serving = {str(entry.value.get("id")): words(entry.value, "clauses") for entry in system.of("process")}
        wide = reached["clauses"]
        reached["processes"] = [
            name for name, own in serving.items() if own and all(any(covers(a, b) for a in wide) for b in own)
        ]
    if not reached["sites"] and len(whole["sites"]) == 1:
        reached["sites"] = sorted(whole["sites"])
    return {**reached, "departments": reached["departments"] or sorted(whole["departments"])}


def _everything(system: System) -> dict[str, set[str]]:
    """What a cycle has to reach: all clauses with requirements, all processes, and the scope's places."""
    scope = [entry.value for entry in system.of("scope")]
    gone = {
        str(row.get("id")) for key in ("sites", "departments") for row in rows(system.organisation, key)
        if row.get("retired_on")
    }  # fmt: skip
    return {
        "clauses": {requirement.clause for requirement in system.catalogue.requirements.values()},
        "processes": {str(entry.value.get("id")) for entry in system.of("process")},
        "sites": {name for value in scope for name in words(value, "sites")} - gone,
        "departments": {name for value in scope for name in words(value, "departments")} - gone,
    }
