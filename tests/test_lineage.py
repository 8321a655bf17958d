"""What stood where and what led to it, against git itself as the oracle: random branches, merges, clocks that err."""

from __future__ import annotations

import os
import random
import subprocess
from datetime import date
from pathlib import Path

import pytest

from clausebook.history import History
from clausebook.load.git import history
from clausebook.measure.lineage import Lineage

FILES = [f"f{number}" for number in range(4)]


class Wild:
    """A repository in which everybody does what comes to mind."""

    def __init__(self, root: Path, seed: int) -> None:
        self.root, self.random, self.hours = root, random.Random(seed), 0
        root.mkdir()
        self.git("init", "-q", "-b", "main")
        for _ in range(3):
            self.commit()
        for number in range(12):
            self.side(f"b{number}")

    def git(self, *words: str) -> str:
        at = f"{1_700_000_000 + self.hours * 3600} +0000"
        env = {**os.environ, "GIT_COMMITTER_DATE": at, "GIT_AUTHOR_DATE": at}
        return subprocess.run(["git", *words], cwd=self.root, env=env, capture_output=True, text=True).stdout

    def commit(self) -> None:
        file = self.root / self.random.choice(FILES)
        if file.exists() and self.random.random() < 0.15:
            file.unlink()
        else:
            file.write_text(f"{self.random.randrange(4)}\n", "utf-8")
        self.hours += self.random.randrange(-3, 6)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "x")

    def side(self, name: str) -> None:
        self.git("checkout", "-q", "-b", name, f"HEAD~{self.random.randrange(3)}")
        for _ in range(self.random.randrange(1, 3)):
            self.commit()
        self.git("checkout", "-q", "main")
        for _ in range(self.random.randrange(3)):
            self.commit()
        way = self.random.choice([["-s", "ours"], ["-X", "ours"], ["-X", "theirs"]])
        self.git("merge", "-q", "--no-ff", "--no-commit", *way, name)
        if self.random.random() < 0.3:
            (self.root / self.random.choice(FILES)).write_text(f"{name}\n", "utf-8")
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "merge")


@pytest.fixture(scope="module", params=[1, 2, 3])
def wild(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Wild, History]:
    made = Wild(tmp_path_factory.mktemp("wild") / "repository", request.param)
    return made, history(made.root)


def test_what_stood_where_in_every_commit(wild: tuple[Wild, History]) -> None:
    made, known = wild
    for commit in known.log:
        listed = (line.split() for line in made.git("ls-tree", commit.id).splitlines())
        tree = {path: blob for _, _, blob, path in listed}
        assert {path: known.blob_at(commit.id, path) for path in FILES} == {path: tree.get(path, "") for path in FILES}


def test_what_led_to_a_content_is_what_git_simplifies_to(wild: tuple[Wild, History]) -> None:
    made, known = wild
    lineage = Lineage(known)
    for path in FILES:
        theirs = made.git("log", "--format=%H", "--", path).split()
        assert {revision.commit.id for revision in lineage.revisions(path)} == set(theirs), path


def test_what_a_merge_wrote_is_what_git_shows_of_it(wild: tuple[Wild, History]) -> None:
    made, known = wild
    for path in FILES:
        theirs = made.git("log", "--merges", "--full-history", "-c", "--name-only", "--format=@%H", "--", path)
        wrote = {part.split("\n")[0] for part in theirs.split("@") if path in part.split("\n")[1:]}
        assert {one.commit.id for one in known.revisions(path) if one.merged} == wrote, path


def test_no_commit_is_older_than_what_it_builds_on(wild: tuple[Wild, History]) -> None:
    _, known = wild
    days = Lineage(known).days(date(2030, 1, 1))
    assert all(days[parent] <= days[commit.id] for commit in known.log for parent in commit.parents)
    assert all(days[commit.id] >= commit.committed_on for commit in known.log)
