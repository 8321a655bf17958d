"""What is drawn is what `clausebook kpi --format json` says, number by number; and a number leads to as many cases."""

from __future__ import annotations

import json
import re
from collections import Counter
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from click.testing import CliRunner

from clausebook.cli import group
from clausebook.measure.spans import span_of
from clausebook.pipeline import Report
from clausebook.publish import ageing, cause_pages, charts, complaint_list, indicator_pages, row_charts
from clausebook.publish.book import Book
from clausebook.publish.indicator_charts import plot_of, plotted, unit_name
from clausebook.publish.mixes import mixes_of
from clausebook.publish.pareto import Told, causes_of, chart_of
from clausebook.publish.restricted import is_restricted
from clausebook.publish.stacked_charts import specification
from test_charts import charts_of

YEARS = ("2025", "2026")
LINK = r'<a href="[^"]*\.html#([^"]*)">(\d+)</a>'


@pytest.fixture(scope="module")
def book(example: Report) -> Book:
    return Book(example, "zh")


def asked(root: Path, *words: str) -> list[dict[str, Any]]:
    done = CliRunner().invoke(group, ["kpi", *words, "--root", str(root), "--as-of", "2026-11-20", "--format", "json"])
    found: list[dict[str, Any]] = json.loads(done.stdout)["kpis"]
    return found


@pytest.fixture(scope="module")
def told(example_root: Path) -> dict[tuple[str, str], dict[str, Any]]:
    """Every indicator by month and quarter: id and label → what the command says."""
    cuts = [(year, by) for year in YEARS for by in ("month", "quarter")]
    found = [kpi for year, by in cuts for kpi in asked(example_root, "--period", year, "--by", by)]
    return {(kpi["id"], kpi["group"]): kpi for kpi in found}


def test_every_series_is_the_commands(book: Book, told: dict[tuple[str, str], dict[str, Any]]) -> None:
    compared = 0
    for one in book.figures.indicators:
        for unit, spans in (("month", book.figures.months), ("quarter", book.figures.quarters)):
            results = book.figures.series(one, spans)
            plot = plot_of(book, one, results, unit)
            assert plot.unit == unit_name(book, one.unit) != ""
            for row in charts.specification(plot)["data"]["values"]:
                kpi = told.get((one.id, row["label"]))
                if kpi is None:
                    continue
                compared += 1
                if row["value"] is not None:
                    assert row["value"] == kpi["value"], (one.id, row)
                    assert [row["low"], row["high"]] == pytest.approx(kpi["interval"] or [None, None], abs=0.051)
                wanted = float(kpi["target"].split()[-1]) if kpi["target"] else None
                assert row["limit"] == wanted, (one.id, row["label"])
                few = kpi["denominator"] is not None and kpi["denominator"] < one.least
                assert (row["value"] is None) == (kpi["value"] is None or few), (one.id, row)
    # 23 months and 8 quarters of each.
    assert compared == 31 * len(book.figures.indicators)


def test_a_mix_is_the_parts_of_the_indicator(book: Book, told: dict[tuple[str, str], dict[str, Any]]) -> None:
    mixes = {mix.family: mix for mix in mixes_of(book)}
    assert list(mixes) == ["types", "sources", "severities", "products"]
    for family, mix in mixes.items():
        drawn = {(row["label"], row["part"]): row["value"] for row in specification(mix.stack)["data"]["values"]}
        for at, label in enumerate(mix.stack.labels):
            kpi = told.get(("complaint-mix", label))
            if kpi is None:
                continue
            own = [part for part in kpi["parts"] if part["id"].startswith(f"{family}:")]
            parts = {part["id"].partition(":")[2]: part["numerator"] for part in own}
            for place, member in enumerate(mix.members):
                assert drawn.get((label, place), 0) == parts.pop(member, 0), (family, label, member)
            others = drawn.get((label, len(mix.members)), 0)
            assert others == sum(parts.values()), (family, label)
            assert mix.stack.totals[at] == told["complaint-count", label]["value"]


@pytest.mark.parametrize("period", ["2025", "2026", "2026-Q2"])
def test_a_pareto_is_the_count_by_cause(book: Book, example_root: Path, period: str) -> None:
    by_cause = {
        kpi["group"]: kpi["value"]
        for kpi in asked(example_root, "complaint-count", "--period", period, "--by", "cause") if kpi["value"]
    }  # fmt: skip
    spans = {span.label: span for span in (*book.figures.years, *book.figures.quarters)}
    found = causes_of(book, spans[period])
    assert dict(found.counts) == by_cause
    (whole,) = asked(example_root, "complaint-count", "--period", period)
    assert found.total + found.unknown == whole["value"]
    chart = chart_of(book, found, Told("c", "complaints", "件", period, str, str))
    rows = row_charts.specification(chart)["data"]["values"]
    bars = row_charts.specification(chart)["layer"][0]["data"]["values"]
    wanted = sorted(by_cause.values(), reverse=True)
    assert [bar["value"] for bar in bars] == wanted[: len(bars)]
    assert sum(row["count"] for row in rows) == sum(wanted)
    shares = [100 * sum(wanted[: at + 1]) / sum(wanted) for at in range(len(bars))]
    assert [row["share"] for row in rows][: len(bars)] == pytest.approx(shares)
    assert rows[-1]["share"] == pytest.approx(100)


