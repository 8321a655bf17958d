"""The catalogue: clauses, their requirements and the evidence each one asks for, as data.

Source: schema/clauses.yaml. Ids match whole or on dots, never as substrings: 8.2 covers 8.2.a, not 8.21.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from .problems import Basis, Bilingual

Judgement = Literal["none", "sample", "interview"]


@dataclass(frozen=True, slots=True)
class Selector:
    """One piece of evidence that must be there. Shapes and meaning: ARCHITECTURE.md, "Evidence"."""

    kinds: tuple[str, ...]
    document: str | None
    select: tuple[str, ...]
    where: Mapping[str, Any]
    each: tuple[str, ...]
    any_of: tuple[str, ...]
    covers: tuple[str, tuple[str, ...]] | None
    sections: tuple[str, ...]
    minimum: int
    within: tuple[str, int] | None
    distinct: str | None
    basis: Basis


@dataclass(frozen=True, slots=True)
class Clause:
    id: str
    title: Bilingual
    iso9001: tuple[str, ...] = ()
    iso10002: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Requirement:
    """One atomic obligation. `judgement` says whether a person must judge, `question` what is asked then."""

    id: str
    clause: str
    printed: str
    text: Bilingual
    kind: str
    judgement: Judgement
    emphasis: bool = False
    printed_note: Bilingual | None = None
    question: Bilingual | None = None
    not_applicable: str | None = None
    iso9001: tuple[str, ...] = ()
    iso10002: tuple[str, ...] = ()
    evidence: tuple[Selector, ...] = ()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One standard: ids in the order of print."""

    id: str
    number: str
    version: str
    title: Bilingual
    clauses: Mapping[str, Clause]
    requirements: Mapping[str, Requirement]
    notes: Mapping[str, Any] = field(default_factory=dict)

    def below(self, clause: str) -> list[Requirement]:
        """All requirements at or under a clause or requirement id; empty if the id does not exist."""
        return [r for r in self.requirements.values() if covers(clause, r.id) or covers(clause, r.clause)]

    def knows(self, identifier: str) -> bool:
        return identifier in self.clauses or identifier in self.requirements or bool(self.below(identifier))

    def numbered(self, requirements: Iterable[str]) -> str | None:
        """The clause of the first requirement, for people who think in clause numbers."""
        for identifier in requirements:
            if identifier in self.requirements:
                return self.requirements[identifier].clause
            if identifier in self.clauses:
                return identifier
        return None


def covers(wider: str, narrower: str) -> bool:
    """True when `narrower` is `wider` itself or lies below it on a dot."""
    return narrower == wider or narrower.startswith(wider + ".")


def catalogue_from(data: Mapping[str, Any]) -> Catalogue:
    """Build the catalogue from the parsed, schema-valid file."""
    clauses = {
        row["id"]: Clause(row["id"], row["title"], tuple(row.get("iso9001", ())), tuple(row.get("iso10002", ())))
        for row in data["clauses"]
    }
    requirements = {row["id"]: _requirement(row, clauses) for row in data["requirements"]}
    notes = {key: data.get(key, []) for key in ("irregularities", "terms", "sources")}
    return Catalogue(data["id"], data["number"], data["version"], data["title"], clauses, requirements, notes)


def _requirement(row: Mapping[str, Any], clauses: Mapping[str, Clause]) -> Requirement:
    clause = clauses[row["clause"]]
    return Requirement(
        id=row["id"],
        clause=row["clause"],
        printed=row["printed"],
        text=row["text"],
        kind=row["kind"],
        judgement=row["judgement"],
        emphasis=row.get("emphasis", False),
        printed_note=row.get("printed_note"),
        question=row.get("question"),
        not_applicable=row.get("not_applicable"),
        iso9001=tuple(row.get("iso9001", clause.iso9001)),
        iso10002=tuple(row.get("iso10002", clause.iso10002)),
        evidence=tuple(_selector(item) for item in row["evidence"]),
    )


def _selector(item: Mapping[str, Any]) -> Selector:
    kinds = item.get("kind", ())
    covered = item.get("covers")
    period = item.get("within")
    return Selector(
        kinds=(kinds,) if isinstance(kinds, str) else tuple(kinds),
        document=item.get("document"),
        select=tuple(item["select"].split(".")) if item.get("select") else (),
        where=item.get("where", {}),
        each=tuple(item.get("each", ())),
        any_of=tuple(item.get("any_of", ())),
        covers=(covered["field"], tuple(covered["values"])) if covered else None,
        sections=tuple(item.get("sections", ())),
        minimum=int(item.get("min", 1)),
        within=(period["field"], int(period["months"])) if period else None,
        distinct=item.get("distinct"),
        basis=item["basis"],
    )
