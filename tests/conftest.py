"""Fixtures: an organisation small enough to read, written to disk and judged by the real pipeline."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

import sites
from browsing import browser, tab  # noqa: F401
from clausebook.cli import group
from clausebook.pipeline import Report, run
from clausebook.shipped import CHECKOUT, shipped
from clausebook.work.scaffold import scaffold
from remembering import Judge

AS_OF = date(2026, 11, 20)
FOLDERS = ("system", "registers", "records")


@pytest.fixture(scope="session")
def example_root() -> Path:
    """The example organisation where it lies: this repository's root."""
    return CHECKOUT if (CHECKOUT / "system").is_dir() else shipped("example")


@pytest.fixture(scope="session")
def example(example_root: Path) -> Report:
    return run(example_root, AS_OF)


@pytest.fixture(scope="session")
def variations(example: Report) -> Judge:
    """Judges variations of the example, asking only the rules whose matter has changed."""
    return Judge(example)


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of one run share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base


@pytest.fixture(scope="session")
def example_site(shared: Path, example_root: Path) -> Path:
    """The example's site, built once for the whole run in a copy."""
    root = sites.once(shared, "example", lambda folder: sites.build(sites.copy_of(example_root, folder), draft=False))
    return root / "build" / "site"


@pytest.fixture(scope="session")
def public_site(shared: Path, example_root: Path) -> Path:
    """The example's edition for everybody, built once for the whole run in a copy."""
    root = sites.once(shared, "public", lambda folder: sites.build_public(sites.copy_of(example_root, folder)))
    return root / sites.BUILD / "site"


@pytest.fixture(scope="session")
def firm_site(shared: Path, example_root: Path) -> Path:
    """The small firm's site in English, built once for the whole run in a copy."""

    def make(folder: Path) -> Path:
        sites.copy_of(sites.FIRM, folder, sites.CONTENT)
        root = sites.copy_of(example_root, folder, sites.FRAME)
        return sites.build(root, language="en", as_of=sites.FIRM_AS_OF)

    return sites.once(shared, "firm", make) / "build" / "site"


@pytest.fixture(scope="session")
def replayed(shared: Path) -> Path:
    """The example as a repository with its people and true dates, made once for the whole run; only to be copied."""
    return sites.once(shared, "replayed", lambda folder: scaffold(folder, "", "lean", example=True))


@pytest.fixture
def copy(example_root: Path, tmp_path: Path) -> Path:
    """A copy of the example that a test may break."""
    root = tmp_path / "copy"
    for folder in FOLDERS:
        shutil.copytree(example_root / folder, root / folder)
    return root


@pytest.fixture
def judge(tmp_path: Path) -> Callable[[Mapping[str, str | bytes]], Report]:
    """Write files (path → content) into a fresh folder and judge them."""

    def write_and_run(files: Mapping[str, str | bytes]) -> Report:
        root = tmp_path / "org"
        (root / "system").mkdir(parents=True, exist_ok=True)
        for path, content in files.items():
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return run(root, AS_OF)

    return write_and_run


@pytest.fixture
def git() -> Callable[..., str]:
    """A real git, with an identity of its own and no one's configuration."""

    def call(root: Path, *words: str) -> str:
        identity = ["-c", "user.name=测试", "-c", "user.email=test@example.invalid", "-c", "init.defaultBranch=main"]
        done = subprocess.run(["git", *identity, *words], cwd=root, capture_output=True, text=True, check=True)
        return done.stdout

    return call


def rules_of(report: Report, path: str | None = None) -> list[str]:
    """The rules that fired, for one file or for all."""
    return [found.rule for found in report.problems if path is None or found.place.path == path]


@pytest.fixture(scope="session")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new repository of an organisation that has written nothing yet; only to be copied."""
    root = tmp_path_factory.mktemp("untouched") / "fresh"
    assert CliRunner().invoke(group, ["init", str(root), "--name", "甲公司"]).exit_code == 0
    return root


@pytest.fixture
def fresh(untouched: Path, tmp_path: Path) -> Path:
    """A new repository of an organisation that has written nothing yet."""
    return Path(shutil.copytree(untouched, tmp_path / "fresh"))
