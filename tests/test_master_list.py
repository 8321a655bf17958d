"""The master list and who has read what: pages and values say what the files say (7.3, 7.5.3)."""

from __future__ import annotations

import re
from html import unescape

import pytest

from clausebook.load.workspace import overlaid
from clausebook.measure import measure
from clausebook.measure.external_documents import External, external_documents
from clausebook.measure.readings import Acknowledgement, acknowledgements
from clausebook.model import Entry, Source, System
from clausebook.pipeline import Report
from clausebook.publish import master_list, reading_pages
from clausebook.publish.book import Book
from clausebook.publish.document_pages import make as document_pages
from mutating import renewed

CP01, CP08 = "system/procedures/CP-01.md", "system/procedures/CP-08.md"
REFERENCES = "registers/references.yaml"
AW1, AW2 = "records/awareness/AW-2026-01.yaml", "records/awareness/AW-2026-02.yaml"
BRAND, OTHER = "  - department: brand\n", "  - department: oem\n"
"""A sheet that was another department's."""
HOSTILE = "<script>window.hit=1</script>{{7*7}}|a"


def edited(example: Report, *edits: tuple[str, str, str]) -> System:
    texts: dict[str, str | None] = {}
    own = {entry.path: entry.source.text for entry in example.system.entries}
    for path, old, new in edits:
        before = texts.get(path) or own[path]
        assert old in before, f"{path} has no {old!r}"
        texts[path] = before.replace(old, new, 1)
    return overlaid(example.system, {**texts, **renewed(example.system, texts)})


def book_of(system: System, language: str = "zh") -> Book:
    return Book(Report(system, measure(system), (), {}, ()), language)


def index_of(book: Book) -> str:
    return dict(master_list.make(book))["documents/index.md"]


def rows(page: str, anchor: str) -> dict[str, list[str]]:
    """The table below an anchored heading: its rows by their first word."""
    found = re.search(r"(?:^\|.*\n)+", page[page.index(f"{{#{anchor}}}") :], re.MULTILINE)
    assert found is not None
    cells = [[plain(cell) for cell in line[2:-2].split(" | ")] for line in found[0].splitlines()[2:]]
    return {re.split(r"\s", row[0], maxsplit=1)[0]: row for row in cells}


def plain(cell: str) -> str:
    cell = re.sub(r"<span hidden>.*?</span></span>|<span hidden>(?:<span [^>]*>[^<]*</span>)+</span>", "", cell)
    cell = re.sub(r"<br>|<small>", " ", cell)
    return unescape(re.sub(r"<[^>]+>|\]\([^)]*\)|\[", "", cell)).strip()


def reading(system: System, number: str) -> Acknowledgement:
    found = acknowledgements(system, measure(system).approvals)
    return next(one for one in found if one.document.id == number)


# ── the list ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_document_and_register_is_on_it_once(example: Report) -> None:
    listed = rows(index_of(book_of(example.system)), "master-list")
    entries = example.system.entries
    expected = {e.id for e in entries if e.controlled or e.path.startswith("registers/")}
    assert set(listed) == expected and len(listed) == 102
    assert listed["CP-08"][1:6] == ["A/2", "受控", "客户服务部经理", "实施日期 2026-03-02", "下次评审 2027-08-31"]
    assert listed["CP-08"][6] == "质量管理部、客户服务部、维修服务部、电子商务部、渠道销售部、法务合规部、品牌公关部"
    assert listed["CP-01"][6] == "全部部门" and listed["CP-08"][7] == "阅读确认 7 / 7"
    assert listed["CP-01-R06"][2] == "持续更新" and listed["CP-01-R06"][5] == "下次评审 2027-02-28"


def test_a_late_review_stands_out(example: Report) -> None:
    system = edited(
        example,
        (CP01, "next_review_on: 2027-08-31", "next_review_on: 2026-11-19"),
        (REFERENCES, "review_within_months: 6", "review_within_months: 2"),
    )
    listed = rows(index_of(book_of(system)), "master-list")
    assert listed["CP-01"][5].endswith("评审逾期") and listed["CP-01-R06"][5].endswith("评审逾期")
    assert "评审逾期" not in listed["CP-02"][5]


