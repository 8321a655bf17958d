"""References: every id in every file leads somewhere, and so does every link and number in a text."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from urllib.parse import unquote

from ..clauses import covers
from ..load.positions import body_place, place
from ..load.workspace import MARK
from ..measure import Measured
from ..model import Mention, Shape, System
from ..nearness import nearest
from ..problems import Place, Problem, Rule, problem
from .asked import Asked
from .identity import definitions

UNKNOWN_REFERENCE = Rule("unknown-reference", "contradiction", "own", source="V32")
NOTHING_REGISTERED = Rule("nothing-registered", "contradiction", "own", source="V32")
UNKNOWN_CLAUSE = Rule("unknown-clause", "contradiction", "own")
BROKEN_LINK = Rule("broken-link", "contradiction", "own")
UNKNOWN_NUMBER = Rule("unknown-number", "contradiction", "own", source="V32")
RULES = (UNKNOWN_REFERENCE, NOTHING_REGISTERED, UNKNOWN_CLAUSE, BROKEN_LINK, UNKNOWN_NUMBER)

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
    silent, asked = _silent(system), Asked(measured)
    lost = []
    for mention in system.referred:
        if any(mention.id in known.get(space, ()) for space in mention.spaces):
            continue
        if MARK.search(mention.id):
            continue  # not written yet; that is said once, by `placeholder`
        if "requirement" in mention.spaces:
            if not system.catalogue.knows(mention.id):
                at = place(mention.entry, mention.pointer)
                near = nearest(mention.id, system.catalogue.requirements)
                yield problem(UNKNOWN_CLAUSE, at, fatal=True, id=mention.id, near=near)
        elif silent.isdisjoint(mention.spaces):
            lost.append(mention)
    gone = {mention.spaces[0] for mention in lost if len(mention.spaces) == 1 and not known.get(mention.spaces[0])}
    into_nothing: dict[str, list[Mention]] = defaultdict(list)
    for mention in lost:
        empty = next((space for space in mention.spaces if space in gone), None)
        if empty is not None:
            into_nothing[empty].append(mention)
        else:
            yield _unknown(mention, known, asked)
    for space, mentions in into_nothing.items():
        yield _nothing_registered(system, space, mentions)


def _unknown(mention: Mention, known: Mapping[str, set[str]], asked: Asked) -> Problem:
    options = [identifier for space in mention.spaces for identifier in known.get(space, ())]
    return problem(
        UNKNOWN_REFERENCE, place(mention.entry, mention.pointer), asked.of_field(mention.entry, mention.pointer),
        fatal=True, id=mention.id, space=_space_names(mention.spaces), near=nearest(mention.id, options),
    )  # fmt: skip


def _nothing_registered(system: System, space: str, mentions: list[Mention]) -> Problem:
    """A register that is gone, or empty, is one problem at its place; not one for each reference into it."""
    kinds = [kind for kind in system.kinds.values() if space in _defined_by(kind.shape)]
    there = next((entry.path for kind in kinds for entry in system.of(kind.name)), "")
    where = there or next((path for kind in kinds for path in kind.paths), mentions[0].entry.path)
    clauses = tuple(dict.fromkeys(clause for kind in kinds for clause in kind.clauses))
    return problem(
        NOTHING_REGISTERED, Place(where), clauses, fatal=True,
        space=_space_names((space,)), count=len(mentions), id=mentions[0].id, first=mentions[0].entry.path,
    )  # fmt: skip


def _silent(system: System) -> set[str]:
    """Spaces that an unread file may define: the unread file is the problem, not each reference to it."""
    unread = set(system.broken.values())
    return {space for kind in system.kinds.values() if kind.name in unread for space in _defined_by(kind.shape)}


def _defined_by(shape: Shape) -> Iterator[str]:
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
    silent = _silent(system)
    prefixes = {
        identifier.split("-")[0] for space in ("document", "nonconformity", "complaint", "audit", "change")
        if space not in silent for identifier in known.get(space, ())
    }  # fmt: skip
    stems = {entry.stem for entry in system.entries}
    for entry in system.entries:
        for match in NUMBER.finditer(entry.body or ""):
            number = match.group()
            if number.split("-")[0] not in prefixes or number in every or number in stems or _form(number, every):
                continue
            at = body_place(entry, match.start())
            yield problem(UNKNOWN_NUMBER, at, ("7.5.3.a",), basis="implied", id=number, near=nearest(number, every))


def _form(number: str, every: set[str]) -> bool:
    """A number of a record form such as CP-08-R01 belongs to a document that exists."""
    return any(covers(known.replace("-", "."), number.replace("-", ".")) for known in every if number.startswith(known))


def _space_names(names: tuple[str, ...]) -> dict[str, str]:
    """The names of the spaces; one that the repository added itself goes by its own name."""
    from ..wording import messages

    return {lang: " / ".join(str(messages(lang).get(f"terms.space.{n}", n)) for n in names) for lang in ("zh", "en")}
