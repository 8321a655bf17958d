"""The example as a whole: its cases walk every way of 3.3, its numbers agree, each of its texts is its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from itertools import combinations, pairwise
from typing import Any

import pytest

from clausebook.measure.cases import Case, complaints_of
from clausebook.measure.indicators import Figure, evaluate, indicators_of
from clausebook.measure.spans import Span, span_of
from clausebook.pipeline import Report

Way = Callable[[Case], bool]


@pytest.fixture(scope="module")
def cases(example: Report) -> tuple[Case, ...]:
    return complaints_of(example.system).cases


def has(*keys: str) -> Way:
    """The record has something at this path."""
    return lambda case: bool(at(case.value, *keys))


def says(wanted: Any, *keys: str) -> Way:
    """The record says this at this path, in any of its rows."""
    return lambda case: wanted in at(case.value, *keys)


def at(value: Any, *keys: str) -> list[Any]:
    """Everything at a path; a list on the way stands for each of its members."""
    if isinstance(value, list):
        return [found for row in value for found in at(row, *keys)]
    if not keys:
        return [value]
    return at(value.get(keys[0]), *keys[1:]) if isinstance(value, dict) and keys[0] in value else []


def state(wanted: str) -> Way:
    return lambda case: case.state == wanted


def closed(basis: str) -> Way:
    return lambda case: case.closure_basis == basis


def both(*ways: Way) -> Way:
    return lambda case: all(way(case) for way in ways)


def lacks(*keys: str) -> Way:
    return lambda case: not at(case.value, *keys)


def assessed_first(case: Case) -> bool:
    """Act first, acknowledge within the limit: only in the fast lane."""
    assessed, told = at(case.value, "assessment", "at"), at(case.value, "ack", "at")
    return bool(case.value.get("fast_lane") and assessed and told and assessed[0] < told[0])


def moved(case: Case, raised: bool) -> bool:
    before = at(case.value, "assessment", "severity")
    after = at(case.value, "assessment", "reassessments", "severity")
    return bool(after) and (after[0] < before[0]) == raised


INTERNAL, OUTSIDE = ("senior-review", "appeal"), ("consumer-association", "peoples-mediation", "platform")

TRANSITIONS: Mapping[str, Way] = {
    "record, nothing yet": state("received"),
    "acknowledge": has("ack", "told_process"),
    "acknowledged by machine": says(True, "ack", "automatic"),
    "acknowledgement not possible": has("ack_not_possible"),
    "no complaint": closed("not_complaint"),
    "link duplicate": both(closed("duplicate"), has("links", "duplicate_of")),
    "transfer": both(closed("transferred"), has("closure", "transferred_to")),
    "fast lane": both(has("fast_lane", "activated_at"), has("fast_lane", "first_action_at")),
    "fast lane released": has("fast_lane", "released"),
    "trigger cleared": has("triggers", "cleared"),
    "assess": has("assessment", "severity"),
    "assess before acknowledging": assessed_first,
    "resolve at once": both(has("first_contact"), closed("accepted")),
    "investigate": has("investigation", "finished_at"),
    "extend": has("extensions", "told_complainant_at"),
    "extend twice": lambda case: len(at(case.value, "extensions", "new_due_on")) == 2,
    "pause and go on": has("pauses", "ended_at"),
    "respond": has("response", "proposed_at"),
    "reassess upward": lambda case: moved(case, raised=True),
    "reassess downward, approved": both(
        lambda case: moved(case, raised=False), has("assessment", "reassessments", "approved_by")
    ),
    "notify": has("result_notified"),
    "accept": says("accepted", "reaction", "answer"),
    "accept in part and agree": both(
        says("partly", "reaction", "answer"), has("reaction", "agreed_to_close"), closed("accepted")
    ),
    "accept in part only": both(says("partly", "reaction", "answer"), lacks("reaction", "agreed_to_close")),
    "reject": says("rejected", "reaction", "answer"),
    "silence": both(has("no_reply", "attempts"), closed("unreachable")),
    "alternatives told": both(
        says("internal", "alternatives", "scope"), says("external", "alternatives", "scope")
    ),
    "escalate inside": lambda case: bool(set(INTERNAL) & set(at(case.value, "escalations", "route"))),
    "escalate outside": lambda case: bool(set(OUTSIDE) & set(at(case.value, "escalations", "route"))),
    "new decision, changed": both(says("changed", "escalations", "changed"), closed("accepted")),
    "new decision, upheld": says("upheld", "escalations", "changed"),
    "new decision, settled": says("settled", "escalations", "changed"),
    "exhaust after a review": both(closed("exhausted"), has("escalations")),
    "exhaust without a review": both(closed("exhausted"), lacks("escalations")),
    "withdraw": both(closed("withdrawn"), has("reaction", "evidence")),
    "withdraw an S1, investigated all the same": both(
        closed("withdrawn"), says("S1", "assessment", "severity"), has("investigation", "finished_at")
    ),
    "follow up": has("follow_up", "process_score"),
    "follow-up refused": says("refused", "follow_up", "attempts", "outcome"),
    "follow-up not allowed": says("not-allowed", "follow_up", "attempts", "outcome"),
    "follow-up without answer": both(
        says("no-answer", "follow_up", "attempts", "outcome"), lacks("follow_up", "process_score")
    ),
    "close without contact": closed("not_contactable"),
    "reopen": both(has("reopenings"), lambda case: case.reopened == 1),
    "complete": state("complete"),
    "open: acknowledged": state("acknowledged"),
    "open: assessed": state("assessed"),
    "open: investigating": state("investigating"),
    "open: responded": state("responded"),
    "open: notified": state("notified"),
    "open: alternatives told": state("alternatives-told"),
}  # fmt: skip

BRANCHES: Mapping[str, Way] = {
    "agent with authority": has("complainant", "agent", "authority_evidence"),
    "anonymous": says("anonymous", "complainant", "category"),
    "organisation": says("organization", "complainant", "category"),
    "authority": says("authority", "complainant", "category"),
    "collective with its crisis": both(has("collective", "event"), has("links", "crisis")),
    "media": says(True, "triggers", "media_attention"),
    "injury": says(True, "triggers", "personal_safety"),
    "major loss": says(True, "triggers", "major_property_loss"),
    "vulnerable": says("vulnerable", "triggers", "others"),
    "data leak": says("data-leak", "triggers", "others"),
    "short deadline of an authority": says("regulator-deadline", "triggers", "others"),
    "outsourced": has("outsourcing", "provider"),
    "about the handling": says(True, "about_handling"),
    "about a provider": has("provider"),
    "only the day known": has("received_on"),
    "legal hold": has("legal_hold"),
    "corrected": has("corrections"),
    "repeat": has("links", "repeat_of"),
    **{f"severity {s}": says(s, "assessment", "severity") for s in ("S1", "S2", "S3", "S4")},
    **{f"level {n}": says(n, "investigation", "level") for n in ("L1", "L2", "L3")},
    **{f"finding {v}": says(v, "investigation", "substantiated") for v in ("yes", "partly", "no", "undeterminable")},
}


@pytest.mark.parametrize("way", [*TRANSITIONS.values(), *BRANCHES.values()], ids=[*TRANSITIONS, *BRANCHES])
def test_somebody_went_this_way(cases: tuple[Case, ...], way: Way) -> None:
    assert any(way(case) for case in cases)


def test_every_basis_and_channel_occurs(example: Report, cases: tuple[Case, ...]) -> None:
    bases = {"accepted", "exhausted", "withdrawn", "unreachable", "not_contactable", "duplicate", "not_complaint",
             "transferred", None}  # fmt: skip
    assert {case.closure_basis for case in cases} == bases
    channels = {row["id"] for row in example.system.organisation["channels"]}
    assert channels - {str(case.value["channel"]) for case in cases} <= {"other"}


def test_enough_cases_in_every_month_numbered_as_they_came(cases: tuple[Case, ...]) -> None:
    assert len(cases) >= 150
    months = {case.received.on.strftime("%Y-%m") for case in cases}
    wanted = {f"{2024 + (10 + n) // 12}-{(10 + n) % 12 + 1:02d}" for n in range(24)}
    assert wanted <= months and min(months) == "2024-11"
    for before, after in pairwise(cases):
        assert before.received.on <= after.received.on, f"{after.id} came before {before.id}"


def test_what_went_wrong_is_treated(example: Report, cases: tuple[Case, ...]) -> None:
    late = [c for c in cases if any(clock.status == "late" for clock in c.clocks.values())]
    treated = [c for c in late if c.value.get("lapses") or c.value.get("deviations")]
    assert len(treated) >= 6
    assert not [p for p in example.problems if p.place.path.startswith("records/complaints/")]


def test_an_unhappy_complainant_came_back(cases: tuple[Case, ...]) -> None:
    scores = {c.id: at(c.value, "follow_up", "process_score") for c in cases if at(c.value, "links", "repeat_of")}
    assert any(given and min(given) <= 2 for given in scores.values())


def test_somebody_rejected_and_mediation_settled_it(cases: tuple[Case, ...]) -> None:
    routes = ("consumer-association", "peoples-mediation")
    assert any(
        c.first_reaction == "rejected" and row["route"] in routes and row["changed"] == "settled"
        and row["reaction"]["answer"] == "accepted"
        for c in cases for row in c.value.get("escalations", ())
    )  # fmt: skip


def test_one_true_alarm_was_followed_to_its_end(example: Report) -> None:
    steps = ("acknowledged", "triage", "containment", "affected", "cause", "communication", "effect_check", "closed")
    full = [
        alert for alert in example.system.of("alert")
        if alert.value.get("triage", {}).get("result") == "confirmed" and all(alert.value.get(step) for step in steps)
        and (alert.value.get("nonconformity") or alert.value.get("corrective_actions"))
        and alert.value["effect_check"].get("result") == "effective"
    ]  # fmt: skip
    assert full


def test_a_provider_missed_its_target_and_work_is_left_to_do(example: Report) -> None:
    missed = [row for entry in example.system.of("provider-evaluation") for row in entry.value.get("figures", ())
              if row.get("met") is False]  # fmt: skip
    assert missed
    kinds = ("alert", "nonconformity", "management-review", "provider-evaluation", "monitoring")
    rows = [row for entry in example.system.of(*kinds) for row in dicts(entry.value) if {"what", "due_on"} <= set(row)]
    assert len([row for row in rows if "done_on" not in row]) >= 3


def dicts(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from dicts(inner)


CJK = re.compile(r"[\u4e00-\u9fff]")


def free_text(value: Any, key: str = "") -> Iterator[str]:
    """What a person wrote: every text of the record but where its originals lie."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from free_text(inner, str(name))
    elif isinstance(value, list):
        for inner in value:
            yield from free_text(inner, key)
    elif isinstance(value, str) and key != "location" and CJK.search(value):
        yield "".join(value.split())


