"""The approval ledger against real git: what is honest holds, and each way to forge an approval is named (7.5.2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from clausebook.measure.approvals import Approvals
from clausebook.pipeline import run
from document_control import DOCUMENT, PEOPLE, ROLES, Office, office, procedure

RECORD = "records/approvals/CP-01/A-0-approve-li-yan.yaml"
NEXT = "records/approvals/CP-01/A-1-approve-{}.yaml"


@pytest.fixture
def desk(tmp_path: Path) -> Office:
    return office(tmp_path / "org")


def revised(desk: Office, text: str = "文件由文控统一编号，三日内发放。", by: str = "wang-bo") -> None:
    """CP-01 A/1, written and committed on 1 May, in force from 1 June."""
    desk.write(DOCUMENT, procedure(text, "A/1", "2026-06-01", "A/0 A/1"))
    desk.commit(by, "2026-05-01", "CP-01 A/1")


def valid(desk: Office) -> bool:
    report = desk.judged()
    [document] = [entry for entry in report.system.entries if entry.path == DOCUMENT]
    return report.measured.approvals.valid(document) is not None


def honest(desk: Office) -> None:
    revised(desk)
    desk.approve("li-yan", "2026-05-10")
    desk.commit("li-yan", "2026-05-10")


def transcribed(desk: Office) -> None:
    """Approved in the office system, entered by the clerk weeks later."""
    revised(desk)
    desk.approve("li-yan", "2026-05-20", "--on", "2026-05-03", "--original", "OA-7", "--entered-by", "chen-qi")
    desk.commit("chen-qi", "2026-05-20")


def by_a_second_address(desk: Office) -> None:
    """One person, two registered addresses, registered long before."""
    desk.write("registers/people.yaml", PEOPLE.replace("[li-yan@jia.example]", "[li-yan@jia.example, ly@home.example]"))
    desk.commit("chen-qi", "2026-03-10")
    revised(desk)
    desk.approve("li-yan", "2026-05-10")
    desk.commit("ly@home.example", "2026-05-10")


def merged_by_the_forge(desk: Office) -> None:
    revised(desk)
    desk.git("checkout", "-q", "-b", "approve")
    desk.approve("li-yan", "2026-05-10")
    desk.commit("li-yan", "2026-05-10", committer="noreply@github.com")
    desk.git("checkout", "-q", "main")
    desk.merge("approve", "chen-qi", "2026-05-11")


def put_back(desk: Office) -> None:
    """Changed after approval and reverted word for word: the approved content stands there again."""
    honest(desk)
    before = (desk.root / DOCUMENT).read_text("utf-8")
    desk.write(DOCUMENT, before + "改。\n")
    desk.commit("wang-bo", "2026-06-10")
    desk.write(DOCUMENT, before)
    desk.commit("wang-bo", "2026-06-11")


@pytest.mark.parametrize("way", [honest, transcribed, by_a_second_address, merged_by_the_forge, put_back])
def test_an_honest_approval_holds(desk: Office, way: Callable[[Office], None]) -> None:
    way(desk)
    assert desk.rules() == set()
    assert valid(desk)


# ── forgeries ──────────────────────────────────────────────────────────────────────────────────────────────────────


def edited_after_approval(desk: Office) -> None:
    honest(desk)
    desk.write(DOCUMENT, procedure("文件由文控编号，随时发放。", "A/1", "2026-06-01", "A/0 A/1"))
    desk.commit("wang-bo", "2026-06-10")


def approved_by_its_author(desk: Office) -> None:
    revised(desk, by="zhao-min")
    desk.approve("zhao-min", "2026-05-10")
    desk.commit("zhao-min", "2026-05-10")


def approver_edited_as_well(desk: Office) -> None:
    revised(desk)
    desk.write(DOCUMENT, procedure("文件由文控统一编号，五日内发放。", "A/1", "2026-06-01", "A/0 A/1"))
    desk.commit("zhao-min", "2026-05-05")
    desk.approve("zhao-min", "2026-05-10")
    desk.commit("zhao-min", "2026-05-10")


def author_under_another_address(desk: Office) -> None:
    desk.write(
        "registers/people.yaml", PEOPLE.replace("[zhao-min@jia.example]", "[zhao-min@jia.example, zm@x.example]")
    )
    desk.commit("chen-qi", "2026-03-10")
    revised(desk, by="zm@x.example")
    desk.approve("zhao-min", "2026-05-10")
    desk.commit("zhao-min", "2026-05-10")


def author_as_co_author(desk: Office) -> None:
    desk.write(DOCUMENT, procedure("共同编写。", "A/1", "2026-06-01", "A/0 A/1"))
    desk.commit("wang-bo", "2026-05-01", "CP-01 A/1\n\nCo-authored-by: Z <ZHAO-MIN@jia.example>")
    desk.approve("zhao-min", "2026-05-10")
    desk.commit("zhao-min", "2026-05-10")


def author_in_the_merge(desk: Office) -> None:
    """What was approved was written in the merge itself, by the approver."""
    desk.git("checkout", "-q", "-b", "other")
    desk.write("note.txt", "x")
    desk.commit("wang-bo", "2026-04-30")
    desk.git("checkout", "-q", "main")
    revised(desk)
    desk.git("merge", "-q", "--no-ff", "--no-commit", "other")
    desk.write(DOCUMENT, procedure("合并时写的。", "A/1", "2026-06-01", "A/0 A/1"))
    desk.commit("zhao-min", "2026-05-05")
    desk.approve("zhao-min", "2026-05-10")
    desk.commit("zhao-min", "2026-05-10")


def committed_by_another(desk: Office) -> None:
    revised(desk)
    desk.approve("li-yan", "2026-05-10")
    desk.commit("chen-qi", "2026-05-10")


def committed_in_another_name(desk: Office) -> None:
    """Author li-yan, committer wang-bo: the clerk's way of helping, and the forger's."""
    revised(desk)
    desk.approve("li-yan", "2026-05-10")
    desk.commit("li-yan", "2026-05-10", committer="wang-bo")


def unknown_address(desk: Office) -> None:
    revised(desk)
    desk.approve("li-yan", "2026-05-10")
    desk.commit("li-yan@elsewhere.example", "2026-05-10")


def own_address_in_the_same_change(desk: Office) -> None:
    revised(desk)
    desk.write("registers/people.yaml", PEOPLE.replace("[li-yan@jia.example]", "[li-yan@jia.example, evil@x.example]"))
    desk.approve("li-yan", "2026-05-10")
    desk.commit("evil@x.example", "2026-05-10")


def own_address_on_the_same_branch(desk: Office) -> None:
    revised(desk)
    desk.git("checkout", "-q", "-b", "approve")
    desk.write("registers/people.yaml", PEOPLE.replace("[li-yan@jia.example]", "[li-yan@jia.example, evil@x.example]"))
    desk.commit("evil@x.example", "2026-05-09")
    desk.approve("li-yan", "2026-05-10")
    desk.commit("evil@x.example", "2026-05-10")
    desk.git("checkout", "-q", "main")
    desk.merge("approve", "chen-qi", "2026-05-11")


def role_in_the_same_change(desk: Office) -> None:
    revised(desk)
    desk.git("checkout", "-q", "-b", "approve")
    desk.write("system/roles.yaml", ROLES + "  authority: {approve_documents: [procedure]}\n")
    desk.write("system/roles.yaml", ROLES.replace("person: zhao-min, ", "person: chen-qi, "))
    desk.approve("chen-qi", "2026-05-10")
    desk.commit("chen-qi", "2026-05-10")
    desk.git("checkout", "-q", "main")
    desk.merge("approve", "wang-bo", "2026-05-11")


def mailmap(desk: Office) -> None:
    desk.write(".mailmap", "li-yan <li-yan@jia.example> <wang-bo@jia.example>\n")
    revised(desk)
    desk.approve("li-yan", "2026-05-10")
    desk.commit("wang-bo", "2026-05-10")


def replayed_to_the_next_version(desk: Office) -> None:
    """The old record copied under the next version's name, its digest left as it was."""
    revised(desk)
    old = (desk.root / RECORD).read_text("utf-8")
    desk.write(NEXT.format("li-yan"), old.replace("version: A/0", "version: A/1"))
    desk.commit("li-yan", "2026-05-10")


