"""7.5.3 Retention and disposal: every kind has a class, none shorter than the law; nothing goes before its day."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...measure import Measured
from ...measure.moments import child, day, rows, word, words
from ...measure.offices import Offices
from ...measure.rhythm import months_after
from ...model import Entry, System
from ...problems import Problem, Rule
from ..reporting import found

KIND_WITHOUT_RETENTION = Rule("kind-without-retention", "contradiction", "own")
RETENTION_TOO_SHORT = Rule("retention-shorter-than-law", "contradiction", "explicit")
DISPOSAL_TOO_EARLY = Rule("disposal-too-early", "lapse", "own")
DISPOSAL_UNAPPROVED = Rule("disposal-before-approval", "lapse", "own")
DISPOSAL_UNDER_HOLD = Rule("disposal-without-hold-check", "lapse", "own")
DISPOSAL_UNWITNESSED = Rule("disposal-witnessed-by-doer", "contradiction", "implied")
DISPOSAL_OF_PERMANENT = Rule("disposal-of-permanent", "contradiction", "own")
RULES = (
    KIND_WITHOUT_RETENTION, RETENTION_TOO_SHORT, DISPOSAL_TOO_EARLY, DISPOSAL_UNAPPROVED, DISPOSAL_UNDER_HOLD,
    DISPOSAL_UNWITNESSED, DISPOSAL_OF_PERMANENT,
)  # fmt: skip
READS = frozenset({"retention", "disposal", "obligations", "people"})

ASKED = ("7.5.3.ctl4",)
Row = dict[str, Any]


def check(system: System, measured: Measured) -> Iterator[Problem]:
    classes = {str(row.get("id")): row for entry in system.of("retention") for row in rows(entry.value, "items")}
    laws = {str(row.get("id")): row for entry in system.of("obligations") for row in rows(entry.value, "items")}
    register = system.first("retention")
    if register is not None:
        yield from _covered(system, register, classes)
    for entry in system.of("retention"):
        for index, row in enumerate(rows(entry.value, "items")):
            for name in words(row, "obligations"):
                wanted, years = child(laws.get(name), "retain", "years"), row.get("years")
                if isinstance(wanted, int | float) and isinstance(years, int | float) and years < wanted:
                    facts = {"years": str(years), "obligation": name, "wanted": str(wanted)}
                    yield found(RETENTION_TOO_SHORT, entry, ("items", index, "years"), ASKED, facts=facts)
    offices = Offices(system)
    for entry in system.of("disposal"):
        yield from _disposed(offices, entry, classes.get(word(entry.value, "retention_class") or "", {}))


def _covered(system: System, register: Entry, classes: dict[str, Row]) -> Iterator[Problem]:
    """Records that exist; kinds nobody has used yet ask for nothing."""
    covered = {kind for row in classes.values() for kind in words(row, "kinds")}
    used = {entry.kind.name: entry.kind for entry in system.entries if entry.kind.information == "retain"}
    for name, kind in used.items():
        if name not in covered:
            yield found(KIND_WITHOUT_RETENTION, register, ("items",), ASKED, facts={"kind": kind.title})


def _disposed(offices: Offices, entry: Entry, kept: Row) -> Iterator[Problem]:
    value = entry.value
    done, expired, approved = day(value, "disposed_on"), day(value, "expired_on"), day(value, "approved_on")
    if done is None:
        return
    last, years = day(value, "period", "to_on"), kept.get("years")
    over = months_after(last, years * 12) if last is not None and isinstance(years, int) else None
    too_early = max([on for on in (expired, over) if on is not None and done < on], default=None)
    if too_early is not None:
        facts = {"done": done.isoformat(), "expired": too_early.isoformat()}
        yield found(DISPOSAL_TOO_EARLY, entry, ("disposed_on",), ASKED, breach=("other",), facts=facts)
    if approved is not None and done < approved:
        facts = {"done": done.isoformat(), "approved": approved.isoformat()}
        yield found(DISPOSAL_UNAPPROVED, entry, ("approved_on",), ASKED, breach=("other",), facts=facts)
    held = day(value, "legal_hold_checked", "on")
    if held is None or held > done:
        yield found(DISPOSAL_UNDER_HOLD, entry, ("legal_hold_checked",), ASKED, breach=("other",))
    witness, doer = word(value, "witness"), word(value, "executed_by")
    if witness is not None and doer is not None and offices.human(witness) == offices.human(doer):
        facts = {"who": witness}
        yield found(DISPOSAL_UNWITNESSED, entry, ("witness",), ASKED, facts=facts)
    if kept.get("permanent") is True:
        yield found(DISPOSAL_OF_PERMANENT, entry, ("retention_class",), ASKED)
