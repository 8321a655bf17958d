"""What a case is called in words: its state, its marks, its clocks and by how much they were kept or broken."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from ..measure.cases import Case
from ..measure.clocks import Clock, Watch
from ..measure.margins import margin_of
from ..measure.moments import LAST_SECOND, child
from ..measure.outcomes import outcome_of
from ..measure.states import STATES
from ..wording import aside, text
from .book import Book
from .values import chip

ROOM = "records/complaint"
ENDED = frozenset({"closed", "complete", "log-closed"})
RANKED = (*STATES, "log-open", "log-unknown", "log-closed")
TONES = {"overdue": "bad", "late": "warn", "running": "calm", "met": "ok", "none": "calm"}


def say(book: Book, key: str, **facts: str | int) -> str:
    return text(f"cases.{key}", book.language, **facts)


def state_of(case: Case) -> str:
    """The derived state; of what came from an older log only what that log said."""
    return outcome_of(case) if case.imported and case.closed_at is None else case.state


def state_chip(book: Book, case: Case) -> str:
    state = state_of(case)
    tone = "ok" if state in ENDED else "calm" if state == "log-unknown" else "warn"
    return chip(tone, say(book, f"state.{state}"))


def rank_of(case: Case) -> str:
    """Where a state stands in the life of a complaint."""
    return f"{RANKED.index(state_of(case)):02d}"


def marks_of(case: Case) -> Iterator[str]:
    """What makes a case one that an auditor wants to see."""
    value = case.value
    if case.triggers or value.get("urgent") is True:
        yield "urgent"
    if value.get("major") is True:
        yield "major"
    if child(value, "collective"):
        yield "collective"
    if case.repeats.r1 or case.repeats.r2:
        yield "repeat"
    if case.reopened:
        yield "reopened"
    if value.get("escalations"):
        yield "escalated"
    if value.get("outsourcing"):
        yield "outsourced"
    if value.get("about_handling") is True:
        yield "about-handling"
    if case.anonymous:
        yield "anonymous"
    if value.get("confidentiality") == "restricted":
        yield "restricted"


def step(book: Book, clock: Clock) -> str:
    """The step a clock stands for; after a reopening with its round."""
    event, _, turn = clock.event.partition("#")
    name = say(book, f"step.{event}")
    return name + aside(say(book, "again", turn=int(turn) + 1), book.language) if turn.isdigit() else name


def when(at: datetime | None) -> str:
    """A day where only the day counts (a limit in days, a date without an hour), else the minute."""
    if at is None:
        return ""
    return at.strftime("%Y-%m-%d" if at.time() == LAST_SECOND else "%Y-%m-%d %H:%M")


def distance(book: Book, clock: Clock, watch: Watch) -> str:
    """How early, how late, how much is left, or by how much it is over."""
    margin = margin_of(clock, watch)
    if margin is None:
        return say(book, "margin.undone" if clock.broken else "margin.none")
    kind = clock.status if clock.status in ("running", "overdue") else "late" if margin.after else "met"
    if margin.days == 0 and not margin.after:
        return say(book, f"same_day.{kind}")
    return say(book, f"margin.{kind}", amount=amount(book, margin.time, margin.days))


def amount(book: Book, time: timedelta, days: int | None = None) -> str:
    """A stretch of time in the unit people would say it in; `days` are working days."""
    minutes = int(time.total_seconds() // 60)
    if days:
        return say(book, "amount.days", count=days)
    if minutes >= 2 * 24 * 60:
        return say(book, "amount.calendar_days", count=minutes // (24 * 60))
    if minutes >= 60:
        return say(book, "amount.hours", hours=minutes // 60, minutes=minutes % 60)
    return say(book, "amount.minutes", count=minutes)
