"""From the facts of one record to its clocks: which steps it needs, when each began and was done.

A case solved in one contact (corrections 18) takes that one time for acknowledgement, response and notice.
After a reopening the clocks of response, result and follow-up run again as `response#1`, … ; the first ones
keep their times.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from .clocks import Candidate, Clock, Extension, Pause, Watch, extensions_of, pauses_of
from .moments import Receipt, day, end_of, inner, moment, read, rows, word
from .rounds import Round, rounds_of
from .states import NO_FOLLOW_UP

ENDS_WITHOUT_RESULT = frozenset(
    {"not_complaint", "duplicate", "transferred", "withdrawn", "unreachable", "not_contactable"}
)
TRIGGERS = ("personal_safety", "major_property_loss", "media_attention")


class Facts(NamedTuple):
    """What every clock of one case shares. `begun`: the receipt as own limits count it. `known`: the class that the
    people at intake could know, `assessed`: as first assessed, `severity`: as last assessed, after `raised`."""

    value: Mapping[str, Any]
    watch: Watch
    received: Receipt
    recorded: datetime | None
    begun: Receipt
    channel: str | None
    acknowledged: datetime | None
    known: str | None
    assessed: str | None
    severity: str | None
    raised: Sequence[Mapping[str, Any]]
    contactable: bool
    turns: tuple[Round, ...]
    pauses: list[Pause]

    def at(self, key: str, inner_key: str) -> datetime | None:
        return read(inner(self.value, key).get(inner_key), self.watch.zone)

    @property
    def on(self) -> date:
        return self.received.on


def clocks_of(value: Mapping[str, Any], watch: Watch, received: Receipt, contactable: bool) -> dict[str, Clock]:
    return clocks(facts_of(value, watch, received, contactable))


def clocks(facts: Facts) -> dict[str, Clock]:
    """The clocks of all rounds by name, in the order of the steps."""
    first, *again = facts.turns
    ended = _ended(facts, first)
    found = [
        _recording(facts), _acknowledgement(facts, first, ended), _first_answer(facts, first, ended), *_urgent(facts),
        _assessment(facts, ended), *_handling(facts, first, facts.received, ended),
    ]  # fmt: skip
    for turn in again:
        if turn.opened is not None:
            found += _handling(facts, turn, Receipt(turn.opened, turn.opened.date(), True), _ended(facts, turn))
    return {clock.event: clock for clock in found}


def clocks_unextended(facts: Facts) -> dict[str, Clock]:
    """The clocks as if nobody had extended them (K08, K12)."""
    plain = tuple(turn._replace(value={**turn.value, "extensions": []}) for turn in facts.turns)
    return clocks(facts._replace(turns=plain))


def facts_of(value: Mapping[str, Any], watch: Watch, received: Receipt, contactable: bool) -> Facts:
    assessment, channel = inner(value, "assessment"), word(value, "channel")
    assessed, raised = word(assessment, "severity"), rows(assessment, "reassessments")
    ack = inner(value, "ack")
    return Facts(
        value, watch, received, read(value.get("recorded_at"), watch.zone),
        watch.first_day(received, channel, received.on), channel,
        read(ack.get("at"), watch.zone), word(ack, "provisional_severity") or assessed, assessed,
        severity_of(value), raised, contactable,
        rounds_of(value, watch.zone), pauses_of(value, watch.zone, watch.as_of),
    )  # fmt: skip


def severity_of(value: Mapping[str, Any]) -> str | None:
    """The class as last assessed."""
    assessment = inner(value, "assessment")
    again = [named for row in rows(assessment, "reassessments") if (named := word(row, "severity"))]
    return again[-1] if again else word(assessment, "severity")


def triggered(value: Mapping[str, Any]) -> list[str]:
    """The triggers of the fast lane that are true: the three of the standard and the organisation's own."""
    triggers = inner(value, "triggers")
    if not triggers:
        return []
    own = triggers.get("others")
    return [name for name in TRIGGERS if triggers.get(name) is True] + (
        [str(name) for name in own] if isinstance(own, list) else []
    )


def _own(facts: Facts, event: str, severity: str | None, start: Receipt) -> tuple[Candidate, ...]:
    begun = facts.begun if start is facts.received else facts.watch.first_day(start, facts.channel, facts.on)
    return facts.watch.own_limit(event, severity, begun, facts.on)


def _legal(facts: Facts, end: str, start: Receipt) -> tuple[Candidate, ...]:
    """The limits of obligations with this end event; what is reported to an authority has no clock here."""
    category = word(inner(facts.value, "complainant"), "category")
    limits = facts.watch.criteria.legal_limits(end, facts.channel, category, facts.on)
    return tuple(facts.watch.after(legal.limit, start, "legal", legal.id) for legal in limits) if limits else ()


