"""`clausebook import complaints FILE --map MAP`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from ..problems import UserError
from .options import common, day_of, now_in, root_of


@click.command("import")
@click.argument("kind", type=click.Choice(["complaints"]))
@click.argument("file", metavar="FILE")
@click.option("--map", "mapping", metavar="MAP", help="列对应表 · which column is what (YAML)")
@click.option("--dry-run", is_flag=True, help="只看结果，不写入 · say what would happen")
@click.option("--accept-partial", is_flag=True, help="写入可接受的行，其余另存 · write the rest to a file of their own")
@common
def command(
    kind: str, file: str, mapping: str | None, dry_run: bool, accept_partial: bool, root: str | None, as_of: str | None,
    language: str | None,
) -> int:  # fmt: skip
    """导入投诉台账。A complaint log becomes complaint records; the raw row stays with each."""
    from ..load.workspace import load
    from ..work.importing import apply, plan, write_rejected

    if mapping is None:
        raise UserError("import-map-missing")
    folder = root_of(root)
    system = load(folder, day_of(as_of, folder))
    made = plan(system, Path(file), Path(mapping))
    if not dry_run:
        paths = apply(folder, system, made, now_in(folder), partial=accept_partial)
        if made.rejected:
            write_rejected(Path(file), made)
        click.echo(f"{len(paths)} · records/complaints/", err=True)
    click.echo(json.dumps(made.as_data(), ensure_ascii=False, indent=1))
    return 1 if dry_run and made.rejected else 0
