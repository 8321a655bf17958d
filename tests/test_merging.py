"""One number on two branches: whatever way they are brought together, git refuses or `check` tells (threats C2)."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from clausebook.check.support import merging
from clausebook.cli import group
from clausebook.load.workspace import load
from clausebook.model import Pointer
from clausebook.pipeline import run
from clausebook.problems import UserError
from clausebook.work.recording import create
from clausebook.work.writer import replace_all
from clausebook.work.yaml_edit import edited
from document_control import ADDRESSES, ORG, PEOPLE, ROLES, Office

DAY = date(2026, 11, 20)
MINE = {rule.id for rule in merging.RULES}
KINDS = ("complaint", "complaint", "complaint", "nonconformity", "audit", "change", "alert")
WORDS = ("壶盖漏水", "送货迟到", "加热盘不热", "客服不接电话", "发票开错", "包装破损", "说明书缺页", "退款未到")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An organisation with one complaint on file, committed; branches start there."""
    made = Office(tmp_path_factory.mktemp("merging") / "org")
    made.root.mkdir()
    made.git("init", "-q", "-b", "main")
    for path, text in (("system/org.yaml", ORG), ("system/roles.yaml", ROLES), ("registers/people.yaml", PEOPLE)):
        made.write(path, text)
    made.commit("chen-qi", "2026-01-10", "建库")
    made.git("branch", "base")
    return made


def written(desk: Office, kind: str, dice: random.Random, person: str) -> dict[str, str]:
    """The file that `new` makes for a kind, with a few fields filled, as (path, text); the folder is left as it was."""
    system = load(desk.root, DAY, with_history=False)
    shape = system.kinds[kind].shape.properties
    given = {name: dice.choice(WORDS) + dice.choice(WORDS) for name in ("title", "subject", "summary") if name in shape}
    if kind == "complaint":
        at = f"2026-11-{dice.randrange(10, 20)}T09:{dice.randrange(60):02d}:00+08:00"
        given |= {"received_at": at, "description": f"{dice.choice(WORDS)}。", "recorded_by": person}
    path = create(desk.root, system, system.kinds[kind], given, "zh")
    text = (desk.root / path).read_text("utf-8")
    (desk.root / path).unlink()
    return {path: text}


def pair(desk: Office, dice: random.Random) -> None:
    """Branches `one` and `two`, each with a record under the same number; `two` may go on writing in it."""
    desk.git("checkout", "-q", "-f", "base")
    kind = dice.choice(KINDS)
    for branch, person in (("one", "wang-bo"), ("two", "zhao-min")):
        desk.git("checkout", "-q", "-f", "-B", branch, "base")
        for path, text in written(desk, kind, dice, person).items():
            desk.write(path, text)
        desk.commit(person, f"2026-11-{dice.randrange(10, 20)}", f"新建 {branch}")
    if dice.random() < 0.3:
        desk.write(path, text + "# 补充\n")
        desk.commit("zhao-min", "2026-11-19", "补充")


WAYS: dict[str, tuple[str, ...]] = {
    "merge": ("merge --no-ff -q -m 合并 two",),
    "merge-ours": ("merge --no-ff -q -m 合并 -X ours two",),
    "merge-theirs": ("merge --no-ff -q -m 合并 -X theirs two",),
    "merge-s-ours": ("merge --no-ff -q -m 合并 -s ours two",),
    "rebase": ("checkout -q two", "rebase -q one"),
    "rebase-theirs": ("checkout -q two", "rebase -q -X theirs one"),
    "squash": ("merge --squash -q two", "commit -q -m 压缩"),
    "squash-theirs": ("merge --squash -q -X theirs two", "commit -q -m 压缩"),
    "squash-ours": ("merge --squash -q -X ours two", "commit -q -m 压缩"),
    "cherry-pick": ("cherry-pick base..two",),
    "cherry-pick-theirs": ("cherry-pick -X theirs base..two",),
    "cherry-pick-ours": ("cherry-pick -X ours base..two",),
}


def went_through(desk: Office, line: str) -> bool:
    """One git command by the clerk; False when git stopped."""
    who = {f"GIT_{role}_{what}": said for role in ("AUTHOR", "COMMITTER")
           for what, said in (("NAME", "陈琪"), ("EMAIL", ADDRESSES["chen-qi"]))}  # fmt: skip
    try:
        desk.git(*line.split(), env={**who, "GIT_EDITOR": "true"})
    except subprocess.CalledProcessError:
        return False
    return True


