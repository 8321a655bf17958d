"""Break one thing in an otherwise perfect organisation: exactly the expected problems appear, nowhere else.

And nothing is left out: every requirement that a machine can judge has a rule and a mutation that kills it.
"""

from __future__ import annotations

from collections import Counter

import pytest

from clausebook.check import BEHAVIOUR, chapters, operation, snapshots, waivers
from clausebook.check.rules import RULES
from clausebook.pipeline import Report
from clausebook.publish import gate, proof_pages
from clausebook.publish.atlas import anchor_of
from clausebook.publish.book import Book
from clausebook.wording import LANGUAGES
from mutating import DISHONEST, Mutation, corpus, expected, falsifies, mutated, proofs, spots
from remembering import Judge

CORPUS = list(corpus())
KILLED = [mutation for mutation in CORPUS if mutation.expect]
FIRED = {row["rule"] for mutation in KILLED for row in mutation.expect} | {
    rule for mutation in corpus(DISHONEST) for rule in mutation.named_by
}
NEAR = [mutation for mutation in CORPUS if not mutation.expect]
SILENT = {mutation.rule for mutation in NEAR} | {rule for mutation in corpus(DISHONEST) for rule in mutation.silent}


def test_names_are_unique() -> None:
    repeated = [name for name, times in Counter(mutation.name for mutation in CORPUS).items() if times > 1]
    assert not repeated


def test_the_example_has_nothing_to_begin_with(example: Report) -> None:
    assert not example.problems


@pytest.mark.parametrize("mutation", KILLED, ids=lambda mutation: f"{mutation.requirement}-{mutation.name}")
def test_a_mutation_is_killed_exactly(example: Report, variations: Judge, mutation: Mutation) -> None:
    outcome = mutated(example.system, mutation, variations)
    assert spots(outcome) == expected(mutation, outcome)
    if mutation.requirement is None:  # a rule of ours about our own register
        return
    assert mutation.requirement in {requirement for row in mutation.expect for requirement in row["requirements"]}
    errors = [p for p in outcome.problems if p.level == "error" and mutation.requirement in p.requirements]
    assert bool(errors) == (mutation.requirement in outcome.failing)


@pytest.mark.parametrize("mutation", NEAR, ids=lambda mutation: f"{mutation.rule}-{mutation.name}")
def test_a_near_miss_stays_silent(example: Report, variations: Judge, mutation: Mutation) -> None:
    assert mutation.rule, "a near miss names the rule it misses"
    assert spots(mutated(example.system, mutation, variations)) == set()


def carried(report: Report) -> dict[str, list[object]]:
    """What carries each requirement, and what the cases amount to; entries by where they stand."""
    found: dict[str, list[object]] = {
        name: [one.no_case, len(one.lacks), *((t.entry.path, t.pointer, t.value) for t in one.things)]
        for name, one in report.measured.evidence.items()
    }
    return found | {case.id: [case.state, case.severity, case.clocks] for case in report.measured.cases}


@pytest.mark.parametrize("mutation", CORPUS[::20], ids=lambda mutation: mutation.name)
def test_remembering_changes_no_answer(example: Report, variations: Judge, mutation: Mutation) -> None:
    remembered, anew = (mutated(example.system, mutation, *judge).report for judge in ((variations,), ()))
    assert remembered.problems == anew.problems and remembered.coverage == anew.coverage
    assert carried(remembered) == carried(anew)


def test_what_is_remembered_is_what_the_rules_said(example: Report, variations: Judge) -> None:
    assert set(variations.said) == set(variations.read) == set(BEHAVIOUR)
    for rules, said in variations.said.items():
        assert said == list(rules(example.measured.sound, example.measured))
    for rules in (operation.casework, snapshots.check):
        assert variations.read[rules] >= {"complaint", "organization", "time-limits", "calendar"}


@pytest.mark.parametrize("rule", [rule.id for rule in (*chapters.RULES, *waivers.RULES)])
def test_every_rule_fires_and_has_a_near_miss(rule: str) -> None:
    assert rule in FIRED, "no mutation makes it fire"
    assert rule in SILENT, "no near miss keeps it silent"


def test_every_requirement_that_a_machine_can_judge_is_killed(example: Report) -> None:
    asked = {one.id for one in example.system.catalogue.requirements.values() if one.judgement != "interview"}
    assert len(asked) == 183
    assert asked <= {mutation.requirement for mutation in KILLED}


def test_every_requirement_judged_by_machine_alone_is_killed_by_a_lie(example: Report) -> None:
    """A wrong date, a wrong person, an old version: the form stays right, nothing is merely left out, and it fails."""
    asked = {one.id for one in example.system.catalogue.requirements.values() if one.judgement == "none"}
    assert len(asked) == 127
    killed = {
        mutation.requirement for mutation in KILLED if falsifies(example.system, mutation)
        for row in mutation.expect
        if mutation.requirement in row["requirements"] and RULES[row["rule"]].basis != "implied"
    }  # fmt: skip
    assert asked <= killed


def test_the_table_in_the_manual_is_the_corpus() -> None:
    """After a change of tests/mutations: .venv/bin/python tools/proofs.py"""
    assert proof_pages.proofs() == proofs(CORPUS)


def test_the_manual_shows_every_proof(example: Report) -> None:
    for language in LANGUAGES:
        pages = dict(proof_pages.make(Book(example, language)))
        shown = pages["gaps/proofs.md"]
        for requirement, rules in proofs(CORPUS).items():
            assert f"#{anchor_of(requirement)}" in shown
            assert all(f"#{rule})" in shown for rule in rules)
            assert all(gate.text(name) in shown for names in rules.values() for name in names)
