"""The content security policy of every page: what the renderer wrote runs, nothing else does (threats 3.1)."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import pytest

from clausebook.problems import UserError
from clausebook.publish.policy import seal, sealed

PAGE = '<!doctype html><html><head><meta charset="utf-8">{head}</head><body>{body}</body></html>'


def test_a_script_of_the_page_is_allowed_by_its_digest() -> None:
    script = "var 题 = '<b>';\n"
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    html = sealed(PAGE.format(head="", body=f"<script>{script}</script><script src=a.js></script>"), "a.html")
    assert f"script-src 'self' 'sha256-{digest}'\">" in html
    assert html.index("Content-Security-Policy") < html.index("charset"), (
        "the policy is the first thing a browser reads"
    )
    assert "default-src 'none'" in html and "form-action 'none'" in html


def test_data_needs_no_permission() -> None:
    html = sealed(PAGE.format(head="", body='<script type="application/json">{"a": 1}</script>'), "a.html")
    assert "sha256-" not in html


OPEN = (
    '<img src="https://evil.example/x.png">', "<img src=//evil.example/x.png>", '<script src="HTTPS://evil.example/x.js">',
    '<a href=" javascript:alert(1)">x</a>', '<a href="data:text/html,x">x</a>', "<b onclick=x()>y</b>",
    '<iframe src="http://evil.example"></iframe>', '<link rel="stylesheet" href="https://fonts.example/a.css">',
    "<svg onload=x()></svg>", '<object data="ftp://evil.example/x"></object>',
)  # fmt: skip


@pytest.mark.parametrize("body", OPEN)
def test_a_page_that_opens_to_the_outside_is_refused(tmp_path: Path, body: str) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "page.html").write_text(PAGE.format(head="", body=body), "utf-8")
    with pytest.raises(UserError) as refused:
        seal(tmp_path)
    assert refused.value.key == "page-not-closed" and refused.value.facts["page"] == "deep/page.html"


def test_a_link_to_another_place_is_no_opening() -> None:
    for body in ('<a href="https://example.org/">x</a>', "<a href=//example.org>x</a>"):
        assert "Content-Security-Policy" in sealed(PAGE.format(head="", body=body), "a.html")
    named = '<link rel="canonical" href="https://example.org/a">'
    assert "Content-Security-Policy" in sealed(PAGE.format(head=named, body=""), "a.html")


def test_every_page_of_the_example_has_one(example_site: Path) -> None:
    pages = list(example_site.rglob("*.html"))
    assert len(pages) > 300
    assert all(file.read_text("utf-8").count("Content-Security-Policy") == 1 for file in pages)