def brought_together(desk: Office, way: str) -> bool:
    """False when git refused: a conflict, or nothing that could be committed."""
    desk.git("checkout", "-q", "-f", "one")
    for line in WAYS[way]:
        if not went_through(desk, line):
            for abort in ("merge", "rebase", "cherry-pick"):
                went_through(desk, f"{abort} --abort")
            desk.git("reset", "-q", "--hard")
            return False
    return True


def told(root: Path) -> set[str]:
    return {found.rule for found in run(root, DAY).problems} & (MINE | {"id-twice", "number-gap", "duplicate-key"})


@pytest.mark.parametrize("way", WAYS)
def test_one_number_twice_never_passes_in_silence(desk: Office, way: str) -> None:
    """A hundred pairs in all, drawn by lot; each way of bringing branches together gets its share."""
    dice = random.Random(f"merging {way}")
    for _ in range(9 if way != "merge-ours" else 10):
        pair(desk, dice)
        assert not brought_together(desk, way) or told(desk.root), way


def complaint(number: str, title: str, minute: int, more: str = "") -> str:
    return f"""# 受理单 {title}
id: {number}   # 编号
title: {title}
received_at: '2026-11-12T09:{minute:02d}:00+08:00'
description: 投诉者说：{title}，要求尽快处理。
channel: phone
{more}"""


def noncon(number: str, *named: str, text: str = "待查") -> str:
    listed = "".join(f'- "{one}"  # 相关\n' for one in named)
    return f"id: {number}\ntitle: 流程缺陷 {number}\ndescription: {text}\ncomplaints:\n{listed}opened_on: 2026-11-13\n"


CASES, FLAWS = "records/complaints/2026/", "records/nonconformities/"
FIRST, SECOND = complaint("CC-2026-0001", "壶盖漏水", 5), complaint("CC-2026-0001", "退款未到", 40)


@pytest.fixture
def office(desk: Office) -> Office:
    """On `one` a complaint 0001 and a flaw that names it, by wang-bo; on `two` another 0001 with its own flaw."""
    for branch, person, text, flaw in (("one", "wang-bo", FIRST, "001"), ("two", "zhao-min", SECOND, "002")):
        desk.git("checkout", "-q", "-f", "-B", branch, "base")
        desk.git("clean", "-qfd")
        desk.write(f"{CASES}CC-2026-0001.yaml", text)
        desk.commit(person, "2026-11-12" if branch == "one" else "2026-11-13")
        desk.write(f"{FLAWS}NC-2026-{flaw}.yaml", noncon(f"NC-2026-{flaw}", "CC-2026-0001"))
        desk.commit(person, "2026-11-14")
    desk.git("checkout", "-q", "one")
    return desk


def renumber(desk: Office, *words: str) -> Result:
    return CliRunner().invoke(
        group, ["renumber", *words, "--root", str(desk.root), "--as-of", "2026-11-20", "--lang", "zh"]
    )


def texts(desk: Office) -> dict[str, str]:
    return {file.relative_to(desk.root).as_posix(): file.read_text("utf-8")
            for file in sorted((desk.root / "records").rglob("*.yaml"))}  # fmt: skip


RENUMBERED = {
    f"{CASES}CC-2026-0001.yaml": FIRST,
    f"{CASES}CC-2026-0002.yaml": SECOND.replace("CC-2026-0001", "CC-2026-0002"),
    f"{FLAWS}NC-2026-001.yaml": noncon("NC-2026-001", "CC-2026-0001"),
    f"{FLAWS}NC-2026-002.yaml": noncon("NC-2026-002", "CC-2026-0002"),
}
"""Each flaw names the complaint that its writer meant; comments, order and quotes stay."""


def test_a_conflict_is_split_and_each_reference_follows_its_record(office: Office) -> None:
    assert not went_through(office, "merge -q two")
    before = texts(office)
    refused = renumber(office)
    assert str(refused.exception) == "renumber-unmerged" and texts(office) == before
    assert renumber(office, "--split", "--dry-run").exit_code == 0 and texts(office) == before
    done = renumber(office, "--split")
    assert done.exit_code == 0, done.output
    assert texts(office) == RENUMBERED
    assert f"{FLAWS}NC-2026-002.yaml:5" in done.output and "NC-2026-001" not in done.output
    office.commit("chen-qi", "2026-11-15", "合并")
    assert told(office.root) == set()
    assert renumber(office).exit_code == 0 and texts(office) == RENUMBERED, "a second run has nothing to do"


