"""`clausebook renumber [ID|FILE]`: two records under one number; the later one gets the next free number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from ..problems import UserError
from ..wording import text
from .language import language_of
from .options import common, day_of, root_of
from .speaking import Speaking

if TYPE_CHECKING:
    from ..work.renumbering import Move


@click.command("renumber", cls=Speaking)
@click.argument("target", metavar="[ID|FILE]", required=False)
@click.option("--to", metavar="ID")
@click.option("--from", "commit", metavar="COMMIT")
@click.option("--split", is_flag=True)
@click.option("--also", multiple=True, metavar="FILE")
@click.option("--dry-run", is_flag=True)
@common
def command(
    target: str | None, to: str | None, commit: str | None, split: bool, also: tuple[str, ...], dry_run: bool,
    root: str | None, as_of: str | None, language: str | None,
) -> int:  # fmt: skip
    """The later of two records takes the next free number."""
    from ..load.workspace import load
    from ..work.renumbering import Wish, apply, plan

    if commit is not None and (target is None or not commit.isalnum()):
        raise UserError("renumber-from")
    folder, words = root_of(root), language_of(chosen=language)
    made = plan(folder, load(folder, day_of(as_of, folder)), Wish(target, to, commit, split, also))
    if not made.moves:
        click.echo(text("renumber.nothing", words), err=True)
        return 0
    if not dry_run:
        apply(folder, made)
    _tell(made.moves, words)
    click.echo(text("renumber.planned" if dry_run else "renumber.done", words), err=True)
    return 0


def _tell(moves: Sequence[Move], language: str) -> None:
    for move in moves:
        click.echo(f"{move.old} → {move.new}  {move.path}")
        for key, places in (
            ("mended", move.mended), ("doubtful", move.doubtful), ("spoken", move.spoken), ("approve", move.approve),
        ):  # fmt: skip
            for at in places:
                click.echo(f"  {text(f'renumber.{key}', language)} {at.path}:{at.line}")
