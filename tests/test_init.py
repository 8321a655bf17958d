"""`init`, `new`, `approve` and `form`: nothing green that nobody wrote, and nothing lost or half-written."""

from __future__ import annotations

import json
import random
import re
import threading
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner

from clausebook.cli import group
from clausebook.load.workspace import load
from clausebook.pipeline import run
from clausebook.work.scaffold import scaffold
from clausebook.work.writer import create_text, write_text

AS_OF = date(2026, 11, 20)


@pytest.fixture(params=["lean", "full"])
def untouched(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    scaffold(tmp_path / "org", "甲公司", request.param, example=False)
    return tmp_path / "org"


def test_an_untouched_template_is_no_evidence(untouched: Path) -> None:
    report = run(untouched, AS_OF)
    assert {row.status for row in report.coverage.values()} == {"failing"}
    assert len(report.coverage) == 187
    assert {p.rule for p in report.problems if p.level == "error"} <= {
        "placeholder", "template-untouched", "evidence-missing", "evidence-incomplete", "evidence-not-covered",
        "evidence-too-few", "section-missing",
    }  # fmt: skip


def test_every_template_is_guided(untouched: Path) -> None:
    for entry in load(untouched, AS_OF).entries:
        assert "【待填：" in entry.source.text, entry.path
        assert "@@" not in entry.source.text, entry.path


def test_filling_marks_with_noise_does_not_make_records(untouched: Path) -> None:
    """Random words instead of every mark: what asks for records, links or numbers still fails."""
    dice = random.Random(7)
    for file in [*untouched.rglob("*.yaml"), *untouched.rglob("*.md")]:
        text = file.read_text("utf-8")
        noise = re.sub("【待填[^】]*】", lambda m: "".join(chr(dice.randint(0x4E00, 0x9FA5)) for _ in m[0][:12]), text)
        file.write_text(noise, "utf-8")
    report = run(untouched, AS_OF)
    records = {
        "4.2.doc",
        "5.2.comm",
        "7.2.d",
        "8.4.anal",
        "8.7.b",
        "9.1.2.annual",
        "9.2.int",
        "9.3.int",
        "9.3.in.a",
        "8.2.rec",
    }
    assert {i for i in records if report.coverage[i].status != "failing"} == set()
    assert sum(row.status == "failing" for row in report.coverage.values()) > 120


def test_the_example_passes_away_from_here(tmp_path: Path) -> None:
    scaffold(tmp_path / "copy", "", "lean", example=True)
    report = run(tmp_path / "copy", AS_OF)
    assert [p for p in report.problems if p.level == "error"] == []


def test_lean_is_small(tmp_path: Path) -> None:
    scaffold(tmp_path / "org", "甲公司", "lean", example=False)
    assert len(list((tmp_path / "org" / "system" / "procedures").glob("*.md"))) == 4
    assert len(list((tmp_path / "org" / "registers").glob("*.yaml"))) == 6


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep", "utf-8")
    result = CliRunner().invoke(group, ["init", str(tmp_path)])
    assert str(result.exception) == "target-not-empty"
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_names_do_not_break_the_files(tmp_path: Path) -> None:
    name = "a: \"b\" {{7*7}} #c 'd' \\ \n ---"
    scaffold(tmp_path / "org", name, "lean", example=False)
    assert not load(tmp_path / "org", AS_OF).problems


def test_a_changed_schema_copy_is_a_problem_and_update_cures_it(tmp_path: Path) -> None:
    root = tmp_path / "org"
    scaffold(root, "甲公司", "lean", example=False)
    clauses = root / "schema" / "clauses.yaml"
    clauses.write_text(clauses.read_text("utf-8").replace("8.2.c.ack", "8.2.c.xxx"), "utf-8")
    assert "schema-differs" in {p.rule for p in run(root, AS_OF).problems}
    assert CliRunner().invoke(group, ["init", "--update", str(root)]).exit_code == 0
    assert "schema-differs" not in {p.rule for p in run(root, AS_OF).problems}


def test_a_repository_may_ask_for_more(tmp_path: Path) -> None:
    root = tmp_path / "org"
    scaffold(root, "", "lean", example=True)
    file = root / "schema" / "drill.schema.json"
    schema = json.loads(file.read_text("utf-8"))
    schema["required"].append("lessons_never_written")
    schema["properties"]["lessons_never_written"] = {"type": "string"}
    file.write_text(json.dumps(schema), "utf-8")
    assert "schema-differs" in {p.rule for p in run(root, AS_OF).problems}
    del schema["properties"]["lessons_never_written"]
    schema["required"][-1] = "originals"
    file.write_text(json.dumps(schema), "utf-8")
    assert {p.rule for p in run(root, AS_OF).problems} <= {"missing-field"}


def test_new_takes_the_next_number(copy: Path) -> None:
    highest = sorted((copy / "records" / "complaints" / "2026").glob("*.yaml"))[-1].stem
    words = ["new", "complaint", "--root", str(copy), "--as-of", "2026-11-20", "--set", "channel=phone"]
    result = CliRunner().invoke(group, words)
    path = copy / result.stdout.strip()
    assert int(path.stem.rsplit("-", 1)[1]) == int(highest.rsplit("-", 1)[1]) + 1
    assert "channel: phone" in path.read_text("utf-8") and "【待填" in path.read_text("utf-8")
    report = run(copy, AS_OF)
    assert {p.rule for p in report.problems if p.place.path == result.stdout.strip()} == {"placeholder"}


def test_two_writers_never_get_the_same_number(tmp_path: Path) -> None:
    taken: list[int] = []

    def write(writer: int) -> None:
        for _ in range(25):
            number = 1
            while not create_text(tmp_path / f"CC-2026-{number:04d}.yaml", f"writer: {writer}\n"):
                number += 1
            taken.append(number)

    writers = [threading.Thread(target=write, args=(i,)) for i in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sorted(taken) == list(range(1, 201))
    assert not [path for path in tmp_path.iterdir() if path.suffix == ".tmp"]


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    file = tmp_path / "a.yaml"
    write_text(file, "old: 1\n")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Exception, match="cannot-write"):
        write_text(file, "new: 2\n")
    assert file.read_text("utf-8") == "old: 1\n"
    assert [path.name for path in tmp_path.iterdir()] == ["a.yaml"]


def test_approve_pins_the_content(copy: Path) -> None:
    file = copy / "system" / "procedures" / "CP-11.md"
    file.write_text(file.read_text("utf-8").replace("version: A/0", "version: A/1", 1) + "\n又一句。\n", "utf-8")
    assert "approval-missing" in {p.rule for p in run(copy, AS_OF).problems}
    words = ["approve", "CP-11", "--root", str(copy), "--as-of", "2026-11-20", "--as"]
    own = CliRunner().invoke(group, [*words, "he-jia"])
    assert str(own.exception) == "approve-own"
    assert str(CliRunner().invoke(group, [*words, "nobody"]).exception) == "approve-person"
    done = CliRunner().invoke(group, [*words, "gu-lan"])
    assert done.stdout.strip() == "records/approvals/CP-11/A-1-approve-gu-lan.yaml"
    assert not [p for p in run(copy, AS_OF).problems if p.rule.startswith("approval")]
    assert str(CliRunner().invoke(group, [*words, "gu-lan"]).exception) == "approve-again"
    file.write_text(file.read_text("utf-8") + "\n再改。\n", "utf-8")
    assert "approval-of-other-content" in {p.rule for p in run(copy, AS_OF).problems}


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.rows = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.rows += tag == "tr"
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_a_paper_form_for_every_kind_of_record() -> None:
    from clausebook.load.standards import own_schemas

    for kind in own_schemas().kinds.values():
        result = CliRunner().invoke(group, ["form", kind.name, "--lang", "zh"])
        tags = Tags()
        tags.feed(result.stdout)
        assert result.exit_code == 0 and not tags.open
        assert tags.rows <= 14
    assert "https://" not in result.stdout


def test_intake_takes_a_clerk_eight_answers() -> None:
    tags = Tags()
    tags.feed(CliRunner().invoke(group, ["form", "complaint"]).stdout)
    assert tags.rows == 8


@pytest.mark.parametrize("example", [False, True])
def test_the_forge_is_told_of_people_of_this_organisation_only(tmp_path: Path, example: bool) -> None:
    scaffold(tmp_path / "org", "甲公司", "lean", example=example)
    assert ("boqing" in (tmp_path / "org" / ".github" / "CODEOWNERS").read_text("utf-8")) is example
    assert not {p.rule for p in run(tmp_path / "org", AS_OF).problems} & {"owners-differ", "attribute-rewrites"}
