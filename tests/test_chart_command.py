"""`clausebook chart` as contract.md spells it: the shared vectors, the JSON, and files nobody can chart."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from clausebook.cli import chart_command, main
from clausebook.load.series_file import read_series
from clausebook.measure.charts import TYPES

VECTORS = Path(__file__).resolve().parents[2] / "shared" / "data" / "vectors"
Run = Callable[..., tuple[int, Any, str]]


def near(found: Any, expected: Any, tolerance: float = 1e-6) -> bool:
    return bool(found == pytest.approx(expected, abs=tolerance))


@pytest.fixture
def run(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Run:
    def call(content: str | bytes, *words: str) -> tuple[int, Any, str]:
        file = tmp_path / "series.csv"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        with pytest.raises(SystemExit) as left:
            main(["chart", *words, str(file)])
        out, err = capfd.readouterr()
        assert "Traceback" not in err and "NaN" not in out and "Infinity" not in out
        return int(left.value.code or 0), json.loads(out) if out else None, err

    return call


def csv_of(values: Any, sizes: Any = None) -> str:
    rows = (
        [str(value) for value in values] if sizes is None else [f"{v},{s}" for v, s in zip(values, sizes, strict=True)]
    )
    return "\n".join(["value" if sizes is None else "value,size", *rows]) + "\n"


def vectors(name: str) -> Mapping[str, Any]:
    if not VECTORS.exists():
        pytest.skip("../shared is not here")
    return json.loads((VECTORS / name).read_text("utf-8"))  # type: ignore[no-any-return]


def test_all_of_spc_open(run: Run) -> None:
    shared = vectors("spc_open.json")
    for vector in [*shared["nist"].values(), *shared["qcc"].values()]:
        if vector.get("type") == "ewma" or "ewma" in vector:
            continue
        kind = {"xbar.one": "i"}.get(vector["type"], vector["type"])
        code, found, _ = run(csv_of(vector["data"], vector.get("sizes")), "--type", kind)
        assert code == 0 and found["type"] == kind
        tolerance = vector.get("tol", 1e-6)
        assert near(found["center"], vector["center"], tolerance), vector["id"]
        for ours, theirs in (("lower", "lcl"), ("upper", "ucl")):
            expected = vector[theirs] if isinstance(vector[theirs], list) else [vector[theirs]] * len(vector["data"])
            assert near(found[ours], expected, tolerance), vector["id"]
        assert near(found["statistics"], vector.get("statistics", found["statistics"])), vector["id"]
        assert found["beyond"] == vector["beyond_limits_1based"], vector["id"]
        assert found["runs"] == vector.get("violating_runs_1based", found["runs"]), vector["id"]


def test_ewma_of_spc_open(run: Run) -> None:
    shared = vectors("spc_open.json")
    nist = shared["nist"]["nist_ewma"]
    words = ["--lambda", nist["lam"], "--target", nist["target"], "--sigma", nist["sigma"], "--k", nist["k"]]
    code, found, _ = run(csv_of(nist["data"]), "--type", "ewma", *map(str, words))
    assert code == 0 and found["beyond"] == nist["beyond_limits_1based"]
    assert near(found["statistics"], nist["ewma_printed_2dp"], nist["tol_ewma"])
    assert near(found["upper"], [nist["ucl"]] * 20, nist["tol_limits"])
    assert near(found["lower"], [nist["lcl"]] * 20, nist["tol_limits"])

    rings = shared["qcc"]["ewma_pistonrings"]
    before = [rings["center"], *rings["ewma"]]
    share = rings["lambda"]
    means = [(now - (1 - share) * then) / share for then, now in zip(before, rings["ewma"], strict=False)]
    sizes = [5] * len(means)
    words = ["--lambda", share, "--sigma", rings["std_dev"], "--k", rings["nsigmas"]]
    for centre in (["--baseline", 25], ["--target", rings["center"], "--limits", "exact"]):
        code, found, _ = run(csv_of(means, sizes), "--type", "ewma", *map(str, [*words, *centre]))
        assert code == 0
        assert near(found["center"], rings["center"])
        for ours, theirs in (("statistics", "ewma"), ("lower", "lcl"), ("upper", "ucl")):
            assert near(found[ours], rings[theirs]), ours
        assert found["beyond"] == rings["violations_1based"]


def test_all_of_surge_open(run: Run) -> None:
    shared = vectors("surge_open.json")["comcast"]
    dates, content, baseline = shared["dates"], csv_of(shared["series"]), ["--baseline", str(shared["baseline_days"])]

    def alarms(found: Any) -> list[str]:
        return [dates[point - 1] for point in found["beyond"]]

    _, plain, _ = run(content, "--type", "c", *baseline)
    expected = shared["c_chart"]
    assert near(
        [plain["center"], plain["upper"][0], plain["lower"][0]], [expected["center"], expected["ucl"], expected["lcl"]]
    )
    assert alarms(plain) == expected["beyond_ucl_dates"]
    _, laney, _ = run(content, "--type", "c", "--laney", *baseline)
    assert near(laney["upper"][0], shared["u_prime_laney"]["ucl"])
    assert alarms(laney) == shared["u_prime_laney"]["beyond_ucl_dates"]
    for kind in ("C1", "C2"):
        _, found, _ = run(content, "--type", f"ears-{kind.lower()}")
        first = shared[kind]["first_index_1based"] - 1
        assert found["upper"][:first] == [None] * first
        assert near(found["upper"][first:], shared[kind]["upperbound"])
        assert alarms(found) == shared[kind]["alarm_dates"]
    _, third, _ = run(content, "--type", "ears-c3")
    assert alarms(third) == shared["C3_cdc_alarm_dates"]
    for kind in ("c", "u", "poisson", "i", "ewma", "cusum"):
        _, found, _ = run(content, "--type", kind, *baseline)
        assert set(shared["must_alarm"]) <= set(alarms(found)), kind


def test_the_answer_has_the_keys_of_the_contract(run: Run) -> None:
    code, found, err = run(csv_of([16, 14, 28]), "--type", "c", "--format", "json", "--root", ".", "--lang", "en")
    assert code == 0 and err == ""
    assert list(found) == ["type", "center", "lower", "upper", "statistics", "beyond", "runs"]


@pytest.mark.parametrize(
    "content, said",
    [
        ("", "series.csv"),
        ("\n\n", "series.csv"),
        ("value\n", "series.csv"),
        ("value\n\n\n", "series.csv"),
        ("count\n1\n", "count"),
        ("1\n2\n", "value"),
        ("value,value\n1,2\n", "value"),
        ("value\n1\nabc\n", "3"),
        ("value\n1\nnan\n", "nan"),
        ("value\n1\ninf\n", "inf"),
        ("value\n1\n1_000\n", "1_000"),
        ("value\n1\n１２\n", "１２"),
        ("value\n1\n12%\n", "12%"),
        ("value\n1\n1e300\n", "1e300"),
        ("value\n1,234\n", "2"),
        ('value\n"1,234"\n', "1,234"),
        ("value\n-3\n", "-3"),
        ('value\n"1\n', "series.csv"),
        (b"value\n\xff\xff\xff\n", "series.csv"),
        (b"\xff\xfev\x00a\x00l\x00u\x00e\x00\n\x001", "series.csv"),
        (b"PK\x03\x04value\n1\n\x00", "CSV?"),
        ("value,size\n3,-1\n", "-1"),
    ],
)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_bad_files_are_one_sentence(run: Run, content: str | bytes, said: str, language: str) -> None:
    code, found, err = run(content, "--type", "c", "--lang", language)
    assert (code, found) == (2, None) and said in err and len(err.strip().splitlines()) == 1


def test_files_as_spreadsheets_write_them(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    for raw in ("\ufeff月份, Value ,SIZE\r\n1月,12,50\r\n2月,,50\r\n\r\n4月,13.0,\r\n,,\r\n".encode(),
                "月份,value,size\n1月,12,50\n2月,,50\n\n4月,13,\n".encode("gb18030")):  # fmt: skip
        file.write_bytes(raw)
        found = read_series(file)
        assert found.values == (12.0, None, None, 13.0)
        assert found.sizes == (50.0, 50.0, None, None)


@pytest.mark.parametrize("cut", [",", "\t", ";", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_files_cut_and_encoded_in_every_way(tmp_path: Path, cut: str, encoding: str) -> None:
    file = tmp_path / "x.csv"
    file.write_bytes(
        cut.join(["月份", '"Value"', "size\n一月", "12", f"50\n二月{cut}{cut * 3}\n三月", "7", "50"]).encode(encoding)
    )
    found = read_series(file)
    assert (found.values, found.sizes) == ((12.0, None, 7.0), (50.0, None, 50.0))


def test_no_file_and_a_folder_are_said(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for target in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(SystemExit) as left:
            main(["chart", "--type", "c", str(target)])
        assert left.value.code == 2 and str(target) in capfd.readouterr().err


@pytest.mark.parametrize(
    "words",
    [["--sigma", "0"], ["--sigma", "nan"], ["--k", "-1"], ["--lambda", "0"], ["--lambda", "1.1"], ["--target", "inf"],
     ["--baseline", "0"], ["--h", "x"], ["--type", "xbar"], ["--alpha", "0.9"], ["--h", "1"]],
)  # fmt: skip
def test_impossible_options_are_misuse(run: Run, words: list[str]) -> None:
    code, found, _ = run(csv_of([52.0, 47.0, 53.0]), "--type", "ewma", *words)
    assert (code, found) == (2, None)


def test_a_note_goes_beside_the_answer(run: Run) -> None:
    code, found, err = run("value\n0\n0\n", "--type", "c", "--lang", "en")
    assert code == 0 and found["center"] == 0 and found["upper"] == [None, None] and "longer" in err


def test_the_command_offers_every_type() -> None:
    assert list(TYPES) == chart_command.TYPES
