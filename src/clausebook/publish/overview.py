"""The pieces of the hand-written frame pages: finished Markdown by name, and facts by dotted path.

Macros only look these up (publish/macros.py); everything is computed here, once per build.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..wording import text
from . import gate
from .document_pages import status
from .formats import as_data
from .pages import Book, problem_lines

HOME = "index.md"
SHOWN_PROBLEMS = 8


def fragments(book: Book) -> Mapping[str, str]:
    """Name → Markdown, for {{ fragment("name") }} on pages at the site's root."""
    makers = {
        "validity": _validity, "attention": _attention, "ways": _ways, "figures": _figures, "channels": _channels,
        "fictional": _fictional,
    }  # fmt: skip
    return {name: "\n".join(maker(book)) for name, maker in makers.items()}


def _fictional(book: Book) -> Iterator[str]:
    """The banner of an example: fictional, and judged as of a fixed date."""
    organisation = book.system.organisation
    if organisation.get("fictional"):
        notice = organisation.get("notice")
        said = book.choose(notice) if isinstance(notice, dict) else str(notice or book.say("fictional"))
        yield f'!!! warning "{book.say("example")}"'
        yield f"    {gate.text(said)} {book.say('as_of_banner', as_of=book.system.as_of.isoformat())}"
        yield ""


def _validity(book: Book) -> Iterator[str]:
    system = book.system
    catalogue = system.catalogue
    counts = as_data(book.report, book.language)["requirements"]
    organisation = system.organisation
    name = organisation.get("name")
    scope = system.first("scope")
    commit = system.history.commit
    named = book.choose(name) if isinstance(name, dict) else str(name or "")
    standard = f"{catalogue.number} {catalogue.version} {book.choose(catalogue.title)}"
    where = gate.link(gate.text(scope.title), book.atlas.to(book.atlas.page(scope), HOME)) if scope else "—"
    rows = [
        (book.say("organisation"), gate.text(named)),
        (book.say("standard"), gate.text(standard)),
        (book.say("scope"), where),
        (book.say("certificate"), _certificate(book)),
        (book.say("system_effective_on"), gate.text(organisation.get("system_effective_on", "—"))),
        (book.say("as_of"), gate.text(system.as_of.isoformat())),
        (book.say("commit"), gate.text(commit[:12]) if commit else text("site.no_commit", book.language)),
        (book.say("coverage"), book.say("coverage_line", **counts)),
    ]
    yield from book.values(HOME).rows(rows)


def _certificate(book: Book) -> str:
    certificate = book.system.organisation.get("certificate")
    shape = next(book.system.of("organization")).kind.shape.properties.get("certificate") if certificate else None
    return book.values(HOME).inline(shape, certificate) if shape and certificate else book.say("no_certificate")


def _attention(book: Book) -> Iterator[str]:
    errors = [found for found in book.report.problems if found.level == "error"]
    warnings = len(book.report.problems) - len(errors)
    if not book.report.problems:
        yield text("check.clean", book.language)
        return
    gaps = gate.link(book.say("gaps"), book.atlas.to("gaps/index.md", HOME))
    yield f"{text('check.count', book.language, errors=len(errors), warnings=warnings)} — {gaps}"
    yield ""
    yield from problem_lines(book, (errors or list(book.report.problems))[:SHOWN_PROBLEMS], HOME)


def _ways(book: Book) -> Iterator[str]:
    for room in ("clauses", "documents", "registers", "records", "indicators", "gaps"):
        yield f"- **{gate.link(book.say(room), f'{room}/index.md')}** — {book.say(f'way.{room}')}"
    yield ""
    for kind in ("policy", "scope", "manual"):
        entry = book.system.first(kind)
        if entry:
            yield f"- {gate.link(gate.text(entry.title), book.atlas.to(book.atlas.page(entry), HOME))}"
    yield ""


def _figures(book: Book) -> Iterator[str]:
    """Counts that need no definition: how many, of what; rates follow with the indicators."""
    system = book.system
    documents = [entry for entry in system.entries if entry.controlled]
    from ..check.support import approvals

    given = approvals(system)
    controlled = sum(status(book, entry, given) == "controlled" for entry in documents)
    complaints = list(system.of("complaint"))
    open_cases = sum(
        "closure" not in e.value and "not_a_complaint" not in e.value and "imported" not in e.value for e in complaints
    )
    rows = [
        (book.say("figure.documents"), book.say("figure.of", part=controlled, whole=len(documents))),
        (book.say("figure.complaints"), str(len(complaints))),
        (book.say("figure.open"), str(open_cases)),
        (book.say("figure.nonconformities"), str(sum(1 for _ in system.of("nonconformity")))),
    ]
    yield from book.values(HOME).rows(rows)


def _channels(book: Book) -> Iterator[str]:
    entry = book.system.first("organization")
    channels = entry.value.get("channels") if entry else None
    if entry is None or not isinstance(channels, list):
        return
    shape = entry.kind.shape.properties["channels"].items
    assert shape is not None
    yield from book.values("how-to-complain.md").table(
        shape, channels, [k for k in ("title", "form") if k in shape.properties]
    )


def facts(book: Book) -> dict[str, Any]:
    """data/manual.json: coverage and documents for machines, and what {{ fact("…") }} looks up."""
    data = as_data(book.report, book.language)
    data["organisation"] = {
        key: book.system.organisation.get(key) for key in ("name", "fictional", "profile", "standard")
    }
    from ..check.support import approvals

    given = approvals(book.system)
    data["documents"] = [
        {
            "number": entry.id, "title": entry.title, "version": entry.value.get("version"),
            "status": status(book, entry, given), "owner": entry.value.get("owner"), "path": entry.path,
            "effective_on": entry.value.get("effective_on"), "next_review_on": entry.value.get("next_review_on"),
        }
        for entry in book.system.entries if entry.controlled
    ]  # fmt: skip
    return data


def publishable_complaints(book: Book) -> list[dict[str, Any]]:
    """data/complaints.json: only what the schema marks x-publish."""
    rows = []
    for entry in book.system.of("complaint"):
        shape = entry.kind.shape.properties
        rows.append(
            {
                "id": entry.id,
                **{k: v for k, v in entry.value.items() if k in shape and shape[k].publish and k != "id"},
            }
        )
    return rows
