"""Closed records: what may still be added to them, and what else was changed since (requirements 3.1.3, V40; 7.5.3).

A record that is closed is read again as it was when it was closed. What has changed since is accounted for by a
correction that names the field, the old and the new value, who and why; what was put back word for word needs none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ..history import Commit, History, Revision
from ..load.schemas import below
from ..load.strict_yaml import Refused, decode, parse
from ..model import Entry, Kind, Pointer
from .moments import rows, word

CLOSED_BY: Mapping[str, str] = {
    "audit": "approved_on", "annual-evaluation": "approved_on", "compliance-evaluation": "approved_on",
    "document-review": "approved_on", "management-review": "approved_on", "monitoring": "approved_on",
    "process-review": "approved_on", "disposal": "disposed_on",
}  # fmt: skip
"""Kind → the field that ends it: reports by their approval, a disposal by being carried out."""
CLOSING = ("closure", "closed", "closed_on")
"""What ends a record of any other kind, one of the organisation's own included."""
ADDED = frozenset({
    "reopenings", "corrections", "amendments", "follow_up", "legal_hold", "lapses", "deviations", "links", "rounds",
    "restatements", "originals", "reviews",
})  # fmt: skip
"""What may be added to a closed record (3.1.3): what treats, reopens, follows up, holds or corrects it."""
CARRIED_OUT: Mapping[str, frozenset[str]] = {
    "management-review": frozenset({"outputs", "distributed_on", "next_on"}), "audit": frozenset({"findings"}),
    "monitoring": frozenset({"decisions"}), "compliance-evaluation": frozenset({"actions", "reported"}),
    "annual-evaluation": frozenset({"actions"}), "process-review": frozenset({"actions"}),
    "document-review": frozenset({"actions"}), "complaint": frozenset({"redress"}),
}  # fmt: skip
"""Kind → where is decided what is carried out later: what was done or paid is added there, nothing is taken back."""
ACCOUNTS = (("corrections", "old", "new"), ("amendments", "was", "now"), ("restatements", "was", "now"))
NOTHING = object()


@dataclass(frozen=True, slots=True)
class Alteration:
    """One field of a closed record that is not what it was; `by` is None while the change is not committed."""

    pointer: Pointer
    old: Any
    new: Any
    by: Commit | None

    @property
    def name(self) -> str:
        """The field as corrections call it: names without the places in lists."""
        return ".".join(step for step in self.pointer if isinstance(step, str))


def closing_field(kind: Kind) -> str | None:
    """The field whose presence closes a record of this kind; None for kinds that are never closed."""
    known = CLOSED_BY.get(kind.name)
    return known or next((key for key in CLOSING if key in kind.shape.properties), None)


def was_closed(history: History, path: str, kinds: Iterable[Kind], adopted: frozenset[str]) -> bool:
    """Whether a record that is not here any more had been closed."""
    folder = "/".join(path.split("/")[:2]) + "/"
    kind = next((kind for kind in kinds if any(place.startswith(folder) for place in kind.paths)), None)
    field = closing_field(kind) if kind is not None else None
    return field is not None and bool(_closed_states(history.answered(path, adopted), history.contents, field))


def alterations(history: History, entry: Entry, adopted: frozenset[str]) -> list[Alteration]:
    """What is different from the first time this record was closed, and is not accounted for by a correction."""
    field = closing_field(entry.kind)
    states = _closed_states(history.answered(entry.path, adopted), history.contents, field) if field else []
    if not states:
        return []
    present = _read(entry.source.text.encode("utf-8")) or {}
    open_ended = ADDED | CARRIED_OUT.get(entry.kind.name, frozenset())
    changed: list[Alteration] = []
    seen: list[Mapping[str, Any]] = []
    for _, state in states:
        for pointer, old, new in _differences(state, present, open_ended):
            # What is added later is frozen from then on; all else is as it was when the record was first closed.
            if not seen or (pointer[0] in open_ended and not any(_frozen(one, pointer) for one in seen)):
                changed.append(Alteration(pointer, old, new, _changed_by(states, pointer, old)))
        seen.append(state)
    return [one for one in changed if not _accounted(entry, one)]


def first_entries(
    history: History, entries: Iterable[Entry], adopted: frozenset[str]
) -> Mapping[str, Mapping[str, Any]]:
    """Path → the record as its first commit had it, of those that have changed since and came after the baseline."""
    found: dict[str, Mapping[str, Any]] = {}
    for entry in entries:
        revisions = history.answered(entry.path, adopted)
        first = revisions[-1] if revisions and revisions[-1].commit.id not in adopted else None
        state = _read(history.contents[first.blob]) if first is not None and first.blob in history.contents else None
        if state is not None:
            found[entry.path] = state
    return found


