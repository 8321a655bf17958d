"""8.2: receiving, recording, sorting, the fast lane, and what the complainant is told at the start."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from ...load.positions import place
from ...measure.cases import Case
from ...measure.criteria import Limit
from ...measure.moments import child, day, rows, word, words
from ...measure.states import agreed, last_reaction
from ...model import Pointer
from ...problems import Problem, Rule, problem
from ..reporting import joined
from .desk import Desk, amount, found, shown

NUMBER_YEAR = Rule("number-year", "contradiction", "own", source="V01")
NUMBER_GAP = Rule("number-gap", "due", "own", source="V01")
TIME_IN_FUTURE = Rule("time-in-future", "contradiction", "own", source="V02")
BEFORE_RECEIPT = Rule("before-receipt", "contradiction", "own", source="V03")
AUTOMATIC_ONLY = Rule("acknowledgement-automatic-only", "lapse", "explicit", source="V05")
TOLD_BEFORE_ACKNOWLEDGEMENT = Rule("told-date-before-acknowledgement", "contradiction", "own", source="V06")
TOLD_DATE_TOO_LATE = Rule("told-date-too-late", "lapse", "own", source="V06")
NEW_DATE_NOT_TOLD = Rule("new-date-not-told", "lapse", "own", source="V06")
FAST_LANE_MISSING = Rule("fast-lane-missing", "lapse", "explicit", source="V07")
FIRST_ACTION_MISSING = Rule("first-action-missing", "due", "explicit", source="V07")
FAST_LANE_WITHOUT_TRIGGER = Rule("fast-lane-without-trigger", "contradiction", "implied", source="V08")
URGENT_WORDS = Rule("urgent-words", "contradiction", "implied", source="V09")
MAJOR_LOSS_NOT_FLAGGED = Rule("major-loss-not-flagged", "contradiction", "own", source="V11")
CONTACT_CONTRADICTION = Rule("contact-contradiction", "contradiction", "own", source="V37")
AGENT_WITHOUT_AUTHORITY = Rule("agent-without-authority", "contradiction", "implied", source="V38")
TICKET_INCOMPLETE = Rule("ticket-incomplete", "contradiction", "own", source="V44")
TOLD_LATER_THAN_AUTHORITY = Rule("told-later-than-authority", "lapse", "own", source="V44")
TYPE_NOT_IN_FORCE = Rule("type-not-in-force", "contradiction", "own", source="V45")
RULES = (
    NUMBER_YEAR, NUMBER_GAP, TIME_IN_FUTURE, BEFORE_RECEIPT, AUTOMATIC_ONLY, TOLD_BEFORE_ACKNOWLEDGEMENT,
    TOLD_DATE_TOO_LATE, NEW_DATE_NOT_TOLD, FAST_LANE_MISSING, FIRST_ACTION_MISSING, FAST_LANE_WITHOUT_TRIGGER,
    URGENT_WORDS, MAJOR_LOSS_NOT_FLAGGED, CONTACT_CONTRADICTION, AGENT_WITHOUT_AUTHORITY,
    TICKET_INCOMPLETE, TOLD_LATER_THAN_AUTHORITY, TYPE_NOT_IN_FORCE,
)  # fmt: skip

NUMBER = re.compile(r"([0-9]{4})-([0-9]+)$")
PLANNED = frozenset({"source_due_at", "told_due_at"})
PAST_DAYS = frozenset({"received_on", "paid_on", "done_on", "event_on", "on"})
GAP_DAYS = 7
"""Two clerks may record at the same time; a number that stays unused this long needs a void record."""
AUTHORITY = re.compile("12315|12345|regulator")
"""Channels through which authorities pass on complaints, where the profile does not say so itself."""
AFTER_RECEIPT: tuple[tuple[str, ...], ...] = (
    ("recorded_at",), ("ack", "at"), ("first_contact", "at"), ("assessment", "at"), ("fast_lane", "activated_at"),
    ("investigation", "started_at"), ("response", "proposed_at"), ("result_notified", "at"), ("reaction", "at"),
    ("closure", "at"),
)  # fmt: skip
"""What cannot have happened before the complaint came in (V03)."""


def check(desk: Desk, case: Case) -> Iterator[Problem]:
    yield from _times(desk, case)
    yield from _told(desk, case)
    yield from _urgency(desk, case)
    yield from _people(case)
    yield from _sorting(desk, case)


def _times(desk: Desk, case: Case) -> Iterator[Problem]:
    received = case.received.at if case.received.exact else None
    for pointer in _future(desk, case.value, ()):
        yield found(TIME_IN_FUTURE, case, pointer, ("8.2.rec",), as_of=shown(desk.as_of))
    for keys in AFTER_RECEIPT:
        at = desk.at(case, *keys)
        if at is not None and (at < received if received else at.date() < case.received.on):
            began = shown(received or case.received.on)
            yield found(BEFORE_RECEIPT, case, keys, ("8.2.rec",), field=".".join(keys), at=shown(at), received=began)
    number = NUMBER.search(case.id)
    if number and int(number[1]) != case.received.on.year:
        yield found(NUMBER_YEAR, case, ("id",), ("7.5.2.id", "8.2.rec"), year=case.received.on.year)


def _future(desk: Desk, value: Any, at: Pointer) -> Iterator[Pointer]:
    """V02: things that are said to have happened after the as-of date."""
    if isinstance(value, dict):
        for key, child_value in value.items():
            if isinstance(child_value, dict | list):
                yield from _future(desk, child_value, (*at, key))
            elif (key == "at" or key.endswith("_at")) and key not in PLANNED:
                moment_of = desk.at(child_value)
                if moment_of is not None and moment_of.date() > desk.as_of:
                    yield (*at, key)
            elif key in PAST_DAYS and (on := day(child_value)) is not None and on > desk.as_of:
                yield (*at, key)
    elif isinstance(value, list):
        for index, child_value in enumerate(value):
            yield from _future(desk, child_value, (*at, index))


def _told(desk: Desk, case: Case) -> Iterator[Problem]:
    ack, on = child(case.value, "ack"), desk.at(case, "ack", "at")
    if not isinstance(ack, dict) or on is None:
        return
    at_due = desk.at(ack, "told_due_at")
    told = day(ack, "told_due_on") or (at_due.date() if at_due else None)
    spoken = any(row.get("purpose") == "ack" and row.get("direction") != "in" for row in _said(case))
    if ack.get("automatic") is True and not spoken and (told is None or not word(ack, "told_process")):
        breach = ("acknowledgement",)
        yield found(AUTOMATIC_ONLY, case, ("ack", "automatic"), ("8.2.c.ack", "8.2.c.info"), breach=breach)
    if told is None:
        return
    where = ("ack", "told_due_on")
    if told < on.date():
        yield found(TOLD_BEFORE_ACKNOWLEDGEMENT, case, where, ("8.2.c.info",), told=shown(told), at=shown(on))
    limit = desk.criteria.limit("result", word(ack, "provisional_severity"), case.received.on)
    own = _own_date(desk, case, limit) if limit else None
    if own is not None and told > own:
        facts = {"told": shown(told), "due": shown(own)}
        yield found(TOLD_DATE_TOO_LATE, case, where, ("8.2.c.info",), breach=("told-date",), facts=facts)
    source = desk.at(case, "source_due_at")
    ticket = day(case.value, "source_due_on") or (source.date() if source else None)
    if ticket is not None and told > ticket:
        facts = {"told": shown(told), "due": shown(ticket)}
        late = ("authority-date", "told-date")
        yield found(TOLD_LATER_THAN_AUTHORITY, case, where, ("8.2.c.info",), breach=late, facts=facts)
    yield from _raised(desk, case, told)


def _said(case: Case) -> list[dict[str, Any]]:
    return [row for row in rows(case.value, "communications") if row.get("audience") == "complainant"]


def _own_date(desk: Desk, case: Case, limit: Limit) -> date:
    """The last day of an own limit, what comes after hours counted as the organisation counts it."""
    watch = desk.complaints.watch
    start = watch.first_day(case.received, word(case.value, "channel"), case.received.on)
    return watch.after(limit, start, "own").at.date()


def _raised(desk: Desk, case: Case, told: date) -> Iterator[Problem]:
    """A class raised after the acknowledgement makes an earlier date, which is told within a working day."""
    acknowledged, notified = desk.at(case, "ack", "at"), desk.at(case, "result_notified", "at")
    for index, row in enumerate(rows(case.value, "assessment", "reassessments")):
        at, limit = desk.at(row, "at"), desk.criteria.limit("result", word(row, "severity"), case.received.on)
        if at is None or limit is None or (acknowledged and acknowledged >= at) or (notified and notified <= at):
            continue
        own = _own_date(desk, case, limit)
        until = desk.complaints.watch.own.due(at.date(), 1).on
        notices = [row for row in _said(case) if row.get("direction") != "in"]
        told_again = any(
            (said := desk.at(notice, "at")) is not None and at <= said and said.date() <= until
            for notice in [*notices, child(case.value, "result_notified") or {}]
        )
        if own < told and desk.as_of > until and not told_again and case.contactable:
            where = ("assessment", "reassessments", index)
            yield found(NEW_DATE_NOT_TOLD, case, where, ("8.2.c.info",), breach=("told-date",), due=shown(own))


def _urgency(desk: Desk, case: Case) -> Iterator[Problem]:
    lane, triggers = child(case.value, "fast_lane"), child(case.value, "triggers")
    running = (clock := case.clocks.get("fast-lane")) is not None and clock.status == "running"
    # A duplicate is handled with its master, in the master's fast lane.
    if case.triggers and not desk.at(lane, "activated_at") and not running and case.closure_basis != "duplicate":
        names = joined(case.triggers)
        yield found(FAST_LANE_MISSING, case, ("triggers",), ("8.2.b",), breach=("fast-lane",), names=names)
    clock = case.clocks.get("first-action")
    if lane and clock is not None and clock.status == "overdue":
        yield found(FIRST_ACTION_MISSING, case, ("fast_lane",), ("8.2.b",), due=shown(clock.due_at))
    cleared = {word(row, "trigger") for row in rows(triggers, "cleared")}
    explained = cleared or child(triggers, "precaution") is True or child(lane, "released")
    if lane and not case.triggers and not explained:
        yield found(FAST_LANE_WITHOUT_TRIGGER, case, ("fast_lane",), ("8.2.b",))
    if not case.value.get("urgency_review") and child(triggers, "precaution") is not True:
        signs = _signs(desk, case, cleared)
        if signs:
            yield found(URGENT_WORDS, case, ("description",), ("8.2.b",), words=joined(signs[:4]))
    if "major_property_loss" not in {*case.triggers, *cleared}:
        yield from _loss(desk, case)


def _loss(desk: Desk, case: Case) -> Iterator[Problem]:
    """V11: a sum that the organisation itself calls a major loss opens the fast lane, or is cleared with a reason."""
    most = desk.criteria.threshold("major-property-loss", "amount_min", case.received.on)
    sums = [amount(case.value.get("claimed_amount")), amount(child(case.value, "redress", "amount"))]
    largest = max((value for value in sums if value is not None), default=None)
    if most is not None and largest is not None and largest >= most:
        facts = {"amount": str(largest), "most": f"{most:g}"}
        yield found(MAJOR_LOSS_NOT_FLAGGED, case, ("triggers",), ("8.2.b",), facts=facts)


def _signs(desk: Desk, case: Case, cleared: set[str | None]) -> list[str]:
    """Words of danger or publicity that the organisation lists with a trigger nobody has set (V09)."""
    text = str(case.value.get("description") or "")
    version = desk.criteria.at("urgent-criteria", case.received.on)
    answered = {*case.triggers, *cleared}
    return [
        sign for row in rows(version, "triggers")
        if row.get("trigger") in ("personal_safety", "media_attention") and row.get("trigger") not in answered
        for sign in words(row, "signs") if sign in text
    ]  # fmt: skip


def _people(case: Case) -> Iterator[Problem]:
    said = child(case.value, "complainant", "contactable")
    by_phone = child(case.value, "ack", "method") == "phone"
    given_up = case.closure_basis == "not_contactable"
    if (case.anonymous and said is True) or (said is False and by_phone) or (given_up and said is True):
        yield found(CONTACT_CONTRADICTION, case, ("complainant",), ("8.2.rec",))
    agent = child(case.value, "complainant", "agent")
    if agent is None and child(case.value, "complainant", "category") == "agent":
        agent = {}
    given = case.value.get("redress") or agreed(last_reaction(case.value))
    if isinstance(agent, dict) and given and not agent.get("authority_evidence"):
        yield found(AGENT_WITHOUT_AUTHORITY, case, ("complainant", "agent"), ("8.2.rec",))


def _sorting(desk: Desk, case: Case) -> Iterator[Problem]:
    if _from_authority(desk, case):
        dated = case.value.get("source_due_at") or case.value.get("source_due_on")
        if not case.value.get("external_case_no") or not dated:
            yield found(TICKET_INCOMPLETE, case, ("channel",), ("8.2.rec",), channel=str(case.value.get("channel")))
    for name, group, pointer in _sorted_as(case):
        known = [row for entry in desk.of("intake-criteria") for row in rows(entry.value, group)]
        mine = [row for row in known if row.get("id") == name]
        valid = any(
            (day(row, "from_on") or case.received.on) <= case.received.on <= (day(row, "to_on") or case.received.on)
            for row in mine
        )
        if mine and not valid:
            yield found(TYPE_NOT_IN_FORCE, case, pointer, ("8.2.a",), name=name, received=shown(case.received.on))


def _from_authority(desk: Desk, case: Case) -> bool:
    channel = word(case.value, "channel") or ""
    row = next((row for row in rows(desk.organisation, "channels") if row.get("id") == channel), {})
    said = row.get("authority")
    return said if isinstance(said, bool) else bool(AUTHORITY.search(channel))


def _sorted_as(case: Case) -> Iterator[tuple[str, str, Pointer]]:
    for index, name in enumerate(words(case.value, "types")):
        yield name, "types", ("types", index)
    cause = word(case.value, "cause", "group")
    if cause is not None:
        yield cause, "cause_groups", ("cause", "group")


def check_all(desk: Desk) -> Iterator[Problem]:
    """V01: numbers without gaps; one not used needs a void record, else nobody knows what was taken out."""
    used: dict[tuple[str, int], dict[int, Case]] = {}
    for case in desk.complaints.cases:
        number = NUMBER.search(case.id)
        if number and not case.imported:
            used.setdefault((case.id[: number.start()], int(number[1])), {})[int(number[2])] = case
    void = {entry.id for entry in desk.of("void")}
    for (prefix, year), numbers in used.items():
        lead = f"{prefix}{year}-"
        unused = {int(one.removeprefix(lead)) for one in void if re.fullmatch(re.escape(lead) + "[0-9]+", one)}
        width = min(len(case.id.rsplit("-", 1)[1]) for case in numbers.values())
        ordered = sorted(numbers)
        # Only the ends of a gap are looked at: a number typed wrong may leave millions between.
        for before, taken in pairwise([0, *sorted({*numbers, *unused})]):
            place_after = bisect_left(ordered, taken)
            if taken - before < 2 or place_after == len(ordered):
                continue
            after = numbers[ordered[place_after]]
            missing = f"{lead}{before + 1:0{width}d}" + (f"…{taken - 1:0{width}d}" if taken - before > 2 else "")
            young = desk.as_of - after.received.on <= timedelta(days=GAP_DAYS)
            yield problem(
                NUMBER_GAP, place(after.entry, ("id",)), ("8.2.rec",), basis="implied" if young else "own",
                missing=missing, after=after.id,
            )  # fmt: skip
