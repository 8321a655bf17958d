"""More ways to make git tell what did not happen, and honest ways that look alike: each with its exact verdict."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from document_control import DOCUMENT, ORG, PEOPLE, ROLES, Office, office, procedure

RECORD = "records/approvals/CP-01/A-1-approve-{}.yaml"
LI_YAN = RECORD.format("li-yan")
Way = Callable[[Office], None]


@pytest.fixture
def desk(tmp_path: Path) -> Office:
    return office(tmp_path / "org")


def approved(desk: Office, by: str = "li-yan", on: str = "2026-05-10", committer: str | None = None) -> None:
    desk.approve(by, on)
    desk.commit(by, on, committer=committer)


def branch(desk: Office, name: str, start: str = "HEAD") -> None:
    desk.git("checkout", "-q", "-b", name, start)


def back(desk: Office) -> None:
    desk.git("checkout", "-q", "main")


def second(text: str) -> str:
    return procedure(text, "A/1", "2026-06-01", "A/0 A/1")


def people(old: str, new: str) -> str:
    assert old in PEOPLE
    return PEOPLE.replace(old, new)


# ── honest ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def squashed_by_the_forge(desk: Office) -> None:
    """A pull request with the approval alone: one commit of the approver's, committed by the forge."""
    desk.revise()
    approved(desk, committer="noreply@github.com")


def squashed_and_said_to_be_merged(desk: Office) -> None:
    """The same as level A1: the forge is the committer, so it was not pushed."""
    desk.revise()
    desk.approve("li-yan", "2026-05-10")
    desk.replace(LI_YAN, "level: A0", "level: A1")
    desk.commit("li-yan", "2026-05-10", committer="noreply@github.com")


def rebased_by_the_forge(desk: Office) -> None:
    desk.write(DOCUMENT, second("变基合并。"))
    desk.commit("wang-bo", "2026-05-01", committer="noreply@github.com")
    approved(desk, committer="noreply@github.com")


def transcribed_with_its_text(desk: Office) -> None:
    """The clerk enters a text that came on paper, and its transcribed approval, in one commit."""
    desk.write(DOCUMENT, second("纸质文件录入。"))
    desk.approve("li-yan", "2026-05-20", "--on", "2026-05-03", "--original", "OA-7", "--entered-by", "chen-qi")
    desk.commit("chen-qi", "2026-05-20")


def two_reviewers(desk: Office) -> None:
    desk.revise()
    for person in ("zhao-min", "chen-qi"):
        desk.approve(person, "2026-05-05", meaning="review")
        desk.commit(person, "2026-05-05")
    approved(desk)


def two_versions_in_one_merge(desk: Office) -> None:
    branch(desk, "work")
    desk.revise()
    approved(desk)
    desk.write(DOCUMENT, procedure("再改。", "A/2", "2026-09-01", "A/0 A/1 A/2"))
    desk.commit("wang-bo", "2026-07-01")
    approved(desk, on="2026-07-02")
    back(desk)
    desk.merge("work", "chen-qi", "2026-07-03")


def octopus(desk: Office) -> None:
    for name, path in (("one", "records/x.txt"), ("two", "system/y.txt")):
        branch(desk, name, "main")
        desk.write(path, name)
        desk.commit("chen-qi", "2026-04-30")
    branch(desk, "approve", "main")
    desk.revise()
    approved(desk)
    back(desk)
    desk.git("merge", "-q", "--no-ff", "-m", "三支", "one", "two", "approve", env=desk.dated("chen-qi", "2026-05-11"))


def renamed_after_approval(desk: Office) -> None:
    """Another folder for the same document: the approval pins bytes, and its path was the document's then."""
    desk.revise()
    approved(desk)
    desk.git("mv", DOCUMENT, "system/procedures/CP-01-old.md")
    desk.commit("chen-qi", "2026-06-10")
    desk.git("mv", "system/procedures/CP-01-old.md", DOCUMENT)
    desk.commit("chen-qi", "2026-06-11")


