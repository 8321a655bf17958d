"""The state of a complaint, derived from its facts and never stored (requirements 3.1.1 and 3.3).

After a reopening the same path begins again at the assessment; the first round keeps its facts and times.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from typing import Any

from .calendar import WorkingDays
from .criteria import Criteria
from .moments import child, day, inner, moment, rows, shifted, word
from .rounds import Round

STATES = (
    "received", "acknowledged", "assessed", "investigating", "responded", "notified", "accepted", "rejected",
    "alternatives-told", "escalated", "exhausted", "no-reply", "withdrawn", "closed", "complete",
)  # fmt: skip
NO_FOLLOW_UP = frozenset({"not_complaint", "duplicate", "transferred", "not_contactable"})
"""Closed on these grounds, nobody is asked how satisfied they are (requirements 3.3)."""
NOT_COUNTED = frozenset({"not_complaint", "duplicate"})


def rounds(value: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The first handling and every reopening."""
    return [dict(value), *rows(value, "reopenings")]


def agreed(reaction: Any) -> bool:
    """Accepted; or partly, with evidence that the complainant agrees to close (corrections 16)."""
    if not isinstance(reaction, dict):
        return False
    answer = reaction.get("answer")
    return answer == "accepted" or (
        answer == "partly" and reaction.get("agreed_to_close") is True and bool(reaction.get("evidence"))
    )


def refused(reaction: Any) -> bool:
    return isinstance(reaction, dict) and reaction.get("answer") in ("rejected", "partly") and not agreed(reaction)


def last_reaction(part: Mapping[str, Any]) -> Any:
    """The reaction to the last decision told: a review's or an authority's decision counts like the first.

    None while the last decision is unanswered: an earlier refusal was of an earlier decision.
    """
    later = rows(part, "escalations") if part.get("escalations") else []
    told = [row for row in later if child(row, "reaction") or child(row, "result_notified")]
    return child(told[-1], "reaction") if told else part.get("reaction")


def state_of(
    value: Mapping[str, Any],
    last: Round,
    criteria: Criteria,
    calendar: WorkingDays,
    zone: tzinfo,
    on: date,
    received: date,
) -> str:
    """The state on a day `on` of a record whose last round this is."""
    if last.closed is not None:
        return "complete" if _finished(value, last) else "closed"
    return _open_state(value, last.value, criteria, calendar, zone, on, received)


def _open_state(
    value: Mapping[str, Any], part: Mapping[str, Any], criteria: Criteria, calendar: WorkingDays,
    zone: tzinfo, on: date, received: date,
) -> str:  # fmt: skip
    reaction = last_reaction(part)
    if child(reaction, "answer") == "withdrawn":
        return "withdrawn"
    open_reviews = [row for row in rows(part, "escalations") if not _decided(row)]
    if open_reviews:
        return "escalated"
    if agreed(reaction):
        return "accepted"
    if refused(reaction):
        return _after_refusal(part, criteria, zone, on, received)
    decided = [row for row in rows(part, "escalations") if word(row, "result_notified", "at")]
    if silent(part, criteria, calendar, zone, on, received):
        return "no-reply"
    if decided or word(part, "result_notified", "at") or word(part, "first_contact", "at"):
        return "notified"
    return _before_notice(value, part)


def _before_notice(value: Mapping[str, Any], part: Mapping[str, Any]) -> str:
    if word(part, "response", "proposed_at"):
        return "responded"
    if part is not value and rows(value, "reopenings"):
        return "assessed"
    if word(part, "investigation", "started_at"):
        return "investigating"
    if word(part, "assessment", "at"):
        return "assessed"
    if child(part, "ack") or child(part, "ack_not_possible"):
        return "acknowledged"
    return "received"


def _decided(escalation: Mapping[str, Any]) -> bool:
    return bool(escalation.get("decided_at") or escalation.get("closed_at") or child(escalation, "result_notified"))


def _after_refusal(part: Mapping[str, Any], criteria: Criteria, zone: tzinfo, on: date, received: date) -> str:
    told = [at for row in rows(part, "alternatives") if (at := moment(row, zone, "told_at"))]
    if not told:
        return "rejected"
    return "exhausted" if on > waiting_until(max(told), criteria, received) else "alternatives-told"


def waiting_until(told: datetime, criteria: Criteria, received: date) -> date:
    """The last day a complainant has to take one of the other ways before the case may count as exhausted."""
    days = criteria.number(received, "exhausted", "wait_calendar_days", otherwise=0)
    return shifted(told.date(), int(days))


def silent(
    part: Mapping[str, Any], criteria: Criteria, calendar: WorkingDays, zone: tzinfo, on: date, received: date
) -> bool:
    """No reply: enough attempts on enough days, and the waiting time is over."""
    attempts = sorted(at for row in rows(part, "no_reply", "attempts") if (at := moment(row, zone, "at")))
    return (
        bool(attempts)
        and enough(attempts, criteria, received)
        and on > silence_until(part, attempts, criteria, calendar, received)
    )


def enough(attempts: list[datetime], criteria: Criteria, received: date) -> bool:
    least = criteria.number(received, "unreachable", "attempts_min", otherwise=1)
    days = criteria.number(received, "unreachable", "distinct_days_min", otherwise=1)
    return len(attempts) >= least and len({at.date() for at in attempts}) >= days


def silence_until(
    part: Mapping[str, Any], attempts: list[datetime], criteria: Criteria, calendar: WorkingDays, received: date
) -> date:
    """The last day of waiting: what the complainant was told, else the organisation's number of working days."""
    told = day(part, "no_reply", "waited_until_on")
    wait = criteria.number(received, "unreachable", "wait_working_days", otherwise=0)
    own = calendar.due(attempts[-1].date(), int(wait)).on
    return max(told, own) if told else own


def _finished(value: Mapping[str, Any], last: Round) -> bool:
    """Complete: nothing is left to do but keep the record for its time."""
    asked = inner(value, "complainant").get("contactable") is not False and last.basis not in NO_FOLLOW_UP
    done = not asked or bool(last.value.get("follow_up")) or bool(word(value, "follow_up", "not_possible"))
    return done and bool(value.get("retention_class"))
