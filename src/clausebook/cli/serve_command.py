"""`clausebook serve`: the site on this machine, redrawn when the frame pages change."""

from __future__ import annotations

import os
import subprocess
import sys

import click

from .options import common, day_of, language_of, root_of


@click.command("serve")
@click.option("--port", type=click.IntRange(1, 65535), default=8000)
@common
def command(port: int, root: str | None, as_of: str | None, language: str | None) -> int:
    """在本机预览（只监听 127.0.0.1）。Live preview, drafts marked."""
    from ..pipeline import run
    from ..publish.site import write_pages

    folder = root_of(root)
    report = run(folder, day_of(as_of, folder))
    write_pages(report, folder, language_of(chosen=language), draft=bool(report.unpublishable))
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(folder)}
    words = [
        sys.executable,
        "-m",
        "mkdocs",
        "serve",
        "-f",
        str(folder / "mkdocs.yml"),
        "-a",
        f"127.0.0.1:{port}",
    ]
    return subprocess.run(words, cwd=folder, env=environment, check=False).returncode
