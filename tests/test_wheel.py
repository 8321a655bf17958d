"""The wheel alone is enough: installed in an empty environment it inits, checks and builds away from the repository."""

from __future__ import annotations

import os
import site
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import sites
from clausebook.shipped import CHECKOUT

pytestmark = [
    pytest.mark.skipif(not (CHECKOUT / "pyproject.toml").is_file(), reason="not a checkout: nothing to build from"),
]
AS_OF = ("--as-of", "2026-11-20")


@pytest.fixture(scope="module")
def wheel(shared: Path) -> Path:
    def make(folder: Path) -> None:
        pytest.importorskip("hatchling", reason="hatchling is not installed")
        words = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(CHECKOUT)]
        done = subprocess.run(words, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]

    return next(sites.once(shared, "wheel", make).glob("*.whl"))


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel; what it depends on is lent by the present one, so nothing is downloaded."""
    home = tmp_path_factory.mktemp("venv")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(home)], check=True)
    own = next(home.glob("lib/python*/site-packages"))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(own)
    # A plain path line lends the modules; .pth files there are not read, so the editable clausebook stays unseen.
    (own / "lent.pth").write_text("\n".join(site.getsitepackages()) + "\n", "utf-8")
    return home / "bin" / "python"


def clausebook(python: Path, cwd: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "VIRTUAL_ENV")}
    return subprocess.run(
        [str(python), "-m", "clausebook", *words], cwd=cwd, env={**environment, "CLAUSEBOOK_LANG": "zh"},
        capture_output=True, text=True, encoding="utf-8",
    )  # fmt: skip


def test_the_wheel_carries_one_copy_of_everything(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert len(names) == len(set(names))
    for file in ("schema/clauses.yaml", "schema/complaint.schema.json", "example/system/org.yaml",
                 "example/mkdocs.yml", "example/docs/index.md", "templates/lean/system/org.yaml",
                 "site/assets/stylesheets/extra.css", "locale/zh/site.yaml"):  # fmt: skip
        assert [name for name in names if name.endswith("/" + file)] == [f"clausebook/data/{file}"]
    assert not [name for name in names if "__pycache__" in name or name.endswith(".pyc")]
    assert not [name for name in names if name.startswith(("tests/", "build/"))]


def test_the_example_away_from_the_repository(python: Path, tmp_path: Path) -> None:
    where = subprocess.run(
        [str(python), "-c", "import clausebook; print(clausebook.__file__)"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert Path(where.stdout.strip()).is_relative_to(python.parent.parent)
    made = clausebook(python, tmp_path, "init", "org", "--example")
    assert made.returncode == 0, made.stderr
    org = tmp_path / "org"
    checked = clausebook(python, org, "check", *AS_OF)
    assert checked.returncode == 0, checked.stdout[-2000:] + checked.stderr
    # The edition for everybody is the smaller one; that of the house is drawn below, for a new organisation.
    built = clausebook(python, org, "build", "--audience", "public", *AS_OF)
    assert built.returncode == 0, built.stderr
    drawn = org / "build/public/site"
    assert "投诉" in sites.article(drawn / "documents/QM-02.html")
    assert (drawn / "assets/stylesheets/extra.css").is_file()


def test_a_new_organisation_away_from_the_repository(python: Path, tmp_path: Path) -> None:
    made = clausebook(python, tmp_path, "init", "org", "--name", "甲乙公司")
    assert made.returncode == 0, made.stderr
    org = tmp_path / "org"
    assert clausebook(python, org, "check", *AS_OF).returncode == 1
    built = clausebook(python, org, "build", "--draft", *AS_OF)
    assert built.returncode == 0, built.stderr
    home = (org / "build/site/index.html").read_text("utf-8")
    assert "<title>甲乙公司 客户投诉管理手册" in home or "甲乙公司" in home
    assert "泊晴" not in home
    assert "泊晴" not in (org / "build/site/how-to-complain.html").read_text("utf-8")
    assert list(sites.broken_links(org / "build/site")) == []
