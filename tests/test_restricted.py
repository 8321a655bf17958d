"""Restricted records on the house's own site: number, state and clocks are there, nothing that they say is (7.5.3)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from clausebook.measure.indicators import evaluate, indicators_of
from clausebook.measure.outcomes import ending_of
from clausebook.measure.spans import span_of
from clausebook.model import Entry
from clausebook.pipeline import Report
from clausebook.publish import overview
from clausebook.publish.book import Book
from clausebook.publish.pages import pages

TELLING = 8
"""A text from this length on says something of its own; shorter ones stand in many records."""


@pytest.fixture(scope="module")
def book(example: Report) -> Book:
    return Book(example, "zh")


@pytest.fixture(scope="module")
def written(book: Book) -> dict[str, str]:
    """Everything the site is made of: pages, pieces of the frame pages, data."""
    data = {"manual.json": overview.facts(book), "complaints.json": overview.publishable_complaints(book)}
    told = {name: json.dumps(value, ensure_ascii=False) for name, value in data.items()}
    return {**pages(book), **overview.fragments(book), **told}


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for child in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from strings(child)


def said_by(entry: Entry) -> set[str]:
    """What a record says in words, line by line."""
    return {
        line.strip() for text in strings(entry.value) for line in text.splitlines()
        if len(line.strip()) >= TELLING and not line.isascii()
    }  # fmt: skip


def test_what_a_restricted_record_says_is_nowhere(example: Report, written: dict[str, str]) -> None:
    restricted = [e for e in example.system.of("complaint") if e.value.get("confidentiality") == "restricted"]
    assert len(restricted) == 8
    others = "\n".join(text for e in example.system.entries if e not in restricted for text in strings(e.value))
    own = {text for entry in restricted for text in said_by(entry) if text not in others}
    assert len(own) > 100
    assert sorted((text, name) for text in own for name, content in written.items() if text in content)[:10] == []


def test_the_code_of_the_complainant_is_nowhere(example: Report, written: dict[str, str]) -> None:
    for entry in example.system.of("complaint"):
        if entry.value.get("confidentiality") == "restricted":
            ref = entry.value["complainant"]["ref"]
            assert not [name for name, content in written.items() if ref in content], entry.id


def test_number_state_and_clocks_are_there(written: dict[str, str]) -> None:
    page = written["records/complaint/CC-2026-0002.md"]
    assert "受限记录" in page and "内容没有写进本手册" in page
    assert "CC&#45;2026&#45;0002" in page
    assert "回访已完成" in page or "已关闭" in page or "完成" in page
    assert "2026&#45;01&#45;09" in page
    assert "CC&#45;2026&#45;0002" in written["records/complaint/index.md"]


def test_numbers_are_counted_over_everything(example: Report, book: Book) -> None:
    """What is not shown is counted all the same."""
    chosen = [one for one in indicators_of(example.system) if one.id == "complaint-mix"]
    asked = evaluate(example.system, example.measured.complaints, chosen, span_of("2025"))
    assert book.figures.of(chosen[0], span_of("2025")) is not None
    assert [p.numerator for p in asked.results[0].parts] == [
        p.numerator for p in book.figures.found["complaint-mix", "2025"].parts
    ]


def test_endings_are_counted_over_everything(example: Report, book: Book) -> None:
    whole = [ending_of(case) for case in example.measured.cases]
    shown = [ending_of(case) for case in book.cases.values()]
    assert [(one.outcome, one.case.id) for one in shown] == [(one.outcome, one.case.id) for one in whole]


def test_a_record_that_is_not_restricted_stays_whole(example: Report, written: dict[str, str]) -> None:
    entry = next(e for e in example.system.of("complaint") if e.id == "CC-2026-0041")
    page = written["records/complaint/CC-2026-0041.md"]
    assert entry.value["title"] in page
    assert "受限记录" not in page
