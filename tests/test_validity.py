"""Which version holds on which day, and the manual as it stood: from git's objects, never from the folder (7.5.3)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from clausebook.cli import group
from clausebook.measure.validity import periods, standing, valid_on
from clausebook.pipeline import Report
from clausebook.problems import UserError
from document_control import DOCUMENT, Office, office, procedure

SECOND = "文件由文控统一编号，三日内发放。"


@pytest.fixture
def desk(tmp_path: Path) -> Office:
    """CP-01: A/0 from 1 March; A/1 approved on 10 May and in force from 1 June; A/2 a draft of October."""
    made = office(tmp_path / "org")
    made.write(DOCUMENT, procedure(SECOND, "A/1", "2026-06-01", "A/0 A/1"))
    made.commit("wang-bo", "2026-05-01")
    made.approve("li-yan", "2026-05-10")
    made.commit("li-yan", "2026-05-10")
    made.git("tag", "audit", "HEAD")
    made.write(DOCUMENT, procedure("草稿。", "A/2", "2026-12-01", "A/0 A/1 A/2"))
    made.commit("wang-bo", "2026-10-01")
    return made


def text_on(report: Report, day: str) -> str | None:
    [document] = [entry for entry in report.system.entries if entry.path == DOCUMENT]
    period = valid_on(report.measured.approvals, document, date.fromisoformat(day))
    return period.content.decode("utf-8") if period else None


def test_a_draft_leaves_the_approved_version_valid(desk: Office) -> None:
    report = desk.judged()
    assert text_on(report, "2026-02-28") is None
    assert "三日内" not in (text_on(report, "2026-03-01") or "") and text_on(report, "2026-03-01")
    assert "三日内" not in (text_on(report, "2026-05-31") or ""), "approved, not yet in force"
    for day in ("2026-06-01", "2026-11-20"):
        assert SECOND in (text_on(report, day) or "")
    [shown] = [e for e in standing(report.system, report.measured.approvals).entries if e.path == DOCUMENT]
    assert shown.value["version"] == "A/1" and SECOND in (shown.body or "")


def test_approved_late_holds_from_its_approval(desk: Office) -> None:
    desk.write(DOCUMENT, procedure("迟批。", "A/2", "2026-10-05", "A/0 A/1 A/2"))
    desk.commit("wang-bo", "2026-10-02")
    desk.approve("li-yan", "2026-10-20")
    desk.commit("li-yan", "2026-10-20")
    report = desk.judged()
    assert SECOND in (text_on(report, "2026-10-19") or "")
    assert "迟批" in (text_on(report, "2026-10-20") or "")


def test_what_was_withdrawn_holds_no_more(desk: Office) -> None:
    desk.write(DOCUMENT, procedure(SECOND, "A/1", "2026-06-01", "A/0 A/1"))
    desk.commit("wang-bo", "2026-10-02")
    desk.approve("li-yan", "2026-10-20", "--reason", "并入 CP-02", meaning="withdraw")
    desk.commit("li-yan", "2026-10-20")
    report = desk.judged()
    assert text_on(report, "2026-10-19") and text_on(report, "2026-10-20") is None


def test_a_removed_document_is_there_on_the_days_it_held(desk: Office) -> None:
    desk.write(DOCUMENT, procedure(SECOND, "A/1", "2026-06-01", "A/0 A/1"))
    desk.commit("wang-bo", "2026-10-02")
    (desk.root / DOCUMENT).unlink()
    desk.commit("wang-bo", "2026-11-01")
    for day, there in (("2026-10-31", True), ("2026-11-01", False)):
        report = desk.judged(day)
        shown = standing(report.system, report.measured.approvals)
        assert any(entry.path == DOCUMENT for entry in shown.entries) is there


def test_versions_follow_each_other_without_gap(desk: Office) -> None:
    report = desk.judged()
    [document] = [entry for entry in report.system.entries if entry.path == DOCUMENT]
    held = periods(report.measured.approvals, document)
    assert [(p.version, p.since.isoformat(), p.until and p.until.isoformat()) for p in held] == [
        ("A/0", "2026-03-01", "2026-06-01"), ("A/1", "2026-06-01", None),
    ]  # fmt: skip


Build = Callable[..., str]


@pytest.fixture
def built(desk: Office) -> Build:
    def build(*options: str) -> str:
        done = CliRunner().invoke(group, ["build", "--root", str(desk.root), "--pages-only", "--draft", *options])
        assert done.exit_code == 0, done.output
        return (desk.root / "build/pages/documents/CP-01.md").read_text("utf-8")

    return build


def test_the_manual_shows_what_is_valid_and_marks_what_is_not(desk: Office, built: Build) -> None:
    page = built("--as-of", "2026-11-20")
    assert SECOND in page and "草稿。" not in page
    assert "A/2 修订中" in page
    pages = desk.root / "build/pages/documents"
    obsolete = (pages / "CP-01-A-0.md").read_text("utf-8")
    assert "文件由文控统一编号。" in obsolete and "已作废" in obsolete
    assert "2026&#45;03&#45;01" in (pages / "CP-01-revisions.md").read_text("utf-8")


@pytest.mark.parametrize("when, version", [("2026-05-20", "A/0"), ("2026-07-01", "A/1"), ("audit", "A/0")])
def test_the_manual_as_it_stood(desk: Office, built: Build, when: str, version: str) -> None:
    (desk.root / DOCUMENT).write_text("nothing of this is read\n", "utf-8")
    page = built("--as-of", when)
    assert ("三日内发放" in page) is (version == "A/1")
    assert "历史状态" in page
    assert "nothing of this" not in page


def test_a_name_that_is_no_commit_is_a_misuse(desk: Office) -> None:
    done = CliRunner().invoke(group, ["build", "--root", str(desk.root), "--as-of", "--output=x"])
    assert done.exit_code != 0 and not (desk.root / "x").exists()


def test_history_as_the_contract_has_it(desk: Office) -> None:
    done = CliRunner().invoke(group, ["history", "CP-01", "--root", str(desk.root), "--format", "json"])
    told = json.loads(done.stdout)
    assert told["document"] == "CP-01" and told["path"] == DOCUMENT
    assert [(r["version"], r["date"], r["author"]) for r in told["revisions"]] == [
        ("A/2", "2026-10-01T12:00:00+08:00", "wang-bo"), ("A/1", "2026-05-01T12:00:00+08:00", "wang-bo"),
        ("A/0", "2026-02-10T12:00:00+08:00", "wang-bo"),
    ]  # fmt: skip
    assert [(a["version"], a["meaning"], a["person"], a["on"], a["level"], a["valid"]) for a in told["approvals"]] == [
        ("A/0", "approve", "li-yan", "2026-02-20", "A0", True), ("A/1", "approve", "li-yan", "2026-05-10", "A0", True),
    ]  # fmt: skip
    for name in (DOCUMENT, "registers/people.yaml"):
        assert CliRunner().invoke(group, ["history", name, "--root", str(desk.root)]).exit_code == 0
    refused = CliRunner().invoke(group, ["history", "nothing.md", "--root", str(desk.root)])
    assert isinstance(refused.exception, UserError) and refused.exception.key == "history-unknown"
