"""4.4.1 c to h and 4.4.2: each process is measured, staffed, reviewed in its interval, and leaves the records it names.

A planned interval of records is the organisation's own; one month of grace is ours, for a month's work is written up
in the next one. Records that only arise from events are never missed (corrections 13).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from ...clauses import covers
from ...measure import Measured
from ...measure.datings import Datings
from ...measure.moments import day, rows, word, words
from ...measure.offices import Offices
from ...measure.periods import period_named
from ...measure.retirements import retirements
from ...measure.rhythm import gaps
from ...model import Entry, System
from ...problems import Fact, Problem, Rule
from ..reporting import found, joined, process_id

KPI_OF_OTHERS = Rule("process-kpi-of-others", "contradiction", "implied")
RESOURCE_GONE = Rule("process-resource-retired", "contradiction", "own")
RESPONSIBLE_VACANT = Rule("process-responsible-vacant", "due", "own")
RISK_ONE_SIDED = Rule("process-risk-one-sided", "contradiction", "own")
REVIEW_OVERDUE = Rule("process-review-overdue", "due", "own")
REVIEW_MISSED = Rule("process-review-missed", "lapse", "own")
REVIEW_UNANSWERED = Rule("process-review-unanswered", "contradiction", "own")
REVIEW_BEFORE_END = Rule("process-review-before-end", "lapse", "own")
DOCUMENTS_ELSEWHERE = Rule("process-documents-elsewhere", "contradiction", "implied")
DOCUMENT_ONE_SIDED = Rule("process-document-one-sided", "contradiction", "own")
DOCUMENT_WITHDRAWN = Rule("process-document-withdrawn", "contradiction", "own")
RECORD_KIND_UNKNOWN = Rule("process-record-unknown", "contradiction", "own")
RECORD_OVERDUE = Rule("process-record-overdue", "due", "own")
RECORD_MISSED = Rule("process-record-missed", "lapse", "own")
RULES = (
    KPI_OF_OTHERS, RESOURCE_GONE, RESPONSIBLE_VACANT, RISK_ONE_SIDED,
    REVIEW_OVERDUE, REVIEW_MISSED, REVIEW_UNANSWERED, REVIEW_BEFORE_END, DOCUMENTS_ELSEWHERE,
    DOCUMENT_ONE_SIDED, DOCUMENT_WITHDRAWN, RECORD_KIND_UNKNOWN, RECORD_OVERDUE, RECORD_MISSED,
)  # fmt: skip
READS = frozenset({
    "process", "kpi", "resources", "roles", "people", "risks", "process-review", "annual-evaluation",
    "procedure", "work-instruction", "approval", "participation", "leadership", "awareness", "drill",
    "training", "document-review", "channel-count", "exposure", "communication-record", "policy", "scope", "manual",
})  # fmt: skip

EVERY = {"month": 1, "quarter": 3, "half-year": 6, "year": 12}
GRACE = 1
PLANNED_ELSEWHERE = frozenset({
    "monitoring", "annual-evaluation", "compliance-evaluation", "process-review", "tool-check", "audit",
    "management-review", "provider-evaluation",
})  # fmt: skip
"""Kinds whose rhythm is planned, and judged, where their clause is: 8.7, 9.1, 9.2, 9.3, and 4.4.1 g here."""
EVALUATIONS = {"process-review": ("items", "reviewed_on"), "annual-evaluation": ("processes", "evaluated_on")}
Row = Mapping[str, Any]


def check(system: System, measured: Measured) -> Iterator[Problem]:
    documents = {entry.id: entry for entry in system.entries if entry.controlled}
    kpis = {str(kpi.value.get("id")): words(kpi.value, "clause") for kpi in system.of("kpi")}
    withdrawn, judged = _withdrawn(system), _judged(system)
    offices, datings, gone = Offices(system), Datings(system), retirements(system)
    yield from _risks(system)
    for entry in system.of("process"):
        yield from _measured(entry, kpis)
        yield from _resources(entry, gone)
        yield from _responsible(system, offices, entry)
        yield from _documents(entry, documents, withdrawn)
        yield from _reviewed(system, entry, judged[process_id(entry)])
        yield from _records(system, datings, entry)
    for review in system.of("process-review"):
        yield from _answered(review)


def _measured(entry: Entry, kpis: Mapping[str, list[str]]) -> Iterator[Problem]:
    """What a process is measured by says something about it; that it is measured at all is judged with the plan."""
    names, own = words(entry.value, "kpis"), words(entry.value, "clauses")
    clauses = [clause for name in names for clause in kpis.get(name, ())]
    if clauses and own and not _meet(clauses, own):
        yield found(KPI_OF_OTHERS, entry, ("kpis",), ("4.4.1.c",), facts={"kpis": joined(names)})


def _meet(some: Iterable[str], others: Iterable[str]) -> bool:
    return any(covers(one, other) or covers(other, one) for one in some for other in others)


def _resources(entry: Entry, gone: Mapping[str, date]) -> Iterator[Problem]:
    """What a process needs is still there; what is lacking and not planned is said by the register (7.1)."""
    for index, name in enumerate(words(entry.value, "resources")):
        if name in gone:
            yield found(RESOURCE_GONE, entry, ("resources", index), ("4.4.1.d",), facts={"resource": name})


def _responsible(system: System, offices: Offices, entry: Entry) -> Iterator[Problem]:
    """Roles that carry the process and that nobody holds; its owner's vacancy is said of the document."""
    for index, role in enumerate(words(entry.value, "responsible")):
        if role in offices.roles and role != entry.value.get("owner") and not offices.holders(role, system.as_of):
            yield found(RESPONSIBLE_VACANT, entry, ("responsible", index), ("4.4.1.e",), facts={"role": role})


