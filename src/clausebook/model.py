"""The values that travel through the house: kinds, entries and the whole `System`. Nothing here does I/O."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, Protocol

from .clauses import Catalogue
from .history import History
from .problems import Bilingual, Problem

Pointer = tuple[str | int, ...]
Typed = Literal["integer", "number", "boolean"]
SERIAL = re.compile(r"\^?([A-Z]+)-\[0-9\]\{4\}-\[0-9\]\{([0-9]+)(?:,[0-9]+)?\}\$?")
"""The pattern of a kind's numbers when they count up within a year."""


@dataclass(slots=True)
class Shape:
    """What a schema says of one value, resolved once: children, type to read, ids, references, privacy."""

    title: Bilingual
    hint: Bilingual
    typed: Typed | None = None
    properties: dict[str, Shape] = field(default_factory=dict)
    items: Shape | None = None
    values: Shape | None = None
    defines: str | None = None
    refers: tuple[str, ...] = ()
    except_refs: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    private: bool = False
    publish: bool = False
    verbatim: bool = False
    code: bool = False
    """Written for a machine, as a query or a pattern: its lines and blanks are to be seen as they are."""
    field_of: str | None = None
    """Names a field of records of this kind."""
    labels: Mapping[str, Bilingual] = field(default_factory=dict)
    matters: bool = False
    """True when something below must be read as a number or boolean, defines an id or refers to one."""


@dataclass(frozen=True, slots=True, repr=False)
class Kind:
    """A kind of document, register or record: its schema, its places and what clauses it serves."""

    name: str
    title: Bilingual
    description: Bilingual
    information: Literal["maintain", "retain"]
    paths: tuple[str, ...]
    clauses: tuple[str, ...]
    number: str | None
    shape: Shape
    schema: Mapping[str, Any]
    markdown: bool

    @property
    def serial(self) -> tuple[str, int] | None:
        """Prefix and width of records numbered one after the other (NC-2026-007); None for all others."""
        found = SERIAL.fullmatch(self.number or "") if self.information == "retain" else None
        return (found[1], int(found[2])) if found else None


@dataclass(frozen=True, slots=True, repr=False)
class Source:
    """One file as read. `texts` are its YAML documents' first lines, for positions looked up later."""

    path: str
    text: str
    sha256: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Entry:
    """One document, register or record. `value` is read-only by convention: nobody writes back."""

    kind: Kind
    source: Source
    value: Mapping[str, Any]
    body: str | None = None
    body_line: int = 0
    part: int = 0
    """Which YAML document of the file this is (several registers may share one file)."""

    @property
    def path(self) -> str:
        return self.source.path

    @property
    def controlled(self) -> bool:
        """A controlled document carries a version, as on the standard's own cover (7.5.2); a register may."""
        if self.kind.information != "maintain":
            return False
        return "version" in self.value or "version" in self.kind.schema.get("required", ())

    @property
    def id(self) -> str:
        """The number of a document, the id of a record, else the file's name."""
        value = self.value
        own = value.get("number") if "number" in value else value.get("id")
        if isinstance(own, str) and own:
            return own
        # Unnumbered records such as approvals are named within their folder: CP-08/A-1-approve-gu-lan.
        unnumbered = self.kind.information == "retain" and self.kind.number is None
        return "/".join([*self.path.split("/")[2:-1], self.stem]) if unnumbered else self.stem

    @property
    def stem(self) -> str:
        return self.path.rsplit("/", 1)[-1].rsplit(".", 1)[0]

    @property
    def title(self) -> str:
        value = self.value
        for key in ("title", "name", "subject", "topic"):
            if isinstance(value.get(key), str):
                return str(value[key])
            if isinstance(value.get(key), Mapping) and isinstance(value[key].get("zh"), str):
                return str(value[key]["zh"])
        return self.kind.title["zh"]


@dataclass(frozen=True, slots=True)
class Mention:
    """An id where it is defined, or where something refers to it."""

    entry: Entry
    pointer: Pointer
    spaces: tuple[str, ...]
    id: str


class Verdicts(Protocol):
    """What judges the form of a value: the schemas, wherever they came from."""

    def is_valid(self, kind: str, value: Any) -> bool: ...

    def errors(self, kind: str, value: Any) -> Iterator[tuple[str, Pointer, Mapping[str, Any], list[str | int]]]: ...


@dataclass(frozen=True, slots=True, repr=False)
class System:
    """Everything that was read, immutable. Four steps pass it on; only `load` makes one.

    It has no long representation: an error that names it would print a whole organisation.
    """

    root: str
    as_of: date
    catalogues: Mapping[str, Catalogue]
    kinds: Mapping[str, Kind]
    schemas: Verdicts
    entries: Sequence[Entry]
    problems: Sequence[Problem]
    broken: Mapping[str, str]
    """Files that could not be read: path → kind name by its place ('' if the place says nothing)."""
    defined: Sequence[Mention]
    referred: Sequence[Mention]
    history: History
    templates: frozenset[str]
    """Fingerprints of the bodies of our own templates, to recognise one nobody has filled in."""
    owners: Source | None = None
    """The forge's CODEOWNERS as it lies here: who is asked before a change comes in."""

    by_kind: Mapping[str, tuple[Entry, ...]] = field(init=False, repr=False, compare=False)
    """The entries of each kind, in path order: asked for hundreds of times in a run."""

    def __post_init__(self) -> None:
        grouped: dict[str, list[Entry]] = {}
        for entry in self.entries:
            grouped.setdefault(entry.kind.name, []).append(entry)
        object.__setattr__(self, "by_kind", {kind: tuple(entries) for kind, entries in grouped.items()})

    def of(self, *kinds: str) -> Iterator[Entry]:
        """All entries of these kinds, in path order."""
        if len(kinds) == 1:
            return iter(self.by_kind.get(kinds[0], ()))
        return (entry for entry in self.entries if entry.kind.name in kinds)

    def first(self, kind: str) -> Entry | None:
        return next(self.of(kind), None)

    @property
    def organisation(self) -> Mapping[str, Any]:
        entry = self.first("organization")
        return entry.value if entry else {}

    @property
    def catalogue(self) -> Catalogue:
        """The standard that org.yaml names; the first one shipped when it names none that exists."""
        chosen = self.organisation.get("standard")
        if isinstance(chosen, str) and chosen in self.catalogues:
            return self.catalogues[chosen]
        return next(iter(self.catalogues.values()))