def record_rewritten(desk: Office) -> None:
    """The text is changed and the digest in the record along with it."""
    edited_after_approval(desk)
    record = desk.root / NEXT.format("li-yan")
    kept = record.read_text("utf-8")
    record.unlink()
    digest = desk.approve("li-yan", "2026-05-10").read_text("utf-8")
    assert digest != kept
    desk.commit("li-yan", "2026-06-11")


def record_removed(desk: Office) -> None:
    honest(desk)
    (desk.root / RECORD).unlink()
    desk.commit("wang-bo", "2026-06-10")


def backdated_before_the_text(desk: Office) -> None:
    revised(desk)
    desk.approve("li-yan", "2026-05-10", "--on", "2026-04-20")
    desk.commit("li-yan", "2026-05-10")


def backdated_before_the_effect(desk: Office) -> None:
    """Committed in July, dated before the version took effect in June."""
    revised(desk)
    desk.approve("li-yan", "2026-07-10", "--on", "2026-05-20")
    desk.commit("li-yan", "2026-07-10")


def dated_ahead(desk: Office) -> None:
    revised(desk)
    desk.approve("li-yan", "2026-05-20")
    desk.commit("li-yan", "2026-05-10")


def has_left(desk: Office) -> None:
    desk.write("registers/people.yaml", PEOPLE.replace(
        "  name: li-yan\n", "  name: li-yan\n  left_on: 2026-04-01\n"))  # fmt: skip
    desk.commit("chen-qi", "2026-04-02")
    revised(desk)
    desk.approve("li-yan", "2026-05-10")
    desk.commit("li-yan", "2026-05-10")