def test_each_class_of_a_kind_has_a_row(example: Report) -> None:
    page = index_of(book_of(example.system))
    part = page[page.index("{#record-types}") :]
    kept = [line for line in part.splitlines() if line.startswith("| [预警]")]
    assert len(kept) == 2 and "RC-02" in kept[0] and "10 年，自关闭之日起" in plain(kept[0])
    assert "RC-03" in kept[1] and "质量管理部经理" in plain(kept[1])
    without = edited(example, ("registers/retention.yaml", "  - crisis\n  - drill\n", "  - crisis\n"))
    assert "没有保留类别" in rows(index_of(book_of(without)), "record-types")["演练记录"][2]


def test_a_newer_edition_and_an_old_check_stand_out(example: Report) -> None:
    system = edited(
        example,
        (REFERENCES, "current_edition: GB/T 19012-2019", "current_edition: GB/T 19012-2026"),
        (REFERENCES, "checked_on: 2026-08-28\n  checked_by: bai-lei\n  used_for: 术语",
         "checked_on: 2026-05-19\n  checked_by: bai-lei\n  used_for: 术语"),
    )  # fmt: skip
    page = index_of(book_of(system))
    named = re.compile(r"^\| \[<span[^>]*>GB/T ([0-9]+)<")
    lines = {found[1]: plain(line) for line in page.splitlines() if (found := named.match(line))}
    assert "有新版" in lines["19012"] and "有新版" not in lines["19001"]
    assert "逾期" in lines["19000"] and "逾期" not in lines["19012"]


def test_nothing_that_a_register_says_becomes_code(example: Report) -> None:
    system = edited(
        example, (REFERENCES, "title: 管理体系审核指南", f"title: '{HOSTILE}'"),
        ("registers/retention.yaml", "storage: 文件库\n", f"storage: '{HOSTILE}'\n"),
        (AW2, "absent_handling: 大促值班 1 人次日补", f"absent_handling: '{HOSTILE}'"),
    )  # fmt: skip
    book = book_of(system)
    cp08 = next(text for path, text in document_pages(book) if path == "documents/CP-08.md")
    for page in (index_of(book), cp08):
        assert "<script" not in page and "{{" not in page and "&#60;script" in page


def test_both_languages_and_an_organisation_that_has_nothing_yet(example: Report, untouched: object) -> None:
    assert "Kinds of record" in index_of(book_of(example.system, "en"))
    gone = {entry.path: None for entry in example.system.entries if entry.kind.name != "organization"}
    bare = overlaid(example.system, gone)
    book = book_of(bare)
    assert "没有登记外来文件" in index_of(book) and dict(reading_pages.make(book)) == {}


# ── who has read it ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_sheet_speaks_for_its_department_and_a_provider_stands_beside(example: Report) -> None:
    found = reading(example.system, "CP-08")
    assert (found.version, str(found.since), found.missing, len(found.readers)) == ("A/2", "2026-03-02", (), 7)
    brand = next(reader for reader in found.readers if reader.id == "brand")
    assert [(r.record.id, r.attended, r.headcount) for r in brand.readings] == [("AW-2026-02", 6, 6)]
    assert [reader.id for reader in found.besides] == ["PV-01"]


def test_who_signed_nothing_is_missing(example: Report) -> None:
    book = book_of(edited(example, (AW2, BRAND, OTHER)))
    assert "品牌公关部" in dict(reading_pages.make(book))["documents/readings.md"]
    page = next(text for path, text in document_pages(book) if path == "documents/CP-08.md")
    assert "6 个已确认阅读" in page
    evidence = "AW-2026-01 2026-03-18 梁晨 AW-2026-02 2026-09-16 梁晨"
    assert rows(page, "reading")["品牌公关部"][1:] == ["部分确认", evidence]


