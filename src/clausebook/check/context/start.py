"""4.4.1 The system as a whole: when it began, and where its manual says each clause is met."""

from __future__ import annotations

from collections.abc import Iterator

from ...clauses import covers
from ...measure import Measured
from ...measure.moments import day, rows, word, words
from ...model import System
from ...problems import Problem, Rule
from ..reporting import found, joined

SYSTEM_START_MOVED = Rule("system-start-moved", "contradiction", "own")
MANUAL_POINTS_ELSEWHERE = Rule("manual-points-elsewhere", "contradiction", "own")
RULES = (SYSTEM_START_MOVED, MANUAL_POINTS_ELSEWHERE)
READS = frozenset({"organization", "policy", "change", "manual"})


def check(system: System, measured: Measured) -> Iterator[Problem]:
    yield from _started(system)
    documents = {entry.id: words(entry.value, "clauses") for entry in system.entries if entry.controlled}
    for manual in system.of("manual"):
        for index, row in enumerate(rows(manual.value, "covers")):
            clause, named = word(row, "clause") or "", [name for name in words(row, "documents") if name in documents]
            served = [own for name in named for own in documents[name]]
            if named and served and not any(covers(own, clause) or covers(clause, own) for own in served):
                facts = {"clause": clause, "documents": joined(named)}
                yield found(MANUAL_POINTS_ELSEWHERE, manual, ("covers", index), ("4.4.1.sys",), facts=facts)


def _started(system: System) -> Iterator[Problem]:
    """The day from which records count is the day the first policy came into force, or a change says why not.

    Moving it would excuse whatever was received before (corrections 6).
    """
    profile, policy = system.first("organization"), system.first("policy")
    began = day(system.organisation, "system_effective_on")
    first = day(policy.value, "first_effective_on") if policy else None
    approved = [change.value for change in system.of("change") if word(change.value, "approved_by")]
    decided = {day(value, "system_effective_on") for value in approved}
    if profile is not None and began is not None and first is not None and began != first and began not in decided:
        facts = {"began": began.isoformat(), "first": first.isoformat()}
        yield found(SYSTEM_START_MOVED, profile, ("system_effective_on",), ("4.4.1.sys",), facts=facts)
