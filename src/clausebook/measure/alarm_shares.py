"""Alarms about shares and about silence: repeats, the class "other", satisfaction, and counts that fall (8.4, 5.3).

A share is compared only where twenty stand on each side. A falling count is good news or under-recording; it is
reported where the traffic of its channel fell too (who cannot get through cannot complain) or nobody counts it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

from .alarm_values import Note
from .baselines import LEAST, Baseline, Watchers, frozen
from .cases import Case
from .chances import binomial_tail, excess, overdispersed_tail, scarcity, smallest
from .moments import child, moment, rows
from .periods import Period
from .states import rounds
from .streams import Ledger, Stream, is_other, is_repeat

LEAST_OF = 20
"""Below so many a share says nothing (requirements 5.1 and 5.3)."""
SATISFIED = 4
TRAFFIC_LEVEL = 0.05
"""Traffic has fallen when luck explains it in less than one of twenty periods."""


@dataclass(frozen=True, slots=True)
class Share:
    """What is compared, by which date, and with which exact test: (hits, of, hits before, of before) → chance."""

    hit: Callable[[Case], bool]
    followed_up: bool
    test: Callable[[int, int, int, int], float]


@dataclass(frozen=True, slots=True)
class Finding:
    """A share or count beyond its limit, with the cases behind it."""

    value: int
    limit: int
    mean: float
    p: float
    periods: int
    cases: tuple[Case, ...]
    notes: tuple[Note, ...]


def _against(hits: int, of: int, before: int, before_of: int) -> float:
    """Exact binomial against the share of the baseline; one that never had any counts as having had less than one."""
    return binomial_tail(hits, of, before / before_of if before else 1 / (before_of + 2))


def scores_of(case: Case) -> tuple[int, ...]:
    """Both scores of the last follow-up; nothing without both (K17)."""
    follow_up = _last_follow_up(case)
    found = (child(follow_up, "process_score"), child(follow_up, "outcome_score"))
    return tuple(score for score in found if isinstance(score, int)) if None not in found else ()


def _last_follow_up(case: Case) -> object:
    return next((part["follow_up"] for part in reversed(rounds(case.value)) if part.get("follow_up")), None)


def _unsatisfied(case: Case) -> bool:
    return min(scores_of(case)) < SATISFIED


SHARES: Mapping[str, Share] = {
    "repeat-rate": Share(is_repeat, False, _against),
    "other-share": Share(is_other, False, _against),
    "satisfaction-drop": Share(_unsatisfied, True, excess),
}


def share_finding(
    watchers: Watchers, rule: Mapping[str, object], stream: Stream, period: Period, alpha: float
) -> Finding | Note | None:
    """The share of a period against that of the frozen baseline."""
    share, chosen = SHARES[str(rule.get("method"))], frozen(watchers, rule, period.unit)
    if len(chosen) < LEAST:
        return Note("few-baseline-periods", {"found": len(chosen), "least": LEAST})
    if period <= chosen[-1]:
        return None
    seen, hits = _both(watchers.ledger, stream, share, str(rule.get("method")))
    of, before_of = seen.count(period), sum(map(seen.count, chosen))
    for found, key in ((before_of, "few-baseline-share"), (of, "few-for-share")):
        if found < LEAST_OF:
            return Note(key, {"found": found, "least": LEAST_OF})
    count, before = hits.count(period), sum(map(hits.count, chosen))
    p = share.test(count, of, before, before_of)
    if p >= alpha:
        return None
    limit = smallest(lambda n: share.test(n, of, before, before_of), alpha, count)
    told = {"now": f"{100 * count / of:.1f}", "before": f"{100 * before / before_of:.1f}"}
    note = Note("share", {**told, "of": of, "of_before": before_of})
    return Finding(count, limit, before * of / before_of, p, len(chosen), hits.within(period), (note,))


def _both(ledger: Ledger, stream: Stream, share: Share, name: str) -> tuple[Stream, Stream]:
    """All that is compared and the hits among it, by the day of receipt or of the last follow-up attempt."""

    def on(case: Case) -> date | None:
        if not share.followed_up:
            return case.received.on
        attempts = rows(_last_follow_up(case), "attempts") if scores_of(case) else []
        return max((at.date() for row in attempts if (at := moment(row, ledger.zone, "at"))), default=None)

    seen = ledger.drawn(stream, "followed up", on) if share.followed_up else stream
    return seen, ledger.drawn(seen, name, lambda case: on(case) if share.hit(case) else None)


def fall(
    watchers: Watchers, stream: Stream, period: Period, alpha: float, base: Baseline, size: float
) -> Finding | None:
    """A count that luck explains too rarely, and what the counter of its channel says to that."""
    chance = partial(_few, base, size)
    count = stream.count(period)
    p = chance(count)
    if p >= alpha:
        return None
    traffic = _traffic(watchers, stream, period, base)
    if traffic.key == "traffic-steady":
        return None
    limit = max(n for n in range(count, int(base.rate * size) + 1) if chance(n) < alpha)
    return Finding(count, limit, base.rate * size, p, len(base.periods), stream.within(period), (traffic,))


def _few(base: Baseline, size: float, count: int) -> float:
    p = scarcity(count, size, base.total, sum(base.sizes))
    return max(p, 1 - overdispersed_tail(count + 1, base.rate * size, base.dispersion)) if base.dispersion > 1 else p


def _traffic(watchers: Watchers, stream: Stream, period: Period, base: Baseline) -> Note:
    counter = watchers.exposures
    now = counter.traffic(period, stream.value)
    before = [n for one in base.periods if (n := counter.traffic(one, stream.value)) is not None]
    if now is None or len(before) < LEAST:
        return Note("traffic-unknown")
    fell = scarcity(now, 1.0, sum(before), float(len(before))) < TRAFFIC_LEVEL
    usual = f"{sum(before) / len(before):.1f}"
    return Note("traffic-fell" if fell else "traffic-steady", {"now": now, "before": usual})
