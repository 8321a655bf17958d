"""Where everything stands on the site: entry → page, id → page and anchor, and relative addresses between pages."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from ..check.identity import definitions
from ..model import Entry, Mention, System
from ..wording import choose
from . import gate

ROOMS = {"controlled": "documents", "maintain": "registers", "retain": "records"}

# Ids that nobody speaks aloud: people read the name behind them.
NAMED = frozenset({
    "person", "role", "department", "site", "product", "channel", "process", "kpi", "complaint-type", "cause-group",
})  # fmt: skip
# Ids that need their name beside them. All other numbers (documents, records) stay numbers; their title is a tooltip.
WITH_NAME = frozenset({
    "obligation", "risk", "objective", "resource", "retention-class", "context", "party", "competence-item",
    "provider", "commitment", "definition", "communication", "strategy", "improvement",
})  # fmt: skip
NAME_LENGTH = 28


@dataclass(slots=True)
class Atlas:
    """Built once per site. Page paths are relative to the site's root and end in .md."""

    system: System
    pages: dict[tuple[str, int], str] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    ids: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    names: dict[tuple[str, str], Any] = field(default_factory=dict)
    language: str = "zh"

    def __post_init__(self) -> None:
        for entry in self.system.entries:
            page = page_of(entry)
            self.pages[entry.path, entry.part] = page
            self.sources.setdefault(entry.path, page)
        for mention in definitions(self.system):
            page = self.page(mention.entry)
            anchor = "" if len(mention.pointer) < 2 else anchor_of(mention.id)
            for space in mention.spaces:
                self.ids.setdefault((space, mention.id), (page, anchor))
                self.names.setdefault((space, mention.id), _name_at(mention))

    def page(self, entry: Entry) -> str:
        return self.pages[entry.path, entry.part]

    def to(self, target: str, here: str, anchor: str = "") -> str:
        """The address of page `target` as seen from page `here`."""
        relative = posixpath.relpath(target, posixpath.dirname(here) or ".")
        return quote(relative) + (f"#{anchor}" if anchor else "")

    def reference(self, spaces: tuple[str, ...], identifier: str, here: str) -> str:
        """An id as a link to where it is defined, under the name people use; plain text when it leads nowhere."""
        for space in spaces:
            found = self._requirement(identifier) if space == "requirement" else self.ids.get((space, identifier))
            if found:
                shown = self.name((space,), identifier)
                title = "" if space in NAMED else choose(self.names.get((space, identifier)), self.language)
                address = self.to(found[0], here, found[1])
                label = gate.whole(shown) if shown == identifier else gate.text(shown)
                return gate.link(label, address, "" if title and title in shown else title)
        return gate.text(identifier)

    def name(self, spaces: tuple[str, ...], identifier: str) -> str:
        """What people call an id: the name alone, the number with its name, or the number."""
        for space in spaces:
            name = choose(self.names.get((space, identifier)), self.language)
            if name and space in NAMED:
                return name
            if name and space in WITH_NAME and len(name) <= NAME_LENGTH:
                return f"{identifier} {name}"
        return identifier

    def speaks(self, identifier: str) -> bool:
        """True when the id is one that people replace by its name."""
        return any((space, identifier) in self.names for space in NAMED)

    def _requirement(self, identifier: str) -> tuple[str, str] | None:
        clause = self.system.catalogue.numbered([identifier])
        if clause is None or not any(r.clause == clause for r in self.system.catalogue.requirements.values()):
            return None
        return clause_page(clause), "" if identifier == clause else anchor_of(identifier)

    def resolver(self, entry: Entry, here: str) -> Callable[[str], str | None]:
        """For links inside a document's text: a file of the repository → its page."""

        def resolve(target: str) -> str | None:
            path, _, anchor = target.partition("#")
            if not path:
                return f"#{anchor}" if anchor else None
            source = posixpath.normpath(posixpath.join(posixpath.dirname(entry.path), path))
            page = self.sources.get(source)
            return self.to(page, here, anchor) if page else None

        return resolve


def _name_at(mention: Mention) -> Any:
    """What the thing is called beside its id: title or name, in one language or two."""
    owner: Any = mention.entry.value
    for step in mention.pointer[:-1]:
        owner = owner[step]
    if not isinstance(owner, dict):
        return None
    for key in ("title", "name", "statement", "what"):
        if isinstance(owner.get(key), str):
            return {"zh": owner[key], "en": owner.get(f"{key}_en", owner[key])}
        if isinstance(owner.get(key), dict):
            return owner[key]
    return None


def page_of(entry: Entry) -> str:
    """Documents by number, registers by kind, records by kind and id; all names ASCII-safe."""
    if entry.path.startswith("registers/"):
        return f"registers/{entry.kind.name}.md"
    if entry.kind.information == "retain":
        return f"records/{entry.kind.name}/{_name(_unique(entry))}.md"
    if entry.controlled:
        return f"documents/{_name(entry.id)}.md"
    return f"documents/{entry.kind.name}-{_name(entry.stem)}.md"


def _unique(entry: Entry) -> str:
    """Approvals are named within their document's folder."""
    if entry.kind.name == "approval":
        return "-".join(entry.path.rsplit(".", 1)[0].split("/")[2:])
    return entry.id


def _name(text: str) -> str:
    return re.sub(r"[^\w.-]+", "-", text.replace("/", "-")).strip(".-") or "page"


def anchor_of(identifier: str) -> str:
    return re.sub(r"[^\w.-]+", "-", identifier)


def clause_page(clause: str) -> str:
    return f"clauses/{clause}.md"
