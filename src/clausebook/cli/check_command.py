"""`clausebook check`: all problems in one run. Plain = nightly, --base = pull request, --release = commit's date."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from ..problems import UserError
from .language import language_of
from .options import common, day_of, root_of
from .speaking import Speaking


@click.command("check", cls=Speaking)
@click.argument("paths", nargs=-1, metavar="[PATH…]")
@click.option("--clause", "clauses", multiple=True, metavar="ID")
@click.option("--base", metavar="REV")
@click.option("--release", is_flag=True)
@click.option("--strict", is_flag=True)
@click.option("--all", "everything", is_flag=True)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github", "gitlab", "sarif", "junit"]),
    default="text",
)
@click.option("--no-history", is_flag=True)
@common
def command(
    paths: tuple[str, ...], clauses: tuple[str, ...], base: str | None, release: bool, strict: bool, everything: bool,
    form: str, no_history: bool, root: str | None, as_of: str | None, language: str | None,
) -> int:  # fmt: skip
    """All problems, in file and line order."""
    from ..narrowing import narrowed
    from ..pipeline import run
    from ..publish.formats import FORMATS, to_text
    from .notes import note_history

    words = language_of(chosen=language)
    folder = root_of(root)
    day = _release_day(folder) if release else day_of(as_of, folder)
    whole = run(folder, day, with_history=not no_history, base=base)
    report = narrowed(whole, [_relative(folder, path) for path in paths], list(clauses), base, release=release)
    note_history(report, words)
    click.echo(to_text(report, words, everything) if form == "text" else FORMATS[form](report, words))
    return 1 if report.errors or (strict and report.problems) else 0


def _release_day(folder: Path) -> date:
    from ..load.git import history

    found = history(folder)
    if found.committed_on is None:
        raise UserError("release-needs-commit")
    return found.committed_on


def _relative(folder: Path, path: str) -> str:
    """A path as the report names it; it may be given from here or from the root."""
    for base in (Path.cwd(), folder):
        candidate = (base / path).resolve()
        if candidate.exists() and candidate.is_relative_to(folder):
            return candidate.relative_to(folder).as_posix()
    raise UserError("no-such-path", path=path)
