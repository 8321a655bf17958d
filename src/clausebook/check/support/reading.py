"""7.3 and 7.5.3 Reading a new version: whoever is on the distribution list confirms it, on a sheet or one by one.

The standard asks that people know the policy and how complaints are reported, and that distribution is controlled; that
each reader confirms each version is our advice. Asked of what is confirmed at all: the policy, the intake procedure and
every document that an awareness record has ever named.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...measure import Measured
from ...measure.readings import POLICY, Acknowledgement, acknowledgements
from ...measure.rhythm import months_after
from ...model import System
from ...problems import Problem, Rule
from ..reporting import found
from .awareness import AFTER_CHANGE

READING_UNCONFIRMED = Rule("reading-unconfirmed", "due", "implied")
RULES = (READING_UNCONFIRMED,)
READS = frozenset({"awareness", "policy", "procedure", "people", "roles", "organization"})


def check(system: System, measured: Measured) -> Iterator[Problem]:
    if system.first("awareness") is None:
        return  # that there is none at all is said by the evidence
    for one in acknowledgements(system, measured.approvals):
        late = months_after(one.since, AFTER_CHANGE) < system.as_of
        if not one.asked or not late or not one.missing or _said(system, one):
            continue
        facts = {
            "version": one.version, "since": one.since.isoformat(), "missing": ", ".join(one.missing),
            "confirmed": str(one.confirmed), "readers": str(len(one.readers)),
        }  # fmt: skip
        yield found(READING_UNCONFIRMED, one.document, ("distribution",), _asked(one), facts=facts)


def _said(system: System, one: Acknowledgement) -> bool:
    """A policy version that no record names as such is another rule's matter (awareness-of-old-policy)."""
    named = {record.value.get(POLICY) for record in system.of("awareness")}
    return one.document.kind.name == "policy" and one.version not in named


def _asked(one: Acknowledgement) -> tuple[str, ...]:
    topic = {"policy": ("7.3.a",), "procedure": ("7.3.f",)}.get(one.document.kind.name, ())
    return (*topic, "7.5.3.ctl1")
