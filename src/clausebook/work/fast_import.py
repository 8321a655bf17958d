"""A history written in one go: steps in, `git fast-import` out.

A repository made commit by commit takes a process each and the clock, the user and the configuration of the machine.
A stream names everything itself, so the same steps give the same commit ids anywhere (corrections-engineering 0.1).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from ..load.git import NO_GIT, Repository
from ..problems import UserError

MAIN = "refs/heads/main"


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    email: str

    def signed(self, at: datetime) -> bytes:
        """As git writes it: name, address, seconds since the epoch, the offset of the place."""
        return f"{self.name} <{self.email}> {int(at.timestamp())} {at:%z}".encode()


@dataclass(frozen=True, slots=True)
class Step:
    """One commit. `branch` keeps it off the main line until a step that `merges` the branch."""

    subject: str
    author: Person
    authored: datetime
    committer: Person
    committed: datetime
    files: Mapping[str, bytes] = field(default_factory=dict)
    branch: str = ""
    merges: str = ""


class _Stream:
    """Marks and tips while a stream is written."""

    def __init__(self, parent: str) -> None:
        self.count = 0
        self.tips: dict[str, str] = {"": parent}
        self.held: dict[str, dict[str, bytes]] = {}

    def commit(self, step: Step) -> Iterator[bytes]:
        self.count += 1
        parent = self.tips.get(step.branch) or self.tips[""]
        files = dict(step.files)
        yield f"commit {MAIN}\nmark :{self.count}\n".encode()
        yield b"author " + step.author.signed(step.authored) + b"\n"
        yield b"committer " + step.committer.signed(step.committed) + b"\n"
        yield _data((step.subject + "\n").encode())
        if parent:
            yield f"from {parent}\n".encode()
        if step.merges:
            yield f"merge {self.tips.pop(step.merges)}\n".encode()
            files = {**self.held.pop(step.merges), **files}
        elif step.branch:
            self.held.setdefault(step.branch, {}).update(files)
        for path, content in sorted(files.items()):
            yield f"M 100644 inline {path}\n".encode() + _data(content)
        yield b"\n"
        self.tips[step.branch] = f":{self.count}"


def _data(content: bytes) -> bytes:
    return b"data %d\n%b\n" % (len(content), content)


def start(root: Path) -> bool:
    """An empty repository in `root`, branch `main`, no hooks; False when this machine has no git."""
    repository = Repository(root)
    status, _, told = repository.run("init", "--quiet", "--template=", "--object-format=sha1")
    if status == NO_GIT:
        return False
    _done(root, status, told)
    _written(root, "symbolic-ref", "HEAD", MAIN)
    return True


def append(root: Path, steps: Sequence[Step], parent: str = "") -> str:
    """Write the steps after `parent` (a full commit id, or nothing) and return the id of the last one."""
    stream = _Stream(parent)
    written = b"".join(piece for step in steps for piece in stream.commit(step))
    _written(root, "fast-import", "--quiet", "--done", given=written + b"done\n")
    return _written(root, "rev-parse", "--verify", MAIN).decode("ascii").strip()


def check_out(root: Path) -> None:
    """The work tree as the last commit has it."""
    _written(root, "reset", "--quiet", "--hard", MAIN)


def _written(root: Path, *words: str, given: bytes | None = None) -> bytes:
    status, out, told = Repository(root).run(*words, given=given)
    _done(root, status, told)
    return out


def _done(root: Path, status: int, told: str) -> None:
    if status != 0:
        raise UserError("cannot-write", path=str(root), detail=f"git: {told.strip()[:160]}")
