"""8.2 and 7.5.3: records entered long after the event, many in one sitting (V53, as far as the records say so).

When a record first came into the repository is known to git alone; what the records themselves say of their
entering is judged here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from ...load.positions import place
from ...measure.moments import day
from ...model import Entry
from ...problems import Problem, Rule, problem
from .desk import Desk, shown

ENTERED_TOGETHER = Rule("entered-together", "contradiction", "implied", source="V53")
RULES = (ENTERED_TOGETHER,)

TOGETHER = 10
LATE_WORKING_DAYS = 3
AHEAD = ("next_", "due_", "recorded_", "planned_", "valid_", "retain_")
"""Days of a record that are not the day of its event."""
TAKING_OVER = ("implemented_on", "effective_on")
"""A change explains a sitting on the day it was carried out; that something was proposed that day explains nothing."""


def check_all(desk: Desk) -> Iterator[Problem]:
    sittings: dict[date, list[tuple[date, Entry]]] = defaultdict(list)
    for entered, happened, entry in _entries(desk):
        if entered > happened and desk.working_days(happened, entered) > LATE_WORKING_DAYS:
            sittings[entered].append((happened, entry))
    explained = {on for entry in desk.of("import") for on in _days(entry.value)}
    explained |= {on for entry in desk.of("change") for key in TAKING_OVER if (on := day(entry.value, key)) is not None}
    for entered, listed in sorted(sittings.items()):
        if len({happened for happened, _ in listed}) >= TOGETHER and entered not in explained:
            first = min(listed, key=lambda row: (row[0], row[1].path))[1]
            asked = ("8.2.rec",) if first.kind.name == "complaint" else first.kind.clauses
            yield problem(ENTERED_TOGETHER, place(first), asked, count=len(listed), on=shown(entered), first=first.id)


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


def _days(value: Mapping[str, Any]) -> list[date]:
    found = [
        day(str(said)[:10]) for key, said in value.items()
        if key.endswith(("_on", "_at")) and not key.startswith(AHEAD) and isinstance(said, str)
    ]  # fmt: skip
    return [on for on in found if on is not None]
