"""The catalogue: 187 requirements as counted from the print, in our own words, each with evidence that can exist."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from clausebook.clauses import Catalogue, Requirement, Selector, covers
from clausebook.load.schemas import Schemas
from clausebook.load.standards import own_catalogues, own_schemas
from clausebook.model import Shape
from clausebook.pipeline import run
from clausebook.shipped import shipped
from conftest import AS_OF

STANDARD = Path(__file__).resolve().parents[2] / "shared" / "standard"
CATALOGUE: Catalogue = own_catalogues()["cts-tbgl009-2026"]
SCHEMAS: Schemas = own_schemas()
REQUIREMENTS = list(CATALOGUE.requirements.values())
CHINESE = re.compile("[\u4e00-\u9fff]")

# Typed by hand from requirements.md 1.3: sub-clause, then the requirements in it, in the order of print.
PRINTED = """
    4.1 ext int
    4.2 a b proc doc cont
    4.3 det a b c doc
    4.4.1 sys proc a b c d e f g h
    4.4.2 a b
    5.1 a b c d e f g h i
    5.2 est a b c d e doc comm avail
    5.3 assign appoint a b c d
    6.1 det a b c reg plan.a plan.b plan.c
    6.2 est a b c d e f plan.a plan.b plan.c plan.d plan.e
    6.3 sys a b c d
    7.1 det
    7.2 a b c d
    7.3 a b c d e f
    7.4 a b c d e crisis
    7.5.1 a b
    7.5.2 id fmt appr
    7.5.3 a b ctl1 ctl2 ctl3 ctl4
    8.1 plan ch6 a b.1 b.2 c d e.1 e.2
    8.2 proc rec a b c.ack c.info
    8.3 ia crit.a crit.b crit.c crit.d crit.e inv depth
    8.4 mech anal warn act
    8.5 resp plan comm
    8.6 a b c d
    8.7 gen a b c d
    9.1 a b c d e eval rec
    9.1.2 proc annual rec
    9.2 int a b c d e
    9.3 int in.a in.b in.c in.c.1 in.c.2 in.c.3 in.c.4 in.c.5 in.c.6 in.c.7 in.d in.e in.f out.a out.b out.c
    10.1 a.1 a.2 b.1 b.2 b.3 c d e f rec.nature rec.result
    10.2 gen det chg
"""
CHAPTERS = {"4": 24, "5": 24, "6": 25, "7": 28, "8": 39, "9": 33, "10": 14}
SUB_CLAUSES = {
    "4.1": 2, "4.2": 5, "4.3": 5, "4.4.1": 10, "4.4.2": 2, "5.1": 9, "5.2": 9, "5.3": 6, "6.1": 8, "6.2": 12,
    "6.3": 5, "7.1": 1, "7.2": 4, "7.3": 6, "7.4": 6, "7.5.1": 2, "7.5.2": 3, "7.5.3": 6, "8.1": 9, "8.2": 6,
    "8.3": 8, "8.4": 4, "8.5": 3, "8.6": 4, "8.7": 5, "9.1": 7, "9.1.2": 3, "9.2": 6, "9.3": 17, "10.1": 11, "10.2": 3,
}  # fmt: skip


def each_requirement(function: Callable[..., None]) -> Callable[..., None]:
    return pytest.mark.parametrize("requirement", REQUIREMENTS, ids=lambda r: r.id)(function)


def test_the_187_ids_in_the_order_of_print() -> None:
    rows = [line.split() for line in PRINTED.strip().splitlines()]
    expected = [(f"{clause}.{suffix}", clause) for clause, *suffixes in rows for suffix in suffixes]
    assert len(expected) == 187
    assert [(r.id, r.clause) for r in REQUIREMENTS] == expected


def test_counts() -> None:
    assert Counter(r.id.split(".")[0] for r in REQUIREMENTS) == CHAPTERS
    assert Counter(r.clause for r in REQUIREMENTS) == SUB_CLAUSES
    assert Counter(r.kind for r in REQUIREMENTS) == {
        "POL": 6, "MNT": 17, "RET": 31, "PROC": 36, "DEC": 73, "PER": 24,
    }  # fmt: skip
    assert Counter(r.judgement for r in REQUIREMENTS) == {"none": 127, "sample": 56, "interview": 4}


def test_the_additions_of_this_revision_are_emphasised() -> None:
    emphasised = {r.id for r in REQUIREMENTS if r.emphasis}
    assert emphasised == {"8.2.b", "8.2.c.ack", "8.6.b", "8.7.a", "8.7.d", "10.1.e"}


@each_requirement
def test_wording(requirement: Requirement) -> None:
    """Both languages, each in its own script, and the auditor's question exactly where a person must judge."""
    assert CHINESE.search(requirement.text["zh"]) and not CHINESE.search(requirement.text["en"])
    assert requirement.printed.split(" ")[0].startswith(requirement.clause.split(".")[0])
    assert (requirement.question is None) == (requirement.judgement == "none")
    if requirement.question:
        assert CHINESE.search(requirement.question["zh"]) and not CHINESE.search(requirement.question["en"])


