"""All pages of the site as plain Markdown: path → text. Pure; site.py writes and renders them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..model import Entry
from ..pipeline import Report
from ..wording import choose, text
from . import gate
from .atlas import Atlas
from .values import Values

Lines = Iterator[str]


class Book:
    """What every page maker needs: the report, where things stand, the language, whether it is a draft."""

    def __init__(self, report: Report, language: str, *, draft: bool = False) -> None:
        self.report = report
        self.system = report.system
        self.language = language
        self.draft = draft
        self.atlas = Atlas(report.system, language=language)

    def say(self, key: str, **facts: Any) -> str:
        return text(f"site.{key}", self.language, **facts)

    def values(self, here: str) -> Values:
        return Values(self.atlas, here, self.language)

    def choose(self, both: Mapping[str, str]) -> str:
        return choose(both, self.language)

    def colophon(self, entry: Entry) -> str:
        """The last line of a page: where it comes from, the digest of that file, uncontrolled when printed."""
        digest = f"SHA-256 {entry.source.sha256[:16]}…"
        return f"<small>{self.say('source')} {gate.text(entry.path)} · {digest} · {self.say('uncontrolled')}</small>"

    def of_kind(self, entry: Entry) -> str:
        return self.choose(entry.kind.title)


def page(book: Book, title: str, lines: Lines, *, searchable: bool = True) -> str:
    """A page: front matter that only we write, the heading, a banner on drafts, then the content."""
    head = ["---", f'title: "{gate.plain(title)}"', "render_macros: false"]
    if not searchable:
        head += ["search:", "  exclude: true"]
    banner = [f'!!! warning "{book.say("draft")}"', f"    {book.say('draft_banner')}", ""] if book.draft else []
    return "\n".join([*head, "---", "", f"# {gate.text(title)}", "", *banner, *lines]) + "\n"


def pages(book: Book) -> Mapping[str, str]:
    """Every generated page."""
    from . import clause_pages, document_pages, gap_pages, record_pages, register_pages

    makers: tuple[Callable[[Book], Iterator[tuple[str, str]]], ...] = (
        clause_pages.make,
        document_pages.make,
        register_pages.make,
        record_pages.make,
        gap_pages.make,
    )
    return {path: content for maker in makers for path, content in maker(book)}


def problem_lines(book: Book, problems: list[Any], here: str) -> Lines:
    """Problems as a list: level, what, what to do, where."""
    from .formats import message, remedy

    for found in problems:
        where = found.place.path + (f":{found.place.line}" if found.place.line else "")
        source = book.atlas.sources.get(found.place.path)
        shown = gate.link(gate.text(where), book.atlas.to(source, here)) if source else gate.text(where)
        level = text(f"check.level.{found.level}", book.language)
        basis = text(f"check.basis.{found.basis}", book.language)
        rule = gate.link(gate.text(found.rule), book.atlas.to("gaps/rules.md", here, found.rule))
        yield f"- **{level}** · {rule} · {basis} · {shown}  "
        yield f"    {gate.text(message(found, book.language))}  "
        yield f"    {text('check.remedy', book.language)}：{gate.text(remedy(found, book.language))}"
    yield ""
