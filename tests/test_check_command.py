"""`clausebook check` from outside: exit codes, the JSON of the contract, six formats, and every kind of bad input."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from clausebook.cli import main
from clausebook.publish.formats import FORMATS
from clausebook.wording import LANGUAGES

AS_OF = ("--as-of", "2026-11-20")
CHINESE = re.compile("[\u4e00-\u9fff]")


class Answer(NamedTuple):
    code: int
    out: str
    err: str


Command = Callable[..., Answer]


@pytest.fixture
def clausebook(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    for variable in ("CLAUSEBOOK_LANG", "LC_ALL", "LC_MESSAGES", "LANG", "CLAUSEBOOK_DEBUG"):
        monkeypatch.delenv(variable, raising=False)

    def call(*words: object) -> Answer:
        with pytest.raises(SystemExit) as leave:
            main([str(word) for word in words])
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return Answer(int(leave.value.code or 0), out, err)

    return call


@pytest.fixture
def small(example_root: Path, tmp_path: Path) -> Path:
    """An organisation of three files: quick to judge, nearly everything missing."""
    root = tmp_path / "small"
    for path in ("system/org.yaml", "system/roles.yaml", "registers/people.yaml"):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(example_root / path, root / path)
    return root


def as_json(clausebook: Command, root: Path, *words: object) -> dict[str, Any]:
    answer = clausebook("check", "--root", root, *AS_OF, "--format", "json", *words)
    assert answer.code in (0, 1), answer.err
    data: dict[str, Any] = json.loads(answer.out)
    return data


def at(data: dict[str, Any], path: str) -> list[tuple[str, int | None]]:
    return [(p["rule"], p["line"]) for p in data["problems"] if p["path"] == path]


# ── the contract ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_example_passes(clausebook: Command, example_root: Path) -> None:
    data = as_json(clausebook, example_root)
    assert [p for p in data["problems"] if p["level"] == "error"] == []
    assert clausebook("check", "--root", example_root, *AS_OF).code == 0


@pytest.mark.parametrize("where", ["example_root", "small"])
def test_json_is_the_contract(clausebook: Command, where: str, request: pytest.FixtureRequest) -> None:
    data = as_json(clausebook, request.getfixturevalue(where))
    assert list(data) == [
        "schema", "standard", "as_of", "commit", "requirements", "coverage", "problems", "lapses",
    ]  # fmt: skip
    assert (data["schema"], data["standard"], data["as_of"]) == (1, "CTS TBGL009-2026 B/2", "2026-11-20")
    assert data["commit"] is None or re.fullmatch("[0-9a-f]{40}", data["commit"])
    count = data["requirements"]
    assert set(count) == {"total", "evidenced", "failing", "not_applicable", "judged_by_auditor"}
    assert count["evidenced"] + count["failing"] + count["not_applicable"] == count["total"] == 187
    assert count["judged_by_auditor"] == 60
    assert len({row["id"] for row in data["coverage"]}) == len(data["coverage"]) == 187
    for row in data["coverage"]:
        assert set(row) == {"id", "status", "judgement", "basis", "evidence", "problems", "lapses"}
        assert row["status"] in ("evidenced", "failing", "not_applicable")
        assert row["judgement"] in ("none", "sample", "interview") and row["basis"] in ("explicit", "own", "implied")
        assert isinstance(row["problems"], int) and isinstance(row["lapses"], int)
        assert all(isinstance(path, str) for path in row["evidence"])
        assert row["status"] == "failing" or row["evidence"] or row["status"] == "not_applicable"
    assert count["failing"] == sum(row["status"] == "failing" for row in data["coverage"])
    for found in data["problems"]:
        assert set(found) - {"requirements"} == {
            "rule", "level", "class", "basis", "path", "line", "column", "clause", "requirement", "message", "remedy",
        }  # fmt: skip
        assert found["level"] in ("error", "warning") and found["class"] in ("contradiction", "lapse", "due")
        assert (found["line"] is None) == (found["column"] is None)
        assert "requirements" not in found or found["requirements"][0] == found["requirement"]
        assert found["message"] and found["remedy"]
    places = [(p["path"], p["line"] or 0, p["column"] or 0) for p in data["problems"]]
    assert places == sorted(places)
    for lapse in data["lapses"]:
        assert set(lapse) == {"rule", "path", "requirement", "treated_by"} and all(lapse.values())
    assert bool(data["lapses"]) is (where == "example_root")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_format_parses(clausebook: Command, small: Path, language: str) -> None:
    data = as_json(clausebook, small, "--lang", language)
    number = len(data["problems"])
    out = {form: clausebook("check", "--root", small, *AS_OF, "--lang", language, "--format", form) for form in FORMATS}
    assert {answer.code for answer in out.values()} == {1}
    sarif = json.loads(out["sarif"].out)
    assert sarif["version"] == "2.1.0" and len(sarif["runs"][0]["results"]) == number
    declared = {rule["id"] for rule in sarif["runs"][0]["tool"]["driver"]["rules"]}
    assert {result["ruleId"] for result in sarif["runs"][0]["results"]} == declared
    suite = ET.fromstring(out["junit"].out)
    assert (len(suite), int(suite.attrib["failures"])) == (187, len(suite.findall("testcase/failure")))
    assert int(suite.attrib["failures"]) == data["requirements"]["failing"]
    gitlab = json.loads(out["gitlab"].out)
    assert len({row["fingerprint"] for row in gitlab}) == len(gitlab) == number
    lines = out["github"].out.splitlines()
    assert len(lines) == number and all(
        re.match(r"::(error|warning) file=[^,]+,line=\d+,col=\d+,title=", x) for x in lines
    )


def test_the_languages_are_complete(clausebook: Command, small: Path) -> None:
    zh, en = (clausebook("check", "--root", small, *AS_OF, "--lang", lang, "--all").out for lang in LANGUAGES)
    assert len(zh.splitlines()) == len(en.splitlines())
    tagged = [line for line in en.splitlines() if CHINESE.search(line) and "泊晴" not in line]
    assert tagged == [], "Chinese in the English report"
    assert "{" not in zh + en


def test_text_ends_with_the_account(clausebook: Command, small: Path) -> None:
    out = clausebook("check", "--root", small, *AS_OF).out
    assert "要求 187 项" in out and re.search(r"[0-9]+ 个错误", out.splitlines()[-1])


# ── narrowing ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_one_clause(clausebook: Command, small: Path) -> None:
    data = as_json(clausebook, small, "--clause", "8.2")
    assert [row["id"] for row in data["coverage"]] == [
        "8.2.proc", "8.2.rec", "8.2.a", "8.2.b", "8.2.c.ack", "8.2.c.info",
    ]  # fmt: skip
    named = [{p["requirement"], *p.get("requirements", [])} for p in data["problems"]]
    assert named and all(any(str(r).startswith("8.2.") for r in names) for names in named)
    assert len(as_json(clausebook, small, "--clause", "8.2", "--clause", "10.2")["coverage"]) == 9
    assert clausebook("check", "--root", small, *AS_OF, "--clause", "8.2.c.ack").code == 1


@pytest.mark.parametrize("clause", ["8.21", "8.2.1", "8.2.", "8.2.c.ac", "99", "条款"])
def test_an_unknown_clause_is_misuse(clausebook: Command, small: Path, clause: str) -> None:
    answer = clausebook("check", "--root", small, *AS_OF, "--clause", clause)
    assert (answer.code, answer.out) == (2, "") and clause in answer.err
    assert len(answer.err.strip().splitlines()) == 1
    assert clause != "8.2.c.ac" or "8.2.c.ack" in answer.err
    assert not answer.err.rstrip().endswith(("：", ":"))


def test_paths(clausebook: Command, small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (small / "system" / "org.yaml").write_text("a: [\n", "utf-8")
    assert {p["path"] for p in as_json(clausebook, small, "system/org.yaml")["problems"]} == {"system/org.yaml"}
    monkeypatch.chdir(small / "system")
    assert {p["path"] for p in as_json(clausebook, small, "org.yaml")["problems"]} == {"system/org.yaml"}
    assert clausebook("check", "--root", small, *AS_OF, "org").code == 2
    assert clausebook("check", "--root", small, *AS_OF, "/etc/passwd").code == 2


def test_strict_counts_warnings(clausebook: Command, copy: Path) -> None:
    file = copy / "system" / "procedures" / "CP-08.md"
    approvals = copy / "records" / "approvals" / "CP-08"
    file.write_text(file.read_text("utf-8") + "\n另见 CP-99。\n", "utf-8")
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    for approval in approvals.glob("*.yaml"):
        approval.write_text(re.sub("[0-9a-f]{64}", digest, approval.read_text("utf-8")), "utf-8")
    data = as_json(clausebook, copy)
    assert [(p["rule"], p["level"]) for p in data["problems"]] == [("unknown-number", "warning")]
    assert clausebook("check", "--root", copy, *AS_OF).code == 0
    assert clausebook("check", "--root", copy, *AS_OF, "--strict").code == 1


# ── git ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_pull_request_is_not_blocked_by_the_clock(clausebook: Command, copy: Path, git: Callable[..., str]) -> None:
    """With --base, what is merely due in files that the change does not touch is a warning."""
    git(copy, "init", "-q")
    git(copy, "add", ".")
    git(copy, "commit", "-qm", "start")
    late = ("check", "--root", copy, "--as-of", "2028-12-31", "--format", "json")
    plain = json.loads(clausebook(*late).out)
    due = [p for p in plain["problems"] if p["class"] == "due"]
    assert due and {p["level"] for p in due} >= {"error"}
    touched = next(p["path"] for p in due if p["rule"] == "review-overdue" and p["level"] == "error")
    with (copy / touched).open("a", encoding="utf-8") as file:
        file.write("# 改\n")
    narrowed = json.loads(clausebook(*late, "--base", "HEAD").out)
    due = [p for p in narrowed["problems"] if p["class"] == "due"]
    assert {p["path"] for p in due if p["level"] == "error"} == {touched}
    for wrong in ("no-such-branch", "--output=/tmp/x", "HEAD:system"):
        assert clausebook(*late, f"--base={wrong}").code == 2


def test_release_is_as_of_the_commit(clausebook: Command, small: Path, git: Callable[..., str]) -> None:
    assert clausebook("check", "--root", small, "--release").code == 2
    git(small, "init", "-q")
    answer = clausebook("check", "--root", small, *AS_OF)
    assert answer.code == 1 and "还没有提交" in answer.err
    assert clausebook("check", "--root", small, "--release").code == 2
    git(small, "add", ".")
    git(small, "commit", "-qm", "start", "--date=2026-10-01T08:00:00+08:00")
    data = as_json(clausebook, small, "--release")
    assert data["commit"] == git(small, "rev-parse", "HEAD").strip()
    assert data["as_of"] == git(small, "log", "-1", "--format=%cs").strip()


def test_without_git_it_says_so(clausebook: Command, small: Path) -> None:
    answer = clausebook("check", "--root", small, *AS_OF)
    assert "没有 git" in answer.err and "没有 git" not in answer.out
    assert clausebook("check", "--root", small, *AS_OF, "--base", "main").code == 2


# ── bad input: one sentence ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "words",
    [
        ("--root", "/no/such/place"), ("--root", "{file}"), ("--root", "{empty}"), ("--as-of", "2026-02-30"),
        ("--as-of", "20261120"), ("--as-of", "yesterday"), ("--format", "pdf"), ("--lang", "fr"), ("--nonsense",),
    ],
)  # fmt: skip
def test_misuse_is_one_sentence(clausebook: Command, small: Path, tmp_path: Path, words: tuple[str, ...]) -> None:
    (tmp_path / "empty").mkdir()
    given = [w.format(file=small / "system" / "org.yaml", empty=tmp_path / "empty") for w in words]
    root = () if "--root" in words else ("--root", small)
    answer = clausebook("check", *root, *given)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.strip()


def test_explain(clausebook: Command, small: Path) -> None:
    rule, clause = (clausebook("explain", name, "--root", small, "--lang", "zh") for name in ("id-twice", "8.6.b"))
    assert rule.code == 0 and rule.out.startswith("id-twice") and "办法" in rule.out
    assert clause.code == 0 and "8.6.b" in clause.out
    for name in ("8.21", "id-twise", ""):
        assert clausebook("explain", name, "--root", small).code == 2
    assert "id-twice" in clausebook("explain", "id-twise", "--root", small).err
