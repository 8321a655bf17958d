"""What the columns of a foreign log mean, by data/headers.yaml.

A name that is not known is left open; nothing is guessed from a part of it. Of two columns with one meaning the
stronger name wins and the other is left open, so that a value never comes from the wrong column. Only personal data
is recognised by a part of a name: what is kept out by mistake is said, what got in would stay in the history.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made
from functools import lru_cache

import yaml

from ..shipped import shipped

BELOW = " › "
"""Between a group's name and the name below it, in a header of two rows."""
CHINESE = re.compile("[\u3400-\u9fff]")
LATIN_WORDS = re.compile(r"[A-Za-z][A-Za-z .&,'/-]*")
BRACKETS = re.compile(r"[(（\[【].*?[)）\]】]")
ORDINAL = re.compile(r"^\s*(?:[0-9]{1,2}\s*[.、)）]|[①-⑳]|[(（][0-9]{1,2}[)）])\s*")


@dataclass(frozen=True, slots=True)
class Meaning:
    """One meaning of a column; without a `field` it is personal data and stays out of the repository.

    `values` are the words of this column alone (a column "closed?" says yes and no); `tells_state` marks a column
    that also says whether a case is closed.
    """

    name: str
    field: str | None
    values: Mapping[str, str] = made(default_factory=dict)
    tells_state: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """data/headers.yaml, ready to look up: normal name → (meaning, rank); field → normal value → id."""

    names: Mapping[str, tuple[Meaning, int]]
    values: Mapping[str, Mapping[str, str]]
    beside: Mapping[str, str]
    generic: frozenset[str]
    group_words: re.Pattern[str]
    personal: tuple[re.Pattern[str], ...]
    not_personal: re.Pattern[str]
    totals: frozenset[str]
    footers: re.Pattern[str]


@lru_cache(maxsize=1)
def words() -> Words:
    data = yaml.load(shipped("headers.yaml").read_text("utf-8"), Loader=yaml.CSafeLoader)
    names: dict[str, tuple[Meaning, int]] = {}
    for name, said in data["meanings"].items():
        values = {written: target for target, listed in said.get("values", {}).items() for written in listed}
        meaning = Meaning(name, said.get("field"), values, said.get("state", False))
        for rank, written in enumerate(said["names"]):
            names.setdefault(normal(written), (meaning, rank))
    values = {
        field: {normal(written): target for target, all_written in said.items() for written in all_written}
        for field, said in data["values"].items()
    }
    return Words(
        names, values, {normal(name): other for name, other in data["beside"].items()},
        frozenset(normal(name) for name in data["generic"]), re.compile(f"({'|'.join(data['group_words'])})$", re.I),
        tuple(re.compile(data["personal"][language], re.I) for language in ("zh", "en")),
        re.compile(data["personal"]["unless"], re.I), frozenset(normal(word) for word in data["totals"]),
        re.compile(data["footers"], re.I),
    )  # fmt: skip


def normal(text: str) -> str:
    """A name as it is compared: without case, width, spaces and punctuation."""
    return "".join(ch for ch in unicodedata.normalize("NFKC", text).casefold() if ch.isalnum())


@lru_cache(maxsize=4096)
def meaning_of(header: str) -> tuple[Meaning, int] | None:
    """What a header means and how strong its name is (0 is strongest), or None when it is not known for certain."""
    group, between, name = header.rpartition(BELOW)
    if not between:
        return _known(ORDINAL.sub("", header)) or _known(header)
    joined = words().group_words.sub("", group.strip()) + name
    if (found := _known(group + name) or _known(joined)) is not None:
        return found
    return None if normal(name) in words().generic else _known(name)


def _known(header: str) -> tuple[Meaning, int] | None:
    names = words().names
    bare = BRACKETS.sub("", header)
    for written in (header, bare):
        if normal(written) in names:
            return names[normal(written)]
    if CHINESE.search(bare):  # 投诉日期 Complaint: the Chinese part decides, the other language only repeats it
        return names.get(normal(LATIN_WORDS.sub("", bare)))
    return None


@lru_cache(maxsize=4096)
def is_personal(header: str) -> bool:
    """True for a column that names a person or says how to reach one."""
    known = meaning_of(header)
    if known is not None:
        return known[0].field is None
    written = unicodedata.normalize("NFKC", header.replace(BELOW, " "))
    bare = BRACKETS.sub("", written).strip(" *:：")
    if words().not_personal.search(written.strip()) or words().not_personal.search(bare):
        return False
    return any(pattern.search(text) for pattern in words().personal for text in (written.strip(" *:："), bare))


def meanings(columns: Sequence[str]) -> dict[str, Meaning]:
    """Column → meaning; each field is given once, to the strongest name, then the first column."""
    found = [(column, *known) for column in columns if (known := meaning_of(column)) is not None]
    given = {meaning.name for _, meaning, _ in found}
    beside = words().beside
    found = [(c, m, rank) for c, m, rank in found if beside.get(normal(c), m.name) in given]
    best: dict[str, tuple[int, str]] = {}
    for column, meaning, rank in found:
        target = meaning.field or meaning.name
        if target not in best or rank < best[target][0]:
            best[target] = (rank, column)
    return {c: m for c, m, _ in found if m.field is None or best[m.field][1] == c}


def is_total(cells: Sequence[str]) -> bool:
    """True for a row that sums up or signs a sheet: its first word says so."""
    first = next((cell for cell in cells if cell), "")
    return normal(first) in words().totals or bool(words().footers.search(unicodedata.normalize("NFKC", first)))
