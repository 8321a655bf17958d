"""`clausebook diff DOCUMENT [REV1 [REV2]]`: what changed between two revisions, word by word."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from ..problems import UserError
from .language import language_of
from .options import common, day_of, root_of
from .speaking import Speaking

if TYPE_CHECKING:
    from pathlib import Path

    from ..load.earlier import Content
    from ..measure.redline import Redline
    from ..model import System
    from ..publish.values import Values


@dataclass(frozen=True, slots=True)
class Compared:
    """What a document is called, where it is, and the two contents of it."""

    name: str
    path: str
    before: Content
    after: Content


@click.command("diff", cls=Speaking)
@click.argument("document", metavar="DOCUMENT")
@click.argument("revisions", nargs=-1, metavar="[REV1 [REV2]]")
@click.option("--format", "form", type=click.Choice(["text", "markdown", "json"]), default="text")
@common
def command(
    document: str, revisions: tuple[str, ...], form: str, root: str | None, as_of: str | None, language: str | None
) -> int:
    """One revision alone: against the present file. None: what was approved last."""
    from ..load.earlier import at, present
    from ..load.workspace import load
    from ..measure.redline import redline
    from ..publish.atlas import Atlas
    from ..publish.values import Values

    if len(revisions) > 2:
        raise UserError("diff-revisions")
    folder = root_of(root)
    system = load(folder, day_of(as_of, folder))
    found = _found(system, document)
    path = found.path
    after = at(folder, system.history, path, revisions[1]) if len(revisions) > 1 else present(folder, path)
    before = at(folder, system.history, path, revisions[0]) if revisions else _approved(folder, system, found)
    if before.text is None and after.text is None:
        raise UserError("no-such-document", document=document, near="")
    change = redline(before.text, after.text, system.kinds, markdown=path.endswith(".md"), placed=found.kind)
    words = language_of(chosen=language)
    values = Values(Atlas(system, language=words), "index.md", words)
    click.echo(_told(change, values, Compared(found.name, path, before, after), form))
    return 0


def _told(change: Redline, values: Values, compared: Compared, form: str) -> str:
    from ..publish import gate, redline_data, redline_pages, redline_text
    from ..wording import text

    before, after = compared.before, compared.after
    if form == "json":
        ends = {"from": _end(before), "to": _end(after)}
        data = {"schema": 1, "path": compared.path, **ends, **redline_data.as_data(change, values)}
        return json.dumps(data, ensure_ascii=False, indent=1)
    names = {"before": _name(before, values.language), "after": _name(after, values.language)}
    title = text("redline.title", values.language, document=compared.name, **names)
    if form == "markdown":
        return "\n".join([f"# {gate.text(title)}", "", *redline_pages.lines(change, values)])
    return "\n".join([title, *redline_text.lines(change, values, colours=sys.stdout.isatty())])


def _end(content: Content) -> dict[str, str | None]:
    return {"version": content.version or None, "commit": content.commit or None}


@dataclass(frozen=True, slots=True)
class Document:
    """A document as far as it can be known: one that is broken or no longer there has neither title nor number."""

    id: str
    name: str
    path: str
    kind: str


def _found(system: System, said: str) -> Document:
    """A document by number or path. A path may be that of one which is no longer there."""
    from ..nearness import nearest

    for entry in system.entries:
        if said in (entry.id, entry.path) and entry.kind.information == "maintain":
            return Document(entry.id, f"{entry.id} {entry.title}", entry.path, entry.kind.name)
    for path, kind in system.broken.items():
        stem = path.rsplit("/", 1)[-1].rsplit(".", 1)[0]
        if said in (stem, path):
            return Document(stem, path, path, kind)
    if "/" in said and said.endswith((".md", ".yaml", ".yml")):
        return Document("", said, said, "")
    known = [entry.id for entry in system.entries if entry.kind.information == "maintain"]
    raise UserError("no-such-document", document=said, near=nearest(said, known, count=3))


def _approved(root: Path, system: System, document: Document) -> Content:
    from ..load.earlier import approved
    from ..measure.approvals import Approvals

    entry = next((entry for entry in system.entries if entry.path == document.path), None)
    given = Approvals(system).verdicts(entry) if entry else ()
    digests = {str(each.approval.value.get("sha256")) for each in given if each.meaning == "approve" and each.holds}
    found = approved(root, system.history, document.path, digests)
    if found is None:
        raise UserError("diff-nothing-approved", path=document.path)
    return found


def _name(content: Content, language: str) -> str:
    from ..wording import text

    where = content.commit[:12] if content.commit else text("redline.working_tree", language)
    return f"{content.version} ({where})" if content.version else where
