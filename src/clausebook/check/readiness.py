"""Could the certification audit start today? Stage 1 asks whether the system stands, stage 2 whether it has run.

None of this is in the standard: three months of records, one whole cycle of internal audits and a management review
after it are what certification bodies usually expect before stage 2 (requirements 6, question 5). It is we who ask,
and a condition that is met says that something is there, never that it is good.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from ..clauses import covers
from ..measure.approvals import Approvals
from ..measure.moments import child, day, rows, word, words
from ..measure.rhythm import months_after
from ..model import Entry, System
from ..problems import Problem
from .gaps import group_of
from .presence import declared_not_applicable

Stage = Literal[1, 2]
Named = tuple[str, str]
"""A space of ids and an id in it."""
MONTHS_OF_RECORDS = 3
EVALUATED_WITHIN = 12
STANDING = frozenset({"missing", "incomplete", "contradictory"})
ENTERED = ("recorded_at", "recorded_on", "entered_on")


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that is asked before a stage; `left` names what is still to do, `facts` fill its sentence."""

    key: str
    stage: Stage
    met: bool
    left: Sequence[Named] = ()
    facts: Mapping[str, str] = field(default_factory=dict)


def conditions(system: System, approvals: Approvals, problems: Sequence[Problem]) -> list[Condition]:
    """All conditions, stage 1 first. Stage 2 can start when those of both stages are met."""
    covered = _covered(system)
    return [
        _documents(system, approvals),
        _standing(system, problems),
        _programme(system),
        _running(system, approvals),
        _cycle(system, covered),
        _reviewed(system, covered),
        _evaluated(system),
        _verified(system),
        _major(system),
        _stage_one(system),
        _nothing_wrong(problems),
    ]


def _documents(system: System, approvals: Approvals) -> Condition:
    """Every controlled document approved as it is, and in force."""
    documents = [entry for entry in system.entries if entry.controlled]
    today = system.as_of.isoformat()
    left = [
        ("document", entry.id) for entry in documents
        if approvals.valid(entry) is None or str(entry.value.get("effective_on", "")) > today
    ]  # fmt: skip
    facts = {"count": str(len(documents) - len(left)), "total": str(len(documents))}
    return Condition("documents", 1, bool(documents) and not left, left, facts)


def _standing(system: System, problems: Sequence[Problem]) -> Condition:
    """Documents and registers are there, whole and free of contradiction; what is overdue in them is for stage 2."""
    wrong = [
        p for p in problems
        if p.level == "error" and not p.place.path.startswith("records/") and group_of(p) in STANDING
    ]  # fmt: skip
    return Condition("standing", 1, not wrong, _clauses(system, wrong), {"count": str(len(wrong))})


def _programme(system: System) -> Condition:
    """Internal audits and management reviews are planned or have begun."""
    planned = sum(len(rows(entry.value, "planned")) for entry in system.of("audit-programme"))
    done = len(_internal(system))
    return Condition("programme", 1, bool(planned or done), (), {"planned": str(planned), "done": str(done)})


def _entered_on(system: System, approvals: Approvals, entry: Entry) -> date | None:
    """The day a record came into the repository; of what the baseline adopted, the day it says it was entered."""
    commit = system.history.came_in(entry.path)
    if commit is not None and commit.id not in approvals.adopted:
        return commit.committed_on
    told = (day(str(entry.value.get(key, ""))[:10]) for key in ENTERED)
    return next((on for on in told if on is not None), None)


def _running(system: System, approvals: Approvals) -> Condition:
    """Three months of records, by the days they were entered, so that nobody fills in a quarter in one week."""
    records = [entry for entry in system.entries if entry.kind.information == "retain"]
    known = (_entered_on(system, approvals, entry) for entry in records)
    days = sorted(on for on in known if on is not None and on <= system.as_of)
    months = {(on.year, on.month) for on in days}
    long_enough = bool(days) and months_after(days[0], MONTHS_OF_RECORDS) <= system.as_of
    facts = {
        "since": days[0].isoformat() if days else "", "months": str(len(months)), "dated": str(len(days)),
        "records": str(len(records)),
    }  # fmt: skip
    return Condition("running", 1, long_enough and len(months) >= MONTHS_OF_RECORDS, (), facts)


def _internal(system: System) -> list[tuple[date, Entry]]:
    """Finished internal audits, oldest first."""
    found = [
        (on, entry) for entry in system.of("audit")
        if entry.value.get("type") == "internal" and not entry.value.get("cancelled")
        and (on := day(entry.value, "finished_on")) is not None and on <= system.as_of
    ]  # fmt: skip
    return sorted(found, key=lambda pair: (pair[0], pair[1].id))


@dataclass(frozen=True, slots=True)
class _Coverage:
    """`on`: the day on which the audits of the cycle together had seen everything; None while something is left."""

    on: date | None
    left: Sequence[Named]


