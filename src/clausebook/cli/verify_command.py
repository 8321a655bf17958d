"""`clausebook verify [SITE-OR-PACK]`: history, approvals and a published manual, against each other."""

from __future__ import annotations

from pathlib import Path

import click

from .options import common, day_of, language_of, root_of


@click.command("verify")
@click.argument("source", required=False, metavar="[SITE-OR-PACK]")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@common
def command(source: str | None, form: str, root: str | None, as_of: str | None, language: str | None) -> int:
    """历史是否完整、批准是否成立、已发布的网站（或其 zip、或单独保存的 anchor.json）是否还是原样。

    Integrity of history, approvals and a published site; an anchor.json that was kept elsewhere will do.
    """
    from ..work.verify_formats import to_json, to_text
    from ..work.verifying import verify

    folder = root_of(root)
    found = verify(folder, day_of(as_of, folder), Path(source) if source is not None else None)
    click.echo((to_json if form == "json" else to_text)(found, language_of(chosen=language)))
    return 0 if found.holds else 1
