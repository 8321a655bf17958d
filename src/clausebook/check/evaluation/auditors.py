"""9.2 c: auditors are able, chosen, and never judge their own work.

Own work is what somebody owns, does or answers for: the process's owner and responsible roles and the responsibility
matrix. Auditors from outside may judge anything. Where the audit says who looked at what, each of them is asked;
where it does not, somebody in the team must be free for each process. Deputies are not asked: they own nothing until
they stand in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cached_property

from ...clauses import covers
from ...measure import Measured
from ...measure.moments import day, rows, word, words
from ...measure.offices import Offices
from ...model import Entry, Pointer, System
from ...problems import Fact, Problem, Rule
from ..reporting import found, joined

AUDIT_OF_OWN_WORK = Rule("audit-of-own-work", "lapse", "explicit")
AUDITOR_IN_LINE = Rule("auditor-in-line", "lapse", "implied")
AUDITOR_NOT_CHOSEN = Rule("auditor-not-chosen", "contradiction", "own")
AUDITOR_NOT_QUALIFIED = Rule("auditor-not-qualified", "lapse", "own")
PERSON_TWICE = Rule("person-twice", "contradiction", "own")
RULES = (AUDIT_OF_OWN_WORK, AUDITOR_IN_LINE, AUDITOR_NOT_CHOSEN, AUDITOR_NOT_QUALIFIED, PERSON_TWICE)
READS = frozenset({"audit", "audit-programme", "process", "raci", "people", "roles", "competence"})

Row = Mapping[str, object]


class Duties:
    """Who works in which process, and who is in the pool of auditors."""

    def __init__(self, system: System) -> None:
        self.offices = Offices(system)
        self.processes = {str(entry.value.get("id")): entry.value for entry in system.of("process")}
        self.activities = [row for entry in system.of("raci") for row in rows(entry.value, "activities")]
        self.pool = {
            self.offices.human(str(row.get("person"))): row
            for entry in system.of("audit-programme") for row in rows(entry.value, "auditors")
        }  # fmt: skip
        self.competence = [entry.value for entry in system.of("competence")]

    def external(self, human: str) -> bool:
        row, person = self.pool.get(human, {}), self.offices.people.get(human, {})
        return row.get("external") is True or bool(person.get("provider") and not person.get("department"))

    def own(self, human: str, process: str, on: date, clauses: list[str]) -> bool:
        """Whether any part of a process that these clauses touch (all of it without clauses) is a person's work."""
        mine = self.roles_of(human, on)
        return self.forbidden(human, process) or any(mine & roles for roles in self.parts(process, clauses))

    def forbidden(self, human: str, process: str) -> bool:
        return process in words(self.pool.get(human), "may_not_audit")

    def roles_of(self, human: str, on: date) -> set[str]:
        persons = [name for name in self.offices.people if self.offices.human(name) == human]
        held = (office for person in persons for office in self.offices.of(person, on) if not office.deputy)
        return {str(office.role.get("id")) for office in held}

    def parts(self, process: str, clauses: list[str] | None = None) -> list[set[str]]:
        """The roles at work in each part of a process: the matrix's activities, and the process as a whole.

        Where the matrix says who does what, it says so for the clauses asked about (None: whatever it knows), and the
        whole need not be asked. Auditing is every auditor's work: there only who answers for it counts.
        """
        value = self.processes.get(process, {})
        of_audit = any(covers("9.2", clause) for clause in words(value, "clauses"))
        listed = [row for row in self.activities if row.get("process") == process]
        told = [row for row in listed if not clauses or _touching(words(row, "clause"), clauses)]
        acting = [{str(row.get("accountable")), *(() if of_audit else words(row, "responsible"))} for row in told]
        said = [clause for row in told for clause in words(row, "clause")]
        complete = told if clauses is None else clauses and all(_touching(said, [one]) for one in clauses)
        whole = {str(value.get("owner")), *(() if of_audit else words(value, "responsible"))}
        return acting if complete else [*acting, whole]

    @cached_property
    def auditing(self) -> set[str]:
        """Roles that carry out audits, by the clause that the matrix or a process serves."""
        of_matrix = {
            role for row in self.activities if any(covers("9.2", clause) for clause in words(row, "clause"))
            for role in words(row, "responsible")
        }  # fmt: skip
        return of_matrix or {
            role for value in self.processes.values() if any(covers("9.2", c) for c in words(value, "clauses"))
            for role in words(value, "responsible")
        }  # fmt: skip


def _touching(some: list[str], others: list[str]) -> bool:
    return any(covers(one, other) or covers(other, one) for one in some for other in others)


def check(system: System, measured: Measured) -> Iterator[Problem]:
    duties = Duties(system)
    for audit in system.of("audit"):
        on = day(audit.value, "started_on")
        if audit.value.get("type") == "internal" and on is not None and not audit.value.get("cancelled"):
            yield from _chosen(duties, audit, on)
            yield from _own_work(duties, audit, on)
            yield from _in_line(duties, audit, on)
    yield from _twice(system, duties.offices)


