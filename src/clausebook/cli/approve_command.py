"""`clausebook approve DOCUMENT --as PERSON --meaning …`: an approval record of the present content."""

from __future__ import annotations

import os
from pathlib import Path

import click

from ..problems import UserError
from .options import common, day_of, root_of


@click.command("approve")
@click.argument("document", metavar="DOCUMENT")
@click.option("--as", "person", required=True, metavar="PERSON", help="人员编号 · who approves")
@click.option("--meaning", type=click.Choice(["prepare", "review", "approve", "withdraw"]), default="approve")
@click.option("--reason", default="", metavar="TEXT")
@click.option("--on", metavar="DATE", help="批准日期，默认截至日期 · the day it was given")
@click.option("--original", metavar="REF", help="转录：原流程号或签字页编号 · transcribed from this original")
@click.option("--original-kind", type=click.Choice(["oa", "paper", "mail"]), default="oa")
@click.option("--place", default="", metavar="TEXT", help="原件存放处 · where the original is")
@click.option("--entered-by", metavar="PERSON", help="转录人，不得是签署人 · who enters it")
@click.option("--key", metavar="FILE", help="用这把 SSH 密钥签名，默认 CLAUSEBOOK_KEY · sign with this SSH key")
@common
def command(
    document: str, person: str, meaning: str, reason: str, on: str | None, original: str | None, original_kind: str,
    place: str, entered_by: str | None, key: str | None, root: str | None, as_of: str | None, language: str | None,
) -> int:  # fmt: skip
    """登记对文件当前内容的批准。It pins the SHA-256 of what is approved; a later edit needs a new approval."""
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
