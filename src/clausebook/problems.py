"""What the tool reports: a `Problem` is a value, a `UserError` is a misuse, anything else is our bug.

Three classes (architecture 2): a *contradiction* is mended, a *lapse* stays and is treated, a *due*
problem appears by the passage of time. Three bases (corrections 2): *explicit* are the words of the
standard, *own* is a number the organisation set itself, *implied* is what we ask on top; only the
first two are errors.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Class = Literal["contradiction", "lapse", "due"]
Basis = Literal["explicit", "own", "implied"]
Level = Literal["error", "warning"]
Bilingual = Mapping[str, str]
Fact = str | int | Bilingual

BASES: tuple[Basis, ...] = ("explicit", "own", "implied")


class UserError(Exception):
    """Misuse or unusable input: one sentence for the user, exit 2. `key` is a text of the locale."""

    def __init__(self, key: str, /, **facts: Fact) -> None:
        super().__init__(key)
        self.key = key
        self.facts = facts


@dataclass(frozen=True, slots=True)
class Rule:
    """A named thing that can be wrong; its wording and its manual live in the locale under the same id."""

    id: str
    problem_class: Class
    basis: Basis
    source: str = ""
    level: Level | None = None
    """Only where the level does not follow from the basis (a warning in an explicit matter)."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a problem is: a path relative to the root; line and column count from 1, or are None."""

    path: str
    line: int | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """One defect in content, ready to be worded in any language."""

    rule: str
    problem_class: Class
    basis: Basis
    level: Level
    place: Place
    requirements: tuple[str, ...] = ()
    facts: Mapping[str, Fact] = field(default_factory=dict)
    fatal: bool = False
    """True when the content must not be published at all (broken reference, schema, unreadable file)."""
    record: str = ""
    """For a lapse: the id of the record that shows it; what names this record and a `breach` has treated it."""
    breach: tuple[str, ...] = ()

    @property
    def order(self) -> tuple[str, int, int, str]:
        return (self.place.path, self.place.line or 0, self.place.column or 0, self.rule)


def problem(
    rule: Rule,
    place: Place,
    requirements: tuple[str, ...] = (),
    *,
    basis: Basis | None = None,
    fatal: bool = False,
    of_record: str = "",
    breach: tuple[str, ...] = (),
    facts: Mapping[str, Fact] | None = None,
    **more: Fact,
) -> Problem:
    """A problem of `rule` at `place`; the level follows from the basis unless the rule says otherwise."""
    asked = basis or rule.basis
    level: Level = rule.level or ("warning" if asked == "implied" else "error")
    told = {**(facts or {}), **more}
    return Problem(rule.id, rule.problem_class, asked, level, place, requirements, told, fatal, of_record, breach)


@dataclass(frozen=True, slots=True)
class Lapse:
    """A late or wrong thing that a nonconformity or an approved deviation names: it stays visible, as treated."""

    problem: Problem
    treated_by: str


@dataclass(frozen=True, slots=True)
class Waived:
    """A warning that the organisation excused for a time, by the row of its register of waivers."""

    problem: Problem
    waiver: str
