"""What the public may know, named field by field; the makers of the public pages see this and nothing else.

Not a filter over finished pages: a value that is not taken here is never at hand where something is written
(7.5.3; corrections-engineering 4). Documents come whole where they say `confidentiality: public`, in the version
that holds on the day; of everything else only what is read below.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from ...history import History
from ...load.workspace import mentioned
from ...measure.disclosure import least_told
from ...measure.moments import child, rows
from ...measure.validity import Period, standing, valid_on
from ...model import Entry, Source, System
from ...pipeline import Report
from ...problems import Bilingual
from ..customer import Offer, offer_of
from .numbers import PublicFigure, public_figures

CONTROL = ("kind", "number", "title", "title_en", "version", "effective_on", "first_issued_on", "next_review_on",
           "language")  # fmt: skip
"""Of a document's control block; its people, departments, clauses and changes are not among it."""

NEVER = frozenset({"organization", "people", "roles", "appointment"})
"""Kinds that are about people and the inside, whatever a document of them says of itself."""


@dataclass(frozen=True, slots=True)
class PublicDocument:
    """A document that holds on the day. `owner` and `approved_by` are roles; `since` is the day it took effect."""

    entry: Entry
    owner: Bilingual | None
    approved_by: Bilingual | None
    approved_on: str
    since: date


@dataclass(frozen=True, slots=True)
class Certificate:
    """Facts of the certificate; what is planned with the certifier stays inside."""

    status: Bilingual | None
    body: str
    number: str
    valid: tuple[str, str]
    scope: Bilingual | None


@dataclass(frozen=True, slots=True)
class Edition:
    """Everything that the public pages are made of. `shell` is a system with the public documents alone."""

    as_of: date
    name: Bilingual
    short_name: Bilingual
    purpose: Bilingual | None
    notice: Bilingual | None
    standard: Bilingual
    certificate: Certificate | None
    offer: Offer
    documents: tuple[PublicDocument, ...]
    figures: tuple[PublicFigure, ...]
    least: int
    scale_most: int
    shell: System


def edition_of(report: Report) -> Edition:
    """The allow-list over a report."""
    whole = standing(report.system, report.measured.approvals)
    documents = tuple(_documents(report, whole))
    own, catalogue = whole.organisation, whole.catalogue
    title = {key: f"{catalogue.number} {catalogue.version} {said}" for key, said in catalogue.title.items()}
    return Edition(
        as_of=whole.as_of,
        name=_both(own.get("name")) or {"zh": "", "en": ""},
        short_name=_both(own.get("short_name")) or _both(own.get("name")) or {"zh": "", "en": ""},
        purpose=_both(own.get("purpose")),
        notice=_both(own.get("notice")) if own.get("fictional") is True else None,
        standard=title,
        certificate=_certificate(whole),
        offer=offer_of(whole),
        documents=documents,
        figures=public_figures(report),
        least=least_told(whole),
        scale_most=int(child(own, "follow_up", "scale_max") or 5),
        shell=_shell(whole, [document.entry for document in documents]),
    )


def _both(value: Any) -> Bilingual | None:
    if isinstance(value, str):
        return {"zh": value, "en": value}
    if not isinstance(value, Mapping):
        return None
    return {key: str(value[key]) for key in ("zh", "en") if key in value}


def _documents(report: Report, whole: System) -> Iterator[PublicDocument]:
    roles = {str(row.get("id")): _role(row) for entry in whole.of("roles") for row in rows(entry.value, "roles")}
    lying = {(entry.path, entry.part): entry for entry in report.system.entries}
    for entry in whole.entries:
        if not entry.controlled or not entry.path.startswith("system/") or entry.kind.name in NEVER:
            continue
        own = lying.get((entry.path, entry.part), entry)
        held = valid_on(report.measured.approvals, own, whole.as_of)
        if held is not None and entry.value.get("confidentiality") == "public":
            yield _document(entry, held, roles)


def _document(entry: Entry, held: Period, roles: Mapping[str, Bilingual]) -> PublicDocument:
    approval = held.approval.approval.value
    return PublicDocument(
        entry=_bare(entry),
        owner=roles.get(str(entry.value.get("owner"))),
        approved_by=roles.get(str(approval.get("role"))),
        approved_on=str(approval.get("on", "")),
        since=held.since,
    )


def _role(row: Mapping[str, Any]) -> Bilingual:
    title = str(row.get("title", ""))
    return {"zh": title, "en": str(row.get("title_en", title))}


def _bare(entry: Entry) -> Entry:
    """The document with its own text and the fields that its schema marks x-publish; no source, no digest of it."""
    shapes = entry.kind.shape.properties
    told = {key: said for key, said in entry.value.items() if key in CONTROL or (key in shapes and shapes[key].publish)}
    return replace(entry, value=told, source=Source(entry.path, "", ""))


def _certificate(system: System) -> Certificate | None:
    entry = system.first("organization")
    found = child(system.organisation, "certificate")
    if entry is None or not found:
        return None
    status = entry.kind.shape.properties["certificate"].properties["status"].labels.get(str(found.get("status")))
    valid = (str(found.get("valid_from_on", "")), str(found.get("valid_to_on", "")))
    body, number = (str(found.get(key, "")) for key in ("body", "number"))
    return Certificate(status, body, number, valid, _both(found.get("scope")))


def _shell(whole: System, documents: list[Entry]) -> System:
    """A system that holds nothing but the public documents: whoever looks around in it finds no more."""
    defined, _ = mentioned(documents)
    return replace(
        whole, root="", entries=tuple(documents), problems=(), broken={}, defined=defined, referred=(),
        history=History("unread"),
    )  # fmt: skip
