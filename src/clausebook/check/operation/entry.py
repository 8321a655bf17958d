"""8.2 and 7.5.3: records entered long after the event, many in one sitting (V53).

What the records say of their entering is judged here, and against it the one time that nobody typed: the commit in
which a record first came in. Of what the baseline adopted git says nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from ...history import Commit
from ...load.positions import place
from ...measure.moments import day
from ...model import Entry
from ...problems import Fact, Problem, Rule, problem
from ..reporting import found
from .desk import Desk, shown

ENTERED_TOGETHER = Rule("entered-together", "contradiction", "implied", source="V53")
ENTERED_LATE = Rule("entered-late", "lapse", "own", source="V53")
COMMITTED_TOGETHER = Rule("committed-together", "contradiction", "implied", source="V53")
RULES = (ENTERED_TOGETHER, ENTERED_LATE, COMMITTED_TOGETHER)

TOGETHER = 10
LATE_WORKING_DAYS = 3
AHEAD = ("next_", "due_", "recorded_", "planned_", "valid_", "retain_")
"""Days of a record that are not the day of its event."""
TAKING_OVER = ("implemented_on", "effective_on")
"""A change explains a sitting on the day it was carried out; that something was proposed that day explains nothing."""


def check(desk: Desk) -> Iterator[Problem]:
    """What git says of each record; what would explain many at once has to be readable."""
    yield from _late(desk)
    if not {"import", "change"} & set(desk.system.broken.values()):
        yield from _committed(desk, _explained(desk))


def _explained(desk: Desk) -> set[date]:
    """The days on which an import or a change took many records over at once."""
    taken = {on for entry in desk.of("import") for on in _days(entry.value)}
    changed = (day(entry.value, key) for entry in desk.of("change") for key in TAKING_OVER)
    return taken | {on for on in changed if on is not None}


def check_all(desk: Desk) -> Iterator[Problem]:
    explained = _explained(desk)
    sittings: dict[date, list[tuple[date, Entry]]] = defaultdict(list)
    for entered, happened, entry in _entries(desk):
        if entered > happened and desk.working_days(happened, entered) > LATE_WORKING_DAYS:
            sittings[entered].append((happened, entry))
    for entered, listed in sorted(sittings.items()):
        if len({happened for happened, _ in listed}) >= TOGETHER and entered not in explained:
            first = min(listed, key=lambda row: (row[0], row[1].path))[1]
            facts: dict[str, Fact] = {"count": len(listed), "on": shown(entered), "first": first.id}
            yield problem(ENTERED_TOGETHER, place(first), _asked(first), facts=facts)


def _entries(desk: Desk) -> Iterator[tuple[date, date, Entry]]:
    """When a record says that it was entered, and when what it records happened."""
    for case in desk.cases:
        recorded = desk.at(case, "recorded_at")
        if recorded is not None:
            yield recorded.date(), case.received.on, case.entry
    for entry in desk.of(*(kind.name for kind in desk.system.kinds.values() if "recorded_on" in kind.shape.properties)):
        entered = day(entry.value, "recorded_on")
        happened = max((on for on in _days(entry.value) if entered is not None and on <= entered), default=None)
        if entered is not None and happened is not None:
            yield entered, happened, entry


def _late(desk: Desk) -> Iterator[Problem]:
    """A record that says it was written on a day, and came into the repository more than three working days later."""
    for recorded, _, entry in _entries(desk):
        commit = _first_commit(desk, entry)
        if commit is None or "imported" in entry.value or commit.committed_on <= recorded:
            continue
        days = desk.working_days(recorded, commit.committed_on)
        if days > LATE_WORKING_DAYS:
            facts: dict[str, Fact] = {"on": shown(recorded), "entered": shown(commit.committed_on), "days": days}
            facts["commit"] = commit.id[:12]
            key = next((key for key in ("recorded_at", "recorded_on") if key in entry.value), "id")
            yield found(ENTERED_LATE, entry, (key,), _asked(entry), breach=("late-entry", "recording"), facts=facts)


def _committed(desk: Desk, explained: set[date]) -> Iterator[Problem]:
    """Many records of different days that first came in with one commit, all of them long after their event."""
    together: dict[str, list[tuple[date, Entry]]] = defaultdict(list)
    for entry in desk.system.entries:
        commit = _first_commit(desk, entry)
        if commit is not None and commit.committed_on not in explained and "imported" not in entry.value:
            happened = max((on for on in _days(entry.value) if on <= commit.committed_on), default=None)
            if happened and desk.working_days(happened, commit.committed_on) > LATE_WORKING_DAYS:
                together[commit.id].append((happened, entry))
    for identity, listed in together.items():
        if len({happened for happened, _ in listed}) >= TOGETHER:
            first = min(listed, key=lambda row: (row[0], row[1].path))[1]
            facts: dict[str, Fact] = {"count": len(listed), "commit": identity[:12], "first": first.id}
            facts["on"] = shown(desk.system.history.by_id[identity].committed_on)
            yield problem(COMMITTED_TOGETHER, place(first), _asked(first), facts=facts)


def _first_commit(desk: Desk, entry: Entry) -> Commit | None:
    """The commit that a record came in with, where git answers for it. An approval has rules of its own."""
    if entry.kind.information != "retain" or entry.kind.name in ("approval", "import"):
        return None
    commit = desk.system.history.came_in(entry.path)
    return commit if commit is not None and commit.id not in desk.approvals.adopted else None


def _asked(entry: Entry) -> tuple[str, ...]:
    return ("8.2.rec",) if entry.kind.name == "complaint" else ("7.5.3.b",)


def _days(value: Mapping[str, Any]) -> list[date]:
    found = [
        day(str(said)[:10]) for key, said in value.items()
        if key.endswith(("_on", "_at")) and not key.startswith(AHEAD) and isinstance(said, str)
    ]  # fmt: skip
    return [on for on in found if on is not None]
