"""8.1, 8.2, 8.4 and 8.5: what the work goes by: requirements, procedures in force, categories, watches and plans."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from ...clauses import covers
from ...measure import Measured
from ...measure.criteria import SEVERITIES
from ...measure.moments import day, rows, word, words
from ...model import Entry, System
from ...problems import Fact, Problem, Rule
from ..reporting import found

PROCEDURE_NOT_YET = Rule("procedure-not-in-force", "contradiction", "own")
REQUIREMENT_OUTDATED = Rule("work-requirement-outdated", "contradiction", "own")
REQUIREMENT_UNTRACED = Rule("work-requirement-untraced", "contradiction", "implied")
CAUSE_OF_ENDED_TYPE = Rule("cause-of-ended-type", "contradiction", "own")
CHANNEL_NOT_DESCRIBED = Rule("channel-not-in-procedure", "contradiction", "own")
WATCH_OF_NOTHING = Rule("watch-of-nothing", "contradiction", "own")
PLAN_OVERDUE = Rule("solution-overdue", "due", "own")
PLAN_LATE = Rule("solution-done-late", "lapse", "own")
RULES = (
    PROCEDURE_NOT_YET, REQUIREMENT_OUTDATED, REQUIREMENT_UNTRACED, CAUSE_OF_ENDED_TYPE, CHANNEL_NOT_DESCRIBED,
    WATCH_OF_NOTHING, PLAN_OVERDUE, PLAN_LATE,
)  # fmt: skip
READS = frozenset({
    "procedure", "work-requirements", "obligations", "intake-criteria", "work-instruction", "alert-rules",
    "organization", "complaint",
})  # fmt: skip

WORK = ("8.2", "8.3", "8.4", "8.5", "8.6")
"""What every organisation does with a complaint; 8.7 only with a provider."""
GROUNDS = ("obligations", "objectives", "parties")


def check(system: System, measured: Measured) -> Iterator[Problem]:
    yield from _procedures(system)
    yield from _requirements(system)
    yield from _categories(system)
    yield from _channels(system, measured)
    yield from _watches(system)
    yield from _plans(system, measured)


def _procedures(system: System) -> Iterator[Problem]:
    """Announced is not in force: who works by a procedure of next month works by none (7.5.3)."""
    begins: dict[str, list[tuple[date, Entry]]] = {}
    for entry in system.of("procedure"):
        since = day(entry.value, "first_effective_on") or day(entry.value, "effective_on")
        for clause in WORK if since is not None else ():
            if any(covers(said, clause) for said in words(entry.value, "clauses")):
                begins.setdefault(clause, []).append((since or system.as_of, entry))
    for clause, listed in begins.items():
        first, entry = min(listed, key=lambda one: (one[0], one[1].path))
        if first > system.as_of:
            facts = {"clause": clause, "since": first.isoformat()}
            yield found(PROCEDURE_NOT_YET, entry, ("effective_on",), ("8.1.plan",), facts=facts)


def _requirements(system: System) -> Iterator[Problem]:
    ended = {
        str(row.get("id")) for entry in system.of("obligations") for row in rows(entry.value, "items")
        if row.get("status") == "repealed" or ((on := day(row, "repealed_on")) is not None and on <= system.as_of)
    }  # fmt: skip
    for entry in system.of("work-requirements"):
        for index, row in enumerate(rows(entry.value, "items")):
            named = [name for name in words(row, "obligations") if name in ended]
            if named:
                yield found(REQUIREMENT_OUTDATED, entry, ("items", index), ("8.1.a",), obligation=named[0])
            elif not any(words(row, ground) for ground in GROUNDS):
                yield found(REQUIREMENT_UNTRACED, entry, ("items", index), ("8.1.a",))


def _categories(system: System) -> Iterator[Problem]:
    for entry in system.of("intake-criteria"):
        ends = {str(row.get("id")): day(row, "to_on") for row in rows(entry.value, "types")}
        for index, row in enumerate(rows(entry.value, "cause_groups")):
            over, until = ends.get(str(row.get("type"))), day(row, "to_on")
            if over is not None and over < system.as_of and (until is None or until > over):
                facts = {"type": str(row.get("type")), "ended": over.isoformat()}
                yield found(CAUSE_OF_ENDED_TYPE, entry, ("cause_groups", index, "type"), ("8.1.b.2",), facts=facts)


def _channels(system: System, measured: Measured) -> Iterator[Problem]:
    """Complaints came in where no document of 8.2 says how; documents that list no channels are about all of them."""
    serving = [
        entry for entry in system.of("procedure", "work-instruction")
        if any(covers(said, "8.2") for said in words(entry.value, "clauses"))
    ]  # fmt: skip
    procedures = [entry for entry in serving if entry.kind.name == "procedure"]
    if not procedures or not all(words(entry.value, "channels") for entry in procedures):
        return
    described = {channel for entry in serving for channel in words(entry.value, "channels")}
    used: dict[str, list[str]] = {}
    for case in measured.cases:
        channel = word(case.value, "channel")
        if case.judged and channel is not None and channel not in described:
            used.setdefault(channel, []).append(case.id)
    for channel, cases in used.items():
        facts: dict[str, Fact] = {"channel": channel, "count": len(cases), "first": cases[0]}
        yield found(CHANNEL_NOT_DESCRIBED, procedures[0], ("channels",), ("8.2.proc",), facts=facts)


def _watches(system: System) -> Iterator[Problem]:
    """An alert rule for values that are no more, or never were, keeps silent for ever."""
    known = _known(system)
    for entry in system.of("alert-rules"):
        for number, version in enumerate(rows(entry.value, "versions")):
            until = day(version, "effective_to_on")
            for table in ("rules", "statistical") if until is None or until >= system.as_of else ():
                for index, row in enumerate(rows(version, table)):
                    listed = known.get(str(row.get("dimension")))
                    gone = [value for value in words(row, "values") if listed is not None and value not in listed]
                    if gone:
                        at = ("versions", number, table, index, "values")
                        facts = {"rule_id": str(row.get("id")), "value": gone[0]}
                        yield found(WATCH_OF_NOTHING, entry, at, ("8.4.mech",), facts=facts)


def _known(system: System) -> Mapping[str, set[str]]:
    """Values of each dimension that are in use; of batches nobody keeps a list."""
    tables = (
        ("type", "intake-criteria", "types"), ("cause", "intake-criteria", "cause_groups"),
        ("line", "organization", "lines"), ("product", "organization", "products"), ("site", "organization", "sites"),
        ("channel", "organization", "channels"), ("provider", "providers", "items"),
    )  # fmt: skip
    found_in = {"severity": set(SEVERITIES)}
    for dimension, kind, table in tables:
        found_in[dimension] = {
            str(row.get("id")) for entry in system.of(kind) for row in rows(entry.value, table)
            if (end := day(row, "to_on") or day(row, "retired_on") or day(row, "ended_on")) is None
            or end >= system.as_of
        }  # fmt: skip
    return found_in


def _plans(system: System, measured: Measured) -> Iterator[Problem]:
    """What was promised as the solution, by its own last day (8.5); late stays late and is treated."""
    for case in measured.cases:
        parts = [(("response",), case.value), *(
            (("reopenings", index, "response"), row) for index, row in enumerate(rows(case.value, "reopenings"))
        )]  # fmt: skip
        for at, part in parts if case.judged else ():
            for index, row in enumerate(rows(part, "response", "plan")):
                due, done = day(row, "due_on"), day(row, "done_on")
                facts = {"due": due.isoformat() if due else "", "done": done.isoformat() if done else ""}
                where = (*at, "plan", index, "due_on")
                if due is not None and done is None and due < system.as_of and case.open:
                    yield found(PLAN_OVERDUE, case.entry, where, ("8.5.plan",), facts=facts)
                elif due is not None and done is not None and done > due:
                    breach = ("response", "result", "other")
                    yield found(PLAN_LATE, case.entry, where, ("8.5.plan",), breach=breach, facts=facts)
