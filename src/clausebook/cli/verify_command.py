"""`clausebook verify [SITE-OR-PACK]`: history, approvals and a published manual, against each other."""

from __future__ import annotations

from pathlib import Path

import click

from .language import language_of
from .options import common, day_of, root_of
from .speaking import Speaking


@click.command("verify", cls=Speaking)
@click.argument("source", required=False, metavar="[SITE-OR-PACK]")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@common
def command(source: str | None, form: str, root: str | None, as_of: str | None, language: str | None) -> int:
    """An anchor.json that was kept elsewhere will do as well."""
    from ..work.verify_formats import to_json, to_text
    from ..work.verifying import verify

    folder = root_of(root)
    found = verify(folder, day_of(as_of, folder), Path(source) if source is not None else None)
    click.echo((to_json if form == "json" else to_text)(found, language_of(chosen=language)))
    return 0 if found.holds else 1