def reverted_author_approves(desk: Office) -> None:
    """What zhao-min had tried is not in the content any more."""
    desk.revise()
    kept = (desk.root / DOCUMENT).read_text("utf-8")
    desk.write(DOCUMENT, second("试改。"))
    desk.commit("zhao-min", "2026-05-03")
    desk.write(DOCUMENT, kept)
    desk.commit("wang-bo", "2026-05-04")
    approved(desk, "zhao-min")


def discarded_side(desk: Office) -> None:
    """Two drafts of A/1; the merge takes the one that is dated earlier."""
    branch(desk, "other")
    desk.write(DOCUMENT, second("另一稿。"))
    desk.commit("zhao-min", "2026-05-03")
    back(desk)
    desk.revise()
    desk.git("merge", "-q", "-s", "ours", "-m", "取主稿", "other", env=desk.dated("wang-bo", "2026-05-04"))
    approved(desk, "zhao-min")


def empty_commits(desk: Office) -> None:
    desk.revise()
    desk.commit("zhao-min", "2026-05-02", "空")
    approved(desk, "zhao-min")
    desk.commit("wang-bo", "2026-05-11", "空")


def by_a_deputy(desk: Office) -> None:
    desk.replace("system/roles.yaml", "{person: li-yan, from_on", "{person: li-yan, deputy: chen-qi, from_on")
    desk.commit("li-yan", "2026-03-10")
    desk.revise()
    approved(desk, "chen-qi")


def after_a_clock_that_ran_ahead(desk: Office) -> None:
    desk.revise()
    desk.write("note.txt", "x")
    desk.commit("chen-qi", "2036-01-01")
    approved(desk)


def record_with_another_comment(desk: Office) -> None:
    """The line for editors changes; what the record says does not."""
    desk.revise()
    approved(desk)
    desk.replace(LI_YAN, "# yaml-language-server: $schema=../../../schema/", "# yaml-language-server: $schema=/schema/")
    desk.commit("chen-qi", "2026-06-10")


def withdrawn_and_approved_again(desk: Office) -> None:
    desk.revise()
    approved(desk)
    desk.approve("li-yan", "2026-05-12", "--reason", "误批", meaning="withdraw")
    desk.commit("li-yan", "2026-05-12")
    approved(desk, "zhao-min", "2026-05-14")


def replaced_by_git_itself(desk: Office) -> None:
    """Tags, notes and replacements of others leave an honest approval what it is."""
    desk.revise()
    approved(desk)
    desk.git("tag", "-a", "-m", "不批准", "rejected", env=desk.dated("wang-bo", "2026-05-11"))
    desk.git("notes", "add", "-m", "作废", "HEAD", env=desk.dated("wang-bo", "2026-05-11"))
    desk.git("replace", "HEAD", "HEAD~1")


def a_link_once_stood_there(desk: Office) -> None:
    """A submodule at the document's path, put in by mistake and taken out again."""
    desk.revise()
    content = (desk.root / DOCUMENT).read_text("utf-8")
    desk.git("rm", "-q", "--cached", DOCUMENT)
    desk.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},{DOCUMENT}")
    desk.git("commit", "-q", "-m", "误", env=desk.dated("wang-bo", "2026-05-02"))
    desk.git("rm", "-q", "--cached", DOCUMENT)
    desk.write(DOCUMENT, content)
    desk.commit("wang-bo", "2026-05-03")
    approved(desk)


HONEST: list[Way] = [
    squashed_by_the_forge, squashed_and_said_to_be_merged, rebased_by_the_forge, transcribed_with_its_text,
    two_reviewers, two_versions_in_one_merge, octopus, renamed_after_approval, reverted_author_approves, discarded_side,
    empty_commits, by_a_deputy, after_a_clock_that_ran_ahead, record_with_another_comment,
    withdrawn_and_approved_again, replaced_by_git_itself, a_link_once_stood_there,
]  # fmt: skip


@pytest.mark.parametrize("way", HONEST, ids=lambda way: way.__name__)
def test_an_honest_way_holds(desk: Office, way: Way) -> None:
    way(desk)
    assert desk.rules() == set()
    assert desk.valid()


# ── forgeries ──────────────────────────────────────────────────────────────────────────────────────────────────────


