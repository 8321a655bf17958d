"""Which revision of a document holds on a day: the last one approved and in force, whatever lies in the folder (7.5.3).

A draft, or a version that takes effect later, leaves the one before it valid; what was withdrawn holds no more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from ..load.workspace import alone, overlaid
from ..model import Entry, System
from .approvals import Approvals, Verdict
from .editions import Edition, facts_in
from .moments import day, word


@dataclass(frozen=True, slots=True)
class Period:
    """One approved version and the days on which it held: from, and until before. `until` is None for the present."""

    version: str
    since: date
    until: date | None
    content: bytes
    edition: Edition | None
    approval: Verdict

    def holds(self, on: date) -> bool:
        return self.since <= on and (self.until is None or on < self.until)


def periods(approvals: Approvals, document: Entry) -> tuple[Period, ...]:
    """The approved versions of a document in the order in which they took effect."""
    found: dict[str, tuple[date, Verdict, Edition | None, bytes]] = {}
    for verdict in approvals.verdicts(document):
        content = _content(document, verdict)
        if verdict.meaning != "approve" or not verdict.holds or content is None:
            continue
        facts = facts_in(document.path, content)
        on, from_on = day(verdict.approval.value, "on"), day(facts, "effective_on")
        own = approvals.own(verdict, facts)
        if on is None or from_on is None or own or facts.get("version") != verdict.version:
            continue
        # A version counts from the day it was to take effect, and never from before somebody had approved it.
        since = max(on, from_on)
        known = found.get(verdict.version)
        if known is None or since < known[0]:
            found[verdict.version] = (since, verdict, verdict.edition, content)
    steps = sorted(found.items(), key=lambda item: item[1][0])
    gone = _withdrawn(approvals, document)
    held = []
    for index, (version, (since, verdict, edition, content)) in enumerate(steps):
        after = [following[1][0] for following in steps[index + 1 : index + 2]]
        ends = [*after, *filter(None, (gone.get(version),))]
        held.append(Period(version, since, min(ends, default=None), content, edition, verdict))
    return tuple(held)


def valid_on(approvals: Approvals, document: Entry, on: date) -> Period | None:
    """The version that holds on a day; None where none does."""
    return next((period for period in reversed(periods(approvals, document)) if period.holds(on)), None)


def standing(system: System, approvals: Approvals) -> System:
    """The system with every controlled document as it is valid on the as-of date, read from git's own objects.

    What no approved version holds of stays as it lies there, for the pages to mark it. A document that was removed
    since is there again on a day when it was still valid.
    """
    files: dict[str, str | None] = {}
    for entry in system.entries:
        period = valid_on(approvals, entry, system.as_of) if entry.controlled and entry.part == 0 else None
        if period is not None and period.content != entry.source.text.encode("utf-8"):
            files[entry.path] = period.content.decode("utf-8", "replace")
    for entry, left in removed(system):
        period = valid_on(approvals, entry, system.as_of) if system.as_of < left else None
        if period is not None:
            files[entry.path] = period.content.decode("utf-8", "replace")
    return overlaid(system, files) if files else system


def removed(system: System) -> Iterator[tuple[Entry, date]]:
    """Controlled documents that were here and are not any more, as they were last, and the day they went."""
    here = {entry.path for entry in system.entries} | set(system.broken)
    history = system.history
    for path in history.paths:
        if not path.startswith("system/") or path in here or path in history.moved:
            continue
        newest = next(history.revisions(path))
        kept = (history.contents.get(revision.blob) for revision in history.revisions(path))
        content = next((text for text in kept if text is not None), None)
        if content is not None:
            last = alone(system, {path: content.decode("utf-8", "replace")}).entries
            yield from ((entry, newest.commit.committed_on) for entry in last if entry.controlled)


def _content(document: Entry, verdict: Verdict) -> bytes | None:
    """The bytes an approval pins: from git, or the file in hand where git does not have them."""
    if verdict.edition is not None:
        return verdict.edition.content
    if verdict.approval.value.get("sha256") == document.source.sha256:
        return document.source.text.encode("utf-8")
    return None


def _withdrawn(approvals: Approvals, document: Entry) -> Mapping[str, date]:
    """Version → the day somebody withdrew it."""
    found: dict[str, date] = {}
    for verdict in approvals.verdicts(document):
        on = day(verdict.approval.value, "on")
        if verdict.meaning == "withdraw" and verdict.holds and on is not None:
            found[word(verdict.approval.value, "version") or ""] = on
    return found