def _team(audit: Entry) -> list[tuple[str, Pointer]]:
    """Everyone who audited, with the place that says so."""
    team: dict[str, Pointer] = {}
    for index, person in enumerate(words(audit.value, "team")):
        team.setdefault(person, ("team", index))
    for index, row in enumerate(rows(audit.value, "assignments")):
        team.setdefault(str(row.get("person")), ("assignments", index, "person"))
    if (lead := word(audit.value, "lead")) is not None:
        team.setdefault(lead, ("lead",))
    return list(team.items())


def _chosen(duties: Duties, audit: Entry, on: date) -> Iterator[Problem]:
    for person, at in _team(audit):
        human = duties.offices.human(person)
        row = duties.pool.get(human)
        if row is None and duties.pool:
            yield found(AUDITOR_NOT_CHOSEN, audit, at, ("9.2.c",), who=person)
        until = day(row, "valid_to_on")
        lost = until is not None and until < on
        if lost or not (duties.external(human) or _able(duties, human, on)):
            facts = {"who": person, "on": on.isoformat(), "until": until.isoformat() if until and lost else "—"}
            yield found(AUDITOR_NOT_QUALIFIED, audit, at, ("9.2.c", "7.2.b"), breach=("other",), facts=facts)


def _able(duties: Duties, human: str, on: date) -> bool:
    """What the register of competence asks of those who audit was met on the day; asked for nothing, all are able."""
    for register in duties.competence:
        profiles = [row for row in rows(register, "profiles") if row.get("role") in duties.auditing]
        wanted = {item for row in profiles for item in words(row, "items")}
        for item in wanted:
            shown = [
                row for row in rows(register, "people")
                if duties.offices.human(str(row.get("person"))) == human and row.get("item") == item
            ]  # fmt: skip
            if not any(row.get("status") == "met" and _held(row, on) for row in shown):
                return False
    return True


def _held(row: Row, on: date) -> bool:
    since, until = day(row, "acquired_on"), day(row, "expires_on")
    return (since is None or since <= on) and (until is None or on <= until)


def _own_work(duties: Duties, audit: Entry, on: date) -> Iterator[Problem]:
    looked: set[str] = set()
    for index, row in enumerate(rows(audit.value, "assignments")):
        person = str(row.get("person"))
        human = duties.offices.human(person)
        looked.update(words(row, "processes"))
        for place, process in enumerate(words(row, "processes")):
            if not duties.external(human) and duties.own(human, process, on, words(row, "clauses")):
                at: Pointer = ("assignments", index, "processes", place)
                yield _conflict(audit, at, person, process)
    team = [person for person, _ in _team(audit)]
    if not team or word(audit.value, "external_auditors"):
        return
    for place, process in enumerate(words(audit.value, "scope", "processes")):
        if process not in looked and _nobody_free(duties, team, process, on):
            yield _conflict(audit, ("scope", "processes", place), joined(team), process)


def _conflict(audit: Entry, at: Pointer, who: Fact, process: str) -> Problem:
    facts: dict[str, Fact] = {"who": who, "process": process}
    return found(AUDIT_OF_OWN_WORK, audit, at, ("9.2.c",), breach=("other",), facts=facts)


def _nobody_free(duties: Duties, team: list[str], process: str, on: date) -> bool:
    """Whether some part of a process is everybody's own work."""
    humans = {duties.offices.human(person) for person in team}
    able = {human for human in humans if duties.external(human) or not duties.forbidden(human, process)}
    bound = {human: set() if duties.external(human) else duties.roles_of(human, on) for human in able}
    return any(all(bound[human] & roles for human in able) for roles in duties.parts(process))


def _in_line(duties: Duties, audit: Entry, on: date) -> Iterator[Problem]:
    """Who judges their own department, or the process of the one they report to, is free only on paper."""
    for index, row in enumerate(rows(audit.value, "assignments")):
        person = str(row.get("person"))
        human = duties.offices.human(person)
        if duties.external(human):
            continue
        home = duties.offices.people.get(human, {}).get("department")
        if home is not None and home in words(row, "departments"):
            at: Pointer = ("assignments", index, "departments", words(row, "departments").index(str(home)))
            facts = {"who": person, "what": str(home)}
            yield found(AUDITOR_IN_LINE, audit, at, ("9.2.c",), breach=("other",), facts=facts)
        above = {str(duties.offices.roles.get(role, {}).get("reports_to")) for role in _line(duties, human, on)}
        for place, process in enumerate(words(row, "processes")):
            owner = str(duties.processes.get(process, {}).get("owner"))
            top = duties.offices.roles.get(owner, {}).get("top_management") is True
            if owner in above and not top and not duties.own(human, process, on, words(row, "clauses")):
                facts = {"who": person, "what": process}
                at = ("assignments", index, "processes", place)
                yield found(AUDITOR_IN_LINE, audit, at, ("9.2.c",), breach=("other",), facts=facts)


def _line(duties: Duties, human: str, on: date) -> set[str]:
    """The roles of a person's daily work: as auditors they all report to whoever runs the programme."""
    return duties.roles_of(human, on) - duties.auditing


def _twice(system: System, offices: Offices) -> Iterator[Problem]:
    """One human being under two ids would be independent of himself."""
    for entry in system.of("people"):
        for index, row in enumerate(rows(entry.value, "items")):
            person = str(row.get("id"))
            if offices.human(person) != person:
                facts = {"who": person, "other": offices.human(person)}
                yield found(PERSON_TWICE, entry, ("items", index, "id"), ("9.2.c",), facts=facts)
