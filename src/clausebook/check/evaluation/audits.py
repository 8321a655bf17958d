"""9.2 b, d and e: what each audit looked at, whom it told and when, and what became of its findings.

A finding and its nonconformity name each other. Findings of others (certification, second party, regulator) are
followed up like one's own (corrections 32).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ...clauses import covers
from ...measure import Measured
from ...measure.actions import Action, actions_of
from ...measure.calendar import WorkingDays
from ...measure.moments import child, day, rows, word, words
from ...measure.offices import Offices
from ...model import Entry, System
from ...problems import Basis, Problem, Rule
from ..reporting import found, joined

FINDING_OUTSIDE_SCOPE = Rule("finding-outside-scope", "contradiction", "implied")
AUDIT_REPORT_LATE = Rule("audit-report-late", "lapse", "own")
AUDIT_REPORT_TOO_EARLY = Rule("audit-report-too-early", "lapse", "own")
AUDIT_REPORT_INCOMPLETE = Rule("audit-report-incomplete", "lapse", "explicit")
FINDING_LINK_BROKEN = Rule("finding-link-broken", "contradiction", "own")
FINDING_OVERDUE = Rule("finding-overdue", "due", "own")
FINDING_ANSWERED_LATE = Rule("finding-answered-late", "lapse", "own")
FINDING_NOT_FOLLOWED_UP = Rule("finding-not-followed-up", "due", "implied")
RULES = (
    FINDING_OUTSIDE_SCOPE, AUDIT_REPORT_LATE, AUDIT_REPORT_TOO_EARLY, AUDIT_REPORT_INCOMPLETE, FINDING_LINK_BROKEN,
    FINDING_OVERDUE, FINDING_ANSWERED_LATE, FINDING_NOT_FOLLOWED_UP,
)  # fmt: skip
READS = frozenset({"audit", "audit-programme", "nonconformity", "people", "roles", "organization"})
SOURCE = {"internal": "internal-audit", "external": "external-audit"}


def check(system: System, measured: Measured) -> Iterator[Problem]:
    ncs = {entry.id: entry for entry in system.of("nonconformity")}
    planned: dict[str, list[Action]] = {}
    for action in actions_of(system, "nonconformity"):
        planned.setdefault(action.entry.id, []).append(action)
    offices, within = Offices(system), _within(system)
    for audit in system.of("audit"):
        if audit.value.get("cancelled"):
            continue
        if audit.value.get("type") == "internal":
            yield from _reported(audit, measured.complaints.watch.own, within)
            yield from _told(system, offices, audit)
        yield from _findings(system, audit, ncs, planned)
    yield from _claims(system, ncs)


def _within(system: System) -> int | None:
    for programme in system.of("audit-programme"):
        given = programme.value.get("report_within_days")
        if isinstance(given, int):
            return given
    return None


def _reported(audit: Entry, calendar: WorkingDays, within: int | None) -> Iterator[Problem]:
    finished, told = day(audit.value, "finished_on"), day(audit.value, "reported", "on")
    if finished is None or told is None:
        return
    facts = {"finished": finished.isoformat(), "on": told.isoformat()}
    if told < finished:
        yield found(AUDIT_REPORT_TOO_EARLY, audit, ("reported", "on"), ("9.2.d",), breach=("other",), facts=facts)
    elif within is not None and told > (due := calendar.due(finished, within).on):
        facts["due"] = due.isoformat()
        yield found(AUDIT_REPORT_LATE, audit, ("reported", "on"), ("9.2.d",), breach=("other",), facts=facts)


def _told(system: System, offices: Offices, audit: Entry) -> Iterator[Problem]:
    """The manager of each audited department; where there was a nonconformity the standard itself asks for it."""
    on = day(audit.value, "reported", "on")
    told = set(words(audit.value, "reported", "to"))
    if on is None or not told:
        return
    there = {person for who in told for person in offices.people_of(who, on)}
    hit = {str(row.get("department")) for row in rows(audit.value, "findings") if row.get("grade") != "observation"}
    heads = {str(row.get("id")): word(row, "head") for row in rows(system.organisation, "departments")}
    audited = [name for name in words(audit.value, "scope", "departments") if name in heads]
    missed = [name for name in audited if name not in told and not there & set(offices.holders(heads[name], on))]
    missed = [name for name in missed if heads[name] not in told]
    for basis, names in _by_weight(missed, hit):
        if names:
            facts = {"names": joined(names)}
            at = ("reported", "to")
            yield found(AUDIT_REPORT_INCOMPLETE, audit, at, ("9.2.d",), basis=basis, breach=("other",), facts=facts)


def _by_weight(names: list[str], hit: set[str]) -> Iterator[tuple[Basis, list[str]]]:
    yield "explicit", [name for name in names if name in hit]
    yield "implied", [name for name in names if name not in hit]


def _findings(
    system: System, audit: Entry, ncs: dict[str, Entry], planned: dict[str, list[Action]]
) -> Iterator[Problem]:
    scope, followed = child(audit.value, "scope"), {str(row.get("finding")) for row in rows(audit.value, "follow_up")}
    for index, row in enumerate(rows(audit.value, "findings")):
        at, name, clause = ("findings", index), str(row.get("id")), str(row.get("clause"))
        wide = words(scope, "clauses")
        if wide and not any(covers(one, clause) for one in wide):
            yield found(FINDING_OUTSIDE_SCOPE, audit, (*at, "clause"), ("9.2.b",), finding=name, clause=clause)
        nc = ncs.get(word(row, "nonconformity") or "")
        if nc is None or row.get("grade") == "observation":
            continue
        if not _names_back(audit, nc, name):
            facts = {"finding": name, "nonconformity": nc.id}
            yield found(FINDING_LINK_BROKEN, audit, (*at, "nonconformity"), ("9.2.e",), facts=facts)
        yield from _in_time(system.as_of, audit, index, row, nc, planned.get(nc.id, []))
        if day(nc.value, "closed_on") and name not in followed:
            yield found(FINDING_NOT_FOLLOWED_UP, audit, at, ("9.2.e",), finding=name, nonconformity=nc.id)


def _names_back(audit: Entry, nc: Entry, finding: str) -> bool:
    source = child(nc.value, "source")
    kind, named = word(source, "type"), word(source, "finding")
    same = named is None or named == finding
    return audit.id in words(source, "references") and same and kind in (None, SOURCE.get(str(audit.value.get("type"))))


def _in_time(
    as_of: date, audit: Entry, index: int, row: dict[str, object], nc: Entry, planned: list[Action]
) -> Iterator[Problem]:
    """Answered by the day that the audit agreed: all that was due by then, and whatever was done by then.

    Where nothing was due or done by then, the first thing done later is a late answer.
    """
    due = day(row, "due_on")
    if due is None:
        return
    done = sorted(_done(nc, planned))
    asked = [one.done_on for one in planned if not one.cancelled and one.first_due_on <= due]
    dates = [*asked, *(on for on in done if on <= due)] or done[:1]
    facts = {"finding": str(row.get("id")), "due": due.isoformat(), "nonconformity": nc.id}
    at = ("findings", index, "due_on")
    if due < as_of and (not dates or None in dates):
        yield found(FINDING_OVERDUE, audit, at, ("9.2.e",), facts=facts)
    elif (last := max((on for on in dates if on is not None), default=None)) is not None and last > due:
        facts["done"] = last.isoformat()
        yield found(FINDING_ANSWERED_LATE, audit, at, ("9.2.e",), breach=("late-action", "other"), facts=facts)


def _done(nc: Entry, planned: list[Action]) -> Iterator[date]:
    """Days of what was done about a nonconformity: planned or at once, or the approved decision to do no more."""
    yield from (one.done_on for one in planned if one.done_on is not None)
    for keys in (("correction", "done_on"), ("no_action", "approved_on")):
        on = day(nc.value, *keys)
        if on is not None and (keys[0] == "correction" or word(nc.value, "no_action", "approved_by")):
            yield on


def _claims(system: System, ncs: dict[str, Entry]) -> Iterator[Problem]:
    """A nonconformity that says it comes from a finding is named by that finding."""
    audits = {entry.id: entry for entry in system.of("audit")}
    for nc in ncs.values():
        finding = word(nc.value, "source", "finding")
        named = [audits[name] for name in words(nc.value, "source", "references") if name in audits]
        if finding is None or not named:
            continue
        carried = [
            row for audit in named for row in rows(audit.value, "findings")
            if row.get("id") == finding and row.get("nonconformity") == nc.id
        ]  # fmt: skip
        if not carried:
            facts = {"finding": finding, "nonconformity": nc.id}
            yield found(FINDING_LINK_BROKEN, nc, ("source", "finding"), ("9.2.e",), facts=facts)
