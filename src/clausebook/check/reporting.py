"""How a rule says what it found in an entry: the place of the field, the record it is about, what would treat it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..load.positions import place
from ..load.schemas import below
from ..model import Entry, Pointer
from ..problems import Basis, Fact, Problem, Rule, problem


def found(
    rule: Rule, entry: Entry, pointer: Pointer, requirements: tuple[str, ...], *,
    basis: Basis | None = None, breach: tuple[str, ...] = (), facts: Mapping[str, Fact] | None = None, **more: Fact,
) -> Problem:  # fmt: skip
    """A problem of an entry. A lapse is treated by what names `record_of` the pointer and one of `breach`."""
    told = {"id": record_of(entry, pointer), **(facts or {}), **more}
    return problem(
        rule, place(entry, pointer), requirements, basis=basis, of_record=str(told["id"]), breach=breach, facts=told
    )


def record_of(entry: Entry, pointer: Pointer) -> str:
    """The number people know it by: of the row of a register that the pointer lies in, else of the entry."""
    named: str = entry.id
    value: Any = entry.value
    for step in pointer if entry.kind.information == "maintain" else ():
        # A rule may point at a field that is not there: it asks for it, or its default broke the rule.
        value = value.get(step) if isinstance(value, dict) else value[step] if isinstance(step, int) else None
        if isinstance(value, dict) and isinstance(value.get("id"), str):
            return str(value["id"])
    return named


def joined(names: Iterable[str]) -> Fact:
    """Several names, joined as each language does."""
    told = list(names)
    return {"zh": "、".join(told), "en": ", ".join(told)}


def label(entry: Entry, at: Pointer, value: str) -> Fact:
    """A value of a list of choices as people read it; as written where the schema has no label for it."""
    return below(entry.kind.shape, at)[-1].labels.get(value, value)


def process_id(process: Entry) -> str:
    """What other records call a process by; its document may bear another number."""
    named = process.value.get("id")
    return named if isinstance(named, str) else process.id
