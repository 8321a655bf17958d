"""6.3 Changes: approved before they are carried out, whole in their documents, verified afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...measure import Measured
from ...measure.moments import child, day, rows, word, words
from ...measure.offices import Offices
from ...model import Entry, System
from ...problems import Problem, Rule
from ..reporting import found

CHANGE_BEFORE_APPROVAL = Rule("change-before-approval", "lapse", "explicit")
CHANGE_OUT_OF_ORDER = Rule("change-out-of-order", "lapse", "explicit")
CHANGE_REJECTED_BUT_DONE = Rule("change-rejected-but-done", "lapse", "explicit")
CHANGE_SELF_APPROVED = Rule("change-self-approved", "contradiction", "implied")
CHANGE_UNVERIFIED = Rule("change-unverified", "due", "own")
CHANGE_VERIFIED_BY_DOER = Rule("change-verified-by-doer", "contradiction", "implied")
CHANGE_FAILED_UNANSWERED = Rule("change-failed-unanswered", "contradiction", "own")
CHANGE_WITHOUT_DOCUMENT = Rule("change-not-named-back", "contradiction", "own")
EDITION_WITHOUT_CHANGE = Rule("edition-without-change", "contradiction", "implied")
CHANGE_COPIED_TEXT = Rule("change-text-repeated", "contradiction", "implied")
CHANGE_OF_NOBODY = Rule("change-for-vacant-role", "contradiction", "explicit")
CHANGE_WITHOUT_MEANS = Rule("change-of-retired-resource", "contradiction", "explicit")
RULES = (
    CHANGE_BEFORE_APPROVAL, CHANGE_OUT_OF_ORDER, CHANGE_REJECTED_BUT_DONE, CHANGE_SELF_APPROVED, CHANGE_UNVERIFIED,
    CHANGE_VERIFIED_BY_DOER, CHANGE_FAILED_UNANSWERED, CHANGE_WITHOUT_DOCUMENT, EDITION_WITHOUT_CHANGE,
    CHANGE_COPIED_TEXT, CHANGE_OF_NOBODY, CHANGE_WITHOUT_MEANS,
)  # fmt: skip
READS = frozenset({"change", "roles", "people", "resources", "procedure", "manual", "scope", "policy", "process"})


def check(system: System, measured: Measured) -> Iterator[Problem]:
    offices = Offices(system)
    documents = {entry.id: entry for entry in system.entries if entry.controlled}
    for entry in system.of("change"):
        yield from _order(entry)
        yield from _verified(system, offices, entry)
        yield from _named_back(entry, documents)
        yield from _substance(system, offices, entry)
    yield from _editions(documents)


def _order(entry: Entry) -> Iterator[Problem]:
    value = entry.value
    proposed, approved, done = (day(value, key) for key in ("proposed_on", "approved_on", "implemented_on"))
    if done is not None and approved is not None and done < approved:
        facts = {"approved": approved.isoformat(), "done": done.isoformat()}
        yield found(CHANGE_BEFORE_APPROVAL, entry, ("implemented_on",), ("6.3.sys",), breach=("other",), facts=facts)
    if proposed is not None and approved is not None and approved < proposed:
        facts = {"proposed": proposed.isoformat(), "approved": approved.isoformat()}
        yield found(CHANGE_OUT_OF_ORDER, entry, ("approved_on",), ("6.3.sys",), breach=("other",), facts=facts)
    if done is not None and "rejected" in value:
        yield found(CHANGE_REJECTED_BUT_DONE, entry, ("rejected",), ("6.3.sys",), breach=("other",))
    if word(value, "approved_by") is not None and word(value, "approved_by") == word(value, "proposed_by"):
        facts = {"who": str(value["approved_by"])}
        yield found(CHANGE_SELF_APPROVED, entry, ("approved_by",), ("6.3.sys",), facts=facts)


def _verified(system: System, offices: Offices, entry: Entry) -> Iterator[Problem]:
    """Whether a change did what it was meant for is looked at when that was planned, by somebody else."""
    checked = child(entry.value, "verification")
    planned, on, done = day(checked, "planned_on"), day(checked, "verified_on"), day(entry.value, "implemented_on")
    if planned is not None and on is None and planned < system.as_of:
        facts = {"planned": planned.isoformat()}
        yield found(CHANGE_UNVERIFIED, entry, ("verification", "planned_on"), ("6.3.sys",), facts=facts)
    if on is not None and done is not None and on < done:
        facts = {"proposed": done.isoformat(), "approved": on.isoformat()}
        at = ("verification", "verified_on")
        yield found(CHANGE_OUT_OF_ORDER, entry, at, ("6.3.sys",), breach=("other",), facts=facts)
    judge = word(checked, "verified_by")
    seen = on or system.as_of
    steps = [(word(step, "owner"), day(step, "done_on") or seen) for step in rows(entry.value, "steps")]
    doers = {offices.human(person) for owner, then in steps for person in offices.people_of(owner, then)}
    if judge is not None and doers == {offices.human(judge)}:
        yield found(CHANGE_VERIFIED_BY_DOER, entry, ("verification", "verified_by"), ("6.3.sys",), facts={"who": judge})
    followed = any(step.get(key) for step in rows(entry.value, "steps") for key in ("nonconformity", "change_id"))
    if child(checked, "verdict") == "not-achieved" and not followed:
        yield found(CHANGE_FAILED_UNANSWERED, entry, ("verification", "verdict"), ("6.3.sys",))


def _named_back(entry: Entry, documents: dict[str, Entry]) -> Iterator[Problem]:
    """A document that a finished change revised says so in its own revision history (6.3 b)."""
    done = day(entry.value, "implemented_on")
    for index, name in enumerate(words(entry.value, "integrity", "documents") if done else ()):
        document = documents.get(name)
        history = rows(document.value, "history") if document else []
        if history and not any(row.get("change_id") == entry.id for row in history):
            at = ("integrity", "documents", index)
            yield found(CHANGE_WITHOUT_DOCUMENT, entry, at, ("6.3.b",), facts={"document": name})


def _editions(documents: dict[str, Entry]) -> Iterator[Problem]:
    """A new edition (A to B) is a system change; we ask that its history names the change record."""
    for document in documents.values():
        before = ""
        for index, row in enumerate(rows(document.value, "history")):
            edition = str(row.get("version", "")).split("/")[0]
            if before and edition != before and not row.get("change_id"):
                facts = {"version": str(row.get("version"))}
                yield found(EDITION_WITHOUT_CHANGE, document, ("history", index), ("6.3.sys",), facts=facts)
            before = edition


def _substance(system: System, offices: Offices, entry: Entry) -> Iterator[Problem]:
    """Four considerations, four answers; people and means that it counts on are there (6.3 a to d)."""
    value = entry.value
    said = [
        (("purpose",), value.get("purpose"), "6.3.a"), (("consequences",), value.get("consequences"), "6.3.a"),
        (("integrity", "statement"), child(value, "integrity", "statement"), "6.3.b"),
        (("resources", "statement"), child(value, "resources", "statement"), "6.3.c"),
        (("roles", "statement"), child(value, "roles", "statement"), "6.3.d"),
    ]  # fmt: skip
    seen: set[str] = set()
    for pointer, text, requirement in said:
        if isinstance(text, str) and text in seen:
            yield found(CHANGE_COPIED_TEXT, entry, pointer, (requirement,))
        seen.add(str(text))
    on = day(value, "implemented_on") or day(value, "approved_on")
    for index, role in enumerate(words(value, "roles", "roles") if on else ()):
        if role in offices.roles and on is not None and not offices.holders(role, on):
            facts = {"role": role, "on": on.isoformat()}
            yield found(CHANGE_OF_NOBODY, entry, ("roles", "roles", index), ("6.3.d",), facts=facts)
    retired = {str(r.get("id")) for e in system.of("resources") for r in rows(e.value, "items") if _retired(r)}
    for index, name in enumerate(words(value, "resources", "resources") if "implemented_on" not in value else ()):
        if name in retired:
            at = ("resources", "resources", index)
            yield found(CHANGE_WITHOUT_MEANS, entry, at, ("6.3.c",), facts={"resource": name})


def _retired(row: dict[str, Any]) -> bool:
    return row.get("status") == "retired"
