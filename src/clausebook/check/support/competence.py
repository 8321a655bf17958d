"""7.2 Competence: holders of a role can do what its profile asks, with evidence, or are being trained."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...measure import Measured
from ...measure.moments import child, day, rows, word, words
from ...measure.offices import Offices
from ...measure.rhythm import months_after
from ...model import Entry, Pointer, System
from ...problems import Problem, Rule
from ..reporting import found

ROLE_WITHOUT_PROFILE = Rule("role-without-profile", "contradiction", "own")
COMPETENCE_MISSING = Rule("competence-missing", "contradiction", "explicit")
COMPETENCE_EXPIRED = Rule("competence-expired", "due", "own")
COMPETENCE_BEYOND_VALIDITY = Rule("competence-beyond-validity", "contradiction", "own")
COMPETENCE_OF_NO_TRAINING = Rule("competence-not-from-training", "contradiction", "explicit")
COMPETENCE_BELOW_BASIS = Rule("competence-before-training", "contradiction", "explicit")
TRAINING_UNEVALUATED = Rule("training-effect-unchecked", "due", "explicit")
TRAINING_EVALUATED_EARLY = Rule("training-evaluated-early", "lapse", "explicit")
TRAINING_INEFFECTIVE = Rule("training-ineffective-unanswered", "contradiction", "own")
RULES = (
    ROLE_WITHOUT_PROFILE, COMPETENCE_MISSING, COMPETENCE_EXPIRED, COMPETENCE_BEYOND_VALIDITY, COMPETENCE_OF_NO_TRAINING,
    COMPETENCE_BELOW_BASIS, TRAINING_UNEVALUATED, TRAINING_EVALUATED_EARLY, TRAINING_INEFFECTIVE,
)  # fmt: skip
READS = frozenset({"competence", "training", "people", "roles", "raci"})
Row = dict[str, Any]


def check(system: System, measured: Measured) -> Iterator[Problem]:
    offices = Offices(system)
    trainings = {entry.id: entry for entry in system.of("training")}
    for entry in system.of("competence"):
        yield from _profiles(system, offices, entry)
        for index, row in enumerate(rows(entry.value, "people")):
            yield from _proof(system, entry, ("people", index), row, trainings)
    for training in trainings.values():
        yield from _effect(system, training)


def _profiles(system: System, offices: Offices, entry: Entry) -> Iterator[Problem]:
    """Every role that the responsibility matrix gives work has a profile; every holder meets it or closes the gap."""
    profiles = {str(row.get("role")): (index, row) for index, row in enumerate(rows(entry.value, "profiles"))}
    shown = {(str(row.get("person")), str(row.get("item"))) for row in rows(entry.value, "people")}
    for role in sorted(_working(system) - set(profiles)):
        if offices.holders(role, system.as_of):
            yield found(ROLE_WITHOUT_PROFILE, entry, ("profiles",), ("7.2.a",), facts={"role": role})
    for role, (index, profile) in profiles.items():
        for person in offices.holders(role, system.as_of):
            for item in words(profile, "items"):
                if (person, item) not in shown:
                    facts = {"person": person, "role": role, "item": item}
                    yield found(COMPETENCE_MISSING, entry, ("profiles", index), ("7.2.b",), facts=facts)


def _working(system: System) -> set[str]:
    """Roles that are responsible or accountable for an activity."""
    activities = [row for entry in system.of("raci") for row in rows(entry.value, "activities")]
    return {role for row in activities for role in (*words(row, "responsible"), word(row, "accountable") or "") if role}


def _proof(system: System, entry: Entry, at: Pointer, row: Row, trainings: Mapping[str, Entry]) -> Iterator[Problem]:
    if row.get("status") != "met":
        return
    expires, since = day(row, "expires_on"), day(row, "acquired_on")
    who = {"person": word(row, "person") or "", "item": word(row, "item") or ""}
    if expires is not None and expires < system.as_of:
        facts = {**who, "expired": expires.isoformat()}
        yield found(COMPETENCE_EXPIRED, entry, (*at, "expires_on"), ("7.2.b",), facts=facts)
    months = {str(item.get("id")): item.get("validity_months") for item in rows(entry.value, "items")}.get(who["item"])
    if expires is not None and since is not None and isinstance(months, int) and expires > months_after(since, months):
        facts = {**who, "months": str(months)}
        yield found(COMPETENCE_BEYOND_VALIDITY, entry, (*at, "expires_on"), ("7.2.d",), facts=facts)
    training = trainings.get(word(row, "training") or "")
    if training is None or not rows(training.value, "participants"):
        return
    seat = next((p for p in rows(training.value, "participants") if p.get("person") == who["person"]), None)
    if seat is None or seat.get("attended") is False or seat.get("passed") is False:
        facts = {**who, "training": training.id}
        yield found(COMPETENCE_OF_NO_TRAINING, entry, (*at, "training"), ("7.2.d",), facts=facts)
    held = day(training.value, "held_on")
    if row.get("basis") == "training" and held is not None and since is not None and since < held:
        facts = {**who, "training": training.id, "held": held.isoformat()}
        yield found(COMPETENCE_BELOW_BASIS, entry, (*at, "acquired_on"), ("7.2.d",), facts=facts)


def _effect(system: System, entry: Entry) -> Iterator[Problem]:
    """What closes a gap is looked at afterwards, when that was planned (7.2 c)."""
    effect = child(entry.value, "effectiveness")
    planned, evaluated = day(effect, "planned_on"), day(effect, "evaluated_on")
    if planned is not None and evaluated is None and planned < system.as_of:
        facts = {"planned": planned.isoformat()}
        yield found(TRAINING_UNEVALUATED, entry, ("effectiveness", "planned_on"), ("7.2.c",), facts=facts)
    ended = day(entry.value, "finished_on") or day(entry.value, "held_on")
    if evaluated is not None and ended is not None and evaluated < ended:
        facts = {"ended": ended.isoformat(), "evaluated": evaluated.isoformat()}
        at = ("effectiveness", "evaluated_on")
        yield found(TRAINING_EVALUATED_EARLY, entry, at, ("7.2.c",), breach=("other",), facts=facts)
    if child(effect, "verdict") == "ineffective" and not child(effect, "follow_up"):
        yield found(TRAINING_INEFFECTIVE, entry, ("effectiveness", "verdict"), ("7.2.c",))