def transcribed_by_the_approver(desk: Office) -> None:
    revised(desk)
    desk.approve("li-yan", "2026-05-20", "--on", "2026-05-03", "--original", "OA-7", "--entered-by", "chen-qi")
    desk.commit("li-yan", "2026-05-20")


def claims_a_merge(desk: Office) -> None:
    revised(desk)
    record = desk.approve("li-yan", "2026-05-10")
    record.write_text(record.read_text("utf-8").replace("level: A0", "level: A1"), "utf-8")
    desk.commit("li-yan", "2026-05-10")


def level_not_accepted(desk: Office) -> None:
    desk.write("system/org.yaml", (desk.root / "system/org.yaml").read_text("utf-8").replace("[T, A0, A1, A2]", "[A1]"))
    desk.commit("chen-qi", "2026-03-10")
    honest(desk)


def swapped_files(desk: Office) -> None:
    """Two approved documents exchange their texts; each record still lies where it was."""
    honest(desk)
    other = procedure("表单由文控编号。", "A/1", "2026-06-01", "A/0 A/1")
    desk.write(DOCUMENT, other)
    desk.commit("wang-bo", "2026-06-10")


FORGED = {
    edited_after_approval: {"approval-of-other-content"},
    approved_by_its_author: {"approval-by-author"},
    approver_edited_as_well: {"approval-by-author"},
    author_under_another_address: {"approval-by-author"},
    author_as_co_author: {"approval-by-author"},
    author_in_the_merge: {"approval-by-author"},
    committed_by_another: {"approval-entered-by-other"},
    committed_in_another_name: {"approval-entered-by-other"},
    unknown_address: {"approval-entered-by-other"},
    own_address_in_the_same_change: {"approval-entered-by-other"},
    own_address_on_the_same_branch: {"approval-entered-by-other"},
    role_in_the_same_change: {"approval-on-own-authority"},
    mailmap: {"approval-entered-by-other"},
    replayed_to_the_next_version: {"approval-of-other-content"},
    record_rewritten: {"approval-altered", "approval-dated-otherwise"},
    record_removed: {"approval-removed"},
    backdated_before_the_text: {"approval-dated-otherwise"},
    backdated_before_the_effect: {"approval-dated-otherwise"},
    dated_ahead: {"approval-dated-otherwise"},
    has_left: {"approval-by-absent-person"},
    transcribed_by_the_approver: {"approval-entered-by-other"},
    claims_a_merge: {"approval-not-merged"},
    level_not_accepted: {"approval-level-refused"},
    swapped_files: {"approval-of-other-content"},
}


