"""Gaps for people: what kind of gap a problem is, and where its cure begins (a command, or the file to mend).

Six groups (requirements 9.12): missing, incomplete, contradictory, overdue, unverified, and what only the auditor can
judge. The class of a rule decides; the three lists name the rules whose gap is of another sort than their class says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ..clauses import Catalogue, Requirement
from ..measure.moments import rows
from ..model import Entry, Kind, System
from ..problems import Problem
from ..wording import choose

Group = Literal["missing", "incomplete", "contradictory", "overdue", "unverified", "judged"]
GROUPS: tuple[Group, ...] = ("missing", "incomplete", "contradictory", "overdue", "unverified", "judged")
MISSING = frozenset({
    "approval-missing", "competence-missing", "corrective-action-missing", "crisis-record-missing",
    "criteria-not-in-force", "empty-file", "evidence-missing", "evidence-too-few", "front-matter-missing",
    "investigation-missing", "kind-without-retention", "limit-missing-for-severity", "no-organisation",
    "nothing-registered", "result-notice-missing", "risk-without-action", "role-without-profile",
    "section-missing",
})  # fmt: skip
INCOMPLETE = frozenset({
    "agent-without-authority", "annual-evaluation-omits", "arbitration-without-agreement",
    "audit-cycle-uncovered", "audit-report-incomplete", "audit-scope-short", "awareness-absent-left-out",
    "change-failed-unanswered", "channel-not-in-procedure", "clause-without-accountable",
    "clause-without-process", "closure-unexplained", "commitment-unserved", "conclusion-empty",
    "conflict-not-declared", "crisis-without-lesson", "disposal-without-hold-check", "distribution-misses-users",
    "drill-failed-unanswered", "duty-no-longer-allocated", "edition-without-change", "empty-field",
    "evidence-incomplete", "evidence-not-covered", "history-behind-version", "improvement-without-change",
    "improvement-without-gain", "investigation-without-evidence", "issue-category-missing", "issue-leads-nowhere",
    "missing-field", "objective-missed-unanswered", "objective-unwatched", "objective-without-successor",
    "obligation-not-evaluated", "party-class-missing", "party-need-dropped", "placeholder", "plan-done-unjudged",
    "plan-omits-indicator", "plan-without-evaluation", "policy-not-distributed", "process-review-unanswered",
    "provider-performance-unanswered", "record-incomplete", "repeat-not-named", "repeats-not-watched",
    "review-input-incomplete", "review-missed-unanswered", "review-unattended", "review-without-trend",
    "scope-leaves-out", "scope-without-process", "strategy-unserved", "template-untouched", "ticket-incomplete",
    "training-ineffective-unanswered", "verdict-unreasoned", "withdrawn-without-evidence",
    "work-requirement-untraced",
})  # fmt: skip
UNVERIFIED = frozenset({
    "alarm-closed-unchecked", "alarm-effect-unchecked", "change-unverified", "edition-check-overdue",
    "obligation-check-overdue", "obligation-long-unverified", "risk-effect-unchecked", "training-effect-unchecked",
})  # fmt: skip
LISTED: Mapping[str, Group] = {
    **dict.fromkeys(MISSING, "missing"), **dict.fromkeys(INCOMPLETE, "incomplete"),
    **dict.fromkeys(UNVERIFIED, "unverified"),
}  # fmt: skip

ANSWERED_BY = {
    "alarm-unanswered": "alert", "annual-evaluation-overdue": "annual-evaluation", "audit-interval-over": "audit",
    "awareness-lacking": "awareness", "awareness-of-old-objectives": "awareness",
    "awareness-of-old-policy": "awareness", "communication-overdue": "communication-record",
    "compliance-year-over": "compliance-evaluation", "crisis-record-missing": "crisis",
    "leadership-long-ago": "leadership", "management-review-overdue": "management-review",
    "noncompliance-unanswered": "nonconformity", "objective-missed-unanswered": "nonconformity",
    "objective-not-told": "communication-record", "objective-relaxed-without-change": "change",
    "participation-planned-missed": "participation", "party-contact-overdue": "participation",
    "period-not-analysed": "monitoring", "planned-audit-overdue": "audit",
    "policy-not-told": "communication-record", "process-review-overdue": "process-review",
    "provider-not-evaluated": "provider-evaluation", "reading-unconfirmed": "awareness",
    "repeat-without-alert": "alert",
    "retention-expired": "disposal", "tool-check-overdue": "tool-check",
}  # fmt: skip
"""Rule → the kind of record that somebody has to make; all others are mended where they stand."""
APPROVED_ANEW = frozenset({"approval-missing", "approval-of-other-content", "approval-by-author"})


@dataclass(frozen=True, slots=True)
class Cure:
    """Where to begin: a command to type (empty when there is none), or else the file or folder to work in."""

    command: str
    path: str


@dataclass(frozen=True, slots=True)
class Unverified:
    """A row that the organisation itself says nobody has verified; no error until it has stood for long (6.1)."""

    entry: Entry
    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Section:
    """All gaps of one clause ("" = of no clause): problems by group, then what a person has to judge."""

    clause: str
    problems: Mapping[Group, Sequence[Problem]]
    unverified: Sequence[Unverified]
    judged: Sequence[Requirement]


def group_of(problem: Problem) -> Group:
    """What sort of gap; evidence that is there but too old is overdue, not missing."""
    if problem.rule == "evidence-too-few" and choose(problem.facts.get("period"), "zh"):
        return "overdue"
    own = LISTED.get(problem.rule)
    return own or ("contradictory" if problem.problem_class == "contradiction" else "overdue")


def cure_of(system: System, problem: Problem) -> Cure:
    """A late thing is taken up by a nonconformity; what nobody has made is made; the rest is mended in its file."""
    path = problem.place.path
    if problem.rule in APPROVED_ANEW:
        return Cure(f"clausebook approve {problem.facts.get('id', 'DOCUMENT')} --as PERSON --meaning approve", path)
    if problem.problem_class == "lapse" and problem.record:
        return _new(system.kinds.get("nonconformity"), path)
    if problem.rule in ANSWERED_BY:
        return _new(system.kinds.get(ANSWERED_BY[problem.rule]), path)
    wanted = None if problem.place.line else next((k for k in system.kinds.values() if _stands_for(k, path)), None)
    return _new(wanted, path) if wanted else Cure("", path)


def _stands_for(kind: Kind, path: str) -> bool:
    """Whether the place where something is missing is the kind's own folder."""
    return kind.information == "retain" and kind.paths[0].split("*")[0] == path


