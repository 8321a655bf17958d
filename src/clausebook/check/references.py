"""References: every id in every file leads somewhere, and so does every link and number in a text."""

from __future__ import annotations

import difflib
import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from urllib.parse import unquote

from ..clauses import covers
from ..load.positions import body_place, place
from ..measure import Measured
from ..measure.writing import MARK
from ..model import Entry, System
from ..problems import Problem, Rule, problem
from .identity import definitions

UNKNOWN_REFERENCE = Rule("unknown-reference", "contradiction", "own", source="V32")
UNKNOWN_CLAUSE = Rule("unknown-clause", "contradiction", "own")
BROKEN_LINK = Rule("broken-link", "contradiction", "own")
UNKNOWN_NUMBER = Rule("unknown-number", "contradiction", "own", source="V32")
RULES = (UNKNOWN_REFERENCE, UNKNOWN_CLAUSE, BROKEN_LINK, UNKNOWN_NUMBER)

LINK = re.compile(r"(?<!!)\[[^\]\n]*\]\(\s*<?([^)\s>]+)>?[^)]*\)")
EXTERNAL = re.compile(r"(https?://|mailto:|tel:)", re.IGNORECASE)
NUMBER = re.compile(r"(?<![A-Za-z0-9_/-])[A-Z]{2,4}-[0-9]{2,4}(?:-[0-9]{2,7})?(?![A-Za-z0-9-])")


def check(system: System, measured: Measured) -> Iterator[Problem]:
    known = spaces(system)
    yield from _ids(system, measured, known)
    yield from _links(system)
    yield from _numbers(system, known)


def spaces(system: System) -> Mapping[str, set[str]]:
    """All ids, by the space they live in."""
    known: dict[str, set[str]] = defaultdict(set)
    for mention in definitions(system):
        known[mention.spaces[0]].add(mention.id)
    return known


def _ids(system: System, measured: Measured, known: Mapping[str, set[str]]) -> Iterator[Problem]:
    silent = _silent(system, known)
    for mention in system.referred:
        if MARK.search(mention.id):
            continue  # not written yet; that is said once, by `placeholder`
        if "requirement" in mention.spaces:
            if not system.catalogue.knows(mention.id):
                at = place(mention.entry, mention.pointer)
                near = _near(mention.id, system.catalogue.requirements)
                yield problem(UNKNOWN_CLAUSE, at, fatal=True, id=mention.id, near=near)
            continue
        if any(mention.id in known.get(space, ()) or space in silent for space in mention.spaces):
            continue
        options = [identifier for space in mention.spaces for identifier in known.get(space, ())]
        yield problem(
            UNKNOWN_REFERENCE, place(mention.entry, mention.pointer), mention.entry.kind.clauses, fatal=True,
            id=mention.id, space=_space_names(mention.spaces), near=_near(mention.id, options),
        )  # fmt: skip


def _silent(system: System, known: Mapping[str, set[str]]) -> set[str]:
    """Spaces of which nothing could be read: the unread file is the problem, not each reference to it."""
    defining: dict[str, set[str]] = defaultdict(set)
    for kind in system.kinds.values():
        for space in _defined_by(kind.shape):
            defining[space].add(kind.name)
    unread = set(system.broken.values())
    return {space for space, kinds in defining.items() if kinds & unread or not known.get(space)}


def _defined_by(shape: object) -> Iterator[str]:
    from ..model import Shape

    assert isinstance(shape, Shape)
    if shape.defines:
        yield shape.defines
    for child in [*shape.properties.values(), *filter(None, (shape.items, shape.values))]:
        yield from _defined_by(child)


def _links(system: System) -> Iterator[Problem]:
    paths = {entry.path for entry in system.entries} | set(system.broken)
    for entry in system.entries:
        for match in LINK.finditer(entry.body or ""):
            target = unquote(match.group(1)).split("#")[0]
            if not target or EXTERNAL.match(target):
                continue
            path = posixpath.normpath(posixpath.join(posixpath.dirname(entry.path), target))
            if path not in paths:
                at = body_place(entry, match.start())
                yield problem(BROKEN_LINK, at, ("7.5.3.a",), fatal=True, target=match.group(1)[:80])


def _numbers(system: System, known: Mapping[str, set[str]]) -> Iterator[Problem]:
    """A document or record number in a controlled text must be one that exists."""
    every = {identifier for ids in known.values() for identifier in ids}
    prefixes = {identifier.split("-")[0] for space in ("document", "nonconformity", "complaint", "audit", "change")
                for identifier in known.get(space, ())}  # fmt: skip
    stems = {entry.stem for entry in system.entries}
    for entry in system.entries:
        for match in NUMBER.finditer(entry.body or ""):
            number = match.group()
            if number.split("-")[0] not in prefixes or number in every or number in stems or _form(number, every):
                continue
            at = body_place(entry, match.start())
            yield problem(UNKNOWN_NUMBER, at, ("7.5.3.a",), basis="implied", id=number, near=_near(number, every))


def _form(number: str, every: set[str]) -> bool:
    """A number of a record form such as CP-08-R01 belongs to a document that exists."""
    return any(covers(known.replace("-", "."), number.replace("-", ".")) for known in every if number.startswith(known))


def _space_names(names: tuple[str, ...]) -> dict[str, str]:
    from ..wording import text

    return {lang: " / ".join(text(f"terms.space.{name}", lang) for name in names) for lang in ("zh", "en")}


def _near(word: str, options: object) -> str:
    return next(iter(difflib.get_close_matches(word, list(options), 1, 0.6)), "")  # type: ignore[call-overload]


def entry_link(entry: Entry) -> str:
    return entry.path
