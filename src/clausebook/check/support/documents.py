"""Chapter 7, documented information: a version is valid once someone authorised has approved this content."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ...load.positions import place
from ...measure import Measured
from ...measure.approvals import Approvals, Verdict
from ...measure.revisits import next_reviews
from ...model import Entry, System
from ...problems import Problem, Rule, problem
from .control import APPROVED_BY_ABSENT

APPROVAL_MISSING = Rule("approval-missing", "contradiction", "explicit")
APPROVAL_OF_OTHER_CONTENT = Rule("approval-of-other-content", "contradiction", "explicit")
APPROVAL_BY_AUTHOR = Rule("approval-by-author", "contradiction", "own")
ENTERED_BY_OTHER = Rule("approval-entered-by-other", "contradiction", "own")
DATED_OTHERWISE = Rule("approval-dated-otherwise", "contradiction", "own")
ON_OWN_AUTHORITY = Rule("approval-on-own-authority", "contradiction", "own")
LEVEL_REFUSED = Rule("approval-level-refused", "contradiction", "own")
NOT_MERGED = Rule("approval-not-merged", "contradiction", "own")
ALTERED = Rule("approval-altered", "contradiction", "own")
MISFILED = Rule("approval-misfiled", "contradiction", "own")
BEFORE_CONTENT = Rule("approval-before-content", "contradiction", "own")
SIGNATURE_WRONG = Rule("approval-signature-wrong", "contradiction", "own")
KEY_UNTRUSTED = Rule("approval-key-untrusted", "contradiction", "own")
WITHDRAWN = Rule("approval-withdrawn", "contradiction", "own")
REVIEWED_BY_PARTY = Rule("reviewer-not-independent", "contradiction", "implied")
REVIEW_OVERDUE = Rule("review-overdue", "due", "own")
RULES = (
    APPROVAL_MISSING, APPROVAL_OF_OTHER_CONTENT, APPROVAL_BY_AUTHOR, ENTERED_BY_OTHER, DATED_OTHERWISE,
    ON_OWN_AUTHORITY, LEVEL_REFUSED, NOT_MERGED, ALTERED, MISFILED, BEFORE_CONTENT, SIGNATURE_WRONG, KEY_UNTRUSTED,
    WITHDRAWN, REVIEWED_BY_PARTY, REVIEW_OVERDUE,
)  # fmt: skip
BY_ID = {rule.id: rule for rule in (*RULES, APPROVED_BY_ABSENT)}

KEPT_CURRENT = {"4.2": "4.2.proc", "7.4": "7.4.crisis", "8.2": "8.2.proc", "8.4": "8.4.mech", "9.1.2": "9.1.2.proc"}
"""Clause that asks for a procedure → the requirement that it is maintained."""
KEPT_CURRENT_KINDS = {"policy": ("5.2.est",), "scope": ("4.3.det",)}


def check(system: System, measured: Measured) -> Iterator[Problem]:
    approvals = measured.approvals
    ahead = next_reviews(system)
    unwritten = {id(gap.entry) for gap in measured.unwritten}
    for entry in system.entries:
        if entry.controlled:
            # Nobody approves what is not written, and an unreadable approval is its own problem: both are said already.
            if id(entry) not in unwritten and not _unreadable_approval(system, entry):
                yield from _approved(approvals, entry)
            yield from _tampered(approvals, entry)
            yield from _reviewers(approvals, entry)
            yield from _reviewed(system.as_of, entry, ahead.get(entry.id))


def _unreadable_approval(system: System, document: Entry) -> bool:
    return any(path.startswith(f"records/approvals/{document.id}/") for path in system.broken)


def _approved(approvals: Approvals, document: Entry) -> Iterator[Problem]:
    version = str(document.value.get("version", ""))
    verdicts = [v for v in approvals.verdicts(document) if v.meaning == "approve" and v.version == version]
    covering = [v for v in verdicts if v.approval.value.get("sha256") == document.source.sha256]
    at = place(document, ("version",))
    facts = {"id": document.id, "version": version}
    if not verdicts:
        required = ("7.5.1.a",) if document.value.get("necessity") == "required" else ()
        yield problem(APPROVAL_MISSING, at, ("7.5.2.appr", *required), facts=facts)
    elif not covering:
        told = {**facts, "record": verdicts[0].approval.path, "commit": _changed_in(approvals, document)}
        yield problem(APPROVAL_OF_OTHER_CONTENT, at, ("7.5.2.appr", "7.5.3.ctl3"), facts=told)
    elif approvals.valid(document) is None and (taken := _withdrawn(approvals, document, covering)):
        yield problem(WITHDRAWN, at, ("7.5.2.appr", "7.5.3.ctl3"), facts={**facts, "on": taken})
    elif approvals.valid(document) is None:
        yield from (said for verdict in covering for said in _not_counted(verdict, facts))


def _withdrawn(approvals: Approvals, document: Entry, covering: list[Verdict]) -> str:
    """The day on which the version in hand was withdrawn, where that alone ended its approval; else nothing."""
    on = approvals.withdrawn(document)
    sound = any(verdict.holds and not approvals.own(verdict, document.value) for verdict in covering)
    return on.isoformat() if on is not None and sound else ""


def _reviewers(approvals: Approvals, document: Entry) -> Iterator[Problem]:
    """Whoever reviews had better be a third person: a second pair of eyes is what it is for (corrections 20)."""
    approved = approvals.valid(document)
    approver = approved.person if approved is not None else ""
    reviews = [v for v in approvals.verdicts(document) if v.meaning == "review" and approvals.covers(v, document)]
    parties = [v for v in reviews if approvals.own(v, document.value) or approvals.same_human(v.person, approver)]
    if len(parties) == len(reviews):
        for verdict in parties:
            author = approvals.own(verdict, document.value)
            other = str(document.value.get("prepared_by", "")) if author else approver
            facts = {"id": document.id, "person": verdict.person, "other": other}
            yield problem(REVIEWED_BY_PARTY, place(verdict.approval, ("person",)), ("7.5.2.appr",), facts=facts)


def _not_counted(verdict: Verdict, facts: dict[str, str]) -> Iterator[Problem]:
    """Why an approval of the content in hand does not count; one that is sound in git is the author's own."""
    for fault in verdict.faults:
        if fault.rule != ALTERED.id:
            told = {**facts, "record": verdict.approval.path, **fault.facts}
            yield problem(BY_ID[fault.rule], place(verdict.approval, ("person",)), ("7.5.2.appr",), facts=told)
    if not verdict.faults:
        yield problem(APPROVAL_BY_AUTHOR, place(verdict.approval, ("person",)), ("7.5.2.appr",), facts=facts)


