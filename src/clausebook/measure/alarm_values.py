"""What monitoring answers with: alarms with an id of their own, what stayed silent and why, the false-alarm budget."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from ..problems import Bilingual, Fact
from .moments import word
from .periods import Period, Unit

UNIT: Mapping[str, Unit] = {"week": "week", "month": "month", "quarter": "quarter"}
Way = Literal["plain", "window", "repeat", "single", "statistical"]


@dataclass(frozen=True, slots=True)
class Note:
    """Something a reader of an alarm must know; worded in the locale under alerts.note."""

    key: str
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm. `running`: its period has not ended, so nobody is blamed yet for not having answered it."""

    stream: str
    period: Period
    rule: str
    version: str
    way: Way
    value: float
    limit: float
    mean: float | None
    periods_used: int
    p: float | None
    raised_on: date
    running: bool
    cases: tuple[str, ...]
    sentence: Bilingual
    notes: tuple[Note, ...] = ()
    method: str = ""
    """How it was found, as the locale words it; the way where there is only one."""
    historical: bool = False
    """From before the rules began: shown, and held against nobody (corrections 6)."""

    @property
    def id(self) -> str:
        """The same for the same stream, period, rule and version, so that computing again multiplies nothing."""
        told = "\n".join((self.stream, self.period.label, self.rule, self.version))
        return f"AW-{self.period.label}-{hashlib.sha256(told.encode()).hexdigest()[:8]}"


@dataclass(frozen=True, slots=True)
class Event:
    """A single case that is an alarm by itself and is answered where the rules say: in its case or its crisis."""

    trigger: str
    handled_in: str
    case: str
    on: date
    answer: str | None


@dataclass(frozen=True, slots=True)
class Silence:
    """A rule that could say nothing about a stream, and why; worded under alerts.silent."""

    rule: str
    stream: str
    note: Note


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """Alarms a rule would give in a year in which nothing changes."""

    rule: str
    streams: int
    alpha: float | None
    per_year: float


@dataclass(frozen=True, slots=True)
class Surveillance:
    """All that the rules see on the date that rules."""

    alarms: tuple[Alarm, ...]
    events: tuple[Event, ...]
    silent: tuple[Silence, ...]
    budget: tuple[BudgetLine, ...]
    allowed_per_year: float | None
    version: str | None


def version_of(version: Mapping[str, Any]) -> str:
    """The name of a version of the rules."""
    return word(version, "version") or str(version.get("effective_from_on"))


def unit_of(version: Mapping[str, Any]) -> Unit:
    return UNIT.get(str(version.get("period")), "month")


def unit_of_rule(version: Mapping[str, Any], rule: Mapping[str, Any]) -> Unit:
    """A surge is looked for day by day, or week by week; every other rule has the period of its version."""
    if rule.get("method") == "surge":
        return "week" if rule.get("period") == "week" else "day"
    return unit_of(version)


def sentence_of(rule: Mapping[str, Any]) -> Bilingual:
    """The organisation's own sentence about a rule."""
    said, english = word(rule, "sentence"), word(rule, "sentence_en")
    return {key: text for key, text in (("zh", said), ("en", english)) if text}
