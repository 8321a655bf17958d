"""8.6 b and 10.1: asking how satisfied they are, answering low scores; links both ways; keeping and disposing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from ...load.positions import place
from ...measure.cases import Case
from ...measure.moments import child, day, rows, word, words
from ...measure.states import refused, rounds
from ...model import Entry, Pointer
from ...problems import Problem, Rule, problem
from .desk import Desk, found, links, mentioned, shown

FOLLOW_UP_MISSING = Rule("follow-up-missing", "due", "explicit", source="V27")
FOLLOW_UP_LATE = Rule("follow-up-late", "lapse", "implied", source="V27")
FOLLOW_UP_BEFORE_NOTICE = Rule("follow-up-before-notice", "contradiction", "explicit", source="V28")
FOLLOW_UP_BY_HANDLER = Rule("follow-up-by-handler", "contradiction", "implied", source="V28")
LOW_SCORE_UNTREATED = Rule("low-score-untreated", "lapse", "explicit", source="V29")
REJECTED_UNTREATED = Rule("rejected-result-untreated", "lapse", "explicit", source="V29")
BACK_LINK_MISSING = Rule("back-link-missing", "contradiction", "own", source="V32")
RETENTION_EXPIRED = Rule("retention-expired", "due", "own", source="V48")
DISPOSED_TOO_EARLY = Rule("disposed-too-early", "lapse", "own", source="V48")
RULES = (
    FOLLOW_UP_MISSING, FOLLOW_UP_LATE, FOLLOW_UP_BEFORE_NOTICE, FOLLOW_UP_BY_HANDLER, LOW_SCORE_UNTREATED,
    REJECTED_UNTREATED, BACK_LINK_MISSING, RETENTION_EXPIRED, DISPOSED_TOO_EARLY,
)  # fmt: skip

LOW = 2
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
            yield found(FOLLOW_UP_BEFORE_NOTICE, case, (*at, "follow_up", "attempts", index), ("8.6.b",), facts=facts)
    scorer = word(part, "follow_up", "scored_by")
    if scorer is not None and scorer == word(case.value, "handler"):
        yield found(FOLLOW_UP_BY_HANDLER, case, (*at, "follow_up", "scored_by"), ("8.6.b",), who=scorer)


def _answered(desk: Desk, case: Case) -> Iterator[Problem]:
    """The standard names an unhappy complainant as an example of nonconformity (10.1): treat it or say why not."""
    low = child(desk.organisation, "follow_up", "dissatisfied_at_or_below")
    limit = low if isinstance(low, int) else LOW
    for number, part in enumerate(rounds(case.value)):
        scores = [child(part, "follow_up", key) for key in ("process_score", "outcome_score")]
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
    if case.closed_at is None or case.value.get("legal_hold"):
        return
    for row in _classes(desk):
        years = row.get("years")
        if row.get("id") == case.value.get("retention_class") and isinstance(years, int | float):
            until = _plus(case.closed_at.date(), years)
            if row.get("trigger") == "closed" and until < desk.as_of and row.get("permanent") is not True:
                facts = {"until": shown(until), "name": str(row.get("id"))}
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
    held = [i for i in words(entry.value, "record_ids") if i in desk.by_id and desk.by_id[i].value.get("legal_hold")]
    if (done and due and done < due) or held:
        yield problem(
            DISPOSED_TOO_EARLY, place(entry, ("disposed_on",)), ("7.5.3.ctl4",), of_record=entry.id, breach=("other",),
            id=entry.id, due=shown(due), done=shown(done),
        )  # fmt: skip


def _classes(desk: Desk) -> Iterator[dict[str, Any]]:
    for entry in desk.of("retention"):
        yield from rows(entry.value, "items")


def _plus(on: date, years: float) -> date:
    months = on.month - 1 + round(years * 12)
    year, month = on.year + months // 12, months % 12 + 1
    return date(year, month, min(on.day, 28))
