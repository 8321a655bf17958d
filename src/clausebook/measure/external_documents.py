"""Documents from outside: the edition in use, the latest one known, and when somebody last looked (clause 2, 7.5).

Clause 2 cites dated editions while its note takes the latest valid edition at an audit: so both are registered, and
the day on which they were compared with the publisher.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ..model import Entry, System
from .moments import day, rows, word
from .rhythm import months_after

MONTHS = 6
"""Between two checks where the register sets no interval of its own: ours (requirements 1.2)."""
UNDATED = re.compile(r"现行|最新|不注日期|未注日期|current|latest|in force|undated", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Check:
    """The last look at the publisher: the day, and who looked."""

    on: date | None
    by: str


@dataclass(frozen=True, slots=True)
class External:
    """One row of the register of references. `due_on`: until when the check is good; `own`: by an interval that the
    register sets itself."""

    entry: Entry
    index: int
    row: Mapping[str, Any]
    checked: Check
    due_on: date | None
    own: bool

    @property
    def in_use(self) -> str:
        return word(self.row, "dated_edition") or ""

    @property
    def latest(self) -> str:
        """The latest edition known; the one in use where the register names no other."""
        return word(self.row, "current_edition") or self.in_use

    @property
    def dated(self) -> bool:
        """False for an undated reference, which always means the latest edition."""
        return not UNDATED.search(self.in_use)

    @property
    def newer(self) -> bool:
        """Whether the register itself knows a later edition than the one in use."""
        return self.dated and self._plain(self.latest) != self._plain(self.in_use)

    @property
    def superseded(self) -> bool:
        return self.newer or (self.row.get("status") == "superseded" and bool(word(self.row, "used_for")))

    @property
    def answered(self) -> bool:
        """Whether somebody has judged what the new edition means, or has planned to go over to it."""
        return bool(word(self.row, "impact") or self.row.get("action"))

    def overdue(self, on: date) -> bool:
        """A check that is too old; what is no longer used is looked at no more."""
        used = self.row.get("status") != "superseded" or bool(word(self.row, "used_for"))
        return used and self.due_on is not None and self.due_on < on

    def _plain(self, edition: str) -> str:
        """An edition without the number of its document: GB/T 19001-2016 and 2016 are the same edition of it."""
        number, said = _signs(word(self.row, "number") or ""), _signs(edition)
        rest = said.removeprefix(number)
        return rest if rest else said


def _signs(text: str) -> str:
    return "".join(ch for ch in unicodedata.normalize("NFKC", text).casefold() if ch.isalnum())


def external_documents(system: System) -> Iterator[External]:
    """Every row of every register of references, in its order."""
    for entry in system.of("references"):
        own = entry.value.get("review_within_months")
        months = own if isinstance(own, int) else MONTHS
        for index, row in enumerate(rows(entry.value, "items")):
            checked = _last_check(row, system.as_of)
            due = months_after(checked.on, months) if checked.on is not None else None
            yield External(entry, index, row, checked, due, isinstance(own, int))


def _last_check(row: Mapping[str, Any], as_of: date) -> Check:
    """What the row says itself, or the latest of the checks that were added to it since."""
    known = [Check(day(row, "checked_on"), word(row, "checked_by") or "")]
    known += [Check(day(one, "on"), word(one, "by") or "") for one in rows(row, "checks")]
    return max((one for one in known if one.on is not None and one.on <= as_of), key=_day_of, default=known[0])


def _day_of(check: Check) -> date:
    return check.on or date.min
