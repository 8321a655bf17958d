"""What is on record stays: closed records rewritten, records removed, entries made late; found in real git (7.5.3)."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from html import unescape
from pathlib import Path

import pytest

from clausebook.check.operation import entry
from clausebook.check.operation.receipt import NUMBER_GAP
from clausebook.check.readiness import conditions
from clausebook.check.support import records
from clausebook.load.workspace import load
from clausebook.measure.cases import complaints_of
from clausebook.measure.warehouse import warehouse
from clausebook.narrowing import narrowed
from clausebook.pipeline import run_past
from clausebook.problems import Basis, Place, problem
from clausebook.publish import times
from clausebook.publish.book import Book
from document_control import Office, office

CASE = "records/complaints/2026/CC-2026-0001.yaml"
OPEN = """id: CC-2026-0001
title: 壶盖漏水
received_at: 2026-05-06T09:00:00+08:00
recorded_at: 2026-05-06T09:10:00+08:00
product: kettle-k15
types: [product, service]
description: 壶盖合不拢。
assessment: {severity: S3, nature: 2}
"""
CLOSED = OPEN + "closure: {at: '2026-05-20T10:00:00+08:00', by: wang-bo}\n"
NC = "records/nonconformities/NC-2026-001.yaml"
NC_CLOSED = "id: NC-2026-001\ntitle: 回访迟\nopened_on: 2026-05-06\nclosed_on: 2026-06-01\nowner: wang-bo\n"


def correction(field: str, old: str, new: str) -> str:
    return f"- {{at: '2026-07-01T09:00:00+08:00', by: wang-bo, field: {field}, old: {old}, new: {new}, why: 看错}}\n"


@pytest.fixture
def desk(tmp_path: Path) -> Office:
    """A complaint and a nonconformity, both entered on their day and closed later."""
    made = office(tmp_path / "org")
    made.write(CASE, OPEN)
    made.write(NC, NC_CLOSED.replace("closed_on: 2026-06-01\n", ""))
    made.commit("chen-qi", "2026-05-06", "收诉")
    made.write(CASE, CLOSED)
    made.write(NC, NC_CLOSED)
    made.commit("chen-qi", "2026-06-01", "关闭")
    return made


def found(desk: Office, as_of: str = "2026-11-20") -> list[tuple[str, str]]:
    """Rule and path of what the records' own rules say."""
    own = {rule.id for module in (records, entry) for rule in module.RULES}
    return [(p.rule, p.place.path) for p in desk.judged(as_of).problems if p.rule in own]


def fields(desk: Office) -> list[str]:
    return [str(p.facts["field"]) for p in desk.judged().problems if p.rule == "closed-record-changed"]


def change(desk: Office, text: str, path: str = CASE) -> str:
    desk.write(path, text)
    return desk.commit("wang-bo", "2026-07-01")


# ── closed records ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("more", [
    "follow_up: {at: '2026-06-02T10:00:00+08:00', process_score: 4, outcome_score: 4}\n",
    "legal_hold: {by: li-yan, reason: 诉讼}\n",
    "reopenings:\n- {at: '2026-07-01T09:00:00+08:00', by: wang-bo, reason: 又漏}\n",
    "lapses:\n- {what: follow-up, nonconformity: NC-2026-001}\n",
    "links: {nonconformities: [NC-2026-001]}\n",
    "redress: {amount: '60.00', currency: CNY, paid_on: 2026-06-03}\n",
    "corrections:\n" + correction("title", "壶盖漏水", "壶盖漏水"),
])  # fmt: skip
def test_a_closed_record_may_be_added_to(desk: Office, more: str) -> None:
    change(desk, CLOSED + more)
    assert found(desk) == []


@pytest.mark.parametrize("old, new, field", [
    ("product: kettle-k15", "product: kettle-k12", "product"),
    ("types: [product, service]", "types: [product]", "types"),
    ("severity: S3", "severity: S4", "assessment.severity"),
    (", nature: 2", "", "assessment.nature"),
    ("description: 壶盖合不拢。\n", "", "description"),
    ("description:", "cause: {group: lid}\ndescription:", "cause"),
    ("closure: {at: '2026-05-20T10:00:00+08:00'", "closure: {at: '2026-05-10T10:00:00+08:00'", "closure.at"),
])  # fmt: skip
def test_a_closed_record_is_not_rewritten(desk: Office, old: str, new: str, field: str) -> None:
    assert old in CLOSED
    commit = change(desk, CLOSED.replace(old, new))
    [problem] = [p for p in desk.judged().problems if p.rule == "closed-record-changed"]
    assert (problem.place.path, problem.facts["field"], problem.facts["commit"]) == (CASE, field, commit[:12])


