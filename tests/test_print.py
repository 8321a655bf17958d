"""Paper: one document and a manual really printed, read back as PDF and Word; hostile content stays text (7.5.3)."""

from __future__ import annotations

import ctypes.util
import hashlib
import os
import re
import shutil
import socket
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml
from click.testing import CliRunner, Result
from pypdf import PdfReader

from clausebook.cli import group
from clausebook.problems import UserError
from clausebook.publish.paper_text import EXTENSIONS, fitted
from document_control import DOCUMENT, ORG, Office, office, procedure

FONT = shutil.which("fc-list") and subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True, text=True).stdout
pytestmark = [
    pytest.mark.paper,
    pytest.mark.skipif(
        not (ctypes.util.find_library("pango-1.0") and FONT), reason="Pango or a Chinese font is not installed"
    ),
]
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
NAME = "甲公司 & <w:p>$line{{x}}</w:p>"
LISTENER = "http://127.0.0.1:{port}/x"
HOSTILE = """<script>alert(1)</script> {{{{ 7*7 }}}} 直接返回骨架

<img src="{there}"> ![图]({there}) [点]({there}) <iframe src="{there}"></iframe>

<link rel="attachment" href="file:///etc/passwd"> <img src="file:///etc/passwd">

<object data="file:///etc/passwd"></object> <a href="javascript:alert(1)">z</a>

<style>@import url({there}); body {{ background: url({there}) }}</style>

| 项 | 值 |
|---|---|
| <w:p/> | ]]&gt; |

## 第二节 {{#CP-01}}

<a href="file:///etc/passwd">a</a>
见 [文件控制](CP-01.md#scope) 和 [本节](#CP-01)。
"""

TEXTS = {
    "CP-02": ("'<b>投诉</b> {% raw %}程序'", HOSTILE),
    "CP-03": ("回访程序", "每件投诉关闭后十日内回访。"),
    "CP-04": ("未批准的程序", "还没有人批准。"),
    "CP-05": ("坏链接", "[门](file:///etc/passwd) [窗](javascript:alert)"),
}


@dataclass
class Printed:
    """A small firm: CP-01, CP-02 and CP-03 are valid (CP-01 also lies there in a draft), CP-04 was never approved."""

    desk: Office
    folder: Path

    def run(self, *words: str, as_of: str = "2026-11-20") -> Result:
        given = ["print", *words, "--root", str(self.desk.root), "--as-of", as_of]
        return CliRunner().invoke(group, given)

    def make(self, name: str, form: str, *options: str, file: str = "") -> Path:
        target = self.folder / (file or f"{name}.{form}")
        done = self.run(name, "--to", form, "--out", str(target), *options)
        assert done.exit_code == 0, done.output
        assert done.stdout.strip() == str(target)
        return target


def titled(number: str, title: str, text: str) -> str:
    made = procedure(text).replace("# 文件控制程序\n", "")
    return made.replace("number: CP-01", f"number: {number}").replace("title: 文件控制程序", f"title: {title}")


