"""Identity: one id, one file, one place; ids look as the organisation decided (7.5.2)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..load.positions import place
from ..load.workspace import MARK
from ..measure import Measured
from ..model import Entry, Mention, System
from ..problems import Problem, Rule, problem

ID_NOT_FILE_NAME = Rule("id-not-file-name", "contradiction", "own", source="V01")
ID_TWICE = Rule("id-twice", "contradiction", "own", source="V01")
NUMBER_PATTERN = Rule("number-pattern", "contradiction", "own")
VERSION_PATTERN = Rule("version-pattern", "contradiction", "own")
SEVERAL_FILES = Rule("several-files", "contradiction", "own")
RULES = (ID_NOT_FILE_NAME, ID_TWICE, NUMBER_PATTERN, VERSION_PATTERN, SEVERAL_FILES)

DEFAULT_VERSION = "^[A-Z]/[0-9]+$"
SINGLE = ("organization", "policy", "scope")


def check(system: System, measured: Measured) -> Iterator[Problem]:
    yield from _file_names(system)
    yield from _twice(system)
    yield from _patterns(system)
    for kind in SINGLE:
        # The one at its proper place is the one that counts.
        entries = sorted(system.of(kind), key=lambda entry: entry.path not in entry.kind.paths)
        for entry in entries[1:]:
            yield problem(SEVERAL_FILES, place(entry), entry.kind.clauses, kind=entry.kind.title, first=entries[0].path)


def _file_names(system: System) -> Iterator[Problem]:
    """A record's id is its file name: two writers with one number then collide in git, visibly."""
    for entry in system.entries:
        own = entry.value.get("id")
        if entry.kind.information == "retain" and entry.kind.number and isinstance(own, str) and own != entry.stem:
            yield problem(ID_NOT_FILE_NAME, place(entry, ("id",)), ("7.5.2.id",), id=own, file=entry.stem)


def _twice(system: System) -> Iterator[Problem]:
    first: dict[tuple[str, str], Mention] = {}
    for mention in definitions(system):
        if MARK.search(mention.id):
            continue
        key = (mention.spaces[0], mention.id.casefold())
        if key in first:
            other = first[key]
            where = place(other.entry, other.pointer)
            yield problem(
                ID_TWICE, place(mention.entry, mention.pointer), ("7.5.2.id",), fatal=True,
                id=mention.id, other=f"{where.path}:{where.line}",
            )  # fmt: skip
        else:
            first[key] = mention


def definitions(system: System) -> Iterator[Mention]:
    """Every id that something defines: typed ones, and those that follow from the file name or number."""
    typed = set()
    for mention in system.defined:
        if mention.pointer in (("id",), ("number",)):
            typed.add(id(mention.entry))
        yield mention
    for entry in system.entries:
        for key in () if id(entry) in typed else ("number", "id"):
            shape = entry.kind.shape.properties.get(key)
            if shape is not None and shape.defines and key not in entry.value:
                yield Mention(entry, (), (shape.defines,), entry.id)
                break


def _patterns(system: System) -> Iterator[Problem]:
    """Number and version patterns belong to the organisation (corrections 30)."""
    own = system.organisation.get("number_patterns")
    own_patterns = own if isinstance(own, dict) else {}
    version = system.organisation.get("version_pattern", DEFAULT_VERSION)
    for entry in system.entries:
        pattern = own_patterns.get(entry.kind.name, entry.kind.number)
        if isinstance(pattern, str) and not MARK.search(entry.id) and not _fits(pattern, entry.id):
            yield problem(NUMBER_PATTERN, place(entry, (_id_key(entry),)), ("7.5.2.id",), id=entry.id, pattern=pattern)
        said = entry.value.get("version")
        if entry.controlled and isinstance(said, str) and not MARK.search(said) and not _fits(str(version), said):
            yield problem(
                VERSION_PATTERN, place(entry, ("version",)), ("7.5.2.id",), version=said, pattern=str(version)
            )


def _id_key(entry: Entry) -> str:
    return "number" if entry.controlled else "id"


def _fits(pattern: str, value: str) -> bool:
    try:
        return re.search(pattern, value) is not None and "\n" not in value
    except re.error:
        return False
