"""The approval ledger: which act of approval holds for which content, and what speaks against the others (7.5.2).

An approval pins bytes. Whether it holds is decided offline from the repository alone, by the people, roles and
rules that stood before it came in. What its level proves is said, never more (architecture 12, threats 5):
T transcribed, A0 recorded by the person, A1 merged through a forge that checks, A2 signed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from ..history import Commit, Revision
from ..model import Entry, System
from .editions import Edition, adopted, authors, editions, facts_in
from .lineage import Lineage
from .moments import day
from .proofs import FOLDER, Act, Fault, faults, prepared, sealed
from .trust import Trusts

__all__ = ["FOLDER", "Approvals", "Fault", "Verdict"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """An approval record and what git says of it. `edition` is the content it pins, None where git has none such."""

    approval: Entry
    edition: Edition | None
    entered: Commit | None
    faults: tuple[Fault, ...]

    @property
    def holds(self) -> bool:
        return not self.faults

    @property
    def version(self) -> str:
        return str(self.approval.value.get("version", ""))

    @property
    def person(self) -> str:
        return str(self.approval.value.get("person", ""))

    @property
    def meaning(self) -> str:
        return str(self.approval.value.get("meaning", ""))


class Approvals:
    """All approvals of a system, judged when they are asked for."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._verdicts: dict[str, tuple[Verdict, ...]] = {}
        self._editions: dict[str, tuple[Edition, ...]] = {}
        self.lineage = Lineage(system.history)

    @cached_property
    def given(self) -> Mapping[str, list[Entry]]:
        """Approval records by document number."""
        found: dict[str, list[Entry]] = {}
        for entry in self._system.of("approval"):
            found.setdefault(str(entry.value.get("document", "")), []).append(entry)
        return found

    @cached_property
    def adopted(self) -> frozenset[str]:
        """The commits that git does not answer for."""
        return adopted(self._system, self.lineage)

    @cached_property
    def _trusts(self) -> Trusts:
        return Trusts(self._system, self.lineage, self.adopted)

    @cached_property
    def _days(self) -> Mapping[str, date]:
        return self.lineage.days(self._system.as_of)

    def editions(self, document: Entry) -> tuple[Edition, ...]:
        """Every content that led to what the document is now, newest first."""
        if document.path not in self._editions:
            revisions = self.lineage.revisions(document.path)
            self._editions[document.path] = tuple(editions(self._system.history, revisions, self.adopted))
        return self._editions[document.path]

    def verdicts(self, document: Entry) -> tuple[Verdict, ...]:
        """Every approval record of a document with what git says of it, in the order of the records."""
        if document.path not in self._verdicts:
            self._verdicts[document.path] = tuple(self._judged(document))
        return self._verdicts[document.path]

    def valid(self, document: Entry) -> Verdict | None:
        """The approval that covers exactly the version and content in hand; None while it is a draft or withdrawn."""
        withdrawn = self.withdrawn(document)
        for verdict in self.verdicts(document):
            if self.covers(verdict, document) and verdict.meaning == "approve" and verdict.holds:
                on = day(verdict.approval.value, "on")
                if not self.own(verdict, document.value) and (withdrawn is None or (on is not None and on > withdrawn)):
                    return verdict
        return None

    def withdrawn(self, document: Entry) -> date | None:
        """The last day on which the version in hand was withdrawn."""
        version = str(document.value.get("version", ""))
        taken = (v for v in self.verdicts(document) if v.meaning == "withdraw" and v.version == version and v.holds)
        return max(filter(None, (day(verdict.approval.value, "on") for verdict in taken)), default=None)

    def covers(self, verdict: Verdict, document: Entry) -> bool:
        """Whether a record pins the version and the bytes in hand."""
        value = verdict.approval.value
        same = value.get("sha256") == document.source.sha256
        return same and value.get("version") == document.value.get("version")

    def own(self, verdict: Verdict, facts: Mapping[str, object]) -> bool:
        """Whether the approver is the one whom a control block names as its author, under whichever id."""
        return prepared(self._trusts.now, facts, verdict.person)

    def same_human(self, first: str, second: str) -> bool:
        """Whether two ids are those of one human being."""
        human = self._trusts.now.offices.human
        return human(first) == human(second)

    def _judged(self, document: Entry) -> Iterator[Verdict]:
        """Oldest content first: who wrote what is told from the last content that was approved before it."""
        versions = self.editions(document)
        # The first time a content stood there: what came later under the same bytes is a revert.
        first = {edition.sha256: place for place, edition in enumerate(versions)}
        given = self.given.get(document.id, [])
        places = [first.get(str(approval.value.get("sha256", "")), -1) for approval in given]
        verdicts: dict[int, Verdict] = {}
        for index in sorted(range(len(given)), key=lambda one: -places[one]):
            place = places[index]
            good = [
                places[other] for other, verdict in verdicts.items()
                if places[other] > place >= 0 and verdict.meaning == "approve" and verdict.holds
            ]  # fmt: skip
            pinned = versions[place] if place >= 0 else None
            since = versions[min(good)] if good else None
            verdicts[index] = self._verdict(document, given[index], pinned, since)
        return iter([verdicts[index] for index in range(len(given))])

    def _verdict(self, document: Entry, approval: Entry, pinned: Edition | None, since: Edition | None) -> Verdict:
        entered = self.lineage.entered(approval.path, FOLDER)
        if entered is not None and entered.id not in self.adopted:
            act = self._act(document, approval, pinned, since, entered)
            return Verdict(approval, pinned, entered, tuple(faults(act)))
        return Verdict(approval, pinned, entered, tuple(self._unentered(document, approval)))

    def _unentered(self, document: Entry, approval: Entry) -> Iterator[Fault]:
        """Where git does not answer, a signature still has to be one; the day can only be the one that is claimed."""
        on, now = day(approval.value, "on"), self._trusts.now
        if approval.value.get("level") == "A2" and on is not None:
            facts = {"document": document.id, "person": str(approval.value.get("person", "")), "commit": "-"}
            yield from sealed(approval, self._trusts, now, on, facts)

    def _act(
        self, document: Entry, approval: Entry, pinned: Edition | None, since: Edition | None, entered: Commit
    ) -> Act:
        """What an approval that git answers for is judged by."""
        history, lineage = self._system.history, self.lineage
        revisions, written = lineage.revisions(document.path), lineage.revisions(approval.path)
        judged = pinned if pinned is not None and pinned.judged else None
        wrote = authors(history, revisions, judged, since) if judged is not None else ()
        landed = history.by_id[lineage.landed[entered.id]]
        return Act(
            document=document, names=frozenset({document.path, *(one.path for one in revisions)}), approval=approval,
            written=written, altered=self._altered(written[0], written[-1]),
            pinned=pinned, pinned_on=self._days[judged.commit.id] if judged is not None else None,
            authors=tuple(commit for commit in wrote if commit.id not in self.adopted), entered=entered,
            entered_on=self._days[entered.id], landed=landed, landed_on=self._days[landed.id],
            in_order=pinned is None or lineage.not_after(pinned.commit.id, entered.id),
            before=self._trusts.before(entered), trusts=self._trusts,
        )  # fmt: skip

    def _altered(self, newest: Revision, first: Revision) -> bool:
        """Whether two revisions of a record say different things; one that cannot be read says nothing."""
        if newest.blob == first.blob:
            return False
        contents = self._system.history.contents
        said, before = (facts_in(one.path, contents.get(one.blob, b"")) for one in (newest, first))
        return said != before or not before
