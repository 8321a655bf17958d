"""9.3 a to f with c.1 to c.7: each input of a review is complete and newer than the last review.

A review looks at what came between the day the last one took its figures and the day this one did. What it left out
was not considered, and stays a lapse.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from ...measure import Measured
from ...measure.datings import Datings
from ...measure.moments import child, day, rows, word, words
from ...measure.periods import period_named
from ...model import Entry, System
from ...problems import Problem, Rule
from ..reporting import found, joined
from .reviews import in_order, requirement_of

REVIEW_INPUT_OLD = Rule("review-input-old", "contradiction", "own")
REVIEW_INPUT_LATER = Rule("review-input-later", "contradiction", "own")
REVIEW_INPUT_INCOMPLETE = Rule("review-input-incomplete", "lapse", "own")
REVIEW_ACTION_FORGOTTEN = Rule("review-action-forgotten", "lapse", "explicit")
REVIEW_ACTION_MISTOLD = Rule("review-action-mistold", "contradiction", "own")
REVIEW_RISK_MISTOLD = Rule("review-risk-mistold", "contradiction", "own")
REVIEW_WITHOUT_TREND = Rule("review-without-trend", "contradiction", "implied")
RULES = (
    REVIEW_INPUT_OLD, REVIEW_INPUT_LATER, REVIEW_INPUT_INCOMPLETE, REVIEW_ACTION_FORGOTTEN, REVIEW_ACTION_MISTOLD,
    REVIEW_RISK_MISTOLD, REVIEW_WITHOUT_TREND,
)  # fmt: skip
READS = frozenset({
    "management-review", "audit", "nonconformity", "compliance-evaluation", "providers", "objectives", "risks",
    "context",
})  # fmt: skip
YEAR = re.compile(r"([0-9]{4})(?:-H([12]))?")


@dataclass(frozen=True, slots=True)
class Window:
    """What one review has to look at: after `since` (None: everything before) and up to `until`."""

    since: date | None
    until: date
    held: date
    before: Entry | None

    def holds(self, on: date | None) -> bool:
        return on is not None and (self.since is None or on > self.since) and on <= self.until


def check(system: System, measured: Measured) -> Iterator[Problem]:
    datings, reviews = Datings(system), in_order(system)
    for number, (held, review) in enumerate(reviews):
        before = reviews[number - 1][1] if number else None
        since = _taken(before, reviews[number - 1][0]) if before is not None else None
        window = Window(since, _taken(review, held), held, before)
        inputs = child(review.value, "inputs")
        for key, value in (inputs if isinstance(inputs, dict) else {}).items():
            yield from _dated(review, window, datings, key, value)
        yield from _actions(review, window)
        yield from _trend(review, window)
        yield from _risks(system, review, window)
        for key, place, names in _wanted(system, window):
            yield from _complete(review, key, place, names)


def _taken(review: Entry, held: date) -> date:
    return min(held, day(review.value, "snapshot", "taken_on") or held)


def _dated(review: Entry, window: Window, datings: Datings, key: str, value: object) -> Iterator[Problem]:
    """Newer than the last review, and not newer than this one: what came later cannot have been looked at."""
    cited = words(value, "references")
    later = [name for name in cited if (on := datings.of(name).began) is not None and on > window.held]
    if later:
        at = ("inputs", key, "references", cited.index(later[0]))
        yield found(REVIEW_INPUT_LATER, review, at, (requirement_of(key),), names=joined(later))
    if window.since is None or window.before is None:
        return
    touched = [on for name in cited if (on := datings.of(name).touched) is not None]
    ends = [on for row in rows(value, "figures") if (on := _end(str(row.get("period", "")))) is not None]
    dates = [*touched, *ends]
    if dates and max(dates) <= window.since:
        facts = {"newest": max(dates).isoformat(), "since": window.since.isoformat()}
        yield found(REVIEW_INPUT_OLD, review, ("inputs", key), (requirement_of(key),), facts=facts)


def _end(label: str) -> date | None:
    """The last day of a period as people write it: 2026-06, 2026-Q2, 2026-H1, 2026, or two of them with a slash."""
    last = label.rsplit("/", 1)[-1].strip()
    period = period_named(last)
    year = YEAR.fullmatch(last)
    if period is not None:
        return period.end
    if year is not None and int(year[1]) > 0:
        return date(int(year[1]), 6, 30) if year[2] == "1" else date(int(year[1]), 12, 31)
    return day(last)


def _actions(review: Entry, window: Window) -> Iterator[Problem]:
    """Every action of the last review is looked at, and its status told as it was (a)."""
    if window.before is None:
        return
    planned = {
        str(row.get("id")): row for letter in ("a", "b", "c")
        for row in rows(window.before.value, "outputs", letter, "actions") if row.get("id")
    }  # fmt: skip
    told = rows(review.value, "inputs", "a", "actions")
    seen = {str(row.get("action")) for row in told if row.get("review") == window.before.id}
    lacking = [name for name in planned if name not in seen]
    if lacking:
        facts = {"names": joined(lacking), "review": window.before.id}
        yield found(REVIEW_ACTION_FORGOTTEN, review, ("inputs", "a"), ("9.3.in.a",), breach=("other",), facts=facts)
    for index, row in enumerate(told):
        action = planned.get(str(row.get("action")))
        if action is not None and row.get("review") == window.before.id and not _true(action, row, window.held):
            facts = {"action": str(row.get("action")), "status": str(row.get("status"))}
            at = ("inputs", "a", "actions", index, "status")
            yield found(REVIEW_ACTION_MISTOLD, review, at, ("9.3.in.a",), facts=facts)


def _true(action: Mapping[str, object], told: Mapping[str, object], held: date) -> bool:
    done, due, status = day(action, "done_on"), day(action, "due_on"), told.get("status")
    finished = done is not None and done <= held
    late = done is not None and due is not None and done > due
    if status in ("done", "done-late"):
        return finished and (status == "done-late") == late
    return not (status in ("open", "overdue") and finished)


def _trend(review: Entry, window: Window) -> Iterator[Problem]:
    """A trend needs two periods of the same figure; a first review has only one to show (corrections 19)."""
    figures = rows(review.value, "inputs", "c", "figures")
    periods: dict[str, set[str]] = {}
    for row in figures:
        shown = {str(row.get("period", "")), *(("previous",) if row.get("previous") is not None else ())}
        periods.setdefault(str(row.get("kpi")), set()).update(shown)
    if window.before is not None and figures and all(len(shown) < 2 for shown in periods.values()):
        yield found(REVIEW_WITHOUT_TREND, review, ("inputs", "c", "figures"), ("9.3.in.c",))


def _risks(system: System, review: Entry, window: Window) -> Iterator[Problem]:
    """A verdict that the register had already given is told as it stands there (e)."""
    known = {_id(row): row for row in _items(system, "risks")}
    for index, row in enumerate(rows(review.value, "inputs", "e", "risks")):
        effect = child(known.get(str(row.get("risk"))), "effectiveness")
        on, verdict = day(effect, "evaluated_on"), word(effect, "verdict")
        past = on is not None and on <= window.until
        if past and verdict is not None and row.get("verdict") != verdict:
            facts = {"risk": str(row.get("risk")), "told": str(row.get("verdict")), "registered": verdict}
            at = ("inputs", "e", "risks", index, "verdict")
            yield found(REVIEW_RISK_MISTOLD, review, at, ("9.3.in.e",), facts=facts)


def _complete(review: Entry, key: str, place: str, names: list[str]) -> Iterator[Problem]:
    value = child(review.value, "inputs", key)
    if not isinstance(value, dict):
        return  # that there is none at all is said by the evidence
    field = {"providers": "provider", "objectives": "objective", "risks": "risk"}.get(place)
    told = {str(row.get(field)) for row in rows(value, place)} if field else set(words(value, place))
    lacking = [name for name in names if name not in told]
    if lacking:
        facts = {"names": joined(lacking)}
        at, asked = ("inputs", key, place), (requirement_of(key),)
        yield found(REVIEW_INPUT_INCOMPLETE, review, at, asked, breach=("other",), facts=facts)


def _wanted(system: System, window: Window) -> Iterator[tuple[str, str, list[str]]]:
    """Input, its list, and the ids that belong into it."""
    value = [entry.value for entry in system.of("context")]
    yield "b", "references", [_id(r) for v in value for r in rows(v, "items") if window.holds(day(r, "changed_on"))]
    yield "c_3", "providers", [_id(r) for r in _items(system, "providers") if _used(r, window)]
    audits = [entry for entry in system.of("audit") if not entry.value.get("cancelled")]
    yield "c_4", "references", [entry.id for entry in audits if window.holds(_told(entry))]
    yield "c_5", "objectives", [_id(r) for r in _items(system, "objectives") if _pursued(r, window)]
    ncs = [entry for entry in system.of("nonconformity") if any(map(window.holds, _opened_closed(entry)))]
    yield "c_6", "references", [entry.id for entry in ncs]
    done = [(on, e.id) for e in system.of("compliance-evaluation") if (on := day(e.value, "evaluated_on"))]
    yield "c_7", "references", [name for on, name in sorted(done) if on <= window.until][-1:]
    risks = _items(system, "risks")
    yield "e", "risks", [_id(r) for r in risks if window.holds(day(r, "effectiveness", "planned_on"))]


def _items(system: System, kind: str) -> list[dict[str, object]]:
    return [row for entry in system.of(kind) for row in rows(entry.value, "items")]


def _id(row: Mapping[str, object]) -> str:
    return str(row.get("id"))


def _told(audit: Entry) -> date | None:
    return day(audit.value, "reported", "on") or day(audit.value, "finished_on")


def _opened_closed(nc: Entry) -> tuple[date | None, date | None]:
    return day(nc.value, "opened_on"), day(nc.value, "closed_on")


def _used(row: Mapping[str, object], window: Window) -> bool:
    first, ended = day(row, "first_use_on"), day(row, "ended_on")
    over = ended is not None and window.since is not None and ended <= window.since
    return not over and (first is None or first <= window.until) and (row.get("status") != "ended" or ended is not None)


def _pursued(row: Mapping[str, object], window: Window) -> bool:
    since, until = day(row, "period", "from_on"), day(row, "period", "to_on")
    ended = until is not None and window.since is not None and until <= window.since
    return not ended and (since is None or since <= window.until)
