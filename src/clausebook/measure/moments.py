"""Reading facts out of records: moments in the organisation's time zone, and children that may be missing.

A record that its schema refuses is still measured, so nothing here raises: what cannot be read is absent.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

CHINA = timezone(timedelta(hours=8))
"""The time zone of an organisation that names none that exists (requirements 3.1.4)."""

LAST_SECOND = time(23, 59, 59)
NOTHING: Mapping[str, Any] = {}


class Receipt(NamedTuple):
    """When something began: `at` is the moment hours run from, `on` the day that is not counted.

    With only a date known no midnight is invented: hours run from the end of that day (requirements 3.1.4).
    """

    at: datetime
    on: date
    exact: bool


def zone_of(organisation: Mapping[str, Any]) -> tzinfo:
    name = organisation.get("timezone")
    try:
        return ZoneInfo(name) if isinstance(name, str) else CHINA
    except (ValueError, OSError, KeyError):
        return CHINA


def child(value: Any, *keys: str) -> Any:
    """The value at nested keys, or None."""
    for key in keys:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def rows(value: Any, *keys: str) -> list[dict[str, Any]]:
    """The mappings of a list at nested keys; nothing when there is no such list."""
    for key in keys:
        if not isinstance(value, dict):
            return []
        value = value.get(key)
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def inner(value: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """The mapping at one key; an empty one when there is none. The quick way for what every case is asked."""
    found = value.get(key)
    return found if isinstance(found, dict) else NOTHING


def words(value: Any, *keys: str) -> list[str]:
    """The strings of a list at nested keys."""
    found = child(value, *keys)
    return [row for row in found if isinstance(row, str)] if isinstance(found, list) else []


def word(value: Any, *keys: str) -> str | None:
    for key in keys:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value if isinstance(value, str) and value else None


def moment(value: Any, zone: tzinfo, *keys: str) -> datetime | None:
    """A date-time at nested keys, in the organisation's zone; None when it is absent or has no offset."""
    for key in keys:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return read(value, zone)


def read(text: Any, zone: tzinfo) -> datetime | None:
    """One date-time in the organisation's zone."""
    if not isinstance(text, str):
        return None
    try:
        at = datetime.fromisoformat(text)
        return at.astimezone(zone) if at.tzinfo else None
    except (ValueError, OverflowError):
        return None


def day(value: Any, *keys: str) -> date | None:
    """A plain date at nested keys."""
    found = child(value, *keys) if keys else value
    if not isinstance(found, str):
        return None
    try:
        return date.fromisoformat(found)
    except ValueError:
        return None


def later(at: datetime, by: timedelta) -> datetime:
    """So much later in real time: on the day the clocks change, 24 hours end at another hour of the day. Where the
    calendar ends, time stands still."""
    try:
        return (at.astimezone(UTC) + by).astimezone(at.tzinfo)
    except OverflowError:
        return at


def shifted(on: date, days: int) -> date:
    """So many days later (earlier, if negative), within the calendar there is."""
    try:
        return on + timedelta(days=days)
    except OverflowError:
        return date.max if days > 0 else date.min


def not_after(at: datetime, due: datetime) -> bool:
    """Whether a moment is kept to the second. Both are of one zone, where Python compares the hands of the clock;
    in the hour that comes twice a year those say too little."""
    if at.fold or due.fold:
        at, due = at.astimezone(UTC), due.astimezone(UTC)
    return at <= due or (at.microsecond > 0 and at.replace(microsecond=0) <= due)


def end_of(on: date, zone: tzinfo) -> datetime:
    """The last second of a day: a limit in days ends at 24:00 (民法典 203)."""
    return datetime.combine(on, LAST_SECOND, zone)


def receipt(at: datetime | None, on: date | None, zone: tzinfo) -> Receipt | None:
    if at is not None:
        return Receipt(at, at.date(), True)
    if on is not None:
        return Receipt(end_of(on, zone), on, False)
    return None
