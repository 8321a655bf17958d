"""Tables out: nothing in them runs, nothing private leaves, and what is exported comes back as it was (threats D2)."""

from __future__ import annotations

import csv
import io
import json
import shutil
import zipfile
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from clausebook.cli import group
from clausebook.load.tables import clean
from clausebook.load.workspace import load
from clausebook.publish.exports import fields, headers, tables_of
from clausebook.publish.spreadsheets import BOM, Table, as_csv, as_xlsx, marked, runs
from conftest import AS_OF, FOLDERS

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "＝1+1", "＋1", "－1", "＠A1", " =1", "\t=1", "\r=1", "\n=1", "\tx", "'=1"]
HARMLESS = ["", "1", "a=b", "投诉", "2026-11-20", "'quoted'", "x\n=y"]


def export(root: Path, *words: str) -> Result:
    result = CliRunner().invoke(group, ["export", *words, "--root", str(root), "--as-of", AS_OF.isoformat()])
    assert result.exception is None, result.exception
    return result


def sheets(content: bytes) -> dict[str, list[list[object]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


# ── cells ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_that_looks_like_a_formula_is_marked_in_csv(text: str) -> None:
    said = as_csv(Table("t", ["a", "b"], [[text, "end"]]))
    [_, [cell, _]] = csv.reader(io.StringIO(said, newline=""))
    assert cell == f"'{text}" and said.split("\r\n")[1].startswith("\"'")


@pytest.mark.parametrize("text", HARMLESS)
def test_any_other_text_is_left_as_it_is(text: str) -> None:
    assert marked(text) == text


def test_a_negative_number_is_a_number() -> None:
    assert marked(-5) == -5 and not runs(-5)


@pytest.mark.parametrize("text", [text for text in (*FORMULAS, *HARMLESS) if text == text.strip()])
def test_the_import_takes_the_mark_off_again(text: str) -> None:
    assert clean(str(marked(text))) == text


def test_a_workbook_holds_texts_and_numbers_and_no_formula() -> None:
    content = as_xlsx([Table("一", ["a"], [[text] for text in FORMULAS]), Table("一", ["n"], [[-2.5]])], AS_OF)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name).decode("utf-8") for name in archive.namelist()}
    written = "".join(text for name, text in parts.items() if name.startswith("xl/worksheets/"))
    assert "<f>" not in written and 'quotePrefix="1"' in parts["xl/styles.xml"]
    found = sheets(content)
    assert [row[0] for row in found["一"][1:5]] == FORMULAS[:4] and found["一 2"][1] == [-2.5]


def test_the_same_content_is_the_same_file() -> None:
    table = Table("t", ["a"], [["x"]])
    assert as_xlsx([table], date(2026, 1, 2)) == as_xlsx([table], date(2026, 1, 2))
    with zipfile.ZipFile(io.BytesIO(as_xlsx([table], date(2026, 1, 2)))) as archive:
        assert {item.date_time for item in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert "2026-01-02T00:00:00Z" in archive.read("docProps/core.xml").decode()


@given(st.text())
def test_no_csv_cell_begins_as_a_formula(text: str) -> None:
    cell = str(marked(text))
    assert cell == text or cell == f"'{text}"
    assert not cell.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))
    assert not cell.startswith(("\t", "\r", "\n"))


# ── kinds ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_kind_has_a_table_whose_columns_are_told_apart(example_root: Path) -> None:
    system = load(example_root, AS_OF, with_history=False)
    for kind in system.kinds.values():
        for table in tables_of(system, kind, "zh"):
            assert len(set(table.columns)) == len(table.columns) > 0, kind.name
            assert all(len(row) == len(table.columns) for row in table.rows), kind.name


def test_columns_are_named_by_the_schema_and_lists_are_joined(example_root: Path) -> None:
    [head, *rows] = csv.reader(io.StringIO(export(example_root, "complaints", "--to", "csv").stdout, newline=""))
    by_id = {row[0]: dict(zip(head, row, strict=True)) for row in rows}
    assert head[0] == "投诉编号（本系统）" and len(rows) == 163
    first = by_id["CC-2026-0001"]
    assert first["接收时间"] == "2026-01-06T09:55:00+08:00" and first["初步评估 › 性质与严重性"] == "3"
    assert first["形式"] == "电子" and first["紧急"] == "否" and first["承办岗位或人员"] == "fang-yiming"


def test_private_fields_stay_behind(example_root: Path) -> None:
    system = load(example_root, AS_OF, with_history=False)
    shape = system.kinds["complaint"].shape
    named = {".".join(path) for path in headers(shape, "zh").values()}
    assert not named & {"title", "description", "remedy_sought", "complainant.ref", "order"}
    assert all(not below.private for _, below in fields(shape))
    for form in ("csv", "json"):
        said = export(example_root, "complaints", "--to", form).stdout
        for entry in system.of("complaint"):
            ref = str(entry.value["complainant"].get("ref", "anonymous"))
            assert ref == "anonymous" or ref not in said
            assert str(entry.value["description"])[:30] not in said


