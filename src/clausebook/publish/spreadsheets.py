"""Tables out: CSV, XLSX and JSON that no spreadsheet program runs, the same bytes for the same content (threats D2).

A cell is text or a number and never a formula. In CSV a text that a program would take for one gets the mark of a text
before it, an apostrophe, which `load/tables` takes off again; in XLSX the cell is of type text and says so.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ..problems import UserError

Cell = str | int | float
FORMULA = re.compile(r"['\s\u200b\ufeff]*[=+\-@＝＋－＠]|[\t\r\n]")
"""What a spreadsheet reads as a formula, behind whatever blanks it skips."""
BOM = "\ufeff"
LONGEST_CELL = 32_767
MOST_ROWS = 1_048_575
"""What one sheet of Excel holds below its header."""
WIDEST, NARROWEST = 48, 8
SHEET_NAME = re.compile(r"[\[\]:*?/\\]")


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet: a name for people, column titles, rows as wide as the titles."""

    name: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def runs(cell: Cell) -> bool:
    """True for a text that a spreadsheet would take for a formula."""
    return isinstance(cell, str) and FORMULA.match(cell) is not None


def marked(cell: Cell) -> Cell:
    """A cell as CSV may hold it."""
    return f"'{cell}" if runs(cell) else cell


def as_csv(table: Table, *, bom: bool = False) -> str:
    """One table as CSV, every cell in quotes so that no other separator opens one; `bom` tells Excel it is UTF-8."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    for row in (table.columns, *table.rows):
        writer.writerow([marked(cell) for cell in row])
    return (BOM if bom else "") + buffer.getvalue()


def as_json(rows: Sequence[Mapping[str, object]]) -> str:
    return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"


def as_xlsx(tables: Sequence[Table], on: date) -> bytes:
    """A workbook with a sheet for each table, dated `on`: nothing in it comes from a clock.

    Raises UserError when a table is too large for Excel; a text that is too long for a cell ends with a sign of it.
    """
    from xlsxwriter import Workbook

    buffer = io.BytesIO()
    book = Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": datetime(on.year, on.month, on.day), "author": "", "comments": ""})
    base = {"text_wrap": True, "valign": "top"}
    plain, quoted = book.add_format(base), book.add_format({**base, "quote_prefix": True})
    head = book.add_format({**base, "bold": True, "bg_color": "#E8EEF4", "bottom": 1})
    taken: set[str] = set()
    for table in tables:
        if len(table.rows) > MOST_ROWS:
            raise UserError("export-too-many-rows", count=len(table.rows), limit=MOST_ROWS)
        sheet = book.add_worksheet(_sheet_name(table.name, taken))
        for column, title in enumerate(table.columns):
            sheet.write_string(0, column, title, head)
            sheet.set_column(column, column, _width([title, *(row[column] for row in table.rows[:200])]))
        for line, row in enumerate(table.rows, start=1):
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(line, column, _fitting(cell), quoted if runs(cell) else plain)
                else:
                    sheet.write_number(line, column, cell, plain)
        sheet.freeze_panes(1, 1)
        if table.rows:
            sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
    book.close()
    return buffer.getvalue()


def _fitting(cell: str) -> str:
    return cell if len(cell) <= LONGEST_CELL else cell[: LONGEST_CELL - 1] + "…"


def _width(cells: Sequence[Cell]) -> float:
    """Wide enough for most of a column; a Chinese sign takes the room of two letters."""
    lines = (line for cell in cells for line in str(cell).split("\n"))
    longest = max((sum(2 if ord(char) > 0x2E80 else 1 for char in line) for line in lines), default=0)
    return min(max(longest + 2, NARROWEST), WIDEST)


def _sheet_name(name: str, taken: set[str]) -> str:
    short = SHEET_NAME.sub(" ", name).strip("' ")[:28] or "1"
    found = next(n for n in (short, *(f"{short} {i}" for i in range(2, 1000))) if n.casefold() not in taken)
    taken.add(found.casefold())
    return found