def in_the_folder_of_another(desk: Office) -> None:
    desk.revise()
    record = desk.approve("li-yan", "2026-05-10")
    desk.write("records/approvals/CP-02/A-1-approve-li-yan.yaml", record.read_text("utf-8"))
    record.unlink()
    desk.commit("li-yan", "2026-05-10")


def with_the_path_of_another(desk: Office) -> None:
    desk.revise()
    desk.approve("li-yan", "2026-05-10")
    desk.replace(LI_YAN, f"path: {DOCUMENT}", "path: system/procedures/CP-02.md")
    desk.commit("li-yan", "2026-05-10")


def share_an_address(desk: Office, *persons: str) -> None:
    for person in persons:
        desk.replace("registers/people.yaml", f"[{person}@jia.example]", f"[{person}@jia.example, office@jia.example]")
    desk.commit("chen-qi", "2026-03-10")


def under_a_shared_address(desk: Office) -> None:
    text = people("[li-yan@jia.example]", "[li-yan@jia.example, office@jia.example]")
    desk.write(
        "registers/people.yaml", text.replace("[chen-qi@jia.example]", "[chen-qi@jia.example, office@jia.example]")
    )
    desk.commit("chen-qi", "2026-03-10")
    desk.revise()
    desk.approve("li-yan", "2026-05-10")
    desk.commit("office@jia.example", "2026-05-10")


def written_under_a_shared_address(desk: Office) -> None:
    text = people("[zhao-min@jia.example]", "[zhao-min@jia.example, office@jia.example]")
    desk.write(
        "registers/people.yaml", text.replace("[chen-qi@jia.example]", "[chen-qi@jia.example, office@jia.example]")
    )
    desk.commit("chen-qi", "2026-03-10")
    desk.revise(by="office@jia.example")
    approved(desk, "zhao-min")


def written_under_an_address_registered_later(desk: Office) -> None:
    """Unknown when the approval came in, the approver's own afterwards."""
    desk.revise(by="zm@home.example")
    approved(desk, "zhao-min")
    desk.write("registers/people.yaml", people("[zhao-min@jia.example]", "[zhao-min@jia.example, zm@home.example]"))
    desk.commit("chen-qi", "2026-05-20")


def written_under_an_address_dropped_later(desk: Office) -> None:
    desk.write("registers/people.yaml", people("[zhao-min@jia.example]", "[zhao-min@jia.example, zm@home.example]"))
    desk.commit("chen-qi", "2026-03-10")
    desk.revise(by="zm@home.example")
    approved(desk, "zhao-min")
    desk.write("registers/people.yaml", people("[chen-qi@jia.example]", "[chen-qi@jia.example, zm@home.example]"))
    desk.commit("chen-qi", "2026-05-20")


def with_a_space_behind_the_name(desk: Office) -> None:
    desk.revise()
    desk.approve("li-yan", "2026-05-10")
    desk.replace(LI_YAN, "person: li-yan", "person: 'li-yan '")
    desk.commit("wang-bo", "2026-05-10")


def with_a_letter_that_looks_alike(desk: Office) -> None:
    desk.revise()
    desk.approve("li-yan", "2026-05-10")
    desk.replace(LI_YAN, "person: li-yan", "person: l\u0456-yan")
    desk.commit("wang-bo", "2026-05-10")


def author_under_another_id(desk: Office) -> None:
    """One human being, registered twice, with a role under the second id."""
    entry = "- id: w-b\n  name: wang-bo\n  since_on: 2025-01-01\n  emails: [w-b@jia.example]\n"
    desk.write("registers/people.yaml", PEOPLE + entry)
    desk.write("system/roles.yaml", ROLES.replace("person: zhao-min", "person: w-b"))
    desk.commit("chen-qi", "2026-03-10")
    desk.revise()
    desk.approve("w-b", "2026-05-10")
    desk.commit("w-b@jia.example", "2026-05-10")


def for_another_version(desk: Office) -> None:
    desk.revise()
    desk.approve("li-yan", "2026-05-10")
    desk.replace(LI_YAN, "version: A/1", "version: A/2")
    desk.commit("li-yan", "2026-05-10")


