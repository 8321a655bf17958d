"""Importing a log in a test: the command as a person runs it, its answer, what it wrote, a workbook made by hand."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from click.testing import CliRunner, Result

from clausebook.cli import group
from clausebook.load.strict_yaml import decode, parse


def run(root: Path, log: Path | str | bytes, *words: str, name: str = "log.csv") -> Result:
    if isinstance(log, Path):
        file = log
    else:
        file = root / name
        file.write_bytes(log.encode("utf-8") if isinstance(log, str) else log)
    line = ["import", "complaints", str(file), "--root", str(root), "--as-of", "2026-11-20", *words]
    return CliRunner().invoke(group, line)


def said(root: Path, log: Path | str | bytes, *words: str, name: str = "log.csv") -> Any:
    return json.loads(run(root, log, "--dry-run", *words, name=name).stdout)


def records(root: Path) -> list[dict[str, Any]]:
    files = sorted((root / "records" / "complaints").glob("*/*.yaml"))
    return [parse(decode(file.read_bytes()))[0].value for file in files]


def workbook(sheets: dict[str, list[list[Any]]]) -> bytes:
    """A small .xlsx by hand: text, numbers, `("date", serial)` and `("formula", code, cached)`."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    links = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    packed = "http://schemas.openxmlformats.org/package/2006/relationships"
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"

    def cell(value: Any, place: str) -> str:
        if value is None:
            return ""
        if isinstance(value, tuple) and value[0] == "date":
            return f'<c r="{place}" s="1"><v>{value[1]}</v></c>'
        if isinstance(value, tuple):
            return f'<c r="{place}" t="str"><f>{escape(value[1])}</f><v>{escape(value[2])}</v></c>'
        if isinstance(value, (int, float)):
            return f'<c r="{place}"><v>{value}</v></c>'
        return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as book:
        types = "".join(
            f'<Override PartName="/xl/worksheets/s{n}.xml" ContentType="{kinds}.worksheet+xml"/>'
            for n in range(len(sheets))
        )
        book.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{kinds}.sheet.main+xml"/>'
            f'<Override PartName="/xl/styles.xml" ContentType="{kinds}.styles+xml"/>{types}</Types>',
        )
        book.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{packed}"><Relationship Id="r" Type="{links}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
        )
        listed = "".join(f'<sheet name="{n}" sheetId="{i + 1}" r:id="s{i}"/>' for i, n in enumerate(sheets))
        book.writestr(
            "xl/workbook.xml", f'<workbook xmlns="{main}" xmlns:r="{links}"><sheets>{listed}</sheets></workbook>'
        )
        targets = "".join(
            f'<Relationship Id="s{n}" Type="{links}/worksheet" Target="worksheets/s{n}.xml"/>'
            for n in range(len(sheets))
        )
        targets += f'<Relationship Id="st" Type="{links}/styles" Target="styles.xml"/>'
        book.writestr("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{packed}">{targets}</Relationships>')
        book.writestr(
            "xl/styles.xml",
            f'<styleSheet xmlns="{main}"><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>',
        )
        for number, rows in enumerate(sheets.values()):
            body = "".join(
                f'<row r="{r}">{"".join(cell(v, f"{chr(65 + c)}{r}") for c, v in enumerate(row))}</row>'
                for r, row in enumerate(rows, start=1)
            )
            book.writestr(
                f"xl/worksheets/s{number}.xml", f'<worksheet xmlns="{main}"><sheetData>{body}</sheetData></worksheet>'
            )
    return buffer.getvalue()