def test_the_last_word_on_a_change_is_a_correction(desk: Office) -> None:
    """Old and new value must be those that git knows; two changes take two corrections, or one over both."""
    changed = CLOSED.replace("kettle-k15", "kettle-k12")
    rewritten = change(desk, changed)
    for row, left in (
        (correction("product", "kettle-k15", "kettle-k12"), []),
        (correction("product", "kettle-k14", "kettle-k12"), ["product"]),
        (correction("product", "kettle-k15", "kettle-k13"), ["product"]),
        (correction("title", "kettle-k15", "kettle-k12"), ["product"]),
        (correction("product", "kettle-k15", "k") + correction("product", "k", "kettle-k12"), []),
    ):
        change(desk, changed + "corrections:\n" + row)
        assert fields(desk) == left, row
        desk.git("reset", "-q", "--hard", rewritten)


def test_a_group_is_corrected_in_words_that_quote_it(desk: Office) -> None:
    changed = CLOSED.replace("severity: S3", "severity: S4")
    empty = changed + "corrections:\n" + correction("assessment", "略", "略")
    change(desk, empty)
    assert fields(desk) == ["assessment.severity"]
    change(desk, empty + correction("assessment", "严重度 S3", "严重度 S4"))
    assert fields(desk) == []


def test_what_is_private_need_not_be_quoted(desk: Office) -> None:
    """A correction that had to repeat a name would keep what it takes away."""
    row = "- {at: '2026-07-01T09:00:00+08:00', by: wang-bo, field: description, why: 去掉姓名}\n"
    change(desk, CLOSED.replace("壶盖合不拢。", "某人的壶盖合不拢。") + "corrections:\n" + row)
    assert fields(desk) == []


def test_put_back_word_for_word_is_what_it_was(desk: Office) -> None:
    change(desk, CLOSED.replace("kettle-k15", "kettle-k12"))
    change(desk, CLOSED)
    assert found(desk) == []


def test_an_earlier_day_tells_what_had_been_rewritten_by_then(desk: Office) -> None:
    commit = change(desk, CLOSED.replace("kettle-k15", "kettle-k12"))
    change(desk, CLOSED)
    past = run_past(desk.root, date(2026, 7, 1), commit)
    assert [p.facts["field"] for p in past.problems if p.rule == "closed-record-changed"] == ["product"]


def test_a_change_before_closing_or_not_yet_committed(desk: Office) -> None:
    """The first is work, and what is not committed is not on record yet."""
    assert found(desk) == []
    desk.write(CASE, CLOSED.replace("kettle-k15", "kettle-k12"))
    assert found(desk) == []


def test_other_ways_of_writing_the_same_are_no_change(desk: Office) -> None:
    change(desk, "# 已归档\n" + CLOSED.replace("[product, service]", "\n- product\n- 'service'"))
    assert found(desk) == []


def test_what_was_added_after_closing_stays_as_well(desk: Office) -> None:
    scored = CLOSED + "follow_up: {process_score: 2, outcome_score: 2}\n"
    change(desk, scored)
    change(desk, scored.replace("outcome_score: 2", "outcome_score: 5"))
    assert fields(desk) == ["follow_up.outcome_score"]


def test_what_was_decided_may_be_carried_out_later(desk: Office) -> None:
    """Paid after closing: added. Another amount: changed."""
    agreed = CLOSED + "redress: {amount: '60.00', currency: CNY}\n"
    change(desk, agreed)
    paid = agreed.replace("CNY}", "CNY, paid_on: 2026-06-03}")
    change(desk, paid)
    assert found(desk) == []
    change(desk, paid.replace("60.00", "600.00"))
    assert fields(desk) == ["redress.amount"]


def test_an_open_round_is_written_and_a_closed_one_stays(desk: Office) -> None:
    again = CLOSED + "reopenings:\n- at: '2026-07-01T09:00:00+08:00'\n  by: wang-bo\n  reason: 又漏\n"
    change(desk, again)
    closed = again.replace("又漏", "壶盖又漏") + "  closure: {at: '2026-07-09T09:00:00+08:00', by: wang-bo}\n"
    change(desk, closed)
    assert found(desk) == []
    change(desk, closed.replace("壶盖又漏", "记错"))
    assert fields(desk) == ["reopenings.reason"]


