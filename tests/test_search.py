"""The search in a real browser, from a folder and from a server: parts of words, every number, and what was found."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest

import browsing
import sites
from clausebook.publish.search import PAGES, Kinds, Page, pages_of, plain, settle


def in_browser(test: Any) -> Any:
    for needed in browsing.NEEDED:
        test = needed(test)
    return test


ITEM, TITLE, KIND = ".md-search-result__item", "h1", ".md-tag"
ATTACK = '<img src=x onerror=window.hit=1> <b>粗体</b> &amp; "引号" {{ 7*7 }} $& \\1'


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *words: object) -> None:
        pass


@pytest.fixture
def tab(browser: Any) -> Iterator[Any]:
    """A page that notes every request, and every error of a script."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.asked, page.wrong = [], []
    page.on("request", lambda asked: page.asked.append(asked.url))
    page.on("console", lambda said: page.wrong.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    yield page
    context.close()


@pytest.fixture(scope="module")
def served() -> Iterator[Any]:
    """A folder → the address under which a server on this machine gives it out."""
    servers = []

    def serve(folder: Path) -> str:
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield serve
    for server in servers:
        server.shutdown()


@pytest.fixture(params=["folder", "server"])
def address(request: pytest.FixtureRequest, served: Any) -> Any:
    """A site → its address, opened from the folder or from a server."""
    return lambda site: site.as_uri() if request.param == "folder" else served(site)


ANSWERED = """item => {
    const said = document.querySelector('.md-search-result__meta').textContent;
    const none = JSON.parse(document.querySelector('#__config').textContent).translations['search.result.none'];
    return said === none || (/[0-9]/.test(said) && document.querySelector(item) !== null);
}"""


def ask(tab: Any, words: str) -> list[tuple[str, str]]:
    """Title and kind of every page that is shown first; empty when the list says that nothing was found."""
    box = tab.locator(".md-search__input")
    box.click(force=True)
    # Every answer writes both anew; only then is the next one the answer to these words. What is written while the
    # search is read, or before its first result is drawn, is none yet.
    tab.evaluate("document.querySelector('.md-search-result__meta').textContent = '…'")
    box.fill(f"{words} ")
    box.fill(words)
    tab.wait_for_function(ANSWERED, arg=ITEM)
    return [
        (item.locator(TITLE).first.inner_text(), " ".join(item.locator(KIND).all_inner_texts()))
        for item in tab.locator(ITEM).all()
    ]


FIRST = (
    ("CP-08", "CP-08 投诉受理、确认与紧急通道程序", "文件 · 程序文件"),
    ("cp-08", "CP-08 投诉受理、确认与紧急通道程序", "文件 · 程序文件"),
    ("ＣＰ－０８", "CP-08 投诉受理、确认与紧急通道程序", "文件 · 程序文件"),
    ("CP-08 时限", "CP-08 投诉受理、确认与紧急通道程序", "文件 · 程序文件"),
    ("CC-2026-0041", "CC-2026-0041 12315 转办：加湿器渗漏浸泡插线板", "记录 · 投诉"),
    ("湿器渗漏浸", "CC-2026-0041 12315 转办：加湿器渗漏浸泡插线板", "记录 · 投诉"),
    ("12315转办 渗漏浸", "CC-2026-0041 12315 转办：加湿器渗漏浸泡插线板", "记录 · 投诉"),
    ("NC-2026-004", "NC-2026-004 加湿器 H3 批次 HB2604 水箱阀座渗漏", "记录 · 不合格与纠正措施记录"),
    ("8.6", "8.6 投诉关闭与回访", "条款"),
    ("８.６", "8.6 投诉关闭与回访", "条款"),
    ("8.6.c", "8.6 投诉关闭与回访", "条款"),
    ("８.６　c）", "8.6 投诉关闭与回访", "条款"),
    ("8.1.c", "8.1 运行的策划和控制", "条款"),
    ("规性", "9.1.2 合规性评价", "条款"),
    ("平的答", "CP-09 投诉评估与调查程序", "文件 · 程序文件"),
    ("RK-01", "风险和机遇登记册", "登记册"),
    ("closure-on-time", "结果按时率", "指标"),
    ("accepted-but-rejected", "规则手册：8 运行", "规则"),
)


@in_browser
def test_numbers_and_parts_of_words_come_first(tab: Any, example_site: Path, address: Any) -> None:
    tab.goto(f"{address(example_site)}/index.html")
    found = {words: (ask(tab, words) or [("", "")])[0] for words, _, _ in FIRST}
    assert found == {words: (title, kind) for words, title, kind in FIRST}
    assert tab.wrong == []


@in_browser
def test_a_lettered_item_is_where_enter_goes(tab: Any, example_site: Path, address: Any) -> None:
    base = address(example_site)
    for words, place in (
        ("8.6.c", "clauses/8.6.html?found=8.6.c#8.6.c"),
        ("8.6 c)", "clauses/8.6.html?found=8.6.c#8.6.c"),
        ("8.1.c", "clauses/8.1.html?found=8.1.c#8.1.c"),
    ):
        tab.goto(f"{base}/documents/CP-08.html")
        ask(tab, words)
        tab.keyboard.press("Enter")
        tab.wait_for_url(f"{base}/{place}")
        assert tab.locator("article mark").all_inner_texts()[0] == words.replace(" ", ".").rstrip(")")
    assert tab.wrong == []


@in_browser
def test_the_page_that_opens_marks_what_led_to_it(tab: Any, example_site: Path, address: Any) -> None:
    base = address(example_site)
    for words, page, marked in (
        ("平的答", "documents/CP-09.html", {"平的答"}),
        ("CP-08", "documents/CP-08.html", {"CP-08"}),
        ('"转办：加湿器"', "records/complaint/CC-2026-0041.html", {"转办：加湿器"}),
    ):
        tab.goto(f"{base}/index.html")
        ask(tab, words)
        tab.locator(f"{ITEM} a").first.click()
        tab.wait_for_url(f"{base}/{page}?found=*")
        assert set(tab.locator("article mark").all_inner_texts()) == marked
    assert tab.wrong == []


@in_browser
def test_the_list_is_walked_by_keys(tab: Any, example_site: Path) -> None:
    tab.goto((example_site / "index.html").as_uri())
    tab.keyboard.press("/")
    ask(tab, "CP-08")
    seen = []
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp", "ArrowUp"):
        tab.keyboard.press(key)
        seen.append(str(tab.evaluate("document.activeElement.innerText")).splitlines()[0])
    assert seen[0] == seen[4] == "CP-08 投诉受理、确认与紧急通道程序"
    assert seen[1] == seen[3] and len(set(seen)) == 3
    tab.keyboard.press("Escape")
    assert not tab.is_visible(".md-search-result__list")


@in_browser
def test_nothing_found_is_said(tab: Any, example_site: Path, address: Any) -> None:
    tab.goto(f"{address(example_site)}/index.html")
    for words in ("没有这样的一句话", "qqzzqq", "CC-2199-0001"):
        assert ask(tab, words) == []
        assert tab.inner_text(".md-search-result__meta") == "没有找到符合条件的结果"


COMMANDS = (
    ATTACK, "<script>window.hit=1</script>", "8.*", ".*", "*", "+投诉", "-CP-08", "CP-08^9", "投诉~1", "[", "(", "\\",
    "$&", '"', '""', "__proto__", "constructor", "&lt;", "?", "|",
)  # fmt: skip


@in_browser
def test_what_is_typed_is_no_command(tab: Any, example_site: Path) -> None:
    """Signs that mean something to HTML, to expressions and to the renderer's own search mean themselves."""
    tab.goto((example_site / "index.html").as_uri())
    for words in COMMANDS:
        ask(tab, words)
        shown = tab.locator(f"{ITEM} mark").all_text_contents()
        for term in words.lower().split():
            shown = [normalize("NFKC", mark).lower().replace(term.strip('"'), "") for mark in shown]
        assert "".join(shown) == "", words
        assert tab.input_value(".md-search__input") == words
    assert ask(tab, "8.*") == ask(tab, ATTACK) == ask(tab, '"') == []
    assert ask(tab, "title:")[0][1] == "规则"
    assert tab.evaluate("window.hit") is None and tab.wrong == []


@in_browser
def test_what_comes_without_a_key_is_heard(tab: Any, example_site: Path) -> None:
    tab.goto((example_site / "index.html").as_uri())
    tab.locator(".md-search__input").click(force=True)
    tab.keyboard.insert_text("平的答")
    tab.wait_for_selector(ITEM)
    assert "CP-09" in tab.inner_text(".md-search-result__list")


@in_browser
def test_a_page_loads_none_of_it_before_somebody_types(tab: Any, example_site: Path, served: Any) -> None:
    tab.goto(f"{served(example_site)}/index.html", wait_until="networkidle")
    index = [url for url in tab.asked if "/search/" in url]
    assert [url.rpartition("/")[2] for url in index] == ["search_index.json"]
    assert (example_site / "search/search_index.json").stat().st_size < 1_000
    assert ask(tab, "CP-08")
    assert any(url.endswith("/search/pages.js") for url in tab.asked)


@in_browser
def test_the_page_for_what_is_not_there_finds_too(tab: Any, example_site: Path, served: Any) -> None:
    tab.goto(f"{served(example_site)}/404.html")
    assert ask(tab, "CP-08")[0][1] == "文件 · 程序文件"
    assert tab.wrong == []


def told(site: Path) -> list[list[Any]]:
    """Pages of the index: location, kind, weight, title, text, sections."""
    return list(json.loads((site / PAGES).read_text("utf-8").removeprefix("self.found = ").removesuffix(";\n")))


def test_the_index_is_plain_and_says_every_kind(example_site: Path) -> None:
    raw = (example_site / PAGES).read_text("utf-8")
    assert not set(raw) & set("\u200b\ufeff\u00ad") and "<p>" not in raw and "<li>" not in raw
    assert "{'zh'" not in raw, "a text in two languages is shown in one"
    pages = told(example_site)
    assert [page[0] for page in pages if not (example_site / page[0]).is_file()] == []
    own = {"about.html", "how-to-complain.html"}
    assert {page[0] for page in pages if page[1] in ("", "页面")} == own
    for _, _, _, _, _, sections in pages:
        words = [(title, said) for _, title, said in sections]
        assert len(words) == len(set(words))
    where = {page[0]: page[4] + str(page[5]) for page in pages}
    assert "CC-2026-0041" not in where["records/complaint/index.html"], "the list repeats the pages it leads to"
    assert "记录 › 投诉" not in where["records/complaint/CC-2026-0041.html"]


def test_html_becomes_words() -> None:
    assert plain("<p>投\u200b诉 <code>a&lt;b</code></p><ul><li>一</li><li>二</li></ul>") == "投诉 a<b 一 二"
    assert plain("e\u0301té\u00ad") == "été"


def test_sections_that_say_nothing_are_left_out() -> None:
    entries = [
        {"location": "a.html", "title": "甲", "text": "<p>前言</p>"},
        {"location": "a.html#_1", "title": "甲", "text": "正文"},
        {"location": "a.html#x", "title": "措施", "text": ""},
        {"location": "a.html#y", "title": "措施", "text": "做了"},
        {"location": "a.html#z", "title": "措施", "text": "做了"},
        {"location": "a.html#w", "title": "第一章", "text": ""},
    ]
    kept = [("y", "措施", "做了"), ("w", "第一章", "")]
    assert pages_of(entries) == [Page("a.html", "甲", "前言 正文", kept)]


def test_a_site_without_a_search_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<p>x</p>", "utf-8")
    settle(tmp_path, Kinds({}))
    assert [file.name for file in tmp_path.iterdir()] == ["index.html"]


def organisation(root: Path) -> None:
    """Another organisation: other numbers, English beside Chinese, and titles that attack their reader."""
    head = "kind: policy\nnumber: B/07\ntitle: Straße 与 naïve 方针\nversion: A/0"
    said = "我们对每位顾客 **一视** 同仁，reimbursement within reason。"
    title = json.dumps(ATTACK, ensure_ascii=False)
    sites.write(root, {
        "system/org.yaml": "name: {zh: 乙公司, en: Firm B}\ntimezone: Asia/Shanghai\n",
        "system/policy.md": f"---\n{head}\n---\n\n# 方针\n\n{said}\n",
        "records/complaints/2026/CC-2026-0001.yaml": f"id: CC-2026-0001\ntitle: {title}\n"
        "received_at: 2026-11-09T09:10:00+08:00\ndescription: 一般\n",
    })  # fmt: skip


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory, example_root: Path) -> Path:
    root = sites.copy_of(example_root, tmp_path_factory.mktemp("searched"), sites.FRAME)
    organisation(root)
    return sites.build(root, draft=True)


