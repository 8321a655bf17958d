"""One door to git, through GitPython's `execute`: an argument list, a fixed environment, bytes out.

The environment shuts out configuration, replace refs, hooks, mailmap and file-system monitors (threats 3.4).
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ...problems import UserError

ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "LC_ALL": "C",
}
FIXED = (
    "-c", "safe.bareRepository=explicit", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null",
    "-c", "core.quotePath=false", "-c", "core.commitGraph=false", "-c", "protocol.allow=never",
    "-c", "log.showSignature=false", "-c", "diff.renameLimit=10000",
)  # fmt: skip
NO_GIT = 127
INHERITED = ("GIT_EXEC_PATH", "GIT_CEILING_DIRECTORIES", "GIT_DISCOVERY_ACROSS_FILESYSTEM")
"""What a caller may say to git: where it is installed and where to stop looking."""


@contextmanager
def _alone() -> Iterator[None]:
    """Without the other GIT_ variables of whoever called us: those of a hook name another repository, index or object
    store, and others bring configuration, grafts or dates. GitPython can only add to the environment it finds."""
    names = [name for name in os.environ if name.startswith("GIT_") and name not in INHERITED]
    kept = {name: os.environ.pop(name) for name in names}
    try:
        yield
    finally:
        os.environ.update(kept)


class Repository:
    """A git work tree at `root`. Every call is an argument list; no user text becomes an option."""

    def __init__(self, root: Path) -> None:
        from git import Git

        self.root = root
        self._git = Git(str(root))

    def run(self, *arguments: str, given: bytes | None = None) -> tuple[int, bytes, str]:
        """Exit status, raw output and what it said on stderr. `given` goes to its standard input."""
        from git.exc import GitCommandNotFound

        with tempfile.TemporaryFile() as stream, _alone():
            if given is not None:
                stream.write(given)
                stream.seek(0)
            try:
                status, out, err = self._git.execute(
                    ["git", *FIXED, *arguments],
                    istream=stream,
                    env=ENVIRONMENT,
                    with_extended_output=True,
                    with_exceptions=False,
                    stdout_as_string=False,
                    strip_newline_in_stdout=False,
                )
            except GitCommandNotFound:
                return NO_GIT, b"", ""
        return int(status), out if isinstance(out, bytes) else str(out).encode(), str(err)

    def asked(self, *arguments: str, given: bytes | None = None) -> bytes:
        """The output of a command that may not fail: a history that cannot be read whole is none (threats 0.6)."""
        status, out, told = self.run(*arguments, given=given)
        if status != 0:
            raise UserError("git-incomplete", root=str(self.root), detail=told.strip().split("\n")[0][:160])
        return out
