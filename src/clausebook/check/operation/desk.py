"""What the rules of chapter 8 share: the case files on one desk, who held which office, what links to what."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any

from ...measure import Measured
from ...measure.cases import Case
from ...measure.criteria import Criteria
from ...measure.moments import child, end_of, moment, rows, word, words
from ...measure.offices import Offices
from ...model import Entry, Pointer, System
from ...problems import Basis, Fact, Problem, Rule
from .. import reporting


class Desk:
    """Built once per run; everything is read-only."""

    def __init__(self, system: System, measured: Measured) -> None:
        self.system = system
        self.organisation = system.organisation
        self.complaints = measured.complaints
        self.cases = [case for case in measured.cases if case.judged]
        self.zone = measured.complaints.watch.zone
        self.offices = Offices(system)
        self.approvals = measured.approvals

    def of(self, *kinds: str) -> Iterator[Entry]:
        """Entries kind by kind: no walk over all records for rules that ask once for each case."""
        return (entry for kind in kinds for entry in self.system.of(kind))

    def known(self, kind: str) -> Mapping[str, Entry]:
        """Entries of a kind by id."""
        if kind not in self._known:
            self._known[kind] = {entry.id: entry for entry in self.of(kind)}
        return self._known[kind]

    @cached_property
    def _known(self) -> dict[str, Mapping[str, Entry]]:
        return {}

    @property
    def criteria(self) -> Criteria:
        return self.complaints.criteria

    @property
    def as_of(self) -> date:
        return self.system.as_of

    def at(self, value: Any, *keys: str) -> datetime | None:
        """A moment of a record, in the organisation's zone."""
        return moment(value.value if isinstance(value, Case) else value, self.zone, *keys)

    def working_days(self, start: date, end: date) -> int:
        return self.complaints.watch.own.elapsed(start, end).days

    def redress_limit(self, person: str | None, on: date) -> Decimal | None:
        """How much a person may approve; None when nobody gave them any authority."""
        limits = [amount(office.authority.get("redress_limit")) for office in self.offices.of(person, on)]
        return max((limit for limit in limits if limit is not None), default=None)

    @cached_property
    def closing_is_limited(self) -> bool:
        """Whether the organisation says who may close which class of complaint."""
        return any(child(role, "authority", "close_severity") for role in self.offices.roles.values())

    @cached_property
    def providers(self) -> Mapping[str, Mapping[str, Any]]:
        return {str(row.get("id")): row for entry in self.of("providers") for row in rows(entry.value, "items")}

    @cached_property
    def lines(self) -> Mapping[str, str]:
        """Product → product line."""
        return {str(row.get("id")): str(row.get("line")) for row in rows(self.organisation, "products")}

    @cached_property
    def by_id(self) -> Mapping[str, Case]:
        return {case.id: case for case in self.complaints.cases}

    @cached_property
    def naming(self) -> Mapping[tuple[str, str], list[Entry]]:
        """(kind, complaint) → alerts, crises and nonconformities that name the complaint."""
        found: dict[tuple[str, str], list[Entry]] = defaultdict(list)
        for entry in self.of("alert", "crisis", "nonconformity"):
            for identifier in set(mentioned(entry)):
                found[entry.kind.name, identifier].append(entry)
        return found

    def linked(self, case: Case, kind: str) -> list[Entry]:
        """Records of a kind tied to a case, from either side."""
        own = set(links(case.value, kind))
        found = {entry.id: entry for entry in self.naming.get((kind, case.id), ())}
        known = self.known(kind)
        found.update({identifier: known[identifier] for identifier in own if identifier in known})
        return list(found.values())

    def alike(self, case: Case, same: str, since: date) -> int:
        """How many counted cases of its cause, and of its line or product, came in after `since` up to this one."""
        key = self._key(case, same)
        received = self._alike[same].get(key, []) if key is not None else []
        return bisect_right(received, case.received.at) - bisect_right(received, end_of(since, self.zone))

    @cached_property
    def _alike(self) -> Mapping[str, Mapping[tuple[str, str], list[datetime]]]:
        found: dict[str, dict[tuple[str, str], list[datetime]]] = defaultdict(lambda: defaultdict(list))
        for case in sorted(self.complaints.cases, key=lambda case: case.received.at):
            for same in ("same-line-and-cause", "same-product-and-cause", "same-cause") if case.counted else ():
                key = self._key(case, same)
                if key is not None:
                    found[same][key].append(case.received.at)
        return found

    @cached_property
    def disposed(self) -> frozenset[str]:
        """Records that a disposal names."""
        return frozenset(name for entry in self.of("disposal") for name in words(entry.value, "record_ids"))

    def proven(self, person: str, on: date) -> bool | None:
        """Whether a person had a competence shown and not expired on a day (7.2); None without any register."""
        if not self._proven:
            return None
        return any(since <= on.isoformat() <= until for since, until in self._proven.get(person, ()))

    @cached_property
    def _proven(self) -> Mapping[str, list[tuple[str, str]]]:
        found: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for entry in self.of("competence"):
            for row in rows(entry.value, "people"):
                met = [(str(row.get("acquired_on", "")), str(row.get("expires_on", "9999")))]
                found[str(row.get("person"))] += met if row.get("status") == "met" else []
        return found

    def _key(self, case: Case, same: str) -> tuple[str, str] | None:
        cause, product = word(case.value, "cause", "group"), word(case.value, "product") or ""
        if cause is None:
            return None
        thing = {"same-cause": "", "same-product-and-cause": product}.get(same, self.lines.get(product, product))
        return cause, thing


def found(
    rule: Rule, case: Case, pointer: Pointer, requirements: tuple[str, ...], *,
    basis: Basis | None = None, breach: tuple[str, ...] = (), facts: Mapping[str, Fact] | None = None, **more: Fact,
) -> Problem:  # fmt: skip
    """A problem of a case; a lapse says what kind of breach a nonconformity has to name."""
    return reporting.found(rule, case.entry, pointer, requirements, basis=basis, breach=breach, facts=facts, **more)


def ground(case: Case, basis: str | None) -> Fact:
    """The ground of closing by its label."""
    shape = case.entry.kind.shape.properties["closure"].properties["basis"]
    return shape.labels.get(basis or "", basis or "—")


def shown(at: datetime | date | None) -> str:
    """A moment as people write it."""
    if isinstance(at, datetime):
        return at.strftime("%Y-%m-%d %H:%M")
    return at.isoformat() if at else ""


def amount(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value)) if value is not None else None
    except InvalidOperation:
        return None


def links(value: Mapping[str, Any], kind: str) -> list[str]:
    """What a complaint says it is tied to."""
    if kind == "crisis":
        named = [word(value, "links", "crisis"), word(value, "collective", "event")]
        return [name for name in named if name]
    if kind == "alert":
        return words(value, "links", "alerts")
    lapses = [str(row.get("nonconformity")) for row in rows(value, "lapses")]
    decided = [
        str(child(part, "follow_up", "dissatisfied_decision", "nonconformity"))
        for part in (value, *rows(value, "reopenings"))
        if child(part, "follow_up", "dissatisfied_decision", "nonconformity")
    ]
    return [*words(value, "links", "nonconformities"), *lapses, *decided]


def mentioned(entry: Entry) -> list[str]:
    """Complaints that an alert, a crisis or a nonconformity names."""
    value = entry.value
    return [
        *words(value, "complaints"), *words(value, "source", "references"), *words(value, "similar", "found"),
        *words(value, "consequences", "complaints"), *(str(row.get("record")) for row in rows(value, "lapses")),
    ]  # fmt: skip
