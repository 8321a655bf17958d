"""Remarks on stderr that belong to a run, not to its data."""

from __future__ import annotations

from pathlib import Path

import click

from ..load.git import is_shallow
from ..pipeline import Report
from ..wording import text


def note_history(report: Report, language: str, root: Path) -> None:
    """Say so when git gives no revision evidence."""
    state = report.system.history.state
    if state == "no-git":
        click.echo(text("check.no_git", language), err=True)
    elif state == "no-commit":
        click.echo(text("check.no_commit", language), err=True)
    elif is_shallow(root):
        click.echo(text("check.shallow", language), err=True)
