"""Values as people read them: a schema's titles and labels, ids as names, short facts side by side, lists as tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ..load.headers import BELOW
from ..load.schemas import below as shapes_on
from ..model import Shape
from ..wording import COLON, COMMA, SEMICOLON, choose, text
from . import gate
from .atlas import Atlas, anchor_of
from .listing import FEW, RESERVED, box, pick

HIDDEN = frozenset({"kind"})
TABLE_COLUMNS = 6
OVERVIEW_COLUMNS = 4
MOST_CHOICES = 40
LONG = 60
SHORT = 34
"""A fact as wide as this many Latin letters (half as many Chinese) stands beside another one."""

SENTENCE_ENDS = frozenset(".。;；!！?？")
"""A member that ends with one of these is a sentence; no comma follows it."""

MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
NAMES = ("title", "name", "what", "statement", "activity", "event")

# Answers that a reader looks for get a colour; everything else stays calm. Only values that a schema labels.
TONES = {
    "ok": ("met", "achieved", "effective", "closed", "done", "conform", "compliant", "passed", "valid", "available"),
    "warn": ("gap", "partly", "conditional", "open", "at-risk", "done-late", "unverified", "candidate", "S2"),
    "bad": ("missed", "not-achieved", "ineffective", "not-effective", "failed", "non-compliant", "finding", "overdue",
            "expired", "S1"),
}  # fmt: skip
TONE_OF = {value: tone for tone, values in TONES.items() for value in values}

Fact = tuple[str, str]


def chip(tone: str, said: str) -> str:
    """A status chip; `said` must already be safe."""
    return f'<span class="chip {tone}">{said}</span>'


class Values:
    """Renders values for one page in one language."""

    def __init__(self, atlas: Atlas, here: str, language: str) -> None:
        self.atlas, self.here, self.language = atlas, here, language
        self.colon = COLON[language]
        self.semicolon = SEMICOLON[language]
        self.comma = COMMA[language]

    @property
    def as_of(self) -> date:
        return self.atlas.system.as_of

    def title(self, shape: Shape, key: str) -> str:
        return choose(shape.title, self.language) or key

    def scalar(self, shape: Shape, value: Any) -> str:
        """One value in one cell."""
        if isinstance(value, str) and value in shape.labels:
            said = gate.text(choose(shape.labels[value], self.language))
            return chip(TONE_OF[value], said) if value in TONE_OF else said
        if isinstance(value, str) and shape.refers:
            return self.atlas.reference(shape.refers, value, self.here)
        if shape.code:
            return gate.code(value)
        said = self.plain(shape, value)
        return gate.whole(said) if isinstance(value, str) and DAY.match(value) and len(said) <= 25 else gate.text(said)

    def plain(self, shape: Shape, value: Any) -> str:
        """The same without link and colour, not yet safe: for headings."""
        if isinstance(value, bool):
            return text("site.yes" if value else "site.no", self.language)
        if not isinstance(value, str):
            return str(value)
        if value in shape.labels:
            return choose(shape.labels[value], self.language)
        if shape.refers:
            return self.atlas.name(shape.refers, value)
        if shape.field_of:
            return self.field(shape.field_of, value)
        if value in self.atlas.system.kinds and shape.title["zh"] in ("记录类别", "记录种类"):
            return choose(self.atlas.system.kinds[value].title, self.language)
        return self.moment(value) if MOMENT.fullmatch(value) else value

    def field(self, kind: str, path: str) -> str:
        """A field of another kind by its titles: complainant.category as 投诉者 › 类别; an unknown one as written."""
        known = self.atlas.system.kinds.get(kind)
        steps = path.split(".")
        shapes = shapes_on(known.shape, tuple(steps))[1:] if known else []
        return BELOW.join(map(self.title, shapes, steps)) if len(shapes) == len(steps) else path

    def moment(self, value: str) -> str:
        """A point in time on the organisation's clock; a foreign offset stays visible."""
        own = datetime.fromisoformat(value).astimezone(_zone(str(self.atlas.system.organisation.get("timezone", ""))))
        same = value.endswith(own.strftime("%z")[:3] + ":" + own.strftime("%z")[3:])
        return value[:16].replace("T", " ") + ("" if same else f" ({value[-6:]})")

    def inline(self, shape: Shape, value: Any) -> str:
        """Anything in one cell: lists joined, fields named."""
        if isinstance(value, list):
            parts = [self.inline(shape.items or shape, member) for member in value]
            apart = any(isinstance(member, dict | list) or str(member)[-1:] in SENTENCE_ENDS for member in value)
            apart = apart or any(gate.width(part) > 40 for part in parts)
            return "<br>".join(parts) if apart else self.comma.join(parts)
        if isinstance(value, dict):
            if value and set(value) <= {"zh", "en"}:
                return gate.text(choose(value, self.language))
            if list(value) in (["from_on", "to_on"], ["from", "to"]):
                return " — ".join(gate.text(end) for end in value.values())
            parts = []
            for key, child in value.items():
                below = shape.properties.get(key) or shape.values or shape
                parts.append(f"{gate.text(self.title(below, key))}{self.colon}{self.inline(below, child)}")
            return self.semicolon.join(parts)
        return self.scalar(shape, value)

    def block(
        self, shape: Shape, value: Mapping[str, Any], level: int = 2, skip: frozenset[str] = HIDDEN
    ) -> Iterator[str]:
        """A whole mapping: its plain fields as facts, then a section for each part that has its own."""
        facts: list[Fact] = []
        parts: list[tuple[str, Shape, Any]] = []
        for key, child in value.items():
            below = shape.properties.get(key) or shape.values
            if key in skip or below is None:
                continue
            if self._is_part(child) or (child == [] and below.items is not None and below.items.properties):
                parts.append((key, below, child))
            else:
                facts.append((self.title(below, key), self.inline(below, child)))
        yield from self.facts(facts)
        for key, below, child in parts:
            yield f"{'#' * min(level, 5)} {gate.text(self.title(below, key))}"
            yield ""
            if isinstance(child, list):
                yield from self.many(below.items or below, child, level + 1)
            else:
                yield from self.block(below, child, level + 1)

    def facts(self, facts: list[Fact]) -> Iterator[str]:
        """Names and values as a list of definitions: short ones two abreast, long ones below over the full width."""
        short = [fact for fact in facts if gate.width(fact[1]) <= SHORT]
        if len(short) < 4:
            yield from definitions("facts", facts)
            return
        yield from definitions("facts pairs", short)
        yield from definitions("facts", [fact for fact in facts if gate.width(fact[1]) > SHORT])

    def many(self, shape: Shape, members: list[Any], level: int) -> Iterator[str]:
        """A list of mappings: one table when it is narrow, else an overview and a section for each."""
        keys = list(dict.fromkeys(key for member in members if isinstance(member, dict) for key in member))
        if not members:
            yield text("listing.empty", self.language)
            yield ""
        elif not keys:
            yield from (f"- {self.inline(shape, member)}" for member in members)
            yield ""
        elif len(keys) <= TABLE_COLUMNS and not any(self._is_part(m.get(k)) for m in members for k in keys):
            yield from self.table(shape, members, keys, boxed=level == 3)
        else:
            if len(members) > 3 and level == 3:
                yield from self._overview(shape, members, keys)
            for index, member in enumerate(members, start=1):
                yield from self._member(shape, member, level, index)

    def _overview(self, shape: Shape, members: list[Any], keys: list[str]) -> Iterator[str]:
        """The rows of a long register at a glance: what it is called, and its few telling columns."""
        own = next((k for k, s in shape.properties.items() if s.defines and k in keys), "")
        if not own:
            return
        telling = [
            key for key in keys
            if key != own and (s := shape.properties.get(key)) is not None and not s.properties
            and (s.labels or s.refers or key.endswith("_on"))
            and sum(isinstance(m.get(key), str) for m in members) * 2 > len(members)
        ]  # fmt: skip
        telling.sort(key=lambda key: key in ("status", "state", "verdict"))
        chosen = telling if len(telling) <= OVERVIEW_COLUMNS else [*telling[: OVERVIEW_COLUMNS - 1], telling[-1]]
        shapes = {key: shape.properties[key] for key in chosen}
        facets = self.facets(shapes, members) if len(members) >= FEW else {}

        def rows() -> Iterator[str]:
            yield from gate.header(self.title(s, key) for key, s in ((own, shape.properties[own]), *shapes.items()))
            for member in members:
                identifier = str(member.get(own, ""))
                heading = self._heading(shape, member) or identifier
                link = gate.link(gate.text(heading), f"#{anchor_of(identifier)}")
                yield gate.row(link, *(self.choice(key, s, member.get(key), facets) for key, s in shapes.items()))
            yield ""

        yield from box(self, rows(), facets) if len(members) >= FEW else rows()

    def choice(self, key: str, shape: Shape, value: Any, facets: Mapping[str, str]) -> str:
        """One cell; where its column is among the facets, also something that the list can be narrowed to."""
        shown = "" if value is None else self.inline(shape, value)
        return pick(key, value, shown) if key in facets and isinstance(value, str) else shown

    def facets(self, shapes: Mapping[str, Shape], members: Sequence[Mapping[str, Any]]) -> dict[str, str]:
        """The columns that a list can be narrowed by, and their titles: those with few answers, and more than one."""
        found = {}
        for key, shape in shapes.items():
            answers = {member[key] for member in members if isinstance(member.get(key), str)}
            if (shape.labels or shape.refers) and key not in RESERVED and 1 < len(answers) <= MOST_CHOICES:
                found[key] = self.title(shape, key)
        return found

    def _heading(self, shape: Shape, member: Mapping[str, Any]) -> str:
        """What a row is called: its id and name, else its first telling values."""
        own = [str(member[k]) for k, s in shape.properties.items() if s.defines and isinstance(member.get(k), str)][:1]
        name = [self._name(shape, k, member[k]) for k in NAMES if isinstance(member.get(k), str | dict)][:1]
        if own and set(shape.properties) & set(NAMES) and self.atlas.speaks(own[0]):
            own = []
        found = [*own, *(said for said in name if 0 < len(said) <= LONG)]
        if not found:
            plain = [(k, v) for k, v in member.items() if isinstance(v, str) and len(v) <= LONG]
            found = [" · ".join(self.plain(shape.properties[k], v) for k, v in plain[:3] if k in shape.properties)]
        return " ".join(filter(None, found))

    def _name(self, shape: Shape, key: str, value: Any) -> str:
        """A telling value in a heading: an answer from a list in words, a text in the reader's language."""
        below = shape.properties.get(key)
        return self.plain(below, value) if below is not None and isinstance(value, str) else self.words(value)

    def words(self, value: Any) -> str:
        """A text in one language or two."""
        both = isinstance(value, dict) and ("zh" in value or "en" in value)
        return choose(value, self.language) if both or isinstance(value, str) else ""

    def _member(self, shape: Shape, member: Mapping[str, Any], level: int, index: int) -> Iterator[str]:
        """One row of a register as a section that can be linked to."""
        own = next((str(member[k]) for k, s in shape.properties.items() if s.defines and k in member), "")
        heading = self._heading(shape, member) or f"{index}"
        yield f"{'#' * min(level, 5)} {gate.text(heading)}" + (f" {{#{anchor_of(own)}}}" if own else "")
        yield ""
        yield from self.block(shape, member, level + 1)

    def table(
        self, shape: Shape, members: list[dict[str, Any]], keys: list[str], *, boxed: bool = False
    ) -> Iterator[str]:
        """Every member a row. `boxed`: a long table gets the box that makes it sortable."""
        shapes = {key: shape.properties.get(key) or shape.values or shape for key in keys}
        boxed = boxed and len(members) >= FEW
        facets = self.facets(shapes, members) if boxed else {}

        def rows() -> Iterator[str]:
            yield from gate.header(self.title(shapes[key], key) for key in keys)
            for member in members:
                cells = []
                for key in keys:
                    cell = self.choice(key, shapes[key], member.get(key), facets)
                    own = isinstance(member.get(key), str) and shapes[key].defines
                    cells.append(f'<a id="{anchor_of(str(member[key]))}"></a>{cell}' if own else cell)
                yield gate.row(*cells)
            yield ""

        yield from box(self, rows(), facets) if boxed else rows()

    def _is_part(self, value: Any) -> bool:
        """True when a value needs a section of its own; a few short fields stay in the line."""
        if isinstance(value, dict):
            flat = all(not isinstance(child, dict | list) for child in value.values())
            return bool(value) and not (flat and len(value) <= 3 and sum(len(str(v)) for v in value.values()) <= 48)
        return isinstance(value, list) and any(isinstance(member, dict) for member in value)


def definitions(look: str, facts: list[Fact]) -> Iterator[str]:
    """A list of names and values, in one of the looks of extra.css."""
    if not facts:
        return
    yield f'<div class="{look}" markdown>'
    yield ""
    for name, value in facts:
        yield gate.text(name)
        yield f":   {value or '—'}"
        yield ""
    yield "</div>"
    yield ""


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name or "Asia/Shanghai")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("Asia/Shanghai")
