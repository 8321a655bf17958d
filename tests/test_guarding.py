"""The gate of the repository: CODEOWNERS as the roles say, and no attribute that rewrites what was approved (7.5.3)."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from clausebook.cli import group
from clausebook.problems import Problem
from document_control import ADDRESSES, PEOPLE, ROLES, Office, office

OWNERS = ".github/CODEOWNERS"


@pytest.fixture
def desk(tmp_path: Path) -> Office:
    """The small organisation; li-yan and zhao-min have accounts, and CODEOWNERS was made of them."""
    made = office(tmp_path / "org")
    people = PEOPLE
    for person in ("li-yan", "zhao-min"):
        people = people.replace(f"[{ADDRESSES[person]}]\n", f"[{ADDRESSES[person]}]\n  forge_account: jia-{person}\n")
    made.write("registers/people.yaml", people)
    made.write(OWNERS, "# 自己的规则\n/tools/ @jia-it\n")
    assert updated(made) == [".gitattributes", OWNERS]
    made.commit("chen-qi", "2026-03-01")
    return made


def updated(desk: Office) -> list[str]:
    done = CliRunner().invoke(group, ["init", "--update", str(desk.root), "--as-of", "2026-11-20"])
    assert done.exit_code == 0, done.output
    return [line for line in done.stdout.splitlines() if not line.startswith("schema/")]


def found(desk: Office, rule: str) -> list[Problem]:
    return [problem for problem in desk.judged().problems if problem.rule == rule]


def owners(desk: Office) -> dict[str, list[str]]:
    lines = (line.split() for line in (desk.root / OWNERS).read_text("utf-8").splitlines() if line.startswith("/"))
    return {path: people for path, *people in lines}


def test_owners_are_those_who_may_approve(desk: Office) -> None:
    """The general manager approves roles, organisation and procedures, the quality manager procedures only."""
    assert owners(desk) == {
        "/tools/": ["@jia-it"],
        "/system/procedures/": ["@jia-li-yan", "@jia-zhao-min"],
        **{path: ["@jia-li-yan"] for path in (
            "/system/", "/system/roles.yaml", "/system/org.yaml", "/registers/people.yaml", "/docs/", "/macros/",
            "/schema/", "/mkdocs.yml", "/.github/", "/.gitlab-ci.yml", "/.gitattributes", "/CODEOWNERS",
        )},
    }  # fmt: skip
    lines = (desk.root / OWNERS).read_text("utf-8").splitlines()
    assert lines.index("/system/procedures/    @jia-li-yan @jia-zhao-min") > lines.index(
        "/system/               @jia-li-yan"
    ), "the last line that matches counts"
    assert found(desk, "owners-differ") == [] and updated(desk) == []


def test_a_role_that_changed_hands_makes_them_differ(desk: Office) -> None:
    desk.write(
        "system/roles.yaml",
        ROLES.replace("[{person: zhao-min, from_on: 2026-01-01}]",
                      "[{person: zhao-min, from_on: 2026-01-01, to_on: 2026-05-31}]"),
    )  # fmt: skip
    [problem] = found(desk, "owners-differ")
    assert problem.level == "warning" and problem.place.path == OWNERS
    assert problem.facts["expected"] == "/system/procedures/ @jia-li-yan"
    assert updated(desk) == [OWNERS] and found(desk, "owners-differ") == []
    assert owners(desk)["/tools/"] == ["@jia-it"], "lines of the organisation stay"


@pytest.mark.parametrize("line", ["/system/ @stranger", "* @stranger"])
def test_a_line_behind_ours_would_win_and_is_told(desk: Office, line: str) -> None:
    with (desk.root / OWNERS).open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    assert found(desk, "owners-differ")
    assert updated(desk) == [OWNERS] and found(desk, "owners-differ") == []


def test_without_a_file_or_an_account_nothing_is_asked(desk: Office) -> None:
    (desk.root / OWNERS).unlink()
    assert found(desk, "owners-differ") == []
    desk.write("registers/people.yaml", PEOPLE)
    desk.write(OWNERS, "/system/ @anybody\n")
    assert found(desk, "owners-differ") == [] and updated(desk) == []


def test_the_attributes_of_a_new_repository_rewrite_nothing(desk: Office) -> None:
    assert found(desk, "attribute-rewrites") == []
    desk.write(".gitattributes", "*.png filter=lfs merge=lfs\n/docs/** ident\n")
    assert found(desk, "attribute-rewrites") == [], "only what is controlled is asked"


@pytest.mark.parametrize(
    "path, line, attribute",
    [
        (".gitattributes", "*.md ident", "ident=set"),
        (".gitattributes", "/system/** filter=clean-me", "filter=clean-me"),
        (".gitattributes", "*.yaml merge=union", "merge=union"),
        (".gitattributes", "*.yaml merge=mine", "merge=mine"),
        (".gitattributes", "system/procedures/*.md working-tree-encoding=UTF-16", "working-tree-encoding=UTF-16"),
        ("system/procedures/.gitattributes", "* ident", "ident=set"),
        (".gitattributes", "[attr]quick merge=union\n*.yaml quick", "merge=union"),
    ],
)
def test_an_attribute_that_rewrites_is_an_error_and_update_cures_it(
    desk: Office, path: str, line: str, attribute: str
) -> None:
    before = (desk.root / path).read_text("utf-8") if (desk.root / path).exists() else ""
    desk.write(path, f"{before}# 省事\n{line}\n")
    [problem] = found(desk, "attribute-rewrites")
    assert problem.level == "error" and problem.facts["attribute"] == attribute
    assert (problem.place.path, problem.place.line) == (path, before.count("\n") + 2)
    if path == ".gitattributes":
        assert updated(desk) == [path], "our part is put back to the end, where it wins"
    else:
        (desk.root / path).unlink()
    assert found(desk, "attribute-rewrites") == []
