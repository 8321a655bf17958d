"""7.1 Resources: a gap is open, being closed, or accepted with a reason; never all of it at once."""

from __future__ import annotations

from collections.abc import Iterator

from ...measure import Measured
from ...measure.moments import day, rows, word
from ...model import System
from ...problems import Problem, Rule
from ..reporting import found

RESOURCE_GAP_STALE = Rule("resource-gap-stale", "contradiction", "own")
RESOURCE_GAP_HIDDEN = Rule("resource-gap-hidden", "contradiction", "own")
RULES = (RESOURCE_GAP_STALE, RESOURCE_GAP_HIDDEN)
READS = frozenset({"resources"})


def check(system: System, measured: Measured) -> Iterator[Problem]:
    for entry in system.of("resources"):
        for index, row in enumerate(rows(entry.value, "items")):
            actions = rows(row, "actions")
            undone = [action for action in actions if day(action, "done_on") is None]
            if row.get("status") == "gap" and actions and not undone and not word(row, "no_action_reason"):
                yield found(RESOURCE_GAP_STALE, entry, ("items", index, "status"), ("7.1.det",))
            if row.get("status") == "available" and word(row, "gap") and undone:
                yield found(RESOURCE_GAP_HIDDEN, entry, ("items", index, "status"), ("7.1.det",))
