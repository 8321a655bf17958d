"""The page of a document's changes: every pair of its approved versions, and what is on its way (7.5.3)."""

from __future__ import annotations

from pathlib import Path

import pytest

from clausebook.publish import comparison_pages
from clausebook.publish.book import Book
from document_control import DOCUMENT, Office, office, procedure


@pytest.fixture
def desk(tmp_path: Path) -> Office:
    """CP-01 as A/0 and A/1, both approved, and A/2 as a draft."""
    made = office(tmp_path / "org")
    made.write(DOCUMENT, procedure("文件由文控统一编号，三日内发放。", "A/1", "2026-06-01", "A/0 A/1"))
    made.commit("wang-bo", "2026-05-01")
    made.approve("li-yan", "2026-05-10")
    made.commit("li-yan", "2026-05-10")
    return made


def pages_of(desk: Office) -> dict[str, str]:
    return dict(comparison_pages.make(Book(desk.judged(), "zh")))


def test_two_approved_versions_are_compared(desk: Office) -> None:
    [(path, text)] = pages_of(desk).items()
    assert path.endswith("CP-01-changes.md")
    assert "## A/0 → A/1 {#change-0-1}" in text
    assert "| 版本号 | <del>A/0</del><ins>A/1</ins> |" in text


def test_a_draft_stands_beside_them_and_any_two_are_compared(desk: Office) -> None:
    desk.write(DOCUMENT, procedure("文件由文控统一编号，五日内发放。", "A/2", "2026-12-01", "A/0 A/1 A/2"))
    desk.commit("wang-bo", "2026-10-01")
    [text] = pages_of(desk).values()
    heads = [line for line in text.splitlines() if line.startswith("## ")]
    assert heads == [
        "## A/1 → A/2（库中内容，未生效） {#change-1-2}",
        "## A/0 → A/1 {#change-0-1}",
        "## A/0 → A/2（库中内容，未生效） {#change-0-2}",
    ]
    assert "<del>三日</del><ins>五日</ins>内发放" in text


def test_one_version_has_no_page(tmp_path: Path) -> None:
    assert pages_of(office(tmp_path / "org")) == {}