@in_browser
def test_another_organisation_finds_its_own(tab: Any, firm: Path, address: Any) -> None:
    tab.goto(f"{address(firm)}/index.html")
    for words, title in (
        ("B/07", "B/07 Straße 与 naïve 方针"),
        ("STRASSE", ""),
        ("straße", "B/07 Straße 与 naïve 方针"),
        ("NAI\u0308VE", "B/07 Straße 与 naïve 方针"),
        ("imbursem", "B/07 Straße 与 naïve 方针"),
        ("位顾客一视同仁", "B/07 Straße 与 naïve 方针"),
        ('"within reason"', "B/07 Straße 与 naïve 方针"),
        ('"reason within"', ""),
    ):
        assert (ask(tab, words) or [("", "")])[0][0] == title, words
    assert tab.wrong == []


@in_browser
def test_hostile_titles_stay_text_in_the_list(tab: Any, firm: Path, address: Any) -> None:
    base = address(firm)
    tab.goto(f"{base}/index.html")
    for words in ("onerror", "粗体", "CC-2026-0001", "引号"):
        found = dict(ask(tab, words))
        assert found.get(f"CC-2026-0001 {ATTACK}") == "记录 · 投诉", words
        assert tab.locator(f"{ITEM} img, {ITEM} b, {ITEM} script").count() == 0
    tab.goto(f"{base}/records/complaint/CC-2026-0001.html?found=<img+onerror%3Dwindow.hit%3D1>+粗体")
    assert tab.locator("article mark").count() > 0
    assert tab.locator("article img, article b").count() == 0
    assert tab.evaluate("window.hit") is None


