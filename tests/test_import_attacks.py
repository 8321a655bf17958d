"""Logs that would do harm: persons in cells, false order of dates, sums as complaints, bombs; each a clear sentence."""

from __future__ import annotations

import io
import os
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clausebook.load import sheets, text_tables
from clausebook.load.strict_yaml import decode, parse
from clausebook.problems import UserError
from clausebook.work.import_privacy import masked
from clausebook.work.writer import create_all
from foreign_logs import records, run, said, workbook

HEAD = "投诉编号,投诉日期,投诉内容\n"
ROW = "T1,2026-01-03,漏水\n"


def all_text(root: Path) -> str:
    return "".join(file.read_text("utf-8") for file in (root / "records").rglob("*.yaml"))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("我的电话13800138000，请回", "我的电话***，请回"),
        ("138-0013-8000 / 138 0013 8000", "*** / ***"),
        ("+86 13800138000", "***"),
        ("座机0571-88156789", "座机***"),
        ("证件11010519491231002X", "证件***"),
        ("卡号 4111 1111 1111 1111", "卡号 ***"),
        ("写信到 a.b+c@qq.com.cn", "写信到 ***"),
        ("加微信：wx_abc123", "加***"),
        ("车牌浙A12345", "车牌***"),
        ("call (555) 123-4567 or +44 20 7946 0958", "call *** or ***"),
        ("SSN 123-45-6789", "SSN ***"),
    ],
)
def test_what_has_the_form_of_a_personal_datum_is_masked(text: str, kept: str) -> None:
    assert masked(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-04 10:00",
        "订单20260304000123456",
        "型号KFR-35GW",
        "400-800-8820",
        "卡号 4111 1111 1111 1112",
        "1234567890",
        "退款 1380.00 元",
        "version 1.2.3.4",
        "770XX",
        "京东商城",
        "@",
        "批号 20260304-01",
        "等了3小时 5次来电",
    ],
)
def test_what_has_another_form_stays(text: str) -> None:
    assert masked(text) == text


def test_no_person_reaches_the_repository(fresh: Path) -> None:
    log = (
        "投诉日期,投诉内容,业主,紧急联系人电话,其他,备注\n"
        "2026-01-03,我是业主13800138000,王小明,13900139000,a@b.cn,李四代\n"
        "13700137000,漏水,王小明,1,,\n"
    )
    told = said(fresh, log)
    assert [refused["row"] for refused in told["rejected"]] == [3] and "13700137000" not in str(told["rejected"])
    assert run(fresh, log, "--accept-partial").exit_code == 0
    written = all_text(fresh)
    assert not re.search("王小明|1[39]00|a@b", written) and "13700137000" not in written
    [record] = records(fresh)
    assert record["description"] == "我是业主***" and record["imported"]["columns"]["其他"] == "***"
    assert [w for w in told["warnings"] if "业主" in w] and [w for w in told["warnings"] if "“其他”：1 行" in w]


def test_a_telephone_is_no_number_of_a_case(fresh: Path) -> None:
    log = HEAD + "13800138000,2026-01-03,漏水\n17030412345,2026-01-03,异响\n"
    assert run(fresh, log).exit_code == 0
    assert [record.get("external_case_no") for record in records(fresh)] == [None, "17030412345"]
    assert "13800138000" not in all_text(fresh)


def test_a_map_cannot_ask_for_a_person_in_clear(fresh: Path) -> None:
    log = "投诉日期,投诉内容,姓名\n2026-01-03,a,王小明\n2026-01-04,b,王小明\n2026-01-05,c,P-AAAA2222\n"
    (fresh / "m.yaml").write_text("投诉日期: received_on\n姓名: description\n", "utf-8")
    assert str(run(fresh, log, "--map", str(fresh / "m.yaml")).exception) == "import-personal"
    (fresh / "m.yaml").write_text("投诉日期: received_on\n投诉内容: description\n姓名: complainant.ref\n", "utf-8")
    assert run(fresh, log, "--map", str(fresh / "m.yaml")).exit_code == 0
    tokens = [record["complainant"]["ref"] for record in records(fresh)]
    assert tokens[0] == tokens[1] != tokens[2] == "P-AAAA2222" and re.fullmatch("P-[0-9A-Z]{8}", tokens[0])
    assert "王小明" not in all_text(fresh)
    [manifest] = (fresh / "records" / "imports").glob("*.yaml")
    assert parse(decode(manifest.read_bytes()))[0].value["person_key"] in (True, "true")


