"""5.3 The appointed manager: appointed by top management before acting, here today, with all four duties carried on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ...measure import Measured
from ...measure.moments import day, rows, word, words
from ...measure.offices import Offices, within
from ...measure.rhythm import gaps, months_after
from ...model import Entry, System
from ...problems import Problem, Rule
from ..reporting import found, joined

APPOINTED_BELOW = Rule("appointment-not-by-top", "contradiction", "explicit")
APPOINTED_LATE = Rule("appointment-signed-late", "lapse", "own")
APPOINTMENT_OVER = Rule("appointment-over", "due", "explicit")
APPOINTEE_WITHOUT_ROLE = Rule("appointee-without-role", "contradiction", "explicit")
DUTY_UNALLOCATED = Rule("duty-no-longer-allocated", "contradiction", "explicit")
REPORTS_ELSEWHERE = Rule("appointee-reports-elsewhere", "contradiction", "implied")
REPORT_OVERDUE = Rule("appointee-report-overdue", "due", "own")
REPORT_MISSED = Rule("appointee-report-missed", "lapse", "own")
AWARENESS_BY_OTHERS = Rule("awareness-by-others", "contradiction", "implied")
COORDINATED_BY_OTHERS = Rule("communication-coordinated-by-others", "contradiction", "own")
RULES = (
    APPOINTED_BELOW, APPOINTED_LATE, APPOINTMENT_OVER, APPOINTEE_WITHOUT_ROLE, DUTY_UNALLOCATED, REPORTS_ELSEWHERE,
    REPORT_OVERDUE, REPORT_MISSED, AWARENESS_BY_OTHERS, COORDINATED_BY_OTHERS,
)  # fmt: skip
READS = frozenset({
    "appointment", "roles", "people", "monitoring", "management-review", "annual-evaluation", "awareness",
    "communication", "communication-record",
})  # fmt: skip

DUTIES = ("5.3.a", "5.3.b", "5.3.c", "5.3.d")
GRACE, AWARE_WITHIN = 1, 13
"""Months: a month's report is given in the next one; awareness once a year. Both are ours."""
REPORTS = {
    "monitoring": ("approved_on", ("analysed_by", "approved_by")), "management-review": ("held_on", ("attendees",)),
    "annual-evaluation": ("evaluated_on", ("evaluator", "approved_by")), "communication-record": ("sent_on", ("by",)),
}  # fmt: skip
"""Records by which performance is reported: their date, and where they say who did."""


def check(system: System, measured: Measured) -> Iterator[Problem]:
    offices, entries = Offices(system), list(system.of("appointment"))
    valid = [entry for entry in entries if _holds(entry, system.as_of)]
    for entry in entries:
        yield from _made(offices, entry)
    if entries and not valid:
        last = max(entries, key=lambda e: str(e.value.get("to_on") or e.value.get("from_on")))
        key = "ended" if "ended" in last.value else "to_on" if "to_on" in last.value else "from_on"
        yield found(APPOINTMENT_OVER, last, (key,), ("5.3.appoint",))
    allocated = {duty for entry in valid for duty in words(entry.value, "duties")}
    once = {duty for entry in entries for duty in words(entry.value, "duties")}
    for duty in DUTIES if valid else ():
        if duty in once - allocated:
            yield found(DUTY_UNALLOCATED, valid[0], ("duties",), (duty,), duty=duty)
    for entry in valid:
        yield from _acts(system, offices, entry)
    yield from _carried_on(system, offices, valid)


def _holds(entry: Entry, on: date) -> bool:
    ended = day(entry.value, "ended", "on")
    return within(entry.value, on) and (ended is None or on < ended)


