"""All generated pages of the site as plain Markdown, path → text: who makes which room. Pure; site.py writes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from . import (
    alert_pages,
    cause_pages,
    change_pages,
    clause_pages,
    comparison_pages,
    competence_pages,
    complaint_list,
    document_pages,
    gap_pages,
    indicator_pages,
    lapse_pages,
    manual_page,
    master_list,
    period_pages,
    process_map,
    proof_pages,
    question_pages,
    readiness_pages,
    reading_pages,
    record_pages,
    register_pages,
    revision_pages,
    rule_pages,
)
from .book import Book

MAKERS: tuple[Callable[[Book], Iterator[tuple[str, str]]], ...] = (
    clause_pages.make,
    question_pages.make,
    manual_page.make,
    master_list.make,
    reading_pages.make,
    document_pages.make,
    revision_pages.make,
    process_map.make,
    comparison_pages.make,
    register_pages.make,
    competence_pages.make,
    record_pages.make,
    complaint_list.make,
    indicator_pages.make,
    alert_pages.make,
    period_pages.make,
    cause_pages.make,
    gap_pages.make,
    proof_pages.make,
    readiness_pages.make,
    lapse_pages.make,
    change_pages.make,
    rule_pages.make,
)


def pages(book: Book) -> Mapping[str, str]:
    """Every generated page."""
    return {path: content for maker in MAKERS for path, content in maker(book)}