def _tampered(approvals: Approvals, document: Entry) -> Iterator[Problem]:
    """A signed paper is not written over, whatever version it was for (7.5.3 b)."""
    for verdict in approvals.verdicts(document):
        for fault in verdict.faults:
            if fault.rule == ALTERED.id:
                told = {**fault.facts, "record": verdict.approval.path}
                yield problem(ALTERED, place(verdict.approval), ("7.5.2.appr", "7.5.3.b"), facts=told)


def _changed_in(approvals: Approvals, document: Entry) -> str:
    """The commit that left the content in hand; nothing while it is not committed or git does not answer for it."""
    newest = next(iter(approvals.editions(document)), None)
    if newest is None or not newest.judged or newest.sha256 != document.source.sha256:
        return ""
    return newest.commit.id[:12]


def _reviewed(as_of: date, document: Entry, due: date | None) -> Iterator[Problem]:
    if due is not None and due < as_of:
        served = [str(clause) for clause in document.value.get("clauses") or ()]
        own = tuple(KEPT_CURRENT[clause] for clause in served if clause in KEPT_CURRENT)
        asked = (*KEPT_CURRENT_KINDS.get(document.kind.name, ()), *own, "7.5.3.a")
        yield problem(REVIEW_OVERDUE, place(document, ("next_review_on",)), asked, id=document.id, due=due.isoformat())
