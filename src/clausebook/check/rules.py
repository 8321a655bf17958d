"""All rules in one list, for `explain`, the rule manual and the tests that prove the list complete."""

from __future__ import annotations

from collections.abc import Mapping

from ..load.standards import CATALOGUE_BROKEN, SCHEMA_DIFFERS
from ..load.workspace import REFUSALS
from ..problems import Rule
from . import (
    applicability,
    chapters,
    context,
    evaluation,
    form,
    identity,
    improvement,
    indicators,
    leadership,
    operation,
    organisation,
    planning,
    presence,
    references,
    snapshots,
    support,
    waivers,
    writing,
)
from .support import documents, guarding, merging, records, revisions

OWN = {
    "4": context.MODULES, "5": leadership.MODULES, "6": planning.MODULES,
    "7": (documents, revisions, records, merging, guarding, *support.MODULES),
    "8": (operation, *operation.PROVISIONS), "9": (*evaluation.MODULES, indicators, snapshots),
    "10": improvement.MODULES,
}  # fmt: skip
IN_CHAPTERS: Mapping[str, tuple[Rule, ...]] = {
    chapter: tuple(rule for module in modules for rule in module.RULES) for chapter, modules in OWN.items()
}
_chaptered = frozenset(rule.id for rules in IN_CHAPTERS.values() for rule in rules)
SECTIONS: Mapping[str, tuple[Rule, ...]] = {
    "form": (*REFUSALS.values(), SCHEMA_DIFFERS, CATALOGUE_BROKEN, *form.RULES, *identity.RULES, *references.RULES),
    "evidence": (*organisation.RULES, *presence.RULES, *writing.RULES, *applicability.RULES),
    "everywhere": tuple(rule for rule in (*chapters.RULES, *waivers.RULES) if rule.id not in _chaptered),
    **IN_CHAPTERS,
}
"""The parts of the rule manual in their order: what holds everywhere, then each chapter of the standard."""

RULES: Mapping[str, Rule] = {rule.id: rule for rules in SECTIONS.values() for rule in rules}
SECTION_OF: Mapping[str, str] = {rule.id: section for section, rules in SECTIONS.items() for rule in rules}