@pytest.mark.parametrize("forge", FORGED, ids=lambda way: way.__name__)
def test_a_forgery_is_named(desk: Office, forge: Callable[[Office], None]) -> None:
    forge(desk)
    assert desk.rules() == FORGED[forge]
    # The loss of an older record leaves the present version valid.
    assert valid(desk) is (forge is record_removed)


def test_the_verdicts_name_the_commit(desk: Office) -> None:
    committed_by_another(desk)
    report = desk.judged()
    [document] = [entry for entry in report.system.entries if entry.path == DOCUMENT]
    verdicts = {v.approval.stem: v for v in Approvals(report.system).verdicts(document)}
    assert verdicts["A-0-approve-li-yan"].holds
    [fault] = verdicts["A-1-approve-li-yan"].faults
    assert fault.facts["who"] == "chen-qi" and fault.facts["commit"] == report.system.history.log[0].id[:12]


# ── revisions ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_another_approval_of_the_same_content_cures(desk: Office) -> None:
    committed_by_another(desk)
    desk.approve("zhao-min", "2026-05-12")
    desk.commit("zhao-min", "2026-05-12")
    assert desk.rules() == set() and valid(desk)


def test_versions_go_forward(desk: Office) -> None:
    honest(desk)
    desk.write(DOCUMENT, procedure("文件由文控统一编号。"))
    desk.commit("wang-bo", "2026-06-10")
    assert desk.rules() == {"version-went-back"}
    desk.write(DOCUMENT, procedure("文件由文控统一编号。", "A/2", "2026-08-01", "A/0 A/1 A/2"))
    desk.commit("wang-bo", "2026-06-11")
    desk.approve("li-yan", "2026-06-12")
    desk.commit("li-yan", "2026-06-12")
    assert desk.rules() == set()


def test_a_number_left_out_is_accounted_for(desk: Office) -> None:
    desk.write(DOCUMENT, procedure("跳号。", "A/2", "2026-06-01", "A/0 A/2"))
    desk.commit("wang-bo", "2026-05-01")
    desk.approve("li-yan", "2026-05-10")
    desk.commit("li-yan", "2026-05-10")
    assert "version-jumped" in desk.rules()
    desk.write(DOCUMENT, procedure("跳号。", "A/3", "2026-06-01", "A/0 A/1 A/2 A/3"))
    desk.commit("wang-bo", "2026-05-11")
    desk.approve("li-yan", "2026-05-12")
    desk.commit("li-yan", "2026-05-12")
    assert desk.rules() == set()


def test_an_author_nobody_knows(desk: Office) -> None:
    revised(desk, by="root@localhost")
    desk.approve("li-yan", "2026-05-10")
    desk.commit("li-yan", "2026-05-10")
    assert desk.rules() == {"revision-author-unknown"}
    desk.write(
        "registers/people.yaml", PEOPLE.replace("[wang-bo@jia.example]", "[wang-bo@jia.example, root@localhost]")
    )
    assert desk.rules() == set()


