"""Dotted paths into values: what a selector of the catalogue selects, and what is missing in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from ..model import Pointer


def selected(value: Any, path: tuple[str, ...], at: Pointer = ()) -> Iterator[tuple[Pointer, Any]]:
    """Everything at `path`; a list met on the way stands for each of its members."""
    if isinstance(value, list):
        for index, member in enumerate(value):
            yield from selected(member, path, (*at, index))
    elif not path:
        if not empty(value):
            yield at, value
    elif isinstance(value, Mapping) and path[0] in value:
        yield from selected(value[path[0]], path[1:], (*at, path[0]))


def empty(value: Any) -> bool:
    return value is None or (isinstance(value, str | list | dict) and not value)


@lru_cache(maxsize=1024)
def steps(field: str) -> tuple[str, ...]:
    return tuple(field.split("."))


def values_at(value: Any, field: str) -> list[Any]:
    """The values of a dotted field, lists unrolled; empty ones count as absent."""
    path = steps(field)
    for index, step in enumerate(path):
        if not isinstance(value, dict):
            return [found for _, found in selected(value, path[index:])]
        value = value.get(step)
        if value is None:
            return []
    if isinstance(value, list):
        return [found for _, found in selected(value, ())]
    return [] if empty(value) else [value]


def absent(value: Any, path: tuple[str, ...], at: Pointer = ()) -> Pointer | None:
    """Where the first missing piece of `path` should be; None when it is all there."""
    if not path:
        return at if empty(value) else None
    if isinstance(value, dict):
        if path[0] not in value:
            return (*at, path[0])
        return absent(value[path[0]], path[1:], (*at, path[0]))
    if isinstance(value, list):
        if not value:
            return at
        return next(
            (hole for i, member in enumerate(value) if (hole := absent(member, path, (*at, i))) is not None),
            None,
        )
    if not isinstance(value, Mapping) or path[0] not in value:
        return (*at, path[0])
    return absent(value[path[0]], path[1:], (*at, path[0]))


def matches(value: Any, where: Mapping[str, Any]) -> bool:
    """True when every field of `where` holds: a value, one of a list, None for absent, "*" for present."""
    return all(_holds(values_at(value, field), wanted) for field, wanted in where.items())


def _holds(found: list[Any], wanted: Any) -> bool:
    if wanted is None:
        return not found
    if wanted == "*":
        return bool(found)
    if not found:
        return False
    if not isinstance(wanted, list):
        plain = _plain(wanted)
        return any(_plain(value) == plain for value in found)
    options = {_plain(option) for option in wanted}
    return any(_plain(value) in options for value in found)


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
