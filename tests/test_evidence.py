"""Nothing green that is not carried: take evidence away, piece by piece, and see the requirement turn red."""

from __future__ import annotations

import copy as copies
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from clausebook.clauses import Selector
from clausebook.load.standards import own_catalogues
from clausebook.load.workspace import mentioned
from clausebook.measure.evidence import Evidence, Lack, Thing, evidence_of
from clausebook.measure.paths import absent, selected, values_at
from clausebook.model import Entry, Pointer, System
from clausebook.pipeline import Report, run
from conftest import AS_OF
from remembering import Judge

REQUIREMENTS = list(own_catalogues()["cts-tbgl009-2026"].requirements)
each_requirement = pytest.mark.parametrize("identifier", REQUIREMENTS)

# The standard asks for no waivers, and nothing has to refer to one: without the register there simply are none.
ASKED_BY_NOBODY = {"registers/waivers.yaml"}


def with_entries(system: System, entries: Iterable[Entry]) -> System:
    kept = tuple(entries)
    old, now = {id(entry) for entry in system.entries}, {id(entry) for entry in kept}
    defined, referred = mentioned(entry for entry in kept if id(entry) not in old)
    return replace(
        system,
        entries=kept,
        defined=(*(m for m in system.defined if id(m.entry) in now), *defined),
        referred=(*(m for m in system.referred if id(m.entry) in now), *referred),
    )


def without(system: System, places: Iterable[tuple[Entry, Pointer]]) -> System:
    """The system without these things: whole entries, or what stands at a pointer in them."""
    gone: dict[int, set[Pointer]] = defaultdict(set)
    for entry, pointer in places:
        gone[id(entry)].add(pointer)
    kept = [entry for entry in system.entries if () not in gone.get(id(entry), ())]
    return with_entries(system, (_pruned(entry, gone[id(entry)]) if id(entry) in gone else entry for entry in kept))


def _pruned(entry: Entry, pointers: set[Pointer]) -> Entry:
    value = copies.deepcopy(entry.value)
    for pointer in sorted(pointers, key=lambda p: [(isinstance(s, str), s) for s in p], reverse=True):
        inner = value
        for step in pointer[:-1]:
            inner = inner[step]  # type: ignore[index]
        del inner[pointer[-1]]  # type: ignore[attr-defined]
    return replace(entry, value=value)


@each_requirement
def test_without_its_evidence_a_requirement_fails(
    example: Report, variations: Judge, identifier: str, record_property: Callable[[str, object], None]
) -> None:
    evidence = example.measured.evidence[identifier]
    assert evidence.things, "evidenced by nothing"
    report = variations(without(example.system, ((thing.entry, thing.pointer) for thing in evidence.things)))
    after = {row.id: row.status for row in report.coverage.values()}
    assert after[identifier] == "failing"
    record_property("others_failing_too", sum(status == "failing" for status in after.values()) - 1)


def evidence_for(system: System, identifier: str, *selectors: Selector) -> Evidence:
    """The evidence of one requirement, as if it asked for these selectors only: quick, and blind to all others."""
    catalogue = system.catalogue
    alone = replace(catalogue.requirements[identifier], evidence=selectors)
    return evidence_of(
        replace(system, catalogues={catalogue.id: replace(catalogue, requirements={identifier: alone})})
    )[identifier]


def lacks_after(
    system: System, identifier: str, selector: Selector, places: Iterable[tuple[Entry, Pointer]]
) -> list[Lack]:
    return list(evidence_for(without(system, places), identifier, selector).lacks)


def holders(thing: Thing, fields: Iterable[str]) -> list[tuple[Entry, Pointer]]:
    """Where the values of these fields stand."""
    return [
        (thing.entry, (*thing.pointer, *at))
        for field in fields
        for at, _ in selected(thing.value, tuple(field.split(".")))
    ]


