"""Frozen baselines and the false-alarm budget of statistical rules (8.4, requirements 5.3).

A baseline never moves with the data it judges: it is the periods the rules name, else those before the rule first
took effect, else the first ones of all; periods with a cause of their own are left out by name, and a new version of
the rules with the same rule keeps its baseline. Too little data is said, never guessed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from .alarm_values import BudgetLine, Note, unit_of, unit_of_rule
from .chances import dispersion_limit, dispersion_of
from .moments import child, day, rows, word, words
from .periods import PER_YEAR, Period, Unit, period_named, period_of, spread
from .streams import Exposures, Ledger, Stream

LEAST, USUAL, FULL = 6, 12, 24
"""Periods: fewer than the first give no statistics at all; charts want the second; seasons and a full baseline the
third."""
LEAST_CASES = 24
"""A chart's baseline holds at least so many cases (a mean of two over a year)."""
LEAST_A_WEEK = 5
"""A week is a period of its own only where so many come in on average (requirements 5.3)."""
BUDGET = 2.0
"""False alarms in a year that an organisation accepts when it has said nothing."""
EWMA_ALPHA, EWMA_MEAN = 1 / 225, 5
"""An EWMA of weight 0.2 and width 2.7 around a known centre alarms once in 290 to 365 stable periods (requirements
5.3), around one estimated from 24 periods once in so many; for means below five it is not symmetric enough."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """Frozen periods with their counts and sizes; `dispersion` is 1 unless luck cannot explain it."""

    periods: tuple[Period, ...]
    counts: tuple[int, ...]
    sizes: tuple[float, ...]
    dispersion: float

    @property
    def total(self) -> int:
        return sum(self.counts)

    @property
    def rate(self) -> float:
        return self.total / sum(self.sizes)


@dataclass(frozen=True, slots=True, eq=False)
class Watchers:
    """What statistics look at; `versions` are all of the rules, `memory` keeps baselines: they never change."""

    ledger: Ledger
    exposures: Exposures
    versions: tuple[Mapping[str, Any], ...]
    memory: dict[tuple[str, ...], Baseline | Note] = field(default_factory=dict)

    def size(self, rule: Mapping[str, Any], period: Period) -> float | None:
        measure = word(rule, "exposure") or ("orders" if rule.get("method") == "u" else None)
        return 1.0 if measure is None else self.exposures.of(period, measure)


def streams_of(watchers: Watchers, rule: Mapping[str, Any]) -> tuple[Stream, ...]:
    return watchers.ledger.streams(str(rule.get("dimension")), words(rule, "values"))


def baseline_of(watchers: Watchers, rule: Mapping[str, Any], stream: Stream, unit: Unit) -> Baseline | Note:
    """The frozen baseline of a rule on a stream, or why there is none."""
    key = (str(id(rule)), stream.name)
    if key not in watchers.memory:
        watchers.memory[key] = _baseline(watchers, rule, stream, unit)
    return watchers.memory[key]


def _baseline(watchers: Watchers, rule: Mapping[str, Any], stream: Stream, unit: Unit) -> Baseline | Note:
    sized = [(p, s) for p in frozen(watchers, rule, unit) if (s := watchers.size(rule, p)) is not None]
    if len(sized) < LEAST:
        return Note("few-baseline-periods", {"found": len(sized), "least": LEAST})
    periods, sizes = tuple(p for p, _ in sized), tuple(s for _, s in sized)
    counts = tuple(map(stream.count, periods))
    exact = rule.get("method", "exact") in ("exact", "under-recording")
    if not exact and len(sized) < USUAL:
        return Note("few-baseline-periods", {"found": len(sized), "least": USUAL})
    if not exact and sum(counts) < LEAST_CASES:
        return Note("few-baseline-cases", {"found": sum(counts), "least": LEAST_CASES})
    if rule.get("method") == "ewma" and sum(counts) < EWMA_MEAN * len(counts):
        return Note("small-mean", {"mean": f"{sum(counts) / len(counts):.1f}", "least": EWMA_MEAN})
    if unit == "week" and sum(counts) < LEAST_A_WEEK * len(counts):
        return Note("few-per-week", {"mean": f"{sum(counts) / len(counts):.1f}", "least": LEAST_A_WEEK})
    dispersion = dispersion_of(counts, sizes)
    known = dispersion > dispersion_limit(len(counts))
    return Baseline(periods, counts, sizes, dispersion if known else 1.0)


def frozen(watchers: Watchers, rule: Mapping[str, Any], unit: Unit) -> list[Period]:
    """The observed and ended periods of the baseline, without those that had a cause of their own."""
    left_out = set(words(rule, "excluded_periods"))
    return [period for period in _chosen(watchers, rule, unit) if period.label not in left_out]


def _chosen(watchers: Watchers, rule: Mapping[str, Any], unit: Unit) -> list[Period]:
    ledger, first = watchers.ledger, watchers.ledger.first(unit)
    if first is None:
        return []
    asked = rule.get("baseline_periods")
    count = asked if isinstance(asked, int) else FULL
    since, until = period_named(word(rule, "baseline_from")), period_named(word(rule, "baseline_to"))
    effective = _first_effective(watchers, rule)
    if since is None or until is None or since.unit != unit or until.unit != unit:
        last = period_of(effective, unit).shifted(-1) if effective else first.shifted(-1)
        before = [p for p in spread(first, last) if ledger.observed(p)][-count:]
        if len(before) >= LEAST:
            return before
        since, until = first, first.shifted(min(count, USUAL) - 1)
    return [p for p in spread(since, until) if ledger.observed(p)] if ledger.ended(until) else []


def _first_effective(watchers: Watchers, rule: Mapping[str, Any]) -> date | None:
    """The day on which a rule of this id first held."""
    named = [v for v in watchers.versions if any(r.get("id") == rule.get("id") for r in rows(v, "statistical"))]
    return min(filter(None, (day(version, "effective_from_on") for version in named)), default=None)


def allowed_per_year(version: Mapping[str, Any]) -> float:
    given = child(version, "false_alarms_per_year")
    return float(given) if isinstance(given, int | float) and given > 0 else BUDGET


def alpha_of(watchers: Watchers, version: Mapping[str, Any], rule: Mapping[str, Any]) -> float:
    """The rule's own, else its share of the budget: budget / (periods a year x streams of all rules).

    Each stream of each rule has the same share, so a daily rule does not eat up that of the monthly ones.
    """
    given = rule.get("alpha")
    if rule.get("method") == "ewma":
        return EWMA_ALPHA
    if isinstance(given, int | float) and 0 < given < 1:
        return float(given)
    unit = unit_of(version)
    streams = sum(_baseline_streams(watchers, unit, other) for other in rows(version, "statistical"))
    return min(allowed_per_year(version) / (PER_YEAR[unit_of_rule(version, rule)] * max(streams, 1)), 0.05)


def _baseline_streams(watchers: Watchers, unit: Unit, rule: Mapping[str, Any]) -> int:
    """Streams that the frozen baseline already knew; a stream that appears later must not move old limits."""
    chosen = _chosen(watchers, rule, unit)
    until = chosen[-1].end if chosen else watchers.ledger.as_of
    return sum(not stream.days or stream.days[0] <= until for stream in streams_of(watchers, rule))


def budget_of(watchers: Watchers, version: Mapping[str, Any]) -> Iterator[BudgetLine]:
    """Expected false alarms a year: streams x periods x alpha, published so that nobody is surprised."""
    for rule in rows(version, "statistical"):
        alpha, streams = alpha_of(watchers, version, rule), len(streams_of(watchers, rule))
        per_year = streams * PER_YEAR[unit_of_rule(version, rule)] * alpha
        yield BudgetLine(str(rule.get("id")), streams, alpha, per_year)
