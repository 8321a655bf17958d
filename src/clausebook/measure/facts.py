"""One row a case: the facts that rules, pages and indicators share (9.1 a). What a row says is defined here only.

A row holds what the record says and what the case amounts to (`measure/cases`): when each clock started, was
due and stopped. What follows from two of those, such as hours taken or whether a due time has passed, is one
expression over the columns (`DERIVED`), so that it cannot be told twice. Times are local times of the
organisation; a case whose hour is unknown has a date only, and its clocks know what that means (8.2).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from typing import Any

from .cases import Case, person_of
from .clocks import Clock, Watch
from .local_times import written, written_day
from .moments import NOTHING, inner, moment, read, rows
from .rounds import Round
from .stages import clocks_unextended
from .states import agreed, last_reaction, refused

Cell = str | int | float | bool | date | datetime | None
Row = tuple[Cell, ...]


CLOCKS = {
    "recording": "recording", "acknowledgement": "acknowledgement", "fast_lane": "fast-lane",
    "first_action": "first-action", "assessment": "assessment", "response": "response", "result": "result",
    "follow_up": "follow-up",
}  # fmt: skip
"""Column prefix → event of the clock."""
DIMENSIONS = {
    "type": "type", "source": "source", "severity": "severity", "product": "product", "line": "product_line",
    "site": "site", "provider": "provider", "channel": "channel", "department": "department", "cause": "cause_group",
}  # fmt: skip
"""Dimension of a breakdown → column. `month` and `quarter` cut the period instead."""

RAW: Mapping[str, str] = {
    "id": "VARCHAR", "received_on": "DATE", "received_at": "TIMESTAMP", "recorded_at": "TIMESTAMP",
    "channel": "VARCHAR", "form": "VARCHAR", "product": "VARCHAR", "product_line": "VARCHAR", "site": "VARCHAR",
    "department": "VARCHAR", "provider": "VARCHAR", "type": "VARCHAR", "cause_group": "VARCHAR",
    "severity": "VARCHAR", "state": "VARCHAR", "counted": "BOOLEAN", "imported": "BOOLEAN", "before_start": "BOOLEAN",
    "contactable": "BOOLEAN", "anonymous": "BOOLEAN", "person_known": "BOOLEAN", "collective": "VARCHAR",
    "urgent": "BOOLEAN", "precaution": "BOOLEAN", "ack_automatic": "BOOLEAN", "closure_basis": "VARCHAR",
    "closed_at": "TIMESTAMP", "log_closed": "BOOLEAN", "reopened": "INTEGER", "first_response_at": "TIMESTAMP",
    "first_notified_at": "TIMESTAMP",
    "notified_at": "TIMESTAMP", "paused_days": "INTEGER", "substantiated": "VARCHAR", "investigated_at": "TIMESTAMP",
    "reaction": "VARCHAR", "first_reaction": "VARCHAR", "rejected_at": "TIMESTAMP",
    "alternatives_told_at": "TIMESTAMP", "escalated_internal": "BOOLEAN", "escalated_external": "BOOLEAN",
    "repeat_r1": "BOOLEAN", "repeat_r2": "BOOLEAN", "repeat_system": "BOOLEAN", "chasing": "INTEGER",
    "process_score": "INTEGER", "outcome_score": "INTEGER", "scored_at": "TIMESTAMP", "follow_up_outcome": "VARCHAR",
    "redress_amount": "DECIMAL(14,2)", "redress_currency": "VARCHAR", "redress_paid_on": "DATE", "goodwill": "BOOLEAN",
    "complete_at_entry": "BOOLEAN",
    **{f"{clock}_{what}": kind for clock in CLOCKS for what, kind in
       (("started_at", "TIMESTAMP"), ("due_at", "TIMESTAMP"), ("done_at", "TIMESTAMP"), ("status", "VARCHAR"))},
    **{f"{clock}_first_{what}": kind for clock in ("response", "result") for what, kind in
       (("due_at", "TIMESTAMP"), ("status", "VARCHAR"))},
}  # fmt: skip
"""Columns as written, in order, with their types in DuckDB."""

EXTENDED = ("response", "result")
"""Clocks that an extension moves; they are also told as if nobody had extended them (K08, K12)."""
_TIMED = ("acknowledgement", "fast_lane", "first_action", "assessment", "response", "result", "follow_up")


def derived() -> str:
    """The SELECT that makes table `facts` of the raw columns: what is said in two of them, told once.

    A clock is *matured* when its due day is over on the as-of date and the step was not spared, as by a
    withdrawal before; only matured ones are judged, open or not, so that waiting never flatters a rate (R 5.1).
    """
    told = [
        f"{c}_status <> 'none' AND {c}_due_at::DATE < $as_of AS {c}_matured, {c}_status = 'met' AS {c}_on_time,"
        f"{c}_status <> 'none' AND {c}_due_at::DATE >= $as_of AS {c}_waiting,"
        f"CASE WHEN received_at IS NOT NULL THEN (epoch({c}_done_at) - epoch({c}_started_at)) / 3600 END AS {c}_hours,"
        for c in _TIMED
    ]
    days = [f"d_{c}.n - d_received.n AS {c}_working_days," for c in ("acknowledgement", "assessment")]
    unextended = [
        f"{c}_first_status <> 'none' AND {c}_first_due_at::DATE < $as_of AS {c}_first_matured,"
        f"{c}_first_status = 'met' AS {c}_first_on_time,"
        for c in EXTENDED
    ]
    joins = [f"LEFT JOIN calendar d_{c} ON d_{c}.day = {c}_done_at::DATE" for c in
             ("acknowledgement", "assessment", "follow_up")]  # fmt: skip
    return f"""
    SELECT raw.*, channel AS source, {" ".join(told)} {" ".join(days)}
      strftime(received_on, '%Y-%m') AS month, year(received_on) || '-Q' || quarter(received_on) AS quarter,
      year(received_on) AS year, closed_at::DATE AS closed_on, closed_at IS NOT NULL OR log_closed AS closed,
      counted AND coalesce(closure_basis, '') <> 'transferred' AS in_scope,
      d_response.n - d_received.n AS response_working_days, d_notified.n - d_received.n AS result_working_days,
      greatest(d_notified.n - d_received.n - paused_days, 0) AS result_net_working_days,
      d_closed.n - d_received.n AS closing_working_days, d_follow_up.n - d_notified.n AS follow_up_working_days,
      d_told.n - d_rejected.n AS alternatives_working_days, d_now.n - d_rejected.n AS since_rejection_working_days,
      {" ".join(unextended)}
    FROM raw LEFT JOIN calendar d_received ON d_received.day = received_on
      LEFT JOIN calendar d_response ON d_response.day = first_response_at::DATE
      LEFT JOIN calendar d_notified ON d_notified.day = notified_at::DATE
      LEFT JOIN calendar d_closed ON d_closed.day = closed_at::DATE
      LEFT JOIN calendar d_told ON d_told.day = alternatives_told_at::DATE
      LEFT JOIN calendar d_rejected ON d_rejected.day = rejected_at::DATE
      LEFT JOIN calendar d_now ON d_now.day = $as_of {" ".join(joins)}
    ORDER BY received_on, id"""


@dataclass(frozen=True, slots=True)
class House:
    """What holds for all cases: what clocks need to know, product lines, forms of the channels.

    `first`: path → the record as it was first committed, of those that were changed since and git answers for.
    """

    watch: Watch
    lines: Mapping[str, str]
    forms: Mapping[str, str]
    first: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def zone(self) -> tzinfo:
        return self.watch.zone


def fact_rows(cases: Iterable[Case], house: House) -> Iterator[Row]:
    """The raw rows, in the order of `RAW`."""
    return (_row(case, house) for case in cases)


def _row(case: Case, house: House) -> Row:
    value, facts, turns = case.entry.value, case.facts, case.facts.turns
    received_at = written(case.received.at) if case.received.exact else None
    return (
        case.id, written_day(case.received.on), received_at, written(facts.recorded), *_about(case, value, house),
        *_urgency(case, value), *_outcome(case, house), *_reactions(value, turns, house.zone), *_repeats(case, value),
        *_scores(case, house.zone), *_redress(value),
        _complete(value, house.first.get(case.entry.path, value)), *_clocks(case, received_at),
    )  # fmt: skip


def _about(case: Case, value: Mapping[str, Any], house: House) -> Row:
    """What it is about, who complained, what the case amounts to."""
    product, channel = value.get("product"), value.get("channel")
    # Who cannot be reached is outside what presumes an answer; the number left out is printed (R 5.1).
    return (
        channel, value.get("form") or house.forms.get(str(channel)), product, house.lines.get(str(product)),
        value.get("site"), value.get("department"),
        inner(value, "outsourcing").get("provider") or value.get("provider"),
        next(iter(value.get("types") or ()), None), case.cause,
        case.severity, case.state, case.counted, case.imported, case.started_before_system,
        case.contactable and "ack_not_possible" not in value, case.anonymous, person_of(value) is not None,
        inner(value, "collective").get("event"),
    )  # fmt: skip


def _urgency(case: Case, value: Mapping[str, Any]) -> Row:
    # Found urgent only later is a miss of the fast lane, not a reason to leave it out (8.2 b, K21).
    return (
        bool(case.triggers) or inner(value, "urgency_review").get("urgent") is True,
        not case.triggers and inner(value, "triggers").get("precaution") is True,
        inner(value, "ack").get("automatic") is True,
    )


def _outcome(case: Case, house: House) -> Row:
    """The last closing rules, so a reopened case is closed once; opened again it is not closed (R 5.1)."""
    facts, turns = case.facts, case.facts.turns
    proposed = min((at for turn in turns for at in (turn.proposed, turn.contact) if at is not None), default=None)
    investigation, working = inner(facts.value, "investigation"), house.watch.own.provisional()
    # What an older log said of its end counts in trends, though it names no basis (corrections 6).
    log = inner(facts.value, "imported")
    return (
        case.closure_basis, written(case.closed_at) or _end(log.get("closed_on")),
        log.get("state") == "closed" or "closed_on" in log, case.reopened,
        written(proposed) or _end(log.get("responded_on")), written(min(turns[0].notices, default=None)),
        # Opened again, a case is resolved by its last round only (K09).
        written(max(turns[-1].notices, default=None)),
        sum(working.count(pause.start.date(), pause.end.date()) for pause in facts.pauses),
        investigation.get("substantiated"), written(read(investigation.get("finished_at"), house.zone)),
    )  # fmt: skip


def _end(on: Any) -> str | None:
    return f"{on} 23:59:59" if isinstance(on, str) else None


def _reactions(value: Mapping[str, Any], turns: Sequence[Round], zone: tzinfo) -> Row:
    """The first answer to the first result stays what it was, whatever is accepted later (K18)."""
    reviews = [row for turn in turns for row in turn.reviews]
    answers = [inner(part, "reaction") for part in (*(turn.value for turn in turns), *reviews)]
    rejected = [at for answer in answers if refused(answer) and (at := read(answer.get("at"), zone))]
    last, first = _answer(last_reaction(turns[-1].value), turns[-1].value), _answer(value.get("reaction"), value)
    routes = {str(row.get("route")) for row in reviews}
    start = min(rejected) if rejected else None
    return (
        last, first, written(start), written(_alternatives(turns, start, zone)) if start else None,
        bool(routes & INTERNAL), bool(routes - INTERNAL),
    )  # fmt: skip


def _alternatives(turns: Sequence[Round], rejected: datetime, zone: tzinfo) -> datetime | None:
    """When the other ways were told, on the day of the rejection or later."""
    told = (moment(row, zone, "told_at") for turn in turns for row in rows(turn.value, "alternatives"))
    return min((at for at in told if at is not None and at.date() >= rejected.date()), default=None)


INTERNAL = frozenset({"senior-review", "appeal"})
"""Routes inside the organisation; every other one leads outside (8.6 d)."""


def _answer(reaction: Any, turn: Mapping[str, Any]) -> str | None:
    answer = reaction.get("answer") if isinstance(reaction, Mapping) else None
    if agreed(reaction) or inner(turn, "first_contact").get("accepted") is True:
        return "accepted"
    return "rejected" if refused(reaction) else answer


def _repeats(case: Case, value: Mapping[str, Any]) -> Row:
    chasing = sum(
        row.get("direction") == "in" and row.get("purpose") == "contact" for row in rows(value, "communications")
    )
    return bool(case.repeats.r1), bool(case.repeats.r2), bool(case.repeats.system), chasing


def _scores(case: Case, zone: tzinfo) -> Row:
    """The last follow-up; of several only one counts."""
    asked = (turn.value for turn in reversed(case.facts.turns) if turn.value.get("follow_up"))
    follow_up = inner(next(asked, NOTHING), "follow_up")
    tries = [at for row in rows(follow_up, "attempts") if (at := read(row.get("at"), zone))]
    return (
        follow_up.get("process_score"), follow_up.get("outcome_score"), written(max(tries, default=None)),
        case.follow_up_outcome,
    )  # fmt: skip


def _redress(value: Mapping[str, Any]) -> Row:
    redress = inner(value, "redress")
    return redress.get("amount"), redress.get("currency"), redress.get("paid_on"), redress.get("goodwill") is True


ENTERED = ("channel", "description", "product", "types", "remedy_sought", "complainant")
"""What intake asks a person for beside the date (8.2, corrections 23); put right later, the entry was not complete."""


def _complete(value: Mapping[str, Any], first: Mapping[str, Any]) -> bool:
    for entered in (value, first):
        if not all(map(entered.get, ENTERED)) or not (entered.get("received_at") or entered.get("received_on")):
            return False
    mended = {str(row.get("field", "")).split(".")[0] for row in rows(value, "corrections")}
    return not mended & {*ENTERED, "received_at", "received_on"}


def _clocks(case: Case, received_at: str | None) -> Sequence[Cell]:
    clocks = case.clocks
    if not clocks:
        return NO_CLOCKS
    found: list[Cell] = []
    received = case.received.at
    begun = received_at or written(received)
    counting = _once(case, clocks)
    for event in CLOCKS.values():
        clock = counting.get(event)
        if clock is None:
            found += NO_CLOCK
        else:
            start = begun if clock.started_at is received else written(clock.started_at)
            found += (start, written(clock.due_at), written(clock.done_at), clock.status)
    if any(turn.value.get("extensions") for turn in case.facts.turns):
        counting = _once(case, clocks_unextended(case.facts))
    for event in EXTENDED:
        clock = counting.get(event)
        found += (written(clock.due_at), clock.status) if clock else (None, "none")
    return found


NO_CLOCK: list[Cell] = [None, None, None, "none"]
NO_CLOCKS: list[Cell] = [*NO_CLOCK * len(CLOCKS), *[None, "none"] * len(EXTENDED)]


def _once(case: Case, clocks: Mapping[str, Clock]) -> Mapping[str, Clock]:
    """A reopened case counts once: by the first round that broke its limit, else by the last one. Whom nobody has
    told a result of the last round yet, nobody can ask about it."""
    if not case.reopened:
        return clocks
    found = {}
    for event in CLOCKS.values():
        names = (event, *(f"{event}#{n}" for n in range(1, case.reopened + 1)))
        every = [clocks[name] for name in (names[-1:] if event == "follow-up" else names) if name in clocks]
        if every:
            found[event] = next((clock for clock in every if clock.broken), every[-1])
    return found
