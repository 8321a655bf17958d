"""`clausebook build`: check, then the site. Gaps are published; what would mislead a reader is not."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from ..problems import UserError
from .options import common, language_of, root_of


@click.command("build")
@click.option("--out", metavar="DIR", help="网站目录 · where the site goes (default build/site)")
@click.option("--renderer", type=click.Choice(["mkdocs", "zensical"]), default="mkdocs")
@click.option("--strict", is_flag=True, help="有任何错误都不发布 · refuse on any error")
@click.option("--draft", is_flag=True, help="连同不能发布的一起，逐页标明草案 · publish all, every page marked")
@click.option("--pages-only", is_flag=True, help="只写 Markdown 页面 · write the Markdown pages only")
@click.option("--no-history", is_flag=True, help="不读 git，没有版本证据 · no evidence of revisions")
@common
def command(
    out: str | None, renderer: Literal["mkdocs", "zensical"], strict: bool, draft: bool, pages_only: bool,
    no_history: bool, root: str | None, as_of: str | None, language: str | None,
) -> int:  # fmt: skip
    """核对并发布手册网站；--as-of 写过去的日期或标签时，按当时的内容发布。Gaps and lapses are published.

    With an earlier --as-of, a date or a tag, the manual is published as it stood then, from git's own objects.
    """
    from ..publish.render import render
    from ..publish.site import write_pages
    from ..wording import text
    from .reports import report_of, told

    words = language_of(chosen=language)
    folder = root_of(root)
    report = report_of(folder, as_of, no_history=no_history, language=words)
    if strict and report.errors and not draft:
        raise UserError("strict-refused", count=report.errors)
    if report.unpublishable and not draft:
        told(report.unpublishable, words)
        raise UserError("unpublishable", count=len(report.unpublishable))
    pages = write_pages(report, folder, words, draft=draft)
    if pages_only:
        click.echo(str(pages))
        return 0
    target = Path(out).resolve() if out else folder / "build" / "site"
    click.echo(text("site.rendering", words, pages=sum(1 for _ in pages.rglob("*.md"))), err=True)
    render(folder, target, renderer)
    click.echo(str(target / "index.html"))
    return 0
