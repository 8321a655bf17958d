"""Where a controlled document stands on the as-of date, and what lies in the folder beside it (7.5.2, 7.5.3)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..measure.approvals import Verdict
from ..measure.validity import Period
from ..model import Entry
from ..wording import SEMICOLON
from . import gate
from .book import Book, Lines
from .values import chip

HEADING = re.compile(r"\A\s*# +(.+?)[ \t]*(?:\{#[^}]*\})?[ \t]*$", re.MULTILINE)
TONE = {"controlled": "ok", "draft": "bad", "not_yet_effective": "warn", "withdrawn": "bad"}


def revisions_page(book: Book, entry: Entry) -> str:
    """The page of a document's revisions, beside its own."""
    return book.atlas.page(entry).removesuffix(".md") + "-revisions.md"


def edition_page(book: Book, entry: Entry, version: str) -> str:
    """The page of one superseded version."""
    return book.atlas.page(entry).removesuffix(".md") + f"-{version.replace('/', '-')}.md"


def comparison_page(book: Book, entry: Entry) -> str:
    """The page of what changed between a document's versions."""
    return book.atlas.page(entry).removesuffix(".md") + "-changes.md"


def in_hand(book: Book, entry: Entry) -> Entry:
    """The document as it lies in the folder: what is approved, or the next version on its way."""
    return book.lying.get((entry.path, entry.part), entry)


def headless(entry: Entry) -> str:
    """A document's text without a first heading that only repeats its title."""
    body = entry.body or ""
    heading = HEADING.match(body)
    return body[heading.end() :] if heading is not None and heading[1].strip() == entry.title else body


def status(book: Book, entry: Entry) -> str:
    """controlled while this very content is approved and in force; else draft, not yet effective or withdrawn."""
    held, today = book.held(entry), book.system.as_of
    if any(_digest(period) == entry.source.sha256 for period in held if period.holds(today)):
        return "controlled"
    own = [period for period in held if period.version == entry.value.get("version")]
    if any(period.until is not None and period.until <= today for period in own):
        return "withdrawn"
    return "draft" if book.report.measured.approvals.valid(entry) is None else "not_yet_effective"


def _digest(period: Period) -> str:
    return str(period.approval.approval.value.get("sha256"))


def status_chip(book: Book, entry: Entry) -> str:
    state = status(book, entry)
    return chip(TONE[state], book.say(f"state.{state}"))


def coming(book: Book, entry: Entry) -> Lines:
    """A sentence on the version that lies in the folder and does not hold yet; the one shown stays valid."""
    own = in_hand(book, entry)
    if own.source.sha256 == entry.source.sha256:
        return
    approved = book.report.measured.approvals.valid(own)
    key = "documents.coming" if approved else "documents.draft_beside"
    facts = {"version": str(own.value.get("version", "")), "on": str(own.value.get("effective_on", ""))}
    here = book.atlas.page(entry)
    link = gate.link(book.tell("documents.see_revisions"), book.atlas.to(revisions_page(book, entry), here))
    yield f'!!! warning "{gate.text(book.tell(f"{key}_title", **facts))}"'
    yield f"    {gate.text(book.tell(key, **facts))} {link}"
    yield ""


def signatures(book: Book, verdicts: Iterable[Verdict], here: str) -> Lines:
    """Acts of approval with the level of their evidence (never oversold) and what git says of them."""
    signed = ("version", "meaning", "person", "role", "on", "level")
    rows = []
    for verdict in verdicts:
        value, values = verdict.approval.value, book.values(here)
        shape = verdict.approval.kind.shape.properties
        cells = [values.scalar(shape[key], value.get(key, "")) for key in signed]
        proof = gate.link(book.say("evidence"), book.atlas.to(book.atlas.page(verdict.approval), here))
        rows.append(gate.row(*cells, _counts(book, verdict), proof))
    if not rows:
        yield chip("bad", book.say("unsigned"))
        yield ""
        return
    names = (*(book.say(f"signature.{name}") for name in signed), book.tell("documents.counts"), book.say("evidence"))
    yield from gate.header(names)
    yield from rows
    yield ""


def _counts(book: Book, verdict: Verdict) -> str:
    """Whether an approval counts; where it does not, the title of the rule that says why."""
    if not verdict.faults:
        return chip("ok", book.tell("documents.holds"))
    titles = dict.fromkeys(book.tell(f"rules.{fault.rule}.title") for fault in verdict.faults)
    said = SEMICOLON[book.language].join(titles)
    return chip("bad", gate.text(said))