def _covered(system: System) -> _Coverage:
    """Clauses, processes and sites of the scope, against the scopes of the internal audits of the running cycle."""
    exempt = declared_not_applicable(system)
    asked = {("requirement", r.clause) for r in system.catalogue.requirements.values() if r.id not in exempt}
    asked |= {("process", str(e.value.get("id") or e.id)) for e in system.of("process")}
    asked |= {("site", site) for entry in system.of("scope") for site in words(entry.value, "sites")}
    starts = [on for entry in system.of("audit-programme") if (on := day(entry.value, "cycle", "from_on"))]
    left, last = set(asked), None
    for on, audit in _internal(system):
        if not starts or on >= min(starts):
            left -= {one for one in left if _seen(audit, one)}
            last = last or (on if not left else None)
    order = {r.clause: index for index, r in enumerate(system.catalogue.requirements.values())}
    return _Coverage(last, sorted(left, key=lambda one: (one[0] != "requirement", order.get(one[1], 0), one)))


def _seen(audit: Entry, one: Named) -> bool:
    space, name = one
    scope = child(audit.value, "scope")
    if space == "requirement":
        return any(covers(clause, name) for clause in words(scope, "clauses"))
    return name in words(scope, "processes" if space == "process" else "sites")


def _cycle(system: System, covered: _Coverage) -> Condition:
    facts = {"count": str(len(_internal(system))), "on": covered.on.isoformat() if covered.on else ""}
    return Condition("cycle", 2, covered.on is not None, covered.left, facts)


def _reviewed(system: System, covered: _Coverage) -> Condition:
    """A management review that could know the result of the whole cycle."""
    held = [(on, entry.id) for entry in system.of("management-review") if (on := day(entry.value, "held_on"))]
    after = [one for one in held if covered.on is not None and covered.on <= one[0] <= system.as_of]
    last = max(after or [one for one in held if one[0] <= system.as_of], default=None)
    facts = {"review": last[1] if last else "", "on": last[0].isoformat() if last else ""}
    return Condition("reviewed", 2, bool(after), (), facts)


def _evaluated(system: System) -> Condition:
    """Every obligation in force for the last year's evaluation has a verdict in one of the last year (9.1.2)."""
    since = months_after(system.as_of, -EVALUATED_WITHIN)
    recent = [
        (on, entry) for entry in system.of("compliance-evaluation")
        if (on := day(entry.value, "evaluated_on")) is not None and since <= on <= system.as_of
    ]  # fmt: skip
    judged = {str(row.get("obligation")) for _, entry in recent for row in rows(entry.value, "items")}
    last = max((on for on, _ in recent), default=None)
    due = [row for row in _active(system) if last is None or _known_by(row, last)]
    left = [("obligation", str(row.get("id"))) for row in due if row.get("id") not in judged]
    facts = {"on": last.isoformat() if last else "", "count": str(len(due) - len(left)), "total": str(len(due))}
    return Condition("evaluated", 2, last is not None and not left, left, facts)


def _active(system: System) -> Iterator[Mapping[str, object]]:
    for entry in system.of("obligations"):
        for row in rows(entry.value, "items"):
            if row.get("status") == "active":
                yield row


def _known_by(row: Mapping[str, object], on: date) -> bool:
    """An obligation that was there when the evaluation took place (corrections 21)."""
    return all((known := day(row, key)) is None or known <= on for key in ("identified_on", "effective_on"))


def _verified(system: System) -> Condition:
    active = list(_active(system))
    left = [("obligation", str(row.get("id"))) for row in active if row.get("verification") == "unverified"]
    facts = {"count": str(len(active) - len(left)), "total": str(len(active))}
    return Condition("verified", 2, bool(active) and not left, left, facts)


def _open(entries: Iterable[Entry]) -> list[Named]:
    return [("nonconformity", entry.id) for entry in entries if day(entry.value, "closed_on") is None]


def _major(system: System) -> Condition:
    major = [entry for entry in system.of("nonconformity") if entry.value.get("grade") == "major"]
    left = _open(major)
    return Condition("major", 2, not left, left, {"total": str(len(major)), "open": str(len(left))})


def _stage_one(system: System) -> Condition:
    """What the certification body found in stage 1 is settled; nothing to settle when there was none."""
    known = {entry.id: entry for entry in system.of("nonconformity")}
    audited = [entry for entry in system.of("audit") if entry.value.get("stage") == "stage-1"]
    found = [
        word(row, "nonconformity") for entry in audited for row in rows(entry.value, "findings")
        if row.get("grade") != "observation"
    ]  # fmt: skip
    left = _open(known[name] for name in dict.fromkeys(found) if name is not None and name in known)
    return Condition("stage-one", 2, not left, left, {"audit": audited[-1].id if audited else ""})


def _nothing_wrong(problems: Sequence[Problem]) -> Condition:
    count = sum(problem.level == "error" for problem in problems)
    return Condition("nothing-wrong", 2, not count, (), {"count": str(count)})


def _clauses(system: System, problems: Iterable[Problem]) -> list[Named]:
    """In the order of print."""
    found = {system.catalogue.numbered(problem.requirements) for problem in problems}
    return [("requirement", clause) for clause in system.catalogue.clauses if clause in found]