def test_ages_are_the_bands_of_the_backlog(book: Book, told: dict[tuple[str, str], dict[str, Any]]) -> None:
    one = next(one for one in book.figures.indicators if one.id == "backlog")
    stack = ageing.stack_of(book, book.figures.series(one, book.figures.months))
    for at, label in enumerate(stack.labels):
        kpi = told.get(("backlog", label))
        if kpi:
            parts = {part["id"]: part["value"] for part in kpi["parts"]}
            assert [series.values[at] for series in stack.series] == [parts[band] for band in reversed(ageing.BANDS)]
            assert stack.totals[at] == kpi["value"]


def figures_in(row: str) -> list[str]:
    cells = [re.sub(r"<[^>]+>|\]\([^)]*\)|\[", "", cell) for cell in row.strip("| ").split(" | ")]
    return [unescape(cell).strip() for cell in cells]


def test_the_table_has_the_numbers_of_its_drawing(book: Book) -> None:
    """What stands above the bars of a stack, and beside those of a Pareto, stands in the table right below."""
    made = dict([*indicator_pages.make(book), *cause_pages.make(book)])
    for path in ("indicators/complaint-mix.md", "indicators/backlog.md", "causes/index.md"):
        for chart, rest in charts_of(made[path]):
            if "<title id" not in chart or 'id="month-title"' in chart:
                continue
            said = Counter(unescape(word) for word in re.findall(r">([^<]+)</text>", chart))
            table = re.search(r"(?:^\|.*\n)+", rest, re.MULTILINE)
            assert table
            ends = [figures_in(row)[-1] for row in table[0].splitlines()[2:]]
            if "累计占比" in chart:
                # The bars that are drawn singly, and the end of the line.
                assert len([end for end in ends if said[end]]) >= min(len(ends), 11)
            else:
                assert not Counter(end for end in ends if end != "0") - said, path


def listed(page: str) -> list[dict[str, set[str]]]:
    """What each row of the list can be chosen by, years and quarters with their months."""
    found = []
    for line in page.splitlines():
        picks: dict[str, set[str]] = {}
        for facet, value in (unescape(raw).split(":", 1) for raw in re.findall(r'data-pick="([^"]*)"', line)):
            picks.setdefault(facet, set()).add(value)
        for month in list(picks.get("period", ())):
            picks["period"] |= {month[:4], f"{month[:4]}-Q{(int(month[5:7]) + 2) // 3}"}
        found += [picks] if picks else []
    return found


def test_a_number_leads_to_as_many_cases(book: Book) -> None:
    """Every link with filters on it: the cell says how many complaints the list then shows, but for restricted ones,
    of which the list does not tell what they are about; that is said beside the numbers."""
    made = dict([*indicator_pages.make(book), *cause_pages.make(book)])
    rows = listed(dict(complaint_list.make(book))["records/complaint/index.md"])
    hidden = [case for case in book.report.measured.cases if is_restricted(case.entry)]
    assert hidden
    read = {"cause": lambda case: case.cause, "severity": lambda case: case.severity}
    for path, facets in (("indicators/complaint-mix.md", 3), ("causes/index.md", 1), ("indicators/backlog.md", 1)):
        links = re.findall(LINK, unescape(made[path]))
        assert len(links) > 2 and len({parse_qsl(link)[0][0] for link, _ in links}) == facets
        assert ("限制查看的案卷" in made[path]) == (path != "indicators/backlog.md")
        for link, count in links:
            (facet, value), *others = parse_qsl(link, strict_parsing=True)
            fit = [row for row in rows if all(word in row.get(key, ()) for key, word in [(facet, value), *others])]
            of = read.get(facet, lambda case, facet=facet: case.value.get(facet))
            span = span_of(dict(others)["period"]) if others else None
            unseen = [c for c in hidden if of(c) == value and span and span.start <= c.received.on < span.end]
            assert len(fit) + len(unseen) == int(count), link


def test_a_target_that_changed_judges_no_earlier_month(book: Book) -> None:
    """The plan asked for 8 working days from January 2025 and for 6 from 2 March 2026."""
    one = next(one for one in book.figures.indicators if one.id == "response-time")
    results = book.figures.series(one, book.figures.months)
    plot = plot_of(book, one, results, "month")
    assert charts.stretches(plot, "limit") == [
        {"label": "2025-01", "last": "2026-02", "limit": 8.0}, {"label": "2026-03", "last": "2026-11", "limit": 6.0},
    ]  # fmt: skip
    assert "目标（2025-01 起 ≤ 8，2026-03 起 ≤ 6）" in unescape("".join(plotted(book, results, plot)))