@each_requirement
def test_without_one_selectors_things_that_selector_is_missed(example: Report, identifier: str) -> None:
    system = example.system
    for selector in system.catalogue.requirements[identifier].evidence:
        if selector.minimum:
            things = evidence_for(system, identifier, selector).things
            lacks = lacks_after(system, identifier, selector, [(thing.entry, thing.pointer) for thing in things])
            assert lacks, selector


@each_requirement
def test_without_one_field_that_very_thing_is_named(example: Report, identifier: str) -> None:
    """Each field that a selector asks of each thing, taken from one thing, is missed there and nowhere else."""
    system = example.system
    for selector in system.catalogue.requirements[identifier].evidence:
        things = evidence_for(system, identifier, selector).things
        groups = [*((field,) for field in selector.each), *((selector.any_of,) if selector.any_of else ())]
        for fields in groups:
            for thing in things[-1:]:
                lacks = lacks_after(system, identifier, selector, holders(thing, fields))
                named = {lack.thing.entry.path for lack in lacks if lack.thing and lack.what in ("field", "any-of")}
                assert named == {thing.entry.path}, f"{fields} of {thing.entry.path} {thing.pointer}"


@each_requirement
def test_without_one_value_of_a_list_that_value_is_named(example: Report, identifier: str) -> None:
    system = example.system
    for selector in system.catalogue.requirements[identifier].evidence:
        if selector.covers is None:
            continue
        field, values = selector.covers
        things = evidence_for(system, identifier, selector).things
        for value in values:
            showing = [t for t in things if value in map(str, values_at(t.value, field))]
            if len(showing) < len(things):  # else nothing at all would be left
                lacks = lacks_after(system, identifier, selector, [(t.entry, t.pointer) for t in showing])
                assert value in [lack.detail for lack in lacks if lack.what == "not-covered"]


@each_requirement
def test_without_one_section_that_section_is_named(example: Report, identifier: str) -> None:
    system = example.system
    for selector in system.catalogue.requirements[identifier].evidence:
        for anchor in selector.sections:
            entry = evidence_for(system, identifier, selector).things[0].entry
            emptied = replace(entry, body=(entry.body or "").replace("{#" + anchor + "}", ""))
            changed = with_entries(system, (emptied if other is entry else other for other in system.entries))
            lacks = evidence_for(changed, identifier, selector).lacks
            assert anchor in [lack.detail for lack in lacks if lack.what == "section"]


def test_an_empty_value_is_no_evidence() -> None:
    for empty in (None, "", [], {}):
        assert absent({"a": empty}, ("a",)) == ("a",)


# ── whole files ────────────────────────────────────────────────────────────────────────────────────────────────────


def content(root: Path, *folders: str) -> list[str]:
    files = (file for folder in folders for file in sorted((root / folder).rglob("*")))
    return [file.relative_to(root).as_posix() for file in files if file.suffix in (".yaml", ".md")]


def test_no_file_can_be_taken_away_unnoticed(example: Report, variations: Judge, example_root: Path) -> None:
    """Each file of system/ and registers/ in turn: at least one error, and it names a clause."""
    unnoticed = set()
    for path in content(example_root, "system", "registers"):
        system = with_entries(example.system, (entry for entry in example.system.entries if entry.path != path))
        errors = [p for p in variations(system).problems if p.level == "error"]
        if not any(system.catalogue.numbered(p.requirements) for p in errors):
            unnoticed.add(path)
    assert unnoticed == ASKED_BY_NOBODY


BREAKABLE = [
    "system/org.yaml", "system/policy.md", "system/scope.md", "system/roles.yaml", "system/criteria/timelimits.yaml",
    "system/procedures/CP-08.md", "system/processes/P-04.yaml", "system/kpis/backlog.yaml", "registers/people.yaml",
    "registers/obligations.yaml", "registers/risks.yaml", "registers/providers.yaml",
    "records/complaints/2026/CC-2026-0001.yaml", "records/approvals/CP-08/A-2-approve-gu-lan.yaml",
]  # fmt: skip