def test_no_two_requirements_say_the_same() -> None:
    for language in ("zh", "en"):
        said = Counter(r.text[language] for r in REQUIREMENTS)
        assert [words for words, times in said.items() if times > 1] == []


def runs(text: str, length: int) -> Iterator[str]:
    for run_of in re.findall(f"[\u4e00-\u9fff]{{{length},}}", re.sub(r"\s", "", text)):
        for start in range(len(run_of) - length + 1):
            yield run_of[start : start + length]


@pytest.mark.skipif(not STANDARD.is_dir(), reason="the text of the standard is not on this machine")
def test_the_wording_is_our_own() -> None:
    print_ = {part for file in STANDARD.glob("*.txt") for part in runs(file.read_text("utf-8"), 14)}
    for name in (CATALOGUE.title, *(source["title"] for source in CATALOGUE.notes["sources"])):
        print_ -= set(runs(name["zh"], 14))  # the names of standards are their names
    assert print_
    ours = (shipped("schema") / "clauses.yaml").read_text("utf-8")
    assert [part for line in ours.splitlines() for part in runs(line, 14) if part in print_] == []


def test_clauses_map_to_the_neighbouring_standards() -> None:
    number = re.compile(r"[0-9]+(\.[0-9]+)*")
    for clause in CATALOGUE.clauses.values():
        assert CHINESE.search(clause.title["zh"]) and not CHINESE.search(clause.title["en"])
        assert all(number.fullmatch(n) for n in (*clause.iso9001, *clause.iso10002))
    unmapped = {c.id for c in CATALOGUE.clauses.values() if not (c.iso9001 or c.iso10002)}
    assert unmapped == {"9.1.2"}  # evaluation of compliance comes from neither
    assert {source["id"] for source in CATALOGUE.notes["sources"]} == {"iso9001", "iso10002"}
    assert CATALOGUE.clauses["9.3"].iso9001 == ("9.3",) and CATALOGUE.clauses["8.7"].iso9001 == ("8.4",)
    assert CATALOGUE.clauses["10.1"].iso9001 == ("10.2",) and CATALOGUE.clauses["5.2"].iso10002 == ("5.3",)


def test_the_seven_terms_which_the_organisation_must_define() -> None:
    terms = CATALOGUE.notes["terms"]
    assert [t["id"] for t in terms] == [
        "major", "collective", "repeat", "abnormal-growth", "urgent", "major-property-loss", "media-attention",
    ]  # fmt: skip
    assert all(CATALOGUE.knows(used) for term in terms for used in term["used_in"])
    assert all(CHINESE.search(t["zh"]) and not CHINESE.search(t["en"]) for t in terms)


def test_the_irregularities_of_the_print() -> None:
    rows = CATALOGUE.notes["irregularities"]
    assert [row["id"] for row in rows][:21] == [f"IR-{number:02}" for number in range(1, 22)]
    assert all(row[part][lang] for row in rows for part in ("where", "seen", "treatment") for lang in ("zh", "en"))
    assert "9.1.1" not in CATALOGUE.clauses  # printed 9.1.2 without a 9.1.1
    printed = {r.id: r.printed for r in REQUIREMENTS}
    assert [printed[f"10.1.b.{n}"].split()[-1].rstrip(")）.。、") for n in (1, 2, 3)] == ["3", "4", "5"]


# ── selectors: everything they name exists ─────────────────────────────────────────────────────────────────────────


def shape_at(shape: Shape, path: tuple[str, ...]) -> Shape | None:
    """The schema's word on a dotted path, lists unrolled; None when there is no such field."""
    for step in path:
        while shape.items is not None:
            shape = shape.items
        found = shape.properties.get(step) or shape.values
        if found is None:
            return None
        shape = found
    while shape.items is not None:
        shape = shape.items
    return shape


def fields_of(selector: Selector) -> Iterator[str]:
    yield from (*selector.where, *selector.each)
    if selector.covers:
        yield selector.covers[0]
    if selector.within:
        yield selector.within[0]
    if selector.distinct:
        yield selector.distinct


@each_requirement
def test_selectors_name_what_exists(requirement: Requirement) -> None:
    for selector in requirement.evidence:
        assert selector.kinds or selector.document
        assert selector.document is None or CATALOGUE.knows(selector.document)
        for name in selector.kinds:
            kind = SCHEMAS.kinds[name]
            inside = shape_at(kind.shape, selector.select)
            assert inside is not None, f"{name} has no {'.'.join(selector.select)}"
            for field in fields_of(selector):
                assert shape_at(inside, tuple(field.split("."))) is not None, f"{name} has no {field}"
            known = [field for field in selector.any_of if shape_at(inside, tuple(field.split("."))) is not None]
            assert not selector.any_of or known, f"{name} has none of {selector.any_of}"
            assert len(selector.kinds) > 1 or known == list(selector.any_of)
            assert not selector.sections or kind.markdown