def _new(kind: Kind | None, path: str) -> Cure:
    if kind is None:
        return Cure("", path)
    folder = kind.paths[0].split("*")[0]
    return Cure(f"clausebook new {kind.name}" if kind.serial else "", folder)


def unverified(system: System) -> Iterator[Unverified]:
    """Obligations and references that count although nobody has compared them with the source (6.1, clause 2)."""
    for entry in system.of("obligations", "references"):
        for row in rows(entry.value, "items"):
            open_ = "unverified" in (row.get("verification"), row.get("status"))
            if open_ and row.get("status") not in ("repealed", "superseded"):
                title = str(row.get("title") or row.get("number") or "")
                yield Unverified(entry, str(row.get("id") or title), title)


def sections(system: System, problems: Sequence[Problem], asked: Iterable[str]) -> Iterator[Section]:
    """Every clause with a gap or a question, in the order of print; what belongs to no clause comes last.

    `asked`: ids of the requirements in view.
    """
    catalogue = system.catalogue
    by_clause: dict[str, dict[Group, list[Problem]]] = defaultdict(lambda: defaultdict(list))
    for found in problems:
        by_clause[catalogue.numbered(found.requirements) or ""][group_of(found)].append(found)
    judged: dict[str, list[Requirement]] = defaultdict(list)
    shown = [catalogue.requirements[identifier] for identifier in asked]
    for requirement in shown:
        if requirement.judgement != "none":
            judged[requirement.clause].append(requirement)
    rows_of: dict[str, list[Unverified]] = defaultdict(list)
    for row in unverified(system):
        rows_of[_clause_of(catalogue, row.entry)].append(row)
    in_view = {requirement.clause for requirement in shown}
    for clause in [*catalogue.clauses, ""]:
        open_ = rows_of[clause] if clause in in_view else []
        groups: Mapping[Group, list[Problem]] = by_clause[clause]
        if groups or open_ or judged[clause]:
            yield Section(clause, {g: groups[g] for g in GROUPS if g in groups}, open_, judged[clause])


def _clause_of(catalogue: Catalogue, entry: Entry) -> str:
    return next((clause for clause in entry.kind.clauses if clause in catalogue.clauses), "")
