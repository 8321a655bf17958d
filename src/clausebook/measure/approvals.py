"""The approval ledger: which act of approval holds for which content, and what speaks against the others (7.5.2).

An approval pins bytes. Whether it holds is decided offline from the repository alone, by the people, roles and
rules that stood before it came in. What its level proves is said, never more (architecture 12, threats 5):
T transcribed, A0 recorded by the person, A1 merged through a forge that checks, A2 signed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from ..history import Commit
from ..model import Entry, System
from ..problems import Fact
from .editions import Edition, adopted, authors, editions
from .moments import day, word
from .trust import Trust, claimed, levels_for, may_approve, trusted_at

FOLDER = "records/approvals/"
SKEW = timedelta(days=1)
"""Between the day that is written and the day of the commit: midnight and time zones, no more."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What speaks against an approval; `rule` is the rule that says so."""

    rule: str
    facts: Mapping[str, Fact]


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
    def meaning(self) -> str:
        return str(self.approval.value.get("meaning", ""))


class Approvals:
    """All approvals of a system, judged when they are asked for."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._verdicts: dict[str, tuple[Verdict, ...]] = {}
        self._editions: dict[str, tuple[Edition, ...]] = {}
        self._trust: dict[str | None, Trust] = {}

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
        return adopted(self._system)

    @cached_property
    def _claimed(self) -> frozenset[str]:
        return claimed(self._system, self.adopted)

    def editions(self, document: Entry) -> tuple[Edition, ...]:
        """Every content the document has had, newest first."""
        if document.path not in self._editions:
            self._editions[document.path] = tuple(editions(self._system.history, document.path, self.adopted))
        return self._editions[document.path]

    def verdicts(self, document: Entry) -> tuple[Verdict, ...]:
        """Every approval record of a document with what git says of it, in the order of the records."""
        if document.path not in self._verdicts:
            self._verdicts[document.path] = tuple(self._judged(document))
        return self._verdicts[document.path]

    def valid(self, document: Entry) -> Verdict | None:
        """The approval that covers exactly the version and content in hand; None while it is a draft."""
        for verdict in self.verdicts(document):
            value = verdict.approval.value
            same = value.get("version") == document.value.get("version") and (
                value.get("sha256") == document.source.sha256
            )
            if same and verdict.meaning == "approve" and verdict.holds and not _own(document.value, value):
                return verdict
        return None

    def trust(self, commit: Commit) -> Trust:
        """The people and roles by which a commit is judged."""
        base = self._system.history.base.get(commit.id)
        if base not in self._trust:
            self._trust[base] = trusted_at(self._system, commit, self._claimed)
        return self._trust[base]

    def _judged(self, document: Entry) -> Iterator[Verdict]:
        versions = self.editions(document)
        for approval in self.given.get(document.id, ()):
            digest = approval.value.get("sha256")
            # The first time this content stood there: what came later under the same bytes is a revert.
            pinned = next((edition for edition in reversed(versions) if edition.sha256 == digest), None)
            entered = self._system.history.entered(approval.path)
            judged = entered is not None and entered.id not in self.adopted
            faults = tuple(self._faults(document, approval, pinned, entered)) if judged and entered else ()
            yield Verdict(approval, pinned, entered, faults)

    def _faults(self, document: Entry, approval: Entry, pinned: Edition | None, entered: Commit) -> Iterator[Fault]:
        person, trust = word(approval.value, "person") or "", self.trust(entered)
        facts: dict[str, Fact] = {"document": document.id, "person": person, "commit": entered.id[:12]}
        level = word(approval.value, "level") or ""
        yield from _altered(self._system, approval, facts)
        if pinned is None and level != "T":
            yield Fault("approval-of-other-content", {**facts, "id": document.id, "record": approval.path})
        yield from _by_whom(trust, approval, entered, facts)
        yield from _dated(approval, pinned, entered, facts)
        on = day(approval.value, "on")
        if approval.value.get("meaning") == "approve" and on is not None:
            if not trust.offices.active(person, on):
                yield Fault("approval-by-absent-person", {**facts, "on": on.isoformat()})
            elif not may_approve(trust.offices, document, person, on):
                yield Fault("approval-on-own-authority", facts)
            yield from self._own_work(document, approval, pinned, trust, facts)
            if level not in levels_for(self._system, document):
                yield Fault("approval-level-refused", {**facts, "level": level})
        if level == "A1" and entered.id in self._system.history.mainline and len(entered.parents) < 2:
            yield Fault("approval-not-merged", facts)

    def _own_work(
        self, document: Entry, approval: Entry, pinned: Edition | None, trust: Trust, facts: Mapping[str, Fact]
    ) -> Iterator[Fault]:
        """Nobody approves what he changed, under whichever of his addresses (threats 5, cases of self-approval)."""
        if pinned is None or not pinned.judged:
            return
        approver = trust.offices.human(str(facts["person"]))
        before = self._approved_before(document, approval, pinned)
        for commit in authors(self._system.history, document, pinned, before):
            if commit.id in self.adopted:
                return
            known, _ = trust.people_behind(commit)
            if approver in {trust.offices.human(person) for person in known}:
                yield Fault("approval-by-author", {**facts, "id": document.id, "version": pinned.version})
                return

    def _approved_before(self, document: Entry, approval: Entry, pinned: Edition) -> Edition | None:
        """The newest content older than the pinned one that another approval record covers."""
        digests = {
            other.value.get("sha256") for other in self.given.get(document.id, ())
            if other is not approval and other.value.get("meaning") == "approve"
        }  # fmt: skip
        versions = self.editions(document)
        older = versions[versions.index(pinned) + 1 :]
        return next((e for e in older if e.sha256 in digests and e.sha256 != pinned.sha256), None)


def _own(document: Mapping[str, object], approval: Mapping[str, object]) -> bool:
    return approval.get("person") == document.get("prepared_by")


def _altered(system: System, approval: Entry, facts: Mapping[str, Fact]) -> Iterator[Fault]:
    """An approval is written once. One that was changed and put back word for word is what it was."""
    revisions = list(system.history.revisions(approval.path))
    if revisions[0].blob != revisions[-1].blob:
        yield Fault("approval-altered", {**facts, "commit": revisions[0].commit.id[:12]})


def _by_whom(trust: Trust, approval: Entry, entered: Commit, facts: Mapping[str, Fact]) -> Iterator[Fault]:
    """A0: the person's own commit. T: that of the one who entered it, who is somebody else."""
    transcribed = approval.value.get("level") == "T"
    hand = word(approval.value, "entered_by" if transcribed else "person") or ""
    known, strange = trust.people_behind(entered)
    if strange or known != {hand}:
        who = ", ".join(sorted(known | strange)) or entered.author_email
        yield Fault("approval-entered-by-other", {**facts, "hand": hand, "who": who})


def _dated(approval: Entry, pinned: Edition | None, entered: Commit, facts: Mapping[str, Fact]) -> Iterator[Fault]:
    """The day that is written against the day git knows: not after it; given here, not long before it either."""
    on = day(approval.value, "on")
    if on is None:
        return
    known = entered.committed_on
    earliest: date | None = None
    if approval.value.get("level") != "T":
        made = pinned.commit.committed_on if pinned is not None and pinned.judged else None
        earliest = max(filter(None, (known - SKEW, made and made - SKEW)))
    if on > known + SKEW or (earliest is not None and on < earliest):
        yield Fault("approval-dated-otherwise", {**facts, "on": on.isoformat(), "entered": known.isoformat()})
