"""A paper as one HTML document, for WeasyPrint and pandoc alike: cover, contents, documents with their control block.

`custom-style` names a style of the Word template; the printed page takes its look from the classes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..measure.approvals import Verdict
from ..wording import COLON, COMMA, choose
from . import gate
from .book import Book
from .document_pages import content
from .paper import SIGNED, Leaf, Paper, acts, commit_of
from .paper_text import fitted, html, ids_in, inline, leading
from .values import Fact

# In the order of the standard's own cover.
COVER = (
    "number", "version", "status", "prepared_by", "reviewed_by", "approved_by", "first_issued_on",
    "first_effective_on", "effective_on",
)  # fmt: skip
DETAILS = ("owner", "next_review_on", "confidentiality", "distribution", "clauses", "supersedes")
CHAPTER = re.compile(r'<h2 id="([^"]+)"[^>]*>(.*?)</h2>', re.DOTALL)
TAG = re.compile("<[^>]+>")
GAP = "\N{SECTION SIGN}"
SIGNATURE = ("meaning", "person", "role", "on", "level")


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a page printer needs: the document as HTML, and the words for header and footer, all plain text."""

    html: str
    language: str
    title: str
    organisation: str
    line: str
    mark: str
    as_of: str
    uncontrolled: str
    origin: str
    page: tuple[str, ...]
    whole: bool


