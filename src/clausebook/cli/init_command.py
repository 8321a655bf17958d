"""`clausebook init DIR`: a new repository."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from ..wording import text
from .options import day_of, language_of, root_of


@click.command("init")
@click.argument("directory", metavar="DIR", required=False)
@click.option("--name", default="", metavar="ORG", help="组织名称 · name of the organisation")
@click.option("--profile", type=click.Choice(["lean", "full"]), default="lean", help="精简（默认）或完整 · size")
@click.option("--example", is_flag=True, help="复制完整的虚构示例 · the complete fictional example")
@click.option("--update", is_flag=True, help="更新 schema、.gitattributes、CODEOWNERS · renew them here")
@click.option("--as-of", "as_of", metavar="DATE", help="--update 按这一天的任职 · roles as held on this day")
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
    """建立新的仓库：默认是带指引的模板（逐条未通过，填写后逐条通过），--example 是完整示例。

    A new repository. Without --example every document is a guided template and `check` fails clause by clause.
    """
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
        raise click.UsageError("DIR")
    fallback = text("init.unnamed", words)
    made = scaffold(Path(directory), name or fallback, profile, example=example)
    click.echo(
        text("init.done_example" if example else "init.done", words, count=len(made), path=directory),
        err=True,
    )
    if example and not (Path(directory) / ".git").exists():
        click.echo(text("init.no_git", words), err=True)
    return 0
