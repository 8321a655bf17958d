"""`clausebook init DIR`: a new repository."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from ..wording import text
from .language import language_of
from .options import day_of, root_of
from .speaking import Speaking


@click.command("init", cls=Speaking)
@click.argument("directory", metavar="DIR", required=False)
@click.option("--name", default="", metavar="ORG")
@click.option("--profile", type=click.Choice(["lean", "full"]), default="lean")
@click.option("--example", is_flag=True)
@click.option("--update", is_flag=True)
@click.option("--as-of", "as_of", metavar="DATE")
@click.option("--lang", "language", type=click.Choice(["zh", "en"]))
def command(
    directory: str | None,
    name: str,
    profile: Literal["lean", "full"],
    example: bool,
    update: bool,
    as_of: str | None,
    language: str | None,
) -> int:
    """A new repository, as guided templates or as the whole example."""
    from ..load.workspace import load
    from ..work.frame import update_frame
    from ..work.scaffold import scaffold, update_schemas

    words = language_of(chosen=language)
    if update:
        root = root_of(directory)
        changed = update_schemas(root)
        changed += update_frame(root, load(root, day_of(as_of, root), with_history=False))
        click.echo("".join(f"{path}\n" for path in changed), nl=False)
        return 0
    if directory is None:
        raise click.MissingParameter(param_hint="DIR", param_type="argument")
    fallback = text("init.unnamed", words)
    made = scaffold(Path(directory), name or fallback, profile, example=example)
    click.echo(
        text("init.done_example" if example else "init.done", words, count=len(made), path=directory),
        err=True,
    )
    if example and not (Path(directory) / ".git").exists():
        click.echo(text("init.no_git", words), err=True)
    return 0