class PaperMaker:
    """Makes the HTML of one paper."""

    def __init__(self, book: Book, paper: Paper) -> None:
        self.book, self.paper = book, paper
        self.colon = COLON[book.language]

    def tell(self, key: str, **facts: str | int) -> str:
        return self.book.tell(f"paper.{key}", **facts)

    def name(self, leaf: Leaf) -> str:
        return f"{leaf.entry.id} {self.book.title(leaf.entry)}"

    def line(self, leaf: Leaf) -> str:
        """Number, version and status, as they stand in the header of every page."""
        version = str(leaf.entry.value.get("version", ""))
        return " · ".join(filter(None, (leaf.entry.id, version, self.tell(f"state.{leaf.state}"))))

    def watermark(self, leaf: Leaf) -> str:
        """One sign or letter above the other in the margin of a page that must not be mistaken for a valid one."""
        return "" if leaf.valid else self.tell(f"watermark.{leaf.state}")

    @property
    def title(self) -> str:
        return self.book.say("manual_title") if self.paper.whole else self.book.title(self.paper.leaves[0].entry)

    @property
    def organisation(self) -> str:
        name = self.book.system.organisation.get("name")
        return choose(name, self.book.language) if isinstance(name, str | dict) else ""

    @property
    def mark(self) -> str:
        """The mark of the whole paper; a manual bears it on those documents that need it."""
        only = self.paper.leaves[0]
        return "" if self.paper.whole or only.valid else self.tell(f"mark.{only.state}")

    @property
    def page_words(self) -> list[str]:
        """What stands before, between and after the two numbers of "page x of y"."""
        return self.tell("page", page=GAP, pages=GAP).split(GAP)

    @property
    def _marked(self) -> str:
        return " marked" if self.mark else ""

    def sheet(self) -> Sheet:
        book, first = self.book, self.paper.leaves[0]
        as_of = book.system.as_of.isoformat()
        line = self.tell("compiled_line", as_of=as_of) if self.paper.whole else self.line(first)
        made = f"{self._head(as_of)}<body>{''.join(self._body(line))}</body></html>"
        words = (book.say("uncontrolled"), self._origin(), tuple(self.page_words), self.paper.whole)
        return Sheet(made, book.language, self.title, self.organisation, line, self.mark, as_of, *words)

    def _head(self, as_of: str) -> str:
        title = gate.text(" ".join(filter(None, (self.organisation, self.title))))
        language = "zh-CN" if self.book.language == "zh" else "en"
        return (
            f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>'
            f'<meta name="author" content="{gate.line(self.organisation)}">'
            f'<meta name="dcterms.created" content="{as_of}"></head>'
        )

    def _body(self, line: str) -> Iterator[str]:
        yield from self._cover(line)
        if not self.paper.whole:
            yield from self._control(self.paper.leaves[0])
        bodies = self._bodies()
        yield from self._contents(bodies)
        for leaf in self.paper.leaves:
            yield from self._document(leaf, bodies[leaf.anchor])

    def _bodies(self) -> dict[str, str]:
        """Anchor of each document → its text; links know every other document of this paper."""
        here = {leaf.anchor: self._here(leaf) for leaf in self.paper.leaves}
        texts = {leaf.anchor: content(self.book, leaf.entry, here[leaf.anchor]) for leaf in self.paper.leaves}
        made = {anchor: html("\n".join(lines)) for anchor, lines in texts.items()}
        ids = {anchor: ids_in(fragment, anchor) for anchor, fragment in made.items()}
        places = {here[anchor]: (anchor, own) for anchor, own in ids.items()}
        return {anchor: fitted(made[anchor], ids[anchor], leading(here[anchor], places)) for anchor in made}

    def _here(self, leaf: Leaf) -> str:
        return self.book.atlas.page(leaf.entry)

    def _running(self, line: str) -> str:
        """Words of header and footer, kept where a style sheet can take them as text and never as rules."""
        said = dict(zip(("before", "between", "after"), self.page_words, strict=True))
        said |= {"uncontrolled": self.book.say("uncontrolled"), "origin": self._origin()}
        said["mark"] = self.watermark(self.paper.leaves[0]) if self.mark else ""
        said |= {"organisation": " ".join(self.organisation.split()), "line": " ".join(line.split())}
        return "".join(f' data-{name}="{gate.text(value)}"' for name, value in said.items())

    def _origin(self) -> str:
        commit = (self.book.system.history.commit or "")[:12]
        return self.tell("origin", as_of=self.book.system.as_of.isoformat(), commit=commit)

    def _cover(self, line: str) -> Iterator[str]:
        yield f'<section class="cover"{self._running(line)}>'
        yield f'<div class="title"><p>{gate.text(self.title)}</p></div>'
        if self.mark:
            yield f'<div class="mark" custom-style="Mark"><p>{gate.text(self.mark)}</p></div>'
        own = self.paper.first("manual") if self.paper.whole else self.paper.leaves[0]
        if self.paper.whole:
            key = "compiled_draft" if self.book.draft else "compiled"
            said = self.tell(key, as_of=self.book.system.as_of.isoformat(), count=len(self.paper.leaves))
            yield f'<div class="compiled" custom-style="Compiled"><p>{gate.text(said)}</p></div>'
        if own is not None:
            yield from self._table("control", self._block(own), "Cover Cell")
        yield f'<div class="organisation" custom-style="Organisation"><p>{gate.text(self.organisation)}</p></div>'
        note = f"{self.book.say('uncontrolled')} · {self._origin()}"
        yield f'<div class="note" custom-style="Cover Note"><p>{gate.text(note)}</p></div>'
        yield "</section>"

    def _block(self, leaf: Leaf) -> Iterator[Fact]:
        """The control block; whoever reviewed and approved stands in the ledger, never in the document."""
        entry = leaf.entry
        values, shape = self.book.values(self._here(leaf)), entry.kind.shape.properties
        signed = acts(self.book, leaf)
        for key in COVER:
            if key in SIGNED:
                names = [self._signer(leaf, act) for act in signed if act.meaning == SIGNED[key]]
                cell = "<br>".join(dict.fromkeys(names)) or gate.text(self.tell("unsigned"))
            elif key == "status":
                cell = gate.text(self.tell(f"state.{leaf.state}"))
            else:
                value = entry.id if key == "number" else entry.value.get(key)
                cell = values.inline(shape[key], value) if value and key in shape else "—"
            yield self.tell(f"control.{key}"), cell

    def _signer(self, leaf: Leaf, act: Verdict) -> str:
        values, shape = self.book.values(self._here(leaf)), act.approval.kind.shape.properties
        said = act.approval.value
        return f"{values.scalar(shape['person'], said.get('person', ''))} {gate.text(said.get('on', ''))}"

    def _table(self, look: str, facts: Iterator[Fact], style: str = "Compact") -> Iterator[str]:
        yield f'<table class="{look}"><colgroup><col style="width:30%"><col style="width:70%"></colgroup><tbody>'
        for name, cell in facts:
            said = (f"<strong>{gate.text(name)}</strong>", inline(cell))
            cells = (f'<td><div custom-style="{style}"><p>{each}</p></div></td>' for each in said)
            yield f"<tr>{''.join(cells)}</tr>"
        yield "</tbody></table>"

    def _control(self, leaf: Leaf) -> Iterator[str]:
        """What the cover has no room for: the further fields, who approved this content, what changed before."""
        yield f'<section class="details{self._marked}">'
        yield from self._label(self.tell("details"), "Label" if self.paper.whole else "New Page Label")
        yield from self._table("control", self._further(leaf))
        yield from self._label(self.tell("approvals"))
        yield from self._signatures(leaf)
        history = leaf.entry.value.get("history")
        if isinstance(history, list) and history:
            yield from self._label(self.book.say("history"))
            shape = leaf.entry.kind.shape.properties["history"]
            rows = "\n".join(self.book.values(self._here(leaf)).many(shape.items or shape, history, 4))
            yield fitted(html(rows), {}, lambda _: None)
        yield "</section>"

    def _label(self, said: str, style: str = "Label") -> Iterator[str]:
        yield f'<div class="label" custom-style="{style}"><p>{gate.text(said)}</p></div>'

    def _further(self, leaf: Leaf) -> Iterator[Fact]:
        entry = leaf.entry
        values, shape = self.book.values(self._here(leaf)), entry.kind.shape.properties
        for key in DETAILS:
            if entry.value.get(key) and key in shape:
                yield values.title(shape[key], key), values.inline(shape[key], entry.value[key])
        yield self.book.say("source"), gate.text(entry.path)
        yield "SHA-256", gate.text(entry.source.sha256)
        commit = commit_of(self.book, leaf)
        yield self.tell("commit"), gate.text(commit or self.tell("no_commit"))

    def _signatures(self, leaf: Leaf) -> Iterator[str]:
        given = acts(self.book, leaf)
        if not given:
            yield f"<p>{gate.text(self.tell('none_given'))}</p>"
            return
        names = [self.book.say(f"signature.{name}") for name in (*SIGNATURE, "evidence")]
        yield "<table><thead><tr>" + "".join(f"<th>{gate.text(name)}</th>" for name in names) + "</tr></thead><tbody>"
        for act in given:
            values, shape = self.book.values(self._here(leaf)), act.approval.kind.shape.properties
            cells = [inline(values.scalar(shape[key], act.approval.value.get(key, "—"))) for key in SIGNATURE]
            cells.append(gate.text(act.approval.path.rsplit("/", 1)[-1]))
            yield "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"
        yield "</tbody></table>"

    def _contents(self, bodies: dict[str, str]) -> Iterator[str]:
        """Documents of a manual; the chapters of one document, if it has any."""
        listed = [line for leaf in self.paper.leaves for line in self._listed(leaf, bodies[leaf.anchor])]
        if self.paper.whole or len(listed) > 1:
            yield f'<div class="contents{self._marked}" deep="{1 if self.paper.whole else 2}">'
            yield from self._label(self.tell("contents"), "TOC Heading")
            yield f"<ul>{''.join(listed)}</ul></div>"
        if self.paper.left_out:
            gone = [f"{entry.id} {self.book.title(entry)}" for entry in self.paper.left_out]
            lead = self.tell("left_out", as_of=self.book.system.as_of.isoformat())
            said = lead + self.colon + COMMA[self.book.language].join(gone)
            yield f'<div class="note"><p>{gate.text(said)}</p></div>'

    def _listed(self, leaf: Leaf, body: str) -> Iterator[str]:
        shown = self.name(leaf) if leaf.valid else f"{self.name(leaf)} · {self.tell(f'state.{leaf.state}')}"
        yield f'<li><a href="#{leaf.anchor}">{gate.text(shown)}</a></li>'
        for anchor, said in CHAPTER.findall(body) if not self.paper.whole else ():
            yield f'<li><a class="second" href="#{anchor}">{TAG.sub("", said)}</a></li>'

    def _document(self, leaf: Leaf, body: str) -> Iterator[str]:
        marked = "" if leaf.valid else " marked"
        data = f'data-line="{gate.line(self.line(leaf))}" data-mark="{gate.line(self.watermark(leaf))}"'
        yield f'<section class="document{marked}" {data}>'
        yield f'<h1 id="{leaf.anchor}">{gate.text(self.name(leaf))}</h1>'
        yield f'<div class="line" custom-style="Control Line"><p>{gate.text(self.line(leaf))}</p></div>'
        if not leaf.valid:
            yield f'<div class="mark" custom-style="Mark"><p>{gate.text(self.tell(f"mark.{leaf.state}"))}</p></div>'
        if self.paper.whole:
            yield from self._table("control", self._block(leaf))
            yield from self._control(leaf)
        yield f'<div class="body">{body}</div></section>'


def sheet_of(book: Book, paper: Paper) -> Sheet:
    """The paper as HTML with the words of its header and footer."""
    return PaperMaker(book, paper).sheet()
