"""Gaps: all problems by clause, and the rule manual."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..check.rules import RULES
from ..problems import Problem
from ..wording import messages, text
from . import gate
from .atlas import clause_page
from .book import Book, Lines, page, problem_lines


def make(book: Book) -> Iterator[tuple[str, str]]:
    yield "gaps/index.md", page(book, "gaps/index.md", book.say("gaps"), _gaps(book))
    yield "gaps/rules.md", page(book, "gaps/rules.md", book.say("rules"), _rules(book))


def _gaps(book: Book) -> Lines:
    here = "gaps/index.md"
    errors = book.report.errors
    warnings = len(book.report.problems) - errors
    yield book.say("gaps_lead")
    yield ""
    yield text("check.count", book.language, errors=errors, warnings=warnings)
    yield ""
    if not book.report.problems:
        yield text("check.clean", book.language)
        return
    catalogue = book.system.catalogue
    groups: dict[str, list[Problem]] = {}
    for found in book.report.problems:
        groups.setdefault(catalogue.numbered(found.requirements) or "", []).append(found)
    order = {clause: index for index, clause in enumerate(catalogue.clauses)}
    for clause in sorted(groups, key=lambda c: order.get(c, 999)):
        title = catalogue.clauses[clause].title if clause in catalogue.clauses else {"zh": "通用", "en": "General"}
        name = gate.text(f"{clause} {book.choose(title)}".strip())
        link = (
            gate.link(name, book.atlas.to(clause_page(clause), here))
            if any(r.clause == clause for r in catalogue.requirements.values())
            else name
        )
        yield f"## {link}"
        yield ""
        yield from problem_lines(book, groups[clause], here)


def _rules(book: Book) -> Lines:
    raw = messages(book.language)
    yield book.say("rules_lead")
    yield ""
    for rule in sorted(RULES.values(), key=lambda rule: rule.id):
        said = {part: _said(raw, rule.id, part) for part in ("title", "message", "remedy", "why")}
        yield f"## {gate.text(rule.id)} {said['title']} {{#{rule.id}}}"
        yield ""
        problem_class = text(f"check.class.{rule.problem_class}", book.language)
        yield f"{problem_class} · {text(f'check.basis.{rule.basis}', book.language)}"
        yield ""
        yield said["message"]
        yield ""
        yield f"**{text('check.remedy', book.language)}** {said['remedy']}"
        yield ""
        yield said["why"]
        yield ""


def _said(raw: Mapping[str, Any], rule: str, part: str) -> str:
    return gate.text(str(raw[f"rules.{rule}.{part}"]).strip().replace("{{", "{").replace("}}", "}"))
