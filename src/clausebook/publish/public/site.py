"""The public edition to build/public/: its pages, its data, its navigation; nothing of the inside is written there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ...pipeline import Report
from ...shipped import shipped
from .. import gate
from ..files import copy_frame, copy_page, remove, swap, write_json
from ..kinds import write_kinds
from . import document_pages, number_pages
from .edition import edition_of
from .pages import COMPLAIN, Desk, desk_of, fragments, front_pages, navigation

BUILD = "build/public"
"""A folder of its own: an inside build, or `serve`, that runs at the same time writes nowhere near it."""


def write_public(report: Report, root: Path, language: str) -> Path:
    """build/public/pages, manual.json, fragments.json and kinds.json; returns the folder of pages."""
    desk = desk_of(edition_of(report), language)
    build = root / BUILD
    fresh = build / "pages.new"
    remove(fresh)
    complain = copy_page(root / "docs", COMPLAIN, fresh, language)
    copy_frame(shipped("site"), fresh, language)
    rooms = navigation(desk, complain=complain)
    written = {**front_pages(desk, rooms), **dict(document_pages.make(desk)), **dict(number_pages.make(desk))}
    for path, content in written.items():
        (fresh / path).parent.mkdir(parents=True, exist_ok=True)
        (fresh / path).write_text(content, "utf-8")
    write_kinds(build, _kinds(desk), desk.say("page"))
    write_json(build / "manual.json", _manual(desk, rooms))
    write_json(build / "fragments.json", dict(fragments(desk)))
    write_json(fresh / "data" / "manual.json", _documents(desk))
    write_json(fresh / "data" / "numbers.json", number_pages.as_data(desk))
    write_json(fresh / "anchor.json", _anchor(desk))
    swap(fresh, build / "pages")
    return build / "pages"


def _kinds(desk: Desk) -> Iterator[tuple[str, str]]:
    """Public documents by their kind; everything else is a page."""
    for document in desk.edition.documents:
        yield desk.page_of(document), desk.choose(document.entry.kind.title)


def _manual(desk: Desk, rooms: list[tuple[str, str]]) -> dict[str, Any]:
    """What the renderer and the frame page look up: names, the day, the navigation."""
    name, short = (desk.choose(both) for both in (desk.edition.name, desk.edition.short_name))
    day = desk.edition.as_of.isoformat()
    names = {
        key: desk.say(said, organisation=gate.plain(of), as_of=day)
        for key, said, of in (
            ("site_name", "site_name", short), ("site_description", "site_description", short),
            ("copyright", "footer", name), ("sheet", "sheet", short),
        )
    }  # fmt: skip
    site = {"organisation": name, "short_name": short, "language": desk.language, "nav": rooms, **names}
    return {"as_of": day, "site": site}


def _documents(desk: Desk) -> dict[str, Any]:
    """data/manual.json: whose it is, by which standard, and the documents that are public."""
    edition = desk.edition
    return {
        "schema": 1, "audience": "public", "as_of": edition.as_of.isoformat(), "organisation": dict(edition.name),
        "standard": desk.choose(edition.standard),
        "documents": [
            {
                "number": document.entry.id, "title": desk.title_of(document),
                "version": document.entry.value.get("version"), "since": document.since.isoformat(),
            }
            for document in edition.documents
        ],
    }  # fmt: skip


def _anchor(desk: Desk) -> dict[str, Any]:
    """What a reader outside can hold against a later edition; no commit, no count of what is inside."""
    edition = desk.edition
    return {"audience": "public", "as_of": edition.as_of.isoformat(), "documents": len(edition.documents)}
