"""8.3: initial assessment by the organisation's criteria, and an investigation as deep as they say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...measure.cases import Case
from ...measure.criteria import SEVERITIES
from ...measure.moments import child, rows, shifted, word, words
from ...problems import Problem, Rule
from .desk import Desk, amount, found, shown

SEVERITY_BELOW_MINIMUM = Rule("severity-below-minimum", "contradiction", "own", source="V10")
SEVERITY_LOWERED = Rule("severity-lowered-unapproved", "contradiction", "own", source="V12")
INVESTIGATION_TOO_SHALLOW = Rule("investigation-too-shallow", "lapse", "own", source="V13")
INVESTIGATOR_CONCERNED = Rule("investigator-concerned", "lapse", "own", source="V14")
INVESTIGATION_MISSING = Rule("investigation-missing", "lapse", "own", source="V13")
CONFLICT_UNHANDLED = Rule("conflict-unhandled", "due", "own", source="V14")
CONFLICT_NOT_DECLARED = Rule("conflict-not-declared", "contradiction", "implied", source="V14")
INVESTIGATION_TIMES = Rule("investigation-times", "contradiction", "own", source="V15")
INVESTIGATION_WITHOUT_EVIDENCE = Rule("investigation-without-evidence", "contradiction", "explicit", source="V15")
RESPONSE_BEFORE_ASSESSMENT = Rule("response-before-assessment", "lapse", "own", source="V17")
RESULT_BEFORE_FACTS = Rule("result-before-facts", "lapse", "own", source="V17")
HANDLER_MISSING = Rule("handler-missing", "due", "own", source="V46")
HANDLER_WITHOUT_COMPETENCE = Rule("handler-without-competence", "lapse", "own", source="V46")
RULES = (
    SEVERITY_BELOW_MINIMUM, SEVERITY_LOWERED, INVESTIGATION_TOO_SHALLOW, INVESTIGATION_MISSING, INVESTIGATOR_CONCERNED,
    CONFLICT_UNHANDLED, CONFLICT_NOT_DECLARED,
    INVESTIGATION_TIMES, INVESTIGATION_WITHOUT_EVIDENCE, RESPONSE_BEFORE_ASSESSMENT, RESULT_BEFORE_FACTS,
    HANDLER_MISSING, HANDLER_WITHOUT_COMPETENCE,
)  # fmt: skip

LEVELS = ("L1", "L2", "L3")
NOT_HANDLED = frozenset({"not_complaint", "duplicate", "transferred"})


def check(desk: Desk, case: Case) -> Iterator[Problem]:
    yield from _severity(desk, case)
    yield from _investigation(desk, case)
    yield from _order(desk, case)
    yield from _handler(desk, case)


def _severity(desk: Desk, case: Case) -> Iterator[Problem]:
    assessment = child(case.value, "assessment")
    if not isinstance(assessment, dict) or case.severity not in SEVERITIES:
        return
    again = rows(assessment, "reassessments")
    approved = (assessment.get("override_reason") and assessment.get("override_approved_by")) or (
        again and word(again[-1], "approved_by")
    )
    for row in rows(desk.criteria.at("assessment-criteria", case.received.on), "minimum_severity"):
        least = str(row.get("minimum"))
        if least in SEVERITIES and case.severity > least and not approved and _holds(desk, case, child(row, "when")):
            facts = {"severity": case.severity, "least": least, "because": str(row.get("because") or "")}
            yield found(SEVERITY_BELOW_MINIMUM, case, ("assessment", "severity"), ("8.3.ia",), facts=facts)
            break
    before = word(assessment, "severity")
    for index, row in enumerate(rows(assessment, "reassessments")):
        after = word(row, "severity")
        if before and after and after > before and not row.get("approved_by"):
            where = ("assessment", "reassessments", index, "severity")
            yield found(SEVERITY_LOWERED, case, where, ("8.3.ia",), before=before, after=after)
        before = after or before


def _holds(desk: Desk, case: Case, when: Any) -> bool:
    """All conditions of one line of the minimum table; a line without conditions holds for nobody."""
    if not isinstance(when, dict) or not when:
        return False
    now = _current(case.value)
    claimed, least = amount(case.value.get("claimed_amount")), amount(when.get("claimed_amount_min"))
    tests = (
        _at_least(now.get("nature"), when.get("nature_min")),
        _at_least(now.get("complexity"), when.get("complexity_min")),
        _at_least(now.get("affected_count"), when.get("affected_min")),
        _one_of(now.get("safety"), when.get("safety")),
        _one_of(now.get("impact"), when.get("impact")),
        _one_of(child(case.value, "cause", "group"), when.get("causes")),
        _one_of(case.value.get("channel"), when.get("channels")),
        "triggers" not in when or bool(set(case.triggers) & set(words(when, "triggers"))),
        least is None or (claimed is not None and claimed >= least),
    )
    return all(tests)


def _current(value: Mapping[str, Any]) -> dict[str, Any]:
    """The criteria as last assessed: a reassessment replaces what it names."""
    merged = dict(child(value, "assessment") or {})
    for row in rows(value, "assessment", "reassessments"):
        merged.update(row)
    return merged


def _at_least(value: Any, least: Any) -> bool:
    return least is None or (isinstance(value, int) and isinstance(least, int) and value >= least)


def _one_of(value: Any, options: Any) -> bool:
    return options is None or (isinstance(options, list) and value in options)


def _investigation(desk: Desk, case: Case) -> Iterator[Problem]:
    inquiry = child(case.value, "investigation")
    if not isinstance(inquiry, dict):
        yield from _not_investigated(desk, case)
        return
    level, least = word(inquiry, "level"), _least_level(desk, case)
    overridden = inquiry.get("override_reason") and inquiry.get("override_approved_by")
    if level in LEVELS and least in LEVELS and level < least and not overridden:
        facts = {"level": level, "least": least}
        breach = ("investigation-level",)
        yield found(
            INVESTIGATION_TOO_SHALLOW, case, ("investigation", "level"), ("8.3.depth",), breach=breach, facts=facts
        )
    yield from _independence(desk, case, inquiry)
    started, finished = desk.at(inquiry, "started_at"), desk.at(inquiry, "finished_at")
    known = desk.at(inquiry, "facts_sufficient_at")
    before = min((at for at in (known, finished) if at), default=None)
    if (started and before and before < started) or (known and finished and finished < known):
        times = (("started", started), ("known", known), ("finished", finished))
        facts = {name: shown(at) or "—" for name, at in times}
        yield found(INVESTIGATION_TIMES, case, ("investigation", "finished_at"), ("8.3.inv",), facts=facts)
    if finished and not (rows(inquiry, "evidence") and inquiry.get("facts")):
        yield found(INVESTIGATION_WITHOUT_EVIDENCE, case, ("investigation",), ("8.3.inv",))


def _not_investigated(desk: Desk, case: Case) -> Iterator[Problem]:
    """Answered at once is for simple cases of the lower classes, and for what one contact solved (3.3)."""
    simple = case.severity in (None, "S3", "S4") and _current(case.value).get("complexity") in (None, 1)
    if desk.at(case, "response", "proposed_at") and not simple and not case.value.get("first_contact"):
        facts = {"severity": case.severity or "—"}
        breach = ("investigation-level", "other")
        yield found(INVESTIGATION_MISSING, case, ("response",), ("8.3.inv",), breach=breach, facts=facts)


def _least_level(desk: Desk, case: Case) -> str | None:
    """The depth the matrix asks for: severity times how often the same came in (8.3)."""
    version = desk.criteria.at("investigation-criteria", case.received.on)
    months, same = version.get("frequency_months"), str(version.get("frequency_of", "same-line-and-cause"))
    since = shifted(case.received.on, -round(30.44 * (months if isinstance(months, int) else 12)))
    alike = desk.alike(case, same, since)
    band = None
    for row in rows(version, "frequency_bands"):
        if isinstance(row.get("cases_from"), int) and max(alike, 1) >= row["cases_from"]:
            band = row.get("band")
    wanted = (case.severity, band)
    found_level = (r.get("level") for r in rows(version, "matrix") if (r.get("severity"), r.get("band")) == wanted)
    level = next(found_level, None)
    return level if isinstance(level, str) else None


def _independence(desk: Desk, case: Case, inquiry: Mapping[str, Any]) -> Iterator[Problem]:
    lead, concerned = word(inquiry, "lead"), {*words(case.value, "complained_about"), *_handlers_before(desk, case)}
    people = desk.offices.people_of(lead, case.received.on)
    department = desk.offices.people.get(next(iter(people), ""), {}).get("department")
    requirement = ("8.3.inv",)
    if lead and concerned & {lead, *people}:
        yield found(INVESTIGATOR_CONCERNED, case, ("investigation", "lead"), requirement, breach=("other",), who=lead)
    elif department in concerned:
        yield found(
            INVESTIGATOR_CONCERNED, case, ("investigation", "lead"), requirement, basis="implied",
            breach=("other",), who=f"{lead} ({department})",
        )  # fmt: skip
    if inquiry.get("conflict") == "exists" and not inquiry.get("conflict_handled"):
        yield found(CONFLICT_UNHANDLED, case, ("investigation", "conflict"), requirement)
    if inquiry.get("started_at") and not inquiry.get("conflict"):
        yield found(CONFLICT_NOT_DECLARED, case, ("investigation",), requirement)


def _handlers_before(desk: Desk, case: Case) -> Iterator[str]:
    """A complaint about the handling itself is not investigated by those who handled (3.1)."""
    if case.value.get("about_handling") is not True:
        return
    named = [*words(case.value, "links", "related"), word(case.value, "links", "repeat_of") or ""]
    for other in (desk.by_id[name] for name in named if name in desk.by_id):
        yield from desk.offices.people_of(word(other.value, "handler"), other.received.on)


def _order(desk: Desk, case: Case) -> Iterator[Problem]:
    """Acting first is right in the fast lane; cause analysis may go on after the answer (corrections 17)."""
    proposed, assessed = desk.at(case, "response", "proposed_at"), desk.at(case, "assessment", "at")
    early = proposed is not None and (assessed is None or proposed < assessed)
    if early and not case.value.get("fast_lane") and not case.value.get("first_contact"):
        facts = {"at": shown(proposed), "assessed": shown(assessed) or {"zh": "未评估", "en": "not assessed"}}
        where = ("response", "proposed_at")
        yield found(
            RESPONSE_BEFORE_ASSESSMENT, case, where, ("8.3.ia", "8.5.resp"), breach=("assessment",), facts=facts
        )
    notified = desk.at(case, "result_notified", "at")
    begun = desk.at(case, "investigation", "started_at")
    known = desk.at(case, "investigation", "facts_sufficient_at") or desk.at(case, "investigation", "finished_at")
    if notified and begun and (known is None or notified < known):
        facts = {"at": shown(notified), "known": shown(known) or {"zh": "未查清", "en": "not yet known"}}
        yield found(
            RESULT_BEFORE_FACTS, case, ("result_notified",), ("8.5.resp",), breach=("other", "result"), facts=facts
        )


def _handler(desk: Desk, case: Case) -> Iterator[Problem]:
    handler = word(case.value, "handler")
    if handler is None:
        if case.closure_basis not in NOT_HANDLED and not case.value.get("first_contact"):
            yield found(HANDLER_MISSING, case, (), ("8.1.d",))
        return
    people = desk.offices.people_of(handler, case.received.on)
    if people and all(desk.proven(person, case.received.on) is False for person in people):
        yield found(HANDLER_WITHOUT_COMPETENCE, case, ("handler",), ("7.2.b",), breach=("other",), who=handler)
