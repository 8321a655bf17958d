"""7.3 Awareness: everybody who works under the organisation's control, on all six topics, on what is in force.

By group: department or provider, headcount and attendance (corrections 26). Whoever handles complaints for us works
under our control too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...measure import Measured
from ...measure.moments import child, day, rows, word, words
from ...measure.readings import departments_in_scope
from ...measure.rhythm import months_after
from ...model import Entry, System
from ...problems import Problem, Rule
from ..reporting import found, joined

AWARENESS_LACKING = Rule("awareness-lacking", "due", "own")
AWARENESS_OF_OLD_POLICY = Rule("awareness-of-old-policy", "due", "own")
AWARENESS_VERSION_WRONG = Rule("awareness-version-wrong", "contradiction", "explicit")
AWARENESS_OVERCOUNTED = Rule("awareness-overcounted", "contradiction", "explicit")
AWARENESS_ABSENT_LEFT = Rule("awareness-absent-left-out", "contradiction", "implied")
AWARENESS_OF_OLD_OBJECTIVES = Rule("awareness-of-old-objectives", "due", "own")
RULES = (
    AWARENESS_LACKING, AWARENESS_OF_OLD_POLICY, AWARENESS_VERSION_WRONG, AWARENESS_OVERCOUNTED, AWARENESS_ABSENT_LEFT,
    AWARENESS_OF_OLD_OBJECTIVES,
)  # fmt: skip
READS = frozenset({"awareness", "organization", "scope", "policy", "providers", "procedure", "objectives"})

WITHIN, AFTER_CHANGE, AFTER_START = 13, 3, 6
"""Months for each group, a new policy, a new objective: ours, for the standard names none."""
TOPICS = ("a", "b", "c", "d", "e", "f")


def check(system: System, measured: Measured) -> Iterator[Problem]:
    records = sorted(system.of("awareness"), key=lambda e: str(e.value.get("held_on")))
    if not records:
        return  # that there is none at all is said by the evidence
    yield from _lacking(system, records)
    yield from _current(system, records)
    for entry in records:
        yield from _versions(system, entry)
        yield from _attendance(entry)


def _lacking(system: System, records: list[Entry]) -> Iterator[Problem]:
    first = months_after(system.as_of, -WITHIN)
    for group in _groups(system):
        heard: set[str] = set()
        for entry in records:
            for row in rows(entry.value, "groups"):
                on = day(row, "on") or day(entry.value, "held_on")
                if group in (row.get("department"), row.get("provider")) and on is not None and on >= first:
                    heard.update(words(entry.value, "topics"))
        missing = [topic for topic in TOPICS if topic not in heard]
        if missing:
            facts = {"group": group, "topics": joined(missing)}
            asked = tuple(f"7.3.{topic}" for topic in missing)
            yield found(AWARENESS_LACKING, records[-1], ("groups",), asked, facts=facts)


def _groups(system: System) -> list[str]:
    """Departments in scope (all, when the scope names none) and providers whose people handle complaints."""
    hired = [
        str(row.get("id"))
        for entry in system.of("providers")
        for row in rows(entry.value, "items")
        if row.get("outsourced") is True and row.get("status") in ("approved", "conditional")
    ]
    return [*departments_in_scope(system), *hired]


def _current(system: System, records: list[Entry]) -> Iterator[Problem]:
    policy = system.first("policy")
    since = day(policy.value, "effective_on") if policy else None
    version = word(policy.value, "version") if policy else None
    latest = [e for e in records if "a" in words(e.value, "topics") and e.value.get("policy_version") == version]
    if since is not None and not latest and months_after(since, AFTER_CHANGE) < system.as_of:
        facts = {"version": version or "", "since": since.isoformat()}
        at = ("policy_version",)
        yield found(AWARENESS_OF_OLD_POLICY, records[-1], at, ("7.3.a",), facts=facts)
    told = {name for entry in records for name in words(entry.value, "objectives")}
    for register in system.of("objectives"):
        for index, row in enumerate(rows(register.value, "items")):
            first, last = day(row, "period", "from_on"), day(row, "period", "to_on")
            runs = first is not None and last is not None and months_after(first, AFTER_START) < system.as_of <= last
            if runs and row.get("id") not in told:
                yield found(AWARENESS_OF_OLD_OBJECTIVES, register, ("items", index), ("7.3.b",))


def _versions(system: System, entry: Entry) -> Iterator[Problem]:
    """A version that did not hold on that day cannot have been taught."""
    held = day(entry.value, "held_on")
    policy = system.first("policy")
    said = word(entry.value, "policy_version")
    if policy is not None and said is not None and not _held(policy, said, held):
        facts = {"document": policy.id, "version": said}
        yield found(AWARENESS_VERSION_WRONG, entry, ("policy_version",), ("7.3.a",), facts=facts)
    known = {document.id: document for document in system.entries if document.controlled}
    for index, row in enumerate(rows(entry.value, "documents")):
        document, version = known.get(str(row.get("document"))), word(row, "version")
        if document is not None and version is not None and not _held(document, version, held):
            facts = {"document": document.id, "version": version}
            yield found(AWARENESS_VERSION_WRONG, entry, ("documents", index, "version"), ("7.3.f",), facts=facts)


def _held(document: Entry, version: str, on: Any) -> bool:
    """Whether a version was in force, or about to be, on a day, by the document's own revision history."""
    history = rows(document.value, "history")
    listed = {str(row.get("version")): day(row, "on") for row in history}
    if version not in listed:
        return version == document.value.get("version")
    later = [d for v, d in listed.items() if d is not None and (begun := listed[version]) is not None and d > begun]
    return on is None or not later or on <= min(later)


def _attendance(entry: Entry) -> Iterator[Problem]:
    for index, row in enumerate(rows(entry.value, "groups")):
        heads, there = row.get("headcount"), row.get("attended")
        if not isinstance(heads, int) or not isinstance(there, int):
            continue
        asked = tuple(f"7.3.{topic}" for topic in TOPICS if topic in words(entry.value, "topics"))
        facts = {
            "group": str(row.get("department") or row.get("provider")),
            "attended": str(there),
            "heads": str(heads),
        }
        if there > heads:
            yield found(AWARENESS_OVERCOUNTED, entry, ("groups", index, "attended"), asked, facts=facts)
        elif there < heads and not child(row, "absent_handling"):
            yield found(AWARENESS_ABSENT_LEFT, entry, ("groups", index, "attended"), asked, facts=facts)
