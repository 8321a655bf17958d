"""A document's revisions: which version held when, who wrote and approved which content, what changed (7.5.3).

Superseded versions stay to be read, each marked as obsolete on its own page. All of it comes from git's objects.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..load.workspace import alone
from ..measure.editions import Edition
from ..measure.validity import Period
from ..model import Entry
from ..wording import SEMICOLON
from . import gate
from .book import Book, Lines, page
from .comparison_pages import texts_of
from .standing import comparison_page, edition_page, headless, in_hand, revisions_page, signatures
from .values import chip

SHOWN_COMMITS = 60
"""Commits before the baseline are the writers' drafts; of a long list the newest are shown, and how many there are."""


def make(book: Book) -> Iterator[tuple[str, str]]:
    for entry in book.system.entries:
        if not entry.controlled or entry.part:
            continue
        held = book.held(entry)
        path, title = revisions_page(book, entry), f"{entry.id} {book.tell('documents.revisions')}"
        yield path, page(book, path, title, _revisions(book, entry, held), found=False)
        for period in held:
            if _text(period) != entry.source.text:
                obsolete = edition_page(book, entry, period.version)
                name = f"{entry.id} {book.title(entry)} {period.version}"
                yield obsolete, page(book, obsolete, name, _obsolete(book, entry, period), found=False)


def _text(period: Period) -> str:
    return period.content.decode("utf-8", "replace")


def _revisions(book: Book, entry: Entry, held: Sequence[Period]) -> Lines:
    here = revisions_page(book, entry)
    yield gate.link(gate.text(f"{entry.id} {book.title(entry)}"), book.atlas.to(book.atlas.page(entry), here))
    yield ""
    yield f"## {book.tell('documents.versions')} {{#versions}}"
    yield ""
    yield from _versions(book, entry, held, here)
    if len(texts_of(book, entry)) > 1:
        yield gate.link(book.tell("redline.page"), book.atlas.to(comparison_page(book, entry), here))
        yield ""
    yield f"## {book.tell('documents.ledger')} {{#ledger}}"
    yield ""
    verdicts = book.report.measured.approvals.verdicts(in_hand(book, entry))
    yield from signatures(book, sorted(verdicts, key=lambda verdict: verdict.version, reverse=True), here)
    yield f"## {book.tell('documents.commits')} {{#commits}}"
    yield ""
    yield from _commits(book, book.report.measured.approvals.editions(in_hand(book, entry)))


def _versions(book: Book, entry: Entry, held: Sequence[Period], here: str) -> Lines:
    if not held:
        yield chip("bad", book.tell("documents.none_approved"))
        yield ""
        return
    names = ("version", "since", "until", "state", "change")
    yield from gate.header(book.tell(f"documents.{name}") for name in names)
    for period in reversed(held):
        shown = _text(period) == entry.source.text
        target = book.atlas.page(entry) if shown else edition_page(book, entry, period.version)
        yield gate.row(
            gate.link(gate.whole(period.version), book.atlas.to(target, here)),
            gate.whole(period.since.isoformat()),
            gate.whole(period.until.isoformat()) if period.until else "—",
            _state(book, period),
            gate.text(_change(period, book.language)),
        )
    yield ""


def _state(book: Book, period: Period) -> str:
    if period.holds(book.system.as_of):
        return chip("ok", book.tell("documents.valid"))
    ahead = period.since > book.system.as_of
    return chip("warn" if ahead else "calm", book.tell("documents.ahead" if ahead else "documents.obsolete"))


def _change(period: Period, language: str) -> str:
    """What the version's own revision history says of it."""
    from ..measure.editions import facts_in

    path = str(period.approval.approval.value.get("path", ""))
    listed = facts_in(path, period.content).get("history")
    for row in reversed(listed if isinstance(listed, list) else []):
        if isinstance(row, dict) and row.get("version") == period.version:
            return SEMICOLON[language].join(str(row[key]) for key in ("change", "reason") if row.get(key))
    return ""


def _commits(book: Book, editions: Sequence[Edition]) -> Lines:
    if not editions:
        yield book.tell("documents.no_history")
        yield ""
        return
    if not all(edition.judged for edition in editions):
        yield book.tell("documents.before_baseline")
        yield ""
    names = ("authored", "author", "entered", "committer", "version", "subject", "commit")
    yield from gate.header(book.tell(f"documents.{name}") for name in names)
    for edition in editions[:SHOWN_COMMITS]:
        commit = edition.commit
        yield gate.row(
            gate.whole(commit.authored_at[:10]),
            gate.text(commit.author),
            gate.whole(commit.committed_at[:10]),
            gate.text(commit.committer if commit.committer_email != commit.author_email else ""),
            gate.whole(edition.version),
            gate.text(commit.subject),
            gate.whole(commit.id[:12]),
        )
    yield ""
    if len(editions) > SHOWN_COMMITS:
        yield book.tell("documents.more_commits", count=len(editions) - SHOWN_COMMITS)
        yield ""


def _obsolete(book: Book, entry: Entry, period: Period) -> Lines:
    """The text of a version that does not hold, under a banner that says so."""
    here = edition_page(book, entry, period.version)
    now = gate.link(book.tell("documents.the_valid_one"), book.atlas.to(book.atlas.page(entry), here))
    key = "documents.ahead_banner" if period.since > book.system.as_of else "documents.obsolete_banner"
    until = period.until.isoformat() if period.until else ""
    said = book.tell(key, version=period.version, since=period.since.isoformat(), until=until)
    yield (
        f'!!! danger "{book.tell("documents.obsolete")}"'
        if key.endswith("obsolete_banner")
        else (f'!!! warning "{book.tell("documents.ahead")}"')
    )
    yield f"    {gate.text(said)} {now}"
    yield ""
    for old in alone(book.system, {entry.path: _text(period)}).entries:
        yield from _content(book, old, here)
    yield ""


def _content(book: Book, old: Entry, here: str) -> Lines:
    if old.body is not None:
        yield gate.prose(headless(old), book.atlas.resolver(old, here))
        return
    values = book.values(here)
    yield from values.block(old.kind.shape, {k: v for k, v in old.value.items() if k != "kind"})