@each_requirement
def test_values_asked_for_are_values_one_can_write(requirement: Requirement) -> None:
    """A `covers` or `where` value outside the schema's list could never be satisfied."""
    for selector in requirement.evidence:
        wanted = [(selector.covers[0], value) for value in selector.covers[1]] if selector.covers else []
        for field, value in selector.where.items():
            wanted += [(field, v) for v in (value if isinstance(value, list) else [value]) if v not in (None, "*")]
        for field, value in wanted:
            labels = [
                shape.labels
                for name in selector.kinds
                if (shape := shape_at(SCHEMAS.kinds[name].shape, (*selector.select, *field.split("."))))
            ]
            assert any(not known or str(value) in known for known in labels), f"{field} can not be {value}"


@each_requirement
def test_each_requirement_has_evidence_beyond_advice(requirement: Requirement) -> None:
    assert any(selector.basis != "implied" for selector in requirement.evidence)


def test_no_two_requirements_of_a_sub_clause_ask_for_the_same() -> None:
    seen: dict[tuple[str, tuple[str, ...]], str] = {}
    for requirement in REQUIREMENTS:
        key = (requirement.clause, tuple(sorted(map(repr, requirement.evidence))))
        assert key not in seen, f"{requirement.id} asks for exactly what {seen[key]} asks for"
        seen[key] = requirement.id


# ── ids ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "wider, narrower, expected",
    [
        ("8.2", "8.2", True), ("8.2", "8.2.a", True), ("8.2", "8.2.c.ack", True), ("8", "8.2.a", True),
        ("8.2", "8.21", False), ("8.2", "8.21.a", False), ("8.2.1", "8.2", False), ("8.2.a", "8.2", False),
        ("8.2.a", "8.2.ab", False), ("1", "10.1", False), ("10.1.a.1", "10.1.a.10", False), ("4.4", "4.4.1.a", True),
    ],
)  # fmt: skip
def test_ids_match_whole_or_on_dots(wider: str, narrower: str, expected: bool) -> None:
    assert covers(wider, narrower) is expected


def test_below_a_clause() -> None:
    assert [r.id for r in CATALOGUE.below("8.2")] == [
        "8.2.proc", "8.2.rec", "8.2.a", "8.2.b", "8.2.c.ack", "8.2.c.info",
    ]  # fmt: skip
    assert len(CATALOGUE.below("4.4")) == 12 and len(CATALOGUE.below("1")) == 0
    assert CATALOGUE.knows("8.2.c") and not CATALOGUE.knows("8.21") and not CATALOGUE.knows("8.2.1")


# ── a second standard is data ──────────────────────────────────────────────────────────────────────────────────────

SECOND: dict[str, Any] = {
    "id": "house-rules",
    "number": "Q/HR 1-2026",
    "version": "1",
    "title": {"zh": "自定规则", "en": "House rules"},
    "clauses": [
        {"id": "1", "title": {"zh": "地址", "en": "Sites"}},
        {"id": "2", "title": {"zh": "演练", "en": "Drills"}},
    ],
    "requirements": [
        {
            "id": "1.a", "clause": "1", "printed": "1 a)", "kind": "DEC", "judgement": "none",
            "text": {"zh": "写明场所。", "en": "Name the sites."},
            "evidence": [{"kind": ["organization"], "select": "sites", "basis": "explicit"}],
        },
        {
            "id": "2.a", "clause": "2", "printed": "2 a)", "kind": "RET", "judgement": "none",
            "text": {"zh": "做一百次演练。", "en": "Hold a hundred drills."},
            "evidence": [{"kind": ["drill"], "min": 100, "basis": "explicit"}],
        },
    ],
}  # fmt: skip


def test_a_second_standard_is_a_file(copy: Path) -> None:
    shutil.copytree(shipped("schema"), copy / "schema")
    (copy / "schema" / "house-rules.yaml").write_text(yaml.safe_dump(SECOND, allow_unicode=True), "utf-8")
    org = copy / "system" / "org.yaml"
    text = org.read_text("utf-8")
    org.write_text(text.replace("standard: cts-tbgl009-2026", "standard: house-rules"), "utf-8")
    report = run(copy, AS_OF)
    assert {row.id: row.status for row in report.coverage.values()} == {"1.a": "evidenced", "2.a": "failing"}
    assert [p.rule for p in report.problems if p.requirements == ("2.a",)] == ["evidence-too-few"]


def test_a_broken_second_standard_is_one_problem(copy: Path) -> None:
    (copy / "schema").mkdir()
    (copy / "schema" / "house-rules.yaml").write_text("id: house-rules\n", "utf-8")
    report = run(copy, AS_OF)
    assert [(p.rule, p.place.path) for p in report.problems] == [("catalogue-broken", "schema/house-rules.yaml")]
    assert len(report.coverage) == 187