def _ended(facts: Facts, turn: Round) -> datetime | None:
    """When a round ended on grounds that leave its open steps undone."""
    reaction = inner(turn.value, "reaction")
    ended = [turn.closed] if turn.basis in ENDS_WITHOUT_RESULT else []
    if reaction.get("answer") == "withdrawn":
        ended.append(read(reaction.get("at"), facts.watch.zone))
    return min((at for at in ended if at is not None), default=None) if ended else None


def _recording(facts: Facts) -> Clock:
    own = _own(facts, "recording", facts.known, facts.received)
    return facts.watch.clock("recording", facts.received.at, own, facts.recorded, None)


def _acknowledgement(facts: Facts, first: Round, ended: datetime | None) -> Clock:
    done = facts.acknowledged or first.contact
    limits: tuple[Candidate, ...] = ()
    if facts.contactable and not facts.value.get("ack_not_possible"):
        limits = _own(facts, "acknowledgement", facts.known, facts.received)
        limits += _legal(facts, "acknowledged", facts.received)
    return facts.watch.clock("acknowledgement", facts.received.at, limits, done, ended)


def _first_answer(facts: Facts, first: Round, ended: datetime | None) -> Clock:
    """The first word of a person to the complainant; only laws and platforms set a limit for it."""
    answers = [first.contact, first.notified]
    if inner(facts.value, "ack").get("automatic") is not True:
        answers.append(facts.acknowledged)
    answers += [
        read(row.get("at"), facts.watch.zone)
        for row in rows(facts.value, "communications")
        if row.get("audience") == "complainant" and row.get("direction") != "in"
    ]
    done = min((at for at in answers if at is not None), default=None)
    limits = _legal(facts, "first_answer", facts.received) if facts.contactable else ()
    return facts.watch.clock("first-answer", facts.received.at, limits, done, ended)


def _urgent(facts: Facts) -> list[Clock]:
    """The fast lane runs from the moment a trigger was known, which may be days after receipt (8.2 b)."""
    if not triggered(facts.value):
        return []
    known = facts.at("triggers", "known_at")
    start = Receipt(known, known.date(), True) if known else facts.received
    return [
        facts.watch.clock(event, start.at, _own(facts, event, facts.severity, start), facts.at("fast_lane", key), None)
        for event, key in (("fast-lane", "activated_at"), ("first-action", "first_action_at"))
    ]


def _assessment(facts: Facts, ended: datetime | None) -> Clock:
    own = _own(facts, "assessment", facts.assessed, facts.received)
    return facts.watch.clock("assessment", facts.received.at, own, facts.at("assessment", "at"), ended)


def _handling(facts: Facts, turn: Round, start: Receipt, ended: datetime | None) -> list[Clock]:
    """Investigation, response, result, redress and follow-up of one round."""
    watch, mark, found = facts.watch, turn.mark, []
    told, grants = _promises(facts, turn, start)
    if not turn.nth and turn.contact is None:
        investigation = inner(turn.value, "investigation")
        done = read(investigation.get("facts_sufficient_at"), watch.zone)
        done = done or read(investigation.get("finished_at"), watch.zone)
        own = _extended(facts, "investigation", start, grants)
        found.append(watch.clock("investigation", start.at, own, done, ended))
    own = _extended(facts, "response", start, grants)
    found.append(watch.clock("response" + mark, start.at, own, turn.proposed or turn.contact, ended))
    limits: tuple[Candidate, ...] = ()
    if facts.contactable:
        limits = _extended(facts, "result", start, grants) + _paused(facts, told)
        limits += (() if turn.nth else _ticket(facts)) + _legal(facts, "result", start)
    notified = turn.notified or turn.contact
    found.append(watch.clock("result" + mark, start.at, limits, notified, ended))
    return [*found, *_redress(facts, turn, start), *_follow_up(facts, turn, notified)]


def _extended(facts: Facts, event: str, start: Receipt, grants: Sequence[Extension]) -> tuple[Candidate, ...]:
    """The own limit of the class, after pauses and the extensions that count."""
    own = _paused(facts, _by_severity(facts, event, start))
    return tuple(_granted(candidate, grants, facts.watch) for candidate in own) if grants else own


def _by_severity(facts: Facts, event: str, start: Receipt) -> tuple[Candidate, ...]:
    """The limit of the class; where it was raised later, the shorter limit never ends before it was raised."""
    found = _own(facts, event, facts.assessed, start)
    for row in facts.raised:
        at = moment(row, facts.watch.zone, "at")
        shorter = _own(facts, event, word(row, "severity"), start)
        if at is not None and shorter and shorter[0].at < at:
            shorter = _own(facts, event, word(row, "severity"), Receipt(at, at.date(), True))
        found = shorter or found
    return found