def test_what_ends_before_it_begins_is_refused_by_name(fresh: Path) -> None:
    log = (
        "收到日期,投诉内容,结案日期,转办日期\n2026-03-04,a,2026-03-01,\n2026-03-04,b,2027-01-01,\n"
        "2026-03-04,c,2026-03-05,2026-03-01\n2027-03-04,d,,\n1970-01-01,e,,\n"
    )
    told = said(fresh, log, "--lang", "en")
    assert [refused["row"] for refused in told["rejected"]] == [2, 3, 5, 6]
    reasons = [refused["reason"] for refused in told["rejected"]]
    assert 'column "结案日期": "2026-03-01" is before the receipt' in reasons[0]
    assert "after the as-of date 2026-11-20" in reasons[1] and 'column "收到日期"' in reasons[2]
    assert "before 1980" in reasons[3]
    assert any('row 4, column "转办日期": "2026-03-01" is before' in warning for warning in told["warnings"])
    assert run(fresh, log).exception is not None and not records(fresh)
    assert run(fresh, log, "--accept-partial").exit_code == 0
    assert "sent_on" not in records(fresh)[0]["imported"]


def test_sums_and_headers_between_are_no_complaints(fresh: Path) -> None:
    log = HEAD + ROW + "小计,,1\n" + HEAD + "T2,2026-02-03,异响\n小计,,1\n合计,,2\n,制表人：甲,\n"
    told = said(fresh, log)
    assert (told["rows"], told["accepted"], told["rejected"]) == (2, 2, [])
    assert any("3, 6, 7, 8" in warning for warning in told["warnings"])
    assert any("重复了表头" in warning and "4" in warning for warning in told["warnings"])


def test_a_header_given_twice_is_said(fresh: Path) -> None:
    told = said(fresh, "投诉日期,投诉内容,投诉日期\n2026-01-03,漏水,2026-01-05\n")
    assert told["mapping"] == {"投诉日期": "received_at", "投诉内容": "description", "投诉日期 (3)": None}
    assert any("投诉日期 (3)" in warning for warning in told["warnings"])


def test_rows_and_numbers_given_twice_are_named(fresh: Path) -> None:
    told = said(fresh, HEAD + ROW + ROW + "T2,2026-01-03,漏水\nT2,2026-01-03,异响\n")
    assert told["accepted"] == 4
    assert any("3 = 2" in w for w in told["warnings"]) and any(
        "第 5 行：编号“T2”在第 4 行" in w for w in told["warnings"]
    )


@pytest.mark.parametrize("again", ["gb18030", "reordered", "dates", "workbook"])
def test_the_same_log_saved_otherwise_brings_nothing(fresh: Path, again: str) -> None:
    rows = ["T1,2026-01-03,漏水", "T2,2026-01-04,异响"]
    assert run(fresh, HEAD + "\n".join(rows) + "\n").exit_code == 0
    other: bytes = (HEAD + "\n".join(rows) + "\n").encode("gb18030")
    if again == "reordered":
        other = (HEAD + "\n".join(reversed(rows)) + "\n").encode()
    elif again == "dates":
        other = (HEAD + "T1,2026/1/3 0:00,漏水\nT2,2026年1月4日,异响\n").encode()
    elif again == "workbook":
        cells = [["T1", ("date", 46025), "漏水"], ["T2", ("date", 46026), "异响"]]
        other = workbook({"a": [["投诉编号", "投诉日期", "投诉内容"], *cells]})
    told = said(fresh, other, name="again.xlsx")
    assert (told["rows"], told["accepted"], told["rejected"]) == (2, 0, [])
    assert run(fresh, other, name="again.xlsx").exit_code == 0 and len(records(fresh)) == 2


def test_a_log_with_one_more_column_is_not_taken_for_new(fresh: Path) -> None:
    log = "投诉日期,投诉内容\n2026-01-03,漏水\n"
    assert run(fresh, log).exit_code == 0
    told = said(fresh, "投诉日期,投诉内容,处理结果\n2026-01-03,漏水,已修\n2026-01-04,异响,\n")
    assert (told["accepted"], [refused["row"] for refused in told["rejected"]]) == (1, [2])


