"""Records as they stood on an earlier day: what carries a later time had not happened yet (corrections 21).

A figure that was reported is compared with what could be known then; what came later restates it and is no error.
What carries no time of its own stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, tzinfo
from typing import Any

from ..model import Entry, System
from .moments import day, moment, rows

OWN_TIME = ("at", "proposed_at", "opened_at", "activated_at", "requested_at", "started_at", "told_at")
"""The time of a thing itself: without it the thing had not happened."""
PROMISED = frozenset({"source_due_at", "told_due_at", "due_at"})
PAST = frozenset({"paid_on", "done_on"})
WRITTEN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def as_of(system: System, on: date, zone: tzinfo) -> System:
    """The system with the complaints that were recorded by the end of a day, as far as they had got."""
    kept = []
    for entry in system.entries:
        if entry.kind.name != "complaint":
            kept.append(entry)
        elif known(entry.value, on, zone):
            kept.append(stood(entry, on, zone))
    return replace(system, entries=kept, as_of=on)


def known(value: Mapping[str, Any], on: date, zone: tzinfo) -> bool:
    """Recorded by then; a record that does not say when it was recorded counts from its receipt."""
    recorded = moment(value, zone, "recorded_at") or moment(value, zone, "received_at")
    since = recorded.date() if recorded else day(value, "received_on")
    return since is not None and since <= on


def corrected_later(value: Mapping[str, Any], on: date, zone: tzinfo) -> bool:
    """Whether a logged correction changed the record after a day."""
    return any((at := moment(row, zone, "at")) is not None and at.date() > on for row in rows(value, "corrections"))


def stood(entry: Entry, on: date, zone: tzinfo) -> Entry:
    """One record without what came later."""
    if max(WRITTEN.findall(entry.source.text), default="") <= on.isoformat():
        return entry
    return replace(entry, value=_mapping(entry.value, on, zone))


def _mapping(value: Mapping[str, Any], on: date, zone: tzinfo) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for key, child in value.items():
        if isinstance(child, Mapping):
            past_child = _mapping(child, on, zone)
            unasked = "attempts" in child and "attempts" not in past_child  # scores come from the asking
            if not _later(child, on, zone) and not unasked:
                kept[key] = past_child
        elif isinstance(child, list):
            past = [row for row in child if not (isinstance(row, Mapping) and _later(row, on, zone))]
            if past or not child:
                kept[key] = [_mapping(row, on, zone) if isinstance(row, Mapping) else row for row in past]
        elif key in PROMISED or not (key.endswith("_at") or key in PAST) or not _after(child, on, zone):
            kept[key] = child
    return kept


def _later(value: Mapping[str, Any], on: date, zone: tzinfo) -> bool:
    return any(_after(value.get(key), on, zone) for key in OWN_TIME)


def _after(value: Any, on: date, zone: tzinfo) -> bool:
    at = moment({"at": value}, zone, "at")
    then = at.date() if at else day(value)
    return then is not None and then > on
