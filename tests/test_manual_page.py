"""The manual to be read through: every controlled document once, in the chapter that it serves first."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import yaml

from clausebook.pipeline import Report
from clausebook.publish.book import Book
from clausebook.publish.manual_page import HERE, OTHERS, chapters, make


def test_every_document_stands_once(example: Report) -> None:
    found = chapters(Book(example, "zh"))
    placed = [entry.id for entries in found.values() for entry in entries]
    assert sorted(placed) == sorted(entry.id for entry in example.system.entries if entry.controlled)
    assert list(found) == sorted(found, key=int)
    assert {"QM-02": "5", "CP-08": "8", "QM-03": "4"}.items() <= {
        entry.id: chapter for chapter, entries in found.items() for entry in entries
    }.items()


def test_a_page_in_the_order_of_the_standard(example: Report) -> None:
    page = dict(make(Book(example, "zh")))[HERE]
    places = [page.index(f"{{#chapter-{number}}}") for number in range(4, 11)]
    assert places == sorted(places)
    assert page.count("(../documents/CP-08.md)") == 1


def test_a_document_of_no_clause_is_not_lost(judge: Callable[..., Report], example_root: Path) -> None:
    policy = next((example_root / "system").rglob("policy*.md")).read_text("utf-8")
    _, head, body = policy.split("---\n", 2)
    value = {**yaml.safe_load(head), "clauses": ["99.9"]}
    text = "---\n" + yaml.safe_dump(value, allow_unicode=True) + "---\n" + body
    report = judge({"system/org.yaml": (example_root / "system" / "org.yaml").read_bytes(), "system/policy.md": text})
    found = chapters(Book(report, "zh"))
    assert [entry.id for entry in found[OTHERS]] == [value["number"]]
    assert "{#chapter-others}" in dict(make(Book(report, "zh")))[HERE]


def test_without_documents_the_page_says_so(judge: Callable[..., Report]) -> None:
    assert "还没有受控文件" in dict(make(Book(judge({}), "zh")))[HERE]