def _risks(system: System) -> Iterator[Problem]:
    """Process and risk name each other; where risks of a process are denied none is listed (4.4.1 f)."""
    processes = {process_id(entry): entry for entry in system.of("process")}
    for register in system.of("risks"):
        risks = {str(row.get("id")): row for row in rows(register.value, "items")}
        without = {str(row.get("process")) for row in rows(register.value, "processes_without")}
        for name, entry in processes.items():
            for index, risk in enumerate(words(entry.value, "risks")):
                bears = words(risks.get(risk, {}), "processes")
                if name in without or (bears and name not in bears):
                    facts = {"risk": risk, "process": name}
                    yield found(RISK_ONE_SIDED, entry, ("risks", index), ("4.4.1.f",), facts=facts)
        for index, row in enumerate(rows(register.value, "items")):
            for number, name in enumerate(words(row, "processes") if _open_risk(row) else ()):
                if name in processes and str(row.get("id")) not in words(processes[name].value, "risks"):
                    facts = {"risk": str(row.get("id")), "process": name}
                    at = ("items", index, "processes", number)
                    yield found(RISK_ONE_SIDED, register, at, ("4.4.1.f",), facts=facts)


def _open_risk(row: Row) -> bool:
    return row.get("type") == "risk" and row.get("status") != "closed"


def _judged(system: System) -> Mapping[str, list[tuple[str, date]]]:
    """Process → kind and day of each evaluation that says something about it."""
    days: dict[str, list[tuple[str, date]]] = defaultdict(list)
    for kind, (listed, field) in EVALUATIONS.items():
        for record in system.of(kind):
            on = day(record.value, field)
            for row in rows(record.value, listed) if on else ():
                days[str(row.get("process"))].append((kind, on))  # type: ignore[arg-type]
    return days


def _reviewed(system: System, entry: Entry, judged: list[tuple[str, date]]) -> Iterator[Problem]:
    months, where = entry.value.get("review_every_months"), ("review_every_months",)
    if not isinstance(months, int):
        return
    wanted = set(words(entry.value, "evaluated_in")) & EVALUATIONS.keys() or EVALUATIONS.keys()
    happened = [on for kind, on in judged if kind in wanted]
    for gap in gaps(happened, months, system.as_of, _start(system, entry)):
        facts = {"since": gap.since.isoformat(), "due": gap.due_on.isoformat(), "months": str(months)}
        if gap.until is None:
            yield found(REVIEW_OVERDUE, entry, where, ("4.4.1.g",), facts=facts)
        else:
            facts["until"] = gap.until.isoformat()
            yield found(REVIEW_MISSED, entry, where, ("4.4.1.g",), breach=("missed-period",), facts=facts)


def _start(system: System, entry: Entry) -> date | None:
    """A process runs since it was first in force, but not before the system began."""
    begun = (day(system.organisation, "system_effective_on"), day(entry.value, "first_effective_on"))
    return max((on for on in begun if on is not None), default=None)


