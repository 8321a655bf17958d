"""`clausebook import complaints FILE [--map MAP] [--received COLUMN] [--date-format FORMAT] [--dry-run]`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from ..problems import UserError
from .language import language_of
from .options import common, day_of, now_in, root_of
from .speaking import Speaking


@click.command("import", cls=Speaking)
@click.argument("kind", type=click.Choice(["complaints"]))
@click.argument("file", metavar="FILE")
@click.option("--map", "mapping", metavar="MAP")
@click.option("--save-map", metavar="MAP")
@click.option("--received", metavar="COLUMN")
@click.option(
    "--date-format", "formats", metavar="FORMAT", multiple=True,
)  # fmt: skip
@click.option("--dry-run", is_flag=True)
@click.option("--accept-partial", is_flag=True)
@common
def command(
    kind: str, file: str, mapping: str | None, save_map: str | None, received: str | None, formats: tuple[str, ...],
    dry_run: bool, accept_partial: bool, root: str | None, as_of: str | None, language: str | None,
) -> int:  # fmt: skip
    """A complaint log becomes complaint records; the raw row stays with each."""
    from ..load.workspace import load
    from ..wording import text
    from ..work.import_writing import apply, map_text, write_rejected
    from ..work.importing import plan
    from ..work.writer import create_text

    spoken = language_of(chosen=language)

    def say(key: str, **facts: str | int) -> None:
        click.echo(text(f"import.{key}", spoken, **facts), err=True)

    folder = root_of(root)
    system = load(folder, day_of(as_of, folder), with_history=False)
    progress = _progress(lambda key: text(f"import.{key}", spoken))
    made = plan(system, Path(file), Path(mapping) if mapping else None, spoken, formats, progress, received)
    if save_map:
        if not create_text(Path(save_map), map_text(made)):
            raise UserError("import-map-exists", path=save_map)
        say("map-saved", path=save_map)
    if not dry_run:
        paths = apply(folder, system, made, now_in(folder, system.as_of), partial=accept_partial, progress=progress)
        say("written", count=len(made.ids)) if paths else say("nothing-new")
        if made.rejected:
            say("rejected-file", count=len(made.rejected), path=str(write_rejected(Path(file), made)))
    click.echo(json.dumps(made.as_data(), ensure_ascii=False, indent=1))
    return 1 if dry_run and (made.rejected or made.undecided) else 0


def _progress(label: Callable[[str], str]) -> Callable[[str, int, int], None] | None:
    """A bar on stderr where a person looks at it; nothing in a pipe, a log or CI."""
    if not sys.stderr.isatty():
        return None
    bars: dict[str, Any] = {}

    def show(key: str, done: int, total: int) -> None:
        if key not in bars:
            bars[key] = click.progressbar(length=max(total, 1), label=label(key), file=sys.stderr)
            bars[key].render_progress()
        bars[key].update(min(done, total) - bars[key].pos)
        if done >= total:
            bars[key].render_finish()

    return show
