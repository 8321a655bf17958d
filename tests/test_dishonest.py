"""The dishonest organisation: each way to look good without being good is named by a rule or seen on a page."""

from __future__ import annotations

import re

import pytest

from clausebook.check import suspicions
from clausebook.check.rules import RULES
from clausebook.pipeline import Report
from clausebook.publish.book import Book
from clausebook.publish.pages import MAKERS
from clausebook.wording import LANGUAGES, messages
from mutating import DISHONEST, Mutation, corpus, mutated
from remembering import Judge

CORPUS = list(corpus(DISHONEST))
NAMED = [trick for trick in CORPUS if trick.named_by]
SEEN = [trick for trick in CORPUS if trick.visible_on is not None]
ALMOST = [trick for trick in CORPUS if trick.silent]


def test_there_are_many_ways_and_each_says_how_it_is_found() -> None:
    assert len({trick.name for trick in CORPUS}) == len(CORPUS) == len(NAMED) + len(SEEN) + len(ALMOST)
    assert len(NAMED) + len(SEEN) >= 25
    assert {rule for trick in CORPUS for rule in trick.named_by} <= set(RULES)


@pytest.mark.parametrize("trick", NAMED, ids=lambda trick: trick.name.replace(" ", "-"))
def test_it_is_named_by_a_rule(example: Report, variations: Judge, trick: Mutation) -> None:
    outcome = mutated(example.system, trick, variations)
    named = {problem.rule for problem in outcome.problems}
    assert set(trick.named_by) <= named, sorted(named)


@pytest.mark.parametrize("trick", ALMOST, ids=lambda trick: trick.name.replace(" ", "-"))
def test_what_is_no_trick_is_not_called_one(example: Report, variations: Judge, trick: Mutation) -> None:
    outcome = mutated(example.system, trick, variations)
    assert not set(trick.silent) & {problem.rule for problem in outcome.problems}


@pytest.mark.parametrize("trick", SEEN, ids=lambda trick: trick.name.replace(" ", "-"))
def test_it_is_seen_on_a_page(example: Report, trick: Mutation) -> None:
    assert trick.visible_on is not None
    page, words = trick.visible_on["page"], trick.visible_on["text"]
    before, after = (shown(report, page) for report in (example, mutated(example.system, trick).report))
    assert after.count(words) > before.count(words)


def shown(report: Report, wanted: str) -> str:
    """One page of the manual; those behind it are not made."""
    book = Book(report, "zh")
    return next(content for make in MAKERS for path, content in make(book) if path == wanted)


def test_what_is_asked_is_a_question_and_no_accusation() -> None:
    """A suspicion of ours is a warning; and no rule says of anybody that they deceive."""
    assert {rule.basis for rule in suspicions.RULES} == {"implied"}
    accusing = re.compile(r"造假|作弊|欺骗|伪造|\b(?:fraud|fake|cheat|forged)\b")
    for language in LANGUAGES:
        told = {key: str(said) for key, said in messages(language).items() if key.startswith("rules.")}
        assert [key for key, said in told.items() if accusing.search(said)] == []
        asked = "请" if language == "zh" else "Please"
        remedies = [told[f"rules.{rule.id}.remedy"] for rule in suspicions.RULES]
        assert [remedy for remedy in remedies if not remedy.startswith(asked)] == []