def test_kinds_of_their_own_closing_date(desk: Office) -> None:
    change(desk, NC_CLOSED.replace("owner: wang-bo", "owner: li-yan"), NC)
    assert found(desk) == [("closed-record-changed", NC)]
    row = "amendments:\n- {on: 2026-07-02, by: chen-qi, field: owner, was: wang-bo, now: li-yan, reason: 笔误}\n"
    change(desk, NC_CLOSED.replace("owner: wang-bo", "owner: li-yan") + row, NC)
    assert found(desk) == []
    change(desk, NC_CLOSED.replace("closed_on: 2026-06-01\n", ""), NC)
    assert fields(desk) == ["closed_on", "amendments"]


# ── removed records ────────────────────────────────────────────────────────────────────────────────────────────────


def removed(desk: Office) -> None:
    desk.git("rm", "-q", CASE)
    desk.commit("wang-bo", "2026-07-01", "删掉")


def renumbered(desk: Office) -> None:
    """git calls it a rename; the number is gone all the same."""
    desk.git("mv", CASE, CASE.replace("0001", "0002"))
    desk.commit("wang-bo", "2026-07-01")


def lost_in_a_merge(desk: Office) -> None:
    """Entered on a branch, dropped by the merge that kept only its own side."""
    desk.git("checkout", "-q", "-b", "other", "HEAD~1")
    desk.git("rm", "-q", "--cached", CASE)
    desk.write(CASE.replace("0001", "0003"), OPEN.replace("0001", "0003"))
    desk.commit("wang-bo", "2026-06-02")
    desk.git("checkout", "-qf", "main")
    desk.git("merge", "-q", "-s", "ours", "-m", "合并", "other")


@pytest.mark.parametrize("way, path", [
    (removed, CASE), (renumbered, CASE), (lost_in_a_merge, CASE.replace("0001", "0003")),
])  # fmt: skip
def test_a_record_does_not_just_go(desk: Office, way: Callable[[Office], None], path: str) -> None:
    way(desk)
    assert ("record-removed", path) in found(desk)


def test_it_may_move_and_come_back(desk: Office) -> None:
    moved = CASE.replace("/2026/", "/archive/")
    (desk.root / moved).parent.mkdir()
    desk.git("mv", CASE, moved)
    desk.commit("wang-bo", "2026-07-01")
    assert found(desk) == []
    desk.git("rm", "-q", moved)
    desk.commit("wang-bo", "2026-07-02")
    assert [rule for rule, _ in found(desk)] == ["record-removed"]
    change(desk, CLOSED)
    assert found(desk) == []


DISPOSAL, VOID = "records/disposals/DP-2026-01.yaml", "records/voids/CC-2026-0002.yaml"


def test_a_disposal_answers_for_it(desk: Office) -> None:
    removed(desk)
    change(desk, "id: DP-2026-01\nrecord_ids: [CC-2026-0009]\n", DISPOSAL)
    assert [rule for rule, _ in found(desk)] == ["record-removed"]
    change(desk, "id: DP-2026-01\nrecord_ids: [CC-2026-0001]\n", DISPOSAL)
    assert found(desk) == []


def test_a_void_number_answers_for_a_slip_and_not_for_a_closed_case(desk: Office) -> None:
    slip = CASE.replace("0001", "0002")
    change(desk, OPEN.replace("0001", "0002"), slip)
    desk.git("rm", "-q", slip)
    desk.commit("wang-bo", "2026-07-02")
    assert found(desk) == [("record-removed", slip)]
    change(desk, "id: CC-2026-0002\nreason: 误录\n", VOID)
    assert found(desk) == []
    removed(desk)
    change(desk, "id: CC-2026-0001\nreason: 误录\n", VOID.replace("0002", "0001"))
    assert found(desk) == [("record-removed", CASE)]


def test_nothing_before_the_baseline_is_asked(desk: Office) -> None:
    change(desk, CLOSED.replace("kettle-k15", "kettle-k12"))
    desk.git("rm", "-q", NC)
    last = desk.commit("wang-bo", "2026-07-02")
    assert len(found(desk)) == 2
    organisation = (desk.root / "system/org.yaml").read_text("utf-8")
    change(desk, organisation + f"baseline: {{commit: {last}, on: 2026-07-02}}\n", "system/org.yaml")
    assert found(desk) == []
    change(desk, CLOSED)  # what the baseline adopted is what was closed
    assert fields(desk) == ["product"]


