"""`clausebook diff` from outside: versions and revisions, three formats, and every kind of bad input."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import markdown as renderer
import pytest

from clausebook.cli import main
from clausebook.load import git as history
from clausebook.problems import UserError

AS_OF = ("--as-of", "2026-11-20")
PATH = "system/procedures/CP-01.md"
Command = Callable[..., tuple[int, str, str]]
Git = Callable[..., str]


@pytest.fixture
def clausebook(capsys: pytest.CaptureFixture[str]) -> Command:
    def call(*words: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as leave:
            main([str(word) for word in words])
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return int(leave.value.code or 0), out, err

    return call


def edit(root: Path, path: str, *changes: tuple[str, str]) -> None:
    text = (root / path).read_text("utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    (root / path).write_text(text, "utf-8")


@pytest.fixture
def kept(copy: Path, git: Git) -> Path:
    """The example in git: CP-01 as A/1, then as A/2, then once more under the same version."""
    git(copy, "init", "-q")
    git(copy, "add", "-A")
    git(copy, "commit", "-qm", "first")
    edit(copy, PATH, ("\nversion: A/1", "\nversion: A/2"), ("保留三年", "保留五年"))
    git(copy, "commit", "-qam", "second")
    edit(copy, PATH, ("| 总经理 | 批准方针、手册", "| 董事长 | 批准方针、手册"))
    git(copy, "commit", "-qam", "third")
    return copy


@pytest.fixture
def diff(clausebook: Command) -> Command:
    def call(root: Path, *words: object) -> tuple[int, str, str]:
        return clausebook("diff", "--root", root, *AS_OF, "--lang", "zh", *words)

    return call


def test_two_versions(diff: Command, kept: Path) -> None:
    code, out, _ = diff(kept, "CP-01", "A/1", "A/2")
    assert code == 0
    title, count, *rest = out.splitlines()
    assert title.startswith("CP-01 文件和记录控制程序：A/1 (") and " → A/2 (" in title
    assert count == "共 3 处变化：修改 3 处。"
    assert rest == [
        "",
        "字段",
        "~ 版本号：[-A/1-]{+A/2+}",
        "",
        "§ 职责",
        "  | 岗位 | 职责 |",
        "~ | [-总经理-]{+董事长+} | 批准方针、手册、范围和任命 |",
        "",
        "§ 发放、使用与作废",
        "~ 作废文件在站点上标“作废”，保留[-三年-]{+五年+}，查询旧案适用版本时使用。",
    ]


def test_revisions_of_git(diff: Command, kept: Path) -> None:
    _, out, _ = diff(kept, "CP-01", "HEAD~2", "HEAD~1")
    assert "[-三年-]{+五年+}" in out and "董事长" not in out
    _, same, _ = diff(kept, "CP-01", "HEAD", "HEAD")
    assert "两者内容完全相同。" in same


def test_without_revisions_the_last_approved_content_and_the_present_file(diff: Command, kept: Path) -> None:
    edit(kept, PATH, ("保留五年", "保留六年"))
    code, out, _ = diff(kept, "CP-01")
    assert code == 0 and "保留[-三年-]{+六年+}" in out and "→ A/2 (当前文件)" in out


def test_one_revision_and_the_present_file_of_yaml_in_english(diff: Command, kept: Path) -> None:
    edit(kept, "system/criteria/timelimits.yaml", ("effective_to_on: 2026-03-01", "effective_to_on: 2026-04-01"))
    _, out, _ = diff(kept, "WI-08-02", "HEAD", "--lang", "en")
    assert out.splitlines()[1:] == [
        "Changes: 1 changed.", "", "Fields", "~ Versions › A/0 › Effective to: [-2026-03-01-]{+2026-04-01+}",
    ]  # fmt: skip


def test_a_withdrawn_document_by_its_path(diff: Command, kept: Path) -> None:
    (kept / PATH).unlink()
    code, out, _ = diff(kept, PATH, "HEAD")
    assert code == 0 and "之后不再有这份文件" in out
    assert "[-文件和记录控制程序-]" in out


def test_json(diff: Command, kept: Path) -> None:
    _, out, _ = diff(kept, "CP-01", "HEAD~2", "HEAD~1", "--format", "json")
    data: dict[str, Any] = json.loads(out)
    assert (data["schema"], data["path"], data["from"]["version"], data["to"]["version"]) == (1, PATH, "A/1", "A/2")
    assert data["counts"] == {"added": 0, "changed": 2, "removed": 0, "moved": 0}
    assert data["fields"][0]["spans"] == [["removed", "A/1"], ["added", "A/2"]]
    assert ["removed", "三年"] in data["passages"][0]["cells"][0]


# ── the page ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_page_marks_words_by_more_than_colour(diff: Command, kept: Path) -> None:
    _, out, _ = diff(kept, "CP-01", "A/1", "A/2", "--format", "markdown")
    html = renderer.markdown(out, extensions=["tables", "attr_list", "md_in_html"])
    assert "保留<del>三年</del><ins>五年</ins>" in html
    assert "<td><del>总经理</del><ins>董事长</ins></td>" in html
    assert '<span class="chip warn">修改</span>' in html


ATTACKS = [
    "<script>alert(1)</script>", "</ins><img src=x onerror=alert(1)>", "{{ 7*7 }}{% raw %}",
    "[按](javascript:alert(1))",
    "| 格 | 子 |", "`</code>`", "</del></p><style>*{display:none}</style>", "\x1b[2J\x1b]0;x\x07", "::error::x",
]  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("form", ["text", "markdown"])
def test_data_is_never_code(diff: Command, kept: Path, attack: str, form: str) -> None:
    edit(kept, PATH, ("保留五年", f"保留{attack}年"), ("| 董事长 |", f"| {attack} |"), ("## 复审", f"## {attack}"))
    edit(kept, PATH, ("purpose_of_document: ", f"purpose_of_document: {json.dumps(attack)}\nnotes: "))
    code, out, _ = diff(kept, "CP-01", "HEAD", "--format", form)
    assert code == 0
    assert "\x1b" not in out and "\x07" not in out
    assert not any(line.startswith("::") for line in out.splitlines())
    if form == "markdown":
        html = renderer.markdown(out, extensions=["tables", "attr_list", "md_in_html"])
        for bad in ("<script", "<img", "<style", "{{", "{%", 'href="javascript'):
            assert bad not in html


# ── bad input ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "words, said",
    [
        (["CP-99"], "没有叫 CP-99 的文件"),
        (["CP-01", "A/7"], "没有版本 A/7"),
        (["CP-01", "no-such-branch"], "没有名为 no-such-branch 的提交、分支或标签。"),
        (["CP-01", ""], "没有名为"),
        (["CP-01", "HEAD", "HEAD", "HEAD"], "最多写两个版本"),
        (["../../etc/passwd.md", "HEAD"], "没有这个文件或目录"),
        (["system/none.md", "HEAD"], "没有叫 system/none.md 的文件"),
        (["system/procedures.md/", "HEAD"], "没有叫"),
    ],
)
def test_misuse_is_one_sentence(diff: Command, kept: Path, words: list[str], said: str) -> None:
    code, out, err = diff(kept, *words)
    assert (code, out) == (2, "")
    assert said in err and err.count("\n") == 1


def test_a_revision_is_never_an_option(diff: Command, kept: Path) -> None:
    code, _, err = diff(kept, "CP-01", "--", "--output=stolen")
    assert code == 2 and "--output=stolen" in err
    assert not (kept / "stolen").exists()


def test_without_git(diff: Command, copy: Path) -> None:
    edit(copy, PATH, ("保留三年", "保留五年"))
    assert diff(copy, "CP-01")[0] == 2
    assert diff(copy, "CP-01", "A/0")[0] == 2


def test_old_content_of_any_form_is_shown(diff: Command, kept: Path, git: Git) -> None:
    good = (kept / PATH).read_bytes()
    for raw in (b"\xff\xfe\x00 no text \x80", b"---\nopen: [\n---\nbody\n", b"", good.replace(b"\n", b"\r\n")):
        (kept / PATH).write_bytes(raw)
        git(kept, "commit", "-qam", "odd")
        (kept / PATH).write_bytes(good)
        code, out, err = diff(kept, "CP-01", "HEAD")
        assert code == 0, err
    # Other line ends are no change that a reader sees.
    assert "两者内容完全相同。" in out


# ── content of git ───────────────────────────────────────────────────────────────────────────────────────────────


def test_content_at_a_revision(kept: Path, git: Git) -> None:
    odd = 'system/procedures/-奇 [怪]*"名".md'
    (kept / odd).write_bytes(b"one\n")
    os.symlink("CP-01.md", kept / "system/procedures/link.md")
    git(kept, "add", "-A")
    git(kept, "commit", "-qm", "odd names")
    (kept / odd).write_bytes(b"two\n")
    assert history.content_at(kept, "HEAD", odd) == b"one\n"
    assert history.content_at(kept / "system", "HEAD", odd.removeprefix("system/")) == b"one\n"
    assert history.content_at(kept, "HEAD~1", odd) is None
    assert history.content_at(kept, "HEAD", "system/procedures") is None
    assert history.content_at(kept, "HEAD", "system/procedures/link.md") is None
    with pytest.raises(UserError):
        history.content_at(kept, "--all", odd)


def test_content_that_is_missing_is_not_called_absent(kept: Path, git: Git) -> None:
    blob = git(kept, "rev-parse", f"HEAD:{PATH}").strip()
    (kept / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    with pytest.raises(UserError) as refused:
        history.content_at(kept, "HEAD", PATH)
    assert refused.value.key == "git-incomplete"


def test_a_shallow_clone_says_so(diff: Command, kept: Path, git: Git, tmp_path: Path) -> None:
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{kept}", str(shallow))
    code, _, err = diff(shallow, "CP-01", "A/1")
    assert code == 2 and "浅克隆" in err
