"""Repeat complaints (8.4, K14): the same person again about the same thing, and the same fault at many people's.

R1: same person token, product and cause group within the look-back window. R2: the same matter again after
closure, said by `repeat_of` or shown by the same order. Both only when the earlier case was closed by then:
before that it is one more contact about an open case. System repeats (same cause and lot or process at other
people's) stand apart and are never added. Without a person token nothing can be said (corrections 43).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from .moments import Receipt, child, shifted, word

WINDOW_DAYS = 180
"""The look-back window of an organisation that has defined none (requirements K14)."""
SHOWN = 20
"""A system repeat names at most this many earlier cases."""


class Candidate(NamedTuple):
    """What one record contributes."""

    id: str
    value: Mapping[str, Any]
    received: Receipt
    closed_at: datetime | None
    person: str | None
    window: int
    product: str | None
    cause: str | None
    order: str | None


@dataclass(frozen=True, slots=True)
class Repeats:
    """Earlier records that a record repeats; `computable` is False without a person token."""

    r1: tuple[str, ...] = ()
    r2: tuple[str, ...] = ()
    system: tuple[str, ...] = ()
    computable: bool = True


NONE = Repeats()


def repeats_of(candidates: Sequence[Candidate]) -> Mapping[str, Repeats]:
    """Repeats by record id. Each record is compared only with those of its person and of its lot or process."""
    by_person: dict[str, list[Candidate]] = defaultdict(list)
    by_fault: dict[tuple[str, str], list[Candidate]] = defaultdict(list)
    found: dict[str, Repeats] = {}
    for one in sorted(candidates, key=lambda candidate: (candidate.received.at, candidate.id)):
        faults = list(_faults(one))
        system = _system(one, faults, by_fault)
        if one.person is None:
            found[one.id] = Repeats((), (), system, computable=False)
        elif word(one.value, "links", "not_repeat_reason"):
            found[one.id] = Repeats((), (), system)
            by_person[one.person].append(one)
        else:
            earlier = _closed_before(one, by_person[one.person])
            first = tuple(e.id for e in earlier if _same_thing(one, e))
            again = tuple(e.id for e in earlier if e.id not in first and _same_matter(one, e))
            found[one.id] = Repeats(first, again, system)
            by_person[one.person].append(one)
        for fault in faults:
            by_fault[fault].append(one)
    return found


def _closed_before(one: Candidate, earlier: list[Candidate]) -> list[Candidate]:
    since = _since(one)
    return [
        e for e in earlier
        if e.received.on >= since and e.closed_at is not None and e.closed_at <= one.received.at
    ]  # fmt: skip


def _since(one: Candidate) -> date:
    return shifted(one.received.on, -one.window)


def _same_thing(one: Candidate, earlier: Candidate) -> bool:
    return one.product == earlier.product and one.cause is not None and one.cause == earlier.cause


def _same_matter(one: Candidate, earlier: Candidate) -> bool:
    named = child(one.value, "links", "repeat_of") == earlier.id
    return named or (one.order is not None and one.order == earlier.order and one.product == earlier.product)


def _faults(one: Candidate) -> Iterator[tuple[str, str]]:
    for key in ("batch", "process"):
        named = word(one.value, key)
        if one.cause and named:
            yield one.cause, f"{key}:{named}"


def _system(
    one: Candidate, faults: list[tuple[str, str]], by_fault: Mapping[tuple[str, str], list[Candidate]]
) -> tuple[str, ...]:
    since = _since(one)
    found: list[str] = []
    for fault in faults:
        for earlier in reversed(by_fault.get(fault, [])):
            if earlier.received.on < since or len(found) >= SHOWN:
                break
            if earlier.person is None or earlier.person != one.person:
                found.append(earlier.id)
    return tuple(sorted(set(found)))
