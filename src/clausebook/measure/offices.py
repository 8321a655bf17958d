"""Who held which role on a day, with what authority: roles.yaml and the register of people, read once (5.3).

Holders, deputies and authority limits carry the days from which they hold, so a decision of March is judged by
what held in March (corrections 6).
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from ..model import System
from .moments import child, day, rows, word, words

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Office:
    """One holding of a role on a day, with the authority the role had then."""

    role: Row
    authority: Row
    deputy: bool


class Offices:
    """Answers over roles and people; everything is read-only."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._ruled: dict[date, frozenset[str]] = {}

    @cached_property
    def people(self) -> Mapping[str, Row]:
        """Person id → entry in the register of people."""
        return {str(row.get("id")): row for entry in self._system.of("people") for row in rows(entry.value, "items")}

    @cached_property
    def roles(self) -> Mapping[str, Row]:
        return {str(row.get("id")): row for entry in self._system.of("roles") for row in rows(entry.value, "roles")}

    @cached_property
    def humans(self) -> Mapping[str, str]:
        """Person id → the first id of the same human being: one e-mail address or one name is one human being.

        Independence is a matter of people, not of ids. Two people of one name tell themselves apart in the name.
        """
        first: dict[str, str] = {}
        found: dict[str, str] = {}
        for person, row in self.people.items():
            marks = [_plain(mark) for mark in (*words(row, "emails"), str(row.get("name") or person))]
            found[person] = next((first[mark] for mark in marks if mark in first), person)
            for mark in marks:
                first.setdefault(mark, found[person])
        return found

    def human(self, person: str) -> str:
        return self.humans.get(person, person)

    @cached_property
    def _held(self) -> Mapping[str, list[tuple[Row, Row]]]:
        """Person → (role, holding), as holder or deputy."""
        found: dict[str, list[tuple[Row, Row]]] = defaultdict(list)
        for role in self.roles.values():
            for holding in rows(role, "holders"):
                for person in {str(holding.get(key)) for key in ("person", "deputy") if holding.get(key)}:
                    found[person].append((role, holding))
        return found

    def ruled(self, on: date) -> frozenset[str]:
        """The classes of documents that the authority of some role names on a day."""
        if on not in self._ruled:
            named = (words(authority_of(role, on), "approve_documents") for role in self.roles.values())
            self._ruled[on] = frozenset(one for listed in named for one in listed)
        return self._ruled[on]

    def of(self, person: str | None, on: date) -> Iterator[Office]:
        """The roles a person holds or deputises on a day."""
        for role, holding in self._held.get(person or "", ()):
            if within(holding, on):
                yield Office(role, authority_of(role, on), holding.get("person") != person)

    def holds(self, person: str | None, role: str | None, on: date) -> bool:
        return any(office.role.get("id") == role for office in self.of(person, on))

    def top_management(self, person: str | None, on: date) -> bool:
        return any(office.role.get("top_management") is True for office in self.of(person, on))

    def may_deviate(self, record: Row, row: Row) -> bool:
        """A deviation counts when somebody with that authority on that day approved it, who did not handle the case.

        Top management may always; without any register of roles nobody's authority can be judged.
        """
        approver, handler = word(row, "approved_by"), word(record, "handler")
        on = day((word(row, "approved_at") or "")[:10])
        if approver is None or on is None or not word(row, "reason"):
            return False
        same = handler is not None and self.human(approver) == self.human(handler)
        if same or self.holds(approver, handler, on):
            return False
        able = any(office.authority.get("deviation_approval") is True for office in self.of(approver, on))
        return not self.roles or able or self.top_management(approver, on)

    def active(self, person: str | None, on: date) -> bool:
        """Known, here already, and not gone."""
        row = self.people.get(person or "")
        if row is None:
            return False
        since, left = day(row, "since_on"), day(row, "left_on")
        return (since is None or since <= on) and (left is None or on <= left)

    def holders(self, role: str | None, on: date) -> list[str]:
        """The people who hold a role on a day and are still here; deputies do not fill a vacancy."""
        held = rows(self.roles.get(role or "", {}), "holders")
        people = [str(row.get("person")) for row in held if within(row, on)]
        return [person for person in people if self.active(person, on)]

    def people_of(self, who: str | None, on: date) -> set[str]:
        """Whoever is meant by a person's id or by a role's, on a day."""
        if who in self.people:
            return {str(who)}
        return set(self.holders(who, on))


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def within(row: Row, on: date) -> bool:
    """Whether a row with `from_on` and `to_on` holds on a day; both ends count."""
    since, until = day(row, "from_on"), day(row, "to_on")
    return (since is None or since <= on) and (until is None or on <= until)


def authority_of(role: Row, on: date) -> Row:
    """The authority a role had on a day: earlier limits stay on file (corrections 6)."""
    for earlier in rows(role, "earlier_authority"):
        if within(earlier, on):
            return earlier
    current = child(role, "authority")
    return current if isinstance(current, dict) and within(current, on) else {}
