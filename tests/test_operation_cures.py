"""No problem of a case is cured by a date alone (corrections 1): every one can be mended, done or treated.

Each case for which a rule fires is tried again with every single time stamp moved. Where that makes the problem go
away, there must be another way as well: a lapse is treated by a nonconformity; what is due is done; and what is
impossible as it stands is corrected on record, which only a contradiction of dates may need.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from clausebook.check import operation
from clausebook.check.lapses import settled
from clausebook.check.operation.desk import Desk
from clausebook.check.rules import RULES
from clausebook.model import Entry, Pointer, System
from clausebook.pipeline import Report
from clausebook.problems import Problem
from curing import OF_DATES
from small_org import entry, measured, system_with
from test_operation_rules import ROWS, WAYS

SHIFTS = (timedelta(days=-400), timedelta(days=-1), timedelta(minutes=30), timedelta(days=400))
JUDGED_BY = operation.FOUNDATIONS | {"retention", "competence", "provider-evaluation"}
DONE_BY: dict[str, dict[str, Any]] = {
    "acknowledgement-missing": {"ack_not_possible": {"reason": "匿名", "alternative": "公示", "approved_by": "he-jia"}},
    "first-action-missing": {"fast_lane": {
        "activated_at": "2026-09-01T09:10:00+08:00", "first_action_at": "2026-11-20T09:00:00+08:00"}},
    "step-overdue": {"result_notified": {"at": "2026-11-20T09:00:00+08:00"},
                     "response": {"proposed_at": "2026-11-20T08:00:00+08:00", "kinds": ["repair"]},
                     "assessment": {"at": "2026-11-19T08:00:00+08:00", "severity": "S3"}},
    "open-too-long": {"reviews": [{"at": "2026-11-20T09:00:00+08:00", "by": "he-jia", "note": "等待检测"}]},
    "solution-not-told": {"communications": [
        {"at": "2026-11-20T09:00:00+08:00", "audience": "complainant", "purpose": "solution"}]},
    "personnel-not-told": {"communications": [
        {"at": "2026-11-20T09:00:00+08:00", "audience": "personnel", "purpose": "measure"}]},
    "ending-not-told": {"closure": {
        "at": "2026-09-08T16:00:00+08:00", "basis": "transferred", "complainant_told_at": "2026-11-20T09:00:00+08:00"}},
    "redress-open": {"redress": {"amount": "100.00", "currency": "CNY", "approved_by": "he-jia",
                                 "approved_at": "2026-09-04T09:00:00+08:00", "paid_on": "2026-11-20"}},
    "redress-unapproved": {"redress": {"amount": "100.00", "currency": "CNY", "approved_by": "he-jia",
                                       "approved_at": "2026-11-20T09:00:00+08:00", "paid_on": "2026-09-05"}},
    "follow-up-missing": {"follow_up": {
        "attempts": [{"at": "2026-11-20T09:00:00+08:00", "outcome": "reached"}], "process_score": 4}},
    "follow-up-unscored": {"follow_up": {
        "attempts": [{"at": "2026-09-10T10:00:00+08:00", "outcome": "reached"}], "process_score": 4}},
    "retention-expired": {"legal_hold": {"by": "gu-lan", "reason": "诉讼"}},
    "collective-not-flagged": {"collective": {"event": "EV-1"}},
    "repeat-without-alert": {"links": {"not_repeat_reason": "另一台"}},
    "crisis-record-missing": {"major": False},
    "other-share-high": {"types": ["product"]},
    "not-complaint-share-high": {"closure": {"at": "2026-09-08T16:00:00+08:00", "basis": "accepted"}},
}  # fmt: skip
"""Doing the thing now, on the as-of date: what is due may turn into a lapse, and then is treated."""
MENDED: dict[str, dict[str, Any]] = {
    "result-notice-missing": {"result_notified": {"at": "2026-11-20T09:00:00+08:00", "method": "phone"}},
    "repeat-not-named": {"links": {"repeat_of": "CC-2026-0001"}},
    "unreachable-but-replied": {
        "reopenings": [{"at": "2026-11-20T09:00:00+08:00", "by": "he-jia", "reason": "已回电"}]},
    "type-not-in-force": {"types": ["product"]},
    "alternatives-one-sided": {"alternatives": WAYS},
    "entered-together": {"imported": {"file_sha256": "0" * 64, "row": 2}},
    "step-skipped": {"assessment": {"at": "2026-11-20T09:00:00+08:00", "severity": "S3"}},
}  # fmt: skip
"""Contradictions that a date could hide as well, and what mends them."""


def entries(given: Any) -> tuple[list[Entry], date | None]:
    listed = given if isinstance(given, list) else [given]
    as_of = next((value["as_of"] for value in listed if isinstance(value, dict) and "as_of" in value), None)
    made = [
        value if isinstance(value, Entry) else entry("complaint", {k: v for k, v in value.items() if k != "as_of"})
        for value in listed
    ]
    return made, as_of


def problems(system: System, made: list[Entry], as_of: date | None) -> list[Problem]:
    own = system_with(system, *made, as_of=as_of)
    return settled(own, list(casework(own)))[0]


def casework(own: System) -> Iterator[Problem]:
    """The rules about cases, without the statistics of the early warning."""
    desk = Desk(own, measured(own))
    for case in desk.cases:
        for module in operation.MODULES:
            yield from module.check(desk, case)
    for whole in (operation.clocks, operation.receipt, operation.entry, operation.warning, operation.follow_up):
        yield from whole.check_all(desk)


@pytest.fixture(scope="module")
def system(example: Report) -> System:
    """What a case is judged by, and nothing else: the example is asked thousands of times."""
    kept = [one for one in example.system.entries if one.kind.name in JUDGED_BY]
    return replace(example.system, entries=kept)


def times(value: Any, at: Pointer = ()) -> Iterator[tuple[Pointer, Any]]:
    """Every date and moment of a record."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from times(part, (*at, key))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from times(part, (*at, index))
    elif isinstance(value, str):
        try:
            yield at, datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
        except ValueError:
            return


