"""Long tables in a real browser: search, filters, sorting, columns, the address, the file for a spreadsheet, paper."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from pypdf import PdfReader

import browsing
from browsing import rows
from clausebook.measure.cases import Case
from clausebook.pipeline import Report
from clausebook.publish.restricted import is_restricted
from clausebook.publish.spreadsheets import Cell, Table, as_csv

pytestmark = browsing.NEEDED
LIST = "records/complaint/index.html"


def test_the_list_filters_and_the_address_remembers(tab: Any, example_site: Path, example: Report) -> None:
    by_12315 = {case.id for case in example.measured.cases if case.value.get("channel") == "12315"}
    s2 = {case.id for case in example.measured.cases if case.severity == "S2"}
    assert by_12315 and s2 and by_12315 & s2
    tab.goto((example_site / LIST).as_uri())
    assert set(rows(tab)) == {case.id for case in example.measured.cases}
    tab.get_by_label("渠道").select_option("12315")
    assert set(rows(tab)) == by_12315
    tab.get_by_label("等级").select_option("S2")
    assert set(rows(tab)) == by_12315 & s2
    assert f"显示 {len(by_12315 & s2)} 条，共 {len(example.measured.cases)} 条" in tab.inner_text(".listing .status")
    passed_on = tab.url
    tab.get_by_role("button", name="清除筛选").click()
    assert len(rows(tab)) == len(example.measured.cases)
    tab.goto("about:blank")
    tab.goto(passed_on)
    assert set(rows(tab)) == by_12315 & s2
    # As a question of the address too, and by quarter, month and year.
    for asked, kept in (
        ("?reaction=rejected", lambda case: case.reaction == "rejected"),
        ("#period=2026-Q2", lambda case: case.received.on.year == 2026 and 4 <= case.received.on.month <= 6),
        ("#period=2025", lambda case: case.received.on.year == 2025),
        ("#mark=reopened", lambda case: case.reopened > 0),
    ):
        tab.goto("about:blank")
        tab.goto((example_site / LIST).as_uri() + asked)
        assert set(rows(tab)) == {case.id for case in example.measured.cases if kept(case)}, asked
    tab.get_by_label("在表中查找").fill("没有这样的话")
    assert rows(tab) == [] and tab.is_visible(".listing .nothing")
    assert tab.seen == []


def test_the_list_sorts_by_click_and_by_key(tab: Any, example_site: Path, example: Report) -> None:
    tab.goto((example_site / LIST).as_uri())
    received = {case.id: case.received.on for case in example.measured.cases}
    head = tab.locator(".listing th", has_text="接收")
    for key, order in (("Enter", "ascending"), (" ", "descending")):
        head.get_by_role("button").focus()
        tab.keyboard.press(key)
        assert head.get_attribute("aria-sort") == order
        days = [received[number] for number in rows(tab)]
        assert days == sorted(days, reverse=order == "descending")
    tab.locator(".listing th", has_text="等级").click()
    severity = {c.id: "" if is_restricted(c.entry) else c.severity or "" for c in example.measured.cases}
    found = [severity[number] for number in rows(tab)]
    assert found == sorted(found)
    assert "sort=5" in tab.url
    tab.reload()
    assert [severity[number] for number in rows(tab)] == found


def test_without_a_script_the_list_is_complete(browser: Any, example_site: Path, example: Report) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((example_site / LIST).as_uri())
    assert page.locator(".listing tbody tr:visible").count() == len(example.measured.cases)
    assert page.locator(".listing form").count() == 0
    context.close()


LISTS = (
    LIST, "documents/index.html", "registers/obligations.html", "registers/people.html", "records/approval/index.html",
    "gaps/changes-all.html", "gaps/rules.html", "records/complaint/endings.html",
)  # fmt: skip


def test_without_a_script_every_list_is_as_long_as_with_one(browser: Any, tab: Any, example_site: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    for name in LISTS:
        address = (example_site / name).as_uri()
        plain.goto(address)
        assert plain.locator(".listing :is(form, .bar, button)").count() == 0
        bare = plain.locator(".listing td:first-child").all_inner_texts()
        assert plain.locator(".listing tbody tr:visible").count() == len(bare) > 0, name
        tab.goto(address)
        assert tab.locator(".listing td:first-child").all_inner_texts() == bare, name
    context.close()
    assert tab.seen == []


def heads(tab: Any) -> list[str]:
    return [str(head).strip() for head in tab.locator(".listing th:visible").all_inner_texts()]


def said(tab: Any) -> str:
    return str(tab.inner_text(".listing .status >> nth=0"))


def test_columns_are_chosen_by_key_and_the_address_remembers(tab: Any, example_site: Path) -> None:
    tab.goto((example_site / LIST).as_uri())
    every = heads(tab)
    tab.locator(".listing .columns summary").focus()
    tab.keyboard.press("Enter")
    group = tab.get_by_role("group", name="显示哪些列")
    group.get_by_role("checkbox").first.wait_for()
    assert group.get_by_role("checkbox").count() == len(every)
    # The column that names the row stays.
    assert group.get_by_role("checkbox", name=every[0]).is_disabled()
    group.get_by_role("checkbox", name="产品").focus()
    tab.keyboard.press(" ")
    group.get_by_role("checkbox", name="时限").press(" ")
    tab.keyboard.press("Escape")
    assert not group.is_visible()
    assert tab.evaluate("document.activeElement.textContent") == "选择列"
    kept = [head for head in every if head not in ("产品", "时限")]
    assert heads(tab) == kept
    assert tab.locator(f"{browsing.ROWS}:first-child td:visible").count() == len(kept)
    assert "未显示的列：产品、时限" in said(tab)
    passed_on = tab.url
    tab.goto("about:blank")
    tab.goto(passed_on)
    assert heads(tab) == kept
    # What an address asks for beyond that does nothing: the first column, none that exists, no number.
    tab.goto("about:blank")
    tab.goto((example_site / LIST).as_uri() + "#hide=0.3.99.-1.x.3")
    assert heads(tab) == [head for head in every if head != "产品"]
    assert tab.seen == []


def test_a_link_to_the_rejected_cases_of_a_quarter(tab: Any, example_site: Path, example: Report) -> None:
    def rejected(case: Case) -> bool:
        return case.reaction == "rejected" and case.received.on.isoformat()[:7] in ("2025-07", "2025-08", "2025-09")

    wanted = {case.id for case in example.measured.cases if rejected(case)}
    assert wanted
    tab.goto((example_site / LIST).as_uri() + "#reaction=rejected&period=2025-Q3")
    assert set(rows(tab)) == wanted
    assert "接收期间 2025-Q3 · 投诉者答复 不接受" in said(tab)


def test_what_no_row_has_is_answered_by_none(tab: Any, example_site: Path) -> None:
    """A reader who follows a link to the cases of a kind must not take all of them for that kind."""
    for asked in ("outcome=rejected", "period=1999-Q3", "channel=%00", "reaction=__proto__"):
        tab.goto("about:blank")
        tab.goto((example_site / LIST).as_uri() + "#" + asked)
        assert rows(tab) == [] and tab.is_visible(".listing .nothing"), asked


@pytest.mark.parametrize("hostile", [
    "__proto__=1&constructor=2&toString=3", "q=%3Cimg%20src%3Dx%20onerror%3Dwindow.hit%3D1%3E&channel=%3Cscript%3E",
    "sort=99&hide=__proto__", "sort=-1&sort=0", "q=" + "a+" * 30_000, "hide=" + "3." * 30_000, "&&&===&=&%", "%E0%A4%A",
])  # fmt: skip
def test_a_hostile_address_is_harmless(tab: Any, example_site: Path, hostile: str) -> None:
    tab.goto((example_site / LIST).as_uri() + "#" + hostile)
    assert tab.locator(".listing th").count() == 8
    assert tab.evaluate("[window.hit, {}.polluted, Object.keys(Object.prototype).length]") == [None, None, 0]
    tab.get_by_label("在表中查找").fill("CC-2026-0041")
    assert tab.locator(".listing select[name=channel]").is_visible()
    tab.get_by_role("button", name="清除筛选").click()
    assert len(rows(tab)) > 100 and tab.seen == []


def test_back_and_forward_take_one_choice_each(tab: Any, example_site: Path) -> None:
    tab.goto((example_site / LIST).as_uri())
    whole = rows(tab)
    tab.get_by_label("渠道").select_option("12315")
    by_channel = rows(tab)
    tab.get_by_label("在表中查找").press_sequentially("2026")
    narrow = rows(tab)
    tab.locator(".listing th", has_text="接收").click()
    assert whole != by_channel != narrow != rows(tab)
    for shown in (narrow, by_channel, whole):
        tab.go_back()
        tab.wait_for_function(f"document.querySelectorAll('.listing tbody tr').length === {len(shown)}")
        assert rows(tab) == shown
    assert tab.get_by_label("渠道").input_value() == ""
    tab.go_forward()
    tab.wait_for_function(f"document.querySelectorAll('.listing tbody tr').length === {len(by_channel)}")
    assert rows(tab) == by_channel and tab.seen == []


def test_a_place_on_the_page_is_no_filter(tab: Any, example_site: Path) -> None:
    tab.goto((example_site / "documents/index.html").as_uri())
    tab.get_by_label("在表中查找").first.fill("CP-08")
    found = rows(tab)
    tab.evaluate("location.hash = 'external'")
    tab.wait_for_timeout(50)
    assert rows(tab) == found


def taken(tab: Any) -> tuple[str, bytes]:
    """The name and the bytes of the file that the browser saves."""
    with tab.expect_download() as waiting:
        tab.locator(".listing .download").first.click()
    return str(waiting.value.suggested_filename), Path(waiting.value.path()).read_bytes()


def test_the_download_is_what_is_shown(tab: Any, example_site: Path) -> None:
    tab.goto((example_site / LIST).as_uri() + "#channel=12315&q=2026&sort=1&hide=3.7")
    name, data = taken(tab)
    assert name == "投诉_2026-11-20_2026_全国-12315-平台.csv"
    assert data.startswith(b"\xef\xbb\xbf") and data.endswith(b"\r\n")
    read = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert read[0] == heads(tab) == ["编号", "接收", "渠道", "类型", "等级", "状态"]
    assert [row[0].split("\n")[0] for row in read[1:]] == rows(tab)
    assert {row[2] for row in read[1:]} == {"全国 12315 平台"}
    assert [row[1] for row in read[1:]] == sorted(row[1] for row in read[1:])
    assert all(len(row) == 6 for row in read) and tab.seen == []


def test_the_download_of_a_second_table_has_its_own_name(tab: Any, example_site: Path) -> None:
    tab.goto((example_site / "documents/index.html").as_uri())
    with tab.expect_download() as waiting:
        tab.locator(".listing:has(tbody tr)").nth(2).locator(".download").click()
    assert waiting.value.suggested_filename == "文件_记录种类_2026-11-20.csv"


CELLS: tuple[Cell, ...] = (
    "=1+1", "+861380000", "-2+3", "@SUM(A1)", "＝1", "－1", "'=1", "' =1", '=HYPERLINK("http://evil.example","x")',
    "=cmd|' /C calc'!A0", "plain", "a,b;c", 'say "hi"', "x=1", "7", -5, -0.5, "-", "2026-11-20", "8.2", "一\n二", "",
    "%0A=1", "`=1", "“=1”", "0012", "+", "@", "=\n1", "CC-2026-0041\n标题",
)  # fmt: skip


def test_a_cell_is_marked_as_in_an_export(tab: Any, example_site: Path) -> None:
    """One rule: what the browser saves is what `export` would write of the same cells."""
    tab.goto((example_site / LIST).as_uri())
    script = """cells => {
        const row = document.createElement("tr");
        for (const said of cells) {
          const cell = row.insertCell();
          const lines = String(said).split("\\n");
          lines.forEach((line, at) => cell.append(...(at ? [document.createElement("br")] : []), line));
        }
        return Sheets.csv([[...row.cells]], document.querySelector(".listing").dataset.formula);
    }"""
    expected = as_csv(Table("x", [str(cell) if isinstance(cell, str) else "" for cell in CELLS], [CELLS]), bom=True)
    header, row = expected.removeprefix("\ufeff").split("\r\n")[:2]
    assert header and tab.evaluate(script, list(CELLS)) == f"\ufeff{row}\r\n"


def test_the_name_of_the_file_fits_every_disk(tab: Any, example_site: Path) -> None:
    tab.goto((example_site / LIST).as_uri())
    name = "parts => Sheets.fileName(parts)"
    assert tab.evaluate(name, ["投诉", "2026-11-20", "a/b\\c:d*?\"<>|\u202egnp"]) == "投诉_2026-11-20_a-b-c-d-gnp.csv"
    assert tab.evaluate(name, ["", "..", "  ", "x"]) == "x.csv"
    assert len(tab.evaluate(name, ["长" * 500]).encode()) <= 255


def test_a_print_of_a_part_says_that_it_is_one(tab: Any, example_site: Path) -> None:
    said_on_paper = {}
    for asked in ("", "#channel=12315&hide=3"):
        tab.goto("about:blank")
        tab.goto((example_site / LIST).as_uri() + asked)
        reader = PdfReader(io.BytesIO(tab.pdf(prefer_css_page_size=True)))
        # Chromium writes radicals for some signs.
        read = unicodedata.normalize("NFKC", "".join(sheet.extract_text() for sheet in reader.pages))
        said_on_paper[asked] = "".join(read.split())
        for gone in ("选择列", "下载CSV", "清除筛选", "在表中查找"):
            assert gone not in said_on_paper[asked]
        # The heading is on every sheet that has rows.
        with_rows = [said for said in (sheet.extract_text() for sheet in reader.pages) if "CC-" in said]
        assert len(with_rows) > (0 if asked else 2) and all("编号" in said for said in with_rows)
    whole, part = said_on_paper.values()
    assert "并非完整清单" not in whole and "电饭煲R6" in whole
    assert "并非完整清单" in part and "渠道全国12315平台" in part and "未显示的列:产品" in part
    assert "电饭煲R6" not in part


def multiplied(page: Path, count: int) -> Path:
    """The same list with `count` rows, numbered from above."""
    html = page.read_text("utf-8")
    start, end = html.index("<tbody>") + len("<tbody>"), html.index("</tbody>")
    found = re.findall(r"<tr>.*?</tr>", html[start:end], re.DOTALL)
    many = (re.sub(r">CC&#45;[0-9]{4}&#45;[0-9]+<", f">N{n:05d}<", found[n % len(found)]) for n in range(count))
    target = page.with_name("multiplied.html")
    target.write_text(html[:start] + "".join(many) + html[end:], "utf-8")
    return target


def test_many_rows_are_all_there(tab: Any, example_site: Path) -> None:
    """Rows that are set frame by frame all come, in order, and a printer does not wait for them."""
    page = multiplied(example_site / LIST, 1500)
    try:
        tab.goto(page.as_uri())
        tab.locator(".listing th", has_text="编号").click()
        tab.locator(".listing th", has_text="编号").click()
        assert "显示 1500 条，共 1500 条" in said(tab)
        assert rows(tab)[0] == "N01499"
        tab.wait_for_function("document.querySelectorAll('.listing tbody tr').length === 1500")
        assert rows(tab) == [f"N{n:05d}" for n in range(1499, -1, -1)]
        counted = tab.evaluate("""() => {
            const search = document.querySelector('.listing [name=q]');
            search.value = 'N00'; search.dispatchEvent(new Event('input', {bubbles: true}));
            search.value = ''; search.dispatchEvent(new Event('input', {bubbles: true}));
            const at_once = document.querySelectorAll('.listing tbody tr').length;
            window.dispatchEvent(new Event('beforeprint'));
            return [at_once < 1500, document.querySelectorAll('.listing tbody tr').length];
        }""")
        assert counted == [True, 1500]
        assert tab.seen == []
    finally:
        page.unlink()


def test_a_second_table_has_its_own_words_in_the_address(tab: Any, example_site: Path) -> None:
    asked = urlencode({"q.3": "投诉", "sort.3": "0-", "q": "CP-0"})
    tab.goto((example_site / "documents/index.html").as_uri() + f"#{asked}")
    boxes = tab.locator(".listing")
    assert boxes.nth(0).get_by_label("在表中查找").input_value() == "CP-0"
    assert boxes.nth(2).get_by_label("在表中查找").input_value() == "投诉"
    assert boxes.nth(2).locator("th").first.get_attribute("aria-sort") == "descending"
    assert boxes.nth(0).locator("[aria-sort]").count() == 0


def test_a_register_narrows_by_its_own_answers(tab: Any, example_site: Path, example: Report) -> None:
    items = next(entry for entry in example.system.of("obligations")).value["items"]
    types = {item["type"] for item in items}
    tab.goto((example_site / "registers/obligations.html").as_uri())
    assert tab.locator(".listing select[name=type] option").count() == len(types) + 1 > 2
    tab.locator(".listing select[name=type]").select_option("standard" if "standard" in types else sorted(types)[0])
    wanted = {item["id"] for item in items if item["type"] == tab.locator(".listing select[name=type]").input_value()}
    assert set(rows(tab)) == wanted and 0 < len(wanted) < len(items)
    # A short register stays a plain table.
    tab.goto((example_site / "registers/retention.html").as_uri())
    assert tab.locator("article table").count() > 0 and tab.locator(".listing form").count() == 0
