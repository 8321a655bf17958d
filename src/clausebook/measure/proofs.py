"""What speaks against an act of approval, told from git and from those who had a say before it came in (7.5.2).

Each question is asked of every act that git answers for; the answers are faults, each named by the rule that says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from ..history import Commit, Revision
from ..model import Entry
from ..problems import Fact
from .editions import Edition
from .moments import day, word
from .signatures import NoSignature, canonical, signature_in
from .trust import Trust, Trusts, levels_for, may_approve

FOLDER = "records/approvals/"
SKEW = timedelta(days=1)
"""Between the day that is written and the day of the commit: midnight and time zones, no more."""
DECIDES = frozenset({"approve", "withdraw"})
"""Meanings that take authority; to have prepared or reviewed something takes none."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What speaks against an approval; `rule` is the rule that says so."""

    rule: str
    facts: Mapping[str, Fact]


@dataclass(frozen=True)
class Act:
    """An act of approval with all that it is judged by."""

    document: Entry
    names: frozenset[str]
    """Every path that the document has had."""
    approval: Entry
    written: tuple[Revision, ...]
    """The revisions of the record, newest first; it should have one."""
    altered: bool
    """Whether its newest revision says something else than its first."""
    pinned: Edition | None
    pinned_on: date | None
    """The earliest day on which the pinned content can have been committed; None where git does not answer for it."""
    authors: tuple[Commit, ...]
    """Who made the pinned content out of the one approved before it."""
    entered: Commit
    entered_on: date
    """The earliest day on which the record can have been committed."""
    landed: Commit
    """The commit of the branch that brought the record: the same, or a merge."""
    landed_on: date
    in_order: bool
    """Whether the content came into the branch before the record, or with it."""
    before: Trust
    trusts: Trusts

    @property
    def person(self) -> str:
        return word(self.approval.value, "person") or ""

    @property
    def level(self) -> str:
        return word(self.approval.value, "level") or ""

    @cached_property
    def control(self) -> Mapping[str, object]:
        """The control block of the content that the record pins; empty where nobody has that content."""
        if self.approval.value.get("sha256") == self.document.source.sha256:
            return self.document.value
        return self.pinned.facts if self.pinned is not None else {}

    @cached_property
    def facts(self) -> Mapping[str, Fact]:
        return {"document": self.document.id, "person": self.person, "commit": self.entered.id[:12]}


def faults(act: Act) -> Iterator[Fault]:
    """Everything that speaks against an act; none where it holds."""
    yield from _as_written(act)
    yield from _content(act)
    yield from (
        _hand(act) if act.level != "A2" else sealed(act.approval, act.trusts, act.before, act.landed_on, act.facts)
    )
    yield from _dated(act)
    on, value = day(act.approval.value, "on"), act.approval.value
    if on is not None and value.get("meaning") in DECIDES:
        if not act.before.offices.active(act.person, on):
            yield Fault("approval-by-absent-person", {**act.facts, "on": on.isoformat()})
        elif not may_approve(act.before.offices, act.document, act.person, on):
            yield Fault("approval-on-own-authority", act.facts)
        if act.level not in levels_for(act.before, act.document):
            yield Fault("approval-level-refused", {**act.facts, "level": act.level})
    if value.get("meaning") == "approve":
        yield from _own_work(act)
    forged = act.entered.committer_email.casefold() in act.before.forges
    if act.level == "A1" and act.landed is act.entered and len(act.entered.parents) < 2 and not forged:
        yield Fault("approval-not-merged", act.facts)


def _as_written(act: Act) -> Iterator[Fault]:
    """An approval is written once, for one document, and lies with it. Its layout may change, what it says may not."""
    if act.altered:
        yield Fault("approval-altered", {**act.facts, "commit": act.written[0].commit.id[:12]})
    folder = f"{FOLDER}{act.document.id.replace('/', '-')}/"
    said = str(act.approval.value.get("path", ""))
    if not act.approval.path.startswith(folder) or said not in act.names:
        yield Fault("approval-misfiled", {**act.facts, "record": act.approval.path, "folder": folder, "path": said})


