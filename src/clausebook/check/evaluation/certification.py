"""What the organisation says of its certificate is what the certification body decided (4.3, corrections 32).

The standard asks for no certificate; but a scope that is published with one must be the certified scope, and a
certificate that has run out is none.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ...measure import Measured
from ...measure.moments import child, day, rows, word
from ...model import Entry, System
from ...problems import Problem, Rule
from ..reporting import found

CERTIFICATE_RUN_OUT = Rule("certificate-run-out", "due", "own")
CERTIFICATE_STAGE_CONTRADICTS = Rule("certificate-stage-contradicts", "contradiction", "own")
RULES = (CERTIFICATE_RUN_OUT, CERTIFICATE_STAGE_CONTRADICTS)
READS = frozenset({"organization", "audit"})


def check(system: System, measured: Measured) -> Iterator[Problem]:
    audits = {entry.id: entry for entry in system.of("audit")}
    for organisation in system.of("organization"):
        yield from _valid(system.as_of, organisation)
        yield from _stages(organisation, audits)


def _valid(as_of: date, organisation: Entry) -> Iterator[Problem]:
    until = day(organisation.value, "certificate", "valid_to_on")
    if word(organisation.value, "certificate", "status") == "valid" and until is not None and until < as_of:
        at = ("certificate", "valid_to_on")
        yield found(CERTIFICATE_RUN_OUT, organisation, at, ("4.3.doc",), until=until.isoformat())


def _stages(organisation: Entry, audits: dict[str, Entry]) -> Iterator[Problem]:
    """A stage that is done is an external audit of that stage on record."""
    for index, row in enumerate(rows(organisation.value, "certificate", "surveillance")):
        audit = audits.get(word(row, "audit") or "")
        if audit is None:
            continue
        fits = audit.value.get("type") == "external" and audit.value.get("stage") in (None, row.get("stage"))
        if not fits or child(audit.value, "cancelled"):
            facts = {"stage": str(row.get("stage")), "audit": audit.id}
            at = ("certificate", "surveillance", index, "audit")
            yield found(CERTIFICATE_STAGE_CONTRADICTS, organisation, at, ("4.3.doc",), facts=facts)
