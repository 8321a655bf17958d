"""7.5 The control block: dates in order, a history that reaches the version in hand, approved in time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from ...measure import Measured
from ...measure.moments import day, rows, word, words
from ...measure.offices import Offices
from ...measure.trust import may_approve
from ...model import Entry, System
from ...problems import Problem, Rule
from ..reporting import found

CONTROL_DATES = Rule("control-dates-contradict", "contradiction", "explicit")
HISTORY_BEHIND = Rule("history-behind-version", "contradiction", "explicit")
HISTORY_OUT_OF_ORDER = Rule("history-out-of-order", "contradiction", "explicit")
VERSION_SKIPPED = Rule("version-skipped", "contradiction", "own")
LANGUAGE_OTHER = Rule("language-not-as-declared", "contradiction", "explicit")
APPROVED_LATE = Rule("approved-after-effective", "lapse", "explicit")
APPROVED_BY_ANYBODY = Rule("approval-without-authority", "contradiction", "own")
APPROVED_BY_ABSENT = Rule("approval-by-absent-person", "contradiction", "explicit")
DISTRIBUTION_MISSES = Rule("distribution-misses-users", "contradiction", "explicit")
OWNER_GONE = Rule("document-owner-gone", "due", "own")
BACKUP_TEST_FAILED = Rule("backup-test-failed", "contradiction", "own")
RULES = (
    CONTROL_DATES, HISTORY_BEHIND, HISTORY_OUT_OF_ORDER, VERSION_SKIPPED, LANGUAGE_OTHER, APPROVED_LATE,
    APPROVED_BY_ANYBODY, APPROVED_BY_ABSENT, DISTRIBUTION_MISSES, BACKUP_TEST_FAILED, OWNER_GONE,
)  # fmt: skip
READS = frozenset({"approval", "roles", "people", "process", "tool-check"})

HAN = re.compile(r"[\u4e00-\u9fff]")
NUMBERED = re.compile(r"([A-Z])/([0-9]+)")


def check(system: System, measured: Measured) -> Iterator[Problem]:
    given, offices = measured.approvals.given, Offices(system)
    users = _users(system, offices)
    for entry in system.entries:
        if entry.controlled:
            yield from _dates(entry)
            yield from _history(entry)
            yield from _language(entry)
            yield from _approved(offices, entry, given.get(entry.id, []))
            yield from _distribution(entry, users)
            yield from _owner(system, offices, entry)
    yield from _backups(system)


def _dates(entry: Entry) -> Iterator[Problem]:
    keys = ("first_issued_on", "first_effective_on", "effective_on", "next_review_on")
    known = [(key, on) for key in keys if (on := day(entry.value, key))]
    for (before, early), (after, late) in pairwise(known):
        if late < early:
            facts = {"before": before, "after": after}
            yield found(CONTROL_DATES, entry, (after,), ("7.5.2.id",), facts=facts)


def _history(entry: Entry) -> Iterator[Problem]:
    """The last line is the version in hand; lines go forward and none is missing."""
    lines = rows(entry.value, "history")
    if not lines:
        return
    if str(lines[-1].get("version")) != entry.value.get("version"):
        facts = {"version": str(entry.value.get("version")), "last": str(lines[-1].get("version"))}
        yield found(HISTORY_BEHIND, entry, ("version",), ("7.5.3.ctl3",), facts=facts)
    for index in range(1, len(lines)):
        before, now = day(lines[index - 1], "on"), day(lines[index], "on")
        if before is not None and now is not None and now < before:
            yield found(HISTORY_OUT_OF_ORDER, entry, ("history", index, "on"), ("7.5.3.ctl3",))
        old, new = (NUMBERED.fullmatch(str(lines[i].get("version"))) for i in (index - 1, index))
        if old and new and not _follows(old.groups(), new.groups()):
            facts = {"before": old[0], "after": new[0]}
            yield found(VERSION_SKIPPED, entry, ("history", index, "version"), ("7.5.3.ctl3",), facts=facts)


def _follows(old: tuple[str | Any, ...], new: tuple[str | Any, ...]) -> bool:
    """A/1 after A/0; B/0 after any A: the pattern of the standard's own cover."""
    if old[0] == new[0]:
        return int(new[1]) == int(old[1]) + 1
    return ord(new[0]) == ord(old[0]) + 1 and new[1] == "0"


