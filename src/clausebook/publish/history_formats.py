"""A document's history as a table and as JSON (contract): revisions by git, approvals by the ledger."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from ..history import Revision
from ..measure.approvals import Verdict
from ..measure.editions import facts_in
from ..wording import SEMICOLON, printable, text

COLUMNS = ("version", "entered", "author", "commit", "subject")


def as_data(
    document: str | None, path: str, revisions: Sequence[Revision], contents: dict[str, bytes], given: Sequence[Verdict]
) -> dict[str, Any]:
    """The contract's keys. `merged` lists contents that a merge wrote itself; they are no commit of the file's own."""
    rows = [(revision, _row(revision, contents)) for revision in revisions]
    return {
        "document": document,
        "path": path,
        "revisions": [row for revision, row in rows if not revision.merged],
        "merged": [row for revision, row in rows if revision.merged],
        "approvals": [_approval(verdict) for verdict in given],
    }


def _row(revision: Revision, contents: dict[str, bytes]) -> dict[str, Any]:
    content = contents.get(revision.blob)
    version = facts_in(revision.path, content).get("version") if content is not None else None
    commit = revision.commit
    path = printable(revision.path, 4096)
    return {
        "commit": commit.id, "date": commit.committed_at, "author": commit.author, "subject": commit.subject,
        "version": version if isinstance(version, str) else None, "path": path, "written": commit.authored_at,
        "committer": commit.committer,
    }  # fmt: skip


def _approval(verdict: Verdict) -> dict[str, Any]:
    value = verdict.approval.value
    said = {key: value.get(key) for key in ("version", "meaning", "person", "on", "level")}
    return {**said, "valid": verdict.holds, "faults": [fault.rule for fault in verdict.faults]}


def to_json(data: dict[str, Any], language: str) -> str:
    return json.dumps(data, ensure_ascii=False, indent=1)


def to_table(data: dict[str, Any], language: str) -> str:
    """Newest first, one line each; approvals below."""
    lines = [" ".join(printable(part) for part in (data["document"], data["path"]) if part), ""]
    rows = [
        [row["version"] or "", row["date"][:10], row["author"], row["commit"][:12], row["subject"]]
        for row in data["revisions"]
    ]
    lines += _table([text(f"documents.{name}", language) for name in COLUMNS], rows)
    if data["merged"]:
        lines += ["", text("documents.merged", language, count=len(data["merged"]))]
        lines += [f"  {row['commit'][:12]} {row['date'][:10]} {printable(row['subject'])}" for row in data["merged"]]
    if data["approvals"]:
        lines += ["", text("documents.ledger", language)]
        for row in data["approvals"]:
            holds = text("documents.holds", language) if row["valid"] else _faults(row["faults"], language)
            said = [str(row[key] or "") for key in ("version", "meaning", "person", "on", "level")]
            lines.append("  " + "  ".join([*map(printable, said), holds]))
    return "\n".join(lines)


def _faults(rules: Sequence[str], language: str) -> str:
    named = (f"{text(f'rules.{rule}.title', language)} ({rule})" for rule in dict.fromkeys(rules))
    return SEMICOLON[language].join(named)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Columns in line; a Chinese sign is two wide, the last column runs free."""
    safe = [list(head), *([printable(cell) for cell in row] for row in rows)]
    widths = [max(map(_width, column)) for column in zip(*safe, strict=True)]
    for row in safe:
        cells = [cell + " " * (width - _width(cell)) for cell, width in zip(row[:-1], widths, strict=False)]
        yield "  ".join([*cells, row[-1]])


def _width(cell: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in cell)
