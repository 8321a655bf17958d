"""8.4: every alarm has an answer in time, with its cause, a decision and a check of the effect; silence fails."""

from __future__ import annotations

from collections.abc import Iterator

from ...load.positions import place
from ...measure.alarm_values import Alarm, unit_of
from ...measure.alerts import surveillance_of
from ...measure.moments import child, rows, word
from ...measure.periods import period_of
from ...measure.responses import Answers, Response, answers_of, claims_without_alarm, false_share
from ...problems import Place, Problem, Rule, problem
from .desk import Desk

ALARM_UNANSWERED = Rule("alarm-unanswered", "due", "explicit")
ALARM_UNACKNOWLEDGED = Rule("alarm-unacknowledged", "due", "own")
ALARM_ACKNOWLEDGED_LATE = Rule("alarm-acknowledged-late", "lapse", "own")
ALARM_DECISION_MISSING = Rule("alarm-decision-missing", "due", "explicit")
ALARM_CAUSE_MISSING = Rule("alarm-cause-missing", "due", "explicit")
ALARM_CAUSE_LATE = Rule("alarm-cause-late", "lapse", "own")
ALARM_ACTION_MISSING = Rule("alarm-action-missing", "due", "explicit")
ALARM_ACTION_REFUSED = Rule("alarm-action-refused", "contradiction", "explicit")
ALARM_EFFECT_UNCHECKED = Rule("alarm-effect-unchecked", "due", "own")
ALARM_CLOSED_UNCHECKED = Rule("alarm-closed-unchecked", "contradiction", "own")
ALARM_CLOSED_BY_OPENER = Rule("alarm-closed-by-opener", "contradiction", "implied")
ALARM_NOT_COMPUTED = Rule("alarm-not-computed", "contradiction", "implied")
REPEATS_NOT_WATCHED = Rule("repeats-not-watched", "contradiction", "explicit")
FALSE_ALARMS_MANY = Rule("false-alarms-many", "due", "own", level="warning")
RULES = (
    ALARM_UNANSWERED, ALARM_UNACKNOWLEDGED, ALARM_ACKNOWLEDGED_LATE, ALARM_DECISION_MISSING, ALARM_CAUSE_MISSING,
    ALARM_CAUSE_LATE, ALARM_ACTION_MISSING, ALARM_ACTION_REFUSED, ALARM_EFFECT_UNCHECKED, ALARM_CLOSED_UNCHECKED,
    ALARM_CLOSED_BY_OPENER, ALARM_NOT_COMPUTED, REPEATS_NOT_WATCHED, FALSE_ALARMS_MANY,
)  # fmt: skip

FOLDER = "records/alerts/"
FALSE_SHARE_MAX = 50
"""Per cent of false alarms in twelve months above which rules are reviewed when nothing was said (requirements 5.3)."""
JUDGED_LEAST = 3
"""A share of false alarms among fewer says nothing."""


def check_all(desk: Desk) -> Iterator[Problem]:
    seen = surveillance_of(desk.system, desk.complaints)
    answers = answers_of(desk.system, desk.complaints, seen)
    for alarm, due in answers.unanswered:
        if due is not None and due < desk.as_of and not _said_of_the_case(desk, alarm):
            facts = {"period": alarm.period.label, "stream": alarm.stream, "alarm": alarm.id, "due": due.isoformat()}
            yield problem(ALARM_UNANSWERED, Place(FOLDER), ("8.4.warn",), rule_id=alarm.rule, facts=facts)
    for response in answers.responses:
        if not response.withdrawn:
            yield from _steps(desk, response)
            yield from _decision(desk, response)
            yield from _effect(desk, response)
    for entry, index, stream, rule in claims_without_alarm(desk.system, desk.complaints, seen):
        at = place(entry, ("alarms", index))
        yield problem(ALARM_NOT_COMPUTED, at, ("8.4.warn",), id=entry.id, stream=stream, rule_id=rule)
    yield from _rules(desk, answers)


def _said_of_the_case(desk: Desk, alarm: Alarm) -> bool:
    """A repeat without any warning is reported at the complaint (repeat-without-alert)."""
    if alarm.way != "repeat":
        return False
    return any(name in desk.by_id and not desk.linked(desk.by_id[name], "alert") for name in alarm.cases)


