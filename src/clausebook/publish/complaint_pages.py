"""What a complaint's page has before its facts: how it stands, its clocks, everything that happened, what it is
tied to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..load.schemas import below
from ..measure.cases import Case
from ..measure.moments import day, moment
from ..model import Entry, Shape
from . import case_clocks, case_ties, gate
from .book import Book, Lines
from .case_words import marks_of, say, state_chip
from .values import TONE_OF, Values, chip

NO_EVENTS = frozenset({"history", "imported", "corrections"})
ALARMING = frozenset({"urgent", "major", "collective"})
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
    case = book.cases.get(entry.path)
    chips = [state_chip(book, case) if case else chip("bad", say(book, "not_computed"))]
    said = {
        "assessment.severity": case.severity if case else None, "reaction.answer": case.reaction if case else None,
        "closure.basis": case.closure_basis if case else None,
    }  # fmt: skip
    for path, value in said.items():
        shape = below(entry.kind.shape, tuple(path.split(".")))[-1]
        if value is not None:
            label = f"{values.title(shape, path)}{values.colon}{values.plain(shape, value)}"
            chips.append(chip(TONE_OF.get(value, "calm"), gate.text(label)))
    for mark in marks_of(case) if case else ():
        chips.append(chip("bad" if mark in ALARMING else "calm", say(book, f"mark.{mark}")))
    return " ".join(chips)


def is_open(case: Case) -> bool:
    """Still to be handled; of a foreign log nobody knows."""
    return case.open and not case.imported


def story(book: Book, entry: Entry, values: Values) -> Lines:
    """The case as it went: clocks, timeline, ties to other records."""
    case = book.cases.get(entry.path)
    if case is not None:
        yield from case_clocks.table(book, case, values)
    yield from timeline(book, entry, values)
    if case is not None:
        yield from case_ties.lines(book, case, values)


def timeline(book: Book, entry: Entry, values: Values) -> Lines:
    """Everything that has a time, in order: what happened to this complaint, who did it and what was said."""
    moments = sorted(_moments(entry.kind.shape, entry.value, ()), key=lambda moment: _order(book, moment.when))
    if len(moments) < 2:
        return
    yield f"## {book.say('timeline')} {{: {gate.UNSOUGHT} }}"
    yield ""
    yield '<div class="timeline" markdown>'
    yield ""
    for one in moments:
        names = [book.choose(shape.title) for shape in one.shapes if shape.title["zh"]]
        if len(names) > 1 and one.key in ("at", "on"):
            names.pop()
        yield f"- {values.scalar(one.shapes[-1], one.when)} **{gate.text(' · '.join(dict.fromkeys(names)))}**"
        beside = list(_beside(one, values))
        if beside:
            yield f"    <br>{' · '.join(beside)}"
    yield ""
    yield "</div>"
    yield ""


def _order(book: Book, when: str) -> tuple[str, str]:
    """By the organisation's clock, whatever offset a moment was written with; a plain day comes before its hours."""
    at = moment(when, book.report.measured.complaints.watch.zone)
    on = at.date() if at else day(when)
    return (on.isoformat() if on else when[:10], at.isoformat() if at else "")


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
            happened = key in ("at", "on") or key.endswith("_at") or key in ("received_on", "paid_on", "event_on")
            if isinstance(child, str) and happened and not key.startswith(("told_due", "source_due")):
                yield Moment(child, key, (*chain, inner), value, shape)
            else:
                yield from _moments(inner, child, (*chain, inner))
    elif isinstance(value, list) and shape.items is not None:
        for child in value:
            yield from _moments(shape.items, child, chain)
