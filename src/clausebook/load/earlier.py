"""What a document said earlier: by revision of git, by the version in its own control block, by what was approved."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from ..history import History
from ..problems import UserError
from . import front_matter, git
from .strict_yaml import MAX_BYTES, Refused, parse

VERSION = re.compile(r"[A-Z]/[0-9]+")


@dataclass(frozen=True, slots=True)
class Content:
    """The text of a document at one time; None where there was no such file. `version` is what it says itself,
    `commit` the whole name of the commit it was read from, '' for the present file.
    """

    text: str | None
    version: str = ""
    commit: str = ""


def present(root: Path, path: str) -> Content:
    """The file as it lies there now. Nothing outside `root` is read, and no link is followed."""
    file = root / path
    if file.is_symlink() or not file.resolve().is_relative_to(root.resolve()):
        raise UserError("no-such-path", path=path)
    if not file.is_file():
        return Content(None)
    try:
        return _content(file.read_bytes(), path, "")
    except OSError as error:
        raise UserError("import-file", path=path, detail=error.strerror or "") from None


def at(root: Path, history: History, path: str, revision: str) -> Content:
    """A document's content by version (A/1: the newest commit that holds it) or by any name that git knows, under
    whatever name the file had then.
    """
    if VERSION.fullmatch(revision):
        for content in _newest_first(history, path):
            if content.version == revision:
                return content
    try:
        names = dict.fromkeys([path, *(older.path for older in history.revisions(path))])
        found = (git.content_at(root, revision, name) for name in names)
        return _content(next((raw for raw in found if raw is not None), None), path, revision)
    except UserError as error:
        if error.key == "no-such-revision" and VERSION.fullmatch(revision):
            raise UserError("no-such-version", path=path, version=revision) from None
        raise


def approved(root: Path, history: History, path: str, digests: Collection[str]) -> Content | None:
    """The newest content of which one of these SHA-256 was approved: the file as it is now, else from history."""
    here = present(root, path)
    if here.text is not None and hashlib.sha256((root / path).read_bytes()).hexdigest() in digests:
        return here
    for revision in history.revisions(path):
        raw = history.contents.get(revision.blob)
        if raw is not None and hashlib.sha256(raw).hexdigest() in digests:
            return _content(raw, path, revision.commit.id)
    return None


def _newest_first(history: History, path: str) -> Iterator[Content]:
    for revision in history.revisions(path):
        if revision.blob in history.contents:
            yield _content(history.contents[revision.blob], path, revision.commit.id)


def _content(raw: bytes | None, path: str, commit: str) -> Content:
    """Old content was judged by the rules of its day: whatever it is, it is read as text and refused only by size."""
    if raw is None:
        return Content(None, "", commit)
    if len(raw) > MAX_BYTES:
        raise UserError("diff-too-large", path=path, size=len(raw) // 1024, limit=MAX_BYTES // 1024)
    text = raw.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")
    return Content(text, _version(text, path), commit)


def _version(text: str, path: str) -> str:
    """The version in the control block; of a file with several registers the first one that has any."""
    try:
        parts = [front_matter.read(text)[0]] if path.endswith(".md") else parse(text)
    except Refused:
        return ""
    said = (part.value.get("version") for part in parts if isinstance(part.value, dict))
    return next((version for version in said if isinstance(version, str)), "")
