"""`renumber`: of two records with one number the later takes the next free one, and what means it follows (C2).

References are found by the schemas, never by a search of text; whose a reference is, git says. What git cannot
tell, and numbers in running text, are named for a person to look at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ..load import git
from ..load.positions import place
from ..load.workspace import overlaid
from ..model import Entry, Mention, System
from ..problems import Place, UserError
from .clashes import Claim, Past, clashes, in_conflict, lost
from .writer import replace_all
from .yaml_edit import edited


@dataclass(frozen=True, slots=True)
class Move:
    """One record's new number. `mended`, `doubtful` and `spoken` are places: changed, unsure whose, in running text.

    `approve`: controlled documents whose content is another now, so that their approval no longer covers it.
    """

    old: str
    new: str
    path: str
    mended: tuple[Place, ...]
    doubtful: tuple[Place, ...]
    spoken: tuple[Place, ...]
    approve: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Wish:
    """What the person asked for: a number or a path, and files whose references follow in any case (`also`)."""

    target: str | None = None
    to: str | None = None
    commit: str | None = None
    split: bool = False
    also: tuple[str, ...] = ()


@dataclass
class Plan:
    """All moves and what every file becomes: path → text, None for a file that goes.

    `system` is the organisation as it would be so far; `origin` tells of new files whose claim they are.
    """

    system: System
    moves: list[Move] = field(default_factory=list)
    texts: dict[str, str | None] = field(default_factory=dict)
    origin: dict[str, Claim] = field(default_factory=dict)

    def write(self, texts: dict[str, str | None]) -> None:
        self.texts |= texts
        self.system = overlaid(self.system, texts)


def plan(root: Path, system: System, wish: Wish) -> Plan:
    """What would be written; nothing is. Raises UserError where there is nothing of the kind that was asked for."""
    waiting = git.unmerged(root)
    past = Past(root, system.history, waiting.theirs)
    made = Plan(system)
    pairs = list(_pairs(root, system, waiting, wish))
    if wish.to and len(pairs) > 1:
        raise UserError("renumber-several", count=len(pairs))
    numbers = [_placed(past, made, wish, first, later) for first, later in pairs]
    for (first, later), new in zip(pairs, numbers, strict=True):
        _follow(past, made, wish, first, later, new)
    return made


def apply(root: Path, made: Plan) -> None:
    replace_all(root, made.texts)


def _pairs(root: Path, system: System, waiting: git.Unmerged, wish: Wish) -> Iterator[tuple[Claim | None, Claim]]:
    if wish.commit is not None:
        yield lost(root, system, wish.target or "", wish.commit)
        return
    split = in_conflict(root, system, waiting)
    for path, (first, later) in split.items():
        if wish.target in (None, path, first.entry.id, later.entry.id):
            if not wish.split:
                raise UserError("renumber-unmerged", path=path, id=first.entry.id)
            yield first, later
    found = list(clashes(system, wish.target))
    yield from found
    if wish.target and not found and not split:
        named = [e for e in system.entries if wish.target in (e.id, e.path) and e.kind.information == "retain"]
        if not named or not named[0].kind.number:
            raise UserError("renumber-unknown", id=wish.target)
        if wish.to:
            yield None, Claim(named[0], system.history.entered(named[0].path))


def _placed(past: Past, made: Plan, wish: Wish, first: Claim | None, later: Claim) -> str:
    """The later record under its new name, the first one under the number's own; returns the new number."""
    entry = later.entry
    new = _number(past, made, entry, wish.to)
    target = _beside(entry, new)
    texts: dict[str, str | None] = {entry.path: None} if later.here else {}
    if first is not None and later.here:
        own = _beside(first.entry, first.entry.id)
        free = own in (first.entry.path, entry.path) or not any(other.path == own for other in made.system.entries)
        texts |= {first.entry.path: None, own: first.entry.source.text} if free else {}
        made.origin[own if free else first.entry.path] = first
    texts[target] = edited(entry.path, entry.source.text, {(0, ("id",)): new})
    made.origin[target] = later
    made.write(texts)
    return new


