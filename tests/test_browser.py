"""The site in a real browser, from the folder: closed, searchable, readable; and hostile content stays text."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

import browsing
import sites
from browsing import rows

pytestmark = browsing.NEEDED
PAGES = (
    "index.html", "clauses/index.html", "clauses/questions.html", "clauses/8.2.html", "documents/index.html",
    "documents/CP-08.html", "documents/QM-04.html", "documents/readings.html", "registers/obligations.html",
    "registers/risks.html", "registers/competence-by-person.html", "records/index.html",
    "records/complaint/index.html", "records/complaint/CC-2026-0041.html", "records/complaint/CC-2026-0046.html",
    "records/complaint/endings.html", "records/complaint/reconciliation.html",
    "records/complaint/reconciliation-2026.html", "records/management-review/MR-2026-01.html", "gaps/index.html",
    "gaps/rules.html", "gaps/rules-8.html", "gaps/readiness.html", "gaps/lapses.html", "gaps/changes.html",
    "gaps/changes-all.html", "indicators/index.html", "indicators/closure-on-time.html", "alerts/index.html",
    "alerts/type.html", "causes/index.html", "indicators/backlog.html", "indicators/complaint-mix.html",
    "periods/2026-06.html", "how-to-complain.html", "about.html",
)  # fmt: skip

ATTACKS = (
    "<script>window.hit=1</script>", "<img src=x onerror=window.hit=1>", "[x](javascript:window.hit=1)",
    "{{ 7*7 }}", "{% for a in b %}{{ config }}{% endfor %}", "![x](http://evil.example/p.png)", "| a | b |",
    "# heading", "**bold** _em_ `code`", "</div></article></body>", "&lt;b&gt; &amp; &#49;",
    "{: onclick=window.hit=1 }", "<!-- gone -->", "---", "1. one", "~~~", "[^1]: foot", "*[HTML]: abbr", ":   def",
    "http://evil.example/auto", "\\\\<b\\\\>", "--8<-- \"/etc/passwd\"", "!!! note", "=== \"tab\"", "[a]: http://evil.example",
    "a|b||c", "<a href='javascript:window.hit=1'>y</a>", "[[wiki]] ==mark== ^^ins^^ ~~del~~",
)  # fmt: skip


def test_no_foreign_request_and_no_error(tab: Any, example_site: Path) -> None:
    for page in PAGES:
        tab.goto((example_site / page).as_uri())
    tab.wait_for_timeout(300)
    assert tab.seen == []


def test_a_script_that_got_into_a_page_does_not_run(tab: Any, example_site: Path, tmp_path: Path) -> None:
    """Whatever slips past the gate meets the policy: it is not among the scripts that the page allows."""
    page = example_site / "about.html"
    broken = page.with_name("about-with-a-guest.html")
    guest = "<script>window.hit=1</script><b id=guest onclick='window.hit=1'>x</b>"
    broken.write_text(page.read_text("utf-8").replace("</article>", f"{guest}</article>"), "utf-8")
    try:
        tab.goto(broken.as_uri())
        tab.locator("#guest").click()
        assert tab.evaluate("window.hit") is None
        assert any("Content Security Policy" in said for said in tab.seen)
    finally:
        broken.unlink()


def search(tab: Any, site: Path, words: str) -> str:
    tab.goto((site / "index.html").as_uri())
    tab.click(".md-search__input", force=True)
    tab.keyboard.type(words)
    box = tab.locator(".md-search__input")
    for _ in range(60):
        # Keys typed before the page listens are lost; it looks at the whole field at the next one.
        box.dispatch_event("keyup")
        try:
            tab.wait_for_selector(".md-search-result__item", timeout=3_000)
            break
        except Exception as error:
            assert "Timeout" in str(error)
    return str(tab.inner_text(".md-search-result__list")).replace("\u200b", "")


@pytest.mark.parametrize(
    "words, found",
    [
        ("快速处理", "紧急投诉快速处理通道"),
        ("CC-2026-0041", "CC-2026-0041"),
        ("CP-08", "CP-08 投诉受理"),
        ("8.2", "8.2 投诉受理与确认"),
    ],
)
def test_the_search_finds(tab: Any, example_site: Path, words: str, found: str) -> None:
    assert found in search(tab, example_site, words)
    assert tab.seen == []


def test_the_smallest_phone_never_scrolls_sideways(browser: Any, example_site: Path) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 640}, is_mobile=True, has_touch=True)
    page = context.new_page()
    wide = {}
    for name in PAGES:
        page.goto((example_site / name).as_uri())
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > 320:
            wide[name] = width
    context.close()
    assert wide == {}


def test_print_leaves_the_screen_behind(tab: Any, example_site: Path) -> None:
    tab.goto((example_site / "documents/CP-08.html").as_uri())
    tab.emulate_media(media="print")
    for gone in (".md-header", ".md-tabs", ".md-sidebar--secondary"):
        assert not tab.is_visible(gone)
    assert tab.is_visible(".cover")
    assert len(tab.pdf(format="A4")) > 20_000


@pytest.mark.parametrize(
    "page",
    ["index.html", "documents/index.html", "documents/CP-08.html", "records/complaint/CC-2026-0041.html",
     "clauses/8.2.html", "indicators/closure-on-time.html", "gaps/index.html", "registers/obligations.html"],
)  # fmt: skip
def test_every_sheet_says_its_number_its_day_and_what_paper_is_worth(tab: Any, example_site: Path, page: str) -> None:
    tab.goto((example_site / page).as_uri())
    sheets = [sheet.extract_text() for sheet in PdfReader(io.BytesIO(tab.pdf(prefer_css_page_size=True))).pages]
    for number, said in enumerate(sheets, start=1):
        packed = "".join(said.split())
        # Chromium writes radicals for some signs, so not all of it.
        assert f"{number}/{len(sheets)}" in packed and "2026-11-20·打印件不受控" in packed, number
        assert len(packed) > 80, "no sheet for a last line alone"
    whole = "".join("".join(sheets).split())
    assert whole.count("打印件不受控") == len(sheets), "at the foot of every sheet"
    for screen in ("跳转至", "切换为深色", "回到页面顶部", "搜索"):
        assert screen not in whole


def test_a_table_that_goes_on_says_its_columns_again(tab: Any, example_site: Path) -> None:
    tab.goto((example_site / "records/complaint/index.html").as_uri())
    sheets = PdfReader(io.BytesIO(tab.pdf(prefer_css_page_size=True, page_ranges="1-3"))).pages
    for sheet in sheets:
        said = sheet.extract_text()
        assert [name for name in ("编号", "渠道", "状态") if name not in said] == []


def quoted(lines: tuple[str, ...], indent: str) -> str:
    return "|-\n" + "".join(f"{indent}{line}\n" for line in lines)


LONG = (
    "长" * 200, "W" * 200, "https://example.org/" + "a/b-c_d?e=f&" * 18, "😀" * 100, "مرحبا" * 40,
    "a" * 99 + "\u00ad" + "b" * 99,
    "CC-2026-" + "0" * 190, "😀🏳️‍🌈👨‍👩‍👧‍👦" * 30,
)  # fmt: skip
"""Words without a place to break them."""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, example_root: Path) -> Path:
    """A small organisation whose complaints, titles, registers and documents attack their reader."""
    root = sites.copy_of(example_root, tmp_path_factory.mktemp("hostile"), sites.FRAME)
    lines = enumerate((*ATTACKS, *LONG))
    rows = "".join(f"- id: RK-{i:02d}\n  statement: {quoted((line,), '    ')}" for i, line in lines)
    complaints = {
        f"records/complaints/2026/CC-2026-{i:04d}.yaml": f"id: CC-2026-{i:04d}\ntitle: {quoted((line,), '  ')}"
        f"received_at: 2026-11-09T09:10:00+08:00\nchannel: {quoted((line,), '  ')}"
        for i, line in enumerate(ATTACKS, start=2)
    }
    complaints |= {
        f"records/complaints/2026/CC-2026-{i:04d}.yaml": f"id: CC-2026-{i:04d}\ntitle: {quoted((line,), '  ')}"
        f"received_at: 2026-11-09T09:10:00+08:00\nchannel: {quoted((line,), '  ')}product: {quoted((line,), '  ')}"
        f"description: {quoted((line,), '  ')}"
        for i, line in enumerate(LONG, start=101)
    }
    sites.write(root, {
        "system/org.yaml": f"name:\n  zh: {quoted((ATTACKS[0],), '    ')}timezone: Asia/Shanghai\n",
        "registers/risks.yaml": f"number: CP-04-R01\ntitle: {quoted((ATTACKS[0],), '  ')}items:\n{rows}",
        "system/policy.md": "---\nkind: policy\nnumber: QM-02\ntitle: 方针\nversion: A/0\n---\n\n# 方针\n\n"
        + "\n\n".join((*ATTACKS[:4], ATTACKS[5], "正文 {: onclick=window.hit=1 }"))
        + "".join(f"\n\n## {w}\n\n{w}\n\n- {w}\n\n| {w} | b |\n|---|---|\n| `{w}` | {w} |" for w in LONG),
        "records/complaints/2026/CC-2026-0001.yaml": "id: CC-2026-0001\nreceived_at: 2026-11-09T09:10:00+08:00\n"
        f"description: {quoted(ATTACKS, '  ')}remedy_sought: {quoted(ATTACKS, '  ')}",
        **complaints,
    })  # fmt: skip
    return sites.build(root, draft=True)


def shown(line: str) -> str:
    return " ".join(line.split())


def test_hostile_text_stays_text(tab: Any, hostile: Path) -> None:
    for page in ("records/complaint/CC-2026-0001.html", "registers/risks.html"):
        tab.goto((hostile / page).as_uri())
        said = " ".join(str(tab.inner_text("article")).split())
        assert [line for line in ATTACKS if shown(line) not in said] == [], page
        assert tab.evaluate("window.hit") is None
    tab.goto((hostile / "records/complaint/index.html").as_uri())
    said = " ".join(str(tab.inner_text("article")).split())
    assert [line for line in ATTACKS if shown(line) not in said] == []
    # The form offers hostile values as words, and finds them as words.
    offered = [str(said) for said in tab.locator(".listing select[name=channel] option").all_inner_texts()]
    assert [line for line in ATTACKS if not any(shown(line) in shown(one) for one in offered)] == []
    for line in ATTACKS[:6]:
        tab.get_by_label("渠道").select_option(label=next(one for one in offered if shown(line) in shown(one)))
        assert len(rows(tab)) == 1
    tab.get_by_label("渠道").select_option("")
    tab.get_by_label("在表中查找").fill(ATTACKS[0])
    assert len(rows(tab)) == 1
    tab.goto((hostile / "records/complaint/index.html").as_uri() + "#channel=%3Cscript%3E&sort=99&q=%3Cimg")
    assert tab.evaluate("window.hit") is None
    assert tab.seen == []


SPILT = """
width => [
  ...(document.documentElement.scrollWidth > width ? ['page'] : []),
  ...[...document.querySelectorAll('article :is(p, dd, dt, li, h1, h2, h3, td, th)')]
    .filter(e => e.offsetWidth > width || (e.clientWidth && e.scrollWidth > e.clientWidth + 1))
    .map(e => e.tagName + ' ' + e.innerText.slice(0, 30)),
]
"""
"""What is wider than the page, or runs out of its own place. A table may be: it scrolls in its place."""


@pytest.mark.parametrize("size", [(390, True), (820, False), (1280, False)])
def test_words_without_an_end_stay_on_the_page(browser: Any, hostile: Path, size: tuple[int, bool]) -> None:
    width, phone = size
    context = browser.new_context(viewport={"width": width, "height": 844}, is_mobile=phone, has_touch=phone)
    page = context.new_page()
    wide = {}
    for name in (
        "index.html", "documents/index.html", "documents/QM-02.html", "registers/index.html", "registers/risks.html",
        "records/index.html", "records/complaint/index.html", "records/complaint/endings.html", "gaps/index.html",
        "records/complaint/reconciliation.html", "gaps/changes-all.html", "clauses/questions.html", "clauses/8.2.html",
        *(f"records/complaint/CC-2026-{number:04d}.html" for number in range(101, 101 + len(LONG))),
    ):  # fmt: skip
        page.goto((hostile / name).as_uri())
        found = page.evaluate(SPILT, width)
        if found:
            wide[name] = found
    context.close()
    assert wide == {}


def test_a_hostile_document_is_harmless(tab: Any, hostile: Path) -> None:
    for page in ("documents/QM-02.html", "index.html", "records/complaint/CC-2026-0002.html", "gaps/index.html",
                 "gaps/changes-all.html", "clauses/questions.html"):  # fmt: skip
        tab.goto((hostile / page).as_uri())
        assert tab.evaluate("window.hit") is None
        assert tab.locator("article [onclick], article [onerror], article script, article img").count() == 0
        assert tab.locator("article a[href^='javascript']").count() == 0
    tab.goto((hostile / "documents/QM-02.html").as_uri())
    assert "{{ 7*7 }}" in tab.inner_text("article")
    assert tab.seen == []


PUBLIC = ("index.html", "how-to-complain.html", "numbers.html", "about.html", "documents/QM-02.html",
          "documents/index.html", "documents/CAL-2026.html")  # fmt: skip


def test_the_public_edition_is_closed_and_fits_a_phone(browser: Any, tab: Any, public_site: Path) -> None:
    for name in PUBLIC:
        tab.goto((public_site / name).as_uri())
    assert tab.seen == []
    context = browser.new_context(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    page = context.new_page()
    for name in PUBLIC:
        page.goto((public_site / name).as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, name
    context.close()


def test_one_click_from_the_public_home_to_every_way_in(tab: Any, public_site: Path) -> None:
    tab.goto((public_site / "index.html").as_uri())
    tab.click("article .md-button")
    assert "不满意怎么办" in tab.inner_text("article")


def test_the_public_search_finds(tab: Any, public_site: Path) -> None:
    assert "客户投诉管理方针" in search(tab, public_site, "方针")
