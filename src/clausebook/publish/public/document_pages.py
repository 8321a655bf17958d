"""Public documents: the version that holds on the day, with roles in the place of names (7.5.3)."""

from __future__ import annotations

from collections.abc import Iterator

from ...wording import text
from .. import gate
from ..book import Lines
from ..standing import headless
from ..values import Fact, Values, chip, definitions
from .edition import CONTROL, PublicDocument
from .pages import DOCUMENTS, Desk, page


def make(desk: Desk) -> Iterator[tuple[str, str]]:
    yield DOCUMENTS, page(desk, desk.say("nav.documents"), _index(desk), short=True)
    for document in desk.edition.documents:
        yield desk.page_of(document), page(desk, desk.title_of(document), _document(desk, document))


def _index(desk: Desk) -> Lines:
    if not desk.edition.documents:
        yield desk.say("document.none")
        return
    yield desk.say("document.lead", as_of=desk.edition.as_of.isoformat())
    yield ""
    yield from gate.header(desk.say(f"document.{column}") for column in ("number", "title", "version", "since"))
    for document in desk.edition.documents:
        address = desk.atlas.to(desk.page_of(document), DOCUMENTS)
        yield gate.row(
            gate.link(gate.whole(document.entry.id), address),
            gate.link(gate.text(desk.title_of(document)), address),
            gate.text(document.entry.value.get("version", "")),
            gate.whole(document.since.isoformat()),
        )
    yield ""


def _document(desk: Desk, document: PublicDocument) -> Lines:
    entry, here = document.entry, desk.page_of(document)
    yield '<div class="cover" markdown>'
    yield ""
    yield from definitions("facts pairs", list(_control(desk, document)))
    yield "</div>"
    yield ""
    if desk.language == "en" and entry.value.get("language") == "zh":
        yield desk.say("document.chinese")
        yield ""
    if entry.body is not None:
        yield gate.prose(headless(entry), desk.atlas.resolver(entry, here))
    else:
        shape = entry.kind.shape
        own = {key: value for key, value in entry.value.items() if key not in CONTROL}
        yield from Values(desk.atlas, here, desk.language).block(shape, own)
    yield ""
    yield f"<small>{desk.say('document.printed')}</small>"


def _control(desk: Desk, document: PublicDocument) -> Iterator[Fact]:
    value = document.entry.value
    status = chip("ok", text("site.state.controlled", desk.language))
    yield desk.say("document.number"), gate.whole(document.entry.id)
    yield desk.say("document.version"), f"{gate.text(value.get('version', ''))} {status}"
    if document.owner:
        yield desk.say("document.owner"), gate.text(desk.choose(document.owner))
    if document.approved_by:
        facts = {"role": desk.choose(document.approved_by), "day": document.approved_on}
        yield desk.say("document.approved"), gate.text(desk.say("document.approved_by", **facts))
    yield desk.say("document.since"), gate.whole(document.since.isoformat())
