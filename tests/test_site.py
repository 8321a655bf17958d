"""The site: everything resolves, nothing leaves, nothing of the content runs, and what fails leaves the old site."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest

import sites
from clausebook.pipeline import Report, run
from clausebook.problems import UserError
from clausebook.publish import register_pages
from clausebook.publish.anchor import digests, fastened
from clausebook.publish.book import Book
from clausebook.publish.formats import as_data
from clausebook.publish.pages import pages
from clausebook.publish.render import configuration, render
from clausebook.publish.site import write_pages
from clausebook.shipped import shipped

LOADED = re.compile(r"<(?:script|img|iframe|source|video|audio|embed|object|link)\b[^>]*>")
FOREIGN = re.compile(r"\b(?:src|href|data|srcset)=\"?(?:https?:)?//")
HANDLER = re.compile(r"<[a-z][^>]*\son[a-z]+\s*=", re.IGNORECASE)
SCRIPT_LINK = re.compile(r"\b(?:href|src|action)\s*=\s*[\"']?\s*(?:javascript|data|vbscript):", re.IGNORECASE)
LIMIT = 300_000


@pytest.fixture(scope="module")
def htmls(example_site: Path) -> dict[str, str]:
    return {page.relative_to(example_site).as_posix(): page.read_text("utf-8") for page in example_site.rglob("*.html")}


def test_every_link_and_anchor_leads_somewhere(example_site: Path) -> None:
    assert list(sites.broken_links(example_site))[:20] == []


def test_pages_are_written_under_build_only(example_site: Path, example_root: Path) -> None:
    root = example_site.parent.parent
    for part in (*sites.CONTENT, *sites.FRAME):
        ours = {p.relative_to(root) for p in (root / part).rglob("*") if "__pycache__" not in p.parts}
        theirs = {p.relative_to(example_root) for p in (example_root / part).rglob("*") if "__pycache__" not in p.parts}
        assert ours == theirs
    assert {path.name for path in root.iterdir()} == {*sites.CONTENT, *sites.FRAME, "build"}
    assert not [path.name for path in (root / "build").iterdir() if path.name.endswith((".new", ".old"))]


def test_no_record_is_in_the_navigation(htmls: dict[str, str]) -> None:
    for html in htmls.values():
        for nav in re.findall(r'<nav class="md-(?:tabs|nav md-nav--primary)".*?</nav>', html, re.DOTALL):
            assert not re.search(r'href="[^"]*(?:/|^)(?:CC|NC|MR|AU)-[0-9]', nav)


def test_nothing_is_loaded_from_another_host(example_site: Path, htmls: dict[str, str]) -> None:
    for path, html in htmls.items():
        for tag in LOADED.findall(html):
            assert not FOREIGN.search(tag) or 'rel="canonical"' in tag, f"{path}: {tag}"
    for sheet in example_site.rglob("*.css"):
        css = sheet.read_text("utf-8")
        assert not re.search(r"url\(\s*[\"']?(?:https?:)?//|@import\s+[\"'](?:https?:)?//", css), sheet.name


def test_no_handler_and_no_script_address(htmls: dict[str, str]) -> None:
    for path, html in htmls.items():
        plain = re.sub(r"<script\b.*?</script>", "", html, flags=re.DOTALL)
        assert not HANDLER.search(plain), path
        assert not SCRIPT_LINK.search(plain), path


def test_pages_stay_light(htmls: dict[str, str]) -> None:
    assert {path: len(html.encode()) for path, html in htmls.items() if len(html.encode()) > LIMIT} == {}


def test_what_comes_from_others_is_listed_and_unchanged() -> None:
    """Every vendored file is in the list, with its licence, and is what its digest says."""
    folder = shipped("vendor")
    listed = json.loads((folder / "vendor.json").read_text("utf-8"))["files"]
    for file in listed:
        assert hashlib.sha256((folder / file["path"]).read_bytes()).hexdigest() == file["sha256"], file["path"]
        assert (folder / file["licence_file"]).stat().st_size > 200
    known = {"vendor.json"} | {file[key] for file in listed for key in ("path", "licence_file")}
    assert {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} == known


def test_home_says_what_check_says(example_site: Path) -> None:
    root = example_site.parent.parent
    words = [sys.executable, "-m", "clausebook", "check", "--root", str(root), "--as-of", "2026-11-20"]
    done = subprocess.run([*words, "--format", "json"], capture_output=True, text=True, encoding="utf-8")
    counts = json.loads(done.stdout)["requirements"]
    home = (example_site / "index.html").read_text("utf-8")
    figures = re.findall(r'<strong class="(?:ok|warn|bad|calm)">([^<]*)</strong>', home)
    assert figures[0] == f"{counts['evidenced']} / {counts['total']}"
    assert figures[1:3] == [str(counts["failing"]), str(counts["judged_by_auditor"])]
    said = sites.article(example_site / "index.html")
    assert f"证据齐备（待审核判断）{counts['evidenced']} 项，未通过 {counts['failing']} 项" in said


def test_people_are_called_by_name(example_site: Path, example: Report) -> None:
    names = {item["id"] for entry in example.system.of("people") for item in entry.value["items"]}
    for page in ("records/complaint/CC-2026-0082.html", "documents/CP-08.html", "records/complaint/index.html"):
        words = sites.article(example_site / page).split()
        assert not names & set(words), page


def test_a_control_block_shows_who_signed_and_what_proves_it(example_site: Path) -> None:
    said = sites.article(example_site / "documents/CP-08.html")
    for part in ("文件编号 CP-08", "版本号 A/2", "受控状态 受控", "批准 顾岚", "转录"):
        assert part in said


def test_every_page_says_where_it_comes_from(example_site: Path) -> None:
    said = sites.article(example_site / "records/complaint/CC-2026-0082.html")
    assert "records/complaints/2026/CC-2026-0082.yaml" in said
    assert "SHA-256" in said


def test_the_anchor_holds_the_digest_of_every_file(example_site: Path) -> None:
    raw = (example_site / "anchor.json").read_bytes()
    anchor = json.loads(raw)
    assert anchor["site"] == digests(example_site) and {"index.html", "search/search_index.json"} <= set(anchor["site"])
    assert fastened(anchor) == raw
    numbers = {row["number"]: row for row in anchor["documents"]}
    assert numbers["CP-08"]["approval"] == "records/approvals/CP-08/A-2-approve-gu-lan.yaml"


# A small organisation is enough for what can go wrong.

SMALL = {
    "system/org.yaml": "name:\n  zh: 甲<script>乙\ntimezone: Asia/Shanghai\n",
    "records/complaints/2026/CC-2026-0001.yaml": "id: CC-2026-0001\nreceived_at: 2026-11-09T09:10:00+08:00\n",
}


@pytest.fixture
def small(tmp_path: Path, example_root: Path) -> Path:
    root = sites.copy_of(example_root, tmp_path / "small", sites.FRAME)
    sites.write(root, SMALL)
    return root


@pytest.mark.parametrize("renderer", ["mkdocs", "zensical"])
def test_what_fails_leaves_the_old_site(small: Path, renderer: sites.Renderer) -> None:
    site = sites.build(small, draft=True, renderer=renderer)
    before = (site / "index.html").read_bytes()
    home = small / "build" / "pages" / "index.md"
    good = home.read_text("utf-8")
    for bad, said in (('{{ fragment("nope") }}', "nope"), ("[x](nowhere.md)", "index.md"), ("{{ 1 + }}", "")):
        home.write_text(f"{good}\n{bad}\n", "utf-8")
        with pytest.raises(UserError) as refused:
            render(small, site, renderer)
        assert refused.value.key == "renderer-failed"
        assert said in str(refused.value.facts["detail"])
        assert (site / "index.html").read_bytes() == before
    assert {path.name for path in small.iterdir()} == {"system", "records", *sites.FRAME, "build"}


def test_a_renderer_that_dies_leaves_the_old_site(small: Path) -> None:
    site = sites.build(small, draft=True)
    (small / "macros" / "__init__.py").write_text("import os\nos._exit(7)\n", "utf-8")
    with pytest.raises(UserError):
        render(small, site, "mkdocs")
    assert (site / "index.html").is_file()


def test_a_foreign_folder_is_not_overwritten(small: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    sites.write(mine, {"letter.txt": "keep me"})
    write_pages(run(small, sites.AS_OF), small, "zh", draft=True)
    with pytest.raises(UserError) as refused:
        render(small, mine, "mkdocs")
    assert refused.value.key == "target-not-empty"
    assert (mine / "letter.txt").is_file()


def test_english_and_no_records(small: Path) -> None:
    (small / "records/complaints/2026/CC-2026-0001.yaml").unlink()
    site = sites.build(small, language="en", draft=True)
    html = (site / "index.html").read_text("utf-8")
    tabs = re.findall(r'<nav class="md-tabs".*?</nav>', html, re.DOTALL)
    assert '<html lang="en"' in html
    assert tabs and not re.search(r"[\u4e00-\u9fff]", tabs[0])
    assert "How to complain" in sites.article(site / "how-to-complain.html")
    assert list(sites.broken_links(site)) == []


def test_a_name_is_never_markup(small: Path) -> None:
    report = run(small, sites.AS_OF)
    write_pages(report, small, "zh", draft=True)
    manual = json.loads((small / "build/manual.json").read_text("utf-8"))
    own = configuration((small / "mkdocs.yml").read_text("utf-8"), manual)
    assert "<script>" not in own
    assert "甲 script 乙 客户投诉管理手册" in own
    kept = configuration("site_name: 我们的手册\ncopyright: !ENV [C, x]\n", manual)
    assert "site_name: 我们的手册" in kept and "!ENV" in kept


def test_a_long_list_is_split_by_month(small: Path) -> None:
    for number in range(1, 901):
        day = f"2026-{1 + number % 3:02d}-{1 + number % 28:02d}T10:00:00+08:00"
        said = f"id: CC-2026-{number:04d}\ntitle: 第 {number} 件投诉，说得比较长一些，以便看出页面有多大\n"
        said += f"received_at: {day}\n"
        sites.write(small, {f"records/complaints/2026/CC-2026-{number:04d}.yaml": said})
    made = pages(Book(run(small, sites.AS_OF), "zh"))
    lists = {path: text for path, text in made.items() if path.startswith("records/complaint/list-")}
    assert len(lists) == 6
    assert sum(text.count("](CC-2026-") for text in lists.values()) == 900
    assert max(len(text.encode()) for text in lists.values()) < LIMIT / 2
    assert len(made["records/complaint/index.md"].encode()) < 10_000
    heavy = [path for path, text in made.items() if len(text.encode()) > LIMIT]
    assert heavy in ([], ["records/complaint/all.md"])
    # The page with everything is told by its rows and its weight before anybody opens it.
    size = len(made["records/complaint/all.md"].encode()) / 1_000_000
    index = made["records/complaint/index.md"]
    told = re.search(r"\[在一页里看全部 900 条（页面较大，约 ([0-9.]+) MB）\]\(all.md\)", index)
    assert told is not None and abs(float(told[1]) - size) < 0.25


BARE = re.compile(r"^\|.*\|\n\|[-:|]+\|\n(?!\|)", re.MULTILINE)


def test_what_is_empty_says_so(small: Path) -> None:
    """No table without rows, no heading with nothing below it, whatever an organisation has not written yet."""
    assert "目前没有条目。" in dict(register_pages.make(Book(run(small, sites.AS_OF), "zh")))["registers/index.md"]
    sites.write(small, {
        "registers/risks.yaml": "number: CP-04-R01\ntitle: 风险\nitems: []\n",
        "registers/people.yaml": "number: QM-08\ntitle: 人员\nitems: []\n",
    })  # fmt: skip
    made = pages(Book(run(small, sites.AS_OF), "zh"))
    assert re.search(r"^## 风险和机遇\n\n目前没有条目。$", made["registers/risks.md"], re.MULTILINE)
    assert [path for path, text in made.items() if BARE.search(text)] == []


def test_a_long_register_is_a_list_to_narrow_and_a_short_one_a_table(small: Path) -> None:
    def register(count: int) -> str:
        kinds = ("risk", "opportunity")
        items = "".join(f"- id: RK-{n:02d}\n  statement: 第 {n} 项\n  type: {kinds[n % 2]}\n" for n in range(count))
        sites.write(small, {"registers/risks.yaml": f"number: CP-04-R01\ntitle: 风险\nitems:\n{items}"})
        return dict(register_pages.make(Book(run(small, sites.AS_OF), "zh")))["registers/risks.md"]

    short, long = register(19), register(20)
    assert 'class="listing' not in short and "data-pick" not in short
    assert 'class="listing"' in long and long.count('data-pick="type&#58;risk"') == 10
    facets = re.search(r'data-facets="([^"]*)"', long)
    assert facets is not None and unescape(facets[1]).startswith("type=")


def test_counts_of_the_facts(example: Report) -> None:
    counts = as_data(example, "zh")["requirements"]
    assert counts["evidenced"] + counts["failing"] + counts["not_applicable"] == counts["total"]