def test_json_has_every_record_with_its_file(example_root: Path) -> None:
    rows = json.loads(export(example_root, "references", "--to", "json").stdout)
    assert [row["path"] for row in rows] == ["registers/references.yaml"]
    assert [item["id"] for item in rows[0]["items"]] == [f"RF-0{n}" for n in range(1, 8)]


def test_a_register_is_a_table_of_its_rows(example_root: Path) -> None:
    [head, *rows] = csv.reader(io.StringIO(export(example_root, "references", "--to", "csv").stdout, newline=""))
    assert head[:4] == ["编号（本系统）", "编号", "名称", "英文名称"] and len(rows) == 7
    assert rows[0][:2] == ["RF-01", "CTS TBGL009-2026"]


def test_bom_only_when_asked(example_root: Path, tmp_path: Path) -> None:
    plain, marked_ = tmp_path / "a.csv", tmp_path / "b.csv"
    export(example_root, "drill", "--to", "csv", "--out", str(plain))
    export(example_root, "drill", "--to", "csv", "--bom", "--out", str(marked_))
    assert marked_.read_text("utf-8") == BOM + plain.read_text("utf-8")


def test_an_unknown_kind_is_named_with_what_is_near(example_root: Path) -> None:
    result = CliRunner().invoke(group, ["export", "complants", "--to", "csv", "--root", str(example_root)])
    assert str(result.exception) == "export-unknown"
    assert "complaint" in str(getattr(result.exception, "facts", {})["near"])


def test_a_place_that_cannot_be_written_is_said(example_root: Path, tmp_path: Path) -> None:
    words = ["export", "drill", "--to", "csv", "--root", str(example_root), "--out", str(tmp_path)]
    assert str(CliRunner().invoke(group, words).exception) == "cannot-write"


# ── there and back ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("form, language", [("xlsx", "zh"), ("csv", "en")])
def test_exported_complaints_come_back_as_they_were(
    example_root: Path, tmp_path: Path, form: str, language: str
) -> None:
    root, file = tmp_path / "org", tmp_path / f"all.{form}"
    for folder in FOLDERS:
        shutil.copytree(example_root / folder, root / folder)
    export(root, "complaints", "--to", form, "--lang", language, "--out", str(file))
    before = json.loads(export(root, "complaints", "--to", "json").stdout)
    shutil.rmtree(root / "records" / "complaints")
    words = ["import", "complaints", str(file), "--root", str(root), "--as-of", AS_OF.isoformat()]
    said = json.loads(CliRunner().invoke(group, [*words, "--dry-run"]).stdout)
    assert (said["rows"], said["accepted"], said["rejected"]) == (163, 163, [])
    assert all(said["mapping"].values()) and len(said["warnings"]) == 1  # nobody's token leaves, and that is said
    assert CliRunner().invoke(group, words).exit_code == 0
    after = json.loads(export(root, "complaints", "--to", "json").stdout)
    for row in after:
        del row["imported"]
    assert after == before


def test_what_is_there_already_is_not_imported_again(copy: Path, tmp_path: Path) -> None:
    file = tmp_path / "all.csv"
    export(copy, "complaints", "--to", "csv", "--out", str(file))
    words = ["import", "complaints", str(file), "--root", str(copy), "--as-of", AS_OF.isoformat(), "--dry-run"]
    said = json.loads(CliRunner().invoke(group, words).stdout)
    assert said["accepted"] == 0 and len(said["rejected"]) == 163
    assert "CC-2024-0001" in said["rejected"][0]["reason"]


def test_a_foreign_log_with_our_titles_is_no_export_of_ours(fresh: Path) -> None:
    (fresh / "log.csv").write_text("投诉编号,接收时间,接收渠道\nCC-2026-0001,2026-01-06 09:55,电话\n", "utf-8")
    words = ["import", "complaints", str(fresh / "log.csv"), "--root", str(fresh), "--as-of", AS_OF.isoformat()]
    said = json.loads(CliRunner().invoke(group, [*words, "--dry-run"]).stdout)
    assert said["mapping"]["投诉编号"] == "external_case_no"


# ── the master list ────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_master_list_is_one_workbook(example_root: Path, tmp_path: Path) -> None:
    file = tmp_path / "list.xlsx"
    export(example_root, "documents", "--to", "xlsx", "--out", str(file))
    found = sheets(file.read_bytes())
    assert list(found) == ["文件总清单", "记录种类", "外来文件", "阅读确认"]
    documents = {row[0]: dict(zip(found["文件总清单"][0], row, strict=True)) for row in found["文件总清单"][1:]}
    assert documents["CP-08"]["版本"] == "A/2" and documents["CP-08"]["实施日期"] == "2026-03-02"
    assert documents["CP-08"]["责任岗位"] == "客户服务部经理"
    assert (documents["CP-08"]["应确认阅读"], documents["CP-08"]["已确认阅读"]) == (7, 7)
    assert documents["CP-01-R06"]["下次评审"] == "2027-02-28"  # six months after 28 August
    kinds = {row[1]: row for row in found["记录种类"][1:]}
    assert "RC-01 3 年，自关闭之日起" in str(kinds["complaint"][5]) and kinds["complaint"][9] == 163