def _made(offices: Offices, entry: Entry) -> Iterator[Problem]:
    signed, begins, by = day(entry.value, "signed_on"), day(entry.value, "from_on"), word(entry.value, "appointed_by")
    if signed is None:
        return
    if not offices.top_management(by, signed):
        facts = {"person": by or "", "on": signed.isoformat()}
        yield found(APPOINTED_BELOW, entry, ("appointed_by",), ("5.3.appoint",), facts=facts)
    if begins is not None and signed > begins:
        facts = {"signed": signed.isoformat(), "begins": begins.isoformat()}
        yield found(APPOINTED_LATE, entry, ("signed_on",), ("5.3.appoint",), breach=("other",), facts=facts)


def _acts(system: System, offices: Offices, entry: Entry) -> Iterator[Problem]:
    """The appointee is here, holds the role, can speak to top management and does so in the interval named."""
    person, role, on = word(entry.value, "person"), word(entry.value, "role"), system.as_of
    duties = tuple(duty for duty in DUTIES if duty in words(entry.value, "duties"))
    facts = {"person": person or "", "role": role or ""}
    if person not in offices.holders(role, on):
        yield found(APPOINTEE_WITHOUT_ROLE, entry, ("person",), ("5.3.appoint", *duties), facts=facts)
        return
    held = offices.roles.get(role or "", {})
    above = offices.roles.get(word(held, "reports_to") or "", {})
    if "5.3.b" in duties and held.get("top_management") is not True and above.get("top_management") is not True:
        yield found(REPORTS_ELSEWHERE, entry, ("role",), ("5.3.b",), facts=facts)
    months = entry.value.get("reports_every_months")
    if "5.3.b" in duties and isinstance(months, int):
        yield from _reports(system, offices, entry, role, months)


def _reports(system: System, offices: Offices, entry: Entry, role: str | None, months: int) -> Iterator[Problem]:
    happened = [on for on in _reported(system, offices, role) if on >= (day(entry.value, "from_on") or on)]
    for gap in gaps(happened, months + GRACE, system.as_of, day(entry.value, "from_on")):
        facts = {"since": gap.since.isoformat(), "due": gap.due_on.isoformat(), "months": str(months)}
        where = ("reports_every_months",)
        if gap.until is None:
            yield found(REPORT_OVERDUE, entry, where, ("5.3.b",), facts=facts)
        else:
            facts["until"] = gap.until.isoformat()
            yield found(REPORT_MISSED, entry, where, ("5.3.b",), breach=("missed-period",), facts=facts)


def _reported(system: System, offices: Offices, role: str | None) -> Iterator[date]:
    """Days on which whoever held the role, or its deputy, reported performance."""
    for kind, (field, who) in REPORTS.items():
        for record in system.of(kind):
            on = day(record.value, field)
            if kind == "communication-record" and "results" not in words(record.value, "topics"):
                continue
            people = [name for key in who for name in (*words(record.value, key), word(record.value, key))]
            if on is not None and any(offices.holds(name, role, on) for name in people):
                yield on


def _carried_on(system: System, offices: Offices, valid: list[Entry]) -> Iterator[Problem]:
    """Awareness and communication have the appointee behind them, as the appointment says (5.3 c, d)."""
    roles = {duty: {word(e.value, "role") for e in valid if duty in words(e.value, "duties")} for duty in DUTIES}
    first = months_after(system.as_of, -AWARE_WITHIN)
    held = [(on, e) for e in system.of("awareness") if (on := day(e.value, "held_on")) and on >= first]
    led = [on for on, e in held if any(offices.holds(word(e.value, "by"), role, on) for role in roles["5.3.c"])]
    if held and roles["5.3.c"] and not led:
        _, last = max(held, key=lambda pair: pair[0])
        yield found(AWARENESS_BY_OTHERS, last, ("by",), ("5.3.c",), person=word(last.value, "by") or "")
    for matrix in system.of("communication"):
        named = {coordinator for row in rows(matrix.value, "items") if (coordinator := word(row, "coordinator"))}
        if named and roles["5.3.d"] and not named & roles["5.3.d"]:
            facts = {"roles": joined(sorted(named))}
            yield found(COORDINATED_BY_OTHERS, matrix, ("items",), ("5.3.d",), facts=facts)
