"""Home within ten seconds: health, key figures with target and trend, open alarms; equal to what the commands say."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from click.testing import CliRunner

from clausebook.cli import group
from clausebook.pipeline import Report
from clausebook.publish.book import Book
from clausebook.publish.home import figures
from clausebook.publish.key_figures import FIRST, MOST, key_figures


@pytest.fixture(scope="module")
def book(example: Report) -> Book:
    return Book(example, "zh")


def test_key_figures_are_those_of_the_command(book: Book, example: Report) -> None:
    told = CliRunner().invoke(
        group, ["kpi", "--root", example.system.root, "--as-of", "2026-11-20", "--format", "json"]
    )
    known = {one["id"]: one for one in json.loads(told.stdout)["kpis"]}
    page = unescape("\n".join(key_figures(book)))
    shown = re.findall(r'<strong class="(\w+)">([0-9.]+) [^<]*</strong> \[[^\]]*\]\(indicators/([a-z-]+)\.md\)', page)
    assert [name for *_, name in shown] == [name for name in FIRST if name in known][:MOST]
    for tone, value, name in shown:
        assert float(value) == float(known[name]["value"])
        assert tone == {True: "ok", False: "bad", None: "calm"}[known[name]["met"]]
    assert page.count("<svg") == MOST and page.count("<desc") == MOST


def test_a_line_says_its_months(book: Book) -> None:
    page = "\n".join(key_figures(book))
    assert re.search(r"<desc [^>]*>.*2026&#45;10 ", page)


def test_open_alarms_are_counted(book: Book, example: Report) -> None:
    told = CliRunner().invoke(
        group, ["alerts", "--root", example.system.root, "--as-of", "2026-11-20", "--format", "json"]
    )
    alarms = [one for one in json.loads(told.stdout)["alarms"] if not one["historical"]]
    still = sum(one["stage"] != "closed" for one in alarms)
    assert f"{still} / {len(alarms)}" in "\n".join(figures(book))
