"""Logs as they come: encodings, workbooks, title rows, phantom rows, mixed dates; nothing lost, nothing guessed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from clausebook.cli import group
from clausebook.load.headers import meanings
from clausebook.load.strict_yaml import decode, parse
from clausebook.load.table_file import open_table
from clausebook.work.yaml_text import to_yaml_fast
from foreign_logs import records, run, said, workbook

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared complaint logs are not on this machine")
ZH = "投诉编号,投诉日期,投诉方式,投诉内容,处理状态,结案日期,备注\nT1,2023年4月8日,电话,漏水,已结案,2023-04-10,\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings(fresh: Path, encoding: str) -> None:
    assert run(fresh, ZH.encode(encoding)).exit_code == 0
    [record] = records(fresh)
    assert (record["received_on"], record["description"], record["channel"]) == ("2023-04-08", "漏水", "phone")
    assert (record["external_case_no"], record["imported"]["state"]) == ("T1", "closed")
    assert record["imported"]["closed_on"] == "2023-04-10"


def test_tabs_under_a_wrong_name(fresh: Path) -> None:
    """An ERP writes tab-separated GB2312 text and calls it .xls."""
    assert run(fresh, ZH.replace(",", "\t").encode("gb2312"), name="导出.xls").exit_code == 0
    assert records(fresh)[0]["imported"]["file_name"] == "导出.xls"


def test_a_workbook_with_title_formulas_and_phantom_rows(fresh: Path) -> None:
    head = ["编号", "投诉日期", "结案预警", "问题描述", "备注"]
    rows: list[list[Any]] = [
        ["2023年客诉台账"], head, [250635, ("date", 45024), ("formula", "B3+3", "预警"), "=漏水\n二次", 1.5],
        [250636, 45025, ("formula", "B4+3", "正常"), "异响", None],
        [3, None, ("formula", "B5+3", "正常"), None, None], [4, None, ("formula", "B6+3", "正常"), None, None],
    ]  # fmt: skip
    book = workbook({"说明": [["本表由质量部填写"]], "所有客诉": rows, "旧": [["x", "y"], ["1", "2"]]})
    told = said(fresh, book, name="log.xlsx")
    assert (told["rows"], told["accepted"], told["rejected"]) == (2, 2, [])
    assert told["mapping"] == {
        "编号": "external_case_no", "投诉日期": "received_at", "结案预警": None, "问题描述": "description",
        "备注": "imported.remarks",
    }  # fmt: skip
    assert any("第 5 行起" in warning for warning in told["warnings"]) and any("旧" in w for w in told["warnings"])
    assert run(fresh, book, name="log.xlsx").exit_code == 0
    first, second = records(fresh)
    assert (first["external_case_no"], first["received_on"], first["description"]) == (
        "250635",
        "2023-04-08",
        "=漏水\n二次",
    )
    assert first["imported"]["columns"]["结案预警"] == "预警" and first["imported"]["columns"]["备注"] == "1.5"
    assert (second["received_on"], second["imported"]["row"]) == ("2023-04-09", "4")
    [manifest] = (fresh / "records" / "imports").glob("*.yaml")
    kept = parse(decode(manifest.read_bytes()))[0].value
    assert (kept["format"], kept["sheet"], kept["ignored_columns"]) == ("xlsx", "所有客诉", ["结案预警"])
    result = CliRunner().invoke(group, ["check", "--root", str(fresh), "--as-of", "2026-11-20", "--format", "json"])
    wrong = [p for p in json.loads(result.stdout)["problems"] if "/CC-" in p["path"] or "/IMP-" in p["path"]]
    assert {p["rule"] for p in wrong} <= {"record-incomplete"}


def test_a_header_given_twice_keeps_both_columns(fresh: Path) -> None:
    assert run(fresh, "投诉日期,内容,内容,\n2023-04-08,a,b,c\n").exit_code == 0
    assert records(fresh)[0]["imported"]["columns"] == {
        "投诉日期": "2023-04-08", "内容": "a", "内容 (3)": "b", "column 4": "c",
    }  # fmt: skip
    assert records(fresh)[0]["description"] == "a"


def test_personal_columns_stay_out(fresh: Path) -> None:
    log = "投诉日期,投诉人,联系电话,投诉内容\n2023-04-08,王小明,13800000000,漏水\n"
    assert run(fresh, log, "--save-map", str(fresh / "m.yaml")).exit_code == 0
    for file in (fresh / "records").rglob("*.yaml"):
        assert "王小明" not in file.read_text("utf-8") and "13800000000" not in file.read_text("utf-8")
    told = said(fresh, log)
    assert told["mapping"]["联系电话"] is None and "联系电话" not in told["counts"]


def test_a_saved_map_says_the_same_next_time(fresh: Path) -> None:
    log = ZH.replace("2023年4月8日", "13/4/2023").replace("电话", "热线")
    first = said(fresh, log, "--save-map", str(fresh / "m.yaml"))
    saved = parse(decode((fresh / "m.yaml").read_bytes()))[0].value["columns"]
    assert saved["投诉方式"] == {"field": "channel", "values": {"热线": "phone"}}
    assert saved["投诉日期"] == {"field": "received_at", "format": ["DD-MM-YYYY"]}
    assert said(fresh, log, "--map", str(fresh / "m.yaml")) == first
    short = log.replace("13/4/2023", "3/4/2023")
    assert said(fresh, short)["dates"]["received_at"]["ambiguous"] is True
    assert said(fresh, short, "--map", str(fresh / "m.yaml"))["accepted"] == 1


def test_a_time_of_day_is_kept_and_none_is_invented(fresh: Path) -> None:
    log = "投诉时间,投诉内容\n2023-04-08 13:05,a\n2023-04-09,b\n2023-04-10T01:00:00Z,c\n2023/4/11 下午3:05,d\n"
    assert run(fresh, log).exit_code == 0
    assert [record.get("received_at", record.get("received_on")) for record in records(fresh)] == [
        "2023-04-08T13:05:00+08:00", "2023-04-09", "2023-04-10T01:00:00+00:00", "2023-04-11T15:05:00+08:00",
    ]  # fmt: skip


def test_every_refused_row_is_named_in_both_languages(fresh: Path) -> None:
    log = "投诉日期,投诉内容\n2023-04-31,a\n,b\n2023-04-08,c\n2099-01-01,d\n2023-04-09,e,f\n"
    zh, en = (said(fresh, log, "--lang", language) for language in ("zh", "en"))
    assert (zh["rows"], zh["accepted"], [r["row"] for r in zh["rejected"]]) == (5, 1, [2, 3, 5, 6])
    for refused in (*zh["rejected"], *en["rejected"]):
        assert "log.csv" in refused["reason"] and str(refused["row"]) in refused["reason"]
    assert "列“投诉日期”：“2023-04-31”" in zh["rejected"][0]["reason"]
    assert 'column "投诉日期": there is no date' in en["rejected"][1]["reason"]
    assert "import-refused" in str(run(fresh, log).exception) and not records(fresh)
    assert run(fresh, log, "--accept-partial").exit_code == 0
    assert (fresh / "log.rejected.csv").read_text("utf-8").splitlines()[-1] == "2023-04-09,e,f"
    assert len(records(fresh)) == 1


def test_values_that_fit_no_field_are_named_with_their_row(fresh: Path) -> None:
    told = said(fresh, ZH + "T2,2023-04-09,信鸽,x,奇怪,31-31-31,\nT2,2023-04-09,信鸽,x,,,\n", "--lang", "en")
    assert told["accepted"] == 3
    assert any(
        'row 3, column "投诉方式": "信鸽" cannot be used as channel' in w and "2 rows" in w for w in told["warnings"]
    )
    assert any('column "结案日期": "31-31-31"' in w for w in told["warnings"])
    assert any('column "处理状态": "奇怪"' in w for w in told["warnings"])


def test_a_longer_version_of_a_file_adds_only_the_new_rows(fresh: Path) -> None:
    assert run(fresh, ZH).exit_code == 0
    longer = ZH + "T2,2023-04-09,电话,异响,处理中,,\n"
    told = said(fresh, longer)
    assert (told["rows"], told["accepted"], told["rejected"]) == (2, 1, [])
    assert any("1 行以前已经导入" in warning for warning in told["warnings"])
    assert run(fresh, longer).exit_code == 0
    assert [record["external_case_no"] for record in records(fresh)] == ["T1", "T2"]
    assert run(fresh, longer + "\n").exit_code == 0 and len(records(fresh)) == 2
    twice = longer + "T2,2023-04-09,电话,异响,处理中,,\n"  # the same row once more is one more complaint
    assert said(fresh, twice)["accepted"] == 1


def test_a_row_that_changed_since_its_import_is_refused_not_doubled(fresh: Path) -> None:
    assert run(fresh, ZH.replace("已结案,2023-04-10", "处理中,")).exit_code == 0
    told = said(fresh, ZH)
    assert (told["accepted"], [refused["row"] for refused in told["rejected"]]) == (0, [2])
    assert "CC-2023-0001" in told["rejected"][0]["reason"]


def test_a_spoiled_long_number_is_told(fresh: Path) -> None:
    told = said(fresh, ZH.replace("T1", "3.10102E+17"))
    assert any("3.10102E+17" in warning for warning in told["warnings"])


def test_hidden_characters_do_not_reach_a_record(fresh: Path) -> None:
    assert run(fresh, ZH.replace("漏水", '"漏\u200b水\u202e\r"')).exit_code == 0
    assert records(fresh)[0]["description"] == "漏水"


@pytest.mark.parametrize(
    "log, key",
    [
        (b"PK\x03\x04 no workbook", "import-workbook"),
        (b"\xd0\xcf\x11\xe0 nor this", "import-workbook"),
        (b"\xff\xfe\x00", "import-encoding"),
        (b"\x80\xff\xfe", "import-encoding"),
        (b"%PDF-1.7 ", "import-other-format"),
        (b"<html><table>", "import-other-format"),
        (b" \n", "import-empty"),
        (b"\n,,,\n", "import-empty"),
    ],
)
def test_what_is_no_table_is_one_sentence(fresh: Path, log: bytes, key: str) -> None:
    assert str(run(fresh, log, name="log.xlsx").exception) == key


def test_a_large_log_is_read_row_by_row(tmp_path: Path) -> None:
    import tracemalloc

    file = tmp_path / "large.csv"
    file.write_text("投诉日期,投诉内容\n" + "2023-04-08,一段投诉内容\n" * 100_000, "utf-8")
    tracemalloc.start()
    assert sum(1 for _ in open_table(file).rows()) == 100_000
    assert tracemalloc.get_traced_memory()[1] < 8 * 1024 * 1024
    tracemalloc.stop()


def test_what_is_written_fast_is_read_back() -> None:
    odd = ["no", "1.20", "2026-01-01", "a: b", "- x", "#", "'", '"', "多\t行", "多行\n文字", "a\n\nb", " a\nb",
           "a\tb\nc", "null", "~", "=1+1", "a" * 99, "a #b", "[x]", "x\\n", "😀", "a:", "中文，标点。",
           "\u00a0x", "y" * 5000]  # fmt: skip
    value = {
        "id": "CC-2026-0001",
        "list": ["a", "- b"],
        "inner": {text: text for text in odd if "\n" not in text and len(text) < 900},
    }
    more = {**value, **{f"k{number}": text for number, text in enumerate(odd)}, "row": 3}
    assert parse(to_yaml_fast(more))[0].value == {**more, "row": "3"}


@shared
def test_known_headers_are_mapped_right_or_left_open() -> None:
    vectors = json.loads((SHARED / "vectors" / "header_variants_open.json").read_text("utf-8"))["variants"]
    for variant in vectors:
        found = {column: meaning.name for column, meaning in meanings(variant["columns"]).items()}
        for column, canonical in variant["canonical"].items():
            assert found.get(column, canonical) == canonical, (variant["id"], column)
        open_ones = [column for column in variant["canonical"] if column not in found]
        assert not open_ones, (variant["id"], open_ones)
        extra = {found[column] for column in found if column not in variant["canonical"]}
        assert not extra & {"received_at", "id", "description"}, (variant["id"], extra)


def series(root: Path) -> list[tuple[str, str]]:
    return sorted((r["external_case_no"], r["received_on"]) for r in records(root))


@shared
def test_both_variants_of_the_telecom_log_are_one_series(fresh: Path, tmp_path: Path) -> None:
    oracle = json.loads((SHARED / "vectors" / "kpi_open.json").read_text("utf-8"))["comcast"]
    told = said(fresh, SHARED / "complaints" / "telecom_2015_a.csv")
    assert (told["rows"], told["accepted"], told["rejected"]) == (oracle["rows"], oracle["rows"], [])
    assert told["dates"]["received_at"]["format"] == "DD-MM-YY, YYYY-MM-DD"
    for column, key in (("Status", "status"), ("Received Via", "via"), ("Filing on Behalf of Someone", "behalf")):
        assert told["counts"][column] == oracle[key]
    assert {state: told["counts"]["State"][state] for state in oracle["top_states"]} == oracle["top_states"]
    other = SHARED / "complaints" / "telecom_2015_c.csv"
    assert "import-ambiguous" in str(run(fresh, other).exception)
    second = tmp_path / "second"
    assert CliRunner().invoke(group, ["init", str(second), "--name", "乙公司"]).exit_code == 0
    assert run(fresh, SHARED / "complaints" / "telecom_2015_a.csv").exit_code == 0
    assert run(second, other, "--date-format", "M/D/YYYY", "--date-format", "D-M-YYYY").exit_code == 0
    days = [day for _, day in series(fresh)]
    assert series(fresh) == series(second) and len(set(days)) == 91
    assert [min(days), max(days)] == oracle["true_range"]
    assert {month: sum(day.startswith(month) for day in days) for month in oracle["true_by_month"]} == oracle[
        "true_by_month"
    ]
    assert ("223441", "2015-04-08") in series(fresh)


@shared
def test_a_log_with_cases_in_progress(fresh: Path) -> None:
    told = said(fresh, SHARED / "complaints" / "cfpb_2016_inprogress.csv")
    assert (told["rows"], told["accepted"], told["rejected"]) == (349, 349, [])
    assert told["counts"]["Company response to consumer"]["In progress"] == 69
    assert told["mapping"]["Complaint ID"] == "external_case_no"
