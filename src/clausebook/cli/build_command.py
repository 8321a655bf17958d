"""`clausebook build`: check, then the site. Gaps are published; what would mislead a reader is not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from ..problems import UserError
from .language import language_of
from .options import common, root_of
from .speaking import Speaking

if TYPE_CHECKING:
    from ..pipeline import Report

Audience = Literal["internal", "public"]
Renderer = Literal["mkdocs", "zensical"]


@click.command("build", cls=Speaking)
@click.option("--audience", type=click.Choice(["internal", "public"]), default="internal")
@click.option("--out", metavar="DIR")
@click.option("--renderer", type=click.Choice(["mkdocs", "zensical"]), default="mkdocs")
@click.option("--strict", is_flag=True)
@click.option("--draft", is_flag=True)
@click.option("--pages-only", is_flag=True)
@click.option("--no-history", is_flag=True)
@common
def command(
    audience: Audience, out: str | None, renderer: Renderer, strict: bool, draft: bool, pages_only: bool,
    no_history: bool, root: str | None, as_of: str | None, language: str | None,
) -> int:  # fmt: skip
    """Check, then the site; an earlier --as-of publishes the manual as it stood then."""
    from .reports import report_of

    words = language_of(chosen=language)
    folder = root_of(root)
    report = report_of(folder, as_of, no_history=no_history, language=words)
    _refuse(report, words, audience, strict=strict, draft=draft)
    if audience == "public":
        _public(report, folder, words, out, renderer, pages_only=pages_only)
    else:
        _internal(report, folder, words, out, renderer, draft=draft, pages_only=pages_only)
    return 0


def _refuse(report: Report, words: str, audience: Audience, *, strict: bool, draft: bool) -> None:
    """What must not go out as it is; outside a draft must not go out at all."""
    from .reports import told

    if draft and audience == "public":
        raise UserError("draft-not-public")
    if strict and report.errors and not draft:
        raise UserError("strict-refused", count=report.errors)
    if report.unpublishable and not draft:
        told(report.unpublishable, words)
        raise UserError("unpublishable", count=len(report.unpublishable))


def _internal(
    report: Report, folder: Path, words: str, out: str | None, renderer: Renderer, *, draft: bool, pages_only: bool
) -> None:
    from ..publish.render import render
    from ..publish.site import write_pages

    pages = write_pages(report, folder, words, draft=draft)
    target = Path(out).resolve() if out else folder / "build" / "site"
    _drawn(pages, target, words, pages_only, lambda: render(folder, target, renderer))


def _public(report: Report, folder: Path, words: str, out: str | None, renderer: Renderer, *, pages_only: bool) -> None:
    from ..publish.public.leaks import inspect
    from ..publish.public.site import BUILD, write_public
    from ..publish.render import render

    pages = write_public(report, folder, words)
    target = Path(out).resolve() if out else folder / BUILD / "site"

    def draw() -> None:
        render(folder, target, renderer, BUILD, lambda drawn: inspect(report.system, drawn))

    _drawn(pages, target, words, pages_only, draw)


def _drawn(pages: Path, target: Path, words: str, pages_only: bool, draw: Callable[[], None]) -> None:
    """Draw the site and say where it is; with --pages-only say where the pages are."""
    from ..wording import text

    if pages_only:
        click.echo(str(pages))
        return
    click.echo(text("site.rendering", words, pages=sum(1 for _ in pages.rglob("*.md"))), err=True)
    draw()
    click.echo(str(target / "index.html"))
