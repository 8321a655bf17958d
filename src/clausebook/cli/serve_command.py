"""`clausebook serve`: the site on this machine, written anew whenever a file of the organisation changes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import click

from ..problems import UserError
from .language import language_of
from .options import common, day_of, root_of
from .speaking import Speaking

WATCHED = ("system", "registers", "records", "docs")
PAUSE = 1.0
"""Seconds between two looks at the files."""


@click.command("serve", cls=Speaking)
@click.option("--port", type=click.IntRange(1, 65535), default=8000)
@common
def command(port: int, root: str | None, as_of: str | None, language: str | None) -> int:
    """Live preview; drafts are marked."""
    from ..publish.render import configured

    folder, words = root_of(root), language_of(chosen=language)
    day = day_of(as_of, folder)
    _write(folder, day, words)
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(folder)}
    own = configured(folder)
    arguments = [sys.executable, "-m", "mkdocs", "serve", "-f", str(own), "-a", f"127.0.0.1:{port}"]
    server = subprocess.Popen(arguments, cwd=folder, env=environment)
    seen = dict(_stamps(folder))
    try:
        while server.poll() is None:
            try:
                server.wait(PAUSE)
            except subprocess.TimeoutExpired:
                now = dict(_stamps(folder))
                if now != seen:
                    seen = now
                    _write(folder, day, words)
    finally:
        server.terminate()
        own.unlink(missing_ok=True)
    return server.returncode or 0


def _write(folder: Path, day: date, words: str) -> None:
    """The pages of the present files; while somebody is in the middle of an edit the old ones stay."""
    from ..pipeline import run
    from ..publish.site import write_pages
    from ..wording import text

    try:
        report = run(folder, day)
        write_pages(report, folder, words, draft=bool(report.unpublishable))
    except UserError as error:
        click.echo(text(f"errors.{error.key}", words, **error.facts), err=True)


def _stamps(folder: Path) -> Iterator[tuple[str, int]]:
    """Path and time of change of everything that the site is made of."""
    for part in WATCHED:
        for where, _, names in os.walk(folder / part):
            for name in names:
                path = os.path.join(where, name)
                try:
                    yield path, os.stat(path).st_mtime_ns
                except OSError:
                    continue
