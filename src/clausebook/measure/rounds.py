"""The rounds of a complaint: the first handling and every reopening, their facts and moments read once (3.1.1).

State, clocks, rows of the facts table and repeats ask the same moments; each is read here and nowhere again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any, NamedTuple

from .moments import inner, read, rows

Facts = Mapping[str, Any]


class Round(NamedTuple):
    """One way through the handling. A tuple, since a hundred thousand records make as many of them.

    `opened` is when a reopening began (None for the first round), `told` the results told after a review or an
    authority's decision.
    """

    value: Facts
    nth: int
    opened: datetime | None
    contact: datetime | None
    proposed: datetime | None
    notified: datetime | None
    closed: datetime | None
    basis: str | None
    reviews: Sequence[Facts]
    told: tuple[datetime, ...]

    @property
    def notices(self) -> tuple[datetime, ...]:
        """When results were told: on the spot, after the handling, after a review or an authority's decision."""
        return (*(at for at in (self.contact, self.notified) if at is not None), *self.told)

    @property
    def mark(self) -> str:
        """What the names of its clocks end with: nothing for the first round, `#1` for the first reopening."""
        return f"#{self.nth}" if self.nth else ""


def rounds_of(value: Facts, zone: tzinfo) -> tuple[Round, ...]:
    """The rounds of a record, the first handling first."""
    first = _round(value, 0, zone)
    if not value.get("reopenings"):
        return (first,)
    return (first, *(_round(row, nth, zone) for nth, row in enumerate(rows(value, "reopenings"), 1)))


def _round(value: Facts, nth: int, zone: tzinfo) -> Round:
    closure = inner(value, "closure")
    basis = closure.get("basis")
    reviews = rows(value, "escalations") if value.get("escalations") else ()
    return Round(
        value, nth, read(value.get("at"), zone) if nth else None, read(inner(value, "first_contact").get("at"), zone),
        read(inner(value, "response").get("proposed_at"), zone), read(inner(value, "result_notified").get("at"), zone),
        read(closure.get("at"), zone), basis if isinstance(basis, str) and basis else None,
        reviews, tuple(_told(reviews, zone)) if reviews else (),
    )  # fmt: skip


def _told(reviews: Sequence[Facts], zone: tzinfo) -> Iterator[datetime]:
    return (at for row in reviews if (at := read(inner(row, "result_notified").get("at"), zone)))
