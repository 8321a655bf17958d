"""`anchor.json`: what a published site was built from and what it consists of, for `clausebook verify`.

Kept somewhere else (printed, mailed, filed) it proves that what it names was there by then; not that it was not
there before, and nothing against whoever writes both anew (threats 5).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..load.git import names, state_of
from .book import Book

NAME = "anchor.json"
TAGS = "refs/tags/"


def anchor(book: Book, root: Path) -> dict[str, Any]:
    """Commit, tree, tags, counts, and the content and approval of every controlled document as it is shown."""
    system, history = book.system, book.system.history
    commit = history.by_id.get(history.commit or "")
    whole = state_of(root) if commit else None
    tags = {name: to for name, to in names(whole).items() if name.startswith(TAGS)} if whole else {}
    return {
        "schema": 1,
        "commit": history.commit,
        "tree": commit.tree if commit else None,
        "committed_at": commit.committed_at if commit else None,
        "state": history.state,
        "as_of": system.as_of.isoformat(),
        "files": len({entry.path for entry in system.entries}),
        "records": sum(entry.kind.information == "retain" for entry in system.entries),
        "commits": len(history.log),
        "tags": tags,
        "documents": list(_documents(book)),
    }


def _documents(book: Book) -> Iterator[dict[str, Any]]:
    """`approval` is null for what nobody approved; such a document is shown as a draft."""
    for entry in book.system.entries:
        if entry.controlled:
            held = book.held(entry) if entry.part == 0 else ()
            period = next((period for period in reversed(held) if period.holds(book.system.as_of)), None)
            given = period.approval if period else book.report.measured.approvals.valid(entry)
            yield {
                "number": entry.id, "path": entry.path, "version": str(entry.value.get("version", "")),
                "sha256": entry.source.sha256, "approval": given.approval.path if given else None,
                "approval_sha256": given.approval.source.sha256 if given else None,
            }  # fmt: skip


def fasten(site: Path) -> None:
    """Add the digest of every file of the finished site, and of the anchor itself."""
    file = site / NAME
    value = json.loads(file.read_text("utf-8"))
    file.write_bytes(fastened({**value, "site": digests(site)}))


def digests(site: Path) -> dict[str, str]:
    """Path → SHA-256 of every file of a site but the anchor."""
    files = sorted(file for file in site.rglob("*") if file.is_file() and file != site / NAME)
    return {file.relative_to(site).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def fastened(value: Mapping[str, Any]) -> bytes:
    """The anchor's bytes: its own digest last. Read and written again it gives the same bytes."""
    bare = {key: child for key, child in value.items() if key != "digest"}
    return _written({**bare, "digest": hashlib.sha256(_written(bare)).hexdigest()})


def _written(value: Mapping[str, Any]) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode("utf-8")