@pytest.fixture(scope="module")
def outside() -> Iterator[socket.socket]:
    """A host that nobody may call."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory, outside: socket.socket) -> Printed:
    desk = office(tmp_path_factory.mktemp("firm") / "org")
    there = LISTENER.format(port=outside.getsockname()[1])
    desk.write("system/org.yaml", ORG.replace("zh: 甲公司", f"zh: '{NAME}'"))
    for number, (title, text) in TEXTS.items():
        desk.write(f"system/procedures/{number}.md", titled(number, title, text.format(there=there)))
    desk.commit("wang-bo", "2026-02-21")
    for number in ("CP-02", "CP-03"):
        words = ["--as", "li-yan", "--meaning", "approve", "--root", str(desk.root), "--as-of", "2026-02-22"]
        assert CliRunner().invoke(group, ["approve", number, *words]).exit_code == 0
    desk.commit("li-yan", "2026-02-22")
    desk.write(DOCUMENT, procedure("改过的草稿。", "A/1", "2026-12-01", "A/0 A/1"))
    desk.commit("wang-bo", "2026-10-01")
    return Printed(desk, tmp_path_factory.mktemp("paper"))


@pytest.fixture(scope="module")
def single(firm: Printed) -> Path:
    return firm.make("CP-01", "pdf")


@pytest.fixture(scope="module")
def manual(firm: Printed) -> Path:
    return firm.make("manual", "pdf")


@pytest.fixture(scope="module")
def manual_word(firm: Printed) -> Path:
    return firm.make("manual", "docx")


def words(page: object) -> str:
    return re.sub(r"\s+", "", page.extract_text())  # type: ignore[attr-defined]


def titles(outline: list[object]) -> list[str]:
    """The bookmarks, whatever their depth."""
    found: list[str] = []
    for item in outline:
        found += titles(item) if isinstance(item, list) else [str(item["/Title"])]  # type: ignore[index]
    return found


def word_text(file: Path, part: str = "word/document.xml") -> str:
    with zipfile.ZipFile(file) as archive:
        root = ElementTree.fromstring(archive.read(part))
    return "".join(node.text or "" for node in root.iter(f"{W}t"))


def test_the_valid_version_is_printed_with_the_control_block_of_the_standards_cover(single: Path) -> None:
    pages = PdfReader(single).pages
    cover = words(pages[0])
    block = [
        "文件编号CP-01", "版本号A/0", "受控状态受控", "编写wang-bo", "审核", "批准li-yan2026-02-20",
        "首次发布2026-02-01", "首次实施2026-03-01", "修订实施日期2026-03-01",
    ]  # fmt: skip
    places = [cover.index(said) for said in block]
    assert places == sorted(places) and "文件控制程序" in cover
    whole = "".join(map(words, pages))
    assert "文件由文控统一编号" in whole and "改过的草稿" not in whole, "the draft in the folder is not what is valid"


def test_every_page_but_the_cover_says_what_it_is_and_its_number(single: Path) -> None:
    pages = PdfReader(single).pages
    for number, page in enumerate(pages[1:], start=2):
        said = words(page)
        assert f"第{number}页共{len(pages)}页" in said
        assert "CP-01·A/0·受控" in said and "打印件为非受控文件" in said and "截至2026-11-20" in said
    assert f"第 {len(pages)} 页 共 {len(pages)} 页" in pages[-1].extract_text()


def test_the_origin_of_the_content_is_named(firm: Printed, single: Path) -> None:
    whole = "".join(map(words, PdfReader(single).pages))
    commit = firm.desk.git("log", "--format=%H", "--reverse", "--", DOCUMENT).split()[0]
    head = firm.desk.git("rev-parse", "HEAD").strip()
    blob = subprocess.run(["git", "show", f"{commit}:{DOCUMENT}"], cwd=firm.desk.root, capture_output=True).stdout
    assert commit in whole and head[:12] in whole and hashlib.sha256(blob).hexdigest() in whole


def test_the_forms_are_those_of_the_mainland(single: Path, manual: Path) -> None:
    for file in (single, manual):
        names = {
            str(font.get_object()["/BaseFont"]).partition("+")[2]
            for page in PdfReader(file).pages for font in page["/Resources"]["/Font"].values()
        }  # fmt: skip
        assert any("CJK-SC" in name for name in names), names
        assert not [name for name in names if re.search("CJK-(JP|KR|TC|HK)", name)], names


def test_the_manual_holds_what_is_valid_in_order_and_names_the_rest(firm: Printed, manual: Path) -> None:
    reader = PdfReader(manual)
    heads = [title for title in titles(reader.outline) if title.startswith("CP-")]
    assert heads == ["CP-01 文件控制程序", "CP-02 <b>投诉</b> {% raw %}程序", "CP-03 回访程序"]
    whole = "".join(map(words, reader.pages))
    assert "还没有人批准" not in whole and "改过的草稿" not in whole
    assert "未收录（截至2026-11-20没有有效版本）：CP-04未批准的程序、CP-05坏链接、QM-04岗位、QM-07组织概况" in whole
    contents = words(reader.pages[1])
    page = next(index for index, each in enumerate(reader.pages, start=1) if "每件投诉关闭后" in words(each))
    assert re.search(rf"CP-03回访程序\.+{page}(?!\d)", contents), contents


def test_a_header_follows_the_document_on_the_page(manual: Path) -> None:
    for page in PdfReader(manual).pages[2:]:
        said = words(page)
        [number] = re.findall(r"(CP-0\d)·A/0·受控", said)[:1]
        head = re.search(r"CP-0\d(?=文件|<b>|回访)", said)
        assert head is None or head[0] == number


def test_a_draft_is_marked_on_cover_and_pages(firm: Printed) -> None:
    done = firm.run("CP-04", "--out", str(firm.folder / "draft.pdf"))
    assert done.exit_code == 0 and "CP-04 在 2026-11-20 没有有效版本" in done.stderr
    pages = [words(page) for page in PdfReader(firm.folder / "draft.pdf").pages]
    assert "草案：当前内容未经批准" in pages[0] and "受控状态草案" in pages[0] and "批准—" in pages[0]
    assert all("CP-04·A/0·草案" in said for said in pages[1:])
    bare = [said.replace("CP-04·A/0·草案", "").replace("草案：当前", "") for said in pages[1:]]
    assert all("草案" in said for said in bare), "in the margin, too"
    marked = firm.make("CP-04", "docx")
    assert "草案：当前内容未经批准" in word_text(marked, "word/header1.xml")
    shown = firm.make("CP-01", "docx", "--draft", file="in-hand.docx")
    assert "改过的草稿" in word_text(shown) and "受控状态草案" in word_text(shown)


def test_an_earlier_day_prints_what_was_valid_then(firm: Printed) -> None:
    done = firm.run("manual", "--to", "docx", "--out", str(firm.folder / "then.docx"), as_of="2026-02-21")
    assert refused(done) == "print-nothing-valid"
    assert not (firm.folder / "then.docx").exists()


def test_what_would_mislead_is_refused_and_printed_only_as_a_draft(firm: Printed) -> None:
    done = firm.run("CP-05", "--to", "docx", "--out", str(firm.folder / "wrong.docx"))
    assert refused(done) == "print-unpublishable" and "CP-05.md:16 broken-link" in done.stderr
    assert not (firm.folder / "wrong.docx").exists()
    made = firm.make("CP-05", "docx", "--draft", file="wrong.docx")
    with zipfile.ZipFile(made) as archive:
        links = archive.read("word/_rels/document.xml.rels").decode()
    assert "门窗" in word_text(made).replace(" ", "") and "passwd" not in links and "javascript" not in links


def test_two_runs_give_the_same_bytes(firm: Printed, manual: Path, manual_word: Path) -> None:
    assert firm.make("manual", "pdf", file="again.pdf").read_bytes() == manual.read_bytes()
    assert firm.make("manual", "docx", file="again.docx").read_bytes() == manual_word.read_bytes()
    with zipfile.ZipFile(manual_word) as archive:
        assert {info.date_time for info in archive.infolist()} == {(2026, 11, 20, 0, 0, 0)}
        assert "2026-11-20T00:00:00Z" in archive.read("docProps/core.xml").decode()


def test_word_opens_with_the_styles_of_an_office(manual_word: Path) -> None:
    with zipfile.ZipFile(manual_word) as archive:
        assert archive.testzip() is None
        document = ElementTree.fromstring(archive.read("word/document.xml"))
        styles = ElementTree.fromstring(archive.read("word/styles.xml"))
        for part in archive.namelist():
            if part.endswith((".xml", ".rels")):
                ElementTree.fromstring(archive.read(part))
    known = {style.get(f"{W}styleId"): style for style in styles.iter(f"{W}style")}
    used = {node.get(f"{W}val") for node in document.iter(f"{W}pStyle")}
    assert used <= set(known), used - set(known)
    assert {"Title", "Heading1", "TOC1", "ControlLine", "Label"} <= used
    fonts = {name: known[name].find(f".//{W}rFonts") for name in ("Heading1", "Title")}
    assert all(font is not None and font.get(f"{W}eastAsia") == "黑体" for font in fonts.values())
    defaults = styles.find(f".//{W}docDefaults//{W}rFonts")
    assert defaults is not None and defaults.get(f"{W}eastAsia") == "宋体"
    size = document.find(f".//{W}pgSz")
    assert size is not None and (size.get(f"{W}w"), size.get(f"{W}h")) == ("11906", "16838"), "A4"
    heads = ["".join(t.text or "" for t in p.iter(f"{W}t")) for p in document.iter(f"{W}p") if styled(p) == "Heading1"]
    assert heads == ["CP-01 文件控制程序", "CP-02 <b>投诉</b> {% raw %}程序", "CP-03 回访程序"]


def styled(paragraph: ElementTree.Element) -> str:
    style = paragraph.find(f"{W}pPr/{W}pStyle")
    return "" if style is None else style.get(f"{W}val", "")


def test_word_numbers_its_pages_and_says_what_it_is(manual_word: Path) -> None:
    assert word_text(manual_word, "word/footer1.xml").replace(" ", "").endswith("第1页共1页")
    with zipfile.ZipFile(manual_word) as archive:
        footer, header = (archive.read(f"word/{part}1.xml").decode() for part in ("footer", "header"))
    assert " PAGE " in footer and " NUMPAGES " in footer and "打印件为非受控文件" in footer
    assert "STYLEREF" in header and "受控文件汇编 · 截至 2026-11-20" in header
    assert NAME in word_text(manual_word, "word/header1.xml"), "markup in a name stays a name"


def test_hostile_content_stays_text(manual: Path, manual_word: Path, outside: socket.socket) -> None:
    whole = "".join(map(words, PdfReader(manual).pages))
    for said in ("<script>alert(1)</script>", "{{7*7}}", '<linkrel="attachment"', "<objectdata=", "@import", "<w:p/>"):
        assert said in whole, said
        assert said in re.sub(r"\s+", "", word_text(manual_word)), said
    raw = manual.read_bytes()
    with zipfile.ZipFile(manual_word) as archive:
        inside = b"".join(archive.read(name) for name in archive.namelist())
        assert not [name for name in archive.namelist() if "media" in name or "embed" in name]
    shells = Path("/etc/passwd").read_bytes().splitlines()[0]
    for content in (raw, inside):
        assert b"/JavaScript" not in content and b"/EmbeddedFile" not in content and shells not in content
    assert not re.search(rb'Target="(file|javascript):', inside) and b"/URI (file:" not in raw
    with pytest.raises(BlockingIOError):
        outside.accept()


def test_links_lead_within_the_paper(manual: Path) -> None:
    names = set(PdfReader(manual).named_destinations)
    assert {"d1", "d2", "d3"} <= names
    assert not [name for name in names if not re.fullmatch(r"d\d(_\d+)?", name)], "no id of the content's"


def test_only_known_elements_pass() -> None:
    said = '<p onclick="x()" style="position:fixed" class="a&quot;b">x<img src="file:///etc/passwd"><svg><a>n</a></svg>y</p>'
    assert fitted(said, {}, lambda _: None) == "<p>xy</p>"
    assert fitted('<td style="text-align: right;">1<iframe src="x">i</iframe></td>', {}, lambda _: None) == (
        '<td style="text-align: right;">1</td>'
    )
    assert fitted('<a href="x.md">w</a></div><b>', {}, lambda _: None) == "w"


def test_names_and_values_are_rows_of_a_table() -> None:
    said = fitted(
        "<dl><dt>甲</dt><dd>1</dd><dd>2</dd><dt>乙</dt><dt>丙</dt><dd><p>3</p></dd><dt>丁</dt></dl>", {}, lambda _: None
    )
    rows = ["".join(re.findall(r"<td>(.*?)</td>", row)) for row in re.findall(r"<tr>(.*?)</tr>", said)]
    assert [re.sub("<[^>]+>", "", row) for row in rows] == ["甲1", "2", "乙", "丙3", "丁"]
    assert said.count("<td>") == 2 * said.count("<tr>") == 2 * said.count("</tr>") and said.endswith("</tbody></table>")
    assert fitted("<dd>x</dd>", {}, lambda _: None) == "x"


def test_paper_reads_markdown_as_the_site_does(example_root: Path) -> None:
    listed = yaml.safe_load((example_root / "mkdocs.yml").read_text("utf-8"))["markdown_extensions"]
    names = {next(iter(one)) if isinstance(one, dict) else one for one in listed}
    assert names == set(EXTENSIONS)


@pytest.mark.parametrize(
    "words, key",
    [
        (["CP-1"], "print-no-such-document"),
        (["CP-01", "--to", "odt"], "print-formats"),
        (["CP-01", "--out", "{folder}"], "print-target"),
    ],
)
def test_misuse_is_refused_before_anything_is_written(firm: Printed, words: list[str], key: str) -> None:
    before = sorted(firm.folder.iterdir())
    assert refused(firm.run(*(word.format(folder=firm.folder) for word in words))) == key
    assert sorted(firm.folder.iterdir()) == before


def refused(done: Result) -> str:
    assert isinstance(done.exception, UserError), done.output
    return done.exception.key


GONE = {
    "pandoc": ("docx", "import sys; sys.modules['pypandoc'] = None", "需要 pandoc"),
    "weasyprint": ("pdf", "import sys; sys.modules['weasyprint'] = None", "需要 WeasyPrint"),
    "pango": ("pdf", "import cffi; cffi.FFI.dlopen = lambda *_: exec('raise OSError(\"no pango\")')", "Pango"),
    "font": ("pdf", "", "没有简体中文字体"),
}


@pytest.mark.parametrize("missing", GONE)
def test_what_is_missing_is_named_and_nothing_is_written(firm: Printed, missing: str, tmp_path: Path) -> None:
    form, before, said = GONE[missing]
    bare = tmp_path / "fonts.conf"
    bare.write_text("<fontconfig><dir>/usr/share/fonts/truetype/dejavu</dir></fontconfig>", "utf-8")
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "git").symlink_to(str(shutil.which("git")))
    own = {**os.environ, "PATH": str(tools), "CLAUSEBOOK_LANG": "zh"}
    own |= {"FONTCONFIG_FILE": str(bare)} if missing == "font" else {}
    target = tmp_path / f"out.{form}"
    target.write_bytes(b"before")
    given = ["print", "CP-03", "--to", form, "--out", str(target), "--root", str(firm.desk.root)]
    given += ["--as-of", "2026-11-20"]
    script = f"{before}\nfrom clausebook.cli import main\nmain({given!r})"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=own)
    assert done.returncode == 2 and said in done.stderr.splitlines()[-1], done.stderr
    assert done.stdout == "" and target.read_bytes() == b"before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bin", "fonts.conf", target.name]