def _steps(desk: Desk, response: Response) -> Iterator[Problem]:
    """Acknowledged and explained in time."""
    limits, entry = response.limits, response.entry
    by = limits.acknowledge_by
    if by is not None and response.acknowledged_on is None and by < desk.as_of:
        yield problem(ALARM_UNACKNOWLEDGED, place(entry), ("8.4.warn",), id=entry.id, due=by.isoformat())
    elif by is not None and response.acknowledged_on is not None and response.acknowledged_on > by:
        facts = {"id": entry.id, "due": by.isoformat(), "done": response.acknowledged_on.isoformat()}
        yield problem(
            ALARM_ACKNOWLEDGED_LATE, place(entry, ("acknowledged", "at")), ("8.4.warn",), of_record=entry.id,
            breach=("acknowledgement",), facts=facts,
        )  # fmt: skip
    by = limits.cause_by
    if by is None:
        return
    if not response.cause_found and response.triage != "false-alarm" and by < desk.as_of:
        yield problem(ALARM_CAUSE_MISSING, place(entry), ("8.4.act",), id=entry.id, due=by.isoformat())
    elif response.cause_found and response.cause_on is not None and response.cause_on > by:
        facts = {"id": entry.id, "due": by.isoformat(), "done": response.cause_on.isoformat()}
        yield problem(
            ALARM_CAUSE_LATE, place(entry, ("cause", "found_on")), ("8.4.act",), of_record=entry.id,
            breach=("cause",), facts=facts,
        )  # fmt: skip


def _decision(desk: Desk, response: Response) -> Iterator[Problem]:
    """True, known or false; and a confirmed one ends in corrective action, never in "none" (corrections 4)."""
    entry, by = response.entry, response.limits.cause_by
    if by is not None and by < desk.as_of:
        if response.triage is None:
            yield problem(ALARM_DECISION_MISSING, place(entry), ("8.4.act",), id=entry.id, due=by.isoformat())
        elif response.action is None:
            yield problem(ALARM_ACTION_MISSING, place(entry), ("8.4.act",), id=entry.id, due=by.isoformat())
    if response.triage == "confirmed" and response.action == "none":
        yield problem(ALARM_ACTION_REFUSED, place(entry, ("no_corrective_action",)), ("8.4.act",), id=entry.id)


def _effect(desk: Desk, response: Response) -> Iterator[Problem]:
    entry = response.entry
    acting = response.action in ("nonconformity", "corrective-actions") and not response.dismissed
    by = response.check_by
    if acting and response.checked_on is None:
        if response.closed_on is not None:
            yield problem(ALARM_CLOSED_UNCHECKED, place(entry, ("closed",)), ("8.4.act",), id=entry.id)
        elif by is not None and by < desk.as_of:
            at = place(entry, ("effect_check",))
            yield problem(ALARM_EFFECT_UNCHECKED, at, ("8.4.act",), id=entry.id, due=by.isoformat())
    closer = word(entry.value, "closed", "by")
    if closer is not None and closer == word(entry.value, "opened_by"):
        at = place(entry, ("closed", "by"))
        yield problem(ALARM_CLOSED_BY_OPENER, at, ("8.4.act",), id=entry.id, who=closer)


def _rules(desk: Desk, answers: Answers) -> Iterator[Problem]:
    """The rules themselves: repeats are watched, and rules that cry wolf are reviewed."""
    for entry in desk.system.of("alert-rules"):
        for index, version in enumerate(rows(entry.value, "versions")):
            if child(version, "repeats", "every_repeat") is False:
                at = place(entry, ("versions", index, "repeats", "every_repeat"))
                yield problem(REPEATS_NOT_WATCHED, at, ("8.4.warn",), version=str(version.get("version", "")))
    now = desk.criteria.at("alert-rules", desk.as_of)
    most = child(now, "response", "false_alarm_share_max")
    rules = desk.system.first("alert-rules")
    if rules is None or not now:
        return
    most = most if isinstance(most, int | float) else FALSE_SHARE_MAX
    false, judged = false_share(answers, period_of(desk.as_of, unit_of(now)))
    if judged >= JUDGED_LEAST and 100 * false > most * judged:
        yield problem(FALSE_ALARMS_MANY, place(rules), ("8.4.mech",), count=false, judged=judged, most=f"{most:g}")
