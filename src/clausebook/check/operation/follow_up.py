"""8.6 b and 10.1: asking how satisfied they are, answering low scores; links both ways; keeping and disposing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from ...load.positions import place
from ...measure.cases import Case
from ...measure.moments import child, day, rows, word, words
from ...measure.rhythm import months_after
from ...measure.states import NO_FOLLOW_UP, refused, rounds
from ...model import Entry, Pointer
from ...problems import Problem, Rule, problem
from .desk import Desk, found, links, mentioned, shown

FOLLOW_UP_MISSING = Rule("follow-up-missing", "due", "explicit", source="V27")
FOLLOW_UP_UNSCORED = Rule("follow-up-unscored", "due", "own", source="V27")
SCORE_ABOVE_SCALE = Rule("score-above-scale", "contradiction", "own", source="V29")
CLOSED_BEFORE_FOLLOW_UP = Rule("closed-before-follow-up", "lapse", "own", source="V27")
FOLLOW_UP_LATE = Rule("follow-up-late", "lapse", "implied", source="V27")
FOLLOW_UP_BEFORE_NOTICE = Rule("follow-up-before-notice", "lapse", "explicit", source="V28")
FOLLOW_UP_BY_HANDLER = Rule("follow-up-by-handler", "contradiction", "implied", source="V28")
LOW_SCORE_UNTREATED = Rule("low-score-untreated", "lapse", "explicit", source="V29")
REJECTED_UNTREATED = Rule("rejected-result-untreated", "lapse", "explicit", source="V29")
BACK_LINK_MISSING = Rule("back-link-missing", "contradiction", "own", source="V32")
RETENTION_EXPIRED = Rule("retention-expired", "due", "own", source="V48")
DISPOSED_TOO_EARLY = Rule("disposed-too-early", "lapse", "own", source="V48")
RULES = (
    FOLLOW_UP_MISSING, FOLLOW_UP_UNSCORED, SCORE_ABOVE_SCALE, CLOSED_BEFORE_FOLLOW_UP, FOLLOW_UP_LATE,
    FOLLOW_UP_BEFORE_NOTICE, FOLLOW_UP_BY_HANDLER, LOW_SCORE_UNTREATED, REJECTED_UNTREATED, BACK_LINK_MISSING,
    RETENTION_EXPIRED, DISPOSED_TOO_EARLY,
)  # fmt: skip

LOW = 2
MOST = 5
SCORES = ("process_score", "outcome_score")
FIELD_OF = {"nonconformity": "nonconformities", "alert": "alerts", "crisis": "crisis"}


def check(desk: Desk, case: Case) -> Iterator[Problem]:
    for name, clock in case.clocks.items():
        if name.startswith("follow-up") and clock.status == "overdue":
            yield found(FOLLOW_UP_MISSING, case, ("follow_up",), ("8.6.b",), due=shown(clock.due_at))
        elif name.startswith("follow-up") and clock.status == "late":
            facts = {"due": shown(clock.due_at), "done": shown(clock.done_at)}
            yield found(FOLLOW_UP_LATE, case, ("follow_up",), ("8.6.b",), breach=("follow-up",), facts=facts)
    for number, part in enumerate(rounds(case.value)):
        at: Pointer = ("reopenings", number - 1) if number else ()
        yield from _asked(desk, case, part, at)
    yield from _answered(desk, case)
    yield from _links(desk, case)
    yield from _kept(desk, case)


def _asked(desk: Desk, case: Case, part: Mapping[str, Any], at: Pointer) -> Iterator[Problem]:
    notified = desk.at(part, "result_notified", "at")
    for index, row in enumerate(rows(part, "follow_up", "attempts")):
        asked = desk.at(row, "at")
        if notified and asked and asked < notified:
            facts = {"at": shown(asked), "told": shown(notified)}
            where, breach = (*at, "follow_up", "attempts", index), ("follow-up",)
            yield found(FOLLOW_UP_BEFORE_NOTICE, case, where, ("8.6.b",), breach=breach, facts=facts)
    yield from _scored(desk, case, part, at)
    yield from _on_scale(desk, case, part, at)
    scorer = word(part, "follow_up", "scored_by")
    if scorer is not None and scorer == word(case.value, "handler"):
        yield found(FOLLOW_UP_BY_HANDLER, case, (*at, "follow_up", "scored_by"), ("8.6.b",), who=scorer)


def _scored(desk: Desk, case: Case, part: Mapping[str, Any], at: Pointer) -> Iterator[Problem]:
    """Somebody reached gives a score or declines; and an organisation that asks before closing has asked by then."""
    tried = [(desk.at(row, "at"), row.get("outcome")) for row in rows(part, "follow_up", "attempts")]
    reached = [when for when, outcome in tried if when and outcome == "reached" and when.date() < desk.as_of]
    scores = [child(part, "follow_up", key) for key in SCORES]
    declined = any(outcome in ("refused", "not-allowed") for _, outcome in tried)
    if reached and not any(isinstance(score, int) for score in scores) and not declined:
        yield found(FOLLOW_UP_UNSCORED, case, (*at, "follow_up"), ("8.6.b",), at=shown(max(reached)))
    closed, basis = desk.at(part, "closure", "at"), word(part, "closure", "basis")
    if closed is None or basis in NO_FOLLOW_UP or not case.contactable:
        return
    asked = [when for when, _ in tried if when and when <= closed]
    excused = word(part, "follow_up", "not_possible") or child(case.value, "complainant", "follow_up_consent") is False
    if child(desk.organisation, "follow_up", "mode") == "before_close" and not asked and not excused:
        where, facts = (*at, "closure"), {"closed": shown(closed)}
        yield found(CLOSED_BEFORE_FOLLOW_UP, case, where, ("8.6.b",), breach=("follow-up",), facts=facts)


def _on_scale(desk: Desk, case: Case, part: Mapping[str, Any], at: Pointer) -> Iterator[Problem]:
    """How long the scale is was decided by the organisation; the schema only knows the longest one there can be."""
    own = child(desk.organisation, "follow_up", "scale_max")
    most = own if isinstance(own, int) else MOST
    for key in SCORES:
        score = child(part, "follow_up", key)
        if isinstance(score, int) and score > most:
            yield found(SCORE_ABOVE_SCALE, case, (*at, "follow_up", key), ("8.6.b",), score=score, most=most)


def low_score(organisation: Mapping[str, Any]) -> int:
    """The score at or below which the organisation takes a complainant for dissatisfied."""
    low = child(organisation, "follow_up", "dissatisfied_at_or_below")
    return low if isinstance(low, int) else LOW


def _answered(desk: Desk, case: Case) -> Iterator[Problem]:
    """The standard names an unhappy complainant as an example of nonconformity (10.1): treat it or say why not."""
    limit = low_score(desk.organisation)
    for number, part in enumerate(rounds(case.value)):
        scores = [child(part, "follow_up", key) for key in SCORES]
        decision = child(part, "follow_up", "dissatisfied_decision")
        decided = word(decision, "nonconformity") or (word(decision, "reason") and word(decision, "approved_by"))
        lowest = min((score for score in scores if isinstance(score, int)), default=limit + 1)
        if lowest <= limit and not decided:
            at: Pointer = ("reopenings", number - 1) if number else ()
            where = (*at, "follow_up")
            yield found(LOW_SCORE_UNTREATED, case, where, ("10.1.a.1",), breach=("low-score",), score=lowest)
    if any(refused(child(part, "reaction")) for part in rounds(case.value)) and case.counted:
        yield found(REJECTED_UNTREATED, case, ("reaction",), ("10.1.a.1",), breach=("rejected-result",))


def _links(desk: Desk, case: Case) -> Iterator[Problem]:
    """V32: a link read from either side is the same link."""
    for kind, field in FIELD_OF.items():
        own = set(links(case.value, kind))
        known = desk.known(kind) if own else {}
        for identifier in sorted(own & set(known)):
            if case.id not in mentioned(known[identifier]):
                yield found(BACK_LINK_MISSING, case, ("links", field), ("7.5.3.a",), other=identifier)


def _kept(desk: Desk, case: Case) -> Iterator[Problem]:
    """The end of retention is a duty too: personal data is not kept longer than it must (7.5.3)."""
    if case.closed_at is None or _held(case.value, desk.as_of) or case.id in desk.disposed:
        return
    for until, name in _expiry(desk, case):
        if until < desk.as_of:
            facts = {"until": shown(until), "name": name}
            yield found(RETENTION_EXPIRED, case, ("retention_class",), ("7.5.3.ctl4",), facts=facts)


def check_all(desk: Desk) -> Iterator[Problem]:
    for entry in desk.of("alert", "crisis", "nonconformity"):
        for identifier in words(entry.value, "complaints"):
            case = desk.by_id.get(identifier)
            if case is not None and entry.id not in links(case.value, entry.kind.name):
                at = place(entry, ("complaints", words(entry.value, "complaints").index(identifier)))
                yield problem(BACK_LINK_MISSING, at, ("7.5.3.a",), id=entry.id, other=identifier)
    for entry in desk.of("disposal"):
        yield from _disposed(desk, entry)


def _disposed(desk: Desk, entry: Entry) -> Iterator[Problem]:
    done, due = day(entry.value, "disposed_on"), day(entry.value, "expired_on")
    named = [desk.by_id[name] for name in words(entry.value, "record_ids") if name in desk.by_id]
    held = [case for case in named if done and _held(case.value, done)]
    early = [until for case in named for until, _ in _expiry(desk, case) if done and done <= until]
    due = max([*early, *([due] if due else [])], default=None)
    if (done and due and done < due) or early or held:
        yield problem(
            DISPOSED_TOO_EARLY, place(entry, ("disposed_on",)), ("7.5.3.ctl4",), of_record=entry.id, breach=("other",),
            id=entry.id, due=shown(due), done=shown(done),
        )  # fmt: skip


def _classes(desk: Desk) -> Iterator[dict[str, Any]]:
    for entry in desk.of("retention"):
        yield from rows(entry.value, "items")


def _held(value: Mapping[str, Any], on: date) -> bool:
    """Under a legal hold on a day: begun by then, and not over."""
    hold = child(value, "legal_hold")
    since, until = day(hold, "from_on"), day(hold, "until_on")
    return isinstance(hold, dict) and (since is None or since <= on) and (until is None or on <= until)


def _expiry(desk: Desk, case: Case) -> Iterator[tuple[date, str]]:
    """The last day a closed case is kept, and the class that says so."""
    for row in _classes(desk):
        years, kept_for_good = row.get("years"), row.get("permanent") is True
        mine = row.get("id") == case.value.get("retention_class") and row.get("trigger") == "closed"
        if mine and isinstance(years, int | float) and case.closed_at is not None and not kept_for_good:
            yield months_after(case.closed_at.date(), round(years * 12)), str(row.get("id"))
