"""9.1.2: compliance is evaluated at least once a year, obligation by obligation, and what is missing is made good.

"Once a year" is the calendar year of the standard's words: a year without any evaluation, or more than thirteen months
between two, is an error; a few weeks over twelve months is a warning (corrections 21).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date

from ...measure import Measured
from ...measure.moments import day, rows, shifted, word, words
from ...measure.offices import Offices
from ...measure.rhythm import gaps, months_after
from ...model import Entry, System
from ...problems import Basis, Fact, Problem, Rule
from ..reporting import found, joined, label

COMPLIANCE_YEAR_OVER = Rule("compliance-year-over", "due", "explicit")
COMPLIANCE_YEAR_MISSED = Rule("compliance-year-missed", "lapse", "explicit")
COMPLIANCE_PERIOD_GAP = Rule("compliance-period-gap", "lapse", "implied")
COMPLIANCE_NEXT_TOO_LATE = Rule("compliance-next-too-late", "contradiction", "explicit")
OBLIGATION_NOT_EVALUATED = Rule("obligation-not-evaluated", "lapse", "explicit")
OBLIGATION_EVALUATED_TWICE = Rule("obligation-evaluated-twice", "contradiction", "own")
NONCOMPLIANCE_UNANSWERED = Rule("noncompliance-unanswered", "due", "explicit")
NONCOMPLIANCE_UNLINKED = Rule("noncompliance-unlinked", "contradiction", "own")
VERDICT_UNREASONED = Rule("verdict-unreasoned", "contradiction", "own")
VERDICT_CONTRADICTS = Rule("verdict-contradicts", "contradiction", "own")
VERDICTS_COPIED = Rule("verdicts-copied", "contradiction", "implied")
EVALUATED_BY_OWNERS = Rule("evaluated-by-owners", "lapse", "implied")
RULES = (
    COMPLIANCE_YEAR_OVER, COMPLIANCE_YEAR_MISSED, COMPLIANCE_PERIOD_GAP, COMPLIANCE_NEXT_TOO_LATE,
    OBLIGATION_NOT_EVALUATED, OBLIGATION_EVALUATED_TWICE, NONCOMPLIANCE_UNANSWERED, NONCOMPLIANCE_UNLINKED,
    VERDICT_UNREASONED, VERDICT_CONTRADICTS, VERDICTS_COPIED, EVALUATED_BY_OWNERS,
)  # fmt: skip
READS = frozenset({"compliance-evaluation", "obligations", "nonconformity", "organization", "people", "roles"})

ALIKE_LEAST = 3
"""The same evidence for so many obligations was not looked for."""
Row = Mapping[str, object]


def check(system: System, measured: Measured) -> Iterator[Problem]:
    evaluations = sorted(
        ((on, entry) for entry in system.of("compliance-evaluation") if (on := day(entry.value, "evaluated_on"))),
        key=lambda pair: pair[0],
    )
    obligations = {str(row.get("id")): row for entry in system.of("obligations") for row in rows(entry.value, "items")}
    ncs = {entry.id: entry for entry in system.of("nonconformity")}
    yield from _yearly(system, dict(evaluations))
    yield from _seamless([entry for _, entry in evaluations])
    offices, seen = Offices(system), set[str]()
    for on, entry in evaluations:
        latest = entry is evaluations[-1][1]
        if latest:  # what an earlier one had planned is overtaken: the next was held, in time or late
            yield from _planned(entry, on)
        yield from _covered(
            entry, on, {name: row for name, row in obligations.items() if latest or _known(row, name, seen)}
        )
        seen |= {str(row.get("obligation")) for row in rows(entry.value, "items")}
        yield from _owners(offices, entry, on, obligations)
        yield from _copied(entry)
        for index, row in enumerate(rows(entry.value, "items")):
            yield from _verdict(entry, index, row, ncs)


def _yearly(system: System, by_day: dict[date, Entry]) -> Iterator[Problem]:
    start = day(system.organisation, "system_effective_on")
    for gap in gaps(by_day, 12, system.as_of, start if by_day else None):
        until = gap.until or system.as_of
        empty = until.year - gap.since.year > 1
        basis: Basis = "explicit" if empty or until > months_after(gap.since, 13) else "implied"
        facts = {"since": gap.since.isoformat(), "due": gap.due_on.isoformat(), "until": until.isoformat()}
        if gap.until is None:
            at = by_day[max(by_day)]
            yield found(COMPLIANCE_YEAR_OVER, at, ("evaluated_on",), ("9.1.2.annual",), basis=basis, facts=facts)
        else:
            at, breach = by_day[gap.until], ("missed-period", "other")
            yield found(
                COMPLIANCE_YEAR_MISSED,
                at,
                ("evaluated_on",),
                ("9.1.2.annual",),
                basis=basis,
                breach=breach,
                facts=facts,
            )


def _seamless(evaluations: list[Entry]) -> Iterator[Problem]:
    """No stretch of time that no evaluation looks at."""
    reached: date | None = None
    for entry in evaluations:
        since, until = day(entry.value, "period", "from_on"), day(entry.value, "period", "to_on")
        if reached is not None and since is not None and since > shifted(reached, 1):
            facts = {"from": shifted(reached, 1).isoformat(), "to": shifted(since, -1).isoformat()}
            at = ("period", "from_on")
            yield found(
                COMPLIANCE_PERIOD_GAP, entry, at, ("9.1.2.annual",), breach=("missed-period", "other"), facts=facts
            )
        reached = max((on for on in (reached, until) if on is not None), default=None)


def _planned(entry: Entry, on: date) -> Iterator[Problem]:
    ahead = day(entry.value, "next_on")
    if ahead is not None and ahead > months_after(on, 13):
        facts = {"on": on.isoformat(), "next": ahead.isoformat()}
        yield found(COMPLIANCE_NEXT_TOO_LATE, entry, ("next_on",), ("9.1.2.annual",), facts=facts)


def _covered(entry: Entry, on: date, obligations: Mapping[str, Row]) -> Iterator[Problem]:
    """All obligations of the organisation that held in the period and were known when it was evaluated."""
    since, until = day(entry.value, "period", "from_on"), day(entry.value, "period", "to_on")
    named = [str(row.get("obligation")) for row in rows(entry.value, "items")]
    twice = sorted({name for name in named if named.count(name) > 1})
    if twice:
        at = ("items", len(named) - 1 - named[::-1].index(twice[0]))
        yield found(OBLIGATION_EVALUATED_TWICE, entry, at, ("9.1.2.rec",), names=joined(twice))
    if since is None or until is None:
        return
    lacking = [name for name, row in obligations.items() if _held(row, since, until, on) and name not in named]
    if lacking:
        yield found(
            OBLIGATION_NOT_EVALUATED, entry, ("items",), ("9.1.2.annual", "9.1.2.rec"), breach=("other",),
            names=joined(lacking), count=len(lacking),
        )  # fmt: skip


def _known(row: Row, name: str, seen: set[str]) -> bool:
    """Of an earlier evaluation only what was in the register by then can be asked: it says so, or one had it before."""
    return name in seen or day(row, "identified_on") is not None


def _held(row: Row, since: date, until: date, on: date) -> bool:
    known, valid, over = day(row, "identified_on"), day(row, "effective_on"), day(row, "repealed_on")
    ours = row.get("addressee") in (None, "organisation") and row.get("status") != "candidate"
    early = (known is None or known <= on) and (valid is None or valid <= until)
    return ours and early and (over is None or over > since) and (row.get("status") != "repealed" or over is not None)


def _owners(offices: Offices, entry: Entry, on: date, obligations: Mapping[str, Row]) -> Iterator[Problem]:
    """Somebody among the evaluators is not the one who has to see to the obligation (our advice)."""
    who = {offices.human(person) for person in (word(entry.value, "evaluator"), *words(entry.value, "team")) if person}
    if not who or word(entry.value, "expert"):
        return
    for index, row in enumerate(rows(entry.value, "items")):
        owner = word(obligations.get(str(row.get("obligation"))), "owner")
        owners = {offices.human(person) for person in offices.people_of(owner, on)}
        if owners and who <= owners:
            yield found(EVALUATED_BY_OWNERS, entry, ("items", index, "obligation"), ("9.1.2.rec",), breach=("other",))
            return


def _copied(entry: Entry) -> Iterator[Problem]:
    seen: dict[str, list[int]] = defaultdict(list)
    for index, row in enumerate(rows(entry.value, "items")):
        text = word(row, "evidence")
        if text:
            seen[text.strip()].append(index)
    for places in seen.values():
        if len(places) >= ALIKE_LEAST:
            yield found(VERDICTS_COPIED, entry, ("items", places[0], "evidence"), ("9.1.2.rec",), count=len(places))


def _verdict(entry: Entry, index: int, row: Row, ncs: Mapping[str, Entry]) -> Iterator[Problem]:
    verdict, name = row.get("verdict"), str(row.get("obligation"))
    nc, action, asked = ncs.get(word(row, "nonconformity") or ""), word(row, "action"), ("9.1.2.rec",)
    at = ("items", index, "verdict")
    missing = (verdict == "non-compliant" and nc is None) or (verdict == "partly" and nc is None and action is None)
    if missing:
        facts: dict[str, Fact] = {"obligation": name, "verdict": label(entry, at, str(verdict)), "action": action or ""}
        yield found(NONCOMPLIANCE_UNANSWERED, entry, at, asked, facts=facts)
    if nc is not None and entry.id not in words(nc.value, "source", "references") and not _shared(row, nc):
        facts = {"obligation": name, "nonconformity": nc.id}
        yield found(NONCOMPLIANCE_UNLINKED, entry, ("items", index, "nonconformity"), asked, facts=facts)
    shown = word(row, "evidence") or words(row, "records")
    if (verdict == "not-applicable" and not word(row, "reason")) or (verdict != "not-applicable" and not shown):
        yield found(VERDICT_UNREASONED, entry, at, asked, obligation=name)
    if verdict == "compliant" and (word(row, "gap") or nc is not None):
        yield found(VERDICT_CONTRADICTS, entry, at, asked, obligation=name)


def _shared(row: Row, nc: Entry) -> bool:
    """An older nonconformity about the very records that show the gap answers it as well."""
    return bool(set(words(row, "records")) & {*words(nc.value, "complaints"), *words(nc.value, "source", "references")})
