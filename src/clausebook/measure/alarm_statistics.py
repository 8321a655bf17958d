"""Statistical rules on top of the plain one (8.4, requirements 5.3); each is one sentence to a manager."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from math import sqrt
from typing import Any

from .alarm_shares import SHARES, Finding, fall, share_finding
from .alarm_values import Alarm, Note, Silence, sentence_of, version_of
from .baselines import Baseline, Watchers, alpha_of, baseline_of, streams_of
from .chances import cusum_decision, cusum_reference, overdispersed_tail, poisson_tail, smallest, surprise
from .charts import chart
from .moments import rows
from .periods import PER_YEAR, Period, spread
from .series import Chart, Series, Settings, above, mean
from .streams import Ledger, Stream
from .surges import METHOD as SURGE

SHIFT = 50.0
"""Percent by which a CUSUM looks for a rise."""
EWMA_WEIGHT, EWMA_WIDTH = 0.2, 2.7


@dataclass(frozen=True, slots=True)
class Verdict:
    """A count against its limit. `p` where there is one; `beyond` decides."""

    beyond: bool
    value: float
    limit: float
    p: float | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One rule asking about one stream in one period."""

    watchers: Watchers
    version: Mapping[str, Any]
    rule: Mapping[str, Any]
    stream: Stream
    period: Period
    alpha: float
    baseline: Baseline

    def size(self, period: Period | None = None) -> float | None:
        return self.watchers.size(self.rule, period or self.period)


def statistical_alarms(
    watchers: Watchers, period: Period, version: Mapping[str, Any]
) -> tuple[list[Alarm], list[Silence]]:
    """Alarms of all statistical rules in a period, and the streams about which they can say nothing."""
    alarms: list[Alarm] = []
    silent: list[Silence] = []
    if not watchers.ledger.ended(period):
        return alarms, silent
    for rule in rows(version, "statistical"):
        if rule.get("method") == SURGE:  # by day or week, whatever the period of the version is
            continue
        alpha = alpha_of(watchers, version, rule)
        for stream in streams_of(watchers, rule):
            found = _judge(watchers, version, rule, stream, period, alpha)
            if isinstance(found, Note):
                silent.append(Silence(str(rule.get("id")), stream.name, found))
            elif found is not None:
                alarms.append(found)
    return alarms, silent


def _judge(
    watchers: Watchers, version: Mapping[str, Any], rule: Mapping[str, Any], stream: Stream, period: Period,
    alpha: float,
) -> Alarm | Note | None:  # fmt: skip
    if rule.get("method") == "seasonal":
        return _seasonal_alarm(watchers, version, rule, stream, period, alpha)
    if rule.get("method") in SHARES:
        told = share_finding(watchers, rule, stream, period, alpha)
        return _found(version, rule, stream, period, told) if isinstance(told, Finding) else told
    baseline = baseline_of(watchers, rule, stream, period.unit)
    if isinstance(baseline, Note):
        return baseline
    if period <= baseline.periods[-1]:
        return None
    question = Question(watchers, version, rule, stream, period, alpha, baseline)
    if question.size() is None:
        return Note("no-exposure", {"period": period.label})
    if rule.get("method") == "under-recording":
        fallen = fall(watchers, stream, period, alpha, baseline, question.size() or 1.0)
        return _found(version, rule, stream, period, fallen) if fallen else None
    verdict = METHODS.get(str(rule.get("method")), _exact)(question)
    if not verdict.beyond:
        return None
    notes = []
    if baseline.dispersion > 1:
        notes.append(Note("overdispersed", {"dispersion": f"{baseline.dispersion:.2f}"}))
    seasonal = seasonal_chance(watchers.ledger, stream, period)
    if seasonal is not None:
        key = "usual-season" if seasonal >= alpha else "unusual-season"
        notes.append(Note(key, {"p": f"{seasonal:.4f}"}))
    return _alarm(question, verdict, tuple(notes))


def _alarm(question: Question, verdict: Verdict, notes: tuple[Note, ...]) -> Alarm:
    cases = question.stream.within(question.period)
    size = question.size() or 1.0
    return Alarm(
        question.stream.name, question.period, str(question.rule.get("id")), version_of(question.version),
        "statistical", verdict.value, verdict.limit, question.baseline.rate * size, len(question.baseline.periods),
        verdict.p, question.period.next_start, False, tuple(case.id for case in cases), sentence_of(question.rule),
        notes, str(question.rule.get("method")),
    )  # fmt: skip


def _found(
    version: Mapping[str, Any], rule: Mapping[str, Any], stream: Stream, period: Period, found: Finding
) -> Alarm:
    return Alarm(
        stream.name, period, str(rule.get("id")), version_of(version), "statistical", found.value, found.limit,
        found.mean, found.periods, found.p, period.next_start, False, tuple(case.id for case in found.cases),
        sentence_of(rule), found.notes, str(rule.get("method")),
    )  # fmt: skip


def exact_chance(question: Question) -> Callable[[int], float]:
    """What luck alone at the old rate makes of so many or more; for overdispersed streams a wider tail as well."""
    base, size = question.baseline, question.size() or 1.0
    whole = sum(base.sizes)

    def chance(x: int) -> float:
        p = surprise(x, size, base.total, whole)
        return max(p, overdispersed_tail(x, base.rate * size, base.dispersion)) if base.dispersion > 1 else p

    return chance


