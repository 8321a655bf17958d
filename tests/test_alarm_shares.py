"""Shares and silence: repeat rate, the class "other", satisfaction, counts that fall; each fires once and is silent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from math import comb
from typing import Any

import pytest

from clausebook.measure.alarm_values import Alarm, Surveillance
from clausebook.measure.chances import excess, scarcity
from clausebook.model import Entry, System
from clausebook.pipeline import Report
from small_org import entry
from test_alerts import SERVICE, complaint, rules, seen

AS_OF = date(2026, 2, 3)
YEAR = [f"2025-{month:02d}" for month in range(1, 13)]
QUIET = {"id": "plain-total", "dimension": "total", "min_cases": 900}


@pytest.fixture
def system(example: Report) -> System:
    return example.system


def service(method: str, dimension: str = "total", **more: Any) -> Entry:
    rule = {"id": "x", "method": method, "dimension": dimension, "alpha": 0.005, "sentence": "s"}
    return rules(SERVICE | {"rules": [QUIET], "statistical": [rule | more], "effective_from_on": "2026-01-01"})


def found(system: System, rule: Entry, entries: Sequence[Entry]) -> Surveillance:
    return seen(system, rule, *entries, as_of=AS_OF, start="2025-01-01")


def alarms(of: Surveillance) -> list[Alarm]:
    return [alarm for alarm in of.alarms if alarm.way == "statistical"]


def cases(counts: dict[str, tuple[int, int]], hit: dict[str, Any], miss: dict[str, Any]) -> list[Entry]:
    """(hits, others) of each month."""
    numbers = iter(range(1, 10_000))
    return [
        complaint(number, f"{month}-{1 + nth % 28:02d}", **(hit if nth < hits else miss))
        for month, (hits, misses) in counts.items() for nth in range(hits + misses) for number in [next(numbers)]
    ]  # fmt: skip


def year(hits: int, misses: int, now: tuple[int, int]) -> dict[str, tuple[int, int]]:
    return dict.fromkeys(YEAR, (hits, misses)) | {"2026-01": now}


REPEAT = {"links": {"repeat_of": "CC-2024-0001"}}
OTHER = {"types": ["other"]}
KNOWN = {"types": ["product"]}
PHONE = {"channel": "phone"}


UNHAPPY = {"follow_up": {"process_score": 3, "outcome_score": 5}}
HAPPY = {"follow_up": {"process_score": 4, "outcome_score": 5}}
HALF = {"follow_up": {"outcome_score": 1}}


def followed(system: System, now: tuple[int, int], low: dict[str, Any] = UNHAPPY) -> Surveillance:
    """2 of 10 unhappy in each month of 2025; everybody received in 2024 and asked in the month named."""
    made = cases(year(2, 8, now), low, HAPPY)
    for one in made:
        asked = {"at": one.value["received_at"], "method": "phone", "by": "shi-ruoyu", "outcome": "reached"}
        one.value["follow_up"] = {**one.value["follow_up"], "attempts": [asked]}  # type: ignore[index]
        one.value["received_at"] = "2024-12-30T09:00:00+08:00"  # type: ignore[index]
    return found(system, service("satisfaction-drop"), made)


def phone(system: System, level: int, now: int) -> list[Alarm]:
    entries = cases(year(0, level, (0, now)), {}, PHONE)
    return alarms(found(system, service("under-recording", "channel"), entries))


@pytest.mark.parametrize("method, hit, miss", [("repeat-rate", REPEAT, {}), ("other-share", OTHER, KNOWN)])
def test_a_share_by_the_exact_binomial(system: System, method: str, hit: Any, miss: Any) -> None:
    """One of ten before: of thirty now, P(X >= 8) = 2.6 % · … by whole fractions; 9 is the first below half a per cent.

    P(X >= 9 | 30, 1/10) = 0.00202 and P(X >= 8 | 30, 1/10) = 0.00778.
    """
    tail = [sum(Fraction(comb(30, k) * 9 ** (30 - k), 10**30) for k in range(n, 31)) for n in (8, 9)]
    assert float(tail[0]) == pytest.approx(0.00778, abs=5e-6) and float(tail[1]) == pytest.approx(0.00202, abs=5e-6)
    assert alarms(found(system, service(method), cases(year(1, 9, (8, 22)), hit, miss))) == []
    alarm = alarms(found(system, service(method), cases(year(1, 9, (9, 21)), hit, miss)))[0]
    assert (alarm.value, alarm.limit, alarm.mean, alarm.periods_used, len(alarm.cases)) == (9, 9, 3.0, 12, 9)
    assert alarm.p == pytest.approx(float(tail[1]))
    assert alarm.notes[0].facts == {"now": "30.0", "before": "10.0", "of": 30, "of_before": 120}


def test_a_share_needs_twenty_on_each_side(system: System) -> None:
    few = found(system, service("repeat-rate"), cases(year(1, 9, (19, 0)), REPEAT, {}))
    assert alarms(few) == []
    assert [(one.note.key, one.note.facts) for one in few.silent] == [("few-for-share", {"found": 19, "least": 20})]
    young = found(system, service("repeat-rate"), cases({"2025-12": (0, 19), "2026-01": (20, 0)}, REPEAT, {}))
    assert [one.note.key for one in young.silent] == ["few-baseline-share"]
    new = seen(
        system, service("repeat-rate"), *cases({"2026-01": (30, 0)}, REPEAT, {}), as_of=AS_OF, start="2025-09-01"
    )  # fmt: skip
    assert [one.note.key for one in new.silent] == ["few-baseline-periods"]


def test_a_share_that_never_was_and_one_that_always_is(system: System) -> None:
    """None of 120 before: counted as less than one, so two of twenty are no proof and three are."""
    assert alarms(found(system, service("repeat-rate"), cases(year(0, 10, (1, 19)), REPEAT, {}))) == []
    three = alarms(found(system, service("repeat-rate"), cases(year(0, 10, (3, 17)), REPEAT, {})))
    assert [alarm.value for alarm in three] == [3]
    assert alarms(found(system, service("repeat-rate"), cases(year(10, 0, (30, 0)), REPEAT, {}))) == []
    assert alarms(found(system, service("repeat-rate"), [])) == []


def test_fisher_by_whole_fractions() -> None:
    """6 of 20 against 2 of 40: P(X >= 6) = (C(20,6)·C(40,2) + C(20,7)·C(40,1) + C(20,8)) / C(60,8)."""
    ways = comb(20, 6) * comb(40, 2) + comb(20, 7) * comb(40, 1) + comb(20, 8)
    assert excess(6, 20, 2, 40) == pytest.approx(ways / comb(60, 8), rel=1e-10)
    assert excess(0, 20, 5, 40) == pytest.approx(1.0) and excess(0, 20, 0, 40) == pytest.approx(1.0)
    assert excess(20, 20, 40, 40) == pytest.approx(1.0)
    # Nothing now where twelve months had 24: (12/13)^24.
    assert scarcity(0, 1, 24, 12) == pytest.approx((12 / 13) ** 24)


def test_satisfaction_drops(system: System) -> None:
    """By the day of the follow-up, both scores known; 2 of 10 unhappy before, 20 of 40 now."""

    assert alarms(followed(system, (8, 32))) == []
    alarm = alarms(followed(system, (20, 20)))[0]
    assert (alarm.value, alarm.mean, len(alarm.cases)) == (20, 8.0, 20)
    assert alarm.p == pytest.approx(excess(20, 40, 24, 120)) and alarm.p < 0.005
    assert alarm.notes[0].facts == {"now": "50.0", "before": "20.0", "of": 40, "of_before": 120}
    few = followed(system, (19, 0))
    assert [one.note.key for one in few.silent] == ["few-for-share"]
    assert alarms(followed(system, (20, 20), HALF)) == [], "half a score is none"


def counter(month: str, contacts: int, channel: str = "phone") -> Entry:
    items = [{"channel": channel, "count": 0, "before_exclusion": contacts}]
    return entry("channel-count", {"id": month, "period": month, "items": items}, month)


@pytest.mark.parametrize(
    "traffic, note",
    [
        ((100, 40), "traffic-fell"),
        ((100, 98), None),
        ((None, None), "traffic-unknown"),
        ((100, None), "traffic-unknown"),
    ],
)
def test_a_falling_count_is_read_with_the_traffic_of_its_channel(
    system: System, traffic: tuple[int | None, int | None], note: str | None
) -> None:
    """Ten a month, then one: good news where as many called as before, else perhaps nobody recorded them."""
    usual, now = traffic
    counters = [counter(month, usual) for month in YEAR if usual is not None]
    counters += [counter("2026-01", now)] if now is not None else []
    entries = [*cases(year(0, 10, (0, 1)), {}, PHONE), *counters]
    fallen = alarms(found(system, service("under-recording", "channel"), entries))
    assert [(a.stream, a.value, [n.key for n in a.notes]) for a in fallen] == (
        [("channel:phone", 1, [note])] if note else []
    )


def test_a_channel_that_falls_silent_altogether(system: System) -> None:
    alarm = phone(system, 10, 0)[0]
    # scarcity(n, 1, 120, 12) stays below half a per cent up to 2.
    assert (alarm.value, alarm.limit, alarm.mean, alarm.cases) == (0, 2, 10.0, ())
    assert scarcity(2, 1, 120, 12) < 0.005 < scarcity(3, 1, 120, 12)
    assert phone(system, 10, 3) == []
    assert phone(system, 2, 0) == [], "with two a month no count is too low: lower limits need larger means"


def test_an_uneven_channel_may_fall_deeper(system: System) -> None:
    uneven = {month: (0, count) for month, count in zip(YEAR, [2, 25, 3, 20, 1, 22, 2, 18, 4, 15, 3, 5], strict=True)}
    entries = cases(uneven | {"2026-01": (0, 1)}, {}, PHONE)
    assert sum(count for _, count in uneven.values()) == 120
    assert alarms(found(system, service("under-recording", "channel"), entries)) == []


# The streams of requirements 5.3 that are more than a field of the record


def test_repeats_grave_cases_and_faults_are_streams(system: System) -> None:
    watched = [{"id": name, "dimension": name, "min_cases": 3} for name in ("repeat", "grave")]
    fault = {"id": "fault", "dimension": "fault", "min_cases": 3, "window_calendar_days": 30}
    rule = rules(SERVICE | {"rules": [*watched, fault], "effective_from_on": "2026-01-01"})
    leak = {"cause": {"group": "leak"}, "batch": "HB1", "process": "PR-3"}
    entries = [
        complaint(1, "2026-01-02", assessment={"severity": "S1"}, **leak),
        complaint(2, "2026-01-12", assessment={"severity": "S2"}, **leak, **REPEAT),
        complaint(3, "2026-01-22", assessment={"severity": "S2"}, **leak, **REPEAT),
        complaint(4, "2026-01-23", assessment={"severity": "S3"}, cause={"group": "noise"}, batch="HB1", **REPEAT),
    ]  # fmt: skip
    of = found(system, rule, entries)
    told = {(a.stream, a.rule, a.value) for a in of.alarms if a.way in ("plain", "window")}
    assert told == {
        ("repeat:R1-R2", "repeat", 3), ("grave:S1-S2", "grave", 3), ("fault:leak/HB1", "fault", 3),
        ("fault:leak/PR-3", "fault", 3),
    }  # fmt: skip
    assert not [a for a in found(system, rule, entries[:2]).alarms if a.way in ("plain", "window")]
