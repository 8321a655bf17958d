"""`export`: a kind of the organisation, or a list over all of it, as the bytes of a file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from ..load.workspace import load
from ..model import System
from ..nearness import nearest
from ..pipeline import run
from ..problems import UserError
from ..publish.book import Book
from ..publish.exports import objects_of, tables_of
from ..publish.master_tables import LISTS, table, tables
from ..publish.spreadsheets import Table, as_csv, as_json, as_xlsx


def exported(root: Path, as_of: date, kind: str, form: str, language: str, *, bom: bool = False) -> bytes:
    """The file's content. `form` is csv (with `bom` for Excel), json or xlsx. Raises UserError for an unknown kind."""
    if kind in LISTS:
        book = Book(run(root, as_of), language)
        found = tables(book) if kind == "documents" and form == "xlsx" else [table(book, kind)]
        objects: Sequence[dict[str, Any]] = [dict(row) for row in LISTS[kind][1](book)] if form == "json" else ()
    else:
        system = load(root, as_of, with_history=False)
        chosen = system.kinds[_kind(system, kind)]
        found = [] if form == "json" else tables_of(system, chosen, language)
        objects = objects_of(list(system.of(chosen.name))) if form == "json" else ()
    return _bytes(found, objects, form, as_of, bom=bom)


def _bytes(found: Sequence[Table], objects: Sequence[dict[str, Any]], form: str, on: date, *, bom: bool) -> bytes:
    if form == "json":
        return as_json(objects).encode("utf-8")
    return as_xlsx(found, on) if form == "xlsx" else as_csv(found[0], bom=bom).encode("utf-8")


def _kind(system: System, name: str) -> str:
    """A kind by its name, or by its plural as `import` calls it."""
    known = {alias: kind for kind in system.kinds for alias in (f"{kind}s", kind)}
    if name not in known:
        raise UserError("export-unknown", kind=name, near=nearest(name, [*LISTS, *system.kinds], count=3))
    return known[name]