def for_the_next_version_of_an_edit(desk: Office) -> None:
    """The file is edited without a new version, and the record says A/1."""
    desk.write(DOCUMENT, procedure("悄悄改。"))
    desk.commit("wang-bo", "2026-05-01")
    record = desk.approve("zhao-min", "2026-05-10")
    desk.write(RECORD.format("zhao-min"), record.read_text("utf-8").replace("version: A/0", "version: A/1"))
    record.unlink()
    desk.commit("zhao-min", "2026-05-10")


def written_in_an_octopus(desk: Office) -> None:
    for name in ("one", "two"):
        branch(desk, name, "main")
        desk.write(f"{name}.txt", name)
        desk.commit("wang-bo", "2026-04-30")
    back(desk)
    desk.revise()
    desk.git("merge", "-q", "--no-ff", "--no-commit", "one", "two")
    desk.write(DOCUMENT, second("三支合并时写的。"))
    desk.commit("zhao-min", "2026-05-05")
    approved(desk, "zhao-min")


def dated_again_by_a_rebase(desk: Office) -> None:
    """Approved on 10 May on a branch, rebased onto the main branch in July: git's own day is July's."""
    desk.revise()
    desk.approve("li-yan", "2026-05-10")
    desk.commit("li-yan", "2026-05-10")
    desk.git("commit", "-q", "--amend", "--no-edit", env=desk.dated("li-yan", "2026-07-10"))


def committed_backwards(desk: Office) -> None:
    """Approved in July; the commit says 20 May and yet builds on one of July."""
    desk.revise()
    desk.write("note.txt", "x")
    desk.commit("chen-qi", "2026-07-01")
    approved(desk, on="2026-05-20")


def before_its_content_landed(desk: Office) -> None:
    """The digest was passed on by mail; the approval is merged first, the text on the same day after it."""
    branch(desk, "text")
    desk.write(DOCUMENT, second("晚到的正文。"))
    desk.commit("wang-bo", "2026-05-10")
    text = (desk.root / DOCUMENT).read_text("utf-8")
    back(desk)
    desk.write(DOCUMENT, text)
    desk.approve("li-yan", "2026-05-10")
    desk.git("checkout", "-q", "--", DOCUMENT)
    desk.commit("li-yan", "2026-05-10")
    desk.merge("text", "wang-bo", "2026-05-10")


def replaced_commit(desk: Office) -> None:
    """A replacement shows the approval as committed by li-yan; the object that is cloned is wang-bo's."""
    desk.revise()
    desk.approve("li-yan", "2026-05-10")
    desk.commit("wang-bo", "2026-05-10")
    tree, parent = desk.git("rev-parse", "HEAD^{tree}", "HEAD~1").split()
    other = desk.git("commit-tree", tree, "-p", parent, "-m", "批准", env=desk.dated("li-yan", "2026-05-10")).strip()
    desk.git("replace", "HEAD", other)


def co_author_of_an_earlier_draft(desk: Office) -> None:
    desk.write(DOCUMENT, second("初稿。"))
    desk.commit("wang-bo", "2026-05-01", "A/1\n\nCo-authored-by: Z <zhao-min@jia.example>")
    desk.write(DOCUMENT, second("定稿。"))
    desk.commit("wang-bo", "2026-05-02")
    approved(desk, "zhao-min")


def earlier_draft_hidden_by_a_false_approval(desk: Office) -> None:
    """An approval that does not hold is put under zhao-min's draft, so that the draft counts as approved."""
    desk.write(DOCUMENT, second("初稿。"))
    desk.commit("zhao-min", "2026-05-01")
    desk.approve("li-yan", "2026-05-01")
    desk.commit("wang-bo", "2026-05-01")
    desk.write(DOCUMENT, second("定稿。"))
    desk.commit("wang-bo", "2026-05-02")
    approved(desk, "zhao-min")


def altered_before_its_merge(desk: Office) -> None:
    desk.revise()
    branch(desk, "approve")
    approved(desk)
    desk.write(LI_YAN, (desk.root / LI_YAN).read_text("utf-8") + "reason: 另有约定\n")
    desk.commit("li-yan", "2026-05-10")
    back(desk)
    desk.merge("approve", "chen-qi", "2026-05-11")