@pytest.mark.parametrize("side", ["ours", "theirs"])
def test_a_lost_record_is_brought_back_with_its_references(office: Office, side: str) -> None:
    assert went_through(office, f"merge -q --no-ff -X {side} -m 合并 two")
    assert told(office.root) == {"record-lost-in-merge"}
    [found] = [p for p in run(office.root, DAY).problems if p.rule in MINE]
    done = renumber(office, "CC-2026-0001", "--from", str(found.facts["entered"]))
    assert done.exit_code == 0, done.output
    first, second = (FIRST, SECOND) if side == "ours" else (SECOND, FIRST)
    flaws = ("0001", "0002") if side == "ours" else ("0002", "0001")
    assert texts(office) == {
        f"{CASES}CC-2026-0001.yaml": first,
        f"{CASES}CC-2026-0002.yaml": second.replace("CC-2026-0001", "CC-2026-0002"),
        f"{FLAWS}NC-2026-001.yaml": noncon("NC-2026-001", f"CC-2026-{flaws[0]}"),
        f"{FLAWS}NC-2026-002.yaml": noncon("NC-2026-002", f"CC-2026-{flaws[1]}"),
    }
    office.commit("chen-qi", "2026-11-16")
    assert told(office.root) == set()
    assert str(renumber(office, "CC-2026-0001", "--from", str(found.facts["entered"])).exception) == "renumber-not-lost"


def test_both_kept_under_two_names_the_later_gets_the_number(office: Office) -> None:
    assert not went_through(office, "merge -q two")
    office.write(f"{CASES}CC-2026-0001.yaml", SECOND)
    office.write(f"{CASES}CC-2026-0001-b.yaml", FIRST)
    office.commit("chen-qi", "2026-11-15", "合并，两份都留")
    assert "id-twice" in told(office.root)
    done = renumber(office)
    assert done.exit_code == 0, done.output
    assert texts(office) == RENUMBERED, "who came first keeps number and name, whatever the person called the file"


def test_marks_of_a_conflict_that_somebody_committed_are_split(office: Office) -> None:
    assert not went_through(office, "merge -q two")
    office.commit("chen-qi", "2026-11-15", "合并")
    assert "<<<<<<<" in texts(office)[f"{CASES}CC-2026-0001.yaml"]
    assert renumber(office, "--split").exit_code == 0
    assert {path: text for path, text in texts(office).items() if path.startswith(CASES)} == {
        path: text for path, text in RENUMBERED.items() if path.startswith(CASES)
    }


def test_a_rebase_in_conflict_is_split_too(office: Office) -> None:
    office.git("checkout", "-q", "two")
    assert not went_through(office, "rebase -q one")
    done = renumber(office, "--split")
    assert done.exit_code == 0, done.output
    office.git("add", "-A")
    assert went_through(office, "rebase --continue")
    assert texts(office)[f"{CASES}CC-2026-0002.yaml"] == RENUMBERED[f"{CASES}CC-2026-0002.yaml"]
    office.git("checkout", "-q", "-f", "one")


def test_what_git_cannot_tell_is_left_for_a_person(office: Office) -> None:
    assert went_through(office, "merge -q --no-ff -X ours -m 合并 two")
    office.write(f"{FLAWS}NC-2026-003.yaml", noncon("NC-2026-003", "CC-2026-0001", text="见 CC-2026-0001 的录音"))
    office.commit("chen-qi", "2026-11-16")
    [found] = [p for p in run(office.root, DAY).problems if p.rule in MINE]
    words = ("CC-2026-0001", "--from", str(found.facts["entered"]))
    done = renumber(office, *words, "--dry-run")
    assert "NC-2026-003.yaml:5" in done.output and "NC-2026-003.yaml:3" in done.output
    assert renumber(office, *words, "--also", f"{FLAWS}NC-2026-003.yaml").exit_code == 0
    assert '- "CC-2026-0002"  # 相关' in texts(office)[f"{FLAWS}NC-2026-003.yaml"]
    assert "见 CC-2026-0001 的录音" in texts(office)[f"{FLAWS}NC-2026-003.yaml"]


def test_a_number_may_be_named_and_must_be_free(office: Office) -> None:
    assert renumber(office, "CC-2026-0001", "--to", "CC-2026-0107").exit_code == 0
    assert texts(office)[f"{FLAWS}NC-2026-001.yaml"] == noncon("NC-2026-001", "CC-2026-0107")
    for words, key in (
        (("CC-2026-0107", "--to", "CC-2026-0107"), "renumber-taken"),
        (("CC-2026-0107", "--to", "X/1"), "renumber-pattern"),
        (("CC-2026-0999",), "renumber-unknown"), (("--from", "abc"), "renumber-from"),
    ):  # fmt: skip
        assert str(renumber(office, *words).exception) == key


