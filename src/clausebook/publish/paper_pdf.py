"""HTML to PDF by WeasyPrint: the only room that knows it. Nothing is fetched; the same input gives the same bytes."""

from __future__ import annotations

import hashlib
import io
import logging
import re
from contextlib import redirect_stdout
from typing import Any

from ..problems import UserError
from ..shipped import shipped
from .paper_html import Sheet

CHINESE = re.compile("[\u4e00-\u9fff]")
SIMPLIFIED = re.compile(r"SC\b|GB\b|SimSun|SimHei|Songti|Heiti|FangSong|KaiTi|YaHei|PingFang|宋体|黑体|WenQuanYi")
"""Families with the forms of the mainland; the same code points look otherwise in a Japanese or Korean font."""


def to_pdf(sheet: Sheet) -> bytes:
    """The PDF. Raises UserError where WeasyPrint, Pango or a Simplified Chinese font is missing."""
    html, css, fetcher = _weasyprint()
    style = (shipped("paper") / "paper.css").read_text("utf-8")
    document = html(string=sheet.html, url_fetcher=fetcher).render(stylesheets=[css(string=style, url_fetcher=fetcher)])
    identifier = hashlib.sha256(sheet.html.encode("utf-8")).digest()[:16]
    made = document.write_pdf(pdf_identifier=identifier, pdf_tags=True)
    families = {font.family for font in document.fonts.values()}
    if CHINESE.search(sheet.html) and not any(SIMPLIFIED.search(family) for family in families):
        raise UserError("print-no-font")
    return bytes(made)


def _weasyprint() -> tuple[Any, Any, Any]:
    try:
        # A missing Pango shows as an OSError of the loader, with a page of advice on stdout that nobody asked for.
        with redirect_stdout(io.StringIO()):
            from weasyprint import CSS, HTML
            from weasyprint.urls import URLFetcher
    except ImportError:
        raise UserError("print-no-weasyprint") from None
    except OSError as error:
        raise UserError("print-no-pango", detail=str(error).split(":")[0]) from None
    logging.getLogger("weasyprint").setLevel(logging.CRITICAL)
    logging.getLogger("fontTools").setLevel(logging.CRITICAL)
    return HTML, CSS, URLFetcher(allowed_protocols=())