def test_the_map_of_the_last_log_is_used_again_and_said(fresh: Path) -> None:
    log = "何时,投诉内容\n3/4/2026,漏水\n"
    assert str(run(fresh, log).exception) == "import-no-received"
    assert str(run(fresh, log, "--received", "何时").exception) == "import-ambiguous"
    assert run(fresh, log, "--received", "何时", "--date-format", "D/M/YYYY").exit_code == 0
    told = said(fresh, "何时,投诉内容\n5/6/2026,异响\n")
    assert told["accepted"] == 1 and told["mapping"]["何时"] == "received_at"
    assert told["dates"]["received_at"] == {"format": "DD-MM-YYYY", "ambiguous": False, "column": "何时"}
    assert any("records/imports/IMP-2026-01.yaml" in warning for warning in told["warnings"])


def test_any_date_column_that_can_be_read_two_ways_stops_the_import(fresh: Path) -> None:
    log = "收到日期,投诉内容,结案日期\n2026-03-01,漏水,3/4/2026\n"
    result = run(fresh, log)
    assert (
        str(result.exception) == "import-ambiguous" and getattr(result.exception, "facts", {})["column"] == "结案日期"
    )
    assert run(fresh, log, "--date-format", "D/M/YYYY").exit_code == 0
    assert records(fresh)[0]["imported"]["closed_on"] == "2026-04-03"


def test_a_registration_is_no_receipt_until_a_person_says_so(fresh: Path) -> None:
    result = run(fresh, "登记日期,投诉内容\n2026-01-03,漏水\n")
    assert (
        str(result.exception) == "import-no-received" and getattr(result.exception, "facts", {})["near"] == "登记日期"
    )
    assert run(fresh, "登记日期,投诉内容\n2026-01-03,漏水\n", "--received", "登记日期").exit_code == 0


def test_statuses_and_yes_or_no(fresh: Path) -> None:
    words = {"已办结": "closed", "In-Progress": "in-progress", "待派单": "open", "On hold": "paused", "奇怪": None}
    log = "投诉日期,投诉内容,状态\n" + "".join(f"2026-01-03,{n},{word}\n" for n, word in enumerate(words))
    assert run(fresh, log).exit_code == 0
    assert [record["imported"].get("state") for record in records(fresh)] == list(words.values())
    told = said(fresh, "投诉日期,投诉内容,是否关闭\n2026-01-03,甲,Y\n2026-01-03,乙,否\n2026-01-03,丙,√\n")
    assert told["mapping"]["是否关闭"] == "imported.state" and not [w for w in told["warnings"] if "是否关闭" in w]


def test_a_formula_stays_a_text_and_refused_rows_run_nowhere(fresh: Path) -> None:
    log = '投诉日期,投诉内容\n2026-01-03,"=HYPERLINK(""http://x"",""y"")"\n,=1+1\n,-cmd\n'
    assert run(fresh, log, "--accept-partial").exit_code == 0
    assert records(fresh)[0]["description"] == '=HYPERLINK("http://x","y")'
    kept = (fresh / "log.rejected.csv").read_text("utf-8")
    assert "'=1+1" in kept and "'-cmd" in kept
    mended = kept.replace("\n,", "\n2026-01-04,")
    assert run(fresh, mended, name="mended.csv").exit_code == 0
    assert [record["description"] for record in records(fresh)][1:] == ["=1+1", "-cmd"]


@pytest.mark.parametrize(
    ("log", "columns"),
    [
        ("Date received;Issue\n2013-01-02;a, b, c, d\n", ["Date received", "Issue"]),
        ("sep=;\nDate received;Issue\n2013-01-02;a\n", ["Date received", "Issue"]),
        ("Date received|Issue\n2013-01-02|a,b\n", ["Date received", "Issue"]),
        (",投诉日期,,投诉内容,,\n,2026-01-03,,漏水,,\n", ["column 1", "投诉日期", "column 3", "投诉内容"]),
    ],
)
def test_what_cuts_a_row(fresh: Path, log: str, columns: list[str]) -> None:
    told = said(fresh, log)
    assert (list(told["mapping"]), told["accepted"]) == (columns, 1)