def test_a_file_that_git_rewrites_on_its_way_out(desk: Office) -> None:
    honest(desk)
    text = (desk.root / DOCUMENT).read_text("utf-8")
    desk.write(DOCUMENT, text.replace("# 文件控制程序", "# 文件控制程序\n\n$Id$"))
    desk.commit("wang-bo", "2026-06-02")
    assert "content-not-as-committed" not in desk.rules()
    desk.write(".gitattributes", "system/** ident\n")
    desk.commit("chen-qi", "2026-06-03")
    (desk.root / DOCUMENT).unlink()
    desk.git("checkout", "--", DOCUMENT)
    assert "content-not-as-committed" in desk.rules()


def test_a_baseline_stays_where_it_is(desk: Office) -> None:
    commits = desk.git("rev-list", "HEAD").split()
    org = (desk.root / "system/org.yaml").read_text("utf-8")

    def told() -> set[str]:
        return {p.rule for p in desk.judged().problems if p.rule.startswith("baseline")}

    desk.write("system/org.yaml", f"{org}baseline: {{on: 2026-01-10, commit: {commits[-1]}}}\n")
    desk.commit("chen-qi", "2026-03-01")
    assert told() == set()
    desk.write("system/org.yaml", f"{org}baseline: {{on: 2026-02-20, commit: {commits[0]}}}\n")
    desk.commit("chen-qi", "2026-03-02")
    assert told() == {"baseline-moved"}
    desk.write("system/org.yaml", f"{org}baseline: {{on: 2026-02-20, commit: {'0' * 40}}}\n")
    assert told() == {"baseline-moved", "baseline-unknown"}


def test_before_the_baseline_git_is_no_witness(desk: Office) -> None:
    """Adoption: everything committed by the clerk, approvals transcribed; from then on git answers."""
    committed_by_another(desk)
    head = desk.git("rev-parse", "HEAD").strip()
    org = (desk.root / "system/org.yaml").read_text("utf-8")
    desk.write("system/org.yaml", f"{org}baseline: {{on: 2026-05-11, commit: {head}}}\n")
    desk.commit("chen-qi", "2026-05-11")
    assert desk.rules() == set()
    edited = procedure("文件由文控编号，随时发放。", "A/1", "2026-06-01", "A/0 A/1")
    desk.write(DOCUMENT, edited)
    desk.commit("wang-bo", "2026-06-10")
    assert desk.rules() == {"approval-of-other-content"}


# ── a proposed change ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_proposed_change_is_judged_by_what_it_is_proposed_for(desk: Office) -> None:
    """On its own branch the address was there before the approval; by the branch it is meant for it was not."""
    revised(desk)
    desk.git("checkout", "-q", "-b", "proposal")
    desk.write("registers/people.yaml", PEOPLE.replace("[li-yan@jia.example]", "[li-yan@jia.example, evil@x.example]"))
    desk.commit("wang-bo", "2026-05-09")
    desk.approve("li-yan", "2026-05-10")
    desk.commit("evil@x.example", "2026-05-10")
    assert desk.rules() == set(), "what a straight line of commits cannot tell, the base does"
    found = run(desk.root, date(2026, 11, 20), base="main").problems
    assert "approval-entered-by-other" in {problem.rule for problem in found}


def test_nobody_registers_the_address_that_approves(desk: Office) -> None:
    """Registered by the very address that then approves: in a straight line of commits, too, it counts for nobody."""
    revised(desk)
    desk.write("registers/people.yaml", PEOPLE.replace("[li-yan@jia.example]", "[li-yan@jia.example, evil@x.example]"))
    desk.commit("evil@x.example", "2026-05-09")
    desk.approve("li-yan", "2026-05-10")
    desk.commit("evil@x.example", "2026-05-10")
    assert desk.rules() == {"approval-entered-by-other"}
