"""What a message says: the limit, the sign, the cause, in the reader's language and in no parser's."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from clausebook.load.strict_yaml import Refused, parse
from clausebook.pipeline import Report, run
from clausebook.problems import Place
from clausebook.publish.formats import message, to_text
from clausebook.wording import LANGUAGES, text
from conftest import AS_OF
from mutating import Mutation, mutated

ORG = "system/org.yaml"
REPLY = "records/compliance-evaluations/CE-2026.yaml"


def said(report: Report, *edits: dict[str, str]) -> dict[str, list[str]]:
    """Rule → its messages in Chinese, then in English."""
    found: dict[str, list[str]] = {}
    for problem in mutated(report.system, Mutation("said", None, None, edits, (), "renew", None)).problems:
        found.setdefault(problem.rule, []).extend(message(problem, language) for language in LANGUAGES)
    return found


def edit(file: str, old: str, new: str, after: str = "") -> dict[str, str]:
    return {"file": file, "replace": old, "with": new, **({"after": after} if after else {})}


@pytest.mark.parametrize(
    "written, cause",
    [
        ("a: b: c\n", "colon"), ("a: 1\nb\nc: 2\n", "no-colon"), ("a: @x\n", "sign"), ("a:\n\tb: 1\n", "sign"),
        ("a: - b\n", "dash"), ("a: [1, 2\n", "bracket"), ("a: {b: 1\n", "brace"), ("a: 'x\n", "unclosed"),
        ('a: "x\n---\n', "unclosed"), ('a: "\\q"\n', "escape"), ("a:\n  - 1\n - 2\n", "indent"),
        ("- a\nb: 1\n", "indent"), ("a: }\n", "nothing"), ("a: !<x y\n", "other"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said_in_the_readers_words(written: str, cause: str) -> None:
    with pytest.raises(Refused) as refused:
        parse(written)
    for language in LANGUAGES:
        told = text("rules.yaml-syntax.message", language, **refused.value.facts)
        assert text(f"check.yaml.{cause}", language) in told
        assert language == "en" or not re.search(r"[a-z]{4,}", told.replace("Tab", ""))


@pytest.mark.parametrize("written, shown", [("a: !!str 3\n", "!!str"), ("a: !x 3\n", "!x"), ("a: !!map {}\n", "!!map")])
def test_a_tag_is_shown_as_it_was_written(written: str, shown: str) -> None:
    with pytest.raises(Refused) as refused:
        parse(written)
    assert refused.value.facts["name"] == shown


@pytest.mark.parametrize(
    "new, zh, en",
    [("headcount: 0", "不得小于 1", "not less than 1"), ("headcount: -5", "不得小于 1", "not less than 1")],
)
def test_a_value_out_of_range_names_the_limit(example: Report, new: str, zh: str, en: str) -> None:
    chinese, english = said(example, edit(ORG, "headcount: 420", new))["bad-value"]
    assert zh in chinese and en in english


def test_two_of_which_one_is_allowed_are_both_named(example: Report) -> None:
    case = "records/complaints/2026/CC-2026-0002.yaml"
    told = said(example, edit(case, "received_at:", "received_on: 2026-01-05\nreceived_at:"))["bad-value"]
    assert told == [
        "received_at / received_on的内容“received_at、received_on”不符合要求（只能写其中一个）。",
        'received_at / received_on: "received_at, received_on" is not acceptable (only one of them).',
    ]


@pytest.mark.parametrize(
    "written, zh",
    [("id: own\na: b: c\n", "冒号"), ("id: own\n", "结构不对"), ("", "空"), ("a: 1\n---\nb: 1\n", "一份")],
)
def test_a_broken_catalogue_says_why(copy: Path, written: str, zh: str) -> None:
    (copy / "schema").mkdir()
    (copy / "schema" / "own.yaml").write_text(written, "utf-8")
    [problem] = [one for one in run(copy, AS_OF).problems if one.rule == "catalogue-broken"]
    assert zh in message(problem, "zh")
    assert not re.search(r"yaml-|empty-|several-|None|not enough", message(problem, "zh") + message(problem, "en"))


@pytest.mark.parametrize("place, shown", [(Place("a.yaml", 91), "a.yaml:91\n"), (Place("a.yaml", 91, 3), ":91:3\n")])
def test_a_place_is_shown_as_far_as_it_is_known(example: Report, place: Place, shown: str) -> None:
    [problem, *_] = mutated(
        example.system, Mutation("x", None, None, (edit(ORG, "headcount: 420", "headcount: 0"),), (), "renew", None)
    ).problems
    assert shown in to_text(replace(example, problems=(replace(problem, place=place),)), "zh")


def test_a_document_without_a_version_is_named_alone(example: Report) -> None:
    told = said(example, edit("system/procedures/CP-08.md", "version: A/2\n", ""))["approval-missing"]
    assert told == ["没有批准记录，只能算草案：CP-08。", "CP-08 has no approval record and is a draft."]


def test_a_notice_a_second_late_shows_the_second(example: Report) -> None:
    crisis = "records/crisis/CR-2026-01.yaml"
    chinese, _ = said(example, edit(crisis, "at: 2026-06-11T10:20:00", "at: 2026-06-11T17:30:01", "due_at"))[
        "regulator-notice-late"
    ]
    assert "17:30:00" in chinese and "17:30:01" in chinese


def test_names_are_joined_as_the_language_does(example: Report) -> None:
    copied = "  statement: 员工责任心不强，已批评教育并加强培训"
    same = {"files": "records/complaints/2026/*.yaml", "pattern": "^  statement: .*$", "with": copied}
    chinese, english = said(example, same)["texts-copied"]
    assert re.search(r"CC-[0-9-]+、CC-", chinese) and re.search(r"CC-[0-9-]+, CC-", english) and "、" not in english


@pytest.mark.parametrize("action, told", [("", False), ("补办", True)])
def test_an_action_alone_does_not_answer_a_noncompliance(example: Report, action: str, told: bool) -> None:
    added = f"\n    action: {action}" if action else ""
    chinese, english = said(example, edit(REPLY, "verdict: compliant", f"verdict: non-compliant{added}"))[
        "noncompliance-unanswered"
    ]
    assert ("只写了措施“补办”" in chinese) is told and ("only the action" in english) is told
    assert "“不符合”" in chinese
