"""A report to build/: the frame pages, every generated page, and the data that machines read."""

from __future__ import annotations

from pathlib import Path

from ..pipeline import Report
from ..shipped import shipped
from . import overview
from .anchor import NAME, anchor
from .book import Book
from .files import copy_frame, remove, swap, write_json
from .kinds import kinds_of, write_kinds
from .master_tables import downloads
from .pages import pages


def write_pages(report: Report, root: Path, language: str, *, draft: bool = False) -> Path:
    """build/pages, build/manual.json, build/fragments.json and build/kinds.json; returns the folder of pages."""
    book = Book(report, language, draft=draft)
    build = root / "build"
    fresh = build / "pages.new"
    remove(fresh)
    if (root / "docs").is_dir():
        copy_frame(root / "docs", fresh, language)
    copy_frame(shipped("site"), fresh, language)
    copy_frame(shipped("vendor"), fresh / "assets" / "vendor", language)
    written = pages(book)
    for path, content in written.items():
        target = fresh / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, "utf-8")
    write_kinds(build, kinds_of(book, written), book.say("kind.page"))
    manual = overview.facts(book)
    write_json(build / "manual.json", manual)
    write_json(build / "fragments.json", dict(overview.fragments(book)))
    write_json(fresh / "data" / "manual.json", manual)
    write_json(fresh / "data" / "complaints.json", overview.publishable_complaints(book))
    for name, data in downloads(book).items():
        (fresh / name).write_bytes(data)
    write_json(fresh / NAME, anchor(book, root))
    swap(fresh, build / "pages")
    return build / "pages"
