"""What git testifies against is cured without a date being altered (corrections 1): approved anew, put back, named."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

import test_approvals as ways
import test_forged_history as others
from clausebook.check.rules import RULES
from clausebook.work.signing import signed
from clausebook.work.yaml_text import to_yaml
from document_control import DOCUMENT, PEOPLE, Office, office, procedure

DONE_ON = "2026-11-20"
"""The date that rules: every cure is done now, and what is dated by it bears today."""
Step = Callable[[Office], None]


@pytest.fixture
def desk(tmp_path: Path) -> Office:
    return office(tmp_path / "org")


def approved_anew(desk: Office) -> None:
    desk.approve("zhao-min", DONE_ON)
    desk.commit("zhao-min", DONE_ON)


def accepted_and_approved_anew(desk: Office) -> None:
    org = (desk.root / "system/org.yaml").read_text("utf-8")
    desk.write("system/org.yaml", org.replace("[A1]", "[T, A0, A1, A2]"))
    desk.commit("chen-qi", DONE_ON)
    approved_anew(desk)


def put_back(*paths: str) -> Step:
    """Each file as it was first committed with this name."""

    def restore(desk: Office) -> None:
        for path in paths:
            first = desk.git("log", "--reverse", "--diff-filter=A", "--format=%H", "--", path).split()[0]
            desk.git("checkout", first, "--", path)
        desk.commit("wang-bo", DONE_ON)

    return restore


def record_put_back_and_text_approved(desk: Office) -> None:
    put_back(ways.NEXT.format("li-yan"))(desk)
    approved_anew(desk)


def number_given_back(desk: Office) -> None:
    ways.honest(desk)
    desk.write(DOCUMENT, procedure("文件由文控统一编号。"))
    desk.commit("wang-bo", "2026-06-10")


def restored_as_a_new_version(desk: Office) -> None:
    desk.write(DOCUMENT, procedure("文件由文控统一编号。", "A/2", "2026-12-01", "A/0 A/1 A/2"))
    desk.commit("wang-bo", DONE_ON)
    approved_anew(desk)


def number_left_out(desk: Office) -> None:
    desk.write(DOCUMENT, procedure("跳号。", "A/2", "2026-06-01", "A/0 A/2"))
    desk.commit("wang-bo", "2026-05-01")
    desk.approve("li-yan", "2026-05-10")
    desk.commit("li-yan", "2026-05-10")


def number_accounted_for(desk: Office) -> None:
    desk.write(DOCUMENT, procedure("跳号。", "A/3", "2026-12-01", "A/0 A/1 A/2 A/3"))
    desk.commit("wang-bo", DONE_ON)
    approved_anew(desk)


def written_by_nobody_known(desk: Office) -> None:
    ways.revised(desk, by="root@localhost")
    desk.approve("li-yan", "2026-05-10")
    desk.commit("li-yan", "2026-05-10")


def address_registered(desk: Office) -> None:
    known = PEOPLE.replace("[wang-bo@jia.example]", "[wang-bo@jia.example, root@localhost]")
    desk.write("registers/people.yaml", known)
    desk.commit("chen-qi", DONE_ON)


def rewritten_on_the_way_out(desk: Office) -> None:
    ways.honest(desk)
    text = (desk.root / DOCUMENT).read_text("utf-8")
    desk.write(DOCUMENT, text.replace("# 文件控制程序", "# 文件控制程序\n\n$Id$"))
    desk.commit("wang-bo", "2026-06-02")
    desk.write(".gitattributes", "system/** ident\n")
    desk.commit("chen-qi", "2026-06-03")
    (desk.root / DOCUMENT).unlink()
    desk.git("checkout", "--", DOCUMENT)


def conversion_dropped(desk: Office) -> None:
    desk.write(".gitattributes", "")
    desk.commit("chen-qi", DONE_ON)
    (desk.root / DOCUMENT).unlink()
    desk.git("checkout", "--", DOCUMENT)
    approved_anew(desk)


def signed_by_nobody(desk: Office) -> None:
    """Level A2 with what is no signature."""
    ways.revised(desk)
    record = desk.approve("li-yan", "2026-05-10")
    text = record.read_text("utf-8").replace("level: A0", "level: A2")
    record.write_text(f"{text}signature: U1NIU0lH\n", "utf-8")
    desk.commit("li-yan", "2026-05-10")


def signed_with_a_key_of_nobody(desk: Office) -> None:
    """A good signature by a key that no register knows."""
    ways.revised(desk)
    record = desk.approve("li-yan", "2026-05-10")
    value = yaml.safe_load(record.read_text("utf-8")) | {"level": "A2"}
    key = desk.root.parent / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    record.write_text(to_yaml({**value, "signature": signed(value, key)[0]}), "utf-8")
    desk.commit("li-yan", "2026-05-10")


def reviewed_by_its_author(desk: Office) -> None:
    ways.honest(desk)
    desk.approve("wang-bo", "2026-05-10", meaning="review")
    desk.commit("wang-bo", "2026-05-10")


def reviewed_by_a_third(desk: Office) -> None:
    desk.approve("chen-qi", DONE_ON, meaning="review")
    desk.commit("chen-qi", DONE_ON)


CURES: dict[str, tuple[Step, Step]] = {
    "approval-misfiled": (others.in_the_folder_of_another, approved_anew),
    "approval-before-content": (others.before_its_content_landed, approved_anew),
    "approval-signature-wrong": (signed_by_nobody, approved_anew),
    "approval-key-untrusted": (signed_with_a_key_of_nobody, approved_anew),
    "approval-withdrawn": (others.withdrawn, approved_anew),
    "reviewer-not-independent": (reviewed_by_its_author, reviewed_by_a_third),
    "approval-of-other-content": (ways.edited_after_approval, approved_anew),
    "approval-by-author": (ways.approver_edited_as_well, lambda desk: _by_the_other(desk)),
    "approval-entered-by-other": (ways.committed_by_another, approved_anew),
    "approval-dated-otherwise": (ways.backdated_before_the_text, approved_anew),
    "approval-on-own-authority": (ways.role_in_the_same_change, lambda desk: _by_the_other(desk)),
    "approval-by-absent-person": (ways.has_left, approved_anew),
    "approval-not-merged": (ways.claims_a_merge, approved_anew),
    "approval-level-refused": (ways.level_not_accepted, accepted_and_approved_anew),
    "approval-altered": (ways.record_rewritten, record_put_back_and_text_approved),
    "approval-removed": (ways.record_removed, put_back(ways.RECORD)),
    "version-went-back": (number_given_back, restored_as_a_new_version),
    "version-jumped": (number_left_out, number_accounted_for),
    "revision-author-unknown": (written_by_nobody_known, address_registered),
    "content-not-as-committed": (rewritten_on_the_way_out, conversion_dropped),
}


def _by_the_other(desk: Office) -> None:
    desk.approve("li-yan", DONE_ON)
    desk.commit("li-yan", DONE_ON)


@pytest.mark.parametrize("rule", CURES)
def test_it_is_cured_by_what_is_done_now(desk: Office, rule: str) -> None:
    forged, cure = CURES[rule]
    forged(desk)
    assert rule in desk.rules(DONE_ON)
    cure(desk)
    assert {left for left in desk.rules(DONE_ON) if RULES[left].problem_class != "lapse"} == set()


def test_a_baseline_is_put_back(desk: Office) -> None:
    commits = desk.git("rev-list", "HEAD").split()
    org = (desk.root / "system/org.yaml").read_text("utf-8")

    def told(baseline: str, on: str) -> set[str]:
        desk.write("system/org.yaml", f"{org}baseline: {{on: 2026-01-10, commit: {baseline}}}\n")
        desk.commit("chen-qi", on)
        return {p.rule for p in desk.judged(DONE_ON).problems if p.rule.startswith("baseline")}

    assert told(commits[-1], "2026-03-01") == set()
    assert told("0" * 40, "2026-03-02") == {"baseline-moved", "baseline-unknown"}
    assert told(commits[-1], DONE_ON) == set()
