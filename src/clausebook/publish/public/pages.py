"""The public pages as plain Markdown, path → text: short, and first of all for somebody who wants to complain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ...problems import Bilingual
from ...wording import choose, text
from .. import gate
from ..atlas import Atlas
from ..book import Lines, front_matter
from ..customer import DANGER, Promise, amount, channel_lines, limit_lines
from ..values import Fact, definitions
from .edition import Edition, PublicDocument

HOME, COMPLAIN, NUMBERS, DOCUMENTS, ABOUT = (
    "index.md", "how-to-complain.md", "numbers.md", "documents/index.md", "about.md",
)  # fmt: skip
HOURS = {"hours": 1.0, "working-days": 24.0, "calendar-days": 24.0}
"""To compare limits in different units roughly; equal to none, so that the later one is named."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What a public maker writes with: the edition, where its pages stand, the language."""

    edition: Edition
    atlas: Atlas
    language: str

    def say(self, key: str, **facts: Any) -> str:
        return text(f"public.{key}", self.language, **facts)

    def choose(self, both: Bilingual | None) -> str:
        return choose(both, self.language)

    def first(self, kind: str) -> PublicDocument | None:
        return next((one for one in self.edition.documents if one.entry.kind.name == kind), None)

    def page_of(self, document: PublicDocument) -> str:
        return self.atlas.page(document.entry)

    def title_of(self, document: PublicDocument) -> str:
        value = document.entry.value
        english = value.get("title_en")
        return str(english) if self.language == "en" and english else str(value.get("title", ""))


def desk_of(edition: Edition, language: str) -> Desk:
    return Desk(edition, Atlas(edition.shell, language=language), language)


def page(desk: Desk, title: str, lines: Lines, *, short: bool = False) -> str:
    """`short`: a page that needs no table of contents."""
    return "\n".join([*front_matter(title, wide=short), f"# {gate.text(title)}", "", *example(desk), *lines]) + "\n"


def example(desk: Desk) -> Lines:
    """An invented organisation says so on every page: nobody should write to it."""
    if desk.edition.notice:
        said = gate.text(desk.choose(desk.edition.notice))
        yield f'<p class="aside"><strong>{desk.say("example")}</strong> {said}</p>'
        yield ""


def navigation(desk: Desk, *, complain: bool) -> list[tuple[str, str]]:
    """Titles and pages in the order of the tabs."""
    policy = desk.first("policy")
    rooms = [("home", HOME), *([("complain", COMPLAIN)] if complain else ())]
    rooms += [("policy", desk.page_of(policy))] if policy else []
    rooms += [("numbers", NUMBERS), ("documents", DOCUMENTS), ("about", ABOUT)]
    return [(desk.say(f"nav.{room}"), target) for room, target in rooms]


def front_pages(desk: Desk, rooms: list[tuple[str, str]]) -> Mapping[str, str]:
    """Home and about; documents and numbers have makers of their own."""
    short = gate.text(desk.choose(desk.edition.short_name))
    return {
        HOME: page(desk, desk.say("home.title"), _home(desk, short, rooms), short=True),
        ABOUT: page(desk, desk.say("about.title"), _about(desk), short=True),
    }


def _home(desk: Desk, short: str, rooms: list[tuple[str, str]]) -> Lines:
    offer = desk.edition.offer
    yield f'<p class="lead" markdown>{desk.say("home.lead", short=short)}</p>'
    yield ""
    if COMPLAIN in dict(rooms).values():
        yield f"[{desk.say('home.how')}]({COMPLAIN}){{ .md-button .md-button--primary }}"
        yield ""
    yield f'<p class="danger" markdown>{desk.say("home.danger")}</p>'
    yield ""
    yield f"## {desk.say('home.channels')}"
    yield ""
    if offer.channels:
        yield from channel_lines(offer, desk.language)
    else:
        yield desk.say("home.no_channels")
        yield ""
    yield from _wait(desk)
    yield f"## {desk.say('home.more')}"
    yield ""
    yield from _ways(desk, rooms)


def _wait(desk: Desk) -> Lines:
    """The latest dates for anybody, as tiles."""
    told = [promise for promise in desk.edition.offer.promises if promise.event != DANGER]
    if not told:
        return
    yield f"## {desk.say('home.wait')}"
    yield ""
    yield '<div class="figures steps" markdown>'
    yield ""
    for promise in told:
        most = desk.say("at_most", amount=_latest(promise, desk.language))
        yield f"- <strong>{gate.text(most)}</strong> {desk.say(f'step.{promise.event}')}"
    yield ""
    yield "</div>"
    yield ""
    yield desk.say("home.wait_note")
    yield ""


def _latest(promise: Promise, language: str) -> str:
    _, value, unit = max(promise.limits, key=lambda limit: (limit[1] * HOURS.get(limit[2], 24.0), limit[2]))
    return amount(value, unit, language)


def _ways(desk: Desk, rooms: list[tuple[str, str]]) -> Lines:
    policy = desk.first("policy")
    named = {NUMBERS: "numbers", DOCUMENTS: "documents", ABOUT: "about"}
    named |= {desk.page_of(policy): "policy"} if policy else {}
    yield '<div class="ways" markdown>'
    yield ""
    for title, target in rooms:
        if target in named:
            link = gate.link(gate.text(title), desk.atlas.to(target, HOME))
            yield f"- **{link}** {desk.say(f'more.{named[target]}')}"
    yield ""
    yield "</div>"
    yield ""


def _about(desk: Desk) -> Lines:
    edition = desk.edition
    yield f"## {desk.say('about.facts')}"
    yield ""
    scope = desk.first("scope")
    facts: list[Fact] = [("organisation", gate.text(desk.choose(edition.name)))]
    facts += [("purpose", gate.text(desk.choose(edition.purpose)))] if edition.purpose else []
    facts += [("standard", gate.text(desk.choose(edition.standard)))]
    if scope:
        link = gate.link(gate.text(desk.title_of(scope)), desk.atlas.to(desk.page_of(scope), ABOUT))
        facts.append(("scope", link))
    facts += _certificate(desk)
    facts.append(("as_of", gate.whole(edition.as_of.isoformat())))
    yield from definitions("facts", [(desk.say(f"about.{key}"), said) for key, said in facts])
    yield f"## {desk.say('about.what')}"
    yield ""
    for key in ("there", "absent"):
        yield desk.say(f"about.{key}")
        yield ""
    yield text("public.numbers.note_least", desk.language, least=edition.least)
    yield ""


def _certificate(desk: Desk) -> Iterator[Fact]:
    found = desk.edition.certificate
    if found is None:
        yield "certificate", desk.say("about.uncertified")
        return
    yield "certificate", gate.text(desk.choose(found.status) or desk.say("about.uncertified"))
    said = {"body": found.body, "number": found.number, "valid": " — ".join(filter(None, found.valid))}
    yield from ((f"certificate_{key}", gate.text(value)) for key, value in said.items() if value)
    if found.scope:
        yield "certificate_scope", gate.text(desk.choose(found.scope))


def fragments(desk: Desk) -> Mapping[str, str]:
    """What the frame page on complaining may call; the same names as inside."""
    offer = desk.edition.offer
    makers = {
        "channels": channel_lines(offer, desk.language), "limits": limit_lines(offer, desk.language),
        "fictional": example(desk),
    }  # fmt: skip
    return {name: "\n".join(lines) for name, lines in makers.items()}
