"""`clausebook history DOCUMENT-OR-PATH`: revisions and approvals, for any file of any repository."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..problems import UserError
from .language import language_of
from .options import common, day_of, root_of
from .speaking import Speaking

if TYPE_CHECKING:
    from ..measure.approvals import Verdict


@click.command("history", cls=Speaking)
@click.argument("name", metavar="DOCUMENT-OR-PATH")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
@common
def command(name: str, form: str, root: str | None, as_of: str | None, language: str | None) -> int:
    """Renames are followed, newest first."""
    from ..load.git import contents, history, state_of
    from ..publish.history_formats import as_data, to_json, to_table

    folder = root_of(root)
    whole = state_of(folder)
    if whole is None or whole.commit is None:
        raise UserError("history-none")
    known = history(folder)
    document, path, given = _document(folder, name, as_of) or (None, _path(folder, name), ())
    revisions = list(known.revisions(path))
    if not revisions:
        raise UserError("history-unknown", name=name)
    held = contents(whole.repository, (revision.blob for revision in revisions))
    data = as_data(document, path, revisions, held, given)
    click.echo((to_json if form == "json" else to_table)(data, language_of(chosen=language)))
    return 0


def _document(folder: Path, name: str, as_of: str | None) -> tuple[str, str, Sequence[Verdict]] | None:
    """A controlled document by its number or path, where there is an organisation."""
    from ..load.workspace import FOLDERS, load
    from ..measure.approvals import Approvals

    if not any((folder / part).is_dir() for part in FOLDERS):
        return None
    system = load(folder, day_of(as_of, folder))
    path = _path(folder, name)
    found = next((e for e in system.entries if e.controlled and (e.id == name or e.path == path)), None)
    return (found.id, found.path, Approvals(system).verdicts(found)) if found else None


def _path(folder: Path, name: str) -> str:
    """A path as the history names it; it may be given from here or from the root, and need not exist any more."""
    for base in (Path.cwd(), folder):
        candidate = base / name
        if candidate.exists() and candidate.resolve().is_relative_to(folder):
            return candidate.resolve().relative_to(folder).as_posix()
    return Path(name).as_posix()
