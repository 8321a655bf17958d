"""When documents and registers were last gone through, and are again: by themselves, or by a review on record (7.5.3).

A review whose result is "no change" leaves the document as it was approved: its record names the next day. Whatever
was decided last counts, the version or the review, so nobody has to overwrite a date to have reviewed something.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from ..model import Entry, System
from .moments import day, rows, word


def next_reviews(system: System) -> Mapping[str, date]:
    """Document → the day by which it is reviewed again; none for documents that name no day."""
    planned: dict[str, tuple[date, date]] = {}
    for document in system.entries:
        ahead = day(document.value, "next_review_on") if document.controlled else None
        if ahead is not None:
            planned[document.id] = (day(document.value, "effective_on") or date.min, ahead)
    versions = {entry.id: word(entry.value, "version") for entry in system.entries if entry.controlled}
    for on, row in _reviewed(system):
        name, ahead = str(row.get("document")), day(row, "next_review_on")
        same = word(row, "version") in (None, versions.get(name))
        if ahead is not None and same and name in planned and on >= planned[name][0]:
            planned[name] = (on, ahead)
    return {name: ahead for name, (_, ahead) in planned.items()}


def gone_through(system: System, register: Entry) -> date | None:
    """The last day on which a register was gone through as a whole; None when it says of no day."""
    own = day(register.value, "reviewed_on")
    if own is None:
        return None
    return max([own, *(on for on, row in _reviewed(system) if row.get("document") == register.id)])


def _reviewed(system: System) -> Iterator[tuple[date, Mapping[str, Any]]]:
    """What each review of documents said of each of them, in the order of the days."""
    dated = [(on, entry) for entry in system.of("document-review") if (on := day(entry.value, "reviewed_on"))]
    for on, entry in sorted(dated, key=lambda pair: (pair[0], pair[1].path)):
        for row in rows(entry.value, "items") if on <= system.as_of else ():
            yield on, row
