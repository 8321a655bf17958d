"""`clausebook export KIND --to xlsx|csv|json [--out FILE] [--bom]`: a kind, or the master list, as a table."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ..problems import UserError
from .options import common, day_of, language_of, root_of


@click.command("export")
@click.argument("kind", metavar="KIND")
@click.option("--to", "form", type=click.Choice(["xlsx", "csv", "json"]), required=True, help="格式 · the format")
@click.option("--out", metavar="FILE", help="写到文件；省略时到标准输出 · a file instead of stdout")
@click.option("--bom", is_flag=True, help="CSV 开头加 BOM，Excel 直接打开不乱码 · for Excel: CSV that says it is UTF-8")
@common
def command(
    kind: str, form: str, out: str | None, bom: bool, root: str | None, as_of: str | None, language: str | None
) -> int:
    """导出：任一种类，或 documents（文件总清单）。Safe for spreadsheets; private fields stay out.

    KIND: complaints, any other kind, or documents, record-types, external-documents, readings.
    """
    from ..work.exporting import exported
    from ..work.writer import write_bytes

    folder = root_of(root)
    if form == "xlsx" and out is None and sys.stdout.isatty():
        raise UserError("export-needs-file", kind=kind)
    content = exported(folder, day_of(as_of, folder), kind, form, language_of(chosen=language), bom=bom)
    if out is None:
        sys.stdout.buffer.write(content)
    else:
        write_bytes(Path(out), content)
    return 0
