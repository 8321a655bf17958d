"""32 of 32: from home, with two clicks at most, to the sentence or cell that answers what auditors ask (R 6).

The questions and their ways are data (questions.yaml); what must be read there comes from the commands and from the
records (answering.py), never from a page. The bad day breaks three things and reads all three on the site.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

import browsing
import sites
from answering import World

pytestmark = browsing.NEEDED
QUESTIONS, BAD_DAY = yaml.safe_load_all((Path(__file__).parent / "questions.yaml").read_text("utf-8"))
NOT_TOLD, NOT_ACKNOWLEDGED = "CC-2026-0066", "CC-2026-0085"
WITHIN = re.compile(r"\{(.+?)\}")
FIND = """target => [...document.querySelectorAll('article a[href]')].findIndex(
    link => (link.href === target || link.href.split('#')[0] === target) && link.offsetParent)"""


@pytest.fixture(scope="module")
def tab(browser: Any) -> Any:
    return browser.new_page(viewport={"width": 1280, "height": 900})


@pytest.fixture(scope="module")
def worlds(example_root: Path) -> Mapping[str, Mapping[str, Any]]:
    return {
        "example": World(example_root, sites.AS_OF, "zh").names(),
        "firm": World(sites.FIRM, sites.FIRM_AS_OF, "en").names(),
    }


@pytest.fixture(scope="module")
def bad_site(shared: Path, example_root: Path) -> Path:
    """The example on a bad day, built once for the run."""

    def make(folder: Path) -> Path:
        root = sites.copy_of(example_root, folder)
        for number, lost in ((NOT_TOLD, "alternatives"), (NOT_ACKNOWLEDGED, "ack")):
            file = root / "records" / "complaints" / "2026" / f"{number}.yaml"
            text = file.read_text("utf-8")
            cut = re.sub(rf"^{lost}:\n(?:[ -].*\n)+", "", text, flags=re.MULTILINE)
            assert cut != text
            file.write_text(cut, "utf-8")
        return sites.build(root, renderer="zensical")

    return sites.once(shared, "bad-day", make) / "build" / "site"


@pytest.fixture(scope="module")
def bad_day(bad_site: Path) -> Mapping[str, Any]:
    world = World(bad_site.parent.parent, sites.AS_OF, "zh")
    by_id = {row["id"]: row for row in world.of("complaint")}
    return {**world.names(), "refused": by_id[NOT_TOLD], "case": by_id[NOT_ACKNOWLEDGED]}


def filled(text: str, names: Mapping[str, Any]) -> str:
    return WITHIN.sub(lambda piece: str(eval(piece[1], dict(names))), text)


def even(said: object) -> str:
    return " ".join(str(said).replace("\u200b", "").split())


def read(said: str, expected: str) -> bool:
    """Whether a text is there; a number not as a part of a longer one."""
    return re.search(rf"(?<![0-9]){re.escape(expected)}(?![0-9])", said) is not None


def walk(tab: Any, site: Path, clicks: list[str]) -> str:
    """From home by links in sight, each to where it is said to lead; the first page that no link leads to."""
    assert len(clicks) <= 2
    tab.goto((site / "index.html").as_uri())
    for target in clicks:
        index = tab.evaluate(FIND, (site / target).as_uri())
        if index < 0:
            return f"no link to {target} in sight on {tab.url}"
        tab.locator("article a[href]").nth(index).click()
        tab.wait_for_url(re.compile(re.escape((site / target).as_uri())))
    return ""


def missing(tab: Any, site: Path, way: Mapping[str, Any], names: Mapping[str, Any]) -> list[str]:
    """What is not read where a way ends."""
    expected = [even(one) for one in eval(way["says"], dict(names))]
    assert expected, "nothing was asked for"
    if stopped := walk(tab, site, [filled(click, names) for click in way["clicks"]]):
        return [stopped]
    places = tab.locator(filled(way.get("at", "article"), names))
    said = even(" ".join(places.all_inner_texts()))
    return [one for one in expected if not read(said, one)]


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
        assert missing(tab, site, way, worlds[whose]) == []


@pytest.mark.parametrize("question", BAD_DAY, ids=[f"q{one['question']}" for one in BAD_DAY])
def test_a_bad_day_is_seen_in_the_same_places(
    tab: Any, example_site: Path, bad_site: Path, bad_day: Mapping[str, Any], question: Any
) -> None:
    for way in question["ways"]:
        assert missing(tab, bad_site, way, bad_day) == []
        assert missing(tab, example_site, way, bad_day) != [], "the good day says the same"
