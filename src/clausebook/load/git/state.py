"""What kind of history there is: none, not yet, whole, or one that must be refused, each with its remedy."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from ...history import History
from ...problems import UserError
from .attributes import rewriting
from .blobs import contents
from .door import NO_GIT, Repository
from .standing import evidence, standing
from .walk import walk

FOLDERS = ("system", "registers", "records")


@dataclass(frozen=True, slots=True)
class Whole:
    """A repository whose history can be trusted to be complete; `prefix` is the organisation's folder in it, `store`
    the folder that holds its objects and refs."""

    repository: Repository
    prefix: str
    commit: str | None
    store: Path


def state_of(root: Path) -> Whole | None:
    """The repository around `root`, or None where there is no git. Raises UserError for what may not be believed.

    A clone that is cut off, borrowed or patched tells wrong dates with a straight face; it is refused (threats 0.6).
    """
    if not any((folder / ".git").exists() for folder in (root, *root.resolve().parents)):
        return None
    repository = Repository(root)
    status, out, told = repository.run(
        "rev-parse", "--is-shallow-repository", "--is-inside-work-tree", "--show-prefix", "--git-common-dir"
    )
    if status == NO_GIT:
        return None
    if status != 0:
        raise UserError("git-foreign" if "dubious ownership" in told else "git-unreadable", root=str(root))
    shallow, inside, prefix, common = out.decode("utf-8", "surrogateescape").split("\n")[:4]
    store = (root / common).resolve()
    if inside != "true":
        raise UserError("git-unreadable", root=str(root))
    if shallow == "true":
        raise UserError("git-shallow", root=str(root))
    if (store / "info" / "grafts").exists():
        raise UserError("git-grafted", root=str(root))
    found, head, _ = repository.run("rev-parse", "--verify", "--quiet", "--end-of-options", "HEAD^{commit}")
    commit = head.decode("ascii").strip() if found == 0 else None
    if commit and any((store / "objects" / "pack").glob("*.promisor")):
        _refuse_partial(repository, commit)
    return Whole(repository, prefix, commit, store)


def _refuse_partial(repository: Repository, commit: str) -> None:
    """A clone that was made with a filter may have been completed since; what counts is whether anything is missing."""
    listed = repository.asked("rev-list", "--objects", "--missing=print", "--end-of-options", commit)
    if listed.startswith(b"?") or b"\n?" in listed:
        raise UserError("git-partial", root=str(repository.root))


def history(
    root: Path,
    kept: Callable[[str], bool] = lambda path: False,
    base: str | None = None,
    more: Callable[[History], Iterable[str]] = lambda log: (),
) -> History:
    """State and whole log of the repository at `root`, told from the organisation's folder.

    Of the paths that are `kept`, the contents of every revision come along, and those of the blobs that `more` names
    once it has seen the log; all in one reading. `base` names the state that a proposed change is judged by.
    """
    whole = state_of(root)
    if whole is None:
        return History("no-git")
    if whole.commit is None:
        _refuse_broken(whole)
        return History("no-commit")
    listing = whole.repository.asked(
        "status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", "--", *FOLDERS
    )
    names = (token[3:].decode("utf-8", "surrogateescape") for token in listing.split(b"\0") if token)
    changed = frozenset(name.removeprefix(whole.prefix) for name in names)
    log = walk(whole.repository, whole.commit, whole.prefix)
    committed = date.fromisoformat(log[0].committed_at[:10])
    told = History(
        "dirty" if changed else "clean", whole.commit, committed, log, changed=changed, trusted=_base(whole, base)
    )
    blobs = (change.blob for commit in log for change in commit.changes if kept(change.path))
    held = contents(whole.repository, (*blobs, *evidence(told), *more(told)))
    ruled = (path for path in {*told.paths, *changed} if path.startswith(tuple(f"{folder}/" for folder in FOLDERS)))
    return replace(
        told,
        contents=held,
        stood=standing(whole.repository, whole.prefix, told),
        rewriting=rewriting(whole.repository, ruled),
    )


def _base(whole: Whole, base: str | None) -> str | None:
    """Where the present branch left the one it is proposed for."""
    if base is None or whole.commit is None:
        return None
    status, out, _ = whole.repository.run("merge-base", whole.commit, commit_of(whole.repository, base))
    return out.decode("ascii").split("\n")[0] if status == 0 else None


def commit_of(repository: Repository, name: str) -> str:
    """The full id of what a name means. Raises UserError when it names no commit."""
    status, out, _ = repository.run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    if status != 0:
        raise UserError("no-such-revision", base=name)
    return out.decode("ascii").strip()


def _refuse_broken(whole: Whole) -> None:
    """No commit is a state of a new repository; a HEAD that names a lost object is damage."""
    status, out, _ = whole.repository.run("for-each-ref", "--count=1", "--format=%(refname)", "refs/heads")
    if status != 0 or out.strip():
        raise UserError("git-incomplete", root=str(whole.repository.root), detail="HEAD")


def top_of(start: Path) -> Path | None:
    """The nearest folder at or above `start` that holds an organisation or a repository."""
    for folder in (start, *start.parents):
        if (folder / "system").is_dir() or (folder / ".git").exists():
            return folder
    return None


def changed_since(root: Path, base: str) -> frozenset[str]:
    """Paths that differ between `base` and the working tree; refused when `base` names no commit."""
    repository = Repository(root)
    commit = commit_of(repository, base)
    _, merge_base, _ = repository.run("merge-base", commit, "HEAD")
    start = merge_base.decode("ascii").strip() or commit
    _, listing, _ = repository.run("diff", "--name-only", "-z", "--no-renames", "--no-ext-diff", start)
    _, untracked, _ = repository.run("ls-files", "--others", "--exclude-standard", "-z")
    return frozenset(name.decode("utf-8", "replace") for name in (listing + untracked).split(b"\0") if name)
