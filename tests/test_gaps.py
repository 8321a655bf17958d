"""Gaps for people: six sorts, the cure, lapses, readiness, changes since a day, waivers, the manual of the rules."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from clausebook.check.gaps import (
    ANSWERED_BY,
    APPROVED_ANEW,
    GROUPS,
    INCOMPLETE,
    MISSING,
    UNVERIFIED,
    cure_of,
    group_of,
    sections,
)
from clausebook.check.readiness import Condition, conditions
from clausebook.check.rules import RULES, SECTIONS
from clausebook.cli import group as cli
from clausebook.load.workspace import overlaid
from clausebook.measure.alterations import alterations_of, audits
from clausebook.measure.approvals import Approvals
from clausebook.model import System
from clausebook.pipeline import Report, judged, run
from clausebook.problems import Place, Problem
from clausebook.publish import change_pages, gap_pages, lapse_pages, readiness_pages, rule_pages
from clausebook.publish.book import Book
from clausebook.publish.formats import to_text
from clausebook.wording import LANGUAGES, messages
from mutating import corpus, mutated

AS_OF = date(2026, 11, 20)
Maker = Callable[[Book], Iterator[tuple[str, str]]]


def pages(report: Report, maker: Maker, language: str = "zh") -> dict[str, str]:
    """The pages of one maker, as people read them."""
    made = maker(Book(report, language))
    return {path: re.sub("&#([0-9]+);", lambda code: chr(int(code[1])), text) for path, text in made}


def edited(system: System, path: str, *changes: tuple[str, str]) -> System:
    text = next(entry.source.text for entry in system.entries if entry.path == path)
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return overlaid(system, {path: text})


def made(rule: str, path: str = "system/policy.md", line: int | None = 3, **more: object) -> Problem:
    found = RULES[rule]
    return Problem(rule, found.problem_class, found.basis, "error", Place(path, line), **more)  # type: ignore[arg-type]


# The six sorts and the cure


def test_the_lists_name_rules_and_no_rule_twice() -> None:
    named = [*MISSING, *INCOMPLETE, *UNVERIFIED]
    assert len(named) == len(set(named))
    assert {*named, *ANSWERED_BY, *APPROVED_ANEW} <= set(RULES)


@pytest.mark.parametrize(
    ("rule", "sort"),
    [
        ("evidence-missing", "missing"), ("placeholder", "incomplete"), ("id-twice", "contradictory"),
        ("action-overdue", "overdue"), ("result-late", "overdue"), ("change-unverified", "unverified"),
    ],
)  # fmt: skip
def test_what_sort_of_gap(rule: str, sort: str) -> None:
    assert group_of(made(rule)) == sort


def test_too_few_is_missing_and_too_old_is_overdue() -> None:
    assert group_of(made("evidence-too-few", facts={"period": {"zh": "", "en": ""}})) == "missing"
    assert group_of(made("evidence-too-few", facts={"period": {"zh": "最近 12 个月内", "en": "x"}})) == "overdue"


@pytest.mark.parametrize(
    ("found", "command", "path"),
    [
        (made("evidence-missing", "records/drills/", None), "clausebook new drill", "records/drills/"),
        (made("evidence-missing", "registers/risks.yaml", None), "", "registers/risks.yaml"),
        (made("result-late", "records/complaints/2026/CC-2026-0001.yaml", record="CC-2026-0001"),
         "clausebook new nonconformity", "records/nonconformities/"),
        (made("action-overdue", "registers/risks.yaml", 9), "", "registers/risks.yaml"),
        (made("audit-interval-over", "registers/audit-programme.yaml"), "clausebook new audit", "records/audits/"),
        # A monthly record is named by its month: no command numbers it.
        (made("period-not-analysed", "system/monitoring-plan.yaml"), "", "records/monitoring/"),
        (made("approval-missing", "system/policy.md", facts={"id": "QM-02"}),
         "clausebook approve QM-02 --as PERSON --meaning approve", "system/policy.md"),
    ],
)  # fmt: skip
def test_where_the_cure_begins(example: Report, found: Problem, command: str, path: str) -> None:
    cure = cure_of(example.system, found)
    assert (cure.command, cure.path) == (command, path)


@pytest.mark.parametrize("kind", sorted(set(ANSWERED_BY.values())))
def test_a_cure_leads_to_a_kind_there_is(example: Report, kind: str) -> None:
    assert example.system.kinds[kind].information == "retain"


def test_the_command_that_is_named_works(copy: Path) -> None:
    for kind in ("drill", "nonconformity"):
        assert CliRunner().invoke(cli, ["new", kind, "--root", str(copy), "--as-of", "2026-11-20"]).exit_code == 0


def test_every_question_stands_in_its_clause_once(example: Report) -> None:
    found = list(sections(example.system, example.problems, example.coverage))
    asked = [requirement.id for section in found for requirement in section.judged]
    assert len(asked) == len(set(asked)) == 60
    order = list(example.system.catalogue.clauses)
    assert [section.clause for section in found] == sorted((s.clause for s in found), key=order.index)


def test_nothing_is_lost_between_report_and_page(fresh: Path) -> None:
    """An organisation that has written nothing: every problem is in one section, and the page names every clause."""
    report = run(fresh, AS_OF)
    found = list(sections(report.system, report.problems, report.coverage))
    assert sum(len(problems) for section in found for problems in section.problems.values()) == len(report.problems)
    text = pages(report, gap_pages.make)["gaps/index.md"]
    for section in found:
        assert f"## {section.clause} " in text or not section.clause
    assert "clausebook new management-review" in text
    for language in LANGUAGES:
        shown = to_text(report, language, everything=True)
        for group in {group for section in found for group in section.problems}:
            assert f"[{messages(language)[f'gaps.group.{group}']}]" in shown
        assert shown.count("evidence-missing") == sum(p.rule == "evidence-missing" for p in report.problems)


def test_the_words_for_the_sorts_are_there() -> None:
    for language in LANGUAGES:
        assert all(messages(language)[f"gaps.group.{group}"] for group in GROUPS)


# Waivers


def test_waivers_are_shown_with_reason_end_and_what_they_excuse(example: Report) -> None:
    mutation = next(one for one in corpus() if one.name == "waiver-excuses-a-late-step")
    report = judged(mutated(example.system, mutation).system)
    assert len(report.waived) == 1
    text = pages(report, gap_pages.make)["gaps/index.md"]
    row = next(line for line in text.splitlines() if line.startswith("| WV-01"))
    assert "演练期内的例外" in row and "2027-03-31" in row and row.endswith("| 1 |")
    assert "豁免 1 处" in to_text(report, "zh")
    assert "目前没有豁免" in pages(example, gap_pages.make)["gaps/index.md"]


# Lapses


def test_lapses_are_counted_and_listed(example: Report) -> None:
    text = pages(example, lapse_pages.make)["gaps/lapses.md"]
    assert f">{len(example.lapses)}</strong> 全部" in text and ">0</strong> 待处置" in text
    listed = text[text.index("{#each}") :]
    for lapse in example.lapses:
        assert lapse.problem.record in listed


def test_a_lapse_that_nobody_took_up_is_open(example: Report) -> None:
    own = overlaid(example.system, {"records/nonconformities/NC-2025-007.yaml": None})
    text = pages(judged(own), lapse_pages.make)["gaps/lapses.md"]
    assert ">0</strong> 待处置" not in text
    row = next(line for line in text.splitlines() if "CC-2025-0054" in line and "结果通知超期" in line)
    assert "待处置" in row


# Readiness


def asked(system: System, problems: tuple[Problem, ...] = ()) -> dict[str, Condition]:
    return {one.key: one for one in conditions(system, Approvals(system), problems)}


def test_the_example_could_start_stage_one_and_lacks_one_thing_for_stage_two(example: Report) -> None:
    left = [one for one in conditions(example.system, example.measured.approvals, example.problems) if not one.met]
    assert [(one.key, list(one.left)) for one in left] == [("stage-one", [("nonconformity", "NC-2026-007")])]
    text = pages(example, readiness_pages.make)["gaps/readiness.md"]
    assert '第一阶段审核** <span class="chip ok">可以开始' in text and "还差 1 项" in text


def test_a_site_that_no_audit_saw_is_left(example: Report) -> None:
    system = example.system
    for number in ("2025-01", "2026-01"):
        system = edited(system, f"records/audits/AU-{number}.yaml", ("    - web-shop\n", ""))
    found = asked(system)
    assert list(found["cycle"].left) == [("site", "web-shop")]
    assert not found["reviewed"].met


def test_a_review_before_the_audits_knew_nothing_of_them(example: Report) -> None:
    system = overlaid(example.system, {"records/management-reviews/MR-2026-01.yaml": None})
    reviews = list(system.of("management-review"))
    assert [entry.id for entry in reviews] == ["MR-2025-01"]
    held = str(reviews[0].value["held_on"])
    assert asked(system)["reviewed"].met
    early = edited(system, reviews[0].path, (f"held_on: {held}", "held_on: 2025-06-17"))
    assert not asked(early)["reviewed"].met


def test_records_entered_in_one_week_are_no_three_months(example: Report) -> None:
    """What happened long ago and was entered now counts from now."""
    kept = [e for e in example.system.entries if e.kind.information == "maintain"]
    cases = [e for e in example.system.of("complaint") if str(e.value.get("recorded_at", "")).startswith("2026-11")]
    late = replace(example.system, entries=(*kept, *cases))
    assert cases and not asked(late)["running"].met
    assert asked(example.system)["running"].met


def test_an_unapproved_document_is_named(example: Report) -> None:
    other = ("title_en: Complaint Management Policy", "title_en: Complaint Policy")
    system = edited(example.system, "system/policy.md", other)
    assert list(asked(system)["documents"].left) == [("document", "QM-02")]


def test_an_obligation_that_nobody_evaluated_is_left(example: Report) -> None:
    system = overlaid(example.system, {"records/compliance-evaluations/CE-2026.yaml": None})
    found = asked(system)["evaluated"]
    assert not found.met and ("obligation", "OB-01") in found.left


def test_a_new_organisation_is_not_ready(fresh: Path) -> None:
    report = run(fresh, AS_OF)
    met = {one.key for one in conditions(report.system, report.measured.approvals, report.problems) if one.met}
    assert not met & {"documents", "standing", "running", "cycle", "reviewed", "evaluated", "nothing-wrong"}
    assert "还不行" in pages(report, readiness_pages.make)["gaps/readiness.md"]


# Since the last audit


def test_what_changed_since_the_last_audit(example: Report) -> None:
    """Read off the files by hand: version A/1 or A/2 of four documents, three new obligations, one change."""
    assert [entry.id for _, entry in audits(example.system)] == ["AU-2026-02", "AU-2026-01", "AU-2025-01"]
    later = [one for one in alterations_of(example.system) if one.on > date(2026, 10, 22)]
    assert sorted(one.about for one in later) == [
        "CH-2026-004", "CP-01", "OB-32", "OB-33", "OB-34", "QM-01", "WI-08-06", "WI-14-00", "record-completeness",
    ]  # fmt: skip


def test_each_limit_that_moved_is_named_with_both_values(example: Report) -> None:
    moved = [one for one in alterations_of(example.system) if one.what == "limit"]
    assert {(one.on, one.facts["event"], one.facts["before"], one.facts["after"]) for one in moved} == {
        (date(2026, 3, 2), "investigation", "8 working-days", "6 working-days"),
        (date(2026, 3, 2), "response", "8 working-days", "6 working-days"),
        (date(2026, 3, 2), "result", "10 working-days", "7 working-days"),
    }
    assert not [one for one in alterations_of(replace(example.system, as_of=date(2026, 3, 1))) if one.what == "limit"]
    assert "10 工作日 → 7 工作日" in pages(example, change_pages.make)["gaps/changes-all.md"]


def test_a_threshold_and_a_baseline_that_moved_are_named(example: Report) -> None:
    """The definitions of 2026-07-20 count by batch; a third version of the warning rules has another baseline."""
    moved = [one for one in alterations_of(example.system) if one.what == "threshold"]
    assert {(one.on, one.facts["threshold"], one.facts["before"], one.facts["after"]) for one in moved} >= {
        (date(2026, 7, 20), "same_batch_cases_min", "", "3")
    }
    text = next(entry.source.text for entry in example.system.entries if entry.path == "system/alert-rules.yaml")
    block = text[text.index("  - version: A/1\n    effective_from_on") :]
    rule = re.search(r"    statistical:\n      - id: (\S+)\n", block)
    assert rule
    later = block.replace("2026-07-20", "2026-10-01").replace(rule[0], f"{rule[0]}        baseline_periods: 18\n")
    earlier = text.replace(rule[0], f"{rule[0]}        baseline_periods: 24\n")
    system = overlaid(example.system, {"system/alert-rules.yaml": earlier + later})
    found = [one for one in alterations_of(system) if one.what == "baseline"]
    assert [(one.on, one.facts) for one in found] == [
        (date(2026, 10, 1), {"rule": rule[1], "before": "24", "after": "18"})
    ]


def test_a_replaced_target_is_a_change_with_its_reason(example: Report) -> None:
    system = edited(
        example.system, "registers/objectives.yaml",
        ("  target: 92\n", "  target: 92\n  target_effective_on: 2026-11-01\n  earlier_targets:\n  - target: 95\n"
         "    effective_on: 2026-01-01\n    replaced_on: 2026-11-01\n    reason: 旺季\n"),
    )  # fmt: skip
    found = [one for one in alterations_of(system) if one.what == "target"]
    assert [(one.about, one.facts["before"], one.facts["after"], one.reason) for one in found] == [
        ("OJ-2026-01", "95", "92", "旺季")
    ]


def test_a_page_for_each_audit_and_month_and_all_in_one_list(example: Report) -> None:
    made = pages(example, change_pages.make)
    for on in ("2026-10-22", "2026-06-24", "2025-06-18", "2026-11-01", "2025-12-01"):
        assert f"gaps/changes-{on}.md" in made
    assert len(made) == 2 + 3 + 12
    assert made["gaps/changes-all.md"].count('data-pick="period') == len(alterations_of(example.system))
    # A month counts from its first day, an audit from the day after it ended.
    assert "OB-32" in made["gaps/changes-2026-11-01.md"] and "CP-07" not in made["gaps/changes-2026-10-22.md"]


def test_hostile_words_stay_words(example: Report) -> None:
    """Whatever people write into history, causes, reasons and titles reaches these pages through the gate."""
    attack = "<img src=x onerror=hit()> {{ 7*7 }} | [x](javascript:hit())"
    system = edited(example.system, "system/policy.md", ("change: 首次制定", f"change: '{attack}'"))
    text = next(entry.source.text for entry in system.entries if entry.path == "registers/obligations.yaml")
    title = re.search(r"^  title: (.*)$", text, re.MULTILINE)
    assert title
    system = edited(system, "registers/obligations.yaml", (title[0], f"  title: '{attack}'"))
    register = (
        "number: CP-01-R07\ntitle: 豁免登记册\nowner: management-representative\nreviewed_on: 2026-09-04\nitems:\n"
        f"- {{id: WV-01, rule: action-late, path: 'x', reason: '{attack}', approver: gu-lan,"
        " approved_on: 2026-10-01, expires_on: 2027-03-31}\n"
    )
    report = judged(overlaid(system, {"registers/waivers.yaml": register}))
    shown = 0
    for maker in (gap_pages.make, change_pages.make, lapse_pages.make, readiness_pages.make, rule_pages.make):
        for path, made in maker(Book(report, "zh")):
            assert "<img" not in made and "{{" not in made and "](javascript" not in made, path
            shown += made.count("onerror")
    assert shown >= 4  # the waiver, the obligation and the version, here and in the whole list


# The manual of the rules


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_is_explained_once_and_linked_from_the_contents(example: Report, language: str) -> None:
    made = pages(example, rule_pages.make, language)
    text = "\n".join(made.values())
    for section, rules in SECTIONS.items():
        for rule in rules:
            assert text.count(f"{{#{rule.id}}}") == 1
            assert f"rules-{section}.md#{rule.id})" in made["gaps/rules.md"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_has_an_example(language: str) -> None:
    told_of = {key: str(told) for key, told in messages(language).items() if key.startswith("examples.")}
    said = {key.removeprefix("examples."): told for key, told in told_of.items()}
    assert set(said) == set(RULES)
    assert not [rule for rule, told in said.items() if len(told) < 12]
    assert len(set(said.values())) == len(said), "an example is written for its rule"


def test_the_manual_cites_clauses_that_have_a_page(example: Report) -> None:
    text = pages(example, rule_pages.make)["gaps/rules-8.md"]
    cited = set(re.findall(r"\.\./clauses/([0-9.]+)\.md", text))
    assert {"8.2", "8.6"} <= cited <= {r.clause for r in example.system.catalogue.requirements.values()}