def five_grams(value: Any) -> frozenset[str]:
    return frozenset(text[i : i + 5] for text in free_text(value) for i in range(len(text) - 4))


def test_no_two_cases_share_their_words(cases: tuple[Case, ...]) -> None:
    """A person reads them: at most 60 % of the shorter one's five-character pieces may stand in the other."""
    said = {case.id: five_grams(case.value) for case in cases}
    assert all(said.values())
    alike = [(a, b) for a, b in combinations(said, 2)
             if len(said[a] & said[b]) > 0.6 * min(len(said[a]), len(said[b]))]  # fmt: skip
    assert alike == []


def test_two_written_alike_are_noticed(cases: tuple[Case, ...]) -> None:
    twin = {**cases[0].value, "title": "另一件"}
    assert len(five_grams(twin) & five_grams(cases[0].value)) > 0.6 * len(five_grams(twin))


QUOTED = ("monitoring", "annual-evaluation", "management-review", "provider-evaluation")
CELLS = {"complaint-count", "repeat-rate", "acknowledgement-on-time", "response-on-time", "closure-on-time",
         "satisfaction-score", "follow-up-coverage", "provider-performance"}  # fmt: skip


def span(label: str) -> Span:
    first, _, last = label.partition("/")
    return Span(label, span_of(first).start, span_of(last or first).end)


