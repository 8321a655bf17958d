"""From the facts of one record to its clocks: which steps it needs, when each began and was done.

A case solved in one contact (corrections 18) takes that one time for acknowledgement, response and notice.
After a reopening the clocks of response, result and follow-up run again as `response#1`, … ; the first ones
keep their times.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from .clocks import END_EVENTS, Candidate, Clock, Extension, Pause, Watch, extensions_of, pauses_of
from .moments import Receipt, child, day, end_of, moment, receipt, rows, word
from .states import NO_FOLLOW_UP, rounds

ENDS_WITHOUT_RESULT = frozenset(
    {"not_complaint", "duplicate", "transferred", "withdrawn", "unreachable", "not_contactable"}
)
TRIGGERS = ("personal_safety", "major_property_loss", "media_attention")


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """What every clock of one case shares."""

    value: Mapping[str, Any]
    watch: Watch
    received: Receipt
    channel: str | None
    severity: str | None
    contactable: bool
    pauses: list[Pause]

    def at(self, *keys: str) -> datetime | None:
        return moment(self.value, self.watch.zone, *keys)

    @property
    def on(self) -> date:
        return self.received.on


def clocks_of(value: Mapping[str, Any], watch: Watch, received: Receipt, contactable: bool) -> dict[str, Clock]:
    facts = _facts(value, watch, received, contactable)
    clocks = [_recording(facts), _acknowledgement(facts), _first_answer(facts), *_urgent(facts), _assessment(facts)]
    clocks += _handling(facts, value, received, "")
    for number, part in enumerate(rows(value, "reopenings"), 1):
        again = receipt(moment(part, watch.zone, "at"), None, watch.zone)
        if again is not None:
            clocks += _handling(facts, part, again, f"#{number}")
    return {clock.event: clock for clock in clocks}


def _facts(value: Mapping[str, Any], watch: Watch, received: Receipt, contactable: bool) -> Facts:
    pauses = pauses_of(value, watch.zone, watch.as_of)
    return Facts(value, watch, received, word(value, "channel"), severity_of(value), contactable, pauses)


def severity_of(value: Mapping[str, Any]) -> str | None:
    """The class as last assessed."""
    again = [row for row in rows(value, "assessment", "reassessments") if word(row, "severity")]
    return word(again[-1], "severity") if again else word(value, "assessment", "severity")


def triggered(value: Mapping[str, Any]) -> list[str]:
    """The triggers of the fast lane that are true: the three of the standard and the organisation's own."""
    triggers = child(value, "triggers")
    own = child(triggers, "others")
    return [name for name in TRIGGERS if child(triggers, name) is True] + (
        [str(name) for name in own] if isinstance(own, list) else []
    )


def _own(facts: Facts, event: str, severity: str | None, start: Receipt) -> list[Candidate]:
    limit = facts.watch.criteria.limit(event, severity, facts.on)
    if limit is None:
        return []
    return [facts.watch.after(limit, facts.watch.first_day(start, facts.channel, facts.on), "own")]


def _legal(facts: Facts, event: str, start: Receipt) -> list[Candidate]:
    category = word(facts.value, "complainant", "category")
    return [
        facts.watch.after(legal.limit, start, "legal", legal.id)
        for legal in facts.watch.criteria.legal
        if END_EVENTS.get(legal.end) == event and legal.holds(facts.on, facts.channel, category)
    ]


def _ended(facts: Facts, part: Mapping[str, Any]) -> datetime | None:
    """When a round ended on grounds that leave its open steps undone."""
    closed = word(part, "closure", "basis") in ENDS_WITHOUT_RESULT
    ended = [moment(part, facts.watch.zone, "closure", "at")] if closed else []
    if child(part, "reaction", "answer") == "withdrawn":
        ended.append(moment(part, facts.watch.zone, "reaction", "at"))
    return min((at for at in ended if at is not None), default=None)


def _recording(facts: Facts) -> Clock:
    own = _own(facts, "recording", _first_severity(facts), facts.received)
    return facts.watch.clock("recording", facts.received, own, facts.at("recorded_at"), None)


def _first_severity(facts: Facts) -> str | None:
    """The class the people at intake could know: provisional, else as first assessed (corrections 14)."""
    return word(facts.value, "ack", "provisional_severity") or word(facts.value, "assessment", "severity")


