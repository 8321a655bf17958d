"""7.4 Communication: the matrix says what is true of its own rows, and is carried out in its intervals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from ...measure import Measured
from ...measure.moments import day, rows, word, words
from ...measure.offices import Offices
from ...measure.retirements import retirements
from ...measure.rhythm import gaps
from ...model import Entry, Pointer, System
from ...problems import Problem, Rule
from ..reporting import found

COMMUNICATION_OVERDUE = Rule("communication-overdue", "due", "own")
COMMUNICATION_MISSED = Rule("communication-missed", "lapse", "own")
COMMUNICATION_TO_NOBODY = Rule("communication-to-nobody", "contradiction", "own")
COMMUNICATION_INSIDE_OUT = Rule("communication-inside-out", "contradiction", "explicit")
COMMUNICATION_BY_NOBODY = Rule("communication-by-nobody", "contradiction", "explicit")
COMMUNICATION_REPEATED = Rule("communication-answers-repeated", "contradiction", "explicit")
COMMUNICATION_REACH = Rule("communication-reach-impossible", "contradiction", "explicit")
RULES = (
    COMMUNICATION_OVERDUE, COMMUNICATION_MISSED, COMMUNICATION_TO_NOBODY, COMMUNICATION_INSIDE_OUT,
    COMMUNICATION_BY_NOBODY, COMMUNICATION_REPEATED, COMMUNICATION_REACH,
)  # fmt: skip
READS = frozenset({"communication", "communication-record", "roles", "people", "interested-parties", "organization"})

QUESTIONS = {"what": "7.4.a", "when": "7.4.b", "channel": "7.4.d"}
"""What is asked in words, and the requirement that each answer serves."""
Row = dict[str, Any]


def check(system: System, measured: Measured) -> Iterator[Problem]:
    offices, retired = Offices(system), set(retirements(system))
    inside = {str(row.get("id")) for row in rows(system.organisation, "departments")} | set(offices.roles)
    sent: dict[str, list[date]] = defaultdict(list)
    for record in system.of("communication-record"):
        yield from _reach(record)
        for name in words(record.value, "communications"):
            sent[name].append(day(record.value, "sent_on") or date.min)
    for entry in system.of("communication"):
        for index, row in enumerate(rows(entry.value, "items")):
            at: Pointer = ("items", index)
            yield from _rhythm(system, entry, at, row, sent)
            yield from _parties(system, offices, entry, at, row, retired, inside)
            yield from _answers(entry, at, row)


def _rhythm(system: System, entry: Entry, at: Pointer, row: Row, sent: Mapping[str, list[date]]) -> Iterator[Problem]:
    """Only what the matrix itself plans at an interval, with communication records as its evidence."""
    months, happened = row.get("interval_months"), sent.get(str(row.get("id")), [])
    if not isinstance(months, int) or row.get("evidence_kind") != "communication-record":
        return
    start = day(system.organisation, "system_effective_on")
    for gap in gaps(happened, months, system.as_of, None if happened else start):
        facts = {"what": word(row, "what") or "", "since": gap.since.isoformat(), "due": gap.due_on.isoformat()}
        where = (*at, "interval_months")
        if gap.until is None:
            yield found(COMMUNICATION_OVERDUE, entry, where, ("7.4.b",), facts=facts)
        else:
            facts["until"] = gap.until.isoformat()
            yield found(COMMUNICATION_MISSED, entry, where, ("7.4.b",), breach=("missed-period",), facts=facts)


def _parties(
    system: System, offices: Offices, entry: Entry, at: Pointer, row: Row, retired: set[str], inside: set[str]
) -> Iterator[Problem]:
    audience = set(words(row, "audience"))
    if audience and audience <= retired:
        yield found(COMMUNICATION_TO_NOBODY, entry, (*at, "audience"), ("7.4.c",))
    elif row.get("direction") == "external" and audience and audience <= inside:
        yield found(COMMUNICATION_INSIDE_OUT, entry, (*at, "direction"), ("7.4.a", "7.4.c"))
    role = word(row, "role")
    if role in offices.roles and not offices.holders(role, system.as_of):
        yield found(COMMUNICATION_BY_NOBODY, entry, (*at, "role"), ("7.4.e",), facts={"role": role or ""})


def _answers(entry: Entry, at: Pointer, row: Row) -> Iterator[Problem]:
    """One sentence copied into several questions answers none of them."""
    seen: set[str] = set()
    for key, requirement in QUESTIONS.items():
        said = word(row, key)
        if said is not None and said in seen:
            yield found(COMMUNICATION_REPEATED, entry, (*at, key), (requirement,))
        seen.add(said or "")


def _reach(record: Entry) -> Iterator[Problem]:
    reach = record.value.get("reach")
    addressed, confirmed = (reach.get("addressed"), reach.get("confirmed")) if isinstance(reach, dict) else (None, None)
    if isinstance(addressed, int) and isinstance(confirmed, int) and confirmed > addressed:
        facts = {"addressed": str(addressed), "confirmed": str(confirmed)}
        yield found(COMMUNICATION_REACH, record, ("reach", "confirmed"), ("7.4.d",), facts=facts)
