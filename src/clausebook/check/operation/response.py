"""8.5: the response fits the finding, is told to those concerned, and money is paid by those who may."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...measure.cases import Case
from ...measure.moments import child, day, rows, word, words
from ...measure.stages import extension_verdicts
from ...measure.states import rounds
from ...problems import Problem, Rule
from .desk import Desk, amount, found, shown

REDRESS_WITHOUT_GROUND = Rule("redress-without-ground", "contradiction", "own", source="V16")
NOTHING_DONE = Rule("nothing-done-though-substantiated", "contradiction", "explicit", source="V16")
SOLUTION_NOT_TOLD = Rule("solution-not-told", "due", "explicit", source="V18")
PERSONNEL_NOT_TOLD = Rule("personnel-not-told", "due", "explicit", source="V18")
EXTENSION_NOT_TOLD = Rule("extension-not-told", "lapse", "own", source="V19")
EXTENSION_NOT_LATER = Rule("extension-not-later", "contradiction", "own", source="V19")
TOO_MANY_EXTENSIONS = Rule("too-many-extensions", "lapse", "own", source="V19")
REDRESS_OVER_AUTHORITY = Rule("redress-over-authority", "lapse", "own", source="V20")
REDRESS_UNAPPROVED = Rule("redress-unapproved", "due", "own", source="V20")
REDRESS_OPEN = Rule("redress-open", "due", "own", source="V20")
REDRESS_PAID_BEFORE_APPROVAL = Rule("redress-paid-before-approval", "lapse", "own", source="V20")
RULES = (
    REDRESS_WITHOUT_GROUND, NOTHING_DONE, SOLUTION_NOT_TOLD, PERSONNEL_NOT_TOLD, EXTENSION_NOT_TOLD,
    EXTENSION_NOT_LATER, TOO_MANY_EXTENSIONS, REDRESS_UNAPPROVED, REDRESS_OPEN, REDRESS_OVER_AUTHORITY,
    REDRESS_PAID_BEFORE_APPROVAL,
)  # fmt: skip

SAID = frozenset({"solution", "measure", "result"})
CONCERNED = frozenset({"personnel", "management", "provider"})


def check(desk: Desk, case: Case) -> Iterator[Problem]:
    yield from _fits(case)
    yield from _told(desk, case)
    yield from _extensions(desk, case)
    yield from _money(desk, case)


def _fits(case: Case) -> Iterator[Problem]:
    verdict, redress = child(case.value, "investigation", "substantiated"), child(case.value, "redress")
    paid = child(redress, "paid_on") or child(redress, "scheduled_on")
    if verdict == "no" and paid and child(redress, "goodwill") is not True:
        yield found(REDRESS_WITHOUT_GROUND, case, ("redress",), ("8.5.resp",))
    kinds = [kind for part in rounds(case.value) for kind in words(part, "response", "kinds")]
    if verdict == "yes" and kinds and set(kinds) == {"no-action"}:
        yield found(NOTHING_DONE, case, ("response", "kinds"), ("8.5.resp",))


def _told(desk: Desk, case: Case) -> Iterator[Problem]:
    """Telling takes a day at most before we ask; the assignment of a measure tells its owner (corrections 27)."""
    proposed = desk.at(case, "response", "proposed_at")
    if proposed is None or proposed.date() >= desk.as_of:
        return
    told = [row for row in rows(case.value, "communications") if row.get("direction") != "in"]
    informed = any(row.get("audience") == "complainant" and row.get("purpose") in SAID for row in told)
    notified = any(child(case.value, key) for key in ("result_notified", "first_contact"))
    if case.contactable and not informed and not notified and case.open:
        yield found(SOLUTION_NOT_TOLD, case, ("response",), ("8.5.comm",), at=shown(proposed))
    yield from _told_again(desk, case, told)
    assigned = any(word(row, "owner") for row in rows(case.value, "response", "plan"))
    if not assigned and not any(row.get("audience") in CONCERNED for row in told):
        yield found(PERSONNEL_NOT_TOLD, case, ("response",), ("8.5.comm",), at=shown(proposed))


def _told_again(desk: Desk, case: Case, told: list[dict[str, Any]]) -> Iterator[Problem]:
    """After a reopening the new proposal is told as the first one was."""
    for number, part in enumerate(rows(case.value, "reopenings")):
        opened, proposed = desk.at(part, "at"), desk.at(part, "response", "proposed_at")
        if opened is None or proposed is None or proposed.date() >= desk.as_of or not case.contactable:
            continue
        since = [row for row in told if (at := desk.at(row, "at")) is not None and at >= opened]
        informed = any(row.get("audience") == "complainant" and row.get("purpose") in SAID for row in since)
        if not informed and not part.get("result_notified") and not part.get("closure"):
            yield found(SOLUTION_NOT_TOLD, case, ("reopenings", number), ("8.5.comm",), at=shown(proposed))


def _extensions(desk: Desk, case: Case) -> Iterator[Problem]:
    watch = desk.complaints.watch
    most = int(desk.criteria.number(case.received.on, "extensions_max", otherwise=99))
    for number, extension in enumerate(extension_verdicts(case.value, watch, case.received, case.contactable)):
        where, facts = ("extensions", number), {"old": shown(extension.old_on), "told": shown(extension.told_at)}
        if number >= most:
            yield found(TOO_MANY_EXTENSIONS, case, where, ("8.1.d",), breach=("result", "told-date"), most=most)
        elif extension.new_on <= extension.old_on:
            facts["new"] = shown(extension.new_on)
            yield found(EXTENSION_NOT_LATER, case, where, ("8.2.c.info",), facts=facts)
        elif case.contactable and (extension.told_at.date() if extension.told_at else desk.as_of) > extension.old_on:
            facts["told"] = facts["told"] or "—"
            yield found(EXTENSION_NOT_TOLD, case, where, ("8.2.c.info",), breach=("told-date", "result"), facts=facts)


def _money(desk: Desk, case: Case) -> Iterator[Problem]:
    redress = child(case.value, "redress")
    value, approved, paid = amount(child(redress, "amount")), desk.at(redress, "approved_at"), day(redress, "paid_on")
    if value is None:
        return
    yield from _paid(desk, case, paid is not None, approved is not None)
    approver = word(redress, "approved_by")
    limit = desk.redress_limit(approver, approved.date() if approved else case.received.on)
    given = (approver is not None or paid is not None) and any(desk.of("roles"))
    if given and (limit is None or value > limit):
        facts = {"amount": str(value), "who": approver or "—", "limit": str(limit if limit is not None else 0)}
        where = ("redress", "approved_by")
        yield found(REDRESS_OVER_AUTHORITY, case, where, ("8.1.d", "8.5.resp"), breach=("redress",), facts=facts)
    if paid and approved and paid < approved.date():
        facts = {"paid": shown(paid), "approved": shown(approved)}
        where = ("redress", "paid_on")
        yield found(REDRESS_PAID_BEFORE_APPROVAL, case, where, ("8.1.d",), breach=("redress",), facts=facts)


def _paid(desk: Desk, case: Case, paid: bool, approved: bool) -> Iterator[Problem]:
    """Money goes out after an approval, and a case is not over for the complainant before it has come (3.3)."""
    if paid and not approved:
        yield found(REDRESS_UNAPPROVED, case, ("redress",), ("8.1.d", "8.5.resp"))
    promised = day(case.value, "redress", "scheduled_on")
    overdue = promised is not None and promised < desk.as_of
    if not paid and not case.open and case.closure_basis == "accepted" and (promised is None or overdue):
        yield found(REDRESS_OPEN, case, ("redress",), ("8.5.resp",), promised=shown(promised) or "—")
