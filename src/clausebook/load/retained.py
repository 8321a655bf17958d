"""Which earlier contents git is asked for: every one of documents and lists, of records those that were rewritten.

Most records are written once or not again, and thousands of them need no second look (7.5.3).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ..history import History
from ..model import Entry

RECORDS = "records/"


def kept(path: str) -> bool:
    """The files of which every earlier content is evidence: documents, lists and approvals."""
    return path.startswith(("system/", "registers/", "records/approvals/"))


def rewritten(entries: Iterable[Entry]) -> Callable[[History], Iterator[str]]:
    """The blobs of records that were changed after they came in, back to what the baseline adopted."""
    organisation = next((entry.value for entry in entries if entry.kind.name == "organization"), {})
    baseline = organisation.get("baseline")
    named = str(baseline.get("commit") or "-") if isinstance(baseline, dict) else ""
    return lambda history: _rewritten(history, named)


def _rewritten(history: History, named: str) -> Iterator[str]:
    """`named` is the commit of the baseline, '' where there is none; with one that is not in the history there is
    nothing that git answers for."""
    before = next((commit for commit in history.by_id if named and commit.startswith(named)), None)
    if named and before is None:
        return
    adopted = history.reachable(before) if before else frozenset()
    later = {
        change.path for commit in history.log if commit.id not in adopted
        for change in commit.changes if change.path.startswith(RECORDS)
    }  # fmt: skip
    for path in sorted(later | {path for path in history.changed if path.startswith(RECORDS)}):
        revisions = history.answered(path, adopted)
        if len(revisions) > 1 or path in history.changed:
            yield from (revision.blob for revision in revisions)
