"""Chapter 7, documented information: a version is valid once someone authorised has approved this content."""

from __future__ import annotations

from collections.abc import Iterator

from ...load.positions import place
from ...measure import Measured
from ...model import Entry, System
from ...problems import Problem, Rule, problem

APPROVAL_MISSING = Rule("approval-missing", "contradiction", "explicit")
APPROVAL_OF_OTHER_CONTENT = Rule("approval-of-other-content", "contradiction", "explicit")
APPROVAL_BY_AUTHOR = Rule("approval-by-author", "contradiction", "own")
REVIEW_OVERDUE = Rule("review-overdue", "due", "own")
RULES = (APPROVAL_MISSING, APPROVAL_OF_OTHER_CONTENT, APPROVAL_BY_AUTHOR, REVIEW_OVERDUE)

KEPT_CURRENT = {"4.2": "4.2.proc", "7.4": "7.4.crisis", "8.2": "8.2.proc", "8.4": "8.4.mech", "9.1.2": "9.1.2.proc"}
"""Clause that asks for a procedure → the requirement that it is maintained."""
KEPT_CURRENT_KINDS = {"policy": ("5.2.est",), "scope": ("4.3.det",)}


def check(system: System, measured: Measured) -> Iterator[Problem]:
    given = approvals(system)
    unwritten = {id(gap.entry) for gap in measured.unwritten}
    for entry in system.entries:
        if entry.controlled:
            # Nobody approves what is not written, and an unreadable approval is its own problem: both are said already.
            if id(entry) not in unwritten and not _unreadable_approval(system, entry):
                yield from _approved(entry, given.get(entry.id, []))
            yield from _reviewed(system, entry)


def _unreadable_approval(system: System, document: Entry) -> bool:
    return any(path.startswith(f"records/approvals/{document.id}/") for path in system.broken)


def approvals(system: System) -> dict[str, list[Entry]]:
    """Approval records by document number."""
    found: dict[str, list[Entry]] = {}
    for entry in system.of("approval"):
        found.setdefault(str(entry.value.get("document", "")), []).append(entry)
    return found


def valid_approval(document: Entry, given: list[Entry]) -> Entry | None:
    """The approval that covers exactly this version and content; None while it is a draft."""
    for approval in given:
        value = approval.value
        same = value.get("version") == document.value.get("version") and value.get("sha256") == document.source.sha256
        if value.get("meaning") == "approve" and same and not _own(document, approval):
            return approval
    return None


def _own(document: Entry, approval: Entry) -> bool:
    return approval.value.get("person") == document.value.get("prepared_by")


def _approved(document: Entry, given: list[Entry]) -> Iterator[Problem]:
    version = str(document.value.get("version", ""))
    of_version = [a for a in given if a.value.get("meaning") == "approve" and a.value.get("version") == version]
    at = place(document, ("version",))
    facts = {"id": document.id, "version": version}
    if not of_version:
        required = ("7.5.1.a",) if document.value.get("necessity") == "required" else ()
        yield problem(APPROVAL_MISSING, at, ("7.5.2.appr", *required), facts=facts)
    elif not any(a.value.get("sha256") == document.source.sha256 for a in of_version):
        yield problem(
            APPROVAL_OF_OTHER_CONTENT, at, ("7.5.2.appr", "7.5.3.ctl3"), facts={**facts, "record": of_version[0].path}
        )
    elif valid_approval(document, given) is None:
        yield problem(APPROVAL_BY_AUTHOR, place(of_version[0], ("person",)), ("7.5.2.appr",), facts=facts)


def _reviewed(system: System, document: Entry) -> Iterator[Problem]:
    due = document.value.get("next_review_on")
    if isinstance(due, str) and due < system.as_of.isoformat():
        served = [str(clause) for clause in document.value.get("clauses") or ()]
        own = tuple(KEPT_CURRENT[clause] for clause in served if clause in KEPT_CURRENT)
        asked = (*KEPT_CURRENT_KINDS.get(document.kind.name, ()), *own, "7.5.3.a")
        yield problem(REVIEW_OVERDUE, place(document, ("next_review_on",)), asked, id=document.id, due=due)