def role_on_a_discarded_side(desk: Office) -> None:
    """The branch gives chen-qi a role and is merged without taking anything, so nobody sees it; it is dated ahead."""
    desk.revise()
    branch(desk, "roles")
    desk.write("system/roles.yaml", ROLES.replace("person: zhao-min", "person: chen-qi"))
    desk.commit("chen-qi", "2026-05-08")
    back(desk)
    desk.write("system/roles.yaml", ROLES + "# 复核\n")
    desk.commit("li-yan", "2026-05-07")
    desk.git("merge", "-q", "-s", "ours", "-m", "无", "roles", env=desk.dated("wang-bo", "2026-05-09"))
    approved(desk, "chen-qi")
    desk.write("system/roles.yaml", ROLES.replace("person: zhao-min", "person: chen-qi"))
    desk.commit("li-yan", "2026-05-20")


def renamed_on_the_other_side(desk: Office) -> None:
    """The branch renames the file, the approver edits it under its old name, and git merges both by itself."""
    renamed_and_edited(desk, renames_main=False)


def renamed_on_this_side(desk: Office) -> None:
    renamed_and_edited(desk, renames_main=True)


def renamed_and_edited(desk: Office, *, renames_main: bool) -> None:
    old = "system/procedures/old.md"
    desk.git("mv", DOCUMENT, old)
    desk.commit("chen-qi", "2026-04-01")
    branch(desk, "side")
    if renames_main:
        back(desk)
    desk.git("mv", old, DOCUMENT)
    desk.commit("wang-bo", "2026-05-01")
    desk.git("checkout", "-q", "side" if renames_main else "main")
    desk.write(old, second("文件由文控统一编号。赵敏补充。"))
    desk.commit("zhao-min", "2026-05-02")
    back(desk)
    desk.merge("side", "chen-qi", "2026-05-03")
    approved(desk, "zhao-min")


def drafted_elsewhere_and_moved_in(desk: Office) -> None:
    """Li Yan kept a draft of the record in a folder of notes; somebody else files it."""
    desk.revise()
    record = desk.approve("li-yan", "2026-05-10")
    desk.write("notes/draft.yaml", record.read_text("utf-8"))
    record.unlink()
    desk.commit("li-yan", "2026-05-10")
    desk.git("mv", "notes/draft.yaml", LI_YAN)
    desk.commit("wang-bo", "2026-05-10")


def in_one_commit_with_the_text(desk: Office) -> None:
    """A squash of text and approval: two people's acts in one commit can be nobody's proof (use level A2, or two)."""
    desk.write(DOCUMENT, second("合在一起。"))
    desk.approve("li-yan", "2026-05-10")
    desk.commit(
        "li-yan", "2026-05-10", "A/1\n\nCo-authored-by: W <wang-bo@jia.example>", committer="noreply@github.com"
    )


def deputy_of_another_time(desk: Office) -> None:
    held = "{person: li-yan, from_on: 2026-01-01}"
    ended = held.replace("from_on", "deputy: chen-qi, to_on: 2026-04-30, from_on")
    desk.replace("system/roles.yaml", held, f"{ended}, {held.replace('01-01', '05-01')}")
    desk.commit("li-yan", "2026-03-10")
    desk.revise()
    approved(desk, "chen-qi")


def withdrawn(desk: Office) -> None:
    desk.revise()
    approved(desk)
    desk.approve("zhao-min", "2026-06-12", "--reason", "停用", meaning="withdraw")
    desk.commit("zhao-min", "2026-06-12")


def level_relaxed_in_the_same_change(desk: Office) -> None:
    desk.write("system/org.yaml", ORG.replace("[T, A0, A1, A2]", "[A2]"))
    desk.commit("chen-qi", "2026-03-10")
    desk.revise()
    desk.write("system/org.yaml", ORG)
    approved(desk)


