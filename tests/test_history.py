"""One walk over git: renames, merges, odd names, forged fields; and what may not be believed is refused (7.5.3)."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from clausebook.history import History
from clausebook.load.git import history
from clausebook.measure.lineage import Lineage
from clausebook.problems import UserError

Git = Callable[..., str]


@pytest.fixture
def repository(tmp_path: Path, git: Git) -> Path:
    """Two commits; `system/方针 一.md` has been renamed from an ASCII name and changed."""
    root = tmp_path / "repo"
    (root / "system").mkdir(parents=True)
    git(root, "init", "-q")
    (root / "system" / "policy.md").write_text("一\n二\n三\n", "utf-8")
    git(root, "add", ".")
    git(root, "commit", "-qm", "发布\x01方针\n\nCo-authored-by: Zoë <zoe@example.invalid>\nApproved-by: nobody")
    git(root, "mv", "system/policy.md", "system/方针 一.md")
    git(root, "commit", "-qm", "改名", "--author", "Ñandú <n@example.invalid>")
    return root


def test_a_rename_is_followed_and_names_may_be_anything(repository: Path) -> None:
    found = history(repository, lambda path: path.startswith("system/"))
    revisions = list(found.revisions("system/方针 一.md"))
    assert [(r.path, r.status) for r in revisions] == [("system/方针 一.md", "R"), ("system/policy.md", "A")]
    assert revisions[0].commit.author == "Ñandú" and revisions[0].commit.committer == "测试"
    assert revisions[1].commit.subject == "发布\x01方针"
    assert revisions[1].commit.co_authors == ("zoe@example.invalid",)
    assert found.contents[revisions[0].blob] == "一\n二\n三\n".encode()
    assert Lineage(found).entered("system/方针 一.md") == found.log[1]
    assert found.state == "clean"


def test_what_a_merge_wrote_itself_is_marked(repository: Path, git: Git) -> None:
    path = repository / "system" / "方针 一.md"
    git(repository, "checkout", "-qb", "other")
    path.write_text("一\n乙\n三\n", "utf-8")
    git(repository, "commit", "-qam", "乙")
    git(repository, "checkout", "-q", "main")
    (repository / "system" / "x.md").write_text("x\n", "utf-8")
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "x")
    git(repository, "merge", "--no-commit", "--no-ff", "-q", "other")
    path.write_text("一\n丙\n三\n", "utf-8")
    git(repository, "commit", "-qam", "merge with a change of its own")
    found = history(repository)
    first = next(found.revisions("system/方针 一.md"))
    assert first.merged and first.commit == found.log[0]
    assert len(found.mainline) == 4 and len(found.log) == 5
    [side] = [commit for commit in found.log if commit.subject == "乙"]
    assert Lineage(found).base(side.id) == found.mainline[1], "a branch is judged by what stood before it was merged"


def test_mailmap_and_replacements_change_nothing(repository: Path, git: Git) -> None:
    before = history(repository).log
    (repository / ".mailmap").write_text("Someone Else <else@example.invalid> <n@example.invalid>\n", "utf-8")
    git(repository, "replace", before[0].id, before[1].id)
    assert history(repository).log == before


def test_a_folder_in_a_larger_repository_sees_its_own_paths(tmp_path: Path, git: Git) -> None:
    root = tmp_path / "large"
    (root / "org" / "system").mkdir(parents=True)
    (root / "elsewhere.md").write_text("x", "utf-8")
    (root / "org" / "system" / "policy.md").write_text("x", "utf-8")
    git(root, "init", "-q")
    git(root, "add", ".")
    git(root, "commit", "-qm", "all")
    (root / "org" / "system" / "policy.md").write_text("y", "utf-8")
    found = history(root / "org")
    assert [change.path for change in found.log[0].changes] == ["system/policy.md"]
    assert found.changed == {"system/policy.md"} and found.state == "dirty"


def test_an_own_place_has_no_history(tmp_path: Path, git: Git) -> None:
    assert history(tmp_path) == History("no-git")
    git(tmp_path, "init", "-q")
    assert history(tmp_path).state == "no-commit"


def refused(root: Path) -> str:
    with pytest.raises(UserError) as caught:
        history(root, lambda path: True)
    return caught.value.key


def test_a_cut_off_history_is_refused(repository: Path, tmp_path: Path, git: Git) -> None:
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{repository}", "shallow")
    assert refused(tmp_path / "shallow") == "git-shallow"
    git(repository, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--filter=blob:none", "--no-checkout", f"file://{repository}", "partial")
    assert refused(tmp_path / "partial") == "git-partial"
    (repository / ".git" / "info").mkdir(exist_ok=True)
    (repository / ".git" / "info" / "grafts").write_text(f"{history(repository).commit}\n", "ascii")
    assert refused(repository) == "git-grafted"


def test_a_lost_object_is_an_error_and_no_short_history(repository: Path, git: Git) -> None:
    for kind in ("HEAD~1:system/policy.md", "HEAD~1", "HEAD"):
        root = repository.with_name("damaged")
        shutil.copytree(repository, root)
        lost = git(root, "rev-parse", kind).strip()
        (root / ".git" / "objects" / lost[:2] / lost[2:]).unlink()
        assert refused(root) == "git-incomplete", kind
        shutil.rmtree(root)


def test_a_broken_git_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("gitdir: /nowhere\n", "ascii")
    assert refused(tmp_path) == "git-unreadable"
