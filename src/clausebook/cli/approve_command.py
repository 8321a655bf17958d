"""`clausebook approve DOCUMENT --as PERSON --meaning …`: an approval record of the present content."""

from __future__ import annotations

import os
from pathlib import Path

import click

from ..problems import UserError
from .options import common, day_of, root_of
from .speaking import Speaking


@click.command("approve", cls=Speaking)
@click.argument("document", metavar="DOCUMENT")
@click.option("--as", "person", required=True, metavar="PERSON")
@click.option("--meaning", type=click.Choice(["prepare", "review", "approve", "withdraw"]), default="approve")
@click.option("--reason", default="", metavar="TEXT")
@click.option("--on", metavar="DATE")
@click.option("--original", metavar="REF")
@click.option("--original-kind", type=click.Choice(["oa", "paper", "mail"]), default="oa")
@click.option("--place", default="", metavar="TEXT")
@click.option("--entered-by", metavar="PERSON")
@click.option("--key", metavar="FILE")
@common
def command(
    document: str, person: str, meaning: str, reason: str, on: str | None, original: str | None, original_kind: str,
    place: str, entered_by: str | None, key: str | None, root: str | None, as_of: str | None, language: str | None,
) -> int:  # fmt: skip
    """Pins the SHA-256 of what is approved; a later edit needs a new approval."""
    from ..load.workspace import load
    from ..work.approving import Original, approve

    folder = root_of(root)
    system = load(folder, day_of(as_of, folder))
    if bool(original) is not bool(entered_by):
        raise UserError("approve-original")
    if original and key:
        raise UserError("approve-original-signed")
    own = key or (None if original else os.environ.get("CLAUSEBOOK_KEY"))
    source = Original(original_kind, original, place or "—", entered_by) if original and entered_by else None
    day = day_of(on, folder).isoformat() if on else system.as_of.isoformat()
    click.echo(approve(folder, system, document, person, meaning, day, reason, source, Path(own) if own else None))
    return 0
