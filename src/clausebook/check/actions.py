"""Planned actions of all chapters: done by their day, by somebody who is still there (6.1, 6.2, 9.3, 10.1 c).

Moving the day is no cure: an extension is a record of its own with reason and approver, given before the old day was
over; what was done late stays a lapse that a nonconformity names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..measure import Measured
from ..measure.actions import Action, actions_of
from ..measure.moments import day, rows
from ..measure.offices import Offices
from ..model import System
from ..problems import Problem, Rule
from .reporting import found

ACTION_OVERDUE = Rule("action-overdue", "due", "own")
ACTION_LATE = Rule("action-late", "lapse", "implied")
ACTION_EXTENDED_LATE = Rule("action-extended-late", "lapse", "implied")
ACTION_OWNER_GONE = Rule("action-owner-gone", "due", "own")
RULES = (ACTION_OVERDUE, ACTION_LATE, ACTION_EXTENDED_LATE, ACTION_OWNER_GONE)
READS = frozenset({"people", "roles"})

SERVES: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("nonconformity", "actions"): ("10.1.c",), ("nonconformity", "rounds.actions"): ("10.1.c",),
    ("nonconformity", "correction"): ("10.1.a.1",), ("alert", ""): ("8.4.act",),
    ("management-review", "outputs.a.actions"): ("9.3.out.a",),
    ("management-review", "outputs.b.actions"): ("9.3.out.b",),
    ("management-review", "outputs.c.actions"): ("9.3.out.c", "5.1.d"), ("objectives", ""): ("6.2.plan.d",),
    ("risks", ""): ("6.1.plan.b", "8.1.ch6"), ("change", ""): ("6.3.sys",), ("participation", ""): ("4.2.doc",),
    ("resources", ""): ("7.1.det",), ("competence", ""): ("7.2.c",), ("training", ""): ("7.2.c",),
    ("compliance-evaluation", ""): ("9.1.2.rec",), ("process-review", ""): ("4.4.1.g",),
    ("monitoring", ""): ("8.4.anal",), ("annual-evaluation", ""): ("9.1.eval",), ("tool-check", ""): ("9.1.c",),
    ("provider-evaluation", ""): ("8.7.c",), ("drill", ""): ("7.4.crisis",), ("crisis", ""): ("7.4.crisis",),
}  # fmt: skip
"""(kind, list) → requirements; a list of '' stands for every other list of that kind."""


def check(system: System, measured: Measured) -> Iterator[Problem]:
    offices = Offices(system)
    for action in actions_of(system):
        if action.overdue(system.as_of):
            facts = {"what": action.what, "due": action.due_on.isoformat(), "owner": action.owner or ""}
            yield found(ACTION_OVERDUE, action.entry, (*action.pointer, "due_on"), asked(action), facts=facts)
        yield from _late(action)
        yield from _owner(system, offices, action)


OWNERS: Mapping[str, tuple[str, ...]] = {"objectives": ("6.2.plan.c",)}
"""Where the standard asks for the owner in a line of its own."""


def asked(action: Action) -> tuple[str, ...]:
    kind = action.entry.kind
    return SERVES.get((kind.name, action.key)) or SERVES.get((kind.name, "")) or kind.clauses


def _late(action: Action) -> Iterator[Problem]:
    if action.late() and action.done_on is not None:
        facts = {"what": action.what, "due": action.due_on.isoformat(), "done": action.done_on.isoformat()}
        yield found(
            ACTION_LATE, action.entry, (*action.pointer, "done_on"), asked(action), breach=("late-action",), facts=facts
        )
    for index, moved in enumerate(rows(action.value, "extensions")):
        asked_on, old = day(moved, "on"), day(moved, "from_on")
        if asked_on is not None and old is not None and asked_on > old:
            facts = {"what": action.what, "on": asked_on.isoformat(), "due": old.isoformat()}
            at = (*action.pointer, "extensions", index, "on")
            yield found(ACTION_EXTENDED_LATE, action.entry, at, asked(action), breach=("late-action",), facts=facts)


def _owner(system: System, offices: Offices, action: Action) -> Iterator[Problem]:
    """An open action whose owner has left, or whose role nobody holds, is nobody's (5.3)."""
    if action.done_on is not None or action.cancelled or action.owner is None:
        return
    if action.owner not in offices.people and action.owner not in offices.roles:
        return  # an unknown name is said by the references
    here = [person for person in offices.people_of(action.owner, system.as_of) if offices.active(person, system.as_of)]
    if not here:
        key = "owner" if "owner" in action.value else "by"
        facts = {"what": action.what, "owner": action.owner}
        who = OWNERS.get(action.entry.kind.name) or asked(action)
        yield found(ACTION_OWNER_GONE, action.entry, (*action.pointer, key), who, facts=facts)
