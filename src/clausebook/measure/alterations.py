"""What changed when: documents, limits, indicators, targets, scope, roles, obligations, waivers, warning rules.

Everything that carries the day from which it holds is read once into one line of time, so that "what has changed since
the last audit?" has one answer, whatever day one asks from (corrections 32, 5.3, 6.3, 7.5.3).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from ..model import Entry, System
from .moments import child, day, rows, word

Sort = Literal[
    "document", "limit", "indicator", "target", "scope", "role", "obligation", "waiver", "alert-rule", "change"
]
SORTS: tuple[Sort, ...] = (
    "document", "limit", "indicator", "target", "scope", "role", "obligation", "waiver", "alert-rule", "change",
)  # fmt: skip
Row = Mapping[str, Any]
Values = Mapping[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class Alteration:
    """`what` names the sentence (locale `gaps.changed`), `facts` fill it; `about` is the id that changed.

    `change` is the change record (6.3), `reason` the organisation's own words; both may be "".
    """

    on: date
    sort: Sort
    entry: Entry
    about: str
    what: str
    facts: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    change: str = ""


def alterations_of(system: System) -> list[Alteration]:
    """All changes up to the day that rules, newest first. What is planned for later is not yet one."""
    found = [one for reader in READERS for one in reader(system) if one.on <= system.as_of]
    return sorted(found, key=lambda one: (-one.on.toordinal(), SORTS.index(one.sort), one.about, one.what))


def audits(system: System) -> list[tuple[date, Entry]]:
    """Finished audits, internal and external, newest first: the days people ask from."""
    found = [(on, entry) for entry in system.of("audit") if (on := day(entry.value, "finished_on"))]
    found = [(on, entry) for on, entry in found if on <= system.as_of and not entry.value.get("cancelled")]
    return sorted(found, key=lambda pair: (pair[0], pair[1].id), reverse=True)


def _documents(system: System) -> Iterator[Alteration]:
    """Versions by the history in their control block; that of the scope is a change of scope."""
    for entry in system.entries:
        for row in rows(entry.value, "history"):
            if (on := day(row, "on")) is not None:
                sort: Sort = "scope" if entry.kind.name == "scope" else "document"
                facts = {"version": str(row.get("version", "")), "change": str(row.get("change", ""))}
                yield Alteration(on, sort, entry, entry.id, "version", facts, *_why(row))


def _limits(system: System) -> Iterator[Alteration]:
    """Each limit that became another one with a version; the first version sets them all."""
    for entry in system.of("time-limits"):
        before: Values = {}
        for on, row in _versions(entry):
            after = {_event(limit): f"{limit.get('value')} {limit.get('unit')}" for limit in rows(row, "limits")}
            for (event, severity), old, new in _moved(before, after):
                facts = {"event": event, "severity": severity, "before": old, "after": new}
                yield Alteration(on, "limit", entry, entry.id, "limit", facts, *_why(row))
            if not before:
                facts = {"version": str(row.get("version") or ""), "count": str(len(after))}
                yield Alteration(on, "limit", entry, entry.id, "limits", facts, *_why(row))
            before = after


def _event(limit: Row) -> tuple[str, str]:
    return str(limit.get("event")), str(limit.get("severity"))


def _criteria(system: System) -> Iterator[Alteration]:
    """Versions of the other criteria, with each threshold that moved."""
    for entry in system.of("assessment-criteria", "definitions", "investigation-criteria", "urgent-criteria"):
        before: Values = {}
        for on, row in _versions(entry):
            version = {"version": str(row.get("version") or "")}
            yield Alteration(on, "limit", entry, entry.id, "criteria", version, *_why(row))
            after = {
                (str(term.get("term")), str(one.get("key"))): str(one.get("value"))
                for term in rows(row, "terms") for one in rows(term, "thresholds")
            }  # fmt: skip
            for (term, threshold), old, new in _moved(before, after):
                facts = {"term": term, "threshold": threshold, "before": old, "after": new}
                yield Alteration(on, "limit", entry, entry.id, "threshold", facts, *_why(row))
            before = after


def _taxonomy(system: System) -> Iterator[Alteration]:
    """Types of complaint and groups of causes that came or went since the system began."""
    start = day(system.organisation, "system_effective_on")
    for entry in system.of("intake-criteria"):
        for row in (*rows(entry.value, "types"), *rows(entry.value, "cause_groups")):
            for key, what in (("from_on", "began"), ("to_on", "ended")):
                on = day(row, key)
                if on is not None and (start is None or start < on):
                    yield Alteration(on, "limit", entry, str(row.get("id")), what, {}, *_why(row))


def _moved(before: Values, after: Values) -> Iterator[tuple[tuple[str, str], str, str]]:
    """What is another value than before; "" stands for none. Nothing comes before the first version."""
    for key in dict.fromkeys((*before, *after)) if before else ():
        if before.get(key) != after.get(key):
            yield key, before.get(key, ""), after.get(key, "")


def _versions(entry: Entry) -> list[tuple[date, dict[str, Any]]]:
    """The versions of a document with the days on which they took effect, in that order."""
    found = [(on, row) for row in rows(entry.value, "versions") if (on := day(row, "effective_from_on"))]
    return sorted(found, key=lambda pair: pair[0])


def _indicators(system: System) -> Iterator[Alteration]:
    for entry in system.of("kpi"):
        for row in rows(entry.value, "revisions"):
            if (on := day(row, "on")) is not None:
                what = "definition-breaks" if row.get("breaks_series") is True else "definition"
                facts = {"change": str(row.get("change", ""))}
                yield Alteration(on, "indicator", entry, entry.id, what, facts, *_why(row))


def _targets(system: System) -> Iterator[Alteration]:
    """Objectives as they began and as their targets were replaced, and the targets of the monitoring plan."""
    for entry in system.of("objectives"):
        for row in rows(entry.value, "items"):
            about, earlier = str(row.get("id")), rows(row, "earlier_targets")
            if (on := day(row, "period", "from_on")) is not None:
                facts = {"statement": str(row.get("statement", ""))}
                yield Alteration(on, "target", entry, about, "objective", facts)
            values = [str(one.get("target")) for one in earlier] + [str(row.get("target"))]
            for index, one in enumerate(earlier):
                if (on := day(one, "replaced_on")) is not None:
                    facts = {"before": values[index], "after": values[index + 1]}
                    why = (str(one.get("reason") or ""), word(one, "change") or "")
                    yield Alteration(on, "target", entry, about, "target", facts, *why)
    for entry in system.of("monitoring-plan"):
        for row in rows(entry.value, "items"):
            for one in rows(row, "targets"):
                if (on := day(one, "from_on")) is not None:
                    facts = {"target": f"{one.get('comparator')} {one.get('value')}", "kpi": str(row.get("kpi"))}
                    yield Alteration(on, "target", entry, str(row.get("kpi")), "plan-target", facts, *_why(one))


def _organisation(system: System) -> Iterator[Alteration]:
    """Products, sites, channels and departments that came or went."""
    for entry in system.of("organization"):
        for name in ("sites", "departments", "products", "channels"):
            for row in rows(entry.value, name):
                for key, what in (("launched_on", "began"), ("retired_on", "ended")):
                    if (on := day(row, key)) is not None:
                        yield Alteration(on, "scope", entry, str(row.get("id")), what)


def _roles(system: System) -> Iterator[Alteration]:
    """Who took a role and who left it, what a role may decide, what was delegated."""
    for entry in system.of("roles"):
        for role in rows(entry.value, "roles"):
            about = str(role.get("id"))
            for holding in rows(role, "holders"):
                for key, what in (("from_on", "holder-in"), ("to_on", "holder-out")):
                    if (on := day(holding, key)) is not None:
                        yield Alteration(on, "role", entry, about, what, {"person": str(holding.get("person"))})
            since = day(role, "authority", "from_on")
            if since is not None and rows(role, "earlier_authority"):
                yield Alteration(since, "role", entry, about, "authority")
            if (on := day(role, "retired_on")) is not None:
                yield Alteration(on, "role", entry, about, "ended")
        for row in rows(entry.value, "delegations"):
            if (on := day(row, "from_on")) is not None:
                facts = {"what": str(row.get("what", "")), "role": str(row.get("to_role"))}
                yield Alteration(on, "role", entry, str(row.get("from_role")), "delegated", facts)


def _obligations(system: System) -> Iterator[Alteration]:
    """New ones, and those that came into force or ended; what was in force when the system began is no change."""
    start = day(system.organisation, "system_effective_on")
    for entry in system.of("obligations"):
        for row in rows(entry.value, "items"):
            days = (("identified_on", "obligation"), ("effective_on", "in-force"), ("repealed_on", "repealed"))
            for key, what in days:
                on = day(row, key)
                if on is not None and (start is None or start <= on):
                    facts = {"title": str(row.get("title", ""))}
                    yield Alteration(on, "obligation", entry, str(row.get("id")), what, facts)


def _waivers(system: System) -> Iterator[Alteration]:
    for entry in system.of("waivers"):
        for key, what in (("items", "waived"), ("levels", "level")):
            for row in rows(entry.value, key):
                if (on := day(row, "approved_on")) is not None:
                    facts = {"rule": str(row.get("rule")), "level": str(row.get("level") or "")}
                    about = str(row.get("id") or row.get("rule"))
                    yield Alteration(on, "waiver", entry, about, what, facts, str(row.get("reason") or ""))


def _alert_rules(system: System) -> Iterator[Alteration]:
    """Versions of the warning rules; a baseline that moved is named, for it moves every limit (8.4)."""
    for entry in system.of("alert-rules"):
        before: dict[str, str] = {}
        for on, row in _versions(entry):
            version = {"version": str(row.get("version") or "")}
            yield Alteration(on, "alert-rule", entry, entry.id, "rules", version, *_why(row))
            after = {str(one.get("id")): _baseline(one) for one in rows(row, "statistical")}
            for rule in sorted(before.keys() & after.keys()):
                if before[rule] != after[rule]:
                    facts = {"rule": rule, "before": before[rule], "after": after[rule]}
                    yield Alteration(on, "alert-rule", entry, entry.id, "baseline", facts, *_why(row))
            before = after


def _baseline(rule: Row) -> str:
    ends = (rule.get("baseline_from"), rule.get("baseline_to"), rule.get("baseline_periods"))
    return " — ".join(str(end) for end in ends if end is not None)


def _changes(system: System) -> Iterator[Alteration]:
    """Changes of the system that took effect (6.3)."""
    for entry in system.of("change"):
        on = day(entry.value, "implemented_on") or day(entry.value, "effective_on")
        if on is not None and not child(entry.value, "rejected"):
            yield Alteration(on, "change", entry, entry.id, "change", {"purpose": str(entry.value.get("purpose", ""))})


def _why(row: Row) -> tuple[str, str]:
    return str(row.get("reason") or row.get("note") or ""), word(row, "change_id") or ""


READERS: tuple[Callable[[System], Iterator[Alteration]], ...] = (
    _documents, _limits, _criteria, _taxonomy, _indicators, _targets, _organisation, _roles, _obligations, _waivers,
    _alert_rules, _changes,
)  # fmt: skip
