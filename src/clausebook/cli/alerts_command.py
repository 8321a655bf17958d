"""`clausebook alerts`: early warnings of 8.4 with their response records."""

from __future__ import annotations

import click

from .language import language_of
from .options import common, day_of, root_of
from .speaking import Speaking


@click.command("alerts", cls=Speaking)
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
@common
def command(form: str, root: str | None, as_of: str | None, language: str | None) -> int:
    """Early warnings with their response records."""
    from ..load.workspace import load
    from ..measure import sound
    from ..measure.alerts import surveillance_of
    from ..measure.cases import complaints_of
    from ..measure.responses import answers_of
    from ..publish.alert_formats import FORMATS, Watch, stage
    from ..wording import text

    folder = root_of(root)
    day = day_of(as_of, folder)
    system = sound(load(folder, day, with_history=False))
    complaints = complaints_of(system)
    seen = surveillance_of(system, complaints)
    watch = Watch(seen, answers_of(system, complaints, seen), day)
    if "alert-rules" in system.broken.values():
        click.echo(text("alerts.rules_wrong", language_of(chosen=language)), err=True)
    click.echo(FORMATS[form](watch, language_of(chosen=language)))
    return 1 if any(stage(watch, alarm) == "unanswered" for alarm in seen.alarms) else 0
