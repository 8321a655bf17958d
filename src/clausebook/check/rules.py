"""All rules in one list, for `explain`, the rule manual and the tests that prove the list complete."""

from __future__ import annotations

from collections.abc import Mapping

from ..load.standards import CATALOGUE_BROKEN, SCHEMA_DIFFERS
from ..load.workspace import REFUSALS
from ..problems import Rule
from . import (
    applicability,
    chapters,
    form,
    identity,
    indicators,
    operation,
    organisation,
    presence,
    references,
    snapshots,
    waivers,
    writing,
)
from .support import documents

RULES: Mapping[str, Rule] = {
    rule.id: rule
    for rule in (
        *REFUSALS.values(),
        SCHEMA_DIFFERS,
        CATALOGUE_BROKEN,
        *form.RULES,
        *identity.RULES,
        *references.RULES,
        *organisation.RULES,
        *presence.RULES,
        *writing.RULES,
        *applicability.RULES,
        *documents.RULES,
        *chapters.RULES,
        *waivers.RULES,
        *indicators.RULES,
        *operation.RULES,
        *snapshots.RULES,
    )
}
