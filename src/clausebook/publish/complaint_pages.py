"""What a complaint page has before its facts: where the case stands, and everything that happened, in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..load.schemas import below
from ..model import Entry, Shape
from . import gate
from .book import Book, Lines
from .values import TONE_OF, Values, chip

NO_EVENTS = frozenset({"history", "imported", "corrections"})
# Beside a moment: answers worth a chip, then the one sentence that says what was done.
TOLD = ("answer", "basis", "severity", "purpose", "method")
SAID = {
    "at": ("action", "summary", "content", "told_process", "resolution", "statement", "comment", "reason", "result"),
    "finished_at": ("conclusion",),
    "proposed_at": ("summary",),
    "first_action_at": ("first_action",),
    "received_at": ("description",),
    "received_on": ("description",),
    "on": ("statement", "what"),
}


@dataclass(frozen=True, slots=True)
class Moment:
    """One point in time: when, what fields lead there, and the mapping around it."""

    when: str
    key: str
    shapes: tuple[Shape, ...]
    owner: Mapping[str, Any]
    owner_shape: Shape


def standing(book: Book, entry: Entry, values: Values) -> str:
    """Open or closed and on what basis, how severe, urgent or not: what an auditor asks first."""
    value = entry.value
    chips = [_state(book, value)]
    for path, tone in (("assessment.severity", "calm"), ("reaction.answer", "calm"), ("closure.basis", "calm")):
        shapes = below(entry.kind.shape, tuple(path.split(".")))
        said: Any = value
        for step in path.split("."):
            said = said.get(step) if isinstance(said, Mapping) else None
        if isinstance(said, str) and shapes[-1].labels.get(said):
            label = f"{values.title(shapes[-1], path)}{values.colon}{values.plain(shapes[-1], said)}"
            chips.append(chip(TONE_OF.get(said, tone), gate.text(label)))
    for flag in ("urgent", "major"):
        if value.get(flag) is True:
            chips.append(chip("bad", gate.text(values.title(entry.kind.shape.properties[flag], flag))))
    return " ".join(chips)


def is_open(value: Mapping[str, Any]) -> bool:
    """Neither closed nor found to be no complaint; of a foreign log nobody knows."""
    return not {"closure", "not_a_complaint", "imported"} & set(value)


def _state(book: Book, value: Mapping[str, Any]) -> str:
    if "closure" in value:
        return chip("ok", book.say("case.closed"))
    if "not_a_complaint" in value:
        return chip("calm", book.say("case.not_a_complaint"))
    return chip("calm", book.say("case.imported")) if "imported" in value else chip("warn", book.say("case.open"))


def timeline(book: Book, entry: Entry, values: Values) -> Lines:
    """Everything that has a time, in order: what happened to this complaint, who did it and what was said."""
    moments = sorted(_moments(entry.kind.shape, entry.value, ()), key=lambda moment: moment.when)
    if len(moments) < 2:
        return
    yield f"## {book.say('timeline')}"
    yield ""
    yield '<div class="timeline" markdown>'
    yield ""
    for moment in moments:
        names = [book.choose(shape.title) for shape in moment.shapes if shape.title["zh"]]
        if len(names) > 1 and moment.key in ("at", "on"):
            names.pop()
        shape = moment.shapes[-1]
        yield f"- {values.scalar(shape, moment.when)} **{gate.text(' · '.join(dict.fromkeys(names)))}**"
        beside = list(_beside(moment, values))
        if beside:
            yield f"    <br>{' · '.join(beside)}"
    yield ""
    yield "</div>"
    yield ""


def _beside(moment: Moment, values: Values) -> Iterator[str]:
    """Who, the answer, and what was said, from the fields around the moment."""
    shape, owner = moment.owner_shape.properties, moment.owner
    who = "by" if moment.key in ("at", "on") else moment.key.rsplit("_", 1)[0] + "_by"
    for key in (who, *(TOLD if moment.key in ("at", "proposed_at") else ())):
        if isinstance(owner.get(key), str) and key in shape:
            yield values.scalar(shape[key], owner[key])
    said = next((key for key in SAID.get(moment.key, ()) if isinstance(owner.get(key), str) and key in shape), None)
    if said:
        yield values.scalar(shape[said], owner[said])


def _moments(shape: Shape, value: Any, chain: tuple[Shape, ...]) -> Iterator[Moment]:
    if isinstance(value, dict):
        for key, child in value.items():
            inner = shape.properties.get(key)
            if inner is None or key in NO_EVENTS:
                continue
            happened = key in ("at", "on") or key.endswith("_at") or key in ("received_on", "paid_on")
            if isinstance(child, str) and happened and not key.startswith(("told_due", "source_due")):
                yield Moment(child, key, (*chain, inner), value, shape)
            else:
                yield from _moments(inner, child, (*chain, inner))
    elif isinstance(value, list) and shape.items is not None:
        for child in value:
            yield from _moments(shape.items, child, chain)
