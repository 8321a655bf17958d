"""7.4 Major and collective complaints: two voices, notices in time, contacts that answer, drills that teach."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from ...measure import Measured
from ...measure.moments import child, day, end_of, later, moment, rows, shifted, word, zone_of
from ...model import Entry, System
from ...problems import Problem, Rule
from ..reporting import found

CRISIS_ONE_VOICE = Rule("crisis-deputy-is-spokesperson", "contradiction", "implied")
CRISIS_NOTICE_LATE = Rule("regulator-notice-late", "lapse", "own")
CRISIS_NOTICE_OVERDUE = Rule("regulator-notice-overdue", "due", "own")
CRISIS_SILENT = Rule("crisis-without-update", "due", "implied")
CRISIS_OUT_OF_ORDER = Rule("crisis-out-of-order", "contradiction", "explicit")
CRISIS_WITHOUT_LESSON = Rule("crisis-without-lesson", "contradiction", "implied")
DRILL_OF_OLD_VERSION = Rule("drill-of-other-version", "contradiction", "implied")
DRILL_FAILED_UNANSWERED = Rule("drill-failed-unanswered", "contradiction", "own")
RULES = (
    CRISIS_ONE_VOICE, CRISIS_NOTICE_LATE, CRISIS_NOTICE_OVERDUE, CRISIS_SILENT, CRISIS_OUT_OF_ORDER,
    CRISIS_WITHOUT_LESSON, DRILL_OF_OLD_VERSION, DRILL_FAILED_UNANSWERED,
)  # fmt: skip
READS = frozenset({"crisis", "drill", "procedure"})

WITHIN = timedelta(hours=24)
"""While a crisis is open somebody writes down once a day where it stands."""
ASKED = ("7.4.crisis",)
MINUTE = "%Y-%m-%d %H:%M"


def check(system: System, measured: Measured) -> Iterator[Problem]:
    for entry in system.of("crisis"):
        yield from _voices(entry)
        yield from _notice(system, entry)
        yield from _course(system, entry)
    for entry in system.of("drill"):
        yield from _drill(system, entry)


def _voices(entry: Entry) -> Iterator[Problem]:
    first, second = word(entry.value, "spokesperson"), word(entry.value, "spokesperson_deputy")
    if first is not None and first == second:
        yield found(CRISIS_ONE_VOICE, entry, ("spokesperson_deputy",), ASKED, facts={"who": first})


def _notice(system: System, entry: Entry) -> Iterator[Problem]:
    zone, notice = zone_of(system.organisation), child(entry.value, "regulator_notice")
    due, done = moment(notice, zone, "due_at"), moment(notice, zone, "notified_at")
    if child(notice, "needed") is not True or due is None:
        return
    facts = {"due": due.strftime(MINUTE)}
    if done is None and due <= end_of(shifted(system.as_of, -1), zone):
        yield found(CRISIS_NOTICE_OVERDUE, entry, ("regulator_notice", "due_at"), ASKED, facts=facts)
    elif done is not None and done > due:
        said = MINUTE if done.strftime(MINUTE) != due.strftime(MINUTE) else f"{MINUTE}:%S"
        facts = {"due": due.strftime(said), "done": done.strftime(said)}
        at = ("regulator_notice", "notified_at")
        yield found(CRISIS_NOTICE_LATE, entry, at, ASKED, breach=("authority-date",), facts=facts)


def _course(system: System, entry: Entry) -> Iterator[Problem]:
    zone = zone_of(system.organisation)
    opened, closed = moment(entry.value, zone, "opened_at"), moment(entry.value, zone, "closed", "at")
    told = sorted(at for row in rows(entry.value, "timeline") if (at := moment(row, zone, "at")))
    if opened is not None and closed is not None and closed < opened:
        yield found(CRISIS_OUT_OF_ORDER, entry, ("closed", "at"), ASKED)
    if closed is None and opened is not None:
        last = max([opened, *told])
        if later(last, WITHIN) < end_of(shifted(system.as_of, -1), zone):
            yield found(CRISIS_SILENT, entry, ("timeline",), ASKED, facts={"last": last.strftime(MINUTE)})
    if closed is not None and not rows(entry.value, "lessons"):
        yield found(CRISIS_WITHOUT_LESSON, entry, ("closed",), ASKED)


def _drill(system: System, entry: Entry) -> Iterator[Problem]:
    held, version = day(entry.value, "held_on"), word(entry.value, "procedure_version")
    document = next((e for e in system.entries if e.controlled and e.id == word(entry.value, "procedure")), None)
    history = [(day(row, "on"), str(row.get("version"))) for row in rows(document.value, "history")] if document else []
    valid = [said for on, said in history if on is not None and held is not None and on <= held]
    if version is not None and valid and valid[-1] != version:
        facts = {"version": version, "valid": valid[-1]}
        yield found(DRILL_OF_OLD_VERSION, entry, ("procedure_version",), ASKED, facts=facts)
    failed = any(row.get("passed") is False for row in rows(entry.value, "measurements"))
    if failed and not rows(entry.value, "lessons") and not word(entry.value, "nonconformity"):
        yield found(DRILL_FAILED_UNANSWERED, entry, ("measurements",), ASKED)