def _acknowledgement(facts: Facts) -> Clock:
    reachable = facts.contactable and not child(facts.value, "ack_not_possible")
    candidates = _own(facts, "acknowledgement", _first_severity(facts), facts.received)
    candidates += _legal(facts, "acknowledgement", facts.received)
    done = facts.at("ack", "at") or facts.at("first_contact", "at")
    return facts.watch.clock(
        "acknowledgement", facts.received, candidates if reachable else [], done, _ended(facts, facts.value)
    )


def _first_answer(facts: Facts) -> Clock:
    """The first word of a person to the complainant; only laws and platforms set a limit for it."""
    answers = [facts.at("first_contact", "at"), facts.at("result_notified", "at")]
    if child(facts.value, "ack", "automatic") is not True:
        answers.append(facts.at("ack", "at"))
    answers += [
        moment(row, facts.watch.zone, "at")
        for row in rows(facts.value, "communications")
        if row.get("audience") == "complainant" and row.get("direction") != "in"
    ]
    done = min((at for at in answers if at is not None), default=None)
    candidates = _legal(facts, "first-answer", facts.received) if facts.contactable else []
    return facts.watch.clock("first-answer", facts.received, candidates, done, _ended(facts, facts.value))


def _urgent(facts: Facts) -> list[Clock]:
    """The fast lane runs from the moment a trigger was known, which may be days after receipt (8.2 b)."""
    if not triggered(facts.value):
        return []
    known = facts.at("triggers", "known_at")
    start = Receipt(known, known.date(), True) if known else facts.received
    severity = facts.severity
    return [
        facts.watch.clock(event, start, _own(facts, event, severity, start), facts.at("fast_lane", key), None)
        for event, key in (("fast-lane", "activated_at"), ("first-action", "first_action_at"))
    ]


def _assessment(facts: Facts) -> Clock:
    own = _own(facts, "assessment", word(facts.value, "assessment", "severity"), facts.received)
    ended = _ended(facts, facts.value)
    return facts.watch.clock("assessment", facts.received, own, facts.at("assessment", "at"), ended)


def _handling(facts: Facts, part: Mapping[str, Any], start: Receipt, mark: str) -> list[Clock]:
    """Investigation, response, result, redress and follow-up of one round."""
    zone, ended, watch = facts.watch.zone, _ended(facts, part), facts.watch
    contact = moment(part, zone, "first_contact", "at")
    told, grants = _promises(facts, part, start)
    clocks = []
    if not mark and contact is None:
        found = moment(part, zone, "investigation", "facts_sufficient_at")
        done = found or moment(part, zone, "investigation", "finished_at")
        own = [_granted(c, grants, watch) for c in _paused(facts, _by_severity(facts, "investigation", start))]
        clocks.append(watch.clock("investigation", start, own, done, ended))
    proposed = moment(part, zone, "response", "proposed_at") or contact
    own = [_granted(c, grants, watch) for c in _paused(facts, _by_severity(facts, "response", start))]
    clocks.append(watch.clock("response" + mark, start, own, proposed, ended))
    notified = moment(part, zone, "result_notified", "at") or contact
    result = [] if not facts.contactable else [
        *(_granted(c, grants, watch) for c in _paused(facts, _by_severity(facts, "result", start))),
        *_paused(facts, told), *([] if mark else _ticket(facts)), *_legal(facts, "result", start),
    ]  # fmt: skip
    clocks.append(watch.clock("result" + mark, start, result, notified, ended))
    return [*clocks, *_redress(facts, part, start, mark), *_follow_up(facts, part, notified, mark)]


def _by_severity(facts: Facts, event: str, start: Receipt) -> list[Candidate]:
    """The limit of the class; where it was raised later, the shorter limit never ends before it was raised."""
    found = _own(facts, event, word(facts.value, "assessment", "severity"), start)
    for row in rows(facts.value, "assessment", "reassessments"):
        at = moment(row, facts.watch.zone, "at")
        shorter = _own(facts, event, word(row, "severity"), start)
        if at is not None and shorter and shorter[0].at < at:
            shorter = _own(facts, event, word(row, "severity"), Receipt(at, at.date(), True))
        found = shorter or found
    return found


def _promises(facts: Facts, part: Mapping[str, Any], start: Receipt) -> tuple[list[Candidate], list[Extension]]:
    """What the complainant was told, and the extensions that count against it."""
    told = _told(facts, part)
    granted = [extension for extension in _extensions(facts, part, start, told) if extension.counts]
    if told is not None and granted:
        told = max(told, end_of(granted[-1].new_on, facts.watch.zone))
    return ([Candidate(told, "told")] if told else []), granted


