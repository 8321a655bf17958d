"""One number on two branches: whatever way they are brought together, git refuses or `check` tells (threats C2)."""

from __future__ import annotations

import random
import subprocess
from datetime import date
from pathlib import Path

import pytest

from clausebook.check.support import merging
from clausebook.load.workspace import load
from clausebook.pipeline import run
from clausebook.work.recording import create
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


def brought_together(desk: Office, way: str) -> bool:
    """False when git refused: a conflict, or nothing that could be committed."""
    desk.git("checkout", "-q", "-f", "one")
    who = {f"GIT_{role}_{what}": said for role in ("AUTHOR", "COMMITTER")
           for what, said in (("NAME", "陈琪"), ("EMAIL", ADDRESSES["chen-qi"]))}  # fmt: skip
    who["GIT_EDITOR"] = "true"
    for line in WAYS[way]:
        try:
            desk.git(*line.split(), env=who)
        except subprocess.CalledProcessError:
            for abort in ("merge", "rebase", "cherry-pick"):
                subprocess.run(["git", abort, "--abort"], cwd=desk.root, capture_output=True)
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
