"""What an organisation excuses, and how strict it is with itself: one register, approved, shown (architecture 4).

Only what we ask beyond the standard can be waived or turned down. The standard's own words, and a number that the
organisation set itself, are answered by a nonconformity, a deviation or a correction (corrections 9).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

from ..measure.moments import day, rows, word
from ..measure.offices import Offices
from ..model import Entry, Pointer, System
from ..nearness import nearest
from ..problems import Level, Problem, Rule, Waived
from .reporting import found

WAIVER_REFUSED = Rule("waiver-refused", "contradiction", "own")
WAIVER_UNKNOWN_RULE = Rule("waiver-unknown-rule", "contradiction", "own")
WAIVER_EXPIRED = Rule("waiver-expired", "due", "own")
WAIVER_UNNEEDED = Rule("waiver-unneeded", "contradiction", "implied")
WAIVER_UNAUTHORISED = Rule("waiver-unauthorised", "contradiction", "own")
LEVEL_REFUSED = Rule("level-refused", "contradiction", "own")
RULES = (
    WAIVER_REFUSED, WAIVER_UNKNOWN_RULE, WAIVER_EXPIRED, WAIVER_UNNEEDED, WAIVER_UNAUTHORISED, LEVEL_REFUSED,
)  # fmt: skip
OFF = "off"
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Entry:
    """One row of the register with the place it stands at."""

    register: Entry
    pointer: Pointer
    row: Row

    def problem(self, rule: Rule, key: str, /, **facts: str) -> Problem:
        return found(rule, self.register, (*self.pointer, key), (), facts=facts)


def excused(
    system: System, problems: Sequence[Problem], rules: Mapping[str, Rule]
) -> tuple[list[Problem], list[Waived]]:
    """Problems as the organisation's own levels and valid waivers leave them, and those that were waived."""
    registers = list(system.of("waivers")) if system.schemas else []
    registers = [entry for entry in registers if system.schemas.is_valid(entry.kind.name, entry.value)]
    if not registers:
        return list(problems), []
    kept, said = _levelled(registers, system, problems, rules)
    waived: dict[int, Waived] = {}
    for one in _rows(registers, "items"):
        said += _wrong(system, one, rules)
        hit = [p for p in kept if p.rule == one.row.get("rule") and fnmatchcase(p.place.path, str(one.row["path"]))]
        refused = [p for p in hit if p.basis != "implied"]
        if refused:
            said.append(one.problem(WAIVER_REFUSED, "rule", rule=str(one.row["rule"])))
        elif not hit and str(one.row["rule"]) in rules:
            said.append(one.problem(WAIVER_UNNEEDED, "path", rule=str(one.row["rule"]), path=str(one.row["path"])))
        elif _valid(system, one.row):
            waived.update({id(p): Waived(p, str(one.row["id"])) for p in hit})
    left = [p for p in kept if id(p) not in waived]
    return sorted([*left, *said], key=lambda p: p.order), list(waived.values())


def _rows(registers: Sequence[Entry], key: str) -> Iterator[_Entry]:
    for entry in registers:
        for index, row in enumerate(rows(entry.value, key)):
            yield _Entry(entry, (key, index), row)


def _levelled(
    registers: Sequence[Entry], system: System, problems: Sequence[Problem], rules: Mapping[str, Rule]
) -> tuple[list[Problem], list[Problem]]:
    """Own levels applied; a level that would silence the standard or an own number is refused."""
    kept, said = list(problems), list[Problem]()
    for one in _rows(registers, "levels"):
        said += _wrong(system, one, rules)
        rule, wanted = str(one.row["rule"]), str(one.row["level"])
        if not _authorised(system, one.row):
            continue
        touched = [p for p in kept if p.rule == rule]
        binding = rule in rules and rules[rule].basis != "implied"
        if wanted != "error" and (binding or any(p.basis != "implied" for p in touched)):
            said.append(one.problem(LEVEL_REFUSED, "level", rule=rule))
        elif wanted == OFF:
            kept = [p for p in kept if p.rule != rule]
        else:
            level: Level = "error" if wanted == "error" else "warning"
            kept = [replace(p, level=level) if p.rule == rule else p for p in kept]
    return kept, said


def _wrong(system: System, one: _Entry, rules: Mapping[str, Rule]) -> Iterator[Problem]:
    name = str(one.row["rule"])
    if name not in rules:
        yield one.problem(WAIVER_UNKNOWN_RULE, "rule", rule=name, near=nearest(name, rules))
    expires = day(one.row, "expires_on")
    if expires is not None and expires < system.as_of:
        yield one.problem(WAIVER_EXPIRED, "expires_on", rule=name, expired=expires.isoformat())
    if not _authorised(system, one.row):
        yield one.problem(WAIVER_UNAUTHORISED, "approver", rule=name, approver=str(one.row["approver"]))


def _valid(system: System, row: Row) -> bool:
    expires = day(row, "expires_on")
    return expires is not None and system.as_of <= expires and _authorised(system, row)


def _authorised(system: System, row: Row) -> bool:
    """Top management, or who may approve deviations, on the day of approval; and that day has come."""
    approver, on = word(row, "approver"), day(row, "approved_on")
    if approver is None or on is None or on > system.as_of:
        return False
    offices = list(Offices(system).of(approver, on))
    return any(o.role.get("top_management") is True or o.authority.get("deviation_approval") is True for o in offices)
