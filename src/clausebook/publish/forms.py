"""A one-page paper form for a kind of record, out of its schema: what a clerk without a computer fills in."""

from __future__ import annotations

from html import escape

from ..check.form import intake_fields
from ..model import Kind, Shape
from ..wording import COLON, choose, text

MAX_ROWS = 14
"""What fits on one A4 page by hand; a form asks for what is needed at creation, the rest comes later."""


def paper_form(kind: Kind, language: str) -> str:
    """A page of HTML to print: one line per field that is needed at creation, choices to tick."""
    rows = "".join(_row(name, shape, language) for name, shape in form_fields(kind))
    title = escape(choose(kind.title, language))
    note = escape(text("form.note", language))
    number = escape(text("form.number", language))
    return (
        f'<!doctype html>\n<html lang="{"zh-CN" if language == "zh" else "en"}"><head><meta charset="utf-8">'
        f"<title>{title}</title><style>{STYLE}</style></head><body>"
        f"<h1>{title}</h1><p>{escape(choose(kind.description, language))}</p>"
        f'<p class="head">{number} ______________ &emsp; {escape(text("form.written", language))} ______________</p>'
        f"<table>{rows}</table><p class='note'>{note}</p></body></html>\n"
    )


STYLE = (
    "@page{size:A4;margin:16mm}body{font:11pt/1.5 'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei',sans-serif}"
    "h1{font-size:18pt;text-align:center;margin:0 0 4mm}table{width:100%;border-collapse:collapse}"
    "th,td{border:1px solid #333;padding:2mm;vertical-align:top;text-align:left}th{width:32%;font-weight:600}"
    "td{height:9mm}td.long{height:32mm}small{display:block;font-weight:400;color:#444}.note{font-size:9pt}"
)


def form_fields(kind: Kind) -> list[tuple[str, Shape]]:
    """The fields of the form: what the schema requires at creation, in the schema's order."""
    required = {*kind.schema.get("required", ()), *intake_fields(kind.schema)}
    if kind.name == "complaint":
        required.add("received_at")
    properties = kind.shape.properties
    return [(name, shape) for name, shape in properties.items() if name in required and name not in ("id", "kind")][
        :MAX_ROWS
    ]


def _row(name: str, shape: Shape, language: str) -> str:
    hint = choose(shape.hint, language)
    inner = shape.items or shape
    label = escape(choose(shape.title, language) or name)
    small = f"<small>{escape(hint[:80])}</small>" if hint else ""
    long = name in ("description", "correction", "analysis", "consequences", "conclusion")
    return f"<tr><th>{label}{small}</th><td{' class=long' if long else ''}>{_answer(inner, language)}</td></tr>"


def _answer(shape: Shape, language: str) -> str:
    if shape.labels:
        return " &ensp; ".join(f"☐ {escape(choose(label, language))}" for label in shape.labels.values())
    if shape.typed == "boolean":
        return f"☐ {text('site.yes', language)} &ensp; ☐ {text('site.no', language)}"
    return (
        "<br>".join(escape(choose(below.title, language)) + COLON[language] for below in shape.properties.values())
        if len(shape.properties) <= 4
        else ""
    )
