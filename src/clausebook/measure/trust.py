"""Who people were and what they might do, as the branch stood before a change came in (threats 5).

A change may not decide for itself who is allowed to make it: addresses, roles and approval rules are taken from
the trusted base, the state of the branch before the commit, or its merge, arrived.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from ..history import Commit
from ..load.workspace import overlaid
from ..model import Entry, System
from .editions import editions
from .moments import rows, words
from .offices import Offices, authority_of

TRUSTED_KINDS = ("organization", "roles", "people")
FORGE = "noreply@github.com"
"""Committer of what is edited or merged in the browser; it stands for nobody. Others are named in org.yaml."""
CLASS_OF = {
    "time-limits": "criteria", "intake-criteria": "criteria", "urgent-criteria": "criteria", "definitions": "criteria",
    "assessment-criteria": "criteria", "investigation-criteria": "criteria", "work-requirements": "criteria",
}  # fmt: skip
"""Kind → class of documents in a role's authority; a kind of the same name is its own class."""


@dataclass(frozen=True)
class Trust:
    """The people, roles and rules of one moment; `claimed` are addresses that put themselves into the register."""

    system: System
    claimed: frozenset[str] = frozenset()

    @cached_property
    def offices(self) -> Offices:
        return Offices(self.system)

    @cached_property
    def addresses(self) -> Mapping[str, str]:
        """Address in lower case → person. One person may have several.

        An address of two people is nobody's, and neither is one that registered itself.
        """
        found: dict[str, str] = {}
        shared = set(self.claimed)
        for person, row in self.offices.people.items():
            for address in words(row, "emails"):
                known = found.setdefault(address.casefold(), person)
                if known != person:
                    shared.add(address.casefold())
        return {address: person for address, person in found.items() if address not in shared}

    @cached_property
    def forges(self) -> frozenset[str]:
        said = words(self.system.organisation, "forge_addresses")
        return frozenset({FORGE, *(address.casefold() for address in said)})

    def people_behind(self, commit: Commit) -> tuple[set[str], set[str]]:
        """The persons who had a hand in a commit, and the addresses that belong to nobody known.

        A forge that merges or edits for people is nobody, as a committer; an author is always somebody.
        """
        known, strange = set(), set()
        for address in commit.addresses:
            if address in self.addresses:
                known.add(self.addresses[address])
            elif address not in self.forges or address == commit.author_email.casefold():
                strange.add(address)
        return known, strange


def claimed(system: System, adopted: frozenset[str]) -> frozenset[str]:
    """Addresses that came into the register of people by a commit of their own: somebody else has to vouch for one.

    Whoever makes the register enters everybody, himself included.
    """
    found: set[str] = set()
    for entry in system.of("people"):
        known: set[str] | None = None
        for edition in reversed(list(editions(system.history, entry.path, adopted))):
            listed = {a.casefold() for row in rows(edition.facts, "items") for a in words(row, "emails")}
            new = listed - known if known is not None and edition.judged else set()
            found = (found - new) | (new & edition.commit.addresses)
            known = listed
    return frozenset(found)


def trusted_at(system: System, commit: Commit, claimed: frozenset[str]) -> Trust:
    """The trust that held before a commit came in; the present one for the first commit of a branch."""
    history = system.history
    base = history.base.get(commit.id)
    if base is None:
        return Trust(system, claimed)
    before = history.reachable(base)
    files: dict[str, str | None] = {}
    for entry in system.of(*TRUSTED_KINDS):
        files[entry.path] = _text_at(system, entry, before)
    bare = replace(system, entries=(), problems=(), broken={}, defined=(), referred=())
    return Trust(overlaid(bare, files), claimed)


def _text_at(system: System, entry: Entry, before: frozenset[str]) -> str | None:
    for revision in system.history.revisions(entry.path):
        if revision.commit.id in before:
            content = system.history.contents.get(revision.blob)
            return content.decode("utf-8", "replace") if content is not None else None
    return None


def class_of(document: Entry) -> str:
    """The class of documents that approval rules and authorities speak of."""
    name = document.kind.name
    return CLASS_OF.get(name, "register" if document.path.startswith("registers/") else name)


def may_approve(offices: Offices, document: Entry, person: str | None, on: date) -> bool:
    """By the authority of a role held that day; where no role names this class, by whoever holds one."""
    wanted = class_of(document)
    held = list(offices.of(person, on))
    ruled = any(wanted in words(authority_of(role, on), "approve_documents") for role in offices.roles.values())
    return any(wanted in words(office.authority, "approve_documents") for office in held) if ruled else bool(held)


def levels_for(system: System, document: Entry) -> frozenset[str]:
    """The levels of evidence that the organisation accepts for this class; all where it says nothing."""
    wanted = class_of(document)
    for rule in rows(system.organisation, "approvals"):
        if wanted in words(rule, "documents"):
            return frozenset(words(rule, "levels"))
    return frozenset({"T", "A0", "A1", "A2"})
