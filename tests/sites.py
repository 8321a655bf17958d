"""Sites for the tests: built once, however many workers run; read with plain expressions, as a checker would."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from html import unescape
from pathlib import Path
from urllib.parse import parse_qsl, unquote

from clausebook.pipeline import run
from clausebook.publish.public.site import BUILD, write_public
from clausebook.publish.render import Renderer, render
from clausebook.publish.site import write_pages

AS_OF = date(2026, 11, 20)
FIRM = Path(__file__).parent / "organisations" / "harbour-lane"
FIRM_AS_OF = date(2026, 9, 25)
CONTENT = ("system", "registers", "records")
FRAME = ("docs", "macros", "mkdocs.yml")
ID = re.compile(r"\b(?:id|name)=\"?([^\"\s>]+)")
LINK = re.compile(r"<(?:a|link|script|img|source)\b[^>]*?\b(?:href|src)=\"?([^\"\s>]*)")
FACETS = re.compile(r"data-facets=\"([^\"]*)\"")
PICK = re.compile(r"data-pick=\"?([^\"\s>]*)")
TAG = re.compile(r"<(script|style|svg)\b.*?</\1>|<[^>]+>", re.DOTALL)


def once(base: Path, name: str, make: Callable[[Path], object]) -> Path:
    """The folder `name`, made by the first worker that asks for it; the others wait."""
    folder, done = base / name, base / f"{name}.done"
    try:
        (base / f"{name}.lock").mkdir()
    except FileExistsError:
        for _ in range(4000):
            if done.exists():
                if failed := done.read_text("utf-8"):
                    raise AssertionError(failed) from None
                return folder
            time.sleep(0.1)
        raise AssertionError(f"{name} was never finished") from None
    try:
        make(folder)
    except BaseException as error:
        done.write_text(f"{name}: {error!r} {getattr(error, 'facts', '')}", "utf-8")
        raise
    done.write_text("", "utf-8")
    return folder


def copy_of(source: Path, target: Path, parts: tuple[str, ...] = (*CONTENT, *FRAME)) -> Path:
    for part in parts:
        if (source / part).is_dir():
            shutil.copytree(source / part, target / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            target.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / part, target / part)
    return target


def build(
    root: Path, *, language: str = "zh", draft: bool = False, renderer: Renderer = "mkdocs", as_of: date = AS_OF
) -> Path:
    """The site of `root` in build/site."""
    write_pages(run(root, as_of), root, language, draft=draft)
    render(root, root / "build" / "site", renderer)
    return root / "build" / "site"


def build_public(root: Path, *, language: str = "zh", as_of: date = AS_OF) -> Path:
    """The edition for everybody of `root` in build/public/site."""
    write_public(run(root, as_of), root, language)
    render(root, root / BUILD / "site", "mkdocs", BUILD)
    return root / BUILD / "site"


def write(root: Path, files: Mapping[str, str]) -> None:
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(content, "utf-8")


def article(page: Path) -> str:
    """The visible words of a page's own content, spaces evened out."""
    html = page.read_text("utf-8")
    start = html.index("<article")
    inner = html[start : html.index("</article>", start)]
    return " ".join(unescape(TAG.sub(" ", inner)).split())


def chooses(html: str, anchor: str) -> bool:
    """Whether an anchor sets filters that the list of a page has, to values that stand in it."""
    named = FACETS.search(html)
    facets = [part.partition("=")[0] for part in unescape(named[1]).split("|")] if named else []
    asked = parse_qsl(anchor, strict_parsing=True) if "=" in anchor else []
    known = {unescape(pick) for pick in PICK.findall(html)}
    return bool(asked) and all(
        facet in facets and (facet == "period" or f"{facet}:{value}" in known) for facet, value in asked
    )


def broken_links(site: Path) -> Iterator[str]:
    """Every internal link or anchor that leads nowhere."""
    pages = {page: page.read_text("utf-8") for page in site.rglob("*.html")}
    anchors = {page: {unescape(found) for found in ID.findall(html)} for page, html in pages.items()}
    for page, html in pages.items():
        for raw in set(LINK.findall(html)):
            target, _, anchor = unescape(raw).partition("#")
            if re.match(r"[a-z]+:|//", target) or page.name == "404.html":
                continue
            file = (page.parent / unquote(target)).resolve() if target else page
            file = file / "index.html" if file.is_dir() else file
            if not file.is_file() or (
                anchor and file.suffix == ".html" and unquote(anchor) not in anchors.get(file, set())
                and not chooses(pages.get(file, ""), anchor)
            ):  # fmt: skip
                yield f"{page.relative_to(site)} → {raw}"
