"""The one gate: any text comes out as that text, in a real renderer, with nothing that runs or loads."""

from __future__ import annotations

import html
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import jinja2
import markdown
import pytest

from clausebook.publish import gate

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "adversarial"
EXTENSIONS = ["attr_list", "tables", "admonition", "footnotes", "toc", "md_in_html", "pymdownx.superfences", "def_list"]
ATTACKS = [
    "<script>document.title='x'</script>", "<img src=x onerror=y>", "{{ 7*7 }}", "{% raw %}", "{# x #}",
    "[a](javascript:x)", "![a](http://evil.example/b.png)", "**x**{: onclick=y style=z }", "a | b\n| c", "# h", "---",
    "```\ncode", "<!-- x -->", "&lt;b&gt;", "&#60;b&#62;", "[x]: javascript:y", "<javascript:x>", "=====", "1. x",
    "--8<-- \".git/config\"", "!!! note", "[^1]: x", "\\<b\\>", "$x$", "~~x~~", "x\u202ey", "a\x00b", "'\"",
    "_a_ *b* `c`",
]  # fmt: skip


class Elements(HTMLParser):
    """What a page is made of: tags, attributes and text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def rendered(source: str) -> Elements:
    """Through Markdown with all extensions of the site."""
    found = Elements()
    found.feed(markdown.markdown(source, extensions=EXTENSIONS))
    return found


def shown(value: str) -> str:
    value = "".join(
        "\ufffd" if c in gate.BAD or (ord(c) < 32 and c not in "\r\n") or 127 <= ord(c) < 160 else c for c in value
    )
    return re.sub(r"\s+", " ", value.replace("\r\n", " ")).strip()


def through_jinja(source: str) -> str:
    """What a careless frame page would do with it."""
    return jinja2.Environment().from_string(source).render()


def check_literal(value: str) -> None:
    safe = through_jinja(gate.text(value))
    assert safe == gate.text(value)
    cell = rendered(f"| a | b |\n|---|---|\n| {safe} | end |\n")
    assert cell.tags.count("td") == 2
    assert set(cell.tags) <= {"table", "thead", "tbody", "tr", "th", "td", "br"}
    assert not cell.attributes
    assert re.sub(r"\s", "", shown(value)) in re.sub(r"\s", "", "".join(cell.text))
    item = rendered(f"- {safe}\n")
    assert set(item.tags) <= {"ul", "li", "br"}
    heading = rendered(f"## {safe} {{#safe}}\n")
    assert set(heading.tags) <= {"h2", "br"} and heading.attributes == [("id", "safe")]


@pytest.mark.parametrize("value", ATTACKS)
def test_a_value_is_only_ever_text(value: str) -> None:
    check_literal(value)


@pytest.mark.parametrize("value", [*ATTACKS, "SELECT 1\n  FROM facts\n\n    WHERE a < b"])
def test_code_is_only_ever_text_and_keeps_its_lines(value: str) -> None:
    found = rendered(f"| a | b |\n|---|---|\n| {gate.code(value)} | end |\n")
    assert found.tags.count("td") == 2 and found.tags.count("br") == value.count("\n")
    assert found.attributes == [("class", "code")]
    if value.startswith("SELECT"):
        assert "".join(found.text).count("  ") == 3


def test_the_naive_page_is_vulnerable() -> None:
    """Without the gate the same renderer does what the attacker wants: the test above can fail."""
    assert "img" in rendered("<img src=x onerror=y>").tags
    assert through_jinja("{{ 7*7 }}") == "49"
    assert ("onclick", "y") in rendered("**x**{: onclick=y }").attributes


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared adversarial data are not on this machine")
def test_many_nasty_strings() -> None:
    naughty = [s for f in SHARED.glob("naughty*.json") for s in json.loads(f.read_text("utf-8"))]
    payloads = (SHARED / "xss_payloads_sample.txt").read_text("utf-8").splitlines()
    assert len(naughty) + len(payloads) > 300
    for value in [*naughty, *payloads]:
        if value.strip():
            check_literal(value)


MORE = [
    "<svg/onload=x>", "<a href='javascript:x'>y</a>", "[a](data:text/html,x)", "[a](//evil.example)",
    "[a](JaVaScRiPt:x)", "[a]( javascript:x )", "![i](x.png)",
]  # fmt: skip


@pytest.mark.parametrize("value", [*ATTACKS, *MORE])
def test_prose_keeps_markdown_and_disarms_the_rest(value: str) -> None:
    source = gate.prose(f"# Title {{#top}}\n\nBefore **bold** {value} after\n", lambda target: f"page/{target}")
    assert "{{" not in source and "{%" not in source and "{#" not in source.replace("{#top}", "")
    found = rendered(source.replace("{#top}", ""))
    assert not {"script", "img", "svg", "iframe", "style", "link"} & set(found.tags)
    for name, said in found.attributes:
        assert not name.startswith("on") and name != "style", (name, said)
        assert not re.match(r"\s*(javascript|data|vbscript):|//", said or "", re.IGNORECASE), (name, said)
    assert "strong" in found.tags


def test_prose_keeps_safe_links_and_anchors() -> None:
    source = gate.prose(
        "## 步骤 {#steps}\n\n见 [程序](CP-08.md#fast) 和 [法规](https://example.org/a)。\n", lambda t: "x.html"
    )
    assert "{#steps}" in source and "](x.html)" in source and "](https://example.org/a)" in source


def test_front_matter_is_one_plain_line() -> None:
    for value in [*ATTACKS, 'a"\nrender_macros: true', "x: y"]:
        line = gate.plain(value)
        assert "\n" not in line and not set(line) & set("\"'`<>{}:#&")
    assert html.escape(gate.plain("投诉 <b>")) == "投诉 b"