def test_one_person_is_no_department_of_six_but_one_of_one(example: Report) -> None:
    assert reading(edited(example, (AW2, BRAND, OTHER)), "CP-08").missing == ("brand",)
    never = [(f"records/awareness/AW-{name}.yaml", BRAND, OTHER) for name in ("2024-01", "2025-01", "2026-02")]
    assert reading(edited(example, *never), "CP-08").missing == ()


def test_a_role_on_the_list_is_read_by_its_holders(example: Report) -> None:
    to_role = (CP08, "- brand\nclauses", "- spokesperson\nclauses")
    found = reading(edited(example, to_role), "CP-08")
    assert found.missing == () and found.readers[-1].readings[0].person == "liang-chen"
    untold = [(path, "  - person: liang-chen\n    role: spokesperson\n", "") for path in (AW1, AW2)]
    assert reading(edited(example, to_role, *untold), "CP-08").missing == ("spokesperson",)


def test_a_record_without_a_version_taught_what_held_that_day(example: Report) -> None:
    bare = [(path, "  - document: CP-08\n    version: A/2\n", "  - document: CP-08\n") for path in (AW1, AW2)]
    other = [(path, "procedure_version: A/2\n", "") for path in (AW1, AW2)]
    assert reading(edited(example, *bare, *other), "CP-08").missing == ()
    early = (AW1, "held_on: 2026-03-18", "held_on: 2026-02-18")
    assert "quality" not in reading(edited(example, *bare, *other), "CP-08").missing
    missing = reading(edited(example, *bare, *other, early, (AW2, "  - document: CP-08\n", "")), "CP-08").missing
    assert len(missing) == 7


def test_what_nobody_ever_taught_is_not_asked(example: Report) -> None:
    assert not reading(example.system, "CP-02").asked and reading(example.system, "QM-02").asked


# ── editions ───────────────────────────────────────────────────────────────────────────────────────────────────────


def external(example: Report, **row: str) -> External:
    base = next(external_documents(example.system))
    made = {"id": "RF-1", "number": "GB/T 19001", "checked_on": "2026-08-28", "used_for": "x", **row}
    kind = example.system.kinds["references"]
    entry = Entry(kind, Source("registers/references.yaml", "", ""), {"items": [made]})
    return External(entry, 0, made, base.checked, base.due_on, base.own)


@pytest.mark.parametrize(
    "used, latest, newer",
    [
        ("GB/T 19001-2016", "GB/T 19001-2016", False), ("2016", "GB/T 19001—2016", False),
        ("GB/T 19001-2016", "2016", False), ("ＧＢ/T 19001-2016", "gb/t19001 - 2016", False),
        ("GB/T 19001-2016", "GB/T 19001-2026", True), ("2016", "2026", True), ("B/1", "B/2", True),
        ("现行有效版本", "GB/T 19001-2016", False), ("latest edition", "2026", False),
    ],
)  # fmt: skip
def test_editions_are_compared_by_what_they_mean(example: Report, used: str, latest: str, newer: bool) -> None:
    assert external(example, dated_edition=used, current_edition=latest).newer is newer


def test_a_later_look_counts_and_one_still_to_come_does_not(example: Report) -> None:
    first = "checked_by: bai-lei\n  used_for: 认证依据，体系全部条款"
    line = "  checks:\n  - {on: %s, by: xu-wenqing, result: 仍为现行版本}\n  used_for: 认证依据，体系全部条款"
    for day, by, due in (("2026-11-01", "xu-wenqing", "2027-05-01"), ("2026-11-21", "bai-lei", "2027-02-28")):
        system = edited(example, (REFERENCES, first, "checked_by: bai-lei\n" + line % day))
        found = next(external_documents(system))
        assert (found.checked.by, str(found.due_on)) == (by, due)


def test_what_is_no_longer_used_needs_no_look(example: Report) -> None:
    gone = external(example, dated_edition="2000", status="superseded", used_for="")
    assert not gone.superseded and not gone.overdue(example.system.as_of.replace(year=2030))
    kept = external(example, dated_edition="2000", status="superseded")
    assert kept.superseded and kept.overdue(example.system.as_of.replace(year=2030))
