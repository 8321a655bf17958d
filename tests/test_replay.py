"""The example as a repository: its people and true dates, the same commits anywhere, earlier revisions and all."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date, datetime
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from clausebook.cli import group
from clausebook.load.workspace import load
from clausebook.pipeline import run
from clausebook.work.past_contents import then
from clausebook.work.replaying import Story, replay

AS_OF = date(2026, 11, 20)
MIGRATED = ("2026-10-26", "2026-10-30T17:30:00+08:00")
IN_FORCE = "2026-11-02"
BASELINE = "system/org.yaml"
CONTROLLER = "bai-lei@boqing.example"
Git = Callable[..., str]


def read(text: str) -> Any:
    """Plain YAML, every scalar as it is written."""
    return yaml.load(text, Loader=yaml.BaseLoader)


def log(git: Git, root: Path, *words: str) -> list[list[str]]:
    """Id, parents, author's address and time, committer's address and time, subject; oldest first."""
    form = "%H%x09%P%x09%ae%x09%aI%x09%ce%x09%cI%x09%s"
    out = git(root, "log", "--topo-order", "--reverse", f"--format={form}", *words)
    return [line.split("\t") for line in out.splitlines()]


def adoption(git: Git, root: Path) -> str:
    return str(read(git(root, "show", f"HEAD:{BASELINE}"))["baseline"]["commit"])


@pytest.mark.parametrize(
    "zone, umask, locale", [("Pacific/Kiritimati", 0o077, "C"), ("America/St_Johns", 0o002, "C.UTF-8")]
)
def test_the_same_commits_anywhere(
    replayed: Path, tmp_path: Path, git: Git, zone: str, umask: int, locale: str
) -> None:
    """Another zone, mask, locale, user and configuration, and the variables of a hook that calls us."""
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / ".gitconfig").write_text(
        "[user]\n\tname = x\n[core]\n\tautocrlf = true\n[i18n]\n\tcommitEncoding = GBK\n"
    )
    other = {"TZ": zone, "LC_ALL": locale, "HOME": str(tmp_path / "home"), "GIT_DIR": str(tmp_path / "elsewhere")}
    other |= {f"GIT_{name}": str(tmp_path / "elsewhere" / name) for name in ("INDEX_FILE", "OBJECT_DIRECTORY")}
    other |= {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.autocrlf", "GIT_CONFIG_VALUE_0": "true"}
    other |= {"GIT_AUTHOR_DATE": "2001-01-01T00:00:00Z", "GIT_DEFAULT_HASH": "sha256", "PYTHONHASHSEED": "7"}
    words = [sys.executable, "-m", "clausebook", "init", str(tmp_path / "org"), "--example"]
    subprocess.run(words, env={**os.environ, **other}, umask=umask, check=True, capture_output=True)
    assert git(tmp_path / "org", "rev-parse", "HEAD") == git(replayed, "rev-parse", "HEAD")
    assert not (tmp_path / "elsewhere").exists()
    assert git(tmp_path / "org", "status", "--porcelain") == ""


def test_a_clean_work_tree_of_sound_objects_on_main(replayed: Path, git: Git) -> None:
    assert git(replayed, "symbolic-ref", "HEAD") == "refs/heads/main\n"
    assert git(replayed, "for-each-ref", "--format=%(refname)") == "refs/heads/main\n"
    assert git(replayed, "status", "--porcelain", "--ignored") == ""
    assert git(replayed, "fsck", "--strict", "--full", "--no-dangling") == ""
    assert not (replayed / ".git" / "hooks").exists()


def test_it_holds_the_example(replayed: Path, example_root: Path) -> None:
    """Every byte of the example, but for the baseline, its approvals, and the approvals of earlier revisions."""
    differing = set()
    for folder in ("system", "registers", "records"):
        own = {p.relative_to(replayed).as_posix() for p in (replayed / folder).rglob("*") if p.is_file()}
        theirs = {p.relative_to(example_root).as_posix() for p in (example_root / folder).rglob("*") if p.is_file()}
        assert theirs <= own
        assert all(re.match(r"records/approvals/[^/]+/[A-Z]-[0-9]-", path) for path in own - theirs)
        differing |= {p for p in theirs if (replayed / p).read_bytes() != (example_root / p).read_bytes()}
    assert {path for path in differing if not path.startswith("records/approvals/QM-07/")} == {BASELINE}
    written = (replayed / BASELINE).read_text("utf-8").splitlines()
    lines = (example_root / BASELINE).read_text("utf-8").splitlines()
    assert [a.split(":")[0] for a, b in zip(written, lines, strict=True) if a != b] == ["  commit"]


def test_check_finds_nothing(replayed: Path) -> None:
    report = run(replayed, AS_OF)
    assert [(p.rule, p.place.path) for p in report.problems] == []
    assert report.system.history.state == "clean"


@pytest.mark.parametrize("day", ["2026-11-06", "2026-11-13", "2026-11-18"])
def test_check_found_nothing_on_those_days(replayed: Path, tmp_path: Path, git: Git, day: str) -> None:
    """The branch as it stood at the end of a day, judged as of that day: nothing is known too early or too late."""
    root = Path(shutil.copytree(replayed, tmp_path / "then"))
    stood = git(root, "rev-list", "-1", "--first-parent", f"--until={day}T23:59:59+08:00", "HEAD").strip()
    git(root, "checkout", "--quiet", stood)
    assert [(p.rule, p.place.path) for p in run(root, date.fromisoformat(day)).problems] == []


def test_author_and_committer_are_people_of_the_register(replayed: Path, git: Git) -> None:
    people = read((replayed / "registers" / "people.yaml").read_text("utf-8"))["items"]
    known = {f"{row['name']} <{mail}>" for row in people for mail in row["emails"]}
    signed = set(git(replayed, "log", "--format=%an <%ae>%n%cn <%ce>").splitlines())
    assert signed <= known and len(signed) >= 20


def test_the_migration_keeps_writing_and_entering_apart(replayed: Path, git: Git) -> None:
    """Before the day in force the controller commits on days of the migration what others had written before."""
    commits = log(git, replayed)
    entered = [datetime.fromisoformat(row[5]) for row in sorted(commits, key=lambda row: row[5])]
    assert all(earlier < later for earlier, later in pairwise(entered))
    migrated = [row for row in commits if row[5] < IN_FORCE]
    assert {row[4] for row in migrated} == {CONTROLLER}
    assert all(MIGRATED[0] <= row[5] <= MIGRATED[1] for row in migrated)
    assert all(row[3] <= row[5] for row in migrated)
    assert len({row[2] for row in migrated}) >= 20 and min(row[3] for row in migrated) < "2024-09-01"
    since = [row for row in commits if row[5] >= IN_FORCE and row[3] >= IN_FORCE]
    assert all(row[2] == row[4] and row[3] == row[5] for row in since)
    late = [row for row in commits if row[5] >= IN_FORCE > row[3]]
    assert all(row[4] == CONTROLLER and row[5].startswith(IN_FORCE) for row in late)
    assert max(row[5] for row in commits) < "2026-11-21"


def test_what_came_between_migration_and_start_is_entered_by_the_controller(copy: Path, git: Git) -> None:
    """A complaint of the weekend before the day in force: written then by the clerk, entered on that day."""
    case = "records/complaints/2026/CC-2026-0079.yaml"
    text = (copy / case).read_text("utf-8")
    for time in ("2026-11-02T10:35", "2026-11-02T10:58"):
        text = text.replace(time, time.replace("11-02", "10-31"), 1)
    (copy / case).write_text(text, "utf-8")
    assert replay(copy)
    first = log(git, copy, "--", case)[0]
    assert first[2:4] == ["ding-xue@boqing.example", "2026-10-31T10:58:00+08:00"]
    assert first[4] == CONTROLLER and first[5].startswith(f"{IN_FORCE}T08:30")


def test_nothing_is_dated_before_it_could_be_known(replayed: Path, git: Git) -> None:
    """What happened, by the words of a record, happened before the author wrote it down."""
    happened = re.compile(rb"^\+ *(?:- )?((?:[a-z_]+_)?(?:at|on)): [\"']?(20[0-9]{2}-[0-9]{2}-[0-9]{2})", re.M)
    ahead = re.compile(rb"due|planned|next|valid|expire|until|from_on|to_on|effective|surveillance")
    for row in log(git, replayed, "--no-merges", "--", "records"):
        patch = git(replayed, "show", "--format=", row[0], "--", "records").encode()
        late = [m for m in happened.findall(patch) if not ahead.search(m[0]) and m[1].decode() > row[3][:10]]
        assert late == [], (row[6], late)


def test_the_baseline_names_the_end_of_the_migration(replayed: Path, git: Git) -> None:
    commits = {row[0]: row for row in log(git, replayed)}
    last = max((row for row in commits.values() if row[5] < IN_FORCE), key=lambda row: row[5])
    assert adoption(git, replayed) == last[0]
    [edit] = log(git, replayed, f"{last[0]}..", "--", BASELINE)
    assert edit[1] == last[0] and edit[5].startswith(IN_FORCE)
    assert set(read(git(replayed, "show", f"{last[0]}:{BASELINE}"))["baseline"]) == {"on", "note"}


def test_changes_came_in_by_review(replayed: Path, git: Git) -> None:
    merged = log(git, replayed, "--merges")
    assert [len(row[1].split()) for row in merged] == [2, 2]
    brought = {git(replayed, "diff", "--name-only", f"{row[0]}^1", row[0]) for row in merged}
    assert any("system/procedures/CP-01.md" in names for names in brought)
    assert any(names == "records/changes/CH-2026-005.yaml\n" for names in brought)


def revisions_in(git: Git, root: Path, path: str) -> dict[str, bytes]:
    """Version → content that the history first had under it."""
    found: dict[str, bytes] = {}
    for row in log(git, root, "--no-merges", "--", path):
        content = git(root, "show", f"{row[0]}:{path}").encode()
        if version := re.search(rb"^version: (.*)$", content, re.M):
            found[version[1].decode()] = content
    return found


def test_every_revision_of_the_history_is_there_and_approved(replayed: Path, git: Git, tmp_path: Path) -> None:
    """Each version of each history once, in its form, with a control block of its own, approved as it read."""
    earlier = 0
    for entry in load(replayed, AS_OF).entries:
        history = entry.value.get("history") if entry.path.startswith("system/") else None
        if not history:
            continue
        contents = revisions_in(git, replayed, entry.path)
        assert list(contents) == [row["version"] for row in history], entry.path
        for place, row in enumerate(history):
            content = contents[row["version"]]
            target = tmp_path / row["version"].replace("/", "-") / entry.path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            folder = replayed / "records" / "approvals" / entry.value["number"]
            approvals = [
                read(file.read_text("utf-8")) for file in folder.glob(f"{target.parts[len(tmp_path.parts)]}-*")
            ]
            assert {said["meaning"] for said in approvals} == {"review", "approve"}, (entry.path, row)
            assert {said["sha256"] for said in approvals} == {sha256(content).hexdigest()}
            assert all(str(said["on"]) <= str(row["on"]) and said["entered_by"] == "bai-lei" for said in approvals)
            earlier += place < len(history) - 1
    assert earlier == 23
    for folder in tmp_path.iterdir():
        for entry in load(folder, AS_OF).entries:
            assert entry.value["version"] == folder.name.replace("-", "/") == entry.value["history"][-1]["version"]
            assert entry.value["effective_on"] == entry.value["history"][-1]["on"] < entry.value["next_review_on"]
        assert load(folder, AS_OF).problems == ()


def test_earlier_revisions_say_what_the_history_says_was_changed(replayed: Path, git: Git) -> None:
    limits = revisions_in(git, replayed, "system/criteria/timelimits.yaml")["A/0"].decode()
    assert "value: 10\n        unit: working-days\n        from: received" in limits and "value: 7\n" not in limits
    roles = revisions_in(git, replayed, "system/roles.yaml")
    assert b"ye-qing" not in roles["A/0"] and b"ding-xue" not in roles["A/1"] and b"ye-qing" in roles["A/1"]
    crisis = revisions_in(git, replayed, "system/procedures/CP-07.md")
    assert "4 小时内**决定" in crisis["B/0"].decode() and "4 小时内**决定" not in crisis["A/1"].decode()
    assert "3 个工作日内更新" in crisis["A/1"].decode() and "3 个工作日内更新" not in crisis["A/0"].decode()


def test_a_passage_that_does_not_fit_is_refused() -> None:
    for passage in (
        {"now": "x"},
        {"now": "一", "then": "二"},
        {"drop": "- id: x"},
        {"without": "x"},
        {"every": "x", "then": "y"},
    ):
        with pytest.raises(ValueError):
            then("一一\n", {"passages": [passage]})


def test_without_git_the_example_still_comes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    result = CliRunner().invoke(group, ["init", str(tmp_path / "org"), "--example"])
    assert result.exit_code == 0 and "没有 git" in result.stderr
    assert (tmp_path / "org" / BASELINE).is_file() and not (tmp_path / "org" / ".git").exists()


def test_a_history_that_cannot_be_written_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A git that fails, as on a full disk: refused in one sentence, and no folder half made."""
    real = shutil.which("git")
    (tmp_path / "bin").mkdir()
    broken = tmp_path / "bin" / "git"
    broken.write_text(f'#!/bin/sh\ncase "$*" in *fast-import*) exit 1;; esac\nexec {real} "$@"\n')
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    result = CliRunner().invoke(group, ["init", str(tmp_path / "org"), "--example"])
    assert str(result.exception) == "cannot-write"
    assert [path.name for path in tmp_path.iterdir()] == ["bin"]


def test_a_department_stands_for_its_person(replayed: Path) -> None:
    story = Story(replayed)
    assert story.person("e-commerce", date(2025, 9, 1)) == "ma-hongtao"
    assert story.person("e-commerce", date(2025, 11, 1)) == "ye-qing"
    assert story.person("luo-xin", date(2025, 11, 1)) == "luo-xin"
