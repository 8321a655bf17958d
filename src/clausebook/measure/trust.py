"""Who people were and what they might do, as the branch stood before a change came in (threats 5).

A change may not decide for itself who is allowed to make it: addresses, keys, roles and approval rules are taken
from the trusted base, the state of the branch before the commit, or its merge, arrived.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from ..history import Commit
from ..load.workspace import alone
from ..model import Entry, System
from .editions import Edition, editions
from .lineage import Lineage
from .moments import day, rows, word, words
from .offices import Offices, Row, within
from .signatures import key_in

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
    def owners(self) -> Mapping[str, frozenset[str]]:
        """Address in lower case → the persons who have it. One person may have several."""
        found: dict[str, set[str]] = {}
        for person, row in self.offices.people.items():
            for address in words(row, "emails"):
                found.setdefault(address.casefold(), set()).add(person)
        return {address: frozenset(persons) for address, persons in found.items()}

    @cached_property
    def forges(self) -> frozenset[str]:
        said = words(self.system.organisation, "forge_addresses")
        return frozenset({FORGE, *(address.casefold() for address in said)})

    def people_behind(self, commit: Commit) -> tuple[set[str], set[str]]:
        """The persons who had a hand in a commit, and the addresses that belong to nobody known.

        An address of two people is nobody's, and neither is one that registered itself. A forge that merges or edits
        for people is nobody, as a committer; an author is always somebody.
        """
        known: set[str] = set()
        strange: set[str] = set()
        for address in commit.addresses:
            owners = self.owners.get(address, frozenset())
            if len(owners) == 1 and address not in self.claimed:
                known |= owners
            elif address not in self.forges or address == commit.author_email.casefold():
                strange.add(address)
        return known, strange

    def may_have_written(self, commit: Commit) -> set[str]:
        """Every human being who may have had a hand in a commit: all who share one of its addresses."""
        owners = (self.owners.get(address, frozenset()) for address in commit.addresses)
        return {self.offices.human(person) for some in owners for person in some}

    @cached_property
    def keys(self) -> Mapping[bytes, list[tuple[str, Row]]]:
        """Public key → the persons under whom it is registered, each with the row that says so."""
        found: dict[bytes, list[tuple[str, Row]]] = {}
        for person, row in self.offices.people.items():
            for said in rows(row, "signing_keys"):
                found.setdefault(key_in(word(said, "key") or ""), []).append((person, said))
        return found

    def key_holds(self, person: str, key: bytes, on: date) -> bool:
        """Whether a key is this person's, and nobody else's, and may sign on a day."""
        known = self.keys.get(key, [])
        alone = {owner for owner, _ in known} == {person}
        return alone and not self.revoked(key, on) and any(within(row, on) for _, row in known)

    def revoked(self, key: bytes, on: date) -> bool:
        """From the day of a revocation on; what came in before it keeps its signature."""
        ends = (day(row, "revoked_on") for _, row in self.keys.get(key, []))
        return any(end is not None and end <= on for end in ends)


class Trusts:
    """The trust that held before each commit came in; read once for each state of the files that tell it."""

    def __init__(self, system: System, lineage: Lineage, adopted: frozenset[str]) -> None:
        self._system, self._lineage, self._adopted = system, lineage, adopted
        self._by_state: dict[tuple[str, ...], Trust] = {}

    @cached_property
    def now(self) -> Trust:
        """What stands in the files as they lie here."""
        return Trust(self._system, self._claimed)

    @cached_property
    def _registers(self) -> tuple[tuple[Edition, ...], ...]:
        """The contents of the registers of people, oldest first."""
        history, entries = self._system.history, self._system.of("people")
        paths = [self._lineage.revisions(entry.path) for entry in entries]
        return tuple(tuple(reversed(list(editions(history, revisions, self._adopted)))) for revisions in paths)

    @cached_property
    def _claimed(self) -> frozenset[str]:
        """Addresses that came into the register by a commit of their own: somebody else has to vouch for one.

        Whoever makes the register enters everybody, himself included.
        """
        found: set[str] = set()
        for register in self._registers:
            known: set[str] | None = None
            for edition in register:
                listed = {a.casefold() for row in rows(edition.facts, "items") for a in words(row, "emails")}
                new = listed - known if known is not None and edition.judged else set()
                found = (found - new) | (new & edition.commit.addresses)
                known = listed
        return frozenset(found)

    @cached_property
    def _unvouched(self) -> frozenset[bytes]:
        """Keys that came into the register by a commit of somebody whom it did not know: they speak for nobody."""
        found: set[bytes] = set()
        for register in self._registers:
            known: set[bytes] | None = None
            for edition in register:
                lines = [row for item in rows(edition.facts, "items") for row in rows(item, "signing_keys")]
                listed = {key_in(word(row, "key") or "") for row in lines}
                new = listed - known if known is not None and edition.judged else set()
                by_nobody = new and self.before(edition.commit).people_behind(edition.commit)[1]
                found = (found - new) | (new if by_nobody else set())
                known = listed
        return frozenset(found)

    def key_holds(self, before: Trust, person: str, key: bytes, on: date) -> bool:
        """Whether a key signed for a person when a record came in, by what was known then and is known now."""
        return before.key_holds(person, key, on) and not self.now.revoked(key, on) and key not in self._unvouched

    @cached_property
    def _names(self) -> Mapping[str, tuple[str, ...]]:
        """Present path of a file that tells of people, roles or rules → every name it ever had, newest first."""
        paths = dict.fromkeys(entry.path for entry in self._system.of(*TRUSTED_KINDS))
        return {
            path: tuple(dict.fromkeys([path, *(one.path for one in self._lineage.revisions(path))])) for path in paths
        }

    def before(self, commit: Commit) -> Trust:
        """The trust by which a commit is judged; the present one for the first commit of a branch."""
        base = self._lineage.base(commit.id)
        if base is None:
            return self.now
        state = {path: self._blob(base, names) for path, names in self._names.items()}
        known = tuple(state.values())
        if known not in self._by_state:
            self._by_state[known] = self._read(state)
        return self._by_state[known]

    def _blob(self, base: str, names: tuple[str, ...]) -> str:
        return next(filter(None, (self._system.history.blob_at(base, name) for name in names)), "")

    def _read(self, state: Mapping[str, str]) -> Trust:
        contents = self._system.history.contents
        texts = {path: contents.get(blob) for path, blob in state.items()}
        files = {path: None if raw is None else raw.decode("utf-8", "replace") for path, raw in texts.items()}
        return Trust(alone(self._system, files), self._claimed)


def class_of(document: Entry) -> str:
    """The class of documents that approval rules and authorities speak of."""
    name = document.kind.name
    return CLASS_OF.get(name, "register" if document.path.startswith("registers/") else name)


def may_approve(offices: Offices, document: Entry, person: str | None, on: date) -> bool:
    """By the authority of a role held that day; where no role names this class, by whoever holds one."""
    wanted = class_of(document)
    held = list(offices.of(person, on))
    if wanted not in offices.ruled(on):
        return bool(held)
    return any(wanted in words(office.authority, "approve_documents") for office in held)


def levels_for(trust: Trust, document: Entry) -> frozenset[str]:
    """The levels of evidence that the organisation accepted for this class; all where it said nothing."""
    wanted = class_of(document)
    for rule in rows(trust.system.organisation, "approvals"):
        if wanted in words(rule, "documents"):
            return frozenset(words(rule, "levels"))
    return frozenset({"T", "A0", "A1", "A2"})
