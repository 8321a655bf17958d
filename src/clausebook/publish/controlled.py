"""What the master list says of each document, register and kind of record (7.5.3): values, no page yet.

Pages and exports read the same rows, so that the sheet an auditor takes along is the list on the screen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ..check.reviews import MONTHS
from ..measure.moments import rows, word, words
from ..measure.readings import Acknowledgement
from ..measure.revisits import gone_through, next_reviews
from ..measure.rhythm import months_after
from ..model import Entry, Kind
from ..wording import messages
from .book import Book
from .standing import status

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the master list. `status` is a state of a document, or `living` for a register."""

    entry: Entry
    family: str
    status: str
    review_on: date | None
    late: bool
    readers: tuple[str, ...]
    kept: tuple[Row, ...]
    """The retention classes of what is superseded."""
    acknowledgement: Acknowledgement | None

    def field(self, key: str) -> str:
        return str(self.entry.value.get(key, ""))


@dataclass(frozen=True, slots=True)
class Recorded:
    """One kind of record: its forms with the documents that prescribe them, its retention classes, and how many."""

    kind: Kind
    forms: tuple[tuple[Row, Entry], ...]
    classes: tuple[tuple[Entry, Row], ...]
    count: int


def listed(book: Book) -> list[Listed]:
    """Every controlled document and every register, the family of the policy first, then by number."""
    classes, ahead = _classes(book), next_reviews(book.system)
    found = []
    for entry in book.system.entries:
        register = entry.path.startswith("registers/")
        if entry.kind.information == "maintain" and (entry.controlled or register):
            review = ahead.get(entry.id) if entry.controlled else _next(book, entry)
            kept = tuple(row for _, row in classes[entry.kind.name])
            found.append(
                Listed(
                    entry, family_of(entry), status(book, entry) if entry.controlled else "living", review,
                    review is not None and review < book.system.as_of, tuple(words(entry.value, "distribution")),
                    kept, book.readings.get(entry.path),
                )
            )  # fmt: skip
    return sorted(found, key=lambda one: (one.family == "registers", one.family != "system", one.family, one.entry.id))


def family_of(entry: Entry) -> str:
    """What a document belongs to, by where its kind is at home: an organisation names its own folders."""
    first, *rest = entry.kind.paths[0].split("/")
    return rest[0] if first == "system" and len(rest) > 1 else first


def family_name(book: Book, family: str) -> str:
    """What a family is called; a folder of the organisation's own by its name. Not yet safe."""
    return str(messages(book.language).get(f"site.family.{family}", family))


def recorded(book: Book) -> Iterator[Recorded]:
    """Every kind of record in the order of the clauses, with how long it is kept and where."""
    forms: dict[str, list[tuple[Row, Entry]]] = defaultdict(list)
    for entry in book.system.entries:
        for row in rows(entry.value, "forms") if entry.kind.information == "maintain" else ():
            forms[word(row, "record_kind") or ""].append((row, entry))
    classes = _classes(book)
    clauses = list(book.system.catalogue.clauses)
    kinds = [kind for kind in book.system.kinds.values() if kind.information == "retain"]
    kinds.sort(key=lambda kind: min((clauses.index(c) for c in kind.clauses if c in clauses), default=len(clauses)))
    for kind in kinds:
        count = len(book.system.by_kind.get(kind.name, ()))
        yield Recorded(kind, tuple(forms[kind.name]), tuple(classes[kind.name]), count)


def _classes(book: Book) -> Mapping[str, list[tuple[Entry, Row]]]:
    found: dict[str, list[tuple[Entry, Row]]] = defaultdict(list)
    for entry in book.system.of("retention"):
        for row in rows(entry.value, "items"):
            for kind in words(row, "kinds"):
                found[kind].append((entry, row))
    return found


def _next(book: Book, entry: Entry) -> date | None:
    """A register is due again after its own interval."""
    reviewed, own = gone_through(book.system, entry), entry.value.get("review_within_months")
    return months_after(reviewed, own if isinstance(own, int) else MONTHS) if reviewed is not None else None


def asked(lines: Sequence[Listed]) -> list[Acknowledgement]:
    """The documents whose reading is confirmed, in the order of the list."""
    return [one.acknowledgement for one in lines if one.acknowledgement is not None and one.acknowledgement.asked]
