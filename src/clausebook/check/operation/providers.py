"""8.7: complaint steps in other hands: an evaluated provider under contract, and personal data protected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from ...measure.cases import Case
from ...measure.moments import child, day, rows, shifted, word, words
from ...model import Pointer
from ...problems import Problem, Rule
from .desk import Desk, found, shown

PROVIDER_NOT_EVALUATED = Rule("provider-not-evaluated", "lapse", "own", source="V39")
PROVIDER_NOT_IN_FORCE = Rule("provider-not-in-force", "lapse", "own", source="V39")
PROVIDER_DATA_UNPROTECTED = Rule("provider-data-unprotected", "lapse", "own", source="V39")
RULES = (PROVIDER_NOT_EVALUATED, PROVIDER_NOT_IN_FORCE, PROVIDER_DATA_UNPROTECTED)

INTERVAL_MONTHS = 12
DONE_BY: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("received_by",), ()), (("ack", "by"), ("ack", "at")), (("first_contact", "by"), ("first_contact", "at")),
    (("result_notified", "by"), ("result_notified", "at")),
)  # fmt: skip
"""Steps that a provider may do, and when they were done."""


def check(desk: Desk, case: Case) -> Iterator[Problem]:
    for provider, (pointer, on) in _used(desk, case).items():
        row = desk.providers.get(provider, {})
        yield from _evaluated(desk, case, provider, pointer, on)
        # A renewed contract replaces the earlier one in the register, so its beginning says nothing of earlier days.
        last = min((at for at in (day(row, "ended_on"), day(row, "contract", "valid_to_on")) if at), default=on)
        if last < on:
            facts = {"provider": provider, "at": shown(on), "until": shown(last)}
            yield found(PROVIDER_NOT_IN_FORCE, case, pointer, ("8.7.a", "8.7.b"), breach=("other",), facts=facts)
    part = child(case.value, "outsourcing")
    if word(part, "provider") and child(part, "personal_data") is True:
        yield from _protected(desk, case, str(child(part, "provider")))


def _used(desk: Desk, case: Case) -> Mapping[str, tuple[Pointer, date]]:
    """Every provider that had a hand in the case: where it says so, and the first day."""
    used: dict[str, tuple[Pointer, date]] = {}
    part = child(case.value, "outsourcing")
    handed = desk.at(part, "handed_over_at")
    named: list[tuple[Any, Pointer, Any]] = [(child(part, "provider"), ("outsourcing", "provider"), handed)]
    named += [(child(case.value, *at), at, desk.at(case, *when) if when else None) for at, when in DONE_BY]
    lists: tuple[tuple[str, ...], ...] = (("follow_up", "attempts"), ("communications",))
    for listed in lists:
        for index, row in enumerate(rows(case.value, *listed)):
            named.append((row.get("by"), (*listed, index, "by"), desk.at(row, "at")))
    for one in words(case.value, "investigation", "providers"):
        named.append((one, ("investigation", "providers"), desk.at(case, "investigation", "started_at")))
    for provider, pointer, at in named:
        registered = provider in desk.providers or pointer[0] == "outsourcing"
        if isinstance(provider, str) and registered and provider not in used:
            used[provider] = (pointer, at.date() if at else case.received.on)
    return used


def _evaluated(desk: Desk, case: Case, provider: str, pointer: Pointer, on: date) -> Iterator[Problem]:
    evaluated = _last_evaluation(desk, provider, on)
    months = desk.providers.get(provider, {}).get("evaluation_interval_months")
    interval = months if isinstance(months, int) else INTERVAL_MONTHS
    if evaluated is None or on > shifted(evaluated, round(31 * interval)):
        facts = {"provider": provider, "at": shown(on), "last": shown(evaluated) or "—"}
        yield found(PROVIDER_NOT_EVALUATED, case, pointer, ("8.7.b", "8.7.c"), breach=("other",), facts=facts)


def _protected(desk: Desk, case: Case, provider: str) -> Iterator[Problem]:
    """Agreement and impact assessment of the day the data was handed over.

    The register holds the current ones: where it has only a later one and the case names none, we ask, no more.
    """
    part, row = child(case.value, "outsourcing"), desk.providers.get(provider, {})
    handed = desk.at(part, "handed_over_at")
    on = handed.date() if handed else case.received.on
    signed, until = day(row, "personal_data_agreement", "signed_on"), day(row, "personal_data_agreement", "valid_to_on")
    done = day(row, "impact_assessment", "done_on")
    agreed = word(part, "agreement") or (signed is not None and signed <= on and (until is None or on <= until))
    assessed = word(part, "impact_assessment") or (done is not None and done <= on)
    if not (agreed and assessed):
        later = (agreed or (signed is not None and signed > on)) and (assessed or done is not None)
        yield found(
            PROVIDER_DATA_UNPROTECTED, case, ("outsourcing",), ("8.7.a",), basis="implied" if later else "own",
            breach=("other",), provider=provider,
        )  # fmt: skip


def _last_evaluation(desk: Desk, provider: str, on: date) -> date | None:
    done = [
        when for entry in desk.of("provider-evaluation")
        if entry.value.get("provider") == provider and (when := day(entry.value, "evaluated_on")) and when <= on
    ]  # fmt: skip
    return max(done, default=None)