def _beside(entry: Entry, number: str) -> str:
    folder, _, name = entry.path.rpartition("/")
    return f"{folder}/{number}.{name.rpartition('.')[2]}"


def _follow(past: Past, made: Plan, wish: Wish, first: Claim | None, later: Claim, new: str) -> None:
    """References that mean the later record are mended; the others, and running text, are listed."""
    old, target = later.entry.id, _beside(later.entry, new)
    mended, doubtful, approve = [], [], set()
    referring = list(_referring(made.system, later.entry, target, alone=first is None))
    known = {(at.path, at.line) for at in (place(mention.entry, mention.pointer) for mention in referring)}
    for mention in referring:
        at, path = place(mention.entry, mention.pointer), mention.entry.path
        meant = first is None or path in wish.also or _meant(past, made, mention, (later, first))
        if meant:
            mended.append(at)
            approve |= {Place(path, 1)} if mention.entry.controlled else set()
            text = made.texts.get(path) or mention.entry.source.text
            made.write({path: edited(path, text, {(mention.entry.part, mention.pointer): new})})
        elif meant is None:
            doubtful.append(at)
    spoken = tuple(at for at in _spoken(made.system, old, target) if (at.path, at.line) not in known)
    made.moves.append(Move(old, new, target, tuple(mended), tuple(doubtful), spoken, tuple(approve)))


def _meant(past: Past, made: Plan, mention: Mention, claims: tuple[Claim, Claim]) -> bool | None:
    """Is the later record meant? A record that was moved or split itself is asked where it came from."""
    claim = made.origin.get(mention.entry.path)
    path, side = (claim.entry.path, claim.side) if claim else (mention.entry.path, "both")
    return past.came_with(path, mention.id, claims, side)


def _number(past: Past, made: Plan, entry: Entry, asked: str | None) -> str:
    """The number asked for, or the next after all that are or ever were: nobody gets a number that was somebody's."""
    taken = {other.stem for other in made.system.entries} | {other.id for other in made.system.entries}
    taken |= {Path(path).stem for path in made.system.broken}
    if asked is not None:
        pattern = entry.kind.number
        if asked in taken:
            raise UserError("renumber-taken", id=asked)
        if not re.fullmatch(r"[A-Za-z0-9.-]+", asked) or (pattern and not re.search(pattern, asked)):
            raise UserError("renumber-pattern", id=asked, pattern=pattern or "")
        return asked
    counted = re.fullmatch(r"(.*?)([0-9]+)", entry.id)
    if counted is None:
        raise UserError("renumber-no-serial", id=entry.id)
    lead, width = counted[1], len(counted[2])
    numbers = (re.fullmatch(re.escape(lead) + "([0-9]{1,9})", name) for name in (*taken, *past.taken()))
    return f"{lead}{max(int(found[1]) for found in numbers if found) + 1:0{width}d}"


def _referring(system: System, entry: Entry, own: str, *, alone: bool) -> Iterator[Mention]:
    """What refers to the number by the schemas; in a record that clashed, its number means the other one."""
    shape = entry.kind.shape.properties.get("id")
    space = shape.defines if shape else None
    for mention in system.referred:
        if mention.id == entry.id and space in mention.spaces and (alone or mention.entry.path != own):
            yield mention


def _spoken(system: System, number: str, own: str) -> Iterator[Place]:
    """Lines that name the number in running text; a person decides what is meant."""
    said = re.compile(rf"(?<![A-Za-z0-9-]){re.escape(number)}(?![A-Za-z0-9-])")
    for path, text in {entry.path: entry.source.text for entry in system.entries if entry.id != number}.items():
        for line, words in enumerate(text.split("\n"), start=1):
            if path != own and said.search(words):
                yield Place(path, line)