def with_value(made: Entry, at: Pointer, new: str) -> Entry:
    value = copy.deepcopy(dict(made.value))
    part: Any = value
    for step in at[:-1]:
        part = part[step]
    part[at[-1]] = new
    return entry(made.kind.name, value, made.stem)


def date_cures(system: System, rule: str, made: list[Entry], as_of: date | None) -> Iterator[Pointer]:
    """The single time stamps that would make a problem go away."""
    for number, one in enumerate(made):
        for at, when in times(one.value) if one.kind.name == "complaint" else ():
            for shift in SHIFTS:
                if not isinstance(when, datetime) and abs(shift) < timedelta(days=1):
                    continue
                moved = with_value(one, at, (when + shift).isoformat())
                if rule not in {p.rule for p in problems(system, [*made[:number], moved, *made[number + 1 :]], as_of)}:
                    yield at
                    break


def treated(made: list[Entry], rule: str, found: list[Problem]) -> list[Entry]:
    """The same records with a nonconformity that names each lapse of the rule."""
    named = [{"record": problem.record, "rule": rule} for problem in found if problem.rule == rule]
    return [*made, entry("nonconformity", {"id": "NC-2026-090", "lapses": named})]


def mended(made: list[Entry], changes: dict[str, Any], *, every: bool) -> list[Entry]:
    """The last complaint, or every one, with what was missing; its time stamps stay."""
    last = max(number for number, one in enumerate(made) if one.kind.name == "complaint")
    return [
        entry("complaint", {**one.value, **changes}, one.stem) if number == last or every else one
        for number, one in enumerate(made)
    ]


@pytest.mark.parametrize("rule, fires", [row[:2] for row in ROWS], ids=[row[0] for row in ROWS])
def test_no_problem_is_cured_by_a_date_alone(system: System, rule: str, fires: Any) -> None:
    made, as_of = entries(fires)
    found = problems(system, made, as_of)
    assert rule in {problem.rule for problem in found}
    if RULES[rule].problem_class == "lapse":
        # Late stays late: whatever a date would do, the way to green is treatment, and it is always open.
        assert rule not in {problem.rule for problem in problems(system, treated(made, rule, found), as_of)}
        return
    if rule in OF_DATES:
        assert RULES[rule].problem_class == "contradiction"
        return
    other = DONE_BY.get(rule) or MENDED.get(rule)
    if other is not None:
        done = mended(made, other, every=rule.endswith("share-high"))
        assert rule not in {problem.rule for problem in problems(system, done, as_of)}
        return
    cures = next(date_cures(system, rule, made, as_of), None)
    assert cures is None, f"{rule} goes away when {cures} is moved, and nothing else is known to mend it"


def test_the_lists_above_name_rules_of_their_class() -> None:
    known = {row[0] for row in ROWS}
    assert set(DONE_BY) | set(MENDED) <= known
    assert {RULES[rule].problem_class for rule in DONE_BY} == {"due"}
    assert {RULES[rule].problem_class for rule in MENDED} == {"contradiction"}


def test_a_treated_lapse_stays_to_be_seen(system: System) -> None:
    for rule, fires, _ in ROWS:
        if RULES[rule].problem_class == "lapse" and rule != "corrective-action-missing":  # that is done by it
            made, as_of = entries(fires)
            found = problems(system, made, as_of)
            own = system_with(system, *treated(made, rule, found), as_of=as_of)
            shown = settled(own, list(casework(own)))[1]
            assert rule in {lapse.problem.rule for lapse in shown}, rule