# ── times of entry ─────────────────────────────────────────────────────────────────────────────────────────────────

TRAINING = """id: TR-2026-{0:03d}
title: 培训
type: coaching
held_on: 2026-03-{0:02d}
recorded_on: 2026-03-{0:02d}
recorded_by: chen-qi
"""


def trainings(desk: Office, on: str, count: int = 10) -> str:
    """So many trainings, each on a day of March of its own, first committed together."""
    for number in range(1, count + 1):
        desk.write(f"records/trainings/TR-2026-{number:03d}.yaml", TRAINING.format(number))
    return desk.commit("chen-qi", on)


def entries(desk: Office, rule: str) -> list[str]:
    return [p.place.path.rpartition("/")[2] for p in desk.judged().problems if p.rule == rule]


def test_a_record_that_came_in_later_than_it_says(desk: Office) -> None:
    """Friday 6 March: by the following Wednesday three working days are over, on Thursday it is late."""
    for number, on in ((6, "2026-03-11"), (13, "2026-03-19")):
        desk.write(f"records/trainings/TR-2026-{number:03d}.yaml", TRAINING.format(number))
        desk.commit("chen-qi", on)
    assert entries(desk, "entered-late") == ["TR-2026-013.yaml"]
    [late] = [p for p in desk.judged().problems if p.rule == "entered-late"]
    assert late.facts["days"] == 4 and late.problem_class == "lapse"
    row = "id: NC-2026-002\ntitle: 补录\nlapses: [{record: TR-2026-013, what: late-entry}]\n"
    change(desk, row, "records/nonconformities/NC-2026-002.yaml")
    assert entries(desk, "entered-late") == []
    lapses = desk.judged().lapses
    assert [lapse.treated_by for lapse in lapses if lapse.problem.rule == "entered-late"] == ["NC-2026-002"]


def test_many_days_in_one_commit_are_asked_about(desk: Office) -> None:
    trainings(desk, "2026-04-20", 9)
    assert entries(desk, "committed-together") == []
    desk.git("reset", "-q", "--soft", "HEAD~1")
    trainings(desk, "2026-04-20", 10)
    assert entries(desk, "committed-together") == ["TR-2026-001.yaml"]
    moved = "id: CH-2026-001\ntitle: 换系统\npurpose: 换系统\nproposed_on: 2026-03-01\nimplemented_on: 2026-04-20\n"
    change(desk, moved, "records/changes/CH-2026-001.yaml")
    assert entries(desk, "committed-together") == []


def test_what_the_baseline_adopted_came_in_when_it_says(desk: Office) -> None:
    last = trainings(desk, "2026-04-20")
    organisation = (desk.root / "system/org.yaml").read_text("utf-8")
    change(desk, organisation + f"baseline: {{commit: {last}, on: 2026-04-20}}\n", "system/org.yaml")
    assert entries(desk, "committed-together") == entries(desk, "entered-late") == []


@pytest.mark.parametrize("basis, plain", [("own", "error"), ("implied", "warning")])
def test_a_gap_waits_in_a_pull_request_and_not_at_a_release(desk: Office, basis: Basis, plain: str) -> None:
    """Old or young, and in a file that the pull request itself adds: the number before may be in another one."""
    new = CASE.replace("0001", "0003")
    desk.write(new, OPEN)
    report = replace(desk.judged(), problems=(problem(NUMBER_GAP, Place(new), basis=basis),))
    assert [p.level for p in report.problems] == [plain]
    assert [p.level for p in narrowed(report, [], [], "HEAD").problems] == ["warning"]
    assert [p.level for p in narrowed(report, [], [], None, release=True).problems] == ["error"]


def entered(desk: Office, path: str) -> str:
    """The third time on a record's page, without marks."""
    book = Book(desk.judged(), "zh")
    [record] = [entry for entry in book.system.entries if entry.path == path]
    lines = [line for line in times.lines(book, record, book.values(CASE)) if "入库" in line]
    return unescape(re.sub(r"<[^>]*>|^- ", "", lines[0])).strip()