def _answered(review: Entry) -> Iterator[Problem]:
    """A process that does not deliver is changed, improved or corrected (4.4.1 g)."""
    last, reviewed = day(review.value, "period", "to_on"), day(review.value, "reviewed_on")
    if last is not None and reviewed is not None and reviewed < last:
        facts = {"last": last.isoformat(), "reviewed": reviewed.isoformat()}
        yield found(REVIEW_BEFORE_END, review, ("reviewed_on",), ("4.4.1.g",), breach=("other",), facts=facts)
    for index, row in enumerate(rows(review.value, "items")):
        asks = row.get("verdict") == "ineffective" or row.get("change_needed") is True
        answered = any(row.get(key) for key in ("change_id", "improvement", "nonconformity", "action"))
        if asks and not answered:
            facts = {"process": str(row.get("process"))}
            yield found(REVIEW_UNANSWERED, review, ("items", index, "verdict"), ("4.4.1.g",), facts=facts)


def _withdrawn(system: System) -> set[tuple[str, str]]:
    """Document and version that somebody withdrew."""
    given = (e.value for e in system.of("approval") if e.value.get("meaning") == "withdraw")
    return {(str(value.get("document")), str(value.get("version"))) for value in given}


def _documents(entry: Entry, documents: Mapping[str, Entry], withdrawn: set[tuple[str, str]]) -> Iterator[Problem]:
    """Documents by which a process runs are in force, name it back and serve at least one of its clauses (4.4.2 a)."""
    known = [(i, documents[name]) for i, name in enumerate(words(entry.value, "documents")) if name in documents]
    served = [clause for _, document in known for clause in words(document.value, "clauses")]
    if served and words(entry.value, "clauses") and not _meet(served, words(entry.value, "clauses")):
        yield found(DOCUMENTS_ELSEWHERE, entry, ("documents",), ("4.4.2.a",))
    for index, document in known:
        facts = {"document": document.id}
        named = words(document.value, "processes")
        if named and process_id(entry) not in named:
            yield found(DOCUMENT_ONE_SIDED, entry, ("documents", index), ("4.4.2.a",), facts=facts)
        if (document.id, str(document.value.get("version"))) in withdrawn:
            yield found(DOCUMENT_WITHDRAWN, entry, ("documents", index), ("4.4.2.a",), facts=facts)


def _records(system: System, datings: Datings, entry: Entry) -> Iterator[Problem]:
    """Records with a planned interval are there in it (4.4.2 b)."""
    for index, row in enumerate(rows(entry.value, "records")):
        kind, months, at = word(row, "kind") or "", EVERY.get(str(row.get("every"))), ("records", index)
        if kind not in system.kinds:
            yield found(RECORD_KIND_UNKNOWN, entry, (*at, "kind"), ("4.4.2.b",), facts={"kind": kind})
        elif months is not None and kind not in PLANNED_ELSEWHERE:
            yield from _rhythm(system, datings, entry, at, kind, months)


def _rhythm(
    system: System, datings: Datings, entry: Entry, at: tuple[str, int], kind: str, months: int
) -> Iterator[Problem]:
    """A record of a period counts for that period; another one on its day, with a month of grace."""
    periods = [p for r in system.of(kind) if (p := period_named(word(r.value, "period"))) is not None]
    days = [p.start for p in periods] or [on for r in system.of(kind) if (on := datings.of(r.id).began) is not None]
    between, ahead = (months, 2 * months + GRACE) if periods else (months + GRACE,) * 2
    start = _start(system, entry)
    facts: dict[str, Fact] = {"kind": system.kinds[kind].title, "months": str(months)}
    closed = [gap for gap in gaps(days, between, system.as_of, start) if gap.until is not None]
    for gap in closed:
        told = {**facts, "since": gap.since.isoformat(), "until": str(gap.until)}
        yield found(RECORD_MISSED, entry, (*at, "every"), ("4.4.2.b",), breach=("missed-period",), facts=told)
    for gap in gaps(days, ahead, system.as_of, start):
        if gap.until is None:
            told = {**facts, "since": gap.since.isoformat(), "due": gap.due_on.isoformat()}
            yield found(RECORD_OVERDUE, entry, (*at, "every"), ("4.4.2.b",), facts=told)
