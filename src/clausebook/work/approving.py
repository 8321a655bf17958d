"""`approve`: a small file that pins exactly this content (architecture 12). What it proves is what its level says.

A0 *recorded*: written here, to be committed by the person. T *transcribed*: approved elsewhere, in an office
system or on paper, and entered by somebody else with the evidence of it. A2 *signed*: with the person's own key,
so that it does not matter who carries the record into git.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..measure.trust import Trust, levels_for
from ..model import Entry, System
from ..problems import UserError
from .signing import signed
from .writer import create_text
from .yaml_text import to_yaml


@dataclass(frozen=True, slots=True)
class Original:
    """Where an approval was really given: an office system's flow number or a signed page, and its place."""

    kind: str
    reference: str
    place: str
    entered_by: str


def approve(
    root: Path, system: System, number: str, person: str, meaning: str, on: str, reason: str,
    original: Original | None, key: Path | None,
) -> str:  # fmt: skip
    """Write the approval of a document's present content; returns its path. Nothing is overwritten."""
    document = _document(system, number)
    people = {mention.id for mention in system.defined if "person" in mention.spaces}
    for name in filter(None, (person, original.entered_by if original else "")):
        if name not in people:
            raise UserError("approve-person", person=name)
    if original and original.entered_by == person:
        raise UserError("approve-transcribed-by-self", person=person)
    if meaning == "approve" and document.value.get("prepared_by") == person:
        raise UserError("approve-own", person=person, document=number)
    version = str(document.value.get("version", ""))
    name = f"{version.replace('/', '-')}-{meaning}-{person}.yaml"
    path = f"records/approvals/{number.replace('/', '-')}/{name}"
    value = {
        "document": number, "path": document.path, "version": version, "sha256": document.source.sha256,
        "meaning": meaning, "person": person, "on": on, "level": "T" if original else "A2" if key else "A0",
    }  # fmt: skip
    if reason:
        value["reason"] = reason
    record: dict[str, object] = dict(value)
    if original:
        evidence = {"kind": original.kind, "reference": original.reference, "place": original.place}
        record |= {"entered_by": original.entered_by, "entered_on": system.as_of.isoformat(), "evidence": evidence}
    if (root / path).exists():
        raise UserError("approve-again", path=path)
    if meaning == "approve":
        _level_accepted(system, document, value["level"])
    if key is not None:
        record["signature"] = _sealed(system, record, person, key)
    modeline = "# yaml-language-server: $schema=../../../schema/approval.schema.json\n"
    if not create_text(root / path, modeline + to_yaml(record)):
        raise UserError("approve-again", path=path)
    return path


def _level_accepted(system: System, document: Entry, level: str) -> None:
    """An unsigned record where only a signature counts would be refused by the next check: it is said here."""
    accepted = levels_for(Trust(system), document)
    if level == "A0" and "A2" in accepted and level not in accepted:
        raise UserError("approve-needs-key", document=document.id, levels=", ".join(sorted(accepted)))


def _sealed(system: System, record: dict[str, object], person: str, key: Path) -> str:
    """The signature of the record; by a key that the register of people knows as this person's on that day."""
    text, given = signed(record, key)
    if not Trust(system).key_holds(person, given.key, system.as_of):
        raise UserError("approve-key-unregistered", person=person, key=given.fingerprint)
    return text


def _document(system: System, number: str) -> Entry:
    found = next((entry for entry in system.entries if entry.controlled and entry.id == number), None)
    if found is None:
        known = ", ".join(entry.id for entry in system.entries if entry.controlled)
        raise UserError("approve-document", document=number, known=known[:200])
    return found