def quoted(report: Report) -> Iterator[tuple[str, dict[str, Any]]]:
    for entry in report.system.of(*QUOTED):
        for row in dicts(entry.value):
            if row.get("kpi") in CELLS and "period" in row and ("value" in row or "denominator" in row):
                yield entry.id, row


def test_quoted_figures_are_what_the_cases_give(example: Report) -> None:
    complaints = complaints_of(example.system)
    chosen = {one.id: one for one in indicators_of(example.system) if one.id in CELLS}
    labels = {str(row["period"]) for _, row in quoted(example)}
    known = {
        (result.indicator.id, label): result.headline
        for label in labels
        for result in evaluate(example.system, complaints, list(chosen.values()), span(label)).results
    }
    rows = list(quoted(example))
    wrong = [(name, row) for name, row in rows if not agrees(row, known[str(row["kpi"]), str(row["period"])])]
    assert len(rows) > 90 and wrong == []


def agrees(row: Mapping[str, Any], figure: Figure) -> bool:
    """A quoted value within its own rounding; numerator and denominator exactly, where they are quoted."""
    value, digits = row.get("value"), 2 if row["kpi"] == "satisfaction-score" else 1
    near = value is None or (figure.value is not None and abs(float(value) - figure.value) <= 0.5 * 10**-digits + 1e-9)
    counted = all(row.get(key) in (None, getattr(figure, key)) for key in ("numerator", "denominator"))
    return near and counted


def test_the_months_are_analysed_one_by_one(example: Report, cases: tuple[Case, ...]) -> None:
    told = {str(e.value["period"]): e.value["breakdown"]["count"]["received"] for e in example.system.of("monitoring")}
    day, last = date(2024, 11, 1), date(2026, 10, 1)
    while day <= last:
        month = day.strftime("%Y-%m")
        assert told[month] == sum(c.counted and c.received.on.strftime("%Y-%m") == month for c in cases), month
        day = (day + timedelta(days=32)).replace(day=1)
