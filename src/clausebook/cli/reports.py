"""The report that publishing commands begin with: of today, or as the organisation stood on an earlier day."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from ..pipeline import Report, run, run_past
from ..problems import Problem
from .notes import note_history
from .options import day_of

TOLD = 10


def report_of(root: Path, as_of: str | None, *, no_history: bool, language: str) -> Report:
    """An earlier --as-of, a date or a tag, is read from git's own objects."""
    from ..load.git import commit_on

    past = commit_on(root, as_of) if as_of and not no_history else None
    report = run_past(root, past[1], past[0]) if past else run(root, day_of(as_of, root), with_history=not no_history)
    note_history(report, language)
    return report


def told(problems: Sequence[Problem], language: str) -> None:
    """The first of the problems that stand in the way, on stderr."""
    from ..publish.formats import message

    for found in problems[:TOLD]:
        click.echo(f"{found.place.path}:{found.place.line or 1} {found.rule} {message(found, language)}", err=True)
