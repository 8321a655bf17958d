"""9.1: performance and effectiveness are evaluated for the whole year, every objective and every process in turn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from ...measure import Measured
from ...measure.moments import day, rows, word
from ...model import Entry, System
from ...problems import Problem, Rule
from ..reporting import found, joined

EVALUATION_OVERDUE = Rule("annual-evaluation-overdue", "due", "own")
EVALUATION_LATE = Rule("annual-evaluation-late", "lapse", "own")
EVALUATION_OMITS = Rule("annual-evaluation-omits", "lapse", "implied")
EVALUATION_CONTRADICTS = Rule("annual-evaluation-contradicts", "contradiction", "own")
EVALUATION_UNANSWERED = Rule("annual-evaluation-unanswered", "due", "implied")
RULES = (EVALUATION_OVERDUE, EVALUATION_LATE, EVALUATION_OMITS, EVALUATION_CONTRADICTS, EVALUATION_UNANSWERED)
READS = frozenset({"annual-evaluation", "monitoring-plan", "objectives", "process", "organization"})
Row = Mapping[str, object]


def check(system: System, measured: Measured) -> Iterator[Problem]:
    evaluations = list(system.of("annual-evaluation"))
    for plan in system.of("monitoring-plan"):
        yield from _yearly(system, plan, evaluations)
    for entry in evaluations:
        yield from _complete(system, entry)
        yield from _agreed(system, entry)


def _yearly(system: System, plan: Entry, evaluations: list[Entry]) -> Iterator[Problem]:
    """By the plan's own day of the next year, for every year from the first one evaluated."""
    limit = word(plan.value, "annual_evaluation_due")
    by_year = {until.year: entry for entry in evaluations if (until := day(entry.value, "period", "to_on"))}
    if limit is None or not by_year:
        return
    begun = day(system.organisation, "system_effective_on")
    for year in range(max(min(by_year), begun.year if begun else min(by_year)), system.as_of.year):
        due, entry = _limit(year + 1, limit), by_year.get(year)
        facts = {"year": str(year), "due": due.isoformat()}
        if entry is None:
            if due < system.as_of:
                at = ("annual_evaluation_due",)
                yield found(EVALUATION_OVERDUE, plan, at, ("9.1.eval",), facts=facts)
            continue
        on = day(entry.value, "evaluated_on")
        if on is not None and on > due:
            facts["on"] = on.isoformat()
            breach = ("missed-period", "other")
            yield found(EVALUATION_LATE, entry, ("evaluated_on",), ("9.1.eval",), breach=breach, facts=facts)


def _limit(year: int, limit: str) -> date:
    """Month and day of a year; a day the month does not have is its last."""
    month, number = int(limit[:2]), int(limit[3:])
    for on in range(max(number, 1), 27, -1):
        try:
            return date(year, month, on)
        except ValueError:
            continue
    return date(year, month, max(number, 1))


def _complete(system: System, entry: Entry) -> Iterator[Problem]:
    since, until = day(entry.value, "period", "from_on"), day(entry.value, "period", "to_on")
    if since is None or until is None:
        return
    told = {str(row.get("process")) for row in rows(entry.value, "processes")}
    processes = [
        str(one.value.get("id")) for one in system.of("process")
        if (begun := day(one.value, "first_effective_on")) is None or begun <= until
    ]  # fmt: skip
    judged = {str(row.get("objective")) for row in rows(entry.value, "objectives")}
    objectives = [name for name, row in _objectives(system).items() if _pursued(row, since, until)]
    for part, lacking in (
        ("processes", [name for name in processes if name not in told]),
        ("objectives", [name for name in objectives if name not in judged]),
    ):
        if lacking:
            facts = {"names": joined(lacking)}
            yield found(EVALUATION_OMITS, entry, (part,), ("9.1.eval",), breach=("other",), facts=facts)


def _objectives(system: System) -> dict[str, Row]:
    return {str(row.get("id")): row for entry in system.of("objectives") for row in rows(entry.value, "items")}


def _pursued(row: Row, since: date, until: date) -> bool:
    first, last = day(row, "period", "from_on"), day(row, "period", "to_on")
    return first is not None and last is not None and first <= until and last >= since


def _agreed(system: System, entry: Entry) -> Iterator[Problem]:
    """The verdict on an objective is the register's, and what was missed or does not work has an answer."""
    known, answered = _objectives(system), bool(rows(entry.value, "actions"))
    on = day(entry.value, "evaluated_on")
    for index, row in enumerate(rows(entry.value, "objectives")):
        result = known.get(str(row.get("objective")), {}).get("result")
        met, since = (result.get("met"), day(result, "evaluated_on")) if isinstance(result, dict) else (None, None)
        at = ("objectives", index, "verdict")
        past = since is None or (on is not None and since <= on)
        if (
            past
            and met in (True, False)
            and {"met": True, "missed": False}.get(str(row.get("verdict"))) not in (None, met)
        ):
            yield found(EVALUATION_CONTRADICTS, entry, at, ("9.1.eval",), objective=str(row.get("objective")))
        if row.get("verdict") == "missed" and not answered and not word(row, "action"):
            yield found(EVALUATION_UNANSWERED, entry, at, ("9.1.eval",), what=str(row.get("objective")))
    for index, row in enumerate(rows(entry.value, "processes")):
        if row.get("verdict") == "ineffective" and not answered:
            at = ("processes", index, "verdict")
            yield found(EVALUATION_UNANSWERED, entry, at, ("9.1.eval",), what=str(row.get("process")))
