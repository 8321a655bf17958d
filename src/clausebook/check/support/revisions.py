"""7.5.3 control of changes, by what git recorded: versions go forward, authors are known, nothing signed is lost.

Asked only of what came after the baseline; before it the control block and the transcribed approvals speak.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise

from ...load.positions import place
from ...measure import Measured
from ...measure.approvals import FOLDER, Approvals
from ...measure.editions import Edition, baseline_in, editions
from ...measure.moments import child, rows, word
from ...measure.trust import Trust
from ...model import Entry, System
from ...problems import Place, Problem, Rule, problem
from ..reporting import found

VERSION_WENT_BACK = Rule("version-went-back", "contradiction", "own")
VERSION_JUMPED = Rule("version-jumped", "contradiction", "own")
AUTHOR_UNKNOWN = Rule("revision-author-unknown", "contradiction", "own")
NOT_AS_COMMITTED = Rule("content-not-as-committed", "contradiction", "own")
APPROVAL_REMOVED = Rule("approval-removed", "contradiction", "own")
BASELINE_UNKNOWN = Rule("baseline-unknown", "contradiction", "own")
BASELINE_MOVED = Rule("baseline-moved", "contradiction", "own")
RULES = (
    VERSION_WENT_BACK, VERSION_JUMPED, AUTHOR_UNKNOWN, NOT_AS_COMMITTED, APPROVAL_REMOVED, BASELINE_UNKNOWN,
    BASELINE_MOVED,
)  # fmt: skip
NUMBERED = re.compile(r"([A-Z])/([0-9]+)")


def check(system: System, measured: Measured) -> Iterator[Problem]:
    approvals = measured.approvals
    if not system.history.log:
        return
    trust = Trust(system)
    for entry in system.entries:
        if entry.controlled:
            known = approvals.editions(entry)
            yield from _versions(entry, known)
            yield from _authors(trust, entry, known)
            yield from _as_committed(system, entry, known)
    yield from _removed(system, approvals)
    yield from _baseline(system, approvals)


def _versions(entry: Entry, known: tuple[Edition, ...]) -> Iterator[Problem]:
    """Forward only, and no number left out that the revision history does not account for."""
    if not known or not known[0].judged:
        return
    told = {str(row.get("version")) for row in rows(entry.value, "history")}
    steps = [(_rank(edition.version), edition) for edition in reversed(known)]
    ranked = [(rank, edition) for rank, edition in steps if rank is not None]
    if not ranked:
        return
    last, newest = ranked[-1]
    highest, above = max(ranked, key=lambda step: step[0])
    if last < highest:
        facts = {"version": newest.version, "before": above.version, "commit": newest.commit.id[:12]}
        yield found(VERSION_WENT_BACK, entry, ("version",), ("7.5.3.ctl3",), facts=facts)
    for (before, old), (after, new) in pairwise(ranked):
        if new.judged and after > before and not _next(before, after) and not _between(before, after, told):
            facts = {"version": new.version, "before": old.version, "commit": new.commit.id[:12]}
            yield found(VERSION_JUMPED, entry, ("version",), ("7.5.3.ctl3",), facts=facts)


def _rank(version: str) -> tuple[str, int] | None:
    numbered = NUMBERED.fullmatch(version)
    return (numbered[1], int(numbered[2])) if numbered else None


def _next(before: tuple[str, int], after: tuple[str, int]) -> bool:
    return after == (before[0], before[1] + 1) or (ord(after[0]) == ord(before[0]) + 1 and after[1] == 0)


def _between(before: tuple[str, int], after: tuple[str, int], told: set[str]) -> bool:
    """The revision history names what lies between, a version that was void included."""
    if before[0] != after[0]:
        return any((rank := _rank(version)) is not None and before < rank < after for version in told)
    return all(f"{before[0]}/{number}" in told for number in range(before[1] + 1, after[1]))


def _authors(trust: Trust, entry: Entry, known: tuple[Edition, ...]) -> Iterator[Problem]:
    """Who changed a controlled document is somebody in the register of people (7.5.2)."""
    seen: set[str] = set()
    for edition in known:
        _, strange = trust.people_behind(edition.commit) if edition.judged else (set(), set())
        for address in sorted(strange - seen):
            seen.add(address)
            facts = {"address": address, "commit": edition.commit.id[:12], "version": edition.version}
            yield found(AUTHOR_UNKNOWN, entry, ("prepared_by",), ("7.5.2.id", "7.5.3.ctl3"), facts=facts)


def _as_committed(system: System, entry: Entry, known: tuple[Edition, ...]) -> Iterator[Problem]:
    """git calls the file unchanged and yet its bytes are others: an attribute rewrites it on the way (threats G5)."""
    if known and entry.path not in system.history.changed and known[0].sha256 != entry.source.sha256:
        facts = {"commit": known[0].commit.id[:12]}
        yield found(NOT_AS_COMMITTED, entry, (), ("7.5.3.b",), facts=facts)


def _removed(system: System, approvals: Approvals) -> Iterator[Problem]:
    """An approval that was on file and is not any more; a file that moved is looked for under its new name."""
    history = system.history
    here = {entry.path for entry in system.entries} | set(system.broken)
    for path in history.paths:
        if not path.startswith(FOLDER) or path in here or path in history.moved or path in history.changed:
            continue
        last = next(history.revisions(path))
        if last.commit.id not in approvals.adopted:
            facts = {"record": path, "commit": last.commit.id[:12], "who": last.commit.author_email}
            yield problem(APPROVAL_REMOVED, Place(path), ("7.5.2.appr", "7.5.3.b"), facts=facts)


def _baseline(system: System, approvals: Approvals) -> Iterator[Problem]:
    """The day from which git answers does not move: it would take what came in between out of judgement.

    A fictional example is excused: it may lie in any repository, and that is the history of its writers.
    """
    organisation = system.first("organization")
    baseline = child(system.organisation, "baseline")
    named = word(baseline, "commit") if isinstance(baseline, Mapping) else None
    if organisation is None or system.organisation.get("fictional") is True:
        return
    if named and not any(commit.id.startswith(named) for commit in system.history.log):
        yield found(BASELINE_UNKNOWN, organisation, ("baseline", "commit"), ("7.5.3.b",), facts={"commit": named[:12]})
    known = editions(system.history, approvals.lineage.revisions(organisation.path), frozenset())
    for edition in reversed(list(known)):
        first = baseline_in(edition)
        if first is not None:  # the first that was ever named; others that came in between are taken back with it
            if first != named:
                facts = {"first": first[:12], "commit": edition.commit.id[:12]}
                yield problem(BASELINE_MOVED, place(organisation, ("baseline",)), ("7.5.3.b",), facts=facts)
            return
