"""Folders of build/: copy a frame in, swap a finished folder in whole, write data for machines."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any


def copy_frame(source: Path, target: Path, language: str) -> None:
    """Frame pages and assets; links are not followed, so nothing outside can slip in.

    `page.en.md` stands in for `page.md` when the site is built in English.
    """
    for folder, names, files in os.walk(source, followlinks=False):
        names[:] = [name for name in names if not (Path(folder) / name).is_symlink()]
        for name in sorted(files):
            file = Path(folder) / name
            if file.is_symlink() or (translated(name) and not name.endswith(f".{language}.md")):
                continue
            copy = target / (file.parent / own_name(name)).relative_to(source)
            if translated(name) or not (file.parent / f"{file.stem}.{language}.md").is_file():
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, copy)


def copy_page(folder: Path, name: str, target: Path, language: str) -> bool:
    """One frame page in the language of the site; False where there is none."""
    own = folder / f"{name.removesuffix('.md')}.{language}.md"
    file = own if own.is_file() else folder / name
    if file.is_symlink() or not file.is_file():
        return False
    target.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, target / name)
    return True


def translated(name: str) -> bool:
    return name.endswith((".zh.md", ".en.md"))


def own_name(name: str) -> str:
    return name.rsplit(".", 2)[0] + ".md" if translated(name) else name


def write_json(path: Path, value: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", "utf-8")


def swap(fresh: Path, final: Path) -> None:
    """Replace `final` by `fresh`: a reader sees the old whole or the new whole."""
    if final.parent.stat().st_dev != fresh.parent.stat().st_dev:
        beside = final.with_name(final.name + ".new")
        remove(beside)
        shutil.copytree(fresh, beside)
        remove(fresh)
        fresh = beside
    old = final.with_name(final.name + ".old")
    remove(old)
    if final.exists():
        os.replace(final, old)
    try:
        os.replace(fresh, final)
    except OSError:
        if old.exists():
            os.replace(old, final)
        raise
    remove(old)


def remove(folder: Path) -> None:
    if folder.is_dir():
        shutil.rmtree(folder)
