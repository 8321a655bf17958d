"""Moments as the organisation's local time, the way tables and pages write them: `2026-03-04 09:12:00`.

Facts of a hundred thousand cases hold millions of moments, so one that is written with the offset of its own
day is taken as it stands, and only others are converted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import Any


def local(moment: Any, zone: tzinfo) -> str | None:
    """A moment as local time of the organisation, `2026-03-04 09:12:00`; None for what is no moment."""
    if isinstance(moment, str):
        if len(moment) == 25 and _same_offset(moment[:10], moment[19:], zone):
            return f"{moment[:10]} {moment[11:19]}"
        try:
            moment = datetime.fromisoformat(moment)
        except ValueError:
            return None
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        return None
    return str((moment if moment.tzinfo is zone else moment.astimezone(zone)).replace(tzinfo=None, microsecond=0))


@lru_cache(maxsize=8192)
def _same_offset(on: str, offset: str, zone: tzinfo) -> bool:
    """Whether a whole day has this offset here, so that its times can be taken as they are written."""
    try:
        ends = [datetime.fromisoformat(f"{on}T{hour}{offset}") for hour in ("00:00:00", "23:59:59")]
    except ValueError:
        return False
    return all(end.utcoffset() == end.astimezone(zone).utcoffset() for end in ends)


def moments_at(parts: Iterable[Mapping[str, Any]], key: str, zone: tzinfo) -> list[str]:
    return [at for at in (local(part.get(key), zone) for part in parts) if at]