def _content(act: Act) -> Iterator[Fault]:
    """It pins bytes that this document has had, under the number and version that it names, and had by then."""
    facts = {**act.facts, "id": act.document.id, "record": act.approval.path}
    value, pinned = act.approval.value, act.pinned
    if pinned is None:
        if act.level != "T":
            yield Fault("approval-of-other-content", facts)
        return
    told = {"version": act.control.get("version"), "number": act.control.get("number", value.get("document"))}
    if told != {"version": value.get("version"), "number": value.get("document")}:
        yield Fault("approval-of-other-content", facts)
    elif act.level != "T" and not act.in_order and not act.altered:
        yield Fault("approval-before-content", {**facts, "content": pinned.commit.id[:12]})


def sealed(approval: Entry, trusts: Trusts, before: Trust, on: date, facts: Mapping[str, Fact]) -> Iterator[Fault]:
    """A2: signed over exactly these fields, by a key that was this person's when the record came in (threats 5).

    The day is that of git, never the one that is claimed. A revocation counts from its day on as soon as anybody
    has registered it; what came in before that day keeps its signature.
    """
    try:
        given = signature_in(word(approval.value, "signature") or "")
    except NoSignature:
        given = None
    if given is None or not given.covers(canonical(approval.value)):
        yield Fault("approval-signature-wrong", facts)
        return
    if not trusts.key_holds(before, word(approval.value, "person") or "", given.key, on):
        yield Fault("approval-key-untrusted", {**facts, "key": given.fingerprint, "entered": on.isoformat()})


def _hand(act: Act) -> Iterator[Fault]:
    """A0, A1: the person's own commit. T: that of the one who entered it, who is somebody else.

    A signed record needs no such proof: whoever carries it into git, by a squash, a rebase or a clerk's commit.
    """
    hand = word(act.approval.value, "entered_by" if act.level == "T" else "person") or ""
    known, strange = act.before.people_behind(act.entered)
    same = act.level == "T" and act.before.offices.human(hand) == act.before.offices.human(act.person)
    if strange or known != {hand} or same:
        who = ", ".join(sorted(known | strange)) or act.entered.author_email
        yield Fault("approval-entered-by-other", {**act.facts, "hand": hand, "who": who})


def _dated(act: Act) -> Iterator[Fault]:
    """The day that is written against the day git knows: not after it; given here, not long before it either."""
    on = day(act.approval.value, "on")
    if on is None:
        return
    earliest: date | None = None
    if act.level != "T":
        earliest = max(filter(None, (act.entered_on, act.pinned_on))) - SKEW
    if on > act.entered.committed_on + SKEW or (earliest is not None and on < earliest):
        entered = act.entered.committed_on if earliest is None or on >= earliest else act.entered_on
        yield Fault("approval-dated-otherwise", {**act.facts, "on": on.isoformat(), "entered": entered.isoformat()})


def _own_work(act: Act) -> Iterator[Fault]:
    """Nobody approves what he wrote, under whichever of his ids and addresses, whenever they were registered."""
    trusts = (act.before, act.trusts.now)
    wrote = any(
        trust.offices.human(act.person) in trust.may_have_written(one) for trust in trusts for one in act.authors
    )
    if wrote or any(prepared(trust, act.control, act.person) for trust in trusts):
        version = str(act.control.get("version", ""))
        yield Fault("approval-by-author", {**act.facts, "id": act.document.id, "version": version})


def prepared(trust: Trust, facts: Mapping[str, object], person: str) -> bool:
    """Whether the control block names this human being as the one who prepared the document."""
    author = facts.get("prepared_by")
    return isinstance(author, str) and trust.offices.human(author) == trust.offices.human(person)
