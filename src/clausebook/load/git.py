"""The only room that knows git: one hardened door through GitPython, and what it said.

The environment shuts out configuration, replace refs, hooks, mailmap and file-system monitors (threats 3.4).
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from ..model import History
from ..problems import UserError

ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
FIXED = (
    "-c", "safe.bareRepository=explicit", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null",
    "-c", "core.quotePath=false", "-c", "core.commitGraph=false", "-c", "protocol.allow=never",
)  # fmt: skip


class Repository:
    """A git work tree at `root`. Every call is an argument list; no user text becomes an option."""

    def __init__(self, root: Path) -> None:
        from git import Git

        self.root = root
        self._git = Git(str(root))

    def run(self, *arguments: str) -> tuple[int, bytes]:
        """Exit status and raw output of one git command."""
        from git.exc import GitCommandNotFound

        try:
            status, out, _ = self._git.execute(
                ["git", *FIXED, *arguments],
                env=ENVIRONMENT,
                with_extended_output=True,
                with_exceptions=False,
                stdout_as_string=False,
                strip_newline_in_stdout=False,
            )
        except GitCommandNotFound:
            return 127, b""
        return int(status), out if isinstance(out, bytes) else str(out).encode()


def history(root: Path) -> History:
    """State, commit and commit date of `root`. A folder without git has no revision evidence, which is said."""
    if not any((folder / ".git").exists() for folder in (root, *root.resolve().parents)):
        return History("no-git")
    repository = Repository(root)
    status, out = repository.run("log", "-1", "--no-mailmap", "--format=%H%x00%cI", "HEAD")
    if status == 127:
        return History("no-git")
    if status != 0:
        owned, _ = repository.run("rev-parse", "--git-dir")
        if owned != 0:
            raise UserError("git-unreadable", root=str(root))
        return History("no-commit")
    commit, committed = out.decode("ascii", "replace").strip().split("\x00")
    changed, listing = repository.run(
        "status", "--porcelain", "-z", "--untracked-files=normal", "--", "system", "registers", "records"
    )
    return History("dirty" if changed or listing else "clean", commit, date.fromisoformat(committed[:10]))


def top_of(start: Path) -> Path | None:
    """The nearest folder at or above `start` that holds an organisation or a repository."""
    for folder in (start, *start.parents):
        if (folder / "system").is_dir() or (folder / ".git").exists():
            return folder
    return None


def changed_since(root: Path, base: str) -> frozenset[str]:
    """Paths that differ between `base` and the working tree; refused when `base` names no commit."""
    repository = Repository(root)
    status, out = repository.run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{base}^{{commit}}")
    if status != 0:
        raise UserError("no-such-revision", base=base)
    commit = out.decode("ascii").strip()
    _, merge_base = repository.run("merge-base", commit, "HEAD")
    start = merge_base.decode("ascii").strip() or commit
    _, listing = repository.run("diff", "--name-only", "-z", "--no-renames", "--no-ext-diff", start)
    _, untracked = repository.run("ls-files", "--others", "--exclude-standard", "-z")
    return frozenset(name.decode("utf-8", "replace") for name in (listing + untracked).split(b"\0") if name)


def is_shallow(root: Path) -> bool:
    """True when the history is cut off, so that nothing may be concluded from it."""
    status, out = Repository(root).run("rev-parse", "--is-shallow-repository")
    return status == 0 and out.strip() == b"true"
