"""The pieces of the hand-written frame pages: finished Markdown by name, and facts by dotted path.

Macros only look these up (publish/macros.py); everything is computed here, once per build.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..measure.revisits import next_reviews
from . import customer, gate, home, key_figures
from .book import Book, past_banner
from .formats import as_data
from .standing import status

HOME = "index.md"


def fragments(book: Book) -> Mapping[str, str]:
    """Name → Markdown, for {{ fragment("name") }} on pages at the site's root."""
    makers = {
        "verdict": home.verdict, "figures": home.figures,
        "key_figures": key_figures.key_figures, "attention": home.attention, "ways": home.ways,
        "validity": _validity, "fictional": _fictional, "channels": _channels, "limits": _limits,
    }  # fmt: skip
    return {name: "\n".join(maker(book)) for name, maker in makers.items()}


def organisation(book: Book, *, short: bool = False) -> str:
    """The organisation's name in the reader's language."""
    own = book.system.organisation
    name = (own.get("short_name") if short else None) or own.get("name")
    return book.choose(name) if isinstance(name, dict) else str(name or "")


def _fictional(book: Book) -> Iterator[str]:
    """The banner of an example: fictional, and judged as of a fixed date."""
    own = book.system.organisation
    yield from past_banner(book)
    if book.draft:
        yield f'!!! warning "{book.say("draft")}"'
        yield f"    {book.say('draft_banner')}"
        yield ""
    if own.get("fictional"):
        notice = own.get("notice")
        said = book.choose(notice) if isinstance(notice, dict) else str(notice or book.say("fictional"))
        yield f'!!! note "{book.say("example")}"'
        yield f"    {gate.text(said)} {book.say('as_of_banner', as_of=book.system.as_of.isoformat())}"
        yield ""


def _validity(book: Book) -> Iterator[str]:
    """What this edition is: whose, against which standard, as of when, from which commit, proved how."""
    system = book.system
    catalogue = system.catalogue
    counts = as_data(book.report, book.language)["requirements"]
    scope = system.first("scope")
    standard = f"{catalogue.number} {catalogue.version} {book.choose(catalogue.title)}"
    where = gate.link(gate.text(book.title(scope)), book.atlas.to(book.atlas.page(scope), HOME)) if scope else "—"
    commit = gate.text(system.history.commit[:12]) if system.history.commit else book.say("no_commit")
    yield f"## {book.say('validity')}"
    yield ""
    yield from book.values(HOME).facts([
        (book.say("organisation"), gate.text(organisation(book))),
        (book.say("standard"), gate.text(standard)),
        (book.say("scope"), where),
        (book.say("system_effective_on"), gate.text(system.organisation.get("system_effective_on", "—"))),
        (book.say("as_of"), gate.text(system.as_of.isoformat())),
        (book.say("commit"), commit),
        (book.say("level"), _levels(book)),
        (book.say("certificate"), _certificate(book)),
        (book.say("coverage"), book.say("coverage_line", **counts)),
    ])  # fmt: skip


def _levels(book: Book) -> str:
    """The approval levels in use, weakest said first: nothing claims more than its evidence."""
    shape = book.system.kinds["approval"].shape.properties["level"]
    found = {str(entry.value.get("level")) for entry in book.system.of("approval")}
    values = book.values(HOME)
    known = [f"{level} {values.scalar(shape, level)}" for level in ("T", "A0", "A1", "A2") if level in found]
    return " · ".join(known) or "—"


def _certificate(book: Book) -> str:
    """Where certification stands, with whom and for what."""
    entry = book.system.first("organization")
    certificate = entry.value.get("certificate") if entry else None
    if entry is None or not isinstance(certificate, dict):
        return book.say("no_certificate")
    shape = entry.kind.shape.properties["certificate"].properties
    values = book.values(HOME)
    said = [
        values.inline(shape[key], certificate[key])
        for key in ("status", "body", "number", "valid_until_on")
        if key in certificate and key in shape
    ]
    scope = certificate.get("scope")
    return " · ".join([*said, gate.text(book.choose(scope))] if isinstance(scope, dict) else said)


def _channels(book: Book) -> Iterator[str]:
    yield from customer.channel_lines(customer.offer_of(book.system), book.language)


def _limits(book: Book) -> Iterator[str]:
    yield from customer.limit_lines(customer.offer_of(book.system), book.language)


def facts(book: Book) -> dict[str, Any]:
    """data/manual.json: coverage and documents for machines, and what {{ fact("…") }} looks up."""
    data = as_data(book.report, book.language)
    data["organisation"] = {
        key: book.system.organisation.get(key) for key in ("name", "fictional", "profile", "standard")
    }
    data["site"] = {
        "title": book.say("manual_title"), "organisation": organisation(book),
        "short_name": organisation(book, short=True), "language": book.language, "sheet": _sheet(book),
    }  # fmt: skip
    ahead = next_reviews(book.system)
    data["documents"] = [
        {
            "number": entry.id, "title": entry.title, "version": entry.value.get("version"),
            "status": status(book, entry), "owner": entry.value.get("owner"), "path": entry.path,
            "effective_on": entry.value.get("effective_on"),
            "next_review_on": str(ahead.get(entry.id) or entry.value.get("next_review_on") or "") or None,
        }
        for entry in book.system.entries if entry.controlled
    ]  # fmt: skip
    return data


def _sheet(book: Book) -> str:
    """The foot of every printed sheet: whose, as of when, from which commit, and that paper is not controlled."""
    day, commit = book.system.as_of.isoformat(), (book.system.history.commit or "")[:12]
    return book.say("sheet", organisation=organisation(book, short=True), as_of=day, commit=commit)


def publishable_complaints(book: Book) -> list[dict[str, Any]]:
    """data/complaints.json: only what the schema marks x-publish."""
    rows = []
    for entry in book.system.of("complaint"):
        shape = entry.kind.shape.properties
        rows.append(
            {
                "id": entry.id,
                **{k: v for k, v in entry.value.items() if k in shape and shape[k].publish and k != "id"},
            }
        )
    return rows