def test_one_matter_entered_twice_is_settled_by_a_void_record(office: Office) -> None:
    assert went_through(office, "merge -q --no-ff -X ours -m 合并 two")
    office.write("records/voids/CC-2026-0002.yaml", VOID)
    office.commit("chen-qi", "2026-11-16")
    assert told(office.root) == set()


def test_what_no_history_shows(office: Office) -> None:
    """A branch replayed with the other side's content leaves nothing behind: no clone can know of its record.

    What is left is outside git: a protected branch, and the channels' own counts (records/channel-counts).
    """
    office.git("checkout", "-q", "two")
    assert went_through(office, "rebase -q -X ours one")
    assert told(office.root) == set()


def test_several_files_are_written_all_or_none(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("alt", "utf-8")
    (tmp_path / "b.yaml").write_text("alt", "utf-8")
    with pytest.raises(UserError):
        replace_all(tmp_path, {"a.yaml": "neu", "c.yaml": "neu", "b.yaml/d.yaml": "neu", "b.yaml": None})
    assert {file.name: file.read_text("utf-8") for file in tmp_path.iterdir()} == {"a.yaml": "alt", "b.yaml": "alt"}


def test_one_value_changes_and_nothing_else() -> None:
    text = "# 头\na: {b: ['x', \"y\"], c: x}  # 尾\n---\nd:\n- x\n- >\n  x\n- 丙 x\n"
    edits: dict[tuple[int, Pointer], str] = {(0, ("a", "b", 1)): "Z-1", (1, ("d", 0)): "Z-2", (1, ("d", 1)): "Z-3"}
    assert edited("r.yaml", text, edits) == text.replace('"y"', '"Z-1"').replace("- x\n", "- Z-2\n").replace(
        "- >\n  x\n", "- Z-3\n"
    )
    page = "---\nid: X-1\n---\n正文 X-1\n"
    assert edited("p.md", page, {(0, ("id",)): "X-2"}) == "---\nid: X-2\n---\n正文 X-1\n"


def taken_over_and_merged_later(desk: Office) -> None:
    """Squashed onto the branch, worked on there, and the old branch merged once more."""
    assert went_through(desk, "merge -q --squash three")
    desk.commit("zhao-min", "2026-11-15")
    desk.write(f"{CASES}CC-2026-0003.yaml", complaint("CC-2026-0003", "壶盖又漏水了", 30))
    desk.commit("zhao-min", "2026-11-16")
    went_through(desk, "merge -q --no-ff -X ours -m 合并 three")


def picked_and_merged(desk: Office) -> None:
    assert went_through(desk, "cherry-pick three")
    assert went_through(desk, "merge -q --no-ff -m 合并 three")


def written_step_by_step(desk: Office) -> None:
    """An empty template that somebody else fills in, then a title set right, then the case goes on."""
    path = f"{CASES}CC-2026-0009.yaml"
    desk.write(path, "id: CC-2026-0009\ntitle: 【待填：名称】\ndescription: 【待填：原话】\n")
    desk.commit("wang-bo", "2026-11-15")
    desk.write(path, complaint("CC-2026-0009", "发票开错", 20))
    desk.commit("zhao-min", "2026-11-16")
    going_on = complaint("CC-2026-0009", "发票开错", 20, "handler: wang-bo\n")
    desk.write(path, going_on.replace("title: 发票开错", "title: 发票抬头开错"))
    desk.commit("wang-bo", "2026-11-17")


def moved_to_its_own_number(desk: Office) -> None:
    """Before the merge the clerk of the branch saw the clash and took another number."""
    assert went_through(desk, "checkout -q two")
    assert renumber(desk, "CC-2026-0001", "--to", "CC-2026-0002").exit_code == 0
    desk.commit("zhao-min", "2026-11-15")
    assert went_through(desk, "checkout -q one")
    assert went_through(desk, "merge -q --no-ff -m 合并 two")


@pytest.mark.parametrize(
    "way", [taken_over_and_merged_later, picked_and_merged, written_step_by_step, moved_to_its_own_number]
)
def test_honest_work_loses_nothing(office: Office, way: Callable[[Office], None]) -> None:
    office.git("checkout", "-q", "-B", "three", "one")
    office.write(f"{CASES}CC-2026-0003.yaml", complaint("CC-2026-0003", "壶盖又漏水", 30))
    office.commit("zhao-min", "2026-11-14")
    office.git("checkout", "-q", "one")
    way(office)
    assert told(office.root) & MINE == set()


def test_without_git_the_own_word_of_a_record_counts(tmp_path: Path) -> None:
    """Nobody knows when a file came in; `recorded_at` says so, and whose a reference is stays open."""
    desk = Office(tmp_path)
    desk.write("system/org.yaml", ORG)
    desk.write(f"{CASES}CC-2026-0001.yaml", FIRST + "recorded_at: '2026-11-14T10:00:00+08:00'\n")
    desk.write(f"{CASES}b.yaml", SECOND + "recorded_at: '2026-11-13T10:00:00+08:00'\n")
    desk.write(f"{FLAWS}NC-2026-001.yaml", noncon("NC-2026-001", "CC-2026-0001"))
    done = renumber(desk)
    assert done.exit_code == 0 and "NC-2026-001.yaml:5" in done.output
    assert {path: text.split("\n")[0] for path, text in texts(desk).items() if path.startswith(CASES)} == {
        f"{CASES}CC-2026-0001.yaml": "# 受理单 退款未到", f"{CASES}CC-2026-0002.yaml": "# 受理单 壶盖漏水",
    }  # fmt: skip


def test_a_controlled_document_that_follows_needs_a_new_approval(office: Office) -> None:
    office.write("records/changes/CH-2026-001.yaml", "id: CH-2026-001\ntitle: 调岗\npurpose: 轮换\n")
    roles = ROLES + "history:\n- {version: A/0, on: 2026-01-01, change: 首次, change_id: CH-2026-001} # 首版\n"
    office.write("system/roles.yaml", roles)
    done = renumber(office, "CH-2026-001", "--to", "CH-2026-004")
    assert "重新批准 system/roles.yaml:1" in done.output, done.output
    assert (office.root / "system/roles.yaml").read_text("utf-8") == roles.replace("CH-2026-001", "CH-2026-004")


def test_a_file_full_of_marks_is_read_quickly_and_split_line_by_line(office: Office) -> None:
    """Half a megabyte of beginnings without an end; and a conflict that shows the common ancestor as well."""
    path = f"{CASES}CC-2026-0001.yaml"
    office.write(path, "<<<<<<< a\n" * 50_000)
    assert str(renumber(office, "--split").exception) == "renumber-unreadable"
    ancestor = "||||||| base\ntitle: 旧\n=======\n"
    title, other = "title: 壶盖漏水\n", "title: 退款未到\n"
    marked = FIRST.replace(title, f"<<<<<<< HEAD\n{title}{ancestor}{other}>>>>>>> two\n")
    office.write(path, marked)
    assert renumber(office, "--split").exit_code == 0
    assert texts(office)[path] == FIRST
    assert texts(office)[f"{CASES}CC-2026-0002.yaml"] == FIRST.replace("CC-2026-0001", "CC-2026-0002").replace(
        title, other
    )


VOID = (
    "id: CC-2026-0002\nreason_code: duplicate-entry\nreason: 同一件投诉\nreplaced_by: CC-2026-0001\n"
    "approved_by: li-yan\n"
)


def test_a_record_written_over_is_brought_back(office: Office) -> None:
    """A change that put the other branch's complaint in its place, under the same number."""
    assert went_through(office, "cherry-pick -X theirs two~1")
    assert told(office.root) == {"record-written-over"}
    [found] = [p for p in run(office.root, DAY).problems if p.rule in MINE]
    assert renumber(office, "CC-2026-0001", "--from", str(found.facts["entered"])).exit_code == 0
    assert texts(office)[f"{CASES}CC-2026-0002.yaml"] == FIRST.replace("CC-2026-0001", "CC-2026-0002")
    office.commit("chen-qi", "2026-11-16")
    assert told(office.root) == set()


def test_two_empty_templates_that_became_one_are_asked_about(office: Office) -> None:
    for branch, person in (("three", "wang-bo"), ("four", "zhao-min")):
        office.git("checkout", "-q", "-f", "-B", branch, "base")
        office.write(f"{CASES}CC-2026-0001.yaml", "id: CC-2026-0001\ntitle: 【待填：名称】\n")
        office.commit(person, "2026-11-14")
    assert went_through(office, "merge -q --no-ff -m 合并 three"), "git sees nothing wrong with it"
    assert told(office.root) == {"record-entered-twice"}
    office.write("records/voids/CC-2026-0002.yaml", VOID)
    assert told(office.root) == set()
