"""One mkdocs.yml, two renderers: what a reader sees is the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import sites

PAGES = (
    "index.html", "clauses/4.3.html", "documents/CP-08.html", "registers/risks.html", "about.html",
    "records/complaint/index.html", "records/complaint/CC-2026-0041.html", "how-to-complain.html",
    "indicators/closure-on-time.html", "alerts/index.html", "alerts/type.html", "periods/2026-06.html",
)  # fmt: skip


@pytest.fixture(scope="module")
def zensical_site(shared: Path, example_root: Path) -> Path:
    root = sites.once(
        shared, "zensical", lambda folder: sites.build(sites.copy_of(example_root, folder), renderer="zensical")
    )
    return root / "build" / "site"


@pytest.mark.parametrize("page", PAGES)
def test_both_renderers_show_the_same(example_site: Path, zensical_site: Path, page: str) -> None:
    ours, theirs = (seen(site / page) for site in (example_site, zensical_site))
    assert ours == theirs


def seen(page: Path) -> list[str]:
    """Words without the renderers' own marks: permalinks and edit buttons."""
    return re.sub(r"[¶\u200b]|Permanent link", " ", sites.article(page)).split()


def test_zensical_leaves_nothing_behind(zensical_site: Path) -> None:
    root = zensical_site.parent.parent
    assert {path.name for path in root.iterdir()} == {*sites.CONTENT, *sites.FRAME, "build"}
    assert (zensical_site / "anchor.json").is_file()


def test_both_draw_the_same_pages(example_site: Path, zensical_site: Path) -> None:
    ours, theirs = ({p.relative_to(s).as_posix() for p in s.rglob("*.html")} for s in (example_site, zensical_site))
    assert ours == theirs
