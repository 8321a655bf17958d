"""What the columns of a foreign log mean: the header row found, names made unique, meanings by data/headers.yaml.

A name that is not known is left open; nothing is guessed from a part of it. Of two columns with one meaning the
stronger name wins and the other is left open, so that a value never comes from the wrong column.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import yaml

from ..shipped import shipped

LOOK = 40
"""A header stands within so many rows; above it are titles, dates of print and the like."""
LONGEST = 120
CHINESE = re.compile("[\u3400-\u9fff]")
LATIN_WORDS = re.compile(r"[A-Za-z][A-Za-z .&,'-]*")
BRACKETS = re.compile(r"[(（\[【].*?[)）\]】]")


@dataclass(frozen=True, slots=True)
class Meaning:
    """One meaning of a column; without a `field` it is personal data and stays out of the repository."""

    name: str
    field: str | None


@dataclass(frozen=True, slots=True)
class Words:
    """data/headers.yaml, ready to look up: normal name → (meaning, rank); field → normal value → id."""

    names: Mapping[str, tuple[Meaning, int]]
    values: Mapping[str, Mapping[str, str]]


@lru_cache(maxsize=1)
def words() -> Words:
    data = yaml.load(shipped("headers.yaml").read_text("utf-8"), Loader=yaml.CSafeLoader)
    names: dict[str, tuple[Meaning, int]] = {}
    for name, said in data["meanings"].items():
        meaning = Meaning(name, said.get("field"))
        for rank, written in enumerate(said["names"]):
            names.setdefault(normal(written), (meaning, rank))
    values = {
        field: {normal(written): target for target, all_written in said.items() for written in all_written}
        for field, said in data["values"].items()
    }
    return Words(names, values)


def normal(text: str) -> str:
    """A name as it is compared: without case, width, spaces and punctuation."""
    return "".join(ch for ch in unicodedata.normalize("NFKC", text).casefold() if ch.isalnum())


@lru_cache(maxsize=4096)
def meaning_of(header: str) -> tuple[Meaning, int] | None:
    """What a header means and how strong its name is (0 is strongest), or None when it is not known for certain."""
    names = words().names
    bare = BRACKETS.sub("", header)
    for written in (header, bare):
        if normal(written) in names:
            return names[normal(written)]
    if CHINESE.search(bare):  # 投诉日期 Complaint: the Chinese part decides, the other language only repeats it
        return names.get(normal(LATIN_WORDS.sub("", bare)))
    return None


def meanings(columns: Sequence[str]) -> dict[str, Meaning]:
    """Column → meaning; each meaning with a field is given once, to the strongest name, then the first column."""
    found = [(column, *known) for column in columns if (known := meaning_of(column)) is not None]
    best: dict[str, tuple[int, str]] = {}
    for column, meaning, rank in found:
        if meaning.name not in best or rank < best[meaning.name][0]:
            best[meaning.name] = (rank, column)
    return {c: meaning for c, meaning, _ in found if meaning.field is None or best[meaning.name][1] == c}


def header_row(rows: Sequence[Sequence[str]], wanted: Collection[str] = ()) -> int | None:
    """Index of the header among the first rows: where most names are `wanted` (by a map) or known, else where
    the first row of several cells stands; None when there is no cell at all."""
    named = {" ".join(name.split()) for name in wanted}

    def score(cells: Sequence[str]) -> tuple[int, int]:
        trimmed = {" ".join(cell.split()) for cell in cells if cell.strip()}
        return len(trimmed & named), sum(len(cell) <= 80 and meaning_of(cell) is not None for cell in trimmed)

    scores = [score(cells) for cells in rows[:LOOK]]
    best = max(scores, default=(0, 0))
    if best > (0, 0):
        return scores.index(best)
    filled = [sum(bool(cell.strip()) for cell in cells) for cells in rows[:LOOK]]
    several = next((index for index, count in enumerate(filled) if count > 1), None)
    return several if several is not None else next((index for index, count in enumerate(filled) if count), None)


def named(header: Sequence[str]) -> tuple[str, ...]:
    """Column names, trimmed; a repeated or empty name gets its position so that no cell is lost."""
    names: list[str] = []
    taken: set[str] = set()
    for index, cell in enumerate(header, start=1):
        name = " ".join(cell.split())[:LONGEST] or f"column {index}"
        while name in taken:
            name = f"{name} ({index})"
        names.append(name)
        taken.add(name)
    return tuple(names)
