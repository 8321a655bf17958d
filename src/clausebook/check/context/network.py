"""4.4.1 a, b: the processes as a network; what one gives the other takes, and nobody stands alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...clauses import covers
from ...measure import Measured
from ...measure.moments import rows, word, words
from ...measure.retirements import retirements
from ...model import Entry, System
from ...problems import Problem, Rule
from ..presence import declared_not_applicable
from ..reporting import found

INPUT_ONE_SIDED = Rule("process-input-one-sided", "contradiction", "own")
OUTPUT_ONE_SIDED = Rule("process-output-one-sided", "contradiction", "own")
FEEDS_ITSELF = Rule("process-feeds-itself", "contradiction", "own")
OUTPUT_IS_INPUT = Rule("process-output-is-input", "contradiction", "implied")
EXCHANGE_WITH_RETIRED = Rule("process-with-retired-party", "contradiction", "own")
PROCESS_APART = Rule("process-apart", "contradiction", "implied")
PROCESS_WHERE_NOBODY_IS = Rule("process-where-nobody-is", "contradiction", "own")
CLAUSE_WITHOUT_PROCESS = Rule("clause-without-process", "contradiction", "implied")
RULES = (
    INPUT_ONE_SIDED, OUTPUT_ONE_SIDED, FEEDS_ITSELF, OUTPUT_IS_INPUT, EXCHANGE_WITH_RETIRED, PROCESS_APART,
    PROCESS_WHERE_NOBODY_IS, CLAUSE_WITHOUT_PROCESS,
)  # fmt: skip
READS = frozenset({"process", "interested-parties", "organization", "scope"})

RUN_BY_PROCESSES = ("8.2", "8.3", "8.4", "8.5", "8.6", "8.7", "9.1", "9.2", "9.3", "10.1")
Known = Mapping[str, Entry]


def check(system: System, measured: Measured) -> Iterator[Problem]:
    known = {named(entry): entry for entry in system.of("process")}
    gone = set(retirements(system))
    exclusions = [row for scope in system.of("scope") for row in rows(scope.value, "exclusions")]
    left_out = {name for row in exclusions for key in ("departments", "sites") for name in words(row, key)}
    for entry in known.values():
        yield from _inputs(entry, known, gone)
        yield from _outputs(entry, known, gone)
        for key in ("departments", "sites"):
            for index, name in enumerate(words(entry.value, key)):
                if name in gone | left_out:
                    yield found(PROCESS_WHERE_NOBODY_IS, entry, (key, index), ("4.4.1.proc",), facts={"where": name})
    yield from _apart(known)
    yield from _clauses(system, known)


def named(entry: Entry) -> str:
    """What others call a process by: its id, which need not be the number of its document."""
    return word(entry.value, "id") or entry.id


def _gives(entry: Entry) -> set[str]:
    return {name for row in rows(entry.value, "outputs") for name in words(row, "to")}


def _takes(entry: Entry) -> set[str]:
    return {name for row in rows(entry.value, "inputs") if (name := word(row, "from"))}


def _inputs(entry: Entry, known: Known, gone: set[str]) -> Iterator[Problem]:
    for index, row in enumerate(rows(entry.value, "inputs")):
        source, at = word(row, "from") or "", ("inputs", index, "from")
        facts = {"other": source, "what": word(row, "what") or ""}
        if source == named(entry):
            yield found(FEEDS_ITSELF, entry, at, ("4.4.1.a",), facts=facts)
        elif source in known and named(entry) not in _gives(known[source]):
            yield found(INPUT_ONE_SIDED, entry, at, ("4.4.1.b", "4.4.1.a"), facts=facts)
        elif source in gone:
            yield found(EXCHANGE_WITH_RETIRED, entry, at, ("4.4.1.a",), facts=facts)


def _outputs(entry: Entry, known: Known, gone: set[str]) -> Iterator[Problem]:
    taken = {"".join(str(row.get("what")).split()) for row in rows(entry.value, "inputs")}
    for index, row in enumerate(rows(entry.value, "outputs")):
        what = word(row, "what") or ""
        for number, target in enumerate(words(row, "to")):
            at = ("outputs", index, "to", number)
            facts = {"other": target, "what": what}
            if target == named(entry):
                yield found(FEEDS_ITSELF, entry, at, ("4.4.1.a",), facts=facts)
            elif target in known and named(entry) not in _takes(known[target]):
                yield found(OUTPUT_ONE_SIDED, entry, at, ("4.4.1.b", "4.4.1.a"), facts=facts)
            elif target in gone:
                yield found(EXCHANGE_WITH_RETIRED, entry, at, ("4.4.1.a",), facts=facts)
        if "".join(what.split()) in taken:
            yield found(OUTPUT_IS_INPUT, entry, ("outputs", index, "what"), ("4.4.1.a",), facts={"what": what})


def _apart(known: Known) -> Iterator[Problem]:
    """Every process hangs together with the first one, in whatever direction (4.4.1 b)."""
    ties: dict[str, set[str]] = {name: set() for name in known}
    for name, entry in known.items():
        for other in (_gives(entry) | _takes(entry)) & known.keys():
            ties[name].add(other)
            ties[other].add(name)
    groups: list[set[str]] = []
    for name in known:
        if not any(name in group for group in groups):
            groups.append(_reached(name, ties))
    main = max(groups, key=len, default=set())
    for name in known:
        if name not in main:
            yield found(PROCESS_APART, known[name], ("inputs",), ("4.4.1.b",))


def _reached(start: str, ties: Mapping[str, set[str]]) -> set[str]:
    reached, ahead = {start}, [start]
    while ahead:
        fresh = ties[ahead.pop()] - reached
        reached |= fresh
        ahead += fresh
    return reached


def _clauses(system: System, known: Known) -> Iterator[Problem]:
    """Each clause that is carried out belongs to a process; without providers there is nothing to control under 8.7."""
    served = [clause for entry in known.values() for clause in words(entry.value, "clauses")]
    exempt = declared_not_applicable(system)
    first = next(iter(known.values()), None)
    for clause in RUN_BY_PROCESSES:
        needless = any(covers(clause, name) for name in exempt)
        if first is not None and not needless and not any(covers(own, clause) or covers(clause, own) for own in served):
            yield found(CLAUSE_WITHOUT_PROCESS, first, ("clauses",), ("4.4.1.proc",), facts={"clause": clause})