def _closed_states(
    revisions: Sequence[Revision], contents: Mapping[str, bytes], field: str
) -> list[tuple[Revision, Mapping[str, Any]]]:
    """The contents since the record was first closed, oldest first; contents that cannot be read say nothing."""
    found: list[tuple[Revision, Mapping[str, Any]]] = []
    for revision in reversed(revisions):
        content = contents.get(revision.blob, b"")
        if found or field.encode() in content:
            state = _read(content)
            if state is not None and (found or state.get(field)):
                found.append((revision, state))
    return found


@lru_cache(maxsize=8192)
def _read(content: bytes) -> Mapping[str, Any] | None:
    """Every scalar as written: a correction quotes what stood there."""
    try:
        value = next((part.value for part in parse(decode(content))), None)
    except Refused:
        return None
    return value if isinstance(value, dict) else None


def _differences(
    old: Any, new: Any, added: frozenset[str], at: Pointer = (), free: bool = False
) -> Iterator[tuple[Pointer, Any, Any]]:
    """(where, what it was, what it is); `free`: things may be added here, nothing may be changed or taken away."""
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys((*old, *new)):
            below_free = free or (not at and key in added)
            if key in old or not below_free:
                yield from _differences(old.get(key, NOTHING), new.get(key, NOTHING), added, (*at, key), below_free)
    elif isinstance(old, list) and isinstance(new, list) and (free or len(old) == len(new)):
        yield from _rows(old, new, added, at, free)
    else:
        yield at, old, new


def _rows(old: Sequence[Any], new: Sequence[Any], added: frozenset[str], at: Pointer, free: bool) -> Iterator[Any]:
    for index, row in enumerate(old):
        if not isinstance(row, dict) and free:
            if row not in new:
                yield (*at, index), row, NOTHING
        elif at == ("reopenings",) and not (isinstance(row, dict) and row.get("closure")):
            continue
        else:
            yield from _differences(row, new[index] if index < len(new) else NOTHING, added, (*at, index), free)


def _changed_by(states: Sequence[tuple[Revision, Mapping[str, Any]]], pointer: Pointer, old: Any) -> Commit | None:
    """The commit that took the old value away for good."""
    held = [_at(state, pointer) == old for _, state in states]
    last = max(index for index, same in enumerate(held) if same)
    return states[last + 1][0].commit if last + 1 < len(states) else None


def _at(value: Any, pointer: Pointer) -> Any:
    for step in pointer:
        inside = (isinstance(value, dict) and step in value) or (
            isinstance(value, list) and isinstance(step, int) and step < len(value)
        )
        if not inside:
            return NOTHING
        value = value[step]
    return value


def _frozen(state: Mapping[str, Any], pointer: Pointer) -> bool:
    """Whether something stood there that was over: a round that is open is no statement yet."""
    over = pointer[0] != "reopenings" or _at(state, (*pointer[:2], "closure")) is not NOTHING
    return over and _at(state, pointer) is not NOTHING


def _accounted(entry: Entry, change: Alteration) -> bool:
    """Corrections of this field lead from the old value to the new one, through as many steps as it took."""
    told = [(row, was, now) for key, was, now in ACCOUNTS for row in rows(entry.value, key) if _about(row, change)]
    if any(shape.private for shape in below(entry.kind.shape, change.pointer)):
        return bool(told)  # what must not be repeated is not quoted
    return any(_quotes(row, was, change, change.old) for row, was, _ in told) and any(
        _quotes(row, now, change, change.new) for row, _, now in told
    )


def _about(row: Mapping[str, Any], change: Alteration) -> bool:
    """The field itself, what it lies in, or (where a whole list differs) something in it."""
    named = _named(row)
    return bool(named) and (
        named == change.name or change.name.startswith(f"{named}.") or named.startswith(f"{change.name}.")
    )


def _named(row: Mapping[str, Any]) -> str:
    """The field of a correction, told without the places in lists: `types[0]` and `types.0` are `types`."""
    steps = (word(row, "field") or "").replace("[", ".").replace("]", "").split(".")
    return ".".join(step for step in steps if step and not step.isdigit())


def _quotes(row: Mapping[str, Any], key: str, change: Alteration, value: Any) -> bool:
    """A single value is quoted as it stood or stands; of a list or a group it is said in words what it was."""
    if value is NOTHING:
        return True
    said = " ".join(str(row.get(key) or "").split())
    if not said or isinstance(value, dict | list):
        return bool(said)
    plain = " ".join(str(value).split())
    return said == plain if _named(row) == change.name else plain in said
