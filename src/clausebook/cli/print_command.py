"""`clausebook print DOCUMENT|manual --to pdf,docx`: a controlled copy on paper."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..problems import UserError
from .language import language_of
from .options import common, root_of
from .speaking import Speaking

if TYPE_CHECKING:
    from ..publish.book import Book
    from ..publish.paper import Paper
    from ..publish.paper_html import Sheet

FORMATS = ("pdf", "docx")


@click.command("print", cls=Speaking)
@click.argument("document", metavar="DOCUMENT|manual")
@click.option("--to", "formats", default="pdf", metavar="pdf,docx")
@click.option("--out", metavar="FILE")
@click.option("--draft", is_flag=True)
@click.option("--no-history", is_flag=True)
@common
def command(
    document: str, formats: str, out: str | None, draft: bool, no_history: bool,
    root: str | None, as_of: str | None, language: str | None,
) -> int:  # fmt: skip
    """One controlled document by number or path, or all that are valid."""
    from ..publish.book import Book
    from ..publish.paper import file_name, hindrances, paper_of
    from ..publish.paper_html import sheet_of
    from ..wording import text
    from ..work.writer import write_bytes
    from .reports import report_of, told

    wanted, words, folder = _formats(formats), language_of(chosen=language), root_of(root)
    book = Book(report_of(folder, as_of, no_history=no_history, language=words), words, draft=draft)
    paper = paper_of(book, document)
    wrong = hindrances(book, paper)
    if wrong and not draft:
        told(wrong, words)
        raise UserError("print-unpublishable", count=len(wrong))
    targets = _targets(Path(out) if out else folder / "build" / "print" / file_name(paper), wanted, named=bool(out))
    _remarks(book, paper)
    click.echo(text("paper.printing", words, count=len(paper.leaves)), err=True)
    sheet = sheet_of(book, paper)
    made = {target: _made(sheet, form) for form, target in targets.items()}
    for target, content in made.items():
        write_bytes(target, content)
        click.echo(str(target))
    return 0


def _formats(given: str) -> tuple[str, ...]:
    wanted = tuple(dict.fromkeys(word.strip().lower() for word in given.split(",")))
    if not set(wanted) <= set(FORMATS):
        raise UserError("print-formats", value=given)
    return wanted


def _targets(base: Path, wanted: Sequence[str], *, named: bool) -> dict[str, Path]:
    """Format → file. A name given for two formats gets the ending of each."""
    base = base.resolve()
    if named and len(wanted) == 1:
        found = {wanted[0]: base}
    else:
        stem = base.name.removesuffix(".pdf").removesuffix(".docx") if named else base.name
        found = {form: base.with_name(f"{stem}.{form}") for form in wanted}
    for target in found.values():
        if target.is_dir():
            raise UserError("print-target", path=str(target))
    return found


def _made(sheet: Sheet, form: str) -> bytes:
    from ..publish.paper_pdf import to_pdf
    from ..publish.paper_word import to_docx

    return to_pdf(sheet) if form == "pdf" else to_docx(sheet)


def _remarks(book: Book, paper: Paper) -> None:
    """What a reader might expect to be printed and is not, on stderr."""
    from ..publish.standing import in_hand
    from ..wording import text

    as_of, words = book.system.as_of.isoformat(), book.language
    for leaf in paper.leaves:
        entry = leaf.entry
        if not leaf.valid:
            state = text(f"paper.state.{leaf.state}", words)
            click.echo(text("paper.marked", words, document=entry.id, as_of=as_of, state=state), err=True)
        elif in_hand(book, entry).source.sha256 != entry.source.sha256:
            version = str(entry.value.get("version", ""))
            click.echo(text("paper.newer", words, document=entry.id, version=version), err=True)
    if paper.left_out:
        click.echo(text("paper.left_out_note", words, count=len(paper.left_out), as_of=as_of), err=True)
