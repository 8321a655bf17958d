"""`clausebook verify`: is the history whole and sound, do the approvals hold, is a published site what it was?

Everything is read from git's own objects. What this cannot prove is said with every answer (locale verify.limits).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from ..check.support import documents, records, revisions
from ..history import Commit
from ..load.git import damage, names, state_of, tree_of
from ..load.git.integrity import REPLACED
from ..load.git.past import Tree
from ..load.git.state import Whole
from ..load.retained import kept
from ..measure.editions import editions
from ..pipeline import Report, run
from ..problems import Fact, Problem, UserError
from .published import Published, anchor_of, published

INTEGRITY = {rule.id for module in (documents, revisions, records) for rule in module.RULES} - {
    documents.APPROVAL_MISSING.id, documents.REVIEW_OVERDUE.id,
}  # fmt: skip
"""Rules that say something was forged, lost or rewritten; a draft or a late review is not that."""
NAMED = 20
"""So many files are named one by one."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not hold; `what` names its words in the locale (verify.finding)."""

    what: str
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verified:
    """What was looked at, and what does not hold. `counts` says how much of each was proved."""

    commit: str
    findings: Sequence[Finding]
    problems: Sequence[Problem] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    anchor: Mapping[str, Any] | None = None
    report: Report | None = None

    @property
    def holds(self) -> bool:
        return not self.findings and not self.problems


def verify(root: Path, as_of: date, source: Path | None = None) -> Verified:
    """Raises UserError for a history that proves nothing (cut off, borrowed, patched) and where there is none."""
    given = published(source) if source is not None else None
    whole = state_of(root)
    if whole is None or whole.commit is None:
        raise UserError("verify-no-history", root=str(root))
    refs = names(whole)
    findings = [Finding("damaged-repository", {"detail": line}) for line in damage(whole)[:NAMED]]
    findings += [Finding("replaced", {"name": name}) for name in refs if name.startswith(REPLACED)]
    if findings:
        return Verified(whole.commit, findings)  # what follows would be read from what is not sound
    report = run(root, as_of)
    problems = [found for found in report.problems if found.rule in INTEGRITY]
    counts = {"commits": len(report.system.history.log), **_approvals(report)}
    anchor = None
    if given is not None:
        anchor, why = anchor_of(given.raw)
        if anchor is None:
            findings.append(Finding(f"anchor-{why}"))
        else:
            findings += _anchored(report, whole, refs, anchor)
            findings += _site(given, anchor["site"])
            counts |= {"documents": len(anchor["documents"]), "files": len(given.files or ())}
    return Verified(whole.commit, findings, problems, counts, anchor, report)


def _approvals(report: Report) -> Mapping[str, int]:
    judged = [v for e in report.system.entries if e.controlled for v in report.measured.approvals.verdicts(e)]
    return {"approvals": len(judged), "approvals_that_hold": sum(verdict.holds for verdict in judged)}


def _anchored(report: Report, whole: Whole, refs: Mapping[str, str], anchor: Mapping[str, Any]) -> Iterator[Finding]:
    """The history since goes on from the anchor's commit; what the anchor names is in that commit."""
    if anchor["state"] == "dirty":
        yield Finding("anchor-uncommitted")
    for name, to in anchor["tags"].items():
        if refs.get(name) != to:
            yield Finding("tag-moved" if name in refs else "tag-gone", {"name": str(name).removeprefix("refs/tags/")})
    commit = report.system.history.by_id.get(anchor["commit"])
    if commit is None:
        yield Finding("history-rewritten", {"commit": anchor["commit"][:12]})
        return
    if commit.tree != anchor["tree"]:
        yield Finding("other-tree", {"commit": commit.id[:12]})
    tree = tree_of(Path(report.system.root), commit.id, kept)
    for row in anchor["documents"]:
        yield from _document(tree, commit, row)


def _document(tree: Tree, commit: Commit, row: Mapping[str, Any]) -> Iterator[Finding]:
    """A document may be shown in an earlier version than the one that lies there: it is looked for in its history."""
    if not _held(tree, row["path"], row.get("sha256")):
        yield Finding("other-document", {"id": str(row.get("number")), "commit": commit.id[:12]})
    given = row.get("approval")
    if given is not None and not _held(tree, str(given), row.get("approval_sha256")):
        yield Finding("other-approval", {"path": str(given), "commit": commit.id[:12]})


def _held(tree: Tree, path: str, digest: Any) -> bool:
    known = editions(tree.history, tree.history.revisions(path), frozenset())
    return any(edition.sha256 == digest for edition in known)


def _site(given: Published, told: Mapping[str, str]) -> Iterator[Finding]:
    """Every file as it was published, none more and none less."""
    if given.files is None:
        return
    for what, paths in (
        ("file-changed", [path for path in told if given.files.get(path, told[path]) != told[path]]),
        ("file-gone", [path for path in told if path not in given.files]),
        ("file-strange", [path for path in given.files if path not in told]),
    ):
        yield from (Finding(what, {"path": path}) for path in paths[:NAMED])
        if len(paths) > NAMED:
            yield Finding("files-more", {"count": len(paths) - NAMED})
