"""Pages to site: write build/, let the renderer draw it, swap it in whole. Only this room knows a renderer."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Literal

from ..pipeline import Report
from ..problems import UserError
from ..shipped import shipped
from . import overview
from .pages import Book, pages

Renderer = Literal["mkdocs", "zensical"]


def write_pages(report: Report, root: Path, language: str, *, draft: bool = False) -> Path:
    """build/pages, build/manual.json and build/fragments.json; returns the folder of pages."""
    book = Book(report, language, draft=draft)
    build = root / "build"
    fresh = build / "pages.new"
    _remove(fresh)
    _copy_frame(root / "docs", fresh)
    _copy_frame(shipped("site"), fresh)
    _copy_frame(shipped("vendor"), fresh / "assets" / "vendor")
    for path, content in pages(book).items():
        target = fresh / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, "utf-8")
    manual = overview.facts(book)
    _json(build / "manual.json", manual)
    _json(build / "fragments.json", dict(overview.fragments(book)))
    _json(fresh / "data" / "manual.json", manual)
    _json(fresh / "data" / "complaints.json", overview.publishable_complaints(book))
    _json(fresh / "anchor.json", anchor(report))
    _swap(fresh, build / "pages")
    return build / "pages"


def anchor(report: Report) -> dict[str, Any]:
    """What this site was built from, for later proof (commit, counts, date)."""
    system = report.system
    return {
        "commit": system.history.commit,
        "state": system.history.state,
        "as_of": system.as_of.isoformat(),
        "files": len({entry.path for entry in system.entries}),
        "records": sum(entry.kind.information == "retain" for entry in system.entries),
    }


def render(root: Path, out: Path, renderer: Renderer) -> None:
    """Run the renderer and put its site at `out`, whole; on failure the old site stays as it was."""
    config = root / "mkdocs.yml"
    if not config.is_file():
        raise UserError("renderer-failed", detail=f"{config.name}?")
    # Zensical has no option for the folder: both write where mkdocs.yml says, then the site is moved.
    drawn = root / "build" / "site.new"
    _remove(drawn)
    arguments = {
        "mkdocs": ["-m", "mkdocs", "build", "--strict", "-f", str(config), "-d", str(drawn)],
        "zensical": ["-m", "zensical", "build", "--strict", "-f", str(config)],
    }[renderer]
    environment = {
        **os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONUTF8": "1", "SOURCE_DATE_EPOCH": _epoch(root),
        "PYTHONPATH": os.pathsep.join(filter(None, [str(root), os.environ.get("PYTHONPATH", "")])),
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    if f"No module named {renderer}" in done.stderr:
        raise UserError("renderer-missing", renderer=renderer)
    if done.returncode != 0:
        said = [line for line in (done.stdout + done.stderr).splitlines() if "WARNING" in line or "rror" in line]
        raise UserError("renderer-failed", detail=" | ".join(said[-5:]) or f"exit {done.returncode}")
    made = drawn if renderer == "mkdocs" else root / "build" / "site"
    if made.resolve() != out.resolve():
        out.parent.mkdir(parents=True, exist_ok=True)
        _swap(made, out)


def _epoch(root: Path) -> str:
    """A fixed time for the renderer's own stamps, so that the same input gives the same bytes."""
    manual = json.loads((root / "build" / "manual.json").read_text("utf-8"))
    from datetime import UTC, datetime

    return str(int(datetime.fromisoformat(manual["as_of"]).replace(tzinfo=UTC).timestamp()))


def _copy_frame(source: Path, target: Path) -> None:
    """Frame pages and assets; links are not followed, so nothing outside can slip in."""
    for folder, names, files in os.walk(source, followlinks=False):
        names[:] = [name for name in names if not (Path(folder) / name).is_symlink()]
        for name in files:
            file = Path(folder) / name
            if not file.is_symlink():
                copy = target / file.relative_to(source)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, copy)


def _json(path: Path, value: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _swap(fresh: Path, final: Path) -> None:
    """Replace `final` by `fresh`: a reader sees the old whole or the new whole."""
    old = final.with_name(final.name + ".old")
    _remove(old)
    if final.exists():
        os.replace(final, old)
    os.replace(fresh, final)
    _remove(old)


def _remove(folder: Path) -> None:
    if folder.is_dir():
        shutil.rmtree(folder)
