"""Moments as the organisation's local time, the way tables write them: `2026-03-04 09:12:00`.

Facts of a hundred thousand cases hold millions of moments, so their texts are put together from tables of days,
minutes and seconds.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache

MINUTES = tuple(f" {hour:02d}:{minute:02d}" for hour in range(24) for minute in range(60))
SECONDS = tuple(f":{second:02d}" for second in range(60))


def written(at: datetime | None) -> str | None:
    """A moment of the organisation's zone; None stays None."""
    if at is None:
        return None
    return written_day(at.date()) + MINUTES[at.hour * 60 + at.minute] + SECONDS[at.second]


@lru_cache(maxsize=1 << 16)
def written_day(on: date) -> str:
    return str(on)
