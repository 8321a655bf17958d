"""Time as a property over all rules: it adds problems, takes none away, and nothing is late before its last day ends.

All mutations of the corpus that fit together are laid over the example at once, so that more than a hundred rules
speak at the same time; then the day that rules moves on and no record changes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import pytest

from clausebook.load.workspace import overlaid
from clausebook.model import System
from clausebook.pipeline import Report, judged
from clausebook.problems import Problem
from mutating import corpus, edited, renewed

DAYS = (date(2026, 11, 20), date(2026, 12, 1), date(2027, 1, 15), date(2027, 4, 1), date(2027, 11, 20))
PASSES = {"happened-in-future", "procedure-not-in-force"}
"""Say that a day lies in the future: that alone is a matter of time."""
TAKEN_OVER = {
    "obligation-long-unverified": "obligation-check-overdue",  # after a year the wider rule speaks of the row
    "appointee-report-overdue": "appointment-over",  # the term ends, and nobody is appointed
}
"""Where another rule speaks about the same file instead, which no passing of time cures either."""
Spot = tuple[str, str, int | None]
At = Callable[[date], Report]


def spot(found: Problem) -> Spot:
    return (found.rule, found.place.path, found.place.line)


@pytest.fixture(scope="module")
def at(example: Report) -> At:
    """The example as of another day; each day is judged once."""
    return cache(lambda on: judged(replace(example.system, as_of=on)))


@pytest.fixture(scope="module")
def mess(example: Report) -> System:
    """The example with every mutation that can be laid over the ones before it, and whose form is right."""
    texts: dict[str, str | None] = {}
    own = {entry.path: entry.source.text for entry in example.system.entries}
    for mutation in corpus():
        if mutation.expect and not mutation.as_of and mutation.approvals == "renew":
            try:
                changed = edited({**own, **texts}, mutation)
            except AssertionError:  # what it changes has been changed already
                continue
            if _sound(example.system, changed):
                texts |= changed
    return overlaid(example.system, {**texts, **renewed(example.system, texts)})


def _sound(system: System, texts: Mapping[str, str | None]) -> bool:
    """Nothing gone, all of it readable and right in form: else whole chapters would wait."""
    changed = overlaid(system, texts)
    kept = [entry for entry in changed.entries if entry.path in texts]
    right = all(system.schemas.is_valid(entry.kind.name, entry.value) for entry in kept)
    return right and None not in texts.values() and not changed.problems


def test_many_rules_speak_at_once(mess: System) -> None:
    """Otherwise the next test would prove little."""
    assert len({found.rule for found in judged(mess).problems}) > 100


@pytest.mark.parametrize("whose", ["example", "mess"])
def test_time_takes_no_problem_away(at: At, mess: System, whose: str) -> None:
    before: set[Spot] = set()
    for on in DAYS:
        report = at(on) if whose == "example" else judged(replace(mess, as_of=on))
        now = {spot(found) for found in report.problems}
        over = {(rule, path) for rule, path, _ in now}
        gone = {(rule, path) for rule, path, _ in before - now if rule not in PASSES}
        assert not {(rule, path) for rule, path in gone if (TAKEN_OVER.get(rule), path) not in over}
        before = now


# Rule, file, what the message names, and the last day: read off the example's files by hand.
LAST_DAYS = (
    ("follow-up-missing", "records/complaints/2026/CC-2026-0081.yaml", "CC-2026-0081", date(2026, 11, 20)),
    ("step-overdue", "records/complaints/2026/CC-2026-0084.yaml", "CC-2026-0084", date(2026, 11, 23)),
    ("finding-overdue", "records/audits/AU-2026-02.yaml", "AU-2026-02", date(2026, 11, 27)),
    ("obligation-candidate-overdue", "registers/obligations.yaml", "OB-18", date(2026, 11, 27)),
    ("action-overdue", "registers/risks.yaml", "RK-09", date(2026, 11, 30)),
    # Five working days after November: Tuesday 1 to Monday 7 December.
    ("period-not-analysed", "system/monitoring-plan.yaml", "WI-14-00", date(2026, 12, 7)),
    ("change-unverified", "records/changes/CH-2026-004.yaml", "CH-2026-004", date(2027, 1, 29)),
    ("review-overdue", "registers/audit-programme.yaml", "CP-15-R01", date(2027, 6, 30)),
    # 2026-06-23 and thirteen months.
    ("audit-interval-over", "registers/audit-programme.yaml", "CP-15-R01", date(2027, 7, 23)),
    ("management-review-overdue", "records/management-reviews/MR-2026-01.yaml", "MR-2026-01", date(2027, 7, 23)),
    # Evaluated, reviewed and told a year before.
    ("compliance-year-over", "records/compliance-evaluations/CE-2026.yaml", "CE-2026", date(2027, 8, 19)),
    ("register-review-overdue", "registers/waivers.yaml", "CP-01-R07", date(2027, 9, 4)),
    ("communication-overdue", "registers/communication.yaml", "CO-02", date(2027, 9, 16)),
)  # fmt: skip


@pytest.mark.parametrize(("rule", "path", "name", "last"), LAST_DAYS, ids=[row[0] for row in LAST_DAYS])
def test_overdue_from_the_day_after_the_last(at: At, rule: str, path: str, name: str, last: date) -> None:
    def said(on: date) -> bool:
        return any(p.rule == rule and p.place.path == path and p.facts.get("id") == name for p in at(on).problems)

    assert not said(last)
    assert said(last + timedelta(days=1))


def test_a_waiver_holds_through_its_last_day(example: Report) -> None:
    """The day after, it is overdue itself, and what it excused is back."""
    mutation = next(one for one in corpus() if one.name == "waiver-excuses-a-late-step")
    texts = edited({entry.path: entry.source.text for entry in example.system.entries}, mutation)
    register = str(texts["registers/waivers.yaml"])
    assert "expires_on: 2027-03-31" in register
    waiving = overlaid(
        example.system, {**texts, "registers/waivers.yaml": register.replace("2027-03-31", "2026-11-30")}
    )

    def rules(on: date) -> set[str]:
        return {found.rule for found in judged(replace(waiving, as_of=on)).problems}

    assert not {"waiver-expired", "action-late"} & rules(date(2026, 11, 30))
    assert rules(date(2026, 12, 1)) >= {"waiver-expired", "action-late"}
