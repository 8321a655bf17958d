"""`clausebook export KIND --to xlsx|csv|json [--out FILE] [--bom]`: a kind, or the master list, as a table."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ..problems import UserError
from .language import language_of
from .options import common, day_of, root_of
from .speaking import Speaking


@click.command("export", cls=Speaking)
@click.argument("kind", metavar="KIND")
@click.option("--to", "form", type=click.Choice(["xlsx", "csv", "json"]), required=True)
@click.option("--out", metavar="FILE")
@click.option("--bom", is_flag=True)
@common
def command(
    kind: str, form: str, out: str | None, bom: bool, root: str | None, as_of: str | None, language: str | None
) -> int:
    """Safe for spreadsheets; private fields stay out."""
    from ..work.exporting import exported
    from ..work.writer import write_bytes

    folder = root_of(root)
    if form == "xlsx" and out is None and sys.stdout.isatty():
        raise UserError("export-needs-file", kind=kind)
    content = exported(folder, day_of(as_of, folder), kind, form, language_of(chosen=language), bom=bom)
    if out is None:
        sys.stdout.buffer.write(content)
    else:
        write_bytes(Path(out), content)
    return 0
