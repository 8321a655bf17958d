"""`clausebook check`: all problems in one run. Plain = nightly, --base = pull request, --release = commit's date."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from ..problems import UserError
from .options import common, day_of, language_of, root_of


@click.command("check")
@click.argument("paths", nargs=-1, metavar="[PATH…]")
@click.option("--clause", "clauses", multiple=True, metavar="ID", help="只看这些条款 · only these clauses")
@click.option("--base", metavar="REV", help="与该版本比较（合并请求）· pull-request mode against REV")
@click.option("--release", is_flag=True, help="以提交日期为准 · as of the commit's date")
@click.option("--strict", is_flag=True, help="警告也算未通过 · warnings fail too")
@click.option("--all", "everything", is_flag=True, help="文本输出不省略 · list every repetition")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github", "gitlab", "sarif", "junit"]),
    default="text",
)
@click.option("--no-history", is_flag=True, help="不读 git，没有版本证据 · no evidence of revisions")
@common
def command(
    paths: tuple[str, ...], clauses: tuple[str, ...], base: str | None, release: bool, strict: bool, everything: bool,
    form: str, no_history: bool, root: str | None, as_of: str | None, language: str | None,
) -> int:  # fmt: skip
    """核对全部要求，一次列出所有待处理项。All problems, in file and line order."""
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