def _promises(facts: Facts, turn: Round, start: Receipt) -> tuple[tuple[Candidate, ...], Sequence[Extension]]:
    """What the complainant was told, and the extensions that count against it."""
    told = _told(facts, turn.value)
    if not turn.value.get("extensions"):
        return (() if told is None else (Candidate(told, "told"),)), ()
    granted = [extension for extension in _extensions(facts, turn.value, start, told) if extension.counts]
    if told is not None and granted:
        told = max(told, end_of(granted[-1].new_on, facts.watch.zone))
    return (() if told is None else (Candidate(told, "told"),)), granted


def _told(facts: Facts, value: Mapping[str, Any]) -> datetime | None:
    ack = inner(value, "ack")
    if (at := read(ack.get("told_due_at"), facts.watch.zone)) is not None:
        return at
    on = day(ack.get("told_due_on")) or day(value.get("told_due_on"))
    return end_of(on, facts.watch.zone) if on else None


def _extensions(facts: Facts, value: Mapping[str, Any], start: Receipt, told: datetime | None) -> list[Extension]:
    """Every extension against the earlier of the told and the own date, as moved by those before it."""
    own = _by_severity(facts, "result", start)
    first = [due for due in (told, own[0].at if own else None) if due is not None]
    most = int(facts.watch.criteria.number(facts.on, "extensions_max", otherwise=99))
    return list(extensions_of(value, facts.watch.zone, min(first).date(), most)) if first else []


def extension_verdicts(value: Mapping[str, Any], watch: Watch, received: Receipt, contactable: bool) -> list[Extension]:
    """The extensions of the first handling, for the rules: which were told in time, which were too many."""
    if not value.get("extensions"):
        return []
    facts = facts_of(value, watch, received, contactable)
    return _extensions(facts, value, received, _told(facts, value))


def _granted(own: Candidate, grants: Sequence[Extension], watch: Watch) -> Candidate:
    """An own limit after the extensions that count."""
    moved = end_of(grants[-1].new_on, watch.zone)
    return own if moved <= own.at else Candidate(moved, "own")


def _paused(facts: Facts, candidates: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
    if not facts.pauses:
        return candidates
    cap = int(facts.watch.criteria.number(facts.on, "pauses", "cap_working_days", otherwise=0))
    return tuple(facts.watch.lengthened(candidate, facts.pauses, cap) for candidate in candidates)


def _ticket(facts: Facts) -> tuple[Candidate, ...]:
    """The date an authority or platform set; it is never rolled, paused or extended by us."""
    at, on = read(facts.value.get("source_due_at"), facts.watch.zone), day(facts.value.get("source_due_on"))
    due = at or (end_of(on, facts.watch.zone) if on else None)
    return (Candidate(due, "ticket"),) if due else ()


def _redress(facts: Facts, turn: Round, start: Receipt) -> list[Clock]:
    """Money owed and agreed, in the round in which it was; goodwill is owed by nobody's rule."""
    redress = inner(facts.value, "redress")
    if not redress or redress.get("goodwill") is True:
        return []
    approved = read(redress.get("approved_at"), facts.watch.zone)
    mine = [t.nth for t in facts.turns[1:] if approved and t.opened and t.opened <= approved]
    if turn.nth != (mine[-1] if mine else 0):
        return []
    paid = day(redress.get("paid_on"))
    done = end_of(paid, facts.watch.zone) if paid else None
    return [facts.watch.clock("redress" + turn.mark, start.at, _legal(facts, "redress_paid", start), done, None)]


def _follow_up(facts: Facts, turn: Round, notified: datetime | None) -> list[Clock]:
    """Asking afterwards (8.6 b): done when reached, refused, or tried often enough; none where nobody can be asked.
    The last result told counts: a review's decision starts the follow-up anew."""
    begun = max((notified, *turn.told) if notified else turn.told, default=turn.closed)
    if begun is None:
        return []
    follow_up, start = inner(turn.value, "follow_up"), Receipt(begun, begun.date(), True)
    exempt = turn.basis in NO_FOLLOW_UP or not facts.contactable or bool(word(follow_up, "not_possible"))
    exempt = exempt or inner(facts.value, "complainant").get("follow_up_consent") is False
    own = () if exempt else _own(facts, "follow-up", facts.severity, start)
    return [facts.watch.clock("follow-up" + turn.mark, begun, own, _asked(facts, follow_up), None)]


def _asked(facts: Facts, follow_up: Mapping[str, Any]) -> datetime | None:
    """When somebody was spoken to, else when the last of the tries was made that the organisation asks for."""
    tries = rows(follow_up, "attempts")
    attempts = sorted((at, str(row.get("outcome"))) for row in tries if (at := read(row.get("at"), facts.watch.zone)))
    for at, outcome in attempts:
        if outcome != "no-answer":
            return at
    if not attempts:
        return None
    least = int(facts.watch.criteria.number(facts.on, "unreachable", "attempts_min", otherwise=1))
    return attempts[least - 1][0] if len(attempts) >= least else None