def _language(entry: Entry) -> Iterator[Problem]:
    """Declared Chinese without a Chinese character, or English that is mostly Chinese, is a form filled in blindly."""
    said, body = entry.value.get("language"), entry.body or ""
    letters = sum(map(str.isalpha, body))
    if letters < 100:
        return
    han = len(HAN.findall(body))
    if (said == "zh" and han == 0) or (said == "en" and han * 2 > letters):
        yield found(LANGUAGE_OTHER, entry, ("language",), ("7.5.2.fmt",), facts={"language": str(said)})


def _approved(offices: Offices, document: Entry, given: list[Entry]) -> Iterator[Problem]:
    """The approval of the version in hand: before it takes effect, by somebody who may and was there."""
    effective, version = day(document.value, "effective_on"), document.value.get("version")
    for approval in given:
        value = approval.value
        on, person = day(value, "on"), word(value, "person")
        if value.get("meaning") != "approve" or value.get("version") != version or on is None:
            continue
        facts = {"document": document.id, "version": str(version), "person": person or "", "on": on.isoformat()}
        if effective is not None and on > effective:
            facts["effective"] = effective.isoformat()
            yield found(APPROVED_LATE, approval, ("on",), ("7.5.2.appr",), breach=("other",), facts=facts)
        if not offices.active(person, on):
            yield found(APPROVED_BY_ABSENT, approval, ("person",), ("7.5.2.appr",), facts=facts)
        elif not may_approve(offices, document, person, on):
            yield found(APPROVED_BY_ANYBODY, approval, ("person",), ("7.5.2.appr",), facts=facts)


def _users(system: System, offices: Offices) -> Mapping[str, dict[str, str]]:
    """Document → departments whose roles take a step by it, each with the process that says so."""
    found_in: dict[str, dict[str, str]] = {}
    for process in system.of("process"):
        for step in rows(process.value, "steps"):
            department = word(offices.roles.get(word(step, "role") or "", {}), "department")
            if department is not None and word(step, "document") is not None:
                found_in.setdefault(str(step["document"]), {}).setdefault(department, process.id)
    return found_in


def _distribution(entry: Entry, users: Mapping[str, Mapping[str, str]]) -> Iterator[Problem]:
    """Who works by a document is on its distribution list (7.5.3 a)."""
    listed = words(entry.value, "distribution")
    for department, process in users.get(entry.id, {}).items() if listed else ():
        if department not in listed:
            facts = {"department": department, "process": process}
            yield found(DISTRIBUTION_MISSES, entry, ("distribution",), ("7.5.3.a",), facts=facts)


def _owner(system: System, offices: Offices, entry: Entry) -> Iterator[Problem]:
    """A document whose owner role nobody holds is kept by nobody."""
    owner = word(entry.value, "owner")
    if owner in offices.roles and not offices.holders(owner, system.as_of):
        asked = ("7.5.1.b",) if entry.value.get("necessity") == "own" else ("7.5.3.a",)
        runs = ("4.4.1.e",) if entry.kind.name == "process" else ()
        yield found(OWNER_GONE, entry, ("owner",), (*asked, *runs), facts={"owner": owner or ""})


def _backups(system: System) -> Iterator[Problem]:
    """The last test of backup or access rights that failed, with nothing done about it."""
    last: dict[str, Entry] = {}
    for entry in sorted(system.of("tool-check"), key=lambda e: str(e.value.get("checked_on"))):
        last[str(entry.value.get("type"))] = entry
    for kind, asked in (("backup-restore", ("7.5.3.b", "7.5.3.ctl2")), ("access-review", ("7.5.3.b",))):
        check_ = last.get(kind)
        value = check_.value if check_ is not None else {}
        answered = rows(value, "actions") or word(value, "nonconformity")
        if check_ is not None and value.get("verdict") == "failed" and not answered:
            yield found(BACKUP_TEST_FAILED, check_, ("verdict",), asked)