@in_browser
def test_ten_thousand_pages_are_counted_and_shown_as_one_scrolls(tab: Any, firm: Path, tmp_path: Path) -> None:
    site = sites.copy_of(firm, tmp_path / "big", tuple(path.name for path in firm.iterdir()))
    part = ["a", "细目", "共有的话"]
    many = [[f"r/{n}.html", "记录", 2, f"R-{n} 第 {n} 份", f"共有的话 {n}", [part]] for n in range(10_000)]
    (site / PAGES).write_text(f"self.found = {json.dumps(many)};", "utf-8")
    tab.goto((site / "index.html").as_uri())
    assert ask(tab, "有的话")
    assert tab.inner_text(".md-search-result__meta").startswith("10")
    assert tab.locator(ITEM).count() < 40
    assert ask(tab, "R-9876")[0][0] == "R-9876 第 9876 份"


@in_browser
def test_the_english_site_says_the_kind_in_english(tab: Any, firm_site: Path) -> None:
    tab.goto((firm_site / "index.html").as_uri())
    assert ask(tab, "8.6.c")[0][1] == "Clause"
    assert {kind for _, kind in ask(tab, "complaint")} >= {"Clause"}


@in_browser
def test_the_public_search_says_the_kind(tab: Any, public_site: Path, address: Any) -> None:
    tab.goto(f"{address(public_site)}/index.html")
    assert ask(tab, "QM-02")[0] == ("客户投诉管理方针", "客户投诉管理方针")
    assert ask(tab, "不收任何费")[0][1] == "网页"
    assert ask(tab, "CC-2026-0041") == []


