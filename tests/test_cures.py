"""No problem can be cured only by altering a date (corrections 1): the proof over all rules.

Every rule is one of these. A *lapse* stays, and a nonconformity that names it treats it. Some are cured without a date
being touched: what was wrong is something else (the case that fires the rule differs from the example in no date), or
a thing is done, decided, recorded or put right now, as tests/cures tells. A few are contradictions between two dates,
of which one is written down wrongly: their remedy says by what it is corrected. The rules about form look at no date.
Cases of chapter 8 are built, not mutated, and what git testifies needs a history: those rules are proved in
test_operation_cures, test_approval_cures, test_keeping, test_merging and test_guarding.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest

import test_approval_cures
import test_keeping
from clausebook.check import indicators, operation
from clausebook.check.lapses import settled
from clausebook.check.rules import RULES
from clausebook.check.support import guarding, merging
from clausebook.pipeline import Report, run
from clausebook.wording import messages
from conftest import AS_OF
from curing import DATE, OF_DATES, Cure, applied, asked, cases, cures, dateless, fired, moved, naming, texts_of
from mutating import Mutation, edited
from remembering import Judge
from test_operation_rules import ROWS
from test_rules import FEW, FIRING, Case

OWN = {cure.rule: cure for cure in cures()}
CURES = [cure for cure in OWN.values() if cure.cure.edits]
BUILT = {row[0] for row in ROWS}
BY_GIT = {
    *test_approval_cures.CURES, *test_keeping.CURES, "baseline-unknown", "baseline-moved",
    *(rule.id for module in (merging, guarding) for rule in module.RULES),
}  # fmt: skip
QUERIES = {rule.id for rule in indicators.RULES if rule.id.startswith("kpi-query-")}
"""They look at the text of a query and at nothing else; test_indicators fires them."""
CASEWORK = {rule.id for rule in operation.RULES}
LAPSES = sorted(rule for rule in RULES if RULES[rule].problem_class == "lapse" and rule not in BUILT | BY_GIT)
ELSEWHERE = {*OWN, *OF_DATES, *BUILT, *LAPSES}
BY_ORIGINALS = {
    "zh": r"原始|原件|凭证|依据|批准|官方文本|纪要|corrections",
    "en": r"(?i)original|evidence|approv|official|minutes|corrections",
}


@cache
def killed() -> Mapping[str, list[Mutation]]:
    """Rule → the cases that make it fire."""
    found: dict[str, list[Mutation]] = {}
    for case in cases().values():
        for rule in fired(case):
            found.setdefault(rule, []).append(case)
    return found


FORM = [case for case in FIRING if case.rule not in ELSEWHERE and case.rule not in killed()]


def test_every_rule_is_proved(example: Report) -> None:
    own = texts_of(example.system)
    undone = {rule for rule, known in killed().items() if any(dateless(own, case) for case in known)}
    proved = {cure.rule for cure in CURES} | {case.rule for case in FORM} | QUERIES | BY_GIT | undone
    assert sorted(set(RULES) - proved - {*OF_DATES, *BUILT, *LAPSES}) == []
    assert set(RULES) >= ELSEWHERE | QUERIES | BY_GIT
    assert not {cure.rule for cure in CURES} & {*LAPSES, *OF_DATES, *BUILT}


@pytest.mark.parametrize("rule", LAPSES)
def test_a_lapse_is_treated_by_what_names_it(example: Report, rule: str) -> None:
    """Late stays late and wrong stays wrong: nothing is moved, and it is shown for good."""
    case = OWN[rule].case if rule in OWN else killed()[rule][0]
    system = applied(example.system, case)
    found = [problem for problem in asked(example, system, rule) if problem.rule == rule]
    assert found
    stays, treated = settled(naming(system, found), found)
    assert stays == [] and [lapse.problem for lapse in treated] == found


@pytest.mark.parametrize("cure", CURES, ids=lambda cure: cure.rule)
def test_a_cure_moves_no_date_and_is_one(example: Report, variations: Judge, cure: Cure) -> None:
    ill = applied(example.system, cure.case)
    before = texts_of(ill)
    assert moved(before, edited(before, cure.cure), cure, ill.as_of) == []
    known = fired(cure.case)
    if not cure.case.expect:  # a case of our own, or one of which not every problem is told
        alone = cure.rule in CASEWORK and not cure.case.named_by
        said = asked(example, ill, cure.rule) if alone else variations(ill).problems
        known = frozenset(problem.rule for problem in said)
        assert cure.rule in known
    found = variations(applied(ill, cure.cure)).problems
    assert cure.rule not in {problem.rule for problem in found}
    late = [problem for problem in found if problem.problem_class == "lapse"]
    stays, _ = settled(naming(ill, late), found)  # what comes too late by now is answered for
    assert {problem.rule for problem in stays if problem.level == "error"} <= known


@pytest.mark.parametrize("rule", OF_DATES)
def test_a_contradiction_of_dates_is_corrected_by_the_originals(rule: str) -> None:
    assert RULES[rule].problem_class == "contradiction"
    for language, named in BY_ORIGINALS.items():
        assert re.search(named, str(messages(language)[f"rules.{rule}.remedy"])), language


@pytest.mark.parametrize("case", FORM, ids=lambda case: case.rule)
def test_a_rule_about_form_looks_at_no_date(case: Case, example_root: Path, tmp_path: Path) -> None:
    """Every date of the files moved at once, and the problem is where it was."""
    for path in FEW:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(example_root / path, tmp_path / path)
    if case.whole:
        shutil.copy(example_root / case.path, tmp_path / case.path)
    case.change(tmp_path)
    assert _fires(tmp_path, case.rule)
    for file in tmp_path.rglob("*.*"):
        if file.is_file() and not file.is_symlink():
            file.write_bytes(_shifted(file.read_bytes(), timedelta(days=-400)))
    assert _fires(tmp_path, case.rule)


def _fires(root: Path, rule: str) -> bool:
    return rule in {problem.rule for problem in run(root, AS_OF).problems}


def _shifted(raw: bytes, by: timedelta) -> bytes:
    def move(found: re.Match[str]) -> str:
        return f"{date.fromisoformat(found[1][:10]) + by}".join(found[0].split(found[1][:10], 1))

    return DATE.sub(move, raw.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