def exact_limit(question: Question) -> int:
    """The smallest count at which rule R-P speaks."""
    expected = question.baseline.rate * (question.size() or 1.0)
    return smallest(exact_chance(question), question.alpha, max(1, int(expected)))


def _exact(question: Question) -> Verdict:
    """Rule R-P: would luck alone, at the old rate, bring so many?"""
    count = question.stream.count(question.period)
    p = exact_chance(question)(count)
    return Verdict(True, count, exact_limit(question), p) if p < question.alpha else Verdict(False, count, 0, p)


def _limits(question: Question) -> Verdict:
    """Exact Poisson limits instead of three sigmas; with exposure, those of each period's size (u chart)."""
    base, size, count = question.baseline, question.size() or 1.0, question.stream.count(question.period)
    level = base.rate * size
    if base.dispersion > 1:
        limit = smallest(partial(_wide, level, base.dispersion), question.alpha, int(level) + 1)
        return Verdict(count >= limit, count, limit, overdispersed_tail(count, level, base.dispersion))
    drawn = chart("poisson", Series((float(count),)), Settings(target=level, alpha=question.alpha))
    upper = drawn.upper[0]
    limit = 1 if upper is None else int(upper) + 1
    return Verdict(count >= limit, count, limit, poisson_tail(count, level))


def _wide(level: float, dispersion: float, count: int) -> float:
    return overdispersed_tail(count, level, dispersion)


def _remembered(question: Question) -> Chart:
    """The chart with a memory over all periods since the baseline."""
    base = question.baseline
    usual = mean(base.sizes)
    values = tuple(_at_usual_size(question, p, usual) for p in spread(base.periods[-1].shifted(1), question.period))
    level = base.rate * usual
    if question.rule.get("method") == "ewma":
        guessed = 1 + (2 - EWMA_WEIGHT) / EWMA_WEIGHT / len(base.periods)  # the centre is an estimate, too
        sigma = sqrt(level * base.dispersion * guessed)
        settings = Settings(target=level, sigma=sigma, weight=EWMA_WEIGHT, k=EWMA_WIDTH, limits="exact")
        return chart("ewma", Series(values), settings)
    asked = question.rule.get("shift_percent")
    raised = level * (1 + (asked if isinstance(asked, int | float) and asked > 0 else SHIFT) / 100)
    given = question.rule.get("decision")
    h = given if isinstance(given, int | float) else cusum_decision(level, raised, question.alpha) * base.dispersion
    return chart("cusum", Series(values), Settings(k=cusum_reference(level, raised), h=float(h)))


def _at_usual_size(question: Question, period: Period, usual: float) -> float | None:
    """The count, or what it would be at the usual exposure; a period nobody observed adds nothing."""
    size = question.size(period)
    if size is None or not question.watchers.ledger.observed(period):
        return None
    return question.stream.count(period) * usual / size


def _lasting(question: Question) -> Verdict:
    """CUSUM or EWMA: a small rise that lasts. It alarms when the limit is crossed, not in every period after."""
    drawn = _remembered(question)
    if drawn.statistics[-1] is None:
        return Verdict(False, 0, 0)
    both = zip(drawn.statistics, drawn.upper, strict=True)
    known = [(value, limit or 0.0) for value, limit in both if value is not None]
    over = [above(value, limit) for value, limit in known]
    return Verdict(over[-1] and not any(over[-2:-1]), *known[-1])


METHODS = {"exact": _exact, "c": _limits, "u": _limits, "ewma": _lasting, "cusum": _lasting}


def seasonal_chance(ledger: Ledger, stream: Stream, period: Period) -> float | None:
    """The exact test against the same month of earlier years; None with fewer than 24 months before it."""
    same = same_season(ledger, period)
    if not same:
        return None
    return surprise(stream.count(period), 1.0, sum(map(stream.count, same)), float(len(same)))


def same_season(ledger: Ledger, period: Period) -> list[Period]:
    """The same month of earlier years, once there are two full years to compare with."""
    year, first = PER_YEAR[period.unit], ledger.first(period.unit)
    earlier = [p for p in spread(first, period.shifted(-1)) if ledger.observed(p)] if first else []
    if len(earlier) < 2 * year:
        return []
    return [p for p in earlier if (period.number - p.number) % year == 0]


def _seasonal_alarm(
    watchers: Watchers, version: Mapping[str, Any], rule: Mapping[str, Any], stream: Stream, period: Period,
    alpha: float,
) -> Alarm | Note | None:  # fmt: skip
    same = same_season(watchers.ledger, period)
    if not same:
        return Note("no-season", {"least": 2 * PER_YEAR[period.unit]})
    counts = tuple(map(stream.count, same))
    baseline = Baseline(tuple(same), counts, (1.0,) * len(same), 1.0)
    question = Question(watchers, version, {**rule, "exposure": None}, stream, period, alpha, baseline)
    verdict = _exact(question)
    return _alarm(question, verdict, ()) if verdict.beyond else None
