"""HTML to Word by pandoc: the only room that knows it. Pandoc reads nothing but our own template and filter.

The template is kept as the parts of a Word file and put together for each print, because header and footer name the
document. No byte depends on the hour: the times in the file are those of the as-of date.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import tempfile
import zipfile
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from string import Template
from xml.sax.saxutils import escape

from ..problems import UserError
from ..shipped import shipped
from .paper_html import Sheet

OLDEST = 3
"""Pandoc before 3 knows no --sandbox for Word and sets the widths of our tables otherwise."""

PATIENCE = 600
PARTS = {
    "[Content_Types].xml": "content_types.xml", "_rels/.rels": "package_rels.xml",
    "word/document.xml": "document.xml", "word/_rels/document.xml.rels": "document_rels.xml",
    "word/styles.xml": "styles.xml", "word/settings.xml": "settings.xml",
    "word/header1.xml": "header.xml", "word/header2.xml": "first_header.xml",
    "word/footer1.xml": "footer.xml", "word/footer2.xml": "first_footer.xml",
}  # fmt: skip
FILLED = frozenset({"header.xml", "footer.xml"})
PROPERTIES = "docProps/core.xml"
TIME = re.compile(rb"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
CONTROL = re.compile("[\x00-\x1f\x7f\ufffe\uffff]")
RUN = '<w:r><w:t xml:space="preserve">{}</w:t></w:r>'
FOLLOWING = '<w:fldSimple w:instr=" STYLEREF &quot;Control Line&quot; ">{}</w:fldSimple>'
"""In a manual the header repeats the number, version and status of the document on that page."""

MARKED = '<w:p><w:pPr><w:pStyle w:val="HeaderMark"/></w:pPr>{}</w:p>'


def to_docx(sheet: Sheet) -> bytes:
    """The Word file. Raises UserError where pandoc is missing, too old, or fails."""
    pandoc = _pandoc()
    with tempfile.TemporaryDirectory() as folder:
        reference, made = Path(folder) / "reference.docx", Path(folder) / "made.docx"
        reference.write_bytes(template(sheet))
        language = "zh-CN" if sheet.language == "zh" else "en-US"
        command = [
            pandoc, "--sandbox", "--from", "html", "--to", "docx", "--reference-doc", str(reference),
            "--lua-filter", str(shipped("paper") / "word.lua"), "--metadata", f"lang={language}",
            "--output", str(made),
        ]  # fmt: skip
        _run(command, sheet, folder)
        return _dated(made.read_bytes(), date.fromisoformat(sheet.as_of))


def _run(command: list[str], sheet: Sheet, folder: str) -> None:
    try:
        done = subprocess.run(
            command, input=sheet.html.encode("utf-8"), cwd=folder, capture_output=True, timeout=PATIENCE
        )
    except subprocess.TimeoutExpired:
        raise UserError("print-pandoc-failed", detail=f"> {PATIENCE} s") from None
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise UserError("print-pandoc-failed", detail=" ".join(said[-2:]) or f"exit {done.returncode}")


def _dated(content: bytes, day: date) -> bytes:
    """The file with the as-of date as its time: locked in, pandoc knows no clock and writes 1970."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name == PROPERTIES:
                part = TIME.sub(f"{day.isoformat()}T00:00:00Z".encode(), part)
            new.writestr(zipfile.ZipInfo(name, (day.year, day.month, day.day, 0, 0, 0)), part, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _pandoc() -> str:
    """The pandoc that came with clausebook[print], else the system's."""
    found = find_spec("pypandoc")
    own = Path(found.origin).parent / "files" / "pandoc" if found and found.origin else None
    for path in (str(own) if own and own.is_file() else None, shutil.which("pandoc")):
        if path and _version(path) >= OLDEST:
            return path
    raise UserError("print-no-pandoc")


def _version(path: str) -> int:
    try:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=60).stdout
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.match(r"pandoc\S* (\d+)", said)
    return int(found[1]) if found else 0


def template(sheet: Sheet) -> bytes:
    """The reference document, with this paper's header and footer."""
    words = _words(sheet)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in PARTS.items():
            content = (shipped("paper") / "word" / part).read_text("utf-8")
            filled = Template(content).substitute(words) if part in FILLED else content
            archive.writestr(name, filled)
    return packed.getvalue()


def _words(sheet: Sheet) -> dict[str, str]:
    before, between, after = sheet.page
    words = {
        "organisation": sheet.organisation, "uncontrolled": sheet.uncontrolled, "origin": sheet.origin,
        "before": before, "between": between, "after": after,
    }  # fmt: skip
    said = {name: _literal(value) for name, value in words.items()}
    line = RUN.format(_literal(sheet.line))
    said["line"] = FOLLOWING.format(line) if sheet.whole else line
    said["mark"] = MARKED.format(RUN.format(_literal(sheet.mark))) if sheet.mark else ""
    return said


def _literal(value: str) -> str:
    return escape(CONTROL.sub(" ", value))
