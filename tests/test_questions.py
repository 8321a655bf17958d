"""32 of 32: from home, with two clicks at most, to the sentence or cell that answers what auditors ask (R 6).

The questions and their ways are data (questions.yaml); what must be read there comes from the commands and from the
records (answering.py), never from a page. The bad day breaks three things and reads all three on the site.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

import sites
from answering import World
from test_browser import CHROMIUM

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed (apt-get install chromium)"),
]
QUESTIONS = yaml.safe_load((Path(__file__).parent / "questions.yaml").read_text("utf-8"))
WITHIN = re.compile(r"\{(.+?)\}")
FIND = """target => [...document.querySelectorAll('article a[href]')].findIndex(
    link => (link.href === target || link.href.split('#')[0] === target) && link.offsetParent)"""


@pytest.fixture(scope="module")
def tab() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started.new_page(viewport={"width": 1280, "height": 900})
        started.close()


@pytest.fixture(scope="module")
def worlds(example_root: Path) -> Mapping[str, Mapping[str, Any]]:
    return {
        "example": World(example_root, sites.AS_OF, "zh").names(),
        "firm": World(sites.FIRM, sites.FIRM_AS_OF, "en").names(),
    }


def filled(text: str, names: Mapping[str, Any]) -> str:
    return WITHIN.sub(lambda piece: str(eval(piece[1], dict(names))), text)


def even(said: object) -> str:
    return " ".join(str(said).replace("\u200b", "").split())


def read(said: str, expected: str) -> bool:
    """Whether a text is there; a number not as a part of a longer one."""
    return re.search(rf"(?<![0-9]){re.escape(expected)}(?![0-9])", said) is not None


def walk(tab: Any, site: Path, clicks: list[str]) -> None:
    """From home by links in sight; each must lead where it is said to lead."""
    assert len(clicks) <= 2
    tab.goto((site / "index.html").as_uri())
    for target in clicks:
        index = tab.evaluate(FIND, (site / target).as_uri())
        assert index >= 0, f"no link to {target} in sight on {tab.url}"
        tab.locator("article a[href]").nth(index).click()
        tab.wait_for_url(re.compile(re.escape((site / target).as_uri())))


def answered(tab: Any, site: Path, way: Mapping[str, Any], names: Mapping[str, Any]) -> None:
    walk(tab, site, [filled(click, names) for click in way["clicks"]])
    place = tab.locator(filled(way.get("at", "article"), names)).first
    said = even(place.inner_text())
    expected = [even(one) for one in eval(way["says"], dict(names))]
    assert expected or way.get("none"), "nothing was asked for"
    assert [one for one in expected if not read(said, one)] == [], said[:600]


def test_the_list_is_whole() -> None:
    assert [one["question"] for one in QUESTIONS] == list(range(1, 33))
    assert all(one["ways"] for one in QUESTIONS)


@pytest.mark.parametrize("question", QUESTIONS, ids=[f"q{one['question']:02d}" for one in QUESTIONS])
@pytest.mark.parametrize("whose", ["example", "firm"])
def test_every_question_is_answered_within_two_clicks(
    request: pytest.FixtureRequest, tab: Any, worlds: Mapping[str, Mapping[str, Any]], whose: str, question: Any
) -> None:
    site = request.getfixturevalue(f"{whose}_site")
    for way in question["ways"]:
        answered(tab, site, way, worlds[whose])
