"""Remarks on stderr that belong to a run, not to its data."""

from __future__ import annotations

import click

from ..pipeline import Report
from ..wording import text

SAID = {"no-git": "check.no_git", "no-commit": "check.no_commit", "unread": "check.unread"}


def note_history(report: Report, language: str) -> None:
    """Say so when git gives no revision evidence."""
    state = report.system.history.state
    if state in SAID:
        click.echo(text(SAID[state], language), err=True)
