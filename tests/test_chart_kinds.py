"""Stacks, Paretos and rows by age: what is drawn, whatever the names and numbers are."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from clausebook.publish import gate, row_charts, stacked_charts
from clausebook.publish.mixes import parted
from clausebook.publish.palette import OVERDUE, TONES
from clausebook.publish.pareto import ranked
from clausebook.publish.row_charts import Row, Rows
from clausebook.publish.stacked_charts import Series, Stack

HOSTILE = (
    "<script>alert(1)</script>", "datum.x", "datum['row']", "]]>", '"onload="x', "{{ 7*7 }}", "url(http://evil.example/)",
    "fill=\"#17404e\"", "字" * 300, "🙂👩‍👩‍👧", "شكوى العميل", "\u202eevil", "null", "", "NaN", "1e9", "a\nb",
)  # fmt: skip
QUARTERS = ("2025-Q4", "2026-Q1", "2026-Q2")


def stack(*series: tuple[str, tuple[float, ...]], labels: tuple[str, ...] = QUARTERS) -> Stack:
    return Stack("s", "标题", "描述", "件", labels, tuple(Series(name, values) for name, values in series))


def rows(*found: Row) -> Rows:
    parts = ((TONES[2], "时限内"), (OVERDUE, "已超期"))
    return Rows("r", "标题", "描述", "件", found, parts, ("件", "累计"), "累计占比")


def areas(html: str, ident: str) -> list[tuple[str, float, float]]:
    """Every drawn bar: its fill, width and height."""
    svg = html[html.index("<svg xmlns") : html.index("</div>")]
    drawn = re.sub(r"<defs>.*?</defs>", "", svg)
    shape = r'<path d="M[-\d.]+,[-\d.]+h([\d.]+)v([\d.]+)h-[\d.]+Z" fill="([^"]+)"'
    return [(fill, float(wide), float(high)) for wide, high, fill in re.findall(shape, drawn)]


def test_a_stack_is_as_high_as_its_numbers() -> None:
    html = "".join(stacked_charts.figure(stack(("甲", (3, 0, 6)), ("乙", (1, 2, 4))), "单位：件"))
    found = areas(html, "s")
    assert len(found) == 5
    one = found[0][2] / 3
    heights = sorted(round(high / one) for _, _, high in found)
    assert heights == [1, 2, 3, 4, 6]
    # The totals above: 4, 2 and 10.
    assert [said for said in re.findall(r">(\d+)</text>", html) if said in ("4", "2", "10")]
    assert {fill for fill, _, _ in found} == {TONES[0].ground, "url(#s-p0)"}
    assert '<pattern id="s-p0"' in html


def test_a_pareto_goes_down_and_adds_up() -> None:
    chart = rows(Row("渗漏", 9, (9.0,), 60.0, "60.0%"), Row("噪声", 6, (6.0,), 100.0, "100.0%"))
    html = "".join(row_charts.figure(chart, "单位：件"))
    wide = [width for _, width, _ in areas(html, "r")]
    assert wide[1] / wide[0] == pytest.approx(6 / 9, abs=0.01)
    assert [row["share"] for row in row_charts.specification(chart)["data"]["values"]] == [60.0, 100.0]
    for said in ("渗漏", "噪声", "60&#46;0%", "累计"):
        assert said in html


def test_a_bar_leads_to_its_cases_and_the_others_nowhere() -> None:
    chart = rows(Row("甲", 2, (1.0, 1.0), leads="../l.html#cause=a"), Row("其他 2 项", 3, ()), Row("乙", 1, (1.0,)))
    html = "".join(row_charts.figure(chart, "单位：件"))
    assert re.findall(r'<a href="([^"]+)" aria-label="([^"]+)"', html) == [("../l.html#cause=a", "甲 2 件")] * 2
    assert len(areas(html, "r")) == 3


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_a_name_is_never_more_than_a_label(name: str) -> None:
    charts = (
        "".join(stacked_charts.figure(stack((name, (1, 2, 3)), ("乙", (1, 1, 1))), name)),
        "".join(row_charts.figure(rows(Row(name, 3, (1.0, 2.0), 75.0, name, "x.html#a"), Row(name, 1, (1.0,))), name)),
    )
    for html in charts:
        ElementTree.fromstring(html.strip())
        found = re.sub(r"<(?:figure|figcaption|p|small|div|span|pattern|defs|title|desc)\b", "", html)
        assert set(re.findall(r"<([A-Za-z][\w-]*)", found)) <= gate.DRAWN
        assert not re.search(r"\son\w+=|javascript:|evil\.example\)\"", html)
        assert set(re.findall(r"url\(([^)]*)\)", re.sub(r">[^<]*<", "><", html))) <= {"#s-p0", "#r-p0"}
        assert len(areas(html, "")) in (3, 6)
    # Nobody's name is in the specification of a stack, and none is an expression in that of rows.
    assert name == "" or name in "件" or name not in str(stacked_charts.specification(stack((name, (1, 2, 3)))))


def test_a_long_name_ends_in_dots_and_stays_inside() -> None:
    said = row_charts.specification(rows(Row("字" * 40, 1, (1.0,)), Row("word" * 10, 1, (1.0,))))["data"]["values"]
    assert [row["name"] for row in said] == ["字" * 10 + "…", "word" * 5 + "…"]


def test_nothing_and_one_category_and_zeros() -> None:
    assert stack(("甲", (0, 0, 0))).empty and not stack(("甲", (0, 1, 0))).empty
    html = "".join(stacked_charts.figure(stack(("甲", (0, 1, 0))), "单位：件"))
    assert len(areas(html, "s")) == 1
    assert areas("".join(row_charts.figure(rows(Row("甲", 0, (0.0, 0.0))), "件")), "r") == []


def test_forty_categories_are_five_and_the_others() -> None:
    counts = {f"c{at:02d}": [at, 1] for at in range(40)}
    kept, rest = parted(counts, ordered=False)
    assert list(kept) == ["c39", "c38", "c37", "c36", "c35"]
    assert len(rest) == 35 and sum(map(sum, [*kept.values(), *rest.values()])) == sum(range(40)) + 40


def test_six_categories_need_no_others_and_the_unknown_is_last() -> None:
    counts = {"unknown": [9], "S2": [1], "S1": [2], "S4": [3], "S3": [4], "S5": [1]}
    kept, rest = parted(counts, ordered=True)
    assert list(kept) == ["S1", "S2", "S3", "S4", "S5", "unknown"] and not rest


def test_a_ranking_leaves_out_what_has_no_cause_and_says_how_many() -> None:
    found = ranked(["b", None, "a", "b", None, "c", "a", "b"])
    assert list(found.counts.items()) == [("b", 3), ("a", 2), ("c", 1)]
    assert (found.total, found.unknown) == (6, 2)