FORGED: dict[Way, set[str]] = {
    in_the_folder_of_another: {"approval-misfiled"},
    with_the_path_of_another: {"approval-misfiled"},
    under_a_shared_address: {"approval-entered-by-other"},
    written_under_a_shared_address: {"approval-by-author", "revision-author-unknown"},
    written_under_an_address_registered_later: {"approval-by-author"},
    written_under_an_address_dropped_later: {"approval-by-author"},
    with_a_space_behind_the_name: {"approval-entered-by-other", "approval-by-absent-person"},
    with_a_letter_that_looks_alike: {"approval-entered-by-other", "approval-by-absent-person"},
    author_under_another_id: {"approval-by-author"},
    for_another_version: {"approval-missing"},
    for_the_next_version_of_an_edit: {"approval-of-other-content"},
    written_in_an_octopus: {"approval-by-author"},
    dated_again_by_a_rebase: {"approval-dated-otherwise"},
    committed_backwards: {"approval-dated-otherwise"},
    before_its_content_landed: {"approval-before-content"},
    replaced_commit: {"approval-entered-by-other"},
    co_author_of_an_earlier_draft: {"approval-by-author"},
    earlier_draft_hidden_by_a_false_approval: {"approval-by-author"},
    altered_before_its_merge: {"approval-altered"},
    role_on_a_discarded_side: {"approval-on-own-authority"},
    renamed_on_the_other_side: {"approval-by-author"},
    renamed_on_this_side: {"approval-by-author"},
    drafted_elsewhere_and_moved_in: {"approval-entered-by-other"},
    in_one_commit_with_the_text: {"approval-entered-by-other", "approval-by-author"},
    deputy_of_another_time: {"approval-on-own-authority"},
    withdrawn: {"approval-withdrawn"},
    level_relaxed_in_the_same_change: {"approval-level-refused"},
}


@pytest.mark.parametrize("forge", FORGED, ids=lambda way: way.__name__)
def test_a_forgery_is_named(desk: Office, forge: Way) -> None:
    forge(desk)
    assert desk.rules() == FORGED[forge]
    assert not desk.valid()


# ── what is not seen from the document alone ───────────────────────────────────────────────────────────────────────


def problems(desk: Office, rule: str) -> set[str]:
    return {p.place.path for p in desk.judged().problems if p.rule == rule}


def test_a_link_is_no_approval(desk: Office) -> None:
    desk.revise()
    record = desk.approve("li-yan", "2026-05-10")
    desk.write("notes/record.yaml", record.read_text("utf-8"))
    record.unlink()
    record.symlink_to("../../../notes/record.yaml")
    desk.commit("li-yan", "2026-05-10")
    assert problems(desk, "symbolic-link") == {LI_YAN} and not desk.valid()


def test_a_record_that_a_merge_dropped(desk: Office) -> None:
    desk.revise()
    branch(desk, "approve")
    approved(desk)
    back(desk)
    desk.git("merge", "-q", "-s", "ours", "-m", "丢", "approve", env=desk.dated("wang-bo", "2026-05-11"))
    assert problems(desk, "approval-removed") == {LI_YAN} and not desk.valid()


def test_another_number_is_another_document(desk: Office) -> None:
    desk.revise()
    approved(desk)
    desk.git("mv", DOCUMENT, "system/procedures/CP-09.md")
    desk.replace("system/procedures/CP-09.md", "number: CP-01", "number: CP-09")
    desk.commit("wang-bo", "2026-06-10")
    assert "system/procedures/CP-09.md" in problems(desk, "approval-missing")


def test_approvals_of_a_document_that_is_gone(desk: Office) -> None:
    desk.revise()
    approved(desk)
    (desk.root / DOCUMENT).unlink()
    desk.commit("wang-bo", "2026-06-10")
    assert desk.rules() == set()
    assert not problems(desk, "approval-removed")


def test_a_reviewer_who_wrote_or_approved_it_is_asked_about(desk: Office) -> None:
    desk.revise()
    approved(desk)
    for person in ("wang-bo", "li-yan"):
        desk.approve(person, "2026-05-05", meaning="review")
    found = [p for p in desk.judged().problems if p.rule == "reviewer-not-independent"]
    assert {p.facts["person"] for p in found} == {"wang-bo", "li-yan"}
    assert {p.level for p in found} == {"warning"} and desk.valid()
    desk.approve("chen-qi", "2026-05-06", meaning="review")
    assert not problems(desk, "reviewer-not-independent")