def test_a_page_says_when_its_record_came_in(desk: Office) -> None:
    """By the commit that brought its number in, not by what the record says of itself."""
    first = desk.git("log", "--format=%H", "--diff-filter=A", "--", CASE).strip()
    assert entered(desk, CASE) == f"入库 2026-05-06 提交 {first[:12]}"
    new = CASE.replace("0001", "0002")
    desk.write(new, OPEN.replace("0001", "0002"))
    assert entered(desk, new) == "入库 尚未入库（没有提交）。"
    last = desk.commit("chen-qi", "2026-06-08")
    organisation = (desk.root / "system/org.yaml").read_text("utf-8")
    change(desk, organisation + f"baseline: {{commit: {last}, on: 2026-06-08}}\n", "system/org.yaml")
    assert entered(desk, CASE) == "入库 2026-05-06 随体系文件入库"


def running(desk: Office) -> dict[str, str]:
    report = desk.judged()
    [found] = [c for c in conditions(report.system, report.measured.approvals, ()) if c.key == "running"]
    return dict(found.facts)


def test_three_months_are_counted_by_git_where_it_knows(desk: Office) -> None:
    """Ten trainings dated March that came in on 20 April: April counts, March does not."""
    assert running(desk)["months"] == "2"  # an approval in February, complaint and nonconformity in May
    last = trainings(desk, "2026-04-20")
    assert running(desk)["months"] == "3"
    assert running(desk)["since"] == "2026-02-20"
    organisation = (desk.root / "system/org.yaml").read_text("utf-8")
    change(desk, organisation + f"baseline: {{commit: {last}, on: 2026-04-20}}\n", "system/org.yaml")
    assert running(desk)["since"] == "2026-03-01"


def test_complete_at_first_entry_is_judged_by_the_first_commit(desk: Office) -> None:
    """K24: what was filled in by a later commit was not complete, whatever the record looks like now."""
    whole = OPEN + "channel: phone\nremedy_sought: 换货\ncomplainant: {ref: P-2AB3CD4E, category: individual}\n"
    for number, first in (("0002", whole), ("0003", whole.replace("channel: phone\n", "")), ("0004", whole)):
        path = CASE.replace("0001", number)
        desk.write(path, first.replace("0001", number))
        desk.commit("chen-qi", "2026-05-06")
    change(desk, whole.replace("0001", "0003"), CASE.replace("0001", "0003"))
    change(desk, whole.replace("0001", "0004").replace("换货", "退货"), CASE.replace("0001", "0004"))
    report = desk.judged()
    with warehouse(report.system, complaints_of(report.system)) as books:
        told = books.connection.execute("SELECT id, complete_at_entry FROM whole.facts ORDER BY id").fetchall()
    assert told == [("CC-2026-0001", False), ("CC-2026-0002", True), ("CC-2026-0003", False), ("CC-2026-0004", True)]


def test_rewritten_records_cost_no_process_each(desk: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted by a script that stands before git."""
    log, real = tmp_path / "started", shutil.which("git")
    counter = tmp_path / "bin" / "git"
    counter.parent.mkdir()
    counter.write_text(f'#!/bin/sh\necho x >> "{log}"\nexec "{real}" "$@"\n', "utf-8")
    counter.chmod(0o755)
    for number in range(2, 9):
        path = CASE.replace("0001", f"000{number}")
        desk.write(path, CLOSED.replace("0001", f"000{number}"))
    desk.commit("chen-qi", "2026-06-02")

    def started() -> int:
        log.write_text("", "utf-8")
        with monkeypatch.context() as patched:
            patched.setenv("PATH", str(counter.parent), prepend=os.pathsep)
            load(desk.root, date(2026, 11, 20))
        return len(log.read_text("utf-8").split())

    before = started()
    for number in range(2, 9):
        path = CASE.replace("0001", f"000{number}")
        desk.write(path, (desk.root / path).read_text("utf-8").replace("kettle-k15", "kettle-k12"))
    desk.commit("chen-qi", "2026-07-02")
    assert len(fields(desk)) == 7
    assert started() == before > 0


CURES: dict[str, Callable[[Office], None]] = {
    "closed-record-changed": test_the_last_word_on_a_change_is_a_correction,
    "record-removed": test_a_disposal_answers_for_it,
    "entered-late": test_a_record_that_came_in_later_than_it_says,
    "committed-together": test_many_days_in_one_commit_are_asked_about,
}
"""Rule → the test that shows it cured, or treated, by something done afterwards and no date moved (test_cures)."""