def _told(facts: Facts, part: Mapping[str, Any]) -> datetime | None:
    on = day(part, "ack", "told_due_on") or day(part, "told_due_on")
    at = moment(part, facts.watch.zone, "ack", "told_due_at")
    return at or (end_of(on, facts.watch.zone) if on else None)


def _extensions(facts: Facts, part: Mapping[str, Any], start: Receipt, told: datetime | None) -> list[Extension]:
    """Every extension against the earlier of the told and the own date, as moved by those before it."""
    own = _by_severity(facts, "result", start)
    first = [due for due in (told, own[0].at if own else None) if due is not None]
    most = int(facts.watch.criteria.number(facts.on, "extensions_max", otherwise=99))
    return list(extensions_of(part, facts.watch.zone, min(first).date(), most)) if first else []


def extension_verdicts(value: Mapping[str, Any], watch: Watch, received: Receipt, contactable: bool) -> list[Extension]:
    """The extensions of the first handling, for the rules: which were told in time, which were too many."""
    facts = _facts(value, watch, received, contactable)
    return _extensions(facts, value, received, _told(facts, value))


def _granted(own: Candidate, grants: list[Extension], watch: Watch) -> Candidate:
    """An own limit after the extensions that count."""
    if not grants or end_of(grants[-1].new_on, watch.zone) <= own.at:
        return own
    return Candidate(end_of(grants[-1].new_on, watch.zone), "own")


def _paused(facts: Facts, candidates: list[Candidate]) -> list[Candidate]:
    cap = int(facts.watch.criteria.number(facts.on, "pauses", "cap_working_days", otherwise=0))
    return [facts.watch.lengthened(candidate, facts.pauses, cap) for candidate in candidates]


def _ticket(facts: Facts) -> list[Candidate]:
    """The date an authority or platform set; it is never rolled, paused or extended by us."""
    at, on = facts.at("source_due_at"), day(facts.value, "source_due_on")
    due = at or (end_of(on, facts.watch.zone) if on else None)
    return [Candidate(due, "ticket")] if due else []


def _redress(facts: Facts, part: Mapping[str, Any], start: Receipt, mark: str) -> list[Clock]:
    """Money owed and agreed; goodwill is owed by nobody's rule."""
    redress = child(facts.value, "redress")
    approved = moment(redress, facts.watch.zone, "approved_at")
    parts = rounds(facts.value)
    mine = [p for p in parts[1:] if approved and (at := moment(p, facts.watch.zone, "at")) and at <= approved]
    if not redress or child(redress, "goodwill") is True or (mine[-1] if mine else parts[0]) != dict(part):
        return []
    paid = day(redress, "paid_on")
    done = end_of(paid, facts.watch.zone) if paid else None
    return [facts.watch.clock("redress" + mark, start, _legal(facts, "redress", start), done, None)]


def _follow_up(facts: Facts, part: Mapping[str, Any], notified: datetime | None, mark: str) -> list[Clock]:
    """Asking afterwards (8.6 b): done when reached, refused, or tried often enough; none where nobody can be asked."""
    zone = facts.watch.zone
    closed = moment(part, zone, "closure", "at")
    begun = _last_notice(part, notified, facts) or closed
    if begun is None:
        return []
    attempts = sorted(
        (at, str(row.get("outcome")))
        for row in rows(part, "follow_up", "attempts")
        if (at := moment(row, zone, "at")) is not None
    )
    spoken = [at for at, outcome in attempts if outcome != "no-answer"]
    least = int(facts.watch.criteria.number(facts.on, "unreachable", "attempts_min", otherwise=1))
    done = spoken[0] if spoken else attempts[least - 1][0] if len(attempts) >= least else None
    exempt = word(part, "closure", "basis") in NO_FOLLOW_UP or not facts.contactable
    exempt = exempt or child(facts.value, "complainant", "follow_up_consent") is False
    exempt = exempt or bool(word(part, "follow_up", "not_possible"))
    start = Receipt(begun, begun.date(), True)
    own = [] if exempt else _own(facts, "follow-up", facts.severity, start)
    return [facts.watch.clock("follow-up" + mark, start, own, done, None)]


def _last_notice(part: Mapping[str, Any], notified: datetime | None, facts: Facts) -> datetime | None:
    """The last result told: a review's decision starts the follow-up anew."""
    told = [moment(row, facts.watch.zone, "result_notified", "at") for row in rows(part, "escalations")]
    return max((at for at in (notified, *told) if at is not None), default=None)