@pytest.mark.parametrize("path", BREAKABLE)
def test_a_broken_file_is_one_problem(copy: Path, path: str) -> None:
    """It names what it hides, and what refers into it stays quiet."""
    file = copy / path
    if not file.is_file():
        file = sorted(file.parent.glob("*approve*"))[-1]
    lines = file.read_text("utf-8").split("\n")
    file.write_text("\n".join([lines[0], ": [broken", *lines[1:]]), "utf-8")
    report = run(copy, AS_OF)
    [found] = report.problems
    assert (found.rule, found.place.path) == ("yaml-syntax", file.relative_to(copy).as_posix())
    assert found.place.line in (2, 3) and found.fatal
    assert report.system.catalogue.numbered(found.requirements)
    failing = {row.id for row in report.coverage.values() if row.status == "failing"}
    assert failing == {r for r in found.requirements if r in report.coverage}


# ── what nobody has written ────────────────────────────────────────────────────────────────────────────────────────

UNWRITTEN = {
    "TODO": lambda body: body + "\nTODO: 补充职责\n",
    "待定": lambda body: body + "\n时限待定。\n",
    "fill-in mark": lambda body: body + "\n本程序适用于【待填：适用范围】。\n",
    "empty bullet": lambda body: body + "\n- 第一步\n-\n",
    "empty number": lambda body: body + "\n1. 第一步\n2.\n",
    "no body": lambda body: "\n",
}


@pytest.mark.parametrize("unwritten", UNWRITTEN)
def test_unwritten_text_turns_every_document_red(example: Report, variations: Judge, unwritten: str) -> None:
    for entry in [entry for entry in example.system.entries if entry.body is not None]:
        blank = replace(entry, body=UNWRITTEN[unwritten](entry.body or ""))
        system = with_entries(example.system, (blank if other is entry else other for other in example.system.entries))
        found = [p for p in variations(system).problems if p.rule in ("placeholder", "template-untouched")]
        assert [p.place.path for p in found] == [entry.path]
        assert found[0].level == "error" and system.catalogue.numbered(found[0].requirements)


def test_unwritten_text_is_found_at_its_line(copy: Path) -> None:
    file = copy / "system" / "procedures" / "CP-08.md"
    text = file.read_text("utf-8")
    file.write_text(text + "\n本程序适用于【待填：适用范围】。\n", "utf-8")
    [found] = [p for p in run(copy, AS_OF).problems if p.rule == "placeholder"]
    assert (found.place.line, found.place.column) == (text.count("\n") + 2, 7)
    assert found.facts["found"] == "【待填：适用范围】"


@pytest.mark.parametrize("words", ["TODO", "待定", "【待填：联系方式】", "N/A", "...", "略"])
def test_unwritten_values_of_a_register(copy: Path, words: str) -> None:
    file = copy / "registers" / "people.yaml"
    file.write_text(file.read_text("utf-8").replace("position: 总经理", f"position: {words}", 1), "utf-8")
    found = [p for p in run(copy, AS_OF).problems if p.rule == "placeholder"]
    assert [(p.place.path, p.facts["found"]) for p in found] == [("registers/people.yaml", words)]


@pytest.mark.parametrize("words", ["送货时间待定", "型号 XXX 漏水，客服说 TODO 单还没排上", "待定"])
def test_the_complainants_own_words_may_be_anything(copy: Path, words: str) -> None:
    file = copy / "records" / "complaints" / "2026" / "CC-2026-0001.yaml"
    lines = file.read_text("utf-8").split("\n")
    at = lines.index("description: |-")
    lines[at + 1] = f"  {words}"
    file.write_text("\n".join(lines), "utf-8")
    assert [p.rule for p in run(copy, AS_OF).problems] == []


def test_our_own_mark_counts_even_there(copy: Path) -> None:
    file = copy / "records" / "complaints" / "2026" / "CC-2026-0001.yaml"
    text = file.read_text("utf-8")
    file.write_text(text.replace("description: |-\n", "description: |-\n  【待填：投诉内容】\n"), "utf-8")
    assert [p.rule for p in run(copy, AS_OF).problems] == ["placeholder"]
