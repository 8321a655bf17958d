"""Each rule speaks two languages, fires where it should and keeps silent where it should not."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from clausebook.check import chapters, indicators, operation, snapshots, waivers
from clausebook.check.rules import RULES
from clausebook.check.support import documents, guarding, merging, records, revisions
from clausebook.load.standards import own_schemas
from clausebook.model import Shape
from clausebook.pipeline import Report, run
from clausebook.publish.explain import rule_manual
from clausebook.publish.formats import message, remedy
from clausebook.shipped import shipped
from clausebook.wording import LANGUAGES, messages
from conftest import AS_OF, FOLDERS

ORG, PEOPLE, CP08 = "system/org.yaml", "registers/people.yaml", "system/procedures/CP-08.md"
CP18 = "system/procedures/CP-18.md"
CASE = "records/complaints/2026/CC-2026-0001.yaml"
APPROVAL = "records/approvals/CP-08/A-2-approve-gu-lan.yaml"
FEW = (ORG, PEOPLE, CP08, CASE, APPROVAL, "system/roles.yaml")
NOTE = "registers/note.yaml"
Change = Callable[[Path], object]


def put(path: str, content: str | bytes) -> Change:
    def change(root: Path) -> None:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content.encode() if isinstance(content, str) else content)

    return change


def edit(path: str, old: str, new: str) -> Change:
    def change(root: Path) -> None:
        text = (root / path).read_text("utf-8")
        assert old in text, f"{path} has no {old!r}"
        (root / path).write_text(text.replace(old, new, 1), "utf-8")

    return change


def cut(path: str, pattern: str) -> Change:
    """Take out the first lines that match."""

    def change(root: Path) -> None:
        text, times = re.subn(pattern, "", (root / path).read_text("utf-8"), count=1, flags=re.MULTILINE)
        assert times == 1, f"{path} has no {pattern!r}"
        (root / path).write_text(text, "utf-8")

    return change


def drop(path: str) -> Change:
    return lambda root: shutil.rmtree(root / path) if (root / path).is_dir() else (root / path).unlink()


def add(path: str, text: str) -> Change:
    return lambda root: (root / path).open("a", encoding="utf-8").write(text)


class Case(NamedTuple):
    """`at` is the text on whose line the problem must stand; a number is that line; None is no line."""

    rule: str
    change: Change
    path: str
    at: str | int | None
    whole: bool = False  # judged on the whole example, not on a few files of it


FIRING = [
    Case("file-too-large", put(NOTE, "a: " + "x" * 1024 * 1024), NOTE, 1),
    Case("byte-order-mark", put(NOTE, b"\xef\xbb\xbfkind: people\n"), NOTE, 1),
    Case("not-utf-8", put(NOTE, "kind: people\ntitle: 人员\n".encode("gb18030")), NOTE, 2),
    Case("not-utf-8", put(NOTE, b"\x89PNG\r\n\x1a\n\0\0"), NOTE, 1),
    Case("hidden-character", edit(ORG, "headcount: ", "headcount: \u202e"), ORG, "headcount"),
    Case("line-endings", put(NOTE, "kind: people\r\nitems: []\r\n"), NOTE, 1),
    Case("yaml-syntax", edit(ORG, "headcount: 420", "headcount: 420: 1"), ORG, "headcount"),
    Case("yaml-alias", edit(ORG, "headcount: ", "headcount: &n "), ORG, "headcount"),
    Case("yaml-tag", edit(ORG, "headcount: ", "headcount: !!int "), ORG, "headcount"),
    Case("yaml-key", add(ORG, "? [a, b]\n: 1\n"), ORG, "? [a, b]"),
    Case("duplicate-key", add(ORG, "headcount: 421\n"), ORG, "headcount: 421"),
    Case("too-deep", put(NOTE, "a: " + "[" * 5000), NOTE, 1),
    Case("front-matter-missing", put(CP18, "# 没有控制信息\n"), CP18, 1),
    Case("front-matter-open", put(CP18, "---\nnumber: CP-18\n"), CP18, 1),
    Case("empty-file", put(NOTE, ""), NOTE, 1),
    Case("conflict-marks", add(CASE, "<<<<<<< HEAD\na: 1\n=======\na: 2\n>>>>>>> two\n"), CASE, "<<<<<<< HEAD"),
    Case("empty-file", put(NOTE, "# 只有注释\n"), NOTE, 1),
    Case("not-a-mapping", put(NOTE, "- a\n- b\n"), NOTE, 1),
    Case("several-parts", add(CASE, "---\nid: CC-2026-0002\n"), CASE, "---"),
    Case("unknown-kind", put(NOTE, "kind: poeple\n"), NOTE, 1),
    Case("unknown-file", put("system/notes.txt", "x"), "system/notes.txt", None),
    Case("unknown-file", put(NOTE, "a: 1\n"), NOTE, 1),
    Case("folder-instead-of-file", lambda root: (root / NOTE).mkdir(), NOTE, None),
    Case("symbolic-link", lambda root: (root / NOTE).symlink_to("/etc/hostname"), NOTE, None),
    Case("path-collision", put("registers/People.yaml", "kind: people\n"), PEOPLE, None),
    Case("unreadable-file", lambda root: os.mkfifo(root / NOTE), NOTE, None),
    Case("schema-differs", put("schema/people.schema.json", "{}"), "schema/people.schema.json", None),
    Case("catalogue-broken", put("schema/own.yaml", "id: own\n"), "schema/own.yaml", None),
    Case("unknown-field", edit(ORG, "headcount:", "headcuont:"), ORG, "headcuont"),
    Case("missing-field", cut(CASE, "^received_at: .*\n"), CASE, 2),
    Case("empty-field", edit(ORG, "headcount: 420", "headcount:"), ORG, "headcount"),
    Case("wrong-type", edit(ORG, "headcount: 420", "headcount: 很多"), ORG, "headcount"),
    Case("bad-date", edit(CASE, "received_at: 2026-01-06T09:55:00+08:00", "received_at: 2026-02-30T10:15:00+08:00"),
         CASE, "received_at"),
    Case("bad-date", edit(CASE, "received_at: 2026-01-06T09:55:00+08:00", "received_at: 2026-01-06T09:55:00"),
         CASE, "received_at"),
    Case("not-in-list", edit(CASE, "form: electronic", "form: electronik"), CASE, "electronik"),
    Case("bad-pattern", edit(APPROVAL, "sha256: ", "sha256: x"), APPROVAL, "sha256"),
    Case("bad-value", edit(ORG, "headcount: 420", "headcount: -1"), ORG, "headcount"),
    Case("record-incomplete", edit(CASE, "remedy_sought:", f"imported:\n  file_sha256: {'0' * 64}\n  note:"), CASE, 2),
    Case("id-not-file-name", edit(CASE, "id: CC-2026-0001", "id: CC-2026-0009"), CASE, "id: CC"),
    Case("id-twice", edit(PEOPLE, "- id: gu-lan", "- id: shen-yuanzhou\n  name: 重名\n- id: gu-lan"), PEOPLE, 18),
    Case("number-pattern", edit(CP08, "number: CP-08", "number: 8号程序"), CP08, "number: 8"),
    Case("version-pattern", edit(CP08, "version: A/2", "version: v2"), CP08, "version: v2"),
    Case("several-files", put("system/org2.yaml", "kind: organization\n"), "system/org2.yaml", 1),
    Case("unknown-reference", edit(PEOPLE, "department: gm-office", "department: gm-ofice"), PEOPLE, "gm-ofice"),
    Case("nothing-registered", drop(PEOPLE), PEOPLE, None),
    Case("unknown-clause", edit(CP08, '- "8.2"', '- "8.21"'), CP08, "8.21"),
    Case("broken-link", add(CP08, "\n见[程序](CP-99.md)。\n"), CP08, "CP-99.md"),
    Case("unknown-number", add(CP08, "\n另见 CP-99。\n"), CP08, "CP-99"),
    Case("no-organisation", drop(ORG), ORG, None),
    Case("unknown-standard", edit(ORG, "standard: cts-tbgl009-2026", "standard: iso-1"), ORG, "standard: iso-1"),
    Case("evidence-missing", drop("registers/risks.yaml"), "registers/risks.yaml", None, True),
    Case("evidence-too-few", drop("records/compliance-evaluations/CE-2026.yaml"),
         "records/compliance-evaluations/", None, True),
    Case("evidence-not-covered", cut("registers/resources.yaml", "^  category: finance\n"), "registers/resources.yaml",
         None, True),
    Case("evidence-incomplete", cut("registers/providers.yaml", "^  responsib.*\n(?:  [ -].*\n)*"),
         "registers/providers.yaml", "- id: ", True),
    Case("section-missing", edit("system/policy.md", "{#c-a}", ""), "system/policy.md", 2, True),
    Case("placeholder", add(CP08, "\n时限待定。\n"), CP08, "时限待定"),
    Case("template-untouched", edit(CP08, "\n---\n", "\n---\n<!--"), CP08, "<!--"),
    Case("not-applicable-refused", add(ORG, "not_applicable:\n- requirement: 8.2.rec\n  reason: 没有\n"), ORG,
         "- requirement: 8.2.rec"),
    Case("approval-missing", drop(APPROVAL), CP08, "version: A/2"),
    Case("approval-of-other-content", add(CP08, "\n多一句。\n"), CP08, "version: A/2"),
    Case("approval-by-author", edit(APPROVAL, "person: gu-lan", "person: he-jia"), APPROVAL, "person: he-jia"),
    Case("review-overdue", edit(CP08, "next_review_on: 2027", "next_review_on: 2026"), CP08, "next_review_on"),
]  # fmt: skip


@pytest.fixture
def few(example_root: Path, tmp_path: Path) -> Path:
    root = tmp_path / "few"
    for path in FEW:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(example_root / path, root / path)
    return root


def line_of(root: Path, case: Case) -> int | None:
    if not isinstance(case.at, str):
        return case.at
    lines = (root / case.path).read_text("utf-8").split("\n")
    where = [number for number, line in enumerate(lines, start=1) if case.at in line]
    assert where, f"{case.path} has no {case.at}"
    return where[-1] if case.at == "---" else where[0]


def places(report: Report, rule: str) -> list[tuple[str, int | None]]:
    return [(found.place.path, found.place.line) for found in report.problems if found.rule == rule]


@pytest.mark.parametrize("case", FIRING, ids=lambda case: case.rule)
def test_it_fires_there_and_not_before(case: Case, few: Path, request: pytest.FixtureRequest) -> None:
    root = request.getfixturevalue("copy") if case.whole else few
    before = places(run(root, AS_OF), case.rule)
    case.change(root)
    report = run(root, AS_OF)
    after = places(report, case.rule)
    expected = (case.path, line_of(root, case))
    assert expected not in before
    assert expected in after, f"{case.rule}: {after}"
    for language in LANGUAGES:
        fired = [found for found in report.problems if found.rule == case.rule]
        said = [words(found, language) for found in fired for words in (message, remedy)]
        assert all(said) and not re.search(r"\[\[|\{[a-z_]+\}", "".join(said))


GIT_TABLES = ("approvals", "forged_history", "signed_approvals", "keeping", "merging", "guarding")


def test_every_rule_has_a_case() -> None:
    """Others have their own tables: test_mutations, test_operation_rules, test_alarm_rules, test_indicators.

    What git has to testify is fired in repositories of its own, each rule by name.
    """
    others = (chapters, waivers, operation, indicators, snapshots)
    elsewhere = {rule.id for module in others for rule in module.RULES}
    modules = (documents, revisions, records, merging, guarding)
    by_git = {rule.id for module in modules for rule in module.RULES} - {case.rule for case in FIRING}
    tables = (Path(__file__).parent / f"test_{name}.py" for name in GIT_TABLES)
    told = "".join(table.read_text("utf-8") for table in tables)
    assert all(f'"{rule}"' in told for rule in by_git)
    assert {case.rule for case in FIRING} == set(RULES) - elsewhere - by_git


def test_every_rule_is_silent_on_the_example(example: Report) -> None:
    assert example.problems == ()


# ── wording ────────────────────────────────────────────────────────────────────────────────────────────────────────

FACTS = re.compile(r"(?<!\{)\{([a-z_]+)\}(?!\})")


@pytest.mark.parametrize("rule", sorted(RULES))
def test_wording_is_complete_and_equal(example: Report, rule: str) -> None:
    zh, en = ({part: str(messages(lang)[f"rules.{rule}.{part}"]) for part in ("title", "message", "remedy", "why")}
              for lang in LANGUAGES)  # fmt: skip
    for part in zh:
        assert zh[part].strip() and en[part].strip()
        assert set(FACTS.findall(zh[part])) == set(FACTS.findall(en[part])), part
        assert re.search("[\u4e00-\u9fff]", zh[part]) and not re.search("[\u4e00-\u9fff]", en[part])
    for language in LANGUAGES:
        assert rule in rule_manual(RULES[rule], example.system.catalogue, language)


def test_no_wording_for_rules_that_are_no_more() -> None:
    for language in LANGUAGES:
        assert {key.split(".")[1] for key in messages(language) if key.startswith("rules.")} == set(RULES)


@pytest.mark.parametrize("rule", sorted(RULES))
def test_no_remedy_is_a_changed_date(rule: str) -> None:
    """A date may be mentioned only to say how to write it, or that it must not be bent."""
    zh, en = (str(messages(lang)[f"rules.{rule}.remedy"]) for lang in LANGUAGES)
    assert not re.search(
        r"(?<!不要)(?<!不要只)(?<!不得)(改|调整|推迟|提前|顺延)(动|一下|为|成)?[^。；]{0,6}(日期|时间)",
        re.sub("不要[^。；]*", "", zh),
    )
    assert not re.search(r"\b(change|move|adjust|postpone|update|extend)\b[^.;]*\b(date|time)\b",
                         re.sub(r"(?i)\b(do not|never|don't)\b[^.;]*", "", en), re.IGNORECASE)  # fmt: skip


def test_every_space_of_ids_has_a_name() -> None:
    def spaces(shape: Shape) -> set[str]:
        children = [*shape.properties.values(), *filter(None, (shape.items, shape.values))]
        own = {*shape.refers, *([shape.defines] if shape.defines else [])}
        return own.union(*map(spaces, children))

    named = set().union(*(spaces(kind.shape) for kind in own_schemas().kinds.values()))
    for language in LANGUAGES:
        assert named <= {key.removeprefix("terms.space.") for key in messages(language)}


def test_the_copy_of_the_example_is_whole(example_root: Path) -> None:
    assert all((example_root / folder).is_dir() for folder in FOLDERS) and shipped("locale").is_dir()


def test_a_number_typed_far_too_high_is_one_gap(copy: Path) -> None:
    """Not ten million problems, and not a run that never ends."""
    folder = copy / "records" / "complaints" / "2026"
    source = folder / "CC-2026-0002.yaml"
    (folder / "CC-2026-9999999.yaml").write_text(
        source.read_text("utf-8").replace("CC-2026-0002", "CC-2026-9999999"), "utf-8"
    )
    [gap] = [found for found in run(copy, AS_OF).problems if found.rule == "number-gap"]
    assert gap.place.path.endswith("CC-2026-9999999.yaml")
    assert str(gap.facts["missing"]).startswith("CC-2026-0090…")
