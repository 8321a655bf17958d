"""8.7: providers as the register and the evaluations say: chosen and told before first use, followed, under contract.

What a provider did in a single case is judged with the case (check/operation/providers).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from ...measure import Measured
from ...measure.moments import child, day, rows, word, words
from ...measure.rhythm import months_after
from ...model import Entry, Pointer, System
from ...problems import Basis, Fact, Problem, Rule
from ..reporting import found, label

USED_BEFORE_TOLD = Rule("provider-used-before-told", "lapse", "own")
NOT_TOLD_OF_CHANGE = Rule("provider-not-told-of-change", "due", "implied")
USED_BEFORE_EVALUATED = Rule("provider-used-before-evaluated", "lapse", "own")
STATUS_DIFFERS = Rule("provider-status-differs", "contradiction", "own")
EVALUATION_OVERDUE = Rule("provider-evaluation-overdue", "due", "own")
PERFORMANCE_UNANSWERED = Rule("provider-performance-unanswered", "contradiction", "own")
PERFORMANCE_CALLED_MET = Rule("provider-performance-called-met", "contradiction", "own")
SPLIT_CONTRADICTS = Rule("responsibility-split-contradicts", "contradiction", "explicit")
CALLED_NOT_OUTSOURCED = Rule("outsourced-yet-denied", "contradiction", "own")
AGREEMENT_EXPIRED = Rule("provider-data-agreement-expired", "due", "own")
CONTRACT_EXPIRED = Rule("provider-contract-expired", "due", "own")
RULES = (
    USED_BEFORE_TOLD, NOT_TOLD_OF_CHANGE, USED_BEFORE_EVALUATED, STATUS_DIFFERS, EVALUATION_OVERDUE,
    PERFORMANCE_UNANSWERED, PERFORMANCE_CALLED_MET, SPLIT_CONTRADICTS, CALLED_NOT_OUTSOURCED, AGREEMENT_EXPIRED,
    CONTRACT_EXPIRED,
)  # fmt: skip
READS = frozenset({"providers", "provider-evaluation", "communication-record", "complaint", "time-limits"})

IN_USE = ("approved", "conditional")
INTERVAL_MONTHS = 12
MEETS: Mapping[str, Any] = {
    ">=": lambda value, limit: value >= limit, ">": lambda value, limit: value > limit,
    "<=": lambda value, limit: value <= limit, "<": lambda value, limit: value < limit,
    "=": lambda value, limit: value == limit,
}  # fmt: skip
Row = Mapping[str, Any]


def check(system: System, measured: Measured) -> Iterator[Problem]:
    evaluations: dict[str, list[tuple[date, Entry]]] = {}
    for entry in system.of("provider-evaluation"):
        on = day(entry.value, "evaluated_on")
        if on is not None and on <= system.as_of:
            evaluations.setdefault(str(entry.value.get("provider")), []).append((on, entry))
    for entry in system.of("providers"):
        for index, row in enumerate(rows(entry.value, "items")):
            at, name = ("items", index), str(row.get("id"))
            done = sorted(evaluations.get(name, []), key=lambda one: (one[0], one[1].path))
            yield from _told(system, measured, entry, at, row)
            yield from _evaluated(system, entry, at, row, done)
            yield from _split(measured, entry, at, row)
            yield from _contracts(system, entry, at, row)
            for _, evaluation in done:
                yield from _performance(row, evaluation)


def _in_use(system: System, row: Row) -> bool:
    ended = day(row, "ended_on")
    return row.get("status") in IN_USE and (ended is None or ended >= system.as_of)


def _told(system: System, measured: Measured, entry: Entry, at: Pointer, row: Row) -> Iterator[Problem]:
    """`informed_on` is the last time; a contract in force and a letter of earlier days told them as well."""
    letters = [
        day(one.value, "sent_on") for one in system.of("communication-record")
        if row.get("id") in words(one.value, "providers") and "provider-requirements" in words(one.value, "topics")
    ]  # fmt: skip
    known = [on for on in (day(row, "informed_on"), *letters) if on is not None]
    told = [*known, *(on for on in (day(row, "contract", "valid_from_on"),) if on is not None)]
    first = day(row, "first_use_on")
    if first is not None and told and min(told) > first:
        facts = {"first": first.isoformat(), "told": min(told).isoformat()}
        yield found(USED_BEFORE_TOLD, entry, (*at, "informed_on"), ("8.7.a",), breach=("other",), facts=facts)
    changed = max((one[0] for one in measured.complaints.criteria.versions["time-limits"] if one[0] <= system.as_of),
                  default=None)  # fmt: skip
    stale = changed is not None and known and max(known) < changed and (first is None or first < changed)
    if row.get("outsourced") is True and _in_use(system, row) and stale and changed is not None:
        facts = {"changed": changed.isoformat(), "told": max(known).isoformat()}
        yield found(NOT_TOLD_OF_CHANGE, entry, (*at, "informed_on"), ("8.7.a",), facts=facts)


def _evaluated(
    system: System, entry: Entry, at: Pointer, row: Row, done: list[tuple[date, Entry]]
) -> Iterator[Problem]:
    first, used = day(row, "first_use_on"), _in_use(system, row)
    chosen = [on for on, one in done if one.value.get("decision") in IN_USE]
    if first is not None and first <= system.as_of and done and (not chosen or min(chosen) > first):
        facts = {"first": first.isoformat(), "evaluated": min(chosen).isoformat() if chosen else "—"}
        yield found(USED_BEFORE_EVALUATED, entry, (*at, "first_use_on"), ("8.7.b",), breach=("other",), facts=facts)
    if done and used and done[-1][1].value.get("decision") not in IN_USE:
        where = (*at, "status")
        told: dict[str, Fact] = {"evaluation": done[-1][1].id, "status": label(entry, where, str(row.get("status")))}
        yield found(STATUS_DIFFERS, entry, where, ("8.7.b",), facts=told)
    months = row.get("evaluation_interval_months")
    due = months_after(done[-1][0], months if isinstance(months, int) else INTERVAL_MONTHS) if done else None
    if used and due is not None and due < system.as_of:
        facts = {"last": done[-1][0].isoformat(), "due": due.isoformat()}
        basis: Basis = "own" if isinstance(months, int) else "implied"
        yield found(
            EVALUATION_OVERDUE, entry, (*at, "evaluation_interval_months"), ("8.7.c",), basis=basis, facts=facts
        )


def _performance(row: Row, evaluation: Entry) -> Iterator[Problem]:
    """Below the limit that the organisation set: something is decided, and nobody calls it met."""
    limits = {str(limit.get("kpi")): limit for limit in rows(row, "kpi_limits")}
    answered = rows(evaluation.value, "actions") or word(evaluation.value, "nonconformity")
    stopped = evaluation.value.get("decision") not in IN_USE
    for index, figure in enumerate(rows(evaluation.value, "figures")):
        limit, value = limits.get(str(figure.get("kpi"))), figure.get("value")
        bound = child(limit, "limit")
        meets = MEETS.get(str(child(limit, "comparator")))
        if meets is None or not isinstance(value, int | float) or not isinstance(bound, int | float):
            continue
        if meets(value, bound):
            continue
        wanted = f"{child(limit, 'comparator')}{bound:g}"
        facts = {"kpi": str(figure.get("kpi")), "value": f"{value:g}", "limit": wanted}
        if figure.get("met") is True:
            yield found(PERFORMANCE_CALLED_MET, evaluation, ("figures", index, "met"), ("8.7.c",), facts=facts)
        if not answered and not stopped:
            yield found(PERFORMANCE_UNANSWERED, evaluation, ("figures", index), ("8.7.c",), facts=facts)


def _split(measured: Measured, entry: Entry, at: Pointer, row: Row) -> Iterator[Problem]:
    """Each step has one side that answers for it; what cases hand to a provider is outsourced, by any name."""
    sides: dict[str, str] = {}
    for index, step in enumerate(rows(row, "responsibility_matrix")):
        name, side = "".join(str(step.get("step")).split()), str(step.get("accountable"))
        if sides.setdefault(name, side) != side:
            where = (*at, "responsibility_matrix", index, "accountable")
            yield found(SPLIT_CONTRADICTS, entry, where, ("8.7.d",), step=str(step.get("step")))
    if row.get("outsourced") is not True:
        cases = [
            case.id for case in measured.cases
            if case.judged and child(case.value, "outsourcing", "provider") == row.get("id")
        ]  # fmt: skip
        if cases:
            facts: dict[str, Fact] = {"count": len(cases), "first": cases[0]}
            yield found(CALLED_NOT_OUTSOURCED, entry, (*at, "outsourced"), ("8.7.d",), facts=facts)


def _contracts(system: System, entry: Entry, at: Pointer, row: Row) -> Iterator[Problem]:
    if not _in_use(system, row):
        return
    for rule, key, asked in (
        (CONTRACT_EXPIRED, "contract", ("8.7.gen",)),
        (AGREEMENT_EXPIRED, "personal_data_agreement", ("8.7.d",)),
    ):
        until = day(row, key, "valid_to_on")
        if until is not None and until < system.as_of and (key == "contract" or row.get("personal_data") is True):
            yield found(rule, entry, (*at, key, "valid_to_on"), asked, facts={"until": until.isoformat()})