@pytest.fixture(scope="module")
def firm_by_zensical(tmp_path_factory: pytest.TempPathFactory, example_root: Path) -> Path:
    root = sites.copy_of(example_root, tmp_path_factory.mktemp("searched-zensical"), sites.FRAME)
    organisation(root)
    return sites.build(root, draft=True, renderer="zensical")


@in_browser
def test_the_other_renderer_finds_the_same(tab: Any, firm_by_zensical: Path, address: Any) -> None:
    tab.goto(f"{address(firm_by_zensical)}/index.html")
    tab.click(".md-search__button")
    box, found = tab.locator("dialog input"), tab.locator("dialog [role=option]")
    for words, said, marked in (
        ("位顾客一视同仁", "B/07 Straße 与 naïve 方针", "位顾客 一视 同仁"),
        ("imbursem", "文件", "imbursem"),
        ("8.6.c", "条款", "8.6.c"),
        ("８.６ c）", "条款", "8.6.c"),
        ("onerror", ATTACK, "onerror"),
    ):
        box.fill("没有这样的一句话")
        tab.get_by_text("No results").wait_for()
        box.fill(words)
        tab.locator("dialog mark", has_text=marked).first.wait_for()
        assert said in found.first.inner_text()
        assert tab.locator("dialog img").count() == 0
    assert tab.evaluate("window.hit") is None and tab.wrong == []
