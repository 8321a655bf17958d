"""Foreign logs: every row becomes a record with its raw row, or is refused by its number; nothing half-way."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from clausebook.cli import group
from clausebook.work import dates
from clausebook.work.yaml_text import to_yaml

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
MAP = """columns:
  Date received: received_on
  Submitted via: {field: channel, values: {Web: web-form, Phone: phone, Postal mail: letter, Fax: other}}
  Issue: description
"""
LOG = 'Date received,Submitted via,Issue,Extra\n7/29/2013,Web,late,a\n8/1/2013,Phone,"two\nlines",\n,Web,no date,b\n'


def run(root: Path, log: str, mapping: str, *words: str) -> Result:
    (root / "log.csv").write_bytes(log.encode("utf-8"))
    (root / "map.yaml").write_bytes(mapping.encode("utf-8"))
    words = (
        "import",
        "complaints",
        str(root / "log.csv"),
        "--map",
        str(root / "map.yaml"),
        "--root",
        str(root),
        *words,
    )
    return CliRunner().invoke(group, [*words, "--as-of", "2026-11-20"], catch_exceptions=True)


def records(root: Path) -> list[Path]:
    return sorted((root / "records" / "complaints").glob("*/*.yaml"))


def test_a_row_without_a_date_is_refused_by_its_number_and_nothing_is_written(fresh: Path) -> None:
    result = run(fresh, LOG, MAP)
    assert result.exception is not None and "import-refused" in str(result.exception)
    assert getattr(result.exception, "facts", {})["row"] == 4
    assert not records(fresh) and not list((fresh / "records" / "imports").glob("*.yaml"))


def test_dry_run_says_what_would_happen(fresh: Path) -> None:
    result = run(fresh, LOG, MAP, "--dry-run")
    said = json.loads(result.stdout)
    assert (said["rows"], said["accepted"]) == (3, 2)
    assert [row["row"] for row in said["rejected"]] == [4]
    assert said["mapping"] == {
        "Date received": "received_on", "Submitted via": "channel", "Issue": "description", "Extra": None,
    }  # fmt: skip
    assert said["dates"]["received_on"]["format"] == "MM-DD-YYYY"
    assert not records(fresh)


def test_accepted_rows_keep_their_raw_row(fresh: Path) -> None:
    from clausebook.load.strict_yaml import parse

    result = run(fresh, LOG, MAP, "--accept-partial")
    assert result.exit_code == 0
    [first, second] = [parse(path.read_text("utf-8"))[0].value for path in records(fresh)]
    assert (first["id"], first["received_on"], first["channel"]) == ("CC-2013-0001", "2013-07-29", "web-form")
    assert second["description"] == "two\nlines"
    assert first["imported"]["row"] == "2"
    assert first["imported"]["columns"] == {
        "Date received": "7/29/2013", "Submitted via": "Web", "Issue": "late", "Extra": "a",
    }  # fmt: skip
    assert len(first["imported"]["file_sha256"]) == 64
    assert "no date" in (fresh / "log.rejected.csv").read_text("utf-8")


def test_what_a_log_lacks_is_reported_once_an_import(fresh: Path) -> None:
    run(fresh, LOG, MAP, "--accept-partial")
    words = ["check", "--root", str(fresh), "--as-of", "2026-11-20", "--format", "json"]
    said = json.loads(CliRunner().invoke(group, words).stdout)
    lacking = [p for p in said["problems"] if p["rule"] == "record-incomplete"]
    assert [(p["path"], p["level"]) for p in lacking] == [("records/imports/IMP-2026-01.yaml", "error")]
    assert "2" in lacking[0]["message"] and "CC-2013-0001" in lacking[0]["message"]
    assert not [p for p in said["problems"] if "/CC-" in p["path"] and p["rule"] != "record-incomplete"]


def test_the_same_file_is_not_imported_twice(fresh: Path) -> None:
    run(fresh, LOG, MAP, "--accept-partial")
    before = {path: path.read_bytes() for path in records(fresh)}
    again = run(fresh, LOG, MAP, "--accept-partial")
    assert "import-again" in str(again.exception)
    assert {path: path.read_bytes() for path in records(fresh)} == before


def test_numbers_go_on_where_they_ended(fresh: Path) -> None:
    run(fresh, LOG, MAP, "--accept-partial")
    run(fresh, "Date received,Submitted via,Issue\n12/31/2013,Web,x\n1/13/2014,Web,y\n", MAP)
    assert [path.stem for path in records(fresh)] == ["CC-2013-0001", "CC-2013-0002", "CC-2013-0003", "CC-2014-0001"]


def test_a_date_that_can_be_read_two_ways_is_refused_until_named(fresh: Path) -> None:
    log = "Date received,Submitted via,Issue\n1/2/2013,Web,x\n3/4/2013,Web,y\n"
    assert "import-ambiguous" in str(run(fresh, log, MAP).exception)
    named = MAP.replace("Date received: received_on", "Date received: {field: received_on, format: D/M/YYYY}")
    assert run(fresh, log, named).exit_code == 0
    assert "2013-02-01" in records(fresh)[0].read_text("utf-8")


@pytest.mark.parametrize(
    "log, mapping, key",
    [
        ("", MAP, "import-empty"),
        ("A\0B", MAP, "import-binary"),
        (LOG, "columns: [1, 2]\n", "import-map"),
        (LOG, "a: &x b\n", "import-map"),
        (LOG, "Issue: description\n", "import-no-received"),
        (LOG, "Nothing: received_on\n", "import-column"),
        ('a,b\n"open', "a: received_on\n", "import-quotes"),
    ],
)
def test_bad_input_is_one_sentence(fresh: Path, log: str, mapping: str, key: str) -> None:
    assert str(run(fresh, log, mapping).exception) == key
    assert not records(fresh)


def test_impossible_dates_are_refused(fresh: Path) -> None:
    log = "Date received,Submitted via,Issue\n2/30/2013,Web,x\n7/29/2013,Web,y\n1/1/2099,Web,z\n"
    said = json.loads(run(fresh, log, MAP, "--dry-run").stdout)
    assert [row["row"] for row in said["rejected"]] == [2, 4]


@pytest.mark.parametrize(
    "written, form",
    [("M/D/YYYY", "MM-DD-YYYY"), ("%d.%m.%Y", "DD-MM-YYYY"), ("yyyy-mm-dd", "YYYY-MM-DD"), ("DD-MM-YY", "DD-MM-YY")],
)
def test_formats_as_people_write_them(written: str, form: str) -> None:
    assert dates.normal(written) == form


def test_what_is_written_is_read_back() -> None:
    from clausebook.load.strict_yaml import parse

    odd = [
        "no",
        "1.20",
        "2026-01-01",
        "a: b",
        "- x",
        "#",
        "'",
        '"',
        "多行\n文字",
        " lead",
        "trail ",
        "null",
        "~",
        "",
        "=1+1",
    ]
    value = {"texts": odd, "inner": {"a": "b", "list": [{"k": "v"}]}}
    read = parse(to_yaml(value))[0].value
    assert read == {**value, "texts": odd}


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared complaint logs are not on this machine")
def test_the_public_log_counts_as_its_oracle(fresh: Path) -> None:
    oracle = json.loads((SHARED / "vectors" / "kpi_open.json").read_text("utf-8"))["cfpb_3186"]
    (fresh / "map.yaml").write_text(MAP, "utf-8")
    words = ["import", "complaints", str(SHARED / "complaints" / "cfpb_3186.csv"), "--map", str(fresh / "map.yaml")]
    said = json.loads(CliRunner().invoke(group, [*words, "--root", str(fresh), "--as-of", "2026-11-20"]).stdout)
    assert (said["rows"], said["accepted"], said["rejected"]) == (oracle["rows"], oracle["rows"], [])
    assert said["counts"]["Submitted via"] == oracle["by_channel"]
    assert said["counts"]["Company response to consumer"] == oracle["by_response"]
    assert len(records(fresh)) == oracle["rows"]
