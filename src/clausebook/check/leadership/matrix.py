"""5.3 The matrix of responsibilities: one answers for each activity, in roles that exist, for all that is carried out.

A matrix is our way of assigning, not the standard's: what it leaves out is a warning, what it says twice is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...clauses import covers
from ...measure import Measured
from ...measure.moments import day, rows, word, words
from ...measure.offices import Offices
from ...model import System
from ...problems import Problem, Rule
from ..presence import declared_not_applicable
from ..reporting import found

ANSWERED_TWICE = Rule("activity-answered-twice", "contradiction", "own")
ACTIVITY_OF_RETIRED = Rule("activity-of-retired-role", "contradiction", "own")
ANSWERS_AND_IS_TOLD = Rule("accountable-is-informed", "contradiction", "implied")
CLAUSE_UNANSWERED = Rule("clause-without-accountable", "contradiction", "implied")
RULES = (ANSWERED_TWICE, ACTIVITY_OF_RETIRED, ANSWERS_AND_IS_TOLD, CLAUSE_UNANSWERED)
READS = frozenset({"raci", "roles", "people", "organization"})

ASKED = ("5.3.assign",)
CARRIED_OUT = ("8.2", "8.3", "8.4", "8.5", "8.6", "8.7", "9.1", "9.2", "9.3", "10.1")


def check(system: System, measured: Measured) -> Iterator[Problem]:
    offices = Offices(system)
    retired = {name for name, role in offices.roles.items() if (on := day(role, "retired_on")) and on <= system.as_of}
    exempt = declared_not_applicable(system)
    for entry in system.of("raci"):
        answers: dict[str, str] = {}
        served: list[str] = []
        for index, row in enumerate(rows(entry.value, "activities")):
            at = ("activities", index)
            name, accountable = "".join(str(row.get("activity")).split()), word(row, "accountable") or ""
            served += words(row, "clause")
            if answers.setdefault(name, accountable) != accountable:
                facts = {"one": answers[name], "other": accountable}
                yield found(ANSWERED_TWICE, entry, (*at, "accountable"), ASKED, facts=facts)
            named = (role for key in ("responsible", "consulted", "informed") for role in words(row, key))
            for role in dict.fromkeys((accountable, *named)):
                if role in retired:
                    yield found(ACTIVITY_OF_RETIRED, entry, at, ASKED, role=role)
            if accountable in (*words(row, "consulted"), *words(row, "informed")):
                yield found(ANSWERS_AND_IS_TOLD, entry, (*at, "accountable"), ASKED, role=accountable)
        for clause in CARRIED_OUT if served else ():
            needless = any(covers(clause, name) for name in exempt)
            if not needless and not any(covers(own, clause) or covers(clause, own) for own in served):
                yield found(CLAUSE_UNANSWERED, entry, ("activities",), ASKED, clause=clause)
