"""5.2 Policy: of top management, five commitments in their own words, told to all it binds, open to all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ...measure import Measured
from ...measure.evidence import sections
from ...measure.moments import day, rows, word, words
from ...measure.offices import Offices
from ...measure.retirements import retirements
from ...measure.rhythm import months_after
from ...measure.targets import running
from ...model import Entry, Pointer, System
from ...problems import Problem, Rule
from ..presence import lean
from ..reporting import found, joined

POLICY_APPROVED_BELOW = Rule("policy-approved-below", "contradiction", "explicit")
COMMITMENT_COPIED = Rule("commitment-copied", "contradiction", "own")
COMMITMENT_UNSERVED = Rule("commitment-unserved", "contradiction", "implied")
POLICY_NOT_TOLD = Rule("policy-not-told", "due", "explicit")
POLICY_TOLD_TO_SOME = Rule("policy-told-to-some", "due", "own")
POLICY_VERSION_WRONG = Rule("policy-version-wrong", "contradiction", "explicit")
POLICY_VERSION_UNNAMED = Rule("policy-version-unnamed", "contradiction", "own")
POLICY_CLOSED = Rule("policy-public-and-closed", "contradiction", "own")
POLICY_NOT_DISTRIBUTED = Rule("policy-not-distributed", "contradiction", "own")
RULES = (
    POLICY_APPROVED_BELOW, COMMITMENT_COPIED, COMMITMENT_UNSERVED, POLICY_NOT_TOLD,
    POLICY_TOLD_TO_SOME, POLICY_VERSION_WRONG, POLICY_VERSION_UNNAMED, POLICY_CLOSED, POLICY_NOT_DISTRIBUTED,
)  # fmt: skip
READS = frozenset({
    "policy", "approval", "roles", "people", "communication-record", "awareness", "objectives", "scope", "organization",
})  # fmt: skip

TELL_WITHIN, TELL_ALL_WITHIN = 1, 3
"""Months after a version came into force; the standard says only: communicated within the organisation."""


def check(system: System, measured: Measured) -> Iterator[Problem]:
    offices = Offices(system)
    gone = retirements(system)
    scope = [name for entry in system.of("scope") for name in words(entry.value, "departments")]
    departments = [name for name in scope if name not in gone]
    for policy in system.of("policy"):
        yield from _approved(system, offices, policy)
        yield from _commitments(system, policy)
        yield from _told(system, policy, departments)
        if word(policy.value, "public_url") and policy.value.get("confidentiality") in ("internal", "restricted"):
            yield found(POLICY_CLOSED, policy, ("confidentiality",), ("5.2.avail", "5.2.doc"))
        listed = words(policy.value, "distribution")
        for name in departments if listed else ():
            if name not in listed and not any(_of(offices, one, name) for one in listed):
                facts = {"department": name}
                yield found(POLICY_NOT_DISTRIBUTED, policy, ("distribution",), ("5.2.doc",), facts=facts)


def _of(offices: Offices, role: str, department: str) -> bool:
    return offices.roles.get(role, {}).get("department") == department


def _approved(system: System, offices: Offices, policy: Entry) -> Iterator[Problem]:
    """Whoever approved this version was top management on that day."""
    top = any(role.get("top_management") is True for role in offices.roles.values())
    for approval in system.of("approval") if top else ():
        value, on = approval.value, day(approval.value, "on")
        same = value.get("document") == policy.id and value.get("version") == policy.value.get("version")
        if not same or value.get("meaning") != "approve" or on is None:
            continue
        if not offices.top_management(word(value, "person"), on):
            facts = {"person": word(value, "person") or "", "on": on.isoformat()}
            yield found(POLICY_APPROVED_BELOW, approval, ("person",), ("5.2.est",), facts=facts)


def _commitments(system: System, policy: Entry) -> Iterator[Problem]:
    """Each in words of its own, and an objective of today for each."""
    written = sections(policy.body or "")
    seen: dict[str, str] = {}
    current = [
        word(row, "policy_commitment")
        for entry in system.of("objectives")
        for row in running(rows(entry.value, "items"), system.as_of)
    ]
    for index, row in enumerate(rows(policy.value, "commitments")):
        name, at = str(row.get("id")), ("commitments", index, "text")
        text, section = word(row, "text") or "", written.get(name, "")
        plain = {"".join(said.split()) for said in (text, section) if said}
        first = next((seen[said] for said in plain if said in seen), None)
        if first is not None:
            asked = (f"5.2.{first[-1]}", f"5.2.{name[-1]}")
            yield found(COMMITMENT_COPIED, policy, at, asked, commitment=name)
        seen |= dict.fromkeys(plain, name)
        if current and not lean(system) and name not in current:
            yield found(COMMITMENT_UNSERVED, policy, ("commitments", index), ("5.2.b",), commitment=name)


def _told(system: System, policy: Entry, departments: list[str]) -> Iterator[Problem]:
    """Each version is told inside, to every department in scope; awareness meetings tell it too (corrections 27)."""
    version, since = word(policy.value, "version"), day(policy.value, "effective_on")
    heard: set[str] = set()
    told = False
    for record in system.of("communication-record"):
        on = day(record.value, "sent_on")
        for index, row in enumerate(rows(record.value, "documents")):
            if row.get("document") != policy.id or record.value.get("direction") == "external":
                continue
            at: Pointer = ("documents", index)
            named = word(row, "version")
            if named is None:
                yield found(POLICY_VERSION_UNNAMED, record, at, ("5.2.comm",), facts={"policy": policy.id})
            if named == version or (named is None and on is not None and since is not None and on >= since):
                told, heard = True, heard | set(_reached(record, departments))
            elif named is not None and on is not None and not _in_force(policy, named, on):
                facts = {"version": named, "on": on.isoformat()}
                yield found(POLICY_VERSION_WRONG, record, (*at, "version"), ("5.2.comm",), facts=facts)
    for meeting in system.of("awareness"):
        if meeting.value.get("policy_version") == version:
            heard |= {str(row.get("department")) for row in rows(meeting.value, "groups")}
    if since is None:
        return
    facts = {"version": version or "", "since": since.isoformat()}
    if not told and months_after(since, TELL_WITHIN) < system.as_of:
        yield found(POLICY_NOT_TOLD, policy, ("effective_on",), ("5.2.comm",), facts=facts)
    elif set(departments) - heard and months_after(since, TELL_ALL_WITHIN) < system.as_of:
        left = joined(name for name in departments if name not in heard)
        yield found(POLICY_TOLD_TO_SOME, policy, ("effective_on",), ("5.2.comm",), facts={**facts, "departments": left})


def _reached(record: Entry, departments: list[str]) -> list[str]:
    """The departments a record names; all of them only where it names nobody at all."""
    named = words(record.value, "departments")
    others = any(words(record.value, key) for key in ("roles", "providers", "parties"))
    return named if named or others else departments


def _in_force(policy: Entry, version: str, on: date) -> bool:
    """Whether an earlier version existed and was not yet replaced on a day."""
    begun = {str(row.get("version")): day(row, "on") for row in rows(policy.value, "history")}
    mine = begun.get(version)
    return mine is not None and not any(later is not None and mine < later <= on for later in begun.values())
