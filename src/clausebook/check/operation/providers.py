"""8.7: complaint steps in other hands: an evaluated provider, and personal data protected by agreement."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from ...measure.cases import Case
from ...measure.moments import child, day, rows, word
from ...problems import Problem, Rule
from .desk import Desk, found, shown

PROVIDER_NOT_EVALUATED = Rule("provider-not-evaluated", "lapse", "own", source="V39")
PROVIDER_DATA_UNPROTECTED = Rule("provider-data-unprotected", "contradiction", "own", source="V39")
RULES = (PROVIDER_NOT_EVALUATED, PROVIDER_DATA_UNPROTECTED)

INTERVAL_MONTHS = 12


def check(desk: Desk, case: Case) -> Iterator[Problem]:
    part = child(case.value, "outsourcing")
    provider = word(part, "provider")
    if provider is None:
        return
    handed = desk.at(part, "handed_over_at")
    on = handed.date() if handed else case.received.on
    register = [row for entry in desk.of("providers") for row in rows(entry.value, "items")]
    row = next((row for row in register if row.get("id") == provider), {})
    evaluated = _last_evaluation(desk, provider, on)
    months = row.get("evaluation_interval_months")
    interval = months if isinstance(months, int) else INTERVAL_MONTHS
    if evaluated is None or on > evaluated + timedelta(days=round(31 * interval)):
        facts = {"provider": provider, "at": shown(on), "last": shown(evaluated) or "—"}
        where = ("outsourcing", "provider")
        yield found(PROVIDER_NOT_EVALUATED, case, where, ("8.7.b", "8.7.c"), breach=("other",), facts=facts)
    agreed = word(part, "agreement") or row.get("personal_data_agreement")
    assessed = word(part, "impact_assessment") or row.get("impact_assessment")
    if child(part, "personal_data") is True and not (agreed and assessed):
        yield found(PROVIDER_DATA_UNPROTECTED, case, ("outsourcing",), ("8.7.a",), provider=provider)


def _last_evaluation(desk: Desk, provider: str, on: date) -> date | None:
    done = [
        when for entry in desk.of("provider-evaluation")
        if entry.value.get("provider") == provider and (when := day(entry.value, "evaluated_on")) and when <= on
    ]  # fmt: skip
    return max(done, default=None)
