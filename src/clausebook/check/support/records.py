"""7.5.3 b: what is on record stays as it was, by what git recorded; each thing that was changed has a cure afterwards.

A closed record is added to, not rewritten; a record leaves by a disposal or its number is declared void. Asked only
of what came after the baseline.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...history import number_of
from ...measure import Measured
from ...measure.approvals import FOLDER
from ...measure.closing import alterations, was_closed
from ...measure.moments import words
from ...model import System
from ...problems import Place, Problem, Rule, problem
from ..reporting import found

CLOSED_CHANGED = Rule("closed-record-changed", "contradiction", "own", source="V40")
RECORD_REMOVED = Rule("record-removed", "contradiction", "own")
RULES = (CLOSED_CHANGED, RECORD_REMOVED)
RECORDS = "records/"
ASKED = ("7.5.3.b",)


def check(system: System, measured: Measured) -> Iterator[Problem]:
    if system.history.log:
        yield from _changed(system, measured.approvals.adopted)
        yield from _removed(system, measured.approvals.adopted)


def _changed(system: System, adopted: frozenset[str]) -> Iterator[Problem]:
    """One problem a field; what the commit was tells who can be asked. What is not committed is not on record yet."""
    for entry in system.entries:
        recorded = entry.path.startswith(RECORDS) and entry.path not in system.history.changed
        if recorded and not entry.path.startswith(FOLDER):
            told: set[str] = set()
            for change in alterations(system.history, entry, adopted):
                if change.name not in told:
                    told.add(change.name)
                    commit = change.by.id[:12] if change.by else ""
                    yield found(CLOSED_CHANGED, entry, change.pointer, ASKED, field=change.name, commit=commit)


def _removed(system: System, adopted: frozenset[str]) -> Iterator[Problem]:
    """A number that was on record and is not any more. A file that moved has kept its number, an approval has a rule
    of its own; a case that was closed was no unused number, and to declare it void answers for nothing."""
    history = system.history
    here = {_record(path) for path in (*(entry.path for entry in system.entries), *system.broken)}
    void = {entry.id for entry in system.of("void")}
    disposed = {name for entry in system.of("disposal") for name in words(entry.value, "record_ids")}
    renamed = {
        change.before: commit for commit in reversed(history.log) for change in commit.changes if change.status == "R"
    }
    for path in history.paths:
        if not _is_record(path) or _record(path) in here or number_of(path) in disposed or path in history.changed:
            continue
        here.add(_record(path))
        if number_of(path) in void and not was_closed(history, path, system.kinds.values(), adopted):
            continue
        newest = next(history.revisions(path))
        last = newest.commit if newest.status == "D" else renamed.get(path, newest.commit)
        if last.id not in adopted:
            facts = {"record": path, "id": number_of(path), "commit": last.id[:12], "who": last.author_email}
            yield problem(RECORD_REMOVED, Place(path), ASKED, facts=facts)


def _is_record(path: str) -> bool:
    return path.startswith(RECORDS) and not path.startswith(FOLDER) and path.endswith((".yaml", ".yml"))


def _record(path: str) -> tuple[str, str]:
    """What a record is: its folder of records and its number, however it is sorted below."""
    return path.split("/")[1], number_of(path)
