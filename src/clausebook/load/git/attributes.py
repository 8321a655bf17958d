"""Attributes under which a file in the working tree is not what was committed, or two records become one (threats 3.5).

git itself is asked what holds for each path, so nested files, macros and the order of lines need no second reading.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from ...history import Rewriting
from .door import Repository

ASKED = ("ident", "filter", "working-tree-encoding", "merge")
HARMLESS = {"unspecified", "unset"}
MERGES = {*HARMLESS, "set", "text", "binary"}
"""A merge that is git's own and stops where it must; `union` and drivers of one's own do not."""


def rewriting(repository: Repository, paths: Iterable[str]) -> tuple[Rewriting, ...]:
    """One for each attribute and value that rewrites any of the paths, with the line that says so."""
    given = "\0".join(sorted(set(paths))).encode("utf-8", "surrogateescape")
    told = repository.asked("check-attr", "-z", "--stdin", *ASKED, given=given) if given else b""
    words = told.decode("utf-8", "surrogateescape").split("\0")[:-1]
    found: dict[tuple[str, str], list[str]] = {}
    for path, attribute, value in zip(words[::3], words[1::3], words[2::3], strict=True):
        if value not in (MERGES if attribute == "merge" else HARMLESS):
            found.setdefault((attribute, value), []).append(path)
    return tuple(
        Rewriting(attribute, value, hit[0], len(hit), *_said(repository.root, hit[0], attribute))
        for (attribute, value), hit in found.items()
    )


def _said(root: Path, path: str, attribute: str) -> tuple[str, int | None]:
    """File and line that most likely give the attribute: the nearest file, its last line that names it."""
    for folder in PurePosixPath(path).parents:
        name = (folder / ".gitattributes").as_posix()
        names = re.compile(rf"\s{re.escape(attribute)}(=|\s|$)")
        lines = [number for number, line in _lines(root / name) if names.search(line)]
        if lines:
            return name, lines[-1]
    return ".gitattributes", None


def _lines(file: Path) -> Iterator[tuple[int, str]]:
    if file.is_file():
        yield from enumerate(file.read_text("utf-8", "replace").splitlines(), start=1)
