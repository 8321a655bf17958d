"""Restricted records on the house's own site: number, state and clocks, and nothing of what they say (7.5.3).

Everything is counted and judged on the whole record; only what is written out is made of this. The record itself is
read where it lies, by those who may.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from ..measure.cases import Case
from ..measure.repeats import NONE
from ..model import Entry, Mention, System

KEPT = frozenset({
    "id", "number", "kind", "confidentiality", "received_at", "received_on", "recorded_at", "status", "state", "on",
    "opened_on", "closed_on",
})  # fmt: skip


def is_restricted(entry: Entry) -> bool:
    return entry.kind.information == "retain" and entry.value.get("confidentiality") == "restricted"


def silent(system: System) -> System:
    """The system with restricted records as they may be shown."""
    bare = {(e.path, e.part): bared(e) for e in system.entries if is_restricted(e)}
    if not bare:
        return system
    paths = {path for path, _ in bare}
    entries = tuple(bare.get((entry.path, entry.part), entry) for entry in system.entries)
    defined = tuple(_defined(system.defined, bare))
    referred = tuple(mention for mention in system.referred if mention.entry.path not in paths)
    return replace(system, entries=entries, defined=defined, referred=referred)


def bared(entry: Entry) -> Entry:
    """A record with the fields of KEPT alone; its file keeps its name and digest, not its text."""
    told = {key: value for key, value in entry.value.items() if key in KEPT and isinstance(value, str)}
    return replace(entry, value=told, body=None, source=replace(entry.source, text=""))


def _defined(mentions: Sequence[Mention], bare: Mapping[tuple[str, int], Entry]) -> Iterator[Mention]:
    """A restricted record is still found by its number; what is defined inside it is not."""
    for mention in mentions:
        own = bare.get((mention.entry.path, mention.entry.part))
        if own is None:
            yield mention
        elif len(mention.pointer) < 2:
            yield replace(mention, entry=own)


def silent_case(case: Case) -> Case:
    """A case whose record is restricted: state, how it ended and clocks stay, what it is about goes."""
    if not is_restricted(case.entry):
        return case
    return replace(
        case, entry=bared(case.entry), severity=None, triggers=(), repeats=NONE, reaction=None, first_reaction=None,
        anonymous=False, contactable=True,
    )  # fmt: skip
