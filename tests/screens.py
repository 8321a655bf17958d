"""The kinds of pages there are, for the tests that look at each as people meet it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
KINDS = {
    "home": "index.html",
    "clause": "clauses/8.2.html",
    "questions": "clauses/questions.html",
    "document": "documents/CP-08.html",
    "revisions": "documents/CP-08-revisions.html",
    "register": "registers/risks.html",
    "records": "records/index.html",
    "list": "records/complaint/index.html",
    "complaint": "records/complaint/CC-2026-0041.html",
    "nonconformity": "records/nonconformity/NC-2026-001.html",
    "indicator": "indicators/closure-on-time.html",
    "alerts": "alerts/index.html",
    "gaps": "gaps/index.html",
    "changes": "gaps/changes.html",
}
FEW = """
most => {
  for (const many of document.querySelectorAll('article, article :is(tbody, ul, ol, dl)'))
    for (const one of [...many.children].slice(many.matches('article') ? 10 * most : most)) one.remove();
}
"""
"""Rows are alike: the first of every table and list speak for the rest."""

SETTLED = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


def shown(page: Any, site: Path, name: str) -> Any:
    """The page `name` of a site, once its own scripts have settled."""
    page.goto((site / name).as_uri())
    page.evaluate(SETTLED)
    return page
