"""Whatever lies in the three folders: a problem at its line or one sentence; never a traceback, never a hang."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from clausebook.pipeline import Report, run
from clausebook.problems import UserError
from clausebook.publish.formats import FORMATS, message, to_text
from conftest import AS_OF, rules_of

Judge = Callable[[Mapping[str, str | bytes]], Report]
NOTE = "registers/note.yaml"


def found(report: Report, path: str) -> list[tuple[str, int | None]]:
    return [(p.rule, p.place.line) for p in report.problems if p.place.path == path]


@pytest.fixture
def org(example_root: Path) -> str:
    return (example_root / "system" / "org.yaml").read_text("utf-8")


def test_no_organisation_at_all(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="not-an-organisation"):
        run(tmp_path, AS_OF)
    with pytest.raises(UserError, match="root-missing"):
        run(tmp_path / "nowhere", AS_OF)


def test_an_empty_organisation_fails_in_everything(judge: Judge) -> None:
    report = judge({})
    assert {row.status for row in report.coverage.values()} == {"failing"} or all(
        row.status == "failing" or row.reason == "no-case" for row in report.coverage.values()
    )
    assert "no-organisation" in rules_of(report)


@pytest.mark.parametrize("name", ["system", "registers", "records"])
def test_a_file_where_a_folder_is_expected(tmp_path: Path, org: str, name: str) -> None:
    root = tmp_path / "org"
    for folder in {"system", "registers", "records"} - {name}:
        (root / folder).mkdir(parents=True)
    (root / name).write_text("x", "utf-8")
    assert run(root, AS_OF).problems  # read as if it were not there


def test_near_words(judge: Judge, org: str) -> None:
    report = judge({
        "system/org.yaml": org.replace("headcount:", "headcuont:").replace("profile: full", "profile: ful"),
        NOTE: "kind: poeple\n",
    })  # fmt: skip
    said = {
        p.rule: message(p, "zh") for p in report.problems if p.rule in ("unknown-field", "not-in-list", "unknown-kind")
    }
    assert "headcount" in said["unknown-field"] and "people" in said["unknown-kind"]
    assert "full" in said["not-in-list"]


def test_no_near_word_no_hint(judge: Judge, org: str) -> None:
    report = judge({"system/org.yaml": org + "qqqqqq: 1\n"})
    [problem] = [p for p in report.problems if p.rule == "unknown-field"]
    assert "相近" not in message(problem, "zh") and "[[" not in message(problem, "zh")


def test_every_defect_of_a_file_in_one_run(judge: Judge, org: str) -> None:
    broken = org.replace("headcount: 420", "headcount: many").replace("2024-08-26", "2024-13-26", 1) + "zzz: 1\n"
    report = judge({"system/org.yaml": broken, NOTE: "a: [", "registers/other.yaml": "b: {"})
    rules = dict(found(report, "system/org.yaml"))
    assert {"wrong-type", "bad-date", "unknown-field"} <= set(rules)
    lines = broken.split("\n")
    assert "many" in lines[(rules["wrong-type"] or 0) - 1] and "2024-13-26" in lines[(rules["bad-date"] or 0) - 1]
    assert found(report, NOTE) and found(report, "registers/other.yaml")


def test_two_files_with_one_id(copy: Path) -> None:
    folder = copy / "records" / "complaints" / "2026"
    shutil.copy(folder / "CC-2026-0004.yaml", folder / "CC-2026-9001.yaml")
    report = run(copy, AS_OF)
    path = "records/complaints/2026/CC-2026-9001.yaml"
    assert {rule for rule, _ in found(report, path)} == {"id-not-file-name", "id-twice"}
    [twice] = [p for p in report.problems if p.rule == "id-twice"]
    assert "CC-2026-0004.yaml:2" in message(twice, "zh")


def test_a_register_that_is_gone_is_one_problem(copy: Path) -> None:
    """Two thousand references name people, alone or as one of several choices; one problem says so."""
    (copy / "registers" / "people.yaml").unlink()
    [problem] = [p for p in run(copy, AS_OF).problems if p.level == "error"]
    assert (problem.rule, problem.place.path, problem.place.line) == (
        "nothing-registered",
        "registers/people.yaml",
        None,
    )


def test_a_body_that_is_only_a_comment_is_no_body(copy: Path) -> None:
    file = copy / "system" / "procedures" / "CP-08.md"
    front = file.read_text("utf-8").split("\n---\n")[0]
    file.write_text(front + "\n---\n<!-- 以后再写\n# 目的\n按规定处理。\n-->\n", "utf-8")
    assert ("template-untouched", front.count("\n") + 3) in found(run(copy, AS_OF), "system/procedures/CP-08.md")


@pytest.mark.parametrize(
    "content",
    [
        "".join(f"key{n}: {n}\n" for n in range(5000)),
        "items:\n" + "".join(f"- id: x{n}\n" for n in range(5000)),
        "kind: people\nitems:\n" + "".join(f"- id: p{n}\n  nmae: x\n" for n in range(2000)),
        "a: " + "[" * 100_000,
        "a:\n" + "".join(" " * n + "a:\n" for n in range(1, 400)),
        "- " * 50_000,
        "a: '" + "x" * 500_000 + "'\n",
        "a: " + "é" * 200_000,
        "? " * 10_000,
        "a: |\n" + "  x\n" * 100_000,
    ],
    ids=["keys", "items", "people", "flow", "block", "lists", "string", "accents", "questions", "lines"],
)
def test_large_and_odd_files_end(judge: Judge, content: str) -> None:
    report = judge({"system/org.yaml": content, NOTE: content})
    assert found(report, NOTE)
    assert to_text(report, "zh")


def test_each_wrong_shape_of_a_value_is_a_problem(copy: Path) -> None:
    """A list where text is expected, text where a list is expected, nothing at all: reported, and judged on."""
    for path in ("system/org.yaml", "registers/people.yaml", "registers/risks.yaml", "system/roles.yaml"):
        file = copy / path
        text = file.read_text("utf-8")
        keys = [line.split(":")[0] for line in text.split("\n") if line[:1].isalpha() and ":" in line]
        (copy / path).write_text(
            "".join(f"{key}: {[1, '{a: {b: c}}', 'x', ''][n % 4]}\n" for n, key in enumerate(keys))
        )
    report = run(copy, AS_OF)
    assert {p.place.path for p in report.problems} >= {"system/org.yaml", "registers/people.yaml"}
    for form in FORMATS.values():
        assert form(report, "zh") and form(report, "en")


@pytest.mark.parametrize("seed", range(3))
def test_scrambled_files_never_break_the_run(copy: Path, seed: int) -> None:
    """Lines lost, doubled, swapped and cut in forty files: problems, not exceptions."""
    chance = random.Random(seed)
    files = [file for folder in ("system", "registers", "records") for file in sorted((copy / folder).rglob("*.*"))]
    for file in chance.sample([file for file in files if file.is_file()], 40):
        lines = file.read_text("utf-8").split("\n")
        at = chance.randrange(len(lines))
        lines[at : at + 1] = chance.choice([
            [], [lines[at]] * 2, [lines[at][: len(lines[at]) // 2]], [lines[at] + " {"], ["  " + lines[at]],
            [lines[at].split(":")[0] + ": [a, {b: c}]"], [lines[at].split(":")[0] + ":"], ["- " + lines[at]],
        ])  # fmt: skip
        file.write_text("\n".join(lines), "utf-8")
    report = run(copy, AS_OF)
    assert report.problems
    for form in FORMATS.values():
        assert form(report, "zh")


def test_private_values_are_not_printed(copy: Path) -> None:
    """A phone number in the wrong place must not reach a public build log."""
    file = copy / "records" / "complaints" / "2026" / "CC-2026-0001.yaml"
    text = file.read_text("utf-8")
    file.write_text(text.replace("ref: P-6TK2YB7Q", "ref: 张三 13800138000"), "utf-8")
    report = run(copy, AS_OF)
    assert found(report, "records/complaints/2026/CC-2026-0001.yaml")
    assert not any("13800138000" in form(report, "zh") for form in FORMATS.values())