@pytest.mark.parametrize(
    ("log", "key"),
    [
        ("Date received,Issue\n2013-01-02,café crème\n".encode("latin-1"), "import-encoding"),
        ("投訴日期,投訴內容\n2026-01-03,漏水問題嚴重\n".encode("big5"), "import-encoding"),
        ((HEAD + ROW).encode()[:-2], "import-encoding"),
        ((HEAD + ROW).encode("utf-16-le"), "import-binary"),
        ((HEAD + 'T1,2026-01-03,"漏水\n').encode(), "import-quotes"),
        ((HEAD + f"T1,2026-01-03,{'x' * text_tables.LONGEST_CELL}x\n").encode(), "import-long-cell"),
        (b"a" * (text_tables.LONGEST_LINE + 1), "import-long-line"),
    ],
    ids=["latin-1", "big5", "cut", "utf-16 without mark", "quotes", "cell", "line"],
)
def test_a_text_that_cannot_be_made_sense_of(fresh: Path, log: bytes, key: str) -> None:
    assert str(run(fresh, log).exception) == key


def test_files_that_are_none(fresh: Path) -> None:
    os.mkfifo(fresh / "pipe.csv")
    for name, key in (("none.csv", "import-missing"), ("records", "import-folder"), ("pipe.csv", "import-no-file")):
        assert str(run(fresh, fresh / name).exception) == key


def test_a_log_without_rows_says_so(fresh: Path) -> None:
    told = said(fresh, HEAD)
    assert (told["rows"], told["accepted"]) == (0, 0) and any("没有投诉行" in warning for warning in told["warnings"])
    assert run(fresh, HEAD).exit_code == 0 and not records(fresh)


def changed(book: bytes, part: str, old: bytes, new: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as archive, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name in archive.namelist():
            content = archive.read(name)
            made.writestr(name, content.replace(old, new) if name == part else content)
    return buffer.getvalue()


BOOK = workbook({"a": [["投诉日期", "投诉内容"], [("date", 45024), "漏水"]]})
SHEET = "xl/worksheets/s0.xml"


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        (b"</sheetData>", b'<row r="9"><c r="XFD1048576"><v>1</v></c></row></sheetData>', "import-too-many-cells"),
        (b"</sheetData>", b" " * (sheets.MAX_UNPACKED + 1), "import-too-large"),
        (b"</row></sheetData></worksheet>", b"<row r=", "import-workbook"),
    ],
    ids=["far corner", "bomb", "damaged"],
)
def test_a_workbook_is_measured_before_it_is_read(fresh: Path, old: bytes, new: bytes, key: str) -> None:
    assert str(run(fresh, changed(BOOK, SHEET, old, new), name="log.xlsx").exception) == key


def test_days_of_a_workbook_from_1904(fresh: Path) -> None:
    book = changed(BOOK, "xl/workbook.xml", b"<sheets>", b'<workbookPr date1904="1"/><sheets>')
    refused: list[dict[str, Any]] = said(fresh, book, name="log.xlsx")["rejected"]
    assert "2027-04-09" in refused[0]["reason"]  # 45,024 days after 1904-01-01


def test_a_moment_elsewhere_is_a_day_here(fresh: Path) -> None:
    told = said(fresh, "投诉时间,投诉内容\n2025-12-31T20:00:00Z,a\n2026-11-20T23:30:00Z,b\n")
    assert (told["accepted"], [refused["row"] for refused in told["rejected"]]) == (1, [3])
    assert run(fresh, "投诉时间,投诉内容\n2025-12-31T20:00:00Z,a\n").exit_code == 0
    assert records(fresh)[0]["id"] == "CC-2026-0001"


def test_a_stop_in_the_middle_leaves_whole_records_and_the_next_import_brings_the_rest(fresh: Path) -> None:
    def texts() -> Iterator[tuple[str, str]]:
        yield "records/complaints/2026/CC-2026-0001.yaml", "id: CC-2026-0001\n"
        raise OSError("no space left")

    with pytest.raises(UserError, match="cannot-write"):
        create_all(fresh, texts())
    assert not list((fresh / "records").rglob("*CC-*"))
    log = HEAD + ROW + "T2,2026-01-04,异响\n"
    assert run(fresh, log).exit_code == 0
    first, second = sorted((fresh / "records" / "complaints").glob("*/*.yaml"))
    second.unlink()  # as if the machine had stopped after the first record
    next((fresh / "records" / "imports").glob("*.yaml")).unlink()
    assert first.exists() and run(fresh, log).exit_code == 0
    assert [record["external_case_no"] for record in records(fresh)] == ["T1", "T2"]
